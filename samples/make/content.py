"""What sample documents are made of: texts in two languages and two versions, and blocks that hold them.

Imports the standard library only. Marks inside texts: ``{b:…}``, ``{i:…}``, ``{sup:…}``, ``{sub:…}``, ``{fn:key}``,
``{ref:bookmark|shown}``, ``{link:address|shown}``, ``{mark:bookmark|shown}``, ``{date:…}`` and ``{drop:…}`` (content controls), ``{tab}``, ``{br}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MARK = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
PAIRED = {"b", "i", "sup", "sub", "ref", "link", "date", "drop"}


@dataclass(frozen=True)
class Words:
    """A text: first version in two languages, and the second version's sentences where it differs.

    ``sentences``: pairs of (source, human translation), the translation None for a sentence that the first version had.
    """

    source: str | None
    target: str | None = None
    sentences: tuple[tuple[str, str | None], ...] | None = None

    def shown(self, version: int, translated: bool) -> str | None:
        """The text in a version, or None where the version does not have it."""
        if version == 1 or self.sentences is None:
            return self.target if translated else self.source
        return "".join(zh for zh, _ in self.sentences)


def t(source: str, target: str | None = None) -> Words:
    """A text that both versions have."""
    return Words(source, target if target is not None else source)


def changed(source: str, target: str, *sentences: tuple[str, str | None]) -> Words:
    """A text whose second version differs."""
    return Words(source, target, sentences)


def new(*sentences: tuple[str, str | None]) -> Words:
    """A text of the second version alone."""
    return Words(None, None, sentences)


@dataclass(frozen=True)
class Heading:
    level: int
    words: Words


@dataclass(frozen=True)
class Par:
    words: Words
    style: str = ""


@dataclass(frozen=True)
class Item:
    """A list item. ``numbering``: id of the list in numbering.xml."""

    words: Words
    numbering: int
    level: int = 0


@dataclass(frozen=True)
class Caption:
    """``label`` in source and target language, with a SEQ field and a bookmark over label and number."""

    label: Words
    sequence: str
    bookmark: str
    number: int
    words: Words


@dataclass(frozen=True)
class Cell:
    words: tuple[Words, ...]
    span: int = 1
    down: str = ""
    """restart, or continue for a cell merged into the one above."""
    inner: Table | None = None
    centre: bool = False


@dataclass(frozen=True)
class Table:
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: int = 1


@dataclass(frozen=True)
class Box:
    """A text box: a drawing, with its VML copy for old readers."""

    words: tuple[Words, ...]


@dataclass(frozen=True)
class Picture:
    alt: Words


@dataclass(frozen=True)
class Contents:
    """A table of contents: heading texts with the page numbers that a word processor had put there."""

    title: Words
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Break:
    pass


Block = Heading | Par | Item | Caption | Table | Box | Picture | Contents | Break


@dataclass(frozen=True)
class Sample:
    """A document. ``notes``: footnotes by key. ``landscape`` is not used: all pages are A4 upright."""

    name: str
    title: Words
    header: Words
    footer: Words
    blocks: tuple[Block, ...]
    notes: dict[str, Words] = field(default_factory=dict)
    subject: Words | None = None
    languages: tuple[str, str] = ("zh-CN", "en-GB")


def cell(*words: Words, span: int = 1, down: str = "", inner: Table | None = None, centre: bool = False) -> Cell:
    """A cell of one or more paragraphs."""
    return Cell(words, span, down, inner, centre)


def row(*words: Words, centre: bool = False) -> tuple[Cell, ...]:
    """A row of plain cells."""
    return tuple(cell(w, centre=centre) for w in words)
