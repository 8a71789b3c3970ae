"""What happened to one document: stages, checkpoints, decisions, signatures, retries, model calls. Takes a Session; imports the tables.

Everything is ids, counts and codes; the rows themselves are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from docpipe.model.audit import AuditEvent
from docpipe.model.canonical import Digest
from docpipe.model.timing import StageTiming
from docpipe.store.page_tables import efforts
from docpipe.store.tables import audit_events, llm_calls, stage_timings

_FIELDS = tuple(StageTiming.__slots__)
ROW_EVENTS = ("row.", "finding.", "comment.")
"""Beginnings of the actions on single rows: they are counted, not listed."""


def stages(s: Session, batch: str, document: str) -> list[StageTiming]:
    """The document's passages through stages, in order; a stage tried twice is there twice."""
    query = select(*(stage_timings.c[name] for name in _FIELDS))
    query = query.where(stage_timings.c.batch == batch, stage_timings.c.document == document)
    return [StageTiming(*row) for row in s.execute(query.order_by(stage_timings.c.started, stage_timings.c.id))]


def events(s: Session, batch: str, subjects: list[str], most: int) -> list[AuditEvent]:
    """The latest events about the document or its checkpoints, in order; those on single rows are left out."""
    c = audit_events.c
    query = select(audit_events).where(c.chain == batch, c.subject.in_(subjects))
    for beginning in ROW_EVENTS:
        query = query.where(~c.action.startswith(beginning, autoescape=True))
    rows = s.execute(query.order_by(c.number.desc()).limit(most)).all()
    return [
        AuditEvent(r.chain, r.number, r.at, r.actor, r.action, r.subject, r.old, r.new, r.reason, Digest(r.previous), Digest(r.hash))
        for r in reversed(rows)
    ]  # fmt: skip


def row_events(s: Session, batch: str, document: str) -> list[tuple[str, str, int]]:
    """Actor, action and how often, of what people did to the document's rows."""
    c = audit_events.c
    query = select(c.actor, c.action, func.count()).where(
        c.chain == batch, c.subject.startswith(f"{document}/", autoescape=True)
    )
    query = query.where(or_(*(c.action.startswith(b, autoescape=True) for b in ROW_EVENTS)))
    return [(a, b, int(n)) for a, b, n in s.execute(query.group_by(c.actor, c.action).order_by(c.actor, c.action))]


@dataclass(frozen=True, slots=True)
class CallLine:
    """Model calls of a document that ended alike."""

    state: str
    code: str
    purpose: str
    calls: int
    first: datetime
    last: datetime
    cost: float


def calls(s: Session, batch: str, document: str) -> list[CallLine]:
    """The document's model calls by how they ended."""
    c = llm_calls.c
    groups = (c.state, c.error_code, c.purpose)
    query = select(*groups, func.count(), func.min(c.reserved_at), func.max(c.reserved_at), func.sum(c.cost))
    query = query.where(c.batch == batch, c.document == document)
    return [CallLine(*row) for row in s.execute(query.group_by(*groups).order_by(*groups))]


def active_seconds(s: Session, document: str) -> float:
    """Seconds that people worked on the document's rows at the page."""
    total = s.execute(select(func.sum(efforts.c.active_ms)).where(efforts.c.document == document)).scalar()
    return float(total or 0) / 1000
