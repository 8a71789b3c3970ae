"""What both stories end with: checks, the checkpoint, and after the signatures assembly and release. Imports the tasks, steps and prefect."""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from docpipe.model.batch import State as BatchState
from docpipe.steps.house import open_house
from docpipe.steps.open_checkpoint import settle
from docpipe.steps.work import reached
from flows import tasks
from flows.shown import AWAITING, Shown, artifacts, run, state_of, under_way


def ending(batch: str, shown: Shown) -> State[Any]:
    """Brings a batch whose rows have their texts to its checkpoint, to its package, or to a stated failure."""
    run(tasks.check_documents, [d for d in under_way(batch) if not reached(d, "waiting")])
    shown.at(75)
    state = settle(open_house(), batch)
    if state is BatchState.WAITING:
        tasks.review_copies(batch)
        artifacts(batch)
        return Completed(
            name=AWAITING,
            message=f"Waits for people: docpipe review list --batch {batch}; after the signatures: docpipe resume {batch}",
        )
    if state is BatchState.RELEASING:
        run(tasks.assemble_documents, [d for d in under_way(batch) if not reached(d, "delivered")])
        shown.at(95)
        state = settle(open_house(), batch)
        if state is BatchState.RELEASING:
            tasks.release_batch(batch)
            state = state_of(batch)
            shown.at(100)
    artifacts(batch)
    if state is BatchState.FAILED:
        return Failed(name="Failed", message=f"See docpipe metrics {batch}; to try again: docpipe resume {batch}")
    return Completed(name=state.value.capitalize(), message=f"Batch {batch} is {state.value}.")
