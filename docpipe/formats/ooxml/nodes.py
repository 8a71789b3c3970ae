"""What a paragraph is made of for us: texts, objects and spans, each bound to its elements in the file.

Imports names and run properties only. These are working values of one reading, mutable and never stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from docpipe.formats.ooxml.names import SHORT, W_STRICT, Element, W, attributes, w_attr
from docpipe.formats.ooxml.runprops import RunFormat, RunFormats

Skips = list[tuple[str, int]]
"""(reason, characters) of text that is there and not offered for translation."""


class TextNode:
    """A ``w:t`` whose text is translatable. Its format may be given as the reader of formats, and is read when it is asked for."""

    __slots__ = ("_format", "element", "scripts", "text")

    def __init__(
        self, element: Element, text: str, format: RunFormat | RunFormats, scripts: tuple[str, ...] = ()
    ) -> None:
        self.element = element
        self.text = text
        self.scripts = scripts
        self._format = format

    @property
    def format(self) -> RunFormat:
        """What its run states; of a format that is not read yet, the properties are the run's first child."""
        found = self._format
        if isinstance(found, RunFormats):
            found = self._format = found.of(self._properties())
        return found

    @property
    def unread(self) -> bool:
        """Whether nobody has asked for the format yet."""
        return type(self._format) is RunFormats

    def language(self, slot: str) -> str:
        """The tag that the run states for a script (val | eastAsia | bidi), or ""."""
        if not self.unread:
            return self.format.languages.get(slot, "")
        stated = next(self._properties().iterchildren(W + "lang", W_STRICT + "lang", reversed=True), None)
        return (w_attr(stated, slot) or "") if stated is not None else ""

    def _properties(self) -> Element:
        run = self.element.getparent()
        assert run is not None
        return run[0]


@dataclass(slots=True, eq=False)
class ObjectNode:
    """Something that is no translatable text, from ``first`` to ``last`` (one element, or the ends of a field).

    ``edge``: left out of the content where it stands at its start or end. ``fixed``: may not change place among its like.
    ``token``: digest of what it is. ``nested``: it carries blocks of its own (text boxes, alternative text).
    """

    kind: str
    first: Element
    last: Element
    token: str
    equiv: str = ""
    edge: bool = False
    fixed: bool = False
    deletable: bool = False
    skips: Skips = field(default_factory=list)
    inner: list[Node] = field(default_factory=list)
    nested: bool = False


@dataclass(slots=True, eq=False)
class SpanNode:
    """A container: hyperlink, content control, field result, insertion; or (``element`` and ``first`` None) mere formatting.

    ``element``: where the children live, None for a field result, which lies in its parent's element between ``start`` (the
    separator) and ``last``. ``first``, ``last``: its outer ends.
    """

    kind: str
    element: Element | None
    first: Element | None
    last: Element | None
    start: Element | None = None
    token: str = ""
    children: list[Node] = field(default_factory=list)
    skips: Skips = field(default_factory=list)
    control: Element | None = None


Node = TextNode | ObjectNode | SpanNode


@dataclass(slots=True, eq=False)
class FieldFrame:
    """One nesting level of complex fields (ISO/IEC 29500-1, 17.16.18). ``kept``: its result is not translated."""

    begin: Element
    code: str = ""
    in_result: bool = False
    kept: bool = False


@dataclass(slots=True, eq=False)
class FieldMark:
    """A begin, separate or end mark, before fields are matched within the paragraph."""

    what: str
    element: Element
    frame: FieldFrame | None


def digest(*parts: object) -> str:
    """Sixteen hexadecimal digits that stand for native data."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_UNSEEN = ("rsid", "paraId", "textId", "anchorId", "editId", "descr", "title", "alt", "gfxdata")
_TEXT_HOLDERS = frozenset({"w:txbxContent", "w:t", "w:delText", "a:p", "#"})


def element_token(element: Element, silent: Collection[Element] = ()) -> str:
    """Digest of an object's elements and attributes, without the text that may be translated in it (``silent`` too)."""
    parts: list[object] = []
    stack = [element]
    while stack:
        node = stack.pop()
        name = SHORT[node.tag]
        if name in _TEXT_HOLDERS:
            continue
        shown = tuple(sorted((k, v) for k, v in attributes(node) if not k.endswith(_UNSEEN) and "rsid" not in k))
        if node in silent:
            shown = ()  # white space at a text's ends adds an attribute
        if name == "v:textpath":
            shown = tuple(kv for kv in shown if kv[0] != "string")
        parts.append((name, shown, (node.text or "").strip() if len(node) == 0 and node not in silent else ""))
        stack.extend(node)
    return digest(*parts)


def texts_in(nodes: list[Node]) -> Iterator[TextNode]:
    """Every text node, in order, through spans (not into objects)."""
    for node in nodes:
        if isinstance(node, TextNode):
            yield node
        elif isinstance(node, SpanNode):
            yield from texts_in(node.children)


def objects_in(nodes: list[Node]) -> Iterator[ObjectNode | SpanNode]:
    """Every object and span, in order, also inside objects (a kept field's result)."""
    for node in nodes:
        if isinstance(node, ObjectNode):
            yield node
            yield from objects_in(node.inner)
        elif isinstance(node, SpanNode):
            yield node
            yield from objects_in(node.children)
