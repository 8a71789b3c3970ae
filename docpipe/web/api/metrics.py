"""Figures by JSON: of a batch, as `docpipe metrics --json` gives them, and of the installation. Imports FastAPI, the steps and the session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from typing_extensions import TypedDict

from docpipe.steps import gauges
from docpipe.steps.measure import measure
from docpipe.web.session import HouseDep, Person

router = APIRouter(prefix="/api/v1", tags=["metrics"])


class Sample(TypedDict):
    """One number with its labels."""

    labels: dict[str, str]
    value: float


class Family(TypedDict):
    """A metric as at /metrics."""

    name: str
    kind: str
    help: str
    samples: list[Sample]


class Families(TypedDict):
    """All metrics of the installation at a time."""

    at: datetime
    metrics: list[Family]


class Tokens(TypedDict):
    """Tokens as reported by the provider; cached ones are a part of input."""

    input: int
    cached: int
    output: int


class Calls(TypedDict):
    """Model calls by how they ended; sent ones left the process."""

    sent: int
    received: int
    failed: int
    unknown: int


class Cost(TypedDict):
    """What received calls cost."""

    amount: float
    currency: str


class BatchMetrics(TypedDict, total=False):
    """A batch's figures; ``units`` says what each is counted in, ``window`` from when to when."""

    batch: str
    state: str
    documents: int
    refused: int
    pages: int
    words: int
    segments: int
    status: dict[str, int]
    leverage: dict[str, int]
    tokens: Tokens
    calls: Calls
    cost: Cost
    findings: dict[str, dict[str, int]]
    machine_seconds: float
    people_seconds: float
    wall_seconds: float
    words_per_hour: int
    pages_per_day: int
    retries: int
    stages: dict[str, dict[str, Any]]
    review: dict[str, Any]
    window: dict[str, str]
    units: dict[str, str]


@router.get("/metrics")
def metrics(house: HouseDep, user: Person) -> Families:
    """Counters and gauges of the installation: the same as /metrics."""
    families: list[Family] = [
        {
            "name": m.name,
            "kind": m.kind,
            "help": m.help,
            "samples": [{"labels": dict(k), "value": v} for k, v in m.samples],
        }
        for m in gauges.metrics(house)
    ]
    return {"at": house.now(), "metrics": families}


@router.get("/batches/{batch}/metrics")
def of_batch(house: HouseDep, user: Person, batch: str) -> BatchMetrics:
    """Throughput, leverage, tokens, cost, findings and effort of a batch."""
    figures: BatchMetrics = measure(house, batch)  # type: ignore[assignment]
    return figures
