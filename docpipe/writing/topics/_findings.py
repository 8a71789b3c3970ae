"""Findings by group, in animals and in people: numbers by sex, observations that are not normal, measurements by time point, deaths. Imports its room only.

Read from SEND and SDTM domains (CDISC SENDIG 3.1, SDTMIG 3.3) by their structure: a findings domain has --TESTCD, --TEST and a result, in numbers
(--STRESN) or in words (--STRESC), of a specimen (--SPEC), at a nominal day (--NOMDY, VISITDY) and time point (--TPT).
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
    """An observation that is not normal: ``name`` in a sentence, ``Name`` in a cell, animals by group.

    ``specimen``: the organ that it was found in, where one is named, with ``examined``: animals by group whose organ was examined;
    ``times``: the time points at which it was seen, in order.
    """

    name: Value
    Name: Value
    tally: Tally
    specimen: Value | None = None
    examined: Tally | None = None
    times: tuple[Value, ...] = ()

    @property
    def above(self) -> bool:
        """Some group has a larger share of it than the first."""
        return any(c.percent > self.tally.cells[0].percent for c in self.tally.cells[1:])


@dataclass(frozen=True, slots=True)
class Mean(Summary):
    """Mean and SD of a group at a time; None where nothing was measured. ``n``: animals or subjects measured."""

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        return f"{self.mean} ± {self.sd}" if self.sd is not None else str(self.mean)


@dataclass(frozen=True, slots=True)
class Moment:
    """A planned time: its name as the data give it, means by group in the study's order. ``day``: where there are several days with time points."""

    name: Value
    means: tuple[Mean, ...]
    day: Value | None = None

    @property
    def said(self) -> str:
        """``1-hour postdose``, ``Day 29``, ``Day 29, 1-hour postdose``, for printing."""
        return ", ".join(_dayed(v) for v in (self.day, self.name) if v is not None)


@dataclass(frozen=True, slots=True)
class Test:
    """A measured quantity. ``key``: of its table; ``unit`` where one is given; ``sex``: ``males`` or ``females`` where both are told apart, else "".

    ``specimen``: what it was measured in, where one is named.
    """

    key: str
    name: Value
    Name: Value
    unit: Value | None
    moments: tuple[Moment, ...]
    sex: str = ""
    specimen: Value | None = None

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
                        found[mean.arm] = (far, Apart(mean.arm, moment, mean, first))
        return tuple(x for _, x in found.values())

    @property
    def sizes(self) -> tuple[Value, ...]:
        """How many animals were measured, each number once, smallest first."""
        found = {m.n.text: m.n for t in self.moments for m in t.means}
        return tuple(sorted(found.values(), key=lambda v: v.number or 0))


@dataclass(frozen=True, slots=True)
class Measured:
    """The tests of a domain. ``what``: what the domain is about; ``key``: of the table that holds all of them."""

    what: str
    tests: tuple[Test, ...]
    key: str = ""

    @property
    def many(self) -> bool:
        """So many tests at so few times that one table holds them all."""
        return len(self.tests) > 3 and all(len(t.moments) <= 3 for t in self.tests)

    @property
    def sexes(self) -> tuple[str, ...]:
        """The sexes that are told apart, in order; one empty word where they are not."""
        return tuple(dict.fromkeys(t.sex for t in self.tests))


@dataclass(frozen=True, slots=True)
class Apart:
    """Where a group's mean was furthest from the first group's, relative to it, after dosing."""

    arm: str
    moment: Moment
    mean: Mean
    first: Mean


def _dayed(value: Value) -> str:
    """A day that is only a number gets its word."""
    return f"Day {value}" if re.fullmatch(r"-?\d+", value.text) else str(value)


