"""The operators' pages: how the installation does, one document's way, its health, and retry and stop. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import hand_over
from docpipe.flowruns import runners, runs_of
from docpipe.steps import cancel as stopping
from docpipe.steps import effort, overview, timeline, trends, vitals, work
from docpipe.steps.health import Look
from docpipe.steps.house import House
from docpipe.store import batches, documents
from docpipe.web.render import fragment, page, redirect
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.trend_charts import STAGE_NAMES, WINDOW_NAMES, charts_of

router = APIRouter()
CHART_SECONDS = 60.0

Runner = Annotated[User, needs(Action.RESUME)]
Text = Annotated[str, Form(max_length=2000)]


def _charts(request: Request, house: House, window: str) -> tuple[datetime, list[Markup]]:
    """The charts of a window, drawn at most once a minute: they read every row that changed in it."""
    kept: dict[str, tuple[datetime, list[Markup]]] = request.app.state._state.setdefault("charts", {})
    now = house.now()
    found = kept.get(window)
    if found is None or not 0 <= (now - found[0]).total_seconds() < CHART_SECONDS:
        found = kept[window] = (now, charts_of(trends.trends(house, window)))
    return found


@router.get("/operations")
def operations(request: Request, house: HouseDep, user: Person, window: str = "week") -> HTMLResponse:
    """The answers first, then charts, failures, quarantine and batches."""
    chosen = window if window in WINDOW_NAMES else "week"
    charts_at, charts = _charts(request, house, chosen)
    return page(
        request, "operations/index.html", user=user, now=overview.overview(house), vitals=vitals.vitals(house),
        charts=charts, charts_at=charts_at, window=chosen, windows=WINDOW_NAMES, runners=runners(house.settings),
        stage_names=STAGE_NAMES,
    )  # fmt: skip


@router.get("/operations/live")
def live(request: Request, house: HouseDep, user: Person) -> HTMLResponse:
    """The part of the page that asks for itself again."""
    return HTMLResponse(
        fragment(
            request, "operations/_live.html", user=user, now=overview.overview(house), vitals=vitals.vitals(house),
            runners=runners(house.settings), stage_names=STAGE_NAMES,
        )
    )  # fmt: skip


@router.get("/operations/health")
def health(request: Request, house: HouseDep, user: Person) -> HTMLResponse:
    """Everything that is looked at, what is not fine first, each with how to mend it."""
    looks = vitals.looks(house)
    found = runners(house.settings)
    now = house.now()
    looks.append(
        Look(
            "flow runner", found is not None and found.seen(now),
            f"asked for work at {found.polled:%Y-%m-%d %H:%M:%S} UTC" if found and found.polled else
            "no Prefect server is up" if found is None else "no runner has asked for work",
            "docpipe serve on this machine, or a Prefect worker for the deployed flows (docpipe help growing)",
        )
    )  # fmt: skip
    looks.sort(key=lambda look: look.fine)
    return page(request, "operations/health.html", user=user, looks=looks, at=now)


@router.get("/operations/documents/{document}")
def document(request: Request, house: HouseDep, user: Person, document: str) -> HTMLResponse:
    """A document's way: stages, waits, retries, model calls, runs, and what can be done."""
    line = timeline.timeline_of(house, document)
    return page(
        request, "operations/document.html", user=user, line=line, review=effort.review_block(house, document_id=document), runs=runs_of(house.settings, line.batch.id),
        stage_names=STAGE_NAMES, error=overview.stopped(line.batch, line.document) if line.document.error_code else None,
    )  # fmt: skip


@router.get("/operations/documents/{document}/audit.jsonl")
def document_audit(
    house: HouseDep, user: Annotated[User, needs(Action.AUDIT_READ, Action.RESUME)], document: str
) -> Response:
    """The audit events about the document, as JSON lines."""
    with house.store.read() as session:
        found = documents.get(session, document)
    lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in timeline.audit_of(house, found.batch, found.id)]
    headers = {"content-disposition": f'attachment; filename="audit-{found.id}.jsonl"'}
    return Response("".join(lines), media_type="application/jsonl", headers=headers)


@router.post("/operations/batches/{batch}/retry")
def retry(request: Request, house: HouseDep, user: Runner, batch: str) -> Response:
    """Failed documents of the batch go on from the stage they have; the run is handed to a runner."""
    with house.store.read() as session:
        batches.get(session, batch)
    count = work.revive(house, batch, user.name)
    handed = hand_over(house, batch)
    said = f"{count} documents go on." if count != 1 else "One document goes on."
    if not handed:
        said += f" No runner is up: docpipe serve, or docpipe resume {batch}."
    return redirect(request, "/operations", said=said)


@router.post("/operations/documents/{document}/retry")
def retry_document(request: Request, house: HouseDep, user: Runner, document: str) -> Response:
    """The failed document goes on, with the others of its batch that failed."""
    with house.store.read() as session:
        found = documents.get(session, document)
    work.revive(house, found.batch, user.name)
    handed = hand_over(house, found.batch)
    said = (
        "The document goes on."
        if handed
        else f"It may go on, but no runner is up: docpipe serve, or docpipe resume {found.batch}."
    )
    return redirect(request, f"/operations/documents/{document}", said=said)


@router.post("/operations/documents/{document}/stop")
def stop_document(request: Request, house: HouseDep, user: Runner, document: str, reason: Text) -> Response:
    """The document goes no further; its batch is released without it."""
    with house.store.read() as session:
        found = documents.get(session, document)
    stopping.cancel(house, found.batch, [found], user, reason)
    hand_over(house, found.batch)
    return redirect(
        request, f"/operations/documents/{document}", said="The document was stopped; what was done stays readable."
    )


@router.post("/operations/batches/{batch}/stop")
def stop_batch(request: Request, house: HouseDep, user: Runner, batch: str, reason: Text) -> Response:
    """Every live document of the batch goes no further."""
    with house.store.read() as session:
        found = documents.of_batch(session, batch)
    count = stopping.cancel(house, batch, found, user, reason)
    return redirect(request, "/operations", said=f"{count} documents of batch {batch} were stopped.")
