"""Deaths: who died, what every dataset says of it, and whether they agree. Imports its room only."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.writing.book import Book, Value
from docpipe.writing.narrative_set import dead_subjects, events_frame, fatal_records
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events
from docpipe.writing.topics._events_of import Event
from docpipe.writing.topics._subject import Subject
from docpipe.writing.topics._tally import Tally

NAME = "deaths"
_TELLS = {
    "ADSL": ("DTHFL", "DTHDT", "DTHDTC"),
    "DM": ("DTHFL", "DTHDTC"),
    "DS": ("DSDECOD",),
    "ADAE": ("AEOUT", "AESDTH"),
    "AE": ("AEOUT", "AESDTH"),
}


@dataclass(frozen=True, slots=True)
class Death:
    """One death. ``events``: the fatal events as recorded; ``missing``: datasets that could tell of it and do not."""

    subject: Subject
    events: tuple[Event, ...]
    missing: tuple[str, ...]


class Deaths:
    """All deaths. ``tally``: subjects by arm; None without records, then ``shown`` is what a display says."""

    def __init__(self, study: StudyData, book: Book, events: Events) -> None:
        self._study = study
        self.events = events
        dead = dead_subjects(study.records)
        self.known = self._told() != ()
        frame = events_frame(study.records)
        self.datasets = self._told()
        fatal = fatal_records(frame) if frame is not None else frozenset()
        made = []
        for subject, records in dead.items():
            told = {name for name, _, _ in records}
            mine = (
                [Event(study, book, frame, i) for i in sorted(fatal) if frame.subject[i] == subject]
                if frame is not None
                else []
            )
            expected = [
                d for d in self.datasets if d not in told and not (d in ("ADAE", "AE") and {"ADAE", "AE"} & told)
            ]
            made.append(Death(Subject(study, book, subject), tuple(mine), tuple(expected)))
        self.all = tuple(made)
        base = study.records.base
        self.tally: Tally | None = None
        if base is not None and self.known:
            records_of = [base.subjects[s] for s in dead if s in base.subjects]
            said = " or ".join(f"{d}.{v}" for d in self.datasets for v in _TELLS[d] if v in study.records.frames[d])
            self.tally = events.count.of_records(
                base,
                ("DEATHS",),
                records_of,
                f"a death is recorded ({said})",
                "DTHFL" if "DTHFL" in base else "USUBJID",
            )
        self.shown: Tally | None = events.first_line("deaths", "deaths")
        self.displays = tuple(d.number for d in events.displays("deaths"))

    def _told(self) -> tuple[str, ...]:
        frames = self._study.records.frames
        return tuple(d for d, names in _TELLS.items() if d in frames and any(n in frames[d] for n in names))

    @property
    def disagreeing(self) -> tuple[Death, ...]:
        """Deaths that some dataset does not tell of."""
        return tuple(d for d in self.all if d.missing)

    @property
    def outside(self) -> tuple[Death, ...]:
        """Deaths of subjects outside the set counted by arm."""
        return tuple(d for d in self.all if d.subject.key not in self.events.count.inside)

    @property
    def count(self) -> Value | None:
        """Deaths in the set counted."""
        return self.tally.total.n if self.tally is not None and self.tally.total is not None else None

    @property
    def not_flagged(self) -> list[Event]:
        """Fatal events that are not flagged as serious."""
        return [e for d in self.all for e in d.events if e.contradicted]


def read(study: StudyData, book: Book) -> Deaths | None:
    """The topic; None where nothing could tell of deaths."""
    events = Events(study, book)
    found = Deaths(study, book, events)
    return found if found.known or found.shown is not None else None
