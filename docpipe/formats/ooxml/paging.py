"""What fills the pages of a document: its paragraphs with their room and their look, rows of tables, pictures, breaks.

Imports the core and its neighbours. Source: ISO/IEC 29500-1, 17.6 (sections), 17.3.1.33 (spacing), 17.6.5 (document grid).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from docpipe.formats.ooxml.names import SHORT, Element, child, w_attr
from docpipe.formats.ooxml.reading import read_document
from docpipe.formats.ooxml.references import shown_of
from docpipe.formats.ooxml.spaces import EDGE, EMU, TWIP, Looks, number, points
from docpipe.model.document import ReadPolicy

_LETTER = {"w": 12240.0, "h": 15840.0, "top": 1440.0, "bottom": 1440.0, "left": 1440.0, "right": 1440.0}
_NARROWEST = 20.0


def paging(data: bytes, policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The body from page break to page break: ``height`` of a page's text and ``columns``, and its ``entries``, each with
    ``address``, ``text``, ``width``, ``look`` (fields of ``docpipe.checks.fit``), ``apart`` (spacing), ``extra`` (pictures), in
    points, ``pitch`` of the document grid, and ``places``: number of row and cell and the row's least height, from outside in.

    Raises as ``read_document``.
    """
    reading = read_document(data, ReadPolicy(**{**policy, "fields": tuple(policy["fields"])}))
    looks = Looks(reading.parts)
    sections = [_section(el) for el in _sections(reading.parts.stories[0].root)] or [_section(None)]
    at = 0
    runs: list[dict[str, Any]] = [_run(sections[0])]
    rows: dict[Element, int] = {}
    for record in reading.paragraphs:
        p = record.paragraph.element
        if record.part != reading.parts.main or p is None or SHORT[p.tag] != "w:p":
            continue
        above = [(SHORT[a.tag], a) for a in p.iterancestors()]
        if any(name in ("w:txbxContent", "mc:Fallback") for name, _ in above):
            continue
        section = sections[min(at, len(sections) - 1)]
        if looks.on(p, "w:pageBreakBefore") and runs[-1]["entries"]:
            runs.append(_run(section))
        entry = _place(above, section, rows)
        runs[-1]["entries"].append({
            **entry, "address": str(record.address), "text": shown_of(record), "look": looks.of(p), "apart": looks.apart(p),
            "extra": sum(_pictures(p)), "pitch": section["pitch"],
        })  # fmt: skip
        properties = child(p, "w:pPr")
        if properties is not None and child(properties, "w:sectPr") is not None:
            at += 1
            following = sections[min(at, len(sections) - 1)]
            if following["breaks"] or following["columns"] != section["columns"]:
                runs.append(_run(following) | {"flows": not following["breaks"]})
        elif any(SHORT[el.tag] == "w:br" and w_attr(el, "type") == "page" for el in p.iter("{*}br")):
            runs.append(_run(section))
    return [run for run in runs if run["entries"]]


def _run(section: Mapping[str, Any]) -> dict[str, Any]:
    """``flows``: whether it goes on where the one before ended."""
    return {"height": section["height"], "columns": section["columns"], "flows": False, "entries": []}


def _sections(root: Element) -> Iterator[Element]:
    for el in root.iter("{*}sectPr"):
        above = el.getparent()
        if SHORT[el.tag] == "w:sectPr" and above is not None and SHORT[above.tag] != "w:sectPrChange":
            yield el


def _section(properties: Element | None) -> dict[str, Any]:
    stated = dict(_LETTER)
    columns, gap, pitch, breaks = 1, 0.0, 0.0, True
    for el in properties if properties is not None else ():
        name = SHORT[el.tag]
        if name in ("w:pgSz", "w:pgMar"):
            stated |= {k: abs(number(w_attr(el, k), v)) for k, v in stated.items() if w_attr(el, k) is not None}
        elif name == "w:cols":
            columns = max(1, min(6, int(number(w_attr(el, "num"), 1))))
            gap = number(w_attr(el, "space"), 720) / TWIP
        elif name == "w:docGrid" and w_attr(el, "type") in ("lines", "linesAndChars", "snapToChars"):
            pitch = number(w_attr(el, "linePitch"), 0) / TWIP
        elif name == "w:type":
            breaks = w_attr(el, "val") != "continuous"
    width = max((stated["w"] - stated["left"] - stated["right"]) / TWIP, _NARROWEST)
    height = max((stated["h"] - stated["top"] - stated["bottom"]) / TWIP, 100.0)
    column = max((width - gap * (columns - 1)) / columns, _NARROWEST)
    return {"width": column, "height": height, "columns": columns, "pitch": pitch, "breaks": breaks}


def _place(above: list[tuple[str, Element]], section: Mapping[str, Any], known: dict[Element, int]) -> dict[str, Any]:
    """Width of the innermost cell, and the rows and cells round a paragraph."""
    path = [(el, name) for name, el in reversed(above) if name in ("w:tr", "w:tc")]
    places = [
        [known.setdefault(row, len(known) + 1), known.setdefault(cell, len(known) + 1), _least(row)]
        for (row, a), (cell, b) in pairwise(path) if a == "w:tr" and b == "w:tc"
    ]  # fmt: skip
    if not places:
        return {"width": section["width"], "places": [], "merged": False}
    cell, row = path[-1][0], path[-2][0]
    beside = [el for el in row.iter("{*}tc") if SHORT[el.tag] == "w:tc"]
    share = section["width"] / max(1, len([el for el in beside if el.getparent() is row]))
    own = child(cell, "w:tcPr")
    stated = child(own, "w:tcW") if own is not None else None
    width = 0.0
    if stated is not None:
        size = number((w_attr(stated, "w") or "").rstrip("%"), 0)
        kind = w_attr(stated, "type")
        width = size / TWIP if kind in (None, "dxa") else section["width"] * size / 5000 if kind == "pct" else 0.0
    width = min(width if width > _NARROWEST else share, section["width"] * 1.2)
    merged = own is not None and child(own, "w:vMerge") is not None
    return {"width": max(width - EDGE, _NARROWEST / 2), "places": places, "merged": merged}


def _least(row: Element) -> float:
    """The height that a row has at least, in points."""
    properties = child(row, "w:trPr")
    height = child(properties, "w:trHeight") if properties is not None else None
    return number(w_attr(height, "val"), 0) / TWIP if height is not None else 0.0


def _pictures(p: Element) -> Iterator[float]:
    """Heights of what stands in the line or above and below it."""
    for el in p.iter("{*}inline", "{*}anchor", "{*}shape", "{*}rect"):
        name = SHORT[el.tag]
        if any(SHORT[a.tag] in ("mc:Fallback", "w:txbxContent") for a in el.iterancestors()):
            continue
        if name == "wp:inline" or (name == "wp:anchor" and child(el, "wp:wrapTopAndBottom") is not None):
            extent = child(el, "wp:extent")
            yield number(extent.get("cy"), 0) / EMU if extent is not None else 0.0
        elif name in ("v:shape", "v:rect"):
            style = dict(s.split(":", 1) for s in el.get("style", "").replace(" ", "").split(";") if ":" in s)
            if style.get("position") != "absolute":
                yield points(style.get("height", ""))
