"""Paragraphs and tables of a document as they can stand in a narrow column beside their translation. Imports names and runs only.

Fields are shown as they stand, notes by their numbers, floating pictures in their line and no wider than the column.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace

from docpipe.formats.ooxml.names import SHORT, Element, attributes, child, outermost, same_flavour, set_w_attr, w_attr
from docpipe.formats.ooxml.runs import split_after

_DROPPED = frozenset({
    "w:bookmarkStart", "w:bookmarkEnd", "w:commentRangeStart", "w:commentRangeEnd", "w:commentReference", "w:proofErr",
    "w:lastRenderedPageBreak", "w:del", "w:moveFrom", "w:permStart", "w:permEnd", "w:sectPr", "w:framePr",
    "w:pageBreakBefore", "w:fldChar", "w:instrText", "w:rPrChange", "w:pPrChange", "w:tblPrChange", "w:trPrChange",
    "w:tcPrChange", "w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd", "w:keepNext",
    "w:webHidden", "w:annotationRef", "w:footnoteRef", "w:endnoteRef", "w:tblHeader", "w:tblpPr", "w:tblInd", "w:vMerge", "w:keepLines",
})  # fmt: skip
_UNWRAPPED = frozenset({"w:ins", "w:moveTo", "w:sdt", "w:sdtContent", "w:fldSimple", "w:smartTag", "w:customXml"})
_NOTES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote"}
_BEFORE_TABS = frozenset({
    "w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:framePr", "w:widowControl", "w:numPr",
    "w:suppressLineNumbers", "w:pBdr", "w:shd",
})  # fmt: skip
_ANCHOR_KEPT = frozenset({"wp:extent", "wp:effectExtent", "wp:docPr", "wp:cNvGraphicFramePr", "a:graphic"})
_EMU = 635
"""English metric units in a twentieth of a point."""


def roman(number: int) -> str:
    """Small Roman numerals, as endnotes are counted."""
    found = ""
    for value, sign in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
                        (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        found += sign * (number // value)
        number %= value
    return found


@dataclass(slots=True)
class Copier:
    """Makes copies for one side. ``width``: of the column's text in twentieths of a point. ``adopt``: makes a copy's
    relationships hold in the new document. ``list_of``: the list of a paragraph (its properties) as (list, level), or None to keep it."""

    width: int
    adopt: Callable[[Element], bool]
    list_of: Callable[[Element], tuple[str, str] | None]
    stops_of: Callable[[Element], dict[str, Element]] = field(default=lambda _: {})
    """The tab stops that a paragraph has by its style, by place."""
    notes: dict[str, list[str]] = field(default_factory=lambda: {"footnote": [], "endnote": []})
    """Ids of the notes in the order of their marks."""
    objects: int = 0

    def paragraph(self, source: Element) -> Element:
        """A paragraph for a cell."""
        copy = deepcopy(source)
        copy.tail = None
        self._clean(copy)
        if any(
            SHORT[el.tag] == "w:tab" and SHORT[p.tag] == "w:r"
            for el in copy.iter()
            if (p := el.getparent()) is not None
        ):
            self._narrow(copy)
        properties = child(copy, "w:pPr")
        named = self.list_of(source)
        if named is not None:
            if properties is None:
                properties = copy.makeelement(same_flavour(source, "pPr"))
                copy.insert(0, properties)
            _set_list(properties, source, named)
        if not self.adopt(copy):
            for el in [e for e in copy.iter() if SHORT[e.tag] in ("w:drawing", "w:pict", "w:object")]:
                _remove(el)
        return copy

    def row(self, table: Element, row: Element) -> Element:
        """One row of a table as a table of its own, as wide as the column."""
        made = table.makeelement(table.tag)
        columns = child(table, "w:tblGrid")
        grid = [int(v) for el in (columns if columns is not None else ()) if (v := w_attr(el, "w") or "").isdigit()]
        total = sum(grid) or self.width
        scale = self.width / total
        properties = child(table, "w:tblPr")
        copy = deepcopy(properties) if properties is not None else table.makeelement(same_flavour(table, "tblPr"))
        self._clean(copy)
        for name in ("w:tblW", "w:tblLayout", "w:jc"):
            if (el := child(copy, name)) is not None:
                copy.remove(el)
        _put(copy, table, "tblW", ("w:tblStyle", "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize",
                                   "w:tblStyleColBandSize"), w=str(self.width), type="dxa")  # fmt: skip
        _put(copy, table, "tblLayout", ("w:tblStyle", "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize", "w:tblCellSpacing",
                                        "w:tblStyleColBandSize", "w:tblW", "w:tblBorders", "w:shd"), type="fixed")  # fmt: skip
        made.append(copy)
        widths = table.makeelement(same_flavour(table, "tblGrid"))
        for value in grid:
            column = table.makeelement(same_flavour(table, "gridCol"))
            set_w_attr(column, "w", str(max(1, round(value * scale))))
            widths.append(column)
        made.append(widths)
        made.append(self._row(row, scale))
        return made

    def _row(self, row: Element, scale: float) -> Element:
        copy = deepcopy(row)
        copy.tail = None
        for cell in [c for c in copy.iter() if SHORT[c.tag] == "w:tc"]:
            properties = child(cell, "w:tcPr")
            width = child(properties, "w:tcW") if properties is not None else None
            if width is not None and w_attr(width, "type") in (None, "dxa") and (w_attr(width, "w") or "").isdigit():
                set_w_attr(width, "w", str(max(1, round(int(w_attr(width, "w") or "0") * scale))))
        for height in [e for e in copy.iter() if SHORT[e.tag] == "w:trHeight"]:
            _remove(height)
        narrow = replace(self, width=max(400, round(self.width * 0.9)))
        paragraphs = [(p, q) for p, q in zip(outermost(row, "w:p"), outermost(copy, "w:p"), strict=True)]
        for source, there in paragraphs:
            parent = there.getparent()
            assert parent is not None
            parent.replace(there, narrow.paragraph(source))
        self.objects = narrow.objects
        self._clean(copy)
        return copy

    def _narrow(self, copy: Element) -> None:
        """Tab stops that lie beyond the column become one at its edge."""
        properties = child(copy, "w:pPr")
        own = child(properties, "w:tabs") if properties is not None else None
        stops = {w_attr(t, "pos") or "": t for t in (own if own is not None else ())}
        stops = self.stops_of(copy) | stops
        beyond = {
            p: t
            for p, t in stops.items()
            if p.lstrip("-").isdigit() and int(p) > self.width and w_attr(t, "val") != "clear"
        }
        if not beyond:
            return
        if properties is None:
            properties = copy.makeelement(same_flavour(copy, "pPr"))
            copy.insert(0, properties)
        if own is not None:
            properties.remove(own)
        made = copy.makeelement(same_flavour(copy, "tabs"))
        last = next(iter(beyond.values()))
        rows = [(int(p), "clear" if p in beyond else w_attr(t, "val") or "left", w_attr(t, "leader")) for p, t in stops.items()
                if p.lstrip("-").isdigit()]  # fmt: skip
        rows.append((self.width - 20, "right", w_attr(last, "leader")))
        for place, value, leader in sorted(rows):
            el = copy.makeelement(same_flavour(copy, "tab"))
            for key, said in (("val", value), ("leader", leader or ""), ("pos", str(place))):
                if said:
                    set_w_attr(el, key, said)
            made.append(el)
        at = next((i for i, el in enumerate(properties) if SHORT[el.tag] not in _BEFORE_TABS), len(properties))
        properties.insert(at, made)

    # ------------------------------------------------------------ cleaning

    def _clean(self, copy: Element) -> None:
        for el in list(copy.iter()):
            name = SHORT[el.tag]
            if el is not copy and el.getparent() is None:
                continue
            for key, _ in attributes(el):
                if key.endswith(("}paraId", "}textId")) or "rsid" in key:
                    del el.attrib[key]
            if name in _DROPPED or (name == "w:br" and w_attr(el, "type") in ("page", "column")):
                _remove(el)
            elif name in _NOTES:
                self._number(el, _NOTES[name])
            elif name in _UNWRAPPED or (name == "w:hyperlink" and w_attr(el, "anchor")):
                _unwrap(el)
            elif name == "wp:anchor":
                self._in_line(el)
            elif name == "wp:inline":
                self._fit(el)
            elif name == "wp:docPr":
                self.objects += 1
                el.set("id", str(500_000 + self.objects))

    def _number(self, mark: Element, kind: str) -> None:
        """A note's number in the place of its mark, raised, in a run of its own."""
        run = mark.getparent()
        identity = w_attr(mark, "id") or ""
        if identity not in self.notes[kind]:
            self.notes[kind].append(identity)
        number = self.notes[kind].index(identity) + 1
        text = mark.makeelement(same_flavour(mark, "t"))
        text.text = str(number) if kind == "footnote" else roman(number)
        if run is None:
            return
        run.replace(mark, text)
        split_after(text, run)
        before = text.getprevious()
        if before is not None and SHORT[before.tag] != "w:rPr":
            run = split_after(before, run)
            assert run is not None
        properties = child(run, "w:rPr")
        if properties is None:
            properties = run.makeelement(same_flavour(run, "rPr"))
            run.insert(0, properties)
        if child(properties, "w:vertAlign") is None:
            raised = run.makeelement(same_flavour(run, "vertAlign"))
            set_w_attr(raised, "val", "superscript")
            properties.append(raised)

    def _in_line(self, anchor: Element) -> None:
        made = anchor.makeelement(anchor.tag.rpartition("}")[0] + "}inline")
        made.extend([el for el in anchor if SHORT[el.tag] in _ANCHOR_KEPT])
        parent = anchor.getparent()
        if parent is not None:
            parent.replace(anchor, made)
            self._fit(made)

    def _fit(self, inline: Element) -> None:
        extent = child(inline, "wp:extent")
        cx, cy = (extent.get("cx", ""), extent.get("cy", "")) if extent is not None else ("", "")
        if extent is None or not cx.isdigit() or not cy.isdigit() or int(cx) <= self.width * _EMU:
            return
        scale = self.width * _EMU / int(cx)
        for el in [extent, *(e for e in inline.iter() if SHORT[e.tag] == "a:ext" and e.get("cx") == cx)]:
            el.set("cx", str(round(int(cx) * scale)))
            el.set("cy", str(round(int(el.get("cy", cy)) * scale)))


