"""A PDF report as paragraphs and tables with the boxes of their words. Imports the core and the neighbours.

A table is lines of several parts in columns, with the labels between them; lines inside a cell are told from rows by their distance.
A table that goes on over a page is one. Sizes of glyphs are not trusted: weight, place and distance decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from docpipe.formats.pdftext.grids import columns_of, grid
from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.pages import Source
from docpipe.formats.pdftext.paragraphs import _parts
from docpipe.formats.pdftext.stretches import joined
from docpipe.model.report import Box, Item, Location, PieceKind, Rough, RoughTable, Stretch

_CAPTION = re.compile(r"^(?:Table|Figure|Listing)[\s\u00a0]+[\dA-Z][\w.\u2011-]*[.:]?(?:\s|$)")
_LEADERS = re.compile(r"(?:\.{4,}|(?:\s\.){4,}|…{2,})[\s\divxlc]*$")
_BULLET = re.compile(r"^[•●○◦▪▫■□✓➢·–-]\s+")
_NUMBER = re.compile(r"^(\d{1,2}(?:\.\d{1,3}){0,5})\.?\s+(?=\S)")
_ONLY_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,3}){0,5}\.?|[•●○◦▪▫–-]|\(?[a-z\d]{1,2}[.)]")
_NOTE = re.compile(r"^(?:Sources?|Notes?|Abbreviations?)\b[:\s]|^[*†‡]")
_CONTENTS = re.compile(r"^(?:table of )?contents\b|^list of (?:tables|figures)\b", re.IGNORECASE)
_RUNNING = 60
_LEADING = 1.35
"""Steps between lines, in the usual step of running text, up to which they may be of one paragraph."""


@dataclass(slots=True)
class _Said:
    """A line of a page: its parts, the step from the line before, where it stands."""

    line: Line
    parts: list[Line]
    page: int
    step: float

    @property
    def base(self) -> float:
        return self.parts[0].main.base

    @property
    def bold(self) -> bool:
        return all(p.main.bold for p in self.parts)

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.parts)


@dataclass(slots=True)
class _Open:
    """A table that may go on over the page."""

    table: RoughTable
    columns: int
    left: float
    page: int
    heads: list[str] = field(default_factory=list)


def report_items(source: Source, running: dict[int, list[Rough]]) -> list[Item]:
    """Items in reading order; ``running``: headers and footers by page, which were taken out of the pages."""
    return _Report(source).items(running)


class _Report:
    def __init__(self, source: Source) -> None:
        self._words = Counter(
            w.casefold() for p in source.pages for line in p.lines for w in re.findall(r"[^\W\d_]+", line.text)
        )
        self._pages = [self._lines(p.number, [x for x in p.lines if not x.main.turned]) for p in source.pages]
        long = [
            s for page in self._pages for a, s in pairwise(page) if len(a.text) > _RUNNING and len(s.text) > _RUNNING
        ]
        steps = Counter(round(s.step, 1) for s in long if 4 < s.step < 30)
        self._usual = steps.most_common(1)[0][0] if steps else 12.0
        lefts = Counter(
            round(s.line.x0) for page in self._pages for s in page if len(s.text) > _RUNNING and len(s.parts) == 1
        )
        self._left = float(lefts.most_common(1)[0][0]) if lefts else 0.0
        self._right = max((s.line.x1 for page in self._pages for s in page), default=0.0)
        self._titles: dict[str, list[tuple[int, int]]] = {}
        for level, page, title in source.outline:
            self._titles.setdefault(_bare(title), []).append((level, page))
        self._open: _Open | None = None
        self._items: list[Item] = []

    @staticmethod
    def _lines(number: int, lines: Sequence[Line]) -> list[_Said]:
        found: list[_Said] = []
        for line in lines:
            parts = _parts(line)
            if len(parts) == 2 and _ONLY_NUMBER.fullmatch(parts[0].text):
                parts = [Line([*parts[0].pieces, *parts[1].pieces], line.left, line.right)]
            base = found[-1].base - parts[0].main.base if found else 999.0
            found.append(_Said(line, parts, number, base if base > 0 else 999.0))
        return found

    def items(self, running: dict[int, list[Rough]]) -> list[Item]:
        for page in self._pages:
            number = page[0].page if page else 0
            self._items += running.pop(number, [])
            at = 0
            while at < len(page):
                stop = self._table_end(page, at)
                if stop > at:
                    self._table(page[at:stop])
                    at = stop
                else:
                    at = self._paragraph(page, at)
        for rest in running.values():
            self._items += rest
        return self._items

    # ------------------------------------------------------------ tables

    def _table_end(self, page: Sequence[_Said], at: int) -> int:
        """Where the table that begins here ends; ``at`` where none begins."""
        first = page[at]
        going = self._open is not None and self._open.page == first.page - 1 and at == 0
        if _LEADERS.search(first.text) or self._heading(first, page, at):
            return at
        if len(first.parts) < 2 and not (
            going and self._open is not None and abs(first.line.x0 - self._open.left) < 30
        ):
            return at
        left = self._edge(page, at)
        stop, several = at, 0
        for i in range(at, len(page)):
            said = page[i]
            if i > at and said.step > 2.1 * self._usual:
                break
            if _NOTE.match(said.text) or _CAPTION.match(said.text) or _LEADERS.search(said.text):
                break
            if len(said.parts) > 1:
                several += 1
                left = min(left, said.line.x0)
                stop = i + 1
            elif not (said.line.x0 >= left - 1.5 and self._goes_on(page, i, left)):
                break
        if several < 2 and not (going and several):
            return at
        while (
            stop < len(page)
            and page[stop].step < 0.9 * self._usual
            and len(page[stop].parts) == 1
            and not _NOTE.match(page[stop].text)
            and page[stop].line.x0 >= left - 1.5
        ):
            stop += 1
        if (
            stop < len(page)
            and stop >= len(page) - 2
            and all(abs(x.line.x0 - left) < 14 and abs(left - self._left) > 1.5 for x in page[stop:])
            and not any(_NOTE.match(x.text) for x in page[stop:])
        ):
            stop = len(page)
        return stop

    def _edge(self, page: Sequence[_Said], at: int) -> float:
        """Left edge of the table that begins here: of its first lines of several parts."""
        left = page[at].line.x0
        for n, said in enumerate(page[at : at + 7]):
            if n and said.step > 2.1 * self._usual:
                break
            if len(said.parts) > 1:
                left = min(left, said.line.x0)
        return left

    def _goes_on(self, page: Sequence[_Said], at: int, left: float) -> bool:
        """Whether rows of several parts follow a line of one: a group's heading, a wrapped label or a wrapped cell."""
        for said in page[at + 1 : at + 6]:
            if said.step > 1.6 * self._usual:
                return False
            if len(said.parts) > 1:
                return True
        return page[at].step < 0.9 * self._usual

    def _table(self, lines: Sequence[_Said]) -> None:
        bands = columns_of([s.parts for s in lines])
        table = grid([(s.parts, s.step, s.bold) for s in lines], bands, lines[0].page, self._words)
        opened = self._open
        left = lines[0].line.x0
        if (
            opened is not None
            and opened.page == lines[0].page - 1
            and self._items
            and self._items[-1] is opened.table
            and (opened.columns == len(bands) or abs(opened.left - left) < 20)
        ):
            rows = table.rows
            while rows and opened.heads and _said(rows[0]) in opened.heads:
                rows = rows[1:]
            opened.table.rows += [
                [*r, *([] for _ in range(opened.columns - len(r)))][: max(opened.columns, len(r))] for r in rows
            ]
            opened.page = lines[0].page
            return
        self._items.append(table)
        self._open = _Open(table, len(bands), left, lines[0].page, [_said(r) for r in table.rows[: table.heads]])

    # ------------------------------------------------------------ paragraphs

    def _paragraph(self, page: Sequence[_Said], at: int) -> int:
        first = page[at]
        level = self._heading(first, page, at)
        stop = at + 1
        while stop < len(page):
            here, before = page[stop], page[stop - 1]
            if len(here.parts) > 1 and self._table_end(page, stop) > stop:
                break
            if (
                here.bold != first.bold
                or here.step > _LEADING * self._usual
                or _BULLET.match(here.text)
                or _CAPTION.match(here.text)
                or _NOTE.match(here.text)
            ):
                break
            if level or _LEADERS.search(before.text):
                if not (
                    level
                    and here.step < 2.0 * self._usual
                    and not _NUMBER.match(here.text)
                    and self._wraps(first, here)
                ):
                    break
            elif not self._full(before, here) and not here.text[:1].islower():
                break
            stop += 1
        lines = [s.line for s in page[at:stop]]
        rough = self._rough(lines, first, level)
        last = self._items[-1] if self._items else None
        if (
            at == 0 and isinstance(last, Rough) and last.kind in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) and rough.kind is PieceKind.PARAGRAPH
            and not re.search(r"[.:!?]\s*$", last.text) and rough.text[:1] and not first.bold and last.location.page == first.page - 1
            and (rough.text[0].islower() or len(last.text) > _RUNNING)
        ):  # fmt: skip
            shift = len(last.text) + 1
            more = tuple(Stretch(s.start + shift, s.end + shift, s.box) for s in rough.location.stretches)
            last.text += f" {rough.text}"
            last.location = Location(stretches=(*last.location.stretches, *more))
            return stop
        self._items.append(rough)
        return stop

    def _full(self, before: _Said, here: _Said) -> bool:
        """The line before reaches so far that the next word had no room."""
        word = here.text.split(" ")[0]
        wide = (here.line.x1 - here.line.x0) * len(word) / max(1, len(here.text))
        return before.line.x1 + wide + 3 > self._right - 8

    def _wraps(self, first: _Said, here: _Said) -> bool:
        """A heading's second line: the outline or its shape says so."""
        both = _bare(f"{first.text} {here.text}")
        return both in self._titles or _bare(_NUMBER.sub("", f"{first.text} {here.text}")) in self._titles

    def _heading(self, said: _Said, page: Sequence[_Said], at: int) -> int:
        if (
            not said.bold
            or len(said.text) > 220
            or _CAPTION.match(said.text)
            or not re.search(r"[^\W\d_]", said.text)
            or said.text.startswith("[")
        ):
            return 0
        for text in (said.text, f"{said.text} {page[at + 1].text}" if at + 1 < len(page) else said.text):
            for bare in (_bare(text), _bare(_NUMBER.sub("", text))):
                for level, number in self._titles.get(bare, ()):
                    if not number or abs(number - said.page) <= 1:
                        return level
        m = _NUMBER.match(said.text)
        if m:
            return m[1].count(".") + 1
        if self._titles or len(said.parts) > 1 or said.step < 1.2 * self._usual:
            return 0
        return 3 if len(said.text) < 100 and not said.text.endswith((".", ";", ",")) else 0

    def _rough(self, lines: Sequence[Line], first: _Said, level: int) -> Rough:
        text, stretches = joined(lines, first.page, self._words)
        kind, number = PieceKind.PARAGRAPH, ""
        if _LEADERS.search(text):
            kind = PieceKind.CONTENTS
        elif _CAPTION.match(text) and len(text) < 260 and (first.bold or not text.rstrip().endswith(".")):
            kind = PieceKind.CAPTION
        elif level:
            kind = PieceKind.HEADING
        elif m := _BULLET.match(text):
            kind, level = PieceKind.LIST_ITEM, 1
            text, stretches = text[m.end() :], _shifted(stretches, m.end())
        return Rough(kind, text, Location(stretches=stretches), level, number, "", 20 * lines[0].x0)


def _shifted(stretches: Sequence[Stretch], cut: int) -> tuple[Stretch, ...]:
    """Stretches of a text whose first characters were taken off."""
    found = []
    for s in stretches:
        if s.end <= cut:
            continue
        b = s.box
        wide = (b.x1 - b.x0) / max(1, s.end - s.start)
        x0 = b.x0 + max(0, cut - s.start) * wide
        found.append(Stretch(max(0, s.start - cut), s.end - cut, Box(b.page, x0, b.y0, b.x1, b.y1)))
    return tuple(found)


def _said(row: Sequence[Sequence[Rough]]) -> str:
    return "|".join(" ".join(p.text for p in cell) for cell in row)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def running_items(where: str, text: str, page: int, line: Line) -> Rough:
    """A running header or footer as an item."""
    box = Box(page, line.x0, min(p.y0 for p in line.pieces), line.x1, max(p.y1 for p in line.pieces))
    kind = PieceKind.HEADER if where == "header" else PieceKind.FOOTER
    return Rough(kind, text, Location(stretches=(Stretch(0, len(text), box),)))
