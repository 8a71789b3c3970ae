"""Many rows at once, by JSON: bulk approval with its preview and undo, findings alike, effort, sending a document back.

Imports FastAPI and the steps.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from docpipe.accounts.roles import Action, User
from docpipe.model.segment import SegmentId
from docpipe.steps import bulk, decide, effort, review, rows
from docpipe.steps.row_objects import FindingObject, finding_object
from docpipe.store.efforts import Mark
from docpipe.web.api.row_actions import Approver, Editor, Keys, Milliseconds, Reason, Rejecter, Revision, RowAnswer, now
from docpipe.web.filters import FilterBody
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter(prefix="/api/v1", tags=["rows"])

Dismisser = Annotated[User, needs(Action.DISMISS)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
MOST_MARKS = 1_000
SHOWN = 500
"""Rows left out that an answer names one by one; all are counted."""


class PreviewBody(BaseModel):
    """The rows that are meant, as a filter."""

    filter: FilterBody = FilterBody()


class ApproveBody(BaseModel):
    """What a preview showed, confirmed. ``typed``: the number that the person typed."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    typed: Annotated[int, Field(ge=0, le=bulk.MOST_ROWS)]
    filter: FilterBody = FilterBody()
    reason: Reason = ""


class DismissBody(BaseModel):
    """Findings and the one reason why they are no errors."""

    ids: Annotated[list[Name], Field(min_length=1, max_length=5_000)]
    reason: Reason


class FixBody(BaseModel):
    """The revision of the row that was seen."""

    revision: Revision


class SeenRow(BaseModel):
    """What the page counted on one row since its last report."""

    segment: Name
    active_ms: Milliseconds = 0
    keystrokes: Keys = 0
    shown: bool = False


class SeenBody(BaseModel):
    """A report of the page."""

    rows: Annotated[list[SeenRow], Field(max_length=MOST_MARKS)]


class SendBackBody(BaseModel):
    """Rows to be worked again, each with its own reason or "" for the common one."""

    rows: Annotated[dict[Name, Reason], Field(min_length=1, max_length=5_000)]
    reason: Reason = ""


class SeenPair(TypedDict):
    """A row as it was seen."""

    segment: str
    revision: int


class ExcludedRow(TypedDict):
    """A row that is left out, and why."""

    segment: str
    number: int
    reason: str


class PreviewAnswer(TypedDict):
    """What a bulk approval would cover and leave out."""

    count: int
    rows: list[SeenPair]
    digest: str
    excluded: dict[str, int]
    excluded_rows: list[ExcludedRow]


class LeftRow(TypedDict):
    """A row that was not approved after all."""

    segment: str
    code: str
    message: str


class BulkAnswer(TypedDict):
    """What became of it. ``undo``: a token for ``/undo/{token}``, "" for none."""

    approved: int
    left: list[LeftRow]
    undo: str
    progress: rows.ProgressObject


class UndoAnswer(TypedDict):
    """What was taken back."""

    document: str
    reverted: int
    progress: rows.ProgressObject


class DismissAnswer(TypedDict):
    """How many were open."""

    dismissed: int
    undo: str
    progress: rows.ProgressObject


class ReopenAnswer(TypedDict):
    """How many findings are open again."""

    reopened: int
    progress: rows.ProgressObject


class AlikeFinding(FindingObject):
    """A finding and its row."""

    segment: str


class AlikeAnswer(TypedDict):
    """The open findings that say the same; ``sample``: the first of them."""

    ids: list[str]
    sample: list[AlikeFinding]


class SeenAnswer(TypedDict):
    """How many rows were named."""

    rows: int


class SentBackAnswer(TypedDict):
    """How many rows are to be worked again."""

    rejected: int
    progress: rows.ProgressObject


