"""Rows of printed cells laid on one grid of columns: which rows are heads, which columns hold labels, what stands over each. Imports errors, its neighbour.

Positions decide, not how many cells a row has: a head that spans three columns does so whether it was merged or drawn wide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.errors import TooLarge
from docpipe.model.source import ColumnHead
from docpipe.sources.printed.page import Row, indentation, one_line

_NEAR = 45
"""Twips within which two edges are the same."""
_MOST_HEADS = 6
_MOST_COLUMNS = 500
_N = re.compile(r"[(\[]?\s*\b[Nn]\s*=\s*(\d[\d,\u202f\u00a0 ]*|[xX]{1,4})\s*[)\]]?")
_VALUE = re.compile(r"^(?=.*[\dxX])[\dxX\s.,;:()\[\]<>≤≥=~±+*/%\-–−‑|^†‡§#⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠ]+$")
_NO_VALUE = {"-", "--", "—", "–", "ne", "na", "nc", "nd", "nr", "n/a", "n.a.", "."}


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell on the grid: columns ``start`` up to ``end``, exclusive."""

    text: str
    start: int
    end: int
    indent: int
    above: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row on the grid."""

    cells: tuple[Placed, ...]
    head: bool

    @property
    def filled(self) -> tuple[Placed, ...]:
        return tuple(c for c in self.cells if c.text.strip())


@dataclass(frozen=True, slots=True)
class Columns:
    """``labels`` and ``values``: grid columns that are kept; ``heads`` of the value columns, ``row_heads`` of the others."""

    labels: tuple[int, ...]
    values: tuple[int, ...]
    heads: tuple[ColumnHead, ...]
    row_heads: tuple[str, ...]
    dropped: int


def laid(rows: Sequence[Row]) -> tuple[tuple[Line, ...], int]:
    """The rows on their common grid, and how many columns that has. Raises ``TooLarge``."""
    positions = sorted({p for row in rows for c in row.cells for p in (c.left, c.right)})
    index: dict[int, int] = {}
    start, number = None, -1
    for position in positions:
        if start is None or position - start > _NEAR:
            start, number = position, number + 1
        index[position] = number
    if number > _MOST_COLUMNS:
        raise TooLarge("A table has too many columns.", columns=number, limit=_MOST_COLUMNS)
    lines = []
    for row in rows:
        cells = [
            Placed(c.text, index[c.left], max(index[c.right], index[c.left] + 1), indentation(c), c.above)
            for c in row.cells
            if index[c.right] > index[c.left] or c.text.strip()
        ]
        lines.append(Line(tuple(cells), row.head))
    return tuple(lines), max(number, 0)


def is_value(text: str) -> bool:
    """Whether a cell's text is a number, several numbers, a placeholder of a shell, or a mark for no value."""
    flat = one_line(text)
    return flat.lower() in _NO_VALUE or bool(_VALUE.match(flat))


def is_placeholder(text: str) -> bool:
    """Whether a value is one of a shell (``XX.X``)."""
    flat = one_line(text)
    return bool(_VALUE.match(flat)) and not any(c.isdigit() for c in flat)


def head_rows(lines: Sequence[Line], width: int, before: Sequence[Line] = ()) -> int:
    """How many leading rows are heads; ``before``: heads that stand in the page header above this table."""
    flagged = 0
    while flagged < len(lines) and lines[flagged].head:
        flagged += 1
    if not flagged and not before:
        return _guessed(lines, width)
    known = [*before, *lines[:flagged]]
    at = flagged
    for number in range(flagged, min(len(lines), flagged + 3)):
        line = lines[number]
        if not line.filled:
            continue
        if not _completes(line, known):
            break
        known.append(line)
        at = number + 1
    return at


