"""Electrocardiograms: summaries, changes, and values out of range, from data or displays. Imports its room only."""

from __future__ import annotations

import re

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._measured import Measured

NAME = "ecg"
_DATASETS = re.compile(r"ADEG\w*")
_WORDS = re.compile(r"electrocardiog|\becgs?\b|\bqtc", re.IGNORECASE)


def read(study: StudyData, book: Book) -> Measured | None:
    """The topic; None where no source but plans holds anything of it."""
    found = Measured(study, book, _DATASETS, "EG", _WORDS)
    return found if found or found.not_done is not None else None
