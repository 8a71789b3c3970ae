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


def test_results_that_no_row_has_are_found_and_assumptions_let_pass(ready: Ready) -> None:
    found = _said(
        ready,
        "The mean exposure was 412.7 days in the Corvelast 50 mg group.",
        "The difference was 3.7 points (p=0.012).",
        "The study had a power of 80% to detect a difference of 3.7 points (p=0.012).",
        "In addition, 17 subjects (20.2%) in the Corvelast 150 mg group had headache.",
    )
    assert {(f.piece, f.check) for f in found} == {
        (1, "N1.unbound-number"),
        (2, "N1.unbound-number"),
        (4, "N2.value-differs"),
    }


def test_a_mean_that_is_called_a_median_is_found(ready: Ready) -> None:
    found = _said(ready, CORRECT.replace("mean (SD)", "median (SD)"))
    assert {f.text for f in found} >= {"63.9", "65.0"}


REASONS = (
    "The most frequent reason for discontinuation was withdrawal by subject (4 subjects [6.1%]). The other reasons, in order of frequency, were "
    "adverse event (3 subjects [4.5%]), death (2 subjects [3.0%]), lack of efficacy (1 subject [1.5%]), lost to follow-up (1 subject [1.5%]), "
    "and protocol deviation (1 subject [1.5%]) (Table 14.1.2)."
)


def test_a_list_in_order_of_frequency_is_complete_and_names_rows_of_its_table(ready: Ready) -> None:
    assert _said(ready, REASONS) == []
    left_out = _said(ready, REASONS.replace(" lost to follow-up (1 subject [1.5%]),", ""))
    assert [f.check for f in left_out] == ["N13.list-complete"]
    assert "Lost to follow-up" in left_out[0].expected
    other = _said(ready, REASONS.replace("adverse event (3", "muscle spasms (3"))
    assert "N12.most-common" in {f.check for f in other}


def test_numbers_of_one_sentence_follow_from_each_other(ready: Ready) -> None:
    points = "(14.3% and 0 in the Placebo group; difference {} percentage points)"
    means = "The difference in LS means between the Corvelast 50 mg group and the Placebo group was {} (SE 0.91; 95% CI -2.2 to 1.5)."
    said = [f"Dry mouth in the Corvelast 50 mg group {points}.".format(x) for x in ("14.3", "13.3")]
    said += [means.format(x) for x in ("-0.3", "2.1")]
    assert {f.piece for f in _said(ready, *said)} == {2, 4}


def test_doses_centres_and_deaths_that_the_study_has_not_are_found(ready: Ready) -> None:
    found = _said(
        ready,
        "Subjects of the Corvelast 59 mg group were older than one subject with syncope (Corvelast 69 mg).",
        "A dose of 150 g is below the highest repeated dose.",
        "The number of subjects per center ranged from 5 to 17.",
        "Four subjects died during the study.",
        "The number of subjects per center ranged from 7 to 17.",
        "Two subjects died during the study.",
    )
    assert [(f.piece, f.check) for f in sorted(found, key=lambda f: f.piece)][:4] == [
        (1, "U1.dose"),
        (1, "U1.dose"),
        (2, "U2.unit"),
        (3, "N9.derived-number"),
    ]
    assert {f.piece for f in found} == {1, 2, 3, 4}
    assert "P8.seriousness" in {f.check for f in found if f.piece == 4}


def test_numbers_of_subjects_that_no_set_has_in_this_order_of_arms_are_found(ready: Ready) -> None:
    said = "Two subjects died during the study: 1 of 22 subjects (4.5%) in the {} group, 1 of 21 (4.8%) in the {} group, and none of 22 in the Corvelast 150 mg group."
    assert _said(ready, said.format("Placebo", "Corvelast 50 mg")) == []
    found = _said(ready, said.format("Corvelast 50 mg", "Placebo"))
    assert {f.check for f in found} == {"N14.arm-swap"}


def test_a_section_below_one_that_the_report_has_is_found_where_it_is_not_there(ready: Ready) -> None:
    entry = Piece(0, PieceKind.CONTENTS, "16.1.9\tDocumentation of Statistical Methods\t40", Location(), 0)
    texts = (
        "The analysis plan stands in Section 16.1.9.",
        "The analysis plan stands in Section 16.1.9.77.",
        "See SAP Section 16.1.9.77.",
    )
    pieces = (entry, *(Piece(n, PieceKind.PARAGRAPH, t, Location(), 0) for n, t in enumerate(texts, 1)))
    report = ReportText("r", "", pieces, (Section("9", "Methods", 1, 0, ("Methods",)),), ())
    found = findings(bind(report, ready.study, ready=ready), ready.study)
    assert [f.piece for f in found if f.check.startswith("X1")] == [2]


def test_a_route_that_the_drug_was_not_given_by_is_found(ready: Ready) -> None:
    found = _said(
        ready, "Subjects received Corvelast once daily transdermally.", "Subjects received Corvelast once daily orally."
    )
    assert [(f.piece, f.check, f.text) for f in found] == [(1, "U1.dose", "transdermally")]


def test_amounts_of_other_drugs_and_results_of_other_studies_are_let_pass(ready: Ready) -> None:
    said = (
        "The subject took levothyroxine 50 mcg daily, a dose that was not changed.",
        "In a previous study, the mean difference was 3.7 points (p=0.012).",
        "The mean body weight was 50 kg in no group.",
    )
    assert _said(ready, *said) == []
