"""Displayed facts against the data: what agrees, what does not, what cannot be compared. Imports the core and its own room.

A disagreement is a finding of the drafting checks (N2 value, P1 size of a set, N13 completeness, N14 arm) with both sides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.finding import Finding, Severity
from docpipe.model.source import Display
from docpipe.writing import arithmetic
from docpipe.writing.align import Aligned, Aligner, Decodes
from docpipe.writing.arms import TOTAL
from docpipe.writing.evidence import Evidence, evidence, number_of, said_of
from docpipe.writing.facts_of_data import Answer, answer, formula_of
from docpipe.writing.records import Condition, Population, Question, Study
from docpipe.writing.sets import ALL, population_named


@dataclass(frozen=True, slots=True)
class Pairing:
    """A displayed fact beside what the data say: the exact value and how it was computed."""

    shown: Fact
    exact: Decimal
    formula: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A displayed fact that has no counterpart, and why."""

    shown: Fact
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every displayed fact is in ``pairs`` or in ``left``."""

    pairs: tuple[Pairing, ...]
    left: tuple[NotCompared, ...]
    findings: tuple[Evidence, ...]

    @property
    def agreeing(self) -> int:
        """How many compared facts agree."""
        return sum(p.agrees for p in self.pairs)

    def reasons(self) -> Counter[str]:
        """Why facts were not compared, with how many."""
        return Counter(n.reason for n in self.left)


def compare(display: Display, facts: Sequence[Fact], study: Study, decodes: Decodes | None = None) -> Comparison:
    """The facts of one display against the datasets."""
    aligner = Aligner(display, facts, study, decodes)
    known: dict[tuple[Question, Population, str], Answer] = {}
    pairs: list[Pairing] = []
    left: list[NotCompared] = []
    answers: dict[int, Answer] = {}
    for fact in facts:
        test = _fisher(aligner, fact, study, known) if fact.statistic == "p" else None
        found = test or _answer(aligner, fact, study, known)
        if isinstance(found, str):
            left.append(NotCompared(fact, found))
            continue
        exact, said = found.values.get(_asked(fact)), number_of(fact)
        if exact is None or said is None:
            left.append(
                NotCompared(fact, "The data give no such value." if exact is None else "The cell states no number.")
            )
            continue
        fits = arithmetic.fits(exact, said[1], fact.decimals or 0, said[0])
        formula = formula_of(study, found, _asked(fact))
        answers[len(pairs)] = found
        pairs.append(
            Pairing(fact, exact, f"Fisher's exact test, two-sided, of {fact.arm}: {formula}" if test else formula, fits)
        )
    wrong = [(p, answers[i]) for i, p in enumerate(pairs) if not p.agrees]
    findings = [*_swapped(wrong, pairs, study), *(_differs(p, a) for p, a in wrong), *_missing(aligner, study, facts)]
    return Comparison(tuple(pairs), tuple(left), tuple(findings))


def _asked(fact: Fact) -> str:
    return "n" if fact.statistic == "N" and fact.row else "denominator" if fact.statistic == "N" else fact.statistic


def _answer(
    aligner: Aligner, fact: Fact, study: Study, known: dict[tuple[Question, Population, str], Answer]
) -> Answer | str:
    found = aligner.align(fact)
    if not isinstance(found, Aligned):
        return found
    key = (found.question, found.population, fact.arm)
    if key not in known:
        known[key] = answer(study, *key)
    return known[key]


def _fisher(
    aligner: Aligner, fact: Fact, study: Study, known: dict[tuple[Question, Population, str], Answer]
) -> Answer | None:
    """The p-value of Fisher's exact test of two arms, where the display names the test and the column two arms."""
    arms = fact.arm.split(" vs ")
    heads = [part for head in aligner.display.columns for part in head.path]
    named = any("fisher" in text.casefold() for text in (*heads, *aligner.display.footnotes))
    if len(arms) != 2 or not named or not set(arms) <= set(study.arms.names):
        return None
    one, other = (_answer(aligner, replace(fact, statistic="n", arm=arm), study, known) for arm in arms)
    if isinstance(one, str) or isinstance(other, str) or one.question.variable:
        return None
    p = arithmetic.fisher_two_sided(int(one.values["n"]), one.n, int(other.values["n"]), other.n)
    return replace(one, values={"p": arithmetic.of_fraction(p)}, arm=TOTAL)


def _differs(pair: Pairing, found: Answer) -> Evidence:
    fact = pair.shown
    if (said := number_of(fact)) and not said[0] and _tie(pair.exact, said[1], fact.decimals or 0):
        message = f"{said_of(fact)}: {fact.formatted} is rounded down from {arithmetic.plain(pair.exact)}, which lies halfway."
        return Evidence(
            Finding("N5.tie-rounded-down", Severity.MINOR, message),
            (fact,),
            arithmetic.plain(pair.exact),
            pair.formula,
            fact.places,
        )
    expected = format(arithmetic.rounded(pair.exact, fact.decimals or 0), "f")
    check = "P1.set-size" if fact.statistic == "N" else "N2.value-differs"
    message = f"{said_of(fact)}: the table says {fact.formatted}, the data give {expected}."
    return Evidence(
        Finding(check, Severity.CRITICAL, message, suggestion=expected), (fact,), expected, pair.formula, fact.places
    )


