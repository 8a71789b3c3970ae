"""Decide: edits, approvals, rejections, dismissals and signatures of people. Imports accounts and store.

Every function takes a signed-in person, writes one audit event a row in the transaction of the change, and checks
edited rows again. What one row refuses does not stop the others; it is named in what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import DocpipeError, NotApprovable, NotReady, ReviewRefused, RoleMissing, UnknownName
from docpipe.model.batch import Checkpoint, CheckpointState, Document, Signature, State
from docpipe.model.inline import CodedText
from docpipe.model.segment import SegmentId, Status, Unit
from docpipe.steps.check import findings_of
from docpipe.steps.house import House
from docpipe.steps.open_checkpoint import review_digest
from docpipe.steps.people import sign_in
from docpipe.steps.work import held, reached
from docpipe.store import audit, batches, checkpoints, documents, findings, units


@dataclass(slots=True)
class Outcome:
    """Rows that were changed, and rows that were not with the error that kept them."""

    changed: list[SegmentId] = field(default_factory=list)
    refused: dict[SegmentId, DocpipeError] = field(default_factory=dict)


def _under_review(document: Document) -> None:
    stuck = document.state is State.FAILED and reached(document, "waiting")
    if document.state not in (State.WAITING, State.RELEASING) and not stuck:
        raise NotReady(
            f"The document is {document.state.value}: nothing can be decided about it.", document=document.id
        )


def edit(house: House, document_id: str, targets: Mapping[SegmentId, CodedText], user: User, reason: str) -> Outcome:
    """Sets targets by a person. Approvals of these rows and the signature of the document are void thereby."""
    require(user.roles, Action.EDIT)
    return _change(
        house, document_id, list(targets), user, "row.edited", reason, lambda u: u.edited(targets[u.segment], user.name)
    )


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
) -> Outcome:
    outcome = Outcome()
    with held(house, f"document:{document_id}"):
        with house.store.read() as session:
            document = documents.get(session, document_id)
            batch = batches.get(session, document.batch)
            segments = units.segments(session, document_id)
        _under_review(document)
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
                    old=f"{old.status.value}:{old.digest}", new=f"{new.status.value}:{new.digest}", reason=reason, at=now,
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
        _under_review(document)
        now = house.now()
        findings.dismiss(session, finding_id, user.name, reason, now)
        audit.append(
            session, document.batch, user.name, "finding.dismissed", f"{document.id}/{found.segment or '-'}",
            old=found.check, new="dismissed", reason=reason, at=now,
        )  # fmt: skip
        _void(session, document, user, now)


def blockers(house: House, document_id: str) -> dict[str, int]:
    """What stands between a document and its signature: reason -> count."""
    with house.store.read() as session:
        current = units.units(session, document_id)
        critical = findings.open_critical(session, document_id)
    open_rows = sum(u.status is not Status.APPROVED for u in current.values())
    return {k: v for k, v in {"rows not approved": open_rows, "critical findings open": critical}.items() if v}


def sign(house: House, document_id: str, user_name: str, password: str, meaning: str) -> Signature:
    """Signs a document's checkpoint: the password is asked for each time. Raises ``NotApprovable`` naming what is open."""
    user = sign_in(house, user_name, password)
    require(user.roles, Action.SIGN)
    with held(house, f"document:{document_id}"):
        with house.store.read() as session:
            document = documents.get(session, document_id)
        _under_review(document)
        open_things = blockers(house, document_id)
        if open_things:
            listed = ", ".join(f"{n} {what}" for what, n in open_things.items())
            raise NotApprovable(f"The document cannot be signed yet: {listed}.", document=document_id)
        with house.store.write() as session:
            batch = batches.get(session, document.batch)
            checkpoint = _open_checkpoint(checkpoints.of_document(session, document_id), document)
            if user.roles.isdisjoint({r for r in user.roles if r.value in batch.recipe.sign_roles}):
                raise RoleMissing(f"Signing needs the role {' or '.join(batch.recipe.sign_roles)}.")
            digest = review_digest(
                batch, document, units.segments(session, document_id), units.units(session, document_id),
                findings.listing(session, document_id),
            )  # fmt: skip
            now = house.now()
            signature = Signature(checkpoint.id, user.name, user.printed_name, meaning, now, digest)
            checkpoints.sign(session, signature)
            checkpoints.set_state(session, checkpoint.id, CheckpointState.SIGNED)
            documents.update(session, document_id, state=State.RELEASING)
            audit.append(
                session,
                batch.id,
                user.name,
                "checkpoint.signed",
                checkpoint.id,
                old=checkpoint.digest,
                new=digest,
                reason=meaning,
                at=now,
            )
    return signature


def _open_checkpoint(found: list[Checkpoint], document: Document) -> Checkpoint:
    for checkpoint in found:
        if checkpoint.state in (CheckpointState.OPEN, CheckpointState.SENT_BACK):
            return checkpoint
    raise NotReady("The document has no open checkpoint.", document=document.id)


def signature_holds(house: House, document: Document) -> bool:
    """Whether the document carries a signature over exactly what it is now."""
    with house.store.read() as session:
        batch = batches.get(session, document.batch)
        now = review_digest(
            batch, document, units.segments(session, document.id), units.units(session, document.id),
            findings.listing(session, document.id),
        )  # fmt: skip
        return any(
            not s.void and s.digest == now
            for c in checkpoints.of_document(session, document.id)
            if c.state is CheckpointState.SIGNED
            for s in checkpoints.signatures(session, c.id)
        )
