"""A display copied cell by cell into an in-text table: its words and forms, every number a fact. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from docpipe.model.fact import Fact
from docpipe.model.source import Display
from docpipe.writing.arms import TOTAL
from docpipe.writing.book import Book
from docpipe.writing.columns import columns_of
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.labels import clean
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import bound, display_words


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows of printed cells, the label first, with their depths and the rows that are headings."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    depths: tuple[int, ...]
    headings: tuple[int, ...]


def copied(study: StudyData, book: Book, shown: DisplayFacts, arm: Callable[[str], str]) -> Copy:
    """The display as an in-text table. ``arm``: prints an arm's name."""
    d = shown.display
    at: dict[str, list[Fact]] = {}
    for fact in shown.facts:
        for place in fact.places:
            at.setdefault(place.locator, []).append(fact)
    heads = [""]
    for i, column in enumerate(columns_of(d, study.arms)):
        label = clean(" ".join(d.columns[i].path))
        said = (
            arm(column.arm)
            if column.arm and column.arm in study.arms.names
            else display_words(book, d, 0, ("head", str(i)), label)
        )
        if column.arm in study.arms.names and (rest := _beyond(d, i, study)):
            said += ", " + display_words(book, d, 0, ("head", str(i)), rest)
        size = next((f for f in at.get(d.place(0, i).locator, ()) if f.statistic == "N"), None)
        heads.append(
            f"{said} (N={book.value(size)})"
            if size is not None
            else "Total"
            if column.arm == TOTAL and not label
            else said
        )
    rows: list[tuple[str, ...]] = []
    depths: list[int] = []
    headings: list[int] = []
    told: set[tuple[str, ...]] = set()
    for row in d.rows:
        label = clean(row.path[-1]) if row.path else ""
        by_column = {c.column: c.text for c in row.cells}
        cells = [
            _cell(book, d, row.number, i, by_column.get(i, ""), at.get(d.place(row.number, i).locator, ()))
            for i in range(len(d.columns))
        ]
        if not label and not any(cells):
            continue
        above = tuple(clean(p) for p in row.path[:-1])
        for depth in range(1, len(above) + 1):
            if above[:depth] not in told and above[depth - 1]:
                told.add(above[:depth])
                headings.append(len(rows))
                rows.append((display_words(book, d, row.number, above[:depth], above[depth - 1]), *("" for _ in cells)))
                depths.append(depth - 1)
        told.add((*above, label))
        if not any(cells):
            headings.append(len(rows))
        rows.append((display_words(book, d, row.number, row.path, label), *cells))
        depths.append(max(row.depth, len([p for p in above if p])))
    return Copy(tuple(heads), tuple(rows), tuple(depths), tuple(headings))


def _beyond(display: Display, column: int, study: StudyData) -> str:
    """What a column's head says besides the arm."""
    return clean(" ".join(p for p in display.columns[column].path if study.arms.match(p) is None))


def _cell(book: Book, display: Display, row: int, column: int, text: str, facts: Sequence[Fact]) -> str:
    """A cell's text with its values as facts; other numbers in it are bound to the cell."""
    place = display.place(row, column)
    printed, start = "", 0
    for fact in facts:
        found = text.find(fact.formatted, start)
        if found < 0:
            continue
        printed += bound(book, text[start:found], display.number, (*fact.row, fact.arm), (place,), start) + str(
            book.value(fact)
        )
        start = found + len(fact.formatted)
    printed += bound(book, text[start:], display.number, ("cell", str(row), str(column)), (place,), start)
    return re.sub(r"(?<=[\[(;])[ \u00a0]+|[ \u00a0]+(?=[\])])", "", printed).strip()
