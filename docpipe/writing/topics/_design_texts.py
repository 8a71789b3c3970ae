"""What protocols and plans say of a study's design, where no trial summary does: by label, by the usual words. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model.source import Passage, TextSource
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import excerpt, running

_PLACEHOLDER = re.compile(r"^\s*[\[<{].*[\]>}]\s*$|^\s*(?:tbd|n/?a|to be .*|see .*|-+)\s*$", re.IGNORECASE)
_PLAN = re.compile(r"protocol|analysis plan|\bsap\b|synopsis", re.IGNORECASE)
_LABELLED = re.compile(r"^\s*([^|:]{3,60}?)\s*[|:]\s*(\S.*)$", re.DOTALL)


def plans(study: StudyData) -> tuple[TextSource, ...]:
    """Protocols, synopses and analysis plans, in this order; other texts are about the data."""
    found = [t for t in study.texts if _PLAN.search(t.title) or _PLAN.search(t.file.path)]
    return tuple(sorted(found, key=lambda t: "protocol" not in f"{t.title} {t.file.path}".casefold()))


def labelled(study: StudyData, book: Book, *labels: str, small: bool = False) -> str:
    """What stands behind one of these labels (``Sponsor | …``, ``Phase: …``), for printing; "" where nothing does. ``small``: in a sentence's case."""
    wanted = {x.casefold() for x in labels}
    for source in plans(study):
        for passage in source.passages:
            found = _LABELLED.match(passage.text)
            if found is None or found[1].strip("* ").casefold() not in wanted:
                continue
            said = found[2].strip("* ")
            if said and len(said) < 300 and not _PLACEHOLDER.match(said):
                return excerpt(book, source, passage, said, running if small else str)
    return ""


def worded(study: StudyData, book: Book, pattern: str, said: str) -> str:
    """These words, bound to the first passage of a plan that the pattern is found in; "" where it is in none."""
    found = passage_with(study, pattern)
    return book.cite(found[1]) + said if found is not None else ""


def passage_with(study: StudyData, pattern: str) -> tuple[TextSource, Passage] | None:
    """The first passage of a plan that has the pattern, and its source."""
    searched = re.compile(pattern, re.IGNORECASE)
    for source in plans(study):
        for passage in source.passages:
            if searched.search(passage.text):
                return source, passage
    return None
