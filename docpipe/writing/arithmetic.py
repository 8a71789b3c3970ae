"""Exact arithmetic for results: summary statistics, rounding by both rules, percentages that can be. Imports the standard library only.

Numbers are decimals; a division is carried to 28 digits, which is exact enough for every rounding to printed decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
RULES = ("half up", "half even")
_MODES = {"half up": ROUND_HALF_UP, "half even": ROUND_HALF_EVEN}


def decimal_of(number: float) -> Decimal:
    """A dataset's number as the shortest decimal that reads back as the same number."""
    return Decimal(repr(number)) if number != int(number) else Decimal(int(number))


def divided(a: Decimal | int, b: Decimal | int) -> Decimal:
    """``a / b`` to 28 digits."""
    return CONTEXT.divide(Decimal(a), Decimal(b))


def of_fraction(value: Fraction) -> Decimal:
    """A fraction to 28 digits."""
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def percentage(n: Decimal | int, total: Decimal | int) -> Decimal | None:
    """``100 n / total``, None where the total is 0."""
    return CONTEXT.divide(CONTEXT.multiply(Decimal(100), Decimal(n)), Decimal(total)) if total else None


def rounded(value: Decimal, decimals: int, rule: str = "half up") -> Decimal:
    """The value at so many decimals; ``rule``: ``half up`` (ties away from zero) or ``half even``. Never gives ``-0``."""
    found = value.quantize(Decimal(1).scaleb(-decimals), rounding=_MODES[rule], context=Context(prec=60))
    return abs(found) if found == 0 else found


def plain(value: Decimal) -> str:
    """Digits without exponent and without zeros that say nothing: ``75.2``, ``100``, ``0``."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def same_when_rounded(exact: Decimal, printed: Decimal, decimals: int) -> bool:
    """The printed value is the exact one at its decimals by one of the two rules."""
    return any(rounded(exact, decimals, rule) == printed for rule in RULES)


def fits(exact: Decimal, printed: Decimal, decimals: int, relation: str) -> bool:
    """The printed value, which may be a bound such as ``<0.0001``, can be said of the exact one."""
    if relation == "<":
        return exact < printed
    if relation == "<=":
        return exact <= printed
    if relation == ">":
        return exact > printed
    if relation == ">=":
        return exact >= printed
    return same_when_rounded(exact, printed, decimals)


def attainable(pct: Decimal, total: int, decimals: int) -> bool:
    """Some whole number of ``total`` gives this percentage when rounded (check N3)."""
    if total <= 0:
        return False
    near = int(pct * total / 100)
    return any(
        0 <= n <= total and same_when_rounded(percentage(n, total) or Decimal(0), pct, decimals)
        for n in range(near - 1, near + 3)
    )


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The arithmetic mean, None of nothing."""
    return of_fraction(sum(map(Fraction, values), Fraction(0)) / len(values)) if values else None


def standard_deviation(values: Sequence[Decimal]) -> Decimal | None:
    """The sample standard deviation (divisor n - 1), None of fewer than two values."""
    if len(values) < 2:
        return None
    exact = [Fraction(v) for v in values]
    centre = sum(exact, Fraction(0)) / len(exact)
    return of_fraction(sum(((v - centre) ** 2 for v in exact), Fraction(0)) / (len(exact) - 1)).sqrt(CONTEXT)


def quantile(values: Sequence[Decimal], part: Fraction) -> Decimal | None:
    """The quantile by the empirical distribution with averaging (SAS's default, PCTLDEF=5), None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = part * len(ordered)
    at = int(place)
    if place == at and 0 < at < len(ordered):
        return of_fraction((Fraction(ordered[at - 1]) + Fraction(ordered[at])) / 2)
    return ordered[min(at, len(ordered) - 1)]


def fisher_two_sided(a: int, m: int, b: int, n: int) -> Fraction:
    """Fisher's exact test of ``a`` of ``m`` against ``b`` of ``n``: the sum over tables no likelier than the one seen."""
    from math import comb

    hits = a + b
    weights = [comb(m, k) * comb(n, hits - k) for k in range(max(0, hits - n), min(m, hits) + 1)]
    seen = comb(m, a) * comb(n, b)
    return Fraction(sum(w for w in weights if w <= seen), sum(weights))
