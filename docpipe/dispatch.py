"""Starts or continues the flow of a batch: through a deployment where one is served, else in this process. Imports steps and prefect.

Flows are found by the entry-point group ``docpipe.flows``, so that nothing below the doors imports ``flows``. A one-off
command uses a Prefect server that runs, or starts a local one (``docpipe.flowserver`` keeps it while anybody needs it).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any

from docpipe.errors import Defect, DocpipeError, FlowServerDown
from docpipe.flowruns import DEPLOYMENT, OF_KIND, run_name
from docpipe.flowserver import Standing, healthy, needed
from docpipe.model.batch import State
from docpipe.steps import gates
from docpipe.steps.house import House, record
from docpipe.steps.records import copy_heads
from docpipe.store import batches, documents

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_SHOW_ARTIFACT_LINKS": "false",
}
"""Prefect's settings for regulated sites: no telemetry, no persisted results, no noise on the terminal."""


def environment(house: House) -> dict[str, str]:
    """Prefect's environment for this installation: its own home, never the user's profile."""
    return {**QUIET, "PREFECT_HOME": str(house.settings.home / "prefect"), "DOCPIPE_HOME": str(house.settings.home)}


@contextmanager
def prefect_api(house: House, say: Callable[[str], None]) -> Iterator[str]:
    """A Prefect server for the time of the block. Yields its API address. Raises ``FlowServerDown``."""
    os.environ.update(environment(house))
    given = house.settings.prefect_api_url
    if given:
        os.environ["PREFECT_API_URL"] = given
        yield given
        return
    with needed(house.settings.home / "prefect", environment(house), say) as standing:
        os.environ["PREFECT_API_URL"] = standing.api
        try:
            yield standing.api
        finally:
            os.environ.pop("PREFECT_API_URL", None)


def flow(name: str) -> Any:
    """A flow by its entry-point name."""
    for entry in entry_points(group="docpipe.flows", name=name):
        return entry.load()
    raise Defect(f"The flow {name} is not installed.", flow=name)


def run_here(house: House, batch: str, say: Callable[[str], None]) -> None:
    """Runs the batch's flow in this process to its next named state.

    Raises what stopped a step (``StorageError``, ``Defect``), and ``FlowServerDown`` when the Prefect server went away
    under it: our own records are whole, resume goes on.
    """
    kind = _kind(house, batch)
    with prefect_api(house, say) as api:
        import httpx
        from prefect.exceptions import PrefectException

        logging.getLogger("prefect").setLevel(logging.CRITICAL)
        record("flow.started", batch=batch)
        try:
            state = flow(kind)(batch, return_state=True)
            failure = None if state.is_completed() else state.result(raise_on_failure=False)
        except DocpipeError:
            raise
        except (httpx.HTTPError, PrefectException, OSError, RuntimeError) as error:
            failure = error
        if failure is not None and not _told_by_records(house, batch, failure):
            raise _stopped(batch, failure, api) from None
        record("flow.ended", batch=batch)


def _kind(house: House, batch: str) -> str:
    """What the batch does, which is the name of its flow: translate, draft or check."""
    with house.store.read() as session:
        return batches.get(session, batch).recipe.kind


def _told_by_records(house: House, batch: str, failure: object) -> bool:
    """Whether the run ended as our records say (a batch that failed by its documents), and not by what ``failure`` names."""
    if isinstance(failure, DocpipeError):
        return False
    with house.store.read() as session:
        return batches.get(session, batch).state is State.FAILED and healthy(os.environ.get("PREFECT_API_URL", ""))


def _stopped(batch: str, failure: object, api: str) -> DocpipeError:
    """The error of our tree for what ended a run before its time. Its text is not repeated: it may quote a document."""
    if isinstance(failure, DocpipeError):
        return failure
    kind = type(failure).__name__
    if healthy(api):
        return Defect(f"The run of batch {batch} ended with {kind}: docpipe resume {batch} tries again.", batch=batch)
    return FlowServerDown(
        f"The Prefect server went away while batch {batch} was worked on: docpipe resume {batch} goes on.",
        batch=batch, reason=kind,
    )  # fmt: skip


def served(house: House) -> Standing | None:
    """The standing server with a runner (`docpipe serve`), if one is up for this installation."""
    from docpipe.flowserver import standing

    found = standing(house.settings.home / "prefect")
    return found if found is not None and found.runner else None


def hand_over(house: House, batch: str) -> bool:
    """Starts the next run on a served deployment, without waiting for it; False where none is served or reached."""
    found = served(house)
    api = house.settings.prefect_api_url or (found.api if found else "")
    if not api:
        return False
    if not healthy(api):
        return False
    os.environ.update(environment(house) | {"PREFECT_API_URL": api})
    import httpx
    from prefect.deployments import run_deployment
    from prefect.exceptions import PrefectException

    kind = _kind(house, batch)
    deployment = "/".join(OF_KIND.get(kind, DEPLOYMENT))
    try:
        run_deployment(deployment, parameters={"batch": batch}, flow_run_name=run_name(batch, kind), timeout=0)
    except (httpx.HTTPError, PrefectException):
        return False
    return True


def decided(house: House, batch: str) -> bool:
    """After a signature, or the approval of an early checkpoint: the audit heads are copied outside, and once nothing waits the next run starts.

    Returns whether a run was handed over; False where people are still needed or no runner is up.
    """
    copy_heads(house, batch)
    with house.store.read() as session:
        waiting = any(d.state is State.WAITING for d in documents.of_batch(session, batch))
    waiting = waiting or gates.waits(house, batch)
    return not waiting and hand_over(house, batch)


def go_on(house: House, batch: str, say: Callable[[str], None]) -> bool:
    """Continues a batch: handed over where a runner is up (True), else run here to its next state (False)."""
    if hand_over(house, batch):
        return True
    run_here(house, batch, say)
    return False
