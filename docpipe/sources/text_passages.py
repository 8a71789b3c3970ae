"""Protocols, plans, previous reports and other text as passages: Markdown and plain text by own code, DOCX and PDF by their formats' readers.

Imports errors, model, the registry (which finds the formats) and its parts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import replace

from docpipe.errors import NoText, TooLarge
from docpipe.model.document import BlockKind, Extraction, ReadPolicy
from docpipe.model.finding import Severity
from docpipe.model.inline import spaced_text
from docpipe.model.source import SourceFile, SourceKind, SourceNotice, TextSource
from docpipe.registry import format_for
from docpipe.safe.budget import DEFAULT
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX, PDF
from docpipe.sources.passages.markdown import markdown, plain
from docpipe.sources.passages.pieces import Piece, placed, row_of
from docpipe.sources.printed.lines import is_study_word, study_in

_MARKDOWN = "text/markdown"
_PLAIN = "text/plain"
_LEFT_OUT = {
    BlockKind.HEADER, BlockKind.FOOTER, BlockKind.COMMENT, BlockKind.PROPERTY, BlockKind.PLACEHOLDER, BlockKind.LIST_ENTRY,
    BlockKind.CHART_TEXT, BlockKind.ALT_TEXT,
}  # fmt: skip
_PAGE = re.compile(r"^page\[(\d+)\]/")
_CELL = re.compile(r"^(.*/tr\[\d+\])/tc\[(\d+)\]/(?!.*/tr\[)")
_LEADERS = re.compile(r"\.{5,}[\s\divxlc]*$|(?:\s\.){5,}")
_INSIDE = re.compile(r"^List(?: \w+)? ([2-5])$", re.IGNORECASE)
"""Word's own styles of list items inside others: ``List Bullet 2``."""
_POLICY = ReadPolicy(tracked_changes="final", macros="carry", do_not_translate=False)
_FIRST = 60
"""Passages in which the study's id is looked for."""


class TextPassages:
    """See ``docpipe.model.protocols.SourceReader``."""

    name = "text-passages"
    kind = SourceKind.TEXT
    media_types: tuple[str, ...] = (_MARKDOWN, _PLAIN, PDF, DOCX, DOTX, DOCM, DOTM)

    def score(self, data: bytes, name: str) -> int:
        """50: a reader of tables that is surer of a DOCX goes first."""
        return 50

    def read(self, data: bytes, file: SourceFile) -> tuple[TextSource, ...]:
        """The file's text. Raises ``NoText``, ``TooLarge``, and what the format's reader raises."""
        if file.media_type in (_MARKDOWN, _PLAIN):
            if len(data) > DEFAULT.xml_text:
                raise TooLarge("The text file is larger than the limit.", bytes=len(data), limit=DEFAULT.xml_text)
            text, notices = _decoded(data, file)
            return (_source(markdown(text) if file.media_type == _MARKDOWN else plain(text), "", file, notices),)
        return (passages_of(format_for(file.media_type).read(data, _POLICY), file),)


def passages_of(extraction: Extraction, file: SourceFile) -> TextSource:
    """The passages of a document that its format has read; headers, footers, comments and properties are left out.

    Raises ``NoText``.
    """
    pieces: list[Piece] = []
    row, cells = "", list[str]()
    for block in extraction.blocks:
        text = " ".join(spaced_text(block.content).split())
        if not text or block.kind in _LEFT_OUT:
            continue
        if block.kind is BlockKind.CELL and (cell := _CELL.match(block.address)):
            cells = cells if cell[1] == row else []
            cells += [""] * (int(cell[2]) - len(cells))
            cells[int(cell[2]) - 1] = f"{cells[int(cell[2]) - 1]} {text}".strip()
            if cell[1] == row:
                pieces.pop()
            row = cell[1]
            pieces.append(Piece(row_of(cells), "row"))
            continue
        row = ""
        page = _PAGE.match(block.address)
        number = int(page[1]) if page else 0
        if _LEADERS.search(text):
            pieces.append(Piece(text, "contents", page=number))  # a heading in a table of contents heads nothing
        else:
            inside = _INSIDE.search(block.style) if block.kind is BlockKind.LIST_ITEM else None
            pieces.append(Piece(text, block.kind.value, block.level, number, int(inside[1]) - 1 if inside else 0))
    running = [b.text for b in extraction.blocks if b.kind in (BlockKind.HEADER, BlockKind.FOOTER)]
    notices = [SourceNotice(n.code, n.severity, n.message, file.path, n.address) for n in extraction.notices]
    return _source(pieces, extraction.title, file, notices, running)


def _source(
    pieces: list[Piece], title: str, file: SourceFile, notices: list[SourceNotice], running: Iterable[str] = ()
) -> TextSource:
    if not pieces:
        raise NoText("The file holds no text.")
    if not any(p.level for p in pieces):
        notices.append(SourceNotice("text.no_headings", Severity.MINOR, "The text has no headings.", file.path))
    running = list(running)
    words = {word for line in running[:_FIRST] for word in line.split() if is_study_word(word)}
    study = file.study or study_in((*(p.text for p in pieces[:_FIRST]), *running))
    study = study or (words.pop() if len(words) == 1 else "")
    first = next((p.text for p in pieces if p.level), "")
    named = replace(file, study=study) if study != file.study else file
    return TextSource(
        named, title if len(title.split()) > 1 else first or title, placed(pieces, file.sha256), tuple(notices)
    )


def _decoded(data: bytes, file: SourceFile) -> tuple[str, list[SourceNotice]]:
    """The text; what is not UTF-8 is read as Windows Latin, and told."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        said = "The file is not UTF-8; it was read as Windows-1252."
        return data.decode("cp1252", "replace"), [SourceNotice("text.encoding", Severity.MAJOR, said, file.path)]


SOURCE = TextPassages()
