"""Ordering a draft: sources uploaded, document types chosen; the early checkpoints come before any model is asked. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import hand_over
from docpipe.errors import DocpipeError
from docpipe.steps.house import House
from docpipe.steps.order_draft import offered_types, order_draft
from docpipe.web.render import page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, needs
from docpipe.web.uploads import Received, received

router = APIRouter()

Submitter = Annotated[User, needs(Action.SUBMIT)]


def _form(
    request: Request, house: House, user: User, chosen: dict[str, Any], error: DocpipeError | None = None
) -> HTMLResponse:
    return page(
        request, "submit/draft.html", status=status_of(error) if error else 200, user=user, chosen=chosen, error=error,
        types=offered_types(house), provider=house.settings.chosen_provider, model=house.settings.model,
    )  # fmt: skip


@router.get("/submit/draft", response_class=HTMLResponse)
def form(request: Request, house: HouseDep, user: Submitter) -> HTMLResponse:
    """The form."""
    return _form(request, house, user, {"types": ["csr"]})


@router.post("/submit/draft")
async def submit(request: Request, house: HouseDep, user: Submitter) -> Response:
    """Takes sources and order in and starts the batch; a refused one shows the form again with the reason."""
    chosen: dict[str, Any] = {}
    try:
        async with received(request, house.settings.home) as upload:
            chosen = {name: values[0] for name, values in upload.fields.items()}
            chosen["types"] = upload.fields.get("types", [])
            batch, started = await run_in_threadpool(_ordered, house, user, upload)
    except DocpipeError as error:
        refused = await run_in_threadpool(_form, request, house, user, chosen, error)
        refused.headers["connection"] = "close"  # what was not read of the body is nobody's
        return refused
    said = "The sources are being read." if started else "The batch is made. No runner is up: it waits to be started."
    return redirect(request, f"/batches/{batch}", said=said)


def _ordered(house: House, user: User, upload: Received) -> tuple[str, bool]:
    batch = order_draft(
        house, user, upload.fields.get("types", []), upload.files, name=upload.one("name"), review=upload.one("review"),
        provider=upload.one("provider"), blinded=upload.one("blinded") == "1",
        proposals=upload.one("proposals") == "1",
    )  # fmt: skip
    return batch.id, hand_over(house, batch.id)