class Findings:
    """The findings of one study by group. ``before``: what its tables' keys begin with; ``sexed``: measurements of males and females apart."""

    def __init__(self, study: StudyData, book: Book, before: str = "", sexed: bool = False) -> None:
        self._study, self._book, self._before = study, book, before
        self._count = Counter(study, book)
        base = study.records.base
        both = base is not None and "SEX" in base and {"M", "F"} <= base.levels("SEX").keys()
        self._sexes = (("males", "M"), ("females", "F")) if sexed and both else (("", ""),)

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
        """Results in words of a domain that are not normal, by specimen where one is named, most animals first."""
        frame = self._study.records.frames.get(domain)
        result, organ = f"{domain}STRESC", f"{domain}SPEC"
        if frame is None or result not in frame:
            return ()
        organs: dict[str, frozenset[int]] = dict(frame.having(organ)) if organ in frame else {}
        every = frozenset(range(len(frame.dataset.records)))
        found: list[Sign] = []
        for level, records in frame.having(result).items():
            if not level or _NORMAL.fullmatch(level.strip()):
                continue
            for where, mine in (organs or {"": every}).items():
                if (
                    records & mine
                    and len(found) < _MOST
                    and (sign := self._sign(frame, level, where, records & mine, mine))
                ):
                    found.append(sign)
        return tuple(sorted(found, key=lambda s: (-s.tally.top, s.name.text)))

    def _sign(
        self, frame: Frame, level: str, organ: str, records: frozenset[int], looked: frozenset[int]
    ) -> Sign | None:
        domain, first = frame.name, min(records)
        result, specimen = f"{domain}STRESC", f"{domain}SPEC"
        said = f"{result} = '{level}'" + (f" and {specimen} = '{organ}'" if organ else "")
        row = (domain, organ, level) if organ else (domain, level)
        tally = self._count.of_records(frame, row, records, said, result)
        name = self._book.record(frame.dataset, first, result)
        if not tally or name is None:
            return None
        where = self._book.record(frame.dataset, first, specimen) if organ else None
        of = self._count.of_records(frame, (domain, organ, "EXAMINED"), looked, f"{specimen} = '{organ}'", specimen)
        return Sign(
            in_sentence(name), in_cell(name), tally, in_cell(where) if where is not None else None,
            of if where is not None else None, self._times(frame, records),
        )  # fmt: skip

    def _times(self, frame: Frame, records: Iterable[int]) -> tuple[Value, ...]:
        """The time points of records in their order, each once; those before dosing are left out."""
        shown, number = f"{frame.name}TPT", f"{frame.name}TPTNUM"
        if shown not in frame or number not in frame:
            return ()
        at = frame.index[number]
        found: dict[str, Value] = {}
        for i in sorted(records, key=lambda i: (v if isinstance(v := frame.dataset.records[i][at], float) else 0.0, i)):
            value = self._book.record(frame.dataset, i, shown)
            if value is not None and not _BEFORE.search(value.text):
                found.setdefault(value.text, in_sentence(value))
        return tuple(found.values())

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
        """Results in numbers of a domain, by test (and specimen, and sex) and planned time, as mean and SD by group."""
        frame = self._study.records.frames.get(domain)
        code, value, organ = f"{domain}TESTCD", f"{domain}STRESN", f"{domain}SPEC"
        if frame is None or code not in frame or value not in frame:
            return ()
        at = frame.index[value]
        base = self._study.records.base
        several = organ in frame and len([v for v in frame.levels(organ) if v]) > 1
        found = []
        for sex, letter in self._sexes:
            of_sex = (Condition("SEX", (letter,), base.name),) if letter and base is not None else ()
            chosen = frozenset(self._study.records.records(frame.name, of_sex)) if of_sex else None
            for level, records in frame.having(code).items():
                for where, there in frame.having(organ).items() if several else (("", records),):
                    mine = records & there if chosen is None else records & there & chosen
                    valued = [i for i in sorted(mine) if isinstance(frame.dataset.records[i][at], float)]
                    conditions = (Condition(code, (level,)), *((Condition(organ, (where,)),) if where else ()), *of_sex)
                    if valued and (test := self._test(frame, conditions, valued, sex, where)) is not None:
                        found.append(test)
        return tuple(found[:_MOST])

    def _test(
        self, frame: Frame, conditions: tuple[Condition, ...], records: list[int], sex: str, organ: str
    ) -> Test | None:
        domain, data, first = frame.name, frame.dataset, records[0]
        label = self._book.record(data, first, f"{domain}TEST") or self._book.record(data, first, f"{domain}TESTCD")
        moments = tuple(self._moments(frame, domain, conditions, records))
        if label is None or not moments:
            return None
        unit = self._book.record(data, first, f"{domain}STRESU")
        where = self._book.record(data, first, f"{domain}SPEC") if organ else None
        parts = (domain, conditions[0].values[0], organ, sex)
        key = self._before + re.sub(r"[^\w-]+", "-", "-".join(p for p in parts if p).lower())
        return Test(
            key, in_sentence(label), in_cell(label), unit, moments, sex, in_cell(where) if where is not None else None
        )

    def all_measured(self, domains: Iterable[tuple[str, str]]) -> tuple[Measured, ...]:
        """Domains and what they are about, those that hold numbers."""
        made = (
            Measured(what, self.measured(domain), f"{self._before}{domain}-all".lower()) for domain, what in domains
        )
        return tuple(m for m in made if m.tests)

    def _moments(
        self, frame: Frame, domain: str, mine: tuple[Condition, ...], records: Iterable[int]
    ) -> Iterable[Moment]:
        """In the order of nominal day and time point number."""
        names = [v for v in (f"{domain}NOMDY", f"{domain}TPTNUM") if v in frame] or [
            v for v in ("VISITDY", "VISITNUM") if v in frame
        ][:1]
        days = next((v for v in (f"{domain}NOMLBL", "VISIT", *names[:1]) if v in frame), "")
        points = f"{domain}TPT" if f"{domain}TPT" in frame else ""
        times: dict[tuple[float, ...], int] = {}
        for i in records:
            record = frame.dataset.records[i]
            times.setdefault(tuple(v if isinstance(v := record[frame.index[n]], float) else -1e9 for n in names), i)
        several = len({key[:1] for key in times}) > 1
        for key in sorted(times):
            first = times[key]
            point = self._book.record(frame.dataset, first, points) if points else None
            day = self._book.record(frame.dataset, first, days) if days and (several or point is None) else None
            name = point or day
            conditions = [*mine, *(Condition(n, (frame.text(frame.dataset.records[first], n),)) for n in names)]
            means = self._means(frame, domain, tuple(conditions), name.text if name is not None else "")
            if name is not None and means:
                yield Moment(in_cell(name), means, day if point is not None else None)

    def _means(self, frame: Frame, domain: str, conditions: tuple[Condition, ...], window: str) -> tuple[Mean, ...]:
        question = Question(frame.name, conditions, f"{domain}STRESN")
        row = tuple(v for c in conditions for v in c.values)
        return summaries(self._study, self._book, question, row, ALL, window, Mean)
