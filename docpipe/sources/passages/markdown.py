"""Markdown and plain text cut into pieces: headings, paragraphs, list items, rows of tables, quoted code. Imports its neighbour.

Enough of CommonMark and of tables for protocols and plans; marks of emphasis, links and code are taken off the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from docpipe.sources.passages.pieces import Piece, row_of

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"^(\s*)(?:[-*+]|\d{1,9}[.)])(?:\s+|$)(.*)$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_DIVIDER = re.compile(r"^\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$")
_CELLS = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]{0,1000})\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)")
_CODE = re.compile(r"(`+)([^`]+)\1")
_STRONG = re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^*_\n]{1,2000}?)(?<=\S)\1(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]{1,2000}?)(?<=\S)\1(?![\w*_])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST_HEADING = 2000
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,5})\.?\s+(?=[A-Z])[^.;:]{2,90}$")


def markdown(text: str) -> list[Piece]:
    """The pieces of Markdown, in order."""
    return list(_pieces(_COMMENT.sub("", text).splitlines()))


def plain(text: str) -> list[Piece]:
    """The pieces of plain text: paragraphs between blank lines; a numbered line that stands alone is a heading."""
    found: list[Piece] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        numbered = _NUMBERED.match(lines[0]) if len(lines) == 1 else None
        found.append(Piece(" ".join(lines), level=numbered[1].count(".") + 1 if numbered else 0))
    return found


def _pieces(lines: list[str]) -> Iterator[Piece]:
    paragraph: list[str] = []
    kind = "paragraph"
    margins: list[int] = []
    at = _front_matter(lines)

    def taken() -> Iterator[Piece]:
        text = _bare(" ".join(paragraph))
        paragraph.clear()
        if text:
            yield Piece(text, kind, depth=len(margins) - 1 if kind == "list-item" else 0)

    while at < len(lines):
        line = lines[at]
        at += 1
        if fence := _FENCE.match(line):
            yield from taken()
            end = next((n for n in range(at, len(lines)) if lines[n].strip().startswith(fence[1])), len(lines))
            code = "\n".join(lines[at:end]).strip("\n")
            if code.strip():
                yield Piece(code, "code")
            at, kind = end + 1, "paragraph"
        elif len(line) < _LONGEST_HEADING and (heading := _HEADING.match(line)):
            yield from taken()
            kind, margins = "paragraph", []
            if text := _bare(heading[2] or ""):
                yield Piece(text, level=len(heading[1]))
        elif (under := _SETEXT.match(line)) and paragraph and kind == "paragraph":
            text = _bare(" ".join(paragraph))
            paragraph.clear()
            yield Piece(text, level=1 if under[1][0] == "=" else 2)
        elif not line.strip() or _RULE.match(line):
            yield from taken()
            kind = "paragraph"
        elif _ROW.match(line):
            yield from taken()
            cells = [_bare(_BREAK.sub(" ", c)) for c in _CELLS.split(line.strip().strip("|"))]
            if not _DIVIDER.match(line) and any(cells):
                yield Piece(row_of(cells), "row")
            kind = "paragraph"
        elif item := _ITEM.match(line):
            yield from taken()
            margin = len(item[1].expandtabs(4))
            margins = [*(m for m in margins if m < margin - 1), margin]
            kind = "list-item"
            paragraph.append(item[2])
        else:
            if kind == "paragraph":
                margins = []
            paragraph.append(line.strip().lstrip(">").strip())
    yield from taken()


def _front_matter(lines: list[str]) -> int:
    """The line after a block of metadata at the top, 0 where there is none."""
    if lines and lines[0].strip() == "---":
        for number in range(1, min(len(lines), 100)):
            if lines[number].strip() in ("---", "..."):
                return number + 1 if all(":" in x or not x.strip() or x[0] in " -#" for x in lines[1:number]) else 0
    return 0


def _bare(text: str) -> str:
    """Text without its marks."""
    text = _BREAK.sub(" ", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _CODE.sub(r"\2", text)
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\2", text)
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", text)).split())
