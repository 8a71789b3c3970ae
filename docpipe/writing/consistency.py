"""What a display says against itself: sums, percentages of counts, intervals, order of statistics. Imports the core and its own room.

Rows by preferred term are never summed up: a subject may count in several.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.writing import arithmetic
from docpipe.writing.arms import TOTAL, Arms
from docpipe.writing.evidence import Evidence, evidence, exact_number, number_of, said_of
from docpipe.writing.labels import key_of

_Cells = dict[tuple[tuple[str, ...], str, str, str], Fact]
"""By row, arm, statistic and set."""
_LEAVING = re.compile(r"discontinu|terminat|withdr|complet|reason", re.IGNORECASE)
"""Groups whose parts exclude each other, whatever stands in the group's own row."""
_ESTIMATED = re.compile(r"kaplan|\bestimated?\b|\bprobability\b|\bincidence rate\b", re.IGNORECASE)
"""Percentages that are estimated from a model or curve, and not counted."""
_TOTALS = frozenset(("total", "all", "overall", "sum"))


def consistency(facts: Sequence[Fact], arms: Arms) -> tuple[Evidence, ...]:
    """All findings of one display against itself."""
    cells = {(f.row, f.arm, f.statistic, f.population): f for f in facts}
    found = (*arm_sums(cells, arms), *group_sums(cells), *percentages(cells), *intervals(cells), *orders(cells))
    return tuple(found)


def arm_sums(cells: _Cells, arms: Arms) -> Iterator[Evidence]:
    """N6: where the display has a column for all arms, counts of the arms add up to it."""
    for (row, arm, statistic, population), whole in cells.items():
        if arm != TOTAL or statistic not in ("n", "N", "events"):
            continue
        parts = [cells.get((row, a, statistic, population)) for a in arms.names]
        numbers = [exact_number(p) for p in parts]
        total = exact_number(whole)
        if len(parts) < 2 or total is None or any(v is None for v in numbers):
            continue
        expected = sum((v for v in numbers if v is not None), Decimal(0))
        if expected != total:
            message = f"{said_of(whole)}: the arms add up to {expected}, the table says {whole.formatted}."
            shown = (whole, *(p for p in parts if p is not None))
            yield evidence("N6.arms-do-not-add-up", Severity.CRITICAL, message, shown, str(expected), "sum over arms")


def group_sums(cells: _Cells) -> Iterator[Evidence]:
    """N6: categories add up to the n of their group, reasons to the row that they explain, rows to a total row."""
    children: dict[tuple[tuple[str, ...], str, str], list[Fact]] = defaultdict(list)
    for (row, arm, statistic, population), fact in cells.items():
        if statistic == "n" and row:
            children[row[:-1], arm, population].append(fact)
    shares = {(row, arm, population) for row, arm, statistic, population in cells if statistic == "pct"}
    for (group, arm, population), parts in children.items():
        if group:
            whole = cells.get((group, arm, "n", population)) or _explained(group, cells, arm, population)
            if (
                whole is not None
                and whole.row == group
                and (group, arm, population) in shares
                and not _LEAVING.search(group[-1])
            ):
                continue  # A category of its own: its subjects may count in several of its parts.
            leaves = [p for p in parts if p is not whole]
        else:
            whole = next((p for p in parts if key_of(p.row[-1]) in _TOTALS), None)
            leaves = [f for (g, a, s), inner in children.items() if g and a == arm and s == population for f in inner]
            leaves = leaves or [p for p in parts if p is not whole]
        total, numbers = exact_number(whole), [exact_number(p) for p in leaves]
        if whole is None or total is None or len(leaves) < 2 or any(v is None for v in numbers):
            continue
        expected = sum((v for v in numbers if v is not None), Decimal(0))
        if expected != total:
            message = (
                f"{said_of(whole)}: its {len(leaves)} parts add up to {expected}, the table says {whole.formatted}."
            )
            said = " / ".join(group) or "rows"
            yield evidence(
                "N6.parts-do-not-add-up",
                Severity.CRITICAL,
                message,
                (whole, *leaves),
                str(expected),
                f"sum over {said}",
            )


def _explained(group: tuple[str, ...], cells: _Cells, arm: str, population: str) -> Fact | None:
    """``Reason for Early Termination`` explains the row ``Early Termination`` of another group."""
    key = key_of(group[-1])
    for lead in ("reason for ", "reasons for ", "primary reason for ", "main reason for "):
        if key.startswith(lead):
            wanted = key[len(lead) :]
            return next(
                (
                    f for (row, a, statistic, p), f in cells.items()
                    if row and statistic == "n" and a == arm and p == population and key_of(row[-1]) == wanted
                ),
                None,
            )  # fmt: skip
    return None


