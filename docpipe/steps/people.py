"""Who acts: accounts, sign-in and what a person may do. Imports accounts and store.

The first account of an installation is its administrator's and needs no sign-in; every later one is made by an administrator.
"""

from __future__ import annotations

from collections.abc import Iterable

from docpipe.accounts.passwords import hash_password
from docpipe.accounts.roles import Action, Role, User, require
from docpipe.errors import UsageError
from docpipe.steps.house import House
from docpipe.store import sessions, users
from docpipe.store.sessions import SignedIn


def sign_in(house: House, name: str, password: str) -> User:
    """The account, once its password was checked (throttled and counted). Raises ``SignInFailed``."""
    return users.sign_in(house.store, name, password, house.now())


def acting(house: House, name: str, password: str, action: Action) -> User:
    """A signed-in person who may do this. Raises ``SignInFailed``, ``RoleMissing``."""
    user = sign_in(house, name, password)
    require(user.roles, action)
    return user


def roles_from(names: Iterable[str]) -> frozenset[Role]:
    """Roles by name. Raises ``UsageError`` naming the wrong one."""
    found = set()
    for name in names:
        try:
            found.add(Role(name))
        except ValueError:
            known = ", ".join(r.value for r in Role)
            raise UsageError(f"There is no role {name}: one of {known}.") from None
    return frozenset(found)


def add_user(
    house: House, name: str, printed_name: str, roles: Iterable[str], password: str, *, by: User | None
) -> User:
    """Makes an account. ``by``: the administrator; None only for the very first account, which must be one."""
    wanted = roles_from(roles)
    hashed = hash_password(password)
    with house.store.write() as session:
        anyone = bool(users.listing(session))
        if by is not None:
            require(by.roles, Action.MANAGE_USERS)
        elif anyone:
            raise UsageError("Only an administrator makes accounts: give --as.")
        elif Role.ADMINISTRATOR not in wanted:
            raise UsageError("The first account must have the role administrator.")
        return users.add(
            session, name, printed_name or name, wanted, hashed, house.now(), by.name if by else "first-start"
        )


TOUCH_SECONDS = 60


def session_user(house: House, secret: str) -> tuple[User, SignedIn] | None:
    """The person and session of a cookie's secret; None where it ended, idled away or the account was disabled."""
    now = house.now()
    with house.store.read() as session:
        found = sessions.find(session, secret, now, house.settings.session_idle_minutes)
        user = users.get(session, found.user) if found else None
    if found is None or user is None or user.disabled:
        return None
    if (now - found.seen).total_seconds() > TOUCH_SECONDS:
        with house.store.write() as session:
            sessions.touch(session, found.id, now)
    return user, found


def token_user(house: House, token: str, *, reading: bool) -> User | None:
    """The person of a personal API token; None where it does not hold, or is for reading and ``reading`` is not."""
    return None
