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
_MAY_PART = re.compile(r"[.!?…\n]|[^\x00-\u00ff]")


def split(text: str, language: str, extra: Path | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences of a paragraph, in order. ``extra``: a folder with no-break lists of one's own.

    An empty line ends a sentence, a single line break does not by itself. A semicolon or colon never does, in no script.
    Raises ``UnknownLanguage``.
    """
    without_space = spaceless(language)
    if not without_space and not _MAY_PART.search(text):  # most cells and headings
        return _whole(text)
    spans: list[tuple[int, int]] = []
    at = 0
    for end in [*(m.start() for m in _HARD.finditer(text)), len(text)] if "\n" in text else (len(text),):
        piece = text[at:end] if at or end < len(text) else text
        borders = cjk_borders(piece, extra) if without_space else spaced_borders(piece, primary(language), extra)
        if not borders and piece is text:
            return _whole(text)
        start = 0
        for border in [*borders, len(piece)]:
            body = piece[start:border]
            left = len(body) - len(body.lstrip())
            if body.strip():
                spans.append((at + start + left, at + start + len(body.rstrip())))
            start = border
        at = end
    return spans


def _whole(text: str) -> list[tuple[int, int]]:
    body = text.strip()
    left = len(text) - len(text.lstrip()) if body is not text else 0
    return [(left, left + len(body))] if body else []
