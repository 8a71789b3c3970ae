"""What lines around a table say, as the trade writes them."""

from __future__ import annotations

import pytest

from docpipe.sources.printed.grid import is_placeholder, is_value
from docpipe.sources.printed.lines import footnotes_of, is_footnote, is_number, said_by, study_in
from docpipe.sources.printed.page import Cell, as_printed, indentation, one_line, raised


@pytest.mark.parametrize(
    ("lines", "number", "title"),
    [
        (["Table 14-5.01", "Summary of Events"], "Table 14-5.01", "Summary of Events"),
        (["Table 14.1.1: Demographics"], "Table 14.1.1", "Demographics"),
        (["TABLE 14.1.1 - Demographics", "by Sex"], "Table 14.1.1", "Demographics by Sex"),
        (["Listing 16.2.7.1. Events"], "Listing 16.2.7.1", "Events"),
        (["Figure 14.2-1\tKaplan-Meier"], "Figure 14.2-1", "Kaplan-Meier"),
        (["Table S1 Extra"], "Table S1", "Extra"),
        (["Table 3a Extra"], "Table 3a", "Extra"),
        (["Protocol: X-1" + " " * 60 + "Page 3 of 9", "Table 1", "T"], "Table 1", "T"),
        (["Table 14.1.1 shows the subjects."], "", ""),
        (["Table of contents"], "", ""),
    ],
)
def test_number_and_title(lines: list[str], number: str, title: str) -> None:
    said = said_by(lines)
    assert (said.number, " ".join(said.title)) == (number, title)


@pytest.mark.parametrize(
    ("line", "population"),
    [
        ("Population: Intent-to-Treat", "Intent-to-Treat"),
        ("Analysis Set: Full Analysis Set", "Full Analysis Set"),
        ("Safety Population", "Safety"),
        ("(Safety Population)", "Safety"),
        ("Full Analysis Set", "Full Analysis set"),
        ("[Per-Protocol Population]", "Per-Protocol"),
        ("Subjects in the population of interest", ""),
    ],
)
def test_population(line: str, population: str) -> None:
    assert said_by(["Table 1", "Title", line]).population.lower() == population.lower()


@pytest.mark.parametrize(
    ("line", "study"),
    [
        ("Protocol: CDISCPILOT01", "CDISCPILOT01"),
        ("Study – CDISC 360", "CDISC 360"),
        ("Protocol No.: ABC-123-04", "ABC-123-04"),
        ("Study Number: CJ16050", "CJ16050"),
        ("Protocol ABC-123", "ABC-123"),
        ("CDISCPILOT01", "CDISCPILOT01"),
        ("Study Drug Exposure", ""),
        ("Study completion", ""),
    ],
)
def test_study(line: str, study: str) -> None:
    assert said_by([line, "Table 1", "Title"]).study == study


def test_a_sentence_on_the_study_is_not_its_id() -> None:
    assert study_in(["Study: a comparison of 2 doses in 3 centres", "Protocol Number | CDISCPilot01"]) == "CDISCPilot01"


def test_footnotes_go_on_where_a_line_is_indented_or_a_sentence_unfinished() -> None:
    notes, produced, study = footnotes_of(
        [
            "[1] Tested with Pearson's chi-square",
            "test for categories.",
            "Note: n is",
            "      indented.",
            "a Includes all.",
            "Page 1 of 2",
            "Protocol: X-12",
            "Source: adsl.xpt\t12:30 Monday, May 4, 2020",
            "C:\\prod\\t_ae.sas  04MAY2020:12:30",
            "[1] Tested with Pearson's chi-square",
        ]
    )
    assert notes[:3] == (
        "[1] Tested with Pearson's chi-square test for categories.",
        "Note: n is indented.",
        "a Includes all.",
    )
    assert "Source: adsl.xpt" in produced
    assert study == "X-12"


@pytest.mark.parametrize(
    "line", ["[1] x", "(a) x", "Note: x", "* x", "a = x", "ᵃ x", "Source: x", "Abbreviations: x", "b) x"]
)
def test_footnotes_are_known_by_their_beginning(line: str) -> None:
    assert is_footnote(line)


@pytest.mark.parametrize("line", ["Anna B. took part", "a test of things", "Notebook", "Age (years)", "14.1 Title"])
def test_other_lines_are_no_footnotes(line: str) -> None:
    assert not is_footnote(line)
    assert not is_number(line)


@pytest.mark.parametrize(
    "text",
    [
        "86 (100%)",
        "<.0001",
        "0.014*",
        "(-2.1;1.1)",
        " 0",
        "[281]",
        "XX ( XX.X)",
        "NE",
        "-",
        "12ᵃ",
        "2014-01-02",
        ">.99",
    ],
)
def test_values(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize("text", ["Placebo (N=86)", "95% CI", "n (%)", "Week 24", "NAUSEA", "", "p-value"])
def test_other_cells_are_no_values(text: str) -> None:
    assert not is_value(text)


def test_placeholders_of_shells() -> None:
    assert is_placeholder("XX.X (XX.XX)")
    assert not is_placeholder("12.x")


def test_values_keep_the_blanks_inside() -> None:
    assert as_printed(" 79 ( 92%)\u00a0") == "79 ( 92%)"
    assert as_printed("5\u00a0 (1)") == "5  (1)"
    assert raised("a,b") == "ᵃ,ᵇ"
    assert raised("Δ") == "Δ"


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("a", 0),
        ("  a", 200),
        ("\u2006 \u2006 a", 400),
        ("\n  a", 200),
        ("\u00a0a\n    b", 100),
        ("\ta", 400),
        ("  ", 0),
    ],
)
def test_every_kind_of_blank_indents(text: str, indent: int) -> None:
    assert indentation(Cell(text, 0, 1)) == indent
    assert indentation(Cell(text, 0, 1, 50)) == indent + 50


def test_characters_without_width_are_not_part_of_a_value() -> None:
    assert as_printed("12\u200b.5\u00ad\ufeff") == "12.5"
    assert one_line("Placebo\u200b\n(N=5)") == "Placebo (N=5)"
