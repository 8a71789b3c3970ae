"""Product-limit estimates, limits of the median and of a mean against published values and against another way of counting."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recount_estimates import kaplan_meier, student_limit

from docpipe.writing.survival import Median, curve, mean_limits, median_of, student_quantile

# Freireich et al. 1963, weeks of remission: + is censored.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
CONTROL = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def times(said: str) -> list[tuple[Decimal, bool]]:
    return [(Decimal(t.rstrip("+")), not t.endswith("+")) for t in said.split()]


def test_the_leukemia_remissions_have_their_published_curve_and_medians() -> None:
    steps = curve(times(TREATED))
    assert [f"{float(s.survival):.3f}" for s in steps] == [
        "0.857",
        "0.807",
        "0.753",
        "0.690",
        "0.627",
        "0.538",
        "0.448",
    ]
    assert median_of(steps) == Median(Decimal(23), Decimal(13), None)
    assert median_of(curve(times(CONTROL))) == Median(Decimal(8), Decimal(4), Decimal(11))


@pytest.mark.parametrize(
    ("said", "median"),
    [
        ("1 2 3 4", "2.5"),
        ("1 2 3", "2"),
        ("1 2+ 3+ 4+", None),
        ("5+ 6+", None),
        ("", None),
        ("4", "4"),
        ("3 3 9+ 9+", "3"),
    ],
)
def test_the_median_lies_where_the_curve_passes_one_half(said: str, median: str | None) -> None:
    assert median_of(curve(times(said))).median == (Decimal(median) if median else None)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=60))
def test_another_way_of_counting_agrees(given_times: list[tuple[int, bool]]) -> None:
    found = median_of(curve([(Decimal(t), e) for t, e in given_times]))
    other = kaplan_meier([(float(t), e) for t, e in given_times])
    for mine, theirs in zip((found.median, found.lower, found.upper), other, strict=True):
        assert (math.inf if mine is None else float(mine)) == theirs


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (10, 2.2281), (21, 2.0796), (120, 1.9799)],
)
def test_quantiles_of_students_t_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, abs=5e-5)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(-500, 500), min_size=2, max_size=40))
def test_limits_of_a_mean_agree_with_an_integrated_density(values: list[int]) -> None:
    found = mean_limits([Decimal(v) for v in values])
    assert found is not None
    for sign, limit in zip((-1, 1), found, strict=True):
        assert float(limit) == pytest.approx(student_limit([float(v) for v in values], sign), rel=1e-5, abs=1e-5)


def test_one_value_has_no_limits() -> None:
    assert mean_limits([Decimal(3)]) is None
