"""Findings by group, in animals and in people: numbers by sex, observations that are not normal, measurements by time point, deaths. Imports its room only.

Read from SEND and SDTM domains (CDISC SENDIG 3.1, SDTMIG 3.3) by their structure: a findings domain has --TESTCD, --TEST and a result, in numbers
(--STRESN) or in words (--STRESC), at a nominal day (--NOMDY, VISITDY) and time point (--TPT).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from docpipe.writing.book import Book, Value
from docpipe.writing.records import Condition, Frame, Question
from docpipe.writing.sets import ALL
from docpipe.writing.study import StudyData
from docpipe.writing.topics._measured import Summary, summaries
from docpipe.writing.topics._tally import Counter, Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

_NORMAL = re.compile(
    r"normal|no abnormalit(?:y|ies)|unremarkable|within normal limits|no (?:visible )?lesions?", re.IGNORECASE
)
_UNPLANNED = re.compile(r"found dead|moribund|accidental|unscheduled|died|death", re.IGNORECASE)
_BEFORE = re.compile(r"pre-?\s?(?:dose|treat|test)|baseline|acclimat|day -", re.IGNORECASE)
_MOST = 40


@dataclass(frozen=True, slots=True)
class Sign:
    """An observation that is not normal: ``name`` in a sentence, ``Name`` in a cell, animals by group."""

    name: Value
    Name: Value
    tally: Tally


@dataclass(frozen=True, slots=True)
class Mean(Summary):
    """Mean and SD of a group at a time; None where nothing was measured. ``n``: animals or subjects measured."""

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        return f"{self.mean} ± {self.sd}" if self.sd is not None else str(self.mean)


@dataclass(frozen=True, slots=True)
class Moment:
    """A planned time: its name as the data give it, means by group in the study's order."""

    name: Value
    means: tuple[Mean, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A measured quantity. ``key``: of its table; ``unit`` where one is given."""

    key: str
    name: Value
    Name: Value
    unit: Value | None
    moments: tuple[Moment, ...]

    @property
    def apart(self) -> tuple[Apart, ...]:
        """For each group but the first: the time after dosing at which its mean was furthest from the first group's."""
        found: dict[str, tuple[Decimal, Apart]] = {}
        for moment in self.moments:
            first = moment.means[0]
            base = first.mean.number if first.mean is not None else None
            if not base or _BEFORE.search(moment.name.text):
                continue
            for mean in moment.means[1:]:
                value = mean.mean.number if mean.mean is not None else None
                if value is not None:
                    far = abs(value - base) / abs(base)
                    if mean.arm not in found or far > found[mean.arm][0]:
                        found[mean.arm] = (far, Apart(mean.arm, moment.name, mean, first))
        return tuple(x for _, x in found.values())

    @property
    def sizes(self) -> tuple[Value, ...]:
        """How many animals were measured, each number once, smallest first."""
        found = {m.n.text: m.n for t in self.moments for m in t.means}
        return tuple(sorted(found.values(), key=lambda v: v.number or 0))


@dataclass(frozen=True, slots=True)
class Measured:
    """The tests of a domain. ``what``: what the domain is about."""

    what: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Where a group's mean was furthest from the first group's, relative to it, after dosing."""

    arm: str
    time: Value
    mean: Mean
    first: Mean


class Findings:
    """The findings of one study by group."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book
        self._count = Counter(study, book)

    def by_sex(self, arm: str) -> tuple[tuple[str, Value], ...]:
        """Animals of a group by sex: ("males", 6)."""
        words = {"M": "males", "F": "females"}
        base = self._study.records.base
        found: list[tuple[str, Value]] = []
        for level, records in base.having("SEX").items() if base is not None and "SEX" in base else ():
            tally = self._count.of_records(base, ("SEX", level), records, f"SEX = '{level}'", "SEX")  # type: ignore[arg-type]
            cell = tally.cell(arm)
            if cell is not None and cell.n:
                found.append((words.get(level, "animals"), cell.n))
        return tuple(found)

    def signs(self, domain: str) -> tuple[Sign, ...]:
        """Results in words of a domain that are not normal, most animals first."""
        frame = self._study.records.frames.get(domain)
        result = f"{domain}STRESC"
        if frame is None or result not in frame:
            return ()
        found: list[Sign] = []
        for level, records in frame.having(result).items():
            if not level or _NORMAL.fullmatch(level.strip()) or len(found) >= _MOST:
                continue
            tally = self._count.of_records(frame, (domain, level), records, f"{result} = '{level}'", result)
            name = self._book.record(frame.dataset, min(records), result)
            if tally and name is not None:
                found.append(Sign(in_sentence(name), in_cell(name), tally))
        return tuple(sorted(found, key=lambda s: (-s.tally.top, s.name.text)))

    def looked_at(self, domain: str) -> Value | None:
        """How many animals a domain has records of; None without the domain."""
        frame = self._study.records.frames.get(domain)
        if frame is None or not frame.dataset.records:
            return None
        every = range(len(frame.dataset.records))
        total = self._count.of_records(frame, (domain, "EXAMINED"), every, "").total
        return total.n if total is not None else None

    def died(self) -> tuple[Sign, ...] | None:
        """Ways of dying that were not planned (DS); an empty tuple where all deaths were planned, None without the dataset."""
        frame = self._study.records.frames.get("DS")
        if frame is None or "DSDECOD" not in frame:
            return None
        found: list[Sign] = []
        for level, records in frame.having("DSDECOD").items():
            flagged = frame.having("DSUSCHFL").get("Y", frozenset()) if "DSUSCHFL" in frame else frozenset()
            mine = records if _UNPLANNED.search(level) else records & flagged
            if mine and (name := self._book.record(frame.dataset, min(mine), "DSDECOD")) is not None:
                tally = self._count.of_records(frame, ("DSDECOD", level), mine, f"DSDECOD = '{level}'", "DSDECOD")
                found.append(Sign(in_sentence(name), in_cell(name), tally))
        return tuple(found)

    def ended(self) -> tuple[Sign, ...]:
        """How the animals left the study (DS), every way."""
        frame = self._study.records.frames.get("DS")
        if frame is None or "DSDECOD" not in frame:
            return ()
        found = []
        for level, records in frame.having("DSDECOD").items():
            name = self._book.record(frame.dataset, min(records), "DSDECOD")
            if name is not None:
                tally = self._count.of_records(frame, ("DSDECOD", level), records, f"DSDECOD = '{level}'", "DSDECOD")
                found.append(Sign(in_sentence(name), in_cell(name), tally))
        return tuple(found)

    def measured(self, domain: str) -> tuple[Test, ...]:
        """Results in numbers of a domain, by test and planned time, as mean and SD by group."""
        frame = self._study.records.frames.get(domain)
        code, value = f"{domain}TESTCD", f"{domain}STRESN"
        if frame is None or code not in frame or value not in frame:
            return ()
        at = frame.index[value]
        found = []
        for level, records in frame.having(code).items():
            valued = [i for i in sorted(records) if isinstance(frame.dataset.records[i][at], float)]
            if not valued:
                continue
            label = self._book.record(frame.dataset, valued[0], f"{domain}TEST") or self._book.record(
                frame.dataset, valued[0], code
            )
            unit = self._book.record(frame.dataset, valued[0], f"{domain}STRESU")
            moments = tuple(self._moments(frame, domain, Condition(code, (level,)), valued))
            if label is not None and moments:
                found.append(Test(f"{domain}-{level}".lower(), in_sentence(label), in_cell(label), unit, moments))
        return tuple(found[:_MOST])

    def all_measured(self, domains: Iterable[tuple[str, str]]) -> tuple[Measured, ...]:
        """Domains and what they are about, those that hold numbers."""
        made = (Measured(what, self.measured(domain)) for domain, what in domains)
        return tuple(m for m in made if m.tests)

    def _moments(self, frame: Frame, domain: str, mine: Condition, records: Iterable[int]) -> Iterable[Moment]:
        """In the order of nominal day and time point number."""
        names = [v for v in (f"{domain}NOMDY", f"{domain}TPTNUM") if v in frame] or [
            v for v in ("VISITDY", "VISITNUM") if v in frame
        ][:1]
        shown = next((v for v in (f"{domain}TPT", f"{domain}NOMLBL", "VISIT", *names) if v in frame), "")
        times: dict[tuple[float, ...], int] = {}
        for i in records:
            record = frame.dataset.records[i]
            times.setdefault(tuple(v if isinstance(v := record[frame.index[n]], float) else -1e9 for n in names), i)
        for key in sorted(times):
            first = times[key]
            name = self._book.record(frame.dataset, first, shown) if shown else None
            conditions = [mine, *(Condition(n, (frame.text(frame.dataset.records[first], n),)) for n in names)]
            means = self._means(frame, domain, tuple(conditions), name.text if name is not None else "")
            if name is not None and means:
                yield Moment(in_cell(name), means)

    def _means(self, frame: Frame, domain: str, conditions: tuple[Condition, ...], window: str) -> tuple[Mean, ...]:
        question = Question(frame.name, conditions, f"{domain}STRESN")
        row = tuple(v for c in conditions for v in c.values)
        return summaries(self._study, self._book, question, row, ALL, window, Mean)
