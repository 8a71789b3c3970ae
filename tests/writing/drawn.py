"""Builders of the tests of writing: displays and datasets in a few words, and the pilot study read by the product's readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.source import (
    ColumnHead,
    Dataset,
    Display,
    DisplayCell,
    DisplayRow,
    SourceFile,
    SourceKind,
    Value,
    Variable,
)
from docpipe.sources import docx_tables, rtf_tables, xpt
from docpipe.writing.arms import Arms

ARMS = Arms(("Placebo", "Drug 10 mg", "Drug 20 mg"))
__all__ = ["ARMS", "changed", "dataset", "display", "dropped", "pilot_data", "pilot_displays", "swapped"]


def source(name: str, kind: SourceKind) -> SourceFile:
    return SourceFile(name, Digest(digest_bytes(name.encode())), "text/plain", kind, "ST1")


def display(
    columns: str,
    rows: str,
    title: str = "Summary",
    population: str = "Safety",
    footnotes: Sequence[str] = (),
    heads: Sequence[str] = ("",),
) -> Display:
    """``columns``: ``Placebo N=10 | Drug 10 mg > n(%) N=11``; ``rows``: lines of ``Sex > Male | 5 (50%) | 6 (55%)``."""
    found = []
    for head in columns.split("|"):
        path, _, n = head.strip().partition(" N=")
        found.append(ColumnHead(tuple(p.strip() for p in path.split(">>")), int(n) if n else None))
    body = []
    for number, line in enumerate(filter(str.strip, rows.splitlines()), 1):
        label, *cells = line.split("|")
        path = tuple(p.strip() for p in label.split(">>"))
        body.append(
            DisplayRow(
                path,
                len(path) - 1,
                tuple(DisplayCell(i, c[1:-1]) for i, c in enumerate(c + " " for c in cells)),
                number,
            )
        )
    return Display(
        source("t.rtf", SourceKind.DISPLAY),
        1,
        "Table 1",
        title,
        population,
        "ST1",
        tuple(found),
        tuple(body),
        tuple(footnotes),
        tuple(heads),
    )


def dataset(name: str, variables: str, *records: str) -> Dataset:
    """``variables``: ``USUBJID AGE:n``; records: words, ``.`` is missing, ``_`` is a blank inside a word."""
    described = []
    for word in variables.split():
        title, _, kind = word.partition(":")
        described.append(Variable(title, title.capitalize(), "number" if kind == "n" else "text"))
    rows: list[tuple[Value, ...]] = []
    for record in records:
        words: list[Value] = []
        for variable, word in zip(described, record.split(), strict=True):
            words.append(None if word == "." else float(word) if variable.kind == "number" else word.replace("_", " "))
        rows.append(tuple(words))
    return Dataset(source(name, SourceKind.DATASET), name, "", tuple(described), tuple(rows))


def pilot_data(folder: Path) -> tuple[Dataset, ...]:
    found: list[Dataset] = []
    for path in sorted(folder.glob("*.xpt")):
        data = path.read_bytes()
        given = SourceFile(path.name, digest_bytes(data), "application/x-sas-xport", SourceKind.DATASET)
        found += [d for d in xpt.SOURCE.read(data, given) if isinstance(d, Dataset)]
    return tuple(found)


def pilot_displays(folder: Path, suffix: str) -> tuple[Display, ...]:
    reader = {"rtf": rtf_tables.SOURCE, "docx": docx_tables.SOURCE}[suffix]
    found: list[Display] = []
    for path in sorted(folder.glob(f"*.{suffix}")):
        data = path.read_bytes()
        found += reader.read(data, SourceFile(path.name, digest_bytes(data), "", SourceKind.DISPLAY))
    return tuple(found)


def changed(shown: Display, row: tuple[str, ...], column: int, text: str) -> Display:
    """The display with one cell's text changed."""
    assert any(r.path == row for r in shown.rows)
    rows = tuple(
        replace(r, cells=tuple(replace(c, text=text) if c.column == column else c for c in r.cells))
        if r.path == row
        else r
        for r in shown.rows
    )
    return replace(shown, rows=rows)


def swapped(shown: Display, a: Sequence[int], b: Sequence[int]) -> Display:
    """The display with the cells of some columns in each other's place."""
    other = {**dict(zip(a, b, strict=True)), **dict(zip(b, a, strict=True))}
    rows = tuple(
        replace(r, cells=tuple(replace(c, column=other.get(c.column, c.column)) for c in r.cells)) for r in shown.rows
    )
    return replace(shown, rows=rows)


def dropped(shown: Display, row: tuple[str, ...]) -> Display:
    """The display without a row."""
    return replace(shown, rows=tuple(r for r in shown.rows if r.path != row))
