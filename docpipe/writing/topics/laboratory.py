"""Clinical laboratory measurements: summaries, changes, and values out of range, from data or displays. Imports its room only."""

from __future__ import annotations

import re

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._measured import Measured

NAME = "laboratory"
_DATASETS = re.compile(r"ADLB\w*")
_WORDS = re.compile(
    r"laborator|\bhaematolog|\bhematolog|clinical chemistry|urinalys|hy['\u2019]s (?:law|rule)", re.IGNORECASE
)


def read(study: StudyData, book: Book) -> Measured | None:
    """The topic; None where no source but plans holds anything of it."""
    found = Measured(study, book, _DATASETS, "LB", _WORDS)
    return found if found or found.not_done is not None else None
