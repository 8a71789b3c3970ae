"""Who acts: accounts, sign-in, sessions and what a person may do. Imports accounts and store.

The first account of an installation is its administrator's and needs no sign-in; every later one is made by an administrator.
Whatever takes rights away (other roles, a reset password, a closed account) ends the person's sessions at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from docpipe.accounts import passwords
from docpipe.accounts.roles import Action, Role, User, check_duties, require
from docpipe.errors import MustChangePassword, ReviewRefused, RoleMissing, SignInFailed, UsageError
from docpipe.steps.house import House
from docpipe.store import sessions, tokens, users
from docpipe.store.sessions import SignedIn

TOUCH_SECONDS = 60
PASSWORD, OIDC = "password", "oidc"
"""How a session was opened."""


def sign_in(
    house: House, name: str, password: str, *, action: str = "sign-in", address: str = "", one_time: bool = False
) -> User:
    """The account, once its password was checked (throttled and counted by account, address and action).

    Raises ``SignInFailed``, and ``MustChangePassword`` for a one-time password unless ``one_time`` says that it may be one.
    """
    user = users.sign_in(house.store, name, password, house.now(), action, address)
    if user.must_change and not one_time:
        raise MustChangePassword("This password is for one time: choose your own first.", name=user.name)
    return user


def acting(house: House, name: str, password: str, action: Action) -> User:
    """A signed-in person who may do this. Raises ``SignInFailed``, ``RoleMissing``."""
    user = sign_in(house, name, password)
    require(user.roles, action)
    return user


def acting_by_token(house: House, token: str, name: str, action: Action) -> User:
    """The owner of a personal token, who may do this; ``name``: "" or the owner's. Raises ``SignInFailed``, ``RoleMissing``."""
    user = token_user(house, token, reading=action in (Action.READ, Action.AUDIT_READ))
    if user is None or name not in ("", user.name):
        raise SignInFailed("The token does not hold, or is another account's.")
    require(user.roles, action)
    return user


# ---------------------------------------------------------------- accounts


def roles_from(names: Iterable[str]) -> frozenset[Role]:
    """Roles by name. Raises ``UsageError`` naming the wrong one, or the two that one person may not have together."""
    found = set()
    for name in names:
        try:
            found.add(Role(name))
        except ValueError:
            known = ", ".join(r.value for r in Role)
            raise UsageError(f"There is no role {name}: one of {known}.") from None
    check_duties(found)
    return frozenset(found)


def add_user(
    house: House, name: str, printed_name: str, roles: Iterable[str], password: str, *, by: User | None
) -> User:
    """Makes an account. ``by``: the administrator; None only for the very first account, which must be one."""
    wanted = roles_from(roles)
    passwords.check_policy(password, name, printed_name)
    return _add(house, name, printed_name, wanted, password, by, must_change=False)


def invite(house: House, name: str, printed_name: str, roles: Iterable[str], *, by: User) -> tuple[User, str]:
    """Makes an account with a one-time password, which is told once; its owner changes it at the first sign-in."""
    wanted = roles_from(roles)
    if not wanted:
        raise UsageError("An account has at least one role.")
    password = one_time_password()
    return _add(house, name, printed_name, wanted, password, by, must_change=True), password


def one_time_password() -> str:
    """A password for new accounts and resets, long enough to be hard and without characters that look alike."""
    return passwords.one_time()


def first_administrator(house: House) -> tuple[str, str] | None:
    """Name and one-time password of the first administrator, made where there is no account at all; else None."""
    with house.store.read() as session:
        if users.listing(session):
            return None
    password = one_time_password()
    try:
        made = _add(house, "admin", "Administrator", frozenset({Role.ADMINISTRATOR}), password, None, must_change=True)
    except UsageError:  # another process was quicker
        return None
    return made.name, password