def columns_of(heads: Sequence[Line], body: Sequence[Line], width: int, listing: bool = False) -> Columns:
    """The kept columns with their heads. Columns without text of their own are dropped and counted.

    A listing has one label column, whatever stands in the others.
    """
    used = {c.start for line in body for c in line.filled if c.end - c.start < width or width == 1}
    used |= {c.start for line in heads for c in line.filled if c.end - c.start == 1}
    if not used:
        used = {0}
    kept = sorted(used)
    over = {column: _over(heads, column) for column in kept}
    stated = [c for c in kept if any(_N.search(t) for t in over[c])]
    if stated and stated[0] == kept[0] > 0:
        kept.insert(0, 0)  # the labels' column of a table that has nothing to report
        over[0] = _over(heads, 0)
    if stated and stated[0] != kept[0]:
        labels = [c for c in kept if c < stated[0]]
        while len(labels) > 1 and _numeric(body, labels[-1]) and _wide_head(heads, labels[-1]):
            labels.pop()
    else:
        labels = kept[:1]
        for column in kept[1:-1] if not listing else ():
            if _numeric(body, column):
                break
            labels.append(column)
        if len(labels) == len(kept) - 1 and not _numeric(body, kept[-1]):
            labels = kept[:1]  # a listing: text in every column
    values = [c for c in kept if c not in labels]
    if not listing and len(values) > 2 and len(labels) < len(kept) - 2:
        numbers = [c for c in values if _numeric(body, c)]
        worded = [c for c in values if numbers and c < numbers[-1] and _worded(body, c)]
        labels, values = sorted({*labels, *worded}), [c for c in values if c not in worded]
    return Columns(
        tuple(labels),
        tuple(values),
        tuple(_column_head(over[c]) for c in values),
        tuple(one_line(" ".join(over[c])) for c in labels),
        width - len(kept),
    )


def _completes(line: Line, known: Sequence[Line]) -> bool:
    """Whether a row without values names the first column, which the heads so far leave blank."""
    if any(is_value(c.text) for c in line.filled) or len(line.filled) < 2:
        return False
    first = line.cells[0].text.strip() if line.cells else ""
    return bool(first) and not any(c.text.strip() for known_line in known for c in known_line.cells if c.start == 0)


def _guessed(lines: Sequence[Line], width: int) -> int:
    """Leading rows without values, where the file marks no heads."""
    count = 0
    for number, line in enumerate(lines[: _MOST_HEADS + 1]):
        filled = line.filled
        if not filled:
            if count:
                return count
            continue
        others = [c for c in filled if c.start > 0]
        if any(is_value(c.text) for c in others):
            return count
        if not others:
            return count
        count = number + 1
    first = next((i for i, line in enumerate(lines) if line.filled), 0)
    return min(first + 1, len(lines))


def _over(heads: Sequence[Line], column: int) -> list[str]:
    """Texts of the head cells that cover a column, from the top; the same text twice counts once."""
    texts: list[str] = []
    for line in heads:
        for cell in line.cells:
            if cell.start <= column < cell.end and cell.text.strip():
                text = one_line(cell.text)
                if not texts or texts[-1] != text:
                    texts.append(text)
    return texts


def _column_head(texts: Sequence[str]) -> ColumnHead:
    """The head's path without its N, and the innermost N."""
    n: int | None = None
    path: list[str] = []
    for text in texts:
        for found in _N.finditer(text):
            digits = re.sub(r"\D", "", found.group(1))
            n = int(digits) if digits and len(digits) < 10 else n
        bare = one_line(_N.sub(" ", text))
        if bare:
            path.append(bare)
    return ColumnHead(tuple(path), n)


def _numeric(body: Sequence[Line], column: int) -> bool:
    """Whether most cells of a column are values."""
    texts = [c.text for line in body for c in line.filled if c.start == column]
    return bool(texts) and sum(map(is_value, texts)) * 2 > len(texts)


def _worded(body: Sequence[Line], column: int) -> bool:
    """Whether a column is full of words, such as visits that stand to the right of an N."""
    texts = [c.text for line in body for c in line.filled if c.start == column and c.end - c.start == 1]
    rows = sum(1 for line in body if len(line.filled) > 1)
    return len(texts) > 1 and len(texts) * 2 > rows and not any(map(is_value, texts))


def _wide_head(heads: Sequence[Line], column: int) -> bool:
    """Whether a spanning head stands over a column that is not the first: then it is no label."""
    return any(c.start <= column < c.end and c.end - c.start > 1 and c.start > 0 for line in heads for c in line.filled)
