"""A batch by the provider's Batch API: half price, the ledger is the bill, equal bytes, killed at every point, failing in part."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from docx_builder import docx
from sqlalchemy import delete, func, select
from stub_server import stub
from whole import KEY, PASSWORD, clean_environment, report

from docpipe.errors import BadSetting, ProviderNotFound
from docpipe.llm import batch_api
from docpipe.model.batch import Batch, State
from docpipe.simulate import Running, background
from docpipe.steps import cancel, extract, people, recall
from docpipe.steps.outcome import awaiting
from docpipe.steps.overnight import give_up, overnight, ready
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import calls, provider_jobs
from docpipe.store.tables import llm_calls, replies

PRICES = (1.0, 0.1, 4.0)
MODELS = {"sim": {"input": 1.0, "cached": 0.1, "output": 4.0, "batch": 0.5}}
FILES = {f"m5/r{n}.docx": report(350, n) for n in range(3)}
POINTS = (
    "overnight.before_hold", "overnight.before_upload", "overnight.after_upload", "overnight.before_submit",
    "overnight.after_submit", "overnight.before_receive", "overnight.after_receive",
)  # fmt: skip


def ready_for_the_model(story: Any, batch: Batch) -> None:
    for d in story.going(batch, "segmented"):
        extract.extract(story.house, d.id)
        extract.make_segments(story.house, d.id)
    recall.recall_batch(story.house, batch.id)


def wait(story: Any, batch: Batch, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while overnight(story.house, batch.id):
        assert time.monotonic() < until
        time.sleep(0.05)


def ledger(story: Any, batch: Batch) -> calls.Totals:
    with story.house.store.read() as s:
        return calls.totals(s, batch.id)


def equal(story: Any, batch: Batch, provider: Running) -> None:
    """Calls, tokens and money of our ledger are those of the provider's bill."""
    totals, bill = ledger(story, batch), provider.bill()
    charged = bill["charged"]
    assert (
        totals.received,
        totals.usage.input_tokens,
        totals.usage.cached_tokens,
        totals.usage.output_tokens,
    ) == tuple(charged[k] for k in ("calls", "input", "cached", "output"))
    assert totals.cost == pytest.approx(bill["cost"] or 0.0, abs=1e-6)
    assert totals.unknown == 0


def first_calls(story: Any, batch: Batch) -> tuple[int, float]:
    """How many requests were made for chunks as a whole, and their cost."""
    c = llm_calls.c
    with story.house.store.read() as s:
        query = select(func.count(), func.sum(c.cost)).where(
            c.batch == batch.id, c.purpose == "first", c.state == "received"
        )
        count, cost = s.execute(query).one()
    return int(count), float(cost)


def outputs(story: Any, batch: Batch) -> dict[str, bytes]:
    root = story.out(batch) / "DRAFT"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*.docx"))}


def jobs(story: Any, batch: Batch) -> list[provider_jobs.Job]:
    with story.house.store.read() as s:
        return provider_jobs.of_batch(s, batch.id)


def test_a_night_costs_half_and_gives_the_same_bytes(asked: Callable[..., Any]) -> None:
    with background(key=KEY, prices={"sim": PRICES}, batch_seconds=0.3) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS)
        night = story.submit(FILES, review="none", delivery="overnight")
        ready_for_the_model(story, night)
        assert overnight(story.house, night.id) is True
        told = awaiting(story.house, night.id)
        assert told["jobs"] == 1
        assert told["requests"] > 0
        wait(story, night)
        assert awaiting(story.house, night.id) == {}
        equal(story, night, provider)
        assert story.run(night) is State.DRAFT
        assert first_calls(story, night)[0] == told["requests"]  # every reply was there
        equal(story, night, provider)
        half = first_calls(story, night)[1]
        assert _files(provider) == []  # nothing is left at the provider
    with background(key=KEY, prices={"sim": PRICES}) as provider:
        with story.house.store.write() as s:  # as if it were another installation
            s.execute(delete(replies))
        story.house = _with_address(story, provider)
        day = story.submit(FILES, review="none")
        assert story.run(day) is State.DRAFT
        assert outputs(story, day) == outputs(story, night)
        whole = first_calls(story, day)[1]
    assert half == pytest.approx(whole / 2, rel=0.01)


def _with_address(story: Any, provider: Running) -> Any:
    from dataclasses import replace

    return replace(story.house, settings=story.house.settings.model_copy(update={"base_url": provider.base_url}))


