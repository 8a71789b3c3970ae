"""Bookmarks and the fields that repeat what stands there: which text a live reference repeats, and where.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 17.13.6 (bookmarks), 17.16.5 (REF, STYLEREF, PAGEREF).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.formats.ooxml.names import SHORT, Element, attributes, shown_text, w_attr
from docpipe.formats.ooxml.survey import Survey

_ARGUMENT = re.compile(r'\s*(?:"([^"]*)"|([^\s\\"]+))')
_SHUT = frozenset({"w:txbxContent", "w:rPr", "w:del", "w:moveFrom", "w:pPr", "w:sdtPr"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it stands in a part: its instruction, the marks (or the one element) around its result, its paragraph."""

    code: str
    first: Element
    start: Element | None
    last: Element
    paragraph: Element | None

    @property
    def name(self) -> str:
        """The field type in capitals."""
        return self.code.split(" ", 1)[0].upper()

    @property
    def argument(self) -> str:
        """The first argument: a bookmark, a style."""
        found = _ARGUMENT.match(self.code[len(self.name) :])
        return (found.group(1) or found.group(2) or "") if found else ""

    def texts(self) -> list[Element]:
        """The text elements of the result, in order; of nested fields' instructions none."""
        if self.start is None:
            return [el for el in self.first.iter("{*}t") if SHORT[el.tag] == "w:t"]
        found: list[Element] = []
        within = False
        for el in _order(self.paragraph if self.paragraph is not None else self.first):
            if el is self.start:
                within = True
            elif el is self.last:
                break
            elif within and SHORT[el.tag] == "w:t":
                found.append(el)
        return found

    def result(self) -> str:
        """The characters that the result shows."""
        return "".join(shown_text(el) for el in self.texts())


def _order(root: Element) -> Iterator[Element]:
    """The elements of a paragraph in document order, without text boxes, properties and deleted text."""
    stack = [root]
    while stack:
        el = stack.pop()
        if SHORT[el.tag] in _SHUT:
            continue
        yield el
        stack.extend(reversed(el))


def fields_of(root: Element, survey: Survey | None = None) -> Iterator[Field]:
    """The fields of a story that begin and end in one paragraph, outer and inner ones, as their ends come.

    ``survey``: of the story, where nothing has been written to it since.
    """
    marks = root.iter("{*}fldChar", "{*}fldSimple") if survey is None else survey.each("w:fldChar", "w:fldSimple")
    holding = {paragraph_of(el) for el in marks}
    if holding:
        for p in root.iter("{*}p"):
            if p in holding and SHORT[p.tag] == "w:p":
                yield from _fields(p)


def _fields(p: Element) -> Iterator[Field]:
    open_: list[tuple[Element, list[str], list[Element]]] = []
    for el in _order(p):
        name = SHORT[el.tag]
        if name == "w:fldSimple":
            yield Field(" ".join((w_attr(el, "instr") or "").split()), el, None, el, p)
        elif name == "w:instrText" and open_ and not open_[-1][2]:
            open_[-1][1].append(el.text or "")
        elif name == "w:fldChar":
            kind = w_attr(el, "fldCharType")
            if kind == "begin":
                open_.append((el, [], []))
            elif open_ and kind == "separate":
                open_[-1][2].append(el)
            elif open_ and kind == "end":
                begin, code, separators = open_.pop()
                if separators:
                    yield Field(" ".join("".join(code).split()), begin, separators[0], el, p)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark that begins and ends in one paragraph."""

    name: str
    start: Element
    end: Element | None
    paragraph: Element

    def text(self) -> str:
        """The characters between its ends; field instructions and hidden or deleted text apart. Of an open one the paragraph's."""
        out: list[str] = []
        within = self.end is None
        depth: list[bool] = []
        for el in _order(self.paragraph):
            name = SHORT[el.tag]
            if el is self.start:
                within = True
            elif self.end is not None and el is self.end:
                break
            elif name == "w:fldChar":
                depth = _nested(depth, w_attr(el, "fldCharType") or "")
            elif within and all(depth):
                if name == "w:t":
                    out.append(shown_text(el))
                elif name == "w:tab":
                    out.append("\t")
                elif name == "w:noBreakHyphen":
                    out.append("\u2011")
        return "".join(out)


def _nested(depth: list[bool], kind: str) -> list[bool]:
    if kind == "begin":
        return [*depth, False]
    if kind == "separate" and depth:
        return [*depth[:-1], True]
    return depth[:-1] if kind == "end" else depth


def marks_of(survey: Survey) -> dict[str, Mark]:
    """The bookmarks of a story by name. One that ends in another paragraph has no end; one between paragraphs is that of the next."""
    ends = {w_attr(el, "id") or "": el for el in survey.each("w:bookmarkEnd")}
    found: dict[str, Mark] = {}
    for el in survey.each("w:bookmarkStart"):
        name = w_attr(el, "name") or ""
        p = _paragraph_at(el)
        if name and p is not None and name not in found:
            end = ends.get(w_attr(el, "id") or "")
            found[name] = Mark(name, el, end if end is not None and paragraph_of(end) is p else None, p)
    return found


def paragraph_of(el: Element) -> Element | None:
    return next((a for a in el.iterancestors() if SHORT[a.tag] == "w:p"), None)


def _paragraph_at(el: Element) -> Element | None:
    p = paragraph_of(el)
    if p is not None:
        return p
    following = el.getnext()
    while following is not None and SHORT[following.tag] in ("w:bookmarkStart", "w:bookmarkEnd", "#"):
        following = following.getnext()
    return following if following is not None and SHORT[following.tag] == "w:p" else None


def anchors_in(paragraph: Element) -> list[str]:
    """The bookmarks that links and page numbers of a paragraph point to, each once, in order."""
    found: dict[str, None] = {}
    for link in paragraph.iter("{*}hyperlink"):
        if name := w_attr(link, "anchor"):
            found[name] = None
    for field in _fields(paragraph):
        if field.name == "PAGEREF" and field.argument:
            found[field.argument] = None
        elif field.name == "HYPERLINK" and (local := re.search(r'\\l\s+"?([^"\s]+)', field.code)):
            found[local.group(1)] = None
    return list(found)


def mark_dirty(field: Field) -> bool:
    """Tells Word to compute a field anew on opening (17.16.18); returns whether that was not said already."""
    key = next((k for k, _ in attributes(field.first) if k.endswith(("}fldCharType", "}instr"))), "")
    dirty = key.rsplit("}", 1)[0] + "}dirty"
    if not key or (field.first.get(dirty) or "") in ("1", "true", "on"):
        return False
    field.first.set(dirty, "true")
    return True
