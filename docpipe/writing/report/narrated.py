"""Coded words in texts on single subjects: a term, reason or category that the records of this subject do not have. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from docpipe.model.finding import Severity
from docpipe.model.report import PieceKind, ReportFinding
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
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) or piece.table >= 0:
            continue
        path = checked.report.sections[piece.section].path if piece.section >= 0 else ()
        named = {m[0] for m in ids.finditer(" ".join((*path[-1:], piece.text)))} & subjects
        if len(named) != 1:
            continue
        subject = next(iter(named))
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
