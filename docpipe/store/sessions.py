"""Signed-in sessions: a random secret in a cookie, its digest here. Imports accounts, errors and the tables.

Only the digest of the secret is stored, so that a copy of the database lets nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session as Transaction

from docpipe.store.page_tables import sessions


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session. ``ends``: when it ends whatever happens; ``signed``: whether a signature was already given in it (21 CFR 11.200)."""

    id: str
    user: str
    via: str
    created: datetime
    seen: datetime
    ends: datetime
    address: str
    agent: str
    signed: bool
    ended: datetime | None


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _session(row: Row[Any]) -> SignedIn:
    return SignedIn(
        row.id, row.user, row.via, row.created, row.seen, row.ends, row.address, row.agent, row.signed, row.ended
    )


def start(s: Transaction, user: str, at: datetime, hours: float, *, via: str, address: str, agent: str) -> str:
    """Opens a session; returns its secret, which is told once."""
    secret = secrets.token_urlsafe(32)
    s.execute(
        insert(sessions).values(
            id=digest(secret), user=user, via=via, created=at, seen=at, ends=at + timedelta(hours=hours),
            address=address[:100], agent=agent[:200], signed=False, ended=None,
        )
    )  # fmt: skip
    return secret


def find(s: Transaction, secret: str, at: datetime, idle_minutes: float) -> SignedIn | None:
    """The session of a secret, if it has not ended and was used lately."""
    row = s.execute(select(sessions).where(sessions.c.id == digest(secret))).first()
    if row is None or row.ended is not None or row.ends <= at or row.seen + timedelta(minutes=idle_minutes) <= at:
        return None
    return _session(row)


def touch(s: Transaction, session_id: str, at: datetime) -> None:
    """Marks the session as used now."""
    s.execute(update(sessions).where(sessions.c.id == session_id).values(seen=at))


def end(s: Transaction, session_id: str, at: datetime) -> None:
    """Ends a session; one that has ended stays as it was."""
    s.execute(update(sessions).where(sessions.c.id == session_id, sessions.c.ended.is_(None)).values(ended=at))
