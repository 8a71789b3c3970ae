"""Serves the flows: on one machine for `docpipe serve`, or deploys them to a work pool. Imports the flows and prefect."""

from __future__ import annotations

from typing import Any

from prefect import serve
from prefect.types.entrypoint import EntrypointType

from flows.check import check_batch
from flows.draft import draft_batch
from flows.translate import translate_batch

NAME = "docpipe"


def serve_here(limit: str) -> None:
    """Runs deployments of all flows in this process until it is stopped; at most ``limit`` runs at once."""
    serve(*_deployments(), limit=int(limit), pause_on_shutdown=False, print_starting_message=False)


def deploy(work_pool: str) -> None:
    """Registers the flows with a work pool of type process, whose workers have docpipe installed and the same settings."""
    for deployment in _deployments():
        deployment.apply(work_pool_name=work_pool)


def _deployments() -> list[Any]:
    found = (translate_batch, draft_batch, check_batch)
    return [f.to_deployment(NAME, tags=["docpipe"], entrypoint_type=EntrypointType.MODULE_PATH) for f in found]
