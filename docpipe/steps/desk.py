"""The frame round every change that people make to a document's rows: one short transaction, no lease while it waits.

A change locks the document's row first, so that changes of one document, and its signing, come one after the other. Once a
document is signed, steps of the machine work on it under its lease; then a change takes the lease too. Imports store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from docpipe.accounts.roles import User
from docpipe.checks.document import document_findings
from docpipe.errors import NotReady
from docpipe.model.audit import AuditEvent
from docpipe.model.batch import Batch, CheckpointState, Document, State
from docpipe.model.finding import Finding
from docpipe.model.segment import SegmentId, Status, Unit
from docpipe.steps import draft_checks, layout
from docpipe.steps.check import findings_of, merged, unchecked
from docpipe.steps.draft_values import draft_values, value_findings, without_twins
from docpipe.steps.house import MACHINE, House
from docpipe.steps.term_learning import learn
from docpipe.steps.work import held, reached
from docpipe.store import audit, batches, checkpoints, deliverables, documents, findings, grid, units
from docpipe.store.audit import Entry

T = TypeVar("T")
REACH = 3
"""How many rows on either side a change can make the checks say something else of, and what they look at for it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A document in a person's hands, inside a transaction that holds it."""

    house: House
    session: Any
    batch: Batch
    document: Document
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A row before and after a change, and what the trail says of it."""

    before: Unit
    after: Unit
    action: str
    reason: str = ""


def under_review(document: Document) -> None:
    """Raises ``NotReady`` for a document about which nothing can be decided now."""
    stuck = document.state is State.FAILED and reached(document, "waiting")
    if document.state not in (State.WAITING, State.RELEASING) and not stuck:
        raise NotReady(
            f"The document is {document.state.value}: nothing can be decided about it.", document=document.id
        )


def at_desk(house: House, document_id: str, work: Callable[[Desk], T]) -> T:
    """Does the work in one write transaction that holds the document. Raises ``UnknownName``, ``NotReady``."""
    with house.store.write() as session:
        document = documents.locked(session, document_id)
        under_review(document)
        if document.state is State.WAITING:
            return work(Desk(house, session, batches.get(session, document.batch), document, house.now()))
    with held(house, f"document:{document_id}"), house.store.write() as session:
        document = documents.locked(session, document_id)
        under_review(document)
        return work(Desk(house, session, batches.get(session, document.batch), document, house.now()))


def change(desk: Desk, steps: Sequence[Step], user: User) -> list[AuditEvent]:
    """Saves rows with one event each; an approval or signature that no longer holds is voided and said to be."""
    if not steps:
        return []
    s, document = desk.session, desk.document
    seen = {step.before.segment: step.before.revision for step in steps}
    units.save(s, document.id, [step.after for step in steps], desk.now, user.name, expected=seen)
    entries: list[Entry] = []
    for step in steps:
        entries += _entries(document, step, user)
    events = audit.append_all(s, desk.batch.id, entries, desk.now)
    approved = [x.after.segment for x in steps if x.after.status is Status.APPROVED is not x.before.status]
    if not desk.batch.recipe.drafts:
        learn(s, desk.batch, document.id, approved, user.name, desk.now)
    touched = [step for step in steps if _text_changed(step)]
    if touched:
        refresh(desk, [step.after.segment for step in touched])
    if any(step.after.status is not Status.APPROVED or _text_changed(step) for step in steps):
        first = next(s for s in steps if s.after.status is not Status.APPROVED or _text_changed(s)).after
        void(desk, user, f"void because row {first.segment} changed in revision {first.revision}")
        worked_again(desk, [step.after.segment for step in steps])
    return events


def _text_changed(step: Step) -> bool:
    a, b = step.before, step.after
    return a.target != b.target or a.origin != b.origin or (a.status is Status.NEW) != (b.status is Status.NEW)


def _entries(document: Document, step: Step, user: User) -> list[Entry]:
    old, new = step.before, step.after
    subject = f"{document.id}/{new.segment}"
    entries = [
        Entry(
            user.name, step.action, subject, f"{old.status.value}:{old.digest}", f"{new.status.value}:{new.digest}",
            step.reason,
        )
    ]  # fmt: skip
    if old.status is Status.APPROVED and _text_changed(step):
        why = f"approval of {old.approver} void because the text changed in revision {new.revision}"
        entries.append(Entry(MACHINE, "row.approval_voided", subject, f"approved:{old.digest}", "", why))
    return entries


def refresh(desk: Desk, rows: Sequence[SegmentId]) -> None:
    """Checks changed rows again, and the rows beside them; no other row is read."""
    s, document = desk.session, desk.document
    if desk.batch.recipe.drafts:
        draft_checks.refresh(desk.house, s, desk.batch, document, rows)
        return
    places = grid.places_of(s, document.id, rows)
    near = sorted({p + n for p in places for n in range(-REACH, REACH + 1) if p + n >= 0})
    loaded = {r.position: r for r in grid.load(s, document.id, places=near)}
    again = {p + n for p in places for n in (-1, 0, 1)}
    bounded = layout.kept_places(deliverables.places_of(s, document.id))
    if bounded:
        touched = layout.sharing(bounded, {r.segment.address for p, r in loaded.items() if p in again})
        again |= {p for p, r in loaded.items() if r.segment.address in touched}
    found: dict[SegmentId, list[Finding]] = {}
    for run in _runs(sorted(loaded)):
        segments = [loaded[p].segment for p in run]
        current = {loaded[p].segment.id: loaded[p].unit for p in run}
        only = [loaded[p].segment.id for p in run if p in again]
        found |= findings_of(desk.house, desk.batch, segments, current, only)
        targets = {i: u.target for i, u in current.items() if u.status is not Status.NEW}
        carried = {i for i, u in current.items() if merged(u)}
        for row, finding in document_findings(segments, targets, merged=carried):
            if row is not None and row in only and not unchecked(current[row]):
                found[row].append(finding)
        if bounded:
            for row, finding in layout.reckoned(bounded, segments, current).items():
                if row in found and not unchecked(current[row]):
                    found[row].append(finding)
    if draft_values(desk.house, document.sha256) is not None:
        segments, current = units.segments(s, document.id), units.units(s, document.id)
        for row, several in value_findings(desk.house, desk.batch, document, segments, current, found.keys()).items():
            found[row] = without_twins(found[row], several)
    findings.replace(s, document.id, found)


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Neighbouring numbers together."""
    runs: list[list[int]] = []
    for p in places:
        if runs and runs[-1][-1] == p - 1:
            runs[-1].append(p)
        else:
            runs.append([p])
    return runs


