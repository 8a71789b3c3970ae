"""Comments and questions on rows. Takes a Session and core types; imports the tables.

A comment's text never changes; a question is resolved once, by whom and when is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.store.page_tables import comments
from docpipe.store.rows import found, slices


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote about a row. ``question``: it blocks the signature until it is resolved."""

    id: str
    document: str
    segment: str
    user: str
    text: str
    question: bool
    at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""

    @property
    def open(self) -> bool:
        """Whether it is a question that nobody has resolved."""
        return self.question and self.resolved_at is None


def _comment(row: Row[Any]) -> Comment:
    return Comment(**row._mapping)


def add(s: Session, document_id: str, segment: str, user: str, text: str, question: bool, at: datetime) -> Comment:
    """Writes a comment."""
    comment = Comment(secrets.token_hex(8), document_id, segment, user, text, question, at)
    s.execute(insert(comments).values({name: getattr(comment, name) for name in Comment.__slots__}))
    return comment


def carry(s: Session, several: Iterable[tuple[Comment, str, str]]) -> list[Comment]:
    """Writes comments of another document as they stand: author, time, whether resolved. Each with the document and segment where it goes."""
    made = [replace(c, id=secrets.token_hex(8), document=document, segment=segment) for c, document, segment in several]
    if made:
        s.execute(insert(comments), [{name: getattr(c, name) for name in Comment.__slots__} for c in made])
    return made


def get(s: Session, comment_id: str) -> Comment:
    """One comment. Raises ``UnknownName``."""
    return _comment(
        found(s.execute(select(comments).where(comments.c.id == comment_id)).first(), "comment", comment_id)
    )


def listing(s: Session, document_id: str, segment: str | None = None, *, open_only: bool = False) -> list[Comment]:
    """The comments of a document or of one row, oldest first. ``open_only``: questions that wait for an answer."""
    query = select(comments).where(comments.c.document == document_id)
    if segment is not None:
        query = query.where(comments.c.segment == segment)
    if open_only:
        query = query.where(comments.c.question.is_(True), comments.c.resolved_at.is_(None))
    return [_comment(row) for row in s.execute(query.order_by(comments.c.at, comments.c.id))]


def resolve(s: Session, comment_id: str, user: str, at: datetime) -> Comment:
    """Resolves a question; one that is resolved stays as it is. Raises ``UnknownName``."""
    change = update(comments).where(comments.c.id == comment_id, comments.c.resolved_at.is_(None))
    s.execute(change.values(resolved_at=at, resolved_by=user))
    return get(s, comment_id)


def counts(s: Session, document_id: str, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of each of these rows that has some: comments not resolved, and questions among them."""
    several: dict[str, tuple[int, int]] = {}
    questions = func.sum(comments.c.question.cast(Integer))
    query = (
        select(comments.c.segment, func.count().label("n"), questions.label("q"))
        .where(comments.c.document == document_id, comments.c.resolved_at.is_(None))
        .group_by(comments.c.segment)
    )
    for part in slices(list(ids)):
        for row in s.execute(query.where(comments.c.segment.in_(part))):
            several[row.segment] = (int(row.n), int(row.q))
    return several


def open_questions(s: Session, document_id: str) -> int:
    """How many questions of a document wait for an answer."""
    query = select(func.count()).where(
        comments.c.document == document_id, comments.c.question.is_(True), comments.c.resolved_at.is_(None)
    )
    return int(s.execute(query).scalar_one())
