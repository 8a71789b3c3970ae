"""Decide: edits, approvals, rejections and dismissals of people, many rows at a time. Imports accounts and store.

Every function takes a signed-in person, writes one audit event a row in the transaction of the change, and checks
edited rows again. What one row refuses does not stop the others; it is named in what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import DocpipeError, NotApprovable, ReviewRefused, StaleRow, UnknownName
from docpipe.model.audit import AuditEvent
from docpipe.model.batch import CheckpointState
from docpipe.model.canonical import Digest
from docpipe.model.draft import row_codes
from docpipe.model.finding import Disposition
from docpipe.model.inline import CodedText, code_faults
from docpipe.model.segment import SegmentId, Status, Unit
from docpipe.steps.check import merged
from docpipe.steps.desk import Desk, Step, at_desk, change, under_review, void
from docpipe.steps.house import House
from docpipe.steps.open_checkpoint import review_digest
from docpipe.steps.package_terms import after_approval
from docpipe.store import audit, checkpoints, documents, findings, grid, units
from docpipe.store.audit import Entry
from docpipe.store.findings import StoredFinding
from docpipe.store.grid import GridRow

__all__ = [
    "Outcome",
    "approvable",
    "approve",
    "decided",
    "dismiss",
    "dismiss_all",
    "edit",
    "reject",
    "send_back",
    "under_review",
]

CODES = "D"
"""Family of the checks of codes."""
PROPOSAL = "M7."
"""Begins the check id of a proposal of a model: it is accepted, written anew or turned back, never dismissed."""


@dataclass(slots=True)
class Outcome:
    """Rows that were changed, and rows that were not with the error that kept them. ``events``: what the trail says."""

    changed: list[SegmentId] = field(default_factory=list)
    refused: dict[SegmentId, DocpipeError] = field(default_factory=dict)
    events: list[AuditEvent] = field(default_factory=list)


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

    def edited(row: GridRow, _: Sequence[StoredFinding]) -> Unit:
        return row.unit.edited(targets[row.segment.id], user.name)

    return decided(house, document_id, list(targets), user, "row.edited", reason, edited, seen=seen, reasons=reasons)


def approve(
    house: House,
    document_id: str,
    rows: Collection[SegmentId] | None,
    user: User,
    reason: str = "",
    *,
    seen: Mapping[SegmentId, int] | None = None,
) -> Outcome:
    """Approves rows (None: all that are not approved yet) as they were seen; one that changed meanwhile is left as stale.

    ``seen``: revisions that were seen; without it, those at the start of this call. Rows with an open critical finding or
    broken codes are left.
    """
    require(user.roles, Action.APPROVE)
    with house.store.read() as session:
        documents.get(session, document_id)
        now = units.revisions(session, document_id, waiting=rows is None)
    chosen = list(now) if rows is None else list(rows)
    exact = {r: now[r] for r in chosen if r in now} | dict(seen or {})

    def approved(row: GridRow, said: Sequence[StoredFinding]) -> Unit:
        approvable(row, said)
        return row.unit.approved(user.name)

    outcome = decided(house, document_id, chosen, user, "row.approved", reason, approved, seen=exact)
    after_approval(house, document_id, outcome.changed)
    return outcome


def approvable(row: GridRow, said: Sequence[StoredFinding]) -> None:
    """Raises ``NotApprovable`` for an open critical finding, and for broken codes that nobody answers for by name."""
    if any(f.blocking for f in said):
        raise NotApprovable("The row has an open critical finding.", segment=row.segment.id)
    answered = any(f.check.startswith(CODES) and f.disposition is Disposition.DISMISSED for f in said)
    if not answered and not merged(row.unit) and row.unit.status is not Status.NEW:
        faults = code_faults(row_codes(row.segment.source, row.unit.target), row.unit.target)
        if faults:
            raise NotApprovable(f"The row's codes are broken: {faults[0]}.", segment=row.segment.id, codes=len(faults))


def reject(
    house: House,
    document_id: str,
    rows: Collection[SegmentId],
    user: User,
    reason: str,
    *,
    seen: Mapping[SegmentId, int] | None = None,
) -> Outcome:
    """Sends rows back with a reason; only these are worked again."""
    require(user.roles, Action.REJECT)
    if not reason.strip():
        raise ReviewRefused("A rejection needs a reason.")

    def rejected(row: GridRow, _: Sequence[StoredFinding]) -> Unit:
        return row.unit.rejected(user.name, reason)

    return decided(house, document_id, list(rows), user, "row.rejected", reason, rejected, seen=seen)


def decided(
    house: House,
    document_id: str,
    rows: Sequence[SegmentId],
    user: User,
    action: str,
    reason: str,
    make: Callable[[GridRow, Sequence[StoredFinding]], Unit],
    *,
    seen: Mapping[SegmentId, int] | None = None,
    reasons: Mapping[SegmentId, str] | None = None,
) -> Outcome:
    """The change of some rows at the desk; ``make`` gives a row's next revision, or the row itself where nothing changes."""

    def work(desk: Desk) -> Outcome:
        return decided_at(desk, rows, user, action, reason, make, seen=seen, reasons=reasons)

    return at_desk(house, document_id, work)


