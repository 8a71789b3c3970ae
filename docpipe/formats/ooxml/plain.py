"""Reads the commonest paragraph at less cost: runs that hold nothing but text, and no field, object, link or hidden word.

Imports names, nodes and run properties only. Whatever else a paragraph holds, this says None and the inline reader reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from docpipe.formats.ooxml.face import BOOKMARK
from docpipe.formats.ooxml.names import SHORT, WHITE, Element, shown_text, w_attr
from docpipe.formats.ooxml.nodes import Node, TextNode
from docpipe.formats.ooxml.runprops import PLAIN, RunFormat, RunFormats, scripts_of

_SILENT = frozenset({
    "w:proofErr", "w:bookmarkEnd", "w:permStart", "w:permEnd", "w:commentRangeStart", "w:commentRangeEnd", "w:pPr", "#",
})  # fmt: skip
_SILENT_IN_RUN = frozenset({"w:lastRenderedPageBreak", "#"})


class Plain(NamedTuple):
    """A paragraph of text alone: what it states of its style, outline level and list, and its texts."""

    style: str
    outline: Element | None
    numbered: bool
    nodes: list[Node]


class PlainReader:
    """Reads such paragraphs of one document. ``visible``: whether text of a format surely shows in a paragraph's style."""

    def __init__(self, formats: RunFormats, visible: Callable[[RunFormat, str], bool], default_style: str) -> None:
        self._formats = formats
        self._visible = visible
        self._default_style = default_style
        self.steady = False
        """Whether nothing in the story or in its styles hides text or turns its direction: formats are read when they are asked for."""

    def read(self, p: Element) -> Plain | None:
        """The paragraph, or None where it is anything else. The story's open fields are not known here."""
        style, outline, numbered = self._default_style, None, False
        nodes: list[Node] = []
        first = True
        for el in p:
            name = SHORT[el.tag]
            if name == "w:r":
                if not self._run(el, style, nodes):
                    return None
            elif name == "w:pPr" and first:
                for stated in el:
                    name = SHORT[stated.tag]
                    if name == "w:pStyle":
                        style = w_attr(stated, "val") or self._default_style
                    elif name == "w:outlineLvl":
                        outline = stated
                    elif name == "w:numPr":
                        numbered = True
            elif name == "w:bookmarkStart":
                if (w_attr(el, "name") or "").startswith(BOOKMARK):
                    return None
            elif name not in _SILENT:
                return None
            first = False
        return Plain(style, outline, numbered, nodes)

    def _run(self, run: Element, style: str, nodes: list[Node]) -> bool:
        fmt: RunFormat | RunFormats | None = None
        properties: Element | None = None
        first = True
        for el in run:
            name = SHORT[el.tag]
            if name == "w:rPr":
                if not first:
                    return False
                properties = el
            else:
                if fmt is None:
                    if self.steady:
                        fmt = PLAIN if properties is None else self._formats
                    elif not self._visible(fmt := self._formats.of(properties), style):
                        return False
                if name == "w:t":
                    text = el.text or ""
                    if text and (text[0] in WHITE or text[-1] in WHITE):
                        text = shown_text(el)
                    nodes.append(TextNode(el, text, fmt, scripts_of(text)))
                elif name not in _SILENT_IN_RUN:
                    return False
            first = False
        return True
