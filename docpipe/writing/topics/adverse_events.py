"""Adverse events as a whole: overview, common terms, organ classes. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing import derive
from docpipe.writing.arms import TOTAL
from docpipe.writing.book import Book, Value
from docpipe.writing.narrative_set import fatal_records, flagged_records
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events, Said
from docpipe.writing.topics._judged import Judged, Line
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

NAME = "adverse_events"
_CONTROL = re.compile(r"placebo|vehicle|sham|control|comparator|standard of care", re.IGNORECASE)
_THRESHOLD = re.compile(
    r"(?:>=|\u2265|at least|greater than or equal to|not less than)\s*(\d+(?:\.\d+)?)\s*%[^.]{0,60}(?:subjects|patients|participants|arm|group)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Common:
    """Terms at or above a threshold. ``threshold``: the percentage as a value; ``stated``: where a source states it; ``lines``: all of them."""

    threshold: Value
    stated: Said | None
    lines: tuple[Line, ...]
    display: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference of an arm from the control arm: of which term, in percentage points."""

    arm: str
    control: str
    line: Line
    points: Value


class AdverseEvents(Judged):
    """What templates say of adverse events. Lines are Tally objects by arm; None where neither display nor data tell."""

    def __init__(self, events: Events) -> None:
        super().__init__(events)
        self.emergent = events.emergent
        self.emergent_defined, self.dictionary = events.emergent_defined, events.dictionary
        self.population = events.count.population.name if events.frame is not None else self._population()
        """Name of the analysis set, for conditions and printing."""
        self.arms = events.count.arms
        main = events.displays("all")
        self.display = main[0].number if main else ""
        self.overview_display = events.displays("overview")[0].number if events.displays("overview") else ""

    def _population(self) -> str:
        shown = (*self._e.displays("all"), *self._e.displays("overview"), *self._e.displays("serious"))
        return next((f.population for d in shown for f in self._e.facts(d) if f.population), "")

    def size_of(self, arm: str) -> Value | None:
        """How many subjects of an arm the set holds."""
        return self._e.count.size(arm)

    # ------------------------------------------------------------ lines of the overview

    @cached_property
    def any(self) -> Tally | None:
        """Any event."""
        e = self._e
        found = e.first_line("any", "all")
        return found if found is not None else e.tally("ANY", e.records, "", "USUBJID")

    @cached_property
    def serious(self) -> Tally | None:
        """Events flagged as serious."""
        e = self._e
        found = e.first_line("serious", "serious")
        if found is not None or e.frame is None or "AESER" not in e.frame:
            return found
        return e.tally("SERIOUS", flagged_records(e.frame), "AESER = 'Y'", "AESER")

    @cached_property
    def fatal(self) -> Tally | None:
        """Events that resulted in death."""
        e = self._e
        if e.frame is None or not ({"AEOUT", "AESDTH"} & set(e.frame.index)):
            return e.overview_line("deaths")
        shown = e.overview_line("deaths")
        if shown is not None:
            return shown
        condition = " or ".join(
            c for v, c in (("AEOUT", "AEOUT = 'FATAL'"), ("AESDTH", "AESDTH = 'Y'")) if v in e.frame
        )
        variable = "AEOUT" if "AEOUT" in e.frame else "AESDTH"
        return e.tally("RESULTING IN DEATH", fatal_records(e.frame), f"({condition})", variable)

    @cached_property
    def related(self) -> Tally | None:
        """Events related to the treatment as defined or as assumed (``related_levels``)."""
        e = self._e
        found = e.first_line("related", "related")
        if found is not None or e.frame is None or not e.related_levels:
            return found
        having = e.frame.having("AEREL")
        records = frozenset().union(*(having[v] for v in e.related_levels))
        quoted = ", ".join(f"'{v}'" for v in e.related_levels)
        return e.tally("RELATED AS COUNTED", records, f"AEREL in ({quoted})", "AEREL")

    # ------------------------------------------------------------ terms and classes

    @cached_property
    def _terms(self) -> tuple[list[Tally], str]:
        e = self._e
        for display in e.displays("all"):
            for depth in (2, 1):
                lines = e.lines(display, depth)
                if (depth == 2 and lines) or (
                    depth == 1 and len(lines) > 1 and "class" not in " ".join(display.row_heads).casefold()
                ):
                    return lines, display.number
        frame = e.frame
        variable = e.variable("AEDECOD", "AETERM")
        if frame is None or not variable:
            return [], ""
        found = [
            e.tally(f"{variable}/{v}", r, f"{variable} = '{v}'", variable)
            for v, r in frame.having(variable).items()
            if v and r & e.records
        ]
        return [t for t in found if t is not None], ""

    def _line(self, tally: Tally, variable: str = "") -> Line:
        e = self._e
        if tally.display:
            label = e.term(tally.row, tally.display)
        else:
            name, _, value = tally.row[-1].partition("/")
            label = e.level(name, value)
        return Line(in_sentence(label), in_cell(label), tally)

    def common(self, threshold: float | str = 5) -> Common | None:
        """Terms in at least so many percent of the subjects of any arm, most common first; a threshold that a source states wins."""
        tallies, display = self._terms
        if not tallies:
            return None
        stated, limit, place = self._threshold(Decimal(str(threshold)))
        source = display or (self._e.frame.name if self._e.frame is not None else "")
        fact = Fact(
            self._e.study.id, self._e.study.version, source, ("threshold",), TOTAL, "threshold", str(limit), str(limit),
            None, None, self.population, "", place or self._places(tallies),
            "" if stated else "least percentage of the subjects of any arm, set by the document type",
        )  # fmt: skip
        passing = [t for t in tallies if t and t.top >= limit]
        passing.sort(key=lambda t: (-t.top, t.row[-1]))
        return Common(self._e.book.value(fact), stated, tuple(self._line(t) for t in passing), display)

    def _places(self, tallies: Iterable[Tally]) -> tuple[Place, ...]:
        return tuple(dict.fromkeys(p for t in tallies for c in t.cells for p in c.n.fact.places))[:1]

    def _threshold(self, given: Decimal) -> tuple[Said | None, Decimal, tuple[Place, ...]]:
        for said in self._e._passages():
            text = said.passage.text
            hit = (
                _THRESHOLD.search(text)
                if re.search(r"adverse|\bt?e?aes?\b|event|preferred term", text, re.IGNORECASE)
                else None
            )
            if hit:
                return said, Decimal(hit[1]), (said.passage.place,)
        return None, given, ()

    @cached_property
    def classes(self) -> tuple[Line, ...]:
        """System organ classes, the largest incidence of any arm first."""
        e = self._e
        for display in e.displays("all"):
            if e.lines(display, 2):
                tallies = [t for t in e.lines(display, 1) if t]
                break
        else:
            variable = e.variable("AEBODSYS", "AESOC")
            if e.frame is None or not variable:
                return ()
            made = (
                e.tally(f"{variable}/{v}", r, f"{variable} = '{v}'", variable)
                for v, r in e.frame.having(variable).items()
                if v
            )
            tallies = [t for t in made if t]
        return tuple(self._line(t) for t in sorted(tallies, key=lambda t: (-t.top, t.row[-1])))

    @property
    def control(self) -> str:
        """The only arm whose name says that it is the control; "" where none or several do."""
        found = [a for a in self.arms if _CONTROL.search(a)]
        return found[0] if len(found) == 1 and len(self.arms) > 1 else ""

    def largest_gaps(self, threshold: float | str = 5) -> tuple[Gap, ...]:
        """For each arm the common term whose incidence exceeds that of the control arm the most."""
        common = self.common(threshold)
        found: list[Gap] = []
        for arm in self.arms if common is not None and self.control else ():
            if arm == self.control or common is None:
                continue
            best: Gap | None = None
            for line in common.lines:
                mine, other = line.tally.cell(arm), line.tally.cell(self.control)
                if mine is None or other is None or mine.pct is None:
                    continue
                if other.pct is None and other.n:
                    continue
                try:
                    fact = derive.difference(mine.pct.fact, (other.pct or other.n).fact)
                except NotDerivable:
                    continue
                if Decimal(fact.raw) > 0 and (best is None or Decimal(fact.raw) > Decimal(best.points.fact.raw)):
                    best = Gap(arm, self.control, line, Value(fact))
            if best is not None:
                self._e.book.value(best.points.fact)
                found.append(best)
        return tuple(found)

    @property
    def other_displays(self) -> tuple[str, ...]:
        """Displays about adverse events by severity and over time, to be pointed at."""
        return tuple(d.number for kind in ("severity", "related", "time") for d in self._e.displays(kind))


def read(study: StudyData, book: Book) -> AdverseEvents | None:
    """The topic; None where neither records nor displays tell of adverse events."""
    events = Events(study, book)
    if events.frame is None and not any(
        events.displays(k) for k in ("all", "overview", "serious", "related", "severity")
    ):
        return None
    return AdverseEvents(events)
