"""What a protocol plans, under the names of the trial summary dataset (TSPARMCD), so that both can be compared. Pure; imports the core.

Source of the names: CDISC SDTM, trial summary codes. Only what both state in one way: numbers of subjects and arms, ages, sex, phase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from docpipe.model.trial import Trial
from docpipe.model.trial.parts import Quantity, Span

NAMES = {
    "PLANSUB": "Planned number of subjects", "NARMS": "Planned number of arms", "AGEMIN": "Lowest age", "AGEMAX": "Highest age",
    "SEXPOP": "Sex of subjects", "TPHASE": "Phase",
}  # fmt: skip
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_DURATION = re.compile(r"P(\d+(?:\.\d+)?)([YMWD])", re.IGNORECASE)
_UNITS = {"y": "year", "m": "month", "w": "week", "d": "day"}


def planned_values(trials: Iterable[Trial]) -> dict[str, tuple[str, ...]]:
    """By parameter, as the trial designs write them; the first trial counts."""
    trial = next(iter(trials), None)
    if trial is None or not trial.designs:
        return {}
    design = trial.designs[0]
    found: dict[str, tuple[str, ...]] = {}
    if design.phase is not None:
        found["TPHASE"] = (design.phase.decode,)
    if design.arms:
        found["NARMS"] = (str(len(design.arms)),)
    people = design.population
    if people is not None:
        if people.sex:
            found["SEXPOP"] = tuple(c.decode for c in people.sex)
        if (number := _single(people.enrollment)) is not None:
            found["PLANSUB"] = (number.value,)
        for name, end in (("AGEMIN", people.age.low), ("AGEMAX", people.age.high)) if people.age else ():
            if end is not None:
                found[name] = (f"{end.value} {end.unit.decode if end.unit else ''}".strip(),)
    return found


def _single(quantity: Quantity | Span | None) -> Quantity | None:
    """A quantity, or a range whose ends are one."""
    if isinstance(quantity, Span):
        return quantity.low if quantity.low == quantity.high or quantity.high is None else None
    return quantity


def normal(parameter: str, values: Iterable[str]) -> str:
    """Values in a form in which equal ones are equal; "" where nothing can be compared."""
    said = sorted({" ".join(v.casefold().split()) for v in values if v.strip()})
    if not said:
        return ""
    if parameter == "SEXPOP":
        both = said == ["both"] or {v[0] for v in said} == {"f", "m"}
        return "both" if both else " ".join(v[0] for v in said)
    if parameter == "TPHASE":
        found = re.findall(r"\b(iv|i{1,3}|[1-4])[ab]?\b", " ".join(said))
        return "/".join(dict.fromkeys(_ROMAN.get(p, p) for p in found))
    return _number(said[0])


def _number(text: str) -> str:
    if duration := _DURATION.fullmatch(text):
        text = f"{duration[1]} {_UNITS[duration[2].casefold()]}"
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\s*([a-z]+?)s?)?", text)
    if not found:
        return ""
    try:
        return f"{Decimal(found[1]).normalize():f} {found[2] or ''}".strip()
    except InvalidOperation:
        return ""