def percentages(cells: _Cells) -> Iterator[Evidence]:
    """N4: a percentage is that of its count, of the column's N or of the n of its group. N3: alone, it can be of the N at all."""
    for (row, arm, statistic, population), fact in cells.items():
        said = number_of(fact)
        if statistic != "pct" or said is None or fact.decimals is None or _ESTIMATED.search(" ".join(row)):
            continue
        count = exact_number(cells.get((row, arm, "n", population)))
        group = exact_number(cells.get((row[:-1], arm, "n", population))) if row else None
        stated = exact_number(cells.get((row, arm, "denominator", population)))
        bases = [b for b in (stated, Decimal(fact.n) if fact.n else None, group) if b]
        if not bases:
            continue
        if count is None:
            if not said[0] and not any(arithmetic.attainable(said[1], int(b), fact.decimals) for b in bases):
                message = f"{said_of(fact)}: no count of {bases[0]} gives {fact.formatted}."
                yield evidence("N3.percentage-not-attainable", Severity.CRITICAL, message, (fact,))
            continue
        exact = [x for b in bases if (x := arithmetic.percentage(count, b)) is not None]
        if not any(arithmetic.fits(x, said[1], fact.decimals, said[0]) for x in exact):
            expected = format(arithmetic.rounded(exact[0], fact.decimals), "f")
            message = f"{said_of(fact)}: {count} of {bases[0]} is {expected} %, the table says {fact.formatted}."
            other = cells[row, arm, "n", population]
            yield evidence(
                "N4.percentage-differs",
                Severity.CRITICAL,
                message,
                (fact, other),
                expected,
                f"100 * {count} / {bases[0]}",
            )
    for (_, _, statistic, _), fact in cells.items():
        value = exact_number(fact)
        if statistic == "n" and value is not None and fact.n is not None and value > fact.n:
            message = f"{said_of(fact)}: {fact.formatted} subjects are more than the column's N of {fact.n}."
            yield evidence("N4.count-above-n", Severity.CRITICAL, message, (fact,))


def intervals(cells: _Cells) -> Iterator[Evidence]:
    """N7: the estimate lies in its interval, whose width fits the standard error. N8: p and a 95 % interval agree on 0."""
    for (row, arm, statistic, population), low in cells.items():
        high = cells.get((row, arm, "upper", population))
        if statistic != "lower" or high is None:
            continue
        a, b = exact_number(low), exact_number(high)
        if a is None or b is None:
            continue
        near = [
            f
            for (r, x, s, p), f in cells.items()
            if s == "estimate" and x == arm and p == population and (r == row or r[:-1] == row[:-1])
        ]
        estimate = near[0] if len(near) == 1 else None
        middle = exact_number(estimate)
        shown = (*(() if estimate is None else (estimate,)), low, high)
        if a > b or (middle is not None and not a <= middle <= b):
            yield evidence(
                "N7.interval-order",
                Severity.CRITICAL,
                f"{said_of(low)}: the limits and the estimate are not in order.",
                shown,
            )
        if estimate is None or "95" not in row[-1]:
            continue
        error = cells.get((estimate.row, arm, "se", population))
        spread = exact_number(error)
        slack = Decimal(1).scaleb(-(low.decimals or 0))
        if (
            error is not None
            and spread
            and not Decimal("1.9") * spread - slack <= (b - a) / 2 <= Decimal("2.3") * spread + slack
        ):
            message = f"{said_of(low)}: the width of the interval does not fit the standard error {error.formatted}."
            yield evidence("N7.interval-width", Severity.MAJOR, message, (*shown, error))
        test = cells.get((row[:-1], arm, "p", population))
        p = number_of(test) if test is not None else None
        difference = any(w in estimate.row[-1].casefold() for w in ("diff", "mean"))
        if (
            test is not None
            and p is not None
            and difference
            and a != 0
            and b != 0
            and p[0] != ">"
            and (p[1] < Decimal("0.05")) != (a > 0 or b < 0)
        ):
            message = f"{said_of(test)}: p = {test.formatted} and the 95 % interval do not agree on whether there is a difference."
            yield evidence("N8.p-against-interval", Severity.CRITICAL, message, (test, *shown))


def orders(cells: _Cells) -> Iterator[Evidence]:
    """U3: minimum, quartiles, median and maximum ascend, and the mean lies between the extremes."""
    chain = ("min", "q1", "median", "q3", "max")
    for row, arm, population in dict.fromkeys((r, a, p) for r, a, s, p in cells if s in ("min", "max", "median")):
        facts = [f for s in chain if (f := cells.get((row, arm, s, population))) is not None]
        numbers = [v for f in facts if (v := exact_number(f)) is not None]
        mean, low, high = (exact_number(cells.get((row, arm, s, population))) for s in ("mean", "min", "max"))
        # The extremes may be printed with fewer decimals than the mean.
        outside = mean is not None and low is not None and high is not None and not low - 1 < mean < high + 1
        slack = max((Decimal(1).scaleb(-(f.decimals or 0)) / 2 for f in facts), default=Decimal(0))
        if outside or any(x > y + slack for x, y in pairwise(numbers)):
            message = f"{said_of(facts[0])}: minimum, median, mean and maximum are not in order."
            yield evidence("U3.statistics-out-of-order", Severity.MAJOR, message, facts)
