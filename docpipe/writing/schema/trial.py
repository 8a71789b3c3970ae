"""The schema of a designed trial as a drawing: arms across, periods along, boxes of elements, the point of allocation. Imports the core and its room.

Nothing is drawn that the design does not hold: an arm without a cell in a period has no box there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docpipe.model.trial import Coded, Design, Element, Epoch, Trial, TrialArm
from docpipe.writing.schema.measure import lines, width
from docpipe.writing.schema.shapes import Box, Disc, Drawing, Path, Shape, Words
from docpipe.writing.schema.spans import lengths, visits
from docpipe.writing.soa.grid import main_grid
from docpipe.writing.soa.heads import heads
from docpipe.writing.soa.order import ordered

WIDTH = 700.0
"""Points: what a landscape page has room for."""
_SIZE, _SMALL, _LEAD, _PAD, _GAP, _FORK, _ARM = 9.0, 7.5, 1.25, 6.0, 20.0, 62.0, 104.0
_RANDOM = re.compile(r"\brandomi[sz]", re.IGNORECASE)
_NOT = re.compile(r"\bnon-?\s?randomi[sz]|\bnot randomi[sz]", re.IGNORECASE)
_HEAD, _TREATED, _COMMON = "E8E8E8", "DCE9F5", "F7F7F7"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a box."""

    text: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the schema: what happens to the arms ``rows`` in the epochs ``columns``, both as (first, last)."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    elements: tuple[Element, ...]


def randomised(trial: Trial, design: Design) -> str:
    """Pointer of what says that participants are randomised; "" where nothing does."""
    coded: list[Coded] = [*design.characteristics, *design.subtypes, *([design.model] if design.model else [])]
    said = [(c.pointer, c.decode) for c in coded]
    said += [(t.pointer, t.text.text) for t in trial.titles]
    said += [(a.called_at, a.called) for a in design.activities]
    said += [(i.pointer, i.called) for e in design.elements for i in (e.start, e.end) if i is not None]
    said += [(design.at("description"), design.description), (design.rationale.pointer, design.rationale.text)]
    return next((p for p, text in said if _RANDOM.search(text) and not _NOT.search(text)), "")


def nodes(design: Design) -> tuple[tuple[TrialArm, ...], tuple[Epoch, ...], tuple[Node, ...]]:
    """Arms, epochs in order, and the boxes: an element that runs on over epochs is one box, and so is one that all arms share."""
    arms, epochs = design.arms, ordered(design.epochs)
    elements = {e.id: e for e in design.elements}
    held: dict[tuple[int, int], tuple[str, ...]] = {}
    for cell in design.cells:
        row = next((n for n, a in enumerate(arms) if a.id == cell.arm_id), -1)
        column = next((n for n, e in enumerate(epochs) if e.id == cell.epoch_id), -1)
        if row >= 0 and column >= 0 and any(e in elements for e in cell.element_ids):
            held[row, column] = tuple(e for e in cell.element_ids if e in elements)
    found: list[Node] = []
    taken: set[tuple[int, int]] = set()
    everyone = range(len(arms))
    for column in range(len(epochs)):
        first = held.get((0, column))
        if len(arms) > 1 and first and all(held.get((row, column)) == first for row in everyone):
            found.append(Node((0, len(arms) - 1), (column, column), tuple(elements[e] for e in first)))
            taken |= {(row, column) for row in everyone}
    for row in everyone:
        for column in range(len(epochs)):
            if (row, column) in taken or (row, column) not in held:
                continue
            last = column
            while held.get((row, last + 1)) == held[row, column] and (row, last + 1) not in taken:
                last += 1
            taken |= {(row, n) for n in range(column, last + 1)}
            found.append(Node((row, row), (column, last), tuple(elements[e] for e in held[row, column])))
    return arms, epochs, tuple(found)


def drawn(trial: Trial, design: Design) -> Drawing | None:
    """The schema; None where the design has no arm, epoch or cell to draw."""
    arms, epochs, boxes = nodes(design)
    if not arms or not epochs or not boxes:
        return None
    return _Sketch(trial, design, arms, epochs, boxes).drawing()


