"""The review page in Firefox: signed in by its form, a row edited and saved, approved by keys; no complaint in its console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import serve

from docpipe.model.segment import Status
from docpipe.store import units

bidi = pytest.importorskip("bidi", reason="NO BROWSER: the websockets package is not installed: Firefox was not tested")
WIDE = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth && !e.closest('.scroll *, .visually-hidden'))
  .slice(0, 6).map(e => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right)"""
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    binary = bidi.firefox_path()
    if not binary:
        pytest.skip("NO BROWSER: Firefox is not installed (set DOCPIPE_TEST_FIREFOX): the pages were not tested in it")
    with bidi.Firefox(binary, tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture
def installed(browser_world: Any, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """The world, copied and served."""
    import shutil
    import sqlite3
    from dataclasses import replace

    from docpipe.settings import load
    from docpipe.steps.house import open_house

    source = browser_world.house.settings.home
    home = tmp_path / "home"
    shutil.copytree(source, home, ignore=shutil.ignore_patterns("docpipe.db*"))
    with sqlite3.connect(source / "docpipe.db") as there, sqlite3.connect(home / "docpipe.db") as here:
        there.backup(here)
    house = open_house(load(home=home))
    address, stop = serve(house)
    yield replace(browser_world, house=house), address
    stop()
    house.store.close()


def unit(world: Any, number: int) -> Any:
    with world.house.store.read() as s:
        return units.get(s, world.document, world.segments[number - 1])[1]


def sign_in(tab: Any, address: str, name: str) -> None:
    tab.go(f"{address}/sign-in")
    tab.ask("document.getElementById('f-name').focus()")
    tab.type(name)
    tab.press("Tab")
    tab.type(PASSWORD)
    tab.press("Enter")
    tab.wait("location.pathname === '/queue' && document.readyState === 'complete'")


@pytest.mark.slow
def test_sign_in_edit_save_and_approve_in_firefox(firefox: Any, installed: tuple[Any, str]) -> None:
    world, address = installed
    tab = firefox.tab()
    tab.size(1280, 800)
    sign_in(tab, address, "reviewer.two")
    one, two = world.segments[1], world.segments[2]
    tab.go(f"{address}/documents/{world.document}#row-{one}")
    tab.wait(f"document.querySelector('#row-{one}.active[data-ready]') !== null")
    tab.press("Control+End")
    tab.type(" Más señales – sí.")
    tab.press("Alt+ArrowDown")
    tab.wait(f"document.querySelector('#row-{two}.active[data-ready]') !== null")
    tab.wait(f"document.querySelector('#row-{one} .c-status').innerText.includes('reviewer.two')")
    assert unit(world, 2).editor == "reviewer.two"
    assert "".join(p.text for p in unit(world, 2).target if hasattr(p, "text")).endswith(" Más señales – sí.")
    tab.press("Control+Enter")
    tab.wait(f"document.querySelector('#row-{two}').dataset.status === 'approved'")
    assert unit(world, 3).status is Status.APPROVED
    assert unit(world, 3).approver == "reviewer.two"
    assert firefox.tab().complaints() == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 320])
def test_nothing_scrolls_sideways_in_firefox(firefox: Any, installed: tuple[Any, str], width: int) -> None:
    world, address = installed
    tab = firefox.tab()
    tab.size(width, 844)
    sign_in(tab, address, "approver.one")
    wrong = []
    d, b = world.document, world.batch
    for path in (
        "/queue",
        f"/documents/{d}",
        f"/documents/{d}/checkpoint",
        f"/documents/{d}/preview",
        f"/batches/{b}",
        f"/batches/{b}/checkpoint",
        "/batches",
        "/operations",
        "/help/errors",
    ):
        tab.go(address + path)
        if tab.ask("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") > 0:
            wrong.append((path, tab.ask(WIDE)))
    assert not wrong
    assert tab.complaints() == []
