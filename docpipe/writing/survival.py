"""Kaplan-Meier estimates and confidence intervals from single values, by formulas that a statistician can follow. Imports arithmetic and the standard library.

Survival is exact (fractions); limits are computed in floating point and are either observed times, which are exact again, or rounded for printing.
Sources: Kaplan and Meier 1958 (product limit), Greenwood 1926 (variance), Brookmeyer and Crowley 1982 (limits of the median).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from statistics import NormalDist

from docpipe.writing import arithmetic

LEVEL = 95
"""Per cent of confidence of every interval here."""
_BEYOND = 0.5 + LEVEL / 200
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """An event time: survival just after it, and Greenwood's sum up to it (None once survival is 0)."""

    time: Decimal
    survival: Fraction
    spread: Fraction | None


def curve(times: Sequence[tuple[Decimal, bool]]) -> tuple[Step, ...]:
    """The product-limit estimate. ``times``: each subject's time and whether it ended with the event; one censored at an event time was still at risk."""
    at_risk = len(times)
    survival, spread = Fraction(1), Fraction(0)
    found: list[Step] = []
    for time in sorted({t for t, _ in times}):
        events = sum(1 for t, event in times if t == time and event)
        if events:
            survival *= Fraction(at_risk - events, at_risk)
            if events < at_risk:
                spread += Fraction(events, at_risk * (at_risk - events))
            found.append(Step(time, survival, spread if survival else None))
        at_risk -= sum(1 for t, _ in times if t == time)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Median:
    """A median time and its limits; None where the curve does not reach them."""

    median: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


def median_of(steps: Sequence[Step]) -> Median:
    """The median and its 95% limits by the log-log transformation (the default of SAS PROC LIFETEST).

    Where survival is exactly one half between two event times, the median is the middle of them.
    """
    middle: Decimal | None = None
    for step, after in zip_longest(steps, steps[1:]):
        if step.survival < _HALF:
            middle = step.time
        elif step.survival == _HALF:
            middle = (step.time + after.time) / 2 if after is not None else step.time
        if middle is not None:
            break
    z = NormalDist().inv_cdf(_BEYOND)
    lower = next((s.time for s in steps if _limit(s, z) <= 0.5), None)
    upper = next((s.time for s in steps if _limit(s, -z) <= 0.5), None)
    return Median(middle, lower, upper)


def _limit(step: Step, z: float) -> float:
    """A pointwise limit of survival: ``S ** exp(z * se / |ln S|)``; without events or survivors there is none, and survival stands."""
    s = float(step.survival)
    if step.spread is None or not 0 < s < 1:
        return s
    return float(s ** math.exp(z * math.sqrt(step.spread) / abs(math.log(s))))


def mean_limits(values: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """The 95% limits of a mean by Student's t; None of fewer than two values."""
    centre, spread = arithmetic.mean(values), arithmetic.standard_deviation(values)
    if centre is None or spread is None:
        return None
    reach = Decimal(repr(student_quantile(_BEYOND, len(values) - 1))) * spread / Decimal(len(values)).sqrt()
    return centre - reach, centre + reach


def student_quantile(part: float, freedom: int) -> float:
    """The quantile of Student's t for ``part`` above one half, by bisection of its distribution function."""
    low, high = 0.0, 2.0
    while _student(high, freedom) < part:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _student(middle, freedom) < part else (low, middle)
    return (low + high) / 2


def _student(t: float, freedom: int) -> float:
    """P(T <= t) for t >= 0 by the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    if freedom == 1:
        inside = 2 * angle / math.pi
    elif freedom % 2:
        term = total = cosine
        for k in range(3, freedom - 1, 2):
            term *= (k - 1) / k * cosine * cosine
            total += term
        inside = 2 / math.pi * (angle + sine * total)
    else:
        term = total = 1.0
        for k in range(2, freedom - 1, 2):
            term *= (k - 1) / k * cosine * cosine
            total += term
        inside = sine * total
    return 0.5 + inside / 2
