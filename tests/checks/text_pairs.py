"""Builds pairs from wire text for the tables of the text checks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docpipe.checks.runner import number
from docpipe.model.check import Check, Pair
from docpipe.model.document import BlockKind
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text
from docpipe.model.segment import OriginKind
from docpipe.model.terms import Term, TermHit, TermStatus
from docpipe.registry import checks

_TAG = re.compile(r"<(/?)(\d{1,3})(/?)>")


def coded(wire: str, kinds: Mapping[int, str] | None = None) -> CodedText:
    """Codes of the wire text, each of the kind given ("b" or "object" else)."""
    kinds = kinds or {}
    parts: list[Inline] = []
    at = 0
    for m in _TAG.finditer(wire):
        parts.append(Text(wire[at : m.start()]))
        at = m.end()
        n = int(m.group(2))
        if m.group(1):
            parts.append(Close(n))
        elif m.group(3):
            parts.append(Placeholder(n, kinds.get(n, "object")))
        else:
            parts.append(Open(n, kinds.get(n, "b")))
    return merge_text([*parts, Text(wire[at:])])


def pair(
    source: str,
    target: str,
    languages: str = "en-zh",
    *,
    kinds: Mapping[int, str] | None = None,
    block: BlockKind = BlockKind.PARAGRAPH,
    origin: OriginKind = OriginKind.NONE,
    terms: tuple[TermHit, ...] = (),
    before: tuple[str, str] = ("", ""),
    after: tuple[str, str] = ("", ""),
) -> Pair:
    """A pair of two wire texts; ``languages``: two primary codes joined by a hyphen."""
    one, _, other = languages.partition("-")
    return Pair(
        coded(source, kinds), coded(target, kinds), one, other, block, terms, origin, before[0], after[0], before[1], after[1]
    )  # fmt: skip


def check(name: str) -> Check:
    """The check with a number of the catalogue, as the registry finds it."""
    return next(c for c in checks() if number(c.id) == name)


def raised(name: str, given: Pair) -> bool:
    """Whether a check says anything of a pair; its spans are inside the texts."""
    found = list(check(name).run(given))
    for finding in found:
        for span, text in ((finding.source_span, given.source_text), (finding.target_span, given.target_text)):
            assert span is None or 0 <= span[0] <= span[1] <= len(text)
    return bool(found)


def hit(source_text: str, source: str, *rows: tuple[str, str], concept: str = "c1") -> TermHit:
    """A hit of a source term in a text; rows: target and status."""
    at = source_text.index(source)
    terms = tuple(Term(concept, source, target, TermStatus(status)) for target, status in rows)
    return TermHit((at, at + len(source)), source, terms)
