"""Many documents with the model at once: a thread each while the model's queue is short, one queue for all, one document's limit its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whole import report

from docpipe.errors import DiskFull
from docpipe.model.batch import Document, State
from docpipe.simulate import background
from docpipe.steps import extract, recall
from docpipe.steps.crowd import in_crowd
from docpipe.steps.translate import translate
from docpipe.steps.work import set_budget
from docpipe.store import calls, documents


def segmented(story: Any, batch: Any) -> list[str]:
    """The batch's documents, as far as the model needs them."""
    with story.house.store.read() as session:
        ids = [d.id for d in documents.of_batch(session, batch.id)]
    for name in ids:
        extract.extract(story.house, name)
        extract.make_segments(story.house, name)
    recall.recall_batch(story.house, batch.id)
    return ids


def test_documents_with_the_model_are_not_bound_to_the_workers(asked: Callable[..., Any]) -> None:
    at_work, most, threads = [0], [0], [0]
    counting = threading.Lock()

    def counted(house: Any, name: str) -> Document:
        with counting:
            at_work[0] += 1
            most[0], threads[0] = max(most[0], at_work[0]), max(threads[0], threading.active_count())
        try:
            return translate(house, name)
        finally:
            with counting:
                at_work[0] -= 1

    with background(latency="fixed:1") as provider:
        story = asked(provider.base_url, concurrency=32)
        batch = story.submit({f"r{n:02}.docx": report(60, n) for n in range(12)}, review="none")
        ids = segmented(story, batch)
        counts = in_crowd(story.house, ids, counted, workers=2)
        bill = provider.bill()
    assert sum(counts.values()) == 12
    assert State.FAILED.value not in counts
    assert most[0] > 4
    assert threads[0] < 100
    with story.house.store.read() as session:
        assert calls.totals(session, batch.id).received == bill["charged"]["calls"]


def test_what_stops_a_step_begins_no_other_document_and_is_raised_at_the_end(asked: Callable[..., Any]) -> None:
    begun: list[str] = []

    def full(house: Any, name: str) -> Document:
        begun.append(name)
        number = len(begun)
        time.sleep(0.2)
        if number == 2:
            raise DiskFull("The disk is full.")
        with house.store.read() as session:
            return documents.get(session, name)

    story = asked("http://127.0.0.1:9/v1")
    batch = story.submit({f"r{n:02}.docx": report(20, n) for n in range(300, 306)}, review="none")
    with story.house.store.read() as session:
        ids = [d.id for d in documents.of_batch(session, batch.id)]
    with pytest.raises(DiskFull):
        in_crowd(story.house, ids, full, workers=1)
    assert len(begun) >= 2
    assert in_crowd(story.house, [], full, workers=1) == {}


def test_a_documents_own_limit_stops_it_alone_and_a_higher_one_goes_on(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("budget_document = 0.006\nprices = [1.0, 0.5, 4.0]\nmax_output_tokens = 500\nconcurrency = 1\n")
    with background() as provider:
        story = asked(provider.base_url)
        files = {"big.docx": report(1500, 1), "small.docx": report(30, 2)}
        batch = story.submit(files, review="none", profile=profile)
        story.run(batch)
        with story.house.store.read() as session:
            found = {d.path: d for d in documents.of_batch(session, batch.id)}
        assert (found["big.docx"].state, found["big.docx"].error_code) == (State.FAILED, "provider.budget_spent")
        assert found["small.docx"].error_code == ""
        with story.house.store.read() as session:
            assert calls.cost_of_document(session, found["big.docx"].id) <= 0.006
        set_budget(story.house, batch.id, 5.0, "local:test", of_document=True)
        (event,) = story.events(batch, "batch.budget_document_set")
        assert (event.old, event.new) == ("0.006 USD", "5 USD")
