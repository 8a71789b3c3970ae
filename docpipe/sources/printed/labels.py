"""Paths of row labels: from indentation, from group rows, and from several label columns. Imports its neighbours only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from docpipe.model.source import DisplayCell, DisplayRow
from docpipe.sources.printed.grid import Columns, Line
from docpipe.sources.printed.page import as_printed, one_line

_CONTINUED = re.compile(r"\s*[(\[]?\b(?:continued|cont(?:'?d)?\.?)[)\]]?\s*$", re.IGNORECASE)


@dataclass(slots=True)
class Labels:
    """Makes rows of lines, one after another. ``blank``, ``unlabelled``, ``repeated``, ``spanning`` count what is told later."""

    columns: Columns
    width: int
    prefix: tuple[str, ...] = ()
    blank: int = 0
    unlabelled: int = 0
    repeated: int = 0
    spanning: int = 0
    rows: list[DisplayRow] = field(default_factory=list)
    _stack: list[tuple[int, str, str]] = field(default_factory=list)
    """Indent, label and kind: ``group`` (a row without values), ``flat`` (a group whose rows are not indented), ``row``, ``outer`` (a
    group row with another right below it: it holds groups).
    """
    _fill: list[str] = field(default_factory=list)
    _number: int = 0
    _opened: bool = False
    """Whether the row before this one was a group row."""

    def start(self, prefix: tuple[str, ...]) -> None:
        """A new by-group begins: what was open is closed."""
        self.prefix, self._stack, self._fill, self._opened = prefix, [], [], False

    def add(self, line: Line) -> None:
        """A body row; blank ones count, and end groups whose rows are not indented."""
        self._number += 1
        filled = line.filled
        if not filled:
            self.blank += 1
            self._opened = False
            self._stack = [s for s in self._stack if s[2] != "flat"]
            return
        first = self.columns.values[0] if self.columns.values else self.width
        labels = ["" for _ in self.columns.labels]
        indent = 0
        cells: list[DisplayCell] = []
        for cell in filled:
            at = self._label(cell.start)
            if at is not None:
                labels[at] = f"{labels[at]} {one_line(cell.text)}".strip()
                indent = cell.indent if at == 0 else indent
                continue
            column = self._column(cell.start, cell.end)
            covered = sum(1 for c in self.columns.values if cell.start <= c < cell.end)
            self.spanning += covered > 1
            cells.append(DisplayCell(column, as_printed(cell.text)))
        if not cells and any(c.above and c.start >= first for c in line.cells):
            cells = self._values_above()
        if self._continued(labels, cells):
            return
        path, depth = self._path(labels, indent, bool(cells))
        self.rows.append(DisplayRow((*self.prefix, *path), depth + len(self.prefix), tuple(cells), self._number))

    def _values_above(self) -> list[DisplayCell]:
        """Values merged over two rows belong to the lower label (SAS prints the class above its first level so): they move down."""
        if not self.rows or not self.rows[-1].cells:
            return []
        above = self.rows[-1]
        self.rows[-1] = replace(above, cells=())
        if self._stack:
            indent, label, _ = self._stack[-1]
            self._stack[-1] = (indent, label, "group")
            self._opened = False
        return list(above.cells)

    def _label(self, start: int) -> int | None:
        """The label column that a cell begins in, None where it is a value's."""
        at = max(
            (c for c in (*self.columns.labels, *self.columns.values) if c <= start), default=self.columns.labels[0]
        )
        return self.columns.labels.index(at) if at in self.columns.labels else None

    def _column(self, start: int, end: int) -> int:
        """The value column of a cell: the first that it covers, else the nearest to its left."""
        values = self.columns.values
        for index, column in enumerate(values):
            if start <= column < end:
                return index
        return max((i for i, c in enumerate(values) if c < start), default=0)

    def _continued(self, labels: list[str], cells: Sequence[DisplayCell]) -> bool:
        """Takes ``(continued)`` off labels; True for a group's row that only repeats what is open at the top of a page."""
        bare = [_CONTINUED.sub("", label) for label in labels]
        if bare == labels:
            return False
        labels[:] = bare
        if cells or len([b for b in bare if b]) != 1:
            return False
        for at, (_, label, _) in enumerate(self._stack):
            if label == next(b for b in bare if b):
                self._stack = self._stack[: at + 1]
                self.repeated += 1
                return True
        return False

    def _path(self, labels: Sequence[str], indent: int, values: bool) -> tuple[tuple[str, ...], int]:
        first, others = labels[0] if labels else "", list(labels[1:])
        if first:
            self._push(first, indent, values or any(others))
            self._fill = [""] * len(others)
        else:
            self._opened = False
            self.unlabelled += not any(others)
        for at, label in enumerate(others):
            if label:
                self._fill[at : at + 1] = [label]
                self._fill[at + 1 :] = [""] * (len(others) - at - 1)
                break
        else:
            at = len(others)
        own = [*self._fill[:at], *others[at:]] if others else []
        if others and at < len(others):
            self._fill = [*own]
        path = (*(label for _, label, _ in self._stack), *(o for o in own if o))
        return path, max(0, len(self._stack) - 1)

    def _push(self, label: str, indent: int, values: bool) -> None:
        stack = self._stack
        if not values and self._opened and stack[-1][0] == indent:
            outer = (indent, stack[-1][1], "outer")
            while stack and stack[-1][0] >= indent:
                stack.pop()
            stack.append(outer)
        while stack and self._closes(stack[-1], indent, values):
            stack.pop()
        self._opened = not values
        if stack and stack[-1][2] == "group":
            at, open_label, _ = stack[-1]
            stack[-1] = (at, open_label, "flat" if at == indent else "row")
        stack.append((indent, label, "row" if values else "group"))

    def _closes(self, top: tuple[int, str, str], indent: int, values: bool) -> bool:
        """Whether a row at this indent ends what is open: a group without indented rows holds rows of its own indent."""
        if top[0] != indent:
            return top[0] > indent
        if top[2] == "row":
            return True
        return values if top[2] == "outer" else not values
