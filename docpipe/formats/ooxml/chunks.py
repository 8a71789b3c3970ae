"""Chunks of other formats that Word takes in on opening (``w:altChunk``): HTML and plain text, read and written in place.

Imports the core and the standard library. Sources: ISO/IEC 29500-1, 17.17.2.1; the HTML Living Standard, 13.1.

The text between two block tags is one block; inline tags in it are codes. What is no text is written back as it was, byte for
byte. A chunk whose text a second, independent parser reads otherwise is not read at all, but named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text, plain_text

_TAG = re.compile(
    r"<!--.{0,100000}?-->|<(?P<raw>script|style|title|textarea)\b[^>]{0,2000}>.{0,1000000}?</(?P=raw)\s*>"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?:[^<>\"']|\"[^\"]{0,20000}\"|'[^']{0,20000}'){0,2000}>"
    r"|<[!?][^>]{0,5000}>",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "strike", "strike": "strike", "del": "strike", "sup": "sup",
    "sub": "sub", "a": "link", "span": "style", "font": "style", "code": "style", "small": "style", "big": "style", "q": "style",
    "cite": "style", "abbr": "style", "mark": "style", "kbd": "style", "samp": "style", "var": "style", "ins": "style",
    "label": "style", "tt": "style", "bdo": "style", "bdi": "style", "dfn": "style", "time": "style",
}  # fmt: skip
_SINGLE = frozenset({"br", "img", "wbr", "input"})
_WHITE = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(
    rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})|encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE
)
_LARGEST = 4 << 20
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(slots=True)
class ChunkBlock:
    """A stretch of text with its codes. ``raw``: as it stands in the file; ``codes``: the tag that each code stands for."""

    content: CodedText
    raw: str
    lead: str = ""
    trail: str = ""
    codes: dict[tuple[type, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Chunk:
    """A chunk taken apart: what stays (text) and blocks by turns, in order."""

    pieces: list[str | ChunkBlock]
    encoding: str
    bom: bytes
    markup: bool

    @property
    def blocks(self) -> list[ChunkBlock]:
        """The blocks, in order."""
        return [p for p in self.pieces if isinstance(p, ChunkBlock)]

    def written(self, targets: Mapping[int, CodedText]) -> bytes:
        """The chunk with targets by the block's number from 1; everything else as it was."""
        out, number = [], 0
        for piece in self.pieces:
            if isinstance(piece, str):
                out.append(piece)
                continue
            number += 1
            target = targets.get(number, piece.content)
            out.append(piece.raw if target == piece.content else self._rendered(piece, target))
        return self.bom + "".join(out).encode(self.encoding, "xmlcharrefreplace" if self.markup else "replace")

    def _rendered(self, block: ChunkBlock, target: CodedText) -> str:
        parts = [
            self._escaped(p.text) if isinstance(p, Text) else block.codes[type(p), p.id] for p in target
        ]  # fmt: skip
        return block.lead + "".join(parts) + block.trail

    def _escaped(self, text: str) -> str:
        if not self.markup:
            return " ".join(text.split("\n"))
        return html.escape(text, quote=False).replace("\u00a0", "&#160;")

    def row(self, targets: Mapping[int, CodedText]) -> list[str]:
        """Tags and texts (white space as one blank) in the order of the file, targets in place: what a judge compares."""
        found: list[str] = [""]
        number = 0
        for piece in self.pieces:
            if isinstance(piece, str):
                found += [piece.strip(), ""] if piece.strip() else []
                continue
            number += 1
            found += [piece.lead.strip(), ""] if piece.lead.strip() else []
            for part in targets.get(number, piece.content):
                if isinstance(part, Text):
                    found[-1] += part.text
                else:
                    found += [piece.codes[type(part), part.id], ""]
            found += [piece.trail.strip(), ""] if piece.trail.strip() else []
        return [t for text in found if (t := _WHITE.sub(" ", text.replace("\u00a0", " ")).strip())]


