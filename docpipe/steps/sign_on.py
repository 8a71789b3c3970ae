"""Accounts of people who sign in at a sign-on provider: found by issuer and subject, roles taken from its claim. Imports store.

An account is made at the first sign-in only where the claim gives roles known here; a local account of the same name is never
taken over. What the provider takes away is taken away here at the next sign-in, and all of it is audited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from docpipe.accounts.roles import Role, User, check_duties
from docpipe.errors import RoleMissing, SignInFailed, UsageError
from docpipe.steps.house import House
from docpipe.store import audit, sessions, users

ACTOR = "sign-on"
PREFIXES = ("", "docpipe-", "docpipe:", "docpipe_", "docpipe/")


def roles_of(claims: Mapping[str, Any], path: str) -> frozenset[Role]:
    """The known roles in a claim: a list or words, each bare or as ``docpipe-reviewer``; others are not ours and pass by."""
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    given = value.replace(",", " ").split() if isinstance(value, str) else value if isinstance(value, list) else []
    named = {str(one).strip("/").casefold() for one in given}
    return frozenset(role for role in Role if any(prefix + role.value in named for prefix in PREFIXES))


def person_of(house: House, claims: Mapping[str, Any], address: str = "") -> User:
    """The account of who came back from the provider, with the roles of today; made at the first time.

    Raises ``RoleMissing`` where the claim gives no role known here, ``UsageError`` for two that one person may not have
    together, ``SignInFailed`` for a closed account.
    """
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    key = f"{issuer} {subject}"
    roles = roles_of(claims, house.settings.oidc_roles)
    now = house.now()
    refusal: RoleMissing | UsageError | None = None
    try:
        check_duties(roles)
    except UsageError as error:
        refusal, roles = error, frozenset()
    if not roles and refusal is None:
        refusal = RoleMissing("You are known at the sign-on provider, but it gives you none of docpipe's roles.")
    with house.store.write() as s:
        users.lock(s)
        user = users.by_subject(s, key)
        if user is None and refusal is None:
            name, printed = _free_name(s, claims), _printed_name(claims)
            user = users.add(s, name, printed, roles, "", now, ACTOR, subject=key)
        elif user is not None and user.roles != roles and not user.disabled:
            sessions.end_all(s, user.name, now, ACTOR, "roles changed")
            user = users.set_roles(s, user.name, roles, now, ACTOR, f"claim of {issuer}")
        closed = user is not None and user.disabled
        outcome = "user.sign-in" if refusal is None and not closed else "user.sign-in_failed"
        audit.append(
            s, audit.HOUSE, user.name if user else key, outcome, user.name if user else key, new=address, at=now
        )
    if refusal is not None:
        raise refusal
    if user is None or closed:
        raise SignInFailed("The account is closed.")
    return user


def _printed_name(claims: Mapping[str, Any]) -> str:
    parts = (claims.get("given_name"), claims.get("family_name"))
    whole = (
        claims.get("name") or " ".join(str(p) for p in parts if p) or claims.get("preferred_username") or claims["sub"]
    )
    return _clean(whole)


def _free_name(s: Any, claims: Mapping[str, Any]) -> str:
    """A name that was never given: the person's at the provider, else with the provider's host behind it."""
    wanted = _clean(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    host = urlsplit(str(claims["iss"])).hostname or "sign-on"
    taken = {u.name.casefold() for u in users.listing(s)}
    tries = (wanted, f"{wanted}@{host}", *(f"{wanted}@{host} {n}" for n in range(2, 1000)))
    return next(name for name in tries if name.casefold() not in taken)


def _clean(value: object) -> str:
    return " ".join("".join(c for c in str(value) if c.isprintable()).split())[:200] or "unnamed"
