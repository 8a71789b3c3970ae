"""Scale words behind numbers: 1.2 million, 15万, 3 Mio., 14 and 22 million. Imports this package only."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from docpipe.checks.reading import chinese
from docpipe.checks.reading.digits import readings
from docpipe.checks.reading.tokens import Form, Number, Reading, Weight

_SCALES = {
    "en": (re.compile(r"[ \u00a0-]?(hundred thousand|hundred|thousand|million|billion|trillion)s?\b"), {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "hundred thousand": 10**5}),
    "de": (re.compile(r"[ \u00a0](tausend|million(?:en)?|mio\b\.?|milliarden?|mrd\b\.?|billion(?:en)?)"), {"tau": 10**3, "mil": 10**6, "mio": 10**6, "mill": 10**6, "millia": 10**9, "mrd": 10**9, "bil": 10**12}),
    "es": (re.compile(r"[ \u00a0](mil millones|mil|millón|millones|billón|billones)\b"), {"mil millones": 10**9, "mil": 10**3, "millón": 10**6, "millones": 10**6, "billón": 10**12, "billones": 10**12}),
    "fr": (re.compile(r"[ \u00a0](mille|millions?|milliards?)\b"), {"mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9}),
}  # fmt: skip


def scale(text: str, low: str, number: Number, base: str) -> None:
    factor, end = 1, number.end
    if base == "zh":
        m = chinese.SCALE_BEHIND.match(text, end)
        if m:
            for c in m.group(1):
                factor *= chinese.SCALES[c]
            end = m.end()
    elif base in _SCALES:
        pattern, table = _SCALES[base]
        m = pattern.match(low, end)
        if m:
            word = m.group(1)
            factor = table.get(word) or next(
                v for k, v in sorted(table.items(), key=lambda kv: -len(kv[0])) if word.startswith(k)
            )
            end = m.end(1)
    if factor > 1:
        number.readings = tuple(
            r._replace(value=r.value * factor) for r in number.readings if isinstance(r.value, Decimal)
        )
        number.end, number.scaled, number.parts = end, True, ()
        number.text = text[number.start : end]


def carry(low: str, numbers: list[Number]) -> None:
    """``14 and 22 million``: the first number may share the scale of the second. ``3亿5千万``: the two are one."""
    for left, right in pairwise(numbers):
        if (
            left.form is not Form.DIGITS
            or right.form is not Form.DIGITS
            or not right.scaled
            or right.exponent is not None
        ):
            continue
        gap = low[left.end : right.start]
        head, tail = left.readings[:1], right.readings[:1]
        if not head or not tail or not isinstance(head[0].value, Decimal) or not isinstance(tail[0].value, Decimal):
            continue
        if left.scaled and not gap and head[0].value > tail[0].value:
            right.readings = (Reading(head[0].value + tail[0].value, 0, True), *right.readings)
            left.weight = Weight.SOFT
        elif (
            not left.scaled
            and len(gap) <= 5
            and gap.strip() in ("and", "to", "or", "-", "–", "y", "a", "o", "und", "bis", "oder", "至", "到", "和", "~")
        ):
            m = re.search(r"\D+$", right.text)
            digits = re.match(r"[\d.,]+", right.text)
            if m and digits:
                base_value = readings(digits.group(), "en")[0]
                if base_value and isinstance(base_value[0].value, Decimal) and base_value[0].value:
                    factor = tail[0].value / base_value[0].value
                    left.readings = (*left.readings, Reading(head[0].value * factor, 0, True))
                    left.scaled = True
