from __future__ import annotations

import pytest
from drawn import ARMS, display

from docpipe.writing.between import same_display, sizes
from docpipe.writing.consistency import consistency
from docpipe.writing.facts_of_display import facts_of_display

COLUMNS = "Placebo N=10 | 10 mg N=11 | 20 mg N=12 | Total N=33"


def checks(rows: str, columns: str = COLUMNS) -> list[str]:
    found = facts_of_display(display(columns, rows), ARMS, "v")
    assert not found.unread
    return sorted({e.finding.check for e in consistency(found.facts, ARMS)})


GOOD = """
Sex >> n | 10 | 11 | 12 | 33
Sex >> Male | 5 ( 50%) | 6 ( 55%) | 6 ( 50%) | 17 ( 52%)
Sex >> Female | 5 ( 50%) | 5 ( 45%) | 6 ( 50%) | 16 ( 48%)
Age >> Mean | 60.0 | 61.0 | 62.0 | 61.0
Age >> Median | 60.0 | 61.0 | 62.0 | 61.0
Age >> Min | 51 | 52 | 53 | 51
Age >> Max | 71 | 72 | 73 | 73
"""


def test_a_display_that_adds_up_has_no_finding() -> None:
    assert checks(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("17 ( 52%)", "18 ( 55%)", ["N6.arms-do-not-add-up", "N6.parts-do-not-add-up"]),
        ("Male | 5 ( 50%)", "Male | 5 ( 60%)", ["N4.percentage-differs"]),
        ("Female | 5 ( 50%)", "Female | 4 ( 40%)", ["N6.arms-do-not-add-up", "N6.parts-do-not-add-up"]),
        ("Median | 60.0", "Median | 80.0", ["U3.statistics-out-of-order"]),
        ("Mean | 60.0", "Mean | 6.0", ["U3.statistics-out-of-order"]),
    ],
)
def test_what_does_not_add_up_is_found(old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    assert checks(GOOD.replace(old, new)) == expected


def test_counts_above_n_and_percentages_that_cannot_be_are_found() -> None:
    assert checks("Any | 11 (110%)".replace("110%", "100%"), "Placebo N=10") == [
        "N4.count-above-n",
        "N4.percentage-differs",
    ]
    assert checks("Any | 55.5%", "Placebo N=10") == ["N3.percentage-not-attainable"]
    assert checks("Any | 50.0%", "Placebo N=10") == []
    assert checks("Any | 1 (<1%)", "Placebo N=254") == []
    assert checks("Any | 5 (<1%)", "Placebo N=254") == ["N4.percentage-differs"]


def test_terms_of_events_are_not_summed_up() -> None:
    rows = "SKIN | 3 ( 30%)\nSKIN >> RASH | 2 ( 20%)\nSKIN >> PRURITUS | 2 ( 20%)"
    assert checks(rows, "Placebo N=10") == []


def test_reasons_add_up_to_what_they_explain() -> None:
    rows = """
    Status >> Completed | 7 ( 70%)
    Status >> Early Termination | 3 ( 30%)
    Reason for Early Termination: >> Death | 1 ( 10%)
    Reason for Early Termination: >> Adverse Event | {} ( {}%)
    """
    assert checks(rows.format(2, 20), "Placebo N=10") == []
    assert checks(rows.format(1, 10), "Placebo N=10") == ["N6.parts-do-not-add-up"]


@pytest.mark.parametrize(
    ("interval", "p", "expected"),
    [
        ("(-2.1;1.1)", "0.569", []),
        ("(-2.1;-1.1)", "0.569", ["N7.interval-order", "N7.interval-width", "N8.p-against-interval"]),
        ("(1.1;-2.1)", "0.569", ["N7.interval-order", "N7.interval-width", "N8.p-against-interval"]),
        ("(-2.1;1.1)", "0.011", ["N8.p-against-interval"]),
        ("(-9.1;8.1)", "0.569", ["N7.interval-width"]),
    ],
)
def test_intervals_hold_their_estimate_and_agree_with_p(interval: str, p: str, expected: list[str]) -> None:
    rows = f"p-value (Drug) | {p}\np-value (Drug) >> Diff of LS Means (SE) | -0.5 (0.82)\np-value (Drug) >> 95% CI | {interval}"
    assert checks(rows, "10 mg N=81") == expected


def test_versions_of_a_display_that_differ_are_found() -> None:
    one = facts_of_display(display("Placebo N=10", "Any | 5 (50%)\nSkin | 2 (20%)"), ARMS, "v").facts
    other = facts_of_display(display("Placebo N=10", "Any | 6 (50%)"), ARMS, "v").facts
    assert [e.finding.check for e in same_display(one, other)] == [
        "R2.versions-differ",
        "R2.in-one-version",
        "R2.in-one-version",
    ]
    assert not list(same_display(one, one))


def test_sizes_of_a_set_that_differ_between_displays_are_found() -> None:
    one = facts_of_display(display("Placebo N=10", "Any | 5 (50%)"), ARMS, "v").facts
    other = facts_of_display(display("Placebo N=11", "Any | 5 (45%)"), ARMS, "v").facts
    assert [e.finding.check for e in sizes([*one, *other])] == ["P1.set-size-differs"]
    efficacy = facts_of_display(display("Placebo N=11", "Any | 5 (45%)", population="Efficacy"), ARMS, "v").facts
    assert not list(sizes([*one, *efficacy]))
