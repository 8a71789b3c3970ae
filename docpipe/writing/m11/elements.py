"""Elements of the title page and of the synopsis after ICH M11, from a designed trial. Imports the core and its room.

An element that must be there and is not has ``gap``; one that may be there and is not is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.model.trial import (
    Administration,
    Coded,
    Design,
    Identifier,
    Organization,
    Quantity,
    Title,
    Trial,
    TrialArm,
)
from docpipe.writing.m11.prescribed import picked
from docpipe.writing.m11.printing import Printer, stands_in

_SPONSOR = frozenset({"C70793", "C54149"})
_OFFICIAL, _BRIEF, _ACRONYM = ("C207616", "official"), ("C207615", "brief"), ("C94108", "acronym")
_APPROVED = ("C132352",)
_REGISTRIES = (
    ("EU CT Number", "C218684", ("ema", "european medicines", "ctis", "eu ct", "eudract")),
    ("FDA IND Number", "C218685", ("fda", "food & drug", "food and drug")),
    ("jRCT Number", "C218687", ("jrct", "japan registry")),
    ("NCT Number", "C172240", ("clinicaltrials.gov", "ct-gov", "ctgov")),
    ("NMPA IND Number", "C218688", ("nmpa", "national medical products")),
    ("WHO/UTN Number", "C218689", ("who", "world health", "ictrp")),
)
_PLACEBO_ARM, _ACTIVE_ARM, _NO_ARM = "C174268", "C174267", "C174270"
_CONTROLS = {_PLACEBO_ARM: "C49648", _ACTIVE_ARM: "C49649", _NO_ARM: "C28280"}
_ADAPTIVE, _RANDOM = "C98704", frozenset({"C25196", "C46079", "C147145"})
_OPEN = "C49659"


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its name and NCIt code in the template, its printed value, or what is missing."""

    name: str
    code: str
    value: str = ""
    gap: str = ""


def sponsor_of(trial: Trial) -> Organization | None:
    """The sponsor: of the role Sponsor, else the first organisation of that type."""
    ids = [i for r in trial.roles if r.code is not None and r.code.code in _SPONSOR for i in r.organization_ids]
    by_id = {o.id: o for o in trial.organizations}
    return next((by_id[i] for i in ids if i in by_id), None) or next(
        (o for o in trial.organizations if o.type is not None and o.type.code in _SPONSOR), None
    )


def title_of(trial: Trial, kind: tuple[str, str]) -> Title | None:
    """A title by its type, its code or the word in its decode."""
    code, word = kind
    return next(
        (t for t in trial.titles if t.type is not None and (t.type.code == code or word in t.type.decode.casefold())), None
    )  # fmt: skip


def full_title(trial: Trial) -> Title | None:
    """The official title."""
    return title_of(trial, _OFFICIAL)


def title_page(p: Printer) -> list[Element]:
    """The elements in the template's order."""
    trial, design = p.trial, p.trial.design
    sponsor = sponsor_of(trial)
    document = trial.protocol
    found = [_title(p, "Full Title", "C132346", _OFFICIAL, needed=True), _title(p, "Trial Acronym", "C94108", _ACRONYM)]
    own = next((i for i in trial.identifiers if sponsor is not None and i.scope_id == sponsor.id), None)
    found.append(_needed("Sponsor Protocol Identifier", "C132351", p.value(own.at("text"), own.text) if own else ""))
    first = p.yes(not trial.amendments, f"{trial.pointer}/amendments") if trial.usdm or trial.amendments else ""
    found.append(_needed("Original Protocol Indicator", "C218672", first))
    version = p.value(f"{trial.pointer}/versionIdentifier", trial.version_identifier)
    found.append(Element("Version Number", "C181232", version))
    dated = next((d for d in (document.dates if document is not None else ()) if d.date), None)
    found.append(Element("Version Date", "C93813", p.date(dated.at("dateValue"), dated.date) if dated else ""))
    found += _products(p)
    found.append(_needed("Trial Phase", "C48281", p.pick("C217045", design.phase)))
    found.append(_title(p, "Short Title", "C94105", _BRIEF))
    found.append(_needed("Sponsor Name", "C222495", p.label(sponsor) if sponsor else ""))
    found.append(_needed("Sponsor Legal Address", "C218677", p.address(sponsor.address) if sponsor else ""))
    found += _identifiers(p, own)
    approved = [d for d in (*trial.dates, *(d for a in trial.amendments[-1:] for d in a.dates)) if d.type is not None and d.type.code in _APPROVED and d.date]  # fmt: skip
    last = max(approved, key=lambda d: d.date, default=None)
    found.append(_needed("Sponsor Approval Date", "C132352", p.date(last.at("dateValue"), last.date) if last else ""))
    found.append(_needed("Sponsor Signatory", "C222014", ""))
    found.append(_needed("Medical Expert Contact", "C218693", ""))
    return [e for e in found if e.value or e.gap]


