"""Staged submissions: what was uploaded and chosen and is not a batch yet. Takes a Session, gives core-like values; imports the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import NotReady
from docpipe.store.page_tables import submissions
from docpipe.store.rows import found


class SubmissionState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """An uploaded file. ``role``: document, memory, termbase or previous; ``code``, ``message``: why it is refused, or ""."""

    path: str
    sha256: str
    size: int
    role: str = "document"
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person is about to submit. ``ordered``: choices and the estimate, as JSON types."""

    id: str
    user: str
    created: datetime
    state: SubmissionState
    ordered: dict[str, Any] = field(default_factory=dict)
    files: tuple[StagedFile, ...] = ()
    batch: str = ""

    def of(self, role: str) -> tuple[StagedFile, ...]:
        """The files of a role, ordered by name."""
        return tuple(sorted((f for f in self.files if f.role == role), key=lambda f: f.path))


_FIELDS = tuple(StagedFile.__slots__)


def _plain(files: tuple[StagedFile, ...]) -> list[dict[str, Any]]:
    return [{name: getattr(f, name) for name in _FIELDS} for f in files]


def _submission(row: Row[Any]) -> Submission:
    files = tuple(StagedFile(**f) for f in row.files)
    return Submission(row.id, row.user, row.created, SubmissionState(row.state), row.ordered, files, row.batch)


def add(s: Session, submission: Submission) -> None:
    """Writes a new one."""
    s.execute(
        insert(submissions).values(
            id=submission.id, user=submission.user, created=submission.created, state=submission.state.value,
            ordered=submission.ordered, files=_plain(submission.files), batch=submission.batch,
        )
    )  # fmt: skip


def get(s: Session, submission_id: str, *, lock: bool = False) -> Submission:
    """The submission. ``lock``: nobody else changes it until this transaction ends. Raises ``UnknownName``."""
    query = select(submissions).where(submissions.c.id == submission_id)
    row = s.execute(query.with_for_update() if lock else query).first()
    return _submission(found(row, "submission", submission_id))


def change(s: Session, submission_id: str, **fields: Any) -> Submission:
    """Changes ``ordered``, ``files``, ``state`` or ``batch`` of an open one. Raises ``UnknownName``, ``NotReady`` (not open)."""
    if get(s, submission_id, lock=True).state is not SubmissionState.OPEN:
        raise NotReady("This submission was confirmed or discarded already.", submission=submission_id)
    values = dict(fields)
    if "files" in values:
        values["files"] = _plain(tuple(values["files"]))
    if "state" in values:
        values["state"] = SubmissionState(values["state"]).value
    s.execute(update(submissions).where(submissions.c.id == submission_id).values(values))
    return get(s, submission_id)


def listing(s: Session, *, user: str = "", state: SubmissionState | None = None) -> list[Submission]:
    """Submissions, newest first: of a person, or all; in a state, or in any."""
    query = select(submissions).order_by(submissions.c.created.desc(), submissions.c.id)
    if user:
        query = query.where(submissions.c.user == user)
    if state is not None:
        query = query.where(submissions.c.state == state.value)
    return [_submission(row) for row in s.execute(query)]
