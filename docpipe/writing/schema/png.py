"""A drawing as PNG: its PDF laid out in dots by pdfium, and written by our own code. Imports pypdfium2 and its room.

Source: W3C Portable Network Graphics, 2nd edition.
"""

from __future__ import annotations

import struct
import zlib

from docpipe.writing.schema.pdf import pdf
from docpipe.writing.schema.shapes import Drawing

DPI = 216
_METRE = 39.3701
"""Inches of a metre: PNG counts dots a metre."""


def png(drawing: Drawing) -> tuple[bytes, int, int]:
    """The picture, its width and height in dots; equal drawings give equal bytes with one pdfium and the same faces installed."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf(drawing))
    try:
        bitmap = document[0].render(scale=DPI / 72, rev_byteorder=True)
        rows = bytes(bitmap.buffer)
        wide, high, stride, channels = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    finally:
        document.close()
    lines = (rows[n * stride : n * stride + wide * channels] for n in range(high))
    raw = b"".join(b"\x00" + line for line in lines)
    dots = round(DPI * _METRE)
    made = [
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", dots, dots, 1)),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    ]
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in made)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks), wide, high
