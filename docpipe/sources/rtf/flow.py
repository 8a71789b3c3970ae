"""Paragraphs, cells and rows of RTF as they end one after another, gathered into lines and tables. Imports its neighbours.

One flow for the body of a section, one for each header and footer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.errors import TooLarge
from docpipe.sources.printed.page import Cell, Item, Line, Row, Table


@dataclass(slots=True)
class Definition:
    """What \\trowd .. \\cellx say of a row: its right edges with their merging, its left edge, whether it is a head."""

    left: int = 0
    head: bool = False
    edges: list[tuple[int, str, bool]] = field(default_factory=list)
    """Right edge; ``first`` or ``rest`` of cells merged in the row, or ""; whether it continues the cell above."""
    merge: str = ""
    above: bool = False

    def edge(self, right: int) -> None:
        """The next cell ends here."""
        self.edges.append((right, self.merge, self.above))
        self.merge, self.above = "", False


@dataclass(slots=True)
class _Level:
    """A table in the making: body of the page (level 0 is not used), table, table in a cell."""

    rows: list[Row] = field(default_factory=list)
    cells: list[tuple[str, int]] = field(default_factory=list)
    paragraphs: list[tuple[str, int]] = field(default_factory=list)


class Flow:
    """See the module. ``room``: how many cells it may still make, shared by all flows of a file."""

    def __init__(self, room: list[int]) -> None:
        self.items: list[Item] = []
        self.definitions = [Definition(), Definition()]
        self.nested = 0
        """How many tables stood inside cells of others."""
        self.uneven = 0
        """How many rows have more or fewer cells than their definition."""
        self._levels = [_Level(), _Level()]
        self._text: list[str] = []
        self._indent: int | None = None
        self._room = room

    def text(self, text: str, indent: int) -> None:
        """Characters of the paragraph; the first that shows decides its indent."""
        self._text.append(text)
        if self._indent is None and text.strip():
            self._indent = indent

    def end_paragraph(self, level: int) -> None:
        """\\par; ``level`` 0 outside tables, 1 in a cell, 2 in a table of a cell."""
        text, indent = self._taken()
        if level:
            self._levels[level - 1].paragraphs.append((text, indent))
            return
        self._end_tables()
        self.items.append(Line(text))

    def end_cell(self, level: int) -> None:
        """\\cell or \\nestcell."""
        self._room[0] -= 1
        if self._room[0] < 0:
            raise TooLarge("The file's tables have too many cells.")
        if level == 1:
            self._close(1)
        mine = self._levels[level - 1]
        mine.paragraphs.append(self._taken())
        indent = next((i for t, i in mine.paragraphs if t.strip()), 0)
        mine.cells.append(("\n".join(t for t, _ in mine.paragraphs), indent))
        mine.paragraphs = []

    def end_row(self, level: int) -> None:
        """\\row or \\nestrow: the cells since the last one, laid out by the row's definition."""
        mine, definition = self._levels[level - 1], self.definitions[level - 1]
        if self._has_text() or mine.paragraphs:
            self.end_cell(level)
        cells: list[Cell] = []
        self.uneven += len(mine.cells) != len(definition.edges)
        left = definition.left
        for number, (text, indent) in enumerate(mine.cells):
            if number < len(definition.edges):
                right, merge, above = definition.edges[number]
            else:
                right, merge, above = left + 1440, "", False
            right = max(right, left + 1)
            if merge == "rest" and cells:
                last = cells[-1]
                joined = f"{last.text}\n{text}" if text.strip() else last.text
                cells[-1] = Cell(joined, last.left, right, last.indent, last.above)
            else:
                cells.append(Cell(text, left, right, indent, above))
            left = right
        if cells:
            mine.rows.append(Row(tuple(cells), definition.head))
        mine.cells = []

    def finish(self) -> tuple[Item, ...]:
        """Everything, at the end of the flow; text that no \\par ended is a line too."""
        if self._has_text() or any(level.paragraphs for level in self._levels):
            text, _ = self._taken()
            left = [t for level in self._levels for t, _ in level.paragraphs]
            for level in self._levels:
                level.paragraphs = []
            self._end_tables()
            self.items += [Line(t) for t in (*left, text) if t.strip()]
        self._end_tables()
        return tuple(self.items)

    @property
    def open_cells(self) -> bool:
        """Whether cells wait for the end of their row."""
        return any(level.cells for level in self._levels)

    def _end_tables(self) -> None:
        for level in (1, 0):
            self._close(level)

    def _close(self, index: int) -> None:
        mine = self._levels[index]
        if mine.rows:
            self.nested += index
            self.items.append(Table(tuple(mine.rows)))
            mine.rows = []

    def _taken(self) -> tuple[str, int]:
        text, indent = "".join(self._text), self._indent or 0
        self._text, self._indent = [], None
        if any("\ud800" <= c <= "\udfff" for c in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text, indent

    def _has_text(self) -> bool:
        return any(t.strip() for t in self._text)
