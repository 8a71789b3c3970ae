"""Repeated measurements by visit and arm: baseline, last visit, change, values out of range, and displays about them. Imports its room only.

Analysis datasets (BDS) give summaries of baseline, value and change; tabulation datasets give values outside their range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from docpipe.model.source import Display
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_data import facts_for
from docpipe.writing.records import Condition, Frame, Population, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._cuts import sentences
from docpipe.writing.topics._labelled import bound, running, unit_of
from docpipe.writing.topics._quoted import Quoted
from docpipe.writing.topics._subject import Record
from docpipe.writing.topics._tally import Counter, Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

_ABNORMAL = re.compile(r"high|low|abnormal|^h+$|^l+$|^a$|outside", re.IGNORECASE)
_NOT_VISITS = re.compile(r"screen|unsched|baseline|follow|end of treatment|last|minimum|maximum|average", re.IGNORECASE)
_PARAMETERS = 30
_UNIT = re.compile(r"\([^()]+\)$")
_NOT_DONE = re.compile(
    r"^(?!.*\bother\b).{0,60}\b(?:will|were|was) not (?:be )?(?:performed|done|analy[sz]ed|summari[sz]ed|collected|planned)\b"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and SD of an arm, with how many subjects they are of."""

    arm: str
    n: Value
    mean: Value | None
    sd: Value | None

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        return f"{self.mean} ({self.sd})" if self.sd is not None else str(self.mean)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``name`` in a sentence, ``Name`` in a cell, means by arm at baseline and of the change to the last visit.

    ``unit``: as a sentence says it after a value, for printing; "" where none or several are recorded.
    """

    name: str
    Name: str
    unit: str
    visit: Value | None
    baseline: tuple[Summary, ...]
    change: tuple[Summary, ...]
    values: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class Abnormal:
    """Subjects with a value outside its range after baseline, of one test."""

    name: str
    Name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Names:
    """Variables of a dataset of measurements: test code and label, value, visit and its number, baseline flag."""

    code: str
    label: str
    value: str
    visit: str
    number: str
    baseline: str


_S = TypeVar("_S", bound=Summary)


def summaries(
    study: StudyData, book: Book, question: Question, row: tuple[str, ...], population: Population, window: str, kind: type[_S]
) -> tuple[_S, ...]:  # fmt: skip
    """Mean and SD of a question by arm, in the study's order; empty where no arm has a mean."""
    by: dict[str, dict[str, Value]] = {}
    for fact in facts_for(study.records, question, row, population, study.id, study.version, window):
        if fact.arm and fact.statistic in ("n", "mean", "sd"):
            by.setdefault(fact.arm, {})[fact.statistic] = book.value(fact)
    found = tuple(kind(a, by[a]["n"], by[a].get("mean"), by[a].get("sd")) for a in study.arms.names if a in by)
    return found if any(s.mean is not None for s in found) else ()


