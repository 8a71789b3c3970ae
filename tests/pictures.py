"""A small writer of PNG and JPEG for tests: pictures whose size, resolution and words are known."""

from __future__ import annotations

import struct
import zlib

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(
    width: int,
    height: int,
    *,
    colour: int = 2,
    interlaced: int = 0,
    dpi: int = 0,
    rows: int | None = None,
    **texts: str,
) -> bytes:
    """A grey picture. ``rows``: how many rows of image data it really holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    samples = _SAMPLES[colour]
    raw = b""
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        wide, high = len(range(left, width, across)), len(range(top, height if rows is None else rows, down))
        raw += (b"\0" + b"\x80" * samples * wide) * high if wide else b""
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlaced))
    if dpi:
        out += chunk(b"pHYs", struct.pack(">IIB", round(dpi / 0.0254), round(dpi / 0.0254), 1))
    for key, said in texts.items():
        out += chunk(b"tEXt", key.encode() + b"\0" + said.encode("latin-1"))
    return out + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, *, dpi: int = 0, comment: str = "", scans: int = 1) -> bytes:
    """A file of JPEG's parts; its image data are no picture, which nothing here decodes."""

    def part(mark: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, mark, len(data) + 2) + data

    out = b"\xff\xd8" + part(0xE0, b"JFIF\0\1\2\1" + struct.pack(">HH", dpi, dpi) + b"\0\0")
    out += part(0xFE, comment.encode()) if comment else b""
    out += part(0xC2 if scans > 1 else 0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    for _ in range(scans):
        out += part(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return out + b"\xff\xd9"
