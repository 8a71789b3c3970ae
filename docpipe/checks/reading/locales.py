"""Number conventions of languages and regions, and what this package can read in which language. Imports nothing of docpipe."""

from __future__ import annotations

from functools import cache
from typing import Literal

DecimalSign = Literal[".", ",", ""]
"""The decimal sign that a language writes; "" where both may be met."""

_POINT = frozenset({"en", "zh", "ja", "ko", "th", "he"})
_COMMA = frozenset({"de", "es"})
_SPANISH_WITH_POINT = frozenset({"MX", "US", "PR", "GT", "HN", "NI", "SV", "PA", "DO", "PE", "419"})
_FULLY_READ = frozenset({"en", "zh", "es", "de"})
_MONTH_FIRST = frozenset({"", "US", "PH"})


@cache
def base(language: str) -> str:
    """Primary subtag of a BCP 47 code, lower case."""
    return language.replace("_", "-").split("-")[0].lower()


@cache
def region(language: str) -> str:
    """Region subtag, upper case, or ""."""
    parts = language.replace("_", "-").split("-")[1:]
    return next((p.upper() for p in parts if len(p) == 2 or (len(p) == 3 and p.isdigit())), "")


@cache
def decimal_sign(language: str) -> DecimalSign:
    """``.`` or ``,`` where the locale is strict, "" where it is not known to be. Source: CLDR number symbols."""
    name, where = base(language), region(language)
    if name in _POINT or (name == "es" and where in _SPANISH_WITH_POINT) or (name == "de" and where in ("CH", "LI")):
        return "."
    return "," if name in _COMMA else ""


@cache
def fully_read(language: str) -> bool:
    """Whether number words, unit words and comparators of the language are known here; else digits and symbols alone."""
    return base(language) in _FULLY_READ


@cache
def day_month_order(language: str) -> Literal["dmy", "mdy", "ymd"]:
    """Order of an all-digit date: month first in American English, year first in East Asia, else day first."""
    name = base(language)
    if name in ("zh", "ja", "ko"):
        return "ymd"
    return "mdy" if name == "en" and region(language) in _MONTH_FIRST else "dmy"
