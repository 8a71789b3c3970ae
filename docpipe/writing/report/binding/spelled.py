"""Numbers that are written out in several words, such as ``two hundred and fifty-four``. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from docpipe.writing.checks.reading.numbers import Token, value_of

_UNITS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SMALL = rf"(?:(?:{_TENS})(?:[- ](?:{_UNITS}))?|(?:{_UNITS}))"
_HUNDREDS = re.compile(
    rf"\b(?:(?P<thousands>{_SMALL}|a)\s+thousand(?:,?\s+(?:and\s+)?)?)?(?:(?P<hundreds>{_UNITS}|a)\s+hundred\b(?:\s+(?:and\s+)?(?P<rest>{_SMALL}))?|(?<=thousand )(?P<tail>{_SMALL}))\b",
    re.IGNORECASE,
)


def spelled(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The tokens with those that are parts of a longer number in words put together."""
    found = [(m.start(), m.end(), m) for m in _HUNDREDS.finditer(text)]
    if not found:
        return list(tokens)
    whole = [Token(a, b, text[a:b], _value(m), False) for a, b, m in found]
    kept = [t for t in tokens if not any(a < t.end and t.start < b for a, b, _ in found)]
    return sorted((*kept, *whole), key=lambda t: t.start)


def _value(m: re.Match[str]) -> Decimal:
    total = Decimal(0)
    for name, factor in (("thousands", 1000), ("hundreds", 100), ("rest", 1), ("tail", 1)):
        said = m[name]
        if said:
            total += factor * (Decimal(1) if said.casefold() == "a" else value_of(said) or Decimal(0))
    return total
