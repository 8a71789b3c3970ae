"""Sources of a draft, each read in a child process with limits; what cannot be read becomes a finding. Imports safe, the registry and writing.

Nothing of a source is parsed in this process but the order of its tables once they are values of the core.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from docpipe.errors import DocpipeError, InputUnsupported, SourceUnsupported
from docpipe.model.finding import Severity
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.model.source import (
    Dataset,
    Definition,
    Designed,
    Display,
    Figure,
    Results,
    Source,
    SourceFile,
    SourceNotice,
    TextSource,
)
from docpipe.model.trial import Trial
from docpipe.registry import source_for, source_target
from docpipe.safe.child import call
from docpipe.safe.sniff import sniff
from docpipe.settings import Settings
from docpipe.sources.consistency import set_notices, with_sidecars
from docpipe.steps.draft_orders import LEFT_OUT, SOURCE
from docpipe.steps.house import House
from docpipe.store.studies import StudyFinding
from docpipe.writing.design_questions import Question, questions
from docpipe.writing.evidence import Evidence
from docpipe.writing.m11.pictured import missing_pictures
from docpipe.writing.study import StudyData

SOURCES, TABLES, PLAN_STAGE = "sources", "tables", "plan"
"""The early checkpoints, in order."""
_SECONDS_A_MEGABYTE = 5


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file is no source. ``foreign``: it is of a kind that is none, which harms nothing."""

    code: str
    message: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A source file and what it gave: its sources, or why it is left out."""

    asset: AssetRef
    file: SourceFile | None
    sources: tuple[Source, ...]
    refused: Refused | None = None


def read_all(house: House, recipe: Recipe, said: Callable[[int, int], None]) -> list[Taken]:
    """Every source of the recipe in its order. ``said(done, total)`` is told of progress."""
    assets = [a for a in recipe.assets if a.kind in (SOURCE, LEFT_OUT)]
    found: list[Taken] = []
    with ThreadPoolExecutor(max_workers=max(1, min(house.settings.workers, 4))) as pool:
        for taken in pool.map(lambda a: _read(house, a), assets):
            found.append(taken)
            said(len(found), len(assets))
    named = iter(with_sidecars([s for t in found for s in t.sources]))
    return [replace(t, sources=tuple(next(named) for _ in t.sources)) for t in found]


def _read(house: House, asset: AssetRef) -> Taken:
    data = house.store.blobs.get(asset.sha256)
    if asset.kind == LEFT_OUT:
        told = json.loads(data)
        return Taken(asset, None, (), Refused(str(told["code"]), str(told["message"])))
    try:
        return Taken(asset, *read_one(house.settings, data, asset))
    except DocpipeError as error:
        foreign = isinstance(error, (SourceUnsupported, InputUnsupported))
        return Taken(asset, None, (), Refused(error.code, error.message, foreign))


def read_one(settings: Settings, data: bytes, asset: AssetRef) -> tuple[SourceFile, tuple[Source, ...]]:
    """What a file says, read in a child process. Raises leaves of ``InputRefused``."""
    media_type = sniff(data, asset.name)
    reader = source_for(media_type, data, asset.name)
    file = SourceFile(asset.name, asset.sha256, media_type, reader.kind)
    seconds = settings.child_seconds + _SECONDS_A_MEGABYTE * (len(data) >> 20)
    memory = settings.child_memory_mb << 20
    return file, tuple(call(source_target(reader), (data, file), seconds=seconds, memory=memory))


def notices_of(taken: Iterable[Taken]) -> list[SourceNotice]:
    """What the set says against itself (see ``sources.consistency``)."""
    return set_notices([s for t in taken for s in t.sources])


def refusals(taken: Iterable[Taken]) -> list[StudyFinding]:
    """A finding for each file that could not be read: minor where it is no source at all, critical where one is lost."""
    found: list[StudyFinding] = []
    for t in taken:
        if t.refused is not None:
            severity = Severity.MINOR if t.refused.foreign else Severity.CRITICAL
            said = f"{t.asset.name} is left out: {t.refused.message}"
            found.append(StudyFinding(SOURCES, t.refused.code, severity, said, t.asset.name))
    return found


def findings_of_study(study: StudyData) -> list[StudyFinding]:
    """Notices of the readers and disagreements among the sources, each with the early checkpoint where it is settled."""
    paths = {digest: file.path for digest, file in study.files.items()}
    found = [
        StudyFinding(
            TABLES if n.code.startswith("display.") else SOURCES, n.code, n.severity, n.message, n.path, n.locator
        )
        for n in study.notices
    ]
    for trial in study.trials:
        for n in missing_pictures(trial, study.figures):
            found.append(StudyFinding(SOURCES, n.code, n.severity, n.message, n.path, n.locator))
    shown = {d.number for d in study.displays}
    found += [_disagreement(e, paths, shown) for e in study.evidence]
    found += [_asked(trial, q) for trial in study.trials for q in questions(trial)]
    designed = study.trials and not study.records.frames
    if not designed and (study.records.base is None or not study.records.base.subjects):
        said = "No dataset lists the study's subjects (ADSL or DM with USUBJID): nothing can be counted from the data."
        found.append(StudyFinding(SOURCES, "source.no_subjects", Severity.CRITICAL, said))
    return sorted(found, key=lambda f: _ORDER.index(f.severity))


def _asked(trial: Trial, q: Question) -> StudyFinding:
    """A question on the design, with the attributes that it is about; the first is the place, the others stand with the other side."""
    at = [trial.place(p).locator for p in q.pointers]
    other = "; ".join(x for x in (q.other, *at[1:]) if x)
    return StudyFinding(SOURCES, q.check, q.severity, q.message, trial.file.path, at[0] if at else "", other)


_ORDER = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)


def _disagreement(e: Evidence, paths: dict[str, str], shown: set[str]) -> StudyFinding:
    stage = TABLES if any(f.display in shown for f in e.shown) else SOURCES
    place = e.places[0] if e.places else None
    return StudyFinding(
        stage, e.finding.check, e.finding.severity, e.finding.message,
        paths.get(place.sha256, "") if place else "", place.locator if place else "", e.expected,
    )  # fmt: skip


def described(source: Source) -> str:
    """What a source is, in a few words, for the list of sources."""
    match source:
        case Dataset():
            return f"dataset {source.name}: {len(source.records)} records, {len(source.variables)} variables"
        case Definition():
            return f"definition of {len(source.datasets)} datasets"
        case Display():
            return f"{source.number or 'table'}: {source.title}".strip(": ")
        case Figure():
            return f"{source.number or 'figure'}: {source.title}".strip(": ")
        case Results():
            return f"{len(source.results)} analysis results"
        case TextSource():
            return f"text of {len(source.passages)} passages"
        case Trial():
            design = source.design
            return f"designed trial: {len(design.arms)} arms, {len(design.criteria)} criteria, {len(source.amendments)} amendments"
        case Designed():
            return "designed trial"
