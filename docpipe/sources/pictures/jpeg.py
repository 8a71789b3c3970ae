"""JPEG: size, resolution and comments of a picture, its markers followed to the end. Imports errors and its neighbour.

Source: ITU-T T.81 (markers, B.1.1.3), ITU-T T.871 (JFIF density).
"""

from __future__ import annotations

import re
import struct

from docpipe.errors import DataDamaged
from docpipe.sources.pictures.measured import LINES, Measured, resolution, size, words

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_MARKERS = 100_000


def measured(data: bytes) -> Measured:
    """Reads a JPEG. Raises ``DataDamaged`` or ``TooLarge``."""
    at, scans = 2, 0
    found: tuple[int, int] | None = None
    dpi = (0, 0)
    lines: list[str] = []
    for _ in range(_MARKERS):
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 2 > len(data):
            raise DataDamaged("The JPEG ends before its end mark: it is cut off.", byte=at)
        if data[at] != 0xFF:
            raise DataDamaged("The JPEG holds no mark where one must stand.", byte=at)
        mark = data[at + 1]
        if mark == 0xD9:
            if found is None or not scans:
                raise DataDamaged("The JPEG holds no picture.")
            return Measured("image/jpeg", *found, dpi, tuple(lines[:LINES]))
        at += 2
        if mark in _ALONE:
            continue
        length = struct.unpack(">H", data[at : at + 2])[0] if at + 2 <= len(data) else 0
        body = data[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise DataDamaged("The JPEG ends inside one of its parts: it is cut off.", byte=at)
        at += length
        if mark in _FRAMES:
            found = _frame(body)
        elif mark == 0xE0 and body[:5] == b"JFIF\0":
            dpi = _density(body)
        elif mark == 0xFE and len(lines) < LINES:
            lines += words(body.decode("utf-8", "replace"))
        elif mark == 0xDA:
            scans += 1
            end = _AFTER_SCAN.search(data, at)
            if end is None:
                raise DataDamaged("The JPEG ends inside its image data: it is cut off.", byte=at)
            at = end.end() - 2
    raise DataDamaged("The JPEG has too many parts.", limit=_MARKERS)


def _frame(body: bytes) -> tuple[int, int]:
    if len(body) < 6:
        raise DataDamaged("The JPEG's header is cut off.")
    height, width = struct.unpack(">HH", body[1:5])
    return size(width, height)


def _density(body: bytes) -> tuple[int, int]:
    if len(body) < 12 or body[7] not in (1, 2):
        return 0, 0
    across, down = struct.unpack(">HH", body[8:12])
    inches = 1 if body[7] == 1 else 2.54
    return resolution(across * inches, down * inches)
