"""Comparisons of arms that a display of an endpoint prints: estimate, interval and p-value, with the arms that are compared. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.writing import derive
from docpipe.writing.arms import TOTAL, Arms
from docpipe.writing.book import Book, Value
from docpipe.writing.evidence import number_of
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.labels import clean
from docpipe.writing.topics._labelled import display_words, running

_STATISTICS = ("estimate", "se", "lower", "upper", "p")
_SUMMED = frozenset(("mean", "median", "lsmean", "geomean", "n", "pct"))
_VERSUS = re.compile(r"\s+(?:vs\.?|versus|minus|[-\u2013\u2212])\s+", re.IGNORECASE)
_KINDS = (
    (r"hazard ratio|\bhr\b", "hazard ratio"), (r"odds ratio", "odds ratio"), (r"risk ratio|relative risk", "risk ratio"),
    (r"rate ratio", "rate ratio"), (r"ratio of", "ratio"),
    (r"(?:diff\w*).*(?:\bls\b|lsmean|least[- ]squares)|(?:\bls\b|lsmean|least[- ]squares).*diff", "difference in least squares means"),
    (r"risk difference|diff\w*.*(?:proportion|percent|rate|risk)", "difference in proportions"),
    (r"diff\w*.*\bmeans?\b|mean\w*.*diff", "difference in means"), (r"diff", "difference"),
)  # fmt: skip
_LEVEL = re.compile(r"\d\d(?:\.\d+)?\s?%")


@dataclass(slots=True)
class Comparison:
    """``arm`` against ``other``; ``what``: of which kind the estimate is; ``level``: of the interval, for printing."""

    arm: str
    other: str
    what: str = "difference"
    level: str = ""
    of: dict[str, Value] = field(default_factory=dict)

    @property
    def estimate(self) -> Value | None:
        """The difference or ratio."""
        return self.of.get("estimate")

    @property
    def se(self) -> Value | None:
        """Its standard error."""
        return self.of.get("se")

    @property
    def lower(self) -> Value | None:
        """Lower limit of its interval."""
        return self.of.get("lower")

    @property
    def upper(self) -> Value | None:
        """Upper limit of its interval."""
        return self.of.get("upper")

    @property
    def p(self) -> Value | None:
        """The p-value."""
        return self.of.get("p")

    @property
    def ratio(self) -> bool:
        """The estimate is a ratio."""
        return "ratio" in self.what

    @property
    def direction(self) -> int:
        """1 where the arm has the higher value, -1 the lower, 0 where the printed estimate does not tell or is a ratio."""
        number = self.estimate.number if self.estimate is not None else None
        return 0 if number is None or self.ratio or number == 0 else 1 if number > 0 else -1


@dataclass(frozen=True, slots=True)
class Test:
    """A p-value that compares no two arms. ``said``: what was tested, for printing, "" for all groups."""

    said: str
    p: Value


def comparisons(book: Book, shown: DisplayFacts, arms: Arms) -> tuple[tuple[Comparison, ...], tuple[Test, ...]]:
    """Of the rows that hold no summary of an arm's own values."""
    summed = {f.row for f in shown.facts if f.statistic in _SUMMED}
    facts = [
        f for f in shown.facts if f.row and f.row not in summed and f.statistic in _STATISTICS and not _of_one_arm(f)
    ]
    facts += [f for f in shown.facts if f.row in summed and f.statistic == "p" and f.arm == TOTAL]
    control = _control(facts, arms)
    made: list[Comparison] = []
    tests: list[Test] = []
    for fact in facts:
        sides = _sides(fact, arms, control)
        if sides is None and fact.arm in arms.names and not _other_test(fact):
            before = (c for c in reversed(made) if c.arm == fact.arm and fact.statistic not in c.of)
            found = next(before, None)
            sides = (found.arm, found.other) if found is not None else (fact.arm, "") if len(arms.names) > 1 else None
        if sides is None:
            if fact.statistic == "p":
                tests.append(Test(_tested(book, shown, fact), _of_all(book, fact)))
            continue
        current = next((c for c in reversed(made) if (c.arm, c.other) == sides), None)
        if current is None or fact.statistic in current.of:
            current = Comparison(*sides)
            made.append(current)
        current.of[fact.statistic] = book.value(fact)
        label = " ".join(fact.row)
        if fact.statistic == "estimate":
            current.what = next(
                (said for words, said in _KINDS if re.search(words, label, re.IGNORECASE)), "difference"
            )
        if fact.statistic == "lower" and (stated := _LEVEL.search(label)) is not None:
            row = fact.places[0].locator
            number = int(m[1]) if (m := re.search(r"/r(\d+)/", row)) is not None else 0
            current.level = display_words(book, shown.display, number, fact.row, stated[0])
    return tuple(made), tuple(tests)