def decided_at(
    desk: Desk,
    rows: Sequence[SegmentId],
    user: User,
    action: str,
    reason: str,
    make: Callable[[GridRow, Sequence[StoredFinding]], Unit],
    *,
    seen: Mapping[SegmentId, int] | None = None,
    reasons: Mapping[SegmentId, str] | None = None,
) -> Outcome:
    """The same inside a transaction that holds the document."""
    outcome = Outcome()
    loaded = {r.segment.id: r for r in grid.load(desk.session, desk.document.id, ids=rows)}
    said = findings.of_rows(desk.session, desk.document.id, list(loaded))
    steps: list[Step] = []
    for name in dict.fromkeys(rows):
        row = loaded.get(name)
        if row is None:
            outcome.refused[name] = UnknownName(f"There is no row {name}.", segment=name)
            continue
        try:
            _as_seen(row.unit, seen)
            after = make(row, said.get(name, ()))
        except ReviewRefused as error:
            outcome.refused[name] = error
            continue
        if after is not row.unit:
            steps.append(Step(row.unit, after, action, (reasons or {}).get(name, reason)))
    outcome.events = change(desk, steps, user)
    outcome.changed = [step.after.segment for step in steps]
    return outcome


def _as_seen(unit: Unit, seen: Mapping[SegmentId, int] | None) -> None:
    based = unit.revision if seen is None else seen.get(unit.segment, unit.revision)
    if based != unit.revision:
        raise StaleRow(
            f"Row {unit.segment} is based on revision {based}, the row is at revision {unit.revision}.",
            segment=unit.segment, stored=unit.revision, given=based,
        )  # fmt: skip


def dismiss(house: House, finding_id: str, user: User, reason: str) -> None:
    """Dismisses a finding with a reason; bound to the exact pair that was seen."""
    with house.store.read() as session:
        document = findings.get(session, finding_id).document
    dismiss_all(house, document, [finding_id], user, reason)


def dismiss_all(house: House, document_id: str, ids: Sequence[str], user: User, reason: str) -> int:
    """Dismisses findings of a document with one reason, one event each; how many were open. Raises ``UnknownName``."""
    return len(dismissed(house, document_id, ids, user, reason))


