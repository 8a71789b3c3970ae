"""From nodes to coded text: the base format, the fewest codes that tell the rest, and the gaps in which text lies.

Imports the core and the node parts of this package. Nothing is changed in the file.

A paragraph's text is a row of gaps with codes between them. Each gap knows the ``w:t`` elements that hold its text and the
context (innermost code) it lies in; a context knows which run formats are its own. The base of a container is the format
of most of its characters, and gets no code; a container that holds a whole paragraph gets none either. Objects at a
paragraph's ends that no sentence needs (note marks, anchored pictures, tabs) stay out of the content, in ``lead`` and
``trail``. White space whose format cannot be seen on it belongs to the format before or after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from docpipe.formats.ooxml.format_classes import FormatClass, class_of_all, classes_in, first_class, is_strong
from docpipe.formats.ooxml.nodes import Node, ObjectNode, SpanNode, TextNode, digest, texts_in
from docpipe.formats.ooxml.runprops import Prop, RunFormat, kind_of_change
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text


@dataclass(slots=True, eq=False)
class Context:
    """Where text lies: the innermost code (0: none), its format, its container."""

    code: int
    format: FormatClass
    container: SpanNode
    path: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Gap:
    """The text between two neighbouring codes and the elements that hold it."""

    context: Context
    texts: list[TextNode] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.texts)

    def fitting(self) -> list[TextNode]:
        """The elements whose own format is the context's (not merely unseen on white space)."""
        return [t for t in self.texts if is_strong(t, self.context.format)]


class Coding:
    """A paragraph's content with all that is needed to write it. ``codes[i]`` stands between ``gaps[i]`` and ``gaps[i+1]``."""

    __slots__ = ("_contexts", "_gaps", "codes", "content", "lead", "nodes", "plain", "root", "trail")

    def __init__(
        self,
        content: CodedText,
        gaps: list[Gap],
        codes: list[Open | Close | Placeholder],
        nodes: dict[int, ObjectNode | SpanNode],
        contexts: dict[int, Context],
        root: SpanNode,
        lead: list[Node],
        trail: list[Node],
    ) -> None:
        self.content = content
        self.codes = codes
        self.nodes = nodes
        self.root = root
        self.lead = lead
        self.trail = trail
        self.plain: list[TextNode] | None = None
        """Where the paragraph holds texts of one format and nothing else at all: those of the content."""
        self._gaps = gaps
        self._contexts = contexts

    @property
    def gaps(self) -> list[Gap]:
        """The stretches of text between the codes."""
        self._complete()
        return self._gaps

    @property
    def contexts(self) -> dict[int, Context]:
        """The contexts by code; 0 is the whole."""
        self._complete()
        return self._contexts

    def _complete(self) -> None:
        """Of a plain paragraph gap and context are made when they are asked for: most never are."""
        if not self._gaps and self.plain is not None:
            cls = class_of_all(self.plain, self.plain[0].format)
            assert cls is not None
            context = Context(0, cls, self.root, ())
            self._contexts = {0: context}
            self._gaps = [Gap(context, self.plain)]


_NO_GAPS: list[Gap] = []
_NO_CODES: list[Open | Close | Placeholder] = []
_NO_NODES: dict[int, ObjectNode | SpanNode] = {}
_NO_CONTEXTS: dict[int, Context] = {}
_NOTHING: list[Node] = []
"""Of plain paragraphs, which all share these: nothing is ever put into them."""


def encode(paragraph: SpanNode) -> Coding | None:
    """The coded text of a paragraph, or None where there is no text but white space."""
    if (plain := _plain(paragraph)) is not None:
        return plain
    if not any(t.text and not t.text.isspace() for t in texts_in(paragraph.children)):
        return None
    root, lead, trail = paragraph, list[Node](), list[Node]()
    path: tuple[str, ...] = ()
    while True:
        start, stop = _without_edges(root.children)
        lead += root.children[:start]
        trail = root.children[stop:] + trail
        inner = root.children[start:stop]
        only = inner[0] if len(inner) == 1 else None
        if not isinstance(only, SpanNode):
            break
        root, path = only, (*path, only.token)
    coder = _Coder(root)
    coder.container(root, inner, 0, path, None)
    return coder.result(lead, trail)


def _plain(paragraph: SpanNode) -> Coding | None:
    """The commonest case at less cost: texts of one format and nothing else. None where the paragraph is anything else."""
    children = paragraph.children
    shared: RunFormat | None = None
    only = children[0] if len(children) == 1 else None
    if type(only) is not TextNode or not only.unread or "cs" in only.scripts:
        for node in children:
            if type(node) is not TextNode or (shared is not None and node.format is not shared):
                return None
            shared = node.format
        if shared is None:
            return None
    lead = trail = _NOTHING
    inner: list[TextNode] = children  # type: ignore[assignment]
    if not (inner[0].text and inner[-1].text):
        start, stop = _without_edges(children)
        inner, lead, trail = inner[start:stop], children[:start], children[stop:]
    text = inner[0].text if len(inner) == 1 else "".join([t.text for t in inner])
    if not text or text.isspace():
        return None
    if shared is not None and shared.complex_props and (shared.right_to_left or any("cs" in t.scripts for t in inner)):
        return None
    coding = Coding((Text(text),), _NO_GAPS, _NO_CODES, _NO_NODES, _NO_CONTEXTS, paragraph, lead, trail)
    coding.plain = inner
    return coding


