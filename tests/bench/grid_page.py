"""Times the review grid in Chromium on one long document and prints JSON: first paint, next row, approve and next, filter.

    python tests/bench/grid_page.py [--segments 5000] [--rounds 9]

The server runs in this process on a port of its own, over an installation in a temporary folder. Times are milliseconds
as a person feels them: from the key or click to the frame that shows its effect.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT),
    *(str(ROOT / "tests" / name) for name in ("", "formats", "steps", "writing", "web", "browser")),
]
_spec = importlib.util.spec_from_file_location("browser_world", ROOT / "tests" / "browser" / "conftest.py")
assert _spec
assert _spec.loader
world = sys.modules["browser_world"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(world)

PAINTED = "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))"
LIMITS = {"first_paint": 1500, "next_row": 100, "approve_and_next": 100, "filter": 300}


def document(house: Any, folder: Path, segments: int) -> str:
    """A document of about so many rows, translated and checked."""
    from whole import report

    from docpipe.steps import admit, check, extract, open_checkpoint, propagate, recall, translate
    from docpipe.steps.recipes import Order, make_recipe
    from docpipe.store import documents

    source = folder / "in"
    source.mkdir()
    (source / "long.docx").write_bytes(report(int(segments * 12.2), 5))
    batch = admit.admit(
        house, [source], make_recipe(house, Order("en", "es")), actor="author.one", out=str(folder / "out")
    )
    with house.store.read() as s:
        (found,) = documents.of_batch(s, batch.id)
    extract.extract(house, found.id)
    extract.make_segments(house, found.id)
    recall.recall_batch(house, batch.id)
    translate.translate(house, found.id)
    propagate.propagate(house, batch.id)
    check.check(house, found.id)
    open_checkpoint.open_checkpoint(house, found.id)
    open_checkpoint.settle(house, batch.id)
    return str(found.id)


def figures(values: list[float], limit: float) -> dict[str, float | bool]:
    """Median and worst of some times."""
    return {
        "median_ms": round(statistics.median(values), 1), "worst_ms": round(max(values), 1), "times": len(values),
        "limit_ms": limit, "within": max(values) <= limit,
    }  # fmt: skip


def first_paint(context: Any, address: str, rounds: int) -> tuple[list[float], list[float]]:
    """First contentful paint, and until the grid answers keys; the first visit fills the browser's cache too."""
    paints, ready = [], []
    for _ in range(rounds):
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-grid=ready]", state="attached")
        ready.append(page.evaluate("performance.now()"))
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        page.close()
    return paints, ready


def chord(page: Any, key: dict[str, Any], rounds: int) -> list[float]:
    """From a key to the frame in which another row is open and its findings stand beside it."""
    times = []
    for _ in range(rounds):
        page.wait_for_selector("tr[data-ready=yes]", state="attached")
        times.append(
            page.evaluate(
                """key => new Promise(done => {
                  const old = document.querySelector('tr.active'); const start = performance.now();
                  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true, cancelable: true}));
                  const look = () => { const now = document.querySelector('tr.active');
                    if (now && now !== old) PAINTED; else requestAnimationFrame(look) };
                  look() })""".replace("PAINTED", PAINTED),
                key,
            )
        )
        page.wait_for_timeout(150)
    return times


def filtered(page: Any, rounds: int) -> list[float]:
    """From the change of a field of the filter to the frame with the rows that match."""
    times = []
    for n in range(rounds):
        times.append(
            page.evaluate(
                """name => new Promise(done => {
                  const box = document.querySelector(`#filter [name=${name}]`); const body = document.getElementById('grid-body');
                  const first = body.firstElementChild; const start = performance.now();
                  box.click();
                  const look = () => { if (body.firstElementChild !== first) PAINTED; else setTimeout(look, 4) };
                  look() })""".replace("PAINTED", PAINTED),
                ("eyes", "changed", "eyes", "changed")[n % 4],
            )
        )
        page.wait_for_timeout(100)
    return times


def measure(segments: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    from playwright.sync_api import sync_playwright
    from serving import serve
    from web_builders import opened

    from docpipe.steps import people
    from docpipe.store import units, users

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house = opened(folder)
        made = document(house, folder, segments)
        with house.store.read() as s:
            rows = len(units.segments(s, made))
            one, two = users.get(s, "reviewer.one"), users.get(s, "reviewer.two")
        world.translated_by_hand(house, made, one)
        address, stop = serve(house)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=world.chromium_path(), args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            secret = people.start_session(house, two, address="bench", agent="bench")
            context.add_cookies([{"name": "docpipe_session", "value": secret, "url": address}])
            paints, ready = first_paint(context, f"{address}/documents/{made}", rounds)
            page = context.new_page()
            page.goto(f"{address}/documents/{made}")
            page.wait_for_selector("html[data-grid=ready]", state="attached")
            page.locator("tr.row").first.locator(".c-status").click()
            following = chord(page, {"key": "ArrowDown", "code": "ArrowDown", "altKey": True}, rounds)
            approving = chord(page, {"key": "Enter", "code": "Enter", "ctrlKey": True}, rounds)
            filtering = filtered(page, rounds)
            size = len(page.content())
            version = browser.version
            browser.close()
        stop()
        house.store.close()
    return {
        "rows": rows, "chromium": version, "page_bytes": size,
        "first_paint": figures(paints, LIMITS["first_paint"]), "ready": figures(ready, LIMITS["first_paint"]),
        "next_row": figures(following, LIMITS["next_row"]),
        "approve_and_next": figures(approving, LIMITS["approve_and_next"]), "filter": figures(filtering, LIMITS["filter"]),
    }  # fmt: skip


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    print(json.dumps(measure(given.segments, given.rounds), indent=2))


if __name__ == "__main__":
    main()
