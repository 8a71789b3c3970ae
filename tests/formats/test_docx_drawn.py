"""Charts, SmartArt and DrawingML text: read as blocks, written with their formats, their data kept equal, verified, counted."""

from __future__ import annotations

import io
import random
import zipfile

from docx_builder import docx, part, run
from docx_parts import CHART_TYPE, a_p, chart, relation, relations, smart_art, with_chart, workbook
from docx_targets import PIECES, scrambled
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_text
from docpipe.model.document import Address, BlockKind, Extraction, ReadPolicy, WriteOptions
from docpipe.model.inline import Close, CodedText, Open, Text

ROWS: list[list[object]] = [["", "Arm A", "Arm B"], ["Week 1", 1, 2], ["Week 2", 3, 4]]


def read(data: bytes, policy: ReadPolicy | None = None) -> Extraction:
    extraction = FORMAT.read(data, policy or ReadPolicy())
    assert extraction.coverage.balanced, extraction.coverage
    assert len({b.address for b in extraction.blocks}) == len(extraction.blocks)
    return extraction


def written(data: bytes, targets: dict[Address, CodedText], policy: ReadPolicy | None = None) -> bytes:
    options = WriteOptions(policy=policy or ReadPolicy())
    out = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, out, targets, options) == []
    return out


def by_text(data: bytes, policy: ReadPolicy | None = None, **texts: str) -> bytes:
    """Written with new plain texts in place of old ones (blanks in names are ``_``)."""
    wanted = {k.replace("_", " "): v for k, v in texts.items()}
    blocks = read(data, policy).blocks
    return written(data, {b.address: (Text(wanted[b.text]),) for b in blocks if b.text in wanted}, policy)


