"""Readings of one written number by locale: decimal signs, thousands separators, lists, dotted references.

Imports this package only.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from docpipe.checks.reading.locales import decimal_sign
from docpipe.checks.reading.tokens import Number, Reading

CLUSTER = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+(?![.,]?\d))?"
    r"|(?:(?<![\w.,)])\.(?=\d))?\d+(?:[.,·'’]\d+)*",
    re.ASCII,
)
"""Digits with separators between them. Grouping by spaces is taken whole and may fall apart later."""

_SPACES = re.compile(r"[ \u00a0\u2009\u202f]")
_GROUPED = {sep: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(sep)}\d{{3}})+") for sep in ".,"}


def _decimal(whole: str, fraction: str, native: bool) -> Reading:
    return Reading(Decimal(f"{whole or '0'}.{fraction}"), len(fraction), native)


def _integer(digits: str, native: bool) -> Reading:
    return Reading(Decimal(digits), 0, native)


@lru_cache(maxsize=16384)
def readings(text: str, language: str) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """How a cluster may be read, best first, and the pieces it may fall into instead. Cached: same text, same answer."""
    if text.isdigit():
        return (_integer(text, True),), ()
    sign = decimal_sign(language)
    if _SPACES.search(text):
        pieces = tuple(_SPACES.split(text))
        whole, _, fraction = text.replace(",", ".").partition(".")
        joined = _SPACES.sub("", whole)
        return ((_decimal(joined, fraction, True) if fraction else _integer(joined, True)),), pieces
    plain = text.replace("'", "").replace("’", "").replace("·", ".")
    marks = [c for c in plain if c in ".,"]
    if not marks:
        return (_integer(plain, True),), ()
    if plain[0] == ".":
        return (_decimal("", plain[1:], True),) if plain.count(".") == 1 and "," not in plain else (), ()
    if len(set(marks)) == 2:
        return _mixed(plain, sign)
    mark = marks[0]
    if len(marks) > 1:
        if _GROUPED[mark].fullmatch(plain):
            return (_integer(plain.replace(mark, ""), sign != mark),), tuple(plain.split(mark))
        if mark == ".":
            return (Reading(plain, 0, True),), tuple(plain.split("."))
        return (), tuple(plain.split(","))
    return _single(plain, mark, sign)


def _mixed(plain: str, sign: str) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    last = "." if plain.rfind(".") > plain.rfind(",") else ","
    other = "," if last == "." else "."
    whole, _, fraction = plain.rpartition(last)
    if last not in whole and _GROUPED[other].fullmatch(whole):
        return (_decimal(whole.replace(other, ""), fraction, sign in (last, "")),), ()
    return (), tuple(plain.split("," if sign != "," else "."))


def _single(plain: str, mark: str, sign: str) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    whole, _, fraction = plain.partition(mark)
    pieces = (whole, fraction) if mark == "," != sign else ()
    as_decimal = _decimal(whole, fraction, sign in (mark, ""))
    if _GROUPED[mark].fullmatch(plain):
        grouped = _integer(whole + fraction, sign != mark)
        return ((as_decimal, grouped) if sign == mark else (grouped, as_decimal)), pieces
    return (as_decimal,), pieces


def localised(value: Decimal | str, decimals: int, language: str, grouped: bool = True) -> str:
    """A number as the language writes it, for suggestions."""
    if isinstance(value, str):
        return value
    text = f"{value:.{decimals}f}"
    whole, _, fraction = text.partition(".")
    sign = decimal_sign(language) or "."
    if grouped and 3 < len(whole.lstrip("-")) < 40:
        whole = f"{int(whole):,}".replace(",", "." if sign == "," else ",")
    return whole + (sign + fraction if fraction else "")


_GROUPS = re.compile(r"\d[.,'’ \u00a0\u2009\u202f]\d{3}(?!\d)")


def rewritten(number: Number, language: str) -> str:
    """A number's own value and precision as another language writes it; "" where words or scales took part."""
    if number.form != "digits" or number.scaled or not number.readings:
        return ""
    head = number.readings[0]
    grouped = bool(_GROUPS.search(number.text)) and (head.decimals == 0 or len(re.findall(r"\D", number.text)) > 1)
    return localised(head.value, head.decimals, language, grouped)
