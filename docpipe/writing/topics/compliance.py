"""The topic ``compliance``: how far subjects took what they were to take, of a display or of the subject-level data. Imports its room only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._find import displays_about, subject_of
from docpipe.writing.topics._from_data import data_sheet, main_set
from docpipe.writing.topics._lines import Sheet
from docpipe.writing.topics._sheet import sheet_of
from docpipe.writing.topics.exposure import COMPLIANCE

NAME = "compliance"


@dataclass(frozen=True, slots=True)
class Compliance:
    """``sheet``: its groups by arm; ``number``: the display, "" where computed."""

    sheet: Sheet
    number: str


def read(study: StudyData, book: Book) -> Compliance | None:
    """Of a display, else of variables whose label says so."""
    for shown in displays_about(study, "compliance"):
        sheet = sheet_of(study, book, shown)
        only = tuple(g for g in sheet.groups if COMPLIANCE.search(g.plain))
        if subject_of(shown.display.title) != "compliance" or only:
            sheet = replace(sheet, groups=only)
        if sheet.groups:
            return Compliance(sheet, shown.display.number)
    base = study.records.base
    if base is None:
        return None
    variables = [
        (v.name.upper(), v.label)
        for v in base.dataset.variables
        if COMPLIANCE.search(v.label) and v.kind == "number" and not v.name.upper().endswith("FL")
    ]
    found = data_sheet(study, book, main_set(study, "SAFFL", "ITTFL", "FASFL"), variables) if variables else None
    return Compliance(found, "") if found is not None and found.groups else None
