"""Batches for programs: submit, estimate, status, results, cancel, resume. Imports FastAPI, the steps and this room's modules.

Field names are those of the command line's ``--json``; every error has the code that the command line gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import UnknownName
from docpipe.model.batch import State
from docpipe.steps import status, submissions
from docpipe.steps.estimate import estimate
from docpipe.steps.exchange import every_document
from docpipe.steps.house import House
from docpipe.steps.outcome import document_outcome, outcome
from docpipe.store.submissions import Submission
from docpipe.store.tallies import Listed
from docpipe.web import downloads, orders
from docpipe.web.forms import FILE, FILES, REVIEW, TEXT, form, said
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import received

router = APIRouter(prefix="/api/v1", tags=["batches"])
Submitter = Annotated[User, needs(Action.SUBMIT)]
Runner = Annotated[User, needs(Action.RESUME)]

FORM = form(
    "from", "to", "files", files=said(FILES, "Documents or zip archives; the file name may hold a relative path."),
    from_=said(TEXT, "Source language (BCP 47)."), to=said(TEXT, "Target language."), memory=said(FILES, "TMX or CSV."),
    termbase=said(FILES, "Termbase CSV."), previous=said(FILES, "Previous version: zip with source/ and target/."),
    profile=said(TEXT, "Name of an installed profile."), profile_file=said(FILE, "A profile (TOML)."), review=REVIEW,
    tracked_changes={"type": "string", "enum": ["refuse", "final"]}, provider=TEXT, model=TEXT,
    delivery={"type": "string", "enum": ["now", "overnight"]},
    deliver=said(TEXT, "Besides the documents: tracked, bilingual, pdf; with commas."), budget={"type": "number"}, name=TEXT,
)  # fmt: skip


class Cost(BaseModel):
    amount: float
    currency: str


class BatchRow(BaseModel):
    """A batch of a list; ``documents`` by state."""

    batch: str
    name: str
    state: str
    from_: str = Field(serialization_alias="from")
    to: str
    submitter: str
    created: str
    documents: dict[str, int]
    pages: int
    cost: Cost


class BatchPage(BaseModel):
    """A page of batches; ``total`` fit the filter."""

    ok: bool = True
    total: int
    page: int
    per: int
    batches: list[BatchRow]


class Accepted(BaseModel):
    """A new batch. ``started``: whether a runner took it; if not, ``docpipe resume BATCH`` runs it."""

    ok: bool = True
    batch: str
    state: str
    started: bool
    documents: list[dict[str, Any]]
    refused: int


class DocumentPage(BaseModel):
    """Documents of a batch, a page of them."""

    ok: bool = True
    batch: str
    total: int
    page: int
    documents: list[dict[str, Any]]


class Done(BaseModel):
    """What was done: ``count`` documents, or none when it happens after the present step; ``started`` by a runner."""

    ok: bool = True
    batch: str
    count: int | None = None
    started: bool | None = None


class CancelOrder(BaseModel):
    reason: str
    document: str = ""


class ResumeOrder(BaseModel):
    budget: float | None = Field(None, ge=0)


@router.post("/batches", status_code=202, response_model=Accepted, openapi_extra=FORM)
async def submit(request: Request, house: HouseDep, user: Submitter) -> Accepted:
    """Makes a batch of the files and starts it. Files that cannot be taken in become refused documents with their codes."""
    async with received(request, house.settings.home) as form:
        made = await run_in_threadpool(orders.staged, house, user, form)
    return await run_in_threadpool(_accepted, house, made, user)


def _accepted(house: House, made: Submission, user: User) -> Accepted:
    batch, started = orders.confirmed(house, made.id, user)
    found = status.status(house, batch)
    rows = [d.as_dict() for d in found.documents]
    return Accepted(
        batch=batch, state=found.batch.state.value, started=started, documents=rows, refused=found.by_state["refused"]
    )  # fmt: skip


@router.post("/estimates", openapi_extra=FORM)
async def reckon(request: Request, house: HouseDep, user: Submitter) -> JSONResponse:
    """The estimate of `docpipe estimate --json` for the files, and the id of the staged submission, which a person may confirm."""
    async with received(request, house.settings.home) as form:
        made = await run_in_threadpool(orders.staged, house, user, form)
    return JSONResponse(await run_in_threadpool(_reckoned, house, made))


def _reckoned(house: House, made: Submission) -> Mapping[str, Any]:
    result = estimate(house, submissions.staged_files(house, made), submissions.recipe_of(house, made))
    return {**result.as_dict(), "submission": made.id}


@router.post("/submissions/{submission}/confirm", status_code=202, response_model=Accepted)
def confirm(house: HouseDep, user: Submitter, submission: str) -> Accepted:
    """Makes the batch of a staged submission, exactly once."""
    return _accepted(house, submissions.get(house, submission, user), user)


@router.get("/batches", response_model=BatchPage)
def listed(
    house: HouseDep, user: Person, state: Annotated[list[State], Query(default_factory=list)], q: str = "", submitter: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> BatchPage:  # fmt: skip
    """The batches that fit, those that wait for people first."""
    found, total, _ = status.listing(house, states=state, text=q, submitter=submitter, page=page)
    return BatchPage(total=total, page=page, per=status.PER_PAGE, batches=[_row(item) for item in found])


def _row(item: Listed) -> BatchRow:
    b = item.batch
    return BatchRow(
        batch=b.id, name=b.name, state=b.state.value, from_=b.recipe.source_language, to=b.recipe.target_language,
        submitter=b.submitter, created=b.created.isoformat(), documents=dict(item.documents), pages=item.pages,
        cost=Cost(amount=round(item.cost, 6), currency=b.recipe.currency),
    )  # fmt: skip


@router.get("/batches/{batch}")
def one(house: HouseDep, user: Person, batch: str, brief: bool = False) -> JSONResponse:
    """The batch as `docpipe translate --json` gives it; ``brief``: counts and cost alone, for programs that ask often."""
    return JSONResponse(status.status(house, batch).as_dict() if brief else outcome(house, batch))


@router.get("/batches/{batch}/documents", response_model=DocumentPage)
def documents(
    house: HouseDep, user: Person, batch: str, state: Annotated[list[State], Query(default_factory=list)],
    page: Annotated[int, Query(ge=1)] = 1,
) -> DocumentPage:  # fmt: skip
    """The batch's documents, 200 a page: stage, progress, and why one went no further."""
    found = status.status(house, batch, states=state, page=page)
    return DocumentPage(batch=batch, total=found.matching, page=page, documents=[d.as_dict() for d in found.documents])


