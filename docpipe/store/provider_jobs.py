"""Overnight jobs at a provider and the calls in them. Imports model, errors, tables.

A job is ``planned`` (its calls are reserved), ``submitted`` (the provider has it, or may have it) and at last ``ended``. Its calls are
held in its own name, which no process's death gives up, for longer than the provider may take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.model.chunk import SpendKey
from docpipe.store.engine_tables import provider_job_calls, provider_jobs
from docpipe.store.rows import found
from docpipe.store.tables import llm_calls
from docpipe.store.types import utc_now

__all__ = [
    "HOLD", "Job", "add", "awaiting", "batches_of_ended", "counts", "ended", "get", "hold", "of_batch", "open_calls", "polled", "submitted",
]  # fmt: skip

HOLD = timedelta(hours=50)
"""How long a job's calls are held: the provider's day, a day for whoever must fetch the answers, and some hours."""
_STEP = 500


@dataclass(frozen=True, slots=True)
class Job:
    """``remote``: the provider's id of it. ``answered``: as last told. ``error_code``: why it ended without all its answers."""

    id: str
    batch: str
    provider: str
    model: str
    remote: str
    state: str
    requests: int
    answered: int
    error_code: str
    made: datetime
    polled: datetime | None
    ended: datetime | None


def add(s: Session, job: str, batch: str, provider: str, model: str) -> None:
    """A planned job without calls."""
    s.execute(
        insert(provider_jobs).values(
            id=job, batch=batch, provider=provider, model=model, remote="", state="planned", requests=0, answered=0,
            error_code="", made=utc_now(), polled=None, ended=None,
        )
    )  # fmt: skip


def hold(s: Session, job: str, calls: Sequence[str]) -> None:
    """Puts reserved calls into a planned job, which owns them from now on."""
    until = utc_now() + HOLD
    for start in range(0, len(calls), _STEP):
        some = calls[start : start + _STEP]
        s.execute(update(llm_calls).where(llm_calls.c.id.in_(some)).values(owner=f"job:{job}", lease_until=until))
        s.execute(insert(provider_job_calls), [{"job": job, "call": call} for call in some])
    s.execute(
        update(provider_jobs).where(provider_jobs.c.id == job).values(requests=provider_jobs.c.requests + len(calls))
    )


def submitted(s: Session, job: str, remote: str) -> None:
    """The job is on its way (``remote`` ""), or the provider has it: from now on its calls may be paid for."""
    now = utc_now()
    mine = select(provider_job_calls.c.call).where(provider_job_calls.c.job == job)
    s.execute(
        update(llm_calls)
        .where(llm_calls.c.id.in_(mine), llm_calls.c.state == "reserved")
        .values(state="sent", sent_at=now, lease_until=now + HOLD)
    )
    s.execute(update(provider_jobs).where(provider_jobs.c.id == job).values(state="submitted", remote=remote))


def polled(s: Session, job: str, answered: int) -> None:
    """How far it is, as the provider tells."""
    s.execute(update(provider_jobs).where(provider_jobs.c.id == job).values(answered=answered, polled=utc_now()))


def ended(s: Session, job: str, answered: int, error_code: str = "") -> None:
    """Nothing more comes of it."""
    now = utc_now()
    s.execute(
        update(provider_jobs)
        .where(provider_jobs.c.id == job)
        .values(state="ended", answered=answered, error_code=error_code, polled=now, ended=now)
    )


def get(s: Session, job: str) -> Job:
    """Raises ``UnknownName``."""
    return _job(found(s.execute(select(provider_jobs).where(provider_jobs.c.id == job)).first(), "job", job))


def of_batch(s: Session, batch: str) -> list[Job]:
    """The batch's jobs in the order in which they were planned."""
    query = select(provider_jobs).where(provider_jobs.c.batch == batch)
    return [_job(row) for row in s.execute(query.order_by(provider_jobs.c.made, provider_jobs.c.id))]


def awaiting(s: Session) -> list[str]:
    """Batches with a job that has not ended."""
    query = select(provider_jobs.c.batch).where(provider_jobs.c.state != "ended")
    return sorted(s.execute(query.distinct()).scalars())


def batches_of_ended(s: Session) -> list[str]:
    """Batches whose jobs have all ended."""
    c = provider_jobs.c
    open_ones = select(c.batch).where(c.state != "ended")
    return sorted(s.execute(select(c.batch).where(c.batch.not_in(open_ones)).distinct()).scalars())


def open_calls(s: Session, job: str) -> dict[SpendKey, tuple[str, str]]:
    """Call and document by spend key, of the job's calls that are reserved or sent."""
    query = (
        select(llm_calls.c.spend_key, llm_calls.c.id, llm_calls.c.document)
        .join(provider_job_calls, provider_job_calls.c.call == llm_calls.c.id)
        .where(provider_job_calls.c.job == job, llm_calls.c.state.in_(("reserved", "sent")))
    )
    return {SpendKey(row.spend_key): (str(row.id), str(row.document)) for row in s.execute(query)}


def counts(s: Session, batch: str) -> Mapping[str, int]:
    """Requests of the batch's jobs by the state of their calls."""
    query = (
        select(llm_calls.c.state, func.count())
        .join(provider_job_calls, provider_job_calls.c.call == llm_calls.c.id)
        .join(provider_jobs, provider_jobs.c.id == provider_job_calls.c.job)
        .where(provider_jobs.c.batch == batch)
        .group_by(llm_calls.c.state)
    )
    return {str(state): int(n) for state, n in s.execute(query)}


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(**{name: getattr(row, name) for name in Job.__slots__})