def _needed(name: str, code: str, value: str) -> Element:
    return Element(name, code, value, "" if value else name)


def _title(p: Printer, name: str, code: str, kind: tuple[str, str], needed: bool = False) -> Element:
    found = title_of(p.trial, kind)
    value = p.words(found.text) if found is not None else ""
    return _needed(name, code, value) if needed else Element(name, code, value)


def _products(p: Printer) -> Iterator[Element]:
    codes = [i for product in p.trial.products for i in product.identifiers]
    said = "; ".join(x for i in codes if (x := p.value(i.at("text"), i.text)))
    yield Element("Sponsor’s Investigational Product Code(s)", "C218675", said)
    substances = [i.substance for product in p.trial.products for i in product.ingredients if i.substance is not None]
    names = "; ".join(dict.fromkeys(x for s in substances if (x := p.label(s))))
    yield Element("Nonproprietary Name(s)", "C97054", names)
    trade = "; ".join(dict.fromkeys(x for product in p.trial.products if (x := p.label(product))))
    yield Element("Proprietary Name(s)", "C71898", trade)


def _identifiers(p: Printer, own: Identifier | None) -> Iterator[Element]:
    by_id = {o.id: o for o in p.trial.organizations}
    for given in p.trial.identifiers:
        if given is own:
            continue
        scope = by_id.get(given.scope_id)
        said = f"{scope.name} {scope.label}".casefold() if scope is not None else ""
        words = said.replace("-", " ").split()
        known = next((r for r in _REGISTRIES if any(s in said if " " in s or "." in s or "-" in s else s in words for s in r[2])), None)  # fmt: skip
        name, code = known[:2] if known is not None else ("Other Regulatory or Clinical Trial Identifier", "C218690")
        value = p.value(given.at("text"), given.text)
        if known is None and scope is not None and value:
            value = f"{value} ({p.label(scope)})"
        yield Element(name, code, value)


# ---------------------------------------------------------------- synopsis


def is_adaptive(trial: Trial) -> bool | None:
    """Whether the design is adaptive; None where the source does not say: a synopsis lists no characteristics that it does not have."""
    given = trial.design.characteristics
    if any(c.code == _ADAPTIVE for c in given):
        return True
    return False if trial.usdm and given else None


def synopsis(p: Printer) -> list[Element]:
    """The elements of Overall Design in the template's order."""
    trial, design = p.trial, p.trial.design
    population = design.population
    ages = population.age if population is not None else None
    found: list[Element] = []
    healthy = population.healthy if population is not None else None
    kind = ""
    if population is not None and healthy is not None:
        kind = p.term("C217278", "C218504" if healthy else "C218503", population.at("includesHealthySubjects"))
    found.append(_needed("Population Type", "C217278", kind))
    found.append(_needed("Intervention Model", "C98746", p.pick("C217277", design.model)))
    names = list({i.called.casefold(): i for i in reversed(design.indications)}.values())[::-1]
    found.append(_needed("Population Diagnosis or Condition", "C112038", "; ".join(filter(None, map(p.label, names)))))
    found.append(_needed("Control Type", "C49647", _control(p, design)))
    found.append(_needed("Population Age, minimum", "C49693", p.quantity(ages.low) if ages else ""))
    found.append(_needed("Population Age, maximum", "C49694", p.quantity(ages.high) if ages else ""))
    found.append(_characteristic(p, "Site Distribution", "C217049"))
    found.append(_characteristic(p, "Site Geographic Scope", "C217050"))
    found.append(_needed("Intervention Assignment Method", "C217280", _assignment(p, design)))
    found.append(_needed("Master Protocol Indicator", "C217046", ""))
    combined = any(d.device for d in trial.products)
    devices = p.yes(combined, f"{trial.pointer}/medicalDevices") if trial.usdm or combined else ""
    found.append(_needed("Drug/Device Combination Product Indicator", "C217046", devices))
    adaptive = next((c for c in design.characteristics if c.code == _ADAPTIVE), None)
    pointer = f"{adaptive.pointer}/decode" if adaptive is not None else f"{design.pointer}/characteristics"
    told = is_adaptive(trial)
    said = p.yes(told, pointer) if told is not None else ""
    found.append(_needed("Adaptive Trial Design Indicator", "C217046", said))
    found.append(
        _needed("Number of Arms", "C98771", p.number(f"{design.pointer}/arms", len(design.arms)) if design.arms else "")
    )
    found.append(_needed("Trial Blind Schema", "C49658", p.pick("C217051", design.blinding)))
    found.append(_blinded(p, design))
    enrolled = p.quantity(population.enrollment) if population is not None else ""
    found.append(_needed("Number of Participants", "C49692", enrolled))
    found.append(_needed("Target or Maximum Number of Participants", "C49692", ""))
    found.append(_needed("Total Planned Duration of Trial Intervention", "", _given_for(p)))
    main = next((t for t in design.timelines if t.main), None)
    found.append(
        _needed("Total Planned Duration of Trial Participation", "", p.duration(main.duration) if main else "")
    )
    found += _committees(p)
    return found