def _files(provider: Running) -> list[Any]:
    import json
    import urllib.request

    asked = urllib.request.Request(f"{provider.base_url}/files", headers={"authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(asked, timeout=10) as reply:
        found: list[Any] = json.load(reply)["data"]
    return found


PROGRAM = """
import sys
from pathlib import Path
from docpipe.settings import load
from docpipe.steps.house import open_house
from docpipe.steps.overnight import overnight
house = open_house(load(home=Path(sys.argv[1])))
print(overnight(house, sys.argv[2]))
"""


def killed(story: Any, batch: Batch, address: str, point: str) -> int:
    """``overnight`` in a process of its own that dies at the point; its exit code."""
    env = clean_environment(
        DOCPIPE_FAULT=f"{point}:kill", DOCPIPE_PROVIDER="openai", DOCPIPE_MODEL="sim", DOCPIPE_BASE_URL=address,
        DOCPIPE_API_KEY=KEY,
    )  # fmt: skip
    command = [sys.executable, "-c", PROGRAM, str(story.house.settings.home), batch.id]
    return subprocess.run(command, env=env, capture_output=True, timeout=120, check=False, cwd=os.getcwd()).returncode


@pytest.mark.slow
def test_killed_at_every_point_nothing_is_submitted_or_paid_twice(asked: Callable[..., Any]) -> None:
    with background(key=KEY, prices={"sim": PRICES}, batch_seconds=0.2) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS)
        batch = story.submit(FILES, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        for point in POINTS:
            if "receive" in point:
                time.sleep(1.0)  # so that the job has ended
            assert killed(story, batch, provider.base_url, point) == -signal.SIGKILL, point
        wait(story, batch)
        assert len([j for j in jobs(story, batch) if j.remote]) == 1
        totals = ledger(story, batch)
        assert totals.received == jobs(story, batch)[-1].requests
        equal(story, batch, provider)
        assert story.run(batch) is State.DRAFT
        equal(story, batch, provider)
        assert first_calls(story, batch)[0] == totals.received


@pytest.mark.parametrize(
    "script",
    [
        '[[fault]]\nkind = "batch_expired"\ncalls = [1]\n',
        '[[fault]]\nkind = "batch_failed"\ncalls = [1]\n',
        'seed = 3\n[[fault]]\nkind = "batch_drop"\nprobability = 0.4\ntimes = 3\n',
        'seed = 5\n[[fault]]\nkind = "500"\nprobability = 0.5\ntimes = 3\n',
        'seed = 6\n[[fault]]\nkind = "bad_json"\nprobability = 0.3\ntimes = 2\n',
    ],
)
def test_what_a_night_leaves_open_is_mended_by_ordinary_calls(asked: Callable[..., Any], script: str) -> None:
    with background(key=KEY, prices={"sim": PRICES}, script=script) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS)
        batch = story.submit(FILES, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        wait(story, batch)
        assert sum(provider.bill()["faults"].values()) > 0
        [job] = jobs(story, batch)
        assert (job.error_code != "") == ("batch_e" in script or "batch_f" in script)
        assert story.run(batch) is State.DRAFT
        equal(story, batch, provider)
        assert len(jobs(story, batch)) == 1
        assert overnight(story.house, batch.id) is False


def test_jobs_keep_within_the_providers_limits(asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_api, "MOST_REQUESTS", 2)
    with background(key=KEY, prices={"sim": PRICES}) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS, max_output_tokens=1024)
        batch = story.submit(FILES, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        wait(story, batch)
        made = jobs(story, batch)
        assert len(made) > 2
        assert max(j.requests for j in made) == 2
        equal(story, batch, provider)
        assert story.run(batch) is State.DRAFT


def test_the_spending_limit_holds_and_the_poller_finds_what_can_go_on(asked: Callable[..., Any]) -> None:
    with background(key=KEY, prices={"sim": PRICES}, batch_seconds=0.2) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS)
        batch = story.submit(FILES, review="none", delivery="overnight", budget=0.02)
        ready_for_the_model(story, batch)
        overnight(story.house, batch.id)
        planned = sum(j.requests for j in jobs(story, batch))
        assert 0 < planned < 10
        assert ledger(story, batch).cost <= 0.02
        until = time.monotonic() + 10
        while ready(story.house) != [batch.id]:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert ready(story.house) == []


def test_a_cancelled_batch_has_its_job_stopped_and_pays_for_what_was_answered(asked: Callable[..., Any]) -> None:
    with background(key=KEY, prices={"sim": PRICES}, batch_seconds=3) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS)
        batch = story.submit({"a.docx": docx("p:One dose."), **FILES}, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        assert overnight(story.house, batch.id)
        time.sleep(1.2)
        operator = people.add_user(story.house, "ana.ops", "Ana Ops", ["operator"], PASSWORD, by=story.team["admin"])
        cancel.cancel(story.house, batch.id, story.documents(batch), operator, "withdrawn")
        wait(story, batch, 40)
        equal(story, batch, provider)
        assert jobs(story, batch)[0].error_code == "provider.job_lost"


def test_given_up_the_answers_so_far_are_taken_and_the_rest_is_asked_now(asked: Callable[..., Any]) -> None:
    with background(key=KEY, prices={"sim": PRICES}, batch_seconds=6) as provider:
        story = asked(provider.base_url, api_key=KEY, models=MODELS, max_output_tokens=1024)
        batch = story.submit(FILES, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        assert overnight(story.house, batch.id)
        time.sleep(2)
        give_up(story.house, batch.id)
        wait(story, batch)
        [job] = jobs(story, batch)
        assert 0 < job.answered < job.requests
        assert story.run(batch) is State.DRAFT
        equal(story, batch, provider)


def test_a_server_without_a_batch_api_is_told_and_other_providers_are_refused(asked: Callable[..., Any]) -> None:
    with stub(lambda path, body: (404, {"detail": "Not Found"})) as (address, _):
        story = asked(address, api_key=KEY, models=MODELS)
        batch = story.submit({"a.docx": docx("p:One dose of 5 mg.")}, review="none", delivery="overnight")
        ready_for_the_model(story, batch)
        with pytest.raises(ProviderNotFound):
            overnight(story.house, batch.id)
        assert give_up(story.house, batch.id) is False
        assert overnight(story.house, batch.id) is False
        assert ledger(story, batch).failed == 1
        with pytest.raises(BadSetting, match="Batch API"):
            make_recipe(story.house, Order("en", "de", provider="rehearsal", delivery="overnight"))
