"""What of a part may be touched: properties of runs and paragraphs that hold text, not those inside opaque objects.

Imports names and records only. Equations, check boxes, pictures and embedded objects are compared as a whole by verify, and
keep every byte; of drawings what lies in their text boxes may be touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.records import Reading

_SHUT = frozenset({
    "w:object", "w:drawing", "w:pict", "w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:numberingChange",
    "m:oMath", "m:oMathPara",
})  # fmt: skip
_SHUT_TAGS = tuple("{*}" + name.partition(":")[2] for name in sorted(_SHUT))
_PARAGRAPH = ("w:p", "w:pPr")
_TOUCHED = ("{*}lang", "{*}rFonts", "{*}p", "{*}pPr", "{*}r", "{*}rPr", "{*}t", "{*}tblPr", "{*}sectPr", "{*}fitText")


class Reach:
    """The elements of one part that may be touched, by name. What is shut is found once; most parts shut little."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._shut: set[Element] = set()
        for el in root.iter(*_SHUT_TAGS):
            if SHORT[el.tag] in _SHUT:
                self._shut.update(d for d in el.iter(*_TOUCHED) if not _is_open(d, el))
        for mark in root.iter("{*}checkbox"):
            sdt = next((a for a in mark.iterancestors() if SHORT[a.tag] == "w:sdt"), None)
            if sdt is not None:  # the box alone, not the paragraph of its own that it may have
                self._shut.update(el for el in sdt.iter(*_TOUCHED) if SHORT[el.tag] not in _PARAGRAPH)

    def each(self, local: str) -> Iterator[Element]:
        """The word-processing elements of that name, in document order. Whoever adds or takes away elements lists them first."""
        name, shut = f"w:{local}", self._shut
        for el in self.root.iter("{*}" + local):
            if SHORT[el.tag] == name and el not in shut:
                yield el


def running_parts(reading: Reading) -> dict[str, tuple[Element, str]]:
    """The parts of running text: each with its root and the part whose styles, numbers and theme it inherits from."""
    parts = reading.parts
    found = {s.name: (s.root, parts.main) for s in parts.stories}
    for name in parts.related(parts.main, "glossaryDocument") if reading.policy.glossary == "translate" else ():
        if (root := parts.tree(name)) is not None:
            found[name] = (root, name)
    return found


def _is_open(el: Element, shut: Element) -> bool:
    """Whether an element below a shut one lies in a text box of it, and in nothing shut of that."""
    for above in el.iterancestors():
        if SHORT[above.tag] == "w:txbxContent":
            return True
        if above is shut or SHORT[above.tag] in _SHUT:
            return False
    return False
