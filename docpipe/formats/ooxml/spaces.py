"""Places of a document whose room is bounded: text boxes, rows and frames of a fixed height, cells of a fixed width, headers.

Imports the core and its neighbours. Source: ISO/IEC 29500-1, 17.4.80 (row height), 17.3.1.11 (frames), 20.1.2.1.1 (text body).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docpipe.formats.ooxml.names import SHORT, Element, child, is_on, w_attr
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.reading import read_document
from docpipe.formats.ooxml.records import Record
from docpipe.model.document import ReadPolicy

EMU = 12_700
TWIP = 20
_SERIF = ("times", "song", "serif", "garamond", "georgia", "cambria", "ming", "roman", "batang", "simsun", "宋", "明")
_STRETCH = {"calibri": 0.93, "carlito": 0.93, "cambria": 1.02, "verdana": 1.15, "arial narrow": 0.82, "tahoma": 0.98}
EDGE = 10.8
"""Points that a cell's margins take together unless it says otherwise."""


def spaces(data: bytes, policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each bounded place: ``kind``, ``address`` of its first paragraph, ``width`` and ``height`` in points (0: not bounded), and
    ``paragraphs`` as [address, look]. Fields of ``docpipe.checks.fit``. Raises as ``read_document``."""
    reading = read_document(data, ReadPolicy(**{**policy, "fields": tuple(policy["fields"])}))
    styles = Looks(reading.parts)
    page = _page_width(reading.parts)
    kinds = {s.name: s.kind for s in reading.parts.stories}
    found: dict[Element, dict[str, Any]] = {}
    for record in reading.records:
        paragraph = _paragraph_of(record)
        if paragraph is None:
            continue
        key, place = _place(paragraph, kinds.get(record.part, ""), page)
        if place is None:
            continue
        entry = found.setdefault(key, {**place, "address": str(record.address), "paragraphs": []})
        entry["paragraphs"].append([str(record.address), styles.of(paragraph)])
    return list(found.values())


def _paragraph_of(record: object) -> Element | None:
    if not isinstance(record, Record) or record.coding is None:
        return None
    element = record.paragraph.element
    return element if element is not None and SHORT[element.tag] == "w:p" else None


def _place(paragraph: Element, story: str, page: float) -> tuple[Element, dict[str, Any] | None]:
    """The nearest bounded place round a paragraph, with the element that it is."""
    frame = _frame(paragraph)
    if frame is not None:
        return paragraph, frame
    cell: Element | None = None
    for el in paragraph.iterancestors():
        name = SHORT[el.tag]
        if name == "w:txbxContent":
            return el, _box(el)
        if name == "w:tc" and cell is None:
            cell = el
        elif name == "w:tr" and cell is not None:
            return cell, _cell(el, cell)
    if story in ("header", "footer") and page > 0:
        return paragraph, {"kind": "line", "width": page, "height": 0.0}
    return paragraph, None


def _box(content: Element) -> dict[str, Any] | None:
    shape = next((a for a in content.iterancestors() if SHORT[a.tag] == "wps:wsp"), None)
    if shape is None:
        return _vml_box(content)
    body = next((el for el in shape if SHORT[el.tag] == "wps:bodyPr"), None)
    extent = next((el for el in shape.iter() if SHORT[el.tag] == "a:ext" and el.get("cx")), None)
    if (
        extent is None
        or body is None
        or any(SHORT[el.tag] == "a:spAutoFit" for el in body)
        or body.get("vert", "horz") != "horz"
    ):
        return None
    inset = {k: number(body.get(k), d) for k, d in (("lIns", 91440), ("rIns", 91440), ("tIns", 45720), ("bIns", 45720))}
    width = (number(extent.get("cx"), 0) - inset["lIns"] - inset["rIns"]) / EMU
    height = (number(extent.get("cy"), 0) - inset["tIns"] - inset["bIns"]) / EMU
    return {"kind": "box", "width": width, "height": height} if width > 0 and height > 0 else None


def _vml_box(content: Element) -> dict[str, Any] | None:
    shape = next((a for a in content.iterancestors() if SHORT[a.tag] in ("v:shape", "v:rect", "v:roundrect")), None)
    holder = content.getparent()
    if shape is None or "fit-shape-to-text:t" in (holder.get("style", "") if holder is not None else ""):
        return None
    stated = dict(part.split(":", 1) for part in shape.get("style", "").replace(" ", "").split(";") if ":" in part)
    width, height = points(stated.get("width", "")) - 14.4, points(stated.get("height", "")) - 7.2
    return {"kind": "box", "width": width, "height": height} if width > 0 and height > 0 else None


def _cell(row: Element, cell: Element) -> dict[str, Any] | None:
    properties = child(row, "w:trPr")
    height = child(properties, "w:trHeight") if properties is not None else None
    exact = height is not None and w_attr(height, "hRule") == "exact"
    table = next((a for a in row.iterancestors() if SHORT[a.tag] == "w:tbl"), None)
    layout = child(t, "w:tblLayout") if table is not None and (t := child(table, "w:tblPr")) is not None else None
    fixed = layout is not None and w_attr(layout, "type") == "fixed"
    own = child(cell, "w:tcPr")
    stated = child(own, "w:tcW") if own is not None else None
    width = (
        number(w_attr(stated, "w"), 0) / TWIP - EDGE
        if stated is not None and w_attr(stated, "type") in (None, "dxa")
        else 0.0
    )
    if width <= 0 or (own is not None and child(own, "w:textDirection") is not None):
        return None
    if exact and height is not None:
        return {"kind": "row", "width": width, "height": number(w_attr(height, "val"), 0) / TWIP}
    return {"kind": "cell", "width": width, "height": 0.0} if fixed else None


def _frame(paragraph: Element) -> dict[str, Any] | None:
    properties = child(paragraph, "w:pPr")
    frame = child(properties, "w:framePr") if properties is not None else None
    if frame is None or w_attr(frame, "hRule") != "exact":
        return None
    width, height = (number(w_attr(frame, k), 0) / TWIP for k in ("w", "h"))
    return {"kind": "frame", "width": width, "height": height} if width > 0 and height > 0 else None


def _page_width(parts: Parts) -> float:
    """Width of the text on the first section's pages in points; 0 where the file does not say."""
    for section in parts.stories[0].root.iter("{*}sectPr"):
        size, margin = child(section, "w:pgSz"), child(section, "w:pgMar")
        if size is not None and margin is not None:
            return (number(w_attr(size, "w"), 0) - sum(number(w_attr(margin, k), 0) for k in ("left", "right"))) / TWIP
    return 0.0


class Looks:
    """How paragraphs are set: by their first run, their style and those it is based on, the document's defaults."""

    def __init__(self, parts: Parts) -> None:
        self._styles: dict[str, Element] = {}
        self._defaults: list[Element] = []
        self._first = ""
        root = next((t for n in parts.related(parts.main, "styles") if (t := parts.tree(n)) is not None), None)
        for el in root if root is not None else ():
            if SHORT[el.tag] == "w:style":
                identity = w_attr(el, "styleId") or ""
                self._styles[identity] = el
                if w_attr(el, "type") == "paragraph" and w_attr(el, "default") in ("1", "true", "on"):
                    self._first = self._first or identity
            elif SHORT[el.tag] == "w:docDefaults":
                self._defaults = list(el.iter("{*}rPr", "{*}pPr"))

    def of(self, paragraph: Element) -> dict[str, Any]:
        """The fields of ``docpipe.checks.fit.Look``."""
        runs, paragraphs = list(self._run_properties(paragraph)), list(self._paragraph_properties(paragraph))
        size = number(_first(runs, "w:sz", "val"), 22) / 2
        name = (_first(runs, "w:rFonts", "ascii") or _first(runs, "w:rFonts", "hAnsi") or "").lower()
        face = (
            "mono"
            if "courier" in name or "mono" in name
            else "serif"
            if any(w in name for w in _SERIF) or not name
            else "sans"
        )
        bold = next((is_on(b) for p in runs if (b := child(p, "w:b")) is not None), False)
        line, rule = _first(paragraphs, "w:spacing", "line"), _first(paragraphs, "w:spacing", "lineRule")
        leading = size * 1.17
        if line and line.lstrip("-").isdigit():
            leading = (
                int(line) / TWIP
                if rule == "exact"
                else leading * int(line) / 240
                if rule in (None, "", "auto")
                else max(leading, int(line) / TWIP)
            )
        indent = sum(number(_first(paragraphs, "w:ind", k), 0) for k in ("left", "right")) / TWIP
        return {
            "size": size,
            "face": face,
            "bold": bold,
            "stretch": _STRETCH.get(name, 1.0),
            "line": leading,
            "indent": max(0.0, indent),
        }

    def apart(self, paragraph: Element) -> float:
        """Points before and after the paragraph together. Automatic ones, as in HTML, fall together with those of its neighbour."""
        stated = list(self._paragraph_properties(paragraph))
        sizes = [number(_first(stated, "w:spacing", k), 0) / TWIP for k in ("before", "after")]
        marks = [_first(stated, "w:spacing", f"{k}Autospacing") for k in ("before", "after")]
        return max(sizes) if any(m in ("1", "true", "on") for m in marks) else sum(sizes)

    def on(self, paragraph: Element, short: str) -> bool:
        """Whether a paragraph or its style has a property switched on."""
        return next(
            (is_on(el) for p in self._paragraph_properties(paragraph) if (el := child(p, short)) is not None), False
        )

    def _chain(self, paragraph: Element) -> Iterator[Element]:
        properties = child(paragraph, "w:pPr")
        named = child(properties, "w:pStyle") if properties is not None else None
        style = (w_attr(named, "val") or "") if named is not None else self._first
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            based = child(self._styles[style], "w:basedOn")
            style = (w_attr(based, "val") or "") if based is not None else ""

    def _run_properties(self, paragraph: Element) -> Iterator[Element]:
        run = next(
            (r for r in paragraph.iter("{*}r") if SHORT[r.tag] == "w:r" and any(SHORT[e.tag] == "w:t" for e in r)), None
        )
        if run is not None and (own := child(run, "w:rPr")) is not None:
            yield own
        yield from (p for s in self._chain(paragraph) if (p := child(s, "w:rPr")) is not None)
        yield from (e for e in self._defaults if SHORT[e.tag] == "w:rPr")

    def _paragraph_properties(self, paragraph: Element) -> Iterator[Element]:
        if (own := child(paragraph, "w:pPr")) is not None:
            yield own
        yield from (p for s in self._chain(paragraph) if (p := child(s, "w:pPr")) is not None)
        yield from (e for e in self._defaults if SHORT[e.tag] == "w:pPr")


def _first(properties: list[Element], short: str, attribute: str) -> str | None:
    return next(
        (v for p in properties if (el := child(p, short)) is not None and (v := w_attr(el, attribute)) is not None),
        None,
    )


def number(value: str | None, otherwise: float) -> float:
    try:
        return float(value) if value is not None else otherwise
    except ValueError:
        return otherwise


def points(value: str) -> float:
    units = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
    return number(value[:-2], 0.0) * units.get(value[-2:], 0.0) if len(value) > 2 else 0.0
