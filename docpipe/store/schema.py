"""Brings a database to this version's schema, one process at a time. Imports errors and SQLAlchemy; Alembic lazily.

A database that is up to date costs one query, so that every command starts quickly.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from docpipe.errors import DatabaseLocked, DatabaseNewer
from docpipe.store.connection import BUSY_SECONDS, WRITES
from docpipe.store.failures import disk_error
from docpipe.store.migrations import HEAD, REVISIONS

_ADVISORY_LOCK = 0x646F6370  # "docp"


def revision(connection: Connection) -> str | None:
    """The schema's revision, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def ensure_schema(engine: Engine) -> None:
    """Creates or upgrades the tables if needed. Raises ``DatabaseNewer`` for a revision that this version does not know."""
    if _current(engine):
        return
    with _alone(engine):
        if not _current(engine):
            upgrade(engine)


def _current(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise DatabaseNewer("The database was written by a newer docpipe.", revision=found, known=HEAD)
    return found == HEAD


def upgrade(engine: Engine, target: str = HEAD) -> None:
    """Runs the migrations up to ``target`` in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
        return
    with file_lock(Path(f"{engine.url.database}.lock"), BUSY_SECONDS):
        yield


@contextmanager
def file_lock(path: Path, seconds: float) -> Iterator[None]:
    """An exclusive lock between processes, kept by the system and so free again when its holder dies.

    Raises ``DatabaseLocked`` after ``seconds``.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise disk_error(error, "database") from error
    try:
        ends = time.monotonic() + seconds
        while not _try_lock(handle):
            if time.monotonic() > ends:
                raise DatabaseLocked("Another process is migrating the database or copying the audit heads.")
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
