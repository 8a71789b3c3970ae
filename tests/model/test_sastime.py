"""Dates and times of SAS in ISO 8601."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.sastime import is_temporal, iso_of


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.0, "DATE9.", "1960-01-01"),
        (19725.0, "DATE9.", "2014-01-02"),
        (19725.0, "E8601DA.", "2014-01-02"),
        (19725.0, "e8601da10.", "2014-01-02"),
        (-1.0, "YYMMDD10.", "1959-12-31"),
        (19725.5, "MMDDYY8.", "2014-01-02"),
        (1704240000.0, "DATETIME20.", "2014-01-02T00:00:00"),
        (1704240061.5, "IS8601DT.", "2014-01-02T00:01:01.500000"),
        (1704269100.0, "DTDATE9.", "2014-01-02"),
        (29100.0, "TIME5.", "08:05:00"),
        (94200.0, "TIME8.", "26:10:00"),
        (63.0, "8.1", ""),
        (63.0, "", ""),
        (None, "DATE9.", ""),
        (1e30, "DATE9.", ""),
        (1e300, "DATETIME20.", ""),
        (float("nan"), "DATE9.", ""),
        ("2014-01", "", "2014-01"),
    ],
)
def test_values_are_rendered_by_their_format(value: str | float | None, form: str, text: str) -> None:
    assert iso_of(value, form) == text


@given(st.dates(min_value=date(1582, 10, 15)))
def test_every_date_comes_back(day: date) -> None:
    assert iso_of(float((day - date(1960, 1, 1)) // timedelta(days=1)), "DATE9.") == day.isoformat()


def test_formats_of_plain_numbers_and_text_are_not_temporal() -> None:
    assert [f for f in ("DATE9.", "TIME5.", "DATETIME20.", "8.2", "$200.", "BEST12.", "", "..") if is_temporal(f)] == [
        "DATE9.", "TIME5.", "DATETIME20.",
    ]  # fmt: skip
