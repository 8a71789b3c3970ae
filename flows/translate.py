"""The story of a translation batch. Imports the tasks, steps and prefect.

The run ends at the checkpoint in a named state; the decision starts the next run of the same flow, in which finished
work returns at once. To resume is to run it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from prefect import flow
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFutureList
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from docpipe.flowruns import DEPLOYMENT, run_name
from docpipe.model.batch import Document
from docpipe.model.batch import State as BatchState
from docpipe.settings import load
from docpipe.steps.house import open_house
from docpipe.steps.measure import measure
from docpipe.steps.open_checkpoint import settle
from docpipe.steps.records import copy_heads
from docpipe.steps.work import reached
from docpipe.store import batches, documents
from flows import tasks

AWAITING = "Awaiting review"
GROUP_BYTES, GROUP_DOCUMENTS = 2_000_000, 25


def _documents(batch: str) -> list[Document]:
    with open_house().store.read() as session:
        return [d for d in documents.of_batch(session, batch) if not d.state.ended and d.state is not BatchState.FAILED]


def groups(found: Iterable[Document]) -> list[list[str]]:
    """Ids in groups of at most 25 documents and 2 MB, in order; a larger document is a group of its own."""
    made: list[list[str]] = []
    size = GROUP_BYTES + 1
    for document in found:
        if size + document.size > GROUP_BYTES or len(made[-1]) >= GROUP_DOCUMENTS:
            made.append([])
            size = 0
        made[-1].append(document.id)
        size += document.size
    return made


def _run(task: Any, found: Sequence[Document]) -> None:
    """One task a group, all awaited; a task that failed fails the run here."""
    futures: PrefectFutureList[Any] = task.map(groups(found))
    futures.result()


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
    shown = _Shown(batch)
    _run(tasks.extract_documents, [d for d in _documents(batch) if not reached(d, "segmented")])
    shown.at(20)
    if any(not reached(d, "recalled") for d in _documents(batch)):
        tasks.recall_batch(batch)
    shown.at(30)
    _run(tasks.translate_documents, [d for d in _documents(batch) if not reached(d, "translated")])
    shown.at(60)
    if any(not reached(d, "checked") for d in _documents(batch)):
        tasks.propagate(batch)
    _run(tasks.check_documents, [d for d in _documents(batch) if not reached(d, "waiting")])
    shown.at(75)
    state = settle(open_house(), batch)
    if state is BatchState.WAITING:
        tasks.review_copies(batch)
        _artifacts(batch)
        return Completed(
            name=AWAITING,
            message=f"Waits for people: docpipe review list --batch {batch}; after the signatures: docpipe resume {batch}",
        )
    if state is BatchState.RELEASING:
        _run(tasks.assemble_documents, [d for d in _documents(batch) if not reached(d, "verified")])
        shown.at(95)
        state = settle(open_house(), batch)
        if state is BatchState.RELEASING:
            tasks.release_batch(batch)
            state = _state(batch)
            shown.at(100)
    _artifacts(batch)
    if state is BatchState.FAILED:
        return Failed(name="Failed", message=f"See docpipe metrics {batch}; to try again: docpipe resume {batch}")
    return Completed(name=state.value.capitalize(), message=f"Batch {batch} is {state.value}.")


class _Shown:
    """The run's progress artifact: how much of the way to the package lies behind the batch, in percent."""

    def __init__(self, batch: str) -> None:
        made = create_progress_artifact(
            0.0, key=f"progress-{batch.lower()}", description=f"Batch {batch}: 75 is the checkpoint"
        )
        self._id = cast(UUID, made)

    def at(self, percent: float) -> None:
        """Sets the percentage."""
        update_progress_artifact(self._id, percent)


def _state(batch: str) -> BatchState:
    with open_house().store.read() as session:
        return batches.get(session, batch).state


def _artifacts(batch: str) -> None:
    """What an operator wants to see of the run: documents by id, figures, and where to go on."""
    house = open_house()
    copy_heads(house)
    figures = measure(house, batch)
    with house.store.read() as session:
        rows = [
            {"document": d.id, "state": d.state.value, "stage": d.stage, "pages": d.pages, "code": d.error_code}
            for d in documents.of_batch(session, batch)
        ]
    key = batch.lower()
    create_table_artifact(rows, key=f"documents-{key}", description=f"Documents of batch {batch}")
    leverage = ", ".join(f"{name} {n}" for name, n in figures["leverage"].items() if n)
    create_markdown_artifact(
        f"| figure | value |\n|---|---|\n| words | {figures['words']} |\n| pages | {figures['pages']} |\n"
        f"| words per hour | {figures['words_per_hour']} |\n| pages per day | {figures['pages_per_day']} |\n"
        f"| words by origin | {leverage} |\n| cost | {figures['cost']['amount']} {figures['cost']['currency']} |\n"
        f"| calls | {figures['calls']['received']} |\n| findings | {sum(figures['findings']['by_severity'].values())} |\n",
        key=f"figures-{key}",
        description=f"Throughput of batch {batch}",
    )
    create_link_artifact(
        house.settings.home.as_uri(),
        key=f"home-{key}",
        link_text=f"docpipe resume {batch}",
        description="Where it goes on",
    )
