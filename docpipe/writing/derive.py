"""Facts made of facts: differences, sums, ratios, totals, ranges, most common rows, ranks, each with its formula. Imports the core and its room.

Arithmetic is exact on the printed values; results are rounded half up, ties away from zero, and their formula says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.writing import arithmetic
from docpipe.writing.evidence import exact_number, number_of


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row and its counts: ``rank`` from 1, equal values share one; ``value`` decides; ``facts`` of all arms."""

    rank: int
    row: tuple[str, ...]
    value: Fact
    facts: tuple[Fact, ...]


def difference(a: Fact, b: Fact, decimals: int | None = None) -> Fact:
    """``a - b``; of two percentages the result is in percentage points. Raises ``NotDerivable``."""
    return _made((a, b), lambda x, y: x - y, "{0} - {1}", f"difference of {a.statistic}", decimals)


def total(facts: Sequence[Fact], arm: str = "", statistic: str = "") -> Fact:
    """The sum, over arms say. The sum of the counts of subjects is a count only where no subject is in two of them: the caller knows."""
    made = _made(
        tuple(facts),
        lambda *v: sum(v, Decimal(0)),
        " + ".join(f"{{{i}}}" for i in range(len(facts))),
        statistic or facts[0].statistic,
        None,
    )
    ns = {f.arm: f.n for f in facts}
    n = sum(v for v in ns.values() if v is not None) if all(v is not None for v in ns.values()) else None
    return replace(made, arm=arm, n=n if len(ns) > 1 else facts[0].n)


def ratio(a: Fact, b: Fact, decimals: int = 2) -> Fact:
    """``a / b``. Raises ``NotDerivable`` where b is 0."""
    return _made((a, b), _divide, "{0} / {1}", f"ratio of {a.statistic}", decimals)


def share(part: Fact, whole: Fact, decimals: int = 1) -> Fact:
    """``100 * part / whole``, a percentage. Raises ``NotDerivable`` where the whole is 0."""
    made = _made((part, whole), lambda x, y: 100 * _divide(x, y), "100 * {0} / {1}", "share", decimals)
    return replace(
        made, n=int(number) if (number := exact_number(whole)) is not None and number == int(number) else None
    )


def span(facts: Sequence[Fact]) -> tuple[Fact, Fact]:
    """The smallest and the largest of some facts, over arms say: what ``from .. to`` is written of."""
    ids = ", ".join(f"{{{i}}}" for i in range(len(facts)))
    given = tuple(facts)
    return (
        _made(given, lambda *v: min(v), f"min({ids})", f"min of {given[0].statistic}", None),
        _made(given, lambda *v: max(v), f"max({ids})", f"max of {given[0].statistic}", None),
    )


def most_common(
    facts: Iterable[Fact], threshold: Decimal, arms: Sequence[str], depth: int = 2, statistic: str = "pct"
) -> tuple[tuple[Fact, ...], ...]:
    """Rows whose percentage is at least ``threshold`` in any of the arms, one tuple of their facts a row, most common first.

    ``depth``: length of the row's path (2 is preferred terms in a table by organ class). Where the count and N are at hand the
    exact share decides, not the printed percentage. Order: the largest share over arms, then the row's name.
    """
    rows: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        if len(fact.row) == depth and fact.arm in arms:
            rows.setdefault(fact.row, []).append(fact)
    passing = []
    for row, found in rows.items():
        best = max((exact_share(found, arm, statistic) or Decimal(-1) for arm in arms), default=Decimal(-1))
        if best >= threshold:
            passing.append((-best, row, tuple(found)))
    return tuple(found for _, _, found in sorted(passing, key=lambda p: p[:2]))


def exact_share(facts: Iterable[Fact], arm: str, statistic: str = "pct") -> Decimal | None:
    """A row's percentage in an arm: of its count and N where both are there, else as printed; a count of 0 is 0."""
    mine = {f.statistic: f for f in facts if f.arm == arm}
    count = mine.get("n")
    number = exact_number(count)
    if statistic == "pct" and count is not None and number is not None and count.n:
        return arithmetic.percentage(number, count.n)
    return exact_number(mine.get(statistic))