def void(desk: Desk, user: User, why: str) -> None:
    """A change after the signature: it no longer holds, and the document waits again."""
    s, document = desk.session, desk.document
    if document.state is State.WAITING:
        return
    for checkpoint in checkpoints.of_document(s, document.id):
        if checkpoint.state is CheckpointState.SIGNED:
            checkpoints.void(s, checkpoint.id, desk.now)
            checkpoints.set_state(s, checkpoint.id, CheckpointState.OPEN)
            audit.append(
                s, document.batch, user.name, "signature.voided", checkpoint.id, old=checkpoint.digest, reason=why,
                at=desk.now,
            )  # fmt: skip
    documents.update(s, document.id, state=State.WAITING, stage="waiting", error_code="", error_message="")


def worked_again(desk: Desk, changed: Sequence[SegmentId]) -> None:
    """A checkpoint that was sent back is open again once no row waits to be worked on."""
    s, document = desk.session, desk.document
    back = [c for c in checkpoints.of_document(s, document.id) if c.state is CheckpointState.SENT_BACK]
    if not back or not changed:
        return
    if not units.rejected(s, document.id):
        for checkpoint in back:
            checkpoints.set_state(s, checkpoint.id, CheckpointState.OPEN)
            audit.append(s, document.batch, MACHINE, "checkpoint.reopened", checkpoint.id, at=desk.now)
