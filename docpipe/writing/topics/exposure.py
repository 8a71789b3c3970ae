"""The topic ``exposure``: duration of treatment and doses by arm, of a display and of the subject-level data. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from docpipe.model.source import Dataset
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._find import displays_about
from docpipe.writing.topics._from_data import data_sheet, main_set
from docpipe.writing.topics._lines import Group, Sheet
from docpipe.writing.topics._sheet import sheets_of

NAME = "exposure"
_LABEL = re.compile(
    r"duration of (?:treatment|exposure|dosing)|(?:treatment|exposure) duration|cumulative dose|total dose|(?:average|avg|mean) daily dose|"
    r"dose intensity|number of (?:doses|cycles|infusions|injections)|exposure",
    re.IGNORECASE,
)
_NAMES = re.compile(r"^(?:TRTDURD?|TRTDURM|TR01DUR|CUMDOSE|AVGDD|TOTDOSE|RDI)$")
_DURATION = re.compile(r"duration|days|weeks|months on", re.IGNORECASE)
COMPLIANCE = re.compile(r"complian|adheren", re.IGNORECASE)
"""Groups that measure compliance and not exposure."""
_UNITLESS = re.compile(r"\s*\((?:as planned|planned|actual|n)\)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exposure:
    """``sheets``: a display's analysis sets, the largest first; ``more``: what the data tell beyond the display.

    ``sheet``: the first of the sheets, or the data; ``duration``: how long subjects were treated, wherever that stands.
    """

    sheets: tuple[Sheet, ...]
    number: str
    more: Sheet | None

    @property
    def sheet(self) -> Sheet | None:
        """What is told first."""
        return self.sheets[0] if self.sheets else self.more

    @property
    def duration(self) -> Group | None:
        """Time on treatment."""
        pool = [g for s in (*self.sheets[:1], *((self.more,) if self.more else ())) for g in s.groups]
        return next((g for g in pool if g.summed and _DURATION.search(g.plain)), None)

    @property
    def duration_shown(self) -> bool:
        """The duration stands in the display."""
        return any(self.duration is g for s in self.sheets[:1] for g in s.groups)

    @property
    def doses(self) -> tuple[Group, ...]:
        """What is summed up besides the duration."""
        sheet = self.sheet
        return tuple(g for g in sheet.groups if g.summed and g is not self.duration) if sheet else ()


def read(study: StudyData, book: Book) -> Exposure | None:
    """Of the first display of exposure, and of the data what it does not have."""
    shown = next(iter(displays_about(study, "exposure")), None)
    read_sheets = (_exposure_only(s) for s in sheets_of(study, book, shown)) if shown is not None else ()
    sheets = tuple(s for s in read_sheets if s.groups)
    known = {g.variable for s in sheets for g in s.groups}
    base = study.records.base
    variables = _variables(base.dataset, known) if base is not None else []
    population = main_set(study, "SAFFL", "ITTFL", "FASFL")
    more = data_sheet(study, book, population, variables) if variables else None
    if more is not None and not more.groups:
        more = None
    if not sheets and more is None:
        return None
    return Exposure(sheets, sheets[0].number if sheets else "", more)


def _exposure_only(sheet: Sheet) -> Sheet:
    return replace(sheet, groups=tuple(g for g in sheet.groups if not COMPLIANCE.search(g.plain)))


def _variables(dataset: Dataset, known: set[str]) -> list[tuple[str, str]]:
    found = []
    for v in dataset.variables:
        name = v.name.upper()
        wanted = _NAMES.search(name) or _LABEL.search(v.label)
        if wanted and v.kind == "number" and name not in known and not re.search(r"(?:DT|TM|FL)$", name):
            label = "Duration of treatment (days)" if name == "TRTDURD" and not v.label else v.label or name
            found.append((name, _UNITLESS.sub("", label)))
    return found
