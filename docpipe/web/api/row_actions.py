"""What a person does to one row, by JSON: save, approve, take back, reject, restore, undo, fix, drafts, comments.

Imports FastAPI and the steps. Every answer carries the row as it is now and the document's progress.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, FourEyes, StaleRow
from docpipe.steps import back_translation, discuss, review, rows
from docpipe.steps.house import House
from docpipe.steps.review import Typed
from docpipe.steps.row_details import CommentObject, comment_object
from docpipe.steps.row_objects import RowObject
from docpipe.store.drafts import Draft
from docpipe.web.filters import Wanted
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter(prefix="/api/v1", tags=["rows"])

ROW = "/documents/{document}/rows/{segment}"
Editor = Annotated[User, needs(Action.EDIT)]
Approver = Annotated[User, needs(Action.APPROVE)]
Rejecter = Annotated[User, needs(Action.REJECT)]
Worker = Annotated[User, needs(Action.EDIT, Action.APPROVE, Action.REJECT)]

Target = Annotated[str, Field(max_length=review.MOST_CHARACTERS)]
Reason = Annotated[str, Field(max_length=2_000)]
Revision = Annotated[int, Field(ge=0, le=10_000_000)]
Milliseconds = Annotated[int, Field(ge=0, le=86_400_000)]
Keys = Annotated[int, Field(ge=0, le=1_000_000)]


class SaveBody(BaseModel):
    """A text to save. ``revision``: of the row that was seen."""

    target: Target
    revision: Revision
    reason: Reason = ""
    active_ms: Milliseconds = 0
    keystrokes: Keys = 0


class ApproveBody(BaseModel):
    """The revision that was seen; ``target``: a text that is not saved yet."""

    revision: Revision
    target: Target | None = None
    reason: Reason = ""
    active_ms: Milliseconds = 0
    keystrokes: Keys = 0


class RevisionBody(BaseModel):
    """The revision that was seen."""

    revision: Revision
    reason: Reason = ""


class RestoreBody(BaseModel):
    """Which revision to bring back, and the one that was seen."""

    to_revision: Revision
    revision: Revision


class DraftBody(BaseModel):
    """What was typed and is not saved."""

    target: Target
    revision: Revision


class CommentBody(BaseModel):
    """A comment, or a question that blocks the signature until it is resolved."""

    text: Annotated[str, Field(max_length=discuss.MOST_CHARACTERS)]
    question: bool = False


class RowAnswer(TypedDict):
    """The row as it is now."""

    row: RowObject
    progress: rows.ProgressObject


class ApproveAnswer(RowAnswer):
    """The row, and the next one under the filter that wants a person."""

    next: str | None


class DraftAnswer(TypedDict):
    """A kept draft."""

    document: str
    segment: str
    target: str
    revision: int
    at: str


class Drafts(TypedDict):
    """All drafts of the person who asks."""

    drafts: list[DraftAnswer]


class CommentAnswer(RowAnswer):
    """The comment and its row."""

    comment: CommentObject


class BackAnswer(TypedDict):
    """A target said in the source language."""

    text: str
    model: str


class Done(TypedDict):
    """That it was done."""

    ok: bool


def now(house: House, document: str, segment: str, user: User) -> RowAnswer:
    """The answer of every action."""
    row, progress = rows.row_and_progress(house, document, segment, user)
    return {"row": row, "progress": progress}


def refused(house: House, document: str, segment: str, user: User, error: DocpipeError, yours: str | None) -> Any:
    """An error with the row as it is now and the person's own text beside it: both are kept."""
    answer = now(house, document, segment, user)
    body = error.as_dict() | {"row": answer["row"], "yours": yours}
    return JSONResponse({"ok": False, "error": body, "progress": answer["progress"]}, status_of(error))


@router.post(ROW)
def save(house: HouseDep, user: Editor, document: str, segment: str, body: SaveBody) -> RowAnswer:
    """Saves a text. 409 with both texts where somebody else changed the row since."""
    typed = Typed(body.target, body.revision, body.active_ms, body.keystrokes)
    try:
        review.save(house, document, segment, typed, user, body.reason)
    except StaleRow as error:
        return refused(house, document, segment, user, error, body.target)  # type: ignore[no-any-return]
    return now(house, document, segment, user)


