"""Overnight jobs and their calls: planned, submitted, ended; held against everybody; figures by purpose and model."""

from __future__ import annotations

from typing import Any

import pytest

from docpipe.errors import CallInFlight, JobLost, UnknownName
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.store import call_figures, provider_jobs
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store

PRICES = {"m": (1.0, 0.1, 4.0)}


def request(number: int, **given: Any) -> Request:
    values: dict[str, Any] = {
        "provider": "openai", "model": "m", "prompt": "p", "prompt_digest": Digest("d"), "system": "s", "user": str(number),
        "schema": "{}", "max_output": 100,
    }  # fmt: skip
    return Request(**{**values, **given})


@pytest.fixture
def ledger(filled: Store) -> SqlLedger:
    return SqlLedger(filled, "B1", "D1", Budgets(), PRICES)


def planned(store: Store, ledger: SqlLedger, *numbers: int, job: str = "j1") -> list[str]:
    calls = [ledger.reserve(request(n), 10) for n in numbers]
    with store.write() as s:
        provider_jobs.add(s, job, "B1", "openai", "m")
        provider_jobs.hold(s, job, calls)
    return calls


def test_a_jobs_calls_are_its_own_until_it_ends(store: Store, ledger: SqlLedger) -> None:
    calls = planned(store, ledger, 1, 2)
    with pytest.raises(CallInFlight):
        ledger.reserve(request(1), 10)
    with store.write() as s:
        assert provider_jobs.awaiting(s) == ["B1"]
        assert {c for c, _ in provider_jobs.open_calls(s, "j1").values()} == set(calls)
        provider_jobs.submitted(s, "j1", "")
        provider_jobs.submitted(s, "j1", "batch_9")
        provider_jobs.polled(s, "j1", 1)
    ledger.received(calls[0], Reply("x", "stop", "m-1", Usage(10, 0, 5)))
    ledger.failed(calls[1], JobLost("x"), maybe_paid=False)
    with store.write() as s:
        assert provider_jobs.open_calls(s, "j1") == {}
        provider_jobs.ended(s, "j1", 1, JobLost.code)
        job = provider_jobs.get(s, "j1")
        assert (job.remote, job.state, job.requests, job.answered, job.error_code) == (
            "batch_9",
            "ended",
            2,
            1,
            JobLost.code,
        )
        assert job.ended is not None
        assert provider_jobs.of_batch(s, "B1") == [job]
        assert provider_jobs.awaiting(s) == []
        assert provider_jobs.batches_of_ended(s) == ["B1"]
        assert provider_jobs.counts(s, "B1") == {"failed": 1, "received": 1}
    ledger.reserve(request(2), 10)


def test_a_batch_with_one_open_job_is_awaited(store: Store, ledger: SqlLedger) -> None:
    planned(store, ledger, 1)
    planned(store, ledger, 2, job="j2")
    with store.write() as s:
        provider_jobs.ended(s, "j1", 0)
        assert provider_jobs.batches_of_ended(s) == []
        assert provider_jobs.awaiting(s) == ["B1"]
        with pytest.raises(UnknownName):
            provider_jobs.get(s, "none")


def test_calls_are_told_apart_by_purpose_model_and_delivery(store: Store, ledger: SqlLedger) -> None:
    [night] = planned(store, ledger, 1)
    ledger.received(night, Reply("x", "stop", "m", Usage(1, 0, 1)))
    for number, more in enumerate(({"purpose": "re-ask"}, {"provider": "openai/spare", "model": "n"}, {}), 2):
        ledger.received(ledger.reserve(request(number, **more), 10), Reply("x", "stop", "m", Usage(1, 0, 1)))
    ledger.reserve(request(9), 10)
    with store.read() as s:
        found = call_figures.divided(s, "B1")
    assert found == call_figures.Divided({"first": 3, "re-ask": 1}, {"m": 3, "n": 1}, fallback=1, overnight=1)
