"""What surrounded an event: history, medication, exposure, findings near its onset, disposition, each value from its record. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docpipe.writing.book import Value
from docpipe.writing.topics._subject import Record, Subject
from docpipe.writing.topics._terms import in_sentence

_FREQUENCY: Mapping[str, str] = {
    "QD": "once daily", "BID": "twice daily", "TID": "three times daily", "QID": "four times daily", "QOD": "every other day",
    "QW": "once weekly", "QM": "once monthly", "ONCE": "once", "PRN": "as needed", "QHS": "at bedtime", "Q2W": "every two weeks",
    "Q3W": "every three weeks", "Q4W": "every four weeks",
}  # fmt: skip
_PRIMARY = re.compile(r"primary diagnosis|disease under (?:study|treatment)|study indication|indication", re.IGNORECASE)
_SHOWN = 12
"""Findings outside their range near an onset; more would make a table."""


@dataclass(frozen=True, slots=True)
class Dosing:
    """A period of treatment with one regimen. ``dose``: None for placebo and where it is missing."""

    treatment: Value | None
    dose: Value | None
    unit: Value | None
    form: Value | None
    route: Value | None
    frequency: Value | None
    start: Value | None
    end: Value | None
    last_day: Value | None


@dataclass(frozen=True, slots=True)
class History:
    """Terms of medical history of one category. ``category``: as recorded, None where the data have none."""

    category: Value | None
    terms: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A result near the onset. ``low`` and ``high``: the limits of its range; ``indicator``: high, low or abnormal as recorded."""

    test: Value
    result: Value
    unit: Value | None
    low: Value | None
    high: Value | None
    indicator: Value | None
    date: Value | None


def dosings(subject: Subject) -> tuple[Dosing, ...]:
    """Periods of the exposure records; neighbours with the same regimen are one."""
    found: list[Dosing] = []
    for record in sorted(subject.records("EX"), key=lambda r: (r.text("EXSTDTC"), r.number)):
        dose = record.value("EXDOSE")
        frequency = record.word("EXDOSFRQ", _FREQUENCY)
        unit, form, route = record.value("EXDOSU"), record.value("EXDOSFRM"), record.value("EXROUTE")
        treatment = record.value("EXTRT")
        made = Dosing(
            in_sentence(treatment) if treatment is not None else None,
            dose if dose is not None and dose.number else None,
            unit,
            form.lower if form is not None else None,
            route.lower if route is not None else None,
            frequency,
            record.value("EXSTDTC"),
            record.value("EXENDTC"),
            record.value("EXENDY"),
        )
        if found and _regimen(found[-1]) == _regimen(made):
            last = found.pop()
            made = Dosing(
                last.treatment,
                last.dose,
                last.unit,
                last.form,
                last.route,
                last.frequency,
                last.start,
                made.end,
                made.last_day,
            )
        found.append(made)
    return tuple(found)


def _regimen(d: Dosing) -> tuple[str, ...]:
    return tuple(v.text if v is not None else "" for v in (d.treatment, d.dose, d.unit, d.form, d.route, d.frequency))


def at_onset(periods: Iterable[Dosing], onset: Value | None) -> Dosing | None:
    """The period in which an event began; None where it began in none, or its date is not complete."""
    day = onset.text[:10] if onset is not None else ""
    if len(day) < 10:
        return None
    for period in periods:
        first = period.start.text[:10] if period.start is not None else ""
        last = period.end.text[:10] if period.end is not None else "9999"
        if first and first <= day <= last:
            return period
    return None


def disease(subject: Subject) -> tuple[Value | None, Value | None]:
    """The disease under study as recorded in the medical history, and its onset."""
    for record in subject.records("MH"):
        if _PRIMARY.search(record.text("MHCAT")) or _PRIMARY.search(record.text("MHSCAT")):
            term = record.first("MHDECOD", "MHTERM")
            if term is not None:
                return in_sentence(term), record.value("MHSTDTC")
    return None, None


def history(subject: Subject) -> tuple[History, ...]:
    """Medical history but for the disease under study, by category, each term named where it stands first."""
    found: dict[str, tuple[Value | None, dict[str, Value]]] = {}
    for record in subject.records("MH"):
        if (
            _PRIMARY.search(record.text("MHCAT"))
            or _PRIMARY.search(record.text("MHSCAT"))
            or record.text("MHOCCUR") == "N"
        ):
            continue
        term = record.first("MHDECOD", "MHTERM")
        if term is None:
            continue
        name = record.text("MHCAT")
        category = record.value("MHCAT")
        kept = found.setdefault(name, (category.lower if category is not None else None, {}))
        kept[1].setdefault(term.text.casefold(), in_sentence(term))
    return tuple(History(c, tuple(sorted(terms.values(), key=lambda v: v.text))) for c, terms in found.values())


