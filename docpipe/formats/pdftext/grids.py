"""Lines of several parts as a table: columns, rows, cells that wrap, heads. Imports the core and the neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from docpipe.formats.pdftext.glyphs import Piece
from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.stretches import joined
from docpipe.model.report import Location, PieceKind, Rough, RoughTable

Band = tuple[float, float]
_SAME = 0.87
"""Steps between lines, in the usual step of rows, below which lines are of one row."""


def columns_of(lines: Sequence[Sequence[Line]]) -> list[Band]:
    """Where the columns stand: those of the fullest lines, widened by parts of others that overlap one alone."""
    most = max(len(p) for p in lines)
    full = [p for p in lines if len(p) == most]
    bands = [(min(line[i].x0 for line in full), max(line[i].x1 for line in full)) for i in range(most)]
    for i in range(len(bands) - 1):
        if bands[i][1] > bands[i + 1][0]:
            first = full[0]
            bands[i], bands[i + 1] = (first[i].x0, first[i].x1), (first[i + 1].x0, first[i + 1].x1)
    for parts in lines:
        for part in parts:
            hits = [i for i, (a, b) in enumerate(bands) if part.x0 < b and a < part.x1]
            if len(hits) == 1 and len(parts) > 1:
                a, b = bands[hits[0]]
                low = bands[hits[0] - 1][1] if hits[0] else part.x0
                high = bands[hits[0] + 1][0] if hits[0] + 1 < len(bands) else part.x1
                bands[hits[0]] = (max(low, min(a, part.x0)), min(high, max(b, part.x1)))
    return bands


def grid(
    lines: Sequence[tuple[Sequence[Line], float, bool]], bands: Sequence[Band], page: int, words: Counter[str]
) -> RoughTable:
    """The table. ``lines``: parts, step from the line before, whether bold."""
    steps = sorted(
        step for n, (parts, step, _) in enumerate(lines) if n and len(parts) > 1 and len(lines[n - 1][0]) > 1
    )
    usual = steps[len(steps) // 2] if steps else 12.0
    rows: list[tuple[list[list[Line]], bool]] = []
    for n, (parts, step, bold) in enumerate(lines):
        placed = [(piece, column) for part in parts for piece, column in _placed(part, bands, bold, len(parts) == 1)]
        first = any(0 in columns for _, columns in placed)
        same = bool(rows) and n > 0 and step < _SAME * usual
        below = (
            bool(rows)
            and n > 0
            and not first
            and step < 1.05 * usual
            and not rows[-1][1]
            and len(parts) < len(bands) - 1
            and bool(rows[-1][0][0])
        )
        if (
            bold
            and rows
            and rows[-1][1]
            and n > 0
            and step < 1.05 * usual
            and len(rows) == 1
            and len(parts) > 1
            and len(lines[0][0]) > 1
        ):
            same = same or not first or not rows[-1][0][0]
        if not (same or below):
            rows.append(([[] for _ in bands], bold))
        for piece, columns in placed:
            for column in columns:
                rows[-1][0][column].append(piece)
    found = RoughTable()
    for cells, _ in rows:
        made: dict[tuple[int, ...], Rough] = {}
        line: list[list[Rough]] = []
        for held in cells:
            key = tuple(id(x) for x in held)
            if held and key not in made:
                text, stretches = joined(held, page, words)
                made[key] = Rough(PieceKind.CELL, text, Location(stretches=stretches), indent=20 * held[0].x0)
            line.append([made[key]] if held else [])
        found.rows.append(line)
    heads = 0
    while heads < len(rows) - 1 and rows[heads][1] and any(rows[heads][0][1:]):
        heads += 1
    found.heads = heads or (1 if len(rows) > 1 else 0)
    return found


def _placed(part: Line, bands: Sequence[Band], bold: bool, alone: bool) -> list[tuple[Line, list[int]]]:
    """The columns of a part; one that runs over several columns is cut at blanks, unless it is a head over them."""
    hits = [
        i for i, (a, b) in enumerate(bands) if min(part.x1, b) - max(part.x0, a) > 0.25 * min(b - a, part.x1 - part.x0)
    ]
    if not hits:
        middle = (part.x0 + part.x1) / 2
        return [(part, [min(range(len(bands)), key=lambda i: abs((bands[i][0] + bands[i][1]) / 2 - middle))])]
    if len(hits) == 1 or alone or (hits[0] == 0 and not any(c.isdigit() for c in part.text)):
        return [(part, hits[:1])]
    if bold and not any(c.isdigit() for c in part.text.replace("N=", "")):
        return [(part, hits)]
    return _cut(part, bands, hits)


def _cut(part: Line, bands: Sequence[Band], hits: Sequence[int]) -> list[tuple[Line, list[int]]]:
    """A part whose words belong to several columns, cut at the blanks nearest to where the columns meet."""
    piece = Piece(
        part.text, part.x0, part.x1, part.main.y0, part.main.y1, part.main.base, part.main.size, part.main.bold
    )
    wide = (piece.x1 - piece.x0) / max(1, len(piece.text))
    found: list[tuple[Line, list[int]]] = []
    start = 0
    for left, right in pairwise(hits):
        border = (bands[left][1] + bands[right][0]) / 2
        blanks = [i for i, c in enumerate(piece.text) if c == " " and i > start]
        if not blanks:
            break
        at = min(blanks, key=lambda i: abs(piece.x0 + (i + 0.5) * wide - border))
        cut = replace(piece, text=piece.text[start:at].strip(), x0=piece.x0 + start * wide, x1=piece.x0 + at * wide)
        found.append((Line([cut], part.left, part.right), [left]))
        start = at + 1
    rest = replace(piece, text=piece.text[start:].strip(), x0=piece.x0 + start * wide)
    found.append((Line([rest], part.left, part.right), [hits[len(found)]]))
    return found
