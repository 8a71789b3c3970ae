"""Rows of overviews say which events they count; rows on times say whether they count events or censored subjects."""

from __future__ import annotations

import pytest
from drawn import ARMS, dataset, display

from docpipe.writing.columns import population_of
from docpipe.writing.compare import compare
from docpipe.writing.consistency import consistency
from docpipe.writing.event_kinds import is_any, kind
from docpipe.writing.facts_of_display import facts_of_display
from docpipe.writing.records import Frame, Study
from docpipe.writing.sets import population_named

LEVEL = dataset(
    "ADSL", "USUBJID TRT01P TRT01A SAFFL ITTFL FASFL EOSSTT DCSREAS",
    "a Placebo Placebo Y Y Y COMPLETED .", "b Placebo Placebo Y Y Y DISCONTINUED DEATH", "c Drug_10_mg Drug_10_mg Y Y Y COMPLETED .",
    "d Drug_20_mg Drug_20_mg Y Y N DISCONTINUED DEATH",
)  # fmt: skip
EVENTS = dataset(
    "ADAE", "USUBJID TRTEMFL AESER AEREL AEACN AEOUT AESIFL AESEV AEBODSYS AEDECOD",
    "a Y N RELATED DRUG_WITHDRAWN RECOVERED . MILD Eye_disorders Eye_pain",
    "b Y Y NOT_RELATED . FATAL Y SEVERE Cardiac_disorders Cardiac_arrest",
    "c Y N NOT_RELATED . RECOVERED . MILD Eye_disorders Eye_pain",
)  # fmt: skip
TIMES = dataset(
    "ADTTE", "USUBJID PARAMCD PARAM AVAL:n CNSR:n",
    "a T Time_to_First_Relapse 10 0", "b T Time_to_First_Relapse 12 1", "c T Time_to_First_Relapse 9 1", "d T Time_to_First_Relapse 3 0",
)  # fmt: skip
STUDY = Study((LEVEL, EVENTS, TIMES), ARMS)
FRAME = Frame(EVENTS)


def said(label: str) -> str:
    found = kind(FRAME, label)
    return found if isinstance(found, str) else " and ".join(c.said for c in found)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("Serious TEAE", "AESER = 'Y'"),
        ("Treatment-related TEAE", "AEREL = 'RELATED'"),
        ("TEAE leading to discontinuation of study drug", "AEACN = 'DRUG WITHDRAWN'"),
        ("Treatment discontinuation because of a TEAE", "AEACN = 'DRUG WITHDRAWN'"),
        ("TEAE leading to death", "AEOUT = 'FATAL'"),
        ("TEAE of special interest", "AESIFL = 'Y'"),
        ("Severe TEAE", "AESEV = 'SEVERE'"),
    ],
)
def test_a_row_says_its_kind(label: str, wanted: str) -> None:
    assert said(label) == wanted


def test_the_worst_severity_and_unrelated_events_are_not_taken_for_something_else() -> None:
    assert "not recomputed" in said("Maximum severity Mild")
    assert "No organ class" in said("Not related TEAE")


@pytest.mark.parametrize(
    ("label", "any_event"),
    [
        ("Subjects with at least one TEAE", True),
        ("Subjects with at least one treatment-related TEAE", False),
        ("Subjects with at least one severe TEAE", False),
        ("Any adverse event", True),
    ],
)
def test_a_row_on_a_kind_does_not_count_every_event(label: str, any_event: bool) -> None:
    assert is_any(label) is any_event


def test_an_overview_is_compared_row_by_row_and_misses_no_terms() -> None:
    shown = display(
        "Placebo N=2 | Drug 10 mg N=1 | Drug 20 mg N=1",
        """
        Subjects with at least one TEAE | 2 (100.0) | 1 (100.0) | 0
        Subjects with at least one serious TEAE | 1 (50.0) | 0 | 0
        Subjects with at least one treatment-related TEAE | 1 (50.0) | 0 | 0
        Maximum severity >> Mild | 1 (50.0) | 1 (100.0) | 0
        Maximum severity >> Severe | 1 (50.0) | 0 | 0
        """,
        title="Overview of Treatment-Emergent Adverse Events",
    )
    found = compare(shown, facts_of_display(shown, ARMS, "v").facts, STUDY)
    assert [e.finding.message for e in found.findings] == []
    assert found.agreeing >= 12


def test_completion_and_discontinuation_are_read_from_the_variable_that_knows_them() -> None:
    shown = display(
        "Placebo N=2 | Drug 10 mg N=1 | Drug 20 mg N=1",
        "Completed study | 1 (50.0) | 1 (100.0) | 0\nDiscontinued study | 1 (50.0) | 0 | 1 (100.0)",
        title="Subject Disposition", population="Intent-to-Treat",
    )  # fmt: skip
    found = compare(shown, facts_of_display(shown, ARMS, "v").facts, STUDY)
    assert not found.left
    assert found.agreeing == len(found.pairs)


def test_times_to_an_event_count_events_and_censored_subjects() -> None:
    shown = display(
        "Placebo N=2 | Drug 10 mg N=1 | Drug 20 mg N=1",
        "Subjects with a relapse, n (%) | 1 (50.0) | 0 | 1 (100.0)\nCensored, n (%) | 1 (50.0) | 1 (100.0) | 0",
        title="Time to First Relapse", population="Intent-to-Treat",
    )  # fmt: skip
    found = compare(shown, facts_of_display(shown, ARMS, "v").facts, STUDY)
    assert found.agreeing == len(found.pairs) == 13
    wrong = display(
        "Placebo N=2", "Subjects with a relapse, n (%) | 2 (100.0)", "Time to First Relapse", "Intent-to-Treat"
    )
    findings = compare(wrong, facts_of_display(wrong, ARMS, "v").facts, STUDY).findings
    assert {e.finding.check for e in findings} == {"N2.value-differs"}


def test_an_estimated_percentage_needs_no_count() -> None:
    shown = display("Placebo N=22", "Kaplan-Meier estimate at Day 84 >> Percentage | 79.8", "Time to First Relapse")
    assert consistency(facts_of_display(shown, ARMS, "v").facts, ARMS) == ()


def test_a_full_analysis_set_keeps_its_name() -> None:
    assert population_of("Full Analysis Set") == "Full Analysis Set"
    assert population_of("Safety Analysis Set") == "Safety"
    found = population_named(STUDY, "Full Analysis Set")
    assert found is not None
    assert found.condition is not None
    assert found.condition.variable == "FASFL"
    everybody = population_named(STUDY, "All Randomized Subjects")
    assert everybody is not None
    assert everybody.condition is not None
    assert everybody.condition.variable == "ITTFL"