def _is_edge(node: Node) -> bool:
    if isinstance(node, ObjectNode):
        return node.edge
    return isinstance(node, TextNode) and not node.text


def _without_edges(nodes: list[Node]) -> tuple[int, int]:
    start, stop = 0, len(nodes)
    while start < stop and _is_edge(nodes[start]):
        start += 1
    while stop > start and _is_edge(nodes[stop - 1]):
        stop -= 1
    return start, stop


class _Coder:
    def __init__(self, root: SpanNode) -> None:
        self.root = root
        self.parts: list[Inline] = []
        self.gaps: list[Gap] = []
        self.codes: list[Open | Close | Placeholder] = []
        self.nodes: dict[int, ObjectNode | SpanNode] = {}
        self.contexts: dict[int, Context] = {}
        self.next = 1

    def result(self, lead: list[Node], trail: list[Node]) -> Coding:
        return Coding(
            merge_text(self.parts), self.gaps, self.codes, self.nodes, self.contexts, self.root, lead, trail
        )  # fmt: skip

    def _code(self, code: Open | Close | Placeholder, context: Context) -> None:
        self.parts.append(code)
        self.codes.append(code)
        self.gaps.append(Gap(context))

    def container(
        self, span: SpanNode, nodes: list[Node], code: int, path: tuple[str, ...], outer: FormatClass | None
    ) -> None:
        """Codes the content of one container; ``outer``: the format around it, for a container without text of its own."""
        assigned = classes_in(nodes)
        sizes: dict[int, FormatClass] = {}
        for used in assigned.values():
            sizes.setdefault(id(used), used)
        base = max(sizes.values(), key=lambda c: c.size, default=None) or first_class(nodes) or outer
        assert base is not None
        context = Context(code, base, span, path)
        self.contexts[code] = context
        if code == 0:
            self.gaps.append(Gap(context))
        else:
            self._reopen(context)
        at = 0
        while at < len(nodes):
            node = nodes[at]
            cls = assigned.get(id(node))
            if cls is not None and cls is not base:
                stop = _same_format_until(nodes, at, cls, assigned)
                self._format(span, nodes[at:stop], cls, context)
                at = stop
                continue
            self._node(node, context)
            at += 1

    def _reopen(self, context: Context) -> None:
        """The gap after an opening code lies in the new context."""
        self.gaps[-1].context = context

    def _node(self, node: Node, context: Context) -> None:
        if isinstance(node, TextNode):
            self.parts.append(Text(node.text))
            self.gaps[-1].texts.append(node)
            return
        if isinstance(node, SpanNode):
            if not _holds_anything(node):
                return
            number = self._number(node)
            self._code(Open(number, node.kind, node.token), context)
            self.container(node, node.children, number, (*context.path, node.token), context.format)
            self._code(Close(number), context)
            return
        number = self._number(node)
        self._code(
            Placeholder(
                number, node.kind, node.token, node.equiv, deletable=node.deletable, reorderable=not node.fixed
            ),
            context,
        )  # fmt: skip

    def _number(self, node: ObjectNode | SpanNode) -> int:
        number = self.next
        self.next += 1
        self.nodes[number] = node
        return number

    def _format(self, span: SpanNode, nodes: list[Node], cls: FormatClass, around: Context) -> None:
        node = SpanNode("style", None, None, None, children=nodes)
        number = self._number(node)
        context = Context(number, cls, span, around.path)
        self.contexts[number] = context
        kind = kind_of_change(around.format.props, cls.props)
        node.kind = kind
        self._code(Open(number, kind, _format_digest(cls.props, tuple(sorted(cls.fonts.items())))), context)
        for node_below in nodes:
            self._node(node_below, context)
        self._code(Close(number), around)


@lru_cache(maxsize=4096)
def _format_digest(props: tuple[Prop, ...], fonts: tuple[tuple[str, str], ...]) -> str:
    return digest(props, fonts)


def _holds_anything(span: SpanNode) -> bool:
    return any(
        bool(n.text) if isinstance(n, TextNode) else _holds_anything(n) if isinstance(n, SpanNode) else True
        for n in span.children
    )


def _same_format_until(nodes: list[Node], at: int, cls: FormatClass, assigned: dict[int, FormatClass]) -> int:
    """The end of the stretch of one class: objects inside it do not break it, at its end they stay outside."""
    stop = at + 1
    for i in range(at + 1, len(nodes)):
        node = nodes[i]
        if isinstance(node, SpanNode):
            if _holds_anything(node):
                break
            continue
        if isinstance(node, ObjectNode):
            continue
        other = assigned.get(id(node))
        if other is cls:
            stop = i + 1
        elif other is not None:
            break
    return stop
