"""Writes a document's rows as a bilingual XLSX: one sheet, every cell text. Imports the core, safe and openpyxl.

Reading back is ``bilingual_xlsx_read``. Nothing in a cell is ever calculated: texts that a program might take for a formula
get an apostrophe, which reading takes off again. Source: ECMA-376 part 1, 18 and 22.9.2.19 (ST_Xstring).
"""

from __future__ import annotations

import io
import re
from typing import Any

from docpipe.errors import ReviewRefused
from docpipe.exports.bilingual_marks import Sheet, kind_words, note_lines, row_key, to_cell
from docpipe.model.inline import to_wire
from docpipe.model.language import right_to_left
from docpipe.model.segment import Status
from docpipe.safe.cells import neutral
from docpipe.safe.package import rewrite

__all__ = ["COLUMNS", "KEY_COLUMN", "write_bilingual_xlsx"]

COLUMNS = ("No.", "Row id", "Kind", "Source", "Target", "Status", "Comment", "Findings")
KEY_COLUMN = "docpipe"
"""Heading of the hidden last column: the row's key."""
_WIDTHS = (6, 12, 11, 62, 62, 12, 32, 40, 4)
_LONGEST = 32_767
"""Characters that a cell holds."""
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>docpipe</dc:creator><dc:title>Bilingual review</dc:title>'
    b"</cp:coreProperties>"
)
_STEPS = (
    "Edit the Target column only. Source, ids and status are checked when the file comes back.",
    "Keep every tag such as <1>, </1> and <2/> of the source in the target: move them with their words.",
    "Write questions and explanations in the Comment column, or as a comment on a cell of the row.",
    "Sorting and filtering are safe. Do not add, copy, merge or split rows, and keep the hidden column.",
    "A cell that begins with an apostrophe before =, +, - or @ is text: leave the apostrophe as it is.",
    "Save as XLSX and import the file again: you will see every change before it is taken.",
)


def write_bilingual_xlsx(sheet: Sheet) -> bytes:
    """The XLSX. Deterministic. Raises ``ReviewRefused`` for a text too long for a cell (32,767 characters)."""
    from openpyxl import Workbook

    book = Workbook()
    rows = book.active
    assert rows is not None
    rows.title = "Review"
    _rows(rows, sheet)
    _about(book.create_sheet("About"), sheet)
    hidden = book.create_sheet("docpipe")
    hidden.sheet_state = "hidden"
    _put(hidden.cell(1, 1), sheet.mark.text())
    out = io.BytesIO()
    book.save(out)
    return rewrite(out.getvalue(), {"docProps/core.xml": _CORE})


def _put(cell: Any, text: str) -> None:
    """A text cell, whatever the text looks like."""
    value = _ESCAPE.sub("_x005F_", neutral(text))
    if len(value) > _LONGEST:
        raise ReviewRefused(
            "A row is too long for a cell of a spreadsheet: export as DOCX or XLIFF.", row=cell.row, limit=_LONGEST
        )
    if value:
        cell.value = value
        cell.data_type = "s"
    cell.number_format = "@"


def _rows(made: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    def fill(colour: str) -> Any:
        return PatternFill("solid", fgColor=colour)

    line = Side(style="thin", color="B8C2CF")
    border = Border(left=line, right=line, top=line, bottom=line)
    shades = {Status.APPROVED: fill("E7F4EA"), Status.NEW: fill("FDF3E1")}
    band, waits = fill("F3F5F8"), fill("FDF3E1")
    small, plain = Font(name="Arial", size=8, color="4A5563"), Font(name="Arial", size=10)
    rtl = {4: right_to_left(sheet.source_language), 5: right_to_left(sheet.target_language)}
    wrapped = {
        c: Alignment(wrap_text=True, vertical="top", readingOrder=2 if rtl.get(c) else 0, horizontal="right" if rtl.get(c) else None)
        for c in range(1, len(COLUMNS) + 1)
    }  # fmt: skip
    headings = [*COLUMNS, KEY_COLUMN]
    headings[3] += f" ({sheet.source_language})"
    headings[4] += f" ({sheet.target_language})"
    for column, words in enumerate(headings, 1):
        cell = made.cell(1, column)
        _put(cell, words)
        cell.font, cell.fill = Font(name="Arial", size=10, bold=True, color="FFFFFF"), fill("1F3A5F")
        made.column_dimensions[get_column_letter(column)].width = _WIDTHS[column - 1]
    for number, segment in enumerate(sheet.segments, 1):
        unit = sheet.unit(segment)
        said = [f"{c.author}: {c.text}" for c in sheet.comments.get(segment.id, ())]
        notes = "\n".join((*note_lines(unit, sheet.findings.get(segment.id, ())), *said))
        values = (
            str(number), str(segment.id), kind_words(segment), to_cell(segment.wire, rtl=rtl[4]), to_cell(to_wire(unit.target), rtl=rtl[5]), unit.status.value, "",
            to_cell(notes),
        )  # fmt: skip
        for column, value in enumerate(values, 1):
            cell = made.cell(number + 1, column)
            _put(cell, value)
            cell.alignment, cell.border = wrapped[column], border
            cell.font = plain if column in (4, 5, 7) else small
            if column == 6:
                cell.fill = waits if unit.needs_person else shades.get(unit.status, band)
            elif column not in (5, 7):
                cell.fill = band
        _put(made.cell(number + 1, len(headings)), row_key(segment, unit))
    made.column_dimensions[get_column_letter(len(headings))].hidden = True
    made.freeze_panes = "A2"
    made.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(sheet.segments) + 1}"
    made.page_setup.orientation = "landscape"
    made.page_setup.paperSize = 9
    made.page_setup.fitToHeight = 0
    made.sheet_properties.pageSetUpPr.fitToPage = True
    made.print_title_rows = "1:1"


def _about(made: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    made.column_dimensions["A"].width, made.column_dimensions["B"].width = 14, 110
    facts = [
        ("Document", to_cell(sheet.document.path)),
        ("Batch", sheet.batch),
        ("Languages", f"{sheet.source_language} to {sheet.target_language}"),
        ("Rows", str(len(sheet.segments))),
        *([("Note", sheet.face)] if sheet.face else []),
        *(("How to" if n == 0 else "", words) for n, words in enumerate(_STEPS)),
    ]
    for number, (name, value) in enumerate(facts, 1):
        _put(made.cell(number, 1), name)
        _put(made.cell(number, 2), value)
        made.cell(number, 1).font = Font(name="Arial", size=10, bold=True)
        made.cell(number, 2).font = Font(name="Arial", size=10)
        made.cell(number, 2).alignment = Alignment(wrap_text=True, vertical="top")
