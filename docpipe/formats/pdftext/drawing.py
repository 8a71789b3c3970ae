"""A PDF's pages as pictures and as streams of characters with their places, for previews. Imports errors; pypdfium2 inside functions.

``places`` and ``page_image`` are meant to run in a child process (``docpipe.safe.child``). PNG after ISO/IEC 15948.
"""

from __future__ import annotations

import contextlib
import ctypes
import struct
import unicodedata
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, pairwise
from typing import Any

from docpipe.errors import DamagedPackage, UnknownName
from docpipe.formats.pdftext.matching import Wanted, everywhere, locate, locate_near, normal

Row = tuple[str, str, list[str]]
"""A segment's id, where it stands (body, note, box, edge), its texts between codes that show something of their own."""
Box = tuple[float, float, float, float]
"""Left, top, width, height in points from the page's upper left corner as it is shown."""
_LARGEST_SIDE = 4000
_ALONE = 4
"""A text of fewer letters is not looked for out of its order: it stands in too many places."""
_FAR = 30
"""Line heights between two words of one row that stand on one line (a tab of a table of contents)."""
_EDGE = 0.17
"""Share of the page's height at its top and bottom where headers and footers stand."""


def page_image(data: bytes, number: int, dots: int) -> bytes:
    """Page ``number`` (from 1) as PNG with so many dots an inch; grey where the page has no colour. Raises ``UnknownName``."""
    with _opened(data) as document:
        if not 1 <= number <= len(document):
            raise UnknownName("The document has no such page.", page=number)
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(dots / 72, _LARGEST_SIDE / max(width, height, 1))
        bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        channels, stride = bitmap.n_channels, bitmap.stride
        raw = bytes(bitmap.buffer)
        return _png(raw, bitmap.width, bitmap.height, stride, channels)


