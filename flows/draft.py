"""The story of a drafting batch. Imports the tasks, steps and prefect.

The run ends at the early checkpoints (sources, tables, plan), then at the checkpoint of each document, in a named state; the
decision starts the next run of the same flow, in which finished work returns at once. To resume is to run it again.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from docpipe.flowruns import DRAFTING, run_name
from docpipe.model.batch import State as BatchState
from docpipe.settings import load
from docpipe.steps.work import reached
from flows import draft_tasks
from flows.ending import ending
from flows.shown import AWAITING, Shown, artifacts, run, under_way


@flow(
    name=DRAFTING[0],
    flow_run_name=run_name("{batch}", "draft"),
    task_runner=ThreadPoolTaskRunner(max_workers=load().workers),  # type: ignore[arg-type]
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def draft_batch(batch: str) -> State[Any]:
    """Brings a batch as far as it can go without a person: to its checkpoints, to its package, or to a stated failure."""
    shown = Shown(batch)
    draft_tasks.read_study(batch)
    shown.at(30)
    if not draft_tasks.early_checkpoints(batch)["approved"]:
        artifacts(batch)
        return Completed(
            name=AWAITING,
            message=f"Waits for people before drafting: docpipe review gates {batch}; then: docpipe resume {batch}",
        )
    if at_model := [d.id for d in under_way(batch) if not reached(d, "translated")]:
        draft_tasks.draft_documents(at_model)
    if back := [d for d in under_way(batch) if d.state is BatchState.WAITING]:
        run(draft_tasks.redraft_documents, back)
    shown.at(60)
    return ending(batch, shown)
