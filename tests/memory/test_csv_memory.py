"""Memories as CSV: what goes out comes back, and no cell is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from docpipe.memory.csvmemory import read_csv_memory, write_csv_memory
from docpipe.model.terms import TmEntry

PAIRS = [
    ("plain", "einfach"),
    ("=SUM(A1)", "=SUMME(A1)"),
    ("-5 mg", "-5 mg"),
    ("+1", "+1"),
    ('@x, "y"\nz', "<1>ä</1>"),
    ("'quoted", "'zitiert"),
]


def test_pairs_come_back_as_they_were() -> None:
    written = write_csv_memory(TmEntry(s, t, "en", "de") for s, t in PAIRS)
    assert [(e.source, e.target) for e in read_csv_memory(written, "en", "de")] == PAIRS


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_no_cell_can_be_calculated(start: str) -> None:
    written = write_csv_memory([TmEntry(f"{start}1+1", f"{start}2", "en", "de", origin=f"{start}3")])
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1]
    assert all(c.startswith("'") for c in cells)
