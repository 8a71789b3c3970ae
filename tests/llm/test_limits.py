"""Rate limits in response headers, in the forms that providers send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import ProviderBusy
from docpipe.llm.limits import as_details, limits_in, limits_of, seconds
from docpipe.model.chunk import Limits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1s", 1.0),
        ("1h2m3.5s", 3723.5),
        ("1d2h", 93600.0),
        ("0s", 0.0),
        ("17.25", 17.25),
        ("59", 59.0),
        ("1700000060", 60.0),
        ("1700000060000", 60.0),
        ("2023-11-14T22:14:20Z", 60.0),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("6x", None),
    ],
)
def test_every_way_to_tell_a_time_is_read(text: str, wanted: float | None) -> None:
    found = seconds(text, now=1_700_000_000.0)
    assert found == (None if wanted is None else pytest.approx(wanted))


@given(st.text(max_size=40))
def test_no_header_value_can_break_the_reading(text: str) -> None:
    seconds(text)
    limits_in({"x-ratelimit-limit-requests": text, "x-ratelimit-reset-tokens": text})


def test_headers_of_openai_are_read() -> None:
    headers = {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-limit-tokens": "800000",
        "x-ratelimit-remaining-requests": "4999",
        "x-ratelimit-remaining-tokens": "790000",
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-reset-tokens": "750ms",
    }
    assert limits_in(headers) == Limits(5000, 800000, 4999, 790000, 0.012, 0.75)


def test_headers_without_a_limit_still_tell_what_is_left() -> None:
    headers = {"x-ratelimit-remaining-requests": "9", "x-ratelimit-remaining-tokens": "1200"}
    assert limits_in(headers) == Limits(requests_left=9, tokens_left=1200)


def test_other_families_of_names_are_read() -> None:
    assert limits_in({"x-ratelimit-limit-tokens-minute": "60000", "x-ratelimit-reset-tokens-minute": "8.5"}) == Limits(
        tokens_minute=60000, tokens_reset_s=8.5
    )
    assert limits_in({"anthropic-ratelimit-requests-limit": "50"}) == Limits(requests_minute=50)


def test_a_limit_for_a_day_is_no_rate_a_minute() -> None:
    told = limits_in(
        {
            "x-ratelimit-limit-requests": "10000",
            "x-ratelimit-remaining-requests": "9999",
            "x-ratelimit-reset-requests": "8.64s",
        }
    )
    assert told == Limits(requests_left=9999, requests_reset_s=8.64)


def test_a_server_that_says_nothing_has_no_limits() -> None:
    assert limits_in({}) is None
    assert limits_in({"x-ratelimit-limit-requests": "many"}) is None


def test_limits_travel_with_the_error() -> None:
    limits = Limits(requests_minute=60, tokens_left=0, tokens_reset_s=1.5)
    assert limits_of(ProviderBusy("x", status=429, **as_details(limits))) == limits
    assert limits_of(ProviderBusy("x", status=429)) is None
