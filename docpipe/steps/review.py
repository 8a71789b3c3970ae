"""Review: what a person does to one row: save, approve, take back, reject, restore, undo, fix. Imports accounts and store.

A change names the revision that the person saw. What cannot be taken (somebody else was quicker, codes that do not belong)
is kept as the person's draft before the error is raised: nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from docpipe.accounts.roles import Action, User, allows, require
from docpipe.errors import BrokenRow, NotReady, ReviewRefused, RoleMissing, StaleRow, UnknownName
from docpipe.model.draft import row_codes
from docpipe.model.finding import Disposition
from docpipe.model.inline import CodedText, merge_text, parse_wire
from docpipe.model.segment import OriginKind, SegmentId, Unit
from docpipe.safe.budget import DEFAULT
from docpipe.steps.decide import approvable
from docpipe.steps.desk import Desk, Step, at_desk, change
from docpipe.steps.fixes import fixed
from docpipe.steps.house import House
from docpipe.store import drafts, efforts, findings, grid, units
from docpipe.store.drafts import Draft
from docpipe.store.efforts import Mark
from docpipe.store.grid import GridRow

MOST_CHARACTERS = DEFAULT.segment_characters


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as the page sends it. ``revision``: of the row that the person saw. Effort since the page's last report."""

    target: str
    revision: int
    active_ms: int = 0
    keystrokes: int = 0


def read_target(wire: str, source: CodedText) -> CodedText:
    """What a person typed, with the source's codes. Codes may be missing or doubled (a check says so), not foreign.

    Raises ``BrokenRow`` naming a code that does not belong here, or for a text that is too long.
    """
    if len(wire) > MOST_CHARACTERS:
        raise BrokenRow(f"The text is longer than {MOST_CHARACTERS} characters.", characters=len(wire))
    target, faults = parse_wire(wire, source)
    if faults:
        raise BrokenRow(f"The {faults[0]}.", code_number=faults[0].code)
    return merge_text(target)


def save(house: House, document_id: str, segment: str, typed: Typed, user: User, reason: str = "") -> bool:
    """Saves a person's text; whether anything changed. One's own quick second edit is no conflict.

    Raises ``StaleRow`` where somebody else changed the row since, ``BrokenRow``, ``NotReady``; the text is kept as a draft.
    """
    require(user.roles, Action.EDIT)

    def work(desk: Desk) -> bool:
        row = _row(desk, segment)
        target = read_target(typed.target, row_codes(row.segment.source, row.unit.target))
        _fresh(desk, row.unit, typed.revision, user)
        changed = _edits(row.unit, target)
        if changed:
            change(desk, [Step(row.unit, row.unit.edited(target, user.name), "row.edited", reason)], user)
        drafts.drop(desk.session, user.name, document_id, segment)
        _effort(desk, segment, user, typed.active_ms, typed.keystrokes)
        return changed

    return _kept(house, document_id, segment, typed, user, work)


def _edits(unit: Unit, target: CodedText) -> bool:
    """Whether saving this text changes the row. The same text again only where it ends a person's task on the row."""
    if target != merge_text(unit.target):
        return True
    return bool(unit.needs_person) and unit.origin.kind is not OriginKind.PSEUDO and bool(target)


def _kept(house: House, document_id: str, segment: str, typed: Typed, user: User, work: Callable[[Desk], bool]) -> bool:
    try:
        return at_desk(house, document_id, work)
    except (StaleRow, BrokenRow, NotReady):
        if len(typed.target) <= MOST_CHARACTERS:
            with house.store.write() as session:
                draft = Draft(user.name, document_id, segment, typed.revision, typed.target, house.now())
                drafts.put(session, draft)
        raise


def approve(
    house: House,
    document_id: str,
    segment: str,
    revision: int,
    user: User,
    reason: str = "",
    typed: Typed | None = None,
) -> None:
    """Approves the row as it was seen; a text that was typed and not saved is saved first, and then needs another person.

    Raises ``StaleRow``, ``FourEyes`` (the edit is kept), ``NotApprovable``.
    """
    require(user.roles, Action.APPROVE)
    if typed is not None and save(house, document_id, segment, typed, user, reason):
        with house.store.read() as session:
            revision = units.get(session, document_id, segment)[1].revision

    def work(desk: Desk) -> None:
        row = _row(desk, segment)
        if row.unit.approver == user.name and row.unit.approver:
            return
        _exact(row.unit, revision)
        approvable(row, findings.of_rows(desk.session, document_id, [segment]).get(segment, ()))
        after = row.unit.approved(user.name)
        if after is not row.unit:
            change(desk, [Step(row.unit, after, "row.approved", reason)], user)

    at_desk(house, document_id, work)


def unapprove(house: House, document_id: str, segment: str, revision: int, user: User, reason: str = "") -> None:
    """Takes an approval back. Raises ``StaleRow``, ``IllegalMove``."""
    require(user.roles, Action.APPROVE)
    _one(house, document_id, segment, revision, user, "row.unapproved", reason, lambda row: row.unit.unapproved())


def reject(house: House, document_id: str, segment: str, revision: int, user: User, reason: str) -> None:
    """Sends the row back to be worked again. Raises ``StaleRow``, ``ReviewRefused`` (no reason)."""
    require(user.roles, Action.REJECT)
    why = reason.strip()
    if not why:
        raise ReviewRefused("A rejection needs a reason.")
    _one(
        house, document_id, segment, revision, user, "row.rejected", why, lambda row: row.unit.rejected(user.name, why)
    )


