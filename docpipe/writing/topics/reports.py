"""Texts of study reports, for documents that sum reports up: asked by heading, quoted with their places. Imports its room only.

A report that is itself to be drafted never takes its words from an earlier one; that is why ``passages`` leaves reports out.
"""

from __future__ import annotations

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._wants import REPORT
from docpipe.writing.topics.texts import Passages

NAME = "reports"


def read(study: StudyData, book: Book) -> Passages | None:
    """The reports among the sources; None without any. Templates ask ``study.reports.headed("results", "report")``."""
    found = [t for t in study.texts if role_of(t) == REPORT]
    return Passages(found, book) if found else None
