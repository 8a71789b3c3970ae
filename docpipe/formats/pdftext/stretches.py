"""Lines as one text with the box of each stretch of it. Imports the core and the neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from docpipe.formats.pdftext.glyphs import HYPHEN
from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.paragraphs import _breaks_a_word
from docpipe.model.report import Box, Stretch


def joined(lines: Sequence[Line], page: int, words: Counter[str]) -> tuple[str, tuple[Stretch, ...]]:
    """One text of several lines of a page, and where its characters stand. ``words``: those of the document, for hyphens at line ends."""
    out = ""
    stretches: list[Stretch] = []
    for line in lines:
        whole = line.text
        text = whole.strip()
        lead = len(whole) - len(whole.lstrip())
        if not text:
            continue
        if out.endswith("\u00ad"):
            out = out[:-1]
        elif out.endswith((HYPHEN, "-", "\u2010")):
            out = out[:-1] + ("" if _breaks_a_word(out, text, words) else out[-1].replace(HYPHEN, "-"))
        elif out:
            out += " "
        begun, cursor = len(out), 0
        for piece in line.pieces:
            at = whole.find(piece.text, cursor)
            start = at if at >= 0 else cursor
            cursor = start + len(piece.text)
            a, b = max(0, start - lead), min(len(text), cursor - lead)
            if b > a:
                stretches.append(Stretch(begun + a, begun + b, Box(page, piece.x0, piece.y0, piece.x1, piece.y1)))
        out += text
    return out.replace(HYPHEN, "-"), tuple(stretches)
