"""Nothing typed is lost: killed browser, ended session, server away, two people on one row; and only the touched row says so."""

from __future__ import annotations

import time
from typing import Any

import pytest

from docpipe.model.inline import from_wire
from docpipe.steps import decide, people
from docpipe.store import sessions, units

pytestmark = pytest.mark.slow


def opened(served: Any, name: str, row: int, **options: Any) -> Any:
    page = served.page(name, f"#row-{served.segments[row]}", **options)
    page.wait_for_selector(f"#row-{served.segments[row]}[data-ready]")
    return page


def text_of(page: Any, segment: str) -> str:
    return str(page.locator(f"#row-{segment} .c-target .text").inner_text())


def test_a_killed_browser_loses_two_seconds_of_typing_at_most(served: Any) -> None:
    segment = served.segments[4]
    page = opened(served, "reviewer.one", 4)
    page.keyboard.type(" Uno", delay=20)
    page.wait_for_timeout(1600)
    page.keyboard.type(" dos", delay=20)
    page.context.close()  # nothing of the profile is kept: only the server's copy is left
    again = opened(served, "reviewer.one", 4)
    assert text_of(again, segment).endswith("Uno") or text_of(again, segment).endswith("Uno dos")
    assert "Restored" in again.locator(f"#row-{segment} .row-note").inner_text()
    assert again.locator("tr.unsaved").count() == 1
    again.keyboard.press("Alt+ArrowDown")
    again.wait_for_selector(f"#row-{segment}:not(.unsaved) .saved")
    assert "Uno" in served.target(segment)


def test_continuous_typing_reaches_the_server_while_it_goes_on(served: Any) -> None:
    segment = served.segments[4]
    page = opened(served, "reviewer.one", 4)
    until = time.monotonic() + 4
    count = 0
    while time.monotonic() < until:
        page.keyboard.type("a", delay=60)
        count += 1
    from docpipe.store import drafts

    with served.house.store.read() as s:
        (kept,) = drafts.of_user(s, "reviewer.one")
    assert kept.segment == segment
    assert len(kept.target) - len(served.target(segment)) >= count // 3


def test_a_crashed_tab_keeps_all_in_the_browser_itself(served: Any) -> None:
    segment = served.segments[4]
    context = served.context("reviewer.one")
    page = context.new_page()
    page.goto(f"/documents/{served.document}#row-{segment}")
    page.wait_for_selector(f"#row-{segment}[data-ready]")
    page.route("**/draft", lambda route: route.abort())
    page.keyboard.type(" Tres")
    page.close()
    again = served.watched(context.new_page())
    again.goto(f"/documents/{served.document}#row-{segment}")
    again.wait_for_selector(f"#row-{segment}[data-ready]")
    assert text_of(again, segment).endswith(" Tres")


def test_a_session_that_ends_in_mid_edit_loses_nothing(served: Any) -> None:
    segment = served.segments[5]
    page = opened(served, "reviewer.one", 5)
    with served.house.store.write() as s:
        sessions.end_all(s, "reviewer.one", served.house.now(), "reviewer.one", "test")
    page.keyboard.type(" Cuatro")
    note = page.locator(f"#row-{segment} .row-note.alarm")
    note.wait_for()
    assert "session has ended" in note.inner_text()
    assert note.get_by_role("link", name="Sign in again").get_attribute("target") == "_blank"
    page.keyboard.type(" y cinco")
    assert text_of(page, segment).endswith("Cuatro y cinco")
    secret = people.start_session(served.house, served.user("reviewer.one"), address="127.0.0.1", agent="test")
    page.context.add_cookies([{"name": "docpipe_session", "value": secret, "url": served.address}])
    note.get_by_role("button", name="Try again").click()
    page.wait_for_function("segment => !document.querySelector(`#row-${segment} .row-note.alarm`)", arg=segment)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(f"#row-{segment} .saved")
    assert served.target(segment).endswith("Cuatro y cinco")


def test_somebody_else_who_signs_in_does_not_get_the_text_under_their_name(served: Any) -> None:
    segment = served.segments[5]
    page = opened(served, "reviewer.one", 5)
    with served.house.store.write() as s:
        sessions.end_all(s, "reviewer.one", served.house.now(), "reviewer.one", "test")
    page.keyboard.type(" Seis")
    page.keyboard.press("Control+S")
    note = page.locator(f"#row-{segment} .row-note.alarm")
    note.wait_for()
    secret = people.start_session(served.house, served.user("reviewer.two"), address="127.0.0.1", agent="test")
    page.context.add_cookies([{"name": "docpipe_session", "value": secret, "url": served.address}])
    note.get_by_role("button", name="Try again").click()
    page.wait_for_selector(f"#row-{segment} .row-note:has-text('signed in as reviewer.two')")
    assert not served.target(segment).endswith("Seis")
    assert text_of(page, segment).endswith("Seis")


