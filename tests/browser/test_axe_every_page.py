"""Every page is usable: no finding of axe (WCAG 2.2 AA), no sideways scroll, focus in sight, targets large enough, text not cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from furnish import Visit
from tour import AXE, DESK, NARROW, PHONE, Tour, touring

pytestmark = pytest.mark.slow

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHAPE = [
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "link-in-text-block",
    "region",
    "landmark-unique",
]
"""Rules whose result may differ on another screen or in other colours."""
RUN = """async ([tags, only]) => {
  const chosen = only.length ? { type: 'rule', values: only } : { type: 'tag', values: tags };
  const options = { runOnly: chosen, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'], elementRef: false };
  const found = await axe.run(document, options);
  return found.violations.map(v => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 4).map(n => `${n.target.join(' ')} [${n.failureSummary.split('\\n').slice(1, 3).join(';').trim()}]`).join(' | '));
}"""
SIDEWAYS = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest('.scroll, .visually-hidden'))
  .slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right))"""
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  if (!e.innerText || e.clientHeight <= 1 || e.closest('.visually-hidden, svg') || !e.checkVisibility() || e.matches('select, progress, textarea, pre')) return false;
  const x = /hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
  const y = /hidden|clip/.test(style.overflowY) && e.scrollHeight > e.clientHeight + 1;
  return x || y;
}).slice(0, 5).map(e => e.tagName + '.' + e.className + ': ' + e.innerText.slice(0, 40))"""
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return { end: true };
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const inside = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
    const px = Math.max(0, box.left) + Math.min(box.width, innerWidth) * x, py = box.top + box.height * y;
    const there = document.elementFromPoint(px, py);
    return there && (e.contains(there) || there.contains(e) && there !== document.body && there !== document.documentElement && !there.matches('main, html'));
  });
  e.dataset.seenByTest = String(Number(e.dataset.seenByTest || 0) + 1);
  return { name: e.tagName + '#' + e.id + '.' + e.className + ' ' + (e.innerText || e.name || '').slice(0, 30), shown, inside, again: Number(e.dataset.seenByTest) > 1 };
}"""


@pytest.fixture(scope="module")
def tour(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with touring(chromium, tmp_path_factory.mktemp("axe")) as made:
        yield made


def one_of_each(visits: list[Visit]) -> list[Visit]:
    """The first page of every route, and the page that says what is not there."""
    found: dict[str, Visit] = {}
    for visit in visits:
        if not visit.route.startswith("extra") or visit.address == "/no-such-page":
            found.setdefault(visit.route, visit)
    return list(found.values())


def judged(page: Any, where: str, *only: str) -> list[str]:
    """Findings of axe on the page as it is; ``only``: of these rules."""
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    return [f"{where}: {said}" for said in page.evaluate(RUN, [TAGS, list(only)])]


def narrow_faults(page: Any, where: str) -> list[str]:
    """Sideways scroll at phone widths, and text that is cut when it is set wider (WCAG 1.4.10, 1.4.12)."""
    found = []
    for size in (PHONE, NARROW):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if page.evaluate(SIDEWAYS) > 0:
            found.append(f"{where} at {size[0]}: scrolls sideways: {page.evaluate(WIDE)}")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate(SPACING)
    if page.evaluate(SIDEWAYS) > 0:
        found.append(f"{where} with wide text at {PHONE[0]}: scrolls sideways: {page.evaluate(WIDE)}")
    found += [f"{where} with wide text: cut: {cut}" for cut in page.evaluate(CUT)]
    page.evaluate("() => { document.adoptedStyleSheets = [] }")
    return found


def test_no_finding_on_a_page_of_every_route_on_a_desk_by_day_and_on_a_phone_by_night(tour: Tour) -> None:
    visits = [*one_of_each(tour.world.pages()), Visit("/sign-in", "/sign-in", "")]
    assert len(visits) > 30, visits
    wrong: list[str] = []
    for visit in visits:
        page = tour.visit(visit)
        wrong += judged(page, f"{visit.address} ({visit.route})")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        wrong += judged(page, f"{visit.address} ({visit.route}) phone, dark", *SHAPE)
        wrong += narrow_faults(page, f"{visit.address} ({visit.route})")
    assert not wrong, "\n".join(wrong)
    assert not tour.faults, tour.faults
    assert not tour.outside, tour.outside


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_focus_is_seen_and_never_hidden_by_what_sticks(tour: Tour, size: tuple[int, int]) -> None:
    d, b = tour.world.document, tour.world.waiting
    wrong = []
    for address in (
        f"/documents/{d}",
        f"/documents/{d}/checkpoint",
        f"/batches/{b}",
        "/submit",
        "/queue",
        "/audit",
        "/help/checks",
    ):
        account = "quality.one" if address == "/audit" else "author.one" if address == "/submit" else "approver.one"
        page = tour.visit(Visit(address, address, account), size)
        for _ in range(70):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
            if at.get("end") or at["again"]:
                break
            if not at["shown"] or not at["inside"]:
                wrong.append(f"{address}: {at}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_finding_on_any_page_for_any_role(tour: Tour, size: tuple[int, int], scheme: str) -> None:
    wrong: list[str] = []
    for visit in tour.world.pages(everybody=True):
        page = tour.visit(visit, size, scheme)
        where = f"{visit.address} as {visit.account} ({visit.route})"
        wrong += judged(page, where)
        if size == PHONE:
            wrong += narrow_faults(page, where)
    assert not wrong, "\n".join(wrong)
    assert not tour.faults, tour.faults
    assert not tour.outside, tour.outside
