"""Estimates computed from data as facts with formula: Kaplan-Meier medians and the limits of means. Imports the core and its room.

The formula of a median says which records are counted and what is an event; NE (not estimable) stands where the curve does not reach it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing import arithmetic
from docpipe.writing.arms import TOTAL
from docpipe.writing.facts_of_data import Answer, answer, formula_of
from docpipe.writing.records import Frame, Population, Question, Study
from docpipe.writing.survival import LEVEL, curve, mean_limits, median_of

NOT_REACHED = "NE"
EVENT = "0"
"""CNSR of a record that ended with the event (ADaM BDS for time to event)."""


def median_facts(
    study: Study, question: Question, row: tuple[str, ...], population: Population, study_id: str, data_version: str
) -> Iterator[Fact]:
    """``median``, ``lower`` and ``upper`` of every arm that has subjects; the question's variable is the time."""
    frame = study.frames[question.dataset]
    time, censored = frame.index[question.variable], frame.index["CNSR"]
    for arm in study.arms.names:
        found = answer(study, question, population, arm)
        records = [frame.dataset.records[i] for i in found.records]
        times = [
            (arithmetic.decimal_of(t), frame.text(r, "CNSR") == EVENT)
            for r in records
            if isinstance(t := r[time], float) and r[censored] is not None
        ]
        if not times:
            continue
        told = median_of(curve(times))
        of = f"Kaplan-Meier {formula_of(study, found, 'median')}, event where CNSR = {EVENT}"
        for statistic, value in (("median", told.median), ("lower", told.lower), ("upper", told.upper)):
            side = "" if statistic == "median" else f"{statistic} {LEVEL}% confidence limit (log-log) of the "
            yield _fact(study_id, data_version, frame, row, found, statistic, value, None, side + of)


def limit_facts(
    study: Study, question: Question, row: tuple[str, ...], population: Population, study_id: str, data_version: str
) -> Iterator[Fact]:
    """``lower`` and ``upper`` of the mean of every arm with two values or more; decimals as its mean has them."""
    frame = study.frames[question.dataset]
    for arm in study.arms.names:
        found = answer(study, question, population, arm)
        values = study.values(question.dataset, found.records, question.variable)
        limits = mean_limits(values)
        if limits is None:
            continue
        decimals = min(2, max(max(0, -int(v.normalize().as_tuple().exponent)) for v in values)) + 1
        for statistic, value in zip(("lower", "upper"), limits, strict=True):
            formula = f"{statistic} {LEVEL}% confidence limit of the {formula_of(study, found, 'mean')}"
            yield _fact(study_id, data_version, frame, row, found, statistic, value, decimals, formula)


def level_fact(fact: Fact) -> Fact:
    """The level of confidence of a limit."""
    return replace(
        fact, row=(*fact.row, "confidence"), arm=TOTAL, statistic="level", raw=str(LEVEL), formatted=f"{LEVEL}%", decimals=0,
        n=None, formula="confidence level of the limits",
    )  # fmt: skip


def _fact(
    study_id: str, data_version: str, frame: Frame, row: tuple[str, ...], found: Answer, statistic: str, value: Decimal | None,
    decimals: int | None, formula: str,
) -> Fact:  # fmt: skip
    """``decimals`` None: a value as the data have it, such as an observed time."""
    raw = NOT_REACHED if value is None else arithmetic.plain(value)
    shown = raw if value is None or decimals is None else format(arithmetic.rounded(value, decimals), "f")
    digits = None if value is None else len(shown.partition(".")[2])
    place = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
    return Fact(
        study_id, data_version, frame.name, row, found.arm, statistic, raw, shown, digits, found.n, found.population.name, "", place,
        formula,
    )  # fmt: skip
