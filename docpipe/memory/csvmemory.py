"""Memories as CSV: columns source, target and, if wanted, note. Imports errors and the core only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from docpipe.errors import AssetMalformed
from docpipe.memory.termbase import decoded, rows
from docpipe.model.language import normal
from docpipe.model.terms import TmEntry
from docpipe.safe.cells import neutral, restored

__all__ = ["read_csv_memory", "write_csv_memory"]

COLUMNS = ["source", "target", "note"]


def read_csv_memory(data: bytes, source_language: str, target_language: str) -> list[TmEntry]:
    """The pairs of a CSV with the header ``source,target`` or ``source,target,note``, texts in wire form.

    Rows without a target are left out. Raises ``AssetMalformed`` naming the line, ``UnknownLanguage``.
    """
    source_language, target_language = normal(source_language), normal(target_language)
    table = iter(rows(decoded(data, "memory"), "memory"))
    _, header = next(table)
    names = [name.lower() for name in header]
    if names not in (COLUMNS, COLUMNS[:2]):
        raise AssetMalformed("The memory's first line must be source,target or source,target,note.", line=1)
    found = []
    for line, row in table:
        if len(row) > len(names) or len(row) < 2:
            raise AssetMalformed(f"Line {line} of the memory has {len(row)} columns, not {len(names)}.", line=line)
        if row[0] and row[1]:
            found.append(
                TmEntry(restored(row[0]), restored(row[1]), source_language, target_language, origin=f"line {line}")
            )
    if not found:
        raise AssetMalformed("The memory has no row with a source and a target.", line=1)
    return found


def write_csv_memory(entries: Iterable[TmEntry]) -> bytes:
    """The pairs as CSV, UTF-8 with a byte order mark, texts in wire form; ``note``: the entry's origin.

    Texts that a spreadsheet would calculate get an apostrophe, which reading takes off again (CWE-1236).
    """
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows([neutral(e.source), neutral(e.target), neutral(e.origin)] for e in entries)
    return out.getvalue().encode("utf-8-sig")
