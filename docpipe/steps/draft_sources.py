"""What people look at before a draft is made: files, tables as they were parsed, disagreements. Imports store and the core.

All comes from the blobs of the study that the batch was read into; nothing is parsed again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from docpipe.errors import NotReady, UnknownName
from docpipe.model.batch import Batch
from docpipe.model.fact import Fact
from docpipe.steps.house import House
from docpipe.steps.study_names import CARD, DISPLAYS, FACTS, SOURCE_LIST
from docpipe.store import batches, gates, studies
from docpipe.store.gates import EarlyGate
from docpipe.store.studies import StudyFinding, StudyRead
from docpipe.writing.factstore import FactStore


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A file of the source set. ``holds``: what it was read as, in words; ``error``: code of the refusal, or ""."""

    file: str
    sha256: str
    size: int
    kind: str
    holds: tuple[str, ...]
    study: str
    error: str
    findings: int


@dataclass(frozen=True, slots=True)
class SourceSet:
    """A batch's sources with the early checkpoints and what disagrees. ``by_stage``: findings, open and critical first."""

    batch: Batch
    study: str
    version: str
    files: tuple[SourceRow, ...]
    gates: tuple[EarlyGate, ...]
    by_stage: Mapping[str, tuple[StudyFinding, ...]]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value of a cell as it was understood."""

    id: str
    statistic: str
    value: str


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """A cell: its words as printed, and the values read from them (none where it was not understood or is empty)."""

    text: str
    values: tuple[Parsed, ...]


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A body row: its label, the labels above it, its cells by column; ``number``: body row in the file, from 1."""

    label: str
    above: tuple[str, ...]
    depth: int
    number: int
    cells: tuple[ParsedCell | None, ...]


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """A table as it was parsed. ``columns``: heads, the N that each states and the arm that it was taken for."""

    position: int
    number: str
    title: str
    population: str
    file: str
    sha256: str
    index: int
    columns: tuple[tuple[str, int | None, str], ...]
    row_heads: tuple[str, ...]
    rows: tuple[ParsedRow, ...]
    footnotes: tuple[str, ...]
    used: tuple[str, ...]
    understood: int = 0
    filled: int = 0
    findings: tuple[StudyFinding, ...] = field(default=())


def study_of(house: House, batch_id: str) -> StudyRead:
    """The study of a drafting batch. Raises ``NotReady`` before its sources were read, ``UnknownName`` for no such batch or one that drafts nothing."""
    with house.store.read() as session:
        batches.get(session, batch_id)
        found = studies.get(session, batch_id)
    if found is None:
        raise NotReady("The sources of this batch have not been read yet.", batch=batch_id)
    if SOURCE_LIST not in found.blobs:
        raise UnknownName("This batch drafts nothing.", name=batch_id)
    return found


def source_set(house: House, batch_id: str) -> SourceSet:
    """The sources of a batch. Raises as ``study_of``."""
    read = study_of(house, batch_id)
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        several = studies.findings(session, batch_id)
        early = gates.of_batch(session, batch_id)
    counted: dict[str, int] = defaultdict(int)
    by_stage: dict[str, list[StudyFinding]] = defaultdict(list)
    for finding in several:
        counted[finding.path] += 1
        by_stage[finding.stage].append(finding)
    files = tuple(
        SourceRow(
            f["file"], f["sha256"], f["size"], f["kind"], tuple(f["holds"]), f["study"], f["error"], counted[f["file"]]
        )
        for f in blob(house, read.blobs[SOURCE_LIST])
    )
    ordered = {stage: tuple(sorted(found, key=_weight)) for stage, found in by_stage.items()}
    return SourceSet(batch, read.study, read.version, files, tuple(early), ordered)


def _weight(finding: StudyFinding) -> tuple[bool, int]:
    return (finding.disposition.value != "open", ("critical", "major", "minor").index(finding.severity.value))


