"""Checks of reports for programs: order, findings, dispositions, closing, files. Imports FastAPI, the steps and this room's modules."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.model.finding import Disposition
from docpipe.steps import check_review
from docpipe.steps.records import copy_heads
from docpipe.web import orders
from docpipe.web.downloads import attachment_name
from docpipe.web.forms import FILE, FILES, REVIEW, TEXT, form, said
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import received

router = APIRouter(prefix="/api/v1", tags=["checks"])
Submitter = Annotated[User, needs(Action.SUBMIT)]
Dismisser = Annotated[User, needs(Action.DISMISS)]
Approver = Annotated[User, needs(Action.APPROVE)]

FORM = form(
    "report", "type", report=said(FILE, "The report: DOCX or PDF."),
    files=said(FILES, "Its sources, or zip archives of them; names may hold a path."), type=said(TEXT, "Document type, such as csr."),
    earlier=said(TEXT, "The batch of the check of the former version: what was dismissed there stays so, and its sources are taken where no files are sent."),
    name=TEXT, review=REVIEW,
)  # fmt: skip


class Ordered(BaseModel):
    """A new check. ``started``: whether a runner took it; if not, ``docpipe resume BATCH`` runs it."""

    ok: bool = True
    batch: str
    started: bool


class Dispositions(BaseModel):
    """Findings by their ``id`` in the list, and what becomes of them: ``open``, ``confirmed`` (no reason needed) or ``dismissed``.

    ``seen``: by id, the disposition that the caller saw; where another person has decided since, nothing changes. ``reopen``: as ``open``.
    """

    findings: list[str] = Field(min_length=1, max_length=5000)
    reason: str = Field("", max_length=2000)
    disposition: Literal["open", "confirmed", "dismissed"] = "dismissed"
    seen: dict[str, str] = Field(default_factory=dict, max_length=5000)
    reopen: bool = False


class Closing(BaseModel):
    """``digest``: of the check as it was looked at."""

    digest: str
    reason: str = Field("", max_length=2000)


class Disposed(BaseModel):
    """How many findings changed."""

    ok: bool = True
    batch: str
    count: int


@router.post("/checks", status_code=202, response_model=Ordered, openapi_extra=FORM)
async def order(request: Request, house: HouseDep, user: Submitter) -> Ordered:
    """Takes a report and its sources in and starts the check."""
    async with received(request, house.settings.home) as form:
        batch, started = await run_in_threadpool(orders.check_ordered, house, user, form)
    return Ordered(batch=batch, started=started)


@router.get("/batches/{batch}/check")
def look(house: HouseDep, user: Person, batch: str) -> JSONResponse:
    """Summary, findings as `docpipe check-report --json` gives them with what became of each, and the digest to close it with."""
    seen = check_review.look(house, batch)
    found = [
        {**f.shown, **check_review.finding_object(f), "id": f.stored.id, "confirmed_before": f.before}
        for f in seen.findings
    ]
    told = {
        "ok": True,
        "batch": batch,
        "state": seen.batch.state.value,
        "digest": seen.digest,
        "open_critical": seen.blocking,
        "dispositions": seen.by_disposition,
        "earlier": seen.earlier,
    }
    return JSONResponse({**told, "summary": seen.summary, "findings": found})


@router.post("/batches/{batch}/check/dispositions", response_model=Disposed)
def dispose(house: HouseDep, user: Dismisser, batch: str, order: Dispositions) -> Disposed:
    """Says what becomes of findings: confirmed, dismissed with a reason, or opened again with a reason."""
    becomes = Disposition.OPEN if order.reopen else Disposition(order.disposition)
    count = check_review.dispose(house, batch, order.findings, user, becomes, order.reason, order.seen)
    return Disposed(batch=batch, count=count)


@router.post("/batches/{batch}/check/close", response_model=Disposed)
def close(house: HouseDep, user: Approver, batch: str, order: Closing) -> Disposed:
    """Closes the check as it was looked at: no critical finding may be open."""
    check_review.close(house, batch, user, order.digest, order.reason)
    copy_heads(house, batch)
    return Disposed(batch=batch, count=len(check_review.look(house, batch).findings))


@router.get("/batches/{batch}/check/files/{what}", response_class=Response)
def file(house: HouseDep, user: Person, batch: str, what: str) -> Response:
    """``notes``: the report with notes; ``html``, ``json``: the findings."""
    name, data = check_review.files(house, batch, what)
    headers = {"content-disposition": attachment_name(name), "x-content-type-options": "nosniff"}
    return Response(data, media_type="application/octet-stream", headers=headers)
