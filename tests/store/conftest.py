"""A fresh store for each test, on SQLite and on a PostgreSQL that is started here on loopback (skipped loudly where absent)."""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from store_builders import a_batch, a_document

from docpipe.store import batches, documents
from docpipe.store.database import Store
from docpipe.store.delivery_tables import metadata
from docpipe.store.migrations import HEAD


def _binary(name: str) -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for folder in versions:
        if (folder / name).is_file():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def _as_somebody(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: the words that make it run as another user who then owns the folder."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if shutil.which("setpriv"):
            for path in (folder, *folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
            return [
                "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT", "--",
            ]  # fmt: skip
    pytest.skip("PostgreSQL cannot run as root, and there is no setpriv or no other user")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL (without a database) of a server of our own, stopped at the end."""
    server, initdb = _binary("postgres"), _binary("initdb")
    if server is None or initdb is None:
        pytest.skip("PostgreSQL is not installed: the store is tested on SQLite alone (apt-get install postgresql)")
    memory = Path("/dev/shm")  # the same calls, less waiting for the disk
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 400 << 20
    folder = Path(tempfile.mkdtemp(prefix="docpipe-pg-", dir=memory if roomy else None))
    process: subprocess.Popen[bytes] | None = None
    try:
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        prefix = _as_somebody(folder)
        made = subprocess.run(
            [*prefix, initdb, "-D", folder / "data", "-U", "docpipe", "-E", "UTF8", "--locale=C", "--no-sync",
             "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"],
            capture_output=True, text=True, cwd=folder, check=False,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"initdb failed: {made.stderr.strip()[-300:]}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [*prefix, server, "-D", folder / "data", "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", f"unix_socket_directories={folder}", "-c", "max_connections=60", "-c", "deadlock_timeout=200ms"],
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
        url = f"postgresql+psycopg://docpipe:{password}@127.0.0.1:{port}"
        _await(url, process, folder / "log")
        yield url
    finally:
        if process is not None:
            process.send_signal(2)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(f"{url}/postgres")
    for _ in range(150):
        if process.poll() is not None:
            pytest.skip(f"PostgreSQL did not start as {getpass.getuser()}: {log.read_text()[-300:]}")
        try:
            with engine.connect():
                engine.dispose()
                return
        except OperationalError:
            time.sleep(0.2)
    pytest.fail("PostgreSQL did not answer in 30 s")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite-template")
    Store.open(f"sqlite:///{folder}/t.db", str(folder / "blobs")).close()
    return folder / "t.db"


@pytest.fixture(scope="session")
def postgres_database(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated database and a superuser's engine to empty it between tests: quicker than one each."""
    engine = create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE docpipe"))
    engine.dispose()
    Store.open(f"{postgres}/docpipe", str(tmp_path_factory.mktemp("pg-blobs"))).close()
    engine = create_engine(f"{postgres}/docpipe", isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def _emptied(engine: Engine) -> None:
    """As it was after the migrations: past triggers, which are there again even where a test took them away."""
    tables = ", ".join(f'"{t.name}"' for t in metadata.sorted_tables)
    with engine.connect() as connection:
        for table in ("audit_events", "audit_heads"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated, empty database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "docpipe.db")
        yield f"sqlite:///{tmp_path}/docpipe.db"
        return
    engine: Engine = request.getfixturevalue("postgres_database")
    server: str = request.getfixturevalue("postgres")
    yield f"{server}/docpipe"
    _emptied(engine)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(url, str(tmp_path / "blobs")) as opened:
        yield opened


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(sqlite_template, tmp_path / "docpipe.db")
    with Store.open(f"sqlite:///{tmp_path}/docpipe.db", str(tmp_path / "blobs")) as opened:
        yield opened


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with batch B1 and its document D1."""
    with store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
    return store
