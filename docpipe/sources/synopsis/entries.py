"""A synopsis as labels with pieces of text, each with its place, and its tables. Imports the core and its room.

A label stands in the first cell of a row of two, as a heading, as a line by itself, or before a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.model.source import Passage, Place, TextSource
from docpipe.sources.synopsis.labels import label_of

_LOCATOR = re.compile(r"(text:p\d+)/(\d+)-(\d+)")
_COLON = re.compile(r"([^:|]{2,90}):\s+(?=\S)")
Rows = Mapping[int, Sequence[Sequence[str]]]
"""Paragraphs of each cell of a row, by the index of its passage."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of an entry. ``column``: of the cell that it stands in, from 0."""

    text: str
    place: Place
    kind: str = "paragraph"
    column: int = 0

    def part(self, start: int, end: int | None = None) -> Piece:
        """A stretch of it."""
        whole = self.text[start:end]
        lead = len(whole) - len(whole.lstrip())
        m = _LOCATOR.fullmatch(self.place.locator)
        said = whole.strip()
        at = start + lead
        locator = f"{m[1]}/{int(m[2]) + at}-{int(m[2]) + at + len(said)}" if m else self.place.locator
        return Piece(said, Place(self.place.sha256, locator), self.kind, self.column)

    def passage(self, label: str) -> Passage:
        """As a passage under its label."""
        return Passage(self.place, self.text, (label,) if label else (), self.kind)


@dataclass(slots=True)
class Entry:
    """A label with what it means, the level that it names, and its pieces."""

    name: str
    label: str
    level: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Entries:
    """All entries in order, rows of pairs of objectives and endpoints, and rows of tables with more than two columns."""

    entries: list[Entry] = field(default_factory=list)
    pairs: list[tuple[list[Piece], list[Piece]]] = field(default_factory=list)
    grid: list[list[Piece | None]] = field(default_factory=list)

    def of(self, *names: str) -> list[Entry]:
        """Entries by what they mean."""
        return [e for e in self.entries if e.name in names and e.pieces]

    def first(self, *names: str) -> Piece | None:
        """The first piece of the first of some entries."""
        found = self.of(*names)
        return found[0].pieces[0] if found else None


def entries_of(text: TextSource, rows: Rows) -> Entries:
    """What a synopsis says. ``rows``: the paragraphs of the cells of its rows, where they are known."""
    return _Reading(text, rows).read()


class _Reading:
    def __init__(self, text: TextSource, rows: Rows) -> None:
        self.text, self.rows = text, rows
        self.found = Entries()
        self._open: Entry | None = None
        self._paired = False
        self._tabled = False

    def read(self) -> Entries:
        for n, passage in enumerate(self.text.passages):
            if passage.kind == "row":
                self._row(passage, self.rows.get(n) or [[c.strip()] for c in passage.text.split(" | ")])
            else:
                self._line(passage)
        return self.found

    def _line(self, passage: Passage) -> None:
        self._paired = self._tabled = False
        piece = Piece(passage.text, passage.place, "list-item" if passage.kind == "list-item" else "paragraph")
        name, level = label_of(passage.text) if passage.kind in ("heading", "paragraph") else ("", "")
        if name:
            self._begin(name, passage.text, level)
        elif passage.kind == "heading":
            if not (self._open is not None and self._open.name in ("objectives", "endpoints", "aims")):
                self._open = None
            else:
                self._open.pieces.append(piece)
        elif (m := _COLON.match(passage.text)) and label_of(m[1])[0]:
            name, level = label_of(m[1])
            self._begin(name, m[1], level).pieces.append(piece.part(m.end()))
        elif self._open is not None:
            self._open.pieces.append(piece)

    def _begin(self, name: str, label: str, level: str) -> Entry:
        self._open = Entry(name, " ".join(label.split()).rstrip(" :"), level)
        self.found.entries.append(self._open)
        return self._open

    def _row(self, passage: Passage, cells: Sequence[Sequence[str]]) -> None:
        pieces = list(_pieces(passage, cells))
        columns = [[p for p in pieces if p.column == n] for n in range(len(cells))]
        filled = [c for c in columns if c]
        name, level = label_of(_joined(columns[0])) if columns[0] else ("", "")
        self._tabled = len(cells) > 2 or (self._tabled and not name)  # a row's empty last cells are left out
        if self._tabled:
            self.found.grid.append([c[0] if c else None for c in columns])
            return
        if not filled:
            return
        other = label_of(_joined(columns[1]))[0] if len(columns) == 2 and columns[1] else ""
        if name in ("objectives", "aims") and other in ("endpoints", "estimands"):
            self._paired = True
            return
        if name and len(columns) == 2:
            self._paired = False
            self._begin(name, _joined(columns[0]), level).pieces.extend(columns[1])
        elif self._paired:
            self.found.pairs.append((columns[0], columns[1] if len(columns) == 2 else []))
        elif len(filled) == 1 and not columns[0] and self._open is not None:
            self._open.pieces.extend(filled[0])
        elif len(cells) == 1:
            self._single(columns[0])
        else:
            self._open = None

    def _single(self, pieces: list[Piece]) -> None:
        """A row of one cell: a label over what follows, a label before a colon, or more of what is open."""
        first = pieces[0]
        name, level = label_of(first.text)
        m = _COLON.match(first.text)
        if name:
            self._begin(name, first.text, level).pieces.extend(pieces[1:])
        elif m and label_of(m[1])[0]:
            name, level = label_of(m[1])
            self._begin(name, m[1], level).pieces.extend([first.part(m.end()), *pieces[1:]])
        elif self._open is not None:
            self._open.pieces.extend(pieces)


def _joined(pieces: Sequence[Piece]) -> str:
    return " ".join(p.text for p in pieces)


def _pieces(passage: Passage, cells: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """The paragraphs of a row's cells with their characters in the row's text."""
    m = _LOCATOR.fullmatch(passage.place.locator)
    at = 0
    for column, paragraphs in enumerate(cells):
        for paragraph in paragraphs:
            said = paragraph.strip()
            if not said:
                continue
            start = passage.text.find(said, at)
            if start < 0:
                continue
            at = start + len(said)
            locator = f"{m[1]}/{int(m[2]) + start}-{int(m[2]) + at}" if m else passage.place.locator
            yield Piece(said, Place(passage.place.sha256, locator), "paragraph", column)
