"""Wide schedules in Word: pages in landscape from the section's heading on, heads repeated, the schema with its words, read back whole."""

from __future__ import annotations

import io
from typing import Any

import docx
from designed import changed, sources_of, usdm
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from soa_types import drafted_schedule

from docpipe.model.draft import Plan
from docpipe.writing.book import Book
from docpipe.writing.word import Picture, WordOptions, read_back, verify, write


def written(given: dict[str, Any], **options: Any) -> tuple[bytes, Plan, Book]:
    """The Word document of a trial's schedule."""
    plan, book = drafted_schedule(sources_of(given))
    pictures = {
        k: Picture(d.picture, "image/png", d.width, d.height, d.dpi, d.alt, d.wide) for k, d in book.drawings.items()
    }
    return write(plan, {}, book.facts(), WordOptions(figures=pictures, **options)), plan, book


def wide() -> dict[str, Any]:
    """The made trial with twenty visits more."""
    given = usdm()
    design = given["study"]["versions"][0]["studyDesigns"][0]
    timeline = design["scheduleTimelines"][0]
    last = timeline["instances"].pop()
    for n in range(20):
        name = f"I_D{n}"
        timeline["instances"][-1]["defaultConditionId"] = name
        timeline["instances"].append(
            {**timeline["instances"][-1], "id": name, "name": name, "label": f"Day {60 + n}", "encounterId": None}
        )
        timeline["timings"].append(
            {**timeline["timings"][2], "id": f"T_D{n}", "relativeFromScheduledInstanceId": name, "value": f"P{60 + n}D", "windowLower": "", "windowUpper": ""}
        )  # fmt: skip
    timeline["instances"][-1]["defaultConditionId"] = last["id"]
    timeline["instances"].append(last)
    return given


def test_the_sections_of_schema_and_schedule_lie_and_the_others_stand() -> None:
    data, plan, book = written(wide())
    document = docx.Document(io.BytesIO(data))
    assert [s.orientation for s in document.sections] == [
        WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT,
    ]  # fmt: skip
    for section in document.sections:
        turned = section.orientation is WD_ORIENT.LANDSCAPE
        assert (section.page_width > section.page_height) is turned
    inside: list[str] = []
    sections: list[list[str]] = []
    for paragraph in document.paragraphs:
        if paragraph.style.name.startswith("Heading"):
            inside.append(paragraph.text.rpartition("\t")[2].strip())
        if paragraph._p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            sections.append(inside)
            inside = []
    assert sections[1] == ["Trial Schema", "Schedule of Activities"]
    assert inside == ["Introduction", "Prior Protocol Amendment(s)", "Amendment"]
    assert verify(data, plan, {}, book.facts()) == []


def test_lying_pages_have_headers_of_their_own_width() -> None:
    data, _, _ = written(wide(), study="DRUG-201", version="abc")
    document = docx.Document(io.BytesIO(data))
    tabs = [[t.position.twips for t in s.header.paragraphs[0].paragraph_format.tab_stops if t.alignment is not None and t.alignment.name == "RIGHT"] for s in document.sections]  # fmt: skip
    texts = [s.header.paragraphs[0].text for s in document.sections]
    assert len(set(texts)) == 1
    assert tabs[1] > tabs[0] == tabs[2]


def test_heads_of_a_schedule_are_repeated_and_rows_are_whole() -> None:
    data, plan, _ = written(wide())
    document = docx.Document(io.BytesIO(data))
    lead = plan.table("soa").lead
    table = next(t for t in document.tables if t.cell(0, 0).text == "Period")
    rows = list(table._tbl.tr_lst)
    assert [r.trPr.find(qn("w:tblHeader")) is not None for r in rows[: lead + 2]] == [True] * (lead + 1) + [False]
    assert all(r.trPr.find(qn("w:cantSplit")) is not None for r in rows)
    across = document.sections[1]
    room = (across.page_width - across.left_margin - across.right_margin) // 635
    widths = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid]
    assert sum(widths) <= room
    assert min(widths) > 300


def test_a_schedule_is_read_back_cell_by_cell_with_its_letters() -> None:
    data, plan, _ = written(usdm())
    rows = {r.table.key: r for r in read_back(data) if r.table is not None}
    assert not any(r.changed for r in rows.values())
    table = rows["soa"].table
    assert table is not None
    assert table.changed == ()
    assert len(table.cells) == len(plan.table("soa").rows) + 1


def test_the_schema_is_a_picture_with_the_design_in_words() -> None:
    data, _, book = written(usdm())
    document = docx.Document(io.BytesIO(data))
    (drawing,) = document.element.body.iter(qn("wp:docPr"))
    assert drawing.get("descr") == next(iter(book.drawings.values())).alt
    assert "Placebo: Screening: Screening; Treatment: Placebo" in drawing.get("descr")


def test_a_small_schedule_without_a_schema_stays_upright() -> None:
    data, plan, book = written(changed(studyDesigns__0__studyCells=[]))
    document = docx.Document(io.BytesIO(data))
    assert [s.orientation for s in document.sections] == [WD_ORIENT.PORTRAIT]
    assert verify(data, plan, {}, book.facts()) == []


def test_a_house_template_keeps_its_headers_on_lying_pages() -> None:
    template = docx.Document()
    template.sections[0].header.paragraphs[0].text = "House header"
    out = io.BytesIO()
    template.save(out)
    data, plan, book = written(wide(), template=out.getvalue())
    document = docx.Document(io.BytesIO(data))
    assert [s.orientation for s in document.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]  # fmt: skip
    assert [s.header.paragraphs[0].text for s in document.sections] == ["House header"] * 3
    assert verify(data, plan, {}, book.facts()) == []


def test_equal_drafts_are_equal_bytes() -> None:
    assert written(wide())[0] == written(wide())[0]
