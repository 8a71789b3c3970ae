"""What operators see of a batch's way: the same counts as the rows, machine and people apart, and a trail that knows of its checks."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx_builder import docx
from whole import report

from docpipe.model.batch import Batch, State
from docpipe.steps import effort, gauges, overview, timeline, trends, vitals
from docpipe.steps.records import verify_audit
from docpipe.store import batches
from docpipe.store.efforts import Mark

if TYPE_CHECKING:
    from translating_story import Story

EDITOR, APPROVER = "mei.lin", "jose.ruiz"


@pytest.fixture
def released(story: Story) -> Story:
    batch = story.submit(
        {"a.docx": report(150, 3), "b.docx": docx("p:One dose was given."), "bad.docx": b"PK\x03\x04 no"}, budget=10.0
    )
    assert story.release(batch) is State.RELEASED
    return story


def _only(story: Story) -> Batch:
    with story.house.store.read() as s:
        (batch,) = batches.listing(s)
    return batch


def test_counts_are_those_of_the_batch(released: Story) -> None:
    now = overview.overview(released.house)
    (line,) = now.listed
    assert now.batches == {"released": 1}
    assert now.documents == {"released": 2, "refused": 1}
    assert (line.documents, line.budget, line.share) == ({"released": 2, "refused": 1}, 10.0, 0.0)
    assert (now.queued, now.checkpoints_waiting, now.failed, now.stages) == (0, 0, [], {})
    assert [(r.path, r.code, r.who) for r in now.refused] == [("bad.docx", "input.damaged", "submitter")]
    figures = released.figures(_only(released))
    assert now.speed[0].words == figures["words"]
    assert 0 < now.speed[0].busy_seconds <= figures["machine_seconds"] + 0.1


def test_trends_sum_to_the_same_words(released: Story) -> None:
    figures = released.figures(_only(released))
    for window in trends.WINDOWS:
        found = trends.trends(released.house, window)
        assert sum(p.words for p in found.periods) == figures["words"]
        assert sum(found.leverage.values()) == figures["words"]
        assert {k: v for k, v in found.leverage.items() if v} == {k: v for k, v in figures["leverage"].items() if v}
        assert sum(p.approved_unchanged + p.approved_edited for p in found.periods) == figures["words"]
        assert sum(found.leverage_edited.values()) == sum(p.approved_edited for p in found.periods)
        assert (found.signatures, found.periods[0].start) == (2, found.since)
        starts = [p.start for p in found.periods]
        assert {b - a for a, b in pairwise(starts)} == {timedelta(seconds=found.period_seconds)}


def test_an_empty_installation_answers_everything(story: Story) -> None:
    now = overview.overview(story.house)
    assert (now.documents, now.listed, now.provider[0].error_rate) == ({}, [], None)
    assert sum(p.words for p in trends.trends(story.house, "day").periods) == 0
    assert [m.name for m in gauges.metrics(story.house) if m.name == "docpipe_documents"]
    assert {look.name: look.fine for look in vitals.looks(story.house)}["checkpoints"]


def test_a_timeline_has_each_stage_and_the_wait_for_people(released: Story) -> None:
    document = released.document(_only(released), "a.docx")
    segment = released.rows(document)[0][0].id
    effort.report(released.house, document.id, released.team[EDITOR], [Mark(segment, 4000, 7, shown=True)])
    line = timeline.timeline_of(released.house, document.id)
    assert [t.stage for t in line.stages] == [
        "extracted",
        "segmented",
        "recalled",
        "translated",
        "checked",
        "waiting",
        "assembled",
        "verified",
        "delivered",
    ]
    (wait,) = line.waits
    assert wait.ended
    assert wait.ended > wait.opened
    assert line.waiting_seconds == pytest.approx((wait.ended - wait.opened).total_seconds())
    assert line.people_seconds == 4.0
    assert line.machine_seconds == pytest.approx(sum(t.seconds for t in line.stages))
    assert {(a, b) for a, b, _ in line.rows} >= {(APPROVER, "row.approved")}
    assert {e["action"] for e in timeline.audit_of(released.house, line.batch.id, document.id)} >= {
        "checkpoint.signed",
        "row.approved",
    }


def test_a_verification_of_the_whole_trail_is_written_down(released: Story) -> None:
    assert vitals.vitals(released.house).audit_verified is None
    problems, count = verify_audit(released.house, None, "quality.one")
    assert problems == []
    found = vitals.vitals(released.house).audit_verified
    assert found
    assert (found.by, found.result) == ("quality.one", f"{count} events, 0 problems")
    again, more = verify_audit(released.house, None)
    assert (again, more) == ([], count + 1)
    verify_audit(released.house, _only(released).id)
    assert vitals.vitals(released.house).audit_verified.result == f"{more} events, 0 problems"  # type: ignore[union-attr]


def test_gauges_equal_the_records(released: Story, tmp_path: Path) -> None:
    found = {m.name: dict(m.samples) for m in gauges.metrics(released.house)}
    assert found["docpipe_signatures_total"][()] == 2
    assert found["docpipe_documents"][(("state", "released"),)] == 2
    assert found["docpipe_stopped_documents"] == {(("state", "refused"), ("code", "input.damaged")): 1}
    assert found["docpipe_disk_free_bytes"][()] > 0
