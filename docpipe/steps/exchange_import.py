"""Bilingual files in: first a plan that shows every change, then the taking. Imports accounts, exports, safe and store.

A plan changes nothing. Taking applies it row by row through ``decide`` with the revisions that were shown: a row that was
changed meanwhile is refused as stale, and both texts are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import AssetMalformed, BrokenRow, DocpipeError, StaleRow, UnknownName
from docpipe.exports.bilingual import (
    BilingualFile,
    BilingualRow,
    TrackedChange,
    check_rows,
    load_file,
)
from docpipe.model.batch import Document
from docpipe.model.diff import Change, word_diff
from docpipe.model.inline import CodedText, to_wire
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.safe.child import call
from docpipe.safe.package import members
from docpipe.safe.sniff import ZIP, sniff
from docpipe.steps import decide
from docpipe.steps.desk import under_review
from docpipe.steps.house import House
from docpipe.store import audit, batches, comments, documents, units

__all__ = ["Plan", "PlannedComment", "PlannedRow", "RefusedRow", "Taken", "Upload", "plan_import", "take_plans"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a person gives it. ``name``: for messages only."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row that would change. ``old`` and ``new`` in wire form; ``number``: its place in the document, from 1.

    ``revision``: the one that the change was made from; ``tracked``: whose tracked changes it holds.
    """

    segment: SegmentId
    number: int
    revision: int
    status: str
    old: str
    new: str
    target: CodedText
    tracked: tuple[TrackedChange, ...] = ()

    @property
    def diff(self) -> tuple[Change, ...]:
        """Word by word."""
        return word_diff(self.old, self.new)

    @property
    def by(self) -> str:
        """Authors of the tracked changes with their times, or ""."""
        return "; ".join(f"{t.author or 'unknown'} {t.at}".strip() for t in self.tracked)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken, and both texts in wire form. ``number``: 0 where the document has no such row."""

    segment: SegmentId
    number: int
    code: str
    message: str
    now: str = ""
    yours: str = ""


@dataclass(frozen=True, slots=True)
class PlannedComment:
    """A comment that would be added to a row; ``author``: as the file names them, or ""."""

    segment: SegmentId
    number: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one document in a file would become. ``error``: why nothing of it can be taken, or None.

    ``language``: of the targets. ``loose``: comments that stand beside no row, which are not taken.
    """

    file: str
    format: str = ""
    document: str = ""
    batch: str = ""
    path: str = ""
    language: str = ""
    changes: tuple[PlannedRow, ...] = ()
    unchanged: int = 0
    refused: tuple[RefusedRow, ...] = ()
    comments: tuple[PlannedComment, ...] = ()
    loose: int = 0
    error: DocpipeError | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a plan: rows taken and unchanged, comments added, rows refused with reasons."""

    file: str
    document: str
    path: str
    taken: int
    unchanged: int
    comments: int
    refused: tuple[RefusedRow, ...] = ()
    error: DocpipeError | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON types, the fields of `docpipe review import --json`."""
        value: dict[str, Any] = {
            "file": self.path or self.file, "document": self.document, "taken": self.taken, "unchanged": self.unchanged,
            "comments": self.comments,
            "refused": [
                {"segment": r.segment, "number": r.number, "code": r.code, "message": r.message, "now": r.now, "yours": r.yours}
                for r in self.refused
            ],
        }  # fmt: skip
        return value if self.error is None else {**value, "error": self.error.as_dict()}


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
            listed = [(one, read_upload(house, one)) for one in unpacked([upload])]
        except DocpipeError as error:
            plans.append(Plan(upload.name, error=error))
            continue
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
            keys = {(document, one.segment, comment.text), (document, one.segment, _text(one, file.format))}
            if before.said.isdisjoint(keys):
                before.said |= keys
                yield one


def _text(comment: PlannedComment, form: str) -> str:
    """The comment as it is kept: whoever imports it answers for it, the author that the file names is said."""
    return f"{comment.author} (in {form.upper()}): {comment.text}" if comment.author else comment.text


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
            text = _text(comment, plan.format)
            if (comment.segment, text) in there:
                continue
            made = comments.add(session, plan.document, comment.segment, user.name, text, False, now)
            audit.append(
                session, plan.batch, user.name, "comment.added", f"{plan.document}/{comment.segment}",
                new=made.id, reason=f"imported from {plan.format.upper()}", at=now,
            )  # fmt: skip
            added += 1
    return added
