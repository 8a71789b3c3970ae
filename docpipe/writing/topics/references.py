"""The literature that a study's texts list, each entry once, quoted as it stands. Imports its room only."""

from __future__ import annotations

import re

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics import texts
from docpipe.writing.topics._quoted import Quoted

NAME = "references"
_SHORTEST = 20


def read(study: StudyData, book: Book) -> list[Quoted] | None:
    """Entries in the order of protocol, analysis plan, other texts; None where no text lists any."""
    found: dict[str, Quoted] = {}
    for said in texts.read(study, book).every("references"):
        for part in said:
            if isinstance(part, Quoted) and len(part.text) >= _SHORTEST:
                found.setdefault(re.sub(r"\W+", "", part.text).casefold(), part)
    return list(found.values()) or None
