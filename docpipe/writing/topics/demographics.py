"""The topic ``demographics``: age, sex, race and other characteristics at baseline, medical history. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.errors import NotDerivable
from docpipe.writing import derive
from docpipe.writing.book import Book, Value
from docpipe.writing.evidence import exact_number
from docpipe.writing.records import Condition, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of
from docpipe.writing.topics._computed import frame
from docpipe.writing.topics._find import displays_about, subject_of
from docpipe.writing.topics._from_data import data_sheet, main_set
from docpipe.writing.topics._labelled import level_words
from docpipe.writing.topics._lines import Group, Line, Sheet
from docpipe.writing.topics._sheet import sheet_of

NAME = "demographics"
_NAMED = {
    "AGE": r"^age\b(?!.*group)", "SEX": r"^(?:sex|gender)\b", "RACE": r"^race\b", "ETHNIC": r"^ethnic",
}  # fmt: skip
_OURS = ("AGE", "AGEGR1", "SEX", "RACE", "ETHNIC")
_BASE = re.compile(r"BL$|BLGR\d$|^DUR|^BMI|^HEIGHT|^WEIGHT|^EDUC|TOT$|^ECOG|STRAT", re.IGNORECASE)
_DATE = re.compile(r"DTC?$|DTM$|^TRT|DUR$|DOSE$|FL$|^VIS")


@dataclass(frozen=True, slots=True)
class Demographics:
    """``age``, ``sex``, ``race``, ``ethnicity`` are groups or None; ``others``: further characteristics at baseline, in order.

    ``smallest``: the smallest p-value of a comparison of the arms, with its group.
    """

    sheet: Sheet
    number: str
    age: Group | None
    age_groups: tuple[Line, ...]
    sex: Group | None
    race: Group | None
    ethnicity: Group | None
    others: tuple[Group, ...]
    young: Value | None = None
    old: Value | None = None
    history: Line | None = None
    history_kinds: tuple[Line, ...] = ()
    history_number: str = ""

    @property
    def compared(self) -> tuple[Group, ...]:
        """Groups with a p-value, the smallest first."""
        found = [g for g in self.sheet.groups if g.p is not None and exact_number(g.p.fact) is not None]
        return tuple(sorted(found, key=lambda g: exact_number(g.p.fact) or 0 if g.p else 0))

    @property
    def smallest(self) -> Group | None:
        """The group with the smallest p-value of a comparison of the arms."""
        return self.compared[0] if self.compared else None

    @property
    def women(self) -> Line | None:
        """The line of female subjects, else the first of its group."""
        lines = self.sex.lines if self.sex else ()
        return next((x for x in lines if x.plain.casefold().startswith(("f", "wom"))), lines[0] if lines else None)


def read(study: StudyData, book: Book) -> Demographics | None:
    """Of the display of demographics with the most facts, else of the subject-level data."""
    about = [d for d in displays_about(study, "demographics") if subject_of(d.display.title) == "demographics"]
    shown = max(about, key=lambda d: len(d.facts), default=None)
    sheet = sheet_of(study, book, shown) if shown is not None else _of_data(study, book)
    if sheet is None or not sheet.groups:
        return None
    named = {v: _group(sheet, v) for v in _NAMED}
    age = named["AGE"]
    grouped = sheet.group("AGEGR1") or next((g for g in sheet.groups if re.match(r"age.*group", g.plain, re.I)), None)
    age_groups = (age.lines if age is not None else ()) or (grouped.lines if grouped is not None else ())
    taken = [g for g in (*named.values(), grouped) if g is not None]
    others = tuple(g for g in sheet.groups if g not in taken and (g.summed or g.lines) and g.plain)
    history, kinds, number = _history(study, book)
    return Demographics(
        sheet, sheet.number, age, age_groups, named["SEX"], named["RACE"], named["ETHNIC"], others,
        _end(book, age, "min"), _end(book, age, "max"), history, kinds, number,
    )  # fmt: skip


def _group(sheet: Sheet, variable: str) -> Group | None:
    by_words = next((g for g in sheet.groups if re.search(_NAMED[variable], g.plain, re.IGNORECASE)), None)
    return by_words or sheet.group(variable)


def _of_data(study: StudyData, book: Book) -> Sheet | None:
    base = study.records.base
    if base is None:
        return None
    variables = []
    for v in base.dataset.variables:
        name = v.name.upper()
        label = {"AGE": "Age", "SEX": "Sex", "RACE": "Race", "ETHNIC": "Ethnicity"}.get(name, v.label or name)
        if name == "AGEGR1":
            label = "Age group"
        if (
            name in _OURS
            or (_BASE.search(name) and not _DATE.search(name) and not re.search(r"\d$|U$", name))
            or ("baseline" in label.casefold() and v.kind == "number" and not _DATE.search(name))
        ):
            variables.append((name, label))
    return data_sheet(study, book, main_set(study, "ITTFL", "FASFL", "RANDFL", "SAFFL"), variables)


def _end(book: Book, group: Group | None, statistic: str) -> Value | None:
    """The smallest or largest value of a group, of all arms together where the display has it, else over the arms."""
    if group is None or group.line is None:
        return None
    line = group.line
    if line.total is not None and statistic in line.total.of:
        return line.total.of[statistic]
    values = line.values(statistic)
    if len(values) < 2:
        return values[0] if values else None
    try:
        low, high = derive.span([v.fact for v in values])
    except NotDerivable:
        return None
    return book.value(low if statistic == "min" else high)


def _history(study: StudyData, book: Book) -> tuple[Line | None, tuple[Line, ...], str]:
    """Subjects with any medical history and by organ class, without the disease under study."""
    for shown in displays_about(study, "history"):
        sheet = sheet_of(study, book, shown)
        lines = [x for x in (g.line for g in sheet.groups) if x is not None and x.some]
        some = next((x for x in lines if re.search(r"\bany\b|at least|total", x.plain, re.IGNORECASE)), None)
        kinds = sorted((x for x in lines if x is not some), key=lambda x: -x.rank)
        return some, tuple(kinds), shown.display.number
    events = frame(study, "ADMH", "MH")
    if events is None:
        return None, (), ""
    population = main_set(study, "ITTFL", "FASFL", "RANDFL", "SAFFL")
    categories = events.levels("MHCAT") if "MHCAT" in events else {}
    kept = tuple(sorted(c for c in categories if c and "PRIMARY" not in c.upper()))
    about = (Condition("MHCAT", kept),) if kept and len(kept) < len(categories) else ()
    some = line_of(study, book, Question(events.name, about), ("ANY",), population, "medical history")
    organ = next((v for v in ("MHBODSYS", "MHSOC") if v in events), "")
    found = []
    for level in sorted(v for v in (events.levels(organ) if organ else {}) if v):
        question = Question(events.name, (*about, Condition(organ, (level,))))
        line = line_of(study, book, question, (organ, level), population, level_words(level))
        if line is not None and line.some:
            found.append(line)
    return some, tuple(sorted(found, key=lambda x: (-x.rank, x.plain))), ""