def open_chunk(data: bytes, media_type: str) -> Chunk | None:
    """The chunk, or None where its format is none of these or its text cannot be told for sure."""
    markup = media_type in ("text/html", "application/xhtml+xml")
    if len(data) > _LARGEST or (not markup and media_type != "text/plain"):
        return None
    bom, encoding = next(((b, e) for b, e in _BOMS if data.startswith(b)), (b"", ""))
    encoding = encoding or _stated(data[:2000]) or "utf-8"
    try:
        text = data[len(bom) :].decode(encoding)
    except (UnicodeDecodeError, LookupError):
        encoding = "cp1252"
        text = data[len(bom) :].decode(encoding, "replace")
        if "\ufffd" in text:
            return None
    chunk = Chunk(list(_pieces(text) if markup else _lines(text)), encoding, bom, markup)
    if chunk.written({}) != data:
        return None
    if markup and _visible("".join(plain_text(b.content) for b in chunk.blocks)) != _visible(_second_look(text)):
        return None
    return chunk


def _stated(head: bytes) -> str:
    found = _CHARSET.search(head)
    return (found[1] or found[2]).decode("ascii") if found else ""


def _visible(text: str) -> str:
    return "".join(text.split())


def _lines(text: str) -> Iterator[str | ChunkBlock]:
    for line in text.splitlines(keepends=True):
        shown = line.strip()
        if not shown:
            yield line
            continue
        start = line.index(shown)
        yield line[:start]
        yield ChunkBlock((Text(shown),), shown)
        yield line[start + len(shown) :]


def _pieces(text: str) -> Iterator[str | ChunkBlock]:
    row: list[tuple[str, str, str]] = []
    at = 0
    for found in _TAG.finditer(text):
        if found.start() > at:
            row.append(("text", "", text[at : found.start()]))
        at = found.end()
        name = (found["name"] or "").lower()
        if name in _INLINE:
            row.append(("close" if found["end"] else "open", name, found[0]))
        elif name in _SINGLE:
            row.append(("single", name, found[0]))
        else:
            yield from _block(row)
            row = []
            yield found[0]
    if at < len(text):
        row.append(("text", "", text[at:]))
    yield from _block(row)


def _block(row: list[tuple[str, str, str]]) -> Iterator[str | ChunkBlock]:
    raw = "".join(r for _, _, r in row)
    if not any(kind == "text" and html.unescape(r).strip() for kind, _, r in row):
        if raw:
            yield raw
        return
    start, stop = 0, len(row)
    while row[start][0] == "single" or (row[start][0] == "text" and not row[start][2].strip()):
        start += 1
    while row[stop - 1][0] == "single" or (row[stop - 1][0] == "text" and not row[stop - 1][2].strip()):
        stop -= 1
    partner = _partners(row)
    while partner.get(start) == stop - 1 and start < stop - 1:
        start, stop = start + 1, stop - 1
    lead, inner, trail = "".join(r for _, _, r in row[:start]), row[start:stop], "".join(r for _, _, r in row[stop:])
    block = ChunkBlock((), raw, lead, trail)
    parts: list[Inline] = []
    numbers: dict[int, int] = {}
    for offset, (kind, name, piece) in enumerate(inner):
        at = start + offset
        if kind == "text":
            shown = _WHITE.sub(" ", html.unescape(piece))
            shown = shown.lstrip(" ") if offset == 0 else shown
            parts.append(Text(shown.rstrip(" ") if offset == len(inner) - 1 else shown))
            continue
        code: Inline
        if at in partner:
            opening = min(at, partner[at])
            number = numbers.setdefault(opening, len(numbers) + 1)
            code = Open(number, _INLINE[name]) if kind == "open" else Close(number)
        else:
            number = numbers.setdefault(at, len(numbers) + 1)
            code = Placeholder(
                number, "br" if name == "br" else "object", "", "\n" if name == "br" else "", reorderable=False
            )
        block.codes[type(code), number] = piece
        parts.append(code)
    block.content = merge_text(parts)
    yield block


def _partners(row: list[tuple[str, str, str]]) -> dict[int, int]:
    """Opening and closing tags that belong together, by place, both ways; crossed or lone ones are left out."""
    stack: list[tuple[str, int]] = []
    found: dict[int, int] = {}
    for at, (kind, name, _) in enumerate(row):
        if kind == "open":
            stack.append((name, at))
        elif kind == "close" and stack and stack[-1][0] == name:
            _, opening = stack.pop()
            found[opening], found[at] = at, opening
    return found


class _Reader(HTMLParser):
    """The second look: all character data but of elements that show none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "title", "textarea"):
            self._quiet += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title", "textarea") and self._quiet:
            self._quiet -= 1

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.texts.append(data)


def _second_look(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.texts)
