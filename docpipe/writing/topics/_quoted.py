"""What is quoted of a text: stretches of passages and tables that print themselves with their numbers bound. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docpipe.model.source import Passage, TextSource
from docpipe.writing.book import Book
from docpipe.writing.topics._cuts import sentences
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._tense import reported
from docpipe.writing.topics._wants import OTHER, PLAN, PROTOCOL

_DIGIT = re.compile(r"\d")
_SHORTEST = 25
_STATES = {
    PROTOCOL: "The protocol states", PLAN: "The statistical analysis plan states", OTHER: "The study documents state",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w+'’-]*")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a source that print themselves bound. ``kind``: ``paragraph``, ``item`` or ``head``; ``pieces``: passage, start and end."""

    book: Book
    source: TextSource
    pieces: tuple[tuple[Passage, int, int], ...]
    kind: str = "paragraph"
    tail: str = ""
    """A full stop where the sentence announced a list that is not quoted."""

    def __str__(self) -> str:
        said = [self.book.quote(self.source, p, start, end).strip() for p, start, end in self.pieces]
        if self.kind == "head" and self.text.isupper():
            return (
                self.book.cite(self.pieces[0][0]) + quiet(self.text, self.source)
                if not _DIGIT.search(self.text)
                else said[0]
            )
        return _put_together(said, [p.text[start:end].strip() for p, start, end in self.pieces]) + self.tail

    @property
    def depth(self) -> int:
        """Of a list item inside another, from 0."""
        return self.pieces[0][0].depth if self.kind == "item" else 0

    @property
    def bullet(self) -> str:
        """The mark of its list item in a program text."""
        return "-" * (min(self.depth, 2) + 1)

    @property
    def told(self) -> str:
        """The words as a report tells them: what was ahead is past, and what cannot be turned safely is quoted with who states it."""
        if self.kind == "head":
            return str(self)
        said = [self._told(*piece).strip() for piece in self.pieces]
        return _put_together(said, [p.text[start:end].strip() for p, start, end in self.pieces]) + self.tail

    def _told(self, passage: Passage, start: int, end: int) -> str:
        spans = [(start + a, start + b) for a, b in sentences(passage.text[start:end])]
        said: list[str] = []
        for part in reported(passage.text, spans):
            words, at = "", part.start
            for turn in part.turned:
                words += self.book.quote(self.source, passage, at, turn.start) + turn.said
                at = turn.end
            words += self.book.quote(self.source, passage, at, part.end)
            stated = part.quoted and "“" not in passage.text[part.start : part.end]
            said.append(f"{_STATES.get(role_of(self.source), _STATES[OTHER])}: “{words}”" if stated else words)
        return " ".join(said)

    def matches(self, words: str) -> bool:
        """Whether a regular expression is found in the plain words."""
        return re.search(words, self.text, re.IGNORECASE) is not None

    @property
    def text(self) -> str:
        """The plain words, for conditions; printing them would leave their numbers unbound."""
        words = [p.text[start:end].strip() for p, start, end in self.pieces]
        return _put_together(words, words) + self.tail


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a text: its head row and its rows, cell by cell. ``key``: a name for an in-text table; ``heads``: rows that head others."""

    key: str
    head: tuple[Quoted, ...]
    rows: tuple[tuple[Quoted | str, ...], ...]
    heads: tuple[int, ...] = ()
    kind: str = "table"

    @property
    def text(self) -> str:
        """The plain words, for conditions."""
        return " ".join(c.text for row in (self.head, *self.rows) for c in row if isinstance(c, Quoted))


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says of a subject, in its order. ``role``: what kind of text; ``by_heading``: found by a heading, not by sentences."""

    source: TextSource
    role: str
    parts: tuple[Quoted | Grid, ...]
    by_heading: bool = True

    def __iter__(self) -> Iterator[Quoted | Grid]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def items(self) -> tuple[Quoted, ...]:
        """Its list items alone."""
        return tuple(p for p in self.parts if isinstance(p, Quoted) and p.kind == "item")

    @property
    def text(self) -> str:
        """The plain words, for conditions."""
        return " ".join(p.text for p in self.parts)


