"""Kaplan-Meier medians, limits of means and agreement of values, counted in another way than the product does: standard library only."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction


def agrees(raw: str, again: float) -> bool:
    """A fact's raw value is the one counted again; NE: not estimable, infinite here."""
    return math.isinf(again) if raw == "NE" else abs(again - float(raw)) <= 1e-6 * max(1.0, abs(again))


def kaplan_meier(times: list[tuple[float, bool]]) -> tuple[float, float, float]:
    """Median and the limits of those times that a test of the median at 5% does not refuse, on the log-log scale; infinite where not reached."""
    ordered = sorted(times)
    survival, spread = 1.0, 0.0
    middle = lower = upper = math.inf
    exact = Fraction(1)
    waiting = False
    for t in sorted({t for t, e in times if e}):
        left = sum(1 for x, _ in ordered if x >= t)
        gone = sum(1 for x, e in ordered if x == t and e)
        exact *= 1 - Fraction(gone, left)
        survival = float(exact)
        if waiting:
            middle, waiting = (middle + t) / 2, False
        if math.isinf(middle) and exact <= Fraction(1, 2):
            middle, waiting = t, exact == Fraction(1, 2)
        if exact == 0:
            lower, upper = min(lower, t), min(upper, t)
            continue
        spread += gone / left / (left - gone)
        at = math.log(-math.log(survival)) - math.log(math.log(2))
        away = at / (math.sqrt(spread) / -math.log(survival))
        if away >= -statistics.NormalDist().inv_cdf(0.975):
            lower = min(lower, t)
        if away >= statistics.NormalDist().inv_cdf(0.975):
            upper = min(upper, t)
    return middle, lower, upper


def student_limit(values: list[float], sign: int) -> float:
    """A 95% limit of the mean; the quantile by integrating the density of Student's t with Simpson's rule."""
    freedom = len(values) - 1
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    low, high = 0.0, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        steps = 400
        h = middle / steps
        inside = sum(
            (1 if k in (0, steps) else 4 if k % 2 else 2) * scale * (1 + (k * h) ** 2 / freedom) ** (-(freedom + 1) / 2)
            for k in range(steps + 1)
        )
        low, high = (middle, high) if inside * h / 3 < 0.475 else (low, middle)
    return statistics.fmean(values) + sign * low * statistics.stdev(values) / math.sqrt(len(values))
