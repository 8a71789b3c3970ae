"""Writes a target whose codes stand in another order than the source's: runs and containers are moved, none is made anew.

Imports the core and the node parts of this package.

Every text and object is first cut free, so that it is a row of children of its container; marks that lie between (bookmarks,
ranges, hidden or deleted runs) go along with their neighbour. Then each container's children are put in the target's order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from docpipe.formats.ooxml.coding import Coding, Gap
from docpipe.formats.ooxml.names import SHORT, Element, set_text, w_attr
from docpipe.formats.ooxml.nodes import Node, ObjectNode, SpanNode, TextNode
from docpipe.formats.ooxml.runs import choose, new_run, split_after
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text

_STARTS = frozenset({
    "w:bookmarkStart", "w:commentRangeStart", "w:permStart", "w:moveFromRangeStart", "w:moveToRangeStart",
})  # fmt: skip
_FIRST = frozenset({"w:pPr", "w:fldData", "w:smartTagPr", "w:customXmlPr", "a:pPr"})
_LAST = frozenset({"a:endParaRPr"})


@dataclass(slots=True, eq=False)
class _Piece:
    """The children of one container that make up a leaf, with the marks that go along."""

    elements: list[Element] = field(default_factory=list)
    before: list[Element] = field(default_factory=list)
    after: list[Element] = field(default_factory=list)

    @property
    def all(self) -> list[Element]:
        return [*self.before, *self.elements, *self.after]


def rearrange(coding: Coding, target: CodedText) -> None:
    """Writes a target (its codes checked, fixed ones settled) over the paragraph's content."""
    _Mover(coding).write(target)


class _Mover:
    def __init__(self, coding: Coding) -> None:
        self.coding = coding
        self.pieces: dict[object, _Piece] = {}
        self.unused: dict[int, list[Gap]] = {}
        for gap in coding.gaps:
            if gap.texts:
                self.unused.setdefault(gap.context.code, []).append(gap)
        self.ends: tuple[Element, Element] | None = None
        self.home = _home(coding.root)
        self.fixed: dict[Element, list[Element]] = {}
        self.used: set[object] = set()
        root = coding.root
        if root.start is not None:
            assert root.first is not None
            assert root.last is not None
            self.ends = _cut_after(root.start, self.home), _cut_before(root.last, self.home)
        self._cut(root.children, self.home)
        self._collect(self.home, self._between() if root.start is not None else list(self.home))

    # ---- cutting free

    def _between(self) -> list[Element]:
        """Where the root is a field's result: the children of home between its separator and its end."""
        assert self.ends is not None
        children = list(self.home)
        return children[children.index(self.ends[0]) + 1 : children.index(self.ends[1])]

    def _cut(self, nodes: list[Node], home: Element) -> None:
        for node in nodes:
            if isinstance(node, TextNode):
                self._free(node, node.element, node.element, home)
            elif isinstance(node, ObjectNode):
                self._free(node, node.first, node.last, home)
            elif node.start is not None:  # a field's result lies beside its marks
                assert node.first is not None
                assert node.last is not None
                self._free((node, "head"), node.first, node.start, home)
                self._cut(node.children, home)
                self._free((node, "tail"), node.last, node.last, home)
            else:
                assert node.first is not None
                assert node.last is not None
                assert node.element is not None
                self._free(node, node.first, node.last, home)
                self._cut(node.children, node.element)
                self._collect(node.element, list(node.element))

    def _free(self, key: object, first: Element, last: Element, home: Element) -> None:
        """Cuts so that the stretch from first to last is a row of whole children of ``home``."""
        top = _cut_before(first, home)
        end = _cut_after(last, home)
        row = [top]
        while row[-1] is not end:
            following = row[-1].getnext()
            if following is None:
                break
            row.append(following)
        self.pieces[key] = _Piece(row)

    def _collect(self, home: Element, children: list[Element]) -> None:
        """Gives every other one of these children of the container to a neighbour."""
        owner = {el: piece for piece in self.pieces.values() for el in piece.elements}
        waiting: list[Element] = []
        last: _Piece | None = None
        fixed = self.fixed.setdefault(home, [])
        for el in children:
            piece = owner.get(el)
            if piece is not None:
                if piece is not last:
                    piece.before += waiting
                    waiting = []
                last = piece
            elif SHORT[el.tag] in _FIRST:
                fixed.append(el)
            elif SHORT[el.tag] in _STARTS or last is None:
                waiting.append(el)
            else:
                last.after.append(el)
        if last is not None:
            last.after += waiting
        else:
            fixed += waiting

    # ---- putting in order

    def write(self, target: CodedText) -> None:
        coding = self.coding
        lead = [el for n in _within(coding.lead, coding.root) for el in self._take(n)]
        inner = self._emit(iter(target), 0)
        trail = [el for n in _within(coding.trail, coding.root) for el in self._take(n)]
        order = [*lead, *inner, *self._left_over(), *trail]
        if self.ends is not None:
            for el in self._between():
                self.home.remove(el)
            at = self.home.index(self.ends[0]) + 1
            for el in reversed([*self.fixed.get(self.home, []), *order]):
                self.home.insert(at, el)
        else:
            self._put(self.home, order)
        _mend_bookmarks(self.home)

    def _take(self, key: object) -> list[Element]:
        self.used.add(key)
        piece = self.pieces.get(key)
        return piece.all if piece is not None else []

    def _left_over(self) -> list[Element]:
        """Of what the target has no use for, the marks; containers that hold nothing stay whole."""
        out: list[Element] = []
        for key, piece in self.pieces.items():
            if key not in self.used:
                out += piece.all if isinstance(key, SpanNode) else [*piece.before, *piece.after]
        return out

    def _emit(self, parts: Iterator[Text | Open | Close | Placeholder], code: int) -> list[Element]:
        out: list[Element] = []
        for part in parts:
            if isinstance(part, Text):
                out += self._text(part.text, code)
            elif isinstance(part, Placeholder):
                node = self.coding.nodes[part.id]
                assert isinstance(node, ObjectNode)
                out += self._take(node)
            elif isinstance(part, Close):
                break
            else:
                out += self._span(part, parts)
        return out

    def _span(self, opening: Open, parts: Iterator[Text | Open | Close | Placeholder]) -> list[Element]:
        node = self.coding.nodes[opening.id]
        assert isinstance(node, SpanNode)
        inner = self._emit(parts, opening.id)
        if node.start is not None:
            return [*self._take((node, "head")), *inner, *self._take((node, "tail"))]
        if node.element is not None:
            self._put(node.element, inner)
            return self._take(node)
        return inner

    def _text(self, text: str, code: int) -> list[Element]:
        gaps = self.unused.get(code, [])
        at = next((i for i, g in enumerate(gaps) if choose(g.texts, g.fitting(), text) is not None), None)
        if at is None:
            return [new_run(self.coding.contexts[code], text, self.coding.root)]
        gap = gaps.pop(at)
        taker = choose(gap.texts, gap.fitting(), text)
        out: list[Element] = []
        for node in gap.texts:
            piece = self.pieces[node]
            self.used.add(node)
            if node is taker:
                set_text(node.element, text)
                out += piece.all
            else:
                out += [*piece.before, *piece.after]
        return out

    def _put(self, home: Element, order: list[Element]) -> None:
        wanted = [*self.fixed.get(home, []), *order]
        wanted.sort(key=lambda el: SHORT[el.tag] in _LAST)
        for el in list(home):
            home.remove(el)
        home.extend(wanted)


