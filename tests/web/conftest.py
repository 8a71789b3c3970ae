"""The application over a real installation, clients signed in by role, and a small world: one translated batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_builders import (
    NAMES,
    Clock,
    ClockHouse,
    World,
    anonymous,
    application,
    opened,
    signed_in,
    translated,
    world_of,
)
from whole import clean_environment

from docpipe.accounts.roles import Role
from docpipe.settings import load
from docpipe.steps.house import open_house


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
    _copied(house.settings.home, _pristine(house))
    yield made
    house.store.close()


def _pristine(house: ClockHouse) -> Path:
    """A copy of the kept world as it was made: looking at pages leaves marks."""
    return house.settings.home.parent / "pristine"


def _copied(source: Path, home: Path) -> None:
    import shutil
    import sqlite3

    home.mkdir()
    with sqlite3.connect(source / "docpipe.db") as there, sqlite3.connect(home / "docpipe.db") as here:
        there.backup(here)
    for entry in source.iterdir():
        if entry.name.startswith("docpipe.db"):
            continue
        if entry.is_dir():
            shutil.copytree(entry, home / entry.name)
        else:
            shutil.copy(entry, home / entry.name)


@pytest.fixture
def clock() -> Clock:
    """The clock of ``world``."""
    return Clock()


@pytest.fixture
def world(kept: World, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A world of one's own: a copy of the kept one as it was made."""
    home = tmp_path / "home"
    _copied(_pristine(kept.house), home)
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
