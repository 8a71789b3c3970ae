"""Protocols, plans, previous reports and other text as passages: Markdown and plain text by own code, DOCX and PDF by their formats' readers.

Imports errors, model, the registry (which finds the formats) and its parts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import replace

from docpipe.errors import InputRefused, NoText, TooLarge
from docpipe.model.document import BlockKind, Extraction, ReadPolicy
from docpipe.model.finding import Severity
from docpipe.model.inline import spaced_text
from docpipe.model.source import Source, SourceFile, SourceKind, SourceNotice, TextSource
from docpipe.registry import format_for
from docpipe.safe.budget import DEFAULT
from docpipe.safe.package import open_package
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX, PDF
from docpipe.sources.passages.markdown import markdown, plain
from docpipe.sources.passages.pieces import Piece, placed, row_of
from docpipe.sources.printed.lines import is_study_word, study_in
from docpipe.sources.synopsis.reading import calls_itself, trial_of

_MAIN = "word/document.xml"
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
        """50: a reader of tables that is surer of a DOCX goes first, but for a synopsis, which often is one table."""
        return 90 if data.startswith(b"PK") and calls_itself(_beginning(data), name) else 50

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """The file's text, and of a synopsis the trial that it designs. Raises ``NoText``, ``TooLarge``, and what the format's reader raises."""
        if file.media_type in (_MARKDOWN, _PLAIN):
            if len(data) > DEFAULT.xml_text:
                raise TooLarge("The text file is larger than the limit.", bytes=len(data), limit=DEFAULT.xml_text)
            text, notices = _decoded(data, file)
            return (_source(markdown(text) if file.media_type == _MARKDOWN else plain(text), "", file, notices),)
        extraction = format_for(file.media_type).read(data, _POLICY)
        made = passages_of(extraction, file)
        trial = trial_of(made, rows_of(extraction, made)) if file.media_type in (DOCX, DOCM) else None
        return (made,) if trial is None else (trial, replace(made, file=trial.file))


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


def _beginning(data: bytes) -> str:
    """The first words of a DOCX; "" for what cannot be opened, which the reader refuses in its own time."""
    try:
        package = open_package(data)
        xml = package.read(_MAIN) if _MAIN in package else b""
    except InputRefused:
        return ""
    said = " ".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)<", xml[:60_000].decode("utf-8", "replace")))
    return said[:400]


def rows_of(extraction: Extraction, text: TextSource) -> dict[int, list[list[str]]]:
    """The paragraphs of the cells of each row, by the index of the row's passage."""
    rows: list[list[list[str]]] = []
    key = ""
    for block in extraction.blocks:
        said = " ".join(spaced_text(block.content).split())
        if not said or block.kind in _LEFT_OUT:
            continue
        cell = _CELL.match(block.address) if block.kind is BlockKind.CELL else None
        if cell is None:
            key = ""
            continue
        if cell[1] != key:
            key = cell[1]
            rows.append([])
        rows[-1] += [[] for _ in range(int(cell[2]) - len(rows[-1]))]
        rows[-1][int(cell[2]) - 1].append(said)
    at = [n for n, p in enumerate(text.passages) if p.kind == "row"]
    return dict(zip(at, rows, strict=True)) if len(at) == len(rows) else {}


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
