"""The editor of a row: codes as whole chips, composing by input methods, pasting; and cells drawn as the server draws them."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from docpipe.model.inline import Close, Open, Placeholder, Text, code_faults, codes_of, from_wire, parse_wire, to_wire
from docpipe.model.segment import SegmentId
from docpipe.store import units
from docpipe.web.row_text import braced, unbraced

pytestmark = pytest.mark.slow

WIRE = "return [...document.querySelectorAll('tr.active .c-target .text')].map(async e => { const t = await import('/static/grid-text.js'); return t.toWire(t.read(e)) })[0]"


def wire(page: Any) -> str:
    return str(page.evaluate(f"async () => {{ {WIRE} }}"))


def with_codes(served: Any, least: int = 1) -> SegmentId:
    with served.house.store.read() as s:
        return next(g.id for g in units.segments(s, served.document) if len(codes_of(g.source)) >= least)


def opened(served: Any, segment: str, name: str = "reviewer.one") -> Any:
    page = served.page(name, f"#row-{segment}")
    page.wait_for_selector(f"#row-{segment}[data-ready]")
    return page


def put(page: Any, text: str) -> None:
    """Replaces the text by typing."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def test_a_code_goes_as_a_whole_and_comes_back_by_one_key(served: Any) -> None:
    segment = with_codes(served, 2)
    page = opened(served, segment)
    put(page, "Hola")
    assert wire(page) == "Hola"
    count = len(codes_of_source(served, segment))
    assert "is missing" in page.locator("#panel .codes-wrong").inner_text()
    assert page.locator("#row-bar [data-does=approve]").is_disabled()
    page.keyboard.press("Alt+T")
    first = codes_of_source(served, segment)[0]
    assert wire(page) == f"Hola{first}"
    page.keyboard.press("Alt+Shift+T")
    assert wire(page) == "Hola" + "".join(codes_of_source(served, segment))
    assert page.locator("#panel .codes-wrong").count() == 0
    page.keyboard.type("!")
    page.keyboard.press("Backspace")
    for left in reversed(range(count)):
        page.keyboard.press("Backspace")
        assert wire(page) == "Hola" + "".join(codes_of_source(served, segment)[:left])
    page.keyboard.press("Control+Z")
    assert "<" in wire(page)


def codes_of_source(served: Any, segment: str) -> list[str]:
    with served.house.store.read() as s:
        row, _ = units.get(s, served.document, segment)
    return [to_wire((c,)) for c in codes_of(row.source)]


def test_typing_before_between_and_behind_codes_stays_where_it_was_typed(served: Any) -> None:
    segment = with_codes(served, 2)
    a, b = codes_of_source(served, segment)[:2]
    page = opened(served, segment)
    put(page, "xy")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+T")
    page.keyboard.press("Alt+T")
    assert wire(page) == f"x{a}{b}y"
    page.keyboard.type("1")
    page.keyboard.press("Home")
    page.keyboard.type("0")
    page.keyboard.press("End")
    page.keyboard.type("2")
    assert wire(page) == f"0x{a}{b}1y2"
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("M")
    assert wire(page) == f"0x{a}M{b}1y2"
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.type("N")
    assert wire(page) == f"0x{a}MN1y2"


def test_composing_chinese_is_left_to_the_input_method_and_arrives_whole(served: Any) -> None:
    segment = served.segments[3]
    page = opened(served, segment)
    put(page, "A")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "zhong", "selectionStart": 5, "selectionEnd": 5})
    page.evaluate(
        "() => document.querySelector('tr.active .c-target .text').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true}))"
    )
    assert page.locator("tr.active").get_attribute("data-segment") == segment
    cdp.send("Input.imeSetComposition", {"text": "中", "selectionStart": 1, "selectionEnd": 1})
    cdp.send("Input.insertText", {"text": "中文"})
    page.keyboard.type("B")
    assert wire(page) == "A中文B"
    page.keyboard.press("Control+S")
    page.wait_for_selector(f"#row-{segment}:not(.unsaved) .saved")
    assert served.target(segment) == "A中文B"


def test_what_is_pasted_is_plain_text_in_one_line(served: Any) -> None:
    page = opened(served, served.segments[3])
    put(page, "a")
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData('text/html', '<b onclick="x">fat</b><script>1</scr' + 'ipt>');
      data.setData('text/plain', 'two\\nlines\\t<1>');
      document.querySelector('tr.active .c-target .text').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    assert wire(page) == "atwo lines <\\1>"
    assert page.locator("tr.active .c-target .text *:not(.chip):not(br)").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("Control+B")
    assert wire(page) == "atwo lines <\\1>"


