"""What operators ask of the whole installation, each question one aggregate. Takes a Session; imports the tables.

Nothing here loads a document's rows: an installation of 11,000 documents and 200,000 rows answers in well under a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from docpipe.model.batch import CheckpointState, State
from docpipe.store.audit import HEADS, HOUSE
from docpipe.store.leases import database_time
from docpipe.store.rows import dialect
from docpipe.store.tables import audit_events, audit_heads, batches, checkpoints, documents, leases, llm_calls

LIVE = (State.ADMITTED.value, State.RUNNING.value, State.WAITING.value, State.RELEASING.value, State.FAILED.value)
"""States in which something still happens or must be done."""
VERIFIED = "audit.verified"
_WAITING = (CheckpointState.OPEN.value, CheckpointState.SENT_BACK.value)


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with its documents counted. ``spent``: what it has cost or may yet have cost, in its recipe's currency."""

    id: str
    name: str
    state: str
    created: datetime
    submitter: str
    recipe: dict[str, Any]
    documents: dict[str, int]
    pages: int
    spent: float


@dataclass(frozen=True, slots=True)
class Stuck:
    """A document that was refused or failed, or waits at a checkpoint (``since``)."""

    document: str
    batch: str
    batch_name: str
    path: str
    state: str
    stage: str
    code: str
    message: str
    sha256: str
    size: int
    submitter: str
    since: datetime


def document_counts(s: Session) -> list[tuple[str, str, str, int, int]]:
    """Batch, state, stage, documents and pages."""
    c = documents.c
    query = select(c.batch, c.state, c.stage, func.count(), func.sum(c.pages)).group_by(c.batch, c.state, c.stage)
    return [(r[0], r[1], r[2], int(r[3]), int(r[4])) for r in s.execute(query)]


def batch_lines(s: Session, counts: Sequence[tuple[str, str, str, int, int]], most: int) -> list[BatchLine]:
    """Every live batch and the newest of the others, newest first, at most so many."""
    c = batches.c
    live = case((c.state.in_(LIVE), 0), else_=1)
    rows = s.execute(select(batches).order_by(live, c.created.desc(), c.id).limit(most)).all()
    spent = _spent(s, [row.id for row in rows])
    by_batch: dict[str, tuple[dict[str, int], int]] = {}
    for batch, state, _, n, pages in counts:
        states, before = by_batch.get(batch, ({}, 0))
        by_batch[batch] = ({**states, state: states.get(state, 0) + n}, before + pages)
    made = [
        BatchLine(
            r.id, r.name, r.state, r.created, r.submitter, r.recipe, *by_batch.get(r.id, ({}, 0)), spent.get(r.id, 0.0)
        )
        for r in rows
    ]
    return sorted(made, key=lambda line: (line.created, line.id), reverse=True)


def _spent(s: Session, ids: Sequence[str]) -> dict[str, float]:
    c = llm_calls.c
    share = case((c.state == "received", c.cost), else_=c.estimate_cost)
    query = select(c.batch, func.sum(share)).where(c.batch.in_(ids), c.state != "failed").group_by(c.batch)
    return {batch: float(cost) for batch, cost in s.execute(query)}


def batches_by_state(s: Session) -> dict[str, int]:
    """How many batches stand at each state."""
    query = select(batches.c.state, func.count()).group_by(batches.c.state)
    return {state: int(n) for state, n in s.execute(query)}


_DOCUMENT = (
    documents.c.id.label("document"), documents.c.batch, batches.c.name, documents.c.path, documents.c.state, documents.c.stage,
    documents.c.error_code, documents.c.error_message, documents.c.sha256, documents.c.size, batches.c.submitter,
)  # fmt: skip


def _stuck(s: Session, query: Any) -> list[Stuck]:
    return [Stuck(*row) for row in s.execute(query)]


def ended_badly(s: Session, state: State, most: int, batch: str | None = None) -> list[Stuck]:
    """Documents that failed or were refused, of the newest batches first. ``since``: submission of their batch."""
    query = select(*_DOCUMENT, batches.c.created).join(batches, batches.c.id == documents.c.batch)
    query = query.where(documents.c.state == state.value)
    if batch is not None:
        query = query.where(documents.c.batch == batch)
    return _stuck(s, query.order_by(batches.c.created.desc(), documents.c.path, documents.c.id).limit(most))


def error_counts(s: Session) -> list[tuple[str, str, int]]:
    """State (failed, refused), error code and documents, most first."""
    c = documents.c
    number = func.count().label("n")
    query = select(c.state, c.error_code, number).where(c.state.in_([State.FAILED.value, State.REFUSED.value]))
    rows = s.execute(query.group_by(c.state, c.error_code).order_by(number.desc(), c.error_code))
    return [(r[0], r[1], int(r[2])) for r in rows]


