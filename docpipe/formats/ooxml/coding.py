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

from docpipe.formats.ooxml.nodes import Node, ObjectNode, SpanNode, TextNode, digest, texts_in
from docpipe.formats.ooxml.runprops import Prop, RunFormat, kind_of_change
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text


@dataclass(slots=True, eq=False)
class FormatClass:
    """Formats that look the same on the texts that have them, within one container."""

    props: tuple[Prop, ...]
    fonts: dict[str, str]
    texts: list[TextNode] = field(default_factory=list)
    size: int = 0

    def takes(self, props: tuple[Prop, ...], fonts: dict[str, str]) -> bool:
        """Whether a text of these properties looks the same as this class's where both have characters."""
        return props == self.props and all(self.fonts.get(s, f) == f for s, f in fonts.items())

    def example(self) -> TextNode | None:
        """The longest text of the class."""
        if len(self.texts) == 1:
            return self.texts[0]
        return max(self.texts, key=lambda t: len(t.text), default=None)


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


@dataclass(slots=True, eq=False)
class Coding:
    """A paragraph's content with all that is needed to write it. ``codes[i]`` stands between ``gaps[i]`` and ``gaps[i+1]``."""

    content: CodedText
    gaps: list[Gap]
    codes: list[Open | Close | Placeholder]
    nodes: dict[int, ObjectNode | SpanNode]
    contexts: dict[int, Context]
    root: SpanNode
    lead: list[Node]
    trail: list[Node]
    plain: bool = False
    """Whether the paragraph holds texts of one format and nothing else at all."""


def is_strong(text: TextNode, format: FormatClass) -> bool:
    """Whether a text may stand for its class: its properties are the class's own."""
    return format.takes(*text.format.view(text.scripts))


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
    shared: RunFormat | None = None
    for node in paragraph.children:
        if type(node) is not TextNode or (node.format is not shared and shared is not None):
            return None
        shared = node.format
    if shared is None:
        return None
    start, stop = _without_edges(paragraph.children)
    inner: list[TextNode] = paragraph.children[start:stop]  # type: ignore[assignment]
    text = "".join([t.text for t in inner])
    if not text or text.isspace():
        return None
    lead, trail = paragraph.children[:start], paragraph.children[stop:]
    cls = _class_of_all(inner, shared)
    if cls is None:
        return None
    context = Context(0, cls, paragraph, ())
    return Coding((Text(text),), [Gap(context, inner)], [], {}, {0: context}, paragraph, lead, trail, True)


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
        assigned = _classes(nodes)
        sizes: dict[int, FormatClass] = {}
        for used in assigned.values():
            sizes.setdefault(id(used), used)
        base = max(sizes.values(), key=lambda c: c.size, default=None) or _first_class(nodes) or outer
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


def _first_class(nodes: list[Node]) -> FormatClass | None:
    for text in texts_in(nodes):
        if text.text:
            return _class_of(text)
    return None


def _class_of(text: TextNode) -> FormatClass:
    props, fonts = text.format.view(text.scripts)
    return FormatClass(props, dict(fonts), [text], len(text.text))


def _classes(nodes: list[Node]) -> dict[int, FormatClass]:
    """The class of each text that lies directly in the container, by the node's identity."""
    if uniform := _one_class(nodes):
        return uniform
    classes: list[FormatClass] = []
    assigned: dict[int, FormatClass] = {}
    known: dict[int, FormatClass] = {}
    weak: list[int] = []
    for at, node in enumerate(nodes):
        if not isinstance(node, TextNode):
            continue
        if not node.text or node.text.isspace():
            weak.append(at)
            continue
        view = node.format.view(node.scripts)
        cls = known.get(id(view))
        if cls is None:
            props, fonts = view
            cls = next((c for c in classes if c.takes(props, fonts)), None)
            if cls is None:
                cls = FormatClass(props, dict(fonts))
                classes.append(cls)
            cls.fonts.update(fonts)
            known[id(view)] = cls
        cls.texts.append(node)
        cls.size += len(node.text)
        assigned[id(node)] = cls
    before_at, after_at = _neighbours(nodes, assigned) if weak else ([], [])
    for at in weak:
        node, before, after = nodes[at], before_at[at], after_at[at]
        assert isinstance(node, TextNode)
        seen = _class_of_white_space(node, before, after, classes)
        if seen is None and node.text:
            seen = FormatClass(node.format.props, {}, [node], 0)
            classes.append(seen)
        if seen is not None:
            assigned[id(node)] = seen
    return assigned


def _one_class(nodes: list[Node]) -> dict[int, FormatClass]:
    """The common case, at less cost: all texts have the very same properties, so there is one class."""
    texts = [n for n in nodes if isinstance(n, TextNode)]
    if not texts:
        return {}
    shared = texts[0].format
    if any(t.format is not shared for t in texts):
        return {}
    cls = _class_of_all(texts, shared)
    if cls is None:
        return {}
    return {id(t): cls for t in texts}


def _class_of_all(texts: list[TextNode], shared: RunFormat) -> FormatClass | None:
    """The class of texts that share one format; None where it shows otherwise on complex script, which some of them may be."""
    scripts = texts[0].scripts if len(texts) == 1 else tuple(sorted({s for t in texts for s in t.scripts}))
    if shared.complex_props and (shared.right_to_left or "cs" in scripts):
        return None
    props, fonts = shared.view(scripts)
    return FormatClass(props, fonts, texts, sum([len(t.text) for t in texts]))


def _neighbours(
    nodes: list[Node], assigned: dict[int, FormatClass]
) -> tuple[list[FormatClass | None], list[FormatClass | None]]:
    """For each place the class of the last text before it and of the first text after it."""
    before: list[FormatClass | None] = []
    last: FormatClass | None = None
    for node in nodes:
        before.append(last)
        last = assigned.get(id(node), last)
    after: list[FormatClass | None] = []
    last = None
    for node in reversed(nodes):
        after.append(last)
        last = assigned.get(id(node), last)
    after.reverse()
    return before, after


def _class_of_white_space(
    node: TextNode, before: FormatClass | None, after: FormatClass | None, classes: list[FormatClass]
) -> FormatClass | None:
    """Neighbours whose own format it has, then whose format looks the same on it, then any class."""
    near = [c for c in (before, after) if c is not None]
    for cls in near:
        if cls.props == node.format.props:
            return cls
    for cls in (*near, *classes):
        if _shows_same_on_space(node, cls):
            return cls
    return near[0] if near and not node.text else None


def _shows_same_on_space(node: TextNode, cls: FormatClass) -> bool:
    example = cls.texts[0] if cls.texts else None
    return example is not None and example.format.on_spaces == node.format.on_spaces


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
