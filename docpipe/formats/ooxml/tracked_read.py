"""What a document with tracked changes says when all of them are accepted, or all rejected: read on its own, to judge the writer.

Imports safe, errors and names; nothing of the modules that write changes. Source: ISO/IEC 29500-1, 17.13.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from docpipe.errors import DocpipeError
from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, Element, child, shown_text, w_attr
from docpipe.formats.ooxml.parts import Parts, open_parts

_GONE = {True: ("w:del", "w:moveFrom"), False: ("w:ins", "w:moveTo")}
_SIGNS = {
    "w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011", "w:softHyphen": "\u00ad", "w:drawing": "\ufffc",
    "w:pict": "\ufffc", "w:object": "\ufffc", "mc:AlternateContent": "\ufffc", "w:sym": "\ufffc", "w:ptab": "\t",
}  # fmt: skip
_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
_ROUND = frozenset({
    "w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:hyperlink", "w:fldSimple", "w:dir", "w:bdo", "w:ins", "w:del",
    "w:moveTo", "w:moveFrom",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: where it stands (part and cells round it), its text with notes and boxes in brackets, its style."""

    place: str
    text: str
    style: str


def tracked_differences(tracked: bytes, clean: bytes, previous: bytes) -> list[str]:
    """Where accepting all changes does not give the clean document, or rejecting all not the text of the previous one.

    Messages name places, never text. Headers and notes that only one of the two documents has are not compared.
    """
    try:
        found, new, old = (open_parts(d) for d in (tracked, clean, previous))
    except DocpipeError as error:
        return [f"the document with tracked changes cannot be read back: {error.code}"]
    problems: list[str] = []
    both = {s.name for s in old.stories}
    for story in new.stories:
        if story.kind not in ("document", "header", "footer"):
            continue
        after = lines_of(found, story.name, accepted=True)
        problems += _compared(f"{story.name}: accepted", after, lines_of(new, story.name, accepted=True), styles=True)
        if story.name in both:
            before = lines_of(found, story.name, accepted=False)
            problems += _compared(
                f"{story.name}: rejected", before, lines_of(old, story.name, accepted=True), styles=False
            )
    return problems


def _compared(what: str, found: list[Line], wanted: list[Line], *, styles: bool) -> list[str]:
    for number, (one, other) in enumerate(zip_longest(found, wanted), 1):
        if one is None or other is None:
            return [f"{what}, the number of paragraphs differs"]
        if one.place != other.place or one.text != other.text:
            return [f"{what}, paragraph {number} differs"]
        if styles and one.style != other.style:
            return [f"{what}, paragraph {number} has another style"]
    return []


def lines_of(parts: Parts, name: str, *, accepted: bool) -> list[Line]:
    """The paragraphs of a part after all its changes were accepted or rejected, in order."""
    root = parts.tree(name)
    if root is None:
        return []
    body = next((e for e in root if SHORT[e.tag] == "w:body"), root)
    return list(_Reader(parts, accepted).container(body, ""))


class _Reader:
    def __init__(self, parts: Parts, accepted: bool) -> None:
        self.parts = parts
        self.accepted = accepted
        self.gone = _GONE[accepted]

    def container(self, element: Element, place: str) -> Iterator[Line]:
        held = ""
        """Text of paragraphs whose end is gone: it belongs to the paragraph that follows."""
        tables = 0
        for el in self._blocks(element):
            if SHORT[el.tag] == "w:tbl":
                tables += 1
                rows = [r for r in self._rows(el) if not self._row_is_gone(r)]
                for n, row in enumerate(rows, 1):
                    for m, cell in enumerate(self._cells(row), 1):
                        yield from self.container(cell, f"{place}/table[{tables}]/row[{n}]/cell[{m}]")
                if not rows:
                    tables -= 1
                continue
            properties = child(el, "w:pPr")
            held += self.text(el)
            if self._end_is_gone(properties):
                continue
            if not is_face(el):
                yield Line(place, held, self._style(properties))
            held = ""
        if held:
            yield Line(place, held, "")

    def _blocks(self, element: Element) -> Iterator[Element]:
        for el in element:
            name = SHORT[el.tag]
            if name in ("w:p", "w:tbl"):
                yield el
            elif name in _ROUND:
                yield from self._blocks(el)

    def _rows(self, element: Element) -> Iterator[Element]:
        for el in element:
            if SHORT[el.tag] == "w:tr":
                yield el
            elif SHORT[el.tag] in _ROUND:
                yield from self._rows(el)

    def _cells(self, element: Element) -> Iterator[Element]:
        for el in element:
            if SHORT[el.tag] == "w:tc":
                yield el
            elif SHORT[el.tag] in _ROUND:
                yield from self._cells(el)

    def _row_is_gone(self, row: Element) -> bool:
        properties = child(row, "w:trPr")
        return properties is not None and any(SHORT[el.tag] in self.gone for el in properties)

    def _end_is_gone(self, properties: Element | None) -> bool:
        mark = child(properties, "w:rPr") if properties is not None else None
        return mark is not None and any(SHORT[el.tag] in self.gone for el in mark)

    def _style(self, properties: Element | None) -> str:
        if properties is None:
            return ""
        change = child(properties, "w:pPrChange")
        if change is not None and not self.accepted:
            properties = child(change, "w:pPr")
        named = child(properties, "w:pStyle") if properties is not None else None
        return (w_attr(named, "val") or "") if named is not None else ""

    def text(self, element: Element) -> str:
        """The text of a paragraph or of something in it."""
        out: list[str] = []
        for el in element:
            name = SHORT[el.tag]
            if name in self.gone:
                continue
            if name == "w:r":
                out += self._run(el)
            elif name in _ROUND:
                out.append(self.text(el))
            elif name in ("m:oMath", "m:oMathPara"):
                out.append("\ufffc")
        return "".join(out)

    def _run(self, run: Element) -> Iterator[str]:
        for el in run:
            name = SHORT[el.tag]
            if name == "w:t":
                yield shown_text(el)
            elif name == "w:delText":
                yield el.text or ""
            elif name in _NOTES:
                yield f"[{self._note(name, w_attr(el, 'id') or '')}]"
            elif name in _SIGNS:
                yield _SIGNS[name]
                for box in (b for b in el.iter() if SHORT[b.tag] == "w:txbxContent"):
                    if not any(SHORT[a.tag] == "w:txbxContent" for a in box.iterancestors()):
                        yield "{" + "¶".join(line.text for line in self.container(box, "")) + "}"

    def _note(self, name: str, identity: str) -> str:
        for part in self.parts.related(self.parts.main, _NOTES[name]):
            root = self.parts.tree(part)
            for el in root if root is not None else ():
                if w_attr(el, "id") == identity and SHORT[el.tag] in ("w:footnote", "w:endnote"):
                    return "¶".join(line.text for line in self.container(el, ""))
        return ""
