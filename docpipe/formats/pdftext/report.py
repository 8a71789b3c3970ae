"""A PDF report as paragraphs and tables with the boxes of their words. Imports the core and the neighbours.

A table is lines of several parts whose parts stand in columns; the lines between rows are told from those inside a cell by
their distance. A table that goes on over a page is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from docpipe.formats.pdftext.glyphs import GAP, HYPHEN
from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.pages import Page, Source
from docpipe.formats.pdftext.paragraphs import _MARKER, Paragraph, _breaks_a_word, _parts, paragraphs
from docpipe.model.report import Box, Item, Location, PieceKind, Rough, RoughTable, Stretch

_CAPTION = re.compile(r"^(?:Table|Figure|Listing)[\s\u00a0]+[\dA-Z][\w.\u2011-]*(?:[.:\s]|$)")
_LEADERS = re.compile(r"(?:\.{4,}|(?:\s\.){4,}|…{2,})[\s\divxlc]*$")
_BULLET = re.compile(r"^[•●○◦▪▫■□✓➢·–-]\s+")
_ENDS = re.compile(r"^(?:Source|Note|Notes|Abbreviations?|Table\s+\d|Figure\s+\d)\b")


@dataclass(slots=True)
class _Row:
    """Lines of one table row: parts by column."""

    cells: list[list[Line]]
    page: int
    bold: bool


@dataclass(slots=True)
class _Region:
    """Lines of one page that are a table."""

    page: int
    lines: list[list[Line]] = field(default_factory=list)


def report_items(source: Source, running: dict[int, list[Rough]]) -> list[Item]:
    """Items in reading order; ``running``: headers and footers by page, which were taken out of the pages."""
    words = Counter(w.casefold() for p in source.pages for line in p.lines for w in re.findall(r"[^\W\d_]+", line.text))
    order: list[tuple[int, int, object]] = []
    bare: list[Page] = []
    place: dict[int, tuple[int, int]] = {}
    for page in source.pages:
        regions, rest = _regions(page)
        for at, region in regions:
            order.append((page.number, at, region))
        for at, line in rest:
            place[id(line)] = (page.number, at)
        bare.append(Page(page.number, [line for _, line in rest], page.characters, page.bottom, page.top))
    for paragraph in paragraphs(_apart(bare, place), source.outline):
        number, at = place[id(paragraph.lines[0].pieces[0])] if id(paragraph.lines[0]) not in place else place[id(paragraph.lines[0])]
        order.append((number, at, paragraph))
    order.sort(key=lambda o: (o[0], o[1]))
    items: list[Item] = []
    last: tuple[_Region, RoughTable, list[tuple[float, float]]] | None = None
    for number, _, found in order:
        for head in running.pop(number, []):
            items.append(head)
        if isinstance(found, _Region):
            bands = _bands(found)
            table = _table(found, bands, words)
            if last is not None and last[0].page == found.page - 1 and len(last[2]) == len(bands):
                _append(last[1], table)
                last = (found, last[1], last[2])
            elif table.rows:
                items.append(table)
                last = (found, table, bands)
        elif isinstance(found, Paragraph):
            items.append(_rough(found, words))
            last = None
    return items


def _apart(pages: list[Page], place: dict[int, tuple[int, int]]) -> list[Page]:
    for page in pages:
        for line in page.lines:
            for piece in line.pieces:
                place[id(piece)] = place[id(line)]
    return pages


# ---------------------------------------------------------------- tables


def _regions(page: Page) -> tuple[list[tuple[int, _Region]], list[tuple[int, Line]]]:
    """Tables of a page and the lines that are none, each with its place in the order of lines."""
    parted = [_parts(line) for line in page.lines]
    steps = [
        a[0].main.base - b[0].main.base for a, b in pairwise(parted) if 0 < a[0].main.base - b[0].main.base < 40
    ]
    usual = median(steps) if steps else 12.0
    regions: list[tuple[int, _Region]] = []
    rest: list[tuple[int, Line]] = []
    at = 0
    while at < len(parted):
        if len(parted[at]) < 2 or page.lines[at].main.turned or _LEADERS.search(page.lines[at].text):
            rest.append((at, page.lines[at]))
            at += 1
            continue
        region, start = _Region(page.number), at
        edge = parted[at][1].x0
        left = parted[at][0].x0
        while at < len(parted):
            parts = parted[at]
            step = parted[at - 1][0].main.base - parts[0].main.base if at > start else 0
            if at > start and (step > 2.4 * usual or step <= 0):
                break
            if len(parts) < 2:
                inside = parts[0].x1 < edge + 2 and parts[0].x0 >= left - 1 and not _ENDS.match(parts[0].text)
                column = parts[0].x0 >= edge - 2 and len(parts[0].text) < 120
                if not ((inside and _goes_on(parted, at, usual)) or column):
                    break
            else:
                edge = min(edge, parts[1].x0) if parts[0].x0 < edge - 2 else edge
            region.lines.append(parts)
            at += 1
        multi = sum(len(p) > 1 for p in region.lines)
        if multi < 2:
            rest += [(start + i, page.lines[start + i]) for i in range(len(region.lines))]
        else:
            regions.append((start, region))
    return regions, rest


def _goes_on(parted: Sequence[list[Line]], at: int, usual: float) -> bool:
    """Whether a row of several parts follows soon, or a wrapped label ends here."""
    for parts in parted[at + 1 : at + 4]:
        if parted[at][0].main.base - parts[0].main.base > 5 * usual:
            return False
        if len(parts) > 1:
            return True
    return at > 0 and parted[at - 1][0].main.base - parted[at][0].main.base < 0.85 * usual


def _bands(region: _Region) -> list[tuple[float, float]]:
    """Columns: where the parts of the fullest lines stand, widened by those of the others that overlap one alone."""
    most = max(len(p) for p in region.lines)
    full = [p for p in region.lines if len(p) == most]
    bands = [(min(line[i].x0 for line in full), max(line[i].x1 for line in full)) for i in range(most)]
    for parts in region.lines:
        for part in parts:
            hits = [i for i, (a, b) in enumerate(bands) if part.x0 < b and a < part.x1]
            if len(hits) == 1:
                a, b = bands[hits[0]]
                bands[hits[0]] = (min(a, part.x0), max(b, part.x1))
    for i in range(len(bands) - 1):
        if bands[i][1] > bands[i + 1][0]:
            middle = (bands[i][1] + bands[i + 1][0]) / 2
            bands[i], bands[i + 1] = (bands[i][0], middle), (middle, bands[i + 1][1])
    return bands


def _columns_of(part: Line, bands: Sequence[tuple[float, float]]) -> list[int]:
    hits = [i for i, (a, b) in enumerate(bands) if min(part.x1, b) - max(part.x0, a) > 0.4 * min(b - a, part.x1 - part.x0)]
    if hits:
        return hits
    middle = (part.x0 + part.x1) / 2
    return [min(range(len(bands)), key=lambda i: abs((bands[i][0] + bands[i][1]) / 2 - middle))]


def _table(region: _Region, bands: list[tuple[float, float]], words: Counter[str]) -> RoughTable:
    steps = [a[0].main.base - b[0].main.base for a, b in pairwise(region.lines)]
    multi = sorted(s for (s, (a, b)) in zip(steps, pairwise(region.lines), strict=True) if len(a) > 1 and len(b) > 1)
    usual = multi[len(multi) // 2] if multi else 12.0
    rows: list[_Row] = []
    before: list[Line] | None = None
    for parts in region.lines:
        placed = [(part, _columns_of(part, bands)) for part in parts]
        step = before[0].main.base - parts[0].main.base if before is not None else 99.0
        first = any(0 in columns for _, columns in placed)
        wrapped = step < 0.87 * usual
        if rows and (wrapped or (not first and not all(rows[-1].bold for _ in (0,)) and step < 1.3 * usual)):
            row = rows[-1]
        else:
            row = _Row([[] for _ in bands], region.page, all(p.main.bold for p in parts))
            rows.append(row)
        for part, columns in placed:
            for column in columns:
                row.cells[column].append(part)
        before = parts
    found = RoughTable()
    for row in rows:
        made: dict[tuple[int, ...], Rough] = {}
        cells: list[list[Rough]] = []
        for lines in row.cells:
            key = tuple(id(x) for x in lines)
            if lines and key not in made:
                text, stretches = _text(lines, row.page, words)
                made[key] = Rough(PieceKind.CELL, text, Location(stretches=stretches), indent=20 * lines[0].x0)
            cells.append([made[key]] if lines else [])
        found.rows.append(cells)
    heads = 0
    while heads < len(rows) - 1 and rows[heads].bold and any(rows[heads].cells[1:]):
        heads += 1
    found.heads = heads or (1 if len(rows) > 1 else 0)
    return found


def _append(table: RoughTable, more: RoughTable) -> None:
    """Rows of the next page, without heads that stand again."""
    known = [_said(r) for r in table.rows[: table.heads]]
    rows = more.rows
    if rows and known and _said(rows[0]) == known[0]:
        rows = rows[len(known) :]
    table.rows += rows


def _said(row: list[list[Rough]]) -> str:
    return "|".join(" ".join(p.text for p in cell) for cell in row)


# ---------------------------------------------------------------- text with boxes


def _text(lines: Sequence[Line], page: int, words: Counter[str], pages: dict[int, int] | None = None) -> tuple[str, tuple[Stretch, ...]]:
    """Lines as one text, and where its characters stand."""
    out = ""
    stretches: list[Stretch] = []
    for line in lines:
        text = line.text
        start = len(text) - len(text.lstrip())
        text = text.strip()
        if not text:
            continue
        if out.endswith("\u00ad"):
            out = out[:-1]
        elif out.endswith((HYPHEN, "-", "\u2010")):
            out = out[:-1] + ("" if _breaks_a_word(out, text, words) else out[-1].replace(HYPHEN, "-"))
        elif out:
            out += " "
        begun, cursor = len(out), 0
        number = (pages or {}).get(id(line), page)
        for piece in line.pieces:
            found = line.text.find(piece.text, cursor)
            a = max(0, (found if found >= 0 else cursor) - start)
            b = min(len(text), a + len(piece.text))
            cursor = a + start + len(piece.text)
            if b > a:
                stretches.append(Stretch(begun + a, begun + b, Box(number, piece.x0, piece.y0, piece.x1, piece.y1)))
        out += text
    plain = out.replace(HYPHEN, "-")
    return plain, tuple(stretches)


def _rough(paragraph: Paragraph, words: Counter[str]) -> Rough:
    number, pages = paragraph.page, {}
    before: Line | None = None
    for line in paragraph.lines:
        if before is not None and line.main.base > before.main.base + 200:
            number += 1
        pages[id(line)] = number
        before = line
    text, stretches = _text(paragraph.lines, paragraph.page, words, pages)
    kind = PieceKind.PARAGRAPH
    level = 0
    if _LEADERS.search(text):
        kind = PieceKind.CONTENTS
    elif _CAPTION.match(text) and len(text) < 250 and not re.search(r"\.\s*$", text) and (paragraph.bold or paragraph.kind != "paragraph" or len(text) < 160):
        kind = PieceKind.CAPTION
    elif paragraph.kind == "heading":
        kind, level = PieceKind.HEADING, paragraph.level
    elif m := _BULLET.match(text):
        kind, level = PieceKind.LIST_ITEM, 1
        cut = m.end()
        text = text[cut:]
        stretches = tuple(
            Stretch(max(0, s.start - cut), s.end - cut, _cut(s, cut)) for s in stretches if s.end > cut
        )
    elif _MARKER.fullmatch(text.split(" ")[0]):
        kind, level = PieceKind.LIST_ITEM, 1
    return Rough(kind, text, Location(stretches=stretches), level, indent=20 * paragraph.lines[0].x0)


def _cut(stretch: Stretch, at: int) -> Box:
    """The box without its characters before ``at``."""
    b = stretch.box
    if stretch.start >= at:
        return b
    wide = (b.x1 - b.x0) / max(1, stretch.end - stretch.start)
    return Box(b.page, b.x0 + (at - stretch.start) * wide, b.y0, b.x1, b.y1)


def running_items(where: str, text: str, page: int, line: Line) -> Rough:
    """A running header or footer as an item."""
    box = Box(page, line.x0, min(p.y0 for p in line.pieces), line.x1, max(p.y1 for p in line.pieces))
    kind = PieceKind.HEADER if where == "header" else PieceKind.FOOTER
    return Rough(kind, text, Location(stretches=(Stretch(0, len(text), box),)))

