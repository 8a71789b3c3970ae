"""Writes a document's rows as a bilingual DOCX: one table, source beside target, for people who stay in Word.

Imports the core, safe and python-docx; reading back is ``bilingual_docx_read``. Source: ECMA-376 part 1 (WordprocessingML).
Each row carries its key as hidden text and as a bookmark, so that an import knows what the row was made from.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

from docpipe.exports.bilingual_marks import (
    Sheet,
    bookmark,
    kind_words,
    most_severe,
    note_lines,
    row_key,
    to_cell,
)
from docpipe.exports.bilingual_styles import BAND, GREY, INK, TAG, face, language_of, styled
from docpipe.model.finding import Severity
from docpipe.model.inline import to_wire
from docpipe.model.language import right_to_left
from docpipe.model.segment import Segment, SegmentId, Status
from docpipe.safe.package import rewrite

__all__ = ["COLUMNS", "write_bilingual_docx"]

COLUMNS = ("No.", "Source", "Target", "Status", "Findings")
_WIDTHS = (800, 5000, 5000, 1100, 3240)
"""Twentieths of a point; together the width of A4 across, less the margins."""
_SHOWN = re.compile(r"\u200e?(?:</?\d{1,6}>|<\d{1,6}/>)\u200e?|<U\+[0-9A-F]{4,6}>|[\n\t]")
_LATIN = re.compile(
    r"(?:\d[\d.,]*\s)?[A-Za-z\u00c0-\u024f](?:[A-Za-z\u00c0-\u024f0-9 .,/%+-]*[A-Za-z\u00c0-\u024f0-9%])?"
)
"""Words of a Latin script with their numbers, which run from left to right inside Arabic or Hebrew."""
_SHADES = {Status.APPROVED: "E7F4EA", Status.NEW: "FDF3E1"}
_STEPS = (
    "Edit the Target column only. Source, numbers and status are checked when the file comes back.",
    "Keep every tag such as <1>, </1> and <2/> of the source in the target: move them with their words, do not retype them.",
    "Track Changes may be on: changes are taken as if accepted, and their author is recorded.",
    "To ask or to explain, add a Word comment anywhere in the row.",
    "Do not add, delete, merge or split rows. Save as DOCX and import the file again; you will see every change first.",
)


def write_bilingual_docx(sheet: Sheet) -> bytes:
    """The DOCX. Deterministic: equal input gives equal bytes."""
    import docx

    document = docx.Document()
    styled(document, sheet)
    _head(document, sheet)
    table = _Table(document, sheet)
    for number, segment in enumerate(sheet.segments, 1):
        table.row(number, segment)
    document.element.body.insert(len(document.element.body) - 1, table.element)
    closing = document.add_paragraph()  # Word wants a paragraph after a table
    closing.paragraph_format.space_after = 0
    out = io.BytesIO()
    document.save(out)
    return rewrite(out.getvalue(), {})


def _head(document: Any, sheet: Sheet) -> None:
    title = document.add_paragraph(style="Title")
    title.add_run("Bilingual review")
    hidden = title.add_run(sheet.mark.text())
    hidden.style = document.styles["docpipe key"]
    shown = sheet.document.path
    rows = len(sheet.segments)
    about = document.add_paragraph(style="docpipe about")
    facts = [
        ("Document", to_cell(shown)),
        ("Batch", sheet.batch),
        ("Languages", f"{sheet.source_language} to {sheet.target_language}"),
        ("Rows", f"{rows:,}"),
    ]
    for n, (name, value) in enumerate(facts):
        about.add_run(("     " if n else "") + f"{name}  ")
        about.add_run(value).bold = True
    if sheet.face:
        document.add_paragraph(style="docpipe face").add_run(sheet.face)
    for number, words in enumerate(_STEPS, 1):
        step = document.add_paragraph(style="docpipe step")
        step.add_run(f"{number}.\t")
        for piece, is_tag in _split(words):
            run = step.add_run(piece)
            if is_tag:
                run.style = document.styles[TAG]


def _split(text: str) -> list[tuple[str, bool]]:
    """Text and tags in turn; line breaks and tabs stand alone as text."""
    out: list[tuple[str, bool]] = []
    at = 0
    for m in _SHOWN.finditer(text):
        if m.start() > at:
            out.append((text[at : m.start()], False))
        out.append((m.group(), m.group() not in "\n\t"))
        at = m.end()
    if at < len(text):
        out.append((text[at:], False))
    return out


class _Table:
    """The table, built element by element: python-docx's own rows take quadratic time."""

    def __init__(self, document: Any, sheet: Sheet) -> None:
        from docx.oxml.ns import qn

        self._document = document
        self._sheet = sheet
        self._make = document.element.makeelement
        self._name = cache(qn)
        self._styles = {s.name: s.style_id for s in document.styles}
        self._languages = {
            1: (sheet.source_language, right_to_left(sheet.source_language)),
            2: (sheet.target_language, right_to_left(sheet.target_language)),
        }
        self.element = self._new("w:tbl")
        self._properties()
        self._header()

    def _new(self, tag: str, parent: Any = None, /, **attributes: str) -> Any:
        made = self._make(self._name(tag))
        for key, value in attributes.items():
            made.set(self._name("w:" + key), value)
        if parent is not None:
            parent.append(made)
        return made

    def _properties(self) -> None:
        of = self._new("w:tblPr", self.element)
        self._new("w:tblStyle", of, val=self._styles["Table Grid"])
        self._new("w:tblW", of, w=str(sum(_WIDTHS)), type="dxa")
        borders = self._new("w:tblBorders", of)
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            self._new(f"w:{side}", borders, val="single", sz="4", space="0", color=GREY)
        self._new("w:tblLayout", of, type="fixed")
        margins = self._new("w:tblCellMar", of)
        for side, margin in (("top", "40"), ("left", "85"), ("bottom", "40"), ("right", "85")):
            self._new(f"w:{side}", margins, w=margin, type="dxa")
        grid = self._new("w:tblGrid", self.element)
        for width in _WIDTHS:
            self._new("w:gridCol", grid, w=str(width))

    def _header(self) -> None:
        row = self._new("w:tr", self.element)
        properties = self._new("w:trPr", row)
        self._new("w:cantSplit", properties)
        self._new("w:tblHeader", properties)
        languages = (self._sheet.source_language, self._sheet.target_language)
        for column, words in enumerate(COLUMNS):
            cell = self._cell(row, column, INK)
            paragraph = self._paragraph(cell, "docpipe heading")
            self._run(paragraph, words + (f" ({languages[column - 1]})" if column in (1, 2) else ""))

    def row(self, number: int, segment: Segment) -> None:
        """Adds a segment's row."""
        sheet = self._sheet
        unit = sheet.unit(segment)
        found = sheet.findings.get(segment.id, ())
        row = self._new("w:tr", self.element)
        self._new("w:cantSplit", self._new("w:trPr", row))
        cell = self._cell(row, 0, BAND)
        paragraph = self._paragraph(cell, "docpipe note")
        self._new("w:bookmarkStart", paragraph, id=str(number), name=bookmark(segment, unit))
        self._run(paragraph, str(number))
        self._new("w:bookmarkEnd", paragraph, id=str(number))
        self._run(paragraph, row_key(segment, unit), style="docpipe key")
        kind = kind_words(segment)
        if kind:
            self._run(self._paragraph(cell, "docpipe note"), kind)
        self._text(self._cell(row, 1, BAND), 1, segment.wire)
        target = self._text(self._cell(row, 2, ""), 2, to_wire(unit.target))
        self._comments(target, segment.id)
        state = self._cell(row, 3, "FDF3E1" if unit.needs_person else _SHADES.get(unit.status, BAND))
        self._run(self._paragraph(state, "docpipe note"), unit.status.value)
        worst = most_severe(found)
        notes = self._cell(row, 4, "FBE9E7" if worst is Severity.CRITICAL else BAND)
        for words in note_lines(unit, found) or [""]:
            self._lines(self._paragraph(notes, "docpipe note"), to_cell(words))

    def _cell(self, row: Any, column: int, shade: str) -> Any:
        cell = self._new("w:tc", row)
        properties = self._new("w:tcPr", cell)
        self._new("w:tcW", properties, w=str(_WIDTHS[column]), type="dxa")
        if shade:
            self._new("w:shd", properties, val="clear", color="auto", fill=shade)
        return cell

    def _paragraph(self, cell: Any, style: str) -> Any:
        paragraph = self._new("w:p", cell)
        self._new("w:pStyle", self._new("w:pPr", paragraph), val=self._styles[style])
        return paragraph

    def _text(self, cell: Any, column: int, wire: str) -> Any:
        """A paragraph of document text in the column's language and direction, tags in their own style."""
        language, rtl = self._languages[column]
        paragraph = self._paragraph(cell, "docpipe source" if column == 1 else "docpipe target")
        if rtl:
            self._new("w:bidi", paragraph[0])
        for piece, is_tag in _split(to_cell(wire, rtl=rtl)):
            if is_tag:
                self._run(paragraph, piece, style=TAG)
                continue
            at = 0
            for latin in _LATIN.finditer(piece) if rtl else ():
                self._run(paragraph, piece[at : latin.start()], language=language, rtl=True)
                self._run(paragraph, latin.group(), language=language)
                at = latin.end()
            self._run(paragraph, piece[at:], language=language, rtl=rtl)
        return paragraph

    def _lines(self, paragraph: Any, text: str) -> None:
        for piece, _ in _split(text):
            self._run(paragraph, piece)

    def _run(self, paragraph: Any, text: str, *, style: str = "", language: str = "", rtl: bool = False) -> None:
        if not text:
            return
        run = self._new("w:r", paragraph)
        if style or language:
            properties = self._new("w:rPr", run)
            if style:
                self._new("w:rStyle", properties, val=self._styles[style])
            if language:
                self._new("w:rFonts", properties, **face(language))
            if rtl:
                self._new("w:rtl", properties)
            if language:
                self._new("w:lang", properties, **language_of(language))
        if text == "\n":
            self._new("w:br", run)
        elif text == "\t":
            self._new("w:tab", run)
        else:
            element = self._new("w:t", run)
            element.text = text
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _comments(self, paragraph: Any, segment: SegmentId) -> None:
        for place, said in enumerate(self._sheet.comments.get(segment, ()), 1):
            author = to_cell(said.author)
            made = self._document.comments.add_comment(
                text=to_cell(said.text), author=author, initials=author[:1].upper()
            )
            made._comment_elm.attrib.pop(self._name("w:date"), None)  # python-docx takes the clock's
            if said.at:
                made._comment_elm.set(self._name("w:date"), said.at)
            number = str(made.comment_id)
            paragraph.insert(place, self._new("w:commentRangeStart", id=number))
            self._new("w:commentRangeEnd", paragraph, id=number)
            self._new("w:commentReference", self._new("w:r", paragraph), id=number)
