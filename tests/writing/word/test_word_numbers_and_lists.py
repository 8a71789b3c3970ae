"""Numbers of headings, references, contents, captions and abbreviations of a Word draft."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from word_reports import FACTS, GLOSSARY, block, plan, ref, report, said, table_rows, value

from docpipe.model.draft import PlannedBlock
from docpipe.model.inline import CodedText, plain_text
from docpipe.writing.word import WordOptions, read_back, verify, write
from docpipe.writing.word.abbreviations import FirstUses, used

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000020000000208020000 00fdd49a73000000114944415478da63f8cfc0000402c1ff0c00 1df302fe6e1f6d0b0000000049454e44ae426082".replace(" ", "")
)  # fmt: skip


def body_of(data: bytes) -> str:
    """The body's XML."""
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def headings(*numbered: tuple[str, int]) -> list[PlannedBlock]:
    """Blocks with numbers and levels only."""
    return [block(f"b{n}", f"Heading {n}", level, number=number) for n, (number, level) in enumerate(numbered)]


@pytest.mark.parametrize(
    "numbered",
    [
        [("1", 1), ("1.1", 2), ("1.2", 2), ("1.2.1", 3), ("2", 1), ("2.1", 2), ("2.1.1", 3)],
        [("1", 1), ("2", 1), ("9", 1), ("9.1", 2), ("9.4", 2), ("9.4.1", 3), ("9.5", 2), ("10", 1), ("10.1", 2)],
        [("2.7.3", 1), ("2.7.3.1", 2), ("2.7.3.2", 2), ("2.7.3.2.1", 3), ("2.7.4", 1), ("2.7.4.1", 2)],
        [("12.3", 2), ("12.3.2", 3), ("13", 1), ("13.1", 2)],
        [("9", 1), ("9.0.1", 3), ("9.1", 2)],
        [("9", 1), ("9.1.1", 3), ("9.1", 2), ("9.2", 2)],
        [("1", 1), ("A", 1), ("A.1", 2), ("2", 1), ("2.1", 2)],
        [("", 1), ("1", 1), ("", 2), ("1.1", 2), ("", 1), ("2", 1)],
        [("5", 1), ("4", 1), ("4.2", 2), ("4.1", 2)],
        [("3", 1), ("5.1", 2), ("04", 1), ("99999", 1)],
        [("1", 1), ("1.1", 1), ("1.1.1", 1)],
    ],
)
def test_the_document_prints_the_plans_own_numbers(numbered: list[tuple[str, int]]) -> None:
    made = plan(
        [
            *headings(*numbered),
            block("z", "Last", 1, said("See ", ref("section:b1", f"Section {numbered[1][0]}", 1)), number=""),
        ]
    )
    assert verify(write(made, {}, FACTS, WordOptions()), made, {}, FACTS) == []


def test_numbers_that_follow_each_other_come_from_the_style_alone() -> None:
    body = body_of(write(plan(headings(("1", 1), ("1.1", 2), ("1.2", 2), ("2", 1))), {}, FACTS, WordOptions()))
    assert "<w:numPr>" not in body


def test_references_are_fields_with_the_right_text() -> None:
    body = body_of(write(report(), {}, FACTS, WordOptions()))
    assert re.search(r" REF _dpl_table_disposition \\h </w:instrText>.{0,120}<w:t[^>]*>Table 1</w:t>", body)
    assert re.search(
        r">Section </w:t></w:r><w:r><w:fldChar [^>]*/></w:r><w:r><w:instrText [^>]*> REF _dps_12_2 \\r \\h ", body
    )
    assert " REF _dpl_number_16 \\h " in body  # a number that no list prints
    assert " SEQ Table \\* ARABIC " in body


def test_a_reference_to_nothing_is_text_and_is_reported() -> None:
    made = plan([block("5", "Subjects", 1, said("See ", ref("table:none", "Table", 1), "."))])
    data = write(made, {}, FACTS, WordOptions())
    assert "REF _dpl" not in body_of(data)
    assert verify(data, made, {}, FACTS) == ["A reference to table:none leads to nothing in the document."]


def test_contents_list_headings_and_captions_with_pages_to_be_counted() -> None:
    body = body_of(write(report(), {}, FACTS, WordOptions()))
    contents = body[body.index("Table of Contents</w:t>") :]
    assert 'TOC \\o "1-3" \\h \\z' in contents
    assert 'TOC \\h \\z \\c "Table"' in contents
    assert 'TOC \\h \\z \\c "Figure"' not in contents
    assert contents.count("PAGEREF") == 10 + 1
    assert 'w:dirty="true"' in contents


def test_given_pages_are_printed() -> None:
    made = report()
    pages = {r.address: 100 + n for n, (_, r) in enumerate(made.rows())}
    body = body_of(write(made, {}, FACTS, WordOptions(pages=pages)))
    assert re.search(r"PAGEREF _Toc100000001 \\h </w:instrText>.{0,120}<w:t[^>]*>100</w:t>", body)