def _add(
    house: House, name: str, printed_name: str, roles: frozenset[Role], password: str, by: User | None, *,
    must_change: bool,
) -> User:  # fmt: skip
    hashed = passwords.hash_password(password)
    with house.store.write() as session:
        anyone = bool(users.listing(session))
        if by is not None:
            require(by.roles, Action.MANAGE_USERS)
        elif anyone:
            raise UsageError("Only an administrator makes accounts: give --as.")
        elif Role.ADMINISTRATOR not in roles:
            raise UsageError("The first account must have the role administrator.")
        actor = by.name if by else "first-start"
        return users.add(
            session, name, printed_name.strip() or name, roles, hashed, house.now(), actor, must_change=must_change
        )


def accounts(house: House) -> list[User]:
    """Every account, disabled ones too."""
    with house.store.read() as session:
        return users.listing(session)


def _managed(by: User, name: str, reason: str) -> None:
    """What every change of somebody's account needs. Raises ``RoleMissing``, ``UsageError``, ``ReviewRefused``."""
    require(by.roles, Action.MANAGE_USERS)
    if by.name == name:
        raise UsageError("Nobody changes their own account here: let another administrator do it.")
    if not reason.strip():
        raise ReviewRefused("A change of an account needs a reason.")


def set_roles(house: House, name: str, roles: Iterable[str], *, by: User, reason: str) -> User:
    """Gives an account other roles and ends its sessions: the next one begins with the new rights. Raises ``UnknownName``."""
    wanted = roles_from(roles)
    _managed(by, name, reason)
    now = house.now()
    with house.store.write() as session:
        if users.get(session, name).roles == wanted:
            return users.get(session, name)
        sessions.end_all(session, name, now, by.name, "roles changed")
        return users.set_roles(session, name, wanted, now, by.name, reason)


def disable(house: House, name: str, *, by: User, reason: str) -> None:
    """Closes an account for good: its sessions and tokens end in the same transaction. Raises ``UnknownName``."""
    _managed(by, name, reason)
    now = house.now()
    with house.store.write() as session:
        users.disable(session, name, now, by.name, reason)
        sessions.end_all(session, name, now, by.name, "account disabled")
        tokens.revoke_all(session, name, now, by.name, "account disabled")


def reset_password(house: House, name: str, *, by: User, reason: str) -> str:
    """Gives an account a one-time password, told once, and ends its sessions. Raises ``UnknownName``, ``UsageError``."""
    _managed(by, name, reason)
    password, now = one_time_password(), house.now()
    hashed = passwords.hash_password(password)
    with house.store.write() as session:
        user = users.get(session, name)
        if user.disabled or user.subject:
            raise UsageError("This account has no password to reset: it is closed, or signs in elsewhere.", name=name)
        users.set_password(session, name, hashed, now, by.name, reason, must_change=True)
        sessions.end_all(session, name, now, by.name, "password reset")
    return password


def change_password(
    house: House, name: str, old: str, new: str, *, session: SignedIn | None = None, address: str = ""
) -> str:
    """A person chooses another password; every session ends, and the one it was done in goes on under the secret returned ("" for none).

    Raises ``SignInFailed`` where the old one is wrong (throttled apart), ``UsageError`` where the new one is against the rules.
    """
    user = users.sign_in(house.store, name, old, house.now(), "change-password", address)
    passwords.check_policy(new, user.name, user.printed_name)
    if new == old:
        raise UsageError("The new password is the old one.")
    hashed, now = passwords.hash_password(new), house.now()
    with house.store.write() as s:
        users.set_password(s, name, hashed, now, name)
        secret = sessions.renew(s, session, now) if session else ""
        sessions.end_all(s, name, now, name, "password changed", but=sessions.digest(secret) if secret else "")
    return secret


# ---------------------------------------------------------------- sessions


def start_session(house: House, user: User, *, via: str = PASSWORD, address: str = "", agent: str = "") -> str:
    """Opens a session after sign-in; its secret goes into the cookie and nowhere else."""
    with house.store.write() as session:
        return sessions.start(
            session, user.name, house.now(), house.settings.session_hours, via=via, address=address, agent=agent
        )


