"""One endpoint of a display or of data: its name, what was measured when, comparisons, method notes. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from docpipe.model.source import Display, Place
from docpipe.writing.book import Book, Value
from docpipe.writing.estimates import level_fact, limit_facts
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.records import Condition, Frame, Population, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of
from docpipe.writing.topics._compared import Comparison, Test, comparisons
from docpipe.writing.topics._from_data import main_set
from docpipe.writing.topics._labelled import bound, capital, display_words, level_words, running, set_words, unit_of
from docpipe.writing.topics._lines import Cell, Line
from docpipe.writing.topics._sheet import sheet_of

_PREFIX = re.compile(
    r"^\s*(?:(?:key\s+)?(?:primary|secondary|exploratory|other|supportive)\b[\w\s/]*?(?:analys[ie]s|end ?points?|efficacy|variables?|results?|measures?)[\w\s]*[:\u2013-]\s*"
    r"|efficacy[\w\s]*:\s*|(?:summary|analys[ie]s|results?) (?:of|for)(?: the)?\s+)",
    re.IGNORECASE,
)
_METHOD = re.compile(r"\bmodel\b|\btest\b|based on|covari|method|p-values?|imput|locf|mmrm|adjust|regress|kaplan", re.I)
_LEGEND = re.compile(r"^\s*[A-Za-z%/]{1,12}\s*=\s")
_COMMON = re.compile(
    r"\b(?:change|time to|proportion|number|percent\w*|rate|incidence|mean|response|responders?|survival)\b", re.I
)
_OF_CHANGE = re.compile(
    r"\bchange from baseline (?:to .{1,30}? )?(?:in|of) (.+?)(?:\s+(?:at|to|by|over|through)\s|$)", re.IGNORECASE
)
_AT = re.compile(r"^(?:baseline|screening|week|day|month|visit|year|cycle|end ?point|end of|last)\b", re.IGNORECASE)
_CATEGORIES = 8
_ANSWERS = {"Y", "N"}
_SUMMED = ("mean", "lsmean", "median", "geomean")


@dataclass(frozen=True, slots=True)
class Moment:
    """A line with means or medians. ``kind``: ``at`` a time, ``change`` from baseline, or ``of`` something. ``of``: the measure, where the display has several."""

    kind: str
    said: str
    line: Line
    of: str = ""
    level: Value | None = None
    """Of the limits of each mean, where they were computed."""

    @property
    def statistic(self) -> str:
        """The statistic that every arm has, means first."""
        return next((s for s in _SUMMED if self.line.all_of(s)), next((s for s in _SUMMED if self.line.values(s)), ""))

    @property
    def absent(self) -> str:
        """Why no arm has a value, where all print the same word: ``not estimable``, ``not reached``."""
        texts = {v.text for v in self.line.values(self.statistic)}
        words = {"NE": "not estimable", "NR": "not reached", "NA": "not available", "NC": "not calculated"}
        return words.get(texts.pop().upper().replace(".", ""), "") if len(texts) == 1 else ""

    @property
    def direction(self) -> str:
        """``increase`` or ``decrease`` where the value of every arm has that sign."""
        numbers = [v.number for v in self.line.values(self.statistic)]
        if self.kind != "change" or not numbers or any(n is None for n in numbers):
            return ""
        if all(n is not None and n > 0 for n in numbers):
            return "increase"
        return "decrease" if all(n is not None and n < 0 for n in numbers) else ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``name``, ``detail``, ``population`` and ``notes`` are for printing; ``shown``: the display, None for data."""

    name: str
    detail: str
    population: str
    number: str
    sizes: tuple[Cell, ...]
    moments: tuple[Moment, ...]
    counts: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    tests: tuple[Test, ...]
    notes: tuple[str, ...]
    plain: str = ""
    population_set: str = ""
    measure: str = ""
    unit: str = ""
    shown: DisplayFacts | None = None

    @property
    def heading(self) -> str:
        """The name at the beginning of a caption."""
        return capital(self.name)


