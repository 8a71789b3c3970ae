"""Builds WordprocessingML: elements, runs, fields, controls, bookmarks and tracked changes with numbers of their own. Imports python-docx alone.

Source: ECMA-376 part 1, 17.3 (runs), 17.5.2 (structured document tags), 17.13 (annotations), 17.16 (fields).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

AUTHOR = "docpipe"
Change = Literal["", "ins", "del"]
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("([\t\n\r])")
_ELEMENTS = {"\t": "w:tab", "\n": "w:br", "\r": "w:cr"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks. ``style``: id of a character style; ``marks``: of b, i, u, sup, sub; ``color``: six hex digits."""

    marks: frozenset[str] = frozenset()
    style: str = ""
    color: str = ""

    def plus(self, mark: str) -> Look:
        """With one mark more."""
        return Look(self.marks | {mark}, self.style, self.color)


PLAIN = Look()
BOLD = Look(frozenset({"b"}))


def clean(text: str) -> str:
    """The text with a visible sign where XML allows no such character."""
    return _NO_XML.sub("\ufffd", text)


class Tree:
    """One document's elements; ids count up, so that equal input gives equal bytes."""

    def __init__(self, root: Any, changed_at: str = "") -> None:
        from docx.oxml.ns import qn

        self._make = root.makeelement
        self._name = cache(qn)
        self._changed_at = changed_at
        self._bookmarks = self._controls = 0
        self._changes = 900_000

    def new(self, tag: str, parent: Any = None, /, **attributes: str) -> Any:
        """An element; attributes are those of the w namespace."""
        made = self._make(self._name(tag))
        for key, value in attributes.items():
            made.set(self._name("w:" + key), clean(value))
        if parent is not None:
            parent.append(made)
        return made

    def paragraph(self, parent: Any, style: str = "", change: Change = "") -> Any:
        """A paragraph; with ``change`` its mark is inserted or deleted."""
        made = self.new("w:p", parent)
        if style or change:
            properties = self.new("w:pPr", made)
            if style:
                self.new("w:pStyle", properties, val=style)
            if change:
                self._change(change, self.new("w:rPr", properties))
        return made

    def mark(self, change: Change, properties: Any) -> None:
        """Says in a row's properties that it was inserted or deleted."""
        if change:
            self._change(change, properties)

    def run(self, parent: Any, text: str, look: Look = PLAIN, change: Change = "") -> None:
        """A run with the text, its tabs and breaks as elements; nothing for an empty text."""
        if text:
            made = self._run(parent, look, change)
            for piece in _SPECIAL.split(clean(text)):
                if piece in _ELEMENTS:
                    self.new(_ELEMENTS[piece], made)
                elif piece:
                    element = self.new("w:delText" if change == "del" else "w:t", made)
                    element.text = piece
                    element.set(_SPACE, "preserve")

    def holder(self, parent: Any, change: Change = "") -> Any:
        """An empty run, for what is no text."""
        return self._run(parent, PLAIN, change)

    def _run(self, parent: Any, look: Look, change: Change = "") -> Any:
        made = self.new("w:r", self._change(change, parent) if change else parent)
        if look != PLAIN:
            of = self.new("w:rPr", made)
            if look.style:
                self.new("w:rStyle", of, val=look.style)
            for mark in ("b", "i"):
                if mark in look.marks:
                    self.new(f"w:{mark}", of)
            if look.color:
                self.new("w:color", of, val=look.color)
            if "u" in look.marks:
                self.new("w:u", of, val="single")
            if "sup" in look.marks or "sub" in look.marks:
                self.new("w:vertAlign", of, val="superscript" if "sup" in look.marks else "subscript")
        return made

    def _change(self, change: Change, parent: Any, tag: str = "") -> Any:
        self._changes += 1
        made = self.new(tag or f"w:{change}", parent, id=str(self._changes), author=AUTHOR)
        if self._changed_at:
            made.set(self._name("w:date"), self._changed_at)
        return made

    def field(
        self,
        parent: Any,
        instruction: str,
        result: str,
        look: Look = PLAIN,
        *,
        dirty: bool = False,
        change: Change = "",
    ) -> None:
        """A field with its result as last known; a dirty one is filled in anew when Word opens the document."""
        self.field_begin(parent, instruction, look, dirty=dirty, change=change)
        self.run(parent, result, look, change)
        self.field_end(parent, look, change)

    def field_begin(
        self, parent: Any, instruction: str, look: Look = PLAIN, *, dirty: bool = False, change: Change = ""
    ) -> None:
        """The beginning of a field, up to its result."""
        begin = self.new("w:fldChar", self._run(parent, look, change), fldCharType="begin")
        if dirty:
            begin.set(self._name("w:dirty"), "true")
        code = self.new("w:delInstrText" if change == "del" else "w:instrText", self._run(parent, look, change))
        code.text = f" {instruction} "
        code.set(_SPACE, "preserve")
        self.new("w:fldChar", self._run(parent, look, change), fldCharType="separate")

    def field_end(self, parent: Any, look: Look = PLAIN, change: Change = "") -> None:
        """Its end."""
        self.new("w:fldChar", self._run(parent, look, change), fldCharType="end")

    def control(self, parent: Any, tag: str, title: str = "", change: Change = "") -> Any:
        """A content control inside a line; what belongs in it goes into the element returned, which ``control_end`` closes."""
        self._controls += 1
        if change == "ins":
            self._change(change, parent, "w:customXmlInsRangeStart")
            opened = str(self._changes)
        made = self.new("w:sdt", parent)
        of = self.new("w:sdtPr", made)
        if title:
            self.new("w:alias", of, val=clean(title)[:64])
        self.new("w:tag", of, val=tag)
        self.new("w:id", of, val=str(self._controls))
        content = self.new("w:sdtContent", made)
        if change == "ins":
            self.new("w:customXmlInsRangeEnd", content, id=opened)
        return content

    def control_end(self, parent: Any, content: Any, change: Change = "") -> None:
        """Closes a control that was inserted."""
        if change == "ins":
            self._change(change, content, "w:customXmlInsRangeStart")
            self.new("w:customXmlInsRangeEnd", parent, id=str(self._changes))

    def block_control(self, parent: Any, tag: str, gallery: str = "") -> Any:
        """A content control around paragraphs; gives the element that they go into."""
        self._controls += 1
        made = self.new("w:sdt", parent)
        of = self.new("w:sdtPr", made)
        self.new("w:tag", of, val=tag)
        self.new("w:id", of, val=str(self._controls))
        if gallery:
            part = self.new("w:docPartObj", of)
            self.new("w:docPartGallery", part, val=gallery)
            self.new("w:docPartUnique", part)
        return self.new("w:sdtContent", made)

    def link(self, parent: Any, anchor: str) -> Any:
        """A link to a bookmark of the document; gives the element that its runs go into."""
        return self.new("w:hyperlink", parent, anchor=anchor, history="1")

    def bookmark(self, parent: Any, name: str) -> str:
        """Begins a bookmark; its number ends it."""
        self._bookmarks += 1
        self.new("w:bookmarkStart", parent, id=str(self._bookmarks), name=name)
        return str(self._bookmarks)

    def bookmark_end(self, parent: Any, number: str) -> None:
        """Ends a bookmark."""
        self.new("w:bookmarkEnd", parent, id=number)
