"""DOCX tables: read back as written, the same display as from RTF; damaged and hostile packages end in clear errors."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rtf_writer import C, Rows, a_file, docx, paragraph, rtf, rtf_rows, w_paragraph, w_table

from docpipe.errors import DamagedPackage, DocpipeError, DtdForbidden, NoTable, NotAPackage, TooLarge, XmlMalformed
from docpipe.model.source import Display
from docpipe.safe.budget import Budget
from docpipe.sources.docx.reading import read_docx
from docpipe.sources.docx_tables import SOURCE
from docpipe.sources.printed.page import Line, Table
from docpipe.sources.rtf_tables import SOURCE as RTF

TITLES = ["Table 14.1.1", "Demographics", "(Safety Population)"]
ROWS: Rows = [
    ["", C("Placebo (N=10)", 2), C("Active (N=12)", 2)],
    ["Term", "n (%)", "Events", "n (%)", "Events"],
    ["", "", "", "", ""],
    ["HEART", "1 (10.0)", "2", "3 (25.0)", "4"],
    [C("PAIN", indent=240), "1 (10.0)", "2", "", ""],
    [C("Group:", 5)],
    ["  Other", "0", "", "0", ""],
]

characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"])


def read(data: bytes) -> tuple[Display, ...]:
    return SOURCE.read(data, a_file("t.docx"))


def titles() -> str:
    return "".join(map(w_paragraph, TITLES))


def codes(display: Display) -> set[str]:
    return {n.code for n in display.notices}


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return out.getvalue()


@given(st.lists(st.lists(st.text(characters, max_size=12), min_size=3, max_size=3), min_size=1, max_size=6))
def test_cells_are_read_back_as_written(rows: list[list[str]]) -> None:
    printed = read_docx(docx(w_table(rows)))
    assert [[c.text for c in r.cells] for t in printed.sections[0].body if isinstance(t, Table) for r in t.rows] == rows


@pytest.mark.parametrize("in_header", [False, True])
def test_a_display_is_the_same_from_rtf_and_docx(in_header: bool) -> None:
    plain = "".join(map(paragraph, TITLES))
    if in_header:
        from_rtf = RTF.read(rtf(rtf_rows(ROWS, heads=2), header=plain), a_file())
        from_docx = read(docx(w_table(ROWS, heads=2), header=titles()))
    else:
        from_rtf = RTF.read(rtf(plain, rtf_rows(ROWS, heads=2)), a_file())
        from_docx = read(docx(titles(), w_table(ROWS, heads=2)))
    (a,), (b,) = from_rtf, from_docx
    assert (a.number, a.title, a.population) == ("Table 14.1.1", "Demographics", "Safety")
    assert (a.number, a.title, a.population, a.columns, a.rows) == (b.number, b.title, b.population, b.columns, b.rows)
    assert [r.path for r in a.rows] == [("HEART",), ("HEART", "PAIN"), ("Group:",), ("Group:", "Other")]


def test_titles_in_a_table_of_the_header_are_read() -> None:
    header = w_table(
        [["Protocol: XY-1", "Page 1 of 3"], [C("Population: Safety", 2)], [C("Table 1.2: Title here", 2)]], width=5000
    )
    (display,) = read(
        docx(w_table(ROWS, heads=2), header=header, footer=w_table([["Source: a.R", "12:00 Monday, May 4, 2020"]]))
    )
    assert (display.study, display.population, display.number, display.title) == (
        "XY-1",
        "Safety",
        "Table 1.2",
        "Title here",
    )
    assert display.produced == "Source: a.R\n12:00 Monday, May 4, 2020"
    assert display.footnotes == ()


def test_a_section_has_the_header_of_the_one_before_where_it_names_none() -> None:
    first = '<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rheader2"/></w:sectPr></w:pPr></w:p>'
    second = "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    table = w_table(ROWS, heads=2)
    body = (table, first, table, second, w_paragraph("Table 9.9"), w_paragraph("Other"), table)
    displays = read(docx(*body, sections=[titles()]))
    assert [d.number for d in displays] == ["Table 14.1.1", "Table 9.9"]
    assert "display.joined" in codes(displays[0])


def test_cells_merged_downwards_give_their_label_to_the_rows_below() -> None:
    rows: Rows = [["Item", "Statistic", "A (N=1)"], ["Age", "n", "1"], [C("", above=True), "Mean", "5"]]
    (display,) = read(docx(titles(), w_table(rows, heads=1)))
    assert [r.path for r in display.rows] == [("Age", "n"), ("Age", "Mean")]


def test_deleted_text_is_left_out_and_inserted_text_taken_and_both_told() -> None:
    cell = (
        '<w:p><w:del w:id="1"><w:r><w:delText>5</w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t>6</w:t></w:r></w:ins>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r></w:p>"
    )
    body = w_table([["", "A (N=1)"], ["Age", "@"]], heads=1).replace(w_paragraph("@"), cell)
    (display,) = read(docx(titles(), body))
    assert [c.text for c in display.rows[0].cells] == ["6"]
    assert {"source.deleted_text", "source.hidden_text"} <= codes(display)


def test_tables_in_content_controls_are_read() -> None:
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{w_table(ROWS, heads=2)}</w:sdtContent></w:sdt>"
    assert len(read(docx(titles(), wrapped))[0].rows) == 4


def test_an_indent_of_the_style_counts() -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:ind w:start="300"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Deep"><w:basedOn w:val="Base"/></w:style></w:styles>'
    )
    body = w_table([["", "A (N=1)"], ["X", "1"], ["Y", "2"]], heads=1)
    body = body.replace(
        '<w:p><w:r><w:t xml:space="preserve">Y', '<w:p><w:pPr><w:pStyle w:val="Deep"/></w:pPr><w:r><w:t>Y'
    )
    data = docx(titles(), body, sections=["<w:p/>"])
    data = with_part(data, "word/header2.xml", styles.encode())
    relations = b'<Relationships><Relationship Id="s" Type="x/styles" Target="header2.xml"/></Relationships>'
    data = with_part(data, "word/_rels/document.xml.rels", relations)
    assert [r.path for r in read(data)[0].rows] == [("X",), ("X", "Y")]


def test_a_document_without_a_table_is_refused() -> None:
    with pytest.raises(NoTable):
        read(docx(w_paragraph("text")))


@pytest.mark.parametrize(
    ("part", "content", "error"),
    [
        ("word/document.xml", b"<w:document", XmlMalformed),
        ("word/document.xml", b"<!DOCTYPE a><a/>", DtdForbidden),
        ("word/document.xml", b"<a/>", DamagedPackage),
        ("_rels/.rels", b'<R><Relationship Type="x/officeDocument" Target="gone.xml"/></R>', DamagedPackage),
    ],
)
def test_damaged_packages_are_refused(part: str, content: bytes, error: type[DocpipeError]) -> None:
    with pytest.raises(error):
        read(with_part(docx(titles(), w_table(ROWS)), part, content))


def test_a_package_that_is_cut_off_is_refused() -> None:
    data = docx(titles(), w_table(ROWS))
    for end in (10, len(data) // 2, len(data) - 5):
        with pytest.raises((DamagedPackage, NotAPackage)):
            read(data[:end])


def test_absurd_spans_and_widths_do_no_harm() -> None:
    body = (
        w_table(ROWS, heads=2)
        .replace('w:val="5"', 'w:val="999999999"')
        .replace('<w:gridCol w:w="1000"/>', '<w:gridCol w:w="-7"/>')
    )
    assert len(read(docx(titles(), body))[0].rows) == 4


def test_a_table_with_too_many_cells_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_docx(docx(w_table([["1", "2"]] * 50)), Budget(document_blocks=60))


def test_tabs_and_symbols_of_paragraphs_are_read() -> None:
    line = (
        '<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:sym w:font="Symbol" w:char="F0B3"/><w:noBreakHyphen/></w:r></w:p>'
    )
    printed = read_docx(docx(line))
    assert [i.text for i in printed.sections[0].body if isinstance(i, Line)] == ["a\tb≥\u2011"]


def test_a_document_of_tables_goes_to_this_reader_and_a_text_does_not() -> None:
    tables = docx(titles(), w_table(ROWS))
    text = docx(*[w_paragraph("text")] * 60, w_table(ROWS))
    assert SOURCE.score(tables, "a.docx") > 50 > SOURCE.score(text, "a.docx")
    assert SOURCE.score(b"PK", "a.docx") < 50