def of_display(study: StudyData, book: Book, shown: DisplayFacts) -> Endpoint:
    """An endpoint as its display has it."""
    sheet = sheet_of(study, book, shown)
    found, tests = comparisons(book, shown, study.arms)
    moments: list[Moment] = []
    counts: list[Line] = []
    for group in sheet.groups:
        for line in (*((group.line,) if group.line is not None else ()), *group.lines):
            own = line is group.line
            if any(s in c.of for c in line.cells for s in _SUMMED):
                kind = (
                    "change" if re.search(r"\bchange\b", line.plain, re.I) else "at" if _AT.search(line.plain) else "of"
                )
                if kind == "of" and re.search(r"\bls\b|least[- ]squares|adjusted mean", line.plain, re.IGNORECASE):
                    kind, own = "adjusted", own or bool(re.search(r"analys|model|covari|anova", group.plain, re.I))
                moments.append(Moment(kind, line.said, line, "" if own else group.said))
            elif any(c.n is not None and c.pct is not None for c in line.cells) and line.some:
                counts.append(line)
    plain, name, detail = title_parts(book, shown.display)
    measure, unit = _measure(plain)

    def words(text: str, part: str) -> str:
        return display_words(book, shown.display, 0, ("title", part), text)

    return Endpoint(
        name, detail, sheet.population_said, shown.display.number, sheet.sizes, tuple(moments), tuple(counts), found, tests,
        notes_of(book, shown.display), plain, set_words(sheet.population_said), words(measure, "measure"), words(unit, "unit"), shown,
    )  # fmt: skip


def title_parts(book: Book, display: Display) -> tuple[str, str, str]:
    """The plain name of what a title analyses, the name and the rest for printing."""
    title = _PREFIX.sub("", display.title).strip() or display.title
    name, *rest = re.split(r"\s+[-\u2013\u2014]\s+|;\s+|,\s+(?=LOCF|MMRM|observed)", title)
    said = running(name) if _COMMON.search(name) else name
    details = ", ".join(running(r) if not r.isupper() else r for r in rest)

    def words(text: str, part: str) -> str:
        return display_words(book, display, 0, ("title", part), text)

    return name, words(said, "name"), words(details, "detail")


def _measure(name: str) -> tuple[str, str]:
    """What the means of an endpoint are means of, and its unit: ``trough FEV1`` of a change from baseline in it."""
    if found := _OF_CHANGE.search(name):
        said, unit = unit_of(found[1])
        return running(said), unit
    return ("", "") if _COMMON.search(name) else (name, "")


def notes_of(book: Book, display: Display) -> tuple[str, ...]:
    """Footnotes that tell the method, without their marks, for printing."""
    found = []
    for i, note in enumerate(display.footnotes, 1):
        text = re.sub(r"^\s*(?:\[\w{1,2}\]|[*\u2020\u2021a-d]\s)\s*", "", note).strip()
        if text and _METHOD.search(text) and not _LEGEND.match(text):
            place = (Place(display.file.sha256, f"footnote:{i}"),)
            found.append(bound(book, text.rstrip("."), display.number, ("footnote", str(i)), place))
    return tuple(found)


def of_data(study: StudyData, book: Book, frame: Frame, parameter: str) -> Endpoint | None:
    """A parameter of an analysis dataset (ADaM BDS), as far as the data have it.

    Of numbers: means at baseline and at the last visit, and the change with its limits; of categories and criteria: counts at the last visit.
    """
    population = main_set(study, "EFFFL", "FASFL", "ITTFL", "MITTFL", "RANDFL")
    mine = (Condition("PARAM", (parameter,)),)
    flagged = (Condition("ANL01FL", ("Y",)),) if "ANL01FL" in frame else ()
    visits = _visits(frame, study.records.records(frame.name, mine))
    last = next((v for v in reversed(visits) if not re.search(r"follow|unsched|retriev", v, re.I)), "")
    at_last = (*mine, *((Condition("AVISIT", (last,)),) if last else ()), *flagged)
    name, unit = unit_of(parameter)
    moments = _moments(study, book, frame, parameter, population, visits, last, flagged)
    counts = _categories(study, book, frame, parameter, population, at_last, last)
    if not moments and not counts:
        return None
    place = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)

    def words(text: str, part: str) -> str:
        return bound(book, text, frame.name, (part, parameter), place)

    lines = (*(m.line for m in moments), *counts)
    sizes = tuple(Cell(c.arm, {"N": c.N}) for c in lines[-1].cells if c.N is not None)
    said = bound(book, population.name, frame.name, ("population",), place)
    return Endpoint(
        words(running(name), "PARAM"), "", said, "", sizes, moments, counts, (), (), (), parameter, set_words(said),
        words(running(name), "PARAM"),
        words(unit, "unit"), None,
    )  # fmt: skip


