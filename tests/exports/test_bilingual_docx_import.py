"""A bilingual DOCX as it comes back: tracked changes as final, comments, and rows refused by name."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from bilingual_builders import DOCUMENT, human, segment
from docx.oxml.parser import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed, DtdForbidden, InputRefused, TooLargeInflated
from docpipe.exports.bilingual import BilingualFile, BilingualRow, RowComment, RowRefusal, TrackedChange, check_rows
from docpipe.exports.bilingual_docx import write_bilingual_docx
from docpipe.exports.bilingual_docx_read import read_bilingual_docx
from docpipe.exports.bilingual_marks import Sheet
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, code_faults, to_wire
from docpipe.model.segment import SegmentId
from docpipe.safe.package import open_package, rewrite

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CODED: CodedText = (
    Text("剂量 "),
    Open(1, "b"),
    Text("5"),
    Close(1),
    Text(" mg"),
    Placeholder(2, "footnote"),
    Text("。"),
)
ENGLISH: CodedText = (Text("Dose "), *CODED[1:6], Text("."))
A = segment("p[1]", 0, CODED)
B = segment("p[1]", 1, (Text("第二句。"),))
C = segment("p[2]", 0, (Text("第三句。"),))
UNITS = {A.id: human(A, ENGLISH), B.id: human(B, (Text("Two."),))}
SAID = {B.id: [RowComment("jose.ruiz", "Why two?", "2026-01-02T03:04:05Z")]}
SHEET = Sheet(
    DOCUMENT,
    "b1",
    "zh-CN",
    "en",
    [A, B, C],
    UNITS,
    {A.id: [Finding("B3.number", Severity.CRITICAL, "5 is gone")]},
    SAID,
)
EXPORTED = write_bilingual_docx(SHEET)


def run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def ins(inner: str, author: str = "Wu", at: str = "2026-11-20T08:00:00Z", name: str = "ins") -> str:
    return f'<w:{name} w:id="9" w:author="{author}" w:date="{at}">{inner}</w:{name}>'


def gone(text: str, author: str = "Wu", at: str = "2026-11-20T08:00:00Z", name: str = "del") -> str:
    return ins(run(text, "delText"), author, at, name)


def edited(change: Callable[[Any], None], data: bytes = EXPORTED) -> bytes:
    """The file after a change to its table by python-docx."""
    document = docx.Document(io.BytesIO(data))
    change(document.tables[0])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_target(*paragraphs: str, row: int = 1, column: int = 2) -> bytes:
    """The file with a cell's paragraphs replaced; ``row`` 1 is the first segment's."""

    def change(table: Any) -> None:
        cell = table.rows[row].cells[column]._tc
        for old in list(cell.p_lst):
            cell.remove(old)
        for inner in paragraphs:
            cell.append(parse_xml(f"<w:p {W}>{inner}</w:p>"))

    return edited(change)


def row_of(data: bytes, number: int = 1) -> BilingualRow:
    return read_bilingual_docx(data).rows[number - 1]


def judged(data: bytes) -> tuple[list[tuple[SegmentId, CodedText]], list[RowRefusal]]:
    return check_rows(read_bilingual_docx(data), [A, B, C], UNITS)


def test_nothing_edited_is_nothing_to_take() -> None:
    assert judged(EXPORTED) == ([], [])
    assert judged(edited(lambda table: None)) == ([], [])


FINAL: dict[str, tuple[tuple[str, ...], str, tuple[TrackedChange, ...]]] = {
    "inserted": ((run("Two") + ins(run(" new")) + run("."),), "Two new.", (TrackedChange("Wu", "2026-11-20T08:00:00Z"),)),
    "deleted": ((run("Two") + gone(" old") + run("."),), "Two.", (TrackedChange("Wu", "2026-11-20T08:00:00Z"),)),
    "replaced by two people": (
        (gone("Two") + ins(run("Second"), "Li", "2026-11-21T08:00:00Z") + ins(run("!"), "Wu", "2026-11-22T08:00:00Z"),),
        "Second!",
        (TrackedChange("Li", "2026-11-21T08:00:00Z"), TrackedChange("Wu", "2026-11-22T08:00:00Z")),
    ),
    "moved": (
        (ins(run("Two"), name="moveFrom") + run("Then ") + ins(run("two."), name="moveTo"),),
        "Then two.",
        (TrackedChange("Wu", "2026-11-20T08:00:00Z"),),
    ),
    "inserted, then deleted by another": ((run("Two.") + ins(gone(" x", "Li")),), "Two.", (TrackedChange("Li", "2026-11-20T08:00:00Z"), TrackedChange("Wu", "2026-11-20T08:00:00Z"))),
    "paragraph mark deleted": (
        (f'<w:pPr><w:rPr>{ins("", name="del")}</w:rPr></w:pPr>' + run("Two "), run("more.")),
        "Two more.",
        (TrackedChange("Wu", "2026-11-20T08:00:00Z"),),
    ),
    "formatting alone": (('<w:r><w:rPr><w:b/><w:rPrChange w:id="3" w:author="Wu"><w:rPr/></w:rPrChange></w:rPr><w:t>Two.</w:t></w:r>',), "Two.", ()),
    "empty paragraphs around": (("", run("Two!"), "", ""), "Two!", ()),
    "special hyphens": (("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/></w:r>",), "a\u2011b\u00ad", ()),
    "field and link": (
        (
            '<w:hyperlink w:anchor="x">' + run("Two") + '</w:hyperlink><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            + run(" DATE ", "instrText") + run("."),
        ),
        "Two.",
        (),
    ),
    "content control": (("<w:sdt><w:sdtPr/><w:sdtContent>" + run("Two.") + "</w:sdtContent></w:sdt>",), "Two.", ()),
}  # fmt: skip


@pytest.mark.parametrize("case", FINAL)
def test_the_target_is_its_final_text_and_the_authors_are_kept(case: str) -> None:
    paragraphs, text, tracked = FINAL[case]
    row = row_of(with_target(*paragraphs, row=2), 2)
    assert (row.target, row.tracked, row.faults) == (text, tracked, ())


def test_an_edited_row_is_taken_with_its_codes() -> None:
    pieces = run("Dosage ") + run("&lt;1&gt;") + run("5") + run("&lt;/1") + run("&gt;") + run(" mg&lt;2/&gt;.")
    assert judged(with_target(pieces)) == ([(A.id, (Text("Dosage "), *CODED[1:6], Text(".")))], [])


BROKEN: dict[str, tuple[tuple[str, ...], str]] = {
    "missing tag": ((run("Dose &lt;1&gt;5&lt;/1&gt; mg."),), "tag <2/> is missing"),
    "strange tag": ((run("Dose &lt;1&gt;5&lt;/1&gt; mg&lt;2/&gt;&lt;9/&gt;."),), "tag <9/> does not belong here"),
    "picture": ((run("Dose &lt;1&gt;5&lt;/1&gt;&lt;2/&gt;") + "<w:r><w:drawing/></w:r>",), "[picture]"),
    "footnote": ((run("x") + '<w:r><w:footnoteReference w:id="1"/></w:r>',), "[footnote]"),
    "hidden text": ((run("x") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>",), "[hidden text]"),
    "another paragraph": ((run("Dose &lt;1&gt;5&lt;/1&gt;"), run("mg&lt;2/&gt;")), "line break"),
    "tag deleted as tracked change": ((run("Dose &lt;1&gt;5&lt;/1&gt; mg") + gone("&lt;2/&gt;"),), "tag <2/> is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_refused_by_name_and_the_others_are_taken(case: str) -> None:
    paragraphs, words = BROKEN[case]
    data = with_target(*paragraphs)
    second = docx.Document(io.BytesIO(data))
    second.tables[0].rows[2].cells[2].paragraphs[0].runs[0].text = "Two, edited."
    out = io.BytesIO()
    second.save(out)
    accepted, [refusal] = judged(out.getvalue())
    assert accepted == [(B.id, (Text("Two, edited."),))]
    assert (refusal.segment, refusal.code) == (A.id, "review.broken_row")
    assert words in refusal.message
    assert A.id in refusal.message


def test_a_changed_source_is_refused_by_name() -> None:
    accepted, [refusal] = judged(edited(lambda t: _set(t.rows[2].cells[2], "New.", t.rows[2].cells[1], "第二句？")))
    assert accepted == []
    assert (refusal.segment, refusal.code) == (B.id, "review.broken_row")
    assert "changed source" in refusal.message


def _set(*pairs: Any) -> None:
    for cell, text in zip(pairs[::2], pairs[1::2], strict=True):
        cell.paragraphs[0].runs[0].text = text


def test_a_row_changed_by_another_meanwhile_is_stale() -> None:
    file = read_bilingual_docx(edited(lambda t: _set(t.rows[2].cells[2], "Mine.")))
    accepted, [refusal] = check_rows(file, [A, B, C], {**UNITS, B.id: UNITS[B.id].edited((Text("Theirs."),), "wu")})
    assert accepted == []
    assert refusal.code == "review.stale_row"
    assert "revision 1" in refusal.message
    assert "revision 2" in refusal.message


def test_doubled_and_unknown_rows_are_refused_once_each() -> None:
    def double(table: Any) -> None:
        from copy import deepcopy

        table._tbl.append(deepcopy(table.rows[2]._tr))

    accepted, [refusal] = judged(edited(double))
    assert (accepted, refusal.segment) == ([], B.id)
    assert "more than once" in refusal.message
    file = read_bilingual_docx(edited(lambda t: _set(t.rows[2].cells[2], "New.")))
    _, [refusal] = check_rows(file, [A, C], UNITS)
    assert "is not a row of this document" in refusal.message


def test_rows_whose_shape_was_changed_are_refused_by_name() -> None:
    merged = edited(lambda t: t.rows[1].cells[1].merge(t.rows[1].cells[2]))
    assert [(r.segment, "columns" in r.message) for r in judged(merged)[1]] == [(A.id, True)]

    def delete(table: Any) -> None:
        table.rows[2]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {W} w:id="1" w:author="Wu"/>'))

    assert [(r.segment, "deleted" in r.message) for r in judged(edited(delete))[1]] == [(B.id, True)]
    [refusal] = judged(edited(lambda t: t.add_row()))[1]
    assert "lost its hidden key" in refusal.message


def _without_keys(table: Any, bookmarks: bool) -> None:
    for row in table.rows[1:]:
        for r in row.cells[0].paragraphs[0].runs[1:]:
            r._r.getparent().remove(r._r)
        if bookmarks:
            for mark in row._tr.xpath(".//w:bookmarkStart"):
                mark.getparent().remove(mark)


def test_the_bookmark_stands_in_for_a_lost_key() -> None:
    def change(table: Any) -> None:
        _without_keys(table, bookmarks=False)
        _set(table.rows[2].cells[2], "New.")

    file = read_bilingual_docx(edited(change))
    assert [(r.segment_id, r.revision, r.source_digest) for r in file.rows] == [
        (A.id, 1, ""),
        (B.id, 1, ""),
        (C.id, 0, ""),
    ]
    assert check_rows(file, [A, B, C], UNITS) == ([(B.id, (Text("New."),))], [])


def test_a_file_without_keys_or_mark_is_none_of_ours() -> None:
    assert read_bilingual_docx(edited(lambda t: _without_keys(t, bookmarks=True))).rows == ()
    plain = docx.Document()
    plain.add_paragraph("Hello")
    out = io.BytesIO()
    plain.save(out)
    with pytest.raises(AssetMalformed):
        read_bilingual_docx(out.getvalue())


def test_comments_belong_to_the_row_where_they_begin() -> None:
    document = docx.Document(io.BytesIO(EXPORTED))
    cells = document.tables[0].rows[3].cells
    document.add_comment(cells[1].paragraphs[0].runs, text="Is this the name?\nSay.", author="Li Na", initials="LN")
    document.add_comment(document.paragraphs[1].runs, text="On the whole fine.", author="Li Na", initials="LN")
    out = io.BytesIO()
    document.save(out)
    file = read_bilingual_docx(out.getvalue())
    assert [[(c.author, c.text) for c in r.comments] for r in file.rows] == [
        [], [("jose.ruiz", "Why two?")], [("Li Na", "Is this the name?\nSay.")],
    ]  # fmt: skip
    assert [c.text for c in file.comments] == ["On the whole fine."]


# ---------------------------------------------------------------- hostile and damaged


def test_hostile_packages_are_refused_with_their_codes() -> None:
    document = open_package(EXPORTED).read("word/document.xml")
    start = document.index(b"?>") + 2
    dtd = document[:start] + b'<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + document[start:]
    with pytest.raises(DtdForbidden):
        read_bilingual_docx(rewrite(EXPORTED, {"word/document.xml": dtd}))
    with pytest.raises(DtdForbidden):
        read_bilingual_docx(rewrite(EXPORTED, {"word/comments.xml": b"<!DOCTYPE a><a/>"}))
    with pytest.raises(TooLargeInflated):
        read_bilingual_docx(rewrite(EXPORTED, {"word/document.xml": b" " * 400_000_00}))
    with pytest.raises(InputRefused):
        read_bilingual_docx(EXPORTED[: len(EXPORTED) // 2])
    with pytest.raises(InputRefused):
        read_bilingual_docx(b"PK\x03\x04")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_document_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(open_package(EXPORTED).read("word/document.xml"))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 40))] = data.draw(
            st.binary(max_size=6)
            | st.sampled_from([b"<w:p>", b"</w:tc>", b"<w:tr/>", b"w:id", b"<!--", b"<w:del>", b"dp1 "])
        )
    try:
        file = read_bilingual_docx(rewrite(EXPORTED, {"word/document.xml": bytes(whole)}))
    except InputRefused:
        return
    accepted, refused = check_rows(file, [A, B, C], UNITS)
    sources = {s.id: s.source for s in (A, B, C)}
    assert all(not code_faults(sources[name], target) for name, target in accepted)
    assert all(r.code in ("review.stale_row", "review.broken_row") for r in refused)


# ---------------------------------------------------------------- another program's save


def test_a_save_by_libreoffice_keeps_rows_keys_changes_and_comments(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: its save is not tried")
    tracked = with_target(run("Two") + ins(run(" new")) + gone(" old") + run("."), row=3)
    (tmp_path / "in.docx").write_bytes(tracked)
    subprocess.run(
        [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
         "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "in.docx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    saved = (tmp_path / "out" / "in.docx").read_bytes()
    assert saved != tracked
    file: BilingualFile = read_bilingual_docx(saved)
    before = read_bilingual_docx(tracked)
    assert [(r.segment_id, r.revision, r.source_digest, r.target_digest) for r in file.rows] == [
        (r.segment_id, r.revision, r.source_digest, r.target_digest) for r in before.rows
    ]
    assert [(r.source, r.target) for r in file.rows] == [(r.source, r.target) for r in before.rows]
    assert file.rows[0].target == to_wire(ENGLISH)
    assert [(t.author, t.at[:19]) for t in file.rows[2].tracked] == [("Wu", "2026-11-20T08:00:00")]
    assert [(c.author, c.text) for c in file.rows[1].comments] == [("jose.ruiz", "Why two?")]
    assert check_rows(file, [A, B, C], UNITS) == ([(C.id, (Text("Two new."),))], [])