def ranks(facts: Iterable[Fact], arm: str, statistic: str = "n", depth: int = 2) -> tuple[Ranked, ...]:
    """Rows by their value in an arm, largest first; equal values share a rank and stand by name (check N12)."""
    rows: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        if len(fact.row) == depth:
            rows.setdefault(fact.row, []).append(fact)
    values = []
    for row, found in rows.items():
        mine = next((f for f in found if f.arm == arm and f.statistic == statistic), None)
        number = exact_number(mine)
        if mine is not None and number is not None:
            values.append((number, row, mine, tuple(found)))
    values.sort(key=lambda v: (-v[0], v[1]))
    return tuple(Ranked(1 + sum(o[0] > v[0] for o in values), v[1], v[2], v[3]) for v in values)


def largest(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts with the largest value; several where they are equal."""
    numbers = [(n, f) for f in facts if (n := exact_number(f)) is not None]
    top = max((n for n, _ in numbers), default=None)
    return tuple(f for n, f in numbers if n == top)


def evaluates(fact: Fact, inputs: Sequence[Fact]) -> bool:
    """A derived fact of this module still follows from its inputs (check N9); ``inputs`` in the order of ``fact.inputs``."""
    if not inputs or tuple(f.id for f in inputs) != fact.inputs:
        return False
    kind = fact.statistic.partition(" of ")[0]
    if kind in ("min", "max"):
        again = span(inputs)[kind == "max"]
    elif kind in ("difference", "ratio", "share") and len(inputs) == 2:
        maker = {"difference": difference, "ratio": ratio, "share": share}[kind]
        again = maker(inputs[0], inputs[1], fact.decimals or 0)
    else:
        again = total(inputs, fact.arm, fact.statistic)
    return (again.raw, again.formatted, again.formula) == (fact.raw, fact.formatted, fact.formula)


def _divide(x: Decimal, y: Decimal) -> Decimal:
    if y == 0:
        raise NotDerivable("A value cannot be divided by 0.")
    return arithmetic.divided(x, y)


def _made(
    facts: tuple[Fact, ...], rule: Callable[..., Decimal], formula: str, statistic: str, decimals: int | None
) -> Fact:
    if not facts:
        raise NotDerivable("There is no fact to derive from.")
    first = facts[0]
    if len({(f.study, f.data_version) for f in facts}) > 1:
        raise NotDerivable("The facts are of several studies or versions of the data.")
    numbers = []
    for fact in facts:
        said = number_of(fact)
        if said is None or said[0]:
            raise NotDerivable("A fact states no exact number.", fact=fact.id)
        numbers.append(said[1])
    value = rule(*numbers)
    places = max((f.decimals or 0 for f in facts), default=0) if decimals is None else decimals
    shown = arithmetic.rounded(value, places)
    arms = " vs ".join(dict.fromkeys(f.arm for f in facts if f.arm))

    def common(values: Sequence[str]) -> str:
        return values[0] if len(set(values)) == 1 else " and ".join(dict.fromkeys(v for v in values if v))

    rows = tuple(dict.fromkeys(f.row for f in facts if f.row))
    row = rows[0] if len(rows) == 1 else tuple(" / ".join(r) for r in rows)
    ns = {f.n for f in facts}
    return Fact(
        first.study, first.data_version, common([f.display for f in facts]), row, arms, statistic,
        arithmetic.plain(value), format(shown, "f"), places, ns.pop() if len(ns) == 1 else None,
        common([f.population for f in facts]), common([f.window for f in facts]),
        tuple(dict.fromkeys(p for f in facts for p in f.places)),
        f"{formula.format(*(f.id for f in facts))}, rounded half up to {places} decimals", tuple(f.id for f in facts),
    )  # fmt: skip
