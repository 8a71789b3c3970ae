"""Early checkpoints of a drafting batch: sources, tables, plan. Imports model, errors and the tables.

What was decided, by whom and why is in the row; every decision ever made is in the audit trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import UnknownName
from docpipe.model.canonical import Digest
from docpipe.store.draft_tables import gates

OPEN, APPROVED, SENT_BACK = "open", "approved", "sent-back"


@dataclass(frozen=True, slots=True)
class EarlyGate:
    """An early checkpoint. ``digest``: over what is approved there. ``user``, ``reason``, ``at``: of the last decision."""

    batch: str
    stage: str
    digest: Digest
    state: str
    opened: datetime
    user: str = ""
    reason: str = ""
    at: datetime | None = None


def open(s: Session, gate: EarlyGate) -> bool:
    """Opens a checkpoint, or opens it again where what it approves is another by now; whether anything changed."""
    where = (gates.c.batch == gate.batch, gates.c.stage == gate.stage)
    row = s.execute(select(gates.c.digest).where(*where)).first()
    values = {"digest": gate.digest, "state": OPEN, "opened": gate.opened, "user": "", "reason": "", "at": None}
    if row is None:
        s.execute(insert(gates).values(batch=gate.batch, stage=gate.stage, **values))
        return True
    if row.digest == gate.digest:
        return False
    s.execute(update(gates).where(*where).values(values))
    return True


def of_batch(s: Session, batch_id: str) -> list[EarlyGate]:
    """A batch's early checkpoints, in the order in which they were opened."""
    rows = s.execute(select(gates).where(gates.c.batch == batch_id).order_by(gates.c.opened, gates.c.stage))
    return [EarlyGate(r.batch, r.stage, Digest(r.digest), r.state, r.opened, r.user, r.reason, r.at) for r in rows]


def open_everywhere(s: Session, stage: str = "") -> list[EarlyGate]:
    """Every open checkpoint of all batches, the longest open first; of one stage or of all."""
    query = select(gates).where(gates.c.state == OPEN).order_by(gates.c.opened, gates.c.batch)
    if stage:
        query = query.where(gates.c.stage == stage)
    return [
        EarlyGate(r.batch, r.stage, Digest(r.digest), r.state, r.opened, r.user, r.reason, r.at)
        for r in s.execute(query)
    ]


def get(s: Session, batch_id: str, stage: str) -> EarlyGate:
    """One early checkpoint. Raises ``UnknownName``."""
    several = [g for g in of_batch(s, batch_id) if g.stage == stage]
    if not several:
        raise UnknownName(f"There is no checkpoint {stage[:40]} in this batch.", name=stage[:200])
    return several[0]


def decide(s: Session, batch_id: str, stage: str, state: str, user: str, reason: str, at: datetime) -> EarlyGate:
    """Sets the state of a checkpoint. Raises ``UnknownName``."""
    get(s, batch_id, stage)
    where = (gates.c.batch == batch_id, gates.c.stage == stage)
    s.execute(update(gates).where(*where).values(state=state, user=user, reason=reason, at=at))
    return get(s, batch_id, stage)