def _control(p: Printer, design: Design) -> str:
    """From the types of the arms: placebo, active comparator, none."""
    if len(design.arms) == 1 and _type(design.arms[0]) not in _CONTROLS:
        return p.term("C217279", "C28280", f"{design.pointer}/arms")
    kinds: dict[str, Coded] = {}
    for arm in design.arms:
        if arm.type is not None and _type(arm) in _CONTROLS:
            kinds.setdefault(_CONTROLS[_type(arm)], arm.type)
    return "; ".join(p.term("C217279", code, f"{c.pointer}/decode") for code, c in kinds.items())


def _type(arm: TrialArm) -> str:
    found = picked("C217283", arm.type)
    return found[0] if found is not None else ""


def _characteristic(p: Printer, name: str, code: str) -> Element:
    value = next((c for c in p.trial.design.characteristics if picked(code, c)), None)
    return _needed(name, code, p.pick(code, value))


def randomised(design: Design) -> Coded | None:
    """The characteristic that says so."""
    return next(
        (c for c in design.characteristics if c.code in _RANDOM or c.decode.casefold().startswith("randomi")), None
    )


def open_label(design: Design) -> bool:
    """Whether the file says that the trial is open label."""
    found = picked("C217051", design.blinding)
    return found is not None and found[0] == _OPEN


def _assignment(p: Printer, design: Design) -> str:
    if (said := randomised(design)) is not None:
        return p.term("C217280", "C25196", f"{said.pointer}/decode")
    if len(design.arms) == 1:
        return p.term("C217280", "C222801", f"{design.pointer}/arms")
    return ""


def _blinded(p: Printer, design: Design) -> Element:
    name, code = "Blinded Roles", "C217281"
    if open_label(design) and design.blinding is not None:
        return Element(name, code, p.term(code, "C48660", f"{design.blinding.pointer}/decode"))
    masked = [r for r in p.trial.roles if r.masked and r.code is not None]
    return _needed(name, code, "; ".join(filter(None, (p.pick(code, r.code) for r in masked))))


def _given_for(p: Printer) -> str:
    """The durations of the administrations, each named where they differ."""
    found = [(a, p.duration(a.duration)) for i in p.trial.interventions for a in i.administrations]
    told = [(a, said) for a, said in found if said]
    if not told:
        return ""
    if len({_amount(a) for a, _ in told}) == 1:
        return told[0][1]
    return "; ".join(f"{p.description(a) or p.label(a)}: {said}" for a, said in told)


def _amount(a: Administration) -> tuple[str, str]:
    """What is equal where two administrations last equally long."""
    q = a.duration.quantity if a.duration is not None else None
    if isinstance(q, Quantity):
        return q.value, q.unit.code if q.unit is not None else ""
    return (a.duration.text if a.duration is not None else "", str(q.pointer) if q is not None else "")


def _committees(p: Printer) -> Iterator[Element]:
    roles = [r for r in p.trial.roles if r.code is not None and picked("C217282", r.code)]
    found = "; ".join(filter(None, (p.pick("C217282", r.code) for r in roles)))
    yield _needed("Independent Committees", "C217282", found)


def names_of(elements: list[Element]) -> list[str]:
    """What is missing among elements."""
    return [e.gap for e in elements if e.gap and not stands_in(e.gap)]
