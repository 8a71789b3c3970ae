"""Objectives with endpoints and estimands, criteria and interventions of a trial, as an ICH M11 protocol tells them. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.model.source import Passage
from docpipe.model.trial import Administration, Criterion, Estimand, Intervention, Objective, Product, Trial
from docpipe.writing.m11.printing import Printer, is_counted, stands_in

_LEVELS = {"primary": "C85826", "secondary": "C85827", "exploratory": "C163559"}
_KINDS = {"inclusion": "C25532", "exclusion": "C25370"}
_ARM_TYPE, _KIND, _USE, _IMP, _SOURCING = "C217283", "C217284", "C217285", "C217286", "C217052"


@dataclass(frozen=True, slots=True)
class EstimandTold:
    """An estimand: attribute and words, a row each, and the attributes that are missing."""

    rows: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """An objective. ``index``: among those of its level, from 1; ``number``: the same, printed; ``endpoints``: printed; ``open``: endpoints that only have a stand-in."""

    index: int
    number: str
    text: str
    endpoints: tuple[str, ...]
    estimands: tuple[EstimandTold, ...]
    open: int = 0


def aims(p: Printer, level: str) -> list[Aim]:
    """The objectives of a level (``primary``, ``secondary``, ``exploratory``) in the order of the file."""
    return [_aim(p, o, n) for n, o in enumerate(of_level(p.trial, level), 1)]


def of_level(trial: Trial, level: str) -> list[Objective]:
    """Objectives by the code or the words of their level."""
    return [
        o for o in trial.design.objectives
        if o.level is not None and (o.level.code == _LEVELS[level] or level in o.level.decode.casefold())
    ]  # fmt: skip


def _aim(p: Printer, objective: Objective, number: int) -> Aim:
    told = [p.words(e.text) for e in objective.endpoints]
    ids = {e.id for e in objective.endpoints}
    estimands = tuple(_estimand(p, e) for e in p.trial.design.estimands if e.endpoint_id in ids)
    order = p.order(objective.pointer, number)
    return Aim(number, order, p.words(objective.text), tuple(t for t in told if t), estimands, told.count(""))


def _estimand(p: Printer, estimand: Estimand) -> EstimandTold:
    design = p.trial.design
    population = next((a for a in design.analysis_populations if a.id == estimand.population_id), None)
    endpoint = next((e for o in design.objectives for e in o.endpoints if e.id == estimand.endpoint_id), None)
    treatments = [i for i in p.trial.interventions if i.id in estimand.intervention_ids]
    rows = [
        ("Population", (p.words(population.text) or p.label(population)) if population is not None else ""),
        ("Treatment", "; ".join(treatment(p, i) for i in treatments)),
        ("Endpoint", p.words(endpoint.text) if endpoint is not None else ""),
        ("Population-level summary", p.words(estimand.summary)),
    ]
    for event in estimand.events:
        said = p.words(event.text) or p.label(event)
        rows.append(("Intercurrent event", said))
        rows.append(("Strategy", p.value(event.at("strategy"), event.strategy)))
    missing = [name.lower() for name, said in rows if not said]
    if not estimand.events:
        missing.append("intercurrent events with their strategies")
    return EstimandTold(tuple((n, s) for n, s in rows if s), tuple(missing))


def treatment(p: Printer, intervention: Intervention) -> str:
    """An intervention with its doses: ``Drug (50 mg, Daily, Oral; 75 mg, Daily, Oral)``."""
    doses = "; ".join(filter(None, (_dose(p, a) for a in intervention.administrations)))
    return f"{p.label(intervention)} ({doses})" if doses else p.label(intervention)


def _dose(p: Printer, a: Administration) -> str:
    return ", ".join(filter(None, (p.quantity(a.dose), p.decode(a.frequency), p.route(a.route))))


# ---------------------------------------------------------------- criteria


@dataclass(frozen=True, slots=True)
class CriterionTold:
    """A criterion: its identifier and its paragraphs, each with the mark of its list item, "" for a paragraph."""

    identifier: str
    first: str
    more: tuple[tuple[str, str], ...]


def criteria(p: Printer, kind: str) -> list[CriterionTold]:
    """The criteria of a kind (``inclusion``, ``exclusion``) word by word, in order."""
    return [_criterion(p, c) for c in of_kind(p.trial, kind)]


def of_kind(trial: Trial, kind: str) -> list[Criterion]:
    """Criteria by the code or the words of their category."""
    return [
        c for c in trial.design.criteria
        if c.category is not None and (c.category.code == _KINDS[kind] or kind in c.category.decode.casefold())
    ]  # fmt: skip


def _criterion(p: Printer, c: Criterion) -> CriterionTold:
    identifier = p.value(c.at("identifier"), c.identifier)
    told = [x for x in c.text.passages if not stands_in(x.text)]
    first = p.links.quote(told[0]) if told else ""
    return CriterionTold(identifier, first, tuple((_mark(x), _said(p, x)) for x in told[1:]))


def _said(p: Printer, passage: Passage) -> str:
    """Its words; the cells of a row one after the other."""
    if passage.kind != "row":
        return p.links.quote(passage)
    return ": ".join(c for c in p.links.cells(passage) if c)


def _mark(passage: Passage) -> str:
    """The mark of a list item in a program text; a counted one of the first depth stands as a paragraph with its number."""
    if passage.kind == "row":
        return "--"
    if passage.kind != "list-item" or (not passage.depth and is_counted(passage.text)):
        return ""
    return "-" * (min(passage.depth, 2) + 1)


# ---------------------------------------------------------------- interventions


@dataclass(frozen=True, slots=True)
class InterventionTable:
    """The overview of interventions, an attribute a row and an administration a column. ``missing``: attributes that none has."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]


