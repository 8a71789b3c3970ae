"""Complex and simple fields: a stack of frames that lasts across paragraphs, and matching within a paragraph.

Imports names and nodes only. Source: ISO/IEC 29500-1, 17.16.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docpipe.formats.ooxml.nodes import FieldFrame, FieldMark, Node, ObjectNode, SpanNode, TextNode, digest, texts_in

SILENT = frozenset({"XE", "TC", "TA", "RD", "PRIVATE"})
"""Fields that mark a place and show nothing."""

DATES = frozenset({"DATE", "TIME", "SAVEDATE", "CREATEDATE", "PRINTDATE"})
"""Fields that show a date or time by a picture; their results are never translated as text."""

PICTURE = re.compile(r'\\@\s*(?:"([^"]*)"|([^\s"]+))')
"""The picture of a date (17.16.4.1)."""

_NAME = re.compile(r"\s*([A-Za-z=!][A-Za-z]*)")


def field_name(code: str) -> str:
    """The field type of an instruction, in capitals: ``HYPERLINK``, ``REF``, ``=`` for a formula."""
    found = _NAME.match(code)
    return found.group(1).upper() if found else ""


def field_token(code: str) -> str:
    """Digest of a field by its instruction; of one that shows a date without the picture, which follows the language."""
    return digest("field", PICTURE.sub("", code) if field_name(code) in DATES else code)


class FieldPolicy:
    """Which fields' results are translated."""

    def __init__(self, translated: Iterable[str], everything: bool) -> None:
        self._translated = frozenset(name.upper() for name in translated)
        self._everything = everything

    def keeps(self, code: str) -> bool:
        """Whether the cached result of this instruction stays as it is. A bare bookmark name counts as REF."""
        name = field_name(code)
        return not self._everything and name not in self._translated


class FieldStack:
    """The open fields of a story. Marks without a partner are tolerated: they do not end what they did not begin.

    ``in_code``: text here belongs to an instruction and is never seen. ``kept``: the outermost field whose result is kept.
    """

    def __init__(self, policy: FieldPolicy) -> None:
        self.frames: list[FieldFrame] = []
        self.policy = policy
        self.in_code = False
        self.kept: FieldFrame | None = None

    def mark(self, what: str, mark: FieldMark) -> None:
        """Begins, separates or ends the innermost field."""
        if what == "begin":
            mark.frame = FieldFrame(mark.element)
            self.frames.append(mark.frame)
        elif self.frames:
            frame = mark.frame = self.frames[-1]
            if what == "separate":
                frame.in_result = True
                frame.kept = self.policy.keeps(frame.code)
            elif what == "end":
                self.frames.pop()
        self.in_code = not all(f.in_result for f in self.frames)
        self.kept = next((f for f in self.frames if f.kept), None)

    def instruction(self, text: str) -> None:
        """Text of an instruction."""
        if self.frames and not self.frames[-1].in_result:
            self.frames[-1].code += text


def plain_result(nodes: list[Node]) -> str:
    """What a person sees of nodes: texts and the equivalents of objects."""
    out = []
    for node in nodes:
        if isinstance(node, TextNode):
            out.append(node.text)
        elif isinstance(node, ObjectNode):
            out.append(node.equiv)
        else:
            out.append(plain_result(node.children))
    return "".join(out)


def fold(items: list[Node | FieldMark]) -> list[Node]:
    """Matches the field marks of one container: whole fields become a span or an object, halves become fixed objects."""
    marked = False
    ends: dict[int, int] = {}
    separators: dict[int, int] = {}
    for at, item in enumerate(items):
        if type(item) is not FieldMark:
            continue
        marked = True
        if item.frame is not None:
            if item.what == "end":
                ends[id(item.frame)] = at
            elif item.what == "separate":
                separators.setdefault(id(item.frame), at)
    if not marked:
        return items  # type: ignore[return-value]
    return _fold(items, 0, len(items), ends, separators)


def _fold(
    items: list[Node | FieldMark], start: int, stop: int, ends: dict[int, int], separators: dict[int, int]
) -> list[Node]:
    out: list[Node] = []
    at = start
    while at < stop:
        item = items[at]
        if not isinstance(item, FieldMark):
            out.append(item)
            at += 1
            continue
        frame = item.frame
        end = ends.get(id(frame), -1) if frame is not None and item.what == "begin" else -1
        split = separators.get(id(frame), -1)
        if frame is None or not at < end < stop:
            until = split if item.what == "begin" and at < split < stop else at
            out.append(_half(items, at, until, ends, separators))
            at = until + 1
            continue
        result = _fold(items, split + 1, end, ends, separators) if at < split < end else []
        out += _whole(frame, item, items[end], items[split] if at < split < end else None, result)
        at = end + 1
    return out


def _half(
    items: list[Node | FieldMark], at: int, until: int, ends: dict[int, int], separators: dict[int, int]
) -> ObjectNode:
    """A field's mark whose partner lies elsewhere; a beginning goes to its separator, since text between them would be code."""
    first, last = items[at], items[until]
    assert isinstance(first, FieldMark)
    assert isinstance(last, FieldMark)
    inner = _fold(items, at + 1, until, ends, separators) if until > at else []
    token = digest("mark", first.what)
    return ObjectNode("field-mark", first.element, last.element, token, edge=True, fixed=True, inner=inner)


def _whole(
    frame: FieldFrame, begin: FieldMark, end: Node | FieldMark, split: Node | FieldMark | None, result: list[Node]
) -> list[Node]:
    assert isinstance(end, FieldMark)
    code = " ".join(frame.code.split())
    name = field_name(code)
    if not frame.kept and isinstance(split, FieldMark) and any(t.text for t in texts_in(result)):
        kind = "link" if name == "HYPERLINK" else "field"
        span = SpanNode(kind, None, begin.element, end.element, split.element, field_token(code), result)
        return [span]
    if name in SILENT and not result:
        return []
    shown = plain_result(result)
    return [
        ObjectNode(
            "field", begin.element, end.element, field_token(code), equiv=shown, inner=result,
            skips=[("field-result", len(t.text)) for t in texts_in(result)],
        )
    ]  # fmt: skip
