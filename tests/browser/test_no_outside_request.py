"""Everything works with no network: every page visited and every form sent once, and no request leaves our origin.

A form that is new is in at once: forms are found on the pages, filled with what their fields ask for, and sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from furnish import Visit
from tour import Tour, settle, touring
from whole import PASSWORD

pytestmark = pytest.mark.slow

LAST = (
    "/sign-out",
    "/account/sessions",
    "/disable",
    "/sessions",
    "/cancel",
    "/stop",
    "/account/password",
    "/password",
    "/roles",
    "/sign",
    "/take",
    "/discard",
)
"""Actions after which others are not possible any more: sent last, in this order from the end."""
FORMS = """() => [...document.querySelectorAll('form:not([method=dialog])')].flatMap(f => [...f.querySelectorAll('button, input[type=submit]')]
  .filter(b => b.type === 'submit' && !b.disabled).map((b, m) => ({ form: [...document.querySelectorAll('form')].indexOf(f), button: m,
    address: new URL(f.getAttribute('action') || '', location).pathname, method: f.getAttribute('method') || 'get', does: b.value || '' })))"""
FILL = """([n, password]) => {
  const form = document.querySelectorAll('form')[n];
  form.closest('details')?.setAttribute('open', '');
  for (const e of form.elements) {
    if (e.type === 'hidden' || e.type === 'file' || e.type === 'submit' || e.tagName === 'FIELDSET' || e.readOnly) continue;
    if (e.type === 'password') e.value = password;
    else if (e.name === 'typed') e.value = (form.textContent.match(/Type ([\\d]+)/) || [0, '1'])[1];
    else if (e.name === 'from') e.value = 'en'; else if (e.name === 'to') e.value = 'es'; else if (e.name === 'rows') e.value = '1';
    else if (e.required && !e.value) e.value = e.type === 'number' ? '1' : 'for the test';
  }
}"""
WRONG = "n => [...document.querySelectorAll('form')[n].elements].filter(e => !e.checkValidity()).map(e => e.name)"
SEND = """([n, m]) => {
  const form = document.querySelectorAll('form')[n];
  form.requestSubmit([...form.querySelectorAll('button, input[type=submit]')].filter(b => b.type === 'submit' && !b.disabled)[m]);
}"""


@pytest.fixture(scope="module")
def tour(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with touring(chromium, tmp_path_factory.mktemp("outside")) as made:
        yield made


def kind(form: dict[str, Any]) -> str:
    """The action without its ids."""
    return (
        re.sub(r"/(?:[BDSI][0-9a-f][0-9A-Za-z-]{6,}|[0-9a-f]{24,}|B\\d{6}-\\w+)", "/…", form["address"])
        + f" {form['method']} {form['does']}"
    )


def rank(name: str) -> int:
    return max((len(LAST) - n for n, word in enumerate(LAST) if word in name), default=0)


def sent(tour: Tour, visit: Visit, form: dict[str, Any], file: Path) -> None:
    page = tour.visit(visit)
    if "/sign-in" in page.url:
        tour.opened.pop(visit.account + "[]").context.close()
        page = tour.visit(visit)
    if page.locator("form").count() <= form["form"]:
        return
    page.evaluate(FILL, [form["form"], PASSWORD])
    for box in page.locator("form").nth(form["form"]).locator("input[type=file]:not([webkitdirectory])").all():
        if box.get_attribute("name") in ("files", "file"):
            box.set_input_files(file)
    asked = page.evaluate(WRONG, form["form"])
    assert not asked, f"{visit.address}: a form asks for what the test did not fill in: {asked}"
    with page.expect_event("request", timeout=30000):
        page.evaluate(SEND, [form["form"], form["button"]])
    page.wait_for_load_state("load")
    settle(page)


@pytest.mark.slow
def test_every_page_and_every_action_stay_within_our_origin(tour: Tour, tmp_path: Path) -> None:
    file = tmp_path / "more.docx"
    file.write_bytes(docx("p:The dose was 5 mg."))
    forms: dict[str, tuple[Visit, dict[str, Any]]] = {}
    seen: Counter[str] = Counter()
    for visit in tour.world.pages():
        seen[visit.route] += 1
        if seen[visit.route] > 3:  # pages of a route differ by the state of what they show
            continue
        page = tour.visit(visit)
        for form in page.evaluate(FORMS):
            forms.setdefault(kind(form), (visit, form))
    assert len(forms) > 40, sorted(forms)
    for name in sorted(forms, key=rank):
        sent(tour, *forms[name], file)
    assert not tour.outside, tour.outside
    assert not tour.faults, "\n".join(tour.faults)


def test_the_grid_by_script_stays_within_our_origin(tour: Tour) -> None:
    world = tour.world
    page = tour.visit(Visit("grid", f"/documents/{world.other}", "reviewer.two"))
    page.keyboard.press("Tab")
    page.evaluate("() => document.querySelector('tr.row .c-status').click()")
    page.wait_for_selector("tr.row.active[data-ready]", state="attached")
    page.keyboard.type(" Más.")
    for key in (
        "Control+s",
        "Alt+H",
        "Alt+P",
        "Escape",
        "Alt+C",
        "Escape",
        "Alt+F",
        "Alt+ArrowDown",
        "Control+Enter",
        "Control+z",
    ):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    assert not tour.outside, tour.outside
    assert not tour.faults, "\n".join(tour.faults)
