"""Reading PDFs: order, headings, hyphens, running lines, coverage, and each refusal and notice."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_builder import At, Sheet, assembled, objects_of, pdf, running

from docpipe.errors import DamagedPackage, DocpipeError, Encrypted, InputRefused, NotAPackage, NoText, ParserKilled
from docpipe.formats.pdf import FORMAT
from docpipe.model.document import BlockKind, Extraction, ReadPolicy
from docpipe.safe.child import Pool

LEFT = [
    "The first column begins with this line of text and", "then it goes on with another line of nearly equal",
    "width so that the paragraph fills the column well", "and the reader can see that text is running here",
    "until the sentence at last comes to its end here.",
]  # fmt: skip
RIGHT = [
    "The second column has its own paragraph and again", "the lines are long enough to fill the whole width",
    "of the column so nobody takes it for a table here", "because tables have short cells in all their rows",
    "and this one ends below the other column as well.",
]  # fmt: skip


def read(*sheets: Sheet, outline: Any = ()) -> Extraction:
    extraction = FORMAT.read(pdf(*sheets, outline=outline), ReadPolicy())
    assert extraction.coverage.balanced
    return extraction


def test_paragraphs_and_headings_are_read_in_order_with_addresses() -> None:
    page = Sheet([At(72, 760, "1 Introduction", 16), *running(LEFT), *running(RIGHT, top=600)])
    found = read(page)
    assert [(b.address, b.kind, b.level) for b in found.blocks] == [
        ("page[1]/p[1]", BlockKind.HEADING, 1),
        ("page[1]/p[2]", BlockKind.PARAGRAPH, 0),
        ("page[1]/p[3]", BlockKind.PARAGRAPH, 0),
    ]
    assert [b.text for b in found.blocks] == ["1 Introduction", " ".join(LEFT), " ".join(RIGHT)]
    assert found.pages == 1


@pytest.mark.parametrize("mixed", [False, True])
def test_two_columns_are_read_one_after_the_other(mixed: bool) -> None:
    one, two = running(LEFT, x=50), running(RIGHT, x=310)
    lines = [line for pair in zip(one, two, strict=True) for line in pair] if mixed else two + one
    found = read(Sheet([At(50, 750, "A title over both of the columns of this page", 18), *lines]))
    assert [b.text for b in found.blocks][1:] == [" ".join(LEFT), " ".join(RIGHT)]


def test_the_rows_of_a_table_are_read_row_by_row_with_cells_apart() -> None:
    rows = [("Arm", "N", "Mean"), ("Placebo", "86", "5.2"), ("Low dose", "84", "6.1"), ("High dose", "84", "7.9")]
    found = read(
        Sheet([At(x, 700 - 14 * r, c) for r, row in enumerate(rows) for x, c in zip((72, 250, 400), row, strict=True)])
    )
    assert [b.text for b in found.blocks] == [c for row in rows for c in row]
    assert {b.kind for b in found.blocks} == {BlockKind.CELL}


def test_a_second_line_of_a_cell_stays_in_its_cell() -> None:
    found = read(
        Sheet(
            [
                At(72, 700, "Event"),
                At(250, 700, "Headache of at least"),
                At(250, 688, "moderate severity"),
                At(72, 660, "N"),
            ]
        )
    )
    assert [b.text for b in found.blocks] == ["Event", "Headache of at least moderate severity", "N"]


def test_hyphens_of_line_breaking_go_and_those_of_spelling_stay() -> None:
    lines = [
        "Participants received the investi-",
        "gational product in a double-",
        "blind way as in any double-blind study of it.",
    ]
    found = read(Sheet(running(lines)))
    assert found.blocks[0].text == (
        "Participants received the investigational product in a double-blind way as in any double-blind study of it."
    )
    assert dict(found.coverage.skipped) == {"line-end hyphen": 1}


def test_running_lines_are_read_once_and_page_numbers_are_kept_out() -> None:
    sheets = [
        Sheet([At(72, 810, "Protocol ABC-123"), *running([*LEFT[:-1], f"on the page with the number {n} in it."]),
               At(290, 30, str(n)), At(72, 45, f"Confidential, page {n} of 4")])
        for n in range(1, 5)
    ]  # fmt: skip
    found = read(*sheets)
    assert [(b.address, b.kind, b.text, b.reason) for b in found.blocks if not b.address[8:].startswith("p[")] == [
        ("page[1]/header[1]", BlockKind.HEADER, "Protocol ABC-123", ""),
        ("page[1]/footer[1]", BlockKind.FOOTER, "Confidential, page 1 of 4", ""),
        ("page[1]/footer[2]", BlockKind.FOOTER, "1", "page number"),
    ]
    assert dict(found.coverage.skipped) == {
        "page number": 1, "repeated page header": 3 * len("ProtocolABC-123"),
        "repeated page footer": 3 * len("Confidential,page1of4") + 3,
    }  # fmt: skip


def test_the_head_of_a_table_on_several_pages_is_no_running_line() -> None:
    rows = [[At(72, 800 - 14 * r, f"Concept {r}"), At(300, 800 - 14 * r, "Domain" if not r else f"D{n}{r}")]
            for n in range(4) for r in range(10)]  # fmt: skip
    found = read(*(Sheet([c for row in rows[n * 10 : n * 10 + 10] for c in row]) for n in range(4)))
    assert {b.kind for b in found.blocks} == {BlockKind.CELL}
    assert len(found.blocks) == 80


def test_a_paragraph_that_runs_over_the_page_end_is_one_block() -> None:
    found = read(Sheet(running(LEFT[:3])), Sheet(running(LEFT[3:])))
    assert [(b.address, b.text) for b in found.blocks] == [("page[1]/p[1]", " ".join(LEFT))]


def test_bookmarks_give_heading_levels() -> None:
    page = Sheet([At(72, 760, "Safety results"), *running(LEFT), At(72, 600, "Deaths"), *running(RIGHT, top=570)])
    found = read(page, outline=[("Safety results", 0), ("Deaths", 0)])
    assert [b.text for b in found.blocks if b.kind is BlockKind.HEADING] == ["Safety results", "Deaths"]


def test_bold_numbered_lines_are_headings_by_the_depth_of_their_number() -> None:
    page = Sheet([At(72, 760, "9.4.1 Treatments administered", bold=True), *running(LEFT)])
    assert [(b.kind, b.level) for b in read(page).blocks] == [(BlockKind.HEADING, 3), (BlockKind.PARAGRAPH, 0)]


def test_list_items_are_blocks_of_their_own() -> None:
    lines = ["The criteria are as follows in this list of the main", "1. First criterion of the study", "2. Second one"]
    assert [b.text for b in read(Sheet(running(lines))).blocks] == lines


def test_raised_and_lowered_numbers_do_not_run_into_others() -> None:
    parts = [At(72, 700, "A dose of 10"), At(128.2, 704, "6", 6), At(134.3, 700, "cells per mL of H"), At(209.4, 698, "2", 6),
             At(212.8, 700, "O")]  # fmt: skip
    assert [b.text for b in read(Sheet(parts)).blocks] == ["A dose of 10⁶ cells per mL of H₂O"]


def test_lines_of_a_table_of_contents_stay_apart() -> None:
    lines = ["2 Abbreviations" + "." * 60 + "3", "3 Abstract" + "." * 64 + "4", "4 Milestones" + "." * 62 + "5"]
    assert [b.text for b in read(Sheet(running(lines))).blocks] == lines


def test_a_turned_page_is_read_upright() -> None:
    found = read(Sheet(running(LEFT, top=500), rotate=90, width=595, height=842))
    assert [b.text for b in found.blocks] == [" ".join(LEFT)]


def test_a_page_without_text_is_told_and_a_file_without_text_refused() -> None:
    found = read(Sheet(running(LEFT)), Sheet([]))
    assert [(n.code, n.address) for n in found.notices] == [("pdf.page_without_text", "page[2]")]
    with pytest.raises(NoText):
        read(Sheet([]))


def test_glyphs_without_a_character_are_told() -> None:
    found = read(Sheet(running(["A regression with the glyph \x05 in its line of text."])))
    assert [(n.code, n.address, n.count) for n in found.notices] == [("pdf.unmapped_characters", "page[1]", 1)]


def with_pypdf(work: Callable[[Any], object]) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(Sheet(running(LEFT)))))
    work(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_password_is_needed_or_only_restricts() -> None:
    with pytest.raises(Encrypted):
        FORMAT.read(with_pypdf(lambda w: w.encrypt("user", "owner", algorithm="RC4-128")), ReadPolicy())
    found = FORMAT.read(with_pypdf(lambda w: w.encrypt("", "owner", algorithm="RC4-128")), ReadPolicy())
    assert [n.code for n in found.notices] == ["pdf.restricted"]
    assert found.blocks[0].text == " ".join(LEFT)


def test_scripts_forms_and_attachments_are_told_and_not_carried() -> None:
    objects = objects_of([Sheet(running(LEFT))])
    objects[1] = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert) >> /AA << >> "
        b"/AcroForm << /Fields [100 0 R] /XFA (x) >> /Names << /EmbeddedFiles << /Names [] >> >> >>"
    )
    objects[100] = b"<< /FT /Tx /T (name) /V (Answer) >>"
    found = FORMAT.read(assembled(objects), ReadPolicy())
    assert [n.code for n in found.notices] == ["pdf.javascript", "pdf.action", "pdf.attachments", "pdf.form", "pdf.xfa"]
    assert "alert" not in str(found)
    assert "Answer" not in str(found)


@pytest.mark.parametrize(
    ("data", "leaf"),
    [(b"", NotAPackage), (b"PK\x03\x04", NotAPackage), (b"%PDF-1.7\nnothing", DamagedPackage)],
)
def test_what_is_no_pdf_is_refused(data: bytes, leaf: type[DocpipeError]) -> None:
    with pytest.raises(leaf):
        FORMAT.read(data, ReadPolicy())


@given(
    st.lists(st.text("abcdefg XYZ-.,()0123456789é", min_size=1, max_size=60), min_size=1, max_size=30),
    st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_every_character_has_a_fate(lines: list[str], columns: int) -> None:
    spread = [At(40 + 140 * (n % columns), 780 - 13 * (n // columns), t, 7 + n % 3) for n, t in enumerate(lines)]
    try:
        extraction = FORMAT.read(pdf(Sheet(spread)), ReadPolicy())
    except NoText:
        return
    assert extraction.coverage.balanced
    assert len({b.address for b in extraction.blocks}) == len(extraction.blocks)


def readings(paths: list[Path]) -> None:
    killed, unbalanced = [], []
    with Pool(1) as pool:
        for path in paths:
            try:
                found = pool.call("docpipe.formats.pdf:FORMAT.read", (path.read_bytes(), ReadPolicy()), seconds=60)
            except ParserKilled:
                killed.append(path.name)
            except InputRefused:
                continue
            else:
                unbalanced += [path.name] if not found.coverage.balanced else []
    assert (killed, unbalanced) == ([], [])


def test_a_sample_of_foreign_files_meets_only_errors_of_our_tree(shared: Callable[[str], Path]) -> None:
    readings(sorted(shared("corpus/pdf").glob("*.pdf"))[:10])


@pytest.mark.slow
def test_all_foreign_files_meet_only_errors_of_our_tree(shared: Callable[[str], Path]) -> None:
    readings(sorted([*shared("corpus/pdf").glob("*.pdf"), *shared("corpus/more/pdf").glob("*.pdf")]))
