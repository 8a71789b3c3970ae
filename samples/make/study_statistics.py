"""Statistics of the sample study's tables: analysis of covariance, times to event, the distributions that they need.

Imports the standard library only. Methods: least squares, Kaplan and Meier, Cox with Breslow's ties, log-rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean."""
    return math.fsum(values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """Standard deviation of a sample; 0 for a single value."""
    if len(values) < 2:
        return 0.0
    middle = mean(values)
    return math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (len(values) - 1))


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


# ---------------------------------------------------------------- distributions


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(1 - x)) / a
    c, d, f = 1.0, 0.0, 1.0
    for i in range(300):
        m = i // 2
        if i == 0:
            numerator = 1.0
        elif i % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / ((1 + numerator * d) or 1e-30)
        c = (1 + numerator / c) or 1e-30
        f *= c * d
        if abs(1 - c * d) < 1e-12:
            break
    return front * (f - 1)


def p_of_t(t: float, freedom: int) -> float:
    """Two-sided p-value of Student's t."""
    return _beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def quantile_of_t(freedom: int) -> float:
    """The 97.5 % quantile of Student's t."""
    low, high = 0.0, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if p_of_t(middle, freedom) > 0.05 else (low, middle)
    return (low + high) / 2


# ---------------------------------------------------------------- analysis of covariance


@dataclass(frozen=True)
class Estimate:
    """A value with standard error, 95 % confidence limits and two-sided p-value."""

    value: float
    error: float
    lower: float
    upper: float
    p: float


def ancova(groups: Sequence[Sequence[tuple[float, float]]]) -> tuple[list[Estimate], list[Estimate]]:
    """Pairs of (baseline, change) by arm: the arms' least-squares means at the mean baseline, and their differences from the first arm."""
    count = len(groups)
    centre = mean([b for g in groups for b, _ in g])
    rows = [([float(i == k) for i in range(count)] + [b - centre], y) for k, g in enumerate(groups) for b, y in g]
    size = count + 1
    normal = [[math.fsum(x[i] * x[j] for x, _ in rows) for j in range(size)] for i in range(size)]
    inverse = _inverse(normal)
    sums = [math.fsum(x[i] * y for x, y in rows) for i in range(size)]
    beta = [math.fsum(inverse[i][j] * sums[j] for j in range(size)) for i in range(size)]
    freedom = len(rows) - size
    residual = math.fsum((y - math.fsum(a * b for a, b in zip(x, beta, strict=True))) ** 2 for x, y in rows) / freedom
    t = quantile_of_t(freedom)

    def estimate(value: float, variance: float) -> Estimate:
        error = math.sqrt(residual * variance)
        return Estimate(value, error, value - t * error, value + t * error, p_of_t(value / error, freedom))

    means = [estimate(beta[i], inverse[i][i]) for i in range(count)]
    differences = [
        estimate(beta[i] - beta[0], inverse[i][i] + inverse[0][0] - 2 * inverse[i][0]) for i in range(1, count)
    ]
    return means, differences


def _inverse(matrix: list[list[float]]) -> list[list[float]]:
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for j in range(size):
            if j != i:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[size:] for row in rows]


# ---------------------------------------------------------------- times to event

Times = Sequence[tuple[float, bool]]
"""Time and whether the event happened then."""


def survival(times: Times) -> list[tuple[float, float, float]]:
    """Kaplan-Meier: time of each event, the share without event from then on, and its standard error (Greenwood)."""
    found, share, spread = [], 1.0, 0.0
    for time in sorted({t for t, happened in times if happened}):
        risk = sum(t >= time for t, _ in times)
        events = sum(t == time and happened for t, happened in times)
        share *= 1 - events / risk
        if risk > events:
            spread += events / (risk * (risk - events))
        found.append((time, share, share * math.sqrt(spread)))
    return found


def share_at(times: Times, day: float) -> tuple[float, float]:
    """The share without event at a time and its standard error."""
    before = [(s, e) for t, s, e in survival(times) if t <= day]
    return before[-1] if before else (1.0, 0.0)


def quartile(times: Times, share: float) -> float | None:
    """The first time at which no more than a share is without event; None where it is not reached."""
    return next((t for t, s, _ in survival(times) if s <= share + 1e-12), None)


def log_rank(one: Times, other: Times) -> float:
    """Two-sided p-value of the log-rank test."""
    observed, variance = 0.0, 0.0
    for time in sorted({t for t, happened in (*one, *other) if happened}):
        n1, n2 = (sum(t >= time for t, _ in g) for g in (one, other))
        d1, d2 = (sum(t == time and h for t, h in g) for g in (one, other))
        n, d = n1 + n2, d1 + d2
        observed += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (n2 / n) * (n - d) / (n - 1)
    return math.erfc(math.sqrt(observed * observed / variance / 2))


def hazard_ratio(reference: Times, active: Times) -> tuple[float, float, float]:
    """The hazard ratio of the active arm with its 95 % confidence limits (Cox, one covariate)."""
    everyone = [(t, h, 0.0) for t, h in reference] + [(t, h, 1.0) for t, h in active]
    beta, information = 0.0, 1.0
    for _ in range(50):
        score, information = 0.0, 0.0
        for time in sorted({t for t, h, _ in everyone if h}):
            risk = [(math.exp(beta * x), x) for t, _, x in everyone if t >= time]
            events = [x for t, h, x in everyone if h and t == time]
            share = math.fsum(w * x for w, x in risk) / math.fsum(w for w, _ in risk)
            score += math.fsum(events) - len(events) * share
            information += len(events) * share * (1 - share)
        step = score / information
        beta += step
        if abs(step) < 1e-10:
            break
    width = 1.959963984540054 / math.sqrt(information)
    return math.exp(beta), math.exp(beta - width), math.exp(beta + width)
