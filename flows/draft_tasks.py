"""One-line tasks round the steps of drafting: ids in, counts out, results never persisted. Imports the tasks, steps and prefect."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from docpipe.steps import draft, gates, study
from docpipe.steps.house import open_house
from flows.tasks import Counts, crowd, guarded, options


@task(name="read sources, plan", **options)
def read_study(batch: str) -> Counts:
    """Sources read, facts compared, every document planned: once a batch."""
    return guarded(lambda: {"documents": study.prepare(open_house(), batch)})


@task(name="open early checkpoints", **options)
def early_checkpoints(batch: str) -> Counts:
    """Sources, tables and plan, for people to approve; whether they are."""
    return guarded(lambda: {"approved": int(gates.open_gates(open_house(), batch))})


@task(name="word again", **options)
def redraft_documents(ids: Sequence[str]) -> Counts:
    """The rows of a group of documents that people sent back."""
    return guarded(lambda: {"rows": sum(len(draft.redraft(open_house(), name)) for name in ids)})


@task(name="draft", **options)
def draft_documents(ids: Sequence[str]) -> Counts:
    """The texts of all documents: one task, for they share one queue to the model."""
    return guarded(crowd, ids, draft.draft)
