"""Heads of a table's cells, read from the cells' addresses: ``.../tbl[2]/tr[3]/tc[1]/p[1]``. Imports the core only.

Without the file's own word for it, a table's first row heads its columns and the first cell of a row heads the row. Where
merged cells make a row shorter than the first, its columns cannot be told and have no head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.model.document import Address
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment

__all__ = ["heads_of"]

_CELL = re.compile(
    r"(?P<table>.*/tbl\[\d+\](?:/sdt\[\d+\])*)/tr\[(?P<row>\d+)\](?:/sdt\[\d+\])*/tc\[(?P<column>\d+)\]/(?P<rest>[^#]*)"
)
LONGEST = 60
"""Characters of a head that are shown."""


@dataclass(slots=True)
class _Table:
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    width: dict[int, int] = field(default_factory=dict)


def heads_of(segments: Sequence[Segment]) -> Mapping[Address, tuple[str, ...]]:
    """Column head and row head, as far as they are there, of each cell's paragraph by its address. A head has none of its own kind."""
    tables: dict[str, _Table] = {}
    cells: list[tuple[Address, str, int, int]] = []
    for s in segments:
        match = _CELL.fullmatch(s.address)
        if match is None:
            continue
        row, column = int(match["row"]), int(match["column"])
        table = tables.setdefault(match["table"], _Table())
        before = table.texts.get((row, column), "")
        if len(before) < LONGEST:
            table.texts[row, column] = (
                f"{before}{s.before if before else ''}{plain_text(s.source, equiv=True)}{s.after}".strip()
            )
        table.width[row] = max(table.width.get(row, 0), column)
        if not cells or cells[-1][0] != s.address:
            cells.append((s.address, match["table"], row, column))
    found: dict[Address, tuple[str, ...]] = {}
    for address, name, row, column in cells:
        table = tables[name]
        first = min(table.width)
        heads: list[str] = []
        if row > first and column > 1 and table.width[row] == table.width[first]:
            heads.append(table.texts.get((first, column), ""))
        if column > 1 and row > first:
            heads.append(table.texts.get((row, 1), ""))
        if kept := tuple(_short(h) for h in dict.fromkeys(heads) if any(ch.isalpha() for ch in h)):
            found[address] = kept
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
