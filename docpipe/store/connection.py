"""Engines: how a connection to SQLite or PostgreSQL is set up and checked. Imports errors and SQLAlchemy.

What ``records.md`` promises of durability is asserted on every single connection, not assumed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from docpipe.errors import BadSetting, StorageError
from docpipe.store.failures import disk_error

BUSY_SECONDS = 30
WRITES = "docpipe_writes"
"""Execution option of the engine that may write."""

PRAGMAS: dict[str, tuple[str, object]] = {
    "busy_timeout": (str(BUSY_SECONDS * 1000), BUSY_SECONDS * 1000),
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "recursive_triggers": ("ON", 1),
    "trusted_schema": ("OFF", 0),
}
"""What is set and what must be read back. ``recursive_triggers``: else INSERT OR REPLACE deletes past the triggers."""


def parse_url(url: str) -> URL:
    """A database URL; PostgreSQL always by psycopg 3. Raises ``BadSetting`` without repeating the URL (it may hold a password)."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadSetting("The database URL cannot be read.") from error
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        if not parsed.database or parsed.database == ":memory:":
            raise BadSetting("The database must be a file: what lives in memory is not a record.")
        return parsed.set(drivername="sqlite+pysqlite")
    raise BadSetting("The database must be sqlite or postgresql.", driver=parsed.drivername)


def make_engine(url: URL) -> Engine:
    """An engine whose connections are set up and verified. Parameters never show in errors or logs."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=32,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={BUSY_SECONDS * 1000}", "connect_timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _check_postgres)
    return engine


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise disk_error(error, "database") from error
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=32, pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
    )  # fmt: skip
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own: _begin does
    cursor = connection.cursor()
    try:
        for name, (value, _) in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        for name, (_, wanted) in PRAGMAS.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                raise StorageError(
                    "SQLite does not keep a setting that the records need; a network folder cannot hold the database.",
                    pragma=name,
                    found=str(found),
                )
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get(WRITES))
    connection.exec_driver_sql(f"PRAGMA query_only={0 if writes else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            found = cursor.fetchone()[0]
            if found == "off":
                raise StorageError(
                    "PostgreSQL does not keep a setting that the records need.", setting=name, found=found
                )
        cursor.execute("SHOW server_encoding")
        if cursor.fetchone()[0] != "UTF8":
            raise StorageError("The PostgreSQL database must have the encoding UTF8.")
    connection.rollback()