class Measured:
    """Measurements of one kind. ``displays``: numbers of displays about them; ``planned``: where a text says what was to be measured."""

    def __init__(
        self, study: StudyData, book: Book, datasets: re.Pattern[str], domain: str, words: re.Pattern[str]
    ) -> None:
        self._study, self._book, self._domain = study, book, domain
        self.count = Counter(study, book)
        self.frames = tuple(f for name, f in study.records.frames.items() if datasets.fullmatch(name))
        self.raw = study.records.frames.get(domain)
        self.displays = tuple(s.display.number for s in study.shown if s.facts and words.search(s.display.title))
        self._shown: tuple[Display, ...] = tuple(s.display for s in study.shown if s.display.number in self.displays)
        self._words = words
        self.arms = study.arms.names
        used = self.frames or ((self.raw,) if self.raw is not None else ())
        self.parameters = tuple(p for f in used for p in self._parameters(f))[:_PARAMETERS]
        self.abnormal = tuple(self._abnormal())

    def __bool__(self) -> bool:
        """Any source holds them."""
        return bool(self.frames or self.raw is not None or self.displays)

    @property
    def population(self) -> str:
        """Name of the analysis set."""
        return self.count.population.name

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """Number and title of each display."""
        return tuple((d.number, d.title) for d in self._shown)

    def size_of(self, arm: str) -> Value | None:
        """How many subjects of an arm the set holds."""
        return self.count.size(arm)

    @property
    def not_done(self) -> Quoted | None:
        """The sentence of a text that says of these analyses, and of nothing besides, that they were not done."""
        for source in self._study.texts:
            for passage in source.passages:
                text = passage.text
                if self._words.match(text) and _NOT_DONE.search(text) and len(sentences(text)) == 1:
                    return Quoted(self._book, source, ((passage, 0, len(text)),))
        return None

    # ------------------------------------------------------------ summaries of analysis datasets

    def _parameters(self, frame: Frame) -> list[Parameter]:
        v = self._names(frame)
        if not {v.code, v.value} <= set(frame.index):
            return []
        found = []
        for code in frame.levels(v.code):
            records = frame.having(v.code)[code]
            if not code or not any(isinstance(frame.dataset.records[i][frame.index[v.value]], float) for i in records):
                continue
            record = Record(self._book, frame, min(records))
            label = record.first(v.label, v.code)
            visit, number = self._last_visit(frame, records, v)
            mine = [Condition(v.code, (code,))]
            analysed = [Condition(n, ("Y",)) for n in ("ANL01FL",) if n in frame]
            at_baseline = self._baseline(frame, records, v)
            baseline = (
                self._summaries(frame, code, [*mine, at_baseline], v.value, "Baseline")
                if at_baseline is not None
                else ()
            )
            change: tuple[Summary, ...] = ()
            values: tuple[Summary, ...] = ()
            if visit:
                at = [*mine, *analysed, Condition(v.visit, (visit,))]
                values = self._summaries(frame, code, at, v.value, visit)
                if "CHG" in frame:
                    change = self._summaries(frame, code, at, "CHG", visit)
            if label is not None and (baseline or values):
                shown = self._book.record(frame.dataset, number, v.visit) if visit else None
                said = in_cell(shown) if shown is not None else None
                name, cell, unit = self._called(label, self._unit(frame, records))
                found.append(Parameter(name, cell, unit, said, baseline, change, values))
        return found

    def _called(self, label: Value, unit: Value | None = None) -> tuple[str, str, str]:
        """A parameter's name in a sentence and in a cell, and its unit: of its label (``Potassium (mmol/L)``) or of a variable."""
        text = label.fact.formatted
        bare, said = unit_of(text)
        if not said or not _UNIT.search(text):
            name, cell = str(in_sentence(label)), str(in_cell(label))
            return name, f"{cell} ({unit})" if unit is not None else cell, str(unit) if unit is not None else ""
        inside = text[text.rindex("(") + 1 : -1]
        where = (label.fact.display, (*label.fact.row, label.fact.statistic), label.fact.places)
        words = bare.lower() if bare.istitle() else running(bare)
        return bound(self._book, words, *where), str(in_cell(label)), bound(self._book, inside, *where)

    def _unit(self, frame: Frame, records: Iterable[int]) -> Value | None:
        """The standard unit, where all records of a test have one and the same."""
        variable = f"{self._domain}STRESU"
        if variable not in frame:
            return None
        said = {frame.text(frame.dataset.records[i], variable) for i in records}
        return Record(self._book, frame, min(records)).value(variable) if len(said) == 1 and "" not in said else None

    @staticmethod
    def _baseline(frame: Frame, records: Iterable[int], v: Names) -> Condition | None:
        """What tells the records of baseline: a flag, else the only visit of that name."""
        if v.baseline in frame:
            return Condition(v.baseline, ("Y",))
        if v.visit not in frame:
            return None
        visits = {frame.text(frame.dataset.records[i], v.visit) for i in records}
        named = [name for name in visits if name.casefold() == "baseline"]
        return Condition(v.visit, (named[0],)) if len(named) == 1 else None

    def _names(self, frame: Frame) -> Names:
        if "PARAMCD" in frame:
            return Names("PARAMCD", "PARAM", "AVAL", "AVISIT", "AVISITN", "ABLFL")
        d = self._domain
        return Names(f"{d}TESTCD", f"{d}TEST", f"{d}STRESN", "VISIT", "VISITNUM", f"{d}BLFL")

    def _last_visit(self, frame: Frame, records: Iterable[int], v: Names) -> tuple[str, int]:
        if v.visit not in frame:
            return "", 0
        best: tuple[float, str, int] | None = None
        for i in records:
            name = frame.text(frame.dataset.records[i], v.visit)
            rank = frame.dataset.records[i][frame.index[v.number]] if v.number in frame else float(i)
            if name and not _NOT_VISITS.search(name) and isinstance(rank, float) and (best is None or rank > best[0]):
                best = (rank, name, i)
        return (best[1], best[2]) if best else ("", 0)

    def _summaries(
        self, frame: Frame, code: str, conditions: list[Condition], variable: str, window: str
    ) -> tuple[Summary, ...]:
        question = Question(frame.name, tuple(conditions), variable)
        return summaries(self._study, self._book, question, (code, variable), self.count.population, window, Summary)

    # ------------------------------------------------------------ values out of range

    def _abnormal(self) -> list[Abnormal]:
        frames = [f for f in self.frames if "ANRIND" in f and "PARAMCD" in f] or (
            [self.raw] if self.raw is not None else []
        )
        found = []
        for frame in frames:
            test, name, indicator = (
                ("PARAMCD", "PARAM", "ANRIND")
                if "ANRIND" in frame
                else (f"{self._domain}TESTCD", f"{self._domain}TEST", f"{self._domain}NRIND")
            )
            if test not in frame or indicator not in frame:
                continue
            bad = frozenset(
                i
                for v, r in frame.having(indicator).items()
                if _ABNORMAL.search(v) and v.casefold() != "normal"
                for i in r
            )
            before = self._before(frame)
            for code, records in frame.having(test).items():
                said = f"{test} = '{code}' and {indicator} is outside the range, after baseline"
                tally = self.count.of_records(
                    frame, (code, "OUTSIDE THE RANGE"), (records & bad) - before, said, indicator
                )
                label = self._book.record(frame.dataset, min(records), name if name in frame else test)
                if code and tally and label is not None:
                    called, cell, _ = self._called(label)
                    found.append(Abnormal(called, cell, tally))
        found.sort(key=lambda x: (-x.tally.top, x.tally.row[-2:]))
        return found

    def _before(self, frame: Frame) -> frozenset[int]:
        """Records up to baseline, as flags, visits or study days tell."""
        found: set[int] = set()
        for variable in ("ABLFL", f"{self._domain}BLFL", f"{self._domain}LOBXFL"):
            found |= frame.having(variable).get("Y", frozenset()) if variable in frame else frozenset()
        for variable in ("AVISIT", "VISIT"):
            if variable in frame:
                found |= {
                    i
                    for v, r in frame.having(variable).items()
                    if re.search(r"screen|baseline", v, re.IGNORECASE)
                    for i in r
                }
        for variable in ("ADY", f"{self._domain}DY"):
            if variable in frame:
                at = frame.index[variable]
                found |= {i for i, r in enumerate(frame.dataset.records) if isinstance(r[at], float) and r[at] <= 1}  # type: ignore[operator]
        return frozenset(found)
