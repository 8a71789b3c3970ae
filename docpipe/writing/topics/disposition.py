"""The topic ``disposition``: who was screened, randomized, completed and left, with reasons by arm. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.errors import NotDerivable
from docpipe.writing import derive
from docpipe.writing.book import Book, Value
from docpipe.writing.records import Condition, Population, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of, randomized
from docpipe.writing.topics._computed import counted, frame
from docpipe.writing.topics._find import displays_about
from docpipe.writing.topics._from_data import main_set
from docpipe.writing.topics._labelled import bound, level_words
from docpipe.writing.topics._lines import Cell, Line, Sheet
from docpipe.writing.topics._sheet import sheet_of
from docpipe.writing.topics.sets import read as read_sets

NAME = "disposition"
_FAILED = re.compile(r"\bscr\w*\s*-?\s*fail", re.IGNORECASE)
_SCREENED = re.compile(r"^(?:number )?(?:of )?(?:subjects |patients |participants )?screened\b", re.IGNORECASE)
_COMPLETED = re.compile(
    r"^(?!.*\bnot\b)(?:number )?(?:of )?(?:subjects |patients |participants )?(?:who )?complet", re.IGNORECASE
)
_LEFT = re.compile(r"discontinu|early terminat|terminat|withdr[ae]w\w*|did not complete|premature", re.IGNORECASE)
_REASONS = re.compile(r"reason|discontinu|terminat|withdr[ae]w|premature", re.IGNORECASE)
_MISSING = re.compile(r"^(?:missing|unknown|not recorded)\b", re.IGNORECASE)
_WHY = ("DCSREAS", "DCDECOD", "DCREASCD", "DCTREAS", "DSDECOD")
_STATUS = ("EOSSTT", "EOTSTT")
_ENDED = ("COMPLETED", "COMPLETED STUDY", "STUDY COMPLETED")


@dataclass(frozen=True, slots=True)
class Disposition:
    """``completed``, ``left`` and ``reasons`` are lines by arm; ``number``: the display that they stand in, "" where computed.

    ``assigned``: all subjects with an arm; ``screened`` and ``failures`` are None where the sources do not tell. ``later``: completion
    of other periods, from the display of sets. ``why``: percentages of reasons are of the arm's subjects.
    """

    randomized: bool
    sizes: tuple[Cell, ...]
    assigned: Value | None
    screened: Value | None
    failures: Value | None
    completed: Line | None
    left: Line | None
    reasons: tuple[Line, ...]
    number: str
    sheet: Sheet | None
    later: tuple[Line, ...] = ()
    later_number: str = ""
    population: str = ""
    done_said: str = "completed the study"
    left_said: str = "discontinued the study"
    leaving: str = "discontinuation"

    @property
    def adds_up(self) -> bool:
        """All screened are either failures or assigned."""
        numbers = [v.number if v is not None else None for v in (self.screened, self.failures, self.assigned)]
        return None not in numbers and numbers[0] == sum(n for n in numbers[1:] if n is not None)

    @property
    def never(self) -> list[str]:
        """Reasons that the display lists and nobody gave."""
        return [x.said for x in self.reasons if not x.some]

    @property
    def main(self) -> Line | None:
        """The most frequent reason, None where nobody left."""
        return self.reasons[0] if self.reasons else None


def read(study: StudyData, book: Book) -> Disposition | None:
    """Of a display of disposition where there is one; the data tell who was screened, and all where no display does."""
    screened, failures = _screening(study, book)
    found = _of_display(study, book) or _of_data(study, book)
    if found is None:
        return None
    completed, left, reasons, sheet, shown_screened = found
    sizes = sheet.sizes if sheet is not None else ()
    if not sizes and completed is not None:
        sizes = tuple(Cell(c.arm, {"N": c.N}) for c in completed.cells if c.N is not None)
    assigned = sheet.total.N if sheet is not None and sheet.total is not None else None
    if assigned is None and completed is not None and completed.total is not None:
        assigned = completed.total.N
    sets = read_sets(study, book)
    later = tuple(x for x in sets.completion if _other(x, completed) and _COMPLETED.search(x.plain)) if sets else ()
    return Disposition(
        randomized(study), sizes, assigned, shown_screened or screened, failures, completed, left, reasons,
        sheet.number if sheet is not None else "", sheet, later, sets.number if sets and later else "",
        sheet.population_said if sheet is not None else _data_set(study).name, _done_said(completed), *_left_said(book, left, sheet),
    )  # fmt: skip


_Found = tuple[Line | None, Line | None, tuple[Line, ...], Sheet | None, Value | None]


def _of_display(study: StudyData, book: Book) -> _Found | None:
    for shown in displays_about(study, "disposition"):
        sheet = sheet_of(study, book, shown)
        completed = next((x for x in sheet.lines if _kind(x) == "completed"), None)
        left = next((x for x in sheet.lines if _kind(x) == "left"), None)
        reasons: list[Line] = []
        for group in sheet.groups:
            under = bool(_REASONS.search(group.plain)) or group.variable in _WHY
            for line in group.lines if under else ():
                if _kind(line) not in ("completed",) and line is not left and line is not completed:
                    reasons.append(line)
        if not reasons:
            reasons = [x for x in sheet.lines if x.variable in _WHY and x is not completed and x is not left]
        screened = next((x.total.n for x in sheet.lines if _SCREENED.search(x.plain) and x.total), None)
        if completed is not None or left is not None or reasons:
            if left is None and completed is not None:
                left = _rest(book, completed)
            return completed, left, _ranked(reasons), sheet, screened
    return None


def _done_said(line: Line | None) -> str:
    """``completed Week 24`` for a row ``Completed Week 24``."""
    found = re.match(r"complet\w*\s*(.*)", line.said) if line is not None else None
    rest = re.sub(r"\s*\([^)]*\)$", "", found[1]).strip() if found is not None else ""
    return f"completed {rest}" if rest not in ("", "study") else "completed the study"


def _left_said(book: Book, line: Line | None, sheet: Sheet | None) -> tuple[str, str]:
    """``discontinued prior to Week 24`` and ``discontinuation prior to Week 24``."""
    count = line.cells[0].n if line is not None and line.cells else None
    window = count.fact.window if count is not None else ""
    if window.startswith(("prior", "before")) and count is not None:
        said = bound(book, window, count.fact.display, (*count.fact.row, "window"), count.fact.places)
        return f"discontinued {said}", f"discontinuation {said}"
    if line is not None and re.search(r"treatment|study drug|study medication|dosing", line.plain, re.IGNORECASE):
        return "discontinued treatment", "discontinuation of treatment"
    return "discontinued the study", "discontinuation"


def _kind(line: Line) -> str:
    if line.variable in (*_WHY, *_STATUS) and line.level:
        return "completed" if line.level.upper() in _ENDED else "left" if line.variable in _STATUS else "reason"
    if re.fullmatch(r"COMP\w*FL", line.variable) and line.level:
        return "completed" if line.level == "Y" else "left"
    if _COMPLETED.search(line.plain):
        return "completed"
    return "left" if _LEFT.search(line.plain) and not _MISSING.search(line.plain) and not _why(line) else ""


def _why(line: Line) -> bool:
    """A reason for leaving, such as ``Withdrawal by subject``, is not the row of all who left."""
    words = line.plain.casefold()
    return any(w in words for w in (" by ", "consent", "decided", "sponsor", "due to", "because", "adverse"))


def _data_set(study: StudyData) -> Population:
    return main_set(study, "RANDFL", "ITTFL", "FASFL", "ENRLFL", "SAFFL")


def _of_data(study: StudyData, book: Book) -> _Found | None:
    base = study.records.base
    if base is None:
        return None
    population = _data_set(study)
    status = next((v for v in _STATUS if v in base), "")
    why = next((v for v in _WHY if v in base), "")
    where, more = base, tuple[Condition, ...]()
    if not why and (events := frame(study, "DS")) is not None and "DSDECOD" in events:
        where, why = events, "DSDECOD"
        kinds = [v for v in events.levels("DSCAT") if v.upper() == "DISPOSITION EVENT"] if "DSCAT" in events else []
        more = (Condition("DSCAT", tuple(kinds)),) if kinds else ()
    levels = [v for v in where.levels(why) if v] if why else []
    ended = tuple(v for v in levels if v.upper() in _ENDED)
    completed = left = None
    if status:
        done = tuple(v for v in base.levels(status) if v.upper() in _ENDED)
        gone = tuple(v for v in base.levels(status) if v.upper().startswith("DISCONTINU"))
        completed = _line(
            study, book, base.name, Condition(status, done or ("COMPLETED",)), (), population, "completed the study"
        )
        left = _line(
            study, book, base.name, Condition(status, gone or ("DISCONTINUED",)), (), population, "discontinued"
        )
    elif ended or levels:
        completed = _line(
            study, book, where.name, Condition(why, ended or ("COMPLETED",)), more, population, "completed the study"
        )
    if left is None and "DISCONFL" in base:
        left = _line(study, book, base.name, Condition("DISCONFL", ("Y",)), (), population, "discontinued")
    if left is None and completed is not None:
        left = _rest(book, completed)
    reasons = [
        line
        for v in sorted(levels)
        if v not in ended and not _FAILED.search(v)
        and (line := _line(study, book, where.name, Condition(why, (v,)), more, population, level_words(v)))
    ]  # fmt: skip
    if completed is None and left is None and not reasons:
        return None
    return completed, left, _ranked([r for r in reasons if r.some]), None, None


def _line(
    study: StudyData, book: Book, dataset: str, condition: Condition, more: tuple[Condition, ...], population: Population,
    label: str,
) -> Line | None:  # fmt: skip
    row = (condition.variable, " or ".join(condition.values))
    return line_of(study, book, Question(dataset, (*more, condition)), row, population, label)


def _rest(book: Book, completed: Line) -> Line | None:
    """Those who did not complete: all less the completers."""

    def rest(cell: Cell) -> Cell | None:
        if cell.n is None or cell.N is None:
            return None
        try:
            n = book.value(derive.difference(cell.N.fact, cell.n.fact))
            return Cell(cell.arm, {"n": n, "N": cell.N, "pct": book.value(derive.share(n.fact, cell.N.fact))})
        except NotDerivable:
            return None

    cells = [rest(c) for c in completed.cells]
    if any(c is None for c in cells):
        return None
    total = rest(completed.total) if completed.total is not None else None
    return Line("Did not complete", "did not complete", "Did not complete", tuple(c for c in cells if c), total)


def _ranked(lines: list[Line]) -> tuple[Line, ...]:
    kept = [x for x in lines if x.some or not _MISSING.search(x.plain)]
    return tuple(sorted(kept, key=lambda x: (-x.rank, x.plain)))


def _other(line: Line, completed: Line | None) -> bool:
    """A completion that is not the one already told: other counts."""
    if completed is None or line.variable != completed.variable:
        return True
    return [c.n and c.n.text for c in line.cells] != [c.n and c.n.text for c in completed.cells]


def _screening(study: StudyData, book: Book) -> tuple[Value | None, Value | None]:
    """Subjects screened and those of them who failed, where the demographics domain holds the failures as well."""
    dm = frame(study, "DM")
    if dm is None:
        return None, None
    names = [v for v in ("ARM", "ACTARM", "ARMCD", "ACTARMCD", "ARMNRS") if v in dm]
    failed = {
        i for v in names for level, records in dm.having(v).items() if _FAILED.search(level) for i in records
    }  # fmt: skip
    if not failed:
        return None, None
    everyone = range(len(dm.dataset.records))
    screened = counted(book, dm, ("screened",), everyone, "subjects in DM")
    said = f"subjects in DM where {' or '.join(names)} is a screen failure"
    return screened, counted(book, dm, ("screen failures",), failed, said)