def test_copying_gives_text_without_codes_and_keeps_them_for_the_row(served: Any) -> None:
    segment = with_codes(served)
    page = opened(served, segment)
    put(page, "x")
    page.keyboard.press("Alt+T")
    code = codes_of_source(served, segment)[0]
    page.keyboard.press("Control+A")
    given = page.evaluate("""() => { const data = new DataTransfer();
      document.querySelector('tr.active .c-target .text').dispatchEvent(new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true}));
      return [data.getData('text/plain'), data.getData('application/x-docpipe-wire')] }""")
    assert given == ["x", f"x{code}"]


def test_broken_codes_cannot_be_approved_and_the_row_says_which(served: Any) -> None:
    segment = with_codes(served)
    page = opened(served, segment, "reviewer.two")
    put(page, "Sin códigos.")
    page.keyboard.press("Control+Enter")
    note = page.locator(f"#row-{segment} .row-note.alarm").inner_text()
    assert "code 1" in note
    assert "missing" in note
    assert page.locator("tr.active").get_attribute("data-segment") == segment


def test_faults_of_codes_and_wire_text_are_read_as_the_server_reads_them(served: Any) -> None:
    chance = random.Random(3)
    source = (Text("a"), Open(1), Text("b"), Open(2), Close(2), Close(1), Placeholder(3), Placeholder(4))
    codes = [{"code": to_wire((c,)), "label": "", "kind": "", "native_hint": ""} for c in codes_of(source)]
    parts = [c["code"] for c in codes] + ["x ", "<9>", "</3/>", "<\\1>", "<\\\\2/>", "1 < 2", "<"]
    wires = ["".join(chance.choices(parts, k=chance.randint(0, 9))) for _ in range(400)]
    page = served.page("reviewer.one")
    found = page.evaluate(
        """async ([wires, codes]) => { const c = await import('/static/grid-codes.js');
        return wires.map(w => [c.toWire(c.parse(w)), c.faults(c.parse(w), codes).map(f => f.kind + f.code).sort()]) }""",
        [wires, codes],
    )
    for given, (again, faults) in zip(wires, found, strict=True):
        target, early = parse_wire(given, source)
        assert again == given
        mine = [f"{f.kind}{f.tag}" for f in (*early, *code_faults(source, target))]
        assert faults == sorted(mine), given
        assert unbraced(braced(given)) == given


@pytest.mark.parametrize("language", ["es", "zh-CN", "ar"])
def test_the_script_draws_texts_as_the_server_draws_them(served: Any, language: str) -> None:
    from docpipe.web.marks import pattern
    from docpipe.web.row_text import row_text

    samples = [
        "No se administró <1>5,25 mg/kg</1> ≥ 3 veces, sin 20–30 % <2/> ni 10 °C.", "不应超过5毫克，未见120例<2/>", "لا يزيد عن ٥ مغ، دون 3.5 ml",
        "<9> & \"quoted\" <\\1> 1.234.567 IU/ml", "Sinus, nobel, not", "",
    ]  # fmt: skip
    source = from_wire("<1>a</1><2/>", (Open(1, "b"), Close(1), Placeholder(2, "tab", equiv="\t")))
    from docpipe.steps.row_objects import code_objects

    codes = code_objects(source)
    page = served.page("reviewer.one")
    drawn = page.evaluate(
        """async ([samples, codes, pattern]) => { const r = await import('/static/grid-row.js');
        return samples.map(w => { const e = document.createElement('div'); r.drawText(e, w, codes, pattern); return e.innerHTML }) }""",
        [samples, json.loads(json.dumps(codes)), pattern(language)],
    )
    same = page.evaluate(
        "texts => texts.map(t => { const e = document.createElement('div'); e.innerHTML = t; return e.innerHTML })",
        [str(row_text(w, codes, language)) for w in samples],
    )
    assert drawn == same


def test_cells_drawn_by_script_are_the_servers_cells(served: Any) -> None:
    page = served.page("reviewer.two")
    differences = page.evaluate("""async () => {
      const { Row } = await import('/static/grid-row.js'); const { dataOf } = await import('/static/grid-page.js');
      const data = dataOf(document); const out = [];
      for (const one of data.rows) {
        const tr = document.getElementById(`row-${one.segment}`);
        const clean = cell => tr.querySelector(cell).innerHTML.replace(/\\s+/g, ' ').replace(/> </g, '><').trim();
        const cells = ['.c-status', '.c-find', '.c-target .text'];
        const before = cells.map(clean);
        new Row(tr, one, data).drawCells();
        cells.forEach((c, n) => { if (clean(c) !== before[n]) out.push([before[n], clean(c)]) });
      }
      return out }""")
    assert differences == []
