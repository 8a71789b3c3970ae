"""Filters and pages of the grid without leaving it, what is reported of the effort, findings by keyboard, preview, small screens."""

from __future__ import annotations

import re
from typing import Any

import pytest

from docpipe.model.inline import from_wire, to_wire
from docpipe.steps import decide
from docpipe.store import efforts, findings, units

pytestmark = pytest.mark.slow

ROWS = "() => [...document.querySelectorAll('tr.row')].map(r => r.dataset.segment)"


def opened(served: Any, name: str, row: int, query: str = "", **options: Any) -> Any:
    page = served.page(name, f"{query}#row-{served.segments[row]}", **options)
    page.wait_for_selector(f"#row-{served.segments[row]}[data-ready]")
    return page


def with_a_finding(served: Any) -> str:
    """A row whose dose is gone, and so has a finding."""
    with served.house.store.read() as s:
        rows = units.segments(s, served.document)
    row = next(g for g in rows if re.search(r"\d+ mg", to_wire(g.source)))
    broken = from_wire(re.sub(r"\d+ mg", "dosis", served.target(row.id)), row.source)
    decide.edit(served.house, served.document, {row.id: broken}, served.user("reviewer.one"), "")
    with served.house.store.read() as s:
        assert any(f.segment == row.id for f in findings.listing(s, served.document))
    return str(row.id)


def test_a_filter_is_in_the_address_and_shows_the_same_rows_in_a_second_browser(served: Any) -> None:
    with_a_finding(served)
    page = served.page("reviewer.one")
    page.locator("#f-q").fill("dose")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=dose*")
    page.locator("summary:has-text('Status, findings')").click()
    page.get_by_label("Edited").check()
    page.wait_for_url("**status=edited*")
    rows = page.evaluate(ROWS)
    assert 0 < len(rows) < len(served.segments)
    other = served.context("approver.one").new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-grid=ready]", state="attached")
    assert other.evaluate(ROWS) == rows
    page.go_back()
    page.wait_for_function("() => !document.querySelector('[name=status][value=edited]').checked")
    page.go_back()
    page.wait_for_function(f"() => document.querySelectorAll('tr.row').length === {min(100, len(served.segments))}")


def test_a_stable_link_opens_the_row_whatever_the_filter_says_now(served: Any) -> None:
    segment = served.segments[30]
    page = served.context("reviewer.one").new_page()
    page.goto(f"/documents/{served.document}/rows/{segment}?status=new&per=25")
    page.wait_for_selector(f"#row-{segment}[data-ready]")


def test_pages_are_turned_without_losing_what_was_typed(served: Any) -> None:
    page = opened(served, "reviewer.one", 24, "?per=25")
    page.keyboard.type(" Fin")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(f"#row-{served.segments[25]}[data-ready]")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_selector(f"#row-{served.segments[24]}[data-ready]")
    assert served.target(served.segments[24]).endswith(" Fin")


def test_a_finding_is_shown_before_approval_and_dismissed_with_a_reason_by_keyboard(served: Any) -> None:
    segment = with_a_finding(served)
    page = opened(served, "reviewer.two", list(served.segments).index(segment))
    assert page.locator("#panel .finding").count() >= 1
    number = page.locator("#panel .finding").count()
    for _ in range(number):
        page.keyboard.press("Alt+D")
        page.keyboard.type("The dose stands in the table.")
        left = page.locator("#panel .finding").count()
        page.keyboard.press("Control+Enter")
        page.wait_for_function("n => document.querySelectorAll('#panel .finding').length < n", arg=left)
    with served.house.store.read() as s:
        mine = [f for f in findings.listing(s, served.document) if f.segment == segment and f.dismissed_by]
    assert {f.reason for f in mine} == {"The dose stands in the table."}
    page.locator(f"#row-{segment} .c-target .text").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#row-{segment}[data-status=approved]")


def test_a_question_is_asked_and_shown_on_the_row(served: Any) -> None:
    page = opened(served, "reviewer.one", 2)
    page.keyboard.press("Alt+C")
    page.keyboard.type("Which table is meant?")
    page.get_by_label("It is a question").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_selector(f"#row-{served.segments[2]} .talk:has-text('1 open question')")
    assert "Which table is meant?" in page.locator("#panel .comment.question").inner_text()
    page.locator("#panel").get_by_role("button", name="Resolve").click()
    page.wait_for_selector("#panel .comment:has-text('answered')")


def test_effort_and_display_are_reported(served: Any) -> None:
    page = opened(served, "reviewer.one", 0)
    page.keyboard.type("abc", delay=50)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_timeout(1200)
    page.goto("about:blank")
    page.wait_for_timeout(500)
    with served.house.store.read() as s:
        (mine,) = efforts.of_document(s, served.document)
        seen = efforts.displayed(s, served.document, served.segments[:2])
    assert mine.user == "reviewer.one"
    assert mine.keystrokes == 3
    assert 1000 <= mine.active_ms <= 30000
    assert seen == set(served.segments[:2])


def test_history_restores_and_differences_show_what_was_typed(served: Any) -> None:
    segment = served.segments[3]
    before = served.target(segment)
    page = opened(served, "reviewer.one", 3)
    page.keyboard.type(" Nuevo")
    page.keyboard.press("Control+S")
    page.wait_for_selector(f"#row-{segment} .saved")
    page.keyboard.press("Alt+H")
    page.locator("#panel [data-part=history] li:nth-child(2)").get_by_role("button", name="Restore").click()
    page.wait_for_function(
        "t => !document.querySelector('tr.active .c-target .text').innerText.includes('Nuevo')", arg=""
    )
    assert served.target(segment) == before


def test_the_preview_follows_the_row_and_opens_rows(served: Any) -> None:
    page = opened(served, "reviewer.one", 2)
    page.keyboard.press("Alt+P")
    page.wait_for_selector(f"#preview-pane [data-row='{served.segments[2]}'].here", timeout=20000)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(f"#preview-pane [data-row='{served.segments[3]}'].here")
    page.locator(f"#preview-pane [data-row='{served.segments[0]}']").first.click()
    page.wait_for_selector(f"#row-{served.segments[0]}.active")


def test_on_a_phone_the_panel_stands_below_its_row_and_nothing_overflows(served: Any) -> None:
    page = opened(served, "reviewer.one", 1, viewport={"width": 390, "height": 844})
    assert page.locator(f"#row-{served.segments[1]} + #panel-row #panel").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a, main summary, main input')].filter(e => e.offsetParent && !e.closest('p:not(.links)')).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).filter(([, r]) => r.height < 23.5 && r.height > 0).map(([t]) => t).filter(t => !t.includes('checkbox'))"""
    )
    assert small == []


def test_the_focused_row_is_not_hidden_by_the_bars(served: Any) -> None:
    page = opened(served, "reviewer.one", 0)
    for _ in range(14):
        page.keyboard.press("Alt+ArrowDown")
        box = page.evaluate(
            "() => { const r = document.activeElement.getBoundingClientRect(); const h = document.querySelector('#grid thead').getBoundingClientRect(); const s = document.getElementById('status').getBoundingClientRect(); return [r.top, r.bottom, h.bottom, s.height ? s.top : innerHeight] }"
        )
        assert box[0] >= box[2] - 1
        assert box[1] <= box[3] + 1
