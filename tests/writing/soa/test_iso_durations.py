"""Durations of ISO 8601: words, lengths, windows; whatever is no duration is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.writing.soa.durations import in_words, parts_of, seconds, window


@pytest.mark.parametrize(
    ("text", "words", "length"),
    [
        ("P2W", "2 weeks", 1_209_600), ("P1D", "1 day", 86_400), ("PT0M", "0 minutes", 0), ("P1DT6H", "1 day 6 hours", 108_000), ("-P3D", "3 days", -259_200),
        ("PT1.5H", "1.5 hours", 5_400), ("P1Y", "1 year", 31_557_600), ("P", "P", None), ("PT", "PT", None), ("3 days", "3 days", None), ("", "", None),
    ],
)  # fmt: skip
def test_durations_have_words_and_lengths(text: str, words: str, length: int | None) -> None:
    assert in_words(text) == words
    assert seconds(text) == length


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        ("P3D", "P3D", "±3 days"), ("PT4H", "PT0H", "−4 to 0 hours"), ("P0D", "P33D", "0 to +33 days"), ("P1D", "P3D", "−1 to +3 days"),
        ("P1D", "PT12H", "−1 day to +12 hours"), ("P0D", "P0D", "none"), ("", "", ""), ("P1D", "", "up to 1 day earlier"), ("", "P2D", "up to 2 days later"),
        ("PT0H", "P2D", "0 to +2 days"),
    ],
)  # fmt: skip
def test_windows_have_words(lower: str, upper: str, words: str) -> None:
    assert window(lower, upper) == words


@given(st.text(alphabet="PT0123456789YMWDHS.,-+ ", max_size=14))
def test_any_text_is_read_without_fault(text: str) -> None:
    assert (parts_of(text) is None) == (seconds(text) is None)
    assert in_words(text) or not text
    window(text, text)


@given(st.integers(0, 400), st.sampled_from("YMWD"))
def test_a_number_of_units_says_itself(number: int, unit: str) -> None:
    read = parts_of(f"P{number}{unit}")
    assert read is not None
    assert read[1][0][0] == str(number)
