"""The main job with a model: the simulated provider answers, fails, is too dear or away; our ledger equals its bill."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from whole import CANARY, KEY, report, sentence

from docpipe.model.batch import State
from docpipe.model.segment import OriginKind, Status
from docpipe.safe.redact import JsonLines
from docpipe.simulate import background
from docpipe.steps import decide
from docpipe.steps.records import verify_audit
from docpipe.steps.work import set_budget
from docpipe.store import calls, findings


def bill_equals_ledger(story: Any, batch: Any, bill: dict[str, Any]) -> None:
    with story.house.store.read() as s:
        totals = calls.totals(s, batch.id)
    assert totals.received == bill["charged"]["calls"]
    assert (totals.usage.input_tokens, totals.usage.output_tokens) == (
        bill["charged"]["input"],
        bill["charged"]["output"],
    )


@pytest.fixture
def log() -> Any:
    """What an operator would ship."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("docpipe")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_model_translates_and_the_ledger_is_the_providers_bill(asked: Callable[..., Any], log: io.StringIO) -> None:
    with background(key=KEY) as provider:
        story = asked(provider.base_url, api_key=KEY)
        batch = story.submit({f"m5/r{n}.docx": report(600, n, canary=CANARY) for n in range(2)}, review="none")
        assert story.run(batch) is State.DRAFT
        bill_equals_ledger(story, batch, provider.bill())
    for document in story.documents(batch):
        assert document.coverage is not None
        assert document.coverage.balanced
        assert document.coverage.translated > 0
    figures = story.figures(batch)
    assert figures["calls"]["received"] == figures["calls"]["sent"] > 0
    assert figures["leverage"]["model"] > 500
    assert sum(figures["leverage"].values()) == figures["words"]
    told = log.getvalue()
    assert "batch.draft" in told
    assert CANARY not in told
    assert KEY not in told
    for place in story.house.settings.home.rglob("*"):
        if place.is_file():
            assert KEY.encode() not in place.read_bytes(), place


def test_repetitions_cost_nothing_inside_a_document_and_across_documents(asked: Callable[..., Any]) -> None:
    chance = random.Random(5)
    lines = [f"p:{sentence(chance)}" for _ in range(12)]
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit({"a.docx": docx(*lines, *lines), "b.docx": docx(*reversed(lines))}, review="none")
        story.run(batch)
        calls_made = provider.bill()["charged"]["calls"]
    origins = [u.origin.kind for d in story.documents(batch) for _, u in story.rows(d)]
    assert origins.count(OriginKind.MODEL) == 12
    assert origins.count(OriginKind.REPETITION) == 24
    assert calls_made == 1
    targets = {s.digest: {u.digest} for d in story.documents(batch) for s, u in story.rows(d)}
    for d in story.documents(batch):
        for s, u in story.rows(d):
            targets[s.digest].add(u.digest)
    assert all(len(found) == 1 for found in targets.values())


def test_a_released_package_is_the_previous_version_of_the_next(story: Any) -> None:
    chance = random.Random(9)
    lines = [f"p:{sentence(chance)}" for _ in range(20)]
    first = story.submit({"m5/r.docx": docx(*lines)})
    assert story.release(first) is State.RELEASED
    from docpipe.steps.assets import add_previous

    previous = add_previous(story.house, story.out(first))
    changed = [*lines[:10], "p:A wholly new sentence about amendment 2.", *lines[10:]]
    second = story.submit({"m5/r.docx": docx(*changed)}, assets=(previous,))
    assert story.run(second) is State.WAITING
    rows = story.rows(story.document(second))
    kinds = [u.origin.kind for _, u in rows]
    assert kinds.count(OriginKind.PREVIOUS) == 20
    assert [s.wire for s, u in rows if u.needs_person] == ["A wholly new sentence about amendment 2."]
    assert all(u.status is Status.RECALLED for _, u in rows if u.origin.kind is OriginKind.PREVIOUS)
    old = {s.digest: u.digest for s, u in story.rows(story.document(first))}
    assert all(old[s.digest] == u.digest for s, u in rows if u.origin.kind is OriginKind.PREVIOUS)


def test_memory_of_a_package_serves_another_batch(story: Any) -> None:
    chance = random.Random(11)
    lines = [f"p:{sentence(chance)}" for _ in range(8)]
    first = story.submit({"a.docx": docx(*lines)})
    story.release(first)
    from docpipe.steps.assets import add_memory

    asset = add_memory(story.house, story.out(first) / "memory.tmx", "en", "es")
    second = story.submit({"b.docx": docx(lines[0], *lines[3:6])}, assets=(asset,))
    story.run(second)
    kinds = {u.origin.kind for _, u in story.rows(story.document(second))}
    assert kinds <= {OriginKind.EXACT, OriginKind.IN_CONTEXT}
    assert story.approve(second) == {}


