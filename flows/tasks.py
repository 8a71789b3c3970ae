"""One-line tasks round the steps: ids in, counts out, results never persisted. Imports steps and prefect.

A task takes a group of documents (a large one is a group of its own), so that a package of 11,000 documents does not
become 60,000 task runs.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Any

from prefect import task
from prefect.client.schemas.objects import State, TaskRun

from docpipe.errors import DatabaseLocked, Defect, DocpipeError
from docpipe.model.batch import Document
from docpipe.steps import (
    assemble,
    check,
    deliver,
    extract,
    open_checkpoint,
    overnight,
    recall,
    release,
    second_look,
    translate,
)
from docpipe.steps import propagate as repetitions
from docpipe.steps.crowd import in_crowd
from docpipe.steps.house import open_house

Counts = dict[str, int]


def _worth_another_try(task: Any, run: TaskRun, state: State[Any]) -> bool:
    """A retry helps where another process held the database; the provider's faults are retried call by call."""
    try:
        state.result()
    except DatabaseLocked:
        return True
    except BaseException:  # noqa: BLE001 - whatever else it was, it is not ours to swallow: the run shows it
        return False
    return False


options: dict[str, Any] = {
    "persist_result": False,
    "retries": 3,
    "retry_delay_seconds": [2, 10, 30],
    "retry_condition_fn": _worth_another_try,
    "log_prints": False,
    "cache_policy": None,
}


def guarded(work: Callable[..., Counts], *arguments: object) -> Counts:
    """Runs a step; an error that is not of our tree leaves as a defect without its message, which might quote a document."""
    try:
        return work(*arguments)
    except DocpipeError:
        raise
    except Exception as error:  # noqa: BLE001 - a door: what Prefect stores of an error must hold no document text
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        raise Defect(f"{type(error).__name__} at {where}.") from None


def each(ids: Sequence[str], *steps: Callable[..., Document]) -> Counts:
    house = open_house()
    counts: Counts = {}
    for document_id in ids:
        for step in steps:
            state = step(house, document_id).state.value
        counts[state] = counts.get(state, 0) + 1
    return counts


def crowd(ids: Sequence[str], step: Callable[..., Document]) -> Counts:
    """A step in which documents wait for the model."""
    house = open_house()
    return in_crowd(house, ids, step, house.settings.workers)


@task(name="extract and segment", **options)
def extract_documents(ids: Sequence[str]) -> Counts:
    """Blocks, coverage and sentences of a group of documents."""
    return guarded(each, ids, extract.extract, extract.make_segments)


@task(name="recall", **options)
def recall_batch(batch: str) -> Counts:
    """Memory, previous version and repetitions, over the whole batch."""
    return guarded(lambda: {"documents": len(recall.recall_batch(open_house(), batch))})


@task(name="translate", **options)
def translate_documents(ids: Sequence[str]) -> Counts:
    """Model calls of all documents: one task, for they share one queue to the model."""
    return guarded(crowd, ids, translate.translate)


@task(name="overnight jobs", **options)
def overnight_jobs(batch: str) -> Counts:
    """Requests handed over to the provider's Batch API, where the recipe asks for it; whether they still wait there."""
    return guarded(lambda: {"waiting": int(overnight.overnight(open_house(), batch))})


@task(name="propagate repetitions", **options)
def propagate(batch: str) -> Counts:
    """The targets of first occurrences, over the whole batch."""
    return guarded(lambda: {"filled": repetitions.propagate(open_house(), batch)})


@task(name="check and open checkpoint", **options)
def check_documents(ids: Sequence[str]) -> Counts:
    """Findings of checks and of the second look, and the checkpoint of each document."""
    return guarded(_checked, ids)


def _checked(ids: Sequence[str]) -> Counts:
    each(ids, check.check)
    crowd(ids, second_look.second_look)
    return each(ids, open_checkpoint.open_checkpoint)


@task(name="assemble and verify", **options)
def assemble_documents(ids: Sequence[str]) -> Counts:
    """The documents put together, read back and compared, and what is handed over beside them."""
    return guarded(each, ids, assemble.assemble, assemble.verify, deliver.deliver)


@task(name="review copies", **options)
def review_copies(batch: str) -> Counts:
    """Previews and XLIFF for the reviewers, where the batch has a folder for results."""
    return guarded(lambda: {"files": release.write_review_copies(open_house(), batch)})


@task(name="release", **options)
def release_batch(batch: str) -> Counts:
    """The package."""
    return guarded(lambda: {"files": release.release(open_house(), batch)})
