"""Pages of a translated document, reckoned from the width of its texts where nothing lays it out. Imports the core."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from docpipe.model.inline import CodedText, plain_text

_SHARE = 0.85
"""Part of a document's pages that its running text fills: pictures, rules and white space do not grow with it: a guess, not a measurement."""


def breadth(text: str) -> float:
    """Width of a text in ems, about: full-width characters are 1, others half of that."""
    wide = sum(1 for c in text if unicodedata.east_asian_width(c) in "WF") if not text.isascii() else 0
    return wide + (len(text) - wide) * 0.5


def reckoned(pages: int, texts: Iterable[tuple[CodedText, CodedText]]) -> int:
    """Pages after, from pages before and the texts (before, after)."""
    before = after = 0.0
    for source, target in texts:
        before += breadth(plain_text(source))
        after += breadth(plain_text(target))
    if not pages or not before:
        return pages
    return max(1, round(pages * (1 + _SHARE * (after / before - 1))))