class _Sketch:
    def __init__(
        self, trial: Trial, design: Design, arms: Sequence[TrialArm], epochs: Sequence[Epoch], boxes: Sequence[Node]
    ) -> None:
        self.trial, self.design, self.arms, self.epochs, self.boxes = trial, design, arms, epochs, boxes
        self.lengths = lengths(design)
        self.visits = visits(design)
        grid = main_grid(trial, design)
        self.named = {i: s.shown for i, s in heads(grid).items()} if grid is not None else {}
        self.fork = self._fork()
        gaps = [_FORK if n == self.fork else _GAP for n in range(1, len(epochs))]
        self.column = (WIDTH - _ARM - _GAP / 2 - sum(gaps) - 2) / len(epochs)
        self.left = [_ARM + _GAP / 2 + n * self.column + sum(gaps[:n]) for n in range(len(epochs))]

    def _fork(self) -> int:
        """The epoch before which the arms part, -1 where they do not, or part at once."""
        common = {n.columns[0] for n in self.boxes if n.rows != (0, 0) and n.rows[1] > n.rows[0]}
        return next((n for n in range(1, len(self.epochs)) if n - 1 in common and n not in common), -1)

    def drawing(self) -> Drawing:
        """All shapes: heads, labels of arms, boxes, arrows."""
        shapes: list[Shape] = []
        top = self._heads(shapes)
        heights = self._heights()
        tops = [top + 10 + sum(heights[:n]) + n * 12 for n in range(len(self.arms))]
        bottom = tops[-1] + heights[-1]
        for row, arm in enumerate(self.arms):
            self._label(shapes, arm, tops[row] + heights[row] / 2)
        for node in self.boxes:
            self._node(shapes, node, tops, heights)
        shapes += self._arrows(tops, heights)
        return Drawing(WIDTH, round(bottom + 4, 2), tuple(shapes), "Trial schema", says(self.trial, self.design))

    def _heads(self, shapes: list[Shape]) -> float:
        texts = [self._head(n) for n in range(len(self.epochs))]
        height = max(sum(x.size * _LEAD for x in t) for t in texts) + 2 * _PAD
        for n, text in enumerate(texts):
            shapes.append(Box(self.left[n], 2, self.column, height, _HEAD, "999999"))
            shapes += self._set(text, self.left[n] + self.column / 2, 2 + height / 2)
        return 2 + height

    def _head(self, n: int) -> list[Line]:
        epoch, room = self.epochs[n], self.column - 2 * _PAD
        found = [Line(x, _SIZE, True) for x in lines(epoch.called, _SIZE, room, bold=True)]
        first, last = (self.named.get(i, "") for i in self.visits.get(epoch.id, ("", "")))
        between = first if first == last else " to ".join(x for x in (first, last) if x)
        found += [Line(x, _SMALL) for x in lines(between, _SMALL, room)]
        return found + [Line(x, _SMALL) for x in lines(self.lengths.get(epoch.id, ""), _SMALL, room)]

    def _text(self, node: Node) -> list[Line]:
        wide = self.left[node.columns[1]] + self.column - self.left[node.columns[0]]
        room, found = wide - 2 * _PAD, list[Line]()
        for n, element in enumerate(node.elements):
            if n:
                found += [Line("then", _SMALL)]
            found += [Line(x, _SIZE, True) for x in lines(element.called, _SIZE, room, bold=True)]
            more = element.description.strip()
            if more and more.casefold() not in element.called.casefold() and not _plain(element):
                found += [Line(x, _SMALL) for x in lines(more, _SMALL, room)]
        return found

    def _heights(self) -> list[float]:
        heights = [38.0] * len(self.arms)
        for row, arm in enumerate(self.arms):
            label = len(lines(arm.called, _SIZE, _ARM - 8, bold=True)) * _SIZE + 2 * _SMALL
            heights[row] = max(heights[row], label * _LEAD + _PAD)
        for node in self.boxes:
            need = sum(x.size * _LEAD for x in self._text(node)) + 2 * _PAD
            rows = range(node.rows[0], node.rows[1] + 1)
            have = sum(heights[r] for r in rows) + 12 * (len(rows) - 1)
            for r in rows:
                heights[r] += max(0.0, need - have) / len(rows)
        return heights

    def _label(self, shapes: list[Shape], arm: TrialArm, middle: float) -> None:
        text = [Line(x, _SIZE, True) for x in lines(arm.called, _SIZE, _ARM - 8, bold=True)]
        kind = arm.type.decode if arm.type is not None else ""
        text += [Line(x, _SMALL) for x in lines(kind, _SMALL, _ARM - 8)]
        shapes += self._set(text, 2, middle, "start")

    def _node(self, shapes: list[Shape], node: Node, tops: Sequence[float], heights: Sequence[float]) -> None:
        x, y, wide, high = self._place(node, tops, heights)
        shapes.append(Box(x, y, wide, high, _TREATED if self._treats(node) else _COMMON, "333333", 4))
        shapes += self._set(self._text(node), x + wide / 2, y + high / 2)

    def _treats(self, node: Node) -> bool:
        """Whether a box names an intervention; where no element of the design does, whether arms differ there."""
        if any(e.intervention_ids for e in self.design.elements):
            return any(e.intervention_ids for e in node.elements)
        return node.rows[1] == node.rows[0]

    def _place(self, node: Node, tops: Sequence[float], heights: Sequence[float]) -> tuple[float, float, float, float]:
        x, y = self.left[node.columns[0]], tops[node.rows[0]]
        return (
            x, y, self.left[node.columns[1]] + self.column - x, tops[node.rows[1]] + heights[node.rows[1]] - y,
        )  # fmt: skip

    @staticmethod
    def _set(text: Sequence[Line], x: float, middle: float, align: str = "middle") -> Iterator[Shape]:
        """Lines one under the other around a height."""
        y = middle - sum(t.size * _LEAD for t in text) / 2
        for t in text:
            y += t.size * _LEAD
            yield Words(x, y - t.size * 0.3, t.text, t.size, t.bold, align)

    def _arrows(self, tops: Sequence[float], heights: Sequence[float]) -> Iterator[Shape]:
        for node in self.boxes:
            x, y, wide, high = self._place(node, tops, heights)
            following = [
                m for m in self.boxes
                if m.columns[0] == node.columns[1] + 1 and m.rows[0] <= node.rows[1] and m.rows[1] >= node.rows[0]
            ]  # fmt: skip
            if node.columns[1] + 1 == self.fork and len(following) > 1:
                yield from self._parting(x + wide, y + high / 2, following, tops, heights)
                continue
            for other in following:
                left, *_ = self._place(other, tops, heights)
                row = max(node.rows[0], other.rows[0])
                one = node.rows[1] > node.rows[0] and other.rows[1] > other.rows[0]
                at = y + high / 2 if one else tops[row] + heights[row] / 2
                yield Path(((x + wide, at), (left, at)), arrow=True)

    def _parting(
        self, x: float, middle: float, following: Sequence[Node], tops: Sequence[float], heights: Sequence[float]
    ) -> Iterator[Shape]:
        """The point where arms part: a circle with R where participants are randomised, a knot where they are not said to be."""
        random = bool(randomised(self.trial, self.design))
        radius = 11.0 if random else 4.0
        at = x + _FORK * 0.4
        yield Path(((x, middle), (at - radius, middle)), arrow=random)
        turn = x + _FORK * 0.72
        for other in following:
            left, y, _, high = self._place(other, tops, heights)
            goal = y + high / 2
            bend = ((turn, middle), (turn, goal)) if abs(goal - middle) > 0.01 else ()
            yield Path(((at + radius, middle), *bend, (left, goal)), arrow=True)
        yield Disc(at, middle, radius, "FFFFFF" if random else "333333")
        if random:
            yield Words(at, middle + 3.6, "R", 10, True)
            word = "Randomisation"
            size = min(_SMALL, _SMALL * (turn - x - 3) / width(word, _SMALL))
            yield Words((x + turn) / 2, middle + radius + 8, word, size)


