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

from docpipe.store import audit
from docpipe.store.page_tables import sessions

SHOWN = 12
"""Digits of a session's id in the audit trail."""


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
    return _open(s, user, at, at + timedelta(hours=hours), via, address, agent)


def _open(s: Transaction, user: str, at: datetime, ends: datetime, via: str, address: str, agent: str) -> str:
    secret = secrets.token_urlsafe(32)
    fresh = digest(secret)
    s.execute(
        insert(sessions).values(
            id=fresh, user=user, via=via, created=at, seen=at, ends=ends, address=address[:100], agent=agent[:200],
            signed=False, ended=None,
        )
    )  # fmt: skip
    audit.append(
        s, audit.HOUSE, user, "session.started", user, new=fresh[:SHOWN], reason=f"{via} {address[:100]}", at=at
    )
    return secret


def renew(s: Transaction, session: SignedIn, at: datetime) -> str:
    """Ends a session and opens its successor, which ends when the first one would have; returns the new secret."""
    end(s, session.id, at, session.user, "renewed")
    return _open(s, session.user, at, session.ends, session.via, session.address, session.agent)


def of_secret(s: Transaction, secret: str) -> SignedIn | None:
    """The session of a secret, ended or not."""
    row = s.execute(select(sessions).where(sessions.c.id == digest(secret))).first()
    return None if row is None else _session(row)


def expired(session: SignedIn, at: datetime, idle_minutes: float) -> str:
    """Why an open session holds no longer: ``age`` or ``idle``; "" while it holds."""
    if session.ends <= at:
        return "age"
    return "idle" if session.seen + timedelta(minutes=idle_minutes) <= at else ""


def find(s: Transaction, secret: str, at: datetime, idle_minutes: float) -> SignedIn | None:
    """The session of a secret, if it has not ended and was used lately."""
    found = of_secret(s, secret)
    return None if found is None or found.ended or expired(found, at, idle_minutes) else found


def of_user(s: Transaction, user: str, at: datetime, idle_minutes: float) -> list[SignedIn]:
    """The sessions of an account that hold, the newest first."""
    query = select(sessions).where(sessions.c.user == user, sessions.c.ended.is_(None))
    found = [_session(row) for row in s.execute(query.order_by(sessions.c.created.desc(), sessions.c.id))]
    return [one for one in found if not expired(one, at, idle_minutes)]


def touch(s: Transaction, session_id: str, at: datetime) -> None:
    """Marks the session as used now."""
    s.execute(update(sessions).where(sessions.c.id == session_id).values(seen=at))


def mark_signed(s: Transaction, session_id: str) -> None:
    """From now on the password alone suffices to sign in this session (21 CFR 11.200(a)(1)(i))."""
    s.execute(update(sessions).where(sessions.c.id == session_id).values(signed=True))


def end(s: Transaction, session_id: str, at: datetime, actor: str, reason: str) -> bool:
    """Ends a session and writes why; False for one that has ended (it stays as it was) or never was."""
    ending = update(sessions).where(sessions.c.id == session_id, sessions.c.ended.is_(None)).values(ended=at)
    user = s.execute(ending.returning(sessions.c.user)).scalar()
    if user is None:
        return False
    audit.append(s, audit.HOUSE, actor, "session.ended", user, old=session_id[:SHOWN], reason=reason, at=at)
    return True


def end_all(s: Transaction, user: str, at: datetime, actor: str, reason: str, *, but: str = "") -> int:
    """Ends every session of an account, except the one with the id ``but``; how many there were."""
    mine = select(sessions.c.id).where(sessions.c.user == user, sessions.c.ended.is_(None), sessions.c.id != but)
    return sum(end(s, found, at, actor, reason) for found in list(s.execute(mine).scalars()))
