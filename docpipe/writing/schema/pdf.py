"""A drawing as a PDF of one page, for the program that turns pages into dots. Imports its room only.

Its faces are those that every PDF program has, so nothing is embedded; signs that they lack are taken from Symbol, and those of
East Asian scripts from a face of the system. Source: ISO 32000-1, 9.6.2.2 (standard fonts), annex D (encodings).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from docpipe.writing.schema.measure import width
from docpipe.writing.schema.shapes import Box, Disc, Drawing, Path, Shape, Words, arrow_head

_ROUND = 0.5523
"""Where the handles of a quarter of a circle stand."""
_SYMBOLS = {
    "≤": 0xA3, "≥": 0xB3, "−": 0x2D, "→": 0xAE, "←": 0xAC, "↑": 0xAD, "↓": 0xAF, "′": 0xA2, "″": 0xB2, "∞": 0xA5, "≠": 0xB9, "≈": 0xBB,
    **dict(zip("αβχδεφγηικλμνοπθρστυωξψζ", map(ord, "abcdefghiklmnopqrstuwxyz"), strict=True)),
    **dict(zip("ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖ", map(ord, "ABCDEFGHIKLMNOPQRSTUWXYZ"), strict=True)),
}  # fmt: skip
_LIKE = {"\u2011": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
PLAIN, BOLD, SYMBOL, EAST = "P", "B", "S", "E"
_FONTS = (
    f"/{PLAIN} << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    f"/{BOLD} << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> "
    f"/{SYMBOL} << /Type /Font /Subtype /Type1 /BaseFont /Symbol >> "
    f"/{EAST} << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font "
    "/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 "
    "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>"
)


def pdf(drawing: Drawing) -> bytes:
    """The page; equal drawings give equal bytes."""
    height = drawing.height
    content = "\n".join(line for shape in drawing.shapes for line in _shape(shape, height)).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_n(drawing.width)} {_n(height)}] "
            f"/Resources << /Font << {_FONTS} >> >> /Contents 4 0 R >>"
        ).encode("ascii"),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    out = bytearray(b"%PDF-1.4\n")
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % s for s in starts)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))


def _shape(shape: Shape, height: float) -> Iterator[str]:
    match shape:
        case Box(x, y, wide, high, fill, line, rounded):
            yield f"1 w {_colours(fill, line)}"
            yield (
                _rounded(x, height - y - high, wide, high, rounded)
                if rounded
                else _plain(x, height - y - high, wide, high)
            )
            yield _painted(fill, line)
        case Disc(x, y, radius, fill, line):
            yield f"1 w {_colours(fill, line)}"
            yield _rounded(x - radius, height - y - radius, 2 * radius, 2 * radius, radius)
            yield _painted(fill, line)
        case Path(points, arrow, line):
            (x, y), *rest = points
            yield f"1 w {_colours(line, line)} {_n(x)} {_n(height - y)} m"
            yield " ".join(f"{_n(x)} {_n(height - y)} l" for x, y in rest) + " S"
            if arrow:
                tip, *others = ((x, height - y) for x, y in arrow_head(shape))
                yield f"{_n(tip[0])} {_n(tip[1])} m " + " ".join(f"{_n(x)} {_n(y)} l" for x, y in others) + " f"
        case Words(x, y, text, size, bold, align, colour):
            wide = width(text, size, bold=bold)
            start = x - (wide / 2 if align == "middle" else wide if align == "end" else 0)
            yield f"{_colours(colour, '')} BT {_n(start)} {_n(height - y)} Td"
            yield from _runs(text, size, BOLD if bold else PLAIN)
            yield "ET"


def _plain(x: float, y: float, wide: float, high: float) -> str:
    return f"{_n(x)} {_n(y)} {_n(wide)} {_n(high)} re"


def _rounded(x: float, y: float, wide: float, high: float, radius: float) -> str:
    r, k = radius, radius * (1 - _ROUND)
    x2, y2 = x + wide, y + high
    ends = [
        (x + r, y), (x2 - r, y), (x2 - k, y), (x2, y + k), (x2, y + r), (x2, y2 - r), (x2, y2 - k), (x2 - k, y2), (x2 - r, y2), (x + r, y2),
        (x + k, y2), (x, y2 - k), (x, y2 - r), (x, y + r), (x, y + k), (x + k, y), (x + r, y),
    ]  # fmt: skip
    p = [f"{_n(a)} {_n(b)}" for a, b in ends]
    corners = [f"{p[i]} l {p[i + 1]} {p[i + 2]} {p[i + 3]} c" for i in (1, 5, 9, 13)]
    return f"{p[0]} m {' '.join(corners)} h"


def _colours(fill: str, line: str) -> str:
    inside = f"{_rgb(fill)} rg" if fill else ""
    return f"{inside} {_rgb(line)} RG" if line else inside


def _painted(fill: str, line: str) -> str:
    return "B" if fill and line else "f" if fill else "S"


def _rgb(colour: str) -> str:
    return " ".join(_n(int(colour[n : n + 2], 16) / 255) for n in (0, 2, 4))


def _runs(text: str, size: float, face: str) -> Iterator[str]:
    said = "".join(_LIKE.get(c, c) for c in unicodedata.normalize("NFC", text))
    for font, run in groupby(said, lambda c: _font(c, face)):
        words = "".join(run)
        if font == EAST:
            shown = words.encode("utf-16-be").hex()
        elif font == SYMBOL:
            shown = bytes(_SYMBOLS[c] for c in words).hex()
        else:
            shown = words.encode("cp1252", "replace").hex()
        yield f"/{font} {_n(size)} Tf <{shown}> Tj"


def _font(character: str, face: str) -> str:
    if character in _SYMBOLS:
        return SYMBOL
    return EAST if unicodedata.east_asian_width(character) in "WF" and ord(character) < 0x10000 else face


def _n(number: float) -> str:
    return f"{round(number, 2):g}"
