"""Chromium over the application as it is served: a world of one translated document, and pages signed in by account.

The browser is the machine's own (``DOCPIPE_TEST_CHROMIUM``, else the one on PATH); where there is none the tests are skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from serving import serve
from web_builders import opened, translated, world_of
from whole import clean_environment

from docpipe.accounts.roles import User
from docpipe.model.inline import from_wire
from docpipe.settings import load
from docpipe.simulate import translation
from docpipe.steps import decide, people
from docpipe.steps.house import House, open_house
from docpipe.store import documents, units, users

_spec = importlib.util.spec_from_file_location("web_world", Path(__file__).parent.parent / "web" / "conftest.py")
assert _spec
assert _spec.loader
web_world = sys.modules.setdefault("web_world", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(web_world)

_cheap_hashes = web_world._cheap_hashes
_no_foreign_settings = web_world._no_foreign_settings


def chromium_path() -> str | None:
    """The browser to test with."""
    given = os.environ.get("DOCPIPE_TEST_CHROMIUM")
    return given or next(
        (found for n in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(n))), None
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless browser, closed with each file: while it is open its event loop counts as running in this process."""
    path = chromium_path()
    if not path:
        pytest.skip(
            "NO BROWSER: Chromium is not installed (set DOCPIPE_TEST_CHROMIUM): the pages were not tested in one"
        )
    sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: the playwright package is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Served:
    """The application on a port of this machine, over a world that the test owns."""

    house: House
    address: str
    document: str
    batch: str
    segments: tuple[str, ...]
    chromium: Any
    contexts: list[Any] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def user(self, name: str) -> User:
        with self.house.store.read() as s:
            return users.get(s, name)

    def context(self, name: str, **options: Any) -> Any:
        """A browser profile signed in as this account."""
        made = self.chromium.new_context(
            base_url=self.address, **({"viewport": {"width": 1280, "height": 800}} | options)
        )
        made.set_default_timeout(8000)
        secret = people.start_session(self.house, self.user(name), address="127.0.0.1", agent="test")
        made.add_cookies([{"name": "docpipe_session", "value": secret, "url": self.address}])
        self.contexts.append(made)
        return made

    def page(self, name: str, query: str = "", **options: Any) -> Any:
        """The document's grid, ready, signed in as this account."""
        made = self.watched(self.context(name, **options).new_page())
        made.goto(f"/documents/{self.document}{query}")
        made.wait_for_selector("html[data-grid=ready]", state="attached")
        return made

    def watched(self, page: Any) -> Any:
        """Errors of the page's scripts and of its content policy fail the test."""
        page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        page.on(
            "console",
            lambda m: self.faults.append(f"console: {m.text}") if "Content Security Policy" in m.text else None,
        )
        return page

    def unit(self, segment: str) -> Any:
        with self.house.store.read() as s:
            return units.get(s, self.document, segment)[1]

    def target(self, segment: str) -> str:
        from docpipe.model.inline import to_wire

        return to_wire(self.unit(segment).target)


def translated_by_hand(house: House, document: str, user: User) -> None:
    """A careful translation of every row, by a person."""
    with house.store.read() as s:
        rows = units.segments(s, document)
    targets = {g.id: from_wire(translation.translate(g.wire, "en", "es"), g.source) for g in rows}
    outcome = decide.edit(house, document, targets, user, "translated by hand")
    assert not outcome.refused


@pytest.fixture(scope="session")
def browser_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What every test starts from: never change it."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(clean_environment()):
            patch.delenv(name)
        house = opened(folder)
        made = world_of(house, translated(house, folder, words=700))
        with house.store.read() as s:
            reviewer = users.get(s, "reviewer.one")
        translated_by_hand(house, made.document, reviewer)
    yield made
    house.store.close()


@pytest.fixture
def served(browser_world: Any, chromium: Any, tmp_path: Path) -> Iterator[Served]:
    """The application over a copy of the world; the document's rows were translated by ``reviewer.one``."""
    home = tmp_path / "home"
    source = browser_world.house.settings.home
    shutil.copytree(source, home, ignore=shutil.ignore_patterns("docpipe.db*"))
    with sqlite3.connect(source / "docpipe.db") as there, sqlite3.connect(home / "docpipe.db") as here:
        there.backup(here)
    house = open_house(load(home=home))
    address, stop = serve(house)
    with house.store.read() as s:
        assert documents.get(s, browser_world.document)
    made = Served(house, address, browser_world.document, browser_world.batch, browser_world.segments, chromium)
    yield made
    for context in made.contexts:
        context.close()
    stop()
    house.store.close()
    assert not made.faults, made.faults