def test_refused_documents_do_not_stop_the_others(story: Any) -> None:
    good = docx("p:The dose was 5 mg.")
    batch = story.submit({"a.docx": good, "b.docx": b"", "c.docx": good[: len(good) // 2], "d.txt": b"plain text"})
    assert story.run(batch) is State.WAITING
    codes = {d.path: (d.state, d.error_code) for d in story.documents(batch)}
    assert codes["a.docx"] == (State.WAITING, "")
    assert codes["b.docx"] == (State.REFUSED, "input.empty")
    assert codes["c.docx"][0] is State.REFUSED
    assert codes["c.docx"][1].startswith("input.")
    assert codes["d.txt"] == (State.REFUSED, "input.unsupported_type")
    story.translate_rows(batch)
    story.approve(batch)
    story.sign(batch)
    assert story.run(batch) is State.RELEASED
    assert sorted(p.name for p in (story.out(batch) / "target").iterdir()) == ["a.docx"]


def test_the_budget_stops_a_document_and_a_resume_with_more_goes_on(asked: Callable[..., Any], tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("budget = 0.00001\nprices = [1.0, 0.5, 4.0]\nmax_output_tokens = 600\n")
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit({"a.docx": report(500, 3)}, profile=profile)
        assert story.run(batch) is State.FAILED
        assert story.document(batch).error_code == "provider.budget_spent"
        assert provider.bill()["charged"]["calls"] == 0
        assert story.resume(batch) is State.FAILED
        set_budget(story.house, batch.id, 5.0, "local:test")
        assert story.resume(batch) is State.WAITING
        assert 0 < story.figures(batch)["cost"]["amount"] < 5.0
    (event,) = story.events(batch, "batch.budget_set")
    assert (event.old, event.new) == ("1e-05 USD", "5 USD")


def test_a_provider_that_is_away_fails_the_document_and_resume_finishes_without_paying_twice(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("max_output_tokens = 700\nconcurrency = 1\n")
    script = '[[fault]]\nkind = "401"\ncalls = [3]\n'
    with background(script=script) as provider:
        story = asked(provider.base_url)
        batch = story.submit({"a.docx": report(900, 4)}, profile=profile, review="none")
        assert story.run(batch) is State.FAILED
        assert story.document(batch).error_code == "provider.wrong_key"
        paid = provider.bill()["charged"]["calls"]
        assert paid == 2
        assert story.resume(batch) is State.DRAFT
        bill_equals_ledger(story, batch, provider.bill())
        total = provider.bill()["charged"]["calls"]
        other = story.submit({"a.docx": report(900, 4)}, profile=profile, review="none")
        assert story.run(other) is State.DRAFT
        assert provider.bill()["charged"]["calls"] == total  # equal requests were paid for already
    assert total > paid
    assert verify_audit(story.house, None)[0] == []


def test_a_dismissal_is_bound_to_the_pair_that_was_seen(asked: Callable[..., Any]) -> None:
    script = '[[fault]]\nkind = "change_number"\nprobability = 1.0\n'
    with background(script=script) as provider:
        story = asked(provider.base_url)
        batch = story.submit({"a.docx": docx("p:The dose was 5 mg in week 12 of the study.")})
        assert story.run(batch) is State.WAITING
    document = story.document(batch)

    def critical() -> list[Any]:
        with story.house.store.read() as s:
            return [f for f in findings.listing(s, document.id) if f.blocking]

    found = critical()
    if not found:
        (row,) = [s for s, u in story.rows(document) if u.needs_person]
        pytest.fail(f"a changed number raised nothing critical at row {row.ordinal}")
    for f in found:
        decide.dismiss(story.house, f.id, story.team["jose.ruiz"], "converted by agreement")
    assert critical() == []
    assert len(story.events(batch, "finding.dismissed")) == len(found)
    (segment, _unit), *_ = story.rows(document)
    from docpipe.model.inline import Text

    wrong = (Text("La dosis fue de 77 mg en la semana 12 del estudio."),)
    decide.edit(story.house, document.id, {segment.id: wrong}, story.team["mei.lin"], "r")
    assert critical() != []
    left = story.approve(batch)
    assert segment.id in left
