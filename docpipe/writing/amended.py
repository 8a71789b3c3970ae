"""In-text tables whose words people amended: which cells may be, how a row says so, and the plan with them. Pure; imports the core.

A table is made from facts and stands in the plan; its row is one code. Words of its own (labels, heads) can be amended beside that code,
a line each: ``Row 3, column 1: Headache``, ``Head, column 2: Group``. So an amendment is part of the row that people see, undo and approve.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedRow, PlannedTable, TableRow
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text, plain_text

_LINE = re.compile(r"(?:(?P<head>Head)|Row (?P<row>[1-9]\d{0,4})), column (?P<column>[1-9]\d{0,3}): ?(?P<words>.*)")
Place = tuple[int, int]
"""Row (0 for the heads, then from 1) and column (from 1)."""


def said(place: Place) -> str:
    """``Row 3, column 1``."""
    row, column = place
    return f"{f'Row {row}' if row else 'Head'}, column {column}"


def cell_of(table: PlannedTable, place: Place) -> CodedText | None:
    """A cell; None where the table has no such place."""
    row, column = place
    cells = table.columns if row == 0 else table.rows[row - 1].cells if row <= len(table.rows) else ()
    return cells[column - 1] if column <= len(cells) else None


def fault_of(table: PlannedTable, place: Place, words: str) -> str:
    """Why a cell may not be amended, "" where it may: values are facts, and no number is typed."""
    cell = cell_of(table, place)
    if cell is None:
        return "The table has no such cell."
    if any(isinstance(p, Placeholder) for p in cell):
        return "The cell holds a value of the sources: correct the source, or send the row back with a reason."
    if any(c.isdigit() for c in words) and re.findall(r"\d+", words) != re.findall(r"\d+", plain_text(cell)):
        return "A number cannot be typed into a table: it has to be a fact of the sources."
    if not words.strip():
        return "A cell that has words cannot be emptied."
    return ""


def amendments(text: CodedText) -> tuple[dict[Place, str], list[str]]:
    """The amendments of a table's row, and lines beside its code that are none."""
    found: dict[Place, str] = {}
    others: list[str] = []
    for line in "".join(p.text for p in text if isinstance(p, Text)).split("\n"):
        if read := _LINE.fullmatch(line.strip()):
            found[int(read["row"] or 0), int(read["column"])] = read["words"].strip()
        elif line.strip():
            others.append(line.strip())
    return found, others


def with_amendments(text: CodedText, more: Mapping[Place, str], table: PlannedTable) -> CodedText:
    """A table's row with more amendments; one that says what the plan says is none."""
    found, others = amendments(text)
    found |= more
    lines = [
        f"{said(p)}: {' '.join(w.split())}"
        for p, w in sorted(found.items())
        if plain_text(cell_of(table, p) or ()) != w
    ]
    codes = tuple(p for p in text if not isinstance(p, Text))
    return merge_text((*codes, *(Text(f"\n{line}") for line in (*others, *lines))))


def faults(plan: Plan, row: PlannedRow, text: CodedText) -> list[str]:
    """What is wrong with the lines beside a table's code."""
    table = table_of(plan, row)
    if table is None:
        return []
    found, others = amendments(text)
    said_wrong = [f"{said(p)}: {why}" for p, w in found.items() if (why := fault_of(table, p, w))]
    return said_wrong + [f"{len(others)} lines beside the table stand nowhere in the document."] * bool(others)


def amended(plan: Plan, texts: Mapping[Address, CodedText]) -> tuple[Plan, dict[Address, CodedText]]:
    """The plan with its tables as they are amended, and the texts with each table's row its code alone."""
    alone = dict(texts)
    tables = {t.key: t for t in plan.tables}
    for _, row in plan.rows():
        text = texts.get(row.address, row.text)
        table = table_of(plan, row)
        if table is None or len(text) < 2:
            continue
        found, _ = amendments(text)
        tables[table.key] = _with(table, {p: w for p, w in found.items() if not fault_of(table, p, w)})
        alone[row.address] = row.text
    if all(tables[t.key] is t for t in plan.tables):
        return plan, alone
    return replace(plan, tables=tuple(tables[t.key] for t in plan.tables)), alone


def table_of(plan: Plan, row: PlannedRow) -> PlannedTable | None:
    """The table that a row stands for, None for other rows."""
    code = row.text[0] if row.kind is BlockKind.TABLE and row.text else None
    if not isinstance(code, Placeholder) or code.kind != draft.TABLE:
        return None
    return next((t for t in plan.tables if t.key == code.data), None)


def _with(table: PlannedTable, words: Mapping[Place, str]) -> PlannedTable:
    if not words:
        return table

    def cells(row: int, given: tuple[CodedText, ...]) -> tuple[CodedText, ...]:
        return tuple((Text(words[row, n]),) if (row, n) in words else c for n, c in enumerate(given, 1))

    rows = tuple(TableRow(cells(n, r.cells), r.depth, r.head) for n, r in enumerate(table.rows, 1))
    return replace(table, columns=cells(0, table.columns), rows=rows)
