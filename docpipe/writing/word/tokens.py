"""A paragraph of a Word document as tokens: texts, controls, fields, bookmarks; tracked changes and comments beside them. Imports its room only.

Source: ECMA-376 part 1, 17.3, 17.5.2, 17.13, 17.16.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from docpipe.writing.word.package import attribute, local

_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\r", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_SKIPPED = frozenset({
    "rPr", "pPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "proofErr", "annotationRef", "lastRenderedPageBreak", "permStart", "permEnd",
    "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "rt", "pict", "object", "AlternateContent",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked change. ``op``: insert or delete; ``at``: as Word wrote it."""

    op: str
    author: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: text, start or end (of a bookmark), control, reference, link or picture.

    ``text``: what is read there; ``name``: of a bookmark, the tag of a control, the bookmark that a field or link names, a picture's
    relationship;
    ``number``: of a bookmark; ``inside``: the tokens of a control; ``empty``: the control shows only its prompt.
    """

    kind: str
    text: str = ""
    name: str = ""
    number: str = ""
    inside: tuple[Token, ...] = ()
    empty: bool = False


@dataclass(slots=True)
class Line:
    """A paragraph. ``style``: its id; ``mark_deleted``: it runs on into the next once changes are accepted; ``comments``: numbers."""

    tokens: list[Token] = field(default_factory=list)
    style: str = ""
    mark_deleted: bool = False
    tracked: list[Tracked] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def text(self) -> str:
        """As it is read."""
        return "".join(t.text for t in self.tokens)


def line_of(paragraph: Any) -> Line:
    """The paragraph's tokens."""
    line = Line()
    for properties in paragraph:
        if local(properties) == "pPr":
            for of in properties:
                if local(of) == "pStyle":
                    line.style = attribute(of, "val")
                if local(of) == "rPr":
                    line.mark_deleted = any(local(e) in ("del", "moveFrom") for e in of)
    line.tokens = _Parser(line).inside(paragraph)
    return line


@dataclass(slots=True)
class _Field:
    """A field being read. ``shown``: its result has begun."""

    instruction: str = ""
    shown: bool = False
    result: list[Token] = field(default_factory=list)


class _Parser:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._fields: list[_Field] = []

    def inside(self, parent: Any) -> list[Token]:
        out: list[Token] = []
        self._walk(parent, out)
        while self._fields:  # a field that the paragraph does not end
            self._end(out)
        return _joined(out)

    def _put(self, token: Token, out: list[Token]) -> None:
        if not self._fields:
            out.append(token)
        elif self._fields[-1].shown or token.kind in ("start", "end"):
            self._fields[-1].result.append(token)

    def _walk(self, parent: Any, out: list[Token]) -> None:
        for child in parent:
            kind = local(child)
            if kind == "t":
                self._put(Token("text", child.text or ""), out)
            elif kind in _CHARACTERS:
                if not (kind == "br" and attribute(child, "type") in ("page", "column")):
                    self._put(Token("text", _CHARACTERS[kind]), out)
            elif kind == "fldChar":
                self._mark(attribute(child, "fldCharType"), out)
            elif kind in ("instrText", "delInstrText"):
                if self._fields and not self._fields[-1].shown:
                    self._fields[-1].instruction += child.text or ""
            elif kind == "fldSimple":
                self._fields.append(_Field(attribute(child, "instr"), True))
                self._walk(child, out)
                self._end(out)
            elif kind in ("ins", "moveTo", "del", "moveFrom"):
                self._changed(child, "insert" if kind in ("ins", "moveTo") else "delete", out)
            elif kind == "bookmarkStart":
                self._put(Token("start", "", attribute(child, "name"), attribute(child, "id")), out)
            elif kind == "bookmarkEnd":
                self._put(Token("end", "", attribute(child, "id")), out)
            elif kind == "sdt":
                self._control(child, out)
            elif kind == "hyperlink" and attribute(child, "anchor"):
                inner = self._apart(child)
                self._put(Token("link", _text(inner), attribute(child, "anchor"), inside=tuple(inner)), out)
            elif kind == "drawing":
                for shown in (attribute(e, "embed") for e in child.iter() if local(e) == "blip"):
                    self._put(Token("picture", "", shown), out)
            elif kind in ("commentRangeStart", "commentReference"):
                self._line.comments.append(attribute(child, "id"))
            elif kind and kind not in _SKIPPED:
                self._walk(child, out)

    def _apart(self, element: Any) -> list[Token]:
        return _Parser(self._line).inside(element)

    def _changed(self, element: Any, op: str, out: list[Token]) -> None:
        text = "".join(
            e.text or "" if local(e) in ("t", "delText") else _CHARACTERS.get(local(e), "") for e in element.iter()
        )
        self._line.tracked.append(Tracked(op, attribute(element, "author"), attribute(element, "date"), text))
        if op == "insert":
            self._walk(element, out)
            return
        for mark in element.iter():
            if local(mark) == "bookmarkStart":
                self._put(Token("start", "", attribute(mark, "name"), attribute(mark, "id")), out)
            elif local(mark) == "bookmarkEnd":
                self._put(Token("end", "", attribute(mark, "id")), out)

    def _control(self, element: Any, out: list[Token]) -> None:
        properties = [e for p in element if local(p) == "sdtPr" for e in p]
        tag = next((attribute(e, "val") for e in properties if local(e) == "tag"), "")
        empty = any(local(e) == "showingPlcHdr" for e in properties)
        content = next((e for e in element if local(e) == "sdtContent"), None)
        inner = self._apart(content) if content is not None else []
        if not tag.startswith("dp|"):
            for token in inner:
                self._put(token, out)
            return
        self._put(Token("control", _text(inner), tag, inside=tuple(inner), empty=empty), out)

    def _mark(self, kind: str, out: list[Token]) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].shown = True
        elif kind == "end" and self._fields:
            self._end(out)

    def _end(self, out: list[Token]) -> None:
        done = self._fields.pop()
        words = done.instruction.split()
        if len(words) > 1 and words[0].upper() in ("REF", "PAGEREF") and words[1].startswith("_dp"):
            marks = [t for t in done.result if t.kind in ("start", "end")]
            for token in (Token("reference", _text(done.result), words[1], inside=tuple(done.result)), *marks):
                self._put(token, out)
            return
        for token in done.result:
            self._put(token, out)


def _text(tokens: list[Token]) -> str:
    return "".join(t.text for t in tokens)


def _joined(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        if token.kind == "text" and out and out[-1].kind == "text":
            out[-1] = Token("text", out[-1].text + token.text)
        elif token.kind != "text" or token.text:
            out.append(token)
    return out