def _of_one_arm(fact: Fact) -> bool:
    """An interval or standard error of an arm's own mean or share, in a row of its own."""
    label = fact.row[-1]
    return (
        fact.statistic in ("lower", "upper", "se", "estimate")
        and bool(re.search(r"\bmeans?\b|\bmedian\b|proportion|\brate\b|kaplan", label, re.IGNORECASE))
        and not re.search(r"diff|ratio|\bvs\b|versus|minus", " ".join(fact.row), re.IGNORECASE)
    )


def _control(facts: Iterable[Fact], arms: Arms) -> str:
    """The only arm without a comparison in its own column; "" where there is none or several."""
    used = {f.arm for f in facts if f.statistic != "se" and not _other_test(f)}
    left = [a for a in arms.names if a not in used]
    return left[0] if len(left) == 1 and len(arms.names) > 1 else ""


def _sides(fact: Fact, arms: Arms, control: str) -> tuple[str, str] | None:
    both = fact.arm.split(" vs ")
    if len(both) == 2:
        return both[0], both[1]
    for label in fact.row:
        for piece in (*re.findall(r"\(([^()]*)\)", label), re.sub(r"\([^()]*\)", " ", label)):
            sides = _VERSUS.split(clean(piece))
            other = _named(sides[1], arms, False) if len(sides) == 2 else None
            if other:
                arm = _named(sides[0], arms, True) or (fact.arm if fact.arm in arms.names else "")
                return (arm, other) if arm and arm != other else None
        found = re.search(
            r"\b(?:vs\.?|versus|from|against|compared (?:with|to)|comparison (?:with|to)|relative to)\s+(.+)$",
            label,
            re.IGNORECASE,
        )
        if found and (other := _named(found[1], arms, False)) and fact.arm in arms.names and fact.arm != other:
            return fact.arm, other
    if control and fact.arm in arms.names and not _other_test(fact):
        return fact.arm, control
    return None


def _named(words: str, arms: Arms, last: bool) -> str | None:
    """The arm that words name, at their end or their beginning."""
    parts = words.split()
    for cut in range(len(parts)):
        piece = " ".join(parts[cut:] if last else parts[: len(parts) - cut])
        if found := arms.match(piece):
            return found
    return None


def _other_test(fact: Fact) -> bool:
    return fact.statistic == "p" and bool(
        re.search(r"dose|trend|response|overall|interaction|linear", " ".join(fact.row), re.I)
    )


def _tested(book: Book, shown: DisplayFacts, fact: Fact) -> str:
    label = " ".join(fact.row)
    inside = re.search(r"\(([^()]+)\)", label)
    said = (
        inside[1] if inside is not None else re.sub(r"\bp[- ]?values?\b", "", label, flags=re.IGNORECASE).strip(" ,:;-")
    )
    if said.casefold() in ("overall", "all groups", "among groups", "global", "omnibus", "anova", "all arms"):
        return ""
    return display_words(book, shown.display, 0, fact.row, running(said))


def _of_all(book: Book, fact: Fact) -> Value:
    """The p-value as one of all arms: printed in an arm's column, it is not the arm's."""
    said = number_of(fact)
    if fact.arm in ("", TOTAL) or said is None or said[0]:
        return book.value(fact)
    try:
        return book.value(derive.total([fact], arm="", statistic="p"))
    except NotDerivable:
        return book.value(fact)
