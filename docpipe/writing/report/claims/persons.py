"""Single subjects in running text: sex, age, arm, what happened to them, when, how it ended and whether it was related. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from docpipe.model.report import Piece, ReportFinding
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.narrative_set import events_frame, fatal_records
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.claims.sentences import PROSE, finding
from docpipe.writing.study_card import Subject

_SEX = (
    ("F", re.compile(r"\b(?:wom[ae]n|female|lady|she|her)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:m[ae]n|male|gentleman|he|his)\b", re.IGNORECASE)),
)
_OTHERS = re.compile(
    r"\b(?:wife|husband|mother|father|daughter|son|caregiver|sister|brother|spouse|partner)\b", re.IGNORECASE
)
_AGE = re.compile(
    r"(?<![\w.])(\d{1,3})[- ]years?[- ]old\b|\baged (\d{1,3})\b|\b(?:wom[ae]n|man|patient|participant|subject) of (\d{1,3})(?: years)?\b|\b(?:male|female|man|woman),? (\d{2,3})(?= years?\b)|\((\d{2,3})(?=\s*(?:,|;|/|years?\b|y\b))",
    re.IGNORECASE,
)
_BACK = re.compile(r"\s*(?:He|She|His|Her|This|The (?:patient|subject|participant|event|investigator)|It)\b")
_GAVE = re.compile(
    r"\b(?:on|in|to|under|with|receiv\w+|taking|took|given|assigned|randomi[sz]ed|treated with|,|\()\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:died (?:of|from|due to|after)|death (?:was )?(?:due to|from|caused by)|suffered(?: from)?|experienced|developed|completed|committed|had|fatal)\s+(?:an? |the )?(?:fatal |serious |severe |acute )?"
    r"(?P<what>(?!(?:been|no|not|had|to|received|taken)\b)[a-z][a-z' -]{3,60}?)(?=\s+(?:on|at|during|after|in|with|which|that|and|while|before|from|considered|leading)\b|[,.;:()]|$)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\s*\([^()]*\)\s*[:–-]\s*(?P<what>[a-z][a-z' -]{3,60}?)(?=[,.;(]|$)", re.IGNORECASE)
_PLAIN = frozenset(
    stems(
        "adverse event reaction symptoms history medical course study treatment placebo serious fatal outcome narrative"
    )
)
_DIED = re.compile(r"\b(?:died|dead|death|fatal|deceased|suicide)\b", re.IGNORECASE)
_WELL = re.compile(r"\b(?:recovered|resolved|recovery|resolution)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|without|un)\W*(?:\w+\W+)?$", re.IGNORECASE)
_RELATED = re.compile(
    r"\b(?P<no>not (?:considered )?(?:to be )?(?:causally )?(?:treatment-|drug-)?related|unrelated|not attributed)\b"
    r"|\b(?P<yes>(?:possibly|probably|definitely|likely)?\s?(?:treatment-|drug-)?related)\b(?! (?:adverse|TEAE|event))",
    re.IGNORECASE,
)
_YES = re.compile(r"^(?:y|yes|related|possibl[ey]|probabl[ey]|definite(?:ly)?|certain)\b", re.IGNORECASE)
_NO = re.compile(r"^(?:n|no|none|not related|unrelated|unlikely)\b", re.IGNORECASE)
_DAY = re.compile(r"\b(?:Study )?Day (\d{1,4})\b", re.IGNORECASE)


@dataclass(slots=True)
class _Event:
    terms: frozenset[str]
    days: frozenset[int]
    ended: str
    related: str
    fatal: bool
    serious: bool


@dataclass(slots=True)
class _Person:
    subject: Subject
    events: list[_Event] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    death_days: set[int] = field(default_factory=set)


def persons(ledger: Ledger) -> Iterator[ReportFinding]:
    """Findings on what is said of subjects whose ids stand in running text."""
    if ledger.ids is None or not ledger.card.subjects:
        return
    people = _people(ledger)
    for piece in ledger.report.pieces:
        row = ledger.rows.get(piece.id)
        if row is None or piece.kind not in PROSE or piece.table >= 0:
            continue
        text = row.full
        ids = [m for m in ledger.ids.finditer(text) if m[0] in people]
        for n, m in enumerate(ids):
            stop = ids[n + 1].start() if n + 1 < len(ids) else len(text)
            end = _end(row.sentences, text, m.start(), stop)
            if not any(m[0] == o[0] for o in ids[:n]):
                yield from _of(ledger, piece, text, m.start(), m.end(), end, people[m[0]])


def _end(sentences: tuple[tuple[int, int], ...], text: str, at: int, stop: int) -> int:
    """Where what is said of a subject ends: with its sentence and those that go on with a pronoun."""
    end = at
    for a, b in sentences:
        if a <= at < b or (a >= end > at and a - end < 4 and _BACK.match(text, a)):
            end = min(b, stop)
    return max(end, at)


def _of(
    ledger: Ledger, piece: Piece, text: str, start: int, after: int, end: int, person: _Person
) -> Iterator[ReportFinding]:
    subject, said = person.subject, text[after:end]
    if not _OTHERS.search(said):
        for sex, pattern in _SEX:
            m = pattern.search(said)
            if m is not None and subject.sex[:1].upper() in ("F", "M") and subject.sex[:1].upper() != sex:
                yield finding(
                    "P6.subject-facts", f"“{m[0]}” is said of {subject.id}, whose sex is {subject.sex}.", piece, after + m.start(), after + m.end(), subject.sex
                )  # fmt: skip
    for m in _AGE.finditer(said):
        age = next(g for g in m.groups() if g)
        known = subject.age.partition(".")[0]
        if known and age != known:
            at = after + m.start(m.lastindex or 0)
            yield finding(
                "P6.subject-facts", f"{subject.id} was {known} years old, not {age}.", piece, at, at + len(age), known
            )
    yield from _arm(ledger, piece, text, after, end, subject)
    yield from _happened(piece, after, said, person)


def _arm(ledger: Ledger, piece: Piece, text: str, after: int, end: int, subject: Subject) -> Iterator[ReportFinding]:
    row = ledger.rows[piece.id]
    own = {subject.arm, subject.actual}
    named = [
        m for m in ledger.named(row, after, end) if m.arm and _GAVE.search(text[max(after, m.start - 24) : m.start])
    ]
    if named and own & set(ledger.groups.all) and named[0].arm not in own:
        m = named[0]
        yield finding(
            "P6.subject-facts",
            f"{subject.id} was in {subject.actual or subject.arm}, not {m.arm}.",
            piece,
            m.start,
            m.end,
            subject.arm,
        )


def _happened(piece: Piece, at: int, said: str, person: _Person) -> Iterator[ReportFinding]:
    who = person.subject.id
    told = [e for e in person.events if e.terms and e.terms <= stems(said)]
    causes = [m for p in (_CAUSE, _LISTED) if (m := p.search(said)) is not None]
    for m in causes:
        words = frozenset(w for w in stems(m["what"]) if w not in _PLAIN)
        if words and person.words and words.isdisjoint(person.words) and not _general(m["what"]):
            yield finding(
                "P6.subject-facts", f"The records of {who} have no “{' '.join(m['what'].split())}”.", piece, at + m.start("what"), at + m.end("what")
            )  # fmt: skip
            break
    died = _DIED.search(said)
    if (
        died is not None
        and not person.death_days
        and not any(e.fatal for e in person.events)
        and not _NOT.search(said[: died.start()])
        and _dead(person) is False
    ):
        yield finding("P8.seriousness", f"{who} did not die by the data.", piece, at + died.start(), at + died.end())
    well = _WELL.search(said)
    if well is not None and not _NOT.search(said[: well.start()][-14:]) and told and all(e.fatal for e in told):
        yield finding(
            "P8.seriousness", f"The event of {who} was fatal.", piece, at + well.start(), at + well.end(), "fatal"
        )
    about = told or [e for e in person.events if e.fatal]
    m = _RELATED.search(said)
    if m is not None and about:
        levels = {True if _YES.match(e.related) else False if _NO.match(e.related) else None for e in about}
        if levels == {bool(m["no"])}:
            known = " or ".join(sorted({e.related.casefold() for e in about}))
            yield finding(
                "P6.subject-facts",
                f"The relation of the event of {who} is “{known}” in the data.",
                piece,
                at + m.start(),
                at + m.end(),
                known,
            )
    for d in _DAY.finditer(said):
        days = (
            set(person.death_days)
            if died is not None and not told
            else {x for e in told for x in e.days} | person.death_days
        )
        value = value_of(d[1])
        if days and value is not None and int(value) not in days and (died is not None or len(told) == 1):
            known = " or ".join(map(str, sorted(days)[:4]))
            yield finding(
                "T3.study-day", f"The study day of {who} is another.", piece, at + d.start(), at + d.end(), known
            )


def _general(what: str) -> bool:
    """Words that name no event of their own."""
    return (
        re.search(
            r"\b(?:event|reaction|symptom|treatment|study|visit|history|dose|medication|course|cause|unknown)s?\b",
            what,
            re.IGNORECASE,
        )
        is not None
    )


def _dead(person: _Person) -> bool:
    return bool(person.subject.dates.get("death"))


def _people(ledger: Ledger) -> Mapping[str, _Person]:
    found = {k: _Person(s) for k, s in ledger.card.subjects.items()}
    dead = set(ledger.card.deaths)
    for frame in ledger.study.records.frames.values():
        names = [v.name.upper() for v in frame.dataset.variables]
        texts = [i for i, n in enumerate(names) if re.search(r"(?:TERM|DECOD|LLT|HLT|MODIFY|INDC|REASCD|EVNTDESC)$", n)]
        if not texts and frame.name not in ("DS",):
            continue
        for record, subject in zip(frame.dataset.records, frame.subject, strict=True):
            if subject in found:
                found[subject].words |= {w for i in texts if record[i] for w in _stems(str(record[i]))}
                if (
                    subject in dead
                    and frame.name == "DS"
                    and "DSSTDY" in frame
                    and "DEATH" in frame.text(record, "DSDECOD").upper()
                ):
                    found[subject].death_days |= _days(frame.text(record, "DSSTDY"))
    events = events_frame(ledger.study.records)
    if events is not None:
        frame = events
        fatal = fatal_records(frame)
        for n, (record, subject) in enumerate(zip(frame.dataset.records, frame.subject, strict=True)):
            if subject not in found:
                continue
            days = frozenset(
                x for v in ("AESTDY", "ASTDY", "AEENDY", "AENDY") if v in frame for x in _days(frame.text(record, v))
            )
            related = next((frame.text(record, v) for v in ("AREL", "AEREL", "AERELN") if v in frame), "")
            event = _Event(
                _stems(frame.text(record, "AEDECOD") if "AEDECOD" in frame else ""), days, frame.text(record, "AEOUT") if "AEOUT" in frame else "",
                related, n in fatal, "AESER" in frame and frame.text(record, "AESER") == "Y",
            )  # fmt: skip
            found[subject].events.append(event)
            if event.fatal and subject in dead:
                found[subject].death_days |= days
    for key in dead & set(found):
        found[key].death_days |= _death_day(found[key].subject)
    return found


def _death_day(subject: Subject) -> set[int]:
    """Study day of a date of death, from the first dose; day 1 is the day of it."""
    death, first = subject.dates.get("death", ""), subject.dates.get("first dose", "")
    try:
        gap = (date.fromisoformat(death) - date.fromisoformat(first)).days
    except ValueError:
        return set()
    return {gap + 1 if gap >= 0 else gap}


def _days(text: str) -> set[int]:
    return {int(float(text))} if re.fullmatch(r"-?\d+(?:\.0*)?", text) else set()


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return stems(text)
