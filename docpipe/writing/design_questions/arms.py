"""Questions on arms, elements, blinding, randomisation and doses. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from docpipe.model.trial import Design, Product, Quantity, Span, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, named
from docpipe.writing.schema.trial import randomised

_RATIO = re.compile(
    r"\b\d+\s*:\s*\d+(?:\s*:\s*\d+)*\s+(?:ratio|randomi|allocation)|\b(?:ratio|randomi[sz]\w*|allocat\w*|assign\w*)\b[^.;]{0,80}?\b\d+\s*:\s*\d+"
    r"|\bequal(?:ly)?\b[^.;]{0,40}\b(?:ratio|allocat|randomi|assign|numbers?)|\b(?:randomi[sz]\w*|allocat\w*)\b[^.;]{0,60}\bequal",
    re.IGNORECASE,
)  # fmt: skip
_UNITS = {
    "milligram": "mg", "mg": "mg", "gram": "g", "g": "g", "microgram": "ug", "µg": "ug", "μg": "ug", "mcg": "ug", "ug": "ug", "nanogram": "ng", "ng": "ng",
    "milliliter": "ml", "millilitre": "ml", "ml": "ml", "international unit": "iu", "iu": "iu",
}  # fmt: skip
_MILLIGRAMS = {"g": Decimal(1000), "mg": Decimal(1), "ug": Decimal("0.001"), "ng": Decimal("0.000001")}
_DOSE = re.compile(
    r"(?<![\w.])(\d+(?:[.,]\d+)?)\s?(mg|mcg|µg|μg|ug|ng|g|IU|mL)(?![\w²³])(?!\s*/\s*(?:d?L|mL)\b)(/kg|/m2|/m²)?"
)


def cells(trial: Trial, design: Design) -> Iterator[Question]:
    """Has each arm a cell with an element in each period, and is each element used?"""
    held = {(c.arm_id, c.epoch_id): c for c in design.cells}
    elements = {e.id for e in design.elements}
    for arm in design.arms:
        own = [c for c in design.cells if c.arm_id == arm.id]
        if not own and design.epochs:
            yield major("arm_without_cells", f"The arm “{named(arm)}” has no cell in any period.", arm.pointer)
            continue
        for epoch in design.epochs:
            cell = held.get((arm.id, epoch.id))
            if cell is None:
                said = f"The arm “{named(arm)}” has no cell in the period “{named(epoch)}”."
                yield major("cell_missing", said, arm.pointer, epoch.pointer)
            elif not set(cell.element_ids) & elements:
                said = f"Nothing happens to the arm “{named(arm)}” in the period “{named(epoch)}”: its cell has no element."
                yield major("cell_empty", said, cell.pointer)
    used = {e for c in design.cells for e in c.element_ids}
    for element in design.elements:
        if element.id not in used:
            yield minor("element_unused", f"The element “{named(element)}” is in no cell.", element.pointer)


def alike(trial: Trial, design: Design) -> Iterator[Question]:
    """Do no two arms go through the same elements?"""
    seen: dict[tuple[tuple[str, tuple[str, ...]], ...], str] = {}
    names: dict[str, str] = {}
    for arm in design.arms:
        course = tuple(sorted((c.epoch_id, c.element_ids) for c in design.cells if c.arm_id == arm.id))
        if course and course in seen:
            said = f"The arms “{names[seen[course]]}” and “{named(arm)}” go through the same elements."
            yield major("arms_alike", said, arm.pointer, seen[course])
        seen.setdefault(course, arm.pointer)
        names[arm.pointer] = named(arm)


def blinding(trial: Trial, design: Design) -> Iterator[Question]:
    """Does who is masked fit the blinding?"""
    schema = design.blinding
    if schema is None:
        return
    said = schema.decode.casefold()
    blind, opened = "blind" in said and "open" not in said and "unblind" not in said, "open" in said
    masked = [r for r in trial.roles if r.masked]
    if blind and not masked:
        yield major("blinding_without_roles", f"The blinding is “{schema.decode}”; no role is masked.", schema.pointer)
    for role in masked if opened else ():
        who = named(role)
        yield major(
            "open_but_masked",
            f"The blinding is “{schema.decode}”; the role {who} is masked.",
            schema.pointer,
            role.pointer,
        )
    if "double" in said and len({(r.code.code if r.code else r.id) for r in masked}) == 1:
        text = f"The blinding is “{schema.decode}”; only the role {named(masked[0])} is masked."
        yield minor("blinding_one_role", text, schema.pointer, masked[0].pointer)


def allocation(trial: Trial, design: Design) -> Iterator[Question]:
    """Is the ratio stated in which participants are randomised?"""
    pointer = randomised(trial, design)
    if not pointer or len(design.arms) < 2:
        return
    texts = [w.text for w in trial.words()] + [design.description, design.rationale.text]
    texts += [f"{a.label} {a.description}" for a in design.arms] + [t.text.text for t in trial.titles]
    texts += [o.text.text for o in design.objectives]
    if not any(_RATIO.search(t) for t in texts):
        said = "Participants are randomised; no text states the ratio of the arms."
        yield major("allocation_ratio", said, pointer, design.at("arms"))


def doses(trial: Trial, design: Design) -> Iterator[Question]:
    """Is each dose of an arm or element among the administrations?"""
    known = {d for i in trial.interventions for a in i.administrations if (d := _dose(a.dose)) is not None}
    if not known:
        return
    known |= {d for p in trial.products for d in _strengths(p)}
    told = [("arm", x) for x in design.arms] + [("element", x) for x in design.elements]
    for what, thing in told:
        for attribute, text in (("label", thing.label), ("description", thing.description)):
            there = [_text_dose(m[1], m[2]) for m in _DOSE.finditer(text) if not m[3]]
            whole = {sum((d[0] for d in there), Decimal(0))} if len({d[1] for d in there}) == 1 else set()
            for found, m in zip(there, (m for m in _DOSE.finditer(text) if not m[3]), strict=True):
                if found in known or (len(there) > 1 and any((w, found[1]) in known for w in whole)):
                    continue
                listed = ", ".join(sorted(f"{v.normalize():f} {u}" for v, u in known))
                said = f"The {what} “{named(thing)}” names {m[0].strip()}, which no administration gives."
                yield major(
                    "dose_unknown", said, thing.at(attribute), *(i.pointer for i in trial.interventions), other=listed
                )  # fmt: skip
    for intervention in trial.interventions:
        if not intervention.administrations:
            said = f"The intervention “{named(intervention)}” has no administration."
            yield major("intervention_without_administration", said, intervention.pointer)


def _text_dose(number: str, unit: str) -> tuple[Decimal, str]:
    return _even(Decimal(number.replace(",", ".")), _UNITS[unit if unit in _UNITS else unit.casefold()])


def _even(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Weights in milligrams."""
    return (value * _MILLIGRAMS[unit], "mg") if unit in _MILLIGRAMS else (value, unit)


def _dose(quantity: Quantity | None) -> tuple[Decimal, str] | None:
    unit = _UNITS.get(quantity.unit.decode.casefold()) if quantity is not None and quantity.unit is not None else None
    return _even(Decimal(quantity.value), unit) if quantity is not None and unit else None


def _strengths(product: Product) -> Iterator[tuple[Decimal, str]]:
    for ingredient in product.ingredients:
        for strength in ingredient.substance.strengths if ingredient.substance is not None else ():
            given = strength.numerator
            for quantity in (given.low, given.high) if isinstance(given, Span) else (given,):
                if (found := _dose(quantity)) is not None:
                    yield found


ASKED = (cells, alike, blinding, allocation, doses)
