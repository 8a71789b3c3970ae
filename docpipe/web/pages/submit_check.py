"""Ordering the check of a report: report and sources uploaded, document type chosen. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, NotReady, UnknownName
from docpipe.prompts import DRAFTED
from docpipe.steps import check_review
from docpipe.steps.check_review import CheckSeen
from docpipe.steps.house import House
from docpipe.steps.order_draft import offered_types
from docpipe.web import orders
from docpipe.web.render import page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, needs
from docpipe.web.uploads import received

router = APIRouter()

Submitter = Annotated[User, needs(Action.SUBMIT)]


def _form(
    request: Request, house: House, user: User, chosen: dict[str, Any], error: DocpipeError | None = None
) -> HTMLResponse:
    return page(
        request, "submit/check.html", status=status_of(error) if error else 200, user=user, chosen=chosen, error=error,
        types=offered_types(house), earlier=_earlier(house, chosen.get("earlier", "")),
    )  # fmt: skip


def _earlier(house: House, batch: str) -> CheckSeen | None:
    """The check of the former version, where there is one of this id."""
    try:
        return check_review.look(house, batch) if batch else None
    except (UnknownName, NotReady):
        return None


@router.get("/submit/check", response_class=HTMLResponse)
def form(
    request: Request, house: HouseDep, user: Submitter, earlier: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """The form. ``earlier``: the check of the former version of the report, which the new one is compared with."""
    seen = _earlier(house, earlier)
    if seen is None:
        return _form(request, house, user, {"type": "csr"})
    kind = seen.document.format.removeprefix(DRAFTED).partition(".v")[0]
    return _form(request, house, user, {"type": kind, "name": seen.batch.name, "earlier": seen.batch.id})


@router.post("/submit/check")
async def submit(request: Request, house: HouseDep, user: Submitter) -> Response:
    """Takes report and sources in and starts the check; a refused one shows the form again with the reason."""
    chosen: dict[str, Any] = {}
    try:
        async with received(request, house.settings.home) as upload:
            chosen = {name: values[0] for name, values in upload.fields.items()}
            batch, started = await run_in_threadpool(orders.check_ordered, house, user, upload)
    except DocpipeError as error:
        refused = await run_in_threadpool(_form, request, house, user, chosen, error)
        refused.headers["connection"] = "close"  # what was not read of the body is nobody's
        return refused
    said = (
        "The report is being checked."
        if started
        else f"No runner is up. Start docpipe serve, or run: docpipe resume {batch}"
    )
    return redirect(request, f"/batches/{batch}", said=said)
