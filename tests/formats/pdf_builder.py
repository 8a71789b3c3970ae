"""Builds small PDFs for tests: lines of text at places on pages, in the standard fonts, without any library."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class At:
    """A line of text: left and baseline in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10.0
    bold: bool = False


@dataclass
class Sheet:
    """A page. ``rotate``: the page's own rotation in degrees, the text being written so that it is then upright."""

    lines: Sequence[At]
    width: int = 595
    height: int = 842
    rotate: int = 0
    extra: dict[str, str] = field(default_factory=dict)


def escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b" ")


def content(sheet: Sheet) -> bytes:
    out = []
    for line in sheet.lines:
        matrix = f"1 0 0 1 {line.x} {line.y} Tm"
        if sheet.rotate == 90:  # the viewer turns the page clockwise: written upwards
            matrix = f"0 1 -1 0 {sheet.width - line.y} {line.x} Tm"
        font = "F2" if line.bold else "F1"
        out.append(f"BT /{font} {line.size} Tf {matrix} (".encode() + escaped(line.text) + b") Tj ET")
    return b"\n".join(out)


def assembled(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A file of numbered objects with a cross-reference table."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    return bytes(out + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start))


def stream(data: bytes, keys: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n" % (len(data), keys) + data + b"\nendstream"


def objects_of(sheets: Sequence[Sheet], outline: Sequence[tuple[str, int]] = ()) -> dict[int, bytes]:
    """Catalogue 1, pages 2, fonts 3 and 4; page n is 10 + 2n, its content 11 + 2n; ``outline``: title and page index."""
    kids = b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(len(sheets)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s>>" % (b"/Outlines 5 0 R " if outline else b""),
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(sheets), kids),
        3: font % b"Helvetica",
        4: font % b"Helvetica-Bold",
    }
    for n, sheet in enumerate(sheets):
        objects[10 + 2 * n] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            % (sheet.width, sheet.height, sheet.rotate, 11 + 2 * n)
        )
        objects[11 + 2 * n] = stream(zlib.compress(content(sheet)), b"/Filter /FlateDecode ")
    base = 12 + 2 * len(sheets)
    if outline:
        objects[5] = b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (
            base, base + len(outline) - 1, len(outline),
        )  # fmt: skip
    for k, (title, page) in enumerate(outline):
        follow = b"/Next %d 0 R " % (base + k + 1) if k + 1 < len(outline) else b""
        objects[base + k] = b"<< /Title (%s) /Parent 5 0 R %s/Dest [%d 0 R /Fit] >>" % (
            escaped(title), follow, 10 + 2 * page,
        )  # fmt: skip
    return objects


def pdf(*sheets: Sheet, outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """The whole file."""
    return assembled(objects_of(sheets, outline))


def running(lines: Sequence[str], *, x: float = 72, top: float = 700, size: float = 10, step: float = 12) -> list[At]:
    """Lines one below the other."""
    return [At(x, top - step * n, text, size) for n, text in enumerate(lines)]
