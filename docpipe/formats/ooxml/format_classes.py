"""Formats that look the same on the texts that have them: the classes from which a container's base and codes are chosen.

Imports the node parts of this package.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.formats.ooxml.nodes import Node, TextNode, texts_in
from docpipe.formats.ooxml.runprops import Prop, RunFormat


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


def is_strong(text: TextNode, format: FormatClass) -> bool:
    """Whether a text may stand for its class: its properties are the class's own."""
    return format.takes(*text.format.view(text.scripts))


def first_class(nodes: list[Node]) -> FormatClass | None:
    """The class of the first text that holds any character."""
    for text in texts_in(nodes):
        if text.text:
            return _class_of(text)
    return None


def _class_of(text: TextNode) -> FormatClass:
    props, fonts = text.format.view(text.scripts)
    return FormatClass(props, dict(fonts), [text], len(text.text))


def classes_in(nodes: list[Node]) -> dict[int, FormatClass]:
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
    cls = class_of_all(texts, shared)
    if cls is None:
        return {}
    return {id(t): cls for t in texts}


def class_of_all(texts: list[TextNode], shared: RunFormat) -> FormatClass | None:
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
