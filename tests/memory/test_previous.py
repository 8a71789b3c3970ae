"""The previous version: unchanged text keeps its approved translation, and nothing unsure is carried."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from docpipe.memory.alignment import align_blocks, align_sentences, plausible
from docpipe.memory.previous import Alignment, align, carry
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Close, Inline, Open, Placeholder, Text, merge_text, with_codes_of
from docpipe.segment.segments import pieces, segment


def doc(*contents: str | Sequence[Inline | str], style: str = "") -> list[Block]:
    """``#`` in front makes a heading; addresses count up."""
    blocks = []
    for n, content in enumerate(contents):
        parts = [content] if isinstance(content, str) else content
        level = 1 if isinstance(parts[0], str) and parts[0].startswith("#") else 0
        coded = merge_text(Text(p.lstrip("# ") if p.startswith("#") else p) if isinstance(p, str) else p for p in parts)
        kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
        blocks.append(Block(Address(f"d.xml#/p[{n}]"), kind, coded, style, level))
    return blocks


def aligned(source: Sequence[Block], target: Sequence[Block]) -> Alignment:
    return align(source, target, "zh", "en", pieces)


def carried(alignment: Alignment, new: Sequence[Block]) -> dict[str, str]:
    segments = segment(new, "1" * 64, "zh")
    result = carry(alignment, segments, new)
    assert set(result.targets) | set(result.changed) <= {s.id for s in segments}
    for s in segments:
        if s.id in result.targets:
            with_codes_of(result.targets[s.id], s.source)
    return {s.wire: result.targets[s.id] for s in segments if s.id in result.targets}


SOURCE = doc("# 1 目的", "本研究入组120例患者。随访12个月。", "给药剂量为10 mg。")
TARGET = doc("# 1 Objective", "This study enrolled 120 patients. Follow-up was 12 months.", "The dose was 10 mg.")


def test_unchanged_sentences_keep_their_translation_and_changed_ones_do_not() -> None:
    new = doc("# 1 目的", "本研究入组150例患者。随访12个月。", "新的一段。", "给药剂量为10 mg。")
    assert carried(aligned(SOURCE, TARGET), new) == {
        "1 目的": "1 Objective",
        "随访12个月。": "Follow-up was 12 months.",
        "给药剂量为10 mg。": "The dose was 10 mg.",
    }


def test_blocks_that_do_not_align_are_listed_and_anchors_save_the_rest() -> None:
    target = doc(
        "# 1 Objective",
        "A paragraph more.",
        "This study enrolled 120 patients. Follow-up was 12 months.",
        "The dose was 10 mg.",
    )
    source = doc("# 1 目的", "本研究入组120例患者。随访12个月。", "给药剂量为10 mg。")
    alignment = aligned(source, target)
    assert carried(alignment, source)["给药剂量为10 mg。"] == "The dose was 10 mg."
    assert [(left.address, left.reason) for left in alignment.left] == [("d.xml#/p[0]", "not-aligned")]


def test_a_sentence_merged_in_translation_is_left_and_its_neighbour_carried() -> None:
    source = doc("共入组120例。男65例。女55例。随访时间为12个月，并记录所有的不良事件。")
    target = doc(
        "A total of 120. 65 were men, 55 were women. Follow-up lasted 12 months, and all adverse events were recorded."
    )
    alignment = aligned(source, target)
    assert set(carried(alignment, source)) == {"共入组120例。", "随访时间为12个月，并记录所有的不良事件。"}
    assert [left.reason for left in alignment.left] == ["sentences", "sentences"]


def test_codes_are_mapped_by_kind_data_and_order() -> None:
    source = doc(
        [
            Open(1, "b", "x"),
            "粗体",
            Close(1),
            "和",
            Open(2, "i", "y"),
            "斜体",
            Close(2),
            Placeholder(3, "note", "n1"),
            "。",
        ]
    )
    target = doc(
        [
            "In ",
            Open(1, "i", "z"),
            "italics",
            Close(1),
            Placeholder(2, "note", "n9"),
            " and ",
            Open(3, "b", "w"),
            "bold",
            Close(3),
            ".",
        ]
    )
    assert carried(aligned(source, target), source) == {
        "<1>粗体</1>和<2>斜体</2><3/>。": "In <2>italics</2><3/> and <1>bold</1>."
    }


def test_codes_that_do_not_map_are_listed() -> None:
    source = doc([Open(1, "b"), "粗体", Close(1), "。"], "第二段。")
    target = doc("Bold.", "Second paragraph.")
    alignment = aligned(source, target)
    assert [left.reason for left in alignment.left] == ["codes"]
    assert carried(alignment, source) == {"第二段。": "Second paragraph."}


def test_a_code_that_crosses_sentences_is_carried_on_both_sides() -> None:
    source = doc(["见", Open(1, "b", "d"), "第一句。第二句", Close(1), "。"])
    target = doc(["See ", Open(5, "b", "d"), "the first one. The second", Close(5), " one."])
    assert carried(aligned(source, target), source) == {
        "见<1>第一句。": "See <1>the first one.",
        "第二句</1>。": "The second</1> one.",
    }


def test_a_repeated_text_with_two_translations_is_decided_by_its_neighbours_or_left() -> None:
    source, target = (
        doc("甲方。", "是。", "乙方。", "是。", "丙方。"),
        doc("Party A.", "Yes.", "Party B.", "It is.", "Party C."),
    )
    alignment = aligned(source, target)
    segments = segment(source, "1" * 64, "zh")
    result = carry(alignment, segments, source)
    assert [result.targets[s.id] for s in segments] == ["Party A.", "Yes.", "Party B.", "It is.", "Party C."]
    alone = doc("是。")
    result = carry(alignment, segment(alone, "2" * 64, "zh"), alone)
    assert (dict(result.targets), [left.reason for left in result.left]) == ({}, ["ambiguous"])


def test_empty_versions_carry_nothing() -> None:
    assert aligned([], []) == Alignment((), ())
    assert carried(aligned(SOURCE, []), SOURCE) == {}


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        (["a b c d", "e f g h"], ["A B C D", "E F G H"], [((0,), (0,)), ((1,), (1,))]),
        (["one of 12 and more", "two of 34 and more"], ["one of 12 and more, two of 34 and more"], [((0, 1), (0,))]),
        (["one of 12 and more, two of 34 and more"], ["one of 12 and more", "two of 34 and more"], [((0,), (0, 1))]),
        ([], ["x"], [((), (0,))]),
    ],
)
def test_beads(source: list[str], target: list[str], wanted: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
    assert align_sentences(source, target) == wanted


def test_numbers_that_all_differ_are_not_plausible() -> None:
    assert plausible("120例，随访12个月", "120 patients over 12 months")
    assert not plausible("120例，随访12个月", "13 patients over 45 months")
    assert not plausible("短", "A very long sentence that cannot possibly be a translation of it.")


def test_blocks_of_unequal_structure_are_paired_between_anchors_only() -> None:
    source = doc("甲", "见表14.1", "乙", "丙", "见表14.2", "丁")
    target = doc("A", "See Table 14.1", "B", "See Table 14.2", "D")
    assert align_blocks(source, target) == [(0, 0), (1, 1), (4, 3), (5, 4)]
