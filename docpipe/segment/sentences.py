"""Sentence borders by language: sentencex, no-break lists and own rules for Chinese and Japanese. Imports the core only.

White space between sentences belongs to no span; everything else belongs to exactly one.
"""

from __future__ import annotations

import re
from pathlib import Path

from docpipe.model.language import primary, spaceless
from docpipe.segment.cjk import cjk_borders
from docpipe.segment.spaced import spaced_borders

__all__ = ["split"]

_HARD = re.compile(r"\n[^\S\n]*\n\s*")


def split(text: str, language: str, extra: Path | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences of a paragraph, in order. ``extra``: a folder with no-break lists of one's own.

    An empty line ends a sentence, a single line break does not by itself. A semicolon or colon never does, in no script.
    Raises ``UnknownLanguage``.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for end in [m.start() for m in _HARD.finditer(text)] + [len(text)]:
        piece = text[at:end]
        borders = cjk_borders(piece, extra) if spaceless(language) else spaced_borders(piece, primary(language), extra)
        start = 0
        for border in [*borders, len(piece)]:
            body = piece[start:border]
            left = len(body) - len(body.lstrip())
            if body.strip():
                spans.append((at + start + left, at + start + len(body.rstrip())))
            start = border
        at = end
    return spans
