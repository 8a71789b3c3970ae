"""Propagate: repetitions get the target of their first occurrence in the batch. Imports checks and store.

A first occurrence without a target (its document failed) leaves its repetitions to a person; when the document comes
back and is translated, they are filled and checked after all.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.model.batch import Batch, Document, State
from docpipe.model.inline import renumber_like, to_wire, with_codes_of
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.check import findings_of, merged
from docpipe.steps.house import MACHINE, House
from docpipe.steps.term_proposals import propose
from docpipe.steps.translate import PSEUDO
from docpipe.steps.work import held, reached
from docpipe.store import batches, documents, findings, units

ORPHAN = "its first occurrence has no target"
Rows = Mapping[SegmentId, Unit]
Sources = Mapping[SegmentId, Segment]


def propagate(house: House, batch_id: str) -> int:
    """Fills the batch's repetitions; returns how many rows it changed. Then the terms of the package are proposed anew."""
    with held(house, f"propagate:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = [d for d in documents.of_batch(session, batch_id) if d.state is not State.REFUSED]
            rows = {d.id: units.units(session, d.id) for d in found}
            sources = {d.id: {s.id: s for s in units.segments(session, d.id)} for d in found}
        count = 0
        for document in found:
            changed = [
                after
                for unit in rows[document.id].values()
                if (after := _filled(unit, sources[document.id], rows, sources)) is not unit
            ]
            if changed:
                rows[document.id] |= {u.segment: u for u in changed}
                _publish(house, batch, document, changed, sources[document.id], rows[document.id])
                count += len(changed)
        propose(house, batch_id)
        return count


def _filled(unit: Unit, own: Sources, rows: Mapping[str, Rows], sources: Mapping[str, Sources]) -> Unit:
    """The row after its first occurrence; the very same row where nothing is to be done."""
    open_repetition = unit.status is Status.NEW and unit.origin.kind is OriginKind.REPETITION
    if not open_repetition or unit.needs_person not in ("", ORPHAN):
        return unit
    other, _, first = unit.origin.detail.partition(":")
    model = rows.get(other, {}).get(SegmentId(first))
    if model is None or model.status is Status.NEW or merged(model):
        return unit if unit.needs_person else unit.left_to_person(ORPHAN)
    # Their texts are equal, the numbers of their codes need not be.
    wire = to_wire(renumber_like(model.target, sources[other][SegmentId(first)].source))
    target = with_codes_of(wire, own[unit.segment].source)
    if model.origin.kind is OriginKind.PSEUDO or model.needs_person:
        return unit.translated(target, Origin(OriginKind.PSEUDO, unit.origin.detail), model.needs_person or PSEUDO)
    return unit.recalled(target, Origin(OriginKind.REPETITION, unit.origin.detail))


def _publish(
    house: House, batch: Batch, document: Document, changed: list[Unit], sources: Sources, current: Rows
) -> None:
    """Saves the rows that nobody touched meanwhile; a document that was checked before has them checked too."""
    with house.store.write() as session:
        documents.locked(session, document.id)
        now = units.some(session, document.id, [u.segment for u in changed])
        changed = [u for u in changed if now[u.segment].revision == u.revision - 1]
        units.save(session, document.id, changed, house.now(), MACHINE)
        if reached(document, "checked"):
            only = [u.segment for u in changed if u.status is not Status.NEW]
            findings.replace(session, document.id, findings_of(house, batch, list(sources.values()), current, only))
