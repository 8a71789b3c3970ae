"""Durations of ISO 8601 in words and in seconds. Imports the standard library only.

A year counts 365.25 days and a month a twelfth of it where lengths are compared; words say what the source says.
"""

from __future__ import annotations

import re
from fractions import Fraction

_FORM = re.compile(
    r"([+-]?)P(?=.)(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=.)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?"
)
UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_DAY = Fraction(86_400)
_SECONDS = (
    _DAY * Fraction(1461, 4),
    _DAY * Fraction(1461, 48),
    _DAY * 7,
    _DAY,
    Fraction(3_600),
    Fraction(60),
    Fraction(1),
)


def parts_of(text: str) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """Sign (1 or -1) and the parts (number as written, unit) of a duration; None for what is none. A zero has one part."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    numbers = [n.replace(",", ".") if n else "" for n in found.groups()[1:]]
    named = [(n, u) for n, u in zip(numbers, UNITS, strict=True) if n]
    if not named:
        return None
    full = [(n, u) for n, u in named if Fraction(n)]
    return (-1 if found[1] == "-" else 1), tuple(full or named[:1])


def seconds(text: str) -> Fraction | None:
    """The length in seconds, negative for a duration before; None for what is no duration."""
    read = parts_of(text)
    if read is None:
        return None
    sign, named = read
    return sign * sum((Fraction(n) * _SECONDS[UNITS.index(u)] for n, u in named), Fraction(0))


def in_words(text: str) -> str:
    """``2 weeks`` for ``P2W``, ``1 day 6 hours`` for ``P1DT6H``; without the sign; what is no duration as it is."""
    read = parts_of(text)
    if read is None:
        return text
    return " ".join(f"{n} {u if Fraction(n) == 1 else u + 's'}" for n, u in read[1])


def window(lower: str, upper: str) -> str:
    """A window in words: ``±3 days``, ``−4 to 0 hours``, ``0 to +33 days``; "" where neither end is a duration.

    ``lower``: how much earlier; ``upper``: how much later, both without a sign in USDM.
    """
    low, high = parts_of(lower), parts_of(upper)
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"up to {in_words(lower)} earlier" if high is None else f"up to {in_words(upper)} later"
    before, after = in_words(lower), in_words(upper)
    if low[1] == high[1]:
        return f"±{after}" if seconds(upper) else "none"
    if len(low[1]) == len(high[1]) == 1 and (low[1][0][1] == high[1][0][1] or not seconds(lower) or not seconds(upper)):
        unit = low[1][0][1] if seconds(lower) else high[1][0][1]
        first = f"−{low[1][0][0]}" if seconds(lower) else "0"
        last = f"+{high[1][0][0]}" if seconds(upper) else "0"
        return f"{first} to {last} {unit}s"
    return f"−{before} to +{after}"
