"""Vital signs: summaries, changes, and values out of range, from data or displays. Imports its room only."""

from __future__ import annotations

import re

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._measured import Measured

NAME = "vitals"
_DATASETS = re.compile(r"ADVS\w*")
_WORDS = re.compile(
    r"vital sign|blood pressure|heart rate|\bpulse|weight change|change in (?:body )?weight", re.IGNORECASE
)


def read(study: StudyData, book: Book) -> Measured | None:
    """The topic; None where no source but plans holds anything of it."""
    found = Measured(study, book, _DATASETS, "VS", _WORDS)
    return found if found or found.not_done is not None else None
