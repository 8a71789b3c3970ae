"""Patient narratives: who is narrated and why, and everything a narrative says, each element from its record. Imports its room only.

ICH E3 12.3.2. Elements that no source holds are listed once for the document; those that a record lacks are said to be not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing.arms import TOTAL
from docpipe.writing.book import Book, Value
from docpipe.writing.narrative_set import (
    NarrativeSet,
    events_frame,
    fatal_records,
    narrative_set,
    serious_records,
    special_records,
)
from docpipe.writing.study import StudyData
from docpipe.writing.topics import _course
from docpipe.writing.topics._ae import Said
from docpipe.writing.topics._events_of import Event
from docpipe.writing.topics._subject import Subject

NAME = "narratives"
_EXAMINED = re.compile(r"autops|post[- ]?mortem|necrops", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Episode:
    """Records of one event: those of a subject with the same term and onset. ``event``: the first of them."""

    event: Event
    further: tuple[Event, ...]


class Case:
    """One narrated subject. ``main``: fatal and serious events, told in full; ``special``: the other events of special interest."""

    def __init__(self, study: StudyData, book: Book, subject: str, which: NarrativeSet) -> None:
        self._study, self._book = study, book
        self.subject = Subject(study, book, subject)
        self.died = subject in which.deaths
        self.serious = subject in which.serious
        self.of_interest = subject in which.special
        self.doses = _course.dosings(self.subject)
        last = self.doses[-1].last_day if self.doses else None
        frame = events_frame(study.records)
        numbers: Sequence[int] = sorted(frame.having("USUBJID").get(subject, ())) if frame is not None else ()
        self._all: tuple[Event, ...] = (
            tuple(Event(study, book, frame, i).dosed_until(last) for i in numbers) if frame is not None else ()
        )
        heavy, light = (
            (serious_records(frame) | fatal_records(frame), special_records(frame))
            if frame is not None
            else (frozenset[int](), {})
        )
        marked = {i for records in light.values() for i in records}
        self.main = tuple(e for e in sorted(self._all, key=_order) if e.number in heavy)
        self.special = tuple(e for e in sorted(self._all, key=_order) if e.number in marked - heavy)
        self.brief = not self.died and not self.main
        """Narrated for events of special interest alone: told in the short form."""

    @property
    def key(self) -> str:
        """The subject's id, for conditions."""
        return self.subject.key

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that are narrated: in full where there are such, else those of special interest."""
        return self.main or self.special

    @property
    def headline(self) -> tuple[Value, ...]:
        """Terms of the narrated events, each once: those of fatal events first."""
        found: dict[str, Value] = {}
        for event in sorted(self.events, key=lambda e: not e.fatal):
            if event.term is not None:
                found.setdefault(event.term.text.casefold(), event.term)
        return tuple(found.values())

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """Fatal and serious events, records of one event together."""
        return _episodes(self.main)

    @cached_property
    def special_episodes(self) -> tuple[Episode, ...]:
        """The other events of special interest in the same way."""
        return _episodes(self.special)

    @cached_property
    def others(self) -> tuple[Event, ...]:
        """The subject's events that are not narrated."""
        told = {e.number for e in (*self.main, *self.special)}
        return tuple(e for e in self._all if e.number not in told)

    @property
    def other_count(self) -> Value | None:
        """How many events are not narrated; None without records of events."""
        return self._count("OTHER EVENTS", self.others, "not narrated here")

    @property
    def other_terms(self) -> list[Value]:
        """Their terms, each once."""
        found: dict[str, Value] = {}
        for e in self.others:
            if e.term is not None:
                found.setdefault(e.term.text.casefold(), e.term)
        return list(found.values())

    def _count(self, what: str, events: Sequence[Event], said: str) -> Value | None:
        frame = events_frame(self._study.records)
        if frame is None:
            return None
        n = str(len(events))
        places = tuple(frame.dataset.place(e.number, "AETERM" if "AETERM" in frame else "USUBJID") for e in events)
        whole = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
        return self._book.value(
            Fact(
                self._study.id, self._study.version, frame.name, (self.key, what), TOTAL, "events", n, n, 0, None, "", "",
                places or whole, f"records in {frame.name} where USUBJID = '{self.key}', {said}",
            )
        )  # fmt: skip

    # ------------------------------------------------------------ condition and history

    @cached_property
    def _disease(self) -> tuple[Value | None, Value | None]:
        return _course.disease(self.subject)

    @property
    def disease(self) -> Value | None:
        """The disease under study as recorded."""
        return self._disease[0]

    @property
    def disease_onset(self) -> Value | None:
        """Its onset."""
        return self._disease[1] or self.subject.value((("ADSL", "DISONSDT"),))

    @property
    def disease_duration(self) -> Value | None:
        """Its duration at the beginning of the study; ``duration_unit`` is the unit of the variable's label."""
        return self.subject.value((("ADSL", "DURDIS"),)) if self.duration_unit else None

    @property
    def duration_unit(self) -> str:
        """``months`` where the label says so; "" where it names no unit."""
        frame = self._study.records.frames.get("ADSL")
        label = frame.variable("DURDIS").label if frame is not None and "DURDIS" in frame else ""
        hit = re.search(r"\b(days|weeks|months|years)\b", label, re.IGNORECASE)
        return hit[1].lower() if hit else ""

    @property
    def history(self) -> tuple[_course.History, ...]:
        """Medical history by category."""
        return _course.history(self.subject)

    @property
    def onset(self) -> Value | None:
        """Onset of the first narrated event."""
        return next((e.start for e in self.events if e.start is not None), None)

    @cached_property
    def _medication(self) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        return _course.medication(self.subject, self.onset)

    @property
    def medication(self) -> tuple[Value, ...]:
        """In use before the onset."""
        return self._medication[0]

    @property
    def medication_after(self) -> tuple[Value, ...]:
        """Begun on or after the day of onset."""
        return self._medication[1]

    # ------------------------------------------------------------ treatment and course

    def dosing_at(self, event: Event) -> _course.Dosing | None:
        """The regimen at an event's onset."""
        return _course.at_onset(self.doses, event.start)

    @cached_property
    def _laboratory(self) -> tuple[tuple[_course.Finding, ...], tuple[_course.Finding, ...]]:
        return _course.out_of_range(self.subject, self.onset)

    @property
    def laboratory_before(self) -> tuple[_course.Finding, ...]:
        """Laboratory results outside their range on the last day up to the onset."""
        return self._laboratory[0]

    @property
    def laboratory_after(self) -> tuple[_course.Finding, ...]:
        """The same of the first day after it."""
        return self._laboratory[1]

    @property
    def signs(self) -> tuple[_course.Finding, ...]:
        """Vital signs last measured up to the onset."""
        return _course.signs(self.subject, self.onset)

    @property
    def tracings(self) -> tuple[_course.Finding, ...]:
        """Electrocardiogram results last recorded up to the onset."""
        return _course.tracings(self.subject, self.onset)

    @cached_property
    def _left(self) -> tuple[Value | None, Value | None]:
        return _course.left(self.subject)

    @property
    def left(self) -> Value | None:
        """How the subject left the study."""
        return self._left[0]

    @property
    def left_on(self) -> Value | None:
        """When."""
        return self._left[1]