def _visits(frame: Frame, records: Iterable[int]) -> list[str]:
    """The visits of some records, in the order of AVISITN."""
    order: dict[str, float] = {}
    for i in records if "AVISIT" in frame else ():
        record = frame.dataset.records[i]
        number = record[frame.index["AVISITN"]] if "AVISITN" in frame else float(i)
        order.setdefault(frame.text(record, "AVISIT"), number if isinstance(number, float) else 0.0)
    return [v for v in sorted(order, key=lambda v: order[v]) if v]


def _moments(
    study: StudyData, book: Book, frame: Frame, parameter: str, population: Population, visits: Sequence[str], last: str,
    flagged: tuple[Condition, ...],
) -> tuple[Moment, ...]:  # fmt: skip
    """Means at baseline and at the last visit, and of the change, the latter with limits."""
    if "AVAL" not in frame or not last:
        return ()
    first = next((v for v in visits if v.casefold() == "baseline"), "")
    asked = [(first, "AVAL", "at")] if first else []
    asked.append((last, "AVAL", "at"))
    if "CHG" in frame:
        asked.append((last, "CHG", "change"))
    found: list[Moment] = []
    for visit, variable, kind in asked:
        conditions = (
            Condition("PARAM", (parameter,)),
            Condition("AVISIT", (visit,)),
            *(flagged if visit != first else ()),
        )
        label = f"change from baseline to {visit}" if kind == "change" else visit
        row, question = (parameter, visit, variable), Question(frame.name, conditions, variable)
        line = line_of(study, book, question, row, population, label)
        if line is None or not line.values("mean"):
            continue
        limits = (
            list(limit_facts(study.records, question, row, population, study.id, study.version))
            if kind == "change"
            else []
        )
        cells = tuple(
            Cell(c.arm, {**c.of, **{f.statistic: book.value(f) for f in limits if f.arm == c.arm}}) for c in line.cells
        )
        level = book.value(level_fact(limits[0])) if limits else None
        found.append(Moment(kind, line.said, replace(line, cells=cells), "", level))
    return tuple(found)


def _categories(
    study: StudyData, book: Book, frame: Frame, parameter: str, population: Population, conditions: tuple[Condition, ...], last: str
) -> tuple[Line, ...]:  # fmt: skip
    """Subjects in each category at the last visit: values in words (AVALC), and criteria that are met (CRIT1FL for CRIT1)."""
    records = study.records.records(frame.name, conditions)

    def levels(variable: str) -> list[str]:
        said = {frame.text(frame.dataset.records[i], variable) for i in records if variable in frame}
        return sorted(v for v in said if v)

    def line(variable: str, level: str, label: str) -> Line | None:
        question = Question(frame.name, (*conditions, Condition(variable, (level,))))
        when = f"{label} at {last}" if last else label
        return line_of(study, book, question, (parameter, last, variable, level), population, when)

    coded = levels("AVALC")
    found = []
    name = running(unit_of(parameter)[0])
    if set(coded) <= _ANSWERS and "Y" in coded:
        found.append(line("AVALC", "Y", name))
    elif 1 < len(coded) <= _CATEGORIES and not any(re.fullmatch(r"[-+<>=]*\s*\d[\d.]*", v) for v in coded):
        found += [line("AVALC", v, f"{_category(v)} as {name}") for v in coded]
    for variable in frame.index:
        if re.fullmatch(r"CRIT\d+", variable) and f"{variable}FL" in frame and (said := levels(variable)):
            found.append(line(f"{variable}FL", "Y", said[0]))
    return tuple(x for x in found if x is not None and x.some)


def _category(level: str) -> str:
    """A value in a sentence; short codes such as CR keep their capitals."""
    return level if level.isupper() and len(level) < 5 else level_words(level)
