from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.fact import Fact
from docpipe.writing.book import Value
from docpipe.writing.shown import shown
from docpipe.writing.topics._terms import in_cell, in_sentence


def term(text: str) -> Value:
    return Value(Fact("S", "v", "AE", ("x",), "", "AEDECOD", text, text, None, None, "", "", ()))


def said(value: Value) -> str:
    return shown(value.fact, value.style)


@pytest.mark.parametrize(
    ("given_term", "sentence", "cell"),
    [
        ("APPLICATION SITE PRURITUS", "application site pruritus", "Application site pruritus"),
        ("Nausea", "nausea", "Nausea"),
        ("Nervous system disorders", "nervous system disorders", "Nervous system disorders"),
        ("ALZHEIMER'S DISEASE", "Alzheimer's disease", "Alzheimer's disease"),
        ("Crohn's disease", "Crohn's disease", "Crohn's disease"),
        ("ECG QT PROLONGED", "ECG QT prolonged", "ECG QT prolonged"),
        (
            "ELECTROCARDIOGRAM T WAVE INVERSION",
            "electrocardiogram T wave inversion",
            "Electrocardiogram T wave inversion",
        ),
        ("HEPATITIS B", "hepatitis B", "Hepatitis B"),
        ("COVID-19 pneumonia", "COVID-19 pneumonia", "COVID-19 pneumonia"),
        ("Alanine Aminotransferase (U/L)", "Alanine Aminotransferase (U/L)", "Alanine Aminotransferase (U/L)"),
    ],
)
def test_terms_take_the_case_of_their_place(given_term: str, sentence: str, cell: str) -> None:
    assert said(in_sentence(term(given_term))) == sentence
    assert said(in_cell(term(given_term))) == cell


@given(st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=40))
def test_only_the_case_of_a_term_changes(text: str) -> None:
    assert said(in_sentence(term(text))).casefold() == text.casefold()
    assert said(in_cell(term(text))).casefold() == text.casefold()