def _episodes(events: Sequence[Event]) -> tuple[Episode, ...]:
    found: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        term = event.term.text.casefold() if event.term is not None else f"record {event.number}"
        start = event.start.text if event.start is not None else f"record {event.number}"
        found.setdefault((term, start), []).append(event)
    return tuple(Episode(same[0], tuple(same[1:])) for same in found.values())


def _order(event: Event) -> tuple[str, int]:
    return (event.start.text if event.start is not None else "9999", event.number)


class Narratives:
    """All cases: deaths, then other serious events, then events of special interest alone."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book
        self.set = narrative_set(study.records)
        self.cases = tuple(Case(study, book, s, self.set) for s in self.set.subjects)
        self.main = tuple(c for c in self.cases if not c.brief)
        self.brief = tuple(c for c in self.cases if c.brief)
        self.frame = events_frame(study.records)

    @property
    def known(self) -> bool:
        """Records of events are among the sources: without them nobody can say that there were no serious ones."""
        return self.frame is not None

    @property
    def contradicted(self) -> bool:
        """Some event is serious by logic and not flagged so."""
        return any(e.contradicted for c in self.main for e in c.main)

    def subject(self, key: str) -> Subject:
        """A subject by id."""
        return Subject(self._study, self._book, key)

    def _sized(self, what: str, subjects: Sequence[str], said: str) -> Value:
        frame = self.frame or self._study.records.base
        assert frame is not None
        n = str(len(subjects))
        place = Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}")
        row = ("NARRATIVES", what)
        return self._book.value(
            Fact(
                self._study.id, self._study.version, frame.name, row, TOTAL, "n", n, n, 0, None, "", "", (place,), said
            )
        )

    @property
    def count(self) -> Value:
        """Subjects narrated."""
        return self._sized(
            "ALL",
            self.set.subjects,
            "subjects who died, had a serious event by flag or criteria, or an event of special interest",
        )

    @property
    def count_main(self) -> Value:
        """Subjects who died or had a serious event."""
        return self._sized(
            "DEATH OR SERIOUS",
            [c.key for c in self.main],
            "subjects who died or had a serious event by flag or criteria",
        )

    @property
    def count_deaths(self) -> Value:
        """Subjects who died."""
        return self._sized(
            "DEATH", self.set.deaths, "subjects with a death in demography, disposition, or event records"
        )

    @property
    def count_special(self) -> Value:
        """Subjects with events of special interest alone."""
        return self._sized(
            "SPECIAL INTEREST ALONE",
            [c.key for c in self.brief],
            "subjects with events of special interest and neither death nor serious event",
        )

    @property
    def treated(self) -> bool:
        """The sources tell who received which treatment."""
        return any(c.subject.arm for c in self.cases)

    @property
    def missing(self) -> list[str]:
        """Elements of a narrative that no source of the study holds."""
        frames = self._study.records.frames
        frame = self.frame

        def recorded(variable: str) -> bool:
            others = [f for f in (frame, frames.get("AE")) if f is not None]
            return any(variable in f and set(f.levels(variable)) - {""} for f in others)

        found = []
        if "MH" not in frames:
            found.append("medical history (MH)")
        if "CM" not in frames:
            found.append("previous and concomitant medication, and medication given for the events (CM)")
        if "EX" not in frames:
            found.append("dose and dates of study treatment (EX)")
        if not {"LB", "VS", "EG"} & set(frames):
            found.append("laboratory, vital sign, and electrocardiogram results around the events (LB, VS, EG)")
        elif "LB" not in frames:
            found.append("laboratory results around the events (LB)")
        if frame is not None and not recorded("AEACN"):
            found.append("action taken with study treatment (AEACN)")
        if frame is not None and not recorded("AECONTRT"):
            found.append("treatment given for the events (AECONTRT)")
        if frame is not None and not recorded("AEREL"):
            found.append("investigator's opinion on causality (AEREL)")
        if frame is not None and not recorded("AEOUT"):
            found.append("outcome of the events (AEOUT)")
        if self.set.deaths and not self.examined:
            found.append("post-mortem findings (autopsy or hospital reports)")
        return found

    @property
    def examined(self) -> bool:
        """A text among the sources tells of a post-mortem examination of a subject who died."""
        return any(self.postmortem(c) for c in self.cases if c.died)

    def postmortem(self, case: Case) -> list[Said]:
        """Passages that tell of a post-mortem examination of this subject, by its id."""
        return [
            Said(t, p) for t in self._study.texts for p in t.passages if case.key in p.text and _EXAMINED.search(p.text)
        ]  # fmt: skip


def read(study: StudyData, book: Book) -> Narratives | None:
    """The topic; None where neither records of events nor of deaths are among the sources."""
    if events_frame(study.records) is None and study.records.base is None:
        return None
    return Narratives(study, book)
