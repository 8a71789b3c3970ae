"""Rehearsal text: visibly pseudo, codes and numbers kept, terms of the termbase in place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from llm_builders import coded

from docpipe.llm.rehearsal import rehearse
from docpipe.model.inline import (
    Close,
    Inline,
    Open,
    Placeholder,
    Text,
    code_faults,
    codes_of,
    merge_text,
    plain_text,
    to_wire,
)
from docpipe.model.terms import Term, TermHit, TermStatus


def hit(text: str, source: str, target: str, status: TermStatus = TermStatus.PREFERRED) -> TermHit:
    start = text.index(source)
    return TermHit((start, start + len(source)), source, (Term("c", source, target, status),))


def test_latin_text_is_accented_and_stays_readable() -> None:
    got = to_wire(rehearse(coded("The <1>dose</1> was 5 mg/kg of XYZ-101<2/>, n = 12."), "en", "zh"))
    assert got == "⟦Ťĥé <1>đóšé</1> ŵáš 5 mg/kg óƒ XYZ-101<2/>, ñ = 12.⟧"


def test_chinese_text_stays_and_takes_the_terms_of_the_target() -> None:
    text = "受试者应接受安慰剂治疗。"
    terms = (
        hit(text, "受试者", "subject"),
        hit(text, "安慰剂", "placebo"),
        hit(text, "治疗", "therapy", TermStatus.FORBIDDEN),
    )
    assert to_wire(rehearse(coded(text), "zh", "en", terms)) == "⟦subject应接受placebo治疗。⟧"


def test_terms_behind_codes_are_found_and_those_cut_by_codes_left() -> None:
    text = "See the study drug and the placebo arm"
    terms = (hit(text, "study drug", "DRUG"), hit(text, "placebo arm", "ARM"))
    assert to_wire(rehearse(coded("See the <1>study drug</1> and the pla<2/>cebo arm"), "en", "es", terms)) == (
        "⟦Šéé ťĥé <1>DRUG</1> áñđ ťĥé ṕļá<2/>çéƀó áŕḿ⟧"
    )


def test_the_longest_of_overlapping_terms_wins_and_kept_ones_are_kept() -> None:
    text = "serious adverse event of XYZ"
    terms = (
        hit(text, "adverse event", "AE"),
        hit(text, "serious adverse event", "SAE"),
        hit(text, "XYZ", "", TermStatus.DO_NOT_TRANSLATE),
    )
    assert to_wire(rehearse(coded(text), "en", "es", terms)) == "⟦SAE óƒ XYZ⟧"


def test_text_without_words_comes_back_as_it_is() -> None:
    assert rehearse((), "en", "zh") == ()
    assert rehearse((Placeholder(1),), "en", "zh") == (Placeholder(1),)


_PART = st.one_of(
    st.text(max_size=12).map(Text), st.integers(1, 9).map(lambda n: Placeholder(n)), st.integers(10, 14).map(lambda n: Open(n)),
    st.integers(10, 14).map(lambda n: Close(n)),
)  # fmt: skip


@given(st.lists(_PART, max_size=8), st.sampled_from(["en", "zh", "ja", "ru"]))
def test_codes_and_digits_survive_in_order(parts: list[Inline], language: str) -> None:
    source = merge_text(parts)
    target = rehearse(source, language, "es")
    assert codes_of(target) == codes_of(source)
    assert code_faults(source, target) == code_faults(source, source)
    digits = [c for c in plain_text(source) if c.isdigit()]
    assert [c for c in plain_text(target) if c.isdigit()] == digits
