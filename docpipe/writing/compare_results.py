"""Analysis results (ARS) against the data: the file names dataset and variable, groups and set. Imports the core and its own room."""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.model.source import Result, Results
from docpipe.writing import arithmetic
from docpipe.writing.align import Aligned, similarity
from docpipe.writing.compare import Comparison, NotCompared, Pairing
from docpipe.writing.evidence import Evidence, evidence, number_of, said_of
from docpipe.writing.facts_of_data import answer, formula_of
from docpipe.writing.facts_of_results import ResultFacts
from docpipe.writing.records import SUBJECT, Condition, Frame, Question, Study
from docpipe.writing.sets import population_named
from docpipe.writing.synonyms import value_for

_BINARY = 10
"""Decimals to which a raw value computed in binary can be trusted."""
_EMERGENT = Condition("TRTEMFL", ("Y",))
_SUBSETS = {
    "treatment emergent adverse events": (_EMERGENT,),
    "serious treatment emergent adverse events": (_EMERGENT, Condition("AESER", ("Y",))),
    "treatment emergent adverse events leading to death": (_EMERGENT, Condition("AESDTH", ("Y",))),
}
_COUNTED = ("n", "pct", "N")
_SUMMED = ("n", "mean", "sd", "median", "q1", "q3", "min", "max")


def compare_results(results: Results, read: ResultFacts, study: Study) -> Comparison:
    """Every fact of an analysis-results file against the datasets that the study has here."""
    by_place: Mapping[str, Result] = {f"result:{r.id}": r for r in results.results}
    pairs: list[Pairing] = []
    left: list[NotCompared] = []
    findings: list[Evidence] = []
    for fact in read.facts:
        aligned = _align(by_place[fact.places[0].locator], fact, study)
        if isinstance(aligned, str):
            left.append(NotCompared(fact, aligned))
            continue
        found = answer(study, aligned.question, aligned.population, fact.arm)
        statistic = "n" if fact.statistic == "N" else fact.statistic
        exact, said = found.values.get(statistic), number_of(fact)
        if exact is None or said is None:
            left.append(NotCompared(fact, "The data give no such value."))
            continue
        decimals = min(len(fact.raw.partition(".")[2]), _BINARY)
        fits = arithmetic.fits(exact, arithmetic.rounded(said[1], decimals), decimals, said[0])
        pairs.append(Pairing(fact, exact, formula_of(study, found, statistic), fits))
        if not fits:
            expected = format(arithmetic.rounded(exact, decimals), "f")
            message = f"{said_of(fact)}: the results file says {fact.raw}, the data give {expected}."
            findings.append(
                evidence("N2.value-differs", Severity.CRITICAL, message, (fact,), expected, pairs[-1].formula)
            )
    return Comparison(tuple(pairs), tuple(left), tuple(findings))


def _align(result: Result, fact: Fact, study: Study) -> Aligned | str:
    dataset, _, variable = result.variable.upper().partition(".")
    frame = study.frames.get(dataset)
    if frame is None:
        return "The dataset of the result is not among the sources."
    population = population_named(study, fact.population)
    if population is None:
        return "The data flag no analysis set of this name."
    if fact.arm not in ("", *study.arms.names):
        return "The result compares arms."
    counting = variable == SUBJECT
    if fact.statistic not in (_COUNTED if counting else _SUMMED) or (
        not counting and (variable not in frame or frame.variable(variable).kind != "number")
    ):
        return f"The statistic {fact.statistic} is not recomputed."
    conditions: list[Condition] = []
    subset = result.subset.casefold().replace("-", " ").strip()
    if subset:
        if subset not in _SUBSETS or "TRTEMFL" not in frame:
            return "The subset of the result is not one that is known."
        conditions += _SUBSETS[subset]
    for factor, level in result.groups:
        if "treat" in factor.casefold() and level in (*study.arms.names, ""):
            continue
        condition = _group(frame, factor, level)
        if condition is None:
            return "A group of the result is no value of the data."
        conditions.append(condition)
    return Aligned(Question(frame.name, tuple(conditions), "" if counting else variable), population)


def _group(frame: Frame, factor: str, level: str) -> Condition | None:
    """The value of the variable that a group is about: the likest label among the variables that have the value."""
    ranked = []
    for variable in frame.dataset.variables:
        name = variable.name.upper()
        if variable.kind != "text" or name == SUBJECT or len(frame.levels(name)) > 400:
            continue
        value = value_for(level, frame.levels(name))
        if value is not None:
            ranked.append((similarity(factor, variable.label or name), name, value))
    ranked.sort(key=lambda r: (-r[0], r[1]))
    alike = {frame.having(name)[value] for likeness, name, value in ranked if likeness == ranked[0][0]}
    return Condition(ranked[0][1], (ranked[0][2],)) if len(alike) == 1 else None
