"""Small things every repository does with rows. Imports errors, canonical and SQLAlchemy.

Here are chunked IN lists, locks by name, and the sentence for a name that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from docpipe.errors import UnknownName
from docpipe.model.canonical import digest_of

T = TypeVar("T")
IN_SIZE = 500
"""Values in one IN list: below every database's limit on parameters."""


def slices(values: Sequence[T], size: int = IN_SIZE) -> Iterator[Sequence[T]]:
    """The values in pieces that an IN list can take."""
    for at in range(0, len(values), size):
        yield values[at : at + size]


def dialect(session: Session) -> str:
    """``sqlite`` or ``postgresql``."""
    return session.connection().dialect.name


def found(row: Row[Any] | None, what: str, name: str) -> Row[Any]:
    """The row. Raises ``UnknownName`` if there is none."""
    if row is None:
        raise UnknownName(f"There is no such {what}.", name=name[:200])
    return row


def advisory_lock(session: Session, name: str) -> None:
    """One write transaction at a time for this name, until it ends. SQLite's write lock does it already."""
    if dialect(session) == "postgresql":
        number = int(digest_of(name)[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
