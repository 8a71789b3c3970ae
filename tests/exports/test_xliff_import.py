"""Bilingual files as they come back: other tools' habits are borne, broken and stale rows are refused by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed, DtdForbidden, InputRefused
from docpipe.exports.xliff import check_rows, read_xliff, read_xliff_files, write_xliff
from docpipe.model.batch import Document, State
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, code_faults, text_digest
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Unit, segment_id

SHA = digest_bytes(b"source")
DOCUMENT = Document("d1", "b1", "m5/a.docx", "application/x", SHA, 6, State.WAITING)
CODED = (Text("剂量"), Open(1, "b"), Text("5"), Close(1), Text(" mg"), Placeholder(2, "footnote", "", "1"), Text("。"))


def segment(address: str, source: CodedText) -> Segment:
    return Segment(
        segment_id(SHA, address, 0), Address(address), 0, BlockKind.PARAGRAPH, source, text_digest(source),
        text_digest(()),
    )  # fmt: skip


A, B = segment("p[1]", CODED), segment("p[2]", (Text("第二句。"),))
UNITS: dict[SegmentId, Unit] = {
    A.id: Unit(A.id).translated((Text("Dose "), *CODED[1:6], Text(".")), Origin(OriginKind.MODEL)),
    B.id: Unit(B.id).left_to_person("no reply"),
}


def exported() -> str:
    return write_xliff(DOCUMENT, "b1", "zh", "en", [A, B], UNITS).decode()


def judged(text: str) -> tuple[list[tuple[SegmentId, CodedText]], list[tuple[SegmentId, str, str]]]:
    accepted, refused = check_rows(read_xliff(text.encode()), [A, B], UNITS)
    return accepted, [(r.segment, r.code, r.message) for r in refused]


def with_target(target: str, segment_id_: SegmentId = B.id) -> str:
    head, tail = exported().split(f'<segment id="{segment_id_}"', 1)
    before, after = tail.split("</source>\n", 1)
    after = after.split("</target>\n", 1)[1] if after.startswith("<target>") else after
    return f'{head}<segment id="{segment_id_}"{before}</source>\n<target>{target}</target>\n{after}'


def test_an_untouched_export_changes_nothing() -> None:
    assert judged(exported()) == ([], [])


def test_a_new_target_is_taken_and_an_empty_one_passed_over() -> None:
    assert judged(with_target("Second sentence.")) == ([(B.id, (Text("Second sentence."),))], [])
    assert judged(with_target("  ")) == ([], [])


HABITS: dict[str, Callable[[str], str]] = {
    "namespace prefix": lambda t: (
        t.replace(' xmlns="urn:oasis', ' xmlns:x="urn:oasis').replace("</", "</x:").replace("</x:dp:", "</dp:")
        .replace("<dp:", "\x00").replace("</", "\x01").replace("<?", "\x02").replace("<", "<x:")
        .replace("\x00", "<dp:").replace("\x01", "</").replace("\x02", "<?")
    ),
    "version 2.0": lambda t: t.replace('version="2.1"', 'version="2.0"'),
    "added note": lambda t: t.replace("</dp:rows>\n", "</dp:rows>\n<notes><note>mine</note></notes>\n", 1),
    "added module": lambda t: t.replace(
        "<dp:rows>", '<m:metadata xmlns:m="urn:oasis:names:tc:xliff:metadata:2.0"/><dp:rows>'
    ),
    "mark": lambda t: t.replace(
        "Dose amount ", 'Dose <mrk id="m1" type="term">amount </mrk><sm id="m2"/><!-- c --><em startRef="m2"/>'
    ),
    "cdata": lambda t: t.replace("Dose amount ", "<![CDATA[Dose amount ]]>"),
    "start and end for pair": lambda t: t.replace('<target>Dose amount <pc id="1"', '<target>Dose amount <sc id="1"')
    .replace(
        'subType="xlf:b">5</pc> mg<ph id="2" equiv="1" disp="1" canCopy="no" canDelete="no" type="other"'
        ' subType="docpipe:footnote"/>.',
        'subType="xlf:b"/>5<ec startRef="1"/> mg<ph id="2"/>.',
    ),
    "byte order mark": lambda t: "\ufeff" + t,
    "own attributes": lambda t: t.replace("<segment id=", '<segment canResegment="no" id='),
}  # fmt: skip


@pytest.mark.parametrize("habit", HABITS)
def test_habits_of_other_tools_are_borne(habit: str) -> None:
    edited = exported().replace("<target>Dose ", "<target>Dose amount ")
    text = HABITS[habit](edited)
    assert text != edited
    accepted, refused = judged(text)
    assert not refused
    assert accepted == [(A.id, (Text("Dose amount "), *CODED[1:6], Text(".")))]


BROKEN: dict[str, tuple[str, SegmentId, str]] = {
    "missing code": ("Dose 5 mg<ph id='2'/>.", A.id, "tag <1> is missing"),
    "extra code": ("Dose <pc id='1'>5</pc> mg<ph id='2'/><ph id='9'/>.", A.id, "tag <9/> does not belong here"),
    "twice": ("Dose <pc id='1'>5</pc> mg<ph id='2'/><ph id='2'/>.", A.id, "tag <2/> stands more than once"),
    "end before start": ("<ec startRef='1'/>5<sc id='1'/><ph id='2'/>", A.id, "has no matching start or end"),
    "strange id": ("Dose <pc id='1'>5</pc> mg<ph id='2'/><ph id='zz'/>.", A.id, "is not a tag of this segment"),
    "strange element": ("Dose <b>5</b>", B.id, "tag <b> is not a tag"),
    "control character": ('Dose<cp hex="0007"/>', B.id, "control character"),
    "impossible character": ('Dose<cp hex="FFFFFFFF"/>', B.id, "tag <cp>"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_refused_by_name_and_the_others_are_taken(case: str) -> None:
    target, row, words = BROKEN[case]
    accepted, refused = judged(with_target(target, row))
    assert accepted == []
    [(name, code, message)] = refused
    assert (name, code) == (row, "review.broken_row")
    assert row in message
    assert words in message
    if row == A.id:
        both = with_target(target, row).replace("</source>\n</segment>", "</source>\n<target>Two.</target>\n</segment>")
        assert judged(both)[0] == [(B.id, (Text("Two."),))]


def test_a_row_written_over_by_another_since_the_export_is_stale() -> None:
    text = with_target("Mine.")
    now = {**UNITS, B.id: UNITS[B.id].edited((Text("Theirs."),), "wu")}
    accepted, [refusal] = check_rows(read_xliff(text.encode()), [A, B], now)
    assert accepted == []
    assert (refusal.segment, refusal.code) == (B.id, "review.stale_row")
    assert "revision 1" in refusal.message
    assert "revision 2" in refusal.message


def test_an_untouched_row_is_not_stale_though_another_changed_it() -> None:
    now = {**UNITS, A.id: UNITS[A.id].edited((Text("Theirs "), *CODED[1:6]), "wu")}
    assert check_rows(read_xliff(exported().encode()), [A, B], now) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "row", "code"),
    [
        (f'source="{B.digest}"', f'source="{A.digest}"', B.id, "review.stale_row"),
        ("第二句。", "第二句！", B.id, "review.broken_row"),
        (f'<segment id="{B.id}"', f'<segment id="{"0" * 24}"', "0" * 24, "review.broken_row"),
        (f'<segment id="{B.id}"', f'<segment id="{A.id}"', A.id, "review.broken_row"),
        (f'<dp:row segment="{B.id}"', '<dp:row segment="gone"', B.id, "review.stale_row"),
        ('revision="1" origin="none"', 'revision="x" origin="none"', B.id, "review.stale_row"),
    ],
)
def test_a_row_that_is_not_the_one_exported_is_refused_by_name(old: str, new: str, row: str, code: str) -> None:
    text = with_target("New.")
    assert old in text
    accepted, refused = judged(text.replace(old, new))
    assert accepted == []
    assert [(r[0], r[1]) for r in refused] == [(row, code)]
    assert row in refused[0][2]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"  ", b"not xml", b"<xliff", b"<a/>", b'<xliff version="2.1"/>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="3.0"/>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1"/>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1"><file id="1"/><file id="2"/></xliff>',
    ],
)  # fmt: skip
def test_what_is_no_xliff_is_refused(data: bytes) -> None:
    with pytest.raises(AssetMalformed):
        read_xliff(data)


def test_a_document_type_declaration_is_refused() -> None:
    with pytest.raises(DtdForbidden):
        read_xliff(b"<!DOCTYPE a><a/>")


def test_a_file_of_another_tool_is_read_with_names_made_from_its_ids() -> None:
    data = (
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="es">'
        b'<file id="f1"><group id="g"><unit id="u1"><segment><source>One</source><target>Uno</target></segment>'
        b'<segment id="s2" state="final"><source>Two</source></segment></unit></group></file>'
        b'<file id="f2"><unit id="u1"><segment><source>One</source></segment></unit></file></xliff>'
    )
    first, second = read_xliff_files(data)
    assert [(r.segment_id, r.source, r.target) for r in first.rows] == [
        ("f1/u1/1", "One", "Uno"),
        ("f1/u1/s2", "Two", None),
    ]
    assert [r.segment_id for r in second.rows] == ["f2/u1/1"]
    assert first.source_language == "en"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(exported().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(
            st.binary(max_size=6)
            | st.sampled_from(
                [b"<pc id='1'>", b"</pc>", b"<ec/>", b"<cp/>", b"<mrk/>", b"&#0;", b"<!--", b"]]>", b"id=''"]
            )
        )
        whole[at : at + data.draw(st.integers(0, 8))] = piece
    try:
        file = read_xliff(bytes(whole))
    except InputRefused:
        return
    accepted, refused = check_rows(file, [A, B], UNITS)
    for name, target in accepted:
        assert not code_faults(A.source if name == A.id else B.source, target)
    assert all(r.code in ("review.stale_row", "review.broken_row") for r in refused)
