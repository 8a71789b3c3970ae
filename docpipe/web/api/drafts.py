"""Drafts for programs: order one, and answer what a model proposed for its gaps. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import hand_over
from docpipe.model.segment import SegmentId
from docpipe.steps import proposals
from docpipe.steps.house import House
from docpipe.steps.order_draft import order_draft
from docpipe.web.forms import FILE, FILES, REVIEW, TEXT, YES, form, said
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import Received, received

router = APIRouter(prefix="/api/v1", tags=["batches"])
Submitter = Annotated[User, needs(Action.SUBMIT)]
Editor = Annotated[User, needs(Action.EDIT)]
FORM = form(
    "files", "types", files=said(FILES, "The sources; the file name may hold a relative path."),
    types=said({"type": "array", "items": TEXT}, "Document types, such as csr."), template=said(FILE, "House template: DOCX with its styles."),
    name=TEXT, review=REVIEW, provider=TEXT, blinded=said(YES, "The document may not tell who got what."),
    proposals=said(YES, "The model proposes marked text for gaps; people answer for it."),
)  # fmt: skip


class Answers(BaseModel):
    """Proposals by segment. ``accept``: they become one's own words; ``back``: gaps again."""

    rows: list[str] = Field(min_length=1, max_length=500)
    do: Literal["accept", "back"]
    reason: str = Field(max_length=2000)


@router.post("/drafts", status_code=202, openapi_extra=FORM)
async def order(request: Request, house: HouseDep, user: Submitter) -> JSONResponse:
    """Takes sources and order in and starts the batch; it stops before anything is drafted."""
    async with received(request, house.settings.home) as form:
        told = await run_in_threadpool(ordered, house, user, form)
    return JSONResponse({"ok": True, **told}, 202)


def ordered(house: House, user: User, form: Received) -> dict[str, Any]:
    """The batch that a form's fields order, and whether a runner took it. Raises as ``order_draft``."""
    batch = order_draft(
        house, user, form.fields.get("types", []), form.files, name=form.one("name"), review=form.one("review"),
        provider=form.one("provider"), blinded=form.one("blinded") == "1", proposals=form.one("proposals") == "1",
    )  # fmt: skip
    return {"batch": batch.id, "started": hand_over(house, batch.id)}


@router.get("/documents/{document}/proposals")
def listed(house: HouseDep, user: Person, document: str) -> JSONResponse:
    """What a model proposed for gaps of a draft, and nobody has answered for."""
    waiting = [proposals.as_json(p) for p in proposals.waiting(house, document)]
    return JSONResponse({"ok": True, "document": document, "proposals": waiting})


@router.post("/documents/{document}/proposals")
def answer(house: HouseDep, user: Editor, document: str, body: Answers) -> JSONResponse:
    """Accepts proposals as one's own words, or turns them back to gaps; rows that hold none are named."""
    act = proposals.accept if body.do == "accept" else proposals.turn_back
    outcome = act(house, document, [SegmentId(r) for r in body.rows], user, body.reason)
    refused = [{"segment": s, "code": e.code, "message": e.message} for s, e in outcome.refused.items()]
    return JSONResponse({"ok": True, "document": document, "changed": list(outcome.changed), "refused": refused})
