"""Changes of a draft for programs: the report, and a new version of the sources. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from docpipe.accounts.roles import Action, User
from docpipe.steps.change_report import change_report
from docpipe.web import orders
from docpipe.web.forms import FILES, TEXT, YES, form, said
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import received

router = APIRouter(prefix="/api/v1", tags=["batches"])
Submitter = Annotated[User, needs(Action.SUBMIT)]
FORM = form(
    "files", files=said(FILES, "The new version; the file name may hold a relative path."),
    partial=said(YES, "Only some files: all others stay."), name=TEXT,
)  # fmt: skip


@router.get("/batches/{batch}/changes")
def changes(house: HouseDep, user: Person, batch: str) -> JSONResponse:
    """What changed since the batch that this one follows: facts, passages, rows as they stand, translations."""
    return JSONResponse({"ok": True, **change_report(house, batch)})


@router.post("/batches/{batch}/changes", status_code=202, openapi_extra=FORM)
async def follow(request: Request, house: HouseDep, user: Submitter, batch: str) -> JSONResponse:
    """Makes the batch that follows with a new version of the sources, and starts it."""
    async with received(request, house.settings.home) as upload:
        made, started = await run_in_threadpool(orders.followed, house, user, batch, upload)
    return JSONResponse({"ok": True, "batch": made, "follows": batch, "started": started}, 202)
