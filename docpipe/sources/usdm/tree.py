"""A USDM file as a tree with places: attributes of either version by their names, objects by id, ids that lead nowhere. Imports errors and the core.

Source: CDISC USDM v4.0 data structure (MIT), and the attribute names of v3.0 where they differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import DataDamaged
from docpipe.model.trial import Coded, Quantity, Span

_MOST_DEEP = 60
_NUMERAL = re.compile(r"-?\d+(\.\d*)?([eE][-+]?\d+)?")
_NAMES = (
    "Abbreviation Activity Address AdministrableProduct AdministrableProductIdentifier AdministrableProductProperty Administration "
    "AgentAdministration AdministrationDuration AliasCode AnalysisPopulation AssignedPerson BiomedicalConcept BiomedicalConceptCategory "
    "BiomedicalConceptProperty BiomedicalConceptSurrogate BiospecimenRetention Characteristic Code CommentAnnotation Condition "
    "ConditionAssignment DocumentContentReference Duration EligibilityCriterion EligibilityCriterionItem Encounter Endpoint Estimand "
    "ExtensionAttribute ExtensionClass GeographicScope GovernanceDate Indication Ingredient IntercurrentEvent InterventionalStudyDesign "
    "Masking MedicalDevice MedicalDeviceIdentifier NarrativeContent NarrativeContentItem Objective ObservationalStudyDesign Organization "
    "ParameterMap PersonName Procedure ProductOrganizationRole Quantity Range ReferenceIdentifier ResearchOrganization ResponseCode "
    "ScheduleTimeline ScheduleTimelineExit ScheduledActivityInstance ScheduledDecisionInstance Strength Study StudyAmendment "
    "StudyAmendmentImpact StudyAmendmentReason StudyArm StudyCell StudyChange StudyCohort StudyDefinitionDocument "
    "StudyDefinitionDocumentVersion StudyDesign StudyDesignPopulation StudyElement StudyEpoch StudyIdentifier StudyIntervention "
    "StudyProtocolDocument StudyProtocolDocumentVersion StudyRole StudySite StudyTitle StudyVersion SubjectEnrollment Substance "
    "SyntaxTemplateDictionary Timing TransitionRule"
)
CLASSES = frozenset(_NAMES.split())
"""Classes of v3 and v4; any other is noticed."""


@dataclass(frozen=True, slots=True)
class Item:
    """A JSON object and its pointer."""

    data: dict[str, Any]
    pointer: str

    @property
    def id(self) -> str:
        """Its id, "" where it has none."""
        found = self.data.get("id")
        return found if isinstance(found, str) else ""

    @property
    def kind(self) -> str:
        """Its class as the file says, "" where it does not."""
        found = self.data.get("instanceType")
        return found if isinstance(found, str) else ""

    def text(self, *keys: str) -> str:
        """The first of the keys that holds words or a number; white space as it is."""
        for key in keys:
            found = self.data.get(key)
            if isinstance(found, str) and found.strip():
                return found
            if isinstance(found, (int, float)) and not isinstance(found, bool):
                return str(found)
        return ""

    def key(self, *keys: str) -> str:
        """The first of the keys that the object has with a value, else the first."""
        return next((k for k in keys if self.data.get(k) not in (None, "", [], {})), keys[0])

    def flag(self, *keys: str) -> bool | None:
        """A truth value; None where it is not said."""
        return next((v for k in keys if isinstance(v := self.data.get(k), bool)), None)

    def one(self, *keys: str) -> Item | None:
        """An object inside."""
        for key in keys:
            found = self.data.get(key)
            if isinstance(found, dict):
                return Item(found, f"{self.pointer}/{key}")
        return None

    def many(self, *keys: str) -> list[Item]:
        """Objects inside; a single one counts as a list of one. Raises ``DataDamaged`` for anything else in a list."""
        for key in keys:
            found = self.data.get(key)
            if isinstance(found, dict):
                return [Item(found, f"{self.pointer}/{key}")]
            if isinstance(found, list):
                if not all(isinstance(o, dict) for o in found):
                    raise DataDamaged("A list of the USDM file holds something that is no object.", key=key)
                if found:
                    return [Item(o, f"{self.pointer}/{key}/{n}") for n, o in enumerate(found)]
        return []

    def ids(self, *keys: str) -> tuple[str, ...]:
        """Ids that it refers to."""
        for key in keys:
            found = self.data.get(key)
            if isinstance(found, str) and found:
                return (found,)
            if isinstance(found, list) and found:
                return tuple(i for i in found if isinstance(i, str))
        return ()

    def ref(self, *keys: str) -> str:
        """The id that it refers to, or that of the object that stands there."""
        inside = self.one(*keys)
        return next(iter(self.ids(*keys)), "") or (inside.id if inside is not None else "")

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        found = self.data.get(key)
        return tuple(s for s in found if isinstance(s, str) and s) if isinstance(found, list) else ()


@dataclass(slots=True)
class Tree:
    """The objects of a file by id. ``twice``: ids that two different objects have; ``strange``: classes that USDM does not have."""

    objects: dict[str, Item] = field(default_factory=dict)
    twice: Counter[str] = field(default_factory=Counter)
    strange: dict[str, str] = field(default_factory=dict)
    dangling: list[tuple[str, str]] = field(default_factory=list)
    """Class and attribute, and the pointer of each reference that leads nowhere."""

    def get(self, key: str) -> Item | None:
        """An object by id."""
        return self.objects.get(key)


def grown(root: Item) -> Tree:
    """All objects under one. Raises ``DataDamaged`` where it is nested too deeply."""
    tree = Tree()
    referring: list[tuple[str, str, str]] = []
    for item in _every(root.data, root.pointer, 0):
        key = item.id
        if key and key in tree.objects and tree.objects[key].data != item.data:
            tree.twice[key] += 1
        elif key:
            tree.objects[key] = item
        if item.kind and item.kind not in CLASSES:
            tree.strange.setdefault(item.kind, item.pointer)
        for name in item.data:
            if name != "id" and name.endswith(("Id", "Ids")):
                referring += [(f"{item.kind or 'object'}.{name}", f"{item.pointer}/{name}", i) for i in item.ids(name)]
    tree.dangling = [(name, pointer) for name, pointer, i in referring if i not in tree.objects]
    return tree


def _every(value: Any, pointer: str, depth: int) -> Iterator[Item]:
    if depth > _MOST_DEEP:
        raise DataDamaged("The USDM file is nested too deeply.")
    if isinstance(value, dict):
        yield Item(value, pointer)
        for key, part in value.items():
            if isinstance(part, (dict, list)):
                yield from _every(part, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            if isinstance(part, (dict, list)):
                yield from _every(part, f"{pointer}/{number}", depth + 1)


def ordered(items: list[Item]) -> tuple[list[Item], bool]:
    """Items in the order of their chain (previousId, nextId) where it holds them all, else as they stand; and whether a chain contradicts itself."""
    follows = {i.id: i.ref("nextId") for i in items}
    if not any(follows.values()):
        return items, False
    by_id = {i.id: i for i in items}
    heads = [i for i in by_id if i not in set(follows.values())]
    found: list[Item] = []
    at = heads[0] if len(heads) == 1 else ""
    while at in by_id and len(found) < len(items):
        found.append(by_id[at])
        at = follows[at]
    return (found, False) if len(found) == len(items) else (items, True)


def digits(value: str) -> str:
    """A number as people write it: ``300`` for ``300.0``; anything else as it is."""
    if not _NUMERAL.fullmatch(value) or "e" in value.lower():
        return value
    return value.rstrip("0").rstrip(".") if "." in value else value


def coded(item: Item | None) -> Coded | None:
    """A code; of an alias the standard one. None where there is none."""
    if item is None:
        return None
    inner = item.one("standardCode") or item
    code, decode = inner.text("code"), inner.text("decode")
    return Coded(code, decode, inner.pointer, inner.text("codeSystem")) if code or decode else None


def codes(items: list[Item]) -> tuple[Coded, ...]:
    """Several."""
    return tuple(c for i in items if (c := coded(i)) is not None)


def quantity(item: Item | None) -> Quantity | None:
    """A value and its unit; None where there is no value."""
    if item is None or not (said := item.text("value")):
        return None
    return Quantity(digits(said), f"{item.pointer}/value", coded(item.one("unit")))


def amount(item: Item | None) -> Quantity | Span | None:
    """A quantity or a range. In v3 a range has bare numbers and one unit."""
    if item is None:
        return None
    if not any(k in item.data for k in ("minValue", "maxValue")):
        return quantity(item)
    unit = coded(item.one("unit"))
    ends: list[Quantity | None] = []
    for key in ("minValue", "maxValue"):
        bare = item.text(key)
        ends.append(
            quantity(item.one(key)) or (Quantity(digits(bare), f"{item.pointer}/{key}", unit) if bare else None)
        )
    return Span(item.pointer, ends[0], ends[1], bool(item.flag("isApproximate")))


def span(item: Item | None) -> Span | None:
    """A range; a single quantity has no lower end."""
    found = amount(item)
    return Span(found.pointer, None, found) if isinstance(found, Quantity) else found
