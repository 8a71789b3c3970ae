"""Blanks to be filled in come back whatever an answer made of them."""

from __future__ import annotations

import pytest

from docpipe.llm.blanks import with_blanks
from docpipe.llm.verdict import judge
from docpipe.model.inline import Close, Open, Placeholder, Text, from_wire, to_wire

LINE = (Text("Signature:"), Placeholder(1, "tab", "t", "\t"), Open(2, "u", "u"), Text("\u00a0" * 40), Close(2))


@pytest.mark.parametrize("inside", ["", " ", "\u00a0" * 3])
def test_a_line_to_sign_on_that_an_answer_cut_short_is_whole_again(inside: str) -> None:
    verdict = judge(LINE, f"Unterschrift:<1/><2>{inside}</2>", "en", "de")
    assert verdict.fault == ""
    assert verdict.target is not None
    assert verdict.target[-2] == Text("\u00a0" * 40)


def test_words_in_a_blank_and_pairs_with_other_codes_stay_as_answered() -> None:
    filled = from_wire("Unterschrift:<1/><2>hier</2>", LINE)
    assert with_blanks(LINE, filled) == filled
    nested = (Open(1, "b", "b"), Text("   "), Open(2, "i", "i"), Text("x"), Close(2), Close(1))
    assert with_blanks(nested, nested) == nested


def test_one_formatted_space_is_the_translators_affair() -> None:
    source = (Text("a"), Open(1, "b", "b"), Text(" "), Close(1), Text("b"))
    target = from_wire("\u7532<1></1>\u4e59", source)
    assert to_wire(with_blanks(source, target)) == "\u7532<1></1>\u4e59"


@pytest.mark.parametrize("bullet", ["\u2022", "\uf0b7", "\u25cf"])
def test_the_gap_after_a_typed_bullet_stays(bullet: str) -> None:
    source = (Text(f"{bullet}\u00a0\u00a0\u00a0 Is it sterile?"),)
    assert with_blanks(source, (Text(f"{bullet}\u662f\u5426\u65e0\u83cc\uff1f"),)) == (
        Text(f"{bullet}\u00a0\u00a0\u00a0 \u662f\u5426\u65e0\u83cc\uff1f"),
    )
    assert with_blanks(source, (Text("\u662f\u5426\u65e0\u83cc\uff1f"),)) == (Text("\u662f\u5426\u65e0\u83cc\uff1f"),)
