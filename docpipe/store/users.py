"""Accounts: kept, changed, signed in, each change and each sign-in in the house's audit chain. Imports accounts, errors, the tables.

A name is never given twice (21 CFR 11.100): accounts are disabled, not deleted. Failed sign-ins are counted here, so that a
restart does not forget them.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.accounts.passwords import hash_password, needs_rehash, verify_password
from docpipe.accounts.roles import Role, User
from docpipe.errors import SignInFailed, UsageError
from docpipe.store import audit
from docpipe.store.database import Store
from docpipe.store.rows import advisory_lock, found
from docpipe.store.tables import sign_in_failures, users

ATTEMPTS = 5
WINDOW_SECONDS = 300
_WRONG = "The name or the password is wrong."


def _user(row: Row[Any]) -> User:
    return User(row.name, row.printed_name, frozenset(Role(r) for r in row.roles), row.disabled, row.created)


def _roles_text(roles: Collection[Role]) -> str:
    return ",".join(sorted(role.value for role in roles))


def add(
    s: Session, name: str, printed_name: str, roles: Collection[Role], hashed: str, at: datetime, actor: str
) -> User:
    """Makes an account with a password hash. Raises ``UsageError`` for a name that was ever given, whatever its case."""
    if not name or name != name.strip() or not name.isprintable():
        raise UsageError("An account's name has no blanks round it and only printable characters.")
    taken = {row.casefold() for row in s.execute(select(users.c.name)).scalars()}
    if name.casefold() in taken:
        raise UsageError("An account of this name exists or existed: names are not given twice.", name=name)
    s.execute(
        insert(users).values(
            name=name, printed_name=printed_name, roles=sorted(r.value for r in roles), password=hashed,
            password_at=at, disabled=False, created=at,
        )
    )  # fmt: skip
    audit.append(s, audit.HOUSE, actor, "user.added", name, new=f"{printed_name}; {_roles_text(roles)}", at=at)
    return User(name, printed_name, frozenset(roles), False, at)


def get(s: Session, name: str) -> User:
    """The account. Raises ``UnknownName``."""
    return _user(found(s.execute(select(users).where(users.c.name == name)).first(), "user", name))


def listing(s: Session) -> list[User]:
    """Every account, disabled ones too, by name."""
    return sorted((_user(row) for row in s.execute(select(users))), key=lambda u: u.name)


def set_password(s: Session, name: str, hashed: str, at: datetime, actor: str, reason: str = "") -> None:
    """Gives the account another password (its hash). Raises ``UnknownName``."""
    get(s, name)
    s.execute(update(users).where(users.c.name == name).values(password=hashed, password_at=at))
    audit.append(s, audit.HOUSE, actor, "user.password_set", name, reason=reason, at=at)


def set_roles(s: Session, name: str, roles: Collection[Role], at: datetime, actor: str, reason: str = "") -> User:
    """Sets the account's roles. Raises ``UnknownName``."""
    old = get(s, name)
    s.execute(update(users).where(users.c.name == name).values(roles=sorted(r.value for r in roles)))
    audit.append(
        s, audit.HOUSE, actor, "user.roles_set", name, _roles_text(old.roles), _roles_text(roles), reason, at
    )  # fmt: skip
    return get(s, name)


def disable(s: Session, name: str, at: datetime, actor: str, reason: str = "") -> None:
    """Closes the account for good; its name and its records stay. Raises ``UnknownName``."""
    old = get(s, name)
    s.execute(update(users).where(users.c.name == name).values(disabled=True))
    state = "disabled" if old.disabled else "enabled"
    audit.append(s, audit.HOUSE, actor, "user.disabled", name, state, "disabled", reason, at)


def sign_in(store: Store, name: str, password: str, at: datetime, action: str = "sign-in") -> User:
    """The account, once its password was checked. ``action`` is throttled apart: sign-in, or signing a record.

    Raises ``SignInFailed``: in the same words and time for an unknown name, a wrong password and a disabled account; after
    5 failures in 300 s with the seconds to wait (``retry_after``), and then without looking at the password.
    """
    with store.write() as s:
        advisory_lock(s, f"sign-in:{name}")
        wait = _waiting_seconds(s, name, action, at)
        if wait:
            audit.append(s, audit.HOUSE, name, f"user.{action}_refused", name, at=at)
        else:
            # Counted before the password is looked at, so that guesses sent side by side count one by one.
            row = s.execute(select(users).where(users.c.name == name)).first()
            attempt = s.execute(
                insert(sign_in_failures).values(name=name, action=action, at=at).returning(sign_in_failures.c.id)
            ).scalar_one()
    if wait:
        raise SignInFailed(f"Too many failed attempts: wait {wait} seconds.", retry_after=wait)
    # Outside any transaction: hashing takes long on purpose.
    right = verify_password(password, None if row is None else row.password) and row is not None and not row.disabled
    fresh = hash_password(password) if right and row is not None and needs_rehash(row.password) else None
    with store.write() as s:
        if right:
            s.execute(delete(sign_in_failures).where(sign_in_failures.c.id == attempt))
            if fresh:
                s.execute(update(users).where(users.c.name == name).values(password=fresh))
        audit.append(s, audit.HOUSE, name, f"user.{action}" if right else f"user.{action}_failed", name, at=at)
    if row is None or not right:
        raise SignInFailed(_WRONG)
    return _user(row)


def _waiting_seconds(s: Session, name: str, action: str, at: datetime) -> int:
    """Whole seconds until the next attempt is looked at; 0: now."""
    c = sign_in_failures.c
    since = at - timedelta(seconds=WINDOW_SECONDS)
    count, first = s.execute(
        select(func.count(), func.min(c.at)).where(c.name == name, c.action == action, c.at > since)
    ).one()
    return 0 if count < ATTEMPTS else max(1, math.ceil((first - since).total_seconds()))
