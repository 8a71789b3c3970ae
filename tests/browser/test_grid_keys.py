"""The grid by keyboard alone: twenty approvals with twenty chords, moving, undo, the map; and what a row then says."""

from __future__ import annotations

from typing import Any

import pytest

from docpipe.model.segment import Status
from docpipe.web.grid_keys import KEYS


def active(page: Any) -> str:
    page.wait_for_selector("tr[data-ready=yes]", state="attached")
    return str(page.locator("tr.active").get_attribute("data-segment"))


def approved(served: Any) -> int:
    from docpipe.store import units

    with served.house.store.read() as s:
        return sum(u.status is Status.APPROVED for u in units.units(s, served.document).values())


@pytest.mark.slow
def test_twenty_rows_are_approved_with_twenty_chords_and_no_mouse(served: Any) -> None:
    page = served.page("reviewer.two", f"#row-{served.segments[0]}")
    seen = []
    for _ in range(20):
        seen.append(active(page))
        page.keyboard.press("Control+Enter")
        page.wait_for_function("old => document.querySelector('tr.active')?.dataset.segment !== old", arg=seen[-1])
    page.wait_for_function("() => document.querySelectorAll('tr[data-status=approved]').length === 20")
    assert seen == list(served.segments[:20])
    assert approved(served) == 20
    assert "20 of" in page.locator("[data-progress=rows]").inner_text()


@pytest.mark.slow
def test_the_approver_who_cannot_edit_approves_by_keyboard_too(served: Any) -> None:
    page = served.page("approver.one", f"#row-{served.segments[2]}")
    active(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "old => document.querySelector('tr.active')?.dataset.segment !== old", arg=served.segments[2]
    )
    page.wait_for_selector(f"#row-{served.segments[2]}[data-status=approved]")
    assert served.unit(served.segments[2]).approver == "approver.one"


@pytest.mark.slow
def test_confirm_and_next_goes_on_to_the_next_page_under_the_filter(served: Any) -> None:
    page = served.page("reviewer.two", "?per=25&eyes=1")
    last = page.locator("tr.row").last.get_attribute("data-segment")
    page.keyboard.press("Tab")
    page.evaluate("segment => document.getElementById(`row-${segment}`).querySelector('.c-status').click()", last)
    assert active(page) == last
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "old => { const a = document.querySelector('tr.active'); return a && a.dataset.segment !== old }", arg=last
    )
    assert active(page) == served.segments[served.segments.index(last) + 1]
    assert "eyes=1" in page.url


def test_an_approved_row_that_is_edited_loses_its_approval_visibly(served: Any) -> None:
    segment = served.segments[3]
    page = served.page("reviewer.two", f"#row-{segment}")
    active(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{segment}[data-status=approved]")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_selector(f"#row-{segment}[data-ready]")
    page.keyboard.type(" Más.")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(f"#row-{segment}[data-status=edited]")
    assert "by reviewer.two" in page.locator(f"#row-{segment} .c-status").inner_text()
    assert served.unit(segment).status is Status.EDITED


def test_undo_takes_back_the_last_own_action_and_redo_does_it_again(served: Any) -> None:
    segment = served.segments[1]
    page = served.page("reviewer.two", f"#row-{segment}")
    active(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{segment}[data-status=approved]")
    page.keyboard.press("Control+Z")
    page.wait_for_selector(f"#row-{segment}[data-status=edited]")
    assert served.unit(segment).status is Status.EDITED
    assert active(page) == segment
    page.keyboard.press("Control+Y")
    page.wait_for_selector(f"#row-{segment}[data-status=approved]")


@pytest.mark.slow
def test_a_key_held_down_approves_one_row_only(served: Any) -> None:
    page = served.page("reviewer.two", f"#row-{served.segments[0]}")
    active(page)
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    page.wait_for_selector(f"#row-{served.segments[0]}[data-status=approved]")
    page.wait_for_timeout(300)
    assert approved(served) == 1


def test_every_chord_has_one_meaning_and_the_page_shows_them_all(served: Any) -> None:
    page = served.page("reviewer.two", f"#row-{served.segments[0]}")
    active(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    shown = page.locator("dialog#keys[open] tbody tr")
    assert shown.count() == len(KEYS)
    page.keyboard.press("Escape")
    handlers = page.evaluate(
        "async () => { const { Actions } = await import('/static/grid-actions.js'); return Object.getOwnPropertyNames(Actions.prototype) }"
    )
    assert {key.action for key in KEYS} <= set(handlers)


@pytest.mark.slow
def test_a_modifier_alone_and_a_foreign_chord_do_nothing(served: Any) -> None:
    page = served.page("reviewer.two", f"#row-{served.segments[0]}")
    first = active(page)
    before = page.locator(f"#row-{first} .c-target .text").inner_text()
    for key in ("Control", "Alt", "Shift", "Control+Q", "Alt+Q", "Control+B"):
        page.keyboard.press(key)
    assert active(page) == first
    assert page.locator(f"#row-{first} .c-target .text").inner_text() == before
    assert page.locator("tr.unsaved").count() == 0


@pytest.mark.slow
def test_go_to_number_first_and_last(served: Any) -> None:
    page = served.page("reviewer.two", f"?per=25#row-{served.segments[0]}")
    active(page)
    page.keyboard.press("Alt+End")
    page.wait_for_selector(f"#row-{served.segments[-1]}[data-ready]")
    page.keyboard.press("Control+G")
    page.keyboard.type("7")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{served.segments[6]}[data-ready]")
    page.keyboard.press("Alt+Home")
    page.wait_for_selector(f"#row-{served.segments[0]}[data-ready]")
