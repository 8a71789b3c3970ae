"""A whole USDM file: which version of the model it is, its study version, designs, and what is wrong with it. Imports errors, the core and its neighbours' parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from docpipe.errors import DataDamaged, ProtocolObservational, ProtocolVersion
from docpipe.model.finding import Severity
from docpipe.model.source import SourceFile, SourceKind, SourceNotice
from docpipe.model.trial import USDM, Design, Trial
from docpipe.sources.usdm import content, identity, narrative, schedule
from docpipe.sources.usdm.references import Texts
from docpipe.sources.usdm.tree import Item, Tree, coded, codes, grown, ordered

_MAJOR = ("3", "4")
_OBSERVATIONAL = frozenset({"C16084", "C129000", "C98722"})
"""NCIt: observational study, patient registry, expanded access."""
_MOST_TOLD = 3
_T = TypeVar("_T")


def read_trial(data: dict[str, Any], file: SourceFile) -> tuple[Trial, Texts]:
    """The trial of a file, and its texts' reader with what it met.

    Raises ``ProtocolVersion`` (neither v3 nor v4), ``ProtocolObservational``, ``DataDamaged`` (no study version or design).
    """
    root = Item(data, "")
    study = root.one("study") or root
    usdm = root.text("usdmVersion")
    versions = study.many("versions")
    if usdm and usdm.partition(".")[0] not in _MAJOR:
        raise ProtocolVersion(f"The file is of USDM version {usdm[:12]}; versions 3 and 4 are read.", version=usdm[:12])
    if not versions:
        raise DataDamaged("The USDM file holds no version of a study.")
    version = versions[-1]
    designs = version.many("studyDesigns")
    if not designs:
        raise DataDamaged("The study version of the USDM file holds no design.")
    chosen = [d for d in designs if not _observational(d, version)]
    if not chosen:
        raise ProtocolObservational(
            "The USDM file describes an observational study. ICH M11 is the template for interventional clinical trials."
        )
    tree = grown(study)
    pools = (*version.many("dictionaries"), *(m for d in designs for m in d.many("dictionaries")))
    texts = Texts(tree, file.sha256, list(pools))
    named = replace(file, kind=SourceKind.PROTOCOL, study=file.study or _sponsor_id(version, tree))
    interventions = _several(version, "studyInterventions", content.intervention, texts)
    trial = Trial(
        file=named,
        usdm=usdm or ("4" if any(d.kind == "InterventionalStudyDesign" for d in designs) else "3"),
        name=texts.line(study, "name"),
        label=texts.line(study, "label"),
        description=texts.line(study, "description"),
        pointer=version.pointer,
        version_identifier=version.text("versionIdentifier"),
        rationale=texts.words(version, "rationale"),
        designs=tuple(_design(d, version, texts) for d in chosen),
        titles=_several(version, "titles", identity.title, texts),
        identifiers=tuple(map(identity.identifier, version.many("studyIdentifiers"))),
        references=tuple(map(identity.identifier, version.many("referenceIdentifiers"))),
        organizations=tuple(identity.organization(o, texts) for o in _organizations(version)),
        roles=_several(version, "roles", identity.role, texts),
        dates=_several(version, "dateValues", identity.date, texts),
        amendments=_several(version, "amendments", identity.amendment, texts),
        abbreviations=_several(version, "abbreviations", identity.abbreviation, texts),
        interventions=interventions or tuple(content.intervention(i, texts) for d in chosen for i in d.many("studyInterventions")),
        products=(
            *_several(version, "administrableProducts", content.product, texts),
            *(content.product(m, texts, device=True) for m in version.many("medicalDevices")),
        ),
        concepts=_pool(version, chosen, ("biomedicalConcepts", "bcCategories", "bcSurrogates"), schedule.concept, texts),
        conditions=_pool(version, chosen, ("conditions",), schedule.condition, texts),
        documents=tuple(narrative.document(d, texts) for d in study.many("documentedBy")),
    )  # fmt: skip
    notices = (*_notices(tree, versions, designs, chosen), *texts.notices())
    told = tuple(replace(n, path=file.path) for n in notices)
    return replace(trial, resolved=texts.resolved, notices=told), texts


def _several(item: Item, key: str, made: Callable[[Item, Texts], _T], texts: Texts) -> tuple[_T, ...]:
    return tuple(made(i, texts) for i in item.many(key))


def _pool(
    version: Item, designs: list[Item], keys: tuple[str, ...], made: Callable[[Item, Texts], _T], texts: Texts
) -> tuple[_T, ...]:
    """What v4 keeps with the study version and v3 with the design."""
    return tuple(made(i, texts) for key in keys for holder in (version, *designs) for i in holder.many(key))


def _chained(items: list[Item]) -> list[Item]:
    return ordered(items)[0]


def _design(item: Item, version: Item, texts: Texts) -> Design:
    population = item.one("population")
    criteria = item.many("eligibilityCriteria") or (population.many("criteria") if population is not None else [])
    interventions = item.ids("studyInterventionIds") or tuple(i.id for i in item.many("studyInterventions"))
    estimands = item.many("estimands")
    analysed = [
        *item.many("analysisPopulations"),
        *(p for e in estimands if (p := e.one("analysisPopulation")) is not None),
    ]
    retained = [r.flag("isRetained") for r in item.many("biospecimenRetentions")]
    return Design(
        *schedule.names(item, texts),
        rationale=texts.words(item, "rationale"),
        phase=coded(item.one("studyPhase") or version.one("studyPhase")),
        study_type=coded(item.one("studyType") or version.one("studyType")),
        model=coded(item.one("model", "interventionModel")),
        blinding=coded(item.one("blindingSchema")),
        intents=codes(item.many("intentTypes", "trialIntentTypes")),
        subtypes=codes(item.many("subTypes", "trialTypes")),
        characteristics=codes(item.many("characteristics")),
        therapeutic_areas=codes(item.many("therapeuticAreas")),
        arms=_several(item, "arms", schedule.arm, texts),
        epochs=tuple(schedule.epoch(e, texts) for e in _chained(item.many("epochs"))),
        elements=_several(item, "elements", schedule.element, texts),
        cells=tuple(map(schedule.cell, item.many("studyCells"))),
        encounters=tuple(schedule.encounter(e, texts) for e in _chained(item.many("encounters"))),
        activities=tuple(schedule.activity(a, texts) for a in _chained(item.many("activities"))),
        timelines=_several(item, "scheduleTimelines", schedule.timeline, texts),
        population=content.population(population, texts) if population is not None else None,
        criteria=tuple(content.criterion(c, texts) for c in _chained(criteria)),
        objectives=_several(item, "objectives", content.objective, texts),
        estimands=tuple(content.estimand(e, texts) for e in estimands),
        analysis_populations=tuple(content.analysis_population(p, texts) for p in analysed),
        indications=_several(item, "indications", content.indication, texts),
        intervention_ids=interventions,
        specimens_retained=any(retained) if retained else None,
    )  # fmt: skip


def _organizations(version: Item) -> Iterator[Item]:
    """Organisations of the study version; in v3 those that identifiers name, each once."""
    yield from (own := version.many("organizations"))
    known = {o.id for o in own}
    for given in version.many("studyIdentifiers"):
        inside = given.one("studyIdentifierScope") or (given.one("scope") if not own else None)
        if inside is not None and inside.id not in known:
            known.add(inside.id)
            yield inside


def _sponsor_id(version: Item, tree: Tree) -> str:
    """The identifier that the sponsor gave."""
    sponsors = {i for r in version.many("roles") if (c := coded(r.one("code"))) and c.code == "C70793" for i in r.ids("organizationIds")}  # fmt: skip
    for given in map(identity.identifier, version.many("studyIdentifiers")):
        scope = tree.get(given.scope_id)
        kind = coded(scope.one("type", "organizationType")) if scope is not None else None
        if given.scope_id in sponsors or (not sponsors and kind is not None and kind.code in ("C70793", "C54149")):
            return given.text
    return ""


def _observational(design: Item, version: Item) -> bool:
    kind = coded(design.one("studyType") or version.one("studyType"))
    return design.kind == "ObservationalStudyDesign" or (kind is not None and kind.code in _OBSERVATIONAL)


def _notices(tree: Tree, versions: list[Item], designs: list[Item], chosen: list[Item]) -> Iterator[SourceNotice]:
    if len(versions) > 1:
        said = f"The file holds {len(versions)} versions of the study; the last is read."
        yield SourceNotice("usdm.several_versions", Severity.MAJOR, said, locator=f"{USDM}{versions[-1].pointer}")
    if len(chosen) > 1 or len(chosen) < len(designs):
        said = f"The study has {len(designs)} designs; the protocol is written of the first interventional one."
        yield SourceNotice("usdm.several_designs", Severity.MAJOR, said, locator=f"{USDM}{chosen[0].pointer}")
    for key, count in list(tree.twice.items())[:_MOST_TOLD]:
        said = f"{count + 1} different objects have the same id; the first is taken for what refers to it."
        yield SourceNotice("usdm.same_id", Severity.CRITICAL, said, locator=f"{USDM}{tree.objects[key].pointer}")
    for name, pointer in tree.strange.items():
        said = f"The class {name[:40]} is none of USDM; what it says is left out."
        yield SourceNotice("usdm.unknown_class", Severity.MAJOR, said, locator=f"{USDM}{pointer}")
    by_name: dict[str, list[str]] = {}
    for name, pointer in tree.dangling:
        by_name.setdefault(name, []).append(pointer)
    for name, pointers in sorted(by_name.items()):
        said = f"{len(pointers)} reference(s) {name} lead to no object of the file."
        yield SourceNotice("usdm.dangling", Severity.CRITICAL, said, locator=f"{USDM}{pointers[0]}")
    for design in chosen:
        for key in ("epochs", "encounters", "activities", "eligibilityCriteria"):
            if ordered(design.many(key))[1]:
                said = f"The order of the {key} contradicts itself; they stand as in the file."
                yield SourceNotice("usdm.order", Severity.MAJOR, said, locator=f"{USDM}{design.pointer}/{key}")
