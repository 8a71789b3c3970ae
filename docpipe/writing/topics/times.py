"""The topic ``times``: times to an event counted from the data, where no display treats them - events, censored subjects, Kaplan-Meier median. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.model.source import Place
from docpipe.writing.book import Book, Value
from docpipe.writing.estimates import EVENT, level_fact, median_facts
from docpipe.writing.labels import words_of
from docpipe.writing.records import Condition, Frame, Population, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import line_of
from docpipe.writing.topics._from_data import main_set
from docpipe.writing.topics._labelled import bound, running, set_words, unit_of
from docpipe.writing.topics._lines import Cell, Line
from docpipe.writing.topics.efficacy import ranks

NAME = "times"
_SAFETY_DATA = re.compile(r"(?:AD|SUPP)?(?:AE|CE|LB|VS|EG)")
_SAFETY_WORDS = re.compile(r"adverse|\bevent of special|toxicity|safety", re.IGNORECASE)
_TIME = re.compile(r"\btime\b|\bduration\b|surviv|free\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Time:
    """A time to an event. ``name``, ``population``, ``unit`` and ``data`` are for printing; ``medians``: cells with median and limits, one an arm.

    ``safety``: the event comes from safety data; ``rank``: of an endpoint, as in the topic ``efficacy``; ``level``: of the limits.
    """

    name: str
    unit: str
    data: str
    population: str
    safety: bool
    rank: str
    events: Line
    censored: Line | None
    medians: tuple[Cell, ...]
    level: Value


@dataclass(frozen=True, slots=True)
class Times:
    """All of a study."""

    every: tuple[Time, ...]

    def ranked(self, rank: str) -> tuple[Time, ...]:
        """Endpoints of a rank: those that do not come from safety data."""
        return tuple(t for t in self.every if not t.safety and t.rank == rank)

    @property
    def safety(self) -> tuple[Time, ...]:
        """Those that come from safety data."""
        return tuple(t for t in self.every if t.safety)


def read(study: StudyData, book: Book) -> Times | None:
    """Parameters of time-to-event datasets (ADaM: AVAL, CNSR) that no display's title names; None where there is none."""
    found = []
    rank = ranks(study, book)
    for frame in study.records.frames.values():
        if all(v in frame for v in ("PARAM", "AVAL", "CNSR", "USUBJID")) and study.arms.names:
            made = (
                _time(study, book, frame, p, rank(p))
                for p in sorted(frame.levels("PARAM"))
                if p and not _shown(study, p)
            )
            found += [t for t in made if t is not None]
    return Times(tuple(found)) if found else None


def _shown(study: StudyData, parameter: str) -> bool:
    """A display is about it: its title has most of the words."""
    wanted = words_of(parameter)
    return any(
        _TIME.search(s.display.title) and len(wanted & words_of(s.display.title)) * 2 > len(wanted)
        for s in study.shown
        if s.facts
    )


def _time(study: StudyData, book: Book, frame: Frame, parameter: str, rank: str) -> Time | None:
    mine = Condition("PARAM", (parameter,))
    records = study.records.records(frame.name, (mine,))
    safety = _of_safety(frame, parameter, records)
    population = _set(study, frame, safety)
    row = (parameter,)
    events = line_of(
        study, book, Question(frame.name, (mine, Condition("CNSR", (EVENT,)))), (*row, "EVENT"), population, parameter
    )
    codes = tuple(sorted(v for v in frame.levels("CNSR") if v not in (EVENT, "")))
    censored = (
        line_of(study, book, Question(frame.name, (mine, Condition("CNSR", codes))), (*row, "CENSORED"), population, parameter)
        if codes
        else None
    )  # fmt: skip
    facts = list(
        median_facts(study.records, Question(frame.name, (mine,), "AVAL"), row, population, study.id, study.version)
    )
    if events is None or not facts:
        return None
    medians = tuple(
        Cell(arm, {f.statistic: book.value(f) for f in facts if f.arm == arm})
        for arm in dict.fromkeys(f.arm for f in facts)
    )
    name, unit = unit_of(parameter)
    place = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)

    def words(text: str, part: str) -> str:
        return bound(book, text, frame.name, (parameter, part), place)

    return Time(
        words(running(name), "name"), words(unit or _unit(frame, records), "unit"), words(frame.name, "data"),
        words(set_words(population.name), "population"), safety, rank, events, censored, medians, book.value(level_fact(facts[0])),
    )  # fmt: skip


def _of_safety(frame: Frame, parameter: str, records: tuple[int, ...]) -> bool:
    """Most events come from a safety dataset (SRCDOM), or the parameter says so."""
    if "SRCDOM" in frame:
        domains = [frame.text(frame.dataset.records[i], "SRCDOM") for i in records]
        events = [
            d for d, i in zip(domains, records, strict=True) if frame.text(frame.dataset.records[i], "CNSR") == EVENT
        ]
        if events:
            return sum(bool(_SAFETY_DATA.fullmatch(d.upper())) for d in events) * 2 > len(events)
    return bool(_SAFETY_WORDS.search(parameter))


def _set(study: StudyData, frame: Frame, safety: bool) -> Population:
    """The set that the dataset itself flags, as far as there is a choice."""
    order = ("SAFFL", "FASFL", "ITTFL") if safety else ("FASFL", "ITTFL", "MITTFL", "EFFFL", "RANDFL", "SAFFL")
    flagged = [v for v in order if v in frame]
    return main_set(study, *(flagged or order))


def _unit(frame: Frame, records: tuple[int, ...]) -> str:
    """Days, where every time is the number of days from the start to the analysis date."""
    if "AVALU" in frame:
        units = {frame.text(frame.dataset.records[i], "AVALU") for i in records} - {""}
        return units.pop().lower() if len(units) == 1 else ""
    if "STARTDT" not in frame or "ADT" not in frame:
        return ""
    at = [frame.index[v] for v in ("AVAL", "STARTDT", "ADT")]
    told = [tuple(frame.dataset.records[i][k] for k in at) for i in records]
    spans = {
        t - (end - start)
        for t, start, end in told
        if isinstance(t, float) and isinstance(start, float) and isinstance(end, float)
    }
    return "days" if len(spans) == 1 and spans <= {0.0, 1.0} else ""
