"""An in-text table beside its former version: which of its rows and notes were there, which are new, which are gone. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.model.draft import PlannedTable, TableRow
from docpipe.model.inline import CodedText, plain_text
from docpipe.writing.word.changes import alike
from docpipe.writing.word.tree import Change


@dataclass(frozen=True, slots=True)
class Line:
    """A row to write. ``before``: its former cells; None where it is new, gone, or nothing is compared."""

    row: TableRow
    before: tuple[CodedText, ...] | None = None
    change: Change = ""


def comparable(former: PlannedTable, table: PlannedTable) -> bool:
    """Whether two versions of a table can be shown cell by cell: as many columns, as many rows of heads."""
    return len(former.columns) == len(table.columns) and former.lead == table.lead


def lines(old: Sequence[TableRow] | None, new: Sequence[TableRow]) -> list[Line]:
    """The rows in order, those that are gone where they stood. Without former rows nothing is a change."""
    if old is None:
        return [Line(row) for row in new]
    found: list[Line] = []
    matcher = SequenceMatcher(None, [_label(r) for r in old], [_label(r) for r in new], autojunk=False)
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            found += [Line(b, a.cells) for a, b in zip(old[i:j], new[k:m], strict=True)]
            continue
        found += [Line(a, None, "del") for a in old[i:j]]
        found += [Line(b, None, "ins") for b in new[k:m]]
    return found


def notes(old: Sequence[CodedText] | None, new: Sequence[CodedText]) -> list[tuple[CodedText | None, CodedText | None]]:
    """The lines below a table: as each was and is; None on the side where it is not. Without former ones each is as it was."""
    if old is None:
        return [(n, n) for n in new]
    before, after = ([plain_text(n, equiv=True) for n in several] for several in (old, new))
    pairs = dict(alike(before, after))
    found: list[tuple[CodedText | None, CodedText | None]] = []
    at = 0
    for n, text in enumerate(old):
        if n in pairs:
            found += [(None, new[m]) for m in range(at, pairs[n])]
            at = pairs[n] + 1
        found.append((text, new[pairs[n]] if n in pairs else None))
    return found + [(None, n) for n in new[at:]]


def _label(row: TableRow) -> tuple[str, int, bool]:
    return (plain_text(row.cells[0], equiv=True) if row.cells else "", row.depth, row.head)
