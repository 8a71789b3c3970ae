"""Passwords: hashed with Argon2id (RFC 9106), checked in the same time whether the account exists or not. Imports errors, argon2.

Parameters are stored with each hash, so that old ones stay readable when they are raised.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from docpipe.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM = 12
"""Characters. Source: NIST SP 800-63B asks for 8 at least and for no rules on their kinds."""
MAXIMUM = 1024
"""Characters: a bound on the work that an unknown person can ask for."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password fits, in the parameters of today."""
    import secrets

    return _hasher().hash(secrets.token_hex(32))


def hash_password(password: str) -> str:
    """The hash to be stored. Raises ``UsageError`` for a password that is too short or too long."""
    if len(password) < MINIMUM:
        raise UsageError(f"A password has at least {MINIMUM} characters.")
    if len(password) > MAXIMUM:
        raise UsageError(f"A password has at most {MAXIMUM} characters.")
    return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def check_policy(password: str, *names: str) -> None:
    """Refuses a password that is too short or too long, or is one of the person's names. Raises ``UsageError``.

    No rules on kinds of characters and no dates (NIST SP 800-63B, 5.1.1.2).
    """
    if not MINIMUM <= len(password) <= MAXIMUM:
        raise UsageError(f"A password has {MINIMUM} to {MAXIMUM} characters.")
    if len(set(password)) < 4:
        raise UsageError("A password is not the same few characters again and again.")
    if _bare(password) in {_bare(n) for n in names if n}:
        raise UsageError("A password is not the name of its account.")


def one_time() -> str:
    """A password to be handed over once: 20 characters in groups, none that look alike (99 bits)."""
    import secrets

    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(5)) for _ in range(4))


_CLEAR = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password fits. ``stored``: None for an unknown account, which takes as long and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    given = password[:MAXIMUM].encode("utf-8", "surrogatepass")
    try:
        _hasher().verify(stored if stored is not None else _nobody(), given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and len(password) <= MAXIMUM


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)
