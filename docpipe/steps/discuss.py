"""Discuss: comments and questions on rows; an open question blocks the signature. Imports accounts and store."""

from __future__ import annotations

from docpipe.accounts.roles import Action, User, allows
from docpipe.errors import ReviewRefused, RoleMissing
from docpipe.steps.desk import under_review
from docpipe.steps.house import House
from docpipe.store import audit, comments, documents, units
from docpipe.store.comments import Comment

MOST_CHARACTERS = 10_000
"""Of one comment."""


TALKERS = (Action.EDIT, Action.APPROVE, Action.REJECT)
"""Who may do one of these may discuss; who only reads may not write."""


def _may(user: User) -> None:
    if not any(allows(role, action) for role in user.roles for action in TALKERS):
        raise RoleMissing("To comment needs one of the roles that edit, approve or reject.")


def comment(house: House, document_id: str, segment: str, user: User, text: str, question: bool = False) -> Comment:
    """Writes a comment or asks a question. Raises ``UnknownName``, ``ReviewRefused`` (no text, too long), ``RoleMissing``."""
    _may(user)
    text = text.strip()
    if not text:
        raise ReviewRefused("A comment needs some text.")
    if len(text) > MOST_CHARACTERS:
        raise ReviewRefused(f"A comment has at most {MOST_CHARACTERS} characters.", characters=len(text))
    with house.store.write() as session:
        document = documents.locked(session, document_id)
        if question:
            under_review(document)
        units.get(session, document_id, segment)
        now = house.now()
        added = comments.add(session, document_id, segment, user.name, text, question, now)
        audit.append(
            session, document.batch, user.name, "question.asked" if question else "comment.added",
            f"{document_id}/{segment}", new=added.id, at=now,
        )  # fmt: skip
    return added


def resolve(house: House, comment_id: str, user: User) -> Comment:
    """Resolves a question. Raises ``UnknownName``, ``ReviewRefused`` (no question), ``RoleMissing``."""
    _may(user)
    with house.store.write() as session:
        before = comments.get(session, comment_id)
        if not before.question:
            raise ReviewRefused("Only a question can be resolved.")
        document = documents.locked(session, before.document)
        if before.resolved_at is not None:
            return before
        under_review(document)
        now = house.now()
        after = comments.resolve(session, comment_id, user.name, now)
        audit.append(
            session, document.batch, user.name, "question.resolved", f"{before.document}/{before.segment}",
            old=before.id, new="resolved", at=now,
        )  # fmt: skip
    return after
