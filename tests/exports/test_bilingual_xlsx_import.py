"""A bilingual XLSX as it comes back: cells as text, comments, rows refused by name, hostile files."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bilingual_builders import DOCUMENT, human, segment
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.comments import Comment

from docpipe.errors import AssetMalformed, DtdForbidden, InputRefused, TooLargeInflated
from docpipe.exports.bilingual import RowRefusal, check_rows
from docpipe.exports.bilingual_marks import Sheet
from docpipe.exports.bilingual_xlsx import write_bilingual_xlsx
from docpipe.exports.bilingual_xlsx_read import read_bilingual_xlsx
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text
from docpipe.model.segment import SegmentId
from docpipe.safe.package import open_package, rewrite

CODED: CodedText = (Text("-5 剂量 "), Open(1, "b"), Text("5"), Close(1), Placeholder(2, "footnote"))
A = segment("p[1]", 0, CODED)
B = segment("p[1]", 1, (Text("第二句。"),))
C = segment("p[2]", 0, (Text("第三句。"),))
UNITS = {A.id: human(A, (Text("=Dose "), *CODED[1:])), B.id: human(B, (Text("Two."),))}
EXPORTED = write_bilingual_xlsx(Sheet(DOCUMENT, "b1", "zh-CN", "en", [A, B, C], UNITS))
SOURCE, TARGET, COMMENT, KEY = 4, 5, 7, 9


def edited(change: Callable[[Any], None], data: bytes = EXPORTED) -> bytes:
    book = load_workbook(io.BytesIO(data))
    change(book["Review"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(row: int, column: int, value: Any) -> Callable[[Any], None]:
    """Sets a cell; ``row`` 1 is the first segment's."""

    def change(sheet: Any) -> None:
        sheet.cell(row + 1, column).value = value

    return change


def judged(data: bytes) -> tuple[list[tuple[SegmentId, CodedText]], list[RowRefusal]]:
    return check_rows(read_bilingual_xlsx(data), [A, B, C], UNITS)


def test_the_sheet_is_made_for_people() -> None:
    book = load_workbook(io.BytesIO(EXPORTED))
    sheet = book["Review"]
    assert [c.value for c in sheet[1]] == [
        "No.", "Row id", "Kind", "Source (zh-CN)", "Target (en)", "Status", "Comment", "Findings", "docpipe",
    ]  # fmt: skip
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H4"
    assert sheet.column_dimensions["I"].hidden
    assert sheet.cell(2, TARGET).alignment.wrap_text
    assert sheet.cell(2, TARGET).number_format == "@"
    assert book["docpipe"].sheet_state == "hidden"
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}
    assert [sheet.cell(2, c).value[0] for c in (SOURCE, TARGET)] == ["'", "'"]


def test_nothing_edited_is_nothing_to_take_though_a_program_saved_it() -> None:
    assert judged(EXPORTED) == ([], [])
    assert judged(edited(lambda sheet: None)) == ([], [])


def test_an_edited_row_is_taken_with_or_without_the_apostrophe() -> None:
    assert judged(edited(put(2, TARGET, "New."))) == ([(B.id, (Text("New."),))], [])
    wire = "=Dosage <1>5</1><2/>"

    def typed(sheet: Any) -> None:
        cell = sheet.cell(2, TARGET)
        cell.value = wire
        cell.data_type = "s"

    taken = [(A.id, (Text("=Dosage "), *CODED[1:]))]
    assert judged(edited(typed)) == (taken, [])
    assert judged(edited(put(1, TARGET, "'" + wire))) == (taken, [])


def test_sorted_rows_moved_columns_and_empty_lines_do_not_matter() -> None:
    def change(sheet: Any) -> None:
        sheet.cell(3, TARGET).value = "New."
        sheet.move_range("A2:I2", rows=8)
        sheet.insert_cols(2)

    assert judged(edited(change)) == ([(B.id, (Text("New."),))], [])


