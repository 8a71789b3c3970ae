"""The lines to models as they do now: limits as told, calls under way, the last minute's use, and what waits, by any process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.store import provider_jobs
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store
from docpipe.store.lines import lines
from docpipe.store.rates import SqlRateShares
from docpipe.store.tables import llm_calls
from docpipe.store.types import utc_now

REQUEST = Request("openai", "m", "p", Digest("0" * 64), "system", "user", "{}", max_output=100)
REPLY = Reply("{}", "stop", "m", Usage(1000, 400, 500), 1.5, "r1")
SCOPE = "openai|http://127.0.0.1/v1|m|chat|abcdef"


def sent(store: Store, count: int, *, first: int = 0) -> list[str]:
    ledger = SqlLedger(store, "B1", "D1", Budgets(), {"m": (1.0, 1.0, 1.0)})
    calls = [ledger.reserve(replace(REQUEST, user=f"user {n}"), 10) for n in range(first, first + count)]
    for call in calls:
        ledger.sent(call)
    return calls


def test_nothing_is_shown_before_anything_was_asked(store: Store) -> None:
    with store.read() as s:
        assert lines(s) == []


def test_a_line_tells_its_limits_what_is_in_flight_waits_and_was_used(store: Store) -> None:
    SqlRateShares(store, "a").renew(SCOPE, 0.25, 60.0, 30_000.0, 0.0)
    SqlRateShares(store, "b").renew(SCOPE, 0.5, 60.0, 30_000.0, 12.0)
    calls = sent(store, 5)
    ledger = SqlLedger(store, "B1", "D1", Budgets(), {"m": (1.0, 1.0, 1.0)})
    for call in calls[:2]:
        ledger.received(call, REPLY)
    with store.read() as s:
        (line,) = lines(s)
    assert (line.provider, line.model, line.address) == ("openai", "m", "http://127.0.0.1/v1")
    assert (line.requests_limit, line.tokens_limit) == (60.0, 30_000.0)
    assert (line.processes, line.demand) == (2, 0.75)
    assert (line.in_flight, line.requests, line.tokens) == (3, 5, 3000)
    assert line.tokens_share == 0.1
    assert line.requests_share == 5 / 60
    assert 10 < line.hold <= 12


def test_overnight_calls_old_ones_and_those_of_a_dead_process_are_not_under_way(store: Store) -> None:
    sent(store, 2)
    with store.write() as s:
        s.execute(
            update(llm_calls).values(
                lease_until=utc_now() - timedelta(seconds=1), sent_at=utc_now() - timedelta(minutes=2)
            )
        )
    night = sent(store, 3, first=10)
    with store.write() as s:
        provider_jobs.add(s, "J1", "B1", "openai", "m")
        provider_jobs.hold(s, "J1", night)
    with store.read() as s:
        assert lines(s) == []
    sent(store, 1, first=20)
    with store.read() as s:
        (line,) = lines(s)
    assert (line.in_flight, line.requests, line.processes, line.learnt) == (1, 1, 0, None)
    assert line.tokens_share is None
