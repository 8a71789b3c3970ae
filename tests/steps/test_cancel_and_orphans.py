"""A document that fails does not hold up the others for ever: its repetitions come back with it, or it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whole import report

from docpipe.errors import NotReady, ReviewRefused, RoleMissing
from docpipe.model.batch import State
from docpipe.model.segment import OriginKind, Status
from docpipe.simulate import background
from docpipe.steps.cancel import cancel
from docpipe.steps.people import add_user
from docpipe.steps.propagate import ORPHAN
from docpipe.store import findings

FAULT = '[[fault]]\nkind = "401"\ncalls = [1]\n'


def failed_first(asked: Callable[..., Any], tmp_path: Path, address: str) -> tuple[Any, Any]:
    """A batch of two equal documents, the first of which the provider refused."""
    profile = tmp_path / "p.toml"
    profile.write_text("concurrency = 1\n")
    story = asked(address)
    data = report(300, 8)
    batch = story.submit({"a.docx": data, "b.docx": data}, profile=profile)
    assert story.run(batch) is State.WAITING
    assert [story.document(batch, f"{n}.docx").state for n in "ab"] == [State.FAILED, State.WAITING]
    return story, batch


def test_repetitions_of_a_failed_document_are_filled_and_checked_when_it_comes_back(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    with background(script=FAULT) as provider:
        story, batch = failed_first(asked, tmp_path, provider.base_url)
        twin = story.document(batch, "b.docx")
        orphans = [g.id for g, u in story.rows(twin) if u.needs_person == ORPHAN]
        assert orphans
        assert story.resume(batch) is State.WAITING
    rows = {g.id: u for g, u in story.rows(twin)}
    assert all(rows[o].status is Status.RECALLED and rows[o].origin.kind is OriginKind.REPETITION for o in orphans)
    with story.house.store.read() as session:
        assert not [f for f in findings.listing(session, twin.id) if f.blocking and f.check.startswith("A1.")]


def test_a_document_that_cannot_be_mended_is_cancelled_and_the_others_are_released(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    with background(script=FAULT) as provider:
        story, batch = failed_first(asked, tmp_path, provider.base_url)
    lost = story.document(batch, "a.docx")
    operator = add_user(story.house, "ana.ops", "Ana Ops", ["operator"], "a long enough secret", by=story.team["admin"])
    with pytest.raises(RoleMissing):
        cancel(story.house, batch.id, [lost], story.team["jose.ruiz"], "no use")
    with pytest.raises(ReviewRefused):
        cancel(story.house, batch.id, [lost], operator, " ")
    assert cancel(story.house, batch.id, [lost], operator, "withdrawn by the sponsor") == 1
    with pytest.raises(NotReady):
        cancel(story.house, batch.id, [lost], operator, "again")
    story.translate_rows(batch)
    story.approve(batch)
    story.sign(batch)
    assert story.resume(batch) is State.RELEASED
    assert [d.state for d in story.documents(batch)] == [State.CANCELLED, State.RELEASED]
    assert [p.name for p in (story.out(batch) / "target").iterdir()] == ["b.docx"]
    assert [e.reason for e in story.events(batch, "document.cancelled")] == ["withdrawn by the sponsor"]


def test_with_its_last_document_the_batch_is_cancelled(story: Any) -> None:
    batch = story.submit({"a.docx": report(60, 9)})
    assert story.run(batch) is State.WAITING
    operator = add_user(story.house, "ana.ops", "Ana Ops", ["operator"], "a long enough secret", by=story.team["admin"])
    assert cancel(story.house, batch.id, story.documents(batch), operator, "wrong file") == 1
    assert story.state(batch) is State.CANCELLED
    assert story.resume(batch) is State.CANCELLED
