"""What of a part may be touched: properties of runs and paragraphs that hold text, not those inside opaque objects.

Imports names only. Equations, check boxes, pictures and embedded objects are compared as a whole by verify, and keep every byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.formats.ooxml.names import SHORT, Element, child

_SHUT = frozenset({"w:object", "w:drawing", "w:pict", "w:instrText"})
_CHANGES = frozenset({"w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:numberingChange"})


def elements(root: Element) -> Iterator[Element]:
    """Every element that may be touched, in document order; of drawings only what lies in their text boxes."""
    stack: list[tuple[Element, bool]] = [(root, True)]
    while stack:
        el, open_ = stack.pop()
        name = SHORT[el.tag]
        if name == "#" or name.startswith("m:") or name in _CHANGES:
            continue
        if name == "w:sdt" and _is_box(el):
            continue
        if name == "w:txbxContent":
            open_ = True
        elif name in _SHUT:
            open_ = False
        if open_:
            yield el
        stack.extend((c, open_) for c in reversed(el))


def _is_box(sdt: Element) -> bool:
    properties = child(sdt, "w:sdtPr")
    return properties is not None and any(SHORT[e.tag] in ("w14:checkbox", "w15:checkbox") for e in properties)