def interventions(p: Printer) -> InterventionTable | None:
    """The overview; None without interventions."""
    given = [(i, a) for i in p.trial.interventions for a in i.administrations or (None,)]
    if not given:
        return None
    rows: list[tuple[str, ...]] = []
    missing: list[str] = []
    every = [list(_attributes(p, i, a)) for i, a in given]
    for n, (name, _) in enumerate(every[0]):
        cells = [e[n][1] for e in every]
        if any(cells):
            rows.append((name, *(c or "–" for c in cells)))
        else:
            missing.append(name if name[:2].isupper() else name[0].lower() + name[1:])
    heads = tuple(_head(p, i, a) for i, a in given)
    return InterventionTable(("Attribute", *heads), tuple(rows), tuple(missing))


def _head(p: Printer, i: Intervention, a: Administration | None) -> str:
    return (p.description(a) or p.label(a) if a is not None else "") or p.label(i)


def _attributes(p: Printer, i: Intervention, a: Administration | None) -> Iterator[tuple[str, str]]:
    design = p.trial.design
    elements = {e.id for e in design.elements if i.id in e.intervention_ids}
    arm_ids = {c.arm_id for c in design.cells if elements & set(c.element_ids)}
    arms = [arm for arm in design.arms if arm.id in arm_ids]
    product = _product(p.trial, a)
    yield "Arm name", "; ".join(p.label(arm) for arm in arms)
    yield "Arm type", "; ".join(dict.fromkeys(p.pick(_ARM_TYPE, arm.type) for arm in arms))
    yield "Intervention name", p.label(i)
    yield "Intervention type", p.pick(_KIND, i.type)
    yield "Pharmaceutical dose form", p.decode(product.form) if product is not None else ""
    yield "Dosage strength", _strengths(p, product)
    yield "Dosage level", p.quantity(a.dose) if a is not None else ""
    yield "Route of administration", p.route(a.route) if a is not None else ""
    yield "Frequency", p.decode(a.frequency) if a is not None else ""
    yield "Treatment period", p.duration(a.duration) if a is not None else ""
    yield "Use", p.pick(_USE, i.role)
    yield "IMP or NIMP", p.pick(_IMP, (product.designation if product is not None else None) or i.designation)
    yield "Sourcing", p.pick(_SOURCING, product.sourcing if product is not None else None)


def _product(trial: Trial, a: Administration | None) -> Product | None:
    ids = {a.product_id, a.device_id} - {""} if a is not None else set()
    return next((x for x in trial.products if x.id in ids), None)


def _strengths(p: Printer, product: Product | None) -> str:
    found: list[str] = []
    for ingredient in product.ingredients if product is not None else ():
        for strength in ingredient.substance.strengths if ingredient.substance is not None else ():
            parts = [p.quantity(strength.numerator), p.quantity(strength.denominator)]
            found.append("/".join(x for x in parts if x))
    return "; ".join(x for x in found if x)


def arms(p: Printer) -> list[tuple[str, str, str]]:
    """Label, type and description of each arm."""
    return [(p.label(a), p.pick(_ARM_TYPE, a.type), p.description(a)) for a in p.trial.design.arms]
