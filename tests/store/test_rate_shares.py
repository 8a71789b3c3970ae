"""Processes share one provider's limit: fairly by demand, never more than the whole, and a dead one's part is free at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from docpipe.store.database import Store
from docpipe.store.engine_tables import rate_limits, rate_shares
from docpipe.store.rates import LEAST, STALE, SqlRateShares, fair
from docpipe.store.types import utc_now


def renew(shares: SqlRateShares, demand: float, hold: float = 0.0) -> float:
    return shares.renew("scope", demand, 600.0, 400_000.0, hold).part


def test_one_process_alone_has_the_whole_limit(store: Store) -> None:
    assert renew(SqlRateShares(store, "a"), 0.1) == 1.0


def test_limits_that_were_told_are_known_to_the_next_process_for_a_while(store: Store) -> None:
    renew(SqlRateShares(store, "a"), 0.1)
    later = SqlRateShares(store, "b").renew("scope", 0.1, 0.0, 0.0, 0.0)
    assert (later.requests_minute, later.tokens_minute) == (600.0, 400_000.0)
    with store.write() as s:
        s.execute(update(rate_limits).values(learnt=utc_now() - STALE))
    later = SqlRateShares(store, "b").renew("scope", 0.1, 0.0, 0.0, 0.0)
    assert (later.requests_minute, later.tokens_minute) == (0.0, 0.0)
    renew(SqlRateShares(store, "a"), 0.1)
    assert SqlRateShares(store, "b").renew("scope", 0.1, 0.0, 0.0, 0.0).tokens_minute == 400_000.0


def test_two_that_want_all_get_half_each_once_the_first_has_let_go(store: Store) -> None:
    a, b = SqlRateShares(store, "a"), SqlRateShares(store, "b")
    assert renew(a, 1.0) == 1.0
    assert renew(b, 1.0) == LEAST, "nothing that another still holds"
    assert renew(a, 1.0) == 0.5
    assert renew(b, 1.0) == 0.5


def test_who_needs_little_gets_that_and_the_other_the_rest(store: Store) -> None:
    a, b = SqlRateShares(store, "a"), SqlRateShares(store, "b")
    for _ in range(3):
        few, many = renew(a, 0.1), renew(b, 1.0)
    assert few == pytest.approx(0.1)
    assert many == pytest.approx(0.9)
    a.release("scope")
    assert renew(b, 1.0) == 1.0


def test_the_part_of_a_process_that_died_is_free_at_once_and_of_another_machine_in_time(store: Store) -> None:
    code = "from docpipe.store.process import owner_id; print(owner_id())"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    renew(SqlRateShares(store, dead), 1.0)
    mine = SqlRateShares(store)
    assert renew(mine, 1.0) == 1.0
    elsewhere = SqlRateShares(store, "another-machine|boot|space#1#1#abcd")
    renew(elsewhere, 1.0)
    assert renew(mine, 1.0) < 1.0
    with store.write() as s:
        s.execute(update(rate_shares).where(rate_shares.c.owner.like("another%")).values(lease_until=utc_now()))
    assert renew(mine, 1.0) == 1.0
    with store.read() as s:
        assert len(s.execute(select(rate_shares)).all()) == 1


def test_a_wait_that_one_was_asked_for_holds_for_all(store: Store) -> None:
    renew(SqlRateShares(store, "a"), 1.0, hold=20.0)
    assert 15 < SqlRateShares(store, "b").renew("scope", 1.0, 0.0, 0.0, 0.0).hold <= 20


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_parts_make_one_whole_and_small_demands_are_met(demands: list[float]) -> None:
    parts = fair(demands)
    assert sum(parts) == pytest.approx(1.0)
    equal = 1 / len(demands)
    for demand, part in zip(demands, parts, strict=True):
        assert part >= min(max(LEAST, demand), equal) - 1e-9