@router.post(f"{ROW}/approve")
def approve(
    house: HouseDep, user: Approver, document: str, segment: str, body: ApproveBody, wanted: Wanted
) -> ApproveAnswer:
    """Approves the row as it was seen; answers with the next one that wants a person, under the filter of the address.

    With ``target``, that text is saved first; who edited a row cannot approve it (422, the edit is kept).
    """
    typed = None
    if body.target is not None:
        typed = Typed(body.target, body.revision, body.active_ms, body.keystrokes)
    try:
        review.approve(house, document, segment, body.revision, user, body.reason, typed)
    except (StaleRow, FourEyes) as error:
        return refused(house, document, segment, user, error, body.target)  # type: ignore[no-any-return]
    following = rows.next_needing_review(house, document, segment, wanted)
    return {**now(house, document, segment, user), "next": following}


@router.post(f"{ROW}/unapprove")
def unapprove(house: HouseDep, user: Approver, document: str, segment: str, body: RevisionBody) -> RowAnswer:
    """Takes an approval back."""
    try:
        review.unapprove(house, document, segment, body.revision, user, body.reason)
    except StaleRow as error:
        return refused(house, document, segment, user, error, None)  # type: ignore[no-any-return]
    return now(house, document, segment, user)


@router.post(f"{ROW}/reject")
def reject(house: HouseDep, user: Rejecter, document: str, segment: str, body: RevisionBody) -> RowAnswer:
    """Sends the row back to be worked again; needs a reason."""
    try:
        review.reject(house, document, segment, body.revision, user, body.reason)
    except StaleRow as error:
        return refused(house, document, segment, user, error, None)  # type: ignore[no-any-return]
    return now(house, document, segment, user)


@router.post(f"{ROW}/restore")
def restore(house: HouseDep, user: Editor, document: str, segment: str, body: RestoreBody) -> RowAnswer:
    """Makes an earlier revision's text the row's again, as a new revision."""
    try:
        review.restore(house, document, segment, body.to_revision, body.revision, user)
    except StaleRow as error:
        return refused(house, document, segment, user, error, None)  # type: ignore[no-any-return]
    return now(house, document, segment, user)


@router.post(f"{ROW}/undo")
def undo(house: HouseDep, user: Worker, document: str, segment: str, body: RevisionBody) -> RowAnswer:
    """Reverts one's own last action on the row."""
    try:
        review.undo(house, document, segment, body.revision, user)
    except StaleRow as error:
        return refused(house, document, segment, user, error, None)  # type: ignore[no-any-return]
    return now(house, document, segment, user)


@router.post(f"{ROW}/back-translation")
def translate_back(house: HouseDep, user: Worker, document: str, segment: str) -> BackAnswer:
    """Has the model say the row's target in the source language. Paid for once a text; nothing of the row changes."""
    back = back_translation.translate_back(house, document, segment, user)
    return {"text": back.text, "model": back.model}


# ---------------------------------------------------------------- drafts


@router.put(f"{ROW}/draft")
def keep_draft(house: HouseDep, user: Editor, document: str, segment: str, body: DraftBody) -> DraftAnswer:
    """Keeps what was typed and is not saved: one text a person and row."""
    return _draft(review.keep_draft(house, document, segment, Typed(body.target, body.revision), user))


@router.delete(f"{ROW}/draft")
def drop_draft(house: HouseDep, user: Editor, document: str, segment: str) -> Done:
    """Forgets one's draft of a row."""
    review.drop_draft(house, document, segment, user)
    return {"ok": True}


@router.get("/drafts")
def drafts(house: HouseDep, user: Person) -> Drafts:
    """One's drafts, the newest first."""
    return {"drafts": [_draft(d) for d in review.drafts_of(house, user)]}


def _draft(d: Draft) -> DraftAnswer:
    return {
        "document": d.document, "segment": d.segment, "target": d.target, "revision": d.revision,
        "at": d.at.isoformat(),
    }  # fmt: skip


# ---------------------------------------------------------------- comments


@router.post(f"{ROW}/comments", status_code=201)
def comment(house: HouseDep, user: Worker, document: str, segment: str, body: CommentBody) -> CommentAnswer:
    """Writes a comment or asks a question."""
    added = discuss.comment(house, document, segment, user, body.text, body.question)
    return {**now(house, document, segment, user), "comment": comment_object(added)}


@router.post("/comments/{comment_id}/resolve")
def resolve(house: HouseDep, user: Worker, comment_id: str) -> CommentAnswer:
    """Resolves a question."""
    done = discuss.resolve(house, comment_id, user)
    return {**now(house, done.document, done.segment, user), "comment": comment_object(done)}
