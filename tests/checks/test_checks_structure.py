"""D1 to D7: codes that are whole, moved, lost, foreign; any legal order raises nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pairs import check, coded, pair, raised

from docpipe.checks.runner import number
from docpipe.model.check import Check, Pair
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, codes_of, merge_text
from docpipe.registry import checks

FAULTY = [
    ("D1", "<1>受试者</1>接受治疗", "Subjects were treated", "zh-en"),
    ("D1", "<1>受试者</1>接受治疗", "<1>Subjects were treated", "zh-en"),
    ("D1", "<1>受试者</1>接受治疗", "Subjects</1> were treated", "zh-en"),
    ("D1", "治疗<2/>后", "After treatment", "zh-en"),
    ("D1", "The <1>bold</1> and <2>thin</2>", "<1>粗</1>和细", "en-zh"),
    ("D1", "A <1/><2/> B", "A <2/> B", "en-es"),
    ("D1", "<1>A <2>b</2></1>", "<1>A b</1>", "en-de"),
    ("D2", "受试者", "<1>Subjects</1>", "zh-en"),
    ("D2", "Subjects<1/>", "受试者<1/><2/>", "en-zh"),
    ("D2", "The <1>drug</1>", "El <1>fármaco</1><1/>", "en-es"),
    ("D2", "The <1>drug</1>", "Das <1>Arzneimittel</1></2>", "en-de"),
    ("D3", "<1>a</1> <2>b</2>", "<1>a <2>b</1> c</2>", "en-es"),
    ("D3", "<1>a</1> b", "</1>a<1> b", "en-de"),
    ("D3", "<1>受试者</1>", "</1>Subjects<1>", "zh-en"),
    ("D3", "<1>a <2>b</2></1> c", "<1>一<2>二</1>三</2>", "en-zh"),
    ("D4", "<1>a</1> b", "<1>a</1> <1>b</1>", "en-es"),
    ("D4", "见注<1/>", "See note<1/><1/>", "zh-en"),
    ("D4", "See note<1/>", "见<1/>注<1/>", "en-zh"),
    ("D4", "<1>a</1> b", "<1>a</1></1> b", "en-de"),
    ("D5", "受试者", "Subjects </1", "zh-en"),
    ("D5", "受试者", "Subjects < 1>", "zh-en"),
    ("D5", "Subjects", "⟦受试者⟧", "en-zh"),
    ("D5", "Subjects", "＜1＞受试者＜/1＞", "en-zh"),
    ("D5", "Subjects", "&lt;1&gt;受试者", "en-zh"),
    ("D5", "Subjects", "<b>Sujetos</b>", "en-es"),
    ("D5", "Subjects", 'Sujetos <g id="1">x</g>', "en-es"),
    ("D5", "Subjects", "Probanden<br/>", "en-de"),
    ("D5", "Subjects", "Probanden &amp; Ärzte", "en-de"),
    ("D5", "Subjects", "Probanden 2/>", "en-de"),
    ("D5", "受试者", "Subjects <\\1>", "zh-en"),
    ("D6", "<1>受试者</1>接受治疗", "<1></1>Subjects were treated", "zh-en"),
    ("D6", "The <1>drug</1> works", "药物<1> </1>有效", "en-zh"),
    ("D6", "The <1>drug</1> works", "El fármaco <1></1>funciona", "en-es"),
    ("D6", "The <1>drug</1> works", "Das <1>\u00a0</1>Mittel wirkt", "en-de"),
    ("D7", "the <1>drug</1> works", "el<1> fármaco</1> funciona", "en-es"),
    ("D7", "the <1>drug</1> works", "das<1>Mittel</1>wirkt", "en-de"),
    ("D7", "<1>受试者</1>接受治疗", "<1>Subjects</1>were treated", "zh-en"),
    ("D7", "the <1>drug</1> works", "<1>药物 </1>有效", "en-zh"),
]
SOUND = [
    ("<1>受试者</1>接受<2>治疗</2>", "<2>Treated</2> <1>subjects</1>", "zh-en"),
    ("The <1>bold</1> and <2>thin</2>", "<2>细</2>和<1>粗</1>", "en-zh"),
    ("a<1/>b<2/>", "b<2/>a<1/>", "en-es"),
    ("<1>a <2>b</2></1> c", "c <1><2>b</2> a</1>", "en-de"),
    ("<1>a</1> <2>b</2>", "<1>a <2>b</2></1>", "en-de"),
    ("x <1>受试者</1>", "p <1% <1>subjects</1>", "zh-en"),
    ("p<0.05", "p<0,05", "en-de"),
    ("不到1%", "<1%", "zh-en"),
    ("literal <b> tag", "wörtliches Tag <b>", "en-de"),
    ("R&amp;D", "R&amp;D", "en-zh"),
    ("第5<1>个</1>", "<1>5th</1>", "zh-en"),
    ("10<1>9</1>/L", "10<1>9</1>/L", "en-zh"),
    ("", "", "en-zh"),
    ("1 <x> 2", "1 <x> 2", "en-zh"),
    ("5<1>th</1> day", "第5<1></1>天", "en-zh"),
    ("a <1>b</1> c", "甲<1>乙</1>丙", "en-zh"),
    ("<1>Studien</1>arzt", "<1>Study</1> physician", "de-en"),
    ("<1>C</1>max of", "<1>C</1>max de", "en-es"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "target", "languages"), FAULTY)
def test_a_faulty_code_is_found(name: str, source: str, target: str, languages: str) -> None:
    assert raised(name, pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), SOUND)
@pytest.mark.parametrize("name", ["D1", "D2", "D3", "D4", "D5", "D6", "D7"])
def test_sound_codes_raise_nothing(name: str, source: str, target: str, languages: str) -> None:
    assert not raised(name, pair(source, target, languages))


def test_a_deletable_code_may_go_and_a_cloneable_one_may_repeat() -> None:
    source: CodedText = (Text("a"), Placeholder(1, deletable=True), Placeholder(2, cloneable=True))
    target: CodedText = (Placeholder(2, cloneable=True), Text("甲"), Placeholder(2, cloneable=True))
    given_pair = Pair(source, target, "en", "zh")
    assert not any(raised(n, given_pair) for n in ("D1", "D2", "D3", "D4"))


def test_a_fixed_code_stays_in_its_order() -> None:
    one, two = Placeholder(1, reorderable=False), Placeholder(2, reorderable=False)
    source: CodedText = (Text("a"), one, Text("b"), two)
    assert raised("D3", Pair(source, (Text("甲"), two, Text("乙"), one), "en", "zh"))
    assert not raised("D3", Pair(source, (one, Text("甲乙"), two), "en", "zh"))


def test_an_isolated_code_stays_out_of_other_pairs_and_in_order() -> None:
    end, start = Close(1, isolated=True), Open(2, isolated=True)
    bold: tuple[Inline, ...] = (Open(3), Text("x"), Close(3))
    source: CodedText = (Text("a"), end, *bold, Text("b"), start, Text("c"))
    assert not raised("D3", Pair(source, (*bold, Text("甲"), end, start, Text("丙")), "en", "zh"))
    assert raised("D3", Pair(source, (Text("a"), start, *bold, end, Text("b")), "en", "zh"))
    assert raised("D3", Pair(source, (Open(3), Text("a"), end, Close(3), start, Text("b")), "en", "zh"))


def test_both_halves_of_a_lost_pair_are_one_finding_with_the_words_it_enclosed() -> None:
    given_pair = pair("Take <1>two</1> tablets", "服用两片", "en-zh")
    findings = list(check("D1").run(given_pair))
    assert [given_pair.source_text[slice(*f.source_span or (0, 0))] for f in findings] == ["two"]


CODES = [c for c in checks() if number(c.id) in ("D1", "D2", "D3", "D4", "D5")]


def faults(given_pair: Pair, of: list[Check] = CODES) -> list[str]:
    return [f.message for c in of for f in c.run(given_pair)]


@st.composite
def trees(draw: st.DrawFn) -> list[object]:
    """A random nesting of numbered pairs and placeholders: ("ph", n) or ("pair", n, children)."""
    counter = [0]

    def level(depth: int) -> list[object]:
        out: list[object] = []
        for _ in range(draw(st.integers(0, 3))):
            counter[0] += 1
            n = counter[0]
            if depth < 3 and draw(st.booleans()):
                out.append(("pair", n, level(depth + 1)))
            else:
                out.append(("ph", n))
        return out

    return level(0)


def laid_out(tree: list[object], words: random.Random, *, shuffled: bool) -> CodedText:
    """The tree as coded text with random words; shuffled among siblings where asked for."""
    parts: list[Inline] = []
    nodes = list(tree)
    if shuffled:
        words.shuffle(nodes)
    for node in nodes:
        parts.append(Text(words.choice(["ein ", "Wort ", "词", " p<5 ", ""])))
        assert isinstance(node, tuple)
        if node[0] == "ph":
            parts.append(Placeholder(node[1]))
        else:
            parts += [Open(node[1]), *laid_out(node[2], words, shuffled=shuffled), Text("x"), Close(node[1])]
    return merge_text(parts)


@settings(max_examples=200, deadline=None)
@given(trees(), st.integers(0, 2**32))
def test_any_legal_order_of_codes_raises_nothing(tree: list[object], seed: int) -> None:
    source = laid_out(tree, random.Random(seed), shuffled=False)
    target = laid_out(tree, random.Random(seed + 1), shuffled=True)
    assert faults(Pair(source, target, "de", "zh")) == []


@settings(max_examples=200, deadline=None)
@given(trees().filter(bool), st.integers(0, 2**32), st.sampled_from(["drop", "double", "foreign", "swap"]))
def test_any_dropped_doubled_or_foreign_code_is_found(tree: list[object], seed: int, how: str) -> None:
    chance = random.Random(seed)
    source = laid_out(tree, random.Random(seed), shuffled=False)
    target = list(laid_out(tree, random.Random(seed + 1), shuffled=True))
    places = [i for i, p in enumerate(target) if not isinstance(p, Text)]
    at = chance.choice(places)
    code = target[at]
    if how == "drop":
        del target[at]
    elif how == "double":
        target.insert(chance.choice(places), code)
    elif how == "foreign":
        assert not isinstance(code, Text)
        target.insert(at, replace(code, id=99))
    else:
        pairs = [p for p in target if isinstance(p, Open)]
        if not pairs:
            return
        n = chance.choice(pairs).id
        one, two = (
            next(i for i, p in enumerate(target) if isinstance(p, kind) and p.id == n) for kind in (Open, Close)
        )
        target[one], target[two] = target[two], target[one]
    assert faults(Pair(source, merge_text(target), "de", "zh"))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=8).map(Text),
            st.integers(1, 4).map(Open),
            st.integers(1, 4).map(Close),
            st.integers(1, 4).map(Placeholder),
        ),
        max_size=12,
    ),
    st.text(max_size=20),
)
def test_any_coded_text_can_be_checked(parts: list[Inline], text: str) -> None:
    for one, other in ((tuple(parts), (Text(text),)), ((Text(text),), tuple(parts)), (tuple(parts), tuple(parts))):
        given_pair = Pair(one, other, "en", "de")
        for c in checks():
            if c.id[0] in "ADE":
                for finding in c.run(given_pair):
                    for span, plain in (
                        (finding.source_span, given_pair.source_text),
                        (finding.target_span, given_pair.target_text),
                    ):
                        assert span is None or 0 <= span[0] <= span[1] <= len(plain)


def test_wire_text_of_tables_becomes_codes() -> None:
    assert [type(c).__name__ for c in codes_of(coded("<1>a</1><2/>"))] == ["Open", "Close", "Placeholder"]
