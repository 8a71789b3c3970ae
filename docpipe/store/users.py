"""Accounts: kept, changed, signed in, each change and each sign-in in the house's audit chain. Imports accounts, errors, the tables.

A name is never given twice (21 CFR 11.100): accounts are disabled, not deleted. An account of a sign-on provider has a
``subject`` and no password.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.accounts.passwords import hash_password, needs_rehash, verify_password
from docpipe.accounts.roles import Role, User
from docpipe.errors import SignInFailed, UsageError
from docpipe.store import audit, throttle
from docpipe.store.database import Store
from docpipe.store.rows import advisory_lock, found
from docpipe.store.tables import users

_WRONG = "The name or the password is wrong."


def _user(row: Row[Any]) -> User:
    return User(
        row.name, row.printed_name, frozenset(Role(r) for r in row.roles), row.disabled, row.created, row.must_change,
        row.subject,
    )  # fmt: skip


def _roles_text(roles: Collection[Role]) -> str:
    return ",".join(sorted(role.value for role in roles))


def add(
    s: Session, name: str, printed_name: str, roles: Collection[Role], hashed: str, at: datetime, actor: str,
    *, must_change: bool = False, subject: str = "",
) -> User:  # fmt: skip
    """Makes an account with a password hash ("": none). Raises ``UsageError`` for a name that was ever given, whatever its case.

    ``subject``: issuer and subject at the sign-on provider, "" for a local account.
    """
    lock(s)
    if not name or name != name.strip() or not name.isprintable():
        raise UsageError("An account's name has no blanks round it and only printable characters.")
    taken = {row.casefold() for row in s.execute(select(users.c.name)).scalars()}
    if name.casefold() in taken:
        raise UsageError("An account of this name exists or existed: names are not given twice.", name=name)
    s.execute(
        insert(users).values(
            name=name, printed_name=printed_name, roles=sorted(r.value for r in roles), password=hashed,
            password_at=at, disabled=False, created=at, must_change=must_change, subject=subject,
        )
    )  # fmt: skip
    audit.append(s, audit.HOUSE, actor, "user.added", name, new=f"{printed_name}; {_roles_text(roles)}", at=at)
    return User(name, printed_name, frozenset(roles), False, at, must_change, subject)


def lock(s: Session) -> None:
    """One transaction at a time makes accounts: what is looked up before stays so."""
    advisory_lock(s, "accounts")


def by_subject(s: Session, subject: str) -> User | None:
    """The account of a person at the sign-on provider, disabled or not; None where there is none."""
    row = s.execute(select(users).where(users.c.subject == subject, users.c.subject != "")).first()
    return None if row is None else _user(row)


def get(s: Session, name: str) -> User:
    """The account. Raises ``UnknownName``."""
    return _user(found(s.execute(select(users).where(users.c.name == name)).first(), "user", name))


def listing(s: Session) -> list[User]:
    """Every account, disabled ones too, by name."""
    return sorted((_user(row) for row in s.execute(select(users))), key=lambda u: u.name)


def set_password(
    s: Session, name: str, hashed: str, at: datetime, actor: str, reason: str = "", *, must_change: bool = False
) -> None:
    """Gives the account another password (its hash). ``must_change``: it is for one time. Raises ``UnknownName``."""
    get(s, name)
    values = {"password": hashed, "password_at": at, "must_change": must_change}
    s.execute(update(users).where(users.c.name == name).values(values))
    kind = "one-time" if must_change else ""
    audit.append(s, audit.HOUSE, actor, "user.password_set", name, new=kind, reason=reason, at=at)


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


def sign_in(store: Store, name: str, password: str, at: datetime, action: str = "sign-in", address: str = "") -> User:
    """The account, once its password was checked. ``action`` is throttled apart: sign-in, signing a record, another password.

    Raises ``SignInFailed``: in the same words and time for an unknown name, a wrong password and a disabled account; after
    too many failures at the account or from the address (``throttle``) with the seconds to wait (``retry_after``), and then
    without looking at the password.
    """
    with store.write() as s:
        wait, attempt = throttle.begin(s, name, action, address, at)
        row = None
        if wait:
            audit.append(s, audit.HOUSE, name, f"user.{action}_refused", name, new=address, at=at)
        else:
            row = s.execute(select(users).where(users.c.name == name)).first()
    if wait:
        raise SignInFailed(f"Too many failed attempts: wait {wait} seconds.", retry_after=wait)
    # Outside any transaction: hashing takes long on purpose. An account without a password takes as long as an unknown one.
    right = verify_password(password, (row.password or None) if row is not None else None)
    right = right and row is not None and not row.disabled
    fresh = hash_password(password) if right and row is not None and needs_rehash(row.password) else None
    with store.write() as s:
        if right:
            throttle.succeeded(s, attempt, name, action, address)
            if fresh:
                s.execute(update(users).where(users.c.name == name).values(password=fresh))
        outcome = f"user.{action}" if right else f"user.{action}_failed"
        audit.append(s, audit.HOUSE, name, outcome, name, new=address, at=at)
    if row is None or not right:
        raise SignInFailed(_WRONG)
    return _user(row)
