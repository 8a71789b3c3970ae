"""One subject in the records: who it is, which treatment, which values of which record, each as a fact. Imports its room only.

A decoded value (``female`` for F) is a fact of its own, bound to the variable that holds the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docpipe.model.fact import Fact
from docpipe.model.sastime import is_temporal, iso_of
from docpipe.writing.book import Book, Value
from docpipe.writing.records import Frame
from docpipe.writing.study import StudyData
from docpipe.writing.topics._terms import RACE, SEX


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a dataset, its values by variable. ``number`` counts from 0."""

    book: Book
    frame: Frame
    number: int

    def text(self, variable: str) -> str:
        """A value for conditions; "" where it is missing or there is no such variable."""
        return self.frame.text(self.frame.dataset.records[self.number], variable) if variable in self.frame else ""

    def value(self, variable: str) -> Value | None:
        """A value for printing; numbers that are dates as ISO 8601. None where it is missing."""
        if variable not in self.frame:
            return None
        described = self.frame.variable(variable)
        if described.kind == "number" and is_temporal(described.format):
            raw = self.frame.dataset.records[self.number][self.frame.index[variable]]
            said = iso_of(raw, described.format)
            return self.decoded(variable, said, "date") if said else None
        return self.book.record(self.frame.dataset, self.number, variable)

    def first(self, *variables: str) -> Value | None:
        """The first of some variables that has a value."""
        return next((v for name in variables if (v := self.value(name)) is not None), None)

    def decoded(self, variable: str, said: str, what: str = "decode") -> Value:
        """A value in words, bound to its variable: ``female`` for SEX = F."""
        raw = self.text(variable)
        row = (self.frame.subject[self.number], f"record {self.number + 1}")
        fact = Fact(
            self.book.study, self.book.data_version, self.frame.name, row, "", f"{variable} {what}", raw, said, None, None, "", "",
            (self.frame.dataset.place(self.number, variable),),
        )  # fmt: skip
        return self.book.value(fact)

    def word(self, variable: str, words: Mapping[str, str]) -> Value | None:
        """A coded value in the words of a list, else in small letters; None where it is missing."""
        code = self.text(variable)
        return self.decoded(variable, words.get(code.upper(), code.lower())) if code else None


class Subject:
    """A subject. ``arm``: actual arm, "" where it has none; values are None where the records lack them."""

    def __init__(self, study: StudyData, book: Book, subject: str) -> None:
        self._study, self._book, self.key = study, book, subject
        self.arm = study.records.arm_of(actual=True).get(subject, "")
        self.planned = study.records.arm_of().get(subject, "")

    def records(self, dataset: str) -> list[Record]:
        """The subject's records of a dataset, in its order."""
        frame = self._study.records.frames.get(dataset)
        if frame is None:
            return []
        return (
            [Record(self._book, frame, i) for i in sorted(frame.having("USUBJID").get(self.key, ()))]
            if "USUBJID" in frame
            else []
        )

    def has(self, dataset: str) -> bool:
        """The dataset is among the sources."""
        return dataset in self._study.records.frames

    def value(self, pairs: Iterable[tuple[str, str]]) -> Value | None:
        """The first value among (dataset, variable) pairs, of the subject's first record there."""
        for dataset, variable in pairs:
            for record in self.records(dataset)[:1]:
                if (found := record.value(variable)) is not None:
                    return found
        return None

    def _word(self, variable: str, words: Mapping[str, str]) -> Value | None:
        found = (r.word(variable, words) for d in ("DM", "ADSL") for r in self.records(d)[:1])
        return next((w for w in found if w is not None), None)

    @property
    def id(self) -> Value | None:
        """The subject's id."""
        frame = next(
            (f for n in ("DM", "ADSL") if (f := self._study.records.frames.get(n)) and self.key in f.subjects), None
        )
        if frame is None:
            frame = next(
                (f for f in self._study.records.frames.values() if "USUBJID" in f and self.key in f.subjects), None
            )
        return self._book.record(frame.dataset, frame.subjects[self.key], "USUBJID") if frame is not None else None

    @property
    def site(self) -> Value | None:
        """Site id."""
        return self.value((("DM", "SITEID"), ("ADSL", "SITEID")))

    @property
    def age(self) -> Value | None:
        """Age as recorded; ``age_in_years`` says whether its unit is years."""
        return self.value((("DM", "AGE"), ("ADSL", "AGE")))

    @property
    def article(self) -> str:
        """``an`` before an age such as 8, 11, 18, or 83, else ``a``."""
        age = self.age
        vowel = age is not None and self.age_in_years and (age.text.startswith("8") or age.text in ("11", "18"))
        return "an" if vowel else "a"

    @property
    def age_in_years(self) -> bool:
        """The age's unit is years, or not told."""
        units = [r.text("AGEU").upper() for d in ("DM", "ADSL") for r in self.records(d)[:1]]
        return all(u in ("", "YEARS") for u in units)

    @property
    def sex(self) -> Value | None:
        """``female`` or ``male``; None where not recorded or unknown."""
        found = self._word("SEX", SEX)
        return found if found is not None and found.text in ("male", "female") else None

    @property
    def race(self) -> Value | None:
        """Race in words."""
        return self._word("RACE", RACE)

    @property
    def ethnicity(self) -> Value | None:
        """Ethnic group in words."""
        return self._word(
            "ETHNIC", {"NOT HISPANIC OR LATINO": "not Hispanic or Latino", "HISPANIC OR LATINO": "Hispanic or Latino"}
        )

    @property
    def first_dose(self) -> Value | None:
        """Date of the first dose."""
        return self.value((("DM", "RFXSTDTC"), ("ADSL", "TRTSDT"), ("ADSL", "TRTSDTM"), ("DM", "RFSTDTC")))

    @property
    def last_dose(self) -> Value | None:
        """Date of the last dose."""
        return self.value((("DM", "RFXENDTC"), ("ADSL", "TRTEDT"), ("ADSL", "TRTEDTM")))

    @property
    def death(self) -> Value | None:
        """Date of death: of demography, else of the disposition event."""
        known = self.value((("DM", "DTHDTC"), ("ADSL", "DTHDT"), ("ADSL", "DTHDTC")))
        told = (r for r in self.records("DS") if known is None and r.text("DSDECOD").upper() in ("DEATH", "DIED"))
        return known or next((v for r in told if (v := r.value("DSSTDTC")) is not None), None)
