"""Script, markup and template text stored wherever people, files and providers can put text: it is shown as text and never runs.

The content policy is switched off for these visits, so that escaping alone must hold; one more visit is made with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from furnish import PERSON, Visit
from tour import Tour, settle, touring

pytestmark = pytest.mark.slow

RUN = "window.__ran=(window.__ran||0)+1"
CORPUS = (
    f"<script>{RUN}</script>",
    f'"><img src=x onerror={RUN}>',
    f"' autofocus onfocus={RUN} x='",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}',
    f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x dur=1s>",
    f"</script><script>{RUN}</script>",
    f"</textarea></title></style></noscript></template><img src=x onerror={RUN}>",
    f"--><!--><img src=x onerror={RUN}>]]>",
    f"javascript:{RUN}//",
    f'<a href="javascript:{RUN}">here</a> [here](javascript:{RUN})',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RUN}&gt;'>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %} {{ config }} {{constructor.constructor('window.__ran=1')()}}",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;img src=x onerror={RUN}&#62;",
    "<style>*{display:none;background:url(https://outside.invalid/a)}</style><link rel=stylesheet href=//outside.invalid/b>",
    "<meta http-equiv=refresh content='0;url=https://outside.invalid/'><base href=https://outside.invalid/>",
    '<form action=//outside.invalid><button>Go</button></form><input formaction="//outside.invalid" type=submit>',
    '<div hx-get="/account" hx-trigger="load" hx-target="body" hx-on:load="window.__ran=1" data-hx-on--load="window.__ran=1"></div>',
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e \\u003cscript\\u003e{RUN} %3Cscript%3E{RUN}",
    f"\u202e<img src=x onerror={RUN}>\u202c \u2066<b>\u2069 \ufeff<scr\u00adipt>\u2028{RUN}\u2029",
    "<1>bold</1> <2/> {1} </1> __proto__ constructor toString",
)
FOREIGN = """() => {
  const found = [];
  for (const e of document.querySelectorAll('*')) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) || /^(data-)?hx-on/i.test(a.name) || a.name === 'srcdoc' || a.name === 'style') found.push(`${e.tagName} ${a.name}`);
      if (/^(href|src|action|formaction|xlink:href)$/i.test(a.name) && !/^(\\/|#|\\?|data:image|https?:\\/\\/127\\.0\\.0\\.1)/i.test(a.value.trim())) found.push(`${e.tagName} ${a.name}=${a.value.slice(0, 60)}`);
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|MGLYPH|ANIMATE|STYLE|MATH)$/i.test(e.tagName)) found.push(e.tagName);
    if (e.tagName === 'SCRIPT' && !e.src && !/json/.test(e.type)) found.push('inline script');
    if (e.tagName === 'META' && /refresh/i.test(e.httpEquiv)) found.push('refresh');
  }
  return found;
}"""
SHOWN = {
    "/batches": 0, "/batches/{batch}": 0, "/documents/{document}": 0, "/documents/{document}/checkpoint": 0,
    "/documents/{document}/record": 0, "/documents/{document}/rows/{segment}/edit": None, "/exchange/{import_id}": None,
    "/submissions/{submission}": None, "/operations": None, "/audit/{chain}/{number}": None, "/accounts/{name:path}": 0,
    "/documents/{document}/preview": 0, "/queue": None, "/account": 0,
}  # fmt: skip
"""Pages that show some of the corpus, told by what no page says of itself."""
MARKS = re.compile(r"__ran|outside\.invalid|7\*7|__proto__")


@pytest.fixture(scope="module")
def tour(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with touring(chromium, tmp_path_factory.mktemp("scripts"), texts=CORPUS) as made:
        yield made


def looked_at(page: Any, where: str) -> list[str]:
    """What ran or became markup on the page."""
    found = [f"{where}: ran"] if page.evaluate("() => window.__ran") else []
    return found + [f"{where}: {what}" for what in page.evaluate(FOREIGN)]


def test_nothing_stored_runs_or_becomes_markup_on_any_page(tour: Tour) -> None:
    visits = tour.world.pages()
    wrong, told = [], dict.fromkeys(SHOWN, 0)
    for visit in visits:
        page = tour.visit(visit, bypass_csp=True)
        page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
        wrong += looked_at(page, visit.address)
        if visit.route in told:
            told[visit.route] += len(MARKS.findall(page.locator("body").inner_text()))
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert not tour.dialogs, tour.dialogs
    assert not tour.outside, tour.outside
    assert not tour.faults, tour.faults
    assert all(told.values()), f"nothing of the corpus was to be seen: {told}"


def test_rows_panels_and_dialogs_of_the_grid_show_the_texts_as_they_are(tour: Tour) -> None:
    world = tour.world
    page = tour.visit(Visit("grid", f"/documents/{world.document}#row-{world.segments[0]}", PERSON), bypass_csp=True)
    wrong, panel = [], ""
    for number, segment in enumerate(world.segments):
        page.wait_for_selector(f"#row-{segment}.active[data-ready]", state="attached")
        page.evaluate("() => document.querySelectorAll('#panel details').forEach(d => { d.open = true })")
        wrong += looked_at(page, f"row {number + 1}")
        panel += page.locator("#panel").inner_text()
        if segment != world.segments[-1]:
            page.keyboard.press("Alt+ArrowDown")
    for key in ("Alt+D", "Alt+C", "Alt+H", "Alt+P"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        wrong += looked_at(page, key)
        page.keyboard.press("Escape")
    assert not wrong, "\n".join(sorted(set(wrong)))
    for text in CORPUS[:8]:
        assert text in panel, f"not in the panel as it is: {text}"
    table = page.locator("#grid").inner_text()
    for text in CORPUS[:8]:
        assert text in table, f"not in the rows as it is: {text}"
    assert not tour.dialogs
    assert not tour.faults, tour.faults


def test_what_is_typed_comes_back_as_typed(tour: Tour) -> None:
    world = tour.world
    wrong = []
    for text in CORPUS[:13:2]:
        page = tour.visit(
            Visit("row", f"/documents/{world.document}/rows/{world.segments[4]}/edit", PERSON), bypass_csp=True
        )
        page.get_by_label("Comment").fill(text)
        page.get_by_role("button", name="Send", exact=True).click()
        wrong += looked_at(page, "comment")
        assert text in page.locator(".comment").last.inner_text()
        page.goto("/batches?q=" + re.sub(r"[^\w<>='\"/().;:{}*$&-]", "", text).replace("&", "%26").replace("#", ""))
        wrong += looked_at(page, "search")
        page.goto(
            f"/documents/{world.document}?q="
            + text.replace("%", "%25").replace("&", "%26").replace("#", "%23").replace("+", "%2B")
        )
        settle(page)
        wrong += looked_at(page, "filter")
        assert page.locator("#f-q").input_value() == text.strip()
    assert not wrong, wrong
    assert not tour.outside


def test_with_the_content_policy_there_is_nothing_for_it_to_refuse(tour: Tour) -> None:
    d, b = tour.world.document, tour.world.waiting
    before = len(tour.faults)
    for address in (
        f"/documents/{d}",
        f"/documents/{d}/checkpoint",
        f"/documents/{d}/record",
        f"/documents/{d}/preview",
        f"/batches/{b}",
    ):
        tour.visit(Visit(address, address, "approver.one"))
    assert tour.faults[before:] == []


def test_files_of_results_are_never_shown_by_the_browser(tour: Tour) -> None:
    page = tour.visit(Visit("batch", f"/batches/{tour.world.released}", "approver.one"))
    links = page.evaluate("() => [...document.querySelectorAll('.files a')].map(a => a.href)")
    assert len(links) > 3
    for link in [
        *links,
        f"{tour.address}/documents/{tour.world.document}/exchange/file?format=xliff",
        f"{tour.address}/documents/{tour.world.document}/record.pdf",
    ]:
        answer = page.context.request.get(link)
        assert answer.headers["x-content-type-options"] == "nosniff", link
        if not link.endswith(".pdf"):
            assert answer.headers["content-disposition"].startswith("attachment"), link
