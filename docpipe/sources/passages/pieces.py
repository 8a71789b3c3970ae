"""Pieces of a text before they have places: what a reader of passages gives. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.canonical import Digest
from docpipe.model.source import Passage, Place


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, list item, row, cell, heading or quoted block. ``level``: 1.. for headings. ``page``: from 1, 0 where there is none. ``depth``: of a list item, from 0."""

    text: str
    kind: str = "paragraph"
    level: int = 0
    page: int = 0
    depth: int = 0


def row_of(cells: list[str]) -> str:
    """The text of a row: bars between its cells, empty ones kept so that columns can be told, those at the end left out."""
    last = max((i for i, cell in enumerate(cells) if cell), default=-1)
    return " | ".join(cells[: last + 1])


def placed(pieces: list[Piece], sha256: Digest) -> tuple[Passage, ...]:
    """Passages with the headings above them and their places.

    A file with pages is located by page and the characters of the page's passages, each on a line of its own; any other by
    the number of the passage and the characters in it.
    """
    above: list[tuple[int, str]] = []
    found: list[Passage] = []
    page, at = -1, 0
    for number, piece in enumerate(pieces, 1):
        if piece.page != page or not piece.page:
            page, at = piece.page, 0
        locator = f"text:p{piece.page or number}/{at}-{at + len(piece.text)}"
        at += len(piece.text) + 1
        if piece.level:
            above = [h for h in above if h[0] < piece.level]
        headings = tuple(text for _, text in above)
        kind = "heading" if piece.level else piece.kind
        found.append(Passage(Place(sha256, locator), piece.text, headings, kind, piece.depth))
        if piece.level:
            above.append((piece.level, piece.text))
    return tuple(found)
