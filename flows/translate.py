"""The story of a translation batch. Imports the tasks, steps and prefect.

The run ends at the checkpoint in a named state; the decision starts the next run of the same flow, in which finished
work returns at once. To resume is to run it again.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from docpipe.flowruns import DEPLOYMENT, run_name
from docpipe.settings import load
from docpipe.steps.work import reached
from flows import tasks
from flows.ending import ending
from flows.shown import WITH_PROVIDER, Shown, artifacts, run, under_way


@flow(
    name=DEPLOYMENT[0],
    flow_run_name=run_name("{batch}"),
    task_runner=ThreadPoolTaskRunner(max_workers=load().workers),  # type: ignore[arg-type]
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def translate_batch(batch: str) -> State[Any]:
    """Brings a batch as far as it can go without a person: to its checkpoint, to its package, or to a stated failure."""
    shown = Shown(batch)
    run(tasks.extract_documents, [d for d in under_way(batch) if not reached(d, "segmented")])
    shown.at(20)
    if any(not reached(d, "recalled") for d in under_way(batch)):
        tasks.recall_batch(batch)
    shown.at(30)
    if tasks.overnight_jobs(batch)["waiting"]:
        artifacts(batch)
        return Completed(
            name=WITH_PROVIDER, message=f"Waits for the provider's overnight jobs: docpipe resume {batch} looks again"
        )
    if at_model := [d.id for d in under_way(batch) if not reached(d, "translated")]:
        tasks.translate_documents(at_model)
    shown.at(60)
    if any(not reached(d, "checked") for d in under_way(batch)):
        tasks.propagate(batch)
    return ending(batch, shown)
