"""Population, criteria, objectives, estimands and interventions of a USDM design. Imports the core and its neighbours' parts.

v3 keeps the texts of criteria with the criteria, the interventions with the design and products with the interventions; v4 in pools.
"""

from __future__ import annotations

from docpipe.model.trial import (
    Administration,
    AnalysisPopulation,
    Criterion,
    Endpoint,
    Estimand,
    Identifier,
    Indication,
    Ingredient,
    IntercurrentEvent,
    Intervention,
    Objective,
    Population,
    Product,
    Strength,
    Substance,
)
from docpipe.sources.usdm.references import Texts
from docpipe.sources.usdm.schedule import duration, names
from docpipe.sources.usdm.tree import Item, amount, coded, codes, quantity, span


def criterion(item: Item, texts: Texts) -> Criterion:
    """A criterion with the text of its item (v4) or its own (v3)."""
    key = item.ref("criterionItemId")
    holder = texts.tree.get(key) if key else item
    return Criterion(
        *names(item, texts),
        identifier=item.text("identifier"),
        category=coded(item.one("category")),
        text=texts.words(holder or item, "text"),
        item_id=key,
    )


def population(item: Item, texts: Texts) -> Population:
    """A population with its cohorts."""
    return Population(
        *names(item, texts),
        sex=codes(item.many("plannedSex")),
        healthy=item.flag("includesHealthySubjects"),
        age=span(item.one("plannedAge")),
        enrollment=amount(item.one("plannedEnrollmentNumber", "plannedEnrollmentNumberQuantity", "plannedEnrollmentNumberRange")),
        completion=amount(item.one("plannedCompletionNumber", "plannedCompletionNumberQuantity", "plannedCompletionNumberRange")),
        criterion_ids=item.ids("criterionIds") or tuple(c.id for c in item.many("criteria")),
        cohorts=tuple(population(c, texts) for c in item.many("cohorts")),
    )  # fmt: skip


def objective(item: Item, texts: Texts) -> Objective:
    """An objective with its endpoints."""
    endpoints = tuple(
        Endpoint(
            *names(e, texts),
            text=texts.words(e, "text"),
            purpose=texts.line(e, "purpose"),
            level=coded(e.one("level", "endpointLevel")),
        )
        for e in item.many("endpoints", "objectiveEndpoints")
    )
    return Objective(
        *names(item, texts),
        text=texts.words(item, "text"),
        level=coded(item.one("level", "objectiveLevel")),
        endpoints=endpoints,
    )


def estimand(item: Item, texts: Texts) -> Estimand:
    """An estimand with its intercurrent events."""
    events = tuple(
        IntercurrentEvent(*names(e, texts), text=texts.words(e, "text"), strategy=texts.line(e, "strategy"))
        for e in item.many("intercurrentEvents")
    )
    return Estimand(
        *names(item, texts),
        summary=texts.words(item, "populationSummary", "summaryMeasure"),
        population_id=item.ref("analysisPopulationId", "analysisPopulation"),
        endpoint_id=item.ref("variableOfInterestId", "variableOfInterest"),
        intervention_ids=item.ids("interventionIds", "interventionId", "treatment"),
        events=events,
    )


def analysis_population(item: Item, texts: Texts) -> AnalysisPopulation:
    """A population of the analysis."""
    return AnalysisPopulation(
        *names(item, texts), text=texts.words(item, "text"), subset_of_ids=item.ids("subsetOfIds")
    )


def indication(item: Item, texts: Texts) -> Indication:
    """An indication."""
    return Indication(*names(item, texts), codes=codes(item.many("codes")), rare=item.flag("isRareDisease"))


def intervention(item: Item, texts: Texts) -> Intervention:
    """An intervention with how it is given."""
    return Intervention(
        *names(item, texts),
        role=coded(item.one("role")),
        type=coded(item.one("type")),
        codes=codes(item.many("codes")),
        administrations=tuple(_administration(a, texts) for a in item.many("administrations", "agentAdministrations")),
        designation=coded(item.one("productDesignation")),
    )


def _administration(item: Item, texts: Texts) -> Administration:
    return Administration(
        *names(item, texts),
        dose=quantity(item.one("dose")),
        frequency=coded(item.one("frequency")),
        route=coded(item.one("route")),
        duration=duration(item.one("duration"), texts),
        product_id=item.ref("administrableProductId"),
        device_id=item.ref("medicalDeviceId"),
    )


def product(item: Item, texts: Texts, device: bool = False) -> Product:
    """A product or a device."""
    ingredients = tuple(
        Ingredient(i.id, i.pointer, coded(i.one("role")), _substance(i.one("substance"), texts, 0))
        for i in item.many("ingredients")
    )
    identifiers = tuple(
        Identifier(i.id, i.pointer, i.text("text"), i.ref("scopeId"), coded(i.one("type")))
        for i in item.many("identifiers")
    )
    return Product(
        *names(item, texts),
        form=coded(item.one("administrableDoseForm")),
        sourcing=coded(item.one("sourcing")),
        designation=coded(item.one("productDesignation")),
        identifiers=identifiers,
        ingredients=ingredients,
        device=device,
    )


def _substance(item: Item | None, texts: Texts, depth: int) -> Substance | None:
    if item is None or depth > 3:
        return None
    strengths = tuple(
        Strength(*names(s, texts), numerator=amount(s.one("numerator")), denominator=quantity(s.one("denominator")))
        for s in item.many("strengths")
    )
    reference = _substance(item.one("referenceSubstance"), texts, depth + 1)
    return Substance(*names(item, texts), codes=codes(item.many("codes")), strengths=strengths, reference=reference)