def _plain(element: Element) -> bool:
    """Whether a description only says the name again, as "Screening Element" does."""
    words = re.sub(r"[^a-z]", "", element.description.casefold().replace("element", ""))
    return words in re.sub(r"[^a-z]", "", element.called.casefold())


def says(trial: Trial, design: Design) -> str:
    """The design in words, for those who do not see the schema."""
    arms, epochs, boxes = nodes(design)
    parted = "randomised" if randomised(trial, design) else "assigned"
    periods = f"{len(epochs)} period{'s' * (len(epochs) > 1)}"
    said = [f"Trial schema: {len(arms)} arm{'s' * (len(arms) > 1)} over {periods}."]
    for row, arm in enumerate(arms):
        own = sorted((n for n in boxes if n.rows[0] <= row <= n.rows[1]), key=lambda n: n.columns)
        steps = []
        for node in own:
            names = [epochs[n].called for n in range(node.columns[0], node.columns[1] + 1)]
            over = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
            steps.append(f"{over}: {', then '.join(e.called for e in node.elements)}")
        said.append(f"{arm.called}: {'; '.join(steps)}.")
    common = [n for n in boxes if n.rows[1] > n.rows[0] and len(arms) > 1]
    if common and len(arms) > 1 and min(n.columns[0] for n in common) == 0:
        said.append(
            f"Participants are {parted} to the arms after {epochs[max(n.columns[0] for n in _leading(common))].called}."
        )
    return " ".join(said)


def _leading(common: Sequence[Node]) -> list[Node]:
    """The common boxes at the beginning, without a gap."""
    by_column = {n.columns[0]: n for n in common}
    found: list[Node] = []
    while len(found) in by_column:
        found.append(by_column[len(found)])
    return found
