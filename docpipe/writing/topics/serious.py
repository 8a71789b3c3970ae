"""Serious adverse events as flagged, and events that are serious by their criteria without being flagged. Imports its room only."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.writing.book import Book
from docpipe.writing.event_logic import CRITERIA
from docpipe.writing.narrative_set import flagged_records, serious_records
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events
from docpipe.writing.topics._events_of import Event
from docpipe.writing.topics._judged import Line
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import CRITERION, in_cell, in_sentence
from docpipe.writing.topics.adverse_events import AdverseEvents

NAME = "serious"


@dataclass(frozen=True, slots=True)
class Criterion:
    """Events that meet a criterion and are not flagged as serious."""

    words: str
    tally: Tally


class Serious:
    """Serious events. ``flagged``: as the data or displays flag them; ``unflagged``: meeting a criterion without a flag."""

    def __init__(self, study: StudyData, book: Book, events: Events) -> None:
        self._e = events
        self.flagged = AdverseEvents(events).serious
        displays = events.displays("serious")
        self.display = displays[0].number if displays else ""
        self.events: tuple[Event, ...] = ()
        self.unflagged: Tally | None = None
        self.by_logic: Tally | None = None
        self.criteria: tuple[Criterion, ...] = ()
        frame = events.frame
        if frame is None:
            return
        flagged, serious = flagged_records(frame), serious_records(frame)
        self.events = tuple(Event(study, book, frame, i) for i in sorted(flagged))
        told = [f"{v} = 'Y'" for v in CRITERIA if v in frame]
        told += ["AEOUT = 'FATAL'"] if "AEOUT" in frame else []
        if told and "AESER" in frame:
            met = " or ".join(told)
            self.unflagged = events.tally(
                "SERIOUS BY CRITERIA, NOT FLAGGED", serious - flagged, f"AESER <> 'Y' and ({met})", "AESER"
            )
            self.by_logic = events.tally("SERIOUS BY FLAG OR CRITERIA", serious, f"(AESER = 'Y' or {met})", "AESER")
            made = []
            for variable in CRITERIA:
                records = frame.having(variable).get("Y", frozenset()) - flagged if variable in frame else frozenset()
                tally = events.tally(
                    f"{variable}, NOT FLAGGED", records, f"AESER <> 'Y' and {variable} = 'Y'", variable
                )
                if tally:
                    made.append(Criterion(CRITERION[variable], tally))
            self.criteria = tuple(made)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Serious events by preferred term, as displayed, else as flagged in the records."""
        e = self._e
        for display in e.displays("serious"):
            tallies = [t for t in e.lines(display, 2) or e.lines(display, 1) if t]
            if tallies:
                tallies.sort(key=lambda t: (-t.top, t.row[-1]))
                return tuple(
                    Line(in_sentence(v), in_cell(v), t) for t in tallies for v in [e.term(t.row, display.number)]
                )
        frame = e.frame
        variable = e.variable("AEDECOD", "AETERM")
        if frame is None or not variable:
            return ()
        flagged = flagged_records(frame)
        made = []
        for value, records in frame.having(variable).items():
            tally = e.tally(f"SERIOUS/{value}", records & flagged, f"AESER = 'Y' and {variable} = '{value}'", variable)
            if value and tally:
                label = e.level(variable, value)
                made.append(Line(in_sentence(label), in_cell(label), tally))
        return tuple(sorted(made, key=lambda x: (-x.tally.top, x.term.text)))


def read(study: StudyData, book: Book) -> Serious | None:
    """The topic; None where nothing tells which events were serious."""
    events = Events(study, book)
    found = Serious(study, book, events)
    return found if found.flagged is not None or found.unflagged is not None else None
