"""Propagate: repetitions get the target of their first occurrence in the batch. Imports checks and store.

A first occurrence without a target (its document failed) leaves its repetitions to a person; when the document comes
back and is translated, they are filled and checked after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from docpipe.checks.document import document_findings
from docpipe.checks.fit import Space
from docpipe.model.batch import Batch, Document, State
from docpipe.model.finding import Finding
from docpipe.model.inline import renumber_like, to_wire, with_codes_of
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps import layout
from docpipe.steps.check import findings_of, merged, unchecked
from docpipe.steps.house import MACHINE, House
from docpipe.steps.term_proposals import propose
from docpipe.steps.translate import PSEUDO
from docpipe.steps.work import held, reached
from docpipe.store import batches, deliverables, documents, findings, units

ORPHAN = "its first occurrence has no target"
Firsts = Mapping[tuple[str, SegmentId], tuple[Unit, Segment]]


def propagate(house: House, batch_id: str) -> int:
    """Fills the batch's repetitions; returns how many rows it changed. Then the terms of the package are proposed anew."""
    with held(house, f"propagate:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = [d for d in documents.of_batch(session, batch_id) if d.state is not State.REFUSED]
            waiting = {d.id: rows for d in found if (rows := units.open_repetitions(session, d.id))}
        firsts = _firsts(house, [u for rows in waiting.values() for u in rows.values()])
        count = 0
        for document in found:
            if document.id not in waiting:
                continue
            with house.store.read() as session:
                own = units.some_segments(session, document.id, waiting[document.id])
            changed = [
                after for unit in waiting[document.id].values() if (after := _filled(unit, own, firsts)) is not unit
            ]
            if changed:
                _publish(house, batch, document, changed)
                count += len(changed)
        propose(house, batch_id)
        return count


def _place(unit: Unit) -> tuple[str, SegmentId]:
    """Document and segment of a repetition's first occurrence."""
    document, _, segment = unit.origin.detail.partition(":")
    return document, SegmentId(segment)


def _firsts(house: House, waiting: Iterable[Unit]) -> Firsts:
    """The first occurrences that rows wait for; the rest of a large package stays where it is."""
    places: dict[str, set[SegmentId]] = {}
    for unit in waiting:
        document, segment = _place(unit)
        places.setdefault(document, set()).add(segment)
    found: dict[tuple[str, SegmentId], tuple[Unit, Segment]] = {}
    for document, ids in places.items():
        with house.store.read() as session:
            rows, sources = units.some(session, document, ids), units.some_segments(session, document, ids)
        found |= {(document, i): (rows[i], sources[i]) for i in ids if i in rows and i in sources}
    return found


def _filled(unit: Unit, own: Mapping[SegmentId, Segment], firsts: Firsts) -> Unit:
    """The row after its first occurrence; the very same row where nothing is to be done."""
    if unit.needs_person not in ("", ORPHAN):
        return unit
    model, source = firsts.get(_place(unit), (None, None))
    if model is None or source is None or model.status is Status.NEW or merged(model):
        return unit if unit.needs_person else unit.left_to_person(ORPHAN)
    # Their texts are equal, the numbers of their codes need not be.
    wire = to_wire(renumber_like(model.target, source.source))
    target = with_codes_of(wire, own[unit.segment].source)
    if model.origin.kind is OriginKind.PSEUDO or model.needs_person:
        return unit.translated(target, Origin(OriginKind.PSEUDO, unit.origin.detail), model.needs_person or PSEUDO)
    return unit.recalled(target, Origin(OriginKind.REPETITION, unit.origin.detail))


def _publish(house: House, batch: Batch, document: Document, changed: list[Unit]) -> None:
    """Saves the rows that nobody touched meanwhile; a document that was checked before has them checked too."""
    with house.store.write() as session:
        documents.locked(session, document.id)
        now = units.some(session, document.id, [u.segment for u in changed])
        changed = [u for u in changed if now[u.segment].revision == u.revision - 1]
        units.save(session, document.id, changed, house.now(), MACHINE)
        if reached(document, "checked"):
            only = {u.segment for u in changed if u.status is not Status.NEW}
            sources, current = units.segments(session, document.id), units.units(session, document.id)
            bounded = layout.kept_places(deliverables.places_of(session, document.id))
            findings.replace(session, document.id, _found(house, batch, sources, current, only, bounded))


def _found(
    house: House,
    batch: Batch,
    sources: Sequence[Segment],
    current: Mapping[SegmentId, Unit],
    only: set[SegmentId],
    bounded: Sequence[Space],
) -> dict[SegmentId, list[Finding]]:
    """The findings of rows that were filled, and of those that share a bounded place of the layout with them."""
    touched = layout.sharing(bounded, {s.address for s in sources if s.id in only})
    rows = [s.id for s in sources if s.id in only or (s.address in touched and current[s.id].status is not Status.NEW)]
    found = findings_of(house, batch, sources, current, rows)
    targets = {i: u.target for i, u in current.items() if u.status is not Status.NEW}
    carried = {i for i, u in current.items() if merged(u)}
    for row, finding in (
        *document_findings(sources, targets, merged=carried),
        *layout.reckoned(bounded, sources, current).items(),
    ):
        if row in found and not unchecked(current[row]):
            found[row].append(finding)
    return found
