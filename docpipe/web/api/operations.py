"""The operators' figures by JSON: the same as on the page. Imports FastAPI, the steps and the session."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from typing_extensions import TypedDict

from docpipe.flowruns import FlowRun, Runners, runners, runs_of
from docpipe.steps import overview, timeline, trends, vitals
from docpipe.steps.health import Look
from docpipe.store import batches
from docpipe.web.session import HouseDep, Person

router = APIRouter(prefix="/api/v1", tags=["operations"])
Window = Literal["day", "week", "month", "quarter"]


class Operations(TypedDict):
    """The overview and the live state."""

    overview: overview.Overview
    vitals: vitals.Vitals
    runners: Runners | None


class Health(TypedDict):
    """What was looked at; ``ok``: all is fine."""

    ok: bool
    checks: list[Look]


class Runs(TypedDict):
    """A batch's runs in Prefect, the latest first; none where its server cannot be asked."""

    batch: str
    runs: list[FlowRun]


class Quarantine(TypedDict):
    """Refused files, of the newest batches first."""

    refused: list[overview.Stopped]


@router.get("/operations")
def operations(house: HouseDep, user: Person) -> Operations:
    """Batches, queue, checkpoints, speed, cost, failures, provider, workers and the live state."""
    return {"overview": overview.overview(house), "vitals": vitals.vitals(house), "runners": runners(house.settings)}


@router.get("/health")
def health(house: HouseDep, user: Person) -> Health:
    """What `docpipe doctor` looks at and the live state; each entry says how to mend what is not fine."""
    looks = vitals.looks(house)
    return {"ok": all(look.fine for look in looks), "checks": looks}


@router.get("/trends")
def series(house: HouseDep, user: Person, window: Window = "week") -> trends.Trends:
    """Throughput, leverage, stage times and review effort over a window, by hour or day."""
    return trends.trends(house, window)


@router.get("/refused")
def quarantine(house: HouseDep, user: Person, batch: str = "") -> Quarantine:
    """Files that were refused: reason, digest, who sent them; of one batch or of all."""
    if batch:
        with house.store.read() as session:
            batches.get(session, batch)
    return {"refused": overview.refused(house, batch or None)}


@router.get("/batches/{batch}/runs")
def runs(house: HouseDep, user: Person, batch: str) -> Runs:
    """The batch's flow runs with links into Prefect's pages."""
    with house.store.read() as session:
        batches.get(session, batch)
    return {"batch": batch, "runs": runs_of(house.settings, batch)}


@router.get("/documents/{document}/timeline")
def document(house: HouseDep, user: Person, document: str) -> timeline.Timeline:
    """A document's stages, waits, retries, model calls and events."""
    return timeline.timeline_of(house, document)
