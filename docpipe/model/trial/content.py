"""Population, criteria, objectives, estimands and interventions of a designed trial. Core only.

Texts are verbatim, with their references resolved.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial.identity import Identifier
from docpipe.model.trial.parts import NO_WORDS, Coded, DurationOf, Named, Node, Quantity, Span, Words


@dataclass(frozen=True, slots=True)
class Criterion(Named):
    """An eligibility criterion, in the protocol's order. ``text``: its words; ``category``: inclusion or exclusion."""

    identifier: str = ""
    category: Coded | None = None
    text: Words = NO_WORDS
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Population(Named):
    """Who is to be enrolled: the trial's population or a cohort of it."""

    sex: tuple[Coded, ...] = ()
    healthy: bool | None = None
    age: Span | None = None
    enrollment: Quantity | Span | None = None
    completion: Quantity | Span | None = None
    criterion_ids: tuple[str, ...] = ()
    cohorts: tuple[Population, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint(Named):
    """An endpoint of an objective."""

    text: Words = NO_WORDS
    purpose: str = ""
    level: Coded | None = None


@dataclass(frozen=True, slots=True)
class Objective(Named):
    """An objective with its endpoints, in the order of the file."""

    text: Words = NO_WORDS
    level: Coded | None = None
    endpoints: tuple[Endpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class IntercurrentEvent(Named):
    """An intercurrent event of an estimand and the strategy for it."""

    text: Words = NO_WORDS
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisPopulation(Named):
    """A population of the analysis."""

    text: Words = NO_WORDS
    subset_of_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimand(Named):
    """An estimand: population, treatments, variable, summary, intercurrent events."""

    summary: Words = NO_WORDS
    population_id: str = ""
    endpoint_id: str = ""
    intervention_ids: tuple[str, ...] = ()
    events: tuple[IntercurrentEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Indication(Named):
    """A disease or condition."""

    codes: tuple[Coded, ...] = ()
    rare: bool | None = None


@dataclass(frozen=True, slots=True)
class Administration(Named):
    """How an intervention is given."""

    dose: Quantity | None = None
    frequency: Coded | None = None
    route: Coded | None = None
    duration: DurationOf | None = None
    product_id: str = ""
    device_id: str = ""


@dataclass(frozen=True, slots=True)
class Intervention(Named):
    """A trial intervention. ``designation``: IMP or NIMP where the file says so here (v3)."""

    role: Coded | None = None
    type: Coded | None = None
    codes: tuple[Coded, ...] = ()
    administrations: tuple[Administration, ...] = ()
    designation: Coded | None = None


@dataclass(frozen=True, slots=True)
class Strength(Named):
    """The strength of a substance in a product."""

    numerator: Quantity | Span | None = None
    denominator: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Substance(Named):
    """A substance and its strengths."""

    codes: tuple[Coded, ...] = ()
    strengths: tuple[Strength, ...] = ()
    reference: Substance | None = None


@dataclass(frozen=True, slots=True)
class Ingredient(Node):
    """What a substance is in a product."""

    role: Coded | None = None
    substance: Substance | None = None


@dataclass(frozen=True, slots=True)
class Product(Named):
    """A product that is administered; a device too (``device`` true)."""

    form: Coded | None = None
    sourcing: Coded | None = None
    designation: Coded | None = None
    identifiers: tuple[Identifier, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    device: bool = False