@router.get("/batches/{batch}/documents/{document}")
def document(house: HouseDep, user: Person, batch: str, document: str) -> JSONResponse:
    """One document, with segments, coverage and findings as in `docpipe translate --json`."""
    found, seen = status.document_status(house, document)
    if found.id != batch:
        raise UnknownName("There is no such document in this batch.", name=document[:40])
    return JSONResponse({"ok": True, "batch": batch, **seen.as_dict(), **document_outcome(house, found, seen.document)})


@router.get("/batches/{batch}/package", response_class=Response)
def package(house: HouseDep, user: Person, batch: str) -> Response:
    """All results as one zip: the package, or while people review the copies for them."""
    return downloads.package(house, batch)


@router.get("/batches/{batch}/files/{path:path}", response_class=Response)
def file(house: HouseDep, user: Person, batch: str, path: str) -> Response:
    """One file of the results by its name in the package."""
    return downloads.one_file(house, batch, path)


@router.post("/batches/{batch}/cancel", response_model=Done)
def cancel(house: HouseDep, user: Runner, batch: str, order: CancelOrder) -> Done:
    """Cancels the batch, or one document of it."""
    chosen = every_document(house, batch, order.document)
    return Done(batch=batch, count=orders.cancelled(house, batch, chosen, user, order.reason))


@router.post("/batches/{batch}/resume", response_model=Done)
def resume(house: HouseDep, user: Runner, batch: str, order: ResumeOrder) -> Done:
    """Lets failed documents go on, with another spending limit if one is given."""
    return Done(batch=batch, started=orders.resumed(house, batch, user, order.budget))
