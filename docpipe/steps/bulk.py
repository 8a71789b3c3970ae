"""Bulk: approval of many rows at once, only of what was shown and is safe; dismissal of findings that are alike. Imports store.

What a preview shows (pairs of segment and revision) is a blob; its digest is what the person confirms. Rows that changed since
are left out and named. The undo token names the events of the trail, so that it outlives every process.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import BlobMissing, DocpipeError, FourEyes, NotApprovable, ReviewRefused, StaleRow, UnknownName
from docpipe.model.audit import AuditEvent
from docpipe.model.canonical import canonical_json
from docpipe.model.finding import Disposition
from docpipe.model.routing import Route, routed
from docpipe.model.segment import OriginKind, SegmentId, Status, Unit
from docpipe.steps.decide import Outcome, approvable, decided_at, reopen
from docpipe.steps.desk import Desk, Step, at_desk, change
from docpipe.steps.house import House
from docpipe.steps.package_terms import after_approval
from docpipe.steps.rows import view_of
from docpipe.store import audit, batches, comments, documents, drafts, efforts, findings, grid
from docpipe.store.findings import StoredFinding
from docpipe.store.grid import Filter, GridRow

MOST_ROWS = 20_000
"""Rows that one confirmation may cover."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A row that matches and is left out, and why in words."""

    segment: SegmentId
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk approval would do. ``rows``: segment and revision of each; ``digest``: what is confirmed."""

    rows: tuple[tuple[SegmentId, int], ...]
    digest: str
    excluded: tuple[Excluded, ...]

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows are left out for which reason."""
        return dict(Counter(x.reason for x in self.excluded))


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of it. ``left``: rows that were not approved after all, with the error; ``undo``: the token, "" for none."""

    approved: tuple[SegmentId, ...]
    left: Mapping[SegmentId, DocpipeError]
    undo: str


def preview(house: House, document_id: str, wanted: Filter, user: User) -> Preview:
    """What approving everything under a filter would cover, and what it leaves out. Raises ``UnknownName``, ``RoleMissing``."""
    require(user.roles, Action.APPROVE)
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
        view = view_of(session, batch, [document])
        places = [p for p, _, _ in grid.positions(session, view, wanted, document_id)]
        if len(places) > MOST_ROWS:
            raise ReviewRefused(f"At most {MOST_ROWS} rows at once: narrow the filter.", rows=len(places))
        rows = grid.load(session, document_id, places=places) if places else []
        ids = [row.segment.id for row in rows]
        said = findings.of_rows(session, document_id, ids)
        talk = comments.counts(session, document_id, ids)
        seen = efforts.displayed(session, document_id, ids)
        typed = drafts.of_rows(session, user.name, document_id, ids)
    chosen: list[tuple[SegmentId, int]] = []
    excluded: list[Excluded] = []
    for row in rows:
        name = row.segment.id
        open_ones = [f for f in said.get(name, ()) if f.disposition is Disposition.OPEN]
        route = routed(batch.recipe.gate, document_id, row.unit, bool(open_ones))
        reason = _why_not(row, said.get(name, ()), open_ones, user)
        if not reason and talk.get(name, (0, 0))[1]:
            reason = "open question"
        if not reason and name in typed:
            reason = "unsaved text"
        if not reason and route is not Route.NO_EYES and name not in seen:
            reason = "never displayed"
        if reason:
            excluded.append(Excluded(name, row.position + 1, reason))
        else:
            chosen.append((name, row.unit.revision))
    blob = canonical_json({"document": document_id, "user": user.name, "rows": chosen})
    return Preview(tuple(chosen), house.store.blobs.put(blob.encode()), tuple(excluded))


def _why_not(row: GridRow, said: Sequence[StoredFinding], open_ones: Sequence[StoredFinding], user: User) -> str:
    unit = row.unit
    if unit.status is Status.APPROVED:
        return "already approved"
    if unit.origin.kind is OriginKind.PSEUDO:
        return "pseudo-translated"
    if unit.status is Status.NEW or unit.needs_person:
        return "needs a person"
    if open_ones:
        return "open findings"
    try:
        approvable(row, said)
        unit.approved(user.name)
    except FourEyes:
        return "own edit"
    except NotApprovable:
        return "broken codes"
    return ""


def approve(house: House, document_id: str, digest: str, typed: int, user: User, reason: str = "") -> Approved:
    """Approves exactly what a preview showed. ``typed``: the number that the person typed to confirm.

    Raises ``ReviewRefused`` (wrong number, another's preview), ``UnknownName``, ``RoleMissing``.
    """
    require(user.roles, Action.APPROVE)
    shown = _shown(house, digest)
    if shown["document"] != document_id or shown["user"] != user.name:
        raise ReviewRefused("This preview is of another document or person.", document=document_id)
    exact = {SegmentId(name): int(revision) for name, revision in shown["rows"]}
    if typed != len(exact):
        raise ReviewRefused(f"The number typed is not {len(exact)}, the number of rows.", typed=typed)
    if not exact:
        raise ReviewRefused("There is no row to approve.", document=document_id)

    def work(desk: Desk) -> Outcome:
        asked = comments.counts(desk.session, document_id, list(exact))
        seen = efforts.displayed(desk.session, document_id, list(exact))

        def approved(row: GridRow, said: Sequence[StoredFinding]) -> Unit:
            open_ones = [f for f in said if f.disposition is Disposition.OPEN]
            if open_ones or asked.get(row.segment.id, (0, 0))[1]:
                raise NotApprovable("The row has an open finding or question by now.", segment=row.segment.id)
            if (
                routed(desk.batch.recipe.gate, document_id, row.unit, False) is not Route.NO_EYES
                and row.segment.id not in seen
            ):
                raise NotApprovable("The row was never displayed.", segment=row.segment.id)
            approvable(row, said)
            if row.unit.status is Status.APPROVED:
                raise StaleRow("The row was approved meanwhile.", segment=row.segment.id)
            return row.unit.approved(user.name)

        note = reason or f"in bulk, {len(exact)} rows as shown in {digest[:16]}"
        return decided_at(desk, list(exact), user, "row.approved", note, approved, seen=exact)

    outcome = at_desk(house, document_id, work)
    after_approval(house, document_id, outcome.changed)
    numbers = [e.number for e in outcome.events]
    token = f"{outcome.events[0].chain}.{min(numbers)}.{max(numbers)}" if numbers else ""
    return Approved(tuple(outcome.changed), outcome.refused, token)


def token_of(events: Sequence[AuditEvent]) -> str:
    """The name under which these events of one action can be undone; "" for none."""
    return f"{events[0].chain}.{events[0].number}.{events[-1].number}" if events else ""


def _shown(house: House, digest: str) -> dict[str, Any]:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ReviewRefused("This is not the digest of a preview.")
    try:
        shown: Any = json.loads(house.store.blobs.get(digest))
    except (BlobMissing, UnicodeDecodeError, ValueError):
        raise ReviewRefused("This is not the digest of a preview.") from None
    if not isinstance(shown, dict) or set(shown) != {"document", "user", "rows"}:
        raise ReviewRefused("This is not the digest of a preview.")
    return shown


def undo(house: House, token: str, user: User) -> tuple[str, int]:
    """Takes one's own bulk approval or dismissals back: document, and how many. What changed since stays as it is; once.

    Raises ``UnknownName``, ``ReviewRefused`` (another's, or nothing left of it).
    """
    match = re.fullmatch(r"([\w-]{1,64})\.(\d{1,9})\.(\d{1,9})", token)
    if match is None or int(match[3]) - int(match[2]) > MOST_ROWS:
        raise UnknownName("There is nothing to undo under this name.", name=token[:80])
    with house.store.read() as session:
        events = audit.between(session, match[1], int(match[2]), int(match[3]))
    kinds = {e.action for e in events}
    if kinds not in ({"row.approved"}, {"finding.dismissed"}):
        raise UnknownName("There is nothing to undo under this name.", name=token[:80])
    require(user.roles, Action.APPROVE if kinds == {"row.approved"} else Action.DISMISS)
    if any(e.actor != user.name for e in events):
        raise ReviewRefused("Only who approved or dismissed can undo it.")
    document_id = events[0].subject.partition("/")[0]
    if kinds == {"finding.dismissed"}:
        opened = reopen(house, document_id, (), user, "dismissal undone", of=events[0])
        if not opened:
            raise ReviewRefused("Nothing is left of these dismissals: they were undone or the rows changed.")
        return document_id, opened
    names = {SegmentId(e.subject.partition("/")[2]): e for e in events}

    def work(desk: Desk) -> int:
        rows = grid.load(desk.session, document_id, ids=list(names))
        steps = [
            Step(row.unit, row.unit.unapproved(), "row.unapproved", "bulk approval undone")
            for row in rows
            if row.unit.status is Status.APPROVED
            and row.unit.approver == user.name
            and row.at == names[row.segment.id].at
        ]
        if not steps:
            raise ReviewRefused("Nothing is left of this approval: it was undone or the rows changed.")
        change(desk, steps, user)
        return len(steps)

    return document_id, at_desk(house, document_id, work)


_VARIABLE = re.compile(r"[“\"'‘«][^”\"'’»]*[”\"'’»]|<[^>]{1,12}>|\d+(?:[.,:]\d+)*")


def pattern(message: str) -> str:
    """A finding's message without what it quotes: equal for findings that say the same of different words."""
    return _VARIABLE.sub("…", message)


def alike(house: House, document_id: str, finding_id: str) -> list[StoredFinding]:
    """The open findings of a document that say the same as one of it: same check, same words but for what is quoted."""
    with house.store.read() as session:
        one = findings.get(session, finding_id)
        if one.document != document_id:
            raise UnknownName("There is no such finding in this document.", name=finding_id)
        listed = findings.listing(session, document_id, disposition=Disposition.OPEN)
    return [f for f in listed if f.check == one.check and pattern(f.message) == pattern(one.message)]
