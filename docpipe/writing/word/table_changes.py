"""An in-text table beside its former version: which of its rows were there, which are new, which are gone. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.model.draft import PlannedTable, TableRow
from docpipe.model.inline import CodedText, plain_text
from docpipe.writing.word.tree import Change


@dataclass(frozen=True, slots=True)
class Line:
    """A row to write. ``before``: its former cells; None where it is new, gone, or nothing is compared."""

    row: TableRow
    before: tuple[CodedText, ...] | None = None
    change: Change = ""


def lines(former: PlannedTable | None, table: PlannedTable) -> list[Line]:
    """The rows in order, those that are gone where they stood. Without a former table of as many columns nothing is a change."""
    if former is None or len(former.columns) != len(table.columns):
        return [Line(row) for row in table.rows]
    found: list[Line] = []
    old, new = former.rows, table.rows
    matcher = SequenceMatcher(None, [_label(r) for r in old], [_label(r) for r in new], autojunk=False)
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            found += [Line(b, a.cells) for a, b in zip(old[i:j], new[k:m], strict=True)]
            continue
        found += [Line(a, None, "del") for a in old[i:j]]
        found += [Line(b, None, "ins") for b in new[k:m]]
    return found


def _label(row: TableRow) -> tuple[str, int, bool]:
    return (plain_text(row.cells[0], equiv=True) if row.cells else "", row.depth, row.head)
