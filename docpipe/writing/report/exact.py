"""Where words of a PDF page stand, glyph by glyph: the places of findings made exact. Imports pypdfium2.

A report is read line by line, and a place inside a line is reckoned from its letters; here the page is asked for the letters themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Area = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's own coordinates."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The letters of a page without white space, and for each the number of its glyph."""

    text: str
    glyphs: tuple[int, ...]
    handle: Any


class Words:
    """A PDF whose words can be asked for; pages are opened as they are needed. Use as a context."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        self._document = pypdfium2.PdfDocument(data)
        self._pages: dict[int, _Page] = {}

    def __enter__(self) -> Words:
        return self

    def __exit__(self, *_: object) -> None:
        for page in self._pages.values():
            page.handle.close()
        self._document.close()

    def areas(self, number: int, words: str, near: Area) -> list[Area]:
        """The areas of these words on a page (from 1), one a line, at the place nearest to where they are thought to be.

        None where the page does not have them there: within a line of that place, and about as far along it.
        """
        page = self._page(number)
        wanted = "".join(c for c in _plain(words) if not c.isspace())
        best: tuple[float, list[Area]] | None = None
        at = page.text.find(wanted) if wanted else -1
        while at >= 0:
            found = self._lines(page, page.glyphs[at : at + len(wanted)])
            if found:
                far = abs(found[0][0] - near[0]) + 4 * abs((found[0][1] + found[0][3] - near[1] - near[3]) / 2)
                if best is None or far < best[0]:
                    best = (far, found)
            at = page.text.find(wanted, at + 1)
        if best is None or best[0] > 6 * max(near[3] - near[1], 8.0):
            return []
        return best[1]

    def _page(self, number: int) -> _Page:
        from pypdfium2 import raw

        if number not in self._pages:
            handle = self._document[number - 1].get_textpage()
            letters: list[str] = []
            glyphs: list[int] = []
            for n in range(handle.count_chars()):
                code = raw.FPDFText_GetUnicode(handle, n)
                for letter in _plain(chr(code)) if 0x20 < code <= 0x10FFFF else "":
                    if not letter.isspace():
                        letters.append(letter)
                        glyphs.append(n)
            self._pages[number] = _Page("".join(letters), tuple(glyphs), handle)
        return self._pages[number]

    @staticmethod
    def _lines(page: _Page, glyphs: Sequence[int]) -> list[Area]:
        """The boxes of glyphs, joined where they stand side by side."""
        boxes = [page.handle.get_charbox(n, loose=True) for n in dict.fromkeys(glyphs)]
        boxes = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
        if not boxes:
            return []
        lines: list[list[Area]] = [[boxes[0]]]
        for a, b in pairwise(boxes):
            beside = b[1] < a[3] and a[1] < b[3] and b[0] >= a[0] - 1
            if beside:
                lines[-1].append(b)
            else:
                lines.append([b])
        return [(min(b[0] for b in x), min(b[1] for b in x), max(b[2] for b in x), max(b[3] for b in x)) for x in lines]


def _plain(text: str) -> str:
    """Ligatures and full-width forms as their letters, hyphens of every kind as one."""
    return unicodedata.normalize("NFKC", text).translate(_HYPHENS)


_HYPHENS = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2212\u00ad"}
