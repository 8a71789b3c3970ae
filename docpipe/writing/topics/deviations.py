"""The topic ``deviations``: protocol deviations of a dataset (SDTM DV) or a display. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.writing.book import Book
from docpipe.writing.records import Condition, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of
from docpipe.writing.topics._computed import frame
from docpipe.writing.topics._find import displays_about
from docpipe.writing.topics._from_data import main_set
from docpipe.writing.topics._labelled import level_words
from docpipe.writing.topics._lines import Line
from docpipe.writing.topics._sheet import sheet_of

NAME = "deviations"
_ANY = re.compile(
    r"at least|\bany\b|\btotal\b|\boverall\b|\b(?:subjects|patients|participants) with (?:an? |one or more )?.*(?:deviation|violation)s?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Deviations:
    """``any``: subjects with at least one deviation; ``kinds``: by category, most frequent first."""

    any: Line | None
    kinds: tuple[Line, ...]
    number: str

    @property
    def had(self) -> str:
        """What the subjects with any had: ``an important protocol deviation`` of a row ``Subjects with an important protocol deviation``."""
        found = (
            re.search(r"\bwith (an?\b.*deviation|an?\b.*violation)", self.any.said) if self.any is not None else None
        )
        return found[1] if found is not None else "at least one protocol deviation"


def read(study: StudyData, book: Book) -> Deviations | None:
    """Of a display, else of the dataset; None where there is neither."""
    for shown in displays_about(study, "deviations"):
        sheet = sheet_of(study, book, shown)
        lines = [x for x in sheet.lines if x.cells and any(c.n is not None for c in x.cells)]
        some = next((x for x in lines if _ANY.search(x.plain)), None)
        kinds = tuple(sorted((x for x in lines if x is not some and x.some), key=lambda x: -x.rank))
        if some or kinds:
            return Deviations(some, kinds, shown.display.number)
    events = frame(study, "DV", "ADDV")
    if events is None:
        return None
    population = main_set(study, "RANDFL", "ITTFL", "FASFL", "SAFFL")
    variable = next((v for v in ("DVCAT", "DVDECOD", "DVTERM") if v in events), "")
    levels = [v for v in events.levels(variable) if v] if variable else []
    some = line_of(study, book, Question(events.name), ("ANY",), population, "any protocol deviation")
    found = [
        line_of(
            study, book, Question(events.name, (Condition(variable, (v,)),)), (variable, v), population, level_words(v)
        )
        for v in levels
    ]
    kinds = tuple(sorted((x for x in found if x is not None and x.some), key=lambda x: (-x.rank, x.plain)))
    return Deviations(some, kinds, "")