def _tie(exact: Decimal, said: Decimal, decimals: int) -> bool:
    """Halfway between two printable values, of which the table has the other one: binary arithmetic does that."""
    return abs(exact - said) * 2 == Decimal(1).scaleb(-decimals)


def _swapped(wrong: Sequence[tuple[Pairing, Answer]], pairs: Sequence[Pairing], study: Study) -> Iterator[Evidence]:
    """Two arms whose values stand in each other's columns: every wrong value of the one is right for the other, in two rows or more."""
    by_arm: dict[str, list[tuple[Pairing, Answer]]] = defaultdict(list)
    for pair, found in wrong:
        if pair.shown.arm in study.arms.names and pair.shown.statistic != "N":
            by_arm[pair.shown.arm].append((pair, found))
    arms = [a for a in study.arms.names if a in by_arm]
    for i, a in enumerate(arms):
        for b in arms[i + 1 :]:
            rows = {p.shown.row for p, _ in by_arm[a]} & {p.shown.row for p, _ in by_arm[b]}
            both = [(p, f, b) for p, f in by_arm[a]] + [(p, f, a) for p, f in by_arm[b]]
            if len(rows) > 1 and all(
                _right_for(study, p, f, arm) for p, f, arm in both if p.shown.row in rows and p.shown.statistic != "pct"
            ):
                shown = tuple(p.shown for p, _, _ in both if p.shown.row in rows)
                message = f"{shown[0].display}: the values of {a} and of {b} stand in each other's columns in {len(rows)} rows."
                yield evidence("N14.arm-swap", Severity.CRITICAL, message, shown)


def _right_for(study: Study, pair: Pairing, found: Answer, arm: str) -> bool:
    said, other = (
        number_of(pair.shown),
        answer(study, found.question, found.population, arm).values.get(_asked(pair.shown)),
    )
    return said is not None and other is not None and arithmetic.fits(other, said[1], pair.shown.decimals or 0, said[0])


def _missing(aligner: Aligner, study: Study, facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Organ classes and terms of the data without a row; only where the display does not state a threshold."""
    yield from _missing_categories(aligner, study, facts)
    about = aligner.event_terms()
    frame = aligner.events
    if about is None or frame is None or _threshold(aligner.display):
        return
    conditions, organ, term = about
    population = population_named(study, aligner.display.population) or ALL
    counted = {f.row: f for f in facts if f.statistic == "n"}
    found_rows = (aligner.align(f) for f in counted.values())
    shown = {a.question.conditions for a in found_rows if isinstance(a, Aligned)}
    wanted: dict[tuple[str, ...], tuple[Condition, ...]] = {}
    for i in answer(study, Question(frame.name, conditions), population).records:
        record = frame.dataset.records[i]
        c, t = Condition(organ, (frame.text(record, organ),)), Condition(term, (frame.text(record, term),))
        wanted[c.values] = (*conditions, c)
        wanted[c.values + t.values] = (*conditions, c, t)
    for names in sorted(wanted):
        if wanted[names] not in shown:
            found = answer(study, Question(frame.name, wanted[names]), population)
            message = f"{aligner.display.number}: no row for {' / '.join(names)}, which the data have."
            expected = format(found.values["n"], "f")
            yield Evidence(
                Finding("N13.row-missing", Severity.CRITICAL, message), (), expected, formula_of(study, found, "n"),
                (aligner.display.place(0, 0),),
            )  # fmt: skip


def _missing_categories(aligner: Aligner, study: Study, facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Values that subjects of the display's set have and that no row of their group names."""
    population = population_named(study, aligner.display.population)
    if population is None or study.base is None:
        return
    for group, value, outer in aligner.unnamed():
        found = answer(study, Question(study.base.name, (*outer, value)), population)
        if found.values["n"]:
            said = format(found.values["n"], "f")
            message = f"{aligner.display.number}: {' / '.join(group)} has no row for {value.said}, which the data have for {said} subjects."
            shown = [f for f in facts if f.row[:-1] == group][:1]
            yield evidence("N13.row-missing", Severity.MAJOR, message, shown, said, formula_of(study, found, "n"))


def _threshold(display: Display) -> bool:
    texts: Iterable[str] = (display.title, *display.footnotes)
    return any(
        "%" in t and any(w in t.casefold() for w in (">=", "\u2265", ">", "at least", "more than", "or more"))
        for t in texts
    )
