"""Texts of study reports, for documents that sum reports up: asked by heading, quoted with their places. Imports its room only.

A report that is itself to be drafted never takes its words from an earlier one; that is why ``passages`` leaves reports out.
"""

from __future__ import annotations

from docpipe.model.source import TextSource
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._quoted import Quoted
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._wants import REPORT
from docpipe.writing.topics.texts import Passages

NAME = "reports"


class Report(Passages):
    """The passages of one report. ``title``: as it calls itself, quoted from its first heading, else the name of its file."""

    def __init__(self, text: TextSource, book: Book) -> None:
        super().__init__([text], book)
        first = next((p for p in text.passages if p.kind == "heading"), None)
        self.title = Quoted(book, text, ((first, 0, len(first.text)),), "cell") if first is not None else text.file.path


class Reports(Passages):
    """All reports together, and ``each`` of them by itself."""

    def __init__(self, texts: list[TextSource], book: Book) -> None:
        super().__init__(texts, book)
        self.each = tuple(Report(t, book) for t in texts)


def read(study: StudyData, book: Book) -> Reports | None:
    """The reports among the sources; None without any. Templates ask ``study.reports.headed("results", "report")`` or each report."""
    found = [t for t in study.every_text if role_of(t) == REPORT]
    return Reports(found, book) if found else None
