"""Walks through the pages of a furnished world in Chromium: signed in as whom the page wants, faults of any page kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from furnish import Furnished, Visit, furnish
from serving import serve
from whole import clean_environment

from docpipe.steps import people
from docpipe.store import users

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
DESK, PHONE, NARROW = (1280, 800), (390, 844), (320, 700)


@dataclass
class Tour:
    """The furnished world, served; ``faults``: script errors, refusals of the content policy, console errors, each with its page."""

    world: Furnished
    address: str
    browser: Any
    faults: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    opened: dict[str, Any] = field(default_factory=dict)

    def page(self, account: str, **options: Any) -> Any:
        """The page of an account: one a kind, kept for the next visit."""
        key = account + repr(sorted(options.items()))
        if key not in self.opened:
            context = self.browser.new_context(
                base_url=self.address, viewport={"width": 1280, "height": 800}, **options
            )
            context.set_default_timeout(15000)
            if account:
                with self.world.house.store.read() as s:
                    user = users.get(s, account)
                secret = people.start_session(self.world.house, user, address="127.0.0.1", agent="test")
                context.add_cookies([{"name": "docpipe_session", "value": secret, "url": self.address}])
            self.opened[key] = self.watch(context.new_page())
        return self.opened[key]

    def watch(self, page: Any) -> Any:
        """Keeps what goes wrong on the page, and every request that would leave our origin (which fails)."""
        page.on("pageerror", lambda e: self.faults.append(f"{page.url}: script: {e}"))
        page.on("console", lambda m: self._said(page, m))
        page.on("dialog", lambda d: (self.dialogs.append(f"{page.url}: {d.message}"), d.dismiss()))
        page.context.route(lambda url: not url.startswith((self.address, "data:", "blob:", "about:")), self._left)
        return page

    def _said(self, page: Any, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{page.url}: console: {message.text}")

    def _left(self, route: Any) -> None:
        self.outside.append(f"{route.request.frame.url}: {route.request.url}")
        route.abort()

    def visit(self, visit: Visit, size: tuple[int, int] = DESK, scheme: str = "light", **options: Any) -> Any:
        """The page, at rest."""
        page = self.page(visit.account, **options)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        page.goto(visit.address, wait_until="load")
        settle(page)
        return page


def settle(page: Any) -> None:
    """Waits until the grid, where there is one, answers to keys."""
    if page.locator("#grid tr.row").count() and page.evaluate(
        "() => !!document.querySelector('script[src*=\"grid.js\"]')"
    ):
        page.wait_for_selector("html[data-grid=ready]", state="attached")


@contextmanager
def touring(browser: Any, folder: Path, **texts: Any) -> Iterator[Tour]:
    """A tour of its own."""
    import os

    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(clean_environment()):
            patch.delenv(name)
        with ThreadPoolExecutor(
            1
        ) as aside:  # Playwright's event loop runs in this thread, and the model step starts one of its own
            world = aside.submit(furnish, folder, **texts).result()
        address, stop = serve(world.house)
        tour = Tour(world, address, browser)
        yield tour
        for page in tour.opened.values():
            page.context.close()
        stop()
        world.house.store.close()
        with sqlite3.connect(world.house.settings.home / "docpipe.db") as database:
            assert database.execute("PRAGMA quick_check").fetchone() == ("ok",)
