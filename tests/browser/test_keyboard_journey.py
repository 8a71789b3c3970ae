"""The whole journey by keyboard alone, with scripts: from the submission to the signed release. No call of a mouse.

Only the system's dialog to choose files is stood in for; what the page is asked is read, never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from journey import EDITED, EDITOR, ROWS, SIGNER, Floor, files, floor, packaged, texts
from whole import PASSWORD

from docpipe.model.batch import State

MOST = 200


@pytest.fixture
def ground(tmp_path: Path, chromium: Any) -> Iterator[Floor]:
    with floor(tmp_path) as made:
        yield made


class Keys:
    """A person with a keyboard."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.pressed = 0

    def at(self, what: str) -> bool:
        """Whether the focus is on what the selector or ``text=`` names."""
        if what.startswith("text="):
            word = what[5:]
            return bool(
                self.page.evaluate(
                    "w => { const e = document.activeElement; return (e.innerText || e.value || '').trim().startsWith(w) && e !== document.body }",
                    word,
                )
            )
        return bool(self.page.evaluate("s => document.activeElement.matches(s)", what))

    def to(self, what: str, key: str = "Tab") -> Keys:
        """Tabs on until the focus is there."""
        for _ in range(MOST):
            if self.at(what):
                return self
            self.page.keyboard.press(key)
            self.pressed += 1
        raise AssertionError(f"the keyboard does not get to {what} on {self.page.url}")

    def press(self, *keys: str) -> Keys:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
        return self

    def type(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self

    def go(self, what: str, address: str) -> Keys:
        """Follows a link or presses a button, and waits for where it leads."""
        self.to(what)
        with self.page.expect_navigation(url=address):
            self.press("Enter")
        self.page.wait_for_load_state("load")
        return self


def sign_in(keys: Keys, name: str) -> None:
    keys.page.goto("/")
    keys.to("#f-name").type(name).press("Tab").type(PASSWORD)
    with keys.page.expect_navigation(url="**/queue"):
        keys.press("Enter")


def submitted(keys: Keys, folder: Path) -> str:
    document, memory = files(folder)
    page = keys.page
    keys.go("nav a[href='/submit']", "**/submit")
    for name, path in (("files", document), ("memory", memory)):
        keys.to(f"input[name={name}]")
        page.locator(f"input[name={name}]").set_input_files(path)
    keys.to("input[name=from]", "Shift+Tab").type("en")
    keys.to("input[name=to]").press("Escape").type("es")
    keys.to("input[name=name]").press("Escape").type("Synopsis")
    keys.go("text=Upload and estimate", "**/submissions/*")
    page.wait_for_selector("text=Memory, exact", state="attached", timeout=60000)
    keys.go("text=Confirm: make the batch", "**/batches/B*")
    return str(page.url.rsplit("/", 1)[1])


def into_the_grid(keys: Keys) -> None:
    """From the queue into the first row of the only document."""
    keys.go("td a[href^='/documents/']", "**/documents/*")
    keys.page.wait_for_selector("html[data-grid=ready]", state="attached")
    keys.to("#grid .c-n a").press("Alt+ArrowDown")
    ready(keys)


def ready(keys: Keys, number: int = 0) -> int:
    """The number of the active row, once it answers."""
    which = f"tr.active[data-ready]:has(.c-n a[aria-label^='Row {number},'])" if number else "tr.active[data-ready]"
    keys.page.wait_for_selector(which, state="attached")
    return int(keys.page.locator("tr.active .c-n").inner_text())


@pytest.mark.slow
def test_from_submission_to_the_signed_release_by_keyboard_alone(ground: Floor, chromium: Any, tmp_path: Path) -> None:
    page = ground.page(chromium)
    faults: list[str] = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    keys = Keys(page)
    sign_in(keys, EDITOR)
    batch = submitted(keys, tmp_path)
    assert ground.run(batch) is State.WAITING

    keys.go("nav a[href='/queue']", "**/queue")
    into_the_grid(keys)
    while ready(keys) != 2:
        keys.press("Alt+ArrowDown")
    page.wait_for_selector("#panel .finding, #panel [class*=sev]")
    keys.press("Alt+D")
    page.wait_for_selector("dialog[open]")
    keys.type("The sponsor counts the weeks from screening").press(
        "Enter" if page.evaluate("() => document.activeElement.tagName === 'INPUT'") else "Control+Enter"
    )
    page.wait_for_selector("dialog[open]", state="detached")
    page.wait_for_function("() => !document.querySelector('tr.active .c-find .find')")
    keys.press("Alt+End")
    ready(keys, len(ROWS))
    keys.press("Control+A").type(EDITED)
    keys.press("Control+s")
    page.wait_for_selector(f"tr.row:nth-of-type({len(ROWS)})[data-status=edited], tr.active[data-status=edited]")
    keys.press("Alt+C")
    keys.to("dialog[open] textarea, #panel textarea, textarea").type("The sponsor's word.").press("Control+Enter")
    page.wait_for_selector("text=1 comment")
    keys.press("Escape")
    keys.go("text=Sign out", "**/sign-in*")

    other = Keys(ground.page(chromium))
    page = other.page
    page.on("pageerror", lambda e: faults.append(str(e)))
    sign_in(other, SIGNER)
    into_the_grid(other)
    for number in range(1, len(ROWS) + 1):
        ready(other, number)
        other.press("Control+Enter")
        page.wait_for_selector(f"tr.row[data-status=approved] a[aria-label^='Row {number},']", state="attached")
    page.wait_for_function("n => document.querySelectorAll('tr[data-status=approved]').length === n", arg=len(ROWS))
    other.press("Escape")
    other.to("text=Checkpoint", "Shift+Tab")
    with page.expect_navigation(url="**/checkpoint"):
        other.press("Enter")
    other.to("#sign-name").type(SIGNER).press("Tab").type(PASSWORD).press("Tab")
    assert other.at("#sign-meaning")
    with page.expect_navigation():
        other.to("text=Sign this document").press("Enter")
    assert "Signed by José Ruiz" in page.locator("main").inner_text()

    page.goto(f"/batches/{batch}")  # between the signature and the next run: the page follows what comes
    assert page.locator(".state-line .state-waiting").count() == 1
    assert ground.run(batch) is State.RELEASED
    page.wait_for_selector(".state-line .state-released")
    page.wait_for_selector("text=Download everything")
    other.to("text=Download everything")
    with page.expect_download() as got:
        other.press("Enter")
    found = packaged(Path(got.value.path()).read_bytes())
    assert texts(found["target/synopsis.docx"]) == [ROWS[0][1], ROWS[1][1], ROWS[2][1], EDITED]
    assert not faults, faults
