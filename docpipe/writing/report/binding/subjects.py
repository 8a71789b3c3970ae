"""The records of single subjects as narratives state them: dates, ages, doses, days. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation

from docpipe.model.fact import Fact
from docpipe.model.sastime import iso_of
from docpipe.writing.checks.reading.numbers import Token
from docpipe.writing.checks.reading.words import iso_date
from docpipe.writing.factstore import FactStore
from docpipe.writing.records import SUBJECT
from docpipe.writing.study import StudyData

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"\bstudy day\s*$", re.IGNORECASE)


class Records:
    """Values of each subject, from all datasets, and facts that state them."""

    def __init__(self, study: StudyData, facts: FactStore) -> None:
        self._values: dict[str, set[Decimal]] = defaultdict(set)
        self._dates: dict[str, set[str]] = defaultdict(set)
        self._days: dict[str, set[Decimal]] = defaultdict(set)
        self._facts: dict[str, dict[Decimal, Fact]] = defaultdict(dict)
        self._dated: dict[str, dict[str, Fact]] = defaultdict(dict)
        self._every: set[str] = set()
        self._read(study)
        for fact in facts:
            owner = fact.row[0] if fact.row and fact.row[0] in self._values else ""
            if (m := _ISO.match(fact.raw)) is not None:
                self._dated[owner].setdefault(m[0], fact)
                self._every.add(m[0])
            elif owner and (number := _number(fact.raw)) is not None:
                self._facts[owner].setdefault(number, fact)

    def _read(self, study: StudyData) -> None:
        for frame in study.records.frames.values():
            if SUBJECT not in frame:
                continue
            variables = [(v.name.upper(), i, v.kind, v.format) for i, v in enumerate(frame.dataset.variables)]
            for record, subject in zip(frame.dataset.records, frame.subject, strict=True):
                for name, i, kind, form in variables:
                    raw = record[i]
                    if raw is None or raw == "":
                        continue
                    if isinstance(raw, float):
                        if name.endswith("DT") or "DATE" in form.upper():
                            self._dates[subject].add(iso_of(raw, "DATE9."))
                        else:
                            number = Decimal(repr(raw)).normalize()
                            self._values[subject].add(number)
                            if name.endswith("DY"):
                                self._days[subject].add(number)
                    elif (m := _ISO.match(raw)) is not None:
                        self._dates[subject].add(m[0])
                    elif (found := _number(raw)) is not None:
                        self._values[subject].add(found)
        for dates in self._dates.values():
            self._every |= dates

    def date(self, form: str, parts: tuple[str, ...], subject: str) -> Fact | None:
        """The fact of a date, of the subject where one is meant."""
        return self._dated[subject].get(iso_date(form, parts)) if subject in self._dated or not subject else None

    def dated(self, form: str, parts: tuple[str, ...]) -> bool:
        """Some record of the study has the date."""
        return iso_date(form, parts) in self._every

    def nearest(self, form: str, parts: tuple[str, ...], subject: str) -> str:
        """The subject's date that looks most like another."""
        iso = iso_date(form, parts)
        known = sorted(self._dates[subject])
        best = max(known, key=lambda d: sum(a == b for a, b in zip(d, iso, strict=False)), default="")
        return best if best and sum(a == b for a, b in zip(best, iso, strict=False)) >= 8 else ""

    def owns(self, form: str, parts: tuple[str, ...], subject: str) -> bool:
        """Some record of the subject has the date."""
        return iso_date(form, parts) in self._dates[subject]

    def value(self, number: Decimal, subject: str) -> Fact | None:
        """A fact of the subject with this value."""
        return self._facts[subject].get(number.normalize())

    def has(self, number: Decimal, subject: str) -> bool:
        """Some record of the subject has this value, or it is the number of days between two of its dates."""
        plain = number.normalize()
        if plain in self._values[subject]:
            return True
        if plain != plain.to_integral_value() or not 0 <= plain < 3000:
            return False
        days = [d for x in self._dates[subject] if (d := _day(x)) is not None]
        gaps = {abs((a - b).days) for a in days for b in days}
        return int(plain) in gaps or int(plain) - 1 in gaps

    def against(self, text: str, token: Token, subject: str) -> tuple[str, str, tuple[Fact, ...]] | None:
        """What a number that the records do not have is said to be, and what they say of it."""
        if _DAY.search(text[: token.start]) and self._days[subject]:
            near = sorted(self._days[subject], key=lambda d: abs(d - (token.value or 0)))[:1]
            return "study day", str(near[0]), ()
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number.normalize() if number.is_finite() else None


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
