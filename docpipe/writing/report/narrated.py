"""Coded words in texts on single subjects: a term, reason or category that the records of this subject do not have. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.checks.reading.ids import id_pattern
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.records import SUBJECT
from docpipe.writing.report.checked import Checked
from docpipe.writing.study import StudyData

_FRAMES = ("AE", "ADAE", "DS", "ADSL", "DM", "MH", "CM")
_QUOTED = re.compile(r"“([^”\d]{4,60})”")
_ONSET = re.compile(
    r"(?:^|[.;]\s+)([A-Z][A-Za-z ,/'-]{3,60}?)(?=(?:\s*\([^()]*\))?\s*(?::\s*onset\b|,?\s+(?:began|started) on\b))"
)
_LEVELS = frozenset(
    ("none", "remote", "unlikely", "possible", "probable", "definite", "certain", "related", "not related")
)
_SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z])")
_GRADES = re.compile(r"\b(mild|moderate|severe)\b", re.IGNORECASE)
_RELATION = re.compile(r"\brelationship\b[^.;]{0,60}?\b(?:as|was|:)\s+([a-z]+(?: related)?)\b", re.IGNORECASE)
_MANY = 400
"""Variables with more different values than this hold no codes."""


def narrated(checked: Checked, study: StudyData) -> Iterator[ReportFinding]:
    """Findings on terms in a text on one subject that only other subjects have in their records."""
    ids = id_pattern(checked.card.subjects)
    if ids is None:
        return
    owned, events = kept(_codes, study)
    everyone = frozenset().union(*owned.values()) if owned else frozenset()
    terms = frozenset().union(*events.values()) if events else frozenset()
    subjects = set(checked.card.subjects)
    told = kept(_attributes, study)
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) or piece.table >= 0:
            continue
        path = checked.report.sections[piece.section].path if piece.section >= 0 else ()
        named = {m[0] for m in ids.finditer(" ".join((*path[-1:], piece.text)))} & subjects
        if len(named) != 1:
            continue
        subject = next(iter(named))
        yield from _attributed(piece, told.get(subject, {}), subject)
        for pattern, mine, known in (
            (_QUOTED, owned.get(subject, set()), everyone),
            (_ONSET, events.get(subject, set()), terms),
        ):
            for m in pattern.finditer(piece.text):
                said = " ".join(m[1].split()).casefold()
                if said in known and mine and said not in mine:
                    yield ReportFinding(
                        "P6.subject-facts", Severity.CRITICAL, f"No record of {subject} has “{m[1]}”.", piece.id, piece.location, m[1], m.start(1), m.end(1)
                    )  # fmt: skip


def _attributed(piece: Piece, told: Mapping[str, Mapping[str, set[str]]], subject: str) -> Iterator[ReportFinding]:
    """Severity and relationship that a sentence tells of the one event it names, against the subject's records of this event."""
    at = 0
    for said in _SENTENCE.split(piece.text):
        start = piece.text.index(said, at)
        at = start + len(said)
        low = said.casefold()
        terms = [t for t in told if t in low]
        terms = [t for t in terms if not any(t != other and t in other for other in terms)]
        if len(terms) != 1 or len(re.findall(re.escape(terms[0]), low)) != 1:
            continue
        behind = low.index(terms[0]) + len(terms[0])
        for pattern, kind in ((_GRADES, "severity"), (_RELATION, "relationship")):
            known = told[terms[0]].get(kind, set())
            words = list(pattern.finditer(said, behind))
            if (
                len(words) == 1
                and known
                and (word := words[0][1].casefold()) not in known
                and _a_level(told, kind, word)
            ):
                expected = " or ".join(sorted(known))
                a, b = start + words[0].start(1), start + words[0].end(1)
                yield ReportFinding(
                    "P6.subject-facts", Severity.CRITICAL, f"The {kind} of this event of {subject} is recorded as {expected}.", piece.id,
                    piece.location, piece.text[a:b], a, b, expected,
                )  # fmt: skip


def _a_level(told: Mapping[str, Mapping[str, set[str]]], kind: str, word: str) -> bool:
    """Grades are words of their own; a relationship counts where some event of the subject has a level of this form."""
    return kind == "severity" or word in _LEVELS or any(word in one.get(kind, set()) for one in told.values())


def _attributes(study: StudyData) -> Mapping[str, Mapping[str, Mapping[str, set[str]]]]:
    """Subject -> term of an event -> severity and relationship -> levels in small letters."""
    found: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for name in ("AE", "ADAE"):
        frame = study.records.frames.get(name)
        if frame is None or SUBJECT not in frame or "AEDECOD" not in frame:
            continue
        columns = [(k, v) for k, v in (("severity", "AESEV"), ("relationship", "AEREL")) if v in frame]
        for record, subject in zip(frame.dataset.records, frame.subject, strict=True):
            term = frame.text(record, "AEDECOD").casefold()
            for kind, variable in columns if term else ():
                if level := frame.text(record, variable).casefold():
                    found[subject][term][kind].add(level)
    return found


def _codes(study: StudyData) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Coded values by subject, and terms of adverse events by subject, in small letters."""
    owned: dict[str, set[str]] = defaultdict(set)
    events: dict[str, set[str]] = defaultdict(set)
    for name, frame in study.records.frames.items():
        if name not in _FRAMES or SUBJECT not in frame:
            continue
        columns = [
            (i, v.name.upper())
            for i, v in enumerate(frame.dataset.variables)
            if v.kind == "text" and not v.name.upper().endswith(("DTC", "ID")) and len(frame.levels(v.name)) <= _MANY
        ]
        for record, subject in zip(frame.dataset.records, frame.subject, strict=True):
            for i, variable in columns:
                said = " ".join(str(record[i] or "").split()).casefold()
                if len(said) > 3:
                    owned[subject].add(said)
                    if name in ("AE", "ADAE") and variable in ("AEDECOD", "AETERM"):
                        events[subject].add(said)
    return owned, events
