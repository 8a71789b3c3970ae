"""Blocks into segments and back: lossless with codes, and white space fitting the target language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, codes_of, merge_text, to_wire
from docpipe.model.segment import Segment
from docpipe.segment.segments import join, segment

SHA = "0" * 64


def block(*parts: Inline | str, address: str = "p1", translatable: bool = True) -> Block:
    content = merge_text(Text(p) if isinstance(p, str) else p for p in parts)
    return Block(Address(address), BlockKind.PARAGRAPH, content, translatable=translatable)


def wires(b: Block, language: str = "en") -> list[str]:
    return [s.wire for s in segment([b], SHA, language)]


def test_white_space_stays_outside() -> None:
    first, second = segment([block("  One is here.  Two. ")], SHA, "en")
    assert (first.before, first.wire, first.after) == ("  ", "One is here.", "  ")
    assert (second.before, second.wire, second.after, second.last) == ("", "Two.", " ", True)


def test_a_code_that_crosses_sentences_becomes_isolated_and_whole_again() -> None:
    b = block("A ", Open(1, "b"), "bold end. Still bold", Close(1), " here.")
    first, second = segment([b], SHA, "en")
    assert (first.wire, second.wire) == ("A <1>bold end.", "Still bold</1> here.")
    assert all(getattr(c, "isolated", False) for c in codes_of(first.source) + codes_of(second.source))
    assert join(b, (first, second), {first.id: first.source, second.id: second.source}, "en", "en") == b.content


def test_codes_at_borders_stick_to_their_sentence() -> None:
    b = block(Open(1, "b"), "One.", Close(1), " ", Open(2, "i"), "Two.", Close(2))
    assert wires(b) == ["<1>One.</1>", "<2>Two.</2>"]
    assert wires(block(Open(1, "b"), "一。", Close(1), Open(2, "i"), "二。", Close(2)), "zh") == [
        "<1>一。</1>",
        "<2>二。</2>",
    ]


def test_a_note_mark_after_the_stop_stays_with_its_sentence() -> None:
    assert wires(block("It is safe.", Placeholder(1, "footnote-ref"), " See below.")) == [
        "It is safe.<1/>",
        "See below.",
    ]
    assert wires(block("安全。", Placeholder(1, "footnote-ref"), "见下。"), "zh") == ["安全。<1/>", "见下。"]


def test_a_line_break_parts_only_where_a_sentence_or_item_ends() -> None:
    br = Placeholder(1, "br")
    assert wires(block("Clinical Study", br, "Protocol")) == ["Clinical Study<1/>Protocol"]
    assert wires(block("Include:", br, "adults")) == ["Include:<1/>", "adults"]
    assert wires(block("adults", br, "2. children")) == ["adults<1/>", "2. children"]


def test_blocks_without_letter_or_digit_and_untranslatable_ones_have_no_segment() -> None:
    dash = block(Open(1), "–", Close(1))
    assert segment([dash, block("text", translatable=False)], SHA, "en") == ()
    assert join(dash, (), {}, "en", "zh") == dash.content


def test_a_space_between_sentences_comes_and_goes_with_the_script() -> None:
    zh = block("一。二。")
    parts = segment([zh], SHA, "zh")
    to_en = {s.id: (Text(t),) for s, t in zip(parts, ["One.", "Two."], strict=True)}
    assert join(zh, parts, to_en, "zh", "en") == (Text("One. Two."),)
    en = block(" One. Two. ")
    parts = segment([en], SHA, "en")
    to_zh = {s.id: (Text(t),) for s, t in zip(parts, ["一。", "二。"], strict=True)}
    assert join(en, parts, to_zh, "en", "zh") == (Text(" 一。二。 "),)


def test_an_empty_target_takes_its_white_space_with_it() -> None:
    b = block("One. Two. Three.")
    a, m, z = segment([b], SHA, "en")
    assert join(b, (a, m, z), {a.id: (Text("Eins und zwei."),), m.id: (), z.id: (Text("Drei."),)}, "en", "de") == (
        Text("Eins und zwei. Drei."),
    )


def test_context_is_made_of_the_neighbours() -> None:
    one = segment([block("One. Two."), block("Three.", address="p2")], SHA, "en")
    other = segment([block("One. Two."), block("Changed.", address="p2")], SHA, "en")
    assert [a.context == b.context for a, b in zip(one, other, strict=True)] == [True, False, True]
    assert one[0].id != one[1].id


PIECES = st.sampled_from(
    [
        "One here. ",
        "Two",
        " (see Fig. 3). ",
        "本研究。",
        "结束！",
        "e.g. ",
        " ",
        "\n",
        "… ",
        "No. 5 ",
        "？”",
        "x",
        "“",
        "-",
    ]
)


@st.composite
def contents(draw: st.DrawFn) -> CodedText:
    """Coded text with properly nested pairs that may cross sentences, breaks, tabs, notes and fields."""
    parts: list[Inline] = []
    open_ids: list[int] = []
    n = 0
    for _ in range(draw(st.integers(1, 25))):
        what = draw(st.sampled_from(["text"] * 5 + ["open", "close", "ph"]))
        if what == "text":
            parts.append(Text(draw(PIECES)))
        elif what == "open":
            n += 1
            open_ids.append(n)
            parts.append(Open(n, "b", f"d{n}"))
        elif what == "ph":
            n += 1
            kind, equiv = draw(
                st.sampled_from(
                    [("br", "\n"), ("tab", "\t"), ("footnote-ref", "1"), ("field", "Table 3"), ("image", "")]
                )
            )
            parts.append(Placeholder(n, kind, f"d{n}", equiv))
        elif open_ids:
            parts.append(Close(open_ids.pop()))
    parts += [Close(i) for i in reversed(open_ids)]
    return merge_text(parts)


@settings(max_examples=300, deadline=None)
@given(contents(), st.sampled_from(["en", "zh", "ja", "de"]))
def test_a_block_joined_from_its_own_segments_is_the_block(content: CodedText, language: str) -> None:
    b = Block(Address("p"), BlockKind.PARAGRAPH, content)
    parts = segment([b], SHA, language)
    assert join(b, parts, {s.id: s.source for s in parts}, language, language) == content
    if parts:
        assert [(type(c), c.id) for s in parts for c in codes_of(s.source)] == [
            (type(c), c.id) for c in codes_of(content)
        ]
        assert all(any(ch.isalnum() for ch in s.wire) for s in parts)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=20).map("".join), st.sampled_from(["en", "zh"]))
def test_plain_and_coded_paths_agree(text: str, language: str) -> None:
    def sources(content: CodedText) -> list[str]:
        found: tuple[Segment, ...] = segment([Block(Address("p"), BlockKind.PARAGRAPH, content)], SHA, language)
        return [to_wire(tuple(p for p in s.source if isinstance(p, Text))).strip() for s in found]

    assert sources((Text(text),)) == sources((Open(1), Text(text), Close(1)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_same_bytes_give_the_same_ids(language: str) -> None:
    assert segment([block("One. 二。")], SHA, language) == segment([block("One. 二。")], SHA, language)
