"""Draws the samples' only picture. Imports the standard library only. Source: PNG, third edition."""

from __future__ import annotations

import struct
import zlib


def diagram() -> bytes:
    """A small picture without words: four boxes and the arrows between them."""
    width, height = 480, 120
    rows = [[255] * width for _ in range(height)]
    for left, top, right, low in ((10, 40, 100, 80), (180, 10, 330, 45), (180, 75, 330, 110), (380, 40, 470, 80)):
        for y in range(top, low):
            for x in range(left, right):
                rows[y][x] = 90 if y in (top, low - 1) or x in (left, right - 1) else 220
    for x in range(100, 180):
        for y in (27, 92):
            at = 60 + (y - 60) * (x - 100) // 80
            rows[at][x] = 60
    for x in range(330, 380):
        for y in (27, 92):
            rows[y + (60 - y) * (x - 330) // 50][x] = 60
    raw = b"".join(b"\0" + bytes(r) for r in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
