"""The gate before a provider: whose request leaves next, how many at once, and never more than a limit lets through."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.llm.buckets import Bucket
from docpipe.llm.gate import Caller, Gate, Stopped, Ticket
from docpipe.llm.pace import Window
from docpipe.model.chunk import Limits


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def a_gate(most: int = 2, **given: Any) -> tuple[Gate, Caller]:
    gate, caller = Gate(**given), Caller(most)
    gate.join(caller)
    return gate, caller


def test_re_asks_leave_first_then_the_longest_of_all_documents() -> None:
    async def go() -> list[str]:
        gate, caller = a_gate(1)
        held = await gate.enter(caller, 1, (0, 0))
        left: list[str] = []

        async def one(name: str, rank: tuple[int, float]) -> None:
            ticket = await gate.enter(caller, 1, rank)
            left.append(name)
            gate.answered(ticket, 1, 1, None)

        tasks = [asyncio.create_task(one(*j)) for j in (("short", (1, -10)), ("long", (1, -90)), ("re-ask", (0, -5)))]
        await asyncio.sleep(0)
        gate.answered(held, 1, 1, None)
        await asyncio.gather(*tasks)
        return left

    assert asyncio.run(go()) == ["re-ask", "long", "short"]


def test_the_window_opens_while_calls_wait_and_closes_when_the_provider_is_overloaded() -> None:
    clock = Clock()
    window = Window(64, 180.0, clock)
    assert window.size == 32
    for _ in range(32):
        window.answered(2.0, full=True)
    assert window.size == 64
    window.refused(clock.now)
    window.refused(clock.now)
    assert window.size == 32, "calls that left before the cut say nothing new"
    clock.now += 1
    window.refused(clock.now)
    assert window.size == 16
    for _ in range(17):
        window.answered(2.0, full=True)
    assert window.size == 17


def test_calls_near_their_time_out_open_no_wider_window() -> None:
    window = Window(64, 30.0)
    for _ in range(50):
        window.answered(15.0, full=True)
    assert window.size == 32


def test_a_window_that_nobody_fills_does_not_grow() -> None:
    window = Window(64)
    for _ in range(50):
        window.answered(1.0, full=False)
    assert window.size == 32


def test_known_limits_open_all_places_at_once_until_more_proves_too_many() -> None:
    clock = Clock()
    learnt, caller = a_gate(256, clock=clock)
    assert learnt.window.size == 32

    async def one_answer() -> None:
        ticket = await learnt.enter(caller, 1_000, (0, 0))
        clock.now += 2
        learnt.answered(ticket, 1_000, 1_000, Limits(None, 4_000_000, None, 399_000, None, 0.1))

    asyncio.run(one_answer())
    assert learnt.window.size == 256
    learnt.window.refused(clock.now)
    assert learnt.window.size == 128, "an overloaded provider counts for more than its limits"
    learnt.known(0, 4_000_000)
    assert learnt.window.size == 128
    for gate, _ in (a_gate(256, tokens_minute=4_000_000), a_gate(256, requests_minute=500)):
        assert gate.window.size == 256
    earlier, _ = a_gate(256)
    earlier.known(0.0, 4_000_000)
    assert earlier.window.size == 256
    assert earlier.tokens.limit == 4_000_000
    earlier.known(0.0, 8_000_000)
    assert earlier.tokens.limit == 4_000_000, "what an answer told is newer"


def test_one_call_of_many_that_fails_closes_no_place() -> None:
    async def go() -> tuple[int, int]:
        gate, caller = a_gate(64, requests_minute=1e6)
        for _ in range(30):
            gate.answered(await gate.enter(caller, 1, (0, 0)), 1, 1, None)
        slip, load = await gate.enter(caller, 1, (0, 0)), await gate.enter(caller, 1, (0, 0))
        gate.failed(slip, 0.0, slow=True)
        after_one = gate.window.size
        gate.failed(load, 0.0, slow=True)
        return after_one, gate.window.size

    assert asyncio.run(go()) == (64, 32)


def test_without_limits_every_round_of_answers_doubles_the_places() -> None:
    window = Window(200)
    sizes = []
    for _ in range(4):
        sizes.append(window.size)
        for _ in range(window.size):
            window.answered(1.0, full=True)
    assert sizes == [32, 64, 128, 200]


def test_one_runs_failure_dismisses_its_own_requests_only() -> None:
    async def go() -> None:
        gate, first = a_gate(1)
        second = Caller(1)
        gate.join(second)
        held = await gate.enter(first, 1, (0, 0))
        one = asyncio.create_task(gate.enter(first, 1, (1, 0)))
        two = asyncio.create_task(gate.enter(second, 1, (1, 0)))
        await asyncio.sleep(0)
        gate.dismiss(first)
        with pytest.raises(Stopped):
            await one
        with pytest.raises(Stopped):
            await gate.enter(first, 1, (0, 0))
        gate.answered(held, 1, 1, None)
        assert isinstance(await two, Ticket)

    asyncio.run(go())


def test_a_run_with_few_calls_at_once_does_not_hold_up_the_others() -> None:
    async def go() -> None:
        gate, narrow = a_gate(1)
        wide = Caller(4)
        gate.join(wide)
        await gate.enter(narrow, 1, (0, 0))
        waits = asyncio.create_task(gate.enter(narrow, 1, (0, 0)))
        for _ in range(3):
            await asyncio.wait_for(gate.enter(wide, 1, (1, 0)), 1)
        assert not waits.done()
        waits.cancel()

    asyncio.run(go())


def test_a_cancelled_wait_leaves_no_place_taken() -> None:
    async def go() -> None:
        gate, caller = a_gate(1)
        held = await gate.enter(caller, 1, (0, 0))
        waits = asyncio.create_task(gate.enter(caller, 1, (0, 0)))
        await asyncio.sleep(0)
        gate.answered(held, 1, 1, None)  # admits the one that waits
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        assert gate.active == 0
        await asyncio.wait_for(gate.enter(caller, 1, (0, 0)), 1)

    asyncio.run(go())


def test_after_a_rate_limit_nothing_leaves_and_then_not_all_at_once() -> None:
    async def go() -> list[float]:
        gate, caller = a_gate(8)
        loop = asyncio.get_running_loop()
        first = [await gate.enter(caller, 1, (0, 0)) for _ in range(8)]
        for ticket in first[1:]:
            gate.answered(ticket, 1, 1, None)
        began = loop.time()
        gate.refused(first[0], None, 0.1)
        times: list[float] = []

        async def one() -> None:
            await gate.enter(caller, 1, (0, 0))
            times.append(loop.time() - began)

        tasks = [asyncio.create_task(one()) for _ in range(4)]
        await asyncio.wait_for(asyncio.gather(*tasks), 2)
        return times

    times = asyncio.run(go())
    assert times[0] >= 0.099
    assert times[-1] - times[0] >= 0.02


def test_limits_are_learnt_from_answers_and_given_ones_are_not_exceeded() -> None:
    clock = Clock()
    learnt = Bucket(0, clock)
    assert learnt.wait(1e9) == 0
    learnt.take(500)
    learnt.told(60_000, 5_500, 0.5, learnt.sent, 0.0)
    assert learnt.limit == 60_000
    assert learnt.wait(5_500) == 0
    assert learnt.wait(6_000) == pytest.approx(0.5, abs=0.01)
    given_less = Bucket(6_000, clock)
    given_less.told(60_000, 6_000, 0.0, 0.0, 0.0)
    assert given_less.limit == 6_000
    given_more = Bucket(600_000, clock)
    given_more.told(60_000, 6_000, 0.0, 0.0, 0.0)
    assert given_more.limit == 60_000


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.floats(1, 4000)), min_size=1, max_size=60), st.floats(0.05, 1.0))
def test_no_minute_sees_more_than_the_limit_and_one_burst(sends: list[tuple[float, float]], part: float) -> None:
    clock = Clock()
    bucket = Bucket(60_000, clock)
    bucket.set_share(part)
    burst = max(60_000 * 3 / 60 * part, max(amount for _, amount in sends))
    began, total = clock.now, 0.0
    for pause, amount in sends:
        clock.now += pause
        while (wait := bucket.wait(amount)) > 0:
            clock.now += wait
        bucket.take(amount)
        total += amount
        assert total <= (clock.now - began) * 1000 * part + burst + amount + 1


def test_a_reading_that_is_old_or_fresh_moves_the_mirror_no_further_than_it_must() -> None:
    clock = Clock()
    bucket = Bucket(60_000, clock)  # a thousand a second
    bucket.told(60_000, 6_000, 0.0, 0.0, 0.0)
    mark = bucket.sent
    bucket.take(3_000)
    clock.now += 1
    # Counted on arrival, ten requests later, or now: the mirror's own 1,000 + lies between.
    before = bucket.wait(2_500)
    bucket.told(60_000, 3_000, 3.0, mark, 1.0)
    assert bucket.wait(2_500) <= max(before, 1.6)
    bucket.empty(0.0)
    assert bucket.wait(1_000) == pytest.approx(1.0, abs=0.01)


def test_what_was_reckoned_too_high_is_given_back() -> None:
    async def go() -> None:
        gate, caller = a_gate(4, tokens_minute=60_000)
        ticket = await gate.enter(caller, 3_000, (0, 0))
        gate.answered(ticket, 3_000, 1_000, None)
        await asyncio.wait_for(gate.enter(caller, 1_500, (0, 0)), 0.5)

    asyncio.run(go())


def test_a_refused_request_is_not_counted_and_its_limits_are_believed() -> None:
    async def go() -> None:
        gate, caller = a_gate(4)
        ticket = await gate.enter(caller, 3_000, (0, 0))
        gate.refused(ticket, Limits(600, 600_000, 50, 0, 1.0, 6.0), 0.0)
        assert gate.tokens.limit == 600_000
        assert gate.tokens.wait(10_000) == pytest.approx(1.0, abs=0.1)
        assert gate.window.size == 4, "a limit a minute is waited for, not met with fewer calls at once"

    asyncio.run(go())


def test_a_second_request_is_sent_only_where_nothing_waits() -> None:
    async def go() -> None:
        gate, caller = a_gate(2)
        await gate.enter(caller, 1, (0, 0))
        assert gate.spare(caller, 1) is not None
        assert gate.spare(caller, 1) is None

    asyncio.run(go())
