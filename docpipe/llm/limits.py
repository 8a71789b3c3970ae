"""Rate limits as providers tell them in response headers, for whoever paces requests. Imports the core only.

OpenAI's and Azure's names, those of servers that add ``-minute`` or keep apart prompt and generated tokens, and Anthropic's.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from docpipe.errors import ProviderError
from docpipe.model.chunk import Limits

__all__ = ["as_details", "limits_in", "limits_of", "seconds"]

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)")
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|d|h|m|s))+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DAY = 86400.0
_PATTERNS = {
    "limit": ("x-ratelimit-limit-{}", "x-ratelimit-limit-{}-minute", "anthropic-ratelimit-{}-limit"),
    "remaining": ("x-ratelimit-remaining-{}", "x-ratelimit-remaining-{}-minute", "anthropic-ratelimit-{}-remaining"),
    "reset": ("x-ratelimit-reset-{}", "x-ratelimit-reset-{}-minute", "anthropic-ratelimit-{}-reset"),
}


def limits_in(headers: Mapping[str, str]) -> Limits | None:
    """What the headers of one answer say, None where they say nothing. Never raises: an unreadable value counts as not said.

    ``headers``: any mapping whose names are found in lower case, such as the HTTP library's.
    """
    requests = _three(headers, "requests")
    tokens = _three(headers, "tokens")
    found = Limits(
        _a_minute(*requests), _a_minute(*tokens), requests[1], tokens[1], requests[2], tokens[2]
    )  # fmt: skip
    return None if found == Limits() else found


def as_details(limits: Limits | None) -> dict[str, float | None]:
    """The limits as details of an error; ``limits_of`` reads them back."""
    return {} if limits is None else dataclasses.asdict(limits)


def limits_of(error: ProviderError) -> Limits | None:
    """What the provider said of its limits together with a refusal (429), None where it said nothing."""
    given = {f.name: error.details.get(f.name) for f in dataclasses.fields(Limits)}
    found = Limits(**{k: float(v) for k, v in given.items() if isinstance(v, int | float)})
    return None if found == Limits() else found


def seconds(value: str, *, now: float | None = None) -> float | None:
    """Seconds of "6m0s", "120ms", "1.5", an HTTP date, an RFC 3339 instant or seconds since 1970; None for anything else."""
    text = value.strip()
    at = time.time() if now is None else now
    if _NUMBER.fullmatch(text):
        number = float(text)
        # Some servers send the moment (in seconds or milliseconds since 1970) instead of the time that is left.
        number = number / 1000 if number > 1e11 else number
        return max(0.0, number - at) if number > 1e9 else number
    if _SPAN.fullmatch(text):
        return sum(float(n) * _UNITS[unit] for n, unit in _PART.findall(text))
    try:
        moment = datetime.fromisoformat(text).timestamp()
    except ValueError:
        try:
            moment = parsedate_to_datetime(text).timestamp()
        except ValueError:
            return None
    return max(0.0, moment - at)


def _three(headers: Mapping[str, str], kind: str) -> tuple[float | None, float | None, float | None]:
    """Limit, what is left, seconds until it is full again."""
    return _number(headers, "limit", kind), _number(headers, "remaining", kind), _reset(headers, kind)


def _number(headers: Mapping[str, str], what: str, kind: str) -> float | None:
    for pattern in _PATTERNS[what]:
        value = (headers.get(pattern.format(kind)) or "").strip()
        if _NUMBER.fullmatch(value):
            return float(value)
    return None


def _reset(headers: Mapping[str, str], kind: str) -> float | None:
    for pattern in _PATTERNS["reset"]:
        value = headers.get(pattern.format(kind))
        if value and (found := seconds(value)) is not None:
            return found
    return None


def _a_minute(limit: float | None, left: float | None, reset: float | None) -> float | None:
    """The limit if it is one for a minute: OpenAI's lower tiers and others tell one for a day under the same name."""
    if not limit:
        return None
    if left is not None and reset and left < limit and abs(reset * limit / (limit - left) / _DAY - 1) < 0.02:
        return None
    return None if reset is not None and reset > 3600 else limit
