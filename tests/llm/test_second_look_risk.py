"""What puts a pair at risk: amounts, doses, prohibitions and safety in text or heading, in the languages of the table; ordinary sentences do not."""

from __future__ import annotations

import pytest

from docpipe.llm.second_look import risk_of
from docpipe.model.finding import Severity
from docpipe.steps.second_look import THRESHOLD


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Participants received Xixizolam 15 mg for 4 weeks."),
        ("en", "Treatment should not be started in patients with hepatitis."),
        ("en", "It was taken twice a day for 2 weeks."),
        ("de", "Die Behandlung darf nicht begonnen werden."),
        ("es", "No se debe administrar a mujeres sin control."),
        ("fr", "Le traitement ne doit pas commencer avant 2 semaines."),
        ("zh", "每日服用2片。"),
        ("ja", "本剤を2錠服用しないこと。"),
        ("pl", "Podano 15 mg leku."),
    ],
)
def test_amounts_frequencies_and_prohibitions_are_looked_at(language: str, text: str) -> None:
    assert risk_of(text, language).score >= THRESHOLD, risk_of(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The study was conducted in 12 hospitals."), ("en", "The follow-up lasted 5 months and 3 meetings were held."),
        ("en", "Version 2.0 g-index of 17 papers in Germany."), ("de", "Die Studie wurde in 12 Zentren durchgeführt."), ("zh", "本研究在12家医院进行。"),
    ],
)  # fmt: skip
def test_ordinary_sentences_are_not(language: str, text: str) -> None:
    assert risk_of(text, language).score < THRESHOLD


def test_findings_and_refused_answers_add_up_to_one_at_most() -> None:
    alone = risk_of("Samples are kept.", "en", findings=[Severity.MINOR])
    both = risk_of("Samples are kept.", "en", findings=[Severity.MINOR], asked_again=True)
    assert alone.score < THRESHOLD <= both.score
    every = risk_of("The dose was 5 mg.", "en", findings=[Severity.CRITICAL] * 4, asked_again=True, fallback=True)
    assert every.score == 1.0
    assert all("5 mg" not in reason for reason in every.reasons)