def _png(raw: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    rows = [raw[y * stride : y * stride + width * channels] for y in range(height)]
    colours = [b"".join(row[n::channels] for row in rows) for n in range(min(3, channels))]
    grey = len(set(colours)) == 1
    if grey:
        size = width
        flat = colours[0]
    else:
        size = width * 3
        mixed = bytearray(len(colours[0]) * 3)
        for n in range(3):
            mixed[n::3] = colours[n]
        flat = bytes(mixed)
    lines = b"".join(b"\0" + flat[at : at + size] for at in range(0, len(flat), size))
    head = struct.pack(">2I5B", width, height, 8, 0 if grey else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    )


def places(data: bytes, rows: Sequence[Row]) -> dict[str, Any]:
    """Where the segments stand: ``{"pages": [[width, height], …], "places": [[page, segment, [box, …]], …]}``, in order of pages.

    Headers, footers and other repeated texts have a place on each page that shows them.
    """
    with _opened(data) as document:
        sheets = [_Sheet(document, n) for n in range(len(document))]
        stream = _Stream(sheets)
        items = [(segment, where, Wanted.of(texts)) for segment, where, texts in rows]
        _find(stream, items)
        found: list[tuple[int, int, str, list[Box]]] = []
        for order, (segment, _, item) in enumerate(items):
            for page, boxes in stream.boxes(item.spans):
                found.append((page, order, segment, boxes))
        found.sort(key=lambda f: (f[0], f[1]))
        return {
            "pages": [[round(s.width, 1), round(s.height, 1)] for s in sheets],
            "places": [[page + 1, segment, boxes] for page, _, segment, boxes in found],
        }


def _find(stream: _Stream, items: Sequence[tuple[str, str, Wanted]]) -> None:
    """Edges first, each page's outermost occurrence; then body, notes and boxes, each in order, in what is left."""
    groups = {name: [w for _, where, w in items if where == name] for name in ("edge", "body", "note", "box")}
    kept = stream.text
    elsewhere = {w.pieces for w in groups["body"]}
    for item in sorted(groups["edge"], key=lambda w: -w.size):
        there = everywhere(stream.text, item)
        if len(there) == 1 and item.pieces in elsewhere:
            continue  # one place for two rows: a title, and a header that no page shows
        chosen = stream.outermost(there)
        item.spans = chosen
        stream.blank(chosen)
    for name in ("body", "note", "box"):
        rest, back = stream.rest()
        locate(rest, groups[name])
        for item in groups[name]:
            item.spans = [part for a, b in item.spans for part in _runs(back, a, b)]
        stream.blank([span for item in groups[name] for span in item.spans])
    for name in ("body", "note", "box"):
        _interrupted(stream, groups[name])
    for name in ("body", "note", "box", "edge"):
        for item in groups[name]:
            if (
                not item.spans
            ):  # out of order, or its text was taken by a header: the first that is left, else the first
                free = everywhere(stream.text, item, 1) if item.size >= _ALONE else []
                free = free or (everywhere(kept, item, 1) if item.size >= 2 * _ALONE and name != "edge" else [])
                item.spans = free
                stream.blank(free)


def _interrupted(stream: _Stream, items: Sequence[Wanted]) -> None:
    """Texts whose neighbours in order stand inside them: a cell that goes on over the page's end, beside another that does not."""
    before = 0
    rest: str = ""
    back: list[int] = []
    for item in items:
        if not item.spans:
            if not back:
                rest, back = stream.rest()
            locate_near(rest, item, bisect_left(back, before))
            if item.spans:
                item.spans = [part for a, b in item.spans for part in _runs(back, a, b)]
                stream.blank(item.spans)
                back = []
        if item.spans:
            before = item.spans[0][0]


def _runs(back: Sequence[int], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Stretches of the whole stream behind a stretch of the rest."""
    at = start
    while at < stop:
        end = at + 1
        while end < stop and back[end] == back[end - 1] + 1:
            end += 1
        yield back[at], back[end - 1] + 1
        at = end


class _Sheet:
    """A page: its normalised characters in reading order, and the box of each as the page is shown."""

    def __init__(self, document: Any, number: int) -> None:
        import pypdfium2

        self.width, self.height = 595.0, 842.0
        self.text = ""
        self._boxes = array("f")
        with contextlib.suppress(pypdfium2.PdfiumError):
            page = document[number]
            try:
                self.width, self.height = page.get_size()
                self._read(page)
            finally:
                page.close()

    def _read(self, page: Any) -> None:
        import pypdfium2.raw as raw

        textpage = page.get_textpage()
        handle = textpage.raw
        place = _placing(page, self.width, self.height)
        box = raw.FS_RECTF()
        box_at, unicode_of, box_of = ctypes.byref(box), raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
        glyphs: list[_Glyph] = []
        high = 0
        for index in range(max(0, raw.FPDFText_CountChars(handle))):
            code = unicode_of(handle, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0
            high = 0
            if code < 0x30 or code >= 0x110000:
                continue
            char = chr(code)
            if (shown := normal(char)) and box_of(handle, index, box_at):
                glyphs.append((shown, char, *place(box.left, box.top, box.right, box.bottom)))
        textpage.close()
        parts = []
        backwards = sum(unicodedata.bidirectional(g[1]) in ("R", "AL") for g in glyphs) > 0.1 * len(glyphs)
        for shown, _, *edges in glyphs if backwards else _in_lines(glyphs):
            parts.append(shown)
            for _ in shown:
                self._boxes.extend(edges)
        self.text = "".join(parts)

    def boxes(self, start: int, stop: int) -> list[Box]:
        """The boxes of characters ``start`` to ``stop`` of this page, one for each line."""
        flat = self._boxes
        return _lines(
            (x0, y0, x1 - x0, y1 - y0)
            for x0, y0, x1, y1 in (flat[4 * n : 4 * n + 4] for n in range(start, stop))
            if x1 > x0 and y1 > y0
        )


_Glyph = tuple[str, str, float, float, float, float]
"""Normalised text, character, left, top, right, bottom as the page is shown."""


def _placing(page: Any, width: float, height: float) -> Callable[..., tuple[float, float, float, float]]:
    """From the file's coordinates to those of the page as it is shown: turned and cropped, y downwards."""
    import pypdfium2.raw as raw

    fine = 1000
    x, y = ctypes.c_int(), ctypes.c_int()

    def point(px: float, py: float) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page.raw, 0, 0, round(width * fine), round(height * fine), 0, px, py, x, y)
        return x.value / fine, y.value / fine

    (ox, oy), (ax, ay), (bx, by) = point(0, 0), point(100, 0), point(0, 100)
    ax, ay, bx, by = (ax - ox) / 100, (ay - oy) / 100, (bx - ox) / 100, (by - oy) / 100

    def place(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        x0, y0 = ox + ax * left + bx * top, oy + ay * left + by * top
        x1, y1 = ox + ax * right + bx * bottom, oy + ay * right + by * bottom
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    return place


def _in_lines(glyphs: list[_Glyph]) -> Iterator[_Glyph]:
    """The glyphs with those of one line from left to right: programs write a line's glyphs of a second font after the first's."""
    line: list[_Glyph] = []
    left = top = bottom = 0.0
    for glyph in glyphs:
        height = glyph[5] - glyph[3]
        shared = min(bottom, glyph[5]) - max(top, glyph[3])
        apart = glyph[4] < left - 2 * height  # beside it, not of it: a frame or a table that floats
        if line and (apart or shared < 0.5 * min(bottom - top, height)):
            yield from _ordered(line)
            line = []
        if not line or height > bottom - top:
            top, bottom = glyph[3], glyph[5]
        left = min(left, glyph[2]) if line else glyph[2]
        line.append(glyph)
    yield from _ordered(line)


def _ordered(line: list[_Glyph]) -> list[_Glyph]:
    if all(a[2] <= b[2] + 1 for a, b in pairwise(line)):
        return line
    if any(unicodedata.bidirectional(g[1]) in ("R", "AL") for g in line):
        return line
    return sorted(line, key=lambda g: g[2])


def _lines(boxes: Iterable[Box]) -> list[Box]:
    """Neighbours of one line as one box; sizes to a tenth of a point."""
    out: list[tuple[float, float, float, float]] = []
    for x, y, w, h in boxes:
        if out:
            left, top, right, bottom = out[-1]
            shared = min(bottom, y + h) - max(top, y)
            if shared > 0.4 * min(bottom - top, h) and -_FAR * h < x - right < _FAR * max(h, bottom - top):
                out[-1] = (min(left, x), min(top, y), max(right, x + w), max(bottom, y + h))
                continue
        out.append((x, y, x + w, y + h))
    return [(round(a, 1), round(b, 1), round(c - a, 1), round(d - b, 1)) for a, b, c, d in out]


class _Stream:
    """The characters of all pages in one line; what has found its text is blanked."""

    def __init__(self, sheets: list[_Sheet]) -> None:
        self.sheets = sheets
        self.text = "".join(s.text for s in sheets)
        self._starts = [0]
        for sheet in sheets[:-1]:
            self._starts.append(self._starts[-1] + len(sheet.text))
        self._free = bytearray(b"\1") * len(self.text)

    def page_of(self, at: int) -> int:
        """Index of the page that holds a character."""
        return bisect_right(self._starts, at) - 1

    def blank(self, spans: Sequence[tuple[int, int]]) -> None:
        """Takes stretches out of the search."""
        if not spans:
            return
        out, at = [], 0
        for a, b in sorted(spans):
            self._free[a:b] = bytes(b - a)
            a = max(a, at)
            if a < b:
                out += [self.text[at:a], "\0" * (b - a)]
                at = b
        self.text = "".join([*out, self.text[at:]])

    def rest(self) -> tuple[str, list[int]]:
        """The characters that are left, and where each stands."""
        return "".join(compress(self.text, self._free)), list(compress(range(len(self.text)), self._free))

    def outermost(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """For each page the occurrence nearest its upper or lower end, where it lies in the zone of headers and footers."""
        best: dict[int, tuple[float, tuple[int, int]]] = {}
        for a, b in spans:
            page = self.page_of(a)
            if page != self.page_of(b - 1):
                continue
            sheet = self.sheets[page]
            for _, y, _, h in self._on(page, a, b)[:1]:
                distance = min(y, sheet.height - y - h)
                if distance <= _EDGE * sheet.height and (page not in best or distance < best[page][0]):
                    best[page] = (distance, (a, b))
        return [span for _, span in best.values()]

    def boxes(self, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, list[Box]]]:
        """Page and boxes of stretches, page by page."""
        by_page: dict[int, list[Box]] = {}
        for a, b in spans:
            while a < b:
                page = self.page_of(a)
                stop = min(b, self._starts[page] + len(self.sheets[page].text))
                by_page.setdefault(page, []).extend(self._on(page, a, stop))
                a = stop
        for page, boxes in sorted(by_page.items()):
            if boxes:
                yield page, _lines(iter(boxes))

    def _on(self, page: int, a: int, b: int) -> list[Box]:
        start = self._starts[page]
        return self.sheets[page].boxes(a - start, b - start)


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise DamagedPackage("The page layout cannot be read.") from None
    try:
        yield document
    finally:
        document.close()
