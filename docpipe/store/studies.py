"""Studies as they were read for a batch, and what disagrees among their sources. Imports model, errors and the tables.

A study is read once a batch: what came of it lies in blobs, by name. A finding keeps its disposition while it says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Disposition, Severity
from docpipe.store.draft_tables import studies, study_findings
from docpipe.store.rows import found


@dataclass(frozen=True, slots=True)
class StudyRead:
    """A batch's study. ``version``: digest over its files; ``blobs``: facts, card, evidence, displays, sources by name."""

    batch: str
    study: str
    version: str
    blobs: Mapping[str, Digest]
    made: datetime


@dataclass(frozen=True, slots=True)
class StudyFinding:
    """What is wrong with the sources. ``stage``: the early checkpoint that it belongs to; ``expected``: what the other side says."""

    stage: str
    check: str
    severity: Severity
    message: str
    path: str = ""
    locator: str = ""
    expected: str = ""
    disposition: Disposition = Disposition.OPEN
    user: str = ""
    reason: str = ""
    at: datetime | None = None

    @property
    def id(self) -> str:
        """Stable as long as the finding says the same of the same place."""
        return "N" + digest_of([self.check, self.message, self.path, self.locator])[:11]

    @property
    def blocking(self) -> bool:
        """Whether it stands in the way: critical and open."""
        return self.severity is Severity.CRITICAL and self.disposition is Disposition.OPEN


def put(s: Session, read: StudyRead, several: Sequence[StudyFinding]) -> None:
    """Writes a batch's study and its findings; those that were decided upon before and say the same stay so."""
    kept = {f.id: f for f in findings(s, read.batch) if f.disposition is not Disposition.OPEN}
    s.execute(delete(study_findings).where(study_findings.c.batch == read.batch))
    s.execute(delete(studies).where(studies.c.batch == read.batch))
    s.execute(
        insert(studies).values(
            batch=read.batch, study=read.study, version=read.version, blobs=dict(read.blobs), made=read.made
        )
    )
    rows: dict[str, dict[str, Any]] = {}
    for position, f in enumerate(several):
        was = kept.get(f.id, f)
        rows.setdefault(
            f.id,
            {
                "batch": read.batch, "id": f.id, "position": position, "stage": f.stage, "check": f.check,
                "severity": f.severity.value, "message": f.message, "path": f.path, "locator": f.locator,
                "expected": f.expected, "disposition": was.disposition.value, "user": was.user, "reason": was.reason,
                "at": was.at,
            },
        )  # fmt: skip
    if rows:
        s.execute(insert(study_findings), list(rows.values()))


def get(s: Session, batch_id: str) -> StudyRead | None:
    """A batch's study; None before it was read."""
    row = s.execute(select(studies).where(studies.c.batch == batch_id)).first()
    if row is None:
        return None
    blobs = {str(name): Digest(str(digest)) for name, digest in row.blobs.items()}
    return StudyRead(row.batch, row.study, row.version, blobs, row.made)


def findings(s: Session, batch_id: str) -> list[StudyFinding]:
    """The findings on a batch's sources, in order."""
    query = select(study_findings).where(study_findings.c.batch == batch_id).order_by(study_findings.c.position)
    return [
        StudyFinding(
            r.stage, r.check, Severity(r.severity), r.message, r.path, r.locator, r.expected, Disposition(r.disposition),
            r.user, r.reason, r.at,
        )
        for r in s.execute(query)
    ]  # fmt: skip


def dispose(
    s: Session, batch_id: str, finding_id: str, disposition: Disposition, user: str, reason: str, at: datetime
) -> StudyFinding:
    """Sets what became of a finding. Raises ``UnknownName``."""
    where = (study_findings.c.batch == batch_id, study_findings.c.id == finding_id)
    found(s.execute(select(study_findings.c.id).where(*where)).first(), "finding", finding_id)
    s.execute(
        update(study_findings).where(*where).values(disposition=disposition.value, user=user, reason=reason, at=at)
    )
    return next(f for f in findings(s, batch_id) if f.id == finding_id)


def open_critical(s: Session, batch_id: str, stage: str = "") -> int:
    """How many critical findings on the sources are open; of one early checkpoint or of all."""
    query = select(func.count()).where(
        study_findings.c.batch == batch_id,
        study_findings.c.severity == Severity.CRITICAL.value,
        study_findings.c.disposition == Disposition.OPEN.value,
    )
    if stage:
        query = query.where(study_findings.c.stage == stage)
    return int(s.execute(query).scalar_one())
