"""Questions on eligibility: criteria against the planned population, identifiers that stand twice, sizes of cohorts. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from docpipe.model.trial import Criterion, Design, Population, Quantity, Span, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, short

_N = r"(\d{1,3})"
_YEARS = r"\s*(?:years?|yrs?|-year)"
_OLD = r"(?:of age|old|in age)"
_LOW = r"(?:at least|≥|>=|(?:not|no) (?:younger|less) than|minimum(?: age)?(?: of)?|from)"
_OVER = r"(?<!not )(?<!no )(?:older than|over|greater than|more than|above|>)"
_HIGH = r"(?:at most|≤|<=|up to|not older than|maximum(?: age)?(?: of)?|no older than)"
_UNDER = r"(?<!not )(?<!no )(?:younger than|under|less than|below|<)"
_AGED = r"\bage[ds]?\b[^.;:\d]{0,25}?"
_RANGE = re.compile(
    rf"{_AGED}{_N}(?:{_YEARS})?\s*(?:to|through|and|-|–)\s*{_N}\b|\b{_N}(?:{_YEARS})?\s*(?:to|through|and|-|–)\s*{_N}{_YEARS}[^.;:]{{0,12}}{_OLD}", re.IGNORECASE,
)  # fmt: skip
_ON_AGE = re.compile(r"\W*(?:[\w-]+\s+){0,3}age[ds]?\b", re.IGNORECASE)
"""A criterion that is on age from its first words."""
_WOMEN = re.compile(
    r"\b(?:pregnan|breast-?feeding|lactating|childbearing|menopaus)|\b(?:females?|women)\b", re.IGNORECASE
)
_PARTNER = re.compile(r"\bpartners?\b|\bmale participants\b", re.IGNORECASE)
_MEN_ONLY = re.compile(r"\b(?:males?|men)\s+(?:only|participants only)\b|\bonly (?:males?|men)\b|^\W*(?:males?|men)\b(?!.{0,20}\b(?:and|or|females?|women)\b)", re.IGNORECASE)  # fmt: skip
_WOMEN_ONLY = re.compile(r"\b(?:females?|women)\s+(?:only|participants only)\b|\bonly (?:females?|women)\b|^\W*(?:females?|women)\b(?!.{0,20}\b(?:and|or|males?|men)\b)", re.IGNORECASE)  # fmt: skip
_HEALTHY = re.compile(r"\bhealthy\b[^.;]{0,30}\b(?:volunteers?|participants?|subjects?|males?|females?|men|women|adults?)\b", re.IGNORECASE)  # fmt: skip
_ILL = re.compile(r"\b(?:diagnos(?:is|ed)|confirmed|documented)\b[^.;]{0,40}\b(?:of|with)\b", re.IGNORECASE)
_UNIT = {
    "year": Decimal(1),
    "month": Decimal(1) / 12,
    "week": Decimal(7) / Decimal("365.25"),
    "day": 1 / Decimal("365.25"),
}


def _included(design: Design) -> list[Criterion]:
    return [c for c in design.criteria if c.category is not None and "inclusion" in c.category.decode.casefold()]


def _excluded(design: Design) -> list[Criterion]:
    return [c for c in design.criteria if c.category is not None and "exclusion" in c.category.decode.casefold()]


def _years(quantity: Quantity | None) -> Decimal | None:
    """A planned age in years."""
    if quantity is None:
        return None
    unit = quantity.unit.decode.casefold().rstrip("s") if quantity.unit is not None else "year"
    try:
        return Decimal(quantity.value) * _UNIT[unit]
    except (InvalidOperation, KeyError):
        return None


def ages_in(text: str) -> tuple[tuple[Decimal | None, bool], tuple[Decimal | None, bool]]:
    """The lowest and the highest age that a criterion allows, each with whether it is itself allowed; None for what it does not say."""
    found = _RANGE.search(text)
    if found:
        low, high = (Decimal(x) for x in ([g for g in found.groups() if g]))
        return (low, True), (high, True)
    ends: list[tuple[Decimal | None, bool]] = []
    for including, beyond in ((_LOW, _OVER), (_HIGH, _UNDER)):
        end: tuple[Decimal | None, bool] = (None, True)
        for words, itself in ((including, True), (beyond, False)):
            m = re.search(
                rf"{_AGED}{words}\s*{_N}\b|(?<!\w){words}\s*{_N}{_YEARS}[^.;:]{{0,6}}{_OLD}|{_N}{_YEARS}\s*(?:{_OLD})?\s*(?:or|and)\s*"
                + (r"(?:older|above|over)" if including is _LOW else r"(?:younger|below|under)"),
                text, re.IGNORECASE,
            ) or (re.search(rf"{words}()\s*{_N}(){_YEARS}", text, re.IGNORECASE) if _ON_AGE.match(text) else None)  # fmt: skip
            if m and end[0] is None:
                end = (Decimal(next(g for g in m.groups() if g)), itself or bool(m[3]))
        ends.append(end)
    return ends[0], ends[1]


def ages(trial: Trial, design: Design) -> Iterator[Question]:
    """Do the ages of the criteria fit the planned ages?"""
    population = design.population
    if population is None or population.age is None:
        return
    planned = (_years(population.age.low), _years(population.age.high))
    for criterion in _included(design):
        text = criterion.text.text
        for (age, itself), wanted, end, word in zip(
            ages_in(text), planned, (population.age.low, population.age.high), ("youngest", "oldest"), strict=True
        ):
            if age is None or wanted is None or end is None:
                continue
            if itself and age == wanted:
                continue
            if not itself and age in (wanted, wanted - 1 if word == "youngest" else wanted + 1):
                continue
            yield major(
                "criterion_age",
                f"Criterion {criterion.identifier} says {age} years for the {word} participants, the population {wanted.normalize():f}.",
                criterion.pointer, end.pointer, other=f"{wanted.normalize():f} years",
            )  # fmt: skip
    for criterion in _excluded(design):
        (low, _), _ = ages_in(criterion.text.text)
        oldest, youngest = planned[1], planned[0]
        if low is not None and youngest is not None and oldest is not None and youngest <= low < oldest - 1:
            said = f"Criterion {criterion.identifier} excludes ages from {low} years, which the planned ages include."
            yield major("criterion_age", said, criterion.pointer, population.age.pointer)


def sexes(trial: Trial, design: Design) -> Iterator[Question]:
    """Do criteria fit the planned sexes?"""
    population = design.population
    if population is None or not population.sex:
        return
    said = " ".join(c.decode.casefold() for c in population.sex)
    women = "female" in said or "both" in said
    men = bool(re.search(r"\bmale\b", said)) or "both" in said
    at = population.sex[0].pointer
    for criterion in (*_included(design), *_excluded(design)):
        text = criterion.text.text
        if men and not women and _WOMEN.search(text) and not _PARTNER.search(text):
            yield major(
                "criterion_sex",
                f"Criterion {criterion.identifier} is on women; only men are planned.",
                criterion.pointer,
                at,
            )
    for criterion in _included(design):
        only_men, only_women = _MEN_ONLY.search(criterion.text.text), _WOMEN_ONLY.search(criterion.text.text)
        if (only_men and women and not only_women) or (only_women and men and not only_men):
            who = "men" if only_men else "women"
            other = "women too" if only_men else "men too"
            yield major(
                "criterion_sex", f"Criterion {criterion.identifier} admits {who} only; {other} are planned.", criterion.pointer, at
            )  # fmt: skip


def healthy(trial: Trial, design: Design) -> Iterator[Question]:
    """Do criteria fit whether healthy participants are planned?"""
    population = design.population
    if population is None or population.healthy is None:
        return
    for criterion in _included(design):
        text = criterion.text.text
        if population.healthy is False and _HEALTHY.search(text):
            said = f"Criterion {criterion.identifier} asks for healthy participants; the population includes none."
        elif population.healthy and _ILL.search(text) and not _HEALTHY.search(text):
            said = (
                f"Criterion {criterion.identifier} asks for a diagnosis; the population includes healthy participants."
            )
        else:
            continue
        yield major("criterion_health", said, criterion.pointer, population.at("includesHealthySubjects"))


def identifiers(trial: Trial, design: Design) -> Iterator[Question]:
    """Has each criterion an identifier of its own, and does no text stand twice?"""
    for criteria in (_included(design), _excluded(design)):
        seen: dict[str, str] = {}
        for criterion in criteria:
            name = criterion.identifier.strip()
            if not name:
                yield minor(
                    "criterion_unnumbered", f"“{short(criterion.text.text, 60)}” has no identifier.", criterion.pointer
                )
            elif name in seen:
                said = f"Two criteria of one kind have the identifier {name}."
                yield major("criterion_identifier", said, criterion.at("identifier"), f"{seen[name]}/identifier")
            seen.setdefault(name, criterion.pointer)
    texts: dict[str, Criterion] = {}
    for criterion in design.criteria:
        key = " ".join(criterion.text.text.casefold().split())
        if key and key in texts:
            other = texts[key]
            said = f"Criteria {other.identifier} and {criterion.identifier} say the same."
            yield minor("criterion_twice", said, criterion.pointer, other.pointer)
        texts.setdefault(key, criterion)


def sizes(trial: Trial, design: Design) -> Iterator[Question]:
    """Do the cohorts add up to the planned number of participants?"""
    population = design.population
    if population is None or not population.cohorts:
        return
    for attribute, whole, parts in (
        ("plannedEnrollmentNumber", population.enrollment, [c.enrollment for c in population.cohorts]),
        ("plannedCompletionNumber", population.completion, [c.completion for c in population.cohorts]),
    ):
        numbers = [_number(p) for p in parts]
        total = _number(whole)
        if total is None or any(n is None for n in numbers):
            continue
        added = sum(n for n in numbers if n is not None)
        if added != total:
            said = f"The cohorts add up to {added} participants, the population to {total}."
            yield major("cohort_sizes", said, population.at(attribute), *(c.at(attribute) for c in population.cohorts))
    yield from _outside(population)


def _outside(population: Population) -> Iterator[Question]:
    if population.age is None:
        return
    low, high = _years(population.age.low), _years(population.age.high)
    for cohort in population.cohorts:
        own = cohort.age
        if own is None:
            continue
        first, last = _years(own.low), _years(own.high)
        below = low is not None and first is not None and first < low
        above = high is not None and last is not None and last > high
        if below or above:
            said = f"The ages of the cohort “{short(cohort.called, 50)}” go beyond those of the population."
            yield major("cohort_age", said, own.pointer, population.age.pointer)


def _number(given: Quantity | Span | None) -> Decimal | None:
    quantity = given if isinstance(given, Quantity) or given is None else (given.high or given.low)
    try:
        return Decimal(quantity.value) if quantity is not None else None
    except InvalidOperation:
        return None


ASKED = (ages, sexes, healthy, identifiers, sizes)
