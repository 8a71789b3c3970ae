from __future__ import annotations

import pytest
from drawn import ARMS, dataset

from docpipe.writing.arms import TOTAL, Arms, arms_of
from docpipe.writing.labels import key_of, statistics_of, window_of


@pytest.mark.parametrize(
    ("label", "names", "pure"),
    [
        ("n", ("n",), True), ("N", ("N",), True), ("Mean (SD)", ("mean", "sd"), True), ("Median", ("median",), True),
        ("Median (Range)", ("median", "range"), True), ("Median (Q1, Q3)", ("median", "q1", "q3"), True),
        ("Min, Max", ("min", "max"), True), ("Min - Max", ("min", "max"), True), ("n (%)", ("n", "pct"), True),
        ("n(%)", ("n", "pct"), True), ("[AEs]", ("events",), True), ("95% CI", ("ci",), True), ("p-value [1]", ("p",), True),
        ("p-value(Dose Response) [1][2]", ("p",), False), ("Fisher's Exact p-values", ("p",), False),
        ("Diff of LS Means (SE)", ("estimate", "se"), True), ("Hazard ratio (95% CI)", ("estimate", "ci"), True),
        ("Std. Dev.", ("sd",), True), ("System Organ Class, n (%)", ("n", "pct"), False),
        ("NAUSEA", (), False), ("Male", (), False), ("<65 yrs", (), False), ("Age (y)", (), False),
    ],
)  # fmt: skip
def test_labels_name_their_statistics(label: str, names: tuple[str, ...], pure: bool) -> None:
    found, alone = statistics_of(label)
    assert found == names
    assert alone == pure or not found


@pytest.mark.parametrize(
    ("texts", "window"),
    [
        (["Completed Week 24"], "Week 24"), (["Early Termination (prior to Week 24)"], "prior to Week 24"), (["BASELINE"], "Baseline"),
        (["Change from Baseline", "ADAS Cog (11) - Change from Baseline to Week 24 - LOCF"], "Week 24"), (["Age"], ""),
        (["Weeks 2 and Week 4"], ""), (["Baseline to Week 8"], "Baseline to Week 8"), (["as of End of Study"], "End of Study"),
    ],
)  # fmt: skip
def test_labels_name_their_window(texts: list[str], window: str) -> None:
    assert window_of(texts) == window


def test_labels_compare_without_marks_units_and_case() -> None:
    assert key_of("Lack of Efficacy[2]") == key_of("LACK OF EFFICACY")
    assert key_of("<65 yrs") == key_of("<65") != key_of(">65")
    assert key_of("\u226512 months") == key_of(">=12")


@pytest.mark.parametrize(
    ("head", "arm"),
    [
        ("Placebo\n(N=86)", "Placebo"), ("Drug\n10 mg", "Drug 10 mg"), ("20 mg", "Drug 20 mg"), ("DRUG 20 MG", "Drug 20 mg"),
        ("Total", TOTAL), ("All Subjects", TOTAL), ("Drug", None), ("Comparator", None), ("", None),
    ],
)  # fmt: skip
def test_heads_are_matched_to_one_arm_or_none(head: str, arm: str | None) -> None:
    assert ARMS.match(head) == arm


def test_columns_of_two_arms_name_both() -> None:
    assert ARMS.comparison("Placebo\nvs.\n10 mg") == "Placebo vs Drug 10 mg"
    assert ARMS.comparison("Placebo vs. other") is None


def test_short_names_fit_only_where_they_tell_arms_apart() -> None:
    arms = Arms(("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"))
    assert arms.match("Xan Low") == "Xanomeline Low Dose"
    assert arms.match("Xan") is None


def test_arms_come_from_the_data_in_the_order_of_their_numbers() -> None:
    data = dataset("ADSL", "USUBJID TRT01P TRT01PN:n", "1 Zeta 0", "2 Alpha 81", "3 Screen_Failure .")
    assert arms_of([data]).names == ("Zeta", "Alpha")
    assert arms_of([], ["Placebo (N=5)", "Drug", "Total"]).names == ("Placebo", "Drug")
