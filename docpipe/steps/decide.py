"""Decide: edits, approvals, rejections and dismissals of people. Imports accounts and store.

Every function takes a signed-in person, writes one audit event a row in the transaction of the change, and checks
edited rows again. What one row refuses does not stop the others; it is named in what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import DocpipeError, NotApprovable, NotReady, ReviewRefused, StaleRow, UnknownName
from docpipe.model.batch import CheckpointState, Document, State
from docpipe.model.inline import CodedText
from docpipe.model.segment import SegmentId, Status, Unit
from docpipe.steps.check import findings_of
from docpipe.steps.house import House
from docpipe.steps.work import held, reached
from docpipe.store import audit, batches, checkpoints, documents, findings, units


@dataclass(slots=True)
class Outcome:
    """Rows that were changed, and rows that were not with the error that kept them."""

    changed: list[SegmentId] = field(default_factory=list)
    refused: dict[SegmentId, DocpipeError] = field(default_factory=dict)


def under_review(document: Document) -> None:
    """Raises ``NotReady`` unless people may decide about the document."""
    stuck = document.state is State.FAILED and reached(document, "waiting")
    if document.state not in (State.WAITING, State.RELEASING) and not stuck:
        raise NotReady(
            f"The document is {document.state.value}: nothing can be decided about it.", document=document.id
        )


def edit(
    house: House,
    document_id: str,
    targets: Mapping[SegmentId, CodedText],
    user: User,
    reason: str,
    *,
    seen: Mapping[SegmentId, int] | None = None,
    reasons: Mapping[SegmentId, str] | None = None,
) -> Outcome:
    """Sets targets by a person. Approvals of these rows and the signature of the document are void thereby.

    ``seen``: the revision of each row that the edit was made from; one that is at another by now is refused as stale.
    ``reasons``: of single rows, in place of ``reason``.
    """
    require(user.roles, Action.EDIT)

    def edited(unit: Unit) -> Unit:
        if seen is not None and seen.get(unit.segment, unit.revision) != unit.revision:
            raise StaleRow(
                f"Row {unit.segment} is based on revision {seen[unit.segment]}, the row is at revision {unit.revision}.",
                segment=unit.segment, stored=unit.revision, given=seen[unit.segment],
            )  # fmt: skip
        return unit.edited(targets[unit.segment], user.name)

    return _change(house, document_id, list(targets), user, "row.edited", reason, edited, reasons)


def approve(
    house: House, document_id: str, rows: Collection[SegmentId] | None, user: User, reason: str = ""
) -> Outcome:
    """Approves the rows (None: all that are not approved yet). Rows with an open critical finding are left."""
    require(user.roles, Action.APPROVE)
    with house.store.read() as session:
        current = units.units(session, document_id)
        critical = {f.segment for f in findings.listing(session, document_id) if f.blocking}
    chosen = [s for s, u in current.items() if u.status is not Status.APPROVED] if rows is None else list(rows)

    def approved(unit: Unit) -> Unit:
        if unit.segment in critical:
            raise NotApprovable("The row has an open critical finding.", segment=unit.segment)
        return unit.approved(user.name)

    return _change(house, document_id, chosen, user, "row.approved", reason, approved)


def reject(house: House, document_id: str, rows: Collection[SegmentId], user: User, reason: str) -> Outcome:
    """Sends rows back with a reason; only these are worked again."""
    require(user.roles, Action.REJECT)
    if not reason.strip():
        raise ReviewRefused("A rejection needs a reason.")
    return _change(
        house, document_id, list(rows), user, "row.rejected", reason, lambda u: u.rejected(user.name, reason)
    )


def _change(
    house: House,
    document_id: str,
    rows: list[SegmentId],
    user: User,
    action: str,
    reason: str,
    change: Callable[[Unit], Unit],
    reasons: Mapping[SegmentId, str] | None = None,
) -> Outcome:
    outcome = Outcome()
    with held(house, f"document:{document_id}"):
        with house.store.read() as session:
            document = documents.get(session, document_id)
            batch = batches.get(session, document.batch)
            segments = units.segments(session, document_id)
        under_review(document)
        with house.store.write() as session:
            current = units.units(session, document_id)
            before = dict(current)
            now = house.now()
            changed: list[Unit] = []
            for row in rows:
                unit = current.get(row)
                if unit is None:
                    outcome.refused[row] = UnknownName(f"There is no row {row}.", segment=row)
                    continue
                try:
                    after = change(unit)
                except ReviewRefused as error:
                    outcome.refused[row] = error
                    continue
                if after is not unit:
                    changed.append(after)
                    current[row] = after
            if not changed:
                return outcome
            units.save(session, document_id, changed, now, user.name)
            for unit in changed:
                old, new = before[unit.segment], unit
                audit.append(
                    session, batch.id, user.name, action, f"{document_id}/{unit.segment}",
                    old=f"{old.status.value}:{old.digest}", new=f"{new.status.value}:{new.digest}",
                    reason=(reasons or {}).get(unit.segment, reason), at=now,
                )  # fmt: skip
            touched = {u.segment for u in changed}
            if action == "row.edited":
                found = findings_of(house, batch, segments, current, touched)
                findings.replace(session, document_id, found)
            if action != "row.approved":
                _void(session, document, user, now)
        outcome.changed = [u.segment for u in changed]
    return outcome


def _void(session: Any, document: Document, user: User, now: datetime) -> None:
    """A change after the signature: it no longer holds, and the document waits again."""
    for checkpoint in checkpoints.of_document(session, document.id):
        if checkpoint.state is CheckpointState.SIGNED:
            checkpoints.void(session, checkpoint.id, now)
            checkpoints.set_state(session, checkpoint.id, CheckpointState.OPEN)
            audit.append(
                session, document.batch, user.name, "signature.voided", checkpoint.id, old=checkpoint.digest, at=now
            )
    if document.state in (State.RELEASING, State.FAILED):
        documents.update(session, document.id, state=State.WAITING, stage="waiting", error_code="", error_message="")


def dismiss(house: House, finding_id: str, user: User, reason: str) -> None:
    """Dismisses a finding with a reason; bound to the exact pair that was seen."""
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("A dismissal needs a reason.")
    with house.store.write() as session:
        found = findings.get(session, finding_id)
        document = documents.get(session, found.document)
        under_review(document)
        now = house.now()
        findings.dismiss(session, finding_id, user.name, reason, now)
        audit.append(
            session, document.batch, user.name, "finding.dismissed", f"{document.id}/{found.segment or '-'}",
            old=found.check, new="dismissed", reason=reason, at=now,
        )  # fmt: skip
        _void(session, document, user, now)