def tables(house: House, batch_id: str) -> list[ParsedTable]:
    """Every table of the sources as it was parsed, in order. Raises as ``study_of``."""
    read = study_of(house, batch_id)
    facts = facts_by_place(house, batch_id)
    with house.store.read() as session:
        several = studies.findings(session, batch_id)
    return [_table(n, given, facts, several) for n, given in enumerate(blob(house, read.blobs[DISPLAYS]), 1)]


def table(house: House, batch_id: str, position: int) -> ParsedTable:
    """One table by its position from 1. Raises ``UnknownName``."""
    found = tables(house, batch_id)
    if not 1 <= position <= len(found):
        raise UnknownName(f"There is no table {position} among the sources.", name=str(position))
    return found[position - 1]


def _table(
    position: int,
    given: Mapping[str, Any],
    facts: Mapping[tuple[str, str], list[Fact]],
    several: Iterable[StudyFinding],
) -> ParsedTable:
    sha, index = given["sha256"], given["index"]
    width = len(given["columns"])
    arms: dict[int, str] = {}
    rows: list[ParsedRow] = []
    filled = understood = 0
    for path, depth, cells, number in given["rows"]:
        shown: list[ParsedCell | None] = [None] * width
        for column, text in cells:
            here = facts.get((sha, f"display:{index}/r{number}/c{column + 1}"), [])
            shown[column] = ParsedCell(text, tuple(Parsed(f.id, f.statistic, f.formatted) for f in here))
            filled += bool(text.strip())
            understood += bool(here)
            if here:
                arms[column] = here[-1].arm or "all"
        rows.append(ParsedRow(path[-1] if path else "", tuple(path[:-1]), depth, number, tuple(shown)))
    heads = tuple((" / ".join(c["path"]), c["n"], arms.get(i, "")) for i, c in enumerate(given["columns"]))
    own = tuple(f for f in several if f.path == given["file"] or (given["number"] and given["number"] in f.message))
    return ParsedTable(
        position, given["number"], given["title"], given["population"], given["file"], sha, index, heads,
        tuple(given["row_heads"]), tuple(rows), tuple(given["footnotes"]), tuple(given["used"]), understood, filled, own,
    )  # fmt: skip


def passages(house: House, batch_id: str, sha256: str) -> list[tuple[str, str]]:
    """The passages of a text source as (locator, words), in order of place. Raises as ``study_of``."""
    read = study_of(house, batch_id)
    card = blob(house, read.blobs[CARD]) if CARD in read.blobs else {}
    every: Mapping[str, str] = card.get("card", {}).get("passages", {})
    return [(key.partition("|")[2], text) for key, text in every.items() if key.startswith(f"{sha256}|")]


def facts_by_place(house: House, batch_id: str) -> Mapping[tuple[str, str], list[Fact]]:
    """The facts of a batch by file digest and locator. Raises as ``study_of``."""
    return _placed(house, study_of(house, batch_id).blobs[FACTS])[1]


def facts_of(house: House, batch_id: str) -> FactStore:
    """Every fact of a batch, those that its plans made included. Raises as ``study_of``."""
    return _placed(house, study_of(house, batch_id).blobs[FACTS])[0]


_FACTS: dict[str, tuple[FactStore, Mapping[tuple[str, str], list[Fact]]]] = {}


def _placed(house: House, digest: str) -> tuple[FactStore, Mapping[tuple[str, str], list[Fact]]]:
    """Facts of a blob, kept for the next look: a study has tens of thousands."""
    found = _FACTS.get(digest)
    if found is None:
        store = FactStore.from_json(house.store.blobs.get(digest))
        placed: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in store:
            for place in fact.places:
                placed[place.sha256, place.locator].append(fact)
        found = (store, dict(placed))
        while len(_FACTS) >= 4:
            _FACTS.pop(next(iter(_FACTS)), None)
        _FACTS[digest] = found
    return found


@lru_cache(maxsize=32)
def _parsed(text: bytes) -> Any:
    return json.loads(text.decode("utf-8", "surrogatepass"))


def blob(house: House, digest: str) -> Any:
    """A blob of JSON, kept for the next look: not to be changed."""
    return _parsed(house.store.blobs.get(digest))
