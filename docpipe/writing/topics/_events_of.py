"""One adverse event of a subject as recorded: terms, times, severity, seriousness, relationship, action, outcome. Imports its room only.

Values of the analysis dataset come first, those of the tabulation dataset fill in, joined by subject and sequence number.
"""

from __future__ import annotations

from functools import cached_property

from docpipe.errors import NotDerivable
from docpipe.writing import derive
from docpipe.writing.book import Book, Value
from docpipe.writing.event_logic import CRITERIA
from docpipe.writing.narrative_set import fatal_records, flagged_records, serious_records, special_records
from docpipe.writing.records import Frame
from docpipe.writing.study import StudyData
from docpipe.writing.topics._subject import Record
from docpipe.writing.topics._terms import ACTION, CRITERION, OUTCOME, in_cell, in_sentence


class Event:
    """An event. Values are None where the records lack them; flags are for conditions."""

    def __init__(self, study: StudyData, book: Book, frame: Frame, number: int) -> None:
        self._book, self._frame, self.number = book, frame, number
        self.record = Record(book, frame, number)
        self._others = [self.record, *_twin(study, book, frame, number)]
        self.subject = frame.subject[number]
        self.fatal = number in fatal_records(frame)
        self.flagged = number in flagged_records(frame)
        self.serious = number in serious_records(frame)
        self._special = [v for v, records in special_records(frame).items() if number in records]

    def _first(self, *variables: str) -> Value | None:
        return next((v for name in variables for r in self._others if (v := r.value(name)) is not None), None)

    def _text(self, variable: str) -> str:
        return next((t for r in self._others if (t := r.text(variable))), "")

    # ------------------------------------------------------------ what it was

    @property
    def verbatim(self) -> Value | None:
        """The investigator's words."""
        return self._first("AETERM")

    @property
    def preferred(self) -> Value | None:
        """Preferred term, as recorded."""
        return self._first("AEDECOD")

    @property
    def term(self) -> Value | None:
        """Preferred term in a sentence, the verbatim one where there is none."""
        found = self.preferred or self.verbatim
        return in_sentence(found) if found is not None else None

    @property
    def Term(self) -> Value | None:
        """Preferred term at the beginning of a cell or sentence."""
        found = self.preferred or self.verbatim
        return in_cell(found) if found is not None else None

    @property
    def same_words(self) -> bool:
        """Verbatim and preferred term differ in case only, or one is missing."""
        verbatim, preferred = self.verbatim, self.preferred
        return verbatim is None or preferred is None or verbatim.text.casefold() == preferred.text.casefold()

    @property
    def organ_class(self) -> Value | None:
        """System organ class in a sentence."""
        found = self._first("AEBODSYS", "AESOC")
        return in_sentence(found) if found is not None else None

    @property
    def severity(self) -> Value | None:
        """Severity in small letters."""
        found = self._first("AESEV", "ASEV")
        return found.lower if found is not None else None

    @property
    def grade(self) -> Value | None:
        """Toxicity grade, as recorded."""
        return self._first("AETOXGR", "ATOXGR")

    @property
    def grade_says_so(self) -> bool:
        """The grade's value holds the word grade."""
        return "grade" in (self._text("AETOXGR") or self._text("ATOXGR")).casefold()

    @property
    def sequence(self) -> Value | None:
        """Sequence number of the record."""
        return self._first("AESEQ")

    # ------------------------------------------------------------ when

    @property
    def start(self) -> Value | None:
        """Date of onset as collected, else as analysed."""
        return self._first("AESTDTC", "ASTDT", "ASTDTM")

    @property
    def day(self) -> Value | None:
        """Study day of onset."""
        return self._first("AESTDY", "ASTDY")

    @property
    def before_treatment(self) -> bool:
        """It began before the first dose, as far as the study day tells."""
        day = self.day
        return day is not None and day.number is not None and day.number < 0

    @property
    def end(self) -> Value | None:
        """Date of its end."""
        return self._first("AEENDTC", "AENDT", "AENDTM")

    @property
    def end_day(self) -> Value | None:
        """Study day of its end."""
        return self._first("AEENDY", "AENDY")

    @property
    def same_day(self) -> bool:
        """It ended on the day it began."""
        return self.start is not None and self.end is not None and self.start.text[:10] == self.end.text[:10]

    @property
    def duration(self) -> Value | None:
        """Duration in days, where the records tell it."""
        days = self._text("ADURU").upper() in ("DAY", "DAYS")
        return self._first("ADURN") if days else None

    @cached_property
    def after_last_dose(self) -> Value | None:
        """Days from the last dose to its onset, of the study days of both; None where it began on treatment or days are missing."""
        day, last = self.day, self._last_dose_day
        if (
            day is None
            or last is None
            or day.number is None
            or last.number is None
            or day.number <= last.number
            or last.number <= 0
        ):
            return None
        try:
            return self._book.value(derive.difference(day.fact, last.fact))
        except NotDerivable:
            return None

    _last_dose_day: Value | None = None

    def dosed_until(self, last: Value | None) -> Event:
        """The event with the study day of the subject's last dose known."""
        self._last_dose_day = last
        return self

    # ------------------------------------------------------------ seriousness

    @property
    def flag(self) -> Value | None:
        """The seriousness flag as recorded."""
        return self._first("AESER")

    @property
    def criteria(self) -> list[Value]:
        """Criteria of seriousness that are met, in words."""
        return [r.decoded(v, CRITERION[v]) for v in CRITERIA if (r := self._having(v)) is not None and r.text(v) == "Y"]

    @property
    def criteria_not_met(self) -> list[Value]:
        """Criteria recorded as not met, in words."""
        return [r.decoded(v, CRITERION[v]) for v in CRITERIA if (r := self._having(v)) is not None and r.text(v) == "N"]

    def _having(self, variable: str) -> Record | None:
        return next((r for r in self._others if r.text(variable)), None)

    @property
    def contradicted(self) -> bool:
        """Serious by logic and not flagged so."""
        return self.serious and not self.flagged

    @property
    def special(self) -> list[Value]:
        """Names of the queries that make it an event of special interest; empty where a mere flag does."""
        found = (self.record.value(v) for v in self._special if v.endswith("NAM"))
        return [in_sentence(v) for v in found if v is not None]

    @property
    def of_interest(self) -> bool:
        """It is an event of special interest."""
        return bool(self._special)

    # ------------------------------------------------------------ judgement and course

    @property
    def relationship(self) -> Value | None:
        """The investigator's opinion on causality, in small letters."""
        found = self._first("AEREL")
        return found.lower if found is not None and len(found.text) > 1 else found

    @property
    def unrelated(self) -> bool:
        """Recorded as not related at all."""
        return self._text("AEREL").upper() in ("NONE", "NOT RELATED", "N", "NO", "UNRELATED")

    @property
    def plainly_related(self) -> bool:
        """Recorded as related without a degree."""
        return self._text("AEREL").upper() in ("RELATED", "Y", "YES")

    @property
    def action(self) -> Value | None:
        """Action taken with the study treatment, as the end of ``study treatment …``."""
        record = self._having("AEACN")
        return record.word("AEACN", ACTION) if record is not None else None

    @property
    def action_known(self) -> bool:
        """The action's code is one of the terminology's."""
        return self._text("AEACN").upper() in ACTION

    @property
    def outcome(self) -> Value | None:
        """Outcome in words."""
        record = self._having("AEOUT")
        return record.word("AEOUT", OUTCOME) if record is not None else None

    @property
    def treated(self) -> Value | None:
        """Whether concomitant or additional treatment was given: Y or N as recorded."""
        return self._first("AECONTRT")

    @property
    def was_treated(self) -> bool:
        """Treatment was given."""
        return self._text("AECONTRT").upper() == "Y"


def _twin(study: StudyData, book: Book, frame: Frame, number: int) -> list[Record]:
    """The same event in the other dataset of adverse events."""
    other = study.records.frames.get("AE" if frame.name == "ADAE" else "ADAE")
    if other is None or "AESEQ" not in other or "AESEQ" not in frame:
        return []
    sequence = frame.text(frame.dataset.records[number], "AESEQ")
    same = other.having("USUBJID").get(frame.subject[number], frozenset()) & other.having("AESEQ").get(
        sequence, frozenset()
    )
    return [Record(book, other, min(same))] if len(same) == 1 else []
