"""Personal API tokens of a person: made, listed, revoked. Imports accounts and store.

A token acts with its owner's roles, never more; signing always asks for the password all the same.
"""

from __future__ import annotations

from datetime import timedelta

from docpipe.accounts.roles import Action, User, allows
from docpipe.errors import UnknownName, UsageError
from docpipe.steps.house import House
from docpipe.store import tokens
from docpipe.store.tokens import Token

MOST = 50
"""Tokens of one person that hold at the same time."""


def make_token(
    house: House, user: User, label: str, *, days: int | None = None, read_only: bool = False
) -> tuple[Token, str]:
    """A token of one's own and its secret, told once. ``days``: until it expires, None for never. Raises ``UsageError``."""
    label = label.strip()
    if not label or len(label) > 80 or not label.isprintable():
        raise UsageError("A token has a label of 1 to 80 characters that says what it is for.")
    if days is not None and not 1 <= days <= 3660:
        raise UsageError("A token expires after 1 to 3660 days, or never.")
    now = house.now()
    with house.store.write() as session:
        if sum(t.holds(now) for t in tokens.of_user(session, user.name)) >= MOST:
            raise UsageError(f"There are {MOST} tokens: revoke those that are not used.")
        expires = now + timedelta(days=days) if days is not None else None
        return tokens.make(session, user.name, label, now, expires=expires, read_only=read_only)


def tokens_of(house: House, name: str) -> list[Token]:
    """A person's tokens, revoked and expired ones too, the newest first."""
    with house.store.read() as session:
        return tokens.of_user(session, name)


def revoke_token(house: House, token_id: str, *, by: User, reason: str = "") -> None:
    """Ends a token for good: one's own, or anybody's for an administrator. Raises ``UnknownName``."""
    with house.store.write() as session:
        token = tokens.get(session, token_id)
        if token.user != by.name and not any(allows(role, Action.MANAGE_USERS) for role in by.roles):
            raise UnknownName("There is no such token.", name=token_id[:200])
        tokens.revoke(session, token_id, house.now(), by.name, reason)
