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