def session_user(house: House, secret: str) -> tuple[User, SignedIn] | None:
    """The person and session of a cookie's secret; None where it ended, idled away or the account was disabled."""
    now, idle = house.now(), house.settings.session_idle_minutes
    with house.store.read() as session:
        found = sessions.of_secret(session, secret)
        user = users.get(session, found.user) if found else None
    if found is None or user is None or user.disabled or found.ended:
        return None
    over = sessions.expired(found, now, idle)
    if over:
        with house.store.write() as session:
            sessions.end(session, found.id, now, found.user, over)
        return None
    if (now - found.seen).total_seconds() >= min(TOUCH_SECONDS, idle * 60 / 10):
        with house.store.write() as session:
            sessions.touch(session, found.id, now)
    return user, found


def sessions_of(house: House, name: str) -> list[SignedIn]:
    """The sessions of a person that hold, the newest first."""
    with house.store.read() as session:
        return sessions.of_user(session, name, house.now(), house.settings.session_idle_minutes)


def end_session(house: House, session_id: str, user: User, reason: str = "signed out") -> bool:
    """Ends a session of one's own; False where it is nobody's, somebody else's or has ended."""
    now = house.now()
    with house.store.write() as session:
        mine = {s.id for s in sessions.of_user(session, user.name, now, house.settings.session_idle_minutes)}
        return session_id in mine and sessions.end(session, session_id, now, user.name, reason)


def end_all(house: House, name: str, *, by: User, reason: str = "signed out everywhere", but: str = "") -> int:
    """Ends all sessions of a person (oneself, or anybody for an administrator), except the one with the id ``but``."""
    if by.name != name:
        require(by.roles, Action.MANAGE_USERS)
    with house.store.write() as session:
        return sessions.end_all(session, name, house.now(), by.name, reason, but=but)


def confirm_signer(
    house: House, session: SignedIn | None, name: str, password: str, *, address: str = "", reauthenticated: bool = False
) -> User:  # fmt: skip
    """The person who signs: name and password at the first signature of a session, the password at the next ones.

    ``reauthenticated``: the person has just signed in again at the sign-on provider, which stands for the password of an account
    that has none here. Source: 21 CFR 11.200(a)(1). Failures count apart from those of sign-in. Raises ``SignInFailed``,
    ``RoleMissing``.
    """
    if session is not None:
        if not name and session.signed:
            name = session.user
        if name != session.user:
            said = "The first signature of a session needs your account's name." if not name else "Sign as yourself."
            raise SignInFailed(f"{said} Give the name that you signed in with.")
    if session is not None and session.via == OIDC:
        if not reauthenticated:
            raise SignInFailed("Sign in again at your sign-on provider to sign.")
        with house.store.read() as s:
            user = users.get(s, session.user)
    else:
        user = sign_in(house, name, password, action="sign", address=address)
    if user.disabled:
        raise RoleMissing("The account is closed.")
    require(user.roles, Action.SIGN)
    if session is not None and not session.signed:
        with house.store.write() as s:
            sessions.mark_signed(s, session.id)
    return user


def token_user(house: House, token: str, *, reading: bool) -> User | None:
    """The person of a personal API token; None where it does not hold.

    Raises ``RoleMissing`` where it is for reading and ``reading`` is not, ``MustChangePassword``.
    """
    now = house.now()
    with house.store.read() as session:
        found = tokens.find(session, token)
        user = users.get(session, found.user) if found else None
    if found is None or user is None or user.disabled or not found.holds(now):
        return None
    if user.must_change:
        raise MustChangePassword("Choose a password of your own first.", name=user.name)
    if found.read_only and not reading:
        raise RoleMissing("This token is for reading only.", token=found.id)
    if found.last_used is None or (now - found.last_used).total_seconds() >= TOUCH_SECONDS:
        with house.store.write() as session:
            tokens.used(session, found.id, now)
    return user
