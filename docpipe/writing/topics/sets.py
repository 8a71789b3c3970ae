"""The topic ``sets``: analysis sets, their sizes by arm and what the tables say of whom they hold. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.model.source import Display, Place
from docpipe.writing.book import Book
from docpipe.writing.records import Question
from docpipe.writing.sets import ALL, populations
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of
from docpipe.writing.topics._find import displays_about
from docpipe.writing.topics._labelled import bound
from docpipe.writing.topics._lines import Line, Sheet
from docpipe.writing.topics._sheet import sheet_of

NAME = "sets"
_SET = re.compile(
    r"\bintent|\bitt\b|safety|efficacy|per[- ]protocol|full[- ]analysis|\bm?fas\b|randomi[sz]ed|enrolled|treated|"
    r"pharmacokinetic|\bpk\b|population|analysis set|evaluable",
    re.IGNORECASE,
)
_DONE = re.compile(r"\bcomplet|discontinu|terminat|withdr", re.IGNORECASE)
_DEFINES = re.compile(
    r"\b(?:population|analysis set|set)\b.{0,40}\b(?:includ|compris|consist|defin|contain|(?:is|are|was|were) all)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sets:
    """``lines``: one a set; ``completion``: rows of the same display that count completers; ``definitions``: as the display prints them."""

    lines: tuple[Line, ...]
    number: str
    sheet: Sheet | None = None
    completion: tuple[Line, ...] = ()
    definitions: tuple[str, ...] = ()

    @property
    def safety(self) -> Line | None:
        """The safety set."""
        return next((x for x in self.lines if x.variable == "SAFFL" or "safety" in x.plain.casefold()), None)


def read(study: StudyData, book: Book) -> Sets | None:
    """Of a display of analysis sets; else of the flags of the subject-level data."""
    for shown in displays_about(study, "sets"):
        sheet = sheet_of(study, book, shown)
        lines = tuple(x for x in sheet.lines if _is_set(x))
        if lines:
            done = tuple(x for x in sheet.lines if not _is_set(x) and _DONE.search(x.plain))
            return Sets(lines, shown.display.number, sheet, done, definitions(book, shown.display))
    found = []
    base = study.records.base
    for population in populations(study.records) if base is not None else ():
        if population is ALL or population.condition is None or population.condition.variable.startswith("COMP"):
            continue
        question = Question(base.name if base else "", (population.condition,))
        line = line_of(study, book, question, (population.condition.variable, "Y"), ALL, population.name)
        if line is not None:
            found.append(line)
    return Sets(tuple(found), "") if found else None


def definitions(book: Book, display: Display) -> tuple[str, ...]:
    """Sentences of a display's footnotes that say whom a set holds, for printing."""
    found = []
    for i, note in enumerate(display.footnotes, 1):
        place = (Place(display.file.sha256, f"footnote:{i}"),)
        for m in re.finditer(r"\S.*?(?:[.;](?=\s|$)|$)", note):
            if _DEFINES.search(m[0]):
                text = re.sub(r"^(?:note|notes)\s*:\s*", "", m[0].strip(), flags=re.IGNORECASE).rstrip(".;") + "."
                found.append(bound(book, text, display.number, ("footnote", str(i)), place, m.start()))
    return tuple(found)


def _is_set(line: Line) -> bool:
    if line.variable:
        return line.variable.endswith("FL") and not re.match(r"COMP\d*L?FL|DISC|DTH|DSR", line.variable)
    return bool(_SET.search(line.plain)) and not _DONE.search(line.plain)
