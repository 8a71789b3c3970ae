"""Puts a target into a paragraph: where codes keep their order only text changes; else the runs are moved (``moving``).

Imports the core, errors and the node parts of this package.

In each gap the longest element whose own format is the context's takes the text, the others are emptied; a gap whose text
is unchanged is not touched. A gap without an element gets a new run with the properties of its context.
"""

from __future__ import annotations

import re

from docpipe.errors import BrokenRow, Defect
from docpipe.formats.ooxml.coding import Coding, Gap
from docpipe.formats.ooxml.moving import rearrange
from docpipe.formats.ooxml.names import Element, set_text
from docpipe.formats.ooxml.nodes import ObjectNode, SpanNode, TextNode
from docpipe.formats.ooxml.runs import choose, insert_after, insert_before, insert_first, new_run
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, code_faults

Code = Open | Close | Placeholder
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (section 2.2)."""


def checked_text(text: str, address: str) -> str:
    """The text, if XML can hold it. Raises ``BrokenRow``."""
    if ILLEGAL.search(text):
        raise BrokenRow("The target holds a character that XML cannot hold.", address=address)
    return text


def settle(coding: Coding, target: CodedText, address: str) -> CodedText:
    """The target with fixed codes in the order of the source. Raises ``Defect`` where its codes do not fit."""
    for part in target:
        if isinstance(part, Text):
            checked_text(part.text, address)
    faults = code_faults(coding.content, target)
    if faults:
        raise Defect("A target's codes do not fit its block.", address=address, faults=len(faults))
    fixed = [c for c in coding.codes if isinstance(c, Placeholder) and not c.reorderable]
    if len(fixed) < 2:
        return target
    row = iter(fixed)
    ids = {c.id for c in fixed}
    return tuple(next(row) if isinstance(p, Placeholder) and p.id in ids else p for p in target)


def place(coding: Coding, target: CodedText, address: str) -> bool:
    """Writes the target over the paragraph's content; returns whether anything changed."""
    if coding.plain is not None and len(target) == 1 and isinstance(target[0], Text) and target[0].text:
        return _place_plain(coding.plain, checked_text(target[0].text, address), coding.content)
    texts, codes = split(target)
    if [_key(c) for c in codes] != [_key(c) for c in coding.codes]:
        rearrange(coding, settle(coding, target, address))
        return True
    for text in texts:
        checked_text(text, address)
    if _text_changed_sides(coding, texts):
        rearrange(coding, target)
        return True
    changed = [fill(gap, text, coding, at) for at, (gap, text) in enumerate(zip(coding.gaps, texts, strict=True))]
    return True in changed


def _place_plain(nodes: list[TextNode], text: str, content: CodedText) -> bool:
    """The longest element takes the text, as ``fill`` has it; all have the one format there is."""
    if content == (Text(text),):
        return False
    taker = nodes[0] if len(nodes) == 1 else max(nodes, key=lambda t: len(t.text))
    for node in nodes:
        wanted = text if node is taker else ""
        if node.text != wanted:
            set_text(node.element, wanted)
    return True


def _text_changed_sides(coding: Coding, texts: list[str]) -> bool:
    """Whether a gap without elements gets text while one of the same context loses all of its own: then its run moves."""
    left = {g.context.code for g, text in zip(coding.gaps, texts, strict=True) if not text and g.text}
    return any(
        text and not g.texts and g.context.code in left for g, text in zip(coding.gaps, texts, strict=True)
    )  # fmt: skip


def split(target: CodedText) -> tuple[list[str], list[Code]]:
    """Texts and codes by turns: one text more than codes."""
    texts, codes = [""], list[Code]()
    for part in target:
        if isinstance(part, Text):
            texts[-1] += part.text
        else:
            codes.append(part)
            texts.append("")
    return texts, codes


def _key(code: Code) -> tuple[str, int]:
    return type(code).__name__, code.id


def fill(gap: Gap, text: str, coding: Coding, at: int) -> bool:
    """Puts the text in a gap; returns whether anything changed."""
    if gap.text == text:
        return False
    taker = choose(gap.texts, gap.fitting(), text) if text else None
    for node in gap.texts:
        wanted = text if node is taker else ""
        if node.text != wanted:
            set_text(node.element, wanted)
    if text and taker is None:
        _insert(coding, at, new_run(gap.context, text, coding.root))
    return True


def _insert(coding: Coding, at: int, run: Element) -> None:
    """Puts a new run where gap ``at`` lies: after what stands before it, or before what follows."""
    for index in range(at - 1, -1, -1):
        code, gap = coding.codes[index], coding.gaps[index]
        node = coding.nodes[code.id]
        if isinstance(code, Placeholder):
            assert isinstance(node, ObjectNode)
            return insert_after(node.last, run)
        assert isinstance(node, SpanNode)
        if isinstance(code, Open):
            if node.start is not None:
                return insert_after(node.start, run)
            if node.element is not None:
                return insert_first(node.element, run)
        elif node.last is not None:
            return insert_after(node.last, run)
        if gap.texts:
            return insert_after(gap.texts[-1].element, run)
    for index in range(at, len(coding.codes)):
        if index > at and coding.gaps[index].texts:
            return insert_before(coding.gaps[index].texts[0].element, run)
        code = coding.codes[index]
        node = coding.nodes[code.id]
        if node.first is not None and not isinstance(code, Close):
            return insert_before(node.first, run)
    raise Defect("No place was found for a stretch of text.")
