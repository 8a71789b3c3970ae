"""One walk through a story for everything rare in it: marks, fields, tracked changes, drawings' words; and its visible characters.

Imports names and face only. The characters are counted straight from the XML, by another path than the one that builds blocks.
"""

from __future__ import annotations

from functools import cached_property

from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, WHITE, XML_SPACE, Element, entry_text, w_attr

TRACKED = (
    "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange",
    "tblGridChange", "tblPrExChange", "numberingChange", "cellIns", "cellDel", "cellMerge",
)  # fmt: skip
_SOUGHT = (
    "{*}t", "{*}delText", "{*}docPr", "{*}cNvPr", "{urn:schemas-microsoft-com:vml}*", "{*}listItem", "{*}tblCaption",
    "{*}tblDescription", "{*}listEntry", "{*}helpText", "{*}statusText", "{*}bookmarkStart", "{*}bookmarkEnd", "{*}fldChar", "{*}fldSimple", "{*}instrText", "{*}vanish",
    "{*}specVanish", "{*}rtl", "{*}cs",
    *("{*}" + local for local in TRACKED),
)  # fmt: skip
_COUNTED = frozenset({"w:t", "w:delText", "m:t", "a:t"})


class Survey:
    """What one walk found, by short name, in document order. Stale once the tree is changed."""

    def __init__(self, root: Element) -> None:
        self._found: dict[str, list[Element]] = {}
        self._texts = 0
        found = self._found
        for el in root.iter(*_SOUGHT):
            name = SHORT[el.tag]
            if name in _COUNTED:
                if text := el.text:
                    self._texts += len(text if name != "w:t" or not _at_ends(text) else _trimmed(el, text))
            elif name in found:
                found[name].append(el)
            else:
                found[name] = [el]

    def each(self, *names: str) -> list[Element]:
        """The elements of these names; of each name in document order."""
        return [el for name in names for el in self._found.get(name, ())]

    @property
    def tracked(self) -> int:
        """How many tracked changes, of text or of formatting, there are."""
        return sum(len(self._found.get(f"w:{local}", ())) for local in TRACKED)

    @cached_property
    def characters(self) -> int:
        """Characters of runs, deletions, equations, drawings, alternative texts, list entries, word art; without the face's."""
        total = self._texts
        for name, elements in self._found.items():
            if name == "wp:docPr" or name.endswith("cNvPr"):
                total += sum(len(el.get("descr", "")) + len(el.get("title", "")) for el in elements)
            elif name.startswith("v:"):
                total += sum(len(el.get("alt", "")) for el in elements)
                total += sum(len(el.get("string", "")) for el in elements) if name == "v:textpath" else 0
            elif name == "w:listItem":
                total += sum(len(entry_text(el)) for el in elements)
            elif name in ("w:listEntry", "w:tblCaption", "w:tblDescription"):
                total += sum(len(w_attr(el, "val") or "") for el in elements)
            elif name in ("w:helpText", "w:statusText"):
                total += sum(len(w_attr(el, "val") or "") for el in elements if w_attr(el, "type") == "text")
            elif name == "w:bookmarkStart":
                total -= sum(map(_face_characters, elements))
        return total


def _at_ends(text: str) -> bool:
    return text[0] in WHITE or text[-1] in WHITE


def _trimmed(el: Element, text: str) -> str:
    spaces = next((s for n in (el, *el.iterancestors()) if (s := n.get(XML_SPACE))), "default")
    return text if spaces == "preserve" else text.strip(WHITE)


def _face_characters(bookmark: Element) -> int:
    p = bookmark.getparent()
    return sum(len(t.text or "") for t in p.iter("{*}t")) if p is not None and is_face(p) else 0
