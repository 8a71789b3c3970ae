"""Spending limits of document, batch and day hold with sixteen workers racing; entries of many documents share a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from docpipe.errors import BudgetSpent, CallInFlight, ProviderBusy, ProviderTimeout
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.store import spending
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store
from docpipe.store.engine_tables import spendings
from docpipe.store.tables import llm_calls
from docpipe.store.types import utc_now

PRICES = {"m": (2.0, 1.0, 10.0), "dear": (20.0, 10.0, 100.0)}
REQUEST = Request("openai", "m", "p", Digest("0" * 64), "system", "user", "{}", max_output=100)
REPLY = Reply("{}", "stop", "m-2026", Usage(1000, 400, 50), 1.5, "r1")
ONE = (1000 * 2 + 100 * 10) / 1e6
"""What one call may cost."""


def ledger(store: Store, on_document: str = "D1", on_batch: str = "B1", **limits: float) -> SqlLedger:
    return SqlLedger(store, on_batch, on_document, Budgets(**limits), PRICES)


def request(n: int) -> Request:
    return replace(REQUEST, user=f"user {n}")


def committed(store: Store, *names: str) -> list[float]:
    with store.write() as s:
        return list(spending.committed(s, names).values())


def broken(mine: SqlLedger) -> None:
    with mine.together():
        mine.reserve(request(3), 1)
        raise ZeroDivisionError


Books = Callable[[Store, int], SqlLedger]


@pytest.mark.parametrize(
    ("kind", "books"),
    [
        ("document", lambda store, n: ledger(store, "D1", f"B{n}", document=ONE * 7.5)),
        ("batch", lambda store, n: ledger(store, f"D{n}", "B1", batch=ONE * 7.5)),
        ("day", lambda store, n: ledger(store, f"D{n}", f"B{n}", day=ONE * 7.5)),
    ],
)
def test_no_request_is_sent_that_could_exceed_a_limit_with_sixteen_workers(
    store: Store, kind: str, books: Books
) -> None:
    sent: list[str] = []
    refused: list[BudgetSpent] = []

    def work(n: int) -> None:
        mine = books(store, n)
        for k in range(2):
            try:
                call = mine.reserve(request(n * 10 + k), 1000)
            except BudgetSpent as error:
                refused.append(error)
                continue
            mine.sent(call)
            sent.append(call)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sent), len(refused)) == (7, 25)
    assert all(kind in error.details for error in refused)
    # What turned out cheaper makes room again, what nobody knows the end of does not.
    first = books(store, 0)
    first.received(sent[0], replace(REPLY, usage=Usage(100, 0, 0)))
    first.failed(sent[1], ProviderTimeout("x"), maybe_paid=True)
    first.failed(sent[2], ProviderBusy("x"), maybe_paid=False)
    same = {"document": ("D1", "B0"), "batch": ("D0", "B1"), "day": ("D0", "B0")}[kind]
    again = ledger(store, *same, **{kind: ONE * 7.5})
    again.reserve(request(900), 1000)
    again.reserve(request(901), 1000)
    with pytest.raises(BudgetSpent):
        again.reserve(request(902), 1000)


def test_totals_follow_their_calls_and_can_be_made_anew_from_them(store: Store) -> None:
    mine = ledger(store)
    got = mine.reserve(request(1), 1000)
    mine.sent(got)
    mine.received(got, REPLY)
    lost = mine.reserve(request(2), 1000)
    mine.sent(lost)
    mine.failed(lost, ProviderTimeout("x"), maybe_paid=True)
    refused = mine.reserve(request(3), 1000)
    mine.failed(refused, ProviderBusy("x"), maybe_paid=False)
    mine.reserve(request(4), 1000)
    names = (spending.of_document("D1"), spending.of_batch("B1"), spending.of_day(utc_now()))
    counted = committed(store, *names)
    assert counted == pytest.approx([(600 * 2 + 400 * 1 + 50 * 10) / 1e6 + 2 * ONE] * 3)
    with store.write() as s:
        s.execute(delete(spendings))
    assert committed(store, *names) == pytest.approx(counted)


def test_a_call_counts_for_the_day_on_which_it_was_reserved(store: Store) -> None:
    mine = ledger(store, day=ONE * 1.5)
    yesterday = utc_now() - timedelta(days=1)
    mine.reserve(request(1), 1000)
    with store.write() as s:
        s.execute(update(llm_calls).values(reserved_at=yesterday))
        s.execute(delete(spendings))
    mine.reserve(request(2), 1000)
    with pytest.raises(BudgetSpent):
        mine.reserve(request(3), 1000)
    assert committed(store, spending.of_day(yesterday)) == pytest.approx([ONE])


def test_each_model_has_its_own_prices_and_one_without_costs_nothing(store: Store) -> None:
    mine = ledger(store)
    for model, cost in (("m", 2200 / 1e6), ("dear", 22000 / 1e6), ("local", 0.0)):
        call = mine.reserve(replace(request(1), model=model), 1000)
        mine.sent(call)
        mine.received(call, replace(REPLY, usage=Usage(1000, 400, 60)))
        with store.read() as s:
            assert s.execute(select(llm_calls.c.cost).where(llm_calls.c.id == call)).scalar_one() == pytest.approx(cost)


def test_entries_of_many_documents_share_a_commit_and_keep_their_own_errors(store: Store) -> None:
    one, two = ledger(store, "D1", batch=ONE * 1.5), ledger(store, "D2", batch=ONE * 1.5)
    with one.together():
        first = one.reserve(request(1), 1000)
        with pytest.raises(BudgetSpent):
            two.reserve(request(2), 1000)
        one.sent(first)
        one.received(first, replace(REPLY, usage=Usage(10, 0, 1)))
        second = two.reserve(request(2), 1000)
    assert two.stored(request(1).spend_key) is not None
    two.sent(second)
    with pytest.raises(ZeroDivisionError):
        broken(one)
    with store.read() as s:
        assert len(s.execute(select(llm_calls.c.id)).all()) == 2


def test_both_of_two_attempts_of_one_request_are_counted(store: Store) -> None:
    mine = ledger(store, batch=ONE * 2.5)
    slow = mine.reserve(REQUEST, 1000)
    mine.sent(slow)
    twin = mine.reserve(REQUEST, 1000, twin=True)
    mine.sent(twin)
    with pytest.raises(CallInFlight):
        mine.reserve(REQUEST, 1000, twin=True)
    with pytest.raises(BudgetSpent):
        mine.reserve(request(2), 1000)
    mine.received(twin, REPLY)
    mine.received(slow, replace(REPLY, text="later"))
    assert mine.stored(REQUEST.spend_key) == REPLY
    cost = (600 * 2 + 400 * 1 + 50 * 10) / 1e6
    assert committed(store, spending.of_batch("B1")) == pytest.approx([2 * cost])
    with store.read() as s:
        assert list(s.execute(select(llm_calls.c.state)).scalars()) == ["received", "received"]
