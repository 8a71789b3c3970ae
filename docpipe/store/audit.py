"""The audit trail: one hash chain a batch, one of the house, and one over their heads. Imports model, errors and the tables.

An event is written in the transaction of what it tells of. Workers of different batches never wait for each other: a chain is
locked by its own row in ``audit_heads``. The chain ``heads`` is written by ``seal`` alone, at batch events (submission,
checkpoint, signature, release, housekeeping): one event for each chain that has moved on since, with its number and hash. So a
chain cannot be rewritten before its last seal without rewriting ``heads`` too, and the outside copy (``audit_heads.py``) ends that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.model.audit import GENESIS, AuditEvent, event_hash
from docpipe.model.canonical import Digest
from docpipe.store.rows import dialect
from docpipe.store.tables import audit_events, audit_heads
from docpipe.store.types import utc_now

HOUSE = "house"
"""The chain of accounts, assets and settings."""
HEADS = "heads"
"""The chain over the heads of all others."""
SEAL = "seal"


def _locked_head(s: Session, chain: str) -> tuple[int, Digest]:
    """Number and hash of the chain's last event, its row locked until the transaction ends."""
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    first = maker(audit_heads).values(chain=chain, number=0, hash=GENESIS, at=utc_now())
    s.execute(first.on_conflict_do_nothing())
    row = s.execute(
        select(audit_heads.c.number, audit_heads.c.hash).where(audit_heads.c.chain == chain).with_for_update()
    ).one()
    return row.number, Digest(row.hash)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an event tells: to write many in one go."""

    actor: str
    action: str
    subject: str
    old: str = ""
    new: str = ""
    reason: str = ""


def append(
    s: Session,
    chain: str,
    actor: str,
    action: str,
    subject: str,
    old: str = "",
    new: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> AuditEvent:
    """Adds an event to a chain (a batch id or ``HOUSE``) inside the caller's transaction. ``at``: now, unless given."""
    return append_all(s, chain, [Entry(actor, action, subject, old, new, reason)], at)[0]


def append_all(s: Session, chain: str, entries: Sequence[Entry], at: datetime | None = None) -> list[AuditEvent]:
    """Adds events to a chain in order, one behind the other: their numbers have no gap. ``at``: of all of them."""
    if not entries:
        return []
    number, previous = _locked_head(s, chain)
    at = utc_now() if at is None else at.astimezone(UTC)
    added: list[AuditEvent] = []
    for e in entries:
        number += 1
        fresh = event_hash(chain, number, at, e.actor, e.action, e.subject, e.old, e.new, e.reason, previous)
        added.append(
            AuditEvent(chain, number, at, e.actor, e.action, e.subject, e.old, e.new, e.reason, previous, fresh)
        )
        previous = fresh
    s.execute(insert(audit_events), [{name: getattr(e, name) for name in AuditEvent.__slots__} for e in added])
    s.execute(update(audit_heads).where(audit_heads.c.chain == chain).values(number=number, hash=previous, at=at))
    return added


def seal(s: Session, at: datetime | None = None) -> list[AuditEvent]:
    """Writes the heads of all chains that moved on since the last seal into ``HEADS``; takes no other chain's lock.

    Call it last in a transaction, at batch events: it holds the one lock that all batches share.
    """
    sealed: dict[str, str] = {}
    last = select(func.max(audit_events.c.number)).where(audit_events.c.chain == HEADS).group_by(audit_events.c.subject)
    _locked_head(s, HEADS)
    for row in s.execute(
        select(audit_events.c.subject, audit_events.c.new).where(
            audit_events.c.chain == HEADS, audit_events.c.number.in_(last)
        )
    ):
        sealed[row.subject] = row.new
    events = []
    heads = select(audit_heads).where(audit_heads.c.chain != HEADS, audit_heads.c.number > 0)
    for head in s.execute(heads.order_by(audit_heads.c.chain)).all():
        now = f"{head.number}:{head.hash}"
        if sealed.get(head.chain) != now:
            events.append(append(s, HEADS, "docpipe", SEAL, head.chain, sealed.get(head.chain, ""), now, at=at))
    return events


def event_of(row: Row[Any]) -> AuditEvent:
    """The event of a row of the table."""
    return AuditEvent(
        row.chain, row.number, row.at, row.actor, row.action, row.subject, row.old, row.new, row.reason,
        Digest(row.previous), Digest(row.hash),
    )  # fmt: skip


def events(s: Session, chain: str) -> Iterator[AuditEvent]:
    """The chain's events in order."""
    query = select(audit_events).where(audit_events.c.chain == chain).order_by(audit_events.c.number)
    for row in s.execute(query.execution_options(yield_per=1000)):
        yield event_of(row)


def between(s: Session, chain: str, first: int, last: int) -> list[AuditEvent]:
    """The chain's events with these numbers, both ends included, in order."""
    query = select(audit_events).where(audit_events.c.chain == chain, audit_events.c.number.between(first, last))
    return [event_of(row) for row in s.execute(query.order_by(audit_events.c.number))]


def head(s: Session, chain: str) -> str:
    """Hash of the chain's last event; "" where it has none."""
    return str(s.execute(select(audit_heads.c.hash).where(audit_heads.c.chain == chain)).scalar() or "")


def export(s: Session, chain: str) -> Iterator[dict[str, object]]:
    """The chain's events as JSON types, every field with its own name, times in ISO 8601 UTC."""
    for event in events(s, chain):
        fields: dict[str, object] = {name: getattr(event, name) for name in AuditEvent.__slots__}
        yield {**fields, "at": event.at.isoformat()}


def chains(s: Session) -> list[str]:
    """Every chain that has a head or an event."""
    heads = s.execute(select(audit_heads.c.chain)).scalars()
    return sorted({*heads, *s.execute(select(audit_events.c.chain).distinct()).scalars()})
