"""Cells of exports (D1): no value is a formula for any spreadsheet program, and the text can be had again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.safe.cells import neutral, restored


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", "＝1", "＋1", "－1", "＠x", "\ttext",
     "=cmd|' /C calc'!A0", "'=1"],
)  # fmt: skip
def test_what_could_be_calculated_gets_an_apostrophe(value: str) -> None:
    assert neutral(value).startswith("'")


@pytest.mark.parametrize("value", ["", "text", "1.5", "'quoted' text", "p < 0.05", "a=b", "药物", "(−5)"])
def test_plain_text_stays_as_it_is(value: str) -> None:
    assert neutral(value) == value


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from("'=+-@\t\r\n ＝")))
def test_the_value_can_be_had_again(value: str) -> None:
    assert restored(neutral(value)) == value


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    assert neutral("a\x00b\x0bc") == "a\ufffdb\ufffdc"
