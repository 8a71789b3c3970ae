"""The story of a batch that checks a report: one task, then the checkpoint of a person. Imports the tasks, steps and prefect."""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from docpipe.flowruns import CHECKING, run_name
from docpipe.model.batch import State as BatchState
from docpipe.steps import check_batch as steps
from docpipe.steps.house import open_house
from flows.shown import AWAITING, Shown, artifacts, state_of
from flows.tasks import Counts, guarded, options


@task(name="check report", **options)
def check_report(batch: str) -> Counts:
    """The report's findings, once a batch; whether they wait for a person."""
    return guarded(lambda: {"waiting": int(steps.run_check(open_house(), batch) is BatchState.WAITING)})


@flow(
    name=CHECKING[0],
    flow_run_name=run_name("{batch}", "check"),
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def check_batch(batch: str) -> State[Any]:
    """Checks the report of a batch and leaves it with a person, or ends as a draft where nobody is asked for."""
    shown = Shown(batch)
    check_report(batch)
    shown.at(75)
    state = state_of(batch)
    artifacts(batch)
    if state is BatchState.WAITING:
        return Completed(name=AWAITING, message=f"Waits for a person: the page of batch {batch}.")
    if state is BatchState.FAILED:
        return Failed(name="Failed", message=f"The report of batch {batch} cannot be checked: docpipe resume {batch}")
    shown.at(100)
    return Completed(name=state.value.capitalize(), message=f"Batch {batch} is {state.value}.")