def test_a_server_that_fails_is_tried_again_until_the_row_is_saved(served: Any) -> None:
    segment = served.segments[6]
    page = opened(served, "reviewer.one", 6)
    failures = []

    def failing(route: Any) -> None:
        if route.request.method == "POST" and len(failures) < 2:
            failures.append(1)
            route.fulfill(status=500, body="{}")
        else:
            route.continue_()

    page.route(f"**/rows/{segment}", failing)
    page.keyboard.type(" Siete")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(f"#row-{segment} .row-note.alarm:has-text('Not saved')")
    assert page.locator(f"#row-{segment}.unsaved").count() == 1
    page.wait_for_selector(f"#row-{segment} .saved", timeout=15000)
    assert len(failures) == 2
    assert served.target(segment).endswith("Siete")


def test_only_the_touched_row_is_marked_unsaved_and_it_says_when_it_was_saved(served: Any) -> None:
    segment = served.segments[2]
    page = opened(served, "reviewer.one", 2)
    page.keyboard.type(" Ocho")
    assert page.locator("tr.unsaved").count() == 1
    assert page.locator(f"#row-{segment} .unsaved-mark").inner_text() == "not saved"
    page.keyboard.press("Control+S")
    page.wait_for_selector(f"#row-{segment} .saved:has-text('saved at')")
    assert page.locator("tr.unsaved").count() == 0


def test_two_reviewers_on_one_row_see_both_texts_and_choose(served: Any) -> None:
    segment = served.segments[7]
    page = opened(served, "reviewer.one", 7)
    page.keyboard.type(" Mío")
    with served.house.store.read() as s:
        row, unit = units.get(s, served.document, segment)
    theirs = served.target(segment) + " Suyo"
    decide.edit(
        served.house, served.document, {segment: from_wire(theirs, row.source)}, served.user("reviewer.two"), ""
    )
    page.keyboard.press("Alt+ArrowDown")
    note = page.locator(f"#row-{segment} .row-note.alarm")
    note.locator(".sides").wait_for()
    assert "reviewer.two changed this row" in note.inner_text()
    assert "Suyo" in note.locator(".side").first.inner_text()
    assert "Mío" in note.locator(".side").last.inner_text()
    assert served.target(segment) == theirs
    note.get_by_role("button", name="Keep mine").click()
    page.wait_for_selector(f"#row-{segment} .saved")
    assert served.target(segment).endswith(" Mío")
    with served.house.store.read() as s:
        assert any(u.unit.revision == unit.revision + 1 for u in units.history(s, served.document, segment))


def test_a_row_that_was_changed_since_the_page_came_shows_the_present_text_when_opened(served: Any) -> None:
    segment = served.segments[7]
    page = opened(served, "reviewer.one", 2)
    with served.house.store.read() as s:
        row, _ = units.get(s, served.document, segment)
    theirs = served.target(segment) + " Suyo"
    decide.edit(
        served.house, served.document, {segment: from_wire(theirs, row.source)}, served.user("reviewer.two"), ""
    )
    page.locator(f"#row-{segment} .c-status").click()
    page.wait_for_selector(f"#row-{segment} .row-note:has-text('present text')")
    assert text_of(page, segment).endswith("Suyo")
    assert page.locator("tr.unsaved").count() == 0


def test_ones_own_quick_second_edit_is_no_conflict(served: Any) -> None:
    segment = served.segments[8]
    page = opened(served, "reviewer.one", 8)
    for word in (" uno", " dos", " tres"):
        page.keyboard.type(word)
        page.keyboard.press("Control+S")
    page.wait_for_selector(f"#row-{segment}:not(.unsaved) .saved")
    page.wait_for_timeout(400)
    assert page.locator(".row-note.alarm").count() == 0
    assert served.target(segment).endswith(" uno dos tres")


def test_who_edits_and_approves_at_once_saves_and_leaves_the_approval_to_another(served: Any) -> None:
    segment = served.segments[9]
    page = opened(served, "reviewer.two", 9)
    mended = served.target(segment)[:-1] + " ."
    page.keyboard.press("Backspace")
    page.keyboard.type(" .")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{segment}:not(.unsaved) .saved")
    note = page.locator(f"#row-{segment} .row-note").inner_text()
    assert "another person approves" in note or "not approved" in note
    assert served.target(segment) == mended
    assert served.unit(segment).status.value == "edited"


def test_an_approval_that_fails_comes_back_loudly_to_its_row(served: Any) -> None:
    segment = served.segments[9]
    page = opened(served, "reviewer.two", 9)
    page.route("**/approve*", lambda route: route.fulfill(status=503, body="{}"))
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{segment} .row-note.alarm:has-text('trying again')")
    assert page.locator(f"#row-{segment}[data-needs]").count() == 1
    assert "Row 10" in page.locator("#status").inner_text()
    page.unroute("**/approve*")
    page.wait_for_selector(f"#row-{segment}[data-status=approved]")
    assert page.locator(".row-note.alarm").count() == 0
