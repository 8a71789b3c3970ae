"""Leases with fencing numbers: one worker at a time, and a late one finds out before it publishes. Imports errors and the tables.

Time is the database's where it has a clock of its own, so that the machines' clocks need not agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.errors import LeaseLost
from docpipe.store.connection import WRITES
from docpipe.store.process import is_gone
from docpipe.store.rows import dialect
from docpipe.store.tables import leases
from docpipe.store.types import utc_now


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on ``name``. ``fence`` rises with each holder: whoever has the highest is the holder."""

    name: str
    owner: str
    fence: int
    until: datetime


def database_time(s: Session) -> datetime:
    """The database's clock; on SQLite the machine's, which is the same."""
    if dialect(s) == "postgresql":
        now: datetime = s.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    return utc_now()


def acquire(s: Session, name: str, owner: str, seconds: float) -> Lease | None:
    """The lease, or None while somebody else holds it. A dead holder's is taken over when its time is up.

    At once where ``owner`` is a ``process.owner_id`` and that process is gone from this machine.
    """
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    free = datetime(1970, 1, 1, tzinfo=UTC)
    s.execute(maker(leases).values(name=name, owner="", fence=0, until=free).on_conflict_do_nothing())
    row = s.execute(select(leases).where(leases.c.name == name).with_for_update()).one()
    now = database_time(s)
    if row.owner and row.until > now and not is_gone(row.owner):
        return None
    lease = Lease(name, owner, row.fence + 1, now + timedelta(seconds=seconds))
    s.execute(update(leases).where(leases.c.name == name).values(owner=owner, fence=lease.fence, until=lease.until))
    return lease


def check(s: Session, lease: Lease) -> None:
    """Raises ``LeaseLost`` if somebody else took the lease over. In the transaction that publishes, nobody can meanwhile."""
    query = select(leases.c.owner, leases.c.fence).where(leases.c.name == lease.name)
    if s.connection().get_execution_options().get(WRITES):
        query = query.with_for_update()
    row = s.execute(query).first()
    if row is None or row.fence != lease.fence or row.owner != lease.owner:
        raise LeaseLost("Another worker took this work over.", lease=lease.name)


def renew(s: Session, lease: Lease, seconds: float) -> Lease:
    """Holds the lease for ``seconds`` from now. Raises ``LeaseLost``."""
    check(s, lease)
    until = database_time(s) + timedelta(seconds=seconds)
    s.execute(update(leases).where(leases.c.name == lease.name).values(until=until))
    return replace(lease, until=until)


def release(s: Session, lease: Lease) -> None:
    """Gives the lease back; nothing happens if it was lost. The row stays, for the fencing number must only rise."""
    s.execute(
        update(leases)
        .where(leases.c.name == lease.name, leases.c.fence == lease.fence, leases.c.owner == lease.owner)
        .values(owner="")
    )
