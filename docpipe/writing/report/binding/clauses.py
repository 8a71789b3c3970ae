"""The rows that a sentence of a report states, in the reading of its arms that the data bear out best. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.report.binding.groups import Several
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.numbers import Cell, Slot
from docpipe.writing.report.binding.readings import Reading, applied, readings
from docpipe.writing.report.binding.resolve import Context, Outcome
from docpipe.writing.report.binding.words import stems

BACK = re.compile(
    r"\s*(?:He|She|His|Her|The (?:patient|subject|participant|event)|They|These|This|It|Those|Such|The latter|Of these|Of them|The same|Both)\b"
)
_MOVED = re.compile(
    r"\b(?:rose|risen|fell|fallen|increas\w*|decreas\w*|declin\w*|deteriorat\w*|worsen\w*|improv\w*|chang\w*|gain\w*|lost)\b[^.;]{0,40}?\b(?:by|of|was|were|being)\s+(?:a mean of\s+)?[-−]?\d",
    re.IGNORECASE,
)
_CHANGE = stems("change from baseline")
_COST = 1.5
_ROWS = 0.6
_WRONG = 0.55
_OPEN = 0.55
_BETTER = 0.3
_MANY = 6


@dataclass(slots=True)
class Words:
    """What is said around the numbers of a sentence. ``before``: words of the sentence before it."""

    weak: frozenset[str]
    before: frozenset[str]
    displays: dict[str, float]
    windows: frozenset[str]
    sets: frozenset[str]


@dataclass(slots=True)
class Read:
    """A sentence in one reading. ``series``: cells of one row each, with their outcomes."""

    cells: list[Cell]
    outcomes: list[tuple[Slot, Outcome]] = field(default_factory=list)
    series: list[tuple[int, list[Outcome]]] = field(default_factory=list)
    """Where each series begins and what became of its numbers."""
    near: dict[int, frozenset[str]] = field(default_factory=dict)
    """Words of the clause of a slot, by the slot's place."""
    cost: float = 0.0
    worth: float = 0.0

    @property
    def dark(self) -> bool:
        """Of many numbers hardly half have their row: how the sentence is built was not understood."""
        whole = sum(s.weight for s, _ in self.outcomes)
        bound = sum(s.weight for s, o in self.outcomes if o.status == "bound")
        return len(self.outcomes) >= _MANY and bound < 0.5 * whole

    @property
    def settled(self) -> bool:
        """Every number has its row."""
        return all(o.status == "bound" and o.check != "loose" for _, o in self.outcomes)


class Clauses(Ledger):
    """Looks up sentences."""

    def _best(
        self, text: str, start: int, end: int, cells: list[Cell], named: Sequence[ArmMention], several: Sequence[Several], words: Words
    ) -> Read:  # fmt: skip
        """The reading whose numbers are most nearly those of the data; the usual one where none is better."""
        best = self._read(text, start, end, cells, named, words, 0.0)
        if best.settled or not cells or not (named or several or len(cells) >= len(self.groups.all) > 1):
            return best
        for reading in self._readings(text, start, end, cells, named, several):
            if len(several) == 0 and reading.cost > 1.5:
                continue
            other = self._read(text, start, end, applied(reading, cells), named, words, reading.cost)
            if other.worth > best.worth + _BETTER * _mean(cells):
                best = other
        return best

    def _readings(
        self,
        text: str,
        start: int,
        end: int,
        cells: list[Cell],
        named: Sequence[ArmMention],
        several: Sequence[Several],
    ) -> Iterator[Reading]:
        if any(s.between for c in cells for s in c.slots):
            return
        order = [a for a in (self.groups.all, self.groups.active) if len(a) > 1]
        yield from readings(text, start, end, cells, named, several, order)

    def _read(
        self, text: str, start: int, end: int, cells: list[Cell], named: Sequence[ArmMention], words: Words, cost: float
    ) -> Read:
        read = Read(cells, cost=cost)
        mean = _mean(cells)
        values = frozenset().union(*(stems(x.text) for c in cells for x in c.slots))
        at = start
        said = (words.weak | words.before if BACK.match(text, start) else words.weak) - values
        for series in series_of(cells, text):
            tail = re.match(r"[^.;]{0,60}", text[series[-1].end : end])
            at = max(at, text.rfind("; ", at, series[0].start))
            near = stems(text[at : series[-1].end] + (tail[0] if tail else "")) - values
            if _MOVED.search(text, at, series[-1].end):
                near |= _CHANGE
            context = Context(
                near, said | words.before if len(near) < 3 else said, dict(words.displays), words.windows, words.sets
            )
            slots = [s for c in series for s in c.slots]
            if len(slots) == 1:
                context.tight = tight(text, slots[0], start, end)
            mine = self.resolver.resolve(slots, context)
            read.outcomes += zip(slots, mine, strict=True)
            for cell in series:
                if len(cell.slots) > 1:
                    own = {id(x) for x in cell.slots}
                    self.resolver.compared([o for x, o in zip(slots, mine, strict=True) if id(x) in own])
            read.near |= dict.fromkeys((s.start for s in slots), near)
            read.series.append((series[0].start, mine))
            at = series[-1].end
            around = near | said
            read.worth += sum(_worth(s, o, around) for s, o in zip(slots, mine, strict=True))
        rows = {(f.display, f.row) for _, o in read.outcomes if o.status == "bound" for f in o.facts[:1]}
        read.worth -= (_COST * cost + _ROWS * max(0, len(rows) - 1)) * mean
        return read


def _mean(cells: Sequence[Cell]) -> float:
    """The mean weight of numbers: words against a reading count by it."""
    weights = [s.weight for c in cells for s in c.slots]
    return sum(weights) / len(weights) if weights else 1.0


def _worth(slot: Slot, outcome: Outcome, around: frozenset[str]) -> float:
    """How much a number speaks for its reading: most where it is that of a row whose words stand around it."""
    if outcome.status == "contradicted":
        return -_WRONG * slot.weight
    if outcome.status != "bound":
        return -_OPEN * slot.weight
    fact = outcome.facts[0]
    told = outcome.check != "loose" and (not fact.row or not around.isdisjoint(stems(" ".join(fact.row))))
    return slot.weight * (1.0 if told else 0.4)


def series_of(cells: Sequence[Cell], text: str) -> Iterator[list[Cell]]:
    """Cells that state one row for several arms: alike in statistics, different in arms, in one stretch of the sentence."""
    group: list[Cell] = []
    for cell in cells:
        if group:
            gap = text[group[-1].end : cell.start]
            arms = [c.slots[0].arms for c in group]
            again = cell.slots[0].arms is not None and cell.slots[0].arms in arms
            other = not (cell.slots[0].stats & group[-1].slots[0].stats) and cell.slots[0].arms is not None
            loose = cell.slots[0].arms is None and not re.fullmatch(r"\s*(?:,|and|, and|to|or|;|/)*\s*", gap)
            apart = group[-1].slots[0].arms is None and cell.slots[0].arms is not None
            if (
                again
                or other
                or loose
                or apart
                or cell.slots[0].between
                or group[-1].slots[0].between
                or len(gap) > 140
            ):
                yield group
                group = []
        group.append(cell)
    if group:
        yield group


def tight(text: str, slot: Slot, start: int, end: int) -> frozenset[str]:
    """Words right beside a number, of its own clause."""
    before = re.split(r"[.;:]\s|,\s", text[max(start, slot.start - 45) : slot.start])[-1]
    after = re.split(r"[.;:()]|,\s", text[slot.end : min(end, slot.end + 45)])[0]
    return stems(f"{before} {after}")
