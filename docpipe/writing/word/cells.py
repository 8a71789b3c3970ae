"""Cells of an in-text table that say something else than was written. Imports the core and its room.

Rows are aligned by what they say, so that one row more does not make every row below it a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.model.inline import CodedText, Text, plain_text
from docpipe.writing.word.binding import Binder
from docpipe.writing.word.tokens import Line, Token

ADDED, DELETED, CHANGED, NOTE = "added", "deleted", "changed", "note"
Bind = Callable[[Sequence[Token], CodedText], CodedText]
"""Tokens of a cell, and the cell as written -> its text with codes."""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """``row``: 0 for the heads, then from 1, as written (of an added row, the one that it follows); ``column`` from 1, 0 for a whole row.

    ``op``: changed, or of a whole row added or deleted, or note (``row``: which of those below the table, from 1).
    """

    op: str
    row: int
    column: int
    was: CodedText
    now: CodedText


def read_cells(
    lines: Sequence[Sequence[Sequence[Line]]], was: Sequence[Sequence[CodedText]], bind: Bind
) -> tuple[tuple[tuple[CodedText, ...], ...], tuple[ChangedCell, ...]]:
    """The cells of a table as they stand, and what changed. ``was``: as written; where it is empty nothing is compared."""
    tokens = [[_tokens(cell) for cell in row] for row in lines]
    cells: list[tuple[CodedText, ...]] = []
    changed: list[ChangedCell] = []
    for before, now in _pairs(tokens, was):
        old = was[before] if before is not None else ()
        read = (
            tuple(bind(cell, old[m] if m < len(old) else ()) for m, cell in enumerate(tokens[now]))
            if now is not None
            else ()
        )
        if now is not None:
            cells.append(read)
        if was:
            changed += _compared(before, now, old, read, len(cells) - 1)
    return tuple(cells), tuple(changed)


def _compared(
    before: int | None, now: int | None, old: Sequence[CodedText], read: Sequence[CodedText], at: int
) -> Iterator[ChangedCell]:
    if before is None:
        yield ChangedCell(ADDED, at - 1, 0, (), _row(read))
    elif now is None:
        yield ChangedCell(DELETED, before, 0, _row(old), ())
    else:
        for m in range(max(len(old), len(read))):
            was = Binder.normal(old[m]) if m < len(old) else ()
            is_ = read[m] if m < len(read) else ()
            if was != is_:
                yield ChangedCell(CHANGED, before, m + 1, was, is_)


def _pairs(
    tokens: Sequence[Sequence[Sequence[Token]]], was: Sequence[Sequence[CodedText]]
) -> Iterator[tuple[int | None, int | None]]:
    """Rows as written beside rows as they stand, in order; None where one has no other."""
    if not was or len(was) == len(tokens):
        yield from ((n if was else None, n) for n in range(len(tokens)))
        return
    old = [tuple(" ".join(plain_text(c, equiv=True).split()) for c in row) for row in was]
    new = [tuple(" ".join("".join(t.text for t in c).split()) for c in row) for row in tokens]
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for n in range(max(j - i, m - k)):
            yield i + n if i + n < j else None, k + n if k + n < m else None


def _tokens(cell: Sequence[Line]) -> list[Token]:
    return [t for k, line in enumerate(cell) for t in (*([Token("text", "\n")] if k else []), *line.tokens)]


def _row(cells: Sequence[CodedText]) -> CodedText:
    """A row's cells as one text."""
    return (Text(" | ".join(plain_text(c, equiv=True) for c in cells)),)