@router.post("/documents/{document}/bulk/preview")
def preview(house: HouseDep, user: Approver, document: str, body: PreviewBody) -> PreviewAnswer:
    """What approving everything under a filter would cover, and what it leaves out and why."""
    shown = bulk.preview(house, document, body.filter.filter(user), user)
    return {
        "count": len(shown.rows),
        "rows": [{"segment": segment, "revision": revision} for segment, revision in shown.rows],
        "digest": shown.digest,
        "excluded": shown.reasons,
        "excluded_rows": [
            {"segment": x.segment, "number": x.number, "reason": x.reason} for x in shown.excluded[:SHOWN]
        ],
    }


@router.post("/documents/{document}/bulk/approve")
def approve(house: HouseDep, user: Approver, document: str, body: ApproveBody) -> BulkAnswer:
    """Approves exactly the rows and revisions that the preview showed; one that changed since is left out and named."""
    done = bulk.approve(house, document, body.digest, body.typed, user, body.reason)
    return {
        "approved": len(done.approved),
        "left": [{"segment": s, "code": e.code, "message": e.message} for s, e in done.left.items()],
        "undo": done.undo,
        "progress": rows.progress(house, user, document_id=document),
    }


@router.post("/undo/{token}")
def undo(house: HouseDep, user: Annotated[User, needs(Action.APPROVE, Action.DISMISS)], token: str) -> UndoAnswer:
    """Takes one's own bulk approval or dismissals back, once; what changed since stays as it is."""
    document, reverted = bulk.undo(house, token, user)
    return {"document": document, "reverted": reverted, "progress": rows.progress(house, user, document_id=document)}


@router.post("/documents/{document}/findings/dismiss")
def dismiss(house: HouseDep, user: Dismisser, document: str, body: DismissBody) -> DismissAnswer:
    """Dismisses findings with one reason; one audit event each."""
    events = decide.dismissed(house, document, body.ids, user, body.reason)
    return {
        "dismissed": len(events),
        "undo": bulk.token_of(events),
        "progress": rows.progress(house, user, document_id=document),
    }


@router.post("/documents/{document}/findings/reopen")
def reopen(house: HouseDep, user: Dismisser, document: str, body: DismissBody) -> ReopenAnswer:
    """Opens dismissed findings again with a reason; one audit event each."""
    count = decide.reopen(house, document, body.ids, user, body.reason)
    return {"reopened": count, "progress": rows.progress(house, user, document_id=document)}


@router.get("/documents/{document}/findings/{finding}/alike")
def alike(house: HouseDep, user: Person, document: str, finding: str) -> AlikeAnswer:
    """The open findings of the document that say the same of different words."""
    found = bulk.alike(house, document, finding)
    sample: list[AlikeFinding] = [{**finding_object(f), "segment": f.segment} for f in found[:20]]
    return {"ids": [f.id for f in found], "sample": sample}


@router.post("/documents/{document}/findings/{finding}/fix")
def fix(house: HouseDep, user: Editor, document: str, finding: str, body: FixBody) -> RowAnswer:
    """Puts a finding's suggestion into the row, as an edit."""
    segment = review.fix(house, document, finding, body.revision, user)
    return now(house, document, segment, user)


@router.post("/documents/{document}/seen")
def seen(house: HouseDep, user: Person, document: str, body: SeenBody) -> SeenAnswer:
    """Takes display marks and effort; sent every few seconds and when the page is left."""
    marks = [Mark(r.segment, r.active_ms, r.keystrokes, r.shown) for r in body.rows]
    return {"rows": effort.report(house, document, user, marks)}


@router.post("/documents/{document}/send-back")
def send_back(house: HouseDep, user: Rejecter, document: str, body: SendBackBody) -> SentBackAnswer:
    """Sends the document back: the rows named are to be worked again, all others stay as they are."""
    names = {SegmentId(name): why for name, why in body.rows.items()}
    outcome = decide.send_back(house, document, names, user, body.reason)
    return {"rejected": len(outcome.changed), "progress": rows.progress(house, user, document_id=document)}
