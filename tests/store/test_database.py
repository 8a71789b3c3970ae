"""Opening, migrating, pragmas, transactions and driver errors."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, select, text, update
from store_builders import NOW, a_batch

from docpipe.errors import BadSetting, DatabaseLocked, DatabaseNewer, Defect, DiskFull, StorageError
from docpipe.store import batches
from docpipe.store.connection import PRAGMAS, make_engine, parse_url
from docpipe.store.database import Store
from docpipe.store.failures import storage_error
from docpipe.store.migrations import HEAD, REVISIONS
from docpipe.store.tables import leases, metadata


def test_every_connection_keeps_the_promised_pragmas(sqlite_store: Store) -> None:
    held = [sqlite_store._engine.connect() for _ in range(4)]
    for connection in held:
        for name, (_, wanted) in PRAGMAS.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == wanted, name
        connection.close()


def test_a_setting_that_does_not_hold_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRAGMAS, "page_size", ("8192", 1))
    with pytest.raises(StorageError, match="does not keep a setting"):
        Store.open(f"sqlite:///{tmp_path}/d.db", str(tmp_path / "b"))


def test_a_database_in_memory_is_refused() -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://x/y", "not a url"):
        with pytest.raises(BadSetting):
            parse_url(url)


def test_opening_a_migrated_database_asks_for_its_version_and_changes_nothing(url: str, tmp_path: Path) -> None:
    Store.open(url, str(tmp_path / "b")).close()
    said: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement.strip().upper())

    event.listen(Engine, "before_cursor_execute", note)
    try:
        Store.open(url, str(tmp_path / "b")).close()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 0 < len(said) < 20, said
    assert not [s for s in said if s.startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"))], said


def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/h/d.db", str(tmp_path / "h/b")):
        assert (tmp_path / "h/d.db").stat().st_mode & 0o077 == 0
        assert (tmp_path / "h").stat().st_mode & 0o077 == 0


def test_a_newer_schema_is_refused(store: Store, url: str, tmp_path: Path) -> None:
    with store.write() as s:
        s.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer):
        Store.open(url, str(tmp_path / "blobs"))


def test_the_migrations_make_exactly_the_tables(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from docpipe.store import migrations

    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(reversed([r.revision for r in script.walk_revisions()])) == REVISIONS


def test_two_processes_may_create_the_database_at_once(tmp_path: Path) -> None:
    code = (
        f"from docpipe.store.database import Store; Store.open('sqlite:///{tmp_path}/x/d.db', '{tmp_path}/x/b').close()"
    )
    several = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [p.wait(60) for p in several] == [0, 0]


def test_an_error_rolls_back_and_the_store_goes_on(store: Store) -> None:
    def stumble() -> None:
        with store.write() as s:
            batches.add(s, a_batch())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    with store.read() as s:
        assert batches.listing(s) == []


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StorageError), store.read() as s:
        batches.add(s, a_batch())
    with store.write() as s:
        batches.add(s, a_batch())


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.read() as before:
        assert batches.listing(before) == []
        with store.write() as s:
            batches.add(s, a_batch())
        assert batches.listing(before) == []


def test_a_write_inside_a_write_is_a_defect_and_not_a_deadlock(sqlite_store: Store) -> None:
    with sqlite_store.write(), pytest.raises(Defect), sqlite_store.write():
        pass


def test_threads_may_write_side_by_side(store: Store) -> None:
    def write(n: int) -> None:
        for k in range(10):
            with store.write() as s:
                batches.add(s, a_batch(f"B{n}-{k}"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with store.read() as s:
        assert len(batches.listing(s)) == 80


def test_a_driver_error_shows_no_row(store: Store) -> None:
    with store.write() as s:
        batches.add(s, a_batch())
    with pytest.raises(StorageError) as caught, store.write() as s:
        batches.add(s, a_batch())
    shown = f"{caught.value} {caught.value.details} {caught.value.__cause__} {caught.value.__suppress_context__}"
    assert "anna" not in shown
    assert caught.value.__suppress_context__


def test_a_database_held_by_another_process_is_said_to_be_locked(sqlite_store: Store) -> None:
    path = sqlite_store._engine.url.database or ""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def impatient(connection: object, _: object) -> None:
        connection.execute("PRAGMA busy_timeout=100")  # type: ignore[attr-defined]

    sqlite_store.close()
    event.listen(sqlite_store._engine, "connect", impatient)
    with pytest.raises(DatabaseLocked), sqlite_store.write():
        pass
    other.execute("ROLLBACK")
    with sqlite_store.write() as s:
        batches.add(s, a_batch())


def test_a_deadlock_ends_as_locked_and_one_side_goes_on(url: str, store: Store) -> None:
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer: no deadlocks")
    with store.write() as s:
        for name in ("a", "b"):
            s.execute(insert(leases).values(name=name, owner="", fence=0, until=NOW))
    ready = threading.Barrier(2)
    ends: list[str] = []

    def cross(first: str, second: str) -> None:
        try:
            with store.write() as s:
                s.execute(update(leases).where(leases.c.name == first).values(fence=1))
                ready.wait(10)
                s.execute(update(leases).where(leases.c.name == second).values(fence=2))
            ends.append("done")
        except DatabaseLocked:
            ends.append("locked")

    threads = [threading.Thread(target=cross, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(ends) == ["done", "locked"]


def test_a_full_disk_is_said_and_forgotten_when_there_is_space(sqlite_store: Store) -> None:
    def tiny(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    event.listen(sqlite_store._engine, "begin", tiny)
    big = a_batch("B0", base_url="x" * 5_000_000)
    with pytest.raises(DiskFull), sqlite_store.write() as s:
        batches.add(s, big)
    event.remove(sqlite_store._engine, "begin", tiny)
    with sqlite_store.write() as s:
        s.connection().exec_driver_sql("PRAGMA max_page_count=1000000")
        batches.add(s, a_batch())
    with sqlite_store.read() as s:
        assert len(batches.listing(s)) == 1
        assert s.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_errors_of_the_operating_system_keep_their_kind() -> None:
    error = sqlite3.OperationalError("database or disk is full")
    assert isinstance(storage_error(error), DiskFull)


WRITER = """
import sys
from datetime import UTC, datetime
from docpipe.model.batch import Batch, State
from docpipe.model.recipe import Recipe
from docpipe.store import audit, batches
from docpipe.store.database import Store
store = Store.open(sys.argv[1], sys.argv[2])
for n in range(100000):
    with store.write() as s:
        batches.add(s, Batch(f"B{n:06}", Recipe("translate", "en", "de", "x"), State.ADMITTED, datetime.now(UTC), "a"))
        audit.append(s, "B", "a", "batch.admitted", f"B{n:06}")
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_was_told_is_written(url: str, tmp_path: Path) -> None:
    from docpipe.store import audit, audit_verify

    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(tmp_path / "blobs")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last = -1
    for line in process.stdout:
        last = int(line)
        if last >= 60:
            process.kill()
            break
    rest = [int(line) for line in process.stdout.read().split()]
    process.wait(30)
    last = max([last, *rest])
    with Store.open(url, str(tmp_path / "blobs")) as store, store.read() as s:
        written = [b.id for b in batches.listing(s)]
        assert len(written) in (last + 1, last + 2)
        assert len(list(audit.events(s, "B"))) == len(written)
        assert audit_verify.verify(s) == []
        if store.dialect == "sqlite":
            assert s.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_url_for_postgresql_gets_psycopg_and_hides_its_password() -> None:
    parsed = parse_url("postgresql://u:secret@h/d")
    assert parsed.drivername == "postgresql+psycopg"
    engine = make_engine(parsed)
    assert "secret" not in repr(engine)


def test_text_that_databases_refuse_comes_back_as_it_was(store: Store) -> None:
    for n, odd in enumerate(["nul\x00", "half \ud83d", '\x1bJ"x"', "", "a\U0001f600\u202e", "ok\n\r\t"]):
        with store.write() as s:
            batches.add(s, a_batch(f"B{n}"))
            s.execute(insert(leases).values(name=f"n{n}", owner=odd, fence=0, until=NOW))
        with store.read() as s:
            row = s.execute(select(leases).where(leases.c.name == f"n{n}")).one()
            assert row.owner == odd
            assert row.until == NOW
            assert s.execute(select(leases.c.name).where(leases.c.owner == odd)).scalar() == f"n{n}"
