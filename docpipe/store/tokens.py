"""Personal API tokens: told once, their SHA-256 kept, made and revoked under audit. Imports accounts, errors and the tables.

A token has 256 random bits, so that a plain digest is enough and looking it up needs no throttling.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.store import audit
from docpipe.store.rows import found
from docpipe.store.sessions import digest
from docpipe.store.tables import tokens

PREFIX = "dp_"
"""So that people and scanners of repositories know one when they see it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A personal token. ``read_only``: it changes nothing. ``expires``: None for never."""

    id: str
    user: str
    label: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None
    read_only: bool

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and (self.expires is None or at < self.expires)


def _token(row: Row[Any]) -> Token:
    return Token(row.id, row.user, row.label, row.created, row.expires, row.revoked, row.last_used, row.read_only)


def make(
    s: Session, user: str, label: str, at: datetime, *, expires: datetime | None, read_only: bool
) -> tuple[Token, str]:
    """A new token and its secret, which is told once."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token("T" + secrets.token_hex(6), user, label, at, expires, None, None, read_only)
    s.execute(
        insert(tokens).values(
            id=token.id, user=user, label=label, hash=digest(secret), created=at, expires=expires, revoked=None,
            last_used=None, read_only=read_only,
        )
    )  # fmt: skip
    until = f"until {expires:%Y-%m-%d}" if expires else "no end"
    kind = "read" if read_only else "read and write"
    audit.append(s, audit.HOUSE, user, "token.made", token.id, new=f"{label}; {kind}; {until}", at=at)
    return token, secret


def find(s: Session, secret: str) -> Token | None:
    """The token of a secret, whether it holds or not."""
    row = s.execute(select(tokens).where(tokens.c.hash == digest(secret))).first()
    return None if row is None else _token(row)


def get(s: Session, token_id: str) -> Token:
    """The token. Raises ``UnknownName``."""
    return _token(found(s.execute(select(tokens).where(tokens.c.id == token_id)).first(), "token", token_id))


def of_user(s: Session, user: str) -> list[Token]:
    """An account's tokens, revoked ones too, the newest first."""
    query = select(tokens).where(tokens.c.user == user).order_by(tokens.c.created.desc(), tokens.c.id)
    return [_token(row) for row in s.execute(query)]


def used(s: Session, token_id: str, at: datetime) -> None:
    """Notes the last use."""
    s.execute(update(tokens).where(tokens.c.id == token_id).values(last_used=at))


def revoke(s: Session, token_id: str, at: datetime, actor: str, reason: str = "") -> bool:
    """Ends a token for good; False where it was revoked before."""
    ending = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked.is_(None)).values(revoked=at)
    label = s.execute(ending.returning(tokens.c.label)).scalar()
    if label is None:
        return False
    audit.append(s, audit.HOUSE, actor, "token.revoked", token_id, old=label, reason=reason, at=at)
    return True


def revoke_all(s: Session, user: str, at: datetime, actor: str, reason: str) -> int:
    """Ends every token of an account; how many there were."""
    return sum(revoke(s, t.id, at, actor, reason) for t in of_user(s, user))
