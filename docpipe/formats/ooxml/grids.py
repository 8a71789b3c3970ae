"""The tables of a document as grids of addressed cells with their spans, for previews. Imports parts, names and face.

Addresses are those of the reader (``StoryReader``): one counting rule, so that blocks fall into their cells.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, Element, child, is_on, w_attr
from docpipe.formats.ooxml.parts import open_parts
from docpipe.formats.ooxml.story import PASSED_OVER

Cell = tuple[str, int, int]
"""Address of the cell, columns, rows that it spans."""
_WIDEST = 63
"""Columns that a table may have (Word's own limit)."""


def grids(data: bytes) -> dict[str, list[tuple[bool, list[Cell]]]]:
    """Each table's rows by the table's address: whether the row is a heading row, and its cells. Raises as ``open_parts``."""
    found: dict[str, list[tuple[bool, list[Cell]]]] = {}
    for story in open_parts(data).stories:
        if story.kind == "comment":
            continue
        if story.kind == "document":
            bodies = [el for el in story.root if SHORT[el.tag] == "w:body"]
            for number, el in enumerate(bodies, 1):
                _walk(el, f"{story.name}#/body{f'[{number}]' if number > 1 else ''}", found)
        else:
            _walk(story.root, f"{story.name}#", found)
    return found


def _children(parent: Element, path: str) -> list[tuple[str, Element, str]]:
    """Short name, element and address of what the reader sees directly below."""
    counts: Counter[str] = Counter()
    out = []
    for el in parent:
        name = SHORT[el.tag]
        if name in PASSED_OVER or (name == "w:p" and is_face(el)):
            continue
        local = name.rsplit(":", 1)[-1].rsplit("}", 1)[-1]
        counts[local] += 1
        out.append((name, el, f"{path}/{local}[{counts[local]}]"))
    return out


def _walk(parent: Element, path: str, found: dict[str, list[tuple[bool, list[Cell]]]]) -> None:
    for name, el, here in _children(parent, path):
        if name == "w:tbl":
            found[here] = _table(el, here, found)
        elif name == "w:sdt":
            content = child(el, "w:sdtContent")
            if content is not None:
                _walk(content, here, found)
        elif name not in ("w:p", "mc:AlternateContent") and len(el):
            _walk(el, here, found)


def _below(parent: Element, path: str, wanted: str) -> list[tuple[Element, str]]:
    """Rows of a table or cells of a row, also those in content controls."""
    out: list[tuple[Element, str]] = []
    for name, el, here in _children(parent, path):
        if name == wanted:
            out.append((el, here))
        elif name == "w:sdt":
            content = child(el, "w:sdtContent")
            if content is not None:
                out += _below(content, here, wanted)
        elif name == "w:customXml":
            out += _below(el, here, wanted)
    return out


def _table(table: Element, path: str, found: dict[str, Any]) -> list[tuple[bool, list[Cell]]]:
    rows: list[tuple[bool, list[list[Any]]]] = []
    open_cells: dict[int, list[Any]] = {}
    for row, row_path in _below(table, path, "w:tr"):
        properties = child(row, "w:trPr")
        heading = properties is not None and is_on(child(properties, "w:tblHeader"))
        column, cells = _skipped(properties), []
        for cell, here in _below(row, row_path, "w:tc"):
            _walk(cell, here, found)
            width, merge = _merge(cell)
            if merge == "continue" and column in open_cells:
                open_cells[column][2] += 1
            else:
                made = [here, width, 1]
                cells.append(made)
                open_cells.pop(column, None)
                if merge == "restart":
                    open_cells[column] = made
            column += width
        rows.append((heading, cells))
    return [(heading, [(str(a), int(w), int(h)) for a, w, h in cells]) for heading, cells in rows]


def _skipped(properties: Element | None) -> int:
    return _number(child(properties, "w:gridBefore") if properties is not None else None, 0)


def _merge(cell: Element) -> tuple[int, str]:
    properties = child(cell, "w:tcPr")
    if properties is None:
        return 1, ""
    merge = child(properties, "w:vMerge")
    state = "" if merge is None else (w_attr(merge, "val") or "continue")
    return max(1, _number(child(properties, "w:gridSpan"), 1)), state


def _number(element: Element | None, default: int) -> int:
    value = (w_attr(element, "val") or "") if element is not None else ""
    return min(int(value), _WIDEST) if value.isascii() and value.isdecimal() and len(value) < 4 else default
