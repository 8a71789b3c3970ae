"""What a word-processing file prints, as far as tables of results need it: sections with their lines and tables. Imports the core only.

Both readers of tables (RTF, DOCX) give this; ``docpipe.sources.displays`` makes displays of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from docpipe.model.source import SourceNotice

_BLANK_WIDTH = {"\t": 4, "\u2002": 2, "\u2003": 3}
"""In characters; every other blank is one."""
TWIPS_A_BLANK = 100
"""How far one leading blank indents: about a character of 10 points."""
_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
_NO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Characters that take no room on the page and would keep two equal numbers apart."""
_BLANKS = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph outside tables; parts set apart by tab stops stand with ``\\t`` between them."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell between two positions (twips, or grid columns times a constant). ``indent``: of its paragraph, in twips.

    ``above``: it continues the cell above it (merged vertically) and has no text of its own.
    """

    text: str
    left: int
    right: int
    indent: int = 0
    above: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row. ``head``: the file says that it repeats on each page."""

    cells: tuple[Cell, ...]
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows without a paragraph between them."""

    rows: tuple[Row, ...]


Item: TypeAlias = Line | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of pages with the same headers and footers."""

    header: tuple[Item, ...]
    body: tuple[Item, ...]
    footer: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the body of a section, ahead of the body's item ``at`` (or in it)."""

    section: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Printed:
    """A file as printed. ``notes``: texts of footnotes. ``title``: of the file's properties. ``pictures``: in their order."""

    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    notices: tuple[SourceNotice, ...] = ()
    title: str = ""
    pictures: tuple[Picture, ...] = ()


def raised(text: str) -> str:
    """Superscript text in superscript characters, so that a footnote's mark is not read as part of a word or number."""
    if not text.strip():
        return text
    if all(c.lower() in _RAISED or c in " ,*†‡§¶#" for c in text):
        return "".join(_RAISED.get(c.lower(), c) for c in text)
    return text


def indentation(cell: Cell) -> int:
    """How far a cell's text stands from its left edge, in twips: the paragraph's indent and its leading blanks."""
    line = next((x for x in cell.text.split("\n") if x.strip()), "")
    return cell.indent + sum(_BLANK_WIDTH.get(c, 1) for c in line[: len(line) - len(line.lstrip())]) * TWIPS_A_BLANK


def one_line(text: str) -> str:
    """A label, head or line: line breaks and runs of blanks are one blank."""
    return " ".join(text.translate(_NO_WIDTH).split())


def as_printed(text: str) -> str:
    """A value: blanks at its ends dropped and line breaks made blanks; blanks inside stay, each an ordinary one."""
    return _BLANKS.sub(lambda m: " " * len(m.group()), text.translate(_NO_WIDTH).replace("\n", " ")).strip()
