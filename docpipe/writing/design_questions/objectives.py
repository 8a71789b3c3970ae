"""Questions on objectives, endpoints and estimands. Imports the core and its room.

Source: ICH E9(R1), A.3.3 (attributes of an estimand).
"""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.model.trial import Coded, Design, Estimand, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, named, short


def is_primary(level: Coded | None) -> bool:
    """Whether an objective or endpoint is a primary one."""
    return level is not None and "primary" in level.decode.casefold()


def primary_endpoints(trial: Trial, design: Design) -> Iterator[Question]:
    """Is there a primary objective, and has each an endpoint?"""
    first = [o for o in design.objectives if is_primary(o.level)]
    if not first:
        yield major("no_primary_objective", "The design has no primary objective.", design.at("objectives"))
    for objective in first:
        if not objective.endpoints:
            said = f"The primary objective “{short(objective.text.text or named(objective))}” has no endpoint."
            yield major("objective_without_endpoint", said, objective.pointer)


def primary(trial: Trial, design: Design) -> Iterator[Question]:
    """Has each primary objective an estimand, each other one an endpoint?"""
    variables = {e.endpoint_id for e in design.estimands}
    for objective in design.objectives:
        said = short(objective.text.text or named(objective))
        at = (objective.pointer, *(e.pointer for e in objective.endpoints))
        if not is_primary(objective.level) and not objective.endpoints:
            yield minor("objective_without_endpoint", f"The objective “{said}” has no endpoint.", *at)
        elif (
            is_primary(objective.level)
            and objective.endpoints
            and not any(e.id in variables for e in objective.endpoints)
        ):
            message = f"No estimand is defined for the primary objective “{said}”."
            yield major("objective_without_estimand", message, *at)


def estimands(trial: Trial, design: Design) -> Iterator[Question]:
    """Has each estimand its attributes?"""
    populations = {p.id for p in design.analysis_populations} | ({design.population.id} if design.population else set())
    endpoints = {e.id for o in design.objectives for e in o.endpoints}
    treatments = {i.id for i in trial.interventions}
    for estimand in design.estimands:
        called = named(estimand)
        if not estimand.events:
            yield major(
                "estimand_without_events", f"The estimand {called} names no intercurrent event.", estimand.at("intercurrentEvents")
            )  # fmt: skip
        for event in estimand.events:
            if not event.strategy.strip():
                said = f"The intercurrent event {named(event)} of the estimand {called} has no strategy."
                yield major("event_without_strategy", said, event.pointer)
        for what, attribute in _missing(estimand, populations, endpoints, treatments):
            yield major("estimand_incomplete", f"The estimand {called} has no {what}.", estimand.at(attribute))


def _missing(
    estimand: Estimand, populations: set[str], endpoints: set[str], treatments: set[str]
) -> Iterator[tuple[str, str]]:
    if estimand.population_id not in populations:
        yield "population", "analysisPopulationId"
    if estimand.endpoint_id not in endpoints:
        yield "variable", "variableOfInterestId"
    if not set(estimand.intervention_ids) & treatments:
        yield "treatment", "interventionIds"
    if not estimand.summary:
        yield "population-level summary", "populationSummary"


ASKED = (primary_endpoints, primary, estimands)
