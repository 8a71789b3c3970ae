"""A trial as it was designed: what a USDM file says of its protocol, each thing with its id and its place in the file. Core only.

``pointer`` is the JSON pointer of the object (RFC 6901): what a fact of it is bound to. Texts have their references resolved; nothing is
interpreted here: which term of a pick list a code stands for is the business of whoever writes a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.model.source import Designed, Place
from docpipe.model.trial.amendments import (
    Amendment,
    Change,
    Enrollment,
    Impact,
    Reason,
    SectionReference,
)
from docpipe.model.trial.content import (
    Administration,
    AnalysisPopulation,
    Criterion,
    Endpoint,
    Estimand,
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
from docpipe.model.trial.identity import (
    Abbreviation,
    Address,
    Identifier,
    Organization,
    Person,
    Role,
    Site,
    Title,
)
from docpipe.model.trial.narrative import (
    Picture,
    Section,
    TrialDocument,
)
from docpipe.model.trial.parts import (
    NO_WORDS,
    USDM,
    Coded,
    DateValue,
    DurationOf,
    Named,
    Node,
    Quantity,
    Rule,
    Scope,
    Span,
    Words,
    locator_of,
)
from docpipe.model.trial.schedule import (
    Activity,
    Branch,
    Cell,
    Concept,
    Condition,
    Element,
    Encounter,
    Epoch,
    Instance,
    Procedure,
    Timeline,
    Timing,
    TrialArm,
)

__all__ = [
    "NO_WORDS",
    "USDM",
    "Abbreviation",
    "Activity",
    "Address",
    "Administration",
    "Amendment",
    "AnalysisPopulation",
    "Branch",
    "Cell",
    "Change",
    "Coded",
    "Concept",
    "Condition",
    "Criterion",
    "DateValue",
    "Design",
    "DurationOf",
    "Element",
    "Encounter",
    "Endpoint",
    "Enrollment",
    "Epoch",
    "Estimand",
    "Identifier",
    "Impact",
    "Indication",
    "Ingredient",
    "Instance",
    "IntercurrentEvent",
    "Intervention",
    "Named",
    "Node",
    "Objective",
    "Organization",
    "Person",
    "Picture",
    "Population",
    "Procedure",
    "Product",
    "Quantity",
    "Reason",
    "Role",
    "Rule",
    "Scope",
    "Section",
    "SectionReference",
    "Site",
    "Span",
    "Strength",
    "Substance",
    "Timeline",
    "Timing",
    "Title",
    "Trial",
    "TrialArm",
    "TrialDocument",
    "Words",
    "locator_of",
]


@dataclass(frozen=True, slots=True)
class Design(Named):
    """An interventional design."""

    rationale: Words = NO_WORDS
    phase: Coded | None = None
    study_type: Coded | None = None
    model: Coded | None = None
    blinding: Coded | None = None
    intents: tuple[Coded, ...] = ()
    subtypes: tuple[Coded, ...] = ()
    characteristics: tuple[Coded, ...] = ()
    therapeutic_areas: tuple[Coded, ...] = ()
    arms: tuple[TrialArm, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    elements: tuple[Element, ...] = ()
    cells: tuple[Cell, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    activities: tuple[Activity, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    population: Population | None = None
    criteria: tuple[Criterion, ...] = ()
    objectives: tuple[Objective, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    analysis_populations: tuple[AnalysisPopulation, ...] = ()
    indications: tuple[Indication, ...] = ()
    intervention_ids: tuple[str, ...] = ()
    specimens_retained: bool | None = None


@dataclass(frozen=True, slots=True)
class Trial(Designed):
    """A trial as a USDM file has it, or a synopsis. ``usdm``: the version of the model, "" for a synopsis; ``version_identifier``: of the protocol's content.

    ``name``: the study's own name; ``pointer``: of the version of the study that was read. ``pictures``: those that have a place in the narrative. ``resolved``: references in texts that were
    resolved; those that could not be are notices.
    """

    usdm: str
    name: str
    label: str
    description: str
    pointer: str
    version_identifier: str
    rationale: Words
    designs: tuple[Design, ...]
    titles: tuple[Title, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    references: tuple[Identifier, ...] = ()
    organizations: tuple[Organization, ...] = ()
    roles: tuple[Role, ...] = ()
    dates: tuple[DateValue, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    products: tuple[Product, ...] = ()
    concepts: tuple[Concept, ...] = ()
    conditions: tuple[Condition, ...] = ()
    documents: tuple[TrialDocument, ...] = ()
    pictures: tuple[Picture, ...] = ()
    resolved: int = 0

    @property
    def design(self) -> Design:
        """The design that a protocol is written of: the first."""
        return self.designs[0]

    @property
    def protocol(self) -> TrialDocument | None:
        """The document with the richest narrative, None where there is no narrative."""
        told = [d for d in self.documents if d.sections]
        return max(told, key=lambda d: sum(len(s.text.text) for s in d.sections), default=None)

    def place(self, pointer: str) -> Place:
        """The place of an attribute, for facts and quotes."""
        return Place(self.file.sha256, locator_of(pointer))

    def texts(self) -> Iterator[Words]:
        """Every text attribute outside the narrative that a document may quote: criteria, objectives, reasons and the like."""
        yield from (self.rationale, *(t.text for t in self.titles), *(c.text for c in self.conditions))
        for a in self.amendments:
            yield from (a.summary, *(i.text for i in a.impacts))
            yield from (w for c in a.changes for w in (c.summary, c.rationale))
        for d in self.designs:
            yield from (d.rationale, *(c.text for c in d.criteria), *(p.text for p in d.analysis_populations))
            yield from (w for o in d.objectives for w in (o.text, *(e.text for e in o.endpoints)))
            yield from (w for e in d.estimands for w in (e.summary, *(i.text for i in e.events)))
            rules = [r for e in d.elements for r in (e.start, e.end)] + [
                r for v in d.encounters for r in (v.start, v.end)
            ]
            yield from (r.text for r in rules if r is not None)

    def words(self) -> Iterator[Words]:
        """The texts of its narrative, in order."""
        for document in self.documents:
            for section in document.sections:
                yield section.text
