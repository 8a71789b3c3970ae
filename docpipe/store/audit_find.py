"""Looking things up in the audit trail: filters, pages, one event, what there is to filter by. Imports model, errors and the tables.

Reading only: events are written in ``audit.py``, in the transaction of what they tell of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from docpipe.model.audit import AuditEvent
from docpipe.store.audit import event_of
from docpipe.store.rows import found
from docpipe.store.tables import audit_events, audit_heads

_c = audit_events.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events. Empty fields do not choose. ``subject``: its beginning; ``action``: whole, or ending with a dot its family.

    ``since`` is included, ``until`` is not.
    """

    chain: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.chain:
        chosen.append(_c.chain == wanted.chain)
    if wanted.actor:
        chosen.append(_c.actor == wanted.actor)
    if wanted.action:
        family = wanted.action.endswith(".")
        chosen.append(_c.action.startswith(wanted.action, autoescape=True) if family else _c.action == wanted.action)
    if wanted.subject:
        chosen.append(_c.subject.startswith(wanted.subject, autoescape=True))
    if wanted.since:
        chosen.append(_c.at >= wanted.since)
    if wanted.until:
        chosen.append(_c.at < wanted.until)
    return chosen


def page(s: Session, wanted: Wanted, number: int, per: int) -> tuple[list[AuditEvent], int]:
    """A page of events, the newest first, and how many there are in all. ``number`` counts from 1."""
    where = _where(wanted)
    total = s.execute(select(func.count()).select_from(audit_events).where(*where)).scalar_one()
    query: Select[Any] = select(audit_events).where(*where)
    query = query.order_by(_c.at.desc(), _c.chain, _c.number.desc()).limit(per).offset((number - 1) * per)
    return [event_of(row) for row in s.execute(query)], int(total)


def after(s: Session, wanted: Wanted, chain: str, number: int, most: int) -> list[AuditEvent]:
    """The next events in the order of chains and numbers, behind an event: for exports that read piece by piece."""
    behind = or_(_c.chain > chain, and_(_c.chain == chain, _c.number > number))
    query = select(audit_events).where(*_where(wanted), behind).order_by(_c.chain, _c.number).limit(most)
    return [event_of(row) for row in s.execute(query)]


def one(s: Session, chain: str, number: int) -> AuditEvent:
    """One event. Raises ``UnknownName``."""
    row = s.execute(select(audit_events).where(_c.chain == chain, _c.number == number)).first()
    return event_of(found(row, "event", f"{chain} {number}"))


def choices(s: Session, most: int = 500) -> dict[str, list[str]]:
    """Values to filter by: chains (the one written to last first), actors, actions."""
    chains = select(audit_heads.c.chain).where(audit_heads.c.number > 0).order_by(audit_heads.c.at.desc()).limit(most)
    distinct: Iterator[tuple[str, Any]] = iter((("actors", _c.actor), ("actions", _c.action)))
    return {
        "chains": list(s.execute(chains).scalars()),
        **{name: list(s.execute(select(col).distinct().order_by(col).limit(most)).scalars()) for name, col in distinct},
    }