def longest_waiting(s: Session, most: int) -> tuple[int, list[Stuck]]:
    """How many checkpoints wait for people, and the oldest of them. ``since``: when the checkpoint was opened."""
    waiting = and_(checkpoints.c.state.in_(_WAITING), documents.c.state == State.WAITING.value)
    joined = documents.join(batches, batches.c.id == documents.c.batch)
    joined = joined.join(checkpoints, checkpoints.c.document == documents.c.id)
    total = s.execute(select(func.count()).select_from(joined).where(waiting)).scalar_one()
    query = select(*_DOCUMENT, checkpoints.c.opened).select_from(joined).where(waiting)
    return int(total), _stuck(s, query.order_by(checkpoints.c.opened, checkpoints.c.id).limit(most))


@dataclass(frozen=True, slots=True)
class Calls:
    """Model calls that ended in a window. ``seconds``: mean latency of received ones."""

    received: int
    failed: int
    unknown: int
    seconds: float
    cost: float
    codes: dict[str, int]

    @property
    def ended(self) -> int:
        """All that ended."""
        return self.received + self.failed + self.unknown


def calls_since(s: Session, since: datetime) -> Calls:
    """Model calls that ended since a time, with the codes of those that did not end well."""
    c = llm_calls.c
    query = select(c.state, c.error_code, func.count(), func.avg(c.latency), func.sum(c.cost)).where(
        c.ended_at >= since
    )
    by_state: dict[str, int] = {}
    codes: dict[str, int] = {}
    weighed = cost = 0.0
    for state, code, n, latency, money in s.execute(query.group_by(c.state, c.error_code)):
        by_state[state] = by_state.get(state, 0) + int(n)
        cost += float(money or 0.0)
        if state == "received":
            weighed += float(latency or 0.0) * int(n)
        elif code:
            codes[code] = codes.get(code, 0) + int(n)
    received = by_state.get("received", 0)
    mean = weighed / received if received else 0.0
    return Calls(received, by_state.get("failed", 0), by_state.get("unknown", 0), mean, cost, codes)


def call_counts(s: Session) -> list[tuple[str, str, str, int, int, int, int, float]]:
    """Provider, model, state, calls, input, cached and output tokens and cost, since the installation began."""
    c = llm_calls.c
    sums = [func.sum(x) for x in (c.input_tokens, c.cached_tokens, c.output_tokens, c.cost)]
    query = select(c.provider, c.model, c.state, func.count(), *sums).group_by(c.provider, c.model, c.state)
    return [(r[0], r[1], r[2], int(r[3]), int(r[4]), int(r[5]), int(r[6]), float(r[7])) for r in s.execute(query)]


def call_failures(s: Session) -> list[tuple[str, int]]:
    """Error code and calls, since the installation began."""
    c = llm_calls.c
    query = select(c.error_code, func.count()).where(c.error_code != "").group_by(c.error_code).order_by(c.error_code)
    return [(code, int(n)) for code, n in s.execute(query)]


def held_leases(s: Session) -> list[tuple[str, str, datetime]]:
    """Name, owner and end of every lease that is held now, by the database's clock."""
    query = select(leases.c.name, leases.c.owner, leases.c.until)
    held = query.where(leases.c.owner != "", leases.c.until > database_time(s)).order_by(leases.c.name)
    return [(r.name, r.owner, r.until) for r in s.execute(held)]


def last_workers(s: Session, most: int) -> list[tuple[str, int, datetime]]:
    """Processes that made the latest model calls: owner, calls, last time."""
    c = llm_calls.c
    last = func.max(c.reserved_at)
    query = select(c.owner, func.count(), last).group_by(c.owner).order_by(last.desc()).limit(most)
    return [(r[0], int(r[1]), _aware(r[2])) for r in s.execute(query)]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The database's clock, and the newest time in the audit trail (None: it is empty)."""

    database: datetime
    newest_event: datetime | None


def clocks(s: Session) -> Clocks:
    """What the clocks say, to be compared with the process's own."""
    return Clocks(database_time(s), _maybe_aware(s.execute(select(func.max(audit_heads.c.at))).scalar()))


@dataclass(frozen=True, slots=True)
class Verification:
    """The last verification of the audit trail that was written down. ``result``: as in its event."""

    at: datetime
    by: str
    result: str


def last_verification(s: Session) -> Verification | None:
    """When the whole audit trail was last verified, by whom and with what result."""
    c = audit_events.c
    query = select(c.at, c.actor, c.new).where(c.chain == HOUSE, c.action == VERIFIED, c.subject == "all")
    row = s.execute(query.order_by(c.number.desc()).limit(1)).first()
    return None if row is None else Verification(row.at, row.actor, row.new)


def event_count(s: Session) -> int:
    """Events of the audit trail, by its heads."""
    query = select(func.sum(audit_heads.c.number)).where(audit_heads.c.chain != HEADS)
    return int(s.execute(query).scalar() or 0)


def waiting_for_locks(s: Session) -> int | None:
    """Sessions of this database that wait for a lock now; None where the database does not tell (SQLite)."""
    if dialect(s) != "postgresql":
        return None
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return int(s.connection().exec_driver_sql(query).scalar_one())


def _maybe_aware(value: Any) -> datetime | None:
    return None if value is None else _aware(value)


def _aware(value: Any) -> datetime:
    """A time as an aggregate gives it: with the column's type, or as SQLite's text."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
