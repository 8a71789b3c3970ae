"""Reports are read from DOCX with numbers of headings, tables and the place of every paragraph."""

from __future__ import annotations

import io

import pytest
from docx import Document

from docpipe.errors import InputUnsupported, NoText
from docpipe.model.report import PieceKind
from docpipe.safe.sniff import DOCX
from docpipe.writing.report.reading import read_report
from docpipe.writing.report.reading.numbering import _written


def _docx() -> bytes:
    document = Document()
    document.add_heading("10 Study Patients", 1)
    document.add_heading("10.1 Disposition", 2)
    document.add_paragraph("Of 20 subjects, 5 (25.0%) withdrew.")
    document.add_paragraph("Table 3. Disposition of subjects", style="Caption")
    table = document.add_table(rows=3, cols=2)
    for row, texts in zip(table.rows, (("Reason", "Placebo (N=20)"), ("Completed", "15 (75.0%)"), ("Withdrew", "5 (25.0%)")), strict=True):  # fmt: skip
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("Source: Table 14.1.1")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_sections_tables_and_notes_are_put_together() -> None:
    report = read_report(_docx(), "report.docx", DOCX)
    assert [(s.number, s.heading) for s in report.sections] == [("10", "Study Patients"), ("10.1", "Disposition")]
    (table,) = report.tables
    assert (table.label, table.caption, table.heads) == ("Table 3", "Disposition of subjects", 1)
    assert table.rows[1] == ("Completed", "15 (75.0%)")
    assert report.pieces[table.notes[0]].text == "Source: Table 14.1.1"


def test_every_paragraph_knows_its_place() -> None:
    report = read_report(_docx(), "report.docx", DOCX)
    paragraphs = [p.text for p in Document(io.BytesIO(_docx())).element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p") for p in [p]]  # fmt: skip
    assert len(paragraphs) == max(p.location.paragraph for p in report.pieces)
    prose = next(p for p in report.pieces if p.kind is PieceKind.PARAGRAPH)
    assert prose.location.part == "word/document.xml"
    assert prose.location.said == "Section 10.1, paragraph 1"


def test_an_empty_report_and_a_picture_are_refused() -> None:
    stream = io.BytesIO()
    Document().save(stream)
    with pytest.raises(NoText):
        read_report(stream.getvalue(), "empty.docx", DOCX)
    with pytest.raises(InputUnsupported):
        read_report(b"\x89PNG", "picture.png", "image/png")


def test_numbers_are_written_as_word_writes_them() -> None:
    assert [_written(4, form) for form in ("decimal", "lowerRoman", "upperLetter")] == ["4", "iv", "D"]
