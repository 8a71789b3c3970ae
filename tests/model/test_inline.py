"""Coded text: any text survives the wire form, legal reordering is taken, every other change of codes is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.inline import (
    Close,
    CodedText,
    Inline,
    Open,
    Placeholder,
    Text,
    WireError,
    code_faults,
    from_wire,
    has_text,
    merge_text,
    plain_text,
    renumber,
    renumber_like,
    text_digest,
    to_wire,
    with_codes_of,
)

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["<1>", "</1>", "<2/>", "<\\1>", "<\\\\3/>", "p<5", "⟦x⟧", "‮abc‬", "受试者", "1 < 2 > 0", "</", "<12345678>"]
    ),
)


@st.composite
def coded_texts(draw: st.DrawFn) -> CodedText:
    """Nested pairs, placeholders and isolated codes with texts of every kind between them."""
    number = iter(range(1, 1000))
    stride = draw(st.integers(1, 7))

    def body(depth: int) -> list[Inline]:
        parts: list[Inline] = [Text(draw(TEXTS))]
        for _ in range(draw(st.integers(0, 3))):
            n = next(number) * stride
            what = draw(st.sampled_from(["pair", "ph", "sc", "ec"]))
            if what == "pair" and depth < 3:
                parts += [Open(n, draw(st.sampled_from(["b", "sup", "link"]))), *body(depth + 1), Close(n)]
            elif what == "sc":
                parts.append(Open(n, "i", isolated=True))
            elif what == "ec":
                parts.append(Close(n, isolated=True))
            else:
                parts.append(Placeholder(n, "note", "x", draw(st.sampled_from(["", "1", "\t"]))))
            parts.append(Text(draw(TEXTS)))
        return parts

    return tuple(body(0))


@given(coded_texts())
def test_any_coded_text_survives_the_wire(coded: CodedText) -> None:
    assert from_wire(to_wire(coded), coded) == merge_text(coded)


@given(coded_texts())
def test_any_coded_text_survives_storage(coded: CodedText) -> None:
    assert load_coded(dump_coded(coded)) == coded


@given(coded_texts())
def test_texts_that_differ_in_code_numbers_alone_have_one_digest(coded: CodedText) -> None:
    assert text_digest(renumber(coded)) == text_digest(coded)


@given(coded_texts())
def test_a_memory_pair_comes_back_with_the_segments_own_codes(coded: CodedText) -> None:
    assert with_codes_of(to_wire(renumber_like(coded, coded)), coded) == merge_text(coded)


@given(coded_texts(), st.data())
def test_a_code_that_is_dropped_doubled_or_foreign_is_named(coded: CodedText, data: st.DataObject) -> None:
    places = [i for i, p in enumerate(coded) if not isinstance(p, Text)]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    code = coded[at]
    assert not isinstance(code, Text)
    dropped = coded[:at] + coded[at + 1 :]
    doubled = (*coded[: at + 1], code, *coded[at + 1 :])
    foreign = (*coded, Placeholder(10_000))
    for broken, kinds in (
        (dropped, {"missing", "unclosed"}),
        (doubled, {"duplicate", "unclosed", "crossed"}),
        (foreign, {"extra"}),
    ):
        faults = code_faults(coded, broken)
        assert faults
        assert {f.kind for f in faults} & kinds


@pytest.mark.parametrize(
    ("source", "wire"),
    [
        ((Open(1), Text("a"), Close(1), Text(" b "), Placeholder(2)), "<2/> B <1>A</1>"),
        ((Open(1), Text("a"), Close(1), Open(2), Text("b"), Close(2)), "<2>B</2><1>A</1>"),
        ((Text("x"), Open(3, isolated=True), Text("y")), "Y<3>X"),
        ((Open(1, deletable=True), Text("a"), Close(1)), "A"),
        ((Placeholder(1, cloneable=True), Text("a")), "<1/>A<1/>"),
    ],
)
def test_legal_changes_of_codes_are_taken(source: CodedText, wire: str) -> None:
    assert to_wire(from_wire(wire, source)) == wire


@pytest.mark.parametrize(
    ("wire", "kind", "code"),
    [
        ("a <1>b", "unclosed", 1),
        ("a b</1>", "unclosed", 1),
        ("ab", "missing", 1),
        ("<1>a</1><9/>b", "extra", 9),
        ("<1>a</1><1>b</1>", "duplicate", 1),
        ("<1>a</1></1/>", "malformed", 1),
    ],
)
def test_broken_codes_are_refused_by_name(wire: str, kind: str, code: int) -> None:
    source = (Text("a "), Open(1), Text("b"), Close(1))
    with pytest.raises(WireError) as caught:
        from_wire(wire, source)
    assert (kind, code) in {(f.kind, f.code) for f in caught.value.faults}


def test_crossed_pairs_are_refused() -> None:
    source = (Open(1), Text("a"), Open(2), Text("b"), Close(2), Close(1))
    with pytest.raises(WireError, match="crosses"):
        from_wire("<1>a<2>b</1></2>", source)


def test_plain_text_can_show_what_a_placeholder_looks_like() -> None:
    coded = (Text("page "), Placeholder(1, "field", "PAGE", "3"))
    assert plain_text(coded) == "page "
    assert plain_text(coded, equiv=True) == "page 3"
    assert not has_text((Placeholder(1), Text(" \t")))
