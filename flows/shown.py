"""What an operator sees of a run in Prefect, and the documents that a run works on: ids, figures, links. Imports the steps and prefect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.futures import PrefectFutureList

from docpipe.model.batch import Document
from docpipe.model.batch import State as BatchState
from docpipe.steps.house import open_house
from docpipe.steps.measure import measure
from docpipe.steps.records import copy_heads
from docpipe.store import batches, documents

AWAITING = "Awaiting review"
WITH_PROVIDER = "Awaiting provider"
GROUP_BYTES, GROUP_DOCUMENTS = 2_000_000, 25


def under_way(batch: str) -> list[Document]:
    """The batch's documents that neither ended nor failed."""
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


def run(task: Any, found: Sequence[Document]) -> None:
    """One task a group, all awaited; a task that failed fails the run here."""
    futures: PrefectFutureList[Any] = task.map(groups(found))
    futures.result()


class Shown:
    """The run's progress artifact: how much of the way to the package lies behind the batch, in percent."""

    def __init__(self, batch: str) -> None:
        made = create_progress_artifact(
            0.0, key=f"progress-{batch.lower()}", description=f"Batch {batch}: 75 is the checkpoint"
        )
        self._id = cast(UUID, made)

    def at(self, percent: float) -> None:
        """Sets the percentage."""
        update_progress_artifact(self._id, percent)


def state_of(batch: str) -> BatchState:
    """The batch's state as it is written down."""
    with open_house().store.read() as session:
        return batches.get(session, batch).state


def artifacts(batch: str) -> None:
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
