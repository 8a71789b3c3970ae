"""RTF tables: what is written is read back, in every way of writing it; broken and hostile files end in clear errors."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rtf_writer import C, a_file, paragraph, rtf, rtf_rows, rtf_text

from docpipe.errors import DataDamaged, DocpipeError, InputRefused, NoTable, NotAPackage, TooLarge
from docpipe.model.source import Display
from docpipe.safe.budget import Budget
from docpipe.sources.printed.page import Line, Printed, Table
from docpipe.sources.rtf.reading import read_rtf
from docpipe.sources.rtf_tables import SOURCE

TITLE = paragraph("Table 14.1.1") + paragraph("Demographics") + paragraph("(Safety Population)")
ROWS = [["", "Placebo\n(N=10)", "Active\n(N=12)"], ["Age", "", ""], ["  n", "10", "12"], ["  Mean", "5.1", "6.2"]]

characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"])


def read(data: bytes) -> tuple[Display, ...]:
    return SOURCE.read(data, a_file())


def grid(printed: Printed) -> list[list[str]]:
    return [[c.text for c in r.cells] for s in printed.sections for t in s.body if isinstance(t, Table) for r in t.rows]


def codes(display: Display) -> set[str]:
    return {n.code for n in display.notices}


def cells(display: Display) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(r.path, [c.text for c in r.cells]) for r in display.rows]


@given(st.lists(st.lists(st.text(characters, max_size=12), min_size=3, max_size=3), min_size=1, max_size=6))
@example([["é\u4e2d", "𝛼β", "a\\b{c}"]])
def test_cells_are_read_back_as_written(rows: list[list[str]]) -> None:
    assert grid(read_rtf(rtf(rtf_rows(rows)))) == rows


@given(st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_spans_are_the_same_however_they_are_written(left: int, right: int, merged: bool) -> None:
    rows = [[C("", 1), C("A", left), C("B", right)], [str(n) for n in range(1 + left + right)]]
    printed = read_rtf(rtf(rtf_rows(rows, merged=merged)))
    table = next(t for t in printed.sections[0].body if isinstance(t, Table))
    assert [(c.text.strip(), c.right - c.left) for c in table.rows[0].cells] == [
        ("", 1000), ("A", left * 1000), ("B", right * 1000),
    ]  # fmt: skip


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_end_in_lines_or_a_clear_error(data: bytes) -> None:
    with suppress(InputRefused):
        read_rtf(b"{\\rtf1 " + data)


@given(st.lists(st.sampled_from(
    [b"{", b"}", b"\\row", b"\\cell ", b"\\trowd", b"\\cellx10 ", b"\\clmrg", b"\\itap2", b"\\nestcell ", b"\\nestrow", b"\\par ",
     b"\\u-1 ", b"\\uc9 ", b"\\'ff", b"\\bin3 abc", b"\\*", b"\\header ", b"\\footnote ", b"\\intbl ", b"\\sect ", b"x", b"\\cellx-9 "]
), max_size=40))  # fmt: skip
@settings(max_examples=300)
def test_any_order_of_control_words_ends_in_displays_or_a_clear_error(words: list[bytes]) -> None:
    with suppress(InputRefused):
        SOURCE.read(b"{\\rtf1 " + b"".join(words) + b"}" * 40, a_file())


def test_title_population_and_heads_come_from_the_body() -> None:
    (display,) = read(rtf(TITLE, rtf_rows(ROWS, heads=1), paragraph("[1] A note."), paragraph("Source: t.sas 2020")))
    assert (display.number, display.title, display.population) == ("Table 14.1.1", "Demographics", "Safety")
    assert [(c.path, c.n) for c in display.columns] == [(("Placebo",), 10), (("Active",), 12)]
    assert cells(display) == [(("Age",), []), (("Age", "n"), ["10", "12"]), (("Age", "Mean"), ["5.1", "6.2"])]
    assert display.footnotes == ("[1] A note.",)
    assert display.produced == "Source: t.sas 2020"


def test_title_study_and_heads_come_from_the_page_header() -> None:
    header = paragraph("Protocol: ABC-1\tPage 1 of 2") + paragraph("Population: ITT") + TITLE + rtf_rows(ROWS[:1])
    footer = paragraph("Note: N is the number of subjects.") + paragraph("12:30 Monday, May 4, 2020")
    (display,) = read(rtf(rtf_rows(ROWS[1:]), header=header, footer=footer))
    assert (display.study, display.population, display.number) == ("ABC-1", "ITT", "Table 14.1.1")
    assert [c.n for c in display.columns] == [10, 12]
    assert display.footnotes == ("Note: N is the number of subjects.",)
    assert display.produced == "12:30 Monday, May 4, 2020"
    assert len(display.rows) == 3


@pytest.mark.parametrize("wrap", ["{}", "{\\pard {}}"])
@pytest.mark.parametrize("merged", [False, True])
def test_spanning_heads_stand_over_their_columns(merged: bool, wrap: str) -> None:
    rows = [
        ["", C("Drug (N=9)", 2), C("p-value", 1)],
        ["Term", "n (%)", "Events", "A vs. B"],
        ["Nausea", "1 (11.1)", "2", "0.5"],
    ]
    (display,) = read(rtf(TITLE, rtf_rows(rows, merged=merged, wrap=wrap)))
    assert [c.path for c in display.columns] == [("Drug", "n (%)"), ("Drug", "Events"), ("p-value", "A vs. B")]
    assert [c.n for c in display.columns] == [9, 9, None]
    assert display.row_heads == ("Term",)


def test_indentation_by_paragraph_and_by_blanks_gives_the_same_paths() -> None:
    blanks = [["", "A (N=1)"], ["X", "1"], ["  Y", "1"], ["    Z", "1"], ["  W", "1"], ["V", "1"]]
    twips = [
        ["", "A (N=1)"],
        ["X", "1"],
        [C("Y", indent=200), "1"],
        [C("Z", indent=400), "1"],
        [C("W", indent=200), "1"],
        ["V", "1"],
    ]
    both = [[r.path for r in read(rtf(TITLE, rtf_rows(rows)))[0].rows] for rows in (blanks, twips)]
    assert both[0] == both[1] == [("X",), ("X", "Y"), ("X", "Y", "Z"), ("X", "W"), ("V",)]


def test_a_group_without_indented_rows_ends_at_an_empty_row() -> None:
    rows = [["", "A (N=1)"], ["Sex", ""], ["Male", "1"], ["Female", "0"], ["", ""], ["Age", "9"]]
    paths = [r.path for r in read(rtf(TITLE, rtf_rows(rows)))[0].rows]
    assert paths == [("Sex",), ("Sex", "Male"), ("Sex", "Female"), ("Age",)]


def test_a_group_with_indented_rows_ends_at_its_own_indent() -> None:
    rows = [["", "A (N=1)"], ["Week 24", ""], ["  n", "1"], ["", ""], ["p-value", "0.2"]]
    assert [r.path for r in read(rtf(TITLE, rtf_rows(rows)))[0].rows] == [("Week 24",), ("Week 24", "n"), ("p-value",)]


def test_pages_of_one_table_are_joined_and_continued_groups_told_once() -> None:
    first = [["Term", "A (N=1)"], ["HEART", "1"], ["  PAIN", "1"], ["SKIN", ""], ["  RASH", "1"]]
    second = [["Term", "A (N=1)"], ["SKIN (continued)", ""], ["  ITCH", "1"]]
    (display,) = read(rtf(TITLE, rtf_rows(first), "\\page ", TITLE, rtf_rows(second), paragraph("Note: end.")))
    assert [r.path for r in display.rows][-2:] == [("SKIN", "RASH"), ("SKIN", "ITCH")]
    assert "display.joined" in codes(display)
    assert display.footnotes == ("Note: end.",)


def test_a_new_section_with_the_same_header_goes_on_with_the_table() -> None:
    section = "{\\header " + TITLE + "}"
    (display,) = read(
        rtf(section, rtf_rows(ROWS, heads=1), "\\sect ", section, rtf_rows([ROWS[0], ["Sex", "1", "2"]], heads=1))
    )
    assert [r.path for r in display.rows][-1] == ("Sex",)


def test_by_lines_that_differ_stand_first_in_the_paths() -> None:
    header = TITLE
    parts = [paragraph("Parameter: ALT"), rtf_rows(ROWS, heads=1), paragraph("Parameter: AST"), rtf_rows(ROWS, heads=1)]
    (display,) = read(rtf(*parts, header=header))
    assert {r.path[0] for r in display.rows} == {"Parameter: ALT", "Parameter: AST"}
    assert "display.same_path" not in codes(display)


def test_two_tables_of_a_file_are_two_displays() -> None:
    other = paragraph("Table 14.1.2") + paragraph("Exposure")
    displays = read(rtf(TITLE, rtf_rows(ROWS), paragraph("[a] first"), other, rtf_rows(ROWS), paragraph("[b] second")))
    assert [(d.index, d.number, d.footnotes) for d in displays] == [
        (1, "Table 14.1.1", ("[a] first",)), (2, "Table 14.1.2", ("[b] second",)),
    ]  # fmt: skip


def test_the_same_number_with_other_columns_is_told() -> None:
    other = [["", "Male (N=3)", "Female (N=4)"], ["Age", "1", "2"]]
    displays = read(rtf(TITLE, rtf_rows(ROWS), "\\page ", TITLE, rtf_rows(other)))
    assert len(displays) == 2
    assert "display.same_number" in codes(displays[1])


def test_a_table_in_a_cell_is_read_as_a_table_of_its_own() -> None:
    inner = "\\pard\\intbl\\itap2 Age\\nestcell 5\\nestcell{\\*\\nesttableprops\\trowd\\cellx500\\cellx900\\nestrow}{\\nonesttables\\par}"
    outer = "\\trowd\\cellx1000\\cellx2000 \\pard\\intbl outer\\cell " + inner + "\\pard\\intbl\\itap1 left\\cell\\row "
    printed = read_rtf(rtf(outer))
    assert grid(printed) == [["Age", "5"], ["outer", "left"]]
    assert [n.code for n in printed.notices] == ["display.nested"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\'e9\'80", "é€"),
        (r"{\f1 \'61\'b3}", "α≥"),
        (r"{\f1 \u-3999?}", "α"),
        (r"\uc2\u945 xxb", "αb"),
        (r"{\uc0\u8804}5", "≤5"),
        (r"\u8805\'3e5", "≥5"),
        (r"{\f2\'83\'bf}", "α"),
        (r"a{\*\unknown hidden {deep}}b", "ab"),
        (r"1{\v no}2{\deleted old}3", "123"),
        (r"a\~b\_c\-d", "a\u00a0b\u2011cd"),
        (r"{\field{\*\fldinst PAGE}{\fldrslt 7}}", "7"),
        (r"{\pict\bin5 }}}}}x}y", "y"),
        (r"12{\super a}", "12ᵃ"),
        (r"\emdash\endash\lquote x\rquote", "—–‘x’"),
        (r"{\object\objdata 00{\result pic}}z", "z"),
    ],
)
def test_writing_of_characters(written: str, shown: str) -> None:
    fonts = "{\\rtf1\\ansi\\uc1{\\fonttbl{\\f0 A;}{\\f1\\fcharset2 Symbol;}{\\f2\\fcharset128 MS Gothic;}}"
    printed = read_rtf(f"{fonts}\\pard {written}\\par}}".encode("ascii"))
    assert [i.text for i in printed.sections[0].body if isinstance(i, Line)] == [shown]


def test_the_code_page_of_the_document_counts() -> None:
    printed = read_rtf(b"{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0\\par}")
    assert [i.text for i in printed.sections[0].body if isinstance(i, Line)] == ["Пр"]


def test_pictures_objects_and_hidden_text_are_told() -> None:
    (display,) = read(rtf(rtf_rows(ROWS), r"{\pict\pngblip 00}{\object x}{\v no}{\deleted x}"))
    assert codes(display) >= {
        "source.picture_skipped", "source.object_skipped", "source.hidden_text", "source.deleted_text",
    }  # fmt: skip


def test_an_rtf_without_a_table_is_refused_in_clear_words() -> None:
    with pytest.raises(NoTable) as caught:
        read(rtf(paragraph("Only text.")))
    assert "text" in caught.value.fix


def test_a_table_without_title_number_or_study_is_told() -> None:
    (display,) = read(rtf(rtf_rows(ROWS)))
    assert {"display.no_number", "display.no_title", "display.no_study", "display.no_population"} <= codes(display)
    assert len(display.rows) == 3


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off_is_refused(cut: float) -> None:
    whole = rtf(TITLE, rtf_rows(ROWS * 20, heads=1))
    with pytest.raises(DataDamaged):
        read(whole[: int(len(whole) * cut)])


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAPackage),
        (b"Not RTF", NotAPackage),
        (b"{\\rtf1 " + b"{" * 5000, DataDamaged),
        (b"{\\rtf1 \\bin999999 x}", DataDamaged),
        (b"{\\rtf1 \\'zz}", DataDamaged),
        (b"{\\rtf1 text}\\trowd\\cellx100 \\intbl a\\cell\\row }", DataDamaged),
        (b"{\\rtf1 \\trowd\\cellx100 \\intbl a\\cell }", DataDamaged),
    ],
)
def test_broken_files_are_refused(data: bytes, error: type[DocpipeError]) -> None:
    with pytest.raises(error):
        read(data)


def test_a_table_with_too_many_cells_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_rtf(rtf(rtf_rows([["1", "2"]] * 50)), Budget(document_blocks=60))


def test_a_shell_says_that_it_is_one() -> None:
    (display,) = read(rtf(TITLE, rtf_rows([["", "A (N=XX)"], ["Age", "XX.X (XX.XX)"]], heads=1)))
    assert "display.shell" in codes(display)
    assert display.columns[0].n is None


def test_what_the_writer_escapes_is_plain_ascii() -> None:
    assert rtf_text("é{") == "\\u233?\\{"


def sas(cells: str) -> str:
    """A row as SAS writes it: each text in a group with its \\cell, the end of the row in one of its own."""
    return "".join(f"\\pard\\plain\\intbl\\qc{{{text}\\cell}}\n" for text in cells.split("|")) + "{\\row}\n"


def test_rows_as_sas_writes_them_are_read() -> None:
    title = (
        "{\\header\\pard\\plain\\qc{\n\\qr{{\\field{\\*\\fldinst { PAGE }}}}\n{\\par}\n\\pard\\trowd\\cellx4000\n"
        + sas("Table 2.1 Race")
        + "\\pard{\\par}}}"
    )
    text = "\\trowd\\trhdr\\cellx4000\n" + sas("Cohort: all")
    heads = "\\trowd\\trhdr\\clvmgf\\cellx1000\\cellx3000\\clvmgf\\cellx4000\n" + sas("|Treatment|Total")
    heads += "\\trowd\\trhdr\\clvmrg\\cellx1000\\cellx2000\\cellx3000\\clvmrg\\cellx4000\n" + sas("|Drug A|Drug B|")
    merged = "\\trowd\\cellx1000\\clvmgf\\cellx2000\\clvmgf\\cellx3000\\clvmgf\\cellx4000\n" + sas("Race|1|2|3")
    below = "\\trowd\\cellx1000\\clvmrg\\cellx2000\\clvmrg\\cellx3000\\clvmrg\\cellx4000\n" + sas("Asian|||")
    plain = "\\trowd\\cellx1000\\cellx2000\\cellx3000\\cellx4000\n" + sas("White|4|5|9")
    (display,) = read(rtf(title, text, heads, merged, below, plain))
    assert (display.number, display.title) == ("Table 2.1", "Race Cohort: all")
    assert [c.path for c in display.columns] == [("Treatment", "Drug A"), ("Treatment", "Drug B"), ("Total",)]
    assert cells(display) == [
        (("Race",), []), (("Race", "Asian"), ["1", "2", "3"]), (("Race", "White"), ["4", "5", "9"]),
    ]  # fmt: skip


def test_a_study_id_alone_on_its_line_is_the_study() -> None:
    title = paragraph("Table 7.1 Demographic Summary") + paragraph("Safety Population") + paragraph("CDISCPILOT01")
    (display,) = read(rtf(title, rtf_rows(ROWS, heads=1)))
    assert (display.title, display.population, display.study) == ("Demographic Summary", "Safety", "CDISCPILOT01")


def test_a_listing_keeps_its_columns() -> None:
    rows = [
        ["Subject", "Term", "Start", "Serious"],
        ["01-001", "NAUSEA", "2014-01-02", "N"],
        ["", "RASH", "2014-01-09", "Y"],
    ]
    (display,) = read(rtf(paragraph("Listing 16.2.7 Events"), rtf_rows(rows, heads=1)))
    assert display.number == "Listing 16.2.7"
    assert [c.path for c in display.columns][-2:] == [("Start",), ("Serious",)]
    assert [r.path for r in display.rows] == [("01-001",), ("01-001",)]


def test_a_table_with_nothing_to_report_keeps_its_columns() -> None:
    rows = [["", "A (N=3)", "B (N=4)"], [C("No data to report", 3)]]
    (display,) = read(rtf(TITLE, rtf_rows(rows, heads=1)))
    assert [(c.path, c.n) for c in display.columns] == [(("A",), 3), (("B",), 4)]
    assert cells(display) == [(("No data to report",), [])]


def test_heads_that_the_file_does_not_mark_are_found() -> None:
    heads = [
        ["", C("Treatment", 2)],
        ["", "Placebo", "Drug 5 mg"],
        ["Class", "(N=10)", "(N = 1,013)"],
        ["  Term", "n (%)", "n (%)"],
    ]
    first = [
        *heads,
        ["Any", "1 (10.0)", "2 (0.2)"],
        ["HEART", "", ""],
        ["  PAIN", "1 (10.0)", ""],
        [C("Note: each page.", 3)],
    ]
    second = [*heads, ["HEART (cont.)", "", ""], ["  FLUTTER", "0", "1 (<0.1)"], [C("Note: each page.", 3)]]
    (display,) = read(rtf(TITLE, rtf_rows(first), "\\page ", TITLE, rtf_rows(second)))
    assert [(c.path, c.n) for c in display.columns] == [
        (("Treatment", "Placebo", "n (%)"), 10), (("Treatment", "Drug 5 mg", "n (%)"), 1013),
    ]  # fmt: skip
    assert [r.path for r in display.rows] == [("Any",), ("HEART",), ("HEART", "PAIN"), ("HEART", "FLUTTER")]
    assert display.footnotes == ("Note: each page.",)


def test_a_group_right_below_another_is_held_by_it() -> None:
    rows = [
        ["Visit", "A (N=3)"],
        ["CHEMISTRY", ""],
        ["ALT", ""],
        ["  Wk 2", "1"],
        ["", ""],
        ["AST", ""],
        ["  Wk 2", "2"],
    ]
    rows += [["", ""], ["BLOOD", ""], ["IRON", ""], ["  Wk 2", "3"], ["", ""], ["Total", "9"]]
    (display,) = read(rtf(TITLE, rtf_rows(rows, heads=1)))
    assert [r.path for r in display.rows if r.cells] == [
        ("CHEMISTRY", "ALT", "Wk 2"), ("CHEMISTRY", "AST", "Wk 2"), ("BLOOD", "IRON", "Wk 2"), ("Total",),
    ]  # fmt: skip


def test_a_label_column_right_of_a_number_is_a_label() -> None:
    rows = [
        ["Arm", "N", "Visit", "Mean", "SD"],
        ["Placebo", "86", "Baseline", "1.0", "2"],
        ["", "", "Week 24", "3.0", "4"],
    ]
    (display,) = read(rtf(TITLE, rtf_rows(rows, heads=1)))
    assert display.row_heads == ("Arm", "Visit")
    assert [c.path for c in display.columns] == [("N",), ("Mean",), ("SD",)]
    assert cells(display) == [(("Placebo", "Baseline"), ["86", "1.0", "2"]), (("Placebo", "Week 24"), ["3.0", "4"])]


def test_labels_of_a_second_column_do_not_make_groups_of_groups() -> None:
    rows = [["", "", "A (N=3)"], ["Age", "", ""], ["", "n", "3"], ["Sex", "", ""], ["", "Male", "1"]]
    (display,) = read(rtf(TITLE, rtf_rows(rows, heads=1)))
    assert [r.path for r in display.rows if r.cells] == [("Age", "n"), ("Sex", "Male")]


def test_what_trails_the_last_group_without_being_rtf_is_let_be() -> None:
    assert len(read(rtf(TITLE, rtf_rows(ROWS)) + b"\r\n}\x00\x00")) == 1


def test_a_row_with_fewer_cells_than_it_states_is_told() -> None:
    row = "\\trowd\\cellx1000\\cellx2000\\cellx3000 \\intbl Sex\\cell 5\\cell\\row "
    (display,) = read(rtf(TITLE, rtf_rows(ROWS), row))
    assert "display.uneven" in codes(display)