def quiet(heading: str, source: TextSource) -> str:
    """A heading in capitals as a sentence is written; words that the text itself writes in capitals keep them."""
    shouted = _capitals(source)
    words = _WORD.sub(lambda m: m[0] if m[0] in shouted else m[0].lower(), heading)
    return words[:1].upper() + words[1:]


@cache
def _capitals(source: TextSource) -> frozenset[str]:
    """Words in capitals that stand in passages which are not all capitals."""
    texts = (p.text for p in source.passages if not p.text.isupper())
    return frozenset(w for text in texts for w in _WORD.findall(text) if len(w) > 1 and w.isupper())


def _put_together(printed: list[str], plain: list[str]) -> str:
    """Pieces with blanks between them, none before a mark of punctuation."""
    said = ""
    for word, bare in zip(printed, plain, strict=True):
        said += word if not said or bare[:1] in ".,;:)" else f" {word}"
    return said


def merged(parts: list[Quoted | Grid]) -> list[Quoted | Grid]:
    """Tables of one form, each under a subheading of its own, become one table with the subheadings as rows of it."""
    found: list[Quoted | Grid] = []
    at = 0
    while at < len(parts):
        run = _run(parts, at)
        if len(run) < 2:
            found.append(parts[at])
            at += 1
            continue
        width = len(run[0][1].head)
        rows: list[tuple[Quoted | str, ...]] = []
        heads: list[int] = []
        for head, grid in run:
            heads.append(len(rows))
            rows += [_wide((head,), width), *(_wide(r, width) for r in grid.rows)]
        found.append(Grid(run[0][1].key, run[0][1].head, tuple(rows), tuple(heads)))
        at += 2 * len(run)
    return found


def _run(parts: list[Quoted | Grid], at: int) -> list[tuple[Quoted, Grid]]:
    """Subheading and table, in turn, from there on, as long as the tables have the first one's columns or the first of them."""
    run: list[tuple[Quoted, Grid]] = []
    for head, grid in zip(parts[at::2], parts[at + 1 :: 2], strict=False):
        if not isinstance(head, Quoted) or head.kind != "head" or not isinstance(grid, Grid):
            break
        if run and not _same_form(run[0][1], grid):
            break
        run.append((head, grid))
    return run


def once(parts: list[Quoted | Grid]) -> list[Quoted | Grid]:
    """Without what a table before has said already, and without subheadings that lose their text by it."""
    tables = ""
    found: list[Quoted | Grid] = []
    for part in parts:
        if isinstance(part, Grid):
            tables += _plain(part.text)
        elif part.kind != "head" and len(said := _plain(part.text)) > _SHORTEST and said in tables:
            continue
        found.append(part)
    pairs = zip(found, [*found, None][1:], strict=True)
    return [
        part for part, after in pairs
        if not (isinstance(part, Quoted) and part.kind == "head" and (after is None or (isinstance(after, Quoted) and after.kind == "head")))
    ]  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _same_form(one: Grid, other: Grid) -> bool:
    a, b = [c.text.casefold() for c in one.head], [c.text.casefold() for c in other.head]
    return len(b) > 1 and a[: len(b)] == b


def _wide(row: tuple[Quoted | str, ...], width: int) -> tuple[Quoted | str, ...]:
    return (*row, *[""] * (width - len(row)))


def most_of(parts: list[Quoted | Grid], most: int) -> list[Quoted | Grid]:
    """As much as may be quoted: whole parts, no heading without text, no sentence that announces a list without it."""
    taken: list[Quoted | Grid] = []
    length = 0
    for part in parts:
        length += len(part.text)
        if taken and length > most:
            break
        taken.append(part)
    while taken and isinstance(taken[-1], Quoted) and (taken[-1].kind == "head" or taken[-1].text.endswith(":")):
        taken.pop()
    return taken
