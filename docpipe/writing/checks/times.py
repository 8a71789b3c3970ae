"""Dates, days and time windows in a draft. Imports its room only; dates after ISO 8601, study days after CDISC SDTM (no day 0)."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from docpipe.model.finding import Severity
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import dates_in, iso_date
from docpipe.writing.labels import key_of

_DAY = re.compile(r"\b(?:study )?day (-?\d+)\b", re.IGNORECASE)
_WINDOW = re.compile(r"\b(?:week|month|visit|cycle) \d+(?:\.\d+)?\b", re.IGNORECASE)


def _parsed(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


class DateForm(DraftCheck):
    id = "T1.date-form"
    severity = Severity.MAJOR
    title = "Date that is impossible, ambiguous or in another form"
    description = "A date that no calendar has, one whose day and month cannot be told apart (03/04/2013), partial dates with placeholders (UN, XX), and a date in another form than most of the document's. Dates in quoted passages are let pass."

    def run(self, draft: DraftText) -> Raised:
        forms = Counter(form for row in draft.rows if not row.planned.passages for _, _, form, _ in row.once(_dates))
        usual = forms.most_common(1)[0][0] if forms else ""
        for row in draft.asked:
            if row.planned.passages and not row.edited:
                continue
            for start, end, form, parts in row.once(_dates):
                if form == "02/07/2014":
                    said = (
                        "cannot be told apart: which is the day?"
                        if int(parts[0]) < 13 and int(parts[1]) < 13
                        else "is in another form than the others."
                    )
                    yield self.finding(row, f"“{row.full[start:end]}” {said}", start, end)
                elif _parsed(iso_date(form, parts)) is None:
                    yield self.finding(row, f"“{row.full[start:end]}” is no date.", start, end)
                elif form != usual and forms[usual] > 2 * forms[form]:
                    yield self.finding(
                        row, f"“{row.full[start:end]}” is in another form than the other dates ({usual}).", start, end
                    )
            for m in re.finditer(r"\b(?:UN|UNK|XX|--)[ /-]?(?:UNK|[A-Za-z]{3}|XX|--)[ /-]?\d{4}\b", row.full):
                yield self.finding(row, f"“{m[0]}” is a partial date.", m.start(), m.end())


_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("consent", re.compile(r"\bconsent\w*", re.IGNORECASE)),
    (
        "first dose",
        re.compile(
            r"\bfirst (?:dose|application|administration|patch|infusion|tablet)|\b(?:began|started|first received|initiat\w+) (?:\w+ ){0,3}(?:treatment|study|dosing|placebo|medication|drug)",
            re.IGNORECASE,
        ),
    ),
    (
        "last dose",
        re.compile(
            r"\blast (?:dose|application|administration|patch|infusion|tablet)|\b(?:stopped|last received|ended) (?:\w+ ){0,3}(?:treatment|study drug|dosing)",
            re.IGNORECASE,
        ),
    ),
    ("death", re.compile(r"\bdied\b|\bdeath occurred|\bdate of death|\bdied on", re.IGNORECASE)),
)
_END = re.compile(r"\b(first|last) (?:subject|patient|participant|dose)\b", re.IGNORECASE)
_OF_STUDY = ("data cut-off", "database lock", "report")
"""Dates of a study in their order, as ``stated`` names them."""


class Chronology(DraftCheck):
    id = "T2.chronology"
    title = "Dates out of order or not those of the records"
    description = "“From … to …” with the later date first, a last subject's date before the first subject's; consent, first dose, last dose or death of a narrated subject with another date than the records have; data cut-off after database lock, either after the date of the report. Dates whose meaning the sentence does not name next to them are let pass."

    def run(self, draft: DraftText) -> Raised:
        about = draft.about
        if draft.only is None:
            yield from self._study(draft)
        for row in draft.asked:
            found = [(a, b, _parsed(iso_date(form, parts))) for a, b, form, parts in row.once(_dates)]
            if not about.get(row.address):
                yield from self._first_and_last(row, found)
            for (_, end, first), (start, stop, second) in itertools.pairwise(found):
                between = row.full[end:start]
                if (
                    first is not None
                    and second is not None
                    and first > second
                    and re.fullmatch(r"\s*(?:to|until|through|and ended on|–|-)\s*", between)
                ):
                    yield self.finding(row, f"{second} lies before {first}.", start, stop)
            subject = draft.card.subjects.get(about.get(row.address, ""))
            if subject is None or row.heading:
                continue
            for a, b, day in found:
                role = self._role(row, a)
                known = _parsed(subject.dates.get(role, ""))
                if role and day is not None and known is not None and day != known:
                    yield self.finding(
                        row, f"{role.capitalize()} of {subject.id} was on {known}, not {day}.", a, b, str(known)
                    )

    def _study(self, draft: DraftText) -> Raised:
        """Cut-off, lock and report of the study as the document states them."""
        told: list[tuple[str, date, Seen]] = []
        values = stated(draft.rows)
        for name in _OF_STUDY:
            for text, row in values.get(name, {}).items():
                for _, _, form, parts in dates_in(text):
                    if (day := _parsed(iso_date(form, parts))) is not None:
                        told.append((name, day, row))
        for (before, first, _), (after, second, row) in itertools.combinations(told, 2):
            if before != after and first > second:
                yield self.finding(row, f"The {after} ({second}) lies before the {before} ({first}).")

    def _first_and_last(self, row: Seen, found: list[tuple[int, int, date | None]]) -> Raised:
        firsts: list[date] = []
        for a, b, day in found:
            start = next((s for s, e in row.sentences if s <= a < e), 0)
            named = _END.findall(row.full, start, a)
            if day is None or not named:
                continue
            if named[-1].casefold() == "first":
                firsts.append(day)
            elif firsts and day < max(firsts):
                yield self.finding(row, f"The last date, {day}, lies before the first, {max(firsts)}.", a, b)

    @staticmethod
    def _role(row: Seen, start: int) -> str:
        """The one meaning that is named just before a date, or between it and the date before."""
        before = re.split(r"[.;]|\band\b|\d{4}", row.full[max(0, start - 70) : start])[-1]
        named = [name for name, pattern in _ROLES if pattern.search(before)]
        return named[0] if len(named) == 1 else ""


class StudyDay(DraftCheck):
    id = "T3.study-day"
    title = "Study day does not follow from the date"
    description = "A date with its study day in brackets behind it, or “on Day n (date)”, in text about one subject, that is not the date less the first dose, plus 1 from the first dose on. Days without a date are let pass."

    def run(self, draft: DraftText) -> Raised:
        about = draft.about
        for row in draft.asked:
            subject = draft.card.subjects.get(about.get(row.address, ""))
            first = _parsed(subject.dates.get("first dose", "")) if subject is not None else None
            if first is None:
                continue
            found = [(a, b, _parsed(iso_date(form, parts))) for a, b, form, parts in row.once(_dates)]
            for m in _DAY.finditer(row.full):
                near = next(
                    (
                        d
                        for a, b, d in found
                        if d is not None
                        and (
                            re.fullmatch(r"[\s,]*\(?(?:on |study )?\s*", row.full[b : m.start()])
                            if b <= m.start()
                            else re.fullmatch(r"\s*\((?:on )?", row.full[m.end() : a])
                        )
                    ),
                    None,
                )
                if near is None:
                    continue
                day = (near - first).days
                day += day >= 0
                if int(m[1]) != day:
                    yield self.finding(row, f"{near} is Day {day}, not Day {m[1]}.", m.start(), m.end(), f"Day {day}")


class TimeWindow(DraftCheck):
    id = "T4.time-window"
    title = "Time point is not that of the values"
    description = "A sentence that names one visit or week while all of its values with a time point are of another. Sets of completers, planned durations and values whose label names the time are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading or not row.values:
                continue
            for start, end in row.sentences:
                facts = [c.fact for c in row.within(start, end) if c.fact is not None]
                windows = {p.casefold() for f in facts for p in _WINDOW.findall(f.window)}
                windows |= {"baseline" for f in facts if f.window.casefold() == "baseline"}
                if not windows or any(not f.window for f in facts if f.statistic not in ("N", "p")):
                    continue
                about = (
                    " ".join(key_of(" ".join((*f.row, f.population, f.display))) for f in facts)
                    + " "
                    + " ".join(draft.card.displays.get(f.display, ("", ""))[0].casefold() for f in facts)
                )
                for m in _WINDOW.finditer(row.typed, start, end):
                    if m[0].casefold() not in windows and m[0].casefold() not in about:
                        yield self.finding(
                            row,
                            f"“{m[0]}” is named, the values are of {', '.join(sorted({f.window for f in facts if f.window}))}.",
                            m.start(),
                            m.end(),
                        )


_VERSIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("MedDRA", re.compile(r"\bMedDRA\b[^.;]{0,30}?\bversion\s+(\d+(?:\.\d+)?)", re.IGNORECASE)),
    (
        "WHODrug",
        re.compile(
            r"\bWHO\s?-?(?:DD|Drug)\w*\b[^.;]{0,40}?(?:version\s+)?((?:March|September)?\s?\d[\w.]*)", re.IGNORECASE
        ),
    ),
    ("data cut-off", re.compile(r"\bdata cut-?off\b[^.;]{0,30}?(\d{1,2} \w+ \d{4}|\d{4}-\d{2}-\d{2})", re.IGNORECASE)),
    ("database lock", re.compile(r"\bdatabase lock\b[^.;]{0,30}?(\d{1,2} \w+ \d{4}|\d{4}-\d{2}-\d{2})", re.IGNORECASE)),
    (
        "report",
        re.compile(
            r"\b(?:date of (?:the |this )?report|report date)\b[^.;]{0,10}?(\d{1,2} \w+ \d{4}|\d{4}-\d{2}-\d{2})",
            re.IGNORECASE,
        ),
    ),
)


def stated(rows: Iterator[Seen] | tuple[Seen, ...]) -> dict[str, dict[str, Seen]]:
    """Dictionary versions and cut-off dates that rows state: what -> value -> the first row that says so."""
    found: dict[str, dict[str, Seen]] = {}
    for row in rows:
        for name, value in row.once(_stated):
            found.setdefault(name, {}).setdefault(value, row)
    return found


def _stated(row: Seen) -> tuple[tuple[str, str], ...]:
    return tuple((name, m[1].strip()) for name, pattern in _VERSIONS for m in pattern.finditer(row.full))


def _dates(row: Seen) -> list[tuple[int, int, str, tuple[str, ...]]]:
    return dates_in(row.full)


class OneVersion(DraftCheck):
    id = "T5.one-version"
    title = "Two versions of one dictionary or cut-off"
    description = "MedDRA or WHODrug versions, data cut-off, database lock or date of the report that differ within a document. Across documents R2 compares them."

    def run(self, draft: DraftText) -> Raised:
        for name, values in stated(draft.rows).items():
            for value, row in list(values.items())[1:]:
                yield self.finding(row, f"{name}: {value} here, {next(iter(values))} elsewhere.")
