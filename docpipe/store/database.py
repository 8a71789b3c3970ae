"""The store: one database and one blob folder, opened, migrated and handed out as short transactions.

Imports model, errors and the store's own connection and blobs; Alembic only where a migration is due.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from docpipe.errors import DatabaseLocked, Defect
from docpipe.store.blobs import Blobs
from docpipe.store.connection import BUSY_SECONDS, WRITES, make_engine, parse_url
from docpipe.store.failures import storage_error
from docpipe.store.schema import ensure_schema
from docpipe.store.waits import Waits


class Store:
    """Database and blobs. Safe to share between threads; a forked child opens its own.

    ``write`` and ``read`` hand out a Session whose end is the transaction's end; keep them short and never hold one
    across a network call or a person.
    """

    def __init__(self, engine: Engine, blobs: Blobs) -> None:
        self.blobs = blobs
        self.dialect = engine.dialect.name
        self.waits = Waits()
        self._engine = engine
        self._writer: Engine = engine.execution_options(**{WRITES: True})
        if self.dialect == "postgresql":
            # As on SQLite, a reader sees one state of the database, and cannot write.
            self._reader: Engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            self._reader = engine
        self._writing = threading.Lock()
        self._holder: int | None = None

    @staticmethod
    def open(url: str, blob_url: str) -> Store:
        """Opens, and creates or migrates where needed (one process at a time).

        Raises ``DatabaseNewer`` for a schema that this version does not know, else leaves of ``StorageError``.
        """
        engine = make_engine(parse_url(url))
        try:
            ensure_schema(engine)
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            engine.dispose()
            raise storage_error(error) from None
        except BaseException:
            engine.dispose()
            raise
        return Store(engine, Blobs.open(blob_url))

    def close(self) -> None:
        """Closes every idle connection."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on any error.

        Raises ``DatabaseLocked`` (also for a deadlock: safe to run again), ``DiskFull`` and ``StorageError``.
        """
        asked, began = time.monotonic(), False
        try:
            with self._turn(), self._transaction(self._writer) as session:
                began = True
                self.waits.note(time.monotonic() - asked)
                yield session
        except DatabaseLocked:
            if not began:
                self.waits.gave_up()
            raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database and cannot write."""
        with self._transaction(self._reader) as session:
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer: threads of this process queue here, which is fairer than the file's busy wait."""
        if self.dialect != "sqlite":
            yield
            return
        if self._holder == threading.get_ident():
            raise Defect("A write transaction was opened inside another one.")
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise DatabaseLocked("Another thread of this process holds the database.")
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._writing.release()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        session = Session(engine, autoflush=False, expire_on_commit=False)
        try:
            try:
                session.connection()  # begins now: on SQLite this takes the write lock
                yield session
                session.commit()
            except BaseException:
                _abandon(session)
                raise
            finally:
                session.close()
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            # "from None": a driver's message may quote rows, and tracebacks are logged.
            raise storage_error(error) from None


def _abandon(session: Session) -> None:
    """Rolls back; a connection that cannot even do that is thrown away, and the first error is the one that counts."""
    try:
        session.rollback()
    except (SQLAlchemyError, sqlite3.Error):
        session.invalidate()
