"""The texts of charts: titles and labels (``a:p``) and the cached strings of series and categories, with the cells they come from.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 21.2; [MS-ODRAWXML] 2.24 (chartex).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from docpipe.formats.ooxml.drawing_text import DrawingReader
from docpipe.formats.ooxml.names import SHORT, Element, child
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.records import ChartText, Reading, ValueRecord
from docpipe.formats.ooxml.workbook import Cell, cells_of
from docpipe.model.document import Address, BlockKind


def is_chart(media_type: str) -> bool:
    """Whether a part of this type is a chart or holds a chart's shapes."""
    return any(word in media_type for word in ("drawingml.chart+", "drawingml.chartshapes+", "ms-office.chartex+"))


def workbook_part(parts: Parts, chart: str) -> str:
    """The embedded workbook that a chart draws from, or "" where it has none."""
    return next((name for name in parts.related(chart, "package") if name in parts.package), "")


@dataclass(frozen=True, slots=True)
class CachedText:
    """A string in a chart's cache and the cell it was taken from (None: stated in the chart itself)."""

    element: Element
    cell: Cell | None


def read_charts(reading: Reading, reader: DrawingReader, names: list[str], keep_data: bool) -> None:
    """Reads the charts. ``keep_data``: strings of the charts' data stay, as they stay in the worksheets they come from."""
    for part in names:
        root = reading.parts.tree(part)
        if root is None:
            continue
        for number, p in enumerate(root.iter("{*}p"), 1):
            if SHORT[p.tag] == "a:p":
                reader.read(p, part, f"{part}#/p[{number}]", BlockKind.CHART_TEXT)
        workbook = workbook_part(reading.parts, part)
        _strings(reading, part, root, workbook, keep_data)


def _strings(reading: Reading, part: str, root: Element, workbook: str, keep: bool) -> None:
    groups: dict[object, list[tuple[int, CachedText]]] = {}
    for number, cached in enumerate(cached_texts(root), 1):
        text = cached.element.text or ""
        if not text:
            continue
        key = (cached.cell, text) if cached.cell is not None else number
        groups.setdefault(key, []).append((number, cached))
    for group in groups.values():
        text = group[0][1].element.text or ""
        if keep or text.isspace():
            reading.skips += [("chart-data" if keep else "white-space", len(text))] * len(group)
            continue
        elements = [cached.element for _, cached in group]
        record = ValueRecord(
            part, Address(f"{part}#/string[{group[0][0]}]"), BlockKind.CHART_TEXT, text, _put_all(elements)
        )
        reading.records.append(record)
        reading.translated += len(text)
        reading.skips += [("copy-of-chart-text", len(text))] * (len(group) - 1)
        reading.echoes |= {Address(f"{part}#/string[{number}]"): record for number, _ in group[1:]}
        reading.chart_texts += [ChartText(record, c.element, number, workbook, c.cell) for number, c in group]


def _put_all(elements: list[Element]) -> Callable[[str], None]:
    def put(text: str) -> None:
        for el in elements:
            el.text = text

    return put


def cached_texts(root: Element) -> Iterator[CachedText]:
    """Every string that a chart holds beside its paragraphs, in the order of the file."""
    for el in root.iter():
        name = SHORT[el.tag]
        if name in ("c:strRef", "c15:datalabelsRange"):
            cache = child(el, "c:strCache") if name == "c:strRef" else child(el, "c15:dlblRangeCache")
            cells = _row(_formula(el))
            if cache is not None:
                yield from _points(cache, cells)
        elif name == "c:multiLvlStrRef":
            yield from _levels(child(el, "c:multiLvlStrCache"), cells_of(_formula(el)), "c:lvl")
        elif name == "c:strLit":
            yield from _points(el, [])
        elif name in ("c:tx", "c15:tx") and (value := child(el, "c:v")) is not None:
            yield CachedText(value, None)
        elif name == "cx:strDim":
            yield from _levels(el, cells_of(_formula(el)), "cx:lvl")
        elif name == "cx:txData" and (value := child(el, "cx:v")) is not None:
            cells = _row(_formula(el))
            yield CachedText(value, cells[0] if cells else None)


def _formula(el: Element) -> str:
    return next((e.text or "" for e in el if SHORT[e.tag] in ("c:f", "c15:f", "cx:f")), "")


def _row(formula: str) -> list[Cell]:
    return [cell for column in cells_of(formula) for cell in column]


def _points(cache: Element, cells: list[Cell]) -> Iterator[CachedText]:
    for point in cache:
        if SHORT[point.tag] == "c:pt" and (value := child(point, "c:v")) is not None:
            yield CachedText(value, _at(cells, point))
        elif SHORT[point.tag] == "cx:pt":
            yield CachedText(point, _at(cells, point))


def _at(cells: list[Cell], point: Element) -> Cell | None:
    index = point.get("idx", "")
    at = int(index) if index.isascii() and index.isdecimal() and len(index) < 8 else len(cells)
    return cells[at] if at < len(cells) else None


def _levels(cache: Element | None, columns: list[list[Cell]], name: str) -> Iterator[CachedText]:
    """Levels stand from the innermost outwards: the last column first."""
    levels = [el for el in cache if SHORT[el.tag] == name] if cache is not None else []
    for number, level in enumerate(levels):
        at = len(columns) - 1 - number
        yield from _points(level, columns[at] if 0 <= at < len(columns) else [])
