"""Facts of a display: every value of every cell with its arm, statistic, N, set, window and place. Imports the core and its own room.

A cell that is not understood is listed with the reason; a blank cell states nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.source import Display, DisplayCell, DisplayRow, Place
from docpipe.writing.arms import TOTAL, Arms
from docpipe.writing.cells import ParsedCell, parse_cell
from docpipe.writing.columns import Column, columns_of, population_of
from docpipe.writing.labels import DESCRIPTIVE, clean, statistics_of, window_of

_ALONE = ("p", "events")
"""Statistics of a column that hold for its cells whatever the row's label says."""
_FREE = {
    "V(V%)": ("n", "pct"),
    "V(V%)[V]": ("n", "pct", "events"),
    "V/V(V%)": ("n", "denominator", "pct"),
    "V%": ("pct",),
    "[V]": ("events",),
}
_SPREAD = {"ci": ("lower", "upper"), "range": ("min", "max"), "iqr": ("q1", "q3")}
_MARK = re.compile(r"\[\d{1,2}\]|\[[a-z]\]")


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell or a head that was not understood. ``reason``: one sentence without the cell's text."""

    place: Place
    display: str
    row: tuple[str, ...]
    column: tuple[str, ...]
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisplayFacts:
    """What a display says. ``cells``: how many of its cells hold something; each is behind a fact or in ``unread``."""

    display: Display
    facts: tuple[Fact, ...]
    unread: tuple[Unread, ...]
    cells: int


def facts_of_display(display: Display, arms: Arms, data_version: str) -> DisplayFacts:
    """Every value of a display as a fact; Ns of column heads are facts with an empty row and statistic ``N``."""
    reading = _Reading(display, arms, data_version)
    facts, unread, cells = list(reading.heads()), list(reading.unknown_heads()), 0
    for row in display.rows:
        for cell in row.cells:
            if not cell.text.strip():
                continue
            cells += 1
            found = reading.cell(row, cell)
            if isinstance(found, str):
                place, head = display.place(row.number, cell.column), _head(display, cell.column)
                unread.append(Unread(place, display.number, row.path, head, cell.text, found))
            else:
                facts += found
    return DisplayFacts(display, tuple(facts), tuple(unread), cells)


def statistics_for(cell: ParsedCell, row: tuple[str, ...], column: tuple[str, ...]) -> tuple[str, ...]:
    """The statistic of each value of a cell, from what its row and its column are said to hold; () where that does not fit."""
    for hints in (row, column):
        if not hints:
            continue
        fitting = next((s for s in _spread(hints) if len(s) == len(cell.values)), ())
        if fitting:
            return fitting
        if hints[0] == "n" and cell.shape == "V":
            return ("n",)
        if set(hints) <= {"n", "pct"} and cell.shape in _FREE:
            return _FREE[cell.shape]
    return () if row or column else _FREE.get(cell.shape, ())


