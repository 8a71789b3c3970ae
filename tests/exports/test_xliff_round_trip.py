"""XLIFF 2.1: what is written is read back, whatever the text and the codes; the form is the standard's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bilingual_builders import DOCUMENT, blocks, changed, edited, human, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.exports.xliff import check_rows, read_xliff, write_xliff
from docpipe.exports.xliff_write import XLIFF
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, merge_text, to_wire
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Unit
from docpipe.safe import xml


def written(segments: Sequence[Segment], units: dict[SegmentId, Unit]) -> bytes:
    return write_xliff(DOCUMENT, "b1", "zh", "en", segments, units)


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks(), min_size=1, max_size=3), st.data())
def test_any_segments_and_targets_survive_writing_and_reading(
    given_blocks: list[tuple[CodedText, tuple[CodedText, ...]]], data: st.DataObject
) -> None:
    segments = [
        segment(f"p[{b}]", i, piece, data.draw(st.sampled_from(["", " ", "\u3000", "\t"])))
        for b, (_, pieces) in enumerate(given_blocks)
        for i, piece in enumerate(pieces)
    ]
    units = {s.id: human(s, s.source) for s in segments if data.draw(st.booleans())}
    back = read_xliff(written(segments, units))
    assert [r.segment_id for r in back.rows] == [s.id for s in segments]
    assert [r.source for r in back.rows] == [s.wire for s in segments]
    expected = [to_wire(units[s.id].target) if s.id in units else None for s in segments]
    assert [r.target for r in back.rows] == expected
    accepted, refused = check_rows(edited(back), segments, changed(units))
    assert not refused
    wanted = [(s.id, s.source) for s in segments if s.id in units and to_wire(s.source).strip()]
    assert [a for a in accepted if a[0] in units] == wanted
    assert check_rows(back, segments, units) == ([], [])


@settings(max_examples=60, deadline=None)
@given(blocks())
def test_the_form_is_that_of_the_standard(given_block: tuple[CodedText, tuple[CodedText, ...]]) -> None:
    segments = [segment("p[1]", i, piece, " ") for i, piece in enumerate(given_block[1])]
    units = {segments[0].id: human(segments[0], segments[0].source)}
    data = written(segments, units)
    assert data == written(segments, units)
    root = xml.parse(data)
    for unit in root.iter(f"{{{XLIFF}}}unit"):
        names = [re.sub(".*}", "", str(e.tag)) for e in unit]
        assert re.fullmatch(r"rows (notes )?((segment|ignorable) )+", " ".join(names) + " ")
        for side in ("source", "target"):
            codes = [c for s in unit.iter(f"{{{XLIFF}}}{side}") for c in s.iter() if c is not s]
            ids = [c.get("id") for c in codes if c.get("id")]
            assert len(ids) == len(set(ids))
            assert all(re.fullmatch(r"[\w.:-]+", i or "") for i in ids)
            starts = {c.get("id") for c in codes if str(c.tag).endswith("}sc") and not c.get("isolated")}
            ends = [c.get("startRef") for c in codes if str(c.tag).endswith("}ec") and not c.get("isolated")]
            assert sorted(starts, key=str) == sorted(ends, key=str)
            for code in codes:
                if code.get("canReorder"):
                    assert code.get("canCopy") == code.get("canDelete") == "no"


def test_a_bold_that_crosses_sentences_is_written_as_start_and_end_of_one_code() -> None:
    first = segment("p[1]", 0, (Text("A "), Open(1, "b", isolated=True), Text("b.")))
    second = segment("p[1]", 1, (Text("C"), Close(1, isolated=True), Text(" d.")), before=" ")
    units = {second.id: human(second, second.source)}
    text = written([first, second], units).decode()
    assert '<sc id="1"' in text
    assert '<ec startRef="1"' in text
    assert '<ec id="1" isolated="yes"' in text  # the target of the first sentence is not there yet
    assert [r.target for r in read_xliff(text.encode()).rows] == [None, "C</1> d."]


def test_hostile_text_stays_text() -> None:
    source = (Text("a ]]> <1> & \x01\x0b\ufffe \ud800 \u202eevil\u202c <!-- \r\n"), Placeholder(3, "x", "", '"\x02<'))
    seg = segment("p[1]", 0, source)
    data = written([seg], {})
    assert b'<cp hex="0001"/><cp hex="000B"/><cp hex="FFFE"/>' in data
    assert b'<cp hex="D800"/>' in data
    assert read_xliff(data).rows[0].source == seg.wire


def test_a_cloned_code_refers_to_the_one_it_was_copied_from() -> None:
    source = (Open(1, "b", cloneable=True), Text("x"), Close(1), Placeholder(2, "tab", cloneable=True))
    target = (*source[:3], Text(" "), *source[:3], source[3], source[3])
    seg = segment("p[1]", 0, source)
    data = written([seg], {seg.id: human(seg, target)})
    assert b'<pc id="1-2" copyOf="1"' in data
    assert b'<ph id="2-2" copyOf="2"' in data
    row = read_xliff(data).rows[0]
    assert row.target == to_wire(target)
    assert check_rows(edited(read_xliff(data)), [seg], changed({seg.id: human(seg, target)}))[0] == [
        (seg.id, merge_text(target))
    ]


def test_findings_and_needs_are_notes_and_states_follow_the_ladder() -> None:
    seg, other = segment("p[1]", 0, (Text("5 mg"),)), segment("p[2]", 0, (Text("6 mg"),))
    approved = Unit(seg.id).translated((Text("5 mg"),), Origin(OriginKind.MODEL, "m")).approved("wu")
    waiting = Unit(other.id).left_to_person("The reply was cut off.")
    found = Finding("B3.number-changed", Severity.CRITICAL, "5 is missing & <gone>.")
    units = {seg.id: approved, other.id: waiting}
    data = write_xliff(DOCUMENT, "b1", "zh", "en", [seg, other], units, {seg.id: [found]}, face="DRAFT, NOT REVIEWED")
    text = data.decode()
    assert 'state="reviewed" subState="docpipe:approved"' in text
    assert 'state="initial" subState="docpipe:needs-person"' in text
    assert '<note category="face" priority="1">DRAFT, NOT REVIEWED</note>' in text
    assert f'category="B3.number-changed" priority="1" dp:segment="{seg.id}">5 is missing &amp; &lt;gone&gt;.' in text
    assert "The reply was cut off." in text
    assert 'state="final"' in write_xliff(DOCUMENT, "b1", "zh", "en", [seg], units, signed=True).decode()
    back = read_xliff(data)
    assert (back.batch, back.document, back.document_sha256, back.original) == (
        "b1",
        "d1",
        DOCUMENT.sha256,
        DOCUMENT.path,
    )
    assert [r.revision for r in back.rows] == [2, 1]


def test_a_document_without_segments_is_a_valid_file_without_rows() -> None:
    assert read_xliff(written([], {})).rows == ()
