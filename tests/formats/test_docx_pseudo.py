"""The pseudo-translation rules, as the contract of `docpipe pseudo` states them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.formats.pseudo import flip, pseudo_text
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, codes_of, plain_text, to_wire

SAMPLE: CodedText = (Text("Dose "), Open(1, "b"), Text("10 mg"), Close(1), Placeholder(2, "note"), Text(" für 试验"))


@pytest.mark.parametrize(
    ("rule", "wire"),
    [
        ("identity", "Dose <1>10 mg</1><2/> für 试验"),
        ("upper", "DOSE <1>10 MG</1><2/> FÜR 试验"),
        ("flip", "dOSE <1>10 MG</1><2/> FÜR " + chr(ord("试") ^ 1) + chr(ord("验") ^ 1)),
        ("accent", "ĎÓŚÉ <1>10 ḾǴ</1><2/> ḞüŔ 试验"),
        ("marker", "⟦Dose <1>10 mg</1><2/> für 试验⟧"),
    ],
)
def test_a_rule_changes_text_and_keeps_codes(rule: str, wire: str) -> None:
    assert to_wire(pseudo_text(SAMPLE, rule)) == wire


def test_marks_stand_inside_content_controls_and_around_annotated_words() -> None:
    control, bold = Open(1, "sdt"), Open(2, "b")
    coded = (Text("["), control, Text("Title"), Close(1), Text("] "), bold, Text("and"), Close(2), Text(" more"))
    assert to_wire(pseudo_text(coded, "marker")) == "⟦[⟧<1>⟦Title⟧</1>⟦] <2>and</2> more⟧"
    within = (bold, Text("a "), Open(1, "ruby"), Text("漢字"), Close(1), Text(" b"), Close(2))
    assert to_wire(pseudo_text(within, "marker")) == "⟦<2>a ⟧<1>⟦漢字⟧</1>⟦ b</2>⟧"
    alone = (control, Text("Title"), Close(1), Text(" "))
    assert to_wire(pseudo_text(alone, "marker")) == "<1>⟦Title⟧</1> "


def test_expanded_text_is_about_a_third_longer() -> None:
    for length in (9, 60, 400):
        grown = len(plain_text(pseudo_text((Text("abcde fgh" * length),), "expand")))
        assert 1.25 <= grown / (9 * length) <= 1.45


@given(st.text())
def test_flipping_twice_gives_the_text_again(text: str) -> None:
    assert flip(flip(text)) == text
    assert len(flip(text)) == len(text)


@given(st.text(max_size=40))
def test_no_rule_loses_a_code(text: str) -> None:
    coded = (*SAMPLE, Text(text))
    for rule in ("identity", "upper", "flip", "accent", "expand", "marker"):
        assert codes_of(pseudo_text(coded, rule)) == codes_of(coded)
