"""Pieces of a page as lines in reading order, columns one after the other. Imports the neighbours only.

A gutter counts as one between columns of running text only when the lines on both sides are long: the columns of a table
are read row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.formats.pdftext.glyphs import Piece, shifted

_MIN_LINES = 5
_MIN_CHARACTERS = 18
"""Lines on each side of a gutter, and their least length, from which on two columns are believed."""


@dataclass(slots=True)
class Line:
    """Pieces on one baseline, left to right. ``left`` and ``right``: edges of the column the line stands in."""

    pieces: list[Piece]
    left: float = 0.0
    right: float = 0.0

    @property
    def x0(self) -> float:
        """Left edge."""
        return min(p.x0 for p in self.pieces)

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(p.x1 for p in self.pieces)

    @property
    def main(self) -> Piece:
        """The piece with the most text: it decides size, weight and baseline."""
        return max(self.pieces, key=lambda p: len(p.text))

    @property
    def text(self) -> str:
        """The pieces joined as they stand."""
        main = self.main
        out = ""
        for before, piece in zip([None, *self.pieces], self.pieces, strict=False):
            if before and piece.x0 - before.x1 >= 0.15 * max(before.size, piece.size):
                out += " "
            out += shifted(piece.text, piece.size, piece.base, main.size, main.base)
        return out


def reading_order(pieces: list[Piece]) -> list[Line]:
    """The page's lines in the order in which a person reads them; turned text comes last, a piece a line."""
    upright = [p for p in pieces if not p.turned]
    return [*_columns(upright, 0), *(Line([p], p.x0, p.x1) for p in pieces if p.turned)]


def _columns(pieces: list[Piece], depth: int) -> Iterator[Line]:
    if not pieces:
        return
    gutter = _gutter(pieces) if depth < 4 else None
    if gutter is None:
        lines = _lines(pieces)
        left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
        for line in lines:
            line.left, line.right = left, right
        yield from lines
        return
    band: list[Piece] = []
    crossing: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: -p.middle):
        if piece.x0 < gutter < piece.x1:
            yield from _sides(band, gutter, depth)
            band = []
            crossing.append(piece)
        else:
            if crossing:
                row = [p for p in crossing if abs(p.base - piece.base) < 0.3 * p.size]
                if row:  # beside a piece that crosses the gutter: the same line
                    crossing.append(piece)
                    continue
                yield from _columns(crossing, depth + 4)
                crossing = []
            band.append(piece)
    yield from _columns(crossing, depth + 4)
    yield from _sides(band, gutter, depth)


def _sides(band: list[Piece], gutter: float, depth: int) -> Iterator[Line]:
    yield from _columns([p for p in band if p.x1 <= gutter], depth + 1)
    yield from _columns([p for p in band if p.x1 > gutter], depth + 1)


def _gutter(pieces: list[Piece]) -> float | None:
    """The x of white space between two columns of running text, or None."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    best: tuple[int, float] | None = None
    for x in sorted({p.x0 - 1.0 for p in pieces if left + 0.2 * (right - left) < p.x0 < left + 0.8 * (right - left)}):
        one = [p for p in pieces if p.x1 <= x]
        two = [p for p in pieces if p.x0 >= x]
        crossing = len(pieces) - len(one) - len(two)
        if crossing * 3 > len(pieces) or not _is_column(one) or not _is_column(two):
            continue
        if min(p.y0 for p in one) > max(p.y1 for p in two) or min(p.y0 for p in two) > max(p.y1 for p in one):
            continue
        if best is None or crossing < best[0]:
            best = (crossing, x)
    return best[1] if best else None


def _is_column(pieces: list[Piece]) -> bool:
    """Running text fills its column: most of the text is in long pieces, and most of these reach near the full width."""
    long = [p for p in pieces if len(p.text) >= _MIN_CHARACTERS]
    if len(long) < _MIN_LINES or 2 * sum(len(p.text) for p in long) < sum(len(p.text) for p in pieces):
        return False
    width = sorted(p.x1 - p.x0 for p in long)[-2]
    return 2 * sum(p.x1 - p.x0 >= 0.8 * width for p in long) >= len(long)


def _lines(pieces: list[Piece]) -> list[Line]:
    """Lines from top to bottom: a piece belongs to a line when it overlaps its main piece's height by half or more."""
    lines: list[Line] = []
    for piece in sorted(pieces, key=lambda p: (-p.base, p.x0)):
        for line in reversed(lines[-4:]):
            main = line.pieces[0]
            overlap = min(main.y1, piece.y1) - max(main.y0, piece.y0)
            same = abs(main.base - piece.base) < 0.25 * max(main.size, piece.size)
            if (same or overlap > 0.55 * min(main.y1 - main.y0, piece.y1 - piece.y0)) and not any(
                min(p.x1, piece.x1) - max(p.x0, piece.x0) > 0.5 * min(p.size, piece.size) for p in line.pieces
            ):
                line.pieces.append(piece)
                break
        else:
            lines.append(Line([piece]))
    for line in lines:
        line.pieces.sort(key=lambda p: p.x0)
    return lines
