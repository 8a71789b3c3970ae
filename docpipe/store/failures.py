"""Driver errors as leaves of our tree. Imports errors, SQLAlchemy and the standard library.

Messages carry classes, states and constraint names only: a driver's own text may quote rows.
"""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy import exc

from docpipe.errors import DatabaseLocked, DiskFull, StorageError

_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LOCK_STATES = ("55P03", "40P01", "40001", "57014")
"""PostgreSQL: lock not available, deadlock, serialisation failure, query cancelled by time-out."""


def _primary(error: object) -> int:
    """SQLite's primary result code, or -1."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


def storage_error(error: exc.SQLAlchemyError | sqlite3.Error) -> StorageError:
    """The leaf that a driver error stands for."""
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    state = str(getattr(original, "sqlstate", "") or "")
    words = str(original).lower()
    if _primary(original) == sqlite3.SQLITE_FULL or "disk is full" in words or state == "53100":
        return DiskFull("The disk that holds the database is full.")
    if (
        _primary(original) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        or state in _LOCK_STATES
        or isinstance(error, exc.TimeoutError)
    ):
        return DatabaseLocked("The database is held by another process or transaction.", sqlstate=state or None)
    if _primary(original) == sqlite3.SQLITE_IOERR:
        return StorageError("The database file could not be read or written.", code=_name(original))
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
    return StorageError(
        "The database refused the operation.",
        kind=type(original).__name__,
        code=_name(original) or state or None,
        constraint=constraint,
    )


def _name(error: object) -> str | None:
    name = getattr(error, "sqlite_errorname", None)
    return str(name) if name else None


def disk_error(error: OSError, what: str) -> StorageError:
    """The leaf for an operating system error on a file of the store. ``what``: a word such as ``blob``, no path."""
    if error.errno in _FULL_ERRNO:
        return DiskFull(f"The disk that holds the {what} is full.")
    return StorageError(f"The {what} could not be read or written.", errno=error.errno)
