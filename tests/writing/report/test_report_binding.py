"""Numbers of a report are bound to the study's facts, and what differs from them is found where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from studies import shared_study

from docpipe.model.finding import Severity
from docpipe.model.report import Location, Piece, PieceKind, ReportFinding, ReportText, Section
from docpipe.writing.report.binding import Ready, bind
from docpipe.writing.report.binding.quotes import Quotes
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.findings import findings

CORRECT = (
    "The mean (SD) age was 62.0 (8.91), 63.9 (6.77), and 65.0 (6.50) years in the Placebo, Corvelast 50 mg, and Corvelast 150 mg groups, "
    "respectively (Table 14.1.3)."
)


@pytest.fixture(scope="module")
def ready(samples: Path, run_folder: Path) -> Ready:
    return Ready(shared_study(samples / "study", run_folder / "sample.study"))


def _said(ready: Ready, *texts: str, heading: str = "Results") -> list[ReportFinding]:
    pieces = [Piece(0, PieceKind.HEADING, heading, Location(), 0, 1)]
    pieces += [Piece(n, PieceKind.PARAGRAPH, text, Location(), 0) for n, text in enumerate(texts, 1)]
    report = ReportText("r", "", tuple(pieces), (Section("11", heading, 1, 0, (heading,)),), ())
    found = findings(bind(report, ready.study, ready=ready), ready.study)
    return [f for f in found if f.piece > 0 and f.severity is Severity.CRITICAL]


def _at(found: Iterable[ReportFinding]) -> list[tuple[str, str]]:
    return [(f.text, f.expected) for f in found]


def test_a_correct_sentence_is_let_pass_in_several_wordings(ready: Ready) -> None:
    reworded = (
        "Mean (SD) ages: 62.0 (8.91) years for Placebo; 63.9 (6.77) years for Corvelast 50 mg; 65.0 (6.50) years for Corvelast 150 mg.",
        "In the Placebo group the mean age was 62 years, in the Corvelast 50 mg group 64 years and in the Corvelast 150 mg group 65 years.",
    )
    assert _said(ready, CORRECT, *reworded) == []


def test_a_digit_that_differs_is_found_with_what_the_data_say(ready: Ready) -> None:
    assert _at(_said(ready, CORRECT.replace("63.9", "63.4"))) == [("63.4", "63.9")]


def test_values_of_two_arms_that_changed_places_are_told_as_such(ready: Ready) -> None:
    found = _said(ready, CORRECT.replace("62.0 (8.91), 63.9 (6.77)", "63.9 (8.91), 62.0 (6.77)"))
    assert {f.check for f in found} == {"N14.arm-swap"}
    assert _at(found) == [("63.9", "62.0"), ("62.0", "63.9")]


def test_a_percentage_that_its_count_does_not_give_is_found(ready: Ready) -> None:
    found = _said(ready, "Headache was reported for 3 of 22 subjects (31.6%) in the Placebo group.")
    assert "N4.count-and-percentage" in {f.check for f in found}


def test_denied_deaths_are_found_and_limited_statements_let_pass(ready: Ready) -> None:
    found = _said(
        ready, "No deaths occurred in this trial.", "No further deaths were reported after the database lock."
    )
    assert [(f.piece, f.check) for f in found] == [(1, "P8.seriousness")]


def test_a_week_that_the_study_has_not_is_found(ready: Ready) -> None:
    assert [f.check for f in _said(ready, "Values at Week 97 were alike.")] == ["T4.time-window"]


def test_quotations_are_compared_by_numbers_comparators_and_negations() -> None:
    quotes = Quotes({"a|1": "Subjects must not have used systemic corticosteroids within 6 weeks before screening."})
    same = quotes.find("Subjects had not used systemic corticosteroids within 6 weeks before screening.")
    other = quotes.find("Subjects had used systemic corticosteroids within 8 weeks before screening.")
    assert same is not None
    assert not same.changed
    assert other is not None
    assert {kind for *_, kind in other.changed} == {"number", "negation"}


def test_words_of_labels_and_prose_meet() -> None:
    assert stems("Females") == stems("women")
    assert stems("Discontinued study") & stems("withdrew from it")
