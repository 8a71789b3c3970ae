"""The application over a real installation, clients signed in by role, and a small world: one translated batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from whole import PASSWORD, clean_environment, report

from docpipe.accounts.roles import Role, User
from docpipe.model.batch import Batch, Document, State
from docpipe.model.segment import SegmentId
from docpipe.settings import load
from docpipe.steps import admit, check, extract, open_checkpoint, people, propagate, recall
from docpipe.steps import translate as model_step
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import batches, documents, findings, units

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
NAMES = {role: f"{role.value}.one" for role in Role}
"""One account a role."""
OTHERS = {role: f"{role.value}.two" for role in (Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.QUALITY)}
"""Second accounts, for what is somebody else's."""


@dataclass
class Clock:
    """What time it is in the installation: real time, moved by the tests."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass(frozen=True)
class ClockHouse(House):
    """An installation whose clock the tests hold."""

    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        return self.clock.now()


@dataclass(frozen=True)
class World:
    """One batch of two documents, translated in rehearsal and waiting for people; submitted by ``author.one``."""

    house: House
    batch: str
    document: str
    other_document: str
    segment: str
    segments: tuple[str, ...]
    finding: str
    checkpoint: str


def _team(house: House) -> None:
    admin = people.add_user(house, NAMES[Role.ADMINISTRATOR], "Ada Min", ["administrator"], PASSWORD, by=None)
    for name, role in [(n, r) for given in (NAMES, OTHERS) for r, n in given.items() if n != admin.name]:
        people.add_user(house, name, name.replace(".", " ").title(), [role.value], PASSWORD, by=admin)


def opened(folder: Path, clock: Clock | None = None, **settings: Any) -> ClockHouse:
    """An installation of its own with its team."""
    house = open_house(load(home=folder / "home", **settings))
    made = ClockHouse(house.settings, house.store, house.owner, clock or Clock())
    _team(made)
    return made


def translated(house: House, folder: Path, name: str = "batch", seed: int = 7, words: int = 260) -> Batch:
    """A batch taken to its checkpoints without a model."""
    source = folder / name
    source.mkdir()
    for number, path in enumerate(("m1/report.docx", "m5/annex.docx")):
        (source / path).parent.mkdir()
        (source / path).write_bytes(report(words, seed + number))
    recipe = make_recipe(house, Order("en", "es"))
    batch = admit.admit(house, [source], recipe, actor=NAMES[Role.AUTHOR], out=str(folder / f"{name}-out"))
    with house.store.read() as s:
        found = documents.of_batch(s, batch.id)
    for d in found:
        extract.extract(house, d.id)
        extract.make_segments(house, d.id)
    recall.recall_batch(house, batch.id)
    for d in found:
        model_step.translate(house, d.id)
    propagate.propagate(house, batch.id)
    for d in found:
        check.check(house, d.id)
        open_checkpoint.open_checkpoint(house, d.id)
    assert open_checkpoint.settle(house, batch.id) is State.WAITING
    with house.store.read() as s:
        return batches.get(s, batch.id)


def world_of(house: House, batch: Batch) -> World:
    """The ids in a batch."""
    with house.store.read() as s:
        found: list[Document] = documents.of_batch(s, batch.id)
        rows: list[SegmentId] = [g.id for g in units.segments(s, found[0].id)]
        listed = findings.listing(s, found[0].id)
        from docpipe.store import checkpoints

        waiting = checkpoints.of_document(s, found[0].id)[0]
    finding = listed[0].id if listed else ""
    return World(house, batch.id, found[0].id, found[1].id, rows[0], tuple(rows), finding, waiting.id)


def application(house: House) -> FastAPI:
    """The application as it is served."""
    from docpipe.web.app import create_app

    return create_app(house)


def anonymous(app: FastAPI) -> TestClient:
    """A browser without a session; unsafe requests come from our own page."""
    return TestClient(app, headers=SAME_ORIGIN, follow_redirects=False, raise_server_exceptions=True)


def signed_in(app: FastAPI, name: str) -> TestClient:
    """A browser with a session of this account (without the slow password check)."""
    from docpipe.store import users
    from docpipe.web.session import COOKIE

    house: House = app.state.house
    with house.store.read() as s:
        user: User = users.get(s, name)
    client = anonymous(app)
    secret = people.start_session(house, user, address="testclient", agent="test")
    client.cookies.set(COOKIE, secret, domain="testserver.local", path="/")  # as the client itself keeps it
    return client


@pytest.fixture(autouse=True)
def _no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in set(os.environ) - set(clean_environment()):
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    """Weak parameters for the passwords of the tests: there are many accounts, and the strength is tested elsewhere."""
    from argon2 import PasswordHasher

    from docpipe.accounts import passwords

    kept = passwords._hasher
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    passwords._hasher = lambda: cheap  # type: ignore[assignment]
    passwords._nobody.cache_clear()
    yield
    passwords._hasher = kept
    passwords._nobody.cache_clear()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world that all tests of a process read from; never change it (``world`` is yours)."""
    folder = tmp_path_factory.mktemp("world")
    import os

    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(clean_environment()):
            patch.delenv(name)
        house = opened(folder)
        made = world_of(house, translated(house, folder))
    yield made
    house.store.close()


@pytest.fixture
def clock() -> Clock:
    """The clock of ``world``."""
    return Clock()


@pytest.fixture
def world(kept: World, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A world of one's own: a copy of the kept one."""
    import shutil
    import sqlite3

    home = tmp_path / "home"
    home.mkdir()
    source = kept.house.settings.home
    with sqlite3.connect(source / "docpipe.db") as there, sqlite3.connect(home / "docpipe.db") as here:
        there.backup(here)
    for entry in source.iterdir():
        if entry.name.startswith("docpipe.db"):
            continue
        if entry.is_dir():
            shutil.copytree(entry, home / entry.name)
        else:
            shutil.copy(entry, home / entry.name)
    house = open_house(load(home=home))
    yield replace(kept, house=ClockHouse(house.settings, house.store, house.owner, clock))
    house.store.close()


@pytest.fixture
def app(world: World) -> FastAPI:
    """The application over ``world``."""
    return application(world.house)


@pytest.fixture
def client_as(app: FastAPI) -> Callable[..., TestClient]:
    """``client_as("reviewer")`` or ``client_as("reviewer.two")``: a signed-in browser; ``client_as()`` is nobody's.

    It does not follow redirects, and its requests come from our own origin unless the headers say otherwise.
    """

    def client(role: str | Role = "") -> TestClient:
        if not role:
            return anonymous(app)
        return signed_in(app, NAMES[Role(role)] if role in list(Role) else str(role))

    return client
