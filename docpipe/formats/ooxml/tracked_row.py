"""A paragraph as a row of characters and objects, each with the run it lies in: what two versions of it are compared by.

Imports the core and names. Source: ISO/IEC 29500-1, 17.3 (paragraphs and runs) and 17.16 (fields).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from docpipe.formats.ooxml.names import SHORT, Element, attributes, child, same_flavour, shown_text, w_attr

CONTAINERS = frozenset({"w:hyperlink", "w:smartTag", "w:sdt", "w:fldSimple", "w:dir", "w:bdo", "w:customXml"})
"""Elements round runs of a paragraph: places, not changes."""
CHANGES = frozenset({"w:ins", "w:del", "w:moveFrom", "w:moveTo"})
_UNSEEN = frozenset({
    "w:rPr", "w:lastRenderedPageBreak", "w:commentReference", "w:annotationRef", "w:proofErr", "#",
})  # fmt: skip
_NOTES = frozenset({"w:footnoteReference", "w:endnoteReference"})
_SHOWN_FORMAT = (
    "b", "i", "u", "strike", "dstrike", "vertAlign", "caps", "smallCaps", "vanish", "color", "highlight", "rStyle", "sz", "position",
)  # fmt: skip
"""Properties of a run that a reader sees and that a translation keeps; fonts and languages are the target language's affair."""
STAND_IN = "\ue03c"
"""Stands for ``<`` while texts are compared, so that no text looks like a code."""


@dataclass(slots=True, eq=False)
class Bit:
    """A text (``text``) or one object (``key``) with its run and its element in it; ``run`` None: it lies in no run.

    ``opens`` and ``closes``: it is the start or end of a container, and ``element`` is that container.
    """

    text: str
    key: str
    run: Element | None
    element: Element
    opens: bool = False
    closes: bool = False

    @property
    def length(self) -> int:
        """Places in the row."""
        return len(self.text) or 1


@dataclass(slots=True, eq=False)
class Row:
    """A paragraph's bits in order."""

    paragraph: Element
    bits: list[Bit]

    @property
    def shown(self) -> str:
        """Its text, objects as one sign each: by this paragraphs are paired."""
        return "".join(b.text or ("" if b.opens or b.closes else _SIGNS.get(b.key, "\ufffc")) for b in self.bits)

    def wire(self, numbers: dict[str, int]) -> str:
        """Text for ``word_diff``: objects as numbered codes, equal ones with equal numbers."""
        return "".join(
            b.text.replace("<", STAND_IN) if b.text else f"<{numbers.setdefault(b.key, len(numbers) + 1)}/>"
            for b in self.bits
        )

    @property
    def length(self) -> int:
        """Places in the row."""
        return sum(b.length for b in self.bits)


_SIGNS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011", "w:softHyphen": "\u00ad"}


def row_of(paragraph: Element, target_of: Callable[[str], str]) -> Row:
    """The row of a paragraph. ``target_of``: digest of what a relationship's id stands for."""
    return Row(paragraph, list(_bits(paragraph, target_of)))


def _bits(parent: Element, target_of: Callable[[str], str]) -> Iterator[Bit]:
    for el in parent:
        name = SHORT[el.tag]
        if name == "w:r":
            yield from _bits_of_run(el, target_of)
        elif name in CONTAINERS:
            inside = child(el, "w:sdtContent") if name == "w:sdt" else el
            if inside is None:
                continue
            yield Bit("", f"{name}>", None, el, opens=True)
            yield from _bits(inside, target_of)
            yield Bit("", f"<{name}", None, inside, closes=True)
        elif name in ("w:ins", "w:moveTo"):
            yield from _bits(el, target_of)
        elif name in ("m:oMath", "m:oMathPara"):
            yield Bit("", f"{name} {_digest(el, target_of)}", None, el)


def _bits_of_run(run: Element, target_of: Callable[[str], str]) -> Iterator[Bit]:
    for el in run:
        name = SHORT[el.tag]
        if name in _UNSEEN:
            continue
        if name == "w:t":
            if text := shown_text(el):
                yield Bit(text, "", run, el)
        elif name == "w:fldChar":
            yield Bit("", f"field {w_attr(el, 'fldCharType')}", run, el)
        elif name == "w:instrText":
            yield Bit("", f"code {(el.text or '').split()[:1]}", run, el)
        elif (
            name in _NOTES
            or name in ("w:tab", "w:cr", "w:noBreakHyphen", "w:softHyphen")
            or (name == "w:br" and not attributes(el))
        ):
            yield Bit("", name, run, el)
        else:
            yield Bit("", f"{name} {_digest(el, target_of)}", run, el)


def _digest(element: Element, target_of: Callable[[str], str]) -> str:
    """Digest of an object without what may differ between two saves of it: numbers, names, text that is compared elsewhere."""
    parts: list[object] = []
    stack = [element]
    while stack:
        node = stack.pop()
        name = SHORT[node.tag]
        if name in ("w:txbxContent", "#"):
            continue
        if name in ("wp:docPr", "pic:cNvPr", "w:bookmarkStart", "w:bookmarkEnd"):
            continue
        shown = sorted(
            (k, target_of(v) if "/relationships}" in k else v)
            for k, v in attributes(node)
            if ("rsid" not in k and not k.endswith(("Id", "}id", "gfxdata", "spid", "alt", "title", "descr")))
            or "/relationships}" in k
        )
        parts.append((name, tuple(shown), (node.text or "").strip() if len(node) == 0 else ""))
        stack.extend(node)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def format_of(run: Element | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a reader sees of a run's own properties."""
    properties = child(run, "w:rPr") if run is not None else None
    if properties is None:
        return ()
    found = []
    for el in properties:
        name = SHORT[el.tag]
        if name.startswith("w:") and name[2:] in _SHOWN_FORMAT:
            value = w_attr(el, "val") or ""
            if value in ("0", "false", "off", "none", "baseline") and name not in ("w:color",):
                continue
            found.append((name, ("on" if value in ("", "1", "true") else value,)))
    return tuple(sorted(found))


def properties_copy(source: Element | None, into: Element, local: str, *, without: frozenset[str]) -> Element:
    """``w:rPr`` or ``w:pPr`` of another document as a new element of this one's namespace: word-processing children only."""
    made = into.makeelement(same_flavour(into, local))
    if source is None:
        return made
    for el in source:
        name = SHORT[el.tag]
        if name.startswith("w:") and name not in without and el.tag == same_flavour(into, name[2:]):
            made.append(deepcopy(el))
    return made


RUN_MARKS = frozenset({"w:rPrChange", "w:ins", "w:del", "w:moveFrom", "w:moveTo"})
PARAGRAPH_MARKS = frozenset({"w:pPrChange", "w:sectPr", "w:rPr"})
