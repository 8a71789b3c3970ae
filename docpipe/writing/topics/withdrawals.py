"""Discontinuations due to adverse events: by the events' action taken, and by the reason recorded at the end of the study. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model.source import Display
from docpipe.writing.book import Book, Value
from docpipe.writing.labels import window_of
from docpipe.writing.records import Frame
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events
from docpipe.writing.topics._events_of import Event
from docpipe.writing.topics._judged import Line
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

NAME = "withdrawals"
_END = re.compile(r"disposition|end of study|discontinu|completion|withdraw|early termination", re.IGNORECASE)
_REASON = re.compile(r"adverse (?:event|experience)|\bt?e?aes?\b|toxicity", re.IGNORECASE)
_REASONS = (
    ("ADSL", "DCDECOD"),
    ("ADSL", "DCSREAS"),
    ("ADSL", "DCREASCD"),
    ("ADSL", "EOSREAS"),
    ("ADSL", "DCTREAS"),
    ("DS", "DSDECOD"),
)
_WITHDRAWN = ("DRUG WITHDRAWN",)


class Withdrawals:
    """Subjects who stopped because of an adverse event. ``reason``: by the reason for leaving; ``action``: by what was done with the drug."""

    def __init__(self, study: StudyData, book: Book, events: Events) -> None:
        self._e, self._study = events, study
        self.action_known = bool(events.variable("AEACN"))
        """The events record what was done with the study treatment."""
        self.action_absent = events.frame is not None and not self.action_known
        self.action: Tally | None = None
        self.events: tuple[Event, ...] = ()
        displays = events.displays("withdrawal")
        self.display = displays[0].number if displays else ""
        shown = events.first_line("withdrawal", "withdrawal")
        frame = events.frame
        if frame is not None and self.action_known:
            having = frame.having("AEACN")
            records = frozenset[int]().union(*(having.get(v, frozenset()) for v in _WITHDRAWN))
            counted = events.tally("LED TO WITHDRAWAL OF THE DRUG", records, "AEACN = 'DRUG WITHDRAWN'", "AEACN")
            self.action = shown if shown is not None else counted
            self.events = tuple(Event(study, book, frame, i) for i in sorted(records & events.records))
        else:
            self.action = shown
        self.reason: Tally | None = self._recorded()
        self.windowed: Tally | None = None
        self.window = ""
        shown_reason = self._shown()
        if shown_reason is not None and (window := window_of(reversed(shown_reason.row))):
            self.windowed, self.window = shown_reason, window
        elif shown_reason is not None:
            self.reason = shown_reason

    def _shown(self) -> Tally | None:
        for shown in self._study.shown:
            d: Display = shown.display
            if not _END.search(d.title) or re.search(r"adverse", d.title, re.IGNORECASE):
                continue
            rows = dict.fromkeys(
                f.row for f in shown.facts if f.row and _REASON.search(f.row[-1]) and f.statistic == "n"
            )
            for row in rows:
                if (found := self._e.count.of_display(d.number, row)) is not None:
                    return found
        return None

    def _recorded(self) -> Tally | None:
        for name, variable in _REASONS:
            frame = self._study.records.frames.get(name)
            if frame is not None and variable in frame and (found := self._counted(frame, variable)) is not None:
                return found
        return None

    def _counted(self, frame: Frame, variable: str) -> Tally | None:
        values = [v for v in frame.levels(variable) if _REASON.search(v)]
        if not values and not any(frame.levels(variable)):
            return None
        records = frozenset[int]().union(*(frame.having(variable)[v] for v in values))
        quoted = ", ".join(f"'{v}'" for v in values)
        said = f"{variable} in ({quoted})" if values else f"{variable} is an adverse event"
        return self._e.count.of_records(frame, (variable, "ADVERSE EVENT"), records, said, variable)

    @property
    def window_words(self) -> Value | None:
        """The heading under which a display counts the reason for a part of the study alone, bound to it."""
        if self.windowed is None:
            return None
        row = self.windowed.row
        return self._e.term(row[:-1] or row, self.windowed.display, row)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Terms that led to withdrawal of the drug, commonest first."""
        e = self._e
        for display in e.displays("withdrawal"):
            tallies = [t for t in e.lines(display, 2) or e.lines(display, 1) if t]
            if tallies:
                tallies.sort(key=lambda t: (-t.top, t.row[-1]))
                return tuple(
                    Line(in_sentence(v), in_cell(v), t) for t in tallies for v in [e.term(t.row, display.number)]
                )
        frame, variable = e.frame, e.variable("AEDECOD", "AETERM")
        if frame is None or not variable or not self.action_known:
            return ()
        having = frame.having("AEACN")
        withdrawn = frozenset[int]().union(*(having.get(v, frozenset()) for v in _WITHDRAWN))
        made = []
        for value, records in frame.having(variable).items():
            tally = e.tally(
                f"WITHDRAWN/{value}",
                records & withdrawn,
                f"AEACN = 'DRUG WITHDRAWN' and {variable} = '{value}'",
                variable,
            )
            if value and tally:
                label = e.level(variable, value)
                made.append(Line(in_sentence(label), in_cell(label), tally))
        return tuple(sorted(made, key=lambda x: (-x.tally.top, x.term.text)))


def read(study: StudyData, book: Book) -> Withdrawals | None:
    """The topic; None where nothing tells of discontinuations due to adverse events."""
    found = Withdrawals(study, book, Events(study, book))
    return (
        found
        if found.action is not None or found.reason is not None or found.windowed is not None or found.action_absent
        else None
    )
