"""Batches: the list, one batch with its live progress and downloads, one document and what can be done for it. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import served
from docpipe.errors import DocpipeError, UnknownName, UsageError
from docpipe.model.batch import State
from docpipe.steps import downloads, reckoning, status, submissions
from docpipe.steps.exchange import every_document
from docpipe.steps.house import House
from docpipe.steps.package import delivered_name, face_of_batch
from docpipe.web import downloads as answers
from docpipe.web import orders
from docpipe.web.pages.submit import CLASSES, ENDED, QUICK_SECONDS
from docpipe.web.render import fragment, page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import Received, received

router = APIRouter()
Runner = Annotated[User, needs(Action.RESUME)]
Submitter = Annotated[User, needs(Action.SUBMIT)]
Number = Annotated[int, Query(alias="page", ge=1)]
States = Annotated[list[str], Query(default_factory=list)]
FILES_SHOWN = 60


def _states(names: list[str]) -> list[State]:
    known = {state.value for state in State}
    return [State(name) for name in names if name in known]


@router.get("/batches")
def listed(
    request: Request, house: HouseDep, user: Person, state: States, q: str = "", mine: bool = False, page_: Number = 1
) -> HTMLResponse:  # fmt: skip
    """The batches, those that wait for people first."""
    states = _states(state)
    found, total, by_state = status.listing(
        house, states=states, text=q.strip(), submitter=user.name if mine else "", page=page_
    )
    query: dict[str, Any] = {"state": [s.value for s in states], "q": q.strip(), "mine": 1 if mine else ""}
    return page(
        request, "batches/list.html", user=user, found=found, total=total, by_state=by_state, states=[s.value for s in states],
        every=[s.value for s in State if s is not State.REFUSED], q=q.strip(), mine=mine, query=query, number_=page_,
        last=max(1, -(-total // status.PER_PAGE)),
    )  # fmt: skip


def _context(house: House, batch: str, states: list[str], number: int) -> dict[str, Any]:
    chosen = _states(states)
    seen = status.status(house, batch, states=chosen, page=number)
    runner = served(house) is not None or bool(house.settings.prefect_api_url)
    return {
        "seen": seen, "batch": seen.batch, "runner": runner, "states": [s.value for s in chosen], "number_": number,
        "last": max(1, -(-seen.matching // status.DOCUMENTS_PER_PAGE)), "query": {"state": [s.value for s in chosen]},
    }  # fmt: skip


@router.get("/batches/{batch}")
def one(
    request: Request, house: HouseDep, user: Person, batch: str, state: States, page_: Number = 1
) -> HTMLResponse:  # fmt: skip
    """A batch: where its documents are, what it cost, what is next, what can be downloaded."""
    _, files = downloads.results(house, batch)
    return page(
        request, "batches/batch.html", user=user, files=files, shown=FILES_SHOWN, leverage=status.leverage(house, batch),
        classes=CLASSES, **_context(house, batch, state, page_),
    )  # fmt: skip


@router.get("/batches/{batch}/progress")
def progress(
    request: Request, house: HouseDep, user: Person, batch: str, state: States, page_: Number = 1
) -> HTMLResponse:  # fmt: skip
    """What changes on a batch's page while the machine works."""
    context = _context(house, batch, state, page_)
    text = fragment(request, "batches/_progress.html", user=user, **context)
    return HTMLResponse(text, 200 if context["seen"].moving else ENDED)


@router.get("/batches/{batch}/package")
def package(house: HouseDep, user: Person, batch: str) -> Response:
    """All results as one zip."""
    return answers.package(house, batch)


@router.get("/batches/{batch}/files/{path:path}")
def file(house: HouseDep, user: Person, batch: str, path: str) -> Response:
    """One file of the results."""
    return answers.one_file(house, batch, path)


@router.post("/batches/{batch}/cancel")
def cancel(
    request: Request, house: HouseDep, user: Runner, batch: str, reason: Annotated[str, Form()] = "", document: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Cancels the batch, or one document of it."""
    chosen = every_document(house, batch, document)
    count = orders.cancelled(house, batch, chosen, user, reason)
    told = (
        f"{count} documents were cancelled."
        if count is not None
        else "What is worked on is cancelled after its present step."
    )
    return redirect(request, f"/batches/{batch}", said=told)


@router.post("/batches/{batch}/resume")
def resume(
    request: Request, house: HouseDep, user: Runner, batch: str, budget: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Lets failed documents go on, with another spending limit if one is given."""
    started = orders.resumed(house, batch, user, _amount(budget))
    told = "The batch goes on." if started else f"No runner is up. Start docpipe serve, or run: docpipe resume {batch}"
    return redirect(request, f"/batches/{batch}", said=told)


def _amount(budget: str) -> float | None:
    try:
        return float(budget) if budget.strip() else None
    except ValueError as error:
        raise UsageError("The spending limit is a number.", field="budget") from error


@router.get("/batches/{batch}/documents/{document}")
def document_page(request: Request, house: HouseDep, user: Person, batch: str, document: str) -> HTMLResponse:
    """One document: how it stands, why it went no further and how to mend it, its files."""
    return _document(request, house, user, batch, document, None)


def _document(
    request: Request, house: House, user: User, batch: str, document: str, error: DocpipeError | None
) -> HTMLResponse:
    found, seen = status.document_status(house, document)
    if found.id != batch:
        raise UnknownName("There is no such document in this batch.", name=document[:40])
    path = seen.document.output_path or seen.document.path
    own = {f"{folder}/{path}" for folder in ("target", "DRAFT", "_review/preview")}
    own |= {
        f"{folder}/{seen.document.path}{suffix}"
        for folder, suffix in (("source", ""), ("bilingual", ".xlf"), ("_review/xliff", ".xlf"))
    }
    copies = status.copies_of(house, document)
    own |= {delivered_name(c, face_of_batch(found)) for c in copies if c.sha256}
    _, files = downloads.results(house, batch)
    return page(
        request, "batches/document.html", user=user, status=status_of(error) if error else 200, batch=found, seen=seen,
        document=seen.document, files=[f for f in files if f.name in own], error=error.as_dict() if error else None,
        leverage=status.leverage_of_document(house, document), classes=CLASSES, copies=copies,
    )  # fmt: skip


@router.post("/batches/{batch}/documents/{document}/again")
async def again(request: Request, house: HouseDep, user: Submitter, batch: str, document: str) -> Response:
    """Submits a refused or failed document again, with another file or another policy; its estimate is shown first."""
    try:
        async with received(request, house.settings.home) as upload:
            made = await run_in_threadpool(_again, house, user, document, upload)
    except DocpipeError as error:
        return await run_in_threadpool(_document, request, house, user, batch, document, error)
    await run_in_threadpool(reckoning.start, house, made, wait=QUICK_SECONDS)
    return redirect(request, f"/submissions/{made}")


def _again(house: House, user: User, document: str, upload: Received) -> str:
    file = upload.files[0] if upload.files else None
    return submissions.again(
        house, document, user, tracked_changes=upload.one("tracked_changes"), replacement=file
    ).id  # fmt: skip
