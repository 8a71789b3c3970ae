"""Characters of a PDF page as pieces: stretches that the page shows side by side. Imports the neighbours only.

pdfium gives characters in the order of the content stream, with the spaces and line ends that it concludes.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

HYPHEN = "\x02"
"""What pdfium gives for a hyphen at the end of a line, soft or hard."""
_BREAKS = frozenset("\r\n")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_RADICALS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
GAP = 1.6
"""Space in ems inside a stretch at which it is two pieces: columns and cells of tables are farther apart than words."""


@dataclass(slots=True)
class Piece:
    """Text side by side, upright coordinates in points with y growing upwards; ``base`` is the baseline."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    base: float
    size: float
    bold: bool
    turned: bool = False

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.y0 + self.y1) / 2


def clean(char: str) -> str:
    """A character as text: ligatures apart, compatibility ideographs unified, nothing that XML cannot hold."""
    code = ord(char)
    if code < 0x2E80:
        return char if code >= 0x20 or char == HYPHEN else " " if char in "\t\v\f" else ""
    if code == 0xFFFE:  # another form of the line-end hyphen
        return HYPHEN
    if code in _LIGATURES:
        return _LIGATURES[code]
    if any(low <= code <= high for low, high in _RADICALS):
        return unicodedata.normalize("NFKC", char)
    return "" if 0xD800 <= code < 0xE000 or code in (0xFFFF, 0xFEFF) else char


