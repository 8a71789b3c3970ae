"""A PDF's pages as pictures and as streams of characters with their places, for previews. Imports errors; pypdfium2 inside functions.

``places`` and ``page_image`` are meant to run in a child process (``docpipe.safe.child``). PNG after ISO/IEC 15948.
"""

from __future__ import annotations

import contextlib
import ctypes
import struct
import zlib
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from docpipe.errors import DamagedPackage, UnknownName
from docpipe.formats.pdftext.matching import Wanted, everywhere, locate, normal

Row = tuple[str, str, list[str]]
"""A segment's id, where it stands (body, note, box, edge), its texts between codes that show something of their own."""
Box = tuple[float, float, float, float]
"""Left, top, width, height in points from the page's upper left corner as it is shown."""
_LARGEST_SIDE = 4000
_ALONE = 5
"""A text of fewer letters is not looked for out of its order: it stands in too many places."""
_OPEN = 200
"""Pages kept open at a time."""
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
        opened: deque[_Sheet] = deque()
        sheets = [_Sheet(document, n, opened) for n in range(len(document))]
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
    for item in sorted(groups["edge"], key=lambda w: -w.size):
        chosen = stream.outermost(everywhere(stream.text, item))
        item.spans = chosen
        stream.blank(chosen)
    for name in ("body", "note", "box"):
        rest, back = stream.rest()
        locate(rest, groups[name])
        for item in groups[name]:
            item.spans = [part for a, b in item.spans for part in _runs(back, a, b)]
        stream.blank([span for item in groups[name] for span in item.spans])
    for name in ("body", "note", "box", "edge"):
        for item in groups[name]:
            if (
                not item.spans
            ):  # out of order, or its text was taken by a header: the first that is left, else the first
                free = everywhere(stream.text, item, 1) if item.size >= _ALONE else []
                free = free or (everywhere(kept, item, 1) if item.size >= 2 * _ALONE else [])
                item.spans = free
                stream.blank(free)


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
    """A page: its normalised characters, and for each the index that pdfium knows it by."""

    def __init__(self, document: Any, number: int, opened: deque[_Sheet]) -> None:
        import pypdfium2
        import pypdfium2.raw as raw

        self._raw, self._document, self._number, self._opened = raw, document, number, opened
        self._page: Any = None
        self._text: Any = None
        self.width, self.height = 595.0, 842.0
        self.text = ""
        self.indices: list[int] = []
        with contextlib.suppress(pypdfium2.PdfiumError):
            self._open()
            self.width, self.height = self._size()
            self._read()

    def _size(self) -> tuple[float, float]:
        width, height = self._page.get_size()
        return float(width), float(height)

    def _open(self) -> None:
        """Has the page and its text at hand; the page opened longest ago is closed when there are many."""
        if self._text is not None:
            return
        self._page = self._document[self._number]
        self._text = self._page.get_textpage()
        self._opened.append(self)
        if len(self._opened) > _OPEN:
            oldest = self._opened.popleft()
            oldest._text.close()
            oldest._page.close()
            oldest._text = oldest._page = None

    def _read(self) -> None:
        raw = self._raw
        handle = self._text.raw
        unicode_of = raw.FPDFText_GetUnicode
        parts: list[str] = []
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
            for char in normal(chr(code)):
                parts.append(char)
                self.indices.append(index)
        self.text = "".join(parts)

    def boxes(self, start: int, stop: int) -> list[Box]:
        """The boxes of characters ``start`` to ``stop`` of this page, one a line where they touch."""
        self._open()
        raw, handle = self._raw, self._text.raw
        first, last = self.indices[start], self.indices[stop - 1]
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        found: list[Box] = []
        for n in range(min(200, raw.FPDFText_CountRects(handle, first, last - first + 1))):
            if raw.FPDFText_GetRect(handle, n, left, top, right, bottom):
                found.append(self._shown(left.value, top.value, right.value, bottom.value))
        return _lines(b for b in found if b[2] > 0 and b[3] > 0)

    def _shown(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box on the page as it is shown: turned and cropped, y downwards."""
        raw = self._raw
        x, y = ctypes.c_int(), ctypes.c_int()
        corners = []
        for px, py in ((left, top), (right, bottom)):
            raw.FPDF_PageToDevice(
                self._page.raw, 0, 0, round(self.width * 10), round(self.height * 10), 0, px, py, x, y
            )
            corners.append((x.value / 10, y.value / 10))
        (ax, ay), (bx, by) = corners
        return (round(min(ax, bx), 1), round(min(ay, by), 1), round(abs(ax - bx), 1), round(abs(ay - by), 1))


def _lines(boxes: Iterator[Box]) -> list[Box]:
    """Neighbours of one line as one box: a line's runs in several fonts are one place."""
    out: list[Box] = []
    for x, y, w, h in boxes:
        if out:
            px, py, pw, ph = out[-1]
            shared = min(py + ph, y + h) - max(py, y)
            if shared > 0.5 * min(ph, h) and -h < x - (px + pw) < 3 * max(h, ph):
                left, top = min(px, x), min(py, y)
                right, bottom = max(px + pw, x + w), max(py + ph, y + h)
                out[-1] = (left, top, round(right - left, 1), round(bottom - top, 1))
                continue
        out.append((x, y, w, h))
    return out


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
