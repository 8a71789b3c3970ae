from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.writing import arithmetic


@given(st.integers(1, 400), st.data(), st.integers(0, 2))
def test_every_percentage_of_a_count_is_attainable_by_both_rules(
    total: int, data: st.DataObject, decimals: int
) -> None:
    n = data.draw(st.integers(0, total))
    exact = arithmetic.percentage(n, total)
    assert exact is not None
    for rule in arithmetic.RULES:
        assert arithmetic.attainable(arithmetic.rounded(exact, decimals, rule), total, decimals)


def test_percentages_that_no_count_gives_are_told() -> None:
    assert not arithmetic.attainable(Decimal("50.1"), 10, 1)
    assert arithmetic.attainable(Decimal("33.3"), 3, 1)
    assert not arithmetic.attainable(Decimal("101"), 100, 0)


@pytest.mark.parametrize(
    ("exact", "up", "even"), [("12.5", "13", "12"), ("13.5", "14", "14"), ("-2.5", "-3", "-2"), ("-0.4", "0", "0")]
)
def test_both_rounding_rules(exact: str, up: str, even: str) -> None:
    assert str(arithmetic.rounded(Decimal(exact), 0)) == up
    assert str(arithmetic.rounded(Decimal(exact), 0, "half even")) == even


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=2, max_size=40))
def test_summaries_agree_with_the_standard_library(values: list[Decimal]) -> None:
    near = Decimal("0.0000001")
    mean, sd, median = (
        arithmetic.mean(values),
        arithmetic.standard_deviation(values),
        arithmetic.quantile(values, Fraction(1, 2)),
    )
    assert mean is not None
    assert sd is not None
    assert abs(mean - statistics.mean(values)) < near
    assert abs(sd - statistics.stdev(values)) < near
    assert median == statistics.median(values)


def test_bounds_are_said_of_exact_values() -> None:
    assert arithmetic.fits(Decimal("0.4"), Decimal(1), 0, "<")
    assert not arithmetic.fits(Decimal("1.4"), Decimal(1), 0, "<")
    assert arithmetic.fits(Decimal(1), Decimal("0.99"), 2, ">")


def test_fishers_exact_test_gives_known_values() -> None:
    assert round(float(arithmetic.fisher_two_sided(3, 4, 1, 4)), 6) == 0.485714
    assert arithmetic.fisher_two_sided(0, 10, 0, 10) == 1
    assert round(float(arithmetic.fisher_two_sided(0, 86, 4, 84)), 3) == 0.057