def visible(text: str) -> int:
    """Characters that a page shows: no white space, no control or format characters; a line-end hyphen is one."""
    if text.isascii() and text.isprintable():
        return len(text) - text.count(" ")
    return sum(
        1 for c in text if c == HYPHEN or not (c.isspace() or unicodedata.category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    )


def shifted(text: str, size: float, base: float, main_size: float, main_base: float) -> str:
    """Small text above or below the baseline in superscript or subscript characters: 10⁶ must not become 106."""
    if size < 0.85 * main_size and main_size:
        rise = (base - main_base) / main_size
        if rise > 0.12:
            return text.translate(_RAISED)
        if rise < -0.05:
            return text.translate(_LOWERED)
    return text


def page_characters(textpage: Any) -> int:
    """Visible characters of a page, from the page's whole text in one piece: independent of ``pieces``."""
    import pypdfium2.raw as raw

    count = raw.FPDFText_CountChars(textpage)
    if count <= 0:
        return 0
    buffer = (ctypes.c_ushort * (count * 2 + 2))()
    written = raw.FPDFText_GetText(textpage, 0, count, buffer)
    text = bytes(memoryview(buffer).cast("B")[: max(0, written - 1) * 2]).decode("utf-16-le", "ignore")
    return visible("".join(map(clean, text)))


def pieces(textpage: Any) -> tuple[list[Piece], int, int]:
    """The page's pieces in the order of the content stream, the quarter turns that made most text upright, and the number
    of glyphs that the font maps to no character."""
    import pypdfium2.raw as raw

    found: list[tuple[Piece, int]] = []
    angles: Counter[int] = Counter()
    unmapped: list[int] = []
    for start, end, stretch in _stretches(textpage, raw, unmapped):
        quarter = -round(raw.FPDFText_GetCharAngle(textpage, start) / (math.pi / 2)) % 4  # pdfium's go clockwise
        bold = _bold(textpage, start, raw) and _bold(textpage, end, raw)
        for piece in _split(stretch, quarter, bold):
            angles[quarter] += len(piece.text)
            found.append((piece, quarter))
    upright = angles.most_common(1)[0][0] if angles else 0
    out = []
    for piece, quarter in found:
        piece.turned = quarter != upright
        if piece.turned:
            _turn(piece)
        out.append(piece)
    return out, upright, len(unmapped)


_Glyph = tuple[str, float, float, float, float, float, float, float]
"""Text, left, right, bottom, top, origin x, origin y, font size."""


def _stretches(textpage: Any, raw: Any, unmapped: list[int]) -> Iterator[tuple[int, int, list[_Glyph]]]:
    """Indices of the first and last shown character and the glyphs of each stretch that pdfium ends with a line break."""
    handle = textpage.raw  # each call with the wrapper itself would look it up
    box = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    box_at, x_at, y_at = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    unicode_of, loose_box, origin, font_size = (
        raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharOrigin, raw.FPDFText_GetFontSize,
    )  # fmt: skip
    stretch: list[_Glyph] = []
    start = end = high = 0
    for index in range(raw.FPDFText_CountChars(handle)):
        code = unicode_of(handle, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
        high = 0
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in _BREAKS:
            if stretch:
                yield start, end, stretch
            stretch = []
            continue
        if code < 0x20 and char != "\t" and not (char == HYPHEN and raw.FPDFText_IsHyphen(handle, index)):
            unmapped.append(index)
            continue
        text = clean(char)
        if not text:
            continue
        if not stretch:
            start = index
        if text != " ":
            end = index
        loose_box(handle, index, box_at)
        origin(handle, index, x_at, y_at)
        size = abs(box.top - box.bottom) or font_size(handle, index)
        stretch.append((text, box.left, box.right, box.bottom, box.top, x.value, y.value, size))
    if stretch:
        yield start, end, stretch


def _split(stretch: list[_Glyph], quarter: int, bold: bool) -> Iterator[Piece]:
    """Pieces of a stretch, cut where the next glyph is far to the right or back on another line."""
    current: list[_Glyph] = []
    last: _Glyph | None = None
    for glyph in (_upright(g, quarter) for g in stretch):
        if glyph[0] != " " and last is not None:
            em = max(last[7], glyph[7], 1.0)
            gap = glyph[1] - last[2]
            back = glyph[1] < last[1] - 3 * em and abs(glyph[6] - last[6]) > 0.6 * em
            if gap > GAP * em or back:
                yield from _piece(current, bold)
                current = []
        if glyph[0] != " ":
            last = glyph
        current.append(glyph)
    yield from _piece(current, bold)


def _upright(glyph: _Glyph, quarter: int) -> _Glyph:
    if not quarter:
        return glyph
    text, x0, x1, y0, y1, ox, oy, size = glyph
    if quarter == 1:  # written upwards: right on the page is up on the sheet
        return (text, y0, y1, -x1, -x0, oy, -ox, abs(x1 - x0) or size)
    if quarter == 2:
        return (text, -x1, -x0, -y1, -y0, -ox, -oy, size)
    return (text, -y1, -y0, x0, x1, -oy, ox, abs(x1 - x0) or size)


def _piece(glyphs: list[_Glyph], bold: bool) -> Iterator[Piece]:
    seen = [g for g in glyphs if g[0] != " "]
    if not seen:
        return
    sizes = Counter(round(g[7], 1) for g in seen)
    often = [size for size, count in sizes.items() if count >= max(2, 0.15 * len(seen))]
    size = max(often) if often else sizes.most_common(1)[0][0]  # not the commonest: a number may have long notes
    main = [g for g in seen if abs(g[7] - size) < 0.2] or seen
    base = Counter(round(g[6], 1) for g in main).most_common(1)[0][0]
    text = "".join(shifted(g[0], g[7], g[6], size, base) for g in glyphs).strip(" ")
    yield Piece(
        text, min(g[1] for g in seen), max(g[2] for g in seen), min(g[3] for g in main), max(g[4] for g in main),
        base, size, bold,
    )  # fmt: skip


def _turn(piece: Piece) -> None:
    """Turned text has no place among upright lines: it goes where the content stream has it, below everything."""
    piece.y0 = piece.y1 = piece.base = -1e6
    piece.x0, piece.x1 = 0.0, 1.0


def _bold(textpage: Any, index: int, raw: Any) -> bool:
    flags = ctypes.c_int()
    size = raw.FPDFText_GetFontInfo(textpage, index, None, 0, ctypes.byref(flags))
    name = ""
    if 1 < size < 300:
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFText_GetFontInfo(textpage, index, buffer, size, ctypes.byref(flags))
        name = buffer.value.decode("utf-8", "replace").lower()
    return raw.FPDFText_GetFontWeight(textpage, index) >= 600 or any(w in name for w in ("bold", "black", "heavy"))