class _Reading:
    """One display being read."""

    def __init__(self, display: Display, arms: Arms, data_version: str) -> None:
        self.display, self.version = display, data_version
        self.columns = columns_of(display, arms)
        texts = (*display.footnotes, *display.row_heads)
        self.marks = frozenset(m for t in texts if (m := t.strip()[:3]) and _MARK.fullmatch(m))
        self.counts = {c for c in range(len(self.columns)) if self._counts(c)}
        self.default = next((s for h in reversed(display.row_heads) if (s := statistics_of(h)[0])), ())

    def _counts(self, column: int) -> bool:
        """The column holds counts where nothing says what it holds: whole numbers of none above N, or counts with percentages."""
        cells = [
            parse_cell(c.text)
            for r in self.display.rows
            for c in r.cells
            if c.column == column and not statistics_of((r.path or ("",))[-1])[0]
        ]
        full = [c for c in cells if not c.blank]
        n = self.columns[column].n
        whole = all(c.shape in ("V(V%)", "V(V)", "V") and c.values[0].decimals == 0 for c in full)
        return bool(full) and whole and n is not None and all((c.values[0].number or 0) <= n for c in full)

    def heads(self) -> list[Fact]:
        found = []
        for i, column in enumerate(self.columns):
            if column.n is not None and column.arm is not None:
                text = str(column.n)
                place = self.display.place(0, i)
                counted = replace(column, population=column.n_population)
                found.append(self._fact(column.group, counted, "N", text, text, 0, column.window, place))
        return found

    def unknown_heads(self) -> list[Unread]:
        return [
            Unread(
                self.display.place(0, i), self.display.number, (), _head(self.display, i), " ".join(_head(self.display, i)),
                "The column's head names no arm of the study.",
            )
            for i, column in enumerate(self.columns)
            if column.arm is None
        ]  # fmt: skip

    def cell(self, row: DisplayRow, cell: DisplayCell) -> list[Fact] | str:
        """The facts of a cell, or why there are none."""
        if not 0 <= cell.column < len(self.columns):
            return "The cell belongs to no column of the display."
        column = self.columns[cell.column]
        path = tuple(p for p in (clean(p) for p in row.path) if p)
        hints, pure = statistics_of(row.path[-1]) if row.path else ((), False)
        marks = self.marks if "events" not in (*column.statistics, *hints) else ()
        parsed = parse_cell(cell.text, marks)
        if parsed.reason:
            return f"The cell was not read: {parsed.reason}."
        alone = column.statistics if column.statistics and column.statistics[0] in _ALONE else ()
        first = alone or (hints if pure or not column.statistics else column.statistics)
        second = () if alone else column.statistics or self.default
        names = statistics_for(parsed, first, second)
        if not names and any(h in _SPREAD for h in first):
            parsed = parse_cell(cell.text, marks, pair=True)
            names = statistics_for(parsed, first, second) if not parsed.reason else ()
        if not names and cell.column in self.counts and not first:
            names = ("n", "pct")[: len(parsed.values)] if parsed.shape in ("V", "V(V)", "V(V%)") else ()
        if not names:
            return "Neither the row, the column nor the form of the cell says which statistic it holds."
        if wrong := _impossible(parsed, names):
            return wrong
        if pure and len(path) > 1 and set(hints) <= DESCRIPTIVE:
            path = path[:-1]
        window = window_of([*reversed(row.path), column.window, self.display.title])
        where = self.display.place(row.number, cell.column)
        arm = column if column.arm is not None else _named_by_head(column)
        return [
            self._fact((*arm.group, *path), arm, name, v.raw, v.text, v.decimals, window, where)
            for name, v in zip(names, parsed.values, strict=True)
        ]

    def _fact(
        self,
        row: tuple[str, ...],
        column: Column,
        statistic: str,
        raw: str,
        formatted: str,
        decimals: int | None,
        window: str,
        place: Place,
    ) -> Fact:
        d = self.display
        return Fact(
            d.study, self.version, d.number, row, column.arm or TOTAL, statistic, raw, formatted, decimals, column.n,
            column.population or population_of(d.population), window, (place,),
        )  # fmt: skip


def _named_by_head(column: Column) -> Column:
    """A column that fits no arm keeps its head's own words as its arm."""
    return replace(column, arm=" / ".join(column.group), group=())


def _head(display: Display, column: int) -> tuple[str, ...]:
    return display.columns[column].path if 0 <= column < len(display.columns) else ()


def _spread(hints: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Hints with ci, range and iqr as two limits each, then as one value each."""
    two = tuple(s for h in hints for s in _SPREAD.get(h, (h,)))
    return [two] if two == hints else [two, hints]


def _impossible(cell: ParsedCell, names: tuple[str, ...]) -> str:
    """Why a value cannot be what it is said to be, or ""."""
    for name, value in zip(names, cell.values, strict=True):
        number = value.number
        if number is None:
            continue
        if name in ("n", "N", "events", "denominator") and (number < 0 or number != number.to_integral_value()):
            return "A count is not a whole number."
        if name == "p" and not 0 <= number <= 1:
            return "A p-value is not between 0 and 1."
        if name == "pct" and not 0 <= number <= Decimal(100):
            return "A percentage is not between 0 and 100."
        if name in ("sd", "se") and number < 0:
            return "A standard deviation or error is below 0."
    return ""
