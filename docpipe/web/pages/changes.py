"""Changes of a draft: what differs from the batch that it follows, a new version of its sources, translations that follow. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import hand_over
from docpipe.errors import DocpipeError, NotReady, UnknownName, UsageError
from docpipe.exports.changes import KINDS
from docpipe.steps.change_report import change_report, followers
from docpipe.steps.change_translations import follow_translations, stale, translations
from docpipe.steps.follow import follows
from docpipe.steps.house import House
from docpipe.store import batches
from docpipe.web import orders
from docpipe.web.render import page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import received

router = APIRouter()
Submitter = Annotated[User, needs(Action.SUBMIT)]
SHOWN = 200
"""Facts, rows and passages on the page; the JSON has all."""


def _page(request: Request, house: House, user: User, batch_id: str, error: DocpipeError | None = None) -> HTMLResponse:
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    if not batch.recipe.drafts:
        raise UnknownName("This batch drafts nothing: its sources have no next version here.", name=batch_id)
    told: dict[str, Any] | None = None
    waiting = ""
    if follows(batch.recipe):
        try:
            told = change_report(house, batch_id)
        except NotReady as later:
            waiting = later.message
    return page(
        request, "drafts/changes.html", status=status_of(error) if error else 200, user=user, batch=batch, told=told,
        waiting=waiting, before=follows(batch.recipe), after=followers(house, batch_id), kinds=KINDS, shown=SHOWN,
        translations=translations(house, batch_id), stale=stale(house, batch_id), error=error,
    )  # fmt: skip


@router.get("/batches/{batch}/changes", response_class=HTMLResponse)
def changes(request: Request, batch: str, house: HouseDep, user: Person) -> HTMLResponse:
    """Facts that changed, rows that they touch, documents, translations; and the form for a new version."""
    return _page(request, house, user, batch)


@router.post("/batches/{batch}/changes")
async def follow(request: Request, batch: str, house: HouseDep, user: Submitter) -> Response:
    """Takes a new version of the sources in and starts the batch that follows; a refused one shows the page with the reason."""
    try:
        async with received(request, house.settings.home) as upload:
            made, started = await run_in_threadpool(orders.followed, house, user, batch, upload)
    except DocpipeError as error:
        refused = await run_in_threadpool(_page, request, house, user, batch, error)
        refused.headers["connection"] = "close"  # what was not read of the body is nobody's
        return refused
    said = (
        "The new version is being read." if started else "The batch is made. No runner is up: it waits to be started."
    )
    return redirect(request, f"/batches/{made}", said=said)


@router.post("/batches/{batch}/changes/translations")
def follow_up(request: Request, batch: str, house: HouseDep, user: Submitter) -> Response:
    """Starts a batch for each released translation of an earlier version."""
    try:
        made = follow_translations(house, batch, actor=user.name)
        if not made:
            raise UsageError("No released translation of an earlier version is out of date.")
    except DocpipeError as error:
        return _page(request, house, user, batch, error)
    for one in made:
        hand_over(house, one.id)
    return redirect(request, f"/batches/{made[0].id}", said=f"{len(made)} translations follow.")
