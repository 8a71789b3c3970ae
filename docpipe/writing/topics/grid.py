"""The topic ``grid``: in-text tables of lines and groups, a column an arm and one for all arms where every line has it. Imports its room only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics._lines import Cell, Group, Line

NAME = "grid"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of printed cells. ``spread``: a standard deviation stands in them."""

    rows: tuple[tuple[str, ...], ...]
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    spread: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of an in-text table."""

    arms: tuple[str, ...]
    total: bool

    def columns(
        self, stub: str, sizes: Sequence[Cell], whole: Value | None, arm: Callable[[str], str]
    ) -> tuple[str, ...]:
        """Heads with N where it is known."""
        size = {c.arm: c.N for c in sizes}
        heads = [f"{arm(a)} (N={size[a]})" if size.get(a) is not None else arm(a) for a in self.arms]
        if self.total:
            heads.append(f"Total (N={whole})" if whole is not None else "Total")
        return (stub, *heads)

    def head(self, label: str) -> tuple[str, ...]:
        """A heading line."""
        return (label, *("" for _ in range(len(self.arms) + self.total)))

    def counts(self, line: Line) -> tuple[str, ...]:
        """Counts with percentages."""
        return (line.label, *(str(c) if c is not None else "" for c in self._cells(line)))

    def lines(self, lines: Iterable[Line], heading: str = "", under: Iterable[Line] = ()) -> Rows:
        """Lines of counts, then those of ``under`` that count anybody below a heading."""
        rows = [self.counts(x) for x in lines]
        more = [self.counts(x) for x in under if x.some]
        heads = (len(rows),) if more else ()
        depths = (0,) * (len(rows) + bool(more)) + (1,) * len(more)
        return Rows((*rows, *((self.head(heading),) if more else ()), *more), depths, heads, False)

    def groups(self, groups: Iterable[Group]) -> Rows:
        """Groups one under the other: mean (SD), median, range; categories with counts."""
        rows: list[tuple[str, ...]] = []
        depths: list[int] = []
        heads: list[int] = []
        spread = False
        for group in groups:
            under = [*self._summaries(group), *(self.counts(x) for x in group.lines)]
            own = group.line
            if not under and own is not None:
                rows.append((group.label, *(str(c) if c is not None else "" for c in self._cells(own))))
                depths.append(0)
                continue
            heads.append(len(rows))
            rows.append(self.head(f"{group.label} ({group.unit})" if group.unit else group.label))
            depths.append(0)
            rows += under
            depths += [1] * len(under)
            spread |= any(r[0] == "Mean (SD)" for r in under)
        return Rows(tuple(rows), tuple(depths), tuple(heads), spread)

    def _summaries(self, group: Group) -> list[tuple[str, ...]]:
        line = group.line
        if line is None or not group.summed:
            return []
        cells = self._cells(line)
        made: list[tuple[str, ...]] = []
        for label, names, form in (
            ("n", ("n",), "{0}"), ("Mean (SD)", ("mean", "sd"), "{0} ({1})"), ("Mean", ("mean",), "{0}"),
            ("Median", ("median",), "{0}"), ("Min, max", ("min", "max"), "{0}, {1}"),
        ):  # fmt: skip
            if label == "Mean" and made and made[-1][0] == "Mean (SD)":
                continue
            if any(c is not None and all(n in c.of for n in names) for c in cells):
                said = [
                    form.format(*(c.of[n] for n in names)) if c is not None and all(n in c.of for n in names) else ""
                    for c in cells
                ]
                made.append((label, *said))
        return made

    def _cells(self, line: Line) -> list[Cell | None]:
        own = {c.arm: c for c in line.cells}
        cells: list[Cell | None] = [own.get(a) for a in self.arms]
        return [*cells, line.total] if self.total else cells


@dataclass(frozen=True, slots=True)
class Grid:
    """Makes shapes."""

    names: tuple[str, ...]

    def of(self, lines: Sequence[Line]) -> Shape:
        """Columns for the arms that the lines have, in the study's order; a total where there are several arms and most lines have one."""
        used = dict.fromkeys(c.arm for x in lines for c in x.cells)
        arms = tuple(a for a in self.names if a in used) or tuple(used)
        full = [x for x in lines if x.total is not None and len(x.total.of) > 1]
        return Shape(arms, len(arms) > 1 and bool(lines) and 2 * len(full) >= len(lines))


def read(study: StudyData, book: Book) -> Grid:
    """Always there."""
    return Grid(study.arms.names)
