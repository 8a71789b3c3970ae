"""Pseudo-translation rules: known, harmless changes of text that show what a reader and a writer do. Pure functions.

Imports the core only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from docpipe.model.document import Address, Extraction
from docpipe.model.inline import Close, CodedText, Inline, Open, Text, has_text, merge_text

_PLAIN = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = "ÁḂĆĎÉḞǴĤÍĴḰĹḾŃÓṔQŔŚŤÚṼẂẌÝŹ"
_ACCENTS = str.maketrans(_PLAIN + _PLAIN.upper(), _ACCENTED * 2)
_FILL = "~"
OPENING, CLOSING = "⟦", "⟧"
_APART = frozenset({"sdt", "ruby"})
"""Containers with marks of their own: a content control's text may be a property's too, a ruby holds its annotation."""


@lru_cache(maxsize=4096)
def _flip_character(ch: str) -> str:
    swapped = ch.swapcase()
    if len(swapped) == 1 and swapped != ch:
        return swapped if swapped.swapcase() == ch else ch
    if unicodedata.category(ch) == "Lo":
        twin = chr(ord(ch) ^ 1)
        if unicodedata.category(twin) == "Lo":
            return twin
    return ch


def flip(text: str) -> str:
    """Letters swap case where swapping back gives the letter again; other letters (Lo) take code point xor 1 where that is Lo."""
    return "".join(map(_flip_character, text))


def accent(text: str) -> str:
    """ASCII letters become accented capitals."""
    return text.translate(_ACCENTS)


def _each(change: Callable[[str], str]) -> Callable[[CodedText], CodedText]:
    return lambda coded: merge_text(tuple([Text(change(p.text)) if isinstance(p, Text) else p for p in coded]))


def _expand(coded: CodedText) -> CodedText:
    """Accented and a third longer: the filling stands at the end, in words of five."""
    size = sum(len(p.text) for p in coded if isinstance(p, Text))
    words = [_FILL * 5] * (size // 18) or [_FILL * max(1, size // 3)]
    return merge_text((*_each(accent)(coded), Text(" " + " ".join(words))))


def _mark(coded: CodedText) -> CodedText:
    """Marks around each stretch. One ends at a container whose text is shown elsewhere too, or that holds another text."""
    marked: list[Inline] = []
    stretch: list[Inline] = []
    apart: set[int] = set()
    for part in (*coded, None):
        begins = isinstance(part, Open) and part.kind in _APART
        if begins or part is None or (isinstance(part, Close) and part.id in apart):
            marked += (Text(OPENING), *stretch, Text(CLOSING)) if has_text(tuple(stretch)) else stretch
            marked += (part,) if part is not None else ()
            stretch = []
        else:
            stretch.append(part)
        if isinstance(part, Open) and begins:
            apart.add(part.id)
    return merge_text(marked)


RULES: dict[str, Callable[[CodedText], CodedText]] = {
    "identity": lambda coded: coded,
    "upper": _each(str.upper),
    "flip": _each(flip),
    "accent": _each(accent),
    "expand": _expand,
    "marker": _mark,
}


def pseudo_text(coded: CodedText, rule: str) -> CodedText:
    """The pseudo-translation of one text. Raises ``KeyError`` for a rule that is not in ``RULES``."""
    return RULES[rule](coded)


def pseudo_targets(extraction: Extraction, rule: str) -> dict[Address, CodedText]:
    """A target for every translatable block. Raises ``KeyError`` for a rule that is not in ``RULES``."""
    change = RULES[rule]
    return {b.address: change(b.content) for b in extraction.blocks if b.translatable}