def dismissed(house: House, document_id: str, ids: Sequence[str], user: User, reason: str) -> list[AuditEvent]:
    """The same; gives the events, which name what can be undone."""
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("A dismissal needs a reason.")

    def work(desk: Desk) -> list[AuditEvent]:
        s, document = desk.session, desk.document
        entries: list[Entry] = []
        for name in dict.fromkeys(ids):
            found = findings.get(s, name)
            if found.document != document.id:
                raise UnknownName("There is no such finding in this document.", name=name)
            if found.disposition is Disposition.DISMISSED:
                continue
            if found.check.startswith(PROPOSAL):
                raise ReviewRefused(
                    "A proposal cannot be dismissed: accept it, write it anew, or turn it back to a gap."
                )
            findings.dismiss(s, name, user.name, reason, desk.now)
            subject = f"{document.id}/{found.segment or '-'}"
            entries.append(Entry(user.name, "finding.dismissed", subject, found.check, "dismissed", reason))
        events = audit.append_all(s, document.batch, entries, desk.now)
        if events:
            void(desk, user, "void because a finding was dismissed")
        return events

    return at_desk(house, document_id, work)


def reopen(
    house: House, document_id: str, ids: Sequence[str], user: User, reason: str, *, of: AuditEvent | None = None
) -> int:
    """Opens dismissed findings again, one event each; how many were dismissed. ``of``: only by the dismissal of this event.

    Raises ``UnknownName``, ``ReviewRefused`` (no reason), ``RoleMissing``.
    """
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("To open a finding again needs a reason.")

    def work(desk: Desk) -> int:
        s, document = desk.session, desk.document
        names = list(ids) or (findings.dismissed_at(s, document.id, of.actor, of.at) if of else [])
        entries: list[Entry] = []
        for name in dict.fromkeys(names):
            found = findings.get(s, name)
            if found.document != document.id:
                raise UnknownName("There is no such finding in this document.", name=name)
            by, at = (of.actor, of.at) if of else ("", None)
            if findings.reopen(s, name, user.name, desk.now, dismissed_by=by, dismissed_at=at):
                subject = f"{document.id}/{found.segment or '-'}"
                entries.append(Entry(user.name, "finding.reopened", subject, "dismissed", found.check, reason))
        if entries:
            audit.append_all(s, document.batch, entries, desk.now)
            void(desk, user, "void because a finding was opened again")
        return len(entries)

    return at_desk(house, document_id, work)


def send_back(house: House, document_id: str, rows: Mapping[SegmentId, str], user: User, reason: str) -> Outcome:
    """Sends a document back: the rows named are to be worked again, each for its reason; all others stay as they are.

    The checkpoint is ``sent-back`` until each of them was worked on. Raises ``ReviewRefused`` (no row, no reason),
    ``StaleRow`` and others where a row cannot be rejected: then nothing is sent back.
    """
    require(user.roles, Action.REJECT)
    reasons = {row: (why.strip() or reason.strip()) for row, why in rows.items()}
    if not reasons or not all(reasons.values()):
        raise ReviewRefused("To send a document back, name the rows and give a reason.")

    def rejected(row: GridRow, _: Sequence[StoredFinding]) -> Unit:
        return row.unit.rejected(user.name, reasons[row.segment.id])

    def work(desk: Desk) -> Outcome:
        s, document = desk.session, desk.document
        found = [c for c in checkpoints.of_document(s, document.id) if c.state is not CheckpointState.VOID]
        if not found:
            raise ReviewRefused("The document has no checkpoint.", document=document.id)
        digest = _digest(desk)
        outcome = decided_at(desk, list(reasons), user, "row.rejected", reason, rejected, reasons=reasons)
        for error in outcome.refused.values():
            raise error
        checkpoint = found[-1]
        checkpoints.add_decision(s, checkpoint.id, user.name, "sent-back", reason, desk.now, digest)
        checkpoints.set_state(s, checkpoint.id, CheckpointState.SENT_BACK)
        audit.append(
            s, document.batch, user.name, "checkpoint.sent_back", checkpoint.id, old=digest,
            new=f"{len(reasons)} rows", reason=reason, at=desk.now,
        )  # fmt: skip
        return outcome

    return at_desk(house, document_id, work)


def _digest(desk: Desk) -> Digest:
    s, document = desk.session, desk.document
    return review_digest(
        desk.batch, document, units.segments(s, document.id), units.units(s, document.id),
        findings.listing(s, document.id),
    )  # fmt: skip
