"""Bilingual DOCX and XLSX: what is written is read back, whatever the text and the codes; equal input gives equal bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from bilingual_builders import DOCUMENT, TEXTS, blocks, changed, edited, human, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed, ReviewRefused
from docpipe.exports.bilingual import BilingualFile, RowComment, check_rows, dump_file, load_file
from docpipe.exports.bilingual_docx import write_bilingual_docx
from docpipe.exports.bilingual_docx_read import read_bilingual_docx
from docpipe.exports.bilingual_marks import Sheet, from_cell, read_mark, to_cell
from docpipe.exports.bilingual_xlsx import write_bilingual_xlsx
from docpipe.exports.bilingual_xlsx_read import read_bilingual_xlsx
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, Text, to_wire
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.safe.package import open_package

Both = tuple[Callable[[Sheet], bytes], Callable[[bytes], BilingualFile]]
FORMATS: dict[str, Both] = {
    "docx": (write_bilingual_docx, read_bilingual_docx),
    "xlsx": (write_bilingual_xlsx, read_bilingual_xlsx),
}


def sheet(segments: list[Segment], units: dict[SegmentId, Unit], **more: object) -> Sheet:
    return replace(Sheet(DOCUMENT, "b1", "zh-CN", "en", segments, units), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=30, deadline=None)
@given(given_blocks=st.lists(blocks(), min_size=1, max_size=3), data=st.data())
def test_any_coded_text_survives_out_and_in(
    form: str, given_blocks: list[tuple[CodedText, tuple[CodedText, ...]]], data: st.DataObject
) -> None:
    write, read = FORMATS[form]
    segments = [
        segment(f"p[{b}]", i, piece) for b, (_, pieces) in enumerate(given_blocks) for i, piece in enumerate(pieces)
    ]
    units = {s.id: human(s, s.source) for s in segments if data.draw(st.booleans())}
    said = {segments[0].id: [RowComment("A", data.draw(TEXTS) + "x")]}
    languages = data.draw(st.sampled_from([("zh-CN", "en"), ("en", "ar"), ("he", "ja")]))
    made = replace(sheet(segments, units, comments=said), source_language=languages[0], target_language=languages[1])
    written = write(made)
    assert written == write(made)
    back = read(written)
    assert load_file(dump_file(back)) == back
    assert (back.document, back.batch, back.document_sha256) == (DOCUMENT.id, "b1", DOCUMENT.sha256)
    assert back.original == DOCUMENT.path
    assert [r.segment_id for r in back.rows] == [s.id for s in segments]
    assert [r.source for r in back.rows] == [s.wire for s in segments]
    assert [r.target for r in back.rows] == [to_wire(units[s.id].target) if s.id in units else None for s in segments]
    assert not any(r.faults or r.trouble or r.tracked or r.duplicate for r in back.rows)
    assert check_rows(back, segments, units) == ([], [])
    accepted, refused = check_rows(edited(back), segments, changed(units))
    assert not refused
    assert [a for a in accepted if a[0] in units] == [
        (s.id, s.source) for s in segments if s.id in units and s.wire.strip()
    ]


@settings(max_examples=300, deadline=None)
@given(
    TEXTS
    | st.lists(
        st.sampled_from(["<U+", "0007>", "\u200e", "<1>", "<2/>", "\\", "<", "\x07", "U+10FFFFFF>", "\u2028"])
    ).map("".join)
)
def test_cells_hold_any_text(text: str) -> None:
    cell = to_cell(text)
    assert from_cell(cell) == text
    assert from_cell(to_cell(text, rtl=True), rtl=True) == text
    assert not any(ord(c) < 32 and c not in "\n\t" for c in cell)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 30", "-5 mg", "@SUM(A1)", "'=1", "'already", "\t=x", "_x0041_", "_x005F_x0041_", " =1", "＝1", "5", "TRUE",
     '=HYPERLINK("http://x","y")', "\n=2", "\r=3"],
)  # fmt: skip
def test_a_text_that_looks_like_a_formula_is_text_and_comes_back_as_it_was(text: str) -> None:
    row = segment("p[1]", 0, (Text(text),))
    units = {row.id: human(row, (Text(text),))}
    data = write_bilingual_xlsx(sheet([row], units, findings={row.id: [Finding("B1.x", Severity.MAJOR, text)]}))
    package = open_package(data)
    for name in package.names:
        if name.startswith("xl/worksheets/"):
            assert b"<f" not in package.read(name).replace(b"<formControl", b"")
    strings = package.read("xl/worksheets/sheet1.xml").decode()
    assert f">{text}<" not in strings or text[0] not in "=+-@"
    [back] = read_bilingual_xlsx(data).rows
    assert (back.source, back.target) == (row.wire, row.wire)


def test_a_text_longer_than_a_cell_is_refused_not_cut() -> None:
    row = segment("p[1]", 0, (Text("x" * 40_000),))
    with pytest.raises(ReviewRefused):
        write_bilingual_xlsx(sheet([row], {}))
    assert read_bilingual_docx(write_bilingual_docx(sheet([row], {}))).rows[0].source == row.wire


def test_comments_stand_beside_their_row() -> None:
    rows = [segment("p[1]", n, (Text(f"Row {n}"),)) for n in range(3)]
    said = [RowComment("jose.ruiz", "Why?\nSay more.", "2026-01-02T03:04:05Z"), RowComment("mei.lin", "So.")]
    back = read_bilingual_docx(write_bilingual_docx(sheet(rows, {}, comments={rows[1].id: said})))
    assert [len(r.comments) for r in back.rows] == [0, 2, 0]
    assert set(back.rows[1].comments) >= {said[0]}
    assert back.rows[1].comments[1].text == "So."
    text = b"".join(
        open_package(write_bilingual_xlsx(sheet(rows, {}, comments={rows[1].id: said}))).read(n)
        for n in ["xl/worksheets/sheet1.xml"]
    )
    assert b"jose.ruiz: Why?" in text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("target", ["ar", "ja", "zh-TW", "ko", "th", "hi", "he", "fr"])
def test_every_script_has_its_language_and_direction(form: str, target: str) -> None:
    row = segment("p[1]", 0, (Text("One"),))
    data = FORMATS[form][0](replace(sheet([row], {row.id: human(row, (Text("x"),))}), target_language=target))
    whole = b"".join(open_package(data).read(n) for n in open_package(data).names)
    assert target.encode() in whole
    right_to_left = target in ("ar", "he")
    assert (b"<w:bidi/>" in whole or b'readingOrder="2"' in whole) is right_to_left


def test_a_damaged_mark_is_refused() -> None:
    assert read_mark("nothing") is None
    for bad in ("docpipe-bilingual-1 [", "docpipe-bilingual-1 [1,2]", 'docpipe-bilingual-1 ["a"]'):
        with pytest.raises(AssetMalformed):
            read_mark(bad)
