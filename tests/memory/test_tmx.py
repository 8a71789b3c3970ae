"""TMX and CSV memories: real files come in, bad ones are refused with their place, our own go round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed, DtdForbidden, InputEmpty
from docpipe.memory.csvmemory import read_csv_memory, write_csv_memory
from docpipe.memory.tmx import read_tmx, write_tmx
from docpipe.model.inline import Close, Inline, Open, Placeholder, Text, merge_text, renumber, renumber_like, to_wire
from docpipe.model.terms import TmEntry

HEAD = '<tmx version="1.4"><header srclang="en" datatype="x"/><body>'
TAIL = "</body></tmx>"


def unit(source: str, target: str, languages: tuple[str, str] = ("en", "zh-CN"), about: str = "") -> str:
    one, other = languages
    return f'<tu{about}><tuv xml:lang="{one}"><seg>{source}</seg></tuv><tuv xml:lang="{other}"><seg>{target}</seg></tuv></tu>'


def read(body: str, head: str = "", source: str = "en", target: str = "zh-CN") -> list[tuple[str, str]]:
    return [(e.source, e.target) for e in read_tmx((head + HEAD + body + TAIL).encode(), source, target)]


def test_the_usual_document_type_line_is_dropped() -> None:
    for line in (
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
        "<!DOCTYPE tmx>",
        '<!DOCTYPE tmx PUBLIC "-//LISA//DTD" "tmx14.dtd">',
    ):
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by a tool -->\n{line}\n'
        assert read(unit("One", "一"), head) == [("One", "一")]
        for encoding in ("utf-8-sig", "utf-16"):
            text = head.replace("UTF-8", "UTF-16") if encoding == "utf-16" else head
            assert len(read_tmx((text + HEAD + unit("One", "一") + TAIL).encode(encoding), "en", "zh-CN")) == 1


@pytest.mark.parametrize(
    "line",
    [
        '<!DOCTYPE tmx [<!ENTITY a "b">]>',
        '<!DOCTYPE tmx SYSTEM "a.dtd" [<!ENTITY a "b">]>',
        '<!DOCTYPE tmx SYSTEM "a"><!DOCTYPE tmx>',
    ],
)
def test_a_document_type_with_declarations_is_refused(line: str) -> None:
    with pytest.raises(DtdForbidden):
        read(unit("One", "一"), line)


def test_inline_elements_become_codes_that_both_sides_share() -> None:
    source = '<bpt i="1" x="1">&lt;b&gt;</bpt>Bold<ept i="1">&lt;/b&gt;</ept> <ph x="2">{1}</ph><it pos="begin" x="3">x</it>end'
    target = '<ph x="2"/><bpt i="1" x="1"/>粗<ept i="1"/><it pos="begin" x="3"/>完'
    assert read(unit(source, target)) == [("<1>Bold</1> <2/><3>end", "<2/><1>粗</1><3>完")]
    assert read(unit("a <hi>b</hi> &lt;1&gt; <ut>x</ut>", "<hi>乙</hi>甲 <ut/>")) == [
        ("a <1>b</1> <\\1> <2/>", "<1>乙</1>甲 <2/>")
    ]


def test_languages_match_by_what_may_stand_for_them() -> None:
    assert read(unit("One", "一", ("EN-us", "zh")), source="en-GB") == [("One", "一")]
    assert read(unit("一", "One", ("zh-CN", "en"))) == [("One", "一")]
    with pytest.raises(AssetMalformed):
        read(unit("One", "一", ("en", "zh-TW")))
    with pytest.raises(AssetMalformed):
        read(unit("One", "Um", ("en", "pt-PT")), target="pt-BR")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("<tu><tuv><seg>a</seg></tuv></tu>", "Unit 1"), ('<tu><tuv xml:lang="en"/></tu>', "Unit 1"),
        (unit("a", "b") + unit('<bpt i="1"/>a', "b"), "Unit 2"), (unit('a<ept i="1"/>', "b"), "Unit 1"),
        (unit("<b>a</b>", "b"), "Unit 1"), ("<tu>", "line 1"), ("", "zh-CN"),
    ],
)  # fmt: skip
def test_a_bad_memory_is_refused_with_its_place(body: str, place: str) -> None:
    with pytest.raises(AssetMalformed, match=place):
        read(body)


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(InputEmpty):
        read_tmx(b"", "en", "de")
    with pytest.raises(AssetMalformed):
        read_tmx(b"<html/>", "en", "de")
    with pytest.raises(AssetMalformed):
        read_csv_memory(b"", "en", "de")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)


@st.composite
def pairs(draw: st.DrawFn) -> TmEntry:
    """A source with codes, and a target with the same codes in another order."""
    n = draw(st.integers(0, 4))
    units: list[list[Inline]] = []
    for i in range(1, n + 1):
        kind = draw(st.sampled_from(["pair", "ph", "start", "end"]))
        text = Text(draw(TEXT))
        units.append(
            {
                "pair": [Open(i), text, Close(i)],
                "ph": [Placeholder(i)],
                "start": [Open(i, isolated=True)],
                "end": [Close(i, True)],
            }[kind]
        )

    def build(order: list[list[Inline]], word: str) -> tuple[Inline, ...]:
        return merge_text([Text(word), *[p for u in order for p in [*u, Text(draw(TEXT))]], Text(word)])

    source = build(units, "s")
    target = build(draw(st.permutations(units)), "<1>t</2/>")
    return TmEntry(
        to_wire(renumber(source)), to_wire(renumber_like(target, source)), "en", "de", draw(st.sampled_from(["", "ab"])),
        draw(st.booleans()), "unit 1", "20200101T000000Z",
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(pairs(), min_size=1, max_size=4))
def test_what_is_written_is_read_again(entries: list[TmEntry]) -> None:
    assert read_tmx(write_tmx(entries, source_language="en"), "en", "de") == entries


@settings(max_examples=80, deadline=None)
@given(st.lists(pairs(), min_size=1, max_size=4))
def test_a_csv_memory_is_read_again(entries: list[TmEntry]) -> None:
    back = read_csv_memory(write_csv_memory(entries), "en", "de")
    assert [(e.source, e.target) for e in back] == [(e.source, e.target) for e in entries]


def test_a_csv_memory_names_the_bad_line() -> None:
    with pytest.raises(AssetMalformed) as caught:
        read_csv_memory(b"source,target\na,b\nc\n", "en", "de")
    assert caught.value.details["line"] == 3
    with pytest.raises(AssetMalformed):
        read_csv_memory(b"src,tgt\na,b\n", "en", "de")


@pytest.mark.parametrize(("name", "language"), [("tico19.en-zh.tmx", "zh-CN"), ("tico19.en-fr.tmx", "fr")])
def test_a_public_memory_comes_in(shared: Callable[[str], Path], name: str, language: str) -> None:
    entries = read_tmx((shared("data/parallel") / name).read_bytes(), "en", language)
    assert len(entries) > 1300