def _home(span: SpanNode) -> Element:
    """The element whose children are moved: the container's own, or for a field's result the one its marks lie in."""
    if span.element is not None:
        return span.element
    assert span.first is not None
    run = span.first.getparent()
    assert run is not None
    home = run.getparent()
    assert home is not None
    return home


def _within(nodes: list[Node], root: SpanNode) -> list[Node]:
    """The edge objects that lie in the root itself; those of outer containers are not touched."""
    own = {id(n) for n in root.children}
    return [n for n in nodes if id(n) in own]


def _cut_before(el: Element, home: Element) -> Element:
    """Splits the ancestors below ``home`` so that ``el`` begins one of its children; returns that child."""
    while (parent := el.getparent()) is not home:
        assert parent is not None
        before = el.getprevious()
        while before is not None and SHORT[before.tag] in ("w:rPr", "w:smartTagPr", "w:customXmlPr", "a:rPr"):
            before = before.getprevious()
        if before is not None:
            rest = split_after(before, parent)
            assert rest is not None
            el = rest
        else:
            el = parent
    return el


def _cut_after(el: Element, home: Element) -> Element:
    """Splits the ancestors below ``home`` so that ``el`` ends one of its children; returns that child."""
    while (parent := el.getparent()) is not home:
        assert parent is not None
        split_after(el, parent)
        el = parent
    return el


def _mend_bookmarks(home: Element) -> None:
    """A bookmark whose end came to stand before its start: the end is put right after the start."""
    ends: dict[str, Element] = {}
    for el in list(home.iter("{*}bookmarkStart", "{*}bookmarkEnd")):
        identity = w_attr(el, "id") or ""
        if SHORT[el.tag] == "w:bookmarkEnd":
            ends[identity] = el
        elif identity in ends:
            el.addnext(ends.pop(identity))