REFUSED: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "formula": (put(2, TARGET, "=1+1"), B.id, "holds a formula"),
    "number": (put(2, TARGET, 5.5), B.id, "holds a number or date"),
    "truth value": (put(2, TARGET, True), B.id, "holds a truth value"),
    "missing tag": (put(1, TARGET, "'=Dose <1>5</1>"), A.id, "tag <2/> is missing"),
    "changed source": (lambda s: (put(2, SOURCE, "x")(s), put(2, TARGET, "New.")(s))[0], B.id, "changed source"),
    "line break": (put(2, TARGET, "Two\nlines."), B.id, "line break"),
    "lost key": (put(2, KEY, None), "2", "lost its hidden key"),
    "unknown row": (lambda s: put(2, KEY, s.cell(3, KEY).value.replace(B.id, "0" * 24))(s), "0" * 24, "is not a row"),
    "doubled": (lambda s: put(3, KEY, s.cell(3, KEY).value)(s), B.id, "more than once"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_row_is_refused_by_name(case: str) -> None:
    change, name, words = REFUSED[case]
    accepted, [refusal] = judged(edited(change))
    assert accepted == []
    assert (refusal.segment, refusal.code) == (name, "review.broken_row")
    assert words in refusal.message


def test_a_row_changed_meanwhile_is_stale() -> None:
    file = read_bilingual_xlsx(edited(put(2, TARGET, "Mine.")))
    _, [refusal] = check_rows(file, [A, B, C], {**UNITS, B.id: UNITS[B.id].edited((Text("Theirs."),), "wu")})
    assert (refusal.segment, refusal.code) == (B.id, "review.stale_row")


def test_comments_come_from_their_column_and_from_cells() -> None:
    def change(sheet: Any) -> None:
        sheet.cell(3, COMMENT).value = "In the column."
        sheet.cell(4, TARGET).comment = Comment("On the cell.", "Li Na")

    rows = read_bilingual_xlsx(edited(change)).rows
    assert [[(c.author, c.text) for c in r.comments] for r in rows] == [
        [], [("", "In the column.")], [("Li Na", "On the cell.")],
    ]  # fmt: skip


def test_texts_kept_apart_as_excel_keeps_them_are_read() -> None:
    """Excel moves texts to a part of their own, cuts them into rich runs and escapes what it must."""
    package = open_package(EXPORTED)
    parts = {name: package.read(name).decode() for name in package.names}
    texts: list[str] = []

    def kept(m: re.Match[str]) -> str:
        texts.append(m[2])
        return f'{m[1]} t="s"><v>{len(texts) - 1}</v></c>'

    cell = re.compile(r'(<c [^>]*?) t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', re.DOTALL)
    for name in [n for n in parts if n.startswith("xl/worksheets/sheet")]:
        parts[name] = cell.sub(kept, parts[name])
        assert "inlineStr" not in parts[name]
    texts[texts.index("Two.")] = "Two _x005F_x0041_."
    aid = '<rPh sb="0" eb="1"><t>x</t></rPh>'
    items = "".join(
        f'<si><t xml:space="preserve">{t}</t></si>' if "&" in t or "_x" in t
        else f'<si><r><t xml:space="preserve">{t[:3]}</t></r><r><rPr/><t xml:space="preserve">{t[3:]}</t></r>{aid}</si>'
        for t in texts
    )  # fmt: skip
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    assert judged(out.getvalue()) == ([(B.id, (Text("Two _x0041_."),))], [])


def test_a_file_that_is_none_of_ours_is_refused() -> None:
    from openpyxl import Workbook

    out = io.BytesIO()
    Workbook().save(out)
    for data in (out.getvalue(), edited(lambda s: [put(n, KEY, None)(s) for n in range(1, 4)] and None)):
        with pytest.raises(AssetMalformed):
            read_bilingual_xlsx(data)
    with pytest.raises(AssetMalformed):
        read_bilingual_xlsx(edited(put(0, TARGET, "Goal")))


def test_hostile_packages_are_refused_with_their_codes() -> None:
    package = open_package(EXPORTED)
    part = next(n for n in package.names if n.startswith("xl/worksheets/sheet1"))
    dtd = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + package.read(part)
    with pytest.raises(DtdForbidden):
        read_bilingual_xlsx(rewrite(EXPORTED, {part: dtd}))
    with pytest.raises(TooLargeInflated):
        read_bilingual_xlsx(rewrite(EXPORTED, {part: b" " * 40_000_000}))
    with pytest.raises(InputRefused):
        read_bilingual_xlsx(EXPORTED[:2000])
    with pytest.raises(AssetMalformed):
        read_bilingual_xlsx(rewrite(EXPORTED, {part: package.read(part).replace(b't="inlineStr"', b't="s"')}))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_sheet_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(open_package(EXPORTED).read("xl/worksheets/sheet1.xml"))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 40))] = data.draw(
            st.binary(max_size=6)
            | st.sampled_from([b"<c>", b'<c r="A1"/>', b"</row>", b'r="', b"<f>1</f>", b"<v>9</v>", b"dp1 "])
        )
    try:
        judged(rewrite(EXPORTED, {"xl/worksheets/sheet1.xml": bytes(whole)}))
    except InputRefused:
        return


def test_a_save_by_libreoffice_keeps_rows_keys_and_texts(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: its save is not tried")
    (tmp_path / "in.xlsx").write_bytes(edited(put(3, TARGET, "Three _x0041_ <1>?")))
    subprocess.run(
        [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(tmp_path / "in.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    saved = tmp_path / "out" / "in.xlsx"
    if not saved.is_file():
        pytest.skip("LibreOffice is here without Calc: its save of a sheet is not tried")
    file = read_bilingual_xlsx(saved.read_bytes())
    before = read_bilingual_xlsx((tmp_path / "in.xlsx").read_bytes())
    assert file.rows == before.rows
    assert file.document == DOCUMENT.id
