"""Chunks hold whole paragraphs, every wanted segment once, within the model's output; context is not to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.model.chunk import Chunk
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text
from docpipe.model.segment import Segment, SegmentId
from docpipe.segment.chunks import FILL, pack
from docpipe.segment.segments import segment


def document(*paragraphs: str) -> tuple[Segment, ...]:
    """``#`` and ``##`` in front make headings."""
    blocks = []
    for n, text in enumerate(paragraphs):
        level = len(text) - len(text.lstrip("#"))
        kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
        blocks.append(Block(Address(f"p{n}"), kind, (Text(text.lstrip("# ")),), level=level))
    return segment(blocks, "0" * 64, "en")


def packed(
    segments: Sequence[Segment],
    wanted: set[SegmentId] | None = None,
    output_tokens: int = 4000,
    most: int = 128,
    least: int = 32,
) -> tuple[Chunk, ...]:
    wishes = {s.id for s in segments} if wanted is None else wanted
    return pack(
        segments,
        wishes,
        source_language="en",
        target_language="zh-CN",
        output_tokens=output_tokens,
        most=most,
        least=least,
    )


def test_headings_above_and_neighbours_are_context() -> None:
    segments = document("# Study", "Intro.", "## Methods", "First. Second.", "Third.", "Fourth.", "Fifth.")
    third = next(s for s in segments if s.wire == "Third.")
    (chunk,) = packed(segments, {third.id})
    assert [s.wire for p in chunk.paragraphs for s in p.segments] == ["Third."]
    assert chunk.heading_path == ("Study", "Methods")
    assert chunk.before == ("First.", "Second.")
    assert chunk.after == ("Fourth.", "Fifth.")


def test_a_heading_is_not_above_itself_and_ends_its_siblings() -> None:
    segments = document("# One", "## A", "Text.", "# Two", "Text two.")
    two = {s.id for s in segments if s.wire == "Two"}
    last = {s.id for s in segments if s.wire == "Text two."}
    assert packed(segments, two)[0].heading_path == ()
    assert packed(segments, last)[0].heading_path == ("Two",)


def test_a_paragraph_stays_whole_with_only_some_wanted() -> None:
    segments = document("One. Two. Three.")
    (chunk,) = packed(segments, {segments[1].id})
    assert len(chunk.paragraphs[0].segments) == 3
    assert [s.wire for s in chunk.wanted] == ["Two."]


def test_a_chunk_ends_before_a_heading_once_it_is_large_enough() -> None:
    segments = document(*["A sentence."] * 40, "# Next", *["A sentence."] * 10)
    assert [len(c.wanted) for c in packed(segments)] == [40, 11]


def test_a_paragraph_too_large_is_parted_between_sentences() -> None:
    segments = document("This is a sentence of several words. " * 100)
    chunks = packed(segments, output_tokens=600)
    assert len(chunks) > 3
    assert [s.id for c in chunks for s in c.wanted] == [s.id for s in segments]
    assert all(c.output_tokens <= 600 * FILL for c in chunks)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["", "# ", "## "])), min_size=1, max_size=40),
    st.integers(100, 2000),
    st.integers(1, 20),
    st.data(),
)
def test_every_wanted_segment_is_asked_once_in_order_and_within_bounds(
    shape: list[tuple[int, str]], output_tokens: int, most: int, data: st.DataObject
) -> None:
    segments = document(*[head + "Some words here. " * n for n, head in shape])
    wanted = data.draw(st.sets(st.sampled_from([s.id for s in segments])))
    chunks = packed(segments, wanted, output_tokens, most, least=5)
    assert [s.id for c in chunks for s in c.wanted] == [s.id for s in segments if s.id in wanted]
    for chunk in chunks:
        assert 0 < len(chunk.wanted) <= most
        assert chunk.output_tokens <= max(1, output_tokens * FILL) or len(chunk.wanted) == 1
    assert chunks == packed(segments, wanted, output_tokens, most, least=5)
