"""A report that people wrote, as a checker reads it, and what is found in it. Core only.

Every piece of text knows its place well enough that a comment or a highlight can be put there later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from docpipe.model.finding import Severity
from docpipe.model.source import Place


class PieceKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    CAPTION = "caption"
    CELL = "cell"
    NOTE = "note"
    """Below a table."""
    FOOTNOTE = "footnote"
    HEADER = "header"
    FOOTER = "footer"
    CONTENTS = "contents"
    """An entry of a table of contents or of a list of tables: read, never checked."""


@dataclass(frozen=True, slots=True)
class Box:
    """Part of a line of a PDF page: page from 1; points from the left and from the bottom of the page as it is shown."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a piece that stand side by side in one box."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Location:
    """Where a piece stands.

    DOCX: ``part`` (``word/document.xml``) and ``paragraph``, the number of its ``w:p`` among all ``w:p`` of the part in document
    order, from 1; the characters of the piece are those of ``paragraph_text``. PDF: ``stretches``, the boxes of its words.
    ``said``: for people, such as ``Section 10.1, paragraph 2`` or ``Table 4, row 3, column 2``.
    """

    part: str = ""
    paragraph: int = 0
    stretches: tuple[Stretch, ...] = ()
    said: str = ""

    @property
    def page(self) -> int:
        """The page where it begins; 0 where pages are not known."""
        return self.stretches[0].box.page if self.stretches else 0

    def boxes(self, start: int = 0, end: int = 1 << 30) -> Iterator[Box]:
        """The boxes of some of the piece's characters, each stretch cut in proportion to its characters."""
        for s in self.stretches:
            a, b = max(start, s.start), min(end, s.end)
            if a < b:
                wide = (s.box.x1 - s.box.x0) / max(1, s.end - s.start)
                x0 = s.box.x0 + (a - s.start) * wide
                yield Box(s.box.page, x0, s.box.y0, s.box.x0 + (b - s.start) * wide, s.box.y1)


@dataclass(slots=True)
class Rough:
    """A paragraph before the report is put together. ``number``: of a heading, where the file numbers it; ``indent``: grows with the depth."""

    kind: PieceKind
    text: str
    location: Location
    level: int = 0
    number: str = ""
    style: str = ""
    indent: float = 0.0


@dataclass(slots=True)
class RoughTable:
    """A table as a grid: for each row its cells, each a list of paragraphs; a head that spans columns stands in each of them."""

    rows: list[list[list[Rough]]] = field(default_factory=list)
    heads: int = 0


Item = Rough | RoughTable


class ReportReader(Protocol):
    """A document format that tells where each word of a report stands."""

    def report(self, data: bytes) -> tuple[list[Item], int]:
        """Paragraphs and tables in reading order, and the number of pages. Raises leaves of ``InputRefused``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, caption, cell or note. ``id``: its place in ``ReportText.pieces``.

    ``section``, ``table``: indices into the report's sections and tables, -1 for none; ``row``, ``column``: of a cell, from 0,
    the head's rows included; ``level``: of a heading or list item.
    """

    id: int
    kind: PieceKind
    text: str
    location: Location
    section: int = -1
    level: int = 0
    table: int = -1
    row: int = -1
    column: int = -1
    style: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it. ``number``: as shown, "" for none; ``path``: headings from the outermost to its own."""

    number: str
    heading: str
    level: int
    piece: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table. ``label``: ``Table 3``; ``caption``: its words; ``heads``: how many of ``rows`` are heads; cells as text.

    ``pieces``: for each row the pieces of each cell; ``depths``: indentation of each row's label in steps; ``notes``: pieces below.
    """

    label: str
    caption: str
    heads: int
    rows: tuple[tuple[str, ...], ...]
    pieces: tuple[tuple[tuple[int, ...], ...], ...]
    depths: tuple[int, ...]
    notes: tuple[int, ...] = ()
    caption_piece: int = -1
    section: int = -1


@dataclass(frozen=True, slots=True)
class ReportText:
    """A report in reading order. ``abbreviations``: of its list; ``pages``: 0 where they are not known."""

    name: str
    media_type: str
    pieces: tuple[Piece, ...]
    sections: tuple[Section, ...]
    tables: tuple[ReportTable, ...]
    abbreviations: tuple[tuple[str, str], ...] = ()
    pages: int = 0


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """What the data or the document itself say against a text. ``piece``: -1 for the document as a whole.

    ``text``: the characters in question, ``start`` to ``end`` of the piece; ``expected``: what should stand there, or "";
    ``evidence``: what says so, for people; ``places``: where in the sources; ``rank``: 1 is read first.
    """

    check: str
    severity: Severity
    message: str
    piece: int
    location: Location
    text: str
    start: int = 0
    end: int = 0
    expected: str = ""
    evidence: str = ""
    places: tuple[Place, ...] = ()
    facts: tuple[str, ...] = ()
    rank: int = 0
