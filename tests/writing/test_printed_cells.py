from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.writing.cells import parse_cell

FORMS = [
    ("53 ( 62%)", "V(V%)", ["53", "62"]),
    ("53 (62.4)", "V(V)", ["53", "62.4"]),
    ("53 (62.4)%", "V(V%)", ["53", "62.4"]),
    ("75.2 (8.59)", "V(V)", ["75.2", "8.59"]),
    ("<1%", "V%", ["<1"]),
    (" 1 ( <1%)", "V(V%)", ["1", "<1"]),
    ("0", "V", ["0"]),
    ("0.0000", "V", ["0.0000"]),
    ("<.0001", "V", ["<0.0001"]),
    (">.99", "V", [">0.99"]),
    ("\u22640.05", "V", ["<=0.05"]),
    ("p<0.001", "V", ["<0.001"]),
    ("[48]", "[V]", ["48"]),
    ("51.0 - 89.0", "V;V", ["51.0", "89.0"]),
    ("51-89", "V;V", ["51", "89"]),
    ("25 to 50", "V;V", ["25", "50"]),
    ("-4.1 - -0.9", "V;V", ["-4.1", "-0.9"]),
    ("-2.5 [-4.1;-0.9]", "V[V;V]", ["-2.5", "-4.1", "-0.9"]),
    ("12.3 (NE, 15.0)", "V(V;V)", ["12.3", "NE", "15.0"]),
    ("5/86 (5.8%)", "V/V(V%)", ["5", "86", "5.8"]),
    ("3 (3.5%) [3]", "V(V%)[V]", ["3", "3.5", "3"]),
    ("0.5 \u00b1 0.2", "V\u00b1V", ["0.5", "0.2"]),
    ("1,234 (12.3)", "V(V)", ["1234", "12.3"]),
    ("1\u00a0234", "V", ["1234"]),
    ("\u22120.5 (0.82)", "V(V)", ["-0.5", "0.82"]),
    ("\uff14\uff15\uff08\uff15\uff0e\uff12\uff09", "V(V)", ["45", "5.2"]),
    ("NE", "V", ["NE"]),
    ("NR", "V", ["NR"]),
    ("--", "V", ["--"]),
    ("1.5e-5", "V", ["0.000015"]),
    ("0.007*", "V", ["0.007"]),
    ("12.3a", "V", ["12.3"]),
]


@pytest.mark.parametrize(("text", "shape", "raw"), FORMS)
def test_printed_forms_are_read(text: str, shape: str, raw: list[str]) -> None:
    cell = parse_cell(text)
    assert (cell.shape, [v.raw for v in cell.values], cell.reason) == (shape, raw, "")


@pytest.mark.parametrize(
    "text", ["Male", "1 234", "5 -", "(5", "5)", "n=5", "H: 5", "12 % %", "<", "5 6", "()", "1.2.3"]
)
def test_what_has_no_known_form_says_why(text: str) -> None:
    cell = parse_cell(text)
    assert cell.reason
    assert not cell.values
    assert not cell.blank


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\t\n"])
def test_a_blank_cell_states_nothing(text: str) -> None:
    assert parse_cell(text).blank


def test_footnote_marks_are_no_values() -> None:
    cell = parse_cell("4 ( 5%)[2]", marks=("[2]",))
    assert (cell.shape, cell.marks) == ("V(V%)", ("[2]",))
    assert parse_cell("0.05\u2020").marks == ("\u2020",)


def test_a_comma_between_two_limits_parts_them() -> None:
    assert [v.raw for v in parse_cell("(1,234)").values] == ["1234"]
    assert [v.raw for v in parse_cell("(1,234)", pair=True).values] == ["1", "234"]


numbers = st.decimals(min_value=-9_999, max_value=99_999, places=2, allow_nan=False, allow_infinity=False)
counts = st.integers(min_value=0, max_value=99_999)


@given(counts, st.integers(min_value=0, max_value=100), st.integers(min_value=0, max_value=6), st.booleans())
def test_counts_and_percentages_read_back_from_any_width(n: int, pct: int, width: int, percent: bool) -> None:
    text = f"{n:>{width}} ({pct:>{width}}{'%' if percent else ''})"
    cell = parse_cell(text)
    assert [v.number for v in cell.values] == [Decimal(n), Decimal(pct)]
    assert all(v.text in text and text[v.start :].startswith(v.text) for v in cell.values)


@given(numbers, numbers, st.sampled_from([", ", ";", " - ", " to ", " ; "]), st.sampled_from(["()", "[]"]))
def test_limits_in_brackets_read_back(a: Decimal, b: Decimal, between: str, brackets: str) -> None:
    cell = parse_cell(f"{brackets[0]}{a}{between}{b}{brackets[1]}")
    assert [v.number for v in cell.values] == [a, b]
    assert [v.decimals for v in cell.values] == [2, 2]


@given(numbers, st.sampled_from(["", "<", ">", "<=", ">="]), st.booleans())
def test_a_value_keeps_relation_decimals_and_text(value: Decimal, relation: str, grouped: bool) -> None:
    text = f"{relation}{value:,}" if grouped else f"{relation}{value}"
    (found,) = parse_cell(text).values
    assert (found.number, found.relation, found.decimals, found.text) == (value, relation, 2, text)


@given(st.text(max_size=30))
def test_any_text_is_a_value_blank_or_has_a_reason(text: str) -> None:
    cell = parse_cell(text)
    assert cell.text == text
    assert bool(cell.values) + bool(cell.reason) + cell.blank == 1
    assert all(text[v.start :].startswith(v.text) for v in cell.values)
