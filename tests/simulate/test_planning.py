"""Plans hold to what binds: closed forms where one limit binds alone, never faster than any limit, and a real run on the simulated provider."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe import simulate
from docpipe.errors import BadSetting
from docpipe.simulate.planning import Group, Limits, Plan
from docpipe.simulate.planning import plan as played

CALLS = [(4000, 1500)] * 400


def plan(calls: list[tuple[int, int]], limits: Limits) -> Plan:
    """Calls that know nothing of each other."""
    return played([Group(tuple((c,) for c in calls))], limits)


def test_tokens_a_minute_bind() -> None:
    found = plan(CALLS, Limits(tpm=400_000, latency="fixed:1", speed=1000, in_flight=64))
    assert found.binds == "tokens"
    ideal = 400 * 5500 / 400_000 * 60
    assert ideal * 0.9 <= found.seconds <= ideal * 1.05
    assert found.tokens_share > 0.95


def test_requests_a_minute_bind() -> None:
    found = plan(CALLS, Limits(rpm=60, latency="fixed:1", speed=1000, in_flight=64))
    assert found.binds == "requests"
    assert found.seconds == pytest.approx(400 - 6, rel=0.02)


def test_latency_binds_where_few_calls_are_in_flight() -> None:
    found = plan(CALLS, Limits(latency="fixed:2", speed=100, in_flight=8))
    assert found.binds == "latency"
    assert found.seconds == pytest.approx(400 / 8 * 17, rel=0.01)
    assert plan([], Limits()).seconds == 0
    with pytest.raises(BadSetting):
        plan(CALLS, Limits(latency="soon"))


def test_what_follows_from_an_answer_waits_for_it_and_a_first_call_for_nothing() -> None:
    at = Limits(latency="fixed:1", speed=100, in_flight=8)
    call = (1000, 100)
    assert played([Group(((call, call, call), (call,)))], at).seconds == pytest.approx(6)
    assert played([Group(((call,), (call,)), (call,))], at).seconds == pytest.approx(4)
    assert played([Group(((call,),) * 9), Group(((call,),), (call,))], at).seconds == pytest.approx(6)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 900), st.integers(1, 500)), min_size=1, max_size=5), min_size=1, max_size=20
    ),
    st.integers(1, 8),
    st.booleans(),
)
def test_chains_take_as_long_as_the_longest_and_all_calls_are_made(
    chains: list[list[tuple[int, int]]], at_once: int, ahead: bool
) -> None:
    group = Group(tuple(map(tuple, chains)), ((10, 50),) if ahead else ())
    found = played([group], Limits(0, 0, "fixed:0.5", 100, at_once))
    each = [sum(0.5 + o / 100 for _, o in chain) for chain in chains]
    before = 1.0 if ahead else 0.0
    assert found.seconds >= before + max(each) - 1e-6
    assert found.seconds >= before + sum(each) / at_once - 1e-6
    assert found.seconds <= before + sum(each) + 1e-6


@given(
    st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 5000)), min_size=1, max_size=60),
    st.integers(0, 300),
    st.integers(0, 300_000),
    st.integers(1, 32),
)
def test_no_plan_is_faster_than_a_limit(calls: list[tuple[int, int]], rpm: int, tpm: int, at_once: int) -> None:
    found = plan(calls, Limits(rpm, tpm, "lognormal:0.5,0.6", 200, at_once))
    longest = max(o for _, o in calls) / 200
    assert found.seconds >= longest
    assert found.seconds >= sum(o for _, o in calls) / 200 / at_once - 1e-6
    if rpm:
        assert found.seconds >= (len(calls) - max(1.0, rpm * 0.1) - 1) * 60 / rpm
    if tpm:
        largest = max(sum(c) for c in calls)
        assert found.seconds >= (sum(map(sum, calls)) - tpm * 0.1 - 2 * largest) * 60 / tpm


@pytest.mark.slow
def test_a_plan_is_what_a_run_takes_on_the_simulated_provider() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "word " * 400}]}
    tpm = 60_000

    def call(url: str) -> None:
        made = urllib.request.Request(url, json.dumps(body).encode(), {"Authorization": "Bearer k"})
        while True:
            try:
                urllib.request.urlopen(made, timeout=60).read()
                return
            except urllib.error.HTTPError as error:
                time.sleep(float(error.headers["retry-after-ms"]) / 1000 + 0.01)

    with simulate.background(tpm=tpm, latency="lognormal:0.3,0.5", speed=2000, seed=5) as sim:
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(call, [f"{sim.base_url}/chat/completions"] * 40))
        took = time.monotonic() - began
        used = sim.bill()["charged"]
    each = (used["input"] // 40, used["output"] // 40)
    planned = plan([each] * 40, Limits(0, tpm, "lognormal:0.3,0.5", 2000, 8))
    assert planned.seconds == pytest.approx(took, rel=0.1)
    assert threading.active_count() < 50