def in_part(data: bytes, outer: str, inner: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as z, zipfile.ZipFile(io.BytesIO(z.read(outer))) as y:
        return y.read(inner).decode()


def cells(data: bytes) -> list[list[object]]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as z:
        sheet = load_workbook(io.BytesIO(z.read("word/embeddings/book.xlsx")))["Sheet1"]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_charts_title_series_and_categories_are_blocks() -> None:
    data = with_chart(
        chart(a_p("Mean of all ", ("change", "b='1'")), {"B": "Arm A", "C": "Arm B"}, ["Week 1", "Week 2"]), None
    )
    blocks = [b for b in read(data).blocks if b.kind is BlockKind.CHART_TEXT]
    assert [b.text for b in blocks] == ["Mean of all change", "Arm A", "Week 1", "Week 2", "Arm B"]
    assert [type(p).__name__ for p in blocks[0].content] == ["Text", "Open", "Text", "Close"]
    assert dict(read(data).coverage.skipped)["copy-of-chart-text"] == len("Week 1Week 2")


def test_a_charts_title_keeps_its_formats_when_their_order_changes() -> None:
    data = with_chart(chart(a_p("Mean of all ", ("change", "b='1'")), {"B": "Arm A"}, []), None)
    title = next(b for b in read(data).blocks if b.text == "Mean of all change")
    opening = next(p for p in title.content if isinstance(p, Open))
    out = written(data, {title.address: (opening, Text("Veränderung"), Close(opening.id), Text(" im Mittel "))})
    xml = part(out, "word/charts/chart1.xml")
    first = xml.index("Veränderung")
    assert "b=" in xml[:first].rsplit("<a:r>", 1)[1]
    assert xml.index(" im Mittel ") > first
    assert xml.index("<a:endParaRPr") > xml.index(" im Mittel ")
    assert "xml:space" not in xml


def test_every_copy_of_a_cached_string_gets_the_target() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm A", "C": "Arm B"}, ["Week 1"]), None)
    out = by_text(data, Week_1="第1周")
    assert part(out, "word/charts/chart1.xml").count("<c:v>第1周</c:v>") == 2


def test_the_workbook_of_a_chart_shows_what_the_chart_shows() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm A", "C": "Arm B"}, ["Week 1", "Week 2"]), workbook(ROWS, table=True))
    out = by_text(data, Arm_A="Gruppe A", Week_2="Woche 2")
    assert cells(out) == [[None, "Gruppe A", "Arm B"], ["Week 1", 1, 2], ["Woche 2", 3, 4]]
    assert 'name="Gruppe A"' in in_part(out, "word/embeddings/book.xlsx", "xl/tables/table1.xml")


def test_two_headings_of_a_table_that_become_one_word_stay_apart() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm A", "C": "Arm B"}, ["Week 1", "Week 2"]), workbook(ROWS, table=True))
    out = by_text(data, Arm_A="Arm", Arm_B="Arm")
    assert cells(out)[0] == [None, "Arm", "Arm "]


def test_a_cell_that_others_share_its_string_with_is_changed_alone() -> None:
    rows: list[list[object]] = [["", "Same", "Arm B"], ["Week 1", 1, 2], ["Same", 3, 4]]
    data = with_chart(chart(a_p("T"), {"B": "Same"}, ["Week 1"]), workbook(rows))
    assert cells(by_text(data, Same="Gleich")) == [[None, "Gleich", "Arm B"], ["Week 1", 1, 2], ["Same", 3, 4]]


def test_a_cell_that_was_apart_from_its_chart_stays_as_it_is() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm X"}, ["Week 1", "Week 2"]), workbook(ROWS))
    out = by_text(data, Arm_X="Gruppe X")
    assert cells(out)[0] == [None, "Arm A", "Arm B"]
    assert "Gruppe X" in part(out, "word/charts/chart1.xml")


def test_by_policy_worksheet_strings_stay_and_are_counted() -> None:
    policy = ReadPolicy(embedded="keep")
    data = with_chart(chart(a_p("Title"), {"B": "Arm A"}, ["Week 1"]), workbook(ROWS))
    assert [b.text for b in read(data, policy).blocks if b.kind is BlockKind.CHART_TEXT] == ["Title"]
    assert dict(read(data, policy).coverage.skipped)["chart-data"] == len("Arm AWeek 1")
    out = by_text(data, policy, Title="Titel")
    assert cells(out) == cells(data)


def test_a_workbook_that_does_not_follow_is_found() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm A"}, ["Week 1", "Week 2"]), workbook(ROWS))
    block = next(b for b in read(data).blocks if b.text == "Arm A")
    targets: dict[Address, CodedText] = {block.address: (Text("Gruppe"),)}
    other = with_chart(chart(a_p("T"), {"B": "Gruppe"}, ["Week 1", "Week 2"]), workbook(ROWS))
    problems = FORMAT.verify(data, other, targets, WriteOptions())
    assert any("workbook's cells" in p for p in problems)


def test_a_workbook_of_another_format_is_carried_and_named() -> None:
    data = with_chart(chart(a_p("T"), {"B": "Arm A"}, ["Week 1"]), b"\xd0\xcf\x11\xe0 old")
    extraction = read(data)
    assert "docx.chart_workbook" in {n.code for n in extraction.notices}
    assert "Gruppe" in part(by_text(data, Arm_A="Gruppe"), "word/charts/chart1.xml")


def test_smart_art_is_written_in_data_and_drawing() -> None:
    data = smart_art(["Screening", "Treatment"], [(0, "Screening"), (1, "Treatment")])
    assert [b.text for b in read(data).blocks] == ["Body", "Screening", "Treatment"]
    out = by_text(data, Treatment="Behandlung")
    for name in ("word/diagrams/data1.xml", "word/diagrams/drawing1.xml"):
        assert "<a:t>Behandlung</a:t>" in part(out, name)
        assert "Treatment" not in part(out, name)


def test_two_points_of_one_text_give_each_shape_its_own_target() -> None:
    data = smart_art(["Visit", "Visit"], [(1, "Visit"), (0, "Visit")])
    first, second = (b for b in read(data).blocks if b.text == "Visit")
    out = written(data, {first.address: (Text("Eins"),), second.address: (Text("Zwei"),)})
    drawing = part(out, "word/diagrams/drawing1.xml")
    assert drawing.index("Zwei") < drawing.index("Eins")


def test_a_drawing_that_shows_something_else_is_a_block_of_its_own() -> None:
    data = smart_art(["Screening"], [(0, "Screening "), (0, "Other")])
    assert [b.text for b in read(data).blocks if b.text != "Body"] == ["Screening", "Screening ", "Other"]


def test_paragraphs_of_a_shape_in_the_body_are_blocks() -> None:
    shape = (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="n"/><a:graphic><a:graphicData><lc:lockedCanvas '
        'xmlns:lc="http://schemas.openxmlformats.org/drawingml/2006/lockedCanvas"><a:sp><a:txSp><a:txBody>'
        f"{a_p('In a shape')}</a:txBody></a:txSp></a:sp></lc:lockedCanvas></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    data = docx("p:Before", f"xml:{shape}")
    block = next(b for b in read(data).blocks if b.text == "In a shape")
    assert block.address == "word/document.xml#/body/p[2]/object[1]/text[1]"
    assert "<a:t>Im Bild</a:t>" in part(by_text(data, In_a_shape="Im Bild"), "word/document.xml")


def test_fields_of_a_drawing_are_kept_unless_everything_is_text() -> None:
    title = '<a:p><a:r><a:t>Value </a:t></a:r><a:fld id="{1}" type="CELLRANGE"><a:t>[CELLRANGE]</a:t></a:fld></a:p>'
    data = with_chart(chart(title, {}, []), None)
    extraction = read(data)
    assert dict(extraction.coverage.skipped)["field-result"] == len("[CELLRANGE]")
    everything = ReadPolicy(do_not_translate=False)
    block = next(b for b in read(data, everything).blocks if b.text.startswith("Value"))
    out = written(data, {block.address: pseudo_text(block.content, "flip")}, everything)
    assert "<a:t>[cellrange]</a:t>" in part(out, "word/charts/chart1.xml")


def test_an_embedded_document_is_read_and_written() -> None:
    inner = docx("p:Inner *text*", header="Inner head")
    data = docx(
        "p:Outer", parts={"word/embeddings/inner.docx": inner},
        relations='<Relationship Id="rId60" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" '
        'Target="embeddings/inner.docx"/>',
    )  # fmt: skip
    blocks = {b.text: b for b in read(data).blocks}
    assert blocks["Inner text"].address == "word/embeddings/inner.docx!word/document.xml#/body/p[1]"
    assert "docx.embedded_file" not in {n.code for n in read(data).notices}
    out = by_text(data, Inner_head="Kopf innen", Outer="Außen")
    assert "Kopf innen" in in_part(out, "word/embeddings/inner.docx", "word/header1.xml")
    assert "Außen" in part(out, "word/document.xml")
    kept = read(data, ReadPolicy(embedded="keep"))
    assert [b.text for b in kept.blocks] == ["Outer"]
    assert "docx.embedded_file" in {n.code for n in kept.notices}


def test_an_embedded_document_with_another_text_is_found() -> None:
    def make(text: str) -> bytes:
        return docx(
            "p:Outer", parts={"word/embeddings/inner.docx": docx(f"p:{text}")},
            relations='<Relationship Id="rId60" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" '
            'Target="embeddings/inner.docx"/>',
        )  # fmt: skip

    data = make("Inner")
    block = next(b for b in read(data).blocks if b.text == "Inner")
    targets: dict[Address, CodedText] = {block.address: (Text("Innen"),)}
    assert FORMAT.verify(data, make("Innern"), targets, WriteOptions()) != []
    assert FORMAT.verify(data, make("Innen"), targets, WriteOptions()) == []


def test_an_embedded_document_that_is_refused_is_named_with_the_reason() -> None:
    tracked = docx("p:Inner [ins:new]")
    data = docx(
        "p:Outer", parts={"word/embeddings/inner.docm": tracked},
        types={"word/embeddings/inner.docm": "application/vnd.ms-word.document.macroEnabled.12"},
        relations='<Relationship Id="rId60" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" '
        'Target="embeddings/inner.docm"/>',
    )  # fmt: skip
    notices = {n.code: n for n in read(data).notices}
    assert "input.tracked_changes" in notices["docx.embedded_unread"].message
    assert notices["docx.embedded_macros"].address == "word/embeddings/inner.docm"
    assert [b.text for b in read(data).blocks] == ["Outer"]


def _rich() -> bytes:
    """Every carrier in one document: chart with worksheet, SmartArt, WordArt, ruby, equation, embedded document."""
    title = a_p("Mean of ", ("all ", "b='1'"), "doses ", ("and", "baseline='30000'")).replace(
        "<a:endParaRPr",
        '<a:br/><a:fld id="{1}" type="VALUE"><a:t>[VALUE]</a:t></a:fld><a:r><a:t> end</a:t></a:r><a:endParaRPr',
    )
    art = smart_art(["Screening *", "Treatment"], [(1, "Treatment"), (0, "Screening *")])
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('tou')}</w:rt><w:rubyBase>{run('東')}</w:rubyBase></w:ruby></w:r>"
    math = "<m:oMath><m:r><m:rPr><m:nor/></m:rPr><m:t>dose</m:t></m:r></m:oMath>"
    shape = '<w:r><w:pict><v:shape alt="A mark"><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    kinds = {
        "word/charts/chart1.xml": CHART_TYPE,
        "word/diagrams/data1.xml": "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        "word/diagrams/drawing1.xml": "application/vnd.ms-office.drawingml.diagramDrawing+xml",
    }
    return docx(
        f"xml:<w:p>{run('A ')}{ruby}{run(' b ')}{math}{run(' c ')}{shape}{run(' d ', '<w:b/>')}{ruby}{math}</w:p>",
        types=kinds,
        parts={
            "word/charts/chart1.xml": chart(title, {"B": "Arm A", "C": "Arm B"}, ["Week 1", "Week 2"]),
            "word/charts/_rels/chart1.xml.rels": relations(relation("rId1", "package", "../embeddings/book.xlsx")),
            "word/embeddings/book.xlsx": workbook(ROWS, table=True),
            "word/embeddings/inner.docx": docx("p:Inner *text* here"),
            **{n: part(art, n) for n in ("word/diagrams/data1.xml", "word/diagrams/drawing1.xml")},
        },
        relations=relation("rId40", "chart", "charts/chart1.xml") + relation("rId50", "diagramData", "diagrams/data1.xml")
        + relation("rId51", "diagramDrawing", "diagrams/drawing1.xml") + relation("rId60", "package", "embeddings/inner.docx"),
    )  # fmt: skip


RICH = _rich()


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(PIECES, max_size=5))
def test_any_legal_target_of_any_carrier_reads_back_as_written(draw: random.Random, texts: list[str]) -> None:
    blocks = read(RICH).blocks
    targets = {b.address: scrambled(b.content, draw, texts) for b in blocks if b.translatable and draw.random() < 0.7}
    out = written(RICH, targets)
    title = part(out, "word/charts/chart1.xml").split("</a:p>")[0]
    assert title.endswith('<a:endParaRPr lang="en-US"/>')
    assert "<a:p><a:pPr/>" in title