def test_a_document_without_a_place_for_contents_has_them_after_its_title() -> None:
    made = plan([block("t", "", 0, said("Study: S1")), block("1", "First", 1, said("One AE was seen."))])
    data = write(made, {}, FACTS, WordOptions())
    assert verify(data, made, {}, FACTS) == []
    body = body_of(data)
    assert (
        body.index("Study:")
        < body.index("Table of contents")
        < body.index("List of abbreviations")
        < body.index("_dp_b_1_r0")
    )


def test_a_table_repeats_its_head_keeps_its_rows_whole_and_turns_numbers_right() -> None:
    body = body_of(write(report(), {}, FACTS, WordOptions()))
    table = body[body.index("_dp_b_10_1_r4") - 2000 : body.index("Percentages")]
    assert table.count("<w:cantSplit/>") == 4
    assert table.count("<w:tblHeader/>") == 1
    assert '<w:jc w:val="right"/>' in table
    assert '<w:gridSpan w:val="3"/>' in table
    assert '<w:ind w:left="220"/>' in table
    assert "Source: " in body[body.index("Percentages") :]


# ------------------------------------------------------------ abbreviations


@pytest.mark.parametrize(
    ("texts", "printed"),
    [
        (["The AE began. Another AE."], ["The adverse event (AE) began. Another AE."]),
        (["AEs were seen.", "AEs again"], ["Adverse events (AEs) were seen.", "AEs again"]),
        (["an SAE and an AE"], ["a serious adverse event (SAE) and an adverse event (AE)"]),
        (["An SAE. A AE."], ["A serious adverse event (SAE). An adverse event (AE)."]),
        (["a ECG"], ["an electrocardiogram (ECG)"]),
        (["an adverse event (AE), then AE"], ["an adverse event (AE), then AE"]),
        (["Serious adverse events (SAEs) first"], ["Serious adverse events (SAEs) first"]),
        (["the intent to treat (ITT) set"], ["the intent to treat (ITT) set"]),
        (["ITT (intent-to-treat) set, ITT"], ["ITT (intent-to-treat) set, ITT"]),
        (["some things (AE)"], ["some things (adverse event [AE])"]),
        (["AEX, XAE, non-AE, AE_1, 5AE"], ["AEX, XAE, non-AE, AE_1, 5AE"]),
        (["The ae is not one."], ["The ae is not one."]),
        (["In ADSL, DM, and AE, one AE."], ["In ADSL, DM, and AE, one adverse event (AE)."]),
        (["the AE dataset, an SAE and AE"], ["the AE dataset, a serious adverse event (SAE) and adverse event (AE)"]),
        (["An adverse event of any kind [AE (1)]"], ["An adverse event of any kind [AE (1)]"]),
        (["the intent of the treatment (ITT)"], ["the intent of the treatment (intent-to-treat [ITT])"]),
        (["See SAE/AE."], ["See serious adverse event (SAE)/adverse event (AE)."]),
    ],
)
def test_an_abbreviation_is_written_out_at_its_first_use(texts: list[str], printed: list[str]) -> None:
    uses = FirstUses(GLOSSARY)
    assert [plain_text(uses.expanded(said(t)), equiv=True) for t in texts] == printed


def test_a_value_beside_an_abbreviation_is_no_part_of_it_and_is_not_expanded() -> None:
    uses = FirstUses(GLOSSARY)
    text: CodedText = said("AE", value(0), " events, then AE")
    assert plain_text(uses.expanded(text), equiv=True) == "AE50 events, then adverse event (AE)"


def test_the_list_holds_what_the_document_uses() -> None:
    assert used(["One SAE.", "ITTs"], GLOSSARY) == (("ITT", "intent-to-treat"), ("SAE", "serious adverse event"))
    made = plan([block("5", "Subjects", 1, said("No SAE."), *table_rows())])
    body = body_of(write(made, {}, FACTS, WordOptions()))
    listed = body[body.index("List of abbreviations") : body.index("_dp_b_5_r0")]
    assert "serious adverse event" in listed
    assert "electrocardiogram" not in listed


def test_the_synopsis_is_read_by_itself() -> None:
    rows = {r.address: r for r in read_back(write(report(), {}, FACTS, WordOptions()))}
    assert rows["block:2/1"].shown.startswith("A serious adverse event (SAE) was reported")  # type: ignore[index]
    made = plan([
        block("2", "Synopsis", 1, said("An SAE.")), block("2.1", "Part", 2, said("An SAE.")), block("3", "Rest", 1, said("An SAE.")),
    ])  # fmt: skip
    shown = [r.shown for r in read_back(write(made, {}, FACTS, WordOptions())) if r.kind == "paragraph"]
    assert shown == ["A serious adverse event (SAE).", "An SAE.", "A serious adverse event (SAE)."]
