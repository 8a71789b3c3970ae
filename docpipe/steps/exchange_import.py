"""Bilingual files and drafts in: first a plan that shows every change, then the taking. Imports accounts, exports, safe and store.

A plan changes nothing. Taking applies it row by row through ``decide`` with the revisions that were shown: a row that was
changed meanwhile is refused as stale, and both texts are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import AssetMalformed, BrokenRow, DocpipeError, StaleRow, UnknownName
from docpipe.exports.bilingual import (
    BilingualFile,
    BilingualRow,
    check_rows,
    load_file,
)
from docpipe.model.batch import Document
from docpipe.model.inline import CodedText, to_wire
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.safe.child import call
from docpipe.safe.package import members
from docpipe.safe.sniff import ZIP, sniff
from docpipe.steps import decide, draft_import
from docpipe.steps.desk import under_review
from docpipe.steps.exchange_plan import Plan, PlannedComment, PlannedRow, RefusedRow, Taken, Upload
from docpipe.steps.house import House
from docpipe.store import audit, batches, comments, documents, units

__all__ = ["Plan", "PlannedComment", "PlannedRow", "RefusedRow", "Taken", "Upload", "plan_import", "take_plans"]


# ---------------------------------------------------------------- reading


def read_upload(house: House, upload: Upload) -> list[BilingualFile]:
    """The documents in a bilingual file, found by content and read in a child process. Raises leaves of ``InputRefused``."""
    found = call(
        "docpipe.steps.exchange_child:read", (upload.data, upload.name), seconds=house.settings.child_seconds,
        memory=house.settings.child_memory_mb << 20,
    )  # fmt: skip
    return [load_file(value) for value in found]


def unpacked(uploads: Sequence[Upload]) -> Iterator[Upload]:
    """The files, those of ZIP archives in their place. Raises what ``safe.package`` raises."""
    for upload in uploads:
        if upload.data[:2] == b"PK" and sniff(upload.data, upload.name) == ZIP:
            for name, data in members(upload.data):
                yield Upload(name, data)
        else:
            yield upload


def _document(house: House, file: BilingualFile, batch: str) -> Document:
    """The document that a file belongs to: by its id; or by the source's digest, in the batch that is named.

    Raises ``UnknownName``, ``StaleRow`` (another version of the document).
    """
    with house.store.read() as session:
        if batch:
            same = [
                d
                for d in documents.of_batch(session, batch)
                if file.document_sha256 and d.sha256 == file.document_sha256
            ]
            for document in sorted(same, key=lambda d: (d.id != file.document, d.path != file.original)):
                return document  # two files of a batch may have the same bytes
            raise UnknownName(f"{file.original or 'The file'} is of no document of batch {batch}.", batch=batch)
        if not file.document:
            raise AssetMalformed("The file does not say which document it belongs to: give --batch.")
        document = documents.get(session, file.document)
    if document.sha256 != file.document_sha256:
        raise StaleRow(f"{document.path} was exported from another version of the document.", document=document.id)
    return document


# ---------------------------------------------------------------- planning


@dataclass(slots=True)
class _Before:
    """What earlier files of the same import change: (document, row) -> target and file; and comments seen."""

    rows: dict[tuple[str, SegmentId], tuple[str, str]] = field(default_factory=dict)
    said: set[tuple[str, SegmentId, str]] = field(default_factory=set)


def plan_import(house: House, uploads: Sequence[Upload], user: User, batch: str = "") -> list[Plan]:
    """What taking these files would change, document by document. Nothing is written.

    ``batch``: the batch that they are for, where they were exported from another batch of the same documents. A file that
    cannot be read or placed is a plan with its ``error``. Raises ``RoleMissing``.
    """
    require(user.roles, Action.EDIT)
    plans: list[Plan] = []
    before = _Before()
    for upload in uploads:
        try:
            every = [
                (one, draft_import.planned(house, one, user, batch) if batch else None) for one in unpacked([upload])
            ]
            listed = [(one, read_upload(house, one)) for one, draft in every if draft is None]
        except UnknownName:
            raise
        except DocpipeError as error:
            plans.append(Plan(upload.name, error=error))
            continue
        plans += [draft for _, draft in every if draft is not None]
        for one, files in listed:
            for file in files:
                try:
                    document = _document(house, file, batch)
                    under_review(document)
                except DocpipeError as error:
                    plans.append(Plan(one.name, file.format, path=file.original, error=error))
                    continue
                plans.append(_plan(house, one.name, file, document, user, before))
    return plans


def _plan(house: House, name: str, file: BilingualFile, document: Document, user: User, before: _Before) -> Plan:
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        said = comments.listing(session, document.id)
        language = batches.get(session, document.batch).recipe.target_language
    for c in said:
        before.said.add((document.id, SegmentId(c.segment), c.text))
    places = {s.id: n for n, s in enumerate(segments, 1)}
    given = {r.segment_id: r for r in reversed(file.rows)}
    accepted, refusals = check_rows(file, segments, current)
    refused = [
        RefusedRow(
            r.segment, places.get(r.segment, 0), r.code, r.message, _now(current, r.segment),
            given[r.segment].target or "",
        )
        for r in refusals
    ]  # fmt: skip
    changes = []
    for segment, target in accepted:
        row = _changed(segment, target, current[segment], places[segment], given[segment])
        other, text = before.rows.setdefault((document.id, segment), (name, row.new))
        if other == name:
            changes.append(row)
        elif text != row.new:
            why = f"Row {segment} is changed differently in {other}."
            refused.append(RefusedRow(segment, row.number, BrokenRow.code, why, row.old, row.new))
    return Plan(
        name, file.format, document.id, document.batch, document.path, language, tuple(changes),
        len(file.rows) - len(changes) - len(refused), tuple(refused),
        tuple(_comments(file, segments, document.id, user, before)), len(file.comments),
    )  # fmt: skip


def _now(current: dict[SegmentId, Unit], segment: SegmentId) -> str:
    return to_wire(current[segment].target) if segment in current else ""


def _changed(segment: SegmentId, target: CodedText, unit: Unit, number: int, row: BilingualRow) -> PlannedRow:
    return PlannedRow(
        segment, number, unit.revision, unit.status.value, to_wire(unit.target), to_wire(target), target, row.tracked
    )


def _comments(
    file: BilingualFile, segments: Sequence[Segment], document: str, user: User, before: _Before
) -> Iterator[PlannedComment]:
    """The comments that are not there yet, each once."""
    places = {s.id: n for n, s in enumerate(segments, 1)}
    for row in file.rows:
        for comment in row.comments if row.segment_id in places else ():
            author = "" if comment.author in (user.name, user.printed_name) else comment.author
            one = PlannedComment(row.segment_id, places[row.segment_id], author, comment.text)
            keys = {(document, one.segment, comment.text), (document, one.segment, one.kept(file.format))}
            if before.said.isdisjoint(keys):
                before.said |= keys
                yield one


# ---------------------------------------------------------------- taking


def take_plans(house: House, plans: Sequence[Plan], user: User, reason: str) -> Iterator[Taken]:
    """Applies plans in their order. Rows changed since the plan was made are refused as stale. Raises ``RoleMissing``."""
    require(user.roles, Action.EDIT)
    for plan in plans:
        if plan.error is not None:
            yield Taken(plan.file, plan.document, plan.path, 0, 0, 0, error=plan.error)
            continue
        try:
            yield _take(house, plan, user, reason)
        except DocpipeError as error:
            yield Taken(plan.file, plan.document, plan.path, 0, plan.unchanged, 0, plan.refused, error)


def _take(house: House, plan: Plan, user: User, reason: str) -> Taken:
    outcome = decide.Outcome()
    if plan.changes:
        outcome = decide.edit(
            house, plan.document, {r.segment: r.target for r in plan.changes}, user, reason,
            seen={r.segment: r.revision for r in plan.changes},
            reasons={r.segment: f"{reason} (tracked changes by {r.by})" for r in plan.changes if r.tracked},
        )  # fmt: skip
    by_id = {r.segment: r for r in plan.changes}
    with house.store.read() as session:
        now = units.some(session, plan.document, list(outcome.refused))
    late = tuple(
        RefusedRow(s, by_id[s].number, error.code, error.message, _now(now, s), by_id[s].new)
        for s, error in outcome.refused.items()
    )
    added = _add_comments(house, plan, user)
    return Taken(
        plan.file, plan.document, plan.path, len(outcome.changed), plan.unchanged, added, (*plan.refused, *late)
    )


def _add_comments(house: House, plan: Plan, user: User) -> int:
    if not plan.comments:
        return 0
    added = 0
    with house.store.write() as session:
        there = {(c.segment, c.text) for c in comments.listing(session, plan.document)}
        now = house.now()
        for comment in plan.comments:
            text = comment.kept(plan.format)
            if (comment.segment, text) in there:
                continue
            made = comments.add(session, plan.document, comment.segment, user.name, text, False, now)
            audit.append(
                session, plan.batch, user.name, "comment.added", f"{plan.document}/{comment.segment}",
                new=made.id, reason=f"imported from {plan.format.upper()}", at=now,
            )  # fmt: skip
            added += 1
    return added
