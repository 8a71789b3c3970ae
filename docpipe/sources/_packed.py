"""Records of fixed length in SAS transport files: raw cells by column, and the values that they stand for. Imports the core only.

Works through a body in stretches, so that a large dataset needs little more memory than its values.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice, Value, Variable
from docpipe.sources._ibm import from_ibm, missing_letter

_CELLS_AT_ONCE = 200_000
_REMEMBERED = 1 << 16
"""Different values of a column that are kept, so that equal ones are converted and held once."""


@dataclass(frozen=True, slots=True)
class Column:
    """A variable, its number in the file, and where its cells begin in a record."""

    variable: Variable
    number: int
    start: int
    length: int


def raw_cells(body: bytes, count: int, record: int, columns: Sequence[Column]) -> Iterator[list[tuple[bytes, ...]]]:
    """The cells of ``count`` records of ``record`` bytes, stretch after stretch: a tuple a column, in the order of ``columns``."""
    placed = sorted(range(len(columns)), key=lambda i: columns[i].start)
    form, at = "", 0
    for column in (columns[i] for i in placed):
        form += f"{column.start - at}x{column.length}s"
        at = column.start + column.length
    packed = struct.Struct(f"{form}{record - at}x")
    order = {column: place for place, column in enumerate(placed)}
    step = max(1, _CELLS_AT_ONCE // max(1, len(columns)))
    whole = memoryview(body)
    for first in range(0, count if columns else 0, step):
        part = whole[first * record : min(first + step, count) * record]
        cells = list(zip(*packed.iter_unpack(part), strict=True))
        yield [cells[order[i]] for i in range(len(columns))]


class _Values(dict[bytes, Value]):
    """Raw cells to values, converted when first met. ``odd``: those that something is to be told of, and what."""

    def __init__(self, convert: Callable[[bytes], Value], oddity: Callable[[bytes, Value], str]) -> None:
        super().__init__()
        self._convert = convert
        self._oddity = oddity
        self.odd: dict[bytes, str] = {}

    def __missing__(self, raw: bytes) -> Value:
        value = self._convert(raw)
        if said := self._oddity(raw, value):
            self.odd[raw] = said
        if len(self) < _REMEMBERED:
            self[raw] = value
        return value


def records_of(
    body: bytes, count: int, record: int, columns: Sequence[Column], encoding: str, dataset: str
) -> tuple[tuple[tuple[Value, ...], ...], list[SourceNotice]]:
    """The records, and what is to be told: values missing for a stated reason, texts cut inside a character."""

    def text(raw: bytes) -> Value:
        return raw.decode(encoding, "replace").rstrip(" \0") or None

    tables = [_Values(from_ibm, _letter) if c.variable.kind == "number" else _Values(text, _cut) for c in columns]
    records: list[tuple[Value, ...]] = []
    for cells in raw_cells(body, count, record, columns):
        records += zip(*(map(t.__getitem__, c) for t, c in zip(tables, cells, strict=True)), strict=True)
    notices = [
        notice
        for column, table in zip(columns, tables, strict=True)
        if table.odd
        for notice in _told(body, count, record, column, table.odd, dataset)
    ]
    return tuple(records), notices


def _letter(raw: bytes, value: Value) -> str:
    """``._`` and ``.A`` to ``.Z``; the plain missing value is nothing to tell."""
    return (missing_letter(raw) or "").removesuffix(".") if value is None else ""


def _cut(raw: bytes, value: Value) -> str:
    return "cut" if not raw.isascii() and str(value).endswith("\ufffd") else ""


def _told(
    body: bytes, count: int, record: int, column: Column, odd: dict[bytes, str], dataset: str
) -> Iterator[SourceNotice]:
    name = column.variable.name
    places: dict[str, list[int]] = {}
    numbered = enumerate((c for (part,) in raw_cells(body, count, record, [column]) for c in part), 1)
    for number, raw in numbered:
        if what := odd.get(raw):
            places.setdefault(what, []).append(number)
    for what, found in sorted(places.items()):
        place = f"dataset:{dataset}#{found[0]}/{name}"
        if what == "cut":
            said = f"{len(found)} value(s) of {name} are cut off inside a character."
            yield SourceNotice("source.text_cut", Severity.MAJOR, said, locator=place)
        else:
            said = f"{len(found)} value(s) of {name} are missing as {what}."
            yield SourceNotice("source.special_missing", Severity.MINOR, said, locator=place)
