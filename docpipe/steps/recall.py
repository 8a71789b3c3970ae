"""Recall: previous version, in-context and exact matches, repetitions inside the batch. Imports memory and store.

Works on the batch as a whole, documents in the order of their names, so that a repetition always refers to the same first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from docpipe.memory.previous import Carried, align, carry
from docpipe.memory.recall import recall
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import Block, count_words
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import WireError, plain_text, with_codes_of
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Origin, Segment, SegmentId, Status, Unit
from docpipe.model.terms import Match
from docpipe.segment.segments import pieces
from docpipe.steps import reading
from docpipe.steps.assets import memory_names, previous_pairs
from docpipe.steps.extract import extraction_of
from docpipe.steps.house import House
from docpipe.steps.progress import Progress, report
from docpipe.steps.work import Work, held, reached, step
from docpipe.store import batches, documents, findings, units
from docpipe.store.memory import SqlMemory

First = tuple[str, SegmentId]


def recall_batch(house: House, batch_id: str) -> list[Document]:
    """Brings every segmented document of the batch to ``recalled``."""
    with held(house, f"recall:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = documents.of_batch(session, batch_id)
        seen: dict[Digest, First] = {}
        done: list[Document] = []
        for number, document in enumerate(found, 1):
            if document.state is State.REFUSED or not reached(document, "segmented"):
                done.append(document)
                continue
            done.append(_recall(house, batch, document, seen))
            report(Progress(batch_id, "", "recall", number, len(found)))
        return done


def _recall(house: House, batch: Batch, document: Document, seen: dict[Digest, First]) -> Document:
    with house.store.read() as session:
        segments = units.segments(session, document.id)

    def work(job: Work) -> None:
        with house.store.read() as session:
            current = units.units(session, document.id)
        carried, left = _carried(house, batch, document, segments)
        lookup = SqlMemory(house.store, memory_names(batch.recipe))
        matches = recall(segments, lookup, carried)
        changed = list(_apply(document, segments, current, matches, seen))
        with house.store.write() as session:
            units.save(session, document.id, changed, house.now(), "docpipe")
            if left:
                findings.add(session, document.id, "", [_not_carried(left)])
        job.tally.segments = len(changed)
        job.tally.words = sum(count_words(plain_text(s.source)) for s in segments if s.id in matches)
        job.tally.pages = document.pages
        job.tally.digest = digest_of([(u.segment, u.digest, u.origin.kind) for u in changed])

    after = step(house, document.id, "recalled", work)
    for s in segments:
        seen.setdefault(s.digest, (document.id, s.id))
    return after


def _apply(
    document: Document,
    segments: list[Segment],
    current: Mapping[SegmentId, Unit],
    matches: Mapping[SegmentId, Match],
    seen: Mapping[Digest, First],
) -> list[Unit]:
    """The units that a match or a repetition changes."""
    inside: dict[Digest, First] = {}
    changed: list[Unit] = []
    for s in segments:
        unit, match = current[s.id], matches.get(s.id)
        if unit.status is not Status.NEW:
            continue
        if match is not None:
            try:
                target = with_codes_of(match.target, s.source)
            except WireError:
                match = None
            else:
                changed.append(unit.recalled(target, Origin(match.kind, str(match.percent))))
        if match is None:
            first = seen.get(s.digest) or inside.get(s.digest)
            if first is not None:
                changed.append(unit.repeats(*first))
        inside.setdefault(s.digest, (document.id, s.id))
    return changed


def _carried(
    house: House, batch: Batch, document: Document, segments: list[Segment]
) -> tuple[Mapping[SegmentId, str], int]:
    """Targets carried over from the previous version of this document, and how many of its pairs could not be used."""
    pair = previous_pairs(house, batch.recipe.assets).get(document.path)
    if pair is None:
        return {}, 0
    blocks = extraction_of(house, document).blocks
    result = carried_over(house, batch.recipe, document.media_type, pair, segments, blocks)
    return result.targets, len(result.left)


def carried_over(
    house: House,
    recipe: Recipe,
    media_type: str,
    pair: tuple[Digest, Digest],
    segments: Sequence[Segment],
    blocks: Iterable[Block],
) -> Carried:
    """What a previous version (blobs of its source and target) gives to a document's segments."""
    old_source, old_target = (
        reading.load(reading.read(house.settings, media_type, house.store.blobs.get(digest), recipe.policy)).blocks
        for digest in pair
    )
    alignment = align(old_source, old_target, recipe.source_language, recipe.target_language, pieces)
    return carry(alignment, segments, blocks)


def _not_carried(count: int) -> Finding:
    message = f"{count} places of the previous version could not be aligned with its translation; their text was not carried over."
    return Finding("previous.not_aligned", Severity.MINOR, message)