def restore(house: House, document_id: str, segment: str, to_revision: int, revision: int, user: User) -> None:
    """Makes an earlier revision's text the row's again, as a new revision. Raises ``StaleRow``, ``UnknownName``."""
    require(user.roles, Action.EDIT)

    def work(desk: Desk) -> None:
        row = _row(desk, segment)
        _fresh(desk, row.unit, revision, user)
        past = {r.unit.revision: r.unit for r in units.history(desk.session, document_id, segment)}
        if to_revision not in past:
            raise UnknownName(f"The row has no revision {to_revision}.", segment=segment)
        if past[to_revision].target != row.unit.target or row.unit.needs_person:
            after = row.unit.restored(past[to_revision])
            change(desk, [Step(row.unit, after, "row.restored", f"as in revision {to_revision}")], user)

    at_desk(house, document_id, work)


def undo(house: House, document_id: str, segment: str, revision: int, user: User) -> None:
    """Reverts the person's own last action on the row, as a new revision; an approval comes back only if it was one's own.

    Raises ``StaleRow``, ``ReviewRefused`` where the last action was another's.
    """
    if not any(allows(role, a) for role in user.roles for a in (Action.EDIT, Action.APPROVE, Action.REJECT)):
        raise RoleMissing("Nothing of yours can be undone here.")

    def work(desk: Desk) -> None:
        row = _row(desk, segment)
        _exact(row.unit, revision)
        if row.actor != user.name:
            raise ReviewRefused("The last action on this row was not yours.", segment=segment)
        past = units.history(desk.session, document_id, segment)
        before = past[-2].unit if len(past) > 1 else Unit(SegmentId(segment))
        after = row.unit.restored(before, approver=user.name)
        change(desk, [Step(row.unit, after, "row.undone", f"revision {row.unit.revision} undone")], user)

    at_desk(house, document_id, work)


def fix(house: House, document_id: str, finding_id: str, revision: int, user: User) -> str:
    """Applies a finding's suggestion as an edit; the row's segment id.

    Raises ``ReviewRefused`` where the suggestion cannot be put in by itself, ``StaleRow``, ``UnknownName``.
    """
    require(user.roles, Action.EDIT)

    def work(desk: Desk) -> str:
        found = findings.get(desk.session, finding_id)
        if found.document != document_id or found.disposition is not Disposition.OPEN or not found.segment:
            raise UnknownName("There is no such open finding in this document.", name=finding_id)
        row = _row(desk, found.segment)
        _fresh(desk, row.unit, revision, user)
        after = row.unit.edited(fixed(row.segment.source, row.unit.target, found), user.name)
        change(desk, [Step(row.unit, after, "row.edited", f"suggestion of {found.check}")], user)
        return found.segment

    return at_desk(house, document_id, work)


def _one(
    house: House, document_id: str, segment: str, revision: int, user: User, action: str, reason: str,
    make: Callable[[GridRow], Unit],
) -> None:  # fmt: skip
    def work(desk: Desk) -> None:
        row = _row(desk, segment)
        _exact(row.unit, revision)
        change(desk, [Step(row.unit, make(row), action, reason)], user)

    at_desk(house, document_id, work)


def _row(desk: Desk, segment: str) -> GridRow:
    rows = grid.load(desk.session, desk.document.id, ids=[segment])
    if not rows:
        raise UnknownName("There is no such row.", segment=segment)
    return rows[0]


def _exact(unit: Unit, revision: int) -> None:
    if unit.revision != revision:
        raise StaleRow(
            "The row was changed since it was shown.", segment=unit.segment, stored=unit.revision, given=revision
        )


def _fresh(desk: Desk, unit: Unit, revision: int, user: User) -> None:
    """The row is as the person saw it, or only the person changed it since."""
    if unit.revision == revision:
        return
    since = [r for r in units.history(desk.session, desk.document.id, unit.segment) if r.unit.revision > revision]
    if revision > unit.revision or not all(r.actor == user.name for r in since):
        _exact(unit, revision)


def _effort(desk: Desk, segment: str, user: User, active_ms: int, keystrokes: int) -> None:
    if active_ms or keystrokes:
        mark = Mark(segment, active_ms, keystrokes)
        efforts.mark(desk.session, desk.document.id, user.name, [mark], desk.now)


def keep_draft(house: House, document_id: str, segment: str, typed: Typed, user: User) -> Draft:
    """Keeps what a person typed and has not saved. Raises ``UnknownName``, ``BrokenRow`` (too long)."""
    require(user.roles, Action.EDIT)
    if len(typed.target) > MOST_CHARACTERS:
        raise BrokenRow(f"The text is longer than {MOST_CHARACTERS} characters.", characters=len(typed.target))
    draft = Draft(user.name, document_id, segment, typed.revision, typed.target, house.now())
    with house.store.write() as session:
        units.get(session, document_id, segment)
        drafts.put(session, draft)
    return draft


def drop_draft(house: House, document_id: str, segment: str, user: User) -> None:
    """Forgets what the person typed in a row."""
    with house.store.write() as session:
        drafts.drop(session, user.name, document_id, segment)


def drafts_of(house: House, user: User) -> list[Draft]:
    """All that the person typed and did not save, the newest first."""
    with house.store.read() as session:
        return drafts.of_user(session, user.name)
