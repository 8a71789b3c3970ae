"""PNG: size, resolution and texts of a picture, every chunk's sum and the amount of image data checked. Imports errors and its neighbour.

Source: PNG, third edition (W3C), 5 (structure), 8 (interlace), 11.3 (pHYs, tEXt, zTXt, iTXt).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from docpipe.errors import DataDamaged
from docpipe.sources.pictures.measured import LINE, LINES, Measured, resolution, size, words

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type -> samples a dot."""
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: first column and row, steps."""
_PIECE = 1 << 20
_CHUNKS = 100_000


def measured(data: bytes) -> Measured:
    """Reads a PNG. Raises ``DataDamaged`` or ``TooLarge``."""
    head: tuple[int, ...] = ()
    dpi = (0, 0)
    lines: list[str] = []
    inflate = zlib.decompressobj()
    made = 0
    for kind, body in _chunks(data):
        if not head:
            if kind != b"IHDR" or len(body) != 13:
                raise DataDamaged("The PNG does not begin with its header.")
            head = struct.unpack(">IIBBBBB", body)
            _known(head)
        elif kind == b"pHYs" and len(body) == 9 and body[8] == 1:
            across, down = struct.unpack(">II", body[:8])
            dpi = resolution(across * 0.0254, down * 0.0254)
        elif kind == b"IDAT":
            made += _inflated(inflate, body, _amount(head))
        elif kind in (b"tEXt", b"zTXt", b"iTXt") and len(lines) < LINES:
            lines += _text(kind, body)
    if made != _amount(head) or not inflate.eof:
        raise DataDamaged("The PNG has less or more image data than its size needs.")
    return Measured("image/png", head[0], head[1], dpi, tuple(lines[:LINES]))


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(data)
    at = 8
    for _ in range(_CHUNKS):
        if at + 12 > len(data):
            raise DataDamaged("The PNG ends before its last part: it is cut off.", byte=at)
        length, kind = struct.unpack(">I4s", view[at : at + 8])
        end = at + 12 + length
        if end > len(data):
            raise DataDamaged("The PNG ends inside one of its parts: it is cut off.", byte=at)
        if zlib.crc32(view[at + 4 : end - 4]) != struct.unpack(">I", view[end - 4 : end])[0]:
            raise DataDamaged("A part of the PNG does not fit its check sum.", byte=at)
        if kind == b"IEND":
            return
        yield kind, view[at + 8 : end - 4]
        at = end
    raise DataDamaged("The PNG has too many parts.", limit=_CHUNKS)


def _known(head: tuple[int, ...]) -> None:
    width, height, depth, colour, packing, filters, interlaced = head
    size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or packing or filters or interlaced > 1:
        raise DataDamaged("The PNG's header states what PNG does not have.")


def _amount(head: tuple[int, ...]) -> int:
    """Bytes of image data before packing, filter bytes included."""
    if not head:
        return -1
    width, height, depth, colour, _, _, interlaced = head
    bits = depth * _SAMPLES[colour]
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _inflated(inflate: zlib._Decompress, body: memoryview, most: int) -> int:
    """How many bytes a part of the image data gives; none of them is kept, and after ``most`` it is enough."""
    made, left = 0, bytes(body)
    try:
        while not inflate.eof:
            out = len(inflate.decompress(left, _PIECE))
            made, left = made + out, inflate.unconsumed_tail
            if made > most:
                break
            if not left and out < _PIECE:
                break
    except zlib.error:
        raise DataDamaged("The PNG's image data cannot be unpacked.") from None
    return made


def _text(kind: bytes, body: memoryview) -> list[str]:
    """Title and description; the rest is about programs and people."""
    key, _, rest = bytes(body).partition(b"\0")
    if key.lower() not in (b"title", b"description"):
        return []
    try:
        if kind == b"tEXt":
            return words(rest.decode("latin-1"))
        if kind == b"zTXt":
            return words(_small(rest[1:]).decode("latin-1"))
        packed, said = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
        return words((_small(said) if packed else said).decode("utf-8", "replace"))
    except zlib.error:
        return []


def _small(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, LINE * LINES)
