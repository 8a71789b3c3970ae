"""Reads a report that people wrote. Imports the core, errors, the registry and its parts."""

from __future__ import annotations

from docpipe.errors import InputUnsupported, NoText
from docpipe.model.report import ReportText
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX, PDF
from docpipe.writing.report.reading.assembled import assembled
from docpipe.writing.report.reading.printed import printed
from docpipe.writing.report.reading.word import word

WORD = (DOCX, DOCM, DOTX, DOTM)


def read_report(data: bytes, name: str, media_type: str) -> ReportText:
    """The report's sections, paragraphs, tables and notes, each with its place. Meant for a child process where the file is a PDF.

    Raises ``InputUnsupported``, ``NoText``, and what ``safe`` and the format's reader raise.
    """
    if media_type in WORD:
        items, pages = word(data), 0
    elif media_type == PDF:
        items, pages = printed(data)
    else:
        raise InputUnsupported(f"Reports are checked as DOCX or PDF, not as {media_type}.", media_type=media_type)
    report = assembled(items, name, media_type, pages)
    if not any(p.text.strip() for p in report.pieces):
        raise NoText("The report holds no text.")
    return report
