"""What numbers say together: ranges, mean ± SD, limits, n/N (%), routes, ambiguous dates. Imports this package only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from docpipe.checks.reading.issue import Issue, quote
from docpipe.checks.reading.locales import day_month_order, fully_read
from docpipe.checks.reading.matching import Matched
from docpipe.checks.reading.schedule import routes
from docpipe.checks.reading.tokens import Lexed, Number

_ENDS = {"low": "high", "ci-low": "ci-high", "mean": "sd", "n": "N"}
_OPPOSITE = _ENDS | {v: k for k, v in _ENDS.items()}
_ALL_DIGITS = re.compile(r"([0-3]?\d)[./-]([0-3]?\d)[./-](\d{2,4})")
_DOSED = frozenset(("mass", "volume", "activity", "units", "amount"))


def consistent_counts(lexed: Lexed, group: int) -> bool:
    """Whether n, N and the percentage of a group agree, rounding half up or half to even."""
    parts = {n.role: n for n in lexed.numbers if n.group == group and n.role in ("n", "N", "n%")}
    if len(parts) < 3 or not all(n.readings and isinstance(n.readings[0].value, Decimal) for n in parts.values()):
        return False
    count, total, share = (parts[r].readings[0] for r in ("n", "N", "n%"))
    assert isinstance(count.value, Decimal)
    assert isinstance(total.value, Decimal)
    if not total.value or share.decimals > 8 or exceeds(count.value) or exceeds(total.value):
        return False
    exact = 100 * count.value / total.value
    step = Decimal(1).scaleb(-share.decimals)
    return share.value in (exact.quantize(step, ROUND_HALF_UP), exact.quantize(step, ROUND_HALF_EVEN))


def exceeds(value: Decimal) -> bool:
    """Whether a count is too large to be one (and for exact arithmetic)."""
    return value.adjusted() > 12


def of_tuples(matched: Matched) -> Iterator[Issue]:
    """Issues of numbers that all have counterparts but stand in other places."""
    partner = {id(s): t for s, t in matched.pairs}
    by_group: dict[int, list[Number]] = {}
    for number in matched.source.numbers:
        if number.group >= 0 and number.role in _OPPOSITE:
            by_group.setdefault(number.group, []).append(number)
    for members in by_group.values():
        if len(members) == 2 and all(id(m) in partner for m in members):
            yield from _ends(matched, members[0], members[1], partner[id(members[0])], partner[id(members[1])])
    yield from _counts(matched)
    yield from _routes(matched)
    yield from _ambiguous_dates(matched)


def _family(role: str) -> str:
    return role.removeprefix("ci-")


def _ends(matched: Matched, first: Number, second: Number, left: Number, right: Number) -> Iterator[Issue]:
    source = matched.source.shadow[first.start : second.end]
    span = (min(left.start, right.start), max(left.end, right.end))
    target = matched.target.shadow[span[0] : span[1]]
    spans = (first.start, second.end), span
    if first.readings[0].value == second.readings[0].value:
        return
    check = "B7" if first.role == "low" else "B15" if first.role in ("n", "N") else "B16"
    swapped = (
        left.group == right.group >= 0
        and _family(left.role) == _family(second.role)
        and _family(right.role) == _family(first.role)
    )
    if swapped and check != "B15":
        yield Issue(check, f"The two numbers of {quote(source)} changed places: {quote(target)}.", *spans)
    elif (
        first.role == "low"
        and left.role == "" == right.role
        and left.end <= right.start
        and not matched.target.shadow[left.end : right.start].strip()
    ):
        yield Issue("B7", f"The range {quote(source)} lost its dash: {quote(target)}.", *spans)


def _groups(lexed: Lexed) -> list[list[Number]]:
    found: dict[int, list[Number]] = {}
    for n in lexed.numbers:
        if n.role in ("n", "N", "n%"):
            found.setdefault(n.group, []).append(n)
    return [g for g in found.values() if len(g) == 3]


def _counts(matched: Matched) -> Iterator[Issue]:
    """n/N (%) that agreed in the source and does not in the target, with no number changed."""
    if matched.missing or matched.added:
        return
    here, there = _groups(matched.source), _groups(matched.target)
    if not here or not there or not all(consistent_counts(matched.source, g[0].group) for g in here):
        return
    for group in there:
        if not consistent_counts(matched.target, group[0].group):
            start, end = min(n.start for n in group), max(n.end for n in group)
            yield Issue(
                "B15",
                f"{quote(matched.target.shadow[start:end])}: the counts no longer give the percentage.",
                None,
                (start, end),
            )


def _routes(matched: Matched) -> Iterator[Issue]:
    dosed = any(n.unit and n.unit.dimension in _DOSED for n in matched.source.numbers) or any(
        e.kind == "frequency" for e in matched.source.events
    )
    if not dosed or not fully_read(matched.target.language) or not fully_read(matched.source.language):
        return
    here = routes(matched.source.shadow, matched.source.low)
    there = routes(matched.target.shadow, matched.target.low) if here else {}
    if here and there and here.keys().isdisjoint(there):
        (name, span), (other, place) = next(iter(here.items())), next(iter(there.items()))
        yield Issue("B13", f"The route of administration changed from {name} to {other}.", span, place)


def _ambiguous_dates(matched: Matched) -> Iterator[Issue]:
    """All-digit dates copied as they were into a locale that reads day and month the other way round."""
    if day_month_order(matched.source.language) == day_month_order(matched.target.language):
        return
    for a, b in matched.events:
        if a.kind != "date" or len(a.keys) < 2 or len(b.keys) < 2:
            continue
        left, right = (_ALL_DIGITS.match(x.shadow, e.start) for x, e in ((matched.source, a), (matched.target, b)))
        if left and right and left.groups()[:2] == right.groups()[:2] and int(left[1]) != int(left[2]):
            yield Issue(
                "C3",
                f"{quote(right.group())} may be read as day/month or month/day: write the month as a word.",
                (a.start, a.end),
                (b.start, b.end),
            )