def medication(subject: Subject, onset: Value | None) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Medication in use before the day of onset, and medication begun on or after it; each name once."""
    before: dict[str, Value] = {}
    after: dict[str, Value] = {}
    day = onset.text[:10] if onset is not None else ""
    for record in subject.records("CM"):
        name = record.first("CMDECOD", "CMTRT")
        if name is None or record.text("CMOCCUR") == "N":
            continue
        start, end = record.text("CMSTDTC")[:10], record.text("CMENDTC")[:10]
        if day and start and start >= day:
            after.setdefault(name.text.casefold(), in_sentence(name))
        elif not (day and end and end < day):
            before.setdefault(name.text.casefold(), in_sentence(name))
    return tuple(before.values()), tuple(after.values())


def out_of_range(subject: Subject, onset: Value | None) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Laboratory results outside their range: of the last day up to the onset, and of the first day after it."""
    day = onset.text[:10] if onset is not None else ""
    records = [r for r in subject.records("LB") if r.text("LBDTC")] if len(day) == 10 else []
    days = sorted({r.text("LBDTC")[:10] for r in records})
    before = max((d for d in days if d <= day), default="")
    after = min((d for d in days if d > day), default="")
    return _abnormal(records, before), _abnormal(records, after)


def _abnormal(records: Iterable[Record], day: str) -> tuple[Finding, ...]:
    found = []
    for r in records:
        if day and r.text("LBDTC")[:10] == day and r.text("LBNRIND").upper() not in ("", "NORMAL", "N"):
            made = _finding(r, "LB")
            if made is not None:
                found.append(made)
    return tuple(found[:_SHOWN])


def signs(subject: Subject, onset: Value | None) -> tuple[Finding, ...]:
    """Vital signs of the last day up to the onset on which any were measured; each test once, the last result."""
    return _last(subject, onset, "VS", ("VSORRES", "VSSTRESC"))


def tracings(subject: Subject, onset: Value | None) -> tuple[Finding, ...]:
    """Electrocardiogram results of the last day up to the onset; each test once, the last result."""
    return _last(subject, onset, "EG", ("EGORRES", "EGSTRESC"))


def _last(subject: Subject, onset: Value | None, domain: str, results: tuple[str, ...]) -> tuple[Finding, ...]:
    day = onset.text[:10] if onset is not None else ""
    records = (
        [r for r in subject.records(domain) if r.text(f"{domain}DTC") and any(r.text(v) for v in results)]
        if len(day) == 10
        else []
    )
    last = max((d for r in records if (d := r.text(f"{domain}DTC")[:10]) <= day), default="")
    found: dict[str, Finding] = {}
    for r in records:
        if last and r.text(f"{domain}DTC")[:10] == last and (made := _finding(r, domain)) is not None:
            found[r.text(f"{domain}TESTCD")] = made
    return tuple(list(found.values())[:_SHOWN])


def _finding(r: Record, domain: str) -> Finding | None:
    test, result = (
        r.first(f"{domain}TEST", f"{domain}TESTCD"),
        r.first(f"{domain}STRESC", f"{domain}STRESN", f"{domain}ORRES"),
    )
    if test is None or result is None:
        return None
    indicator = r.value(f"{domain}NRIND")
    return Finding(
        in_sentence(test), result, r.first(f"{domain}STRESU", f"{domain}ORRESU"), r.value(f"{domain}STNRLO"), r.value(f"{domain}STNRHI"),
        indicator.lower if indicator is not None else None, r.value(f"{domain}DTC"),
    )  # fmt: skip


def left(subject: Subject) -> tuple[Value | None, Value | None]:
    """How the subject left the study, as recorded in disposition, and when."""
    for record in subject.records("DS"):
        if record.text("DSCAT").upper() in ("", "DISPOSITION EVENT"):
            said = record.first("DSDECOD", "DSTERM")
            if said is not None:
                return in_sentence(said), record.value("DSSTDTC")
    for record in subject.records("ADSL")[:1]:
        said = record.first("DCDECOD", "DCSREAS", "EOSSTT")
        if said is not None:
            return in_sentence(said), record.first("EOSDT", "RFENDT")
    return None, None


__all__ = [
    "Dosing", "Finding", "History", "at_onset", "disease", "dosings", "history", "left", "medication", "out_of_range", "signs",
    "tracings",
]  # fmt: skip
