"""Whether a text fits the room that its place has: lines estimated from the widths of common faces. Imports the core only.

Widths are those of Helvetica and Times (Adobe font metrics), to which Arial, Liberation and most house faces are close; a source
text is taken to fit its own place, so that a wrong guess of a face does not become a finding.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_SANS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 "
    "667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 "
    "556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_SERIF = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444 921 "
    "722 667 667 722 611 556 722 722 333 389 722 611 889 722 556 556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500 333 "
    "444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
)
_WIDTHS = {face: tuple(map(int, row.split())) for face, row in (("sans", _SANS), ("serif", _SERIF))}
"""Widths of the characters U+0020 to U+007E in thousandths of the size."""
_OTHER = 560


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is set. ``size`` in points; ``face``: sans | serif | mono; ``stretch``: of the face's widths; ``line``:
    height of a line in points; ``indent``: left and right together, in points."""

    size: float = 11.0
    face: str = "sans"
    bold: bool = False
    stretch: float = 1.0
    line: float = 0.0
    indent: float = 0.0

    @property
    def leading(self) -> float:
        """Height of a line in points."""
        return self.line or self.size * 1.2


@dataclass(frozen=True, slots=True)
class Space:
    """A place with bounded room. ``kind``: box | row | frame (height counts), line (as many lines as the source has), cell (width
    counts: no word may be wider). ``width``, ``height`` in points; ``paragraphs``: addresses with their looks, in order."""

    kind: str
    address: str
    width: float
    height: float
    paragraphs: tuple[tuple[str, Look], ...] = field(default=())


@lru_cache(maxsize=4096)
def _advance(char: str, face: str) -> int:
    code = ord(char)
    if 0x20 <= code <= 0x7E:
        return 600 if face == "mono" else _WIDTHS[face][code - 0x20]
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    base = unicodedata.normalize("NFD", char)[0]
    return _advance(base, face) if base != char and 0x20 <= ord(base) <= 0x7E else _OTHER


def width_of(text: str, look: Look) -> float:
    """Width in points of a text on one line."""
    total = sum(_advance(c, look.face) for c in text)
    return total * look.size * look.stretch * (1.06 if look.bold else 1.0) / 1000


def line_ends(text: str, width: float, look: Look) -> list[int]:
    """Where each line ends, as places in the text; an empty text is one line."""
    room = max(width - look.indent, look.size)
    ends: list[int] = []
    start = last = 0
    used = 0.0
    for piece, at in _words(text):
        size = width_of(piece.rstrip(), look)
        if used and used + size > room:
            ends.append(last)
            start, used = last, 0.0
        if size > room:  # a word wider than the line is broken
            for n, char in enumerate(piece):
                step = width_of(char, look)
                if used + step > room and at + n > start:
                    ends.append(at + n)
                    start, used = at + n, 0.0
                used += step
        else:
            used += width_of(piece, look)
        last = at + len(piece)
        if piece.endswith("\n"):
            ends.append(last)
            start, used = last, 0.0
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def _words(text: str) -> Iterator[tuple[str, int]]:
    """Pieces between which a line may end, with the spaces behind them: words, single wide characters."""
    start = 0
    for n, char in enumerate(text):
        wide = unicodedata.east_asian_width(char) in "WF" and not char.isspace()
        following = text[n + 1] if n + 1 < len(text) else ""
        ends = (char.isspace() or char in "-/\u2010\u2013") and not following.isspace()
        if (
            ends
            or (wide and not _clings(following))
            or (following and unicodedata.east_asian_width(following) in "WF" and not _clings(following))
        ):
            yield text[start : n + 1], start
            start = n + 1
    if start < len(text):
        yield text[start:], start


def _clings(char: str) -> bool:
    """Whether a character may not begin a line: closing marks and spaces."""
    return bool(char) and (char.isspace() or unicodedata.category(char) in ("Pe", "Pf", "Po"))


def height_of(space: Space, texts: Mapping[str, str]) -> float:
    """Points that the texts need in their place."""
    return sum(len(line_ends(texts.get(a, ""), space.width, look)) * look.leading for a, look in space.paragraphs)


def too_long(space: Space, source: Mapping[str, str], target: Mapping[str, str]) -> int:
    """Characters that the target must lose to fit its place; 0 where it fits, as far as can be reckoned."""
    if space.kind == "cell":
        return _wide_words(space, source, target)
    room = height_of(space, source) if space.kind == "line" else max(space.height, height_of(space, source))
    lost = 0
    for address, look in space.paragraphs:
        text = target.get(address, "")
        ends = line_ends(text, space.width, look)
        fitting = min(len(ends), max(0, math.floor(room / look.leading + 1e-6)))
        room -= len(ends) * look.leading
        lost += len(text) - (ends[fitting - 1] if fitting else 0)
    return lost


def _wide_words(space: Space, source: Mapping[str, str], target: Mapping[str, str]) -> int:
    lost = 0
    for address, look in space.paragraphs:
        room = space.width - look.indent
        if max((width_of(w.rstrip(), look) for w, _ in _words(source.get(address, ""))), default=0.0) > room:
            continue
        for word, _ in _words(target.get(address, "")):
            over = width_of(word.rstrip(), look) - room
            if over > 0:
                lost = max(lost, math.ceil(over / max(width_of(word.rstrip(), look) / len(word.rstrip()), 0.1)))
    return lost


def fullness(space: Space, target: Mapping[str, str]) -> float:
    """Share of the room's height that the target needs, as far as can be reckoned."""
    return height_of(space, target) / space.height if space.height > 0 else 0.0


def bounded(spaces: Sequence[Space]) -> list[Space]:
    """The places whose height counts."""
    return [s for s in spaces if s.height > 0 and s.kind in ("box", "row", "frame")]