def _set_list(properties: Element, near: Element, named: tuple[str, str]) -> None:
    if (old := child(properties, "w:numPr")) is not None:
        properties.remove(old)
    made = near.makeelement(same_flavour(near, "numPr"))
    for local, value in (("ilvl", named[1]), ("numId", named[0])):
        el = near.makeelement(same_flavour(near, local))
        set_w_attr(el, "val", value)
        made.append(el)
    first = ("w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:framePr", "w:widowControl")
    at = next((i for i, el in enumerate(properties) if SHORT[el.tag] not in first), len(properties))
    properties.insert(at, made)


def _put(parent: Element, near: Element, local: str, after: tuple[str, ...], **values: str) -> None:
    """A property at its place in the schema's order: behind those named."""
    made = near.makeelement(same_flavour(near, local))
    for key, value in values.items():
        set_w_attr(made, key, value)
    at = next((i for i, el in enumerate(parent) if SHORT[el.tag] not in after), len(parent))
    parent.insert(at, made)


def _remove(el: Element) -> None:
    parent = el.getparent()
    if parent is None:
        return
    parent.remove(el)
    if SHORT[parent.tag] == "w:r" and all(SHORT[c.tag] == "w:rPr" for c in parent):
        _remove(parent)


def _unwrap(el: Element) -> None:
    parent = el.getparent()
    if parent is None:
        return
    at = parent.index(el)
    inside = child(el, "w:sdtContent") if SHORT[el.tag] == "w:sdt" else el
    children = list(inside) if inside is not None else []
    parent.remove(el)
    parent[at:at] = [c for c in children if SHORT[c.tag] not in ("w:smartTagPr", "w:customXmlPr")]
