"""The spending ledger: paid for once, within the budget, whoever races or dies (E3, E4)."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update
from store_builders import NOW

from docpipe.errors import BudgetSpent, CallInFlight, ProviderBusy, ProviderTimeout, UnknownName
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.model.protocols import Ledger
from docpipe.store import calls
from docpipe.store.calls import Budgets, SqlLedger, cost_of
from docpipe.store.database import Store
from docpipe.store.tables import llm_calls

PRICES = (2.0, 1.0, 10.0)
REQUEST = Request("openai", "m", "p", Digest("0" * 64), "system", "user", "{}", max_output=100)
REPLY = Reply('{"text": "nul\x00 \ud83d"}', "stop", "m-2026", Usage(1000, 400, 50), 1.5, "r1")


def _ledger(store: Store, budget: float = 0.0, document: str = "D1") -> Ledger:
    return SqlLedger(store, "B1", document, Budgets(batch=budget), {"m": PRICES})


def _request(n: int) -> Request:
    return replace(REQUEST, user=f"user {n}")


def _states(store: Store) -> list[str]:
    with store.read() as s:
        return list(s.execute(select(llm_calls.c.state).order_by(llm_calls.c.reserved_at)).scalars())


def test_a_reply_is_stored_and_found_by_its_key(store: Store) -> None:
    ledger = _ledger(store)
    assert ledger.stored(REQUEST.spend_key) is None
    call = ledger.reserve(REQUEST, 1000)
    ledger.sent(call)
    ledger.received(call, REPLY)
    assert ledger.stored(REQUEST.spend_key) == REPLY
    with pytest.raises(CallInFlight, match="stored by now"):
        _ledger(store, document="D2").reserve(REQUEST, 1000)
    with store.read() as s:
        bill = calls.totals(s, "B1")
        assert (bill.sent, bill.received, bill.failed, bill.unknown) == (1, 1, 0, 0)
        assert bill.usage == REPLY.usage
        assert bill.cost == pytest.approx((600 * 2 + 400 * 1 + 50 * 10) / 1e6)
        assert calls.cost_of_document(s, "D1") == pytest.approx(bill.cost)
        assert calls.totals(s, "B2") == calls.Totals()


def test_an_open_attempt_keeps_others_off_until_it_ends(store: Store) -> None:
    ledger = _ledger(store)
    call = ledger.reserve(REQUEST, 10)
    with pytest.raises(CallInFlight, match="under way"):
        ledger.reserve(REQUEST, 10)
    ledger.sent(call)
    ledger.failed(call, ProviderBusy("busy"), maybe_paid=False)
    second = ledger.reserve(REQUEST, 10)
    ledger.sent(second)
    ledger.failed(second, ProviderTimeout("late"), maybe_paid=True)
    third = ledger.reserve(REQUEST, 10)
    ledger.sent(third)
    ledger.received(third, REPLY)
    assert _states(store) == ["failed", "unknown", "received"]
    with store.read() as s:
        assert calls.totals(s, "B1").sent == 3


def test_a_late_reply_is_paid_for_but_not_accepted_twice(store: Store) -> None:
    ledger = _ledger(store)
    slow = ledger.reserve(REQUEST, 10)
    ledger.sent(slow)
    with store.write() as s:
        s.execute(update(llm_calls).values(lease_until=NOW.replace(year=2000)))
    quick = ledger.reserve(REQUEST, 10)
    assert _states(store) == ["unknown", "reserved"]
    ledger.sent(quick)
    ledger.received(quick, REPLY)
    ledger.received(slow, replace(REPLY, text="other"))
    assert ledger.stored(REQUEST.spend_key) == REPLY
    with store.read() as s:
        assert calls.totals(s, "B1").cost == pytest.approx(2 * cost_of(REPLY.usage, PRICES))


def test_an_attempt_that_was_given_up_is_not_sent_any_more(store: Store) -> None:
    ledger = _ledger(store)
    slow = ledger.reserve(REQUEST, 10)
    with store.write() as s:
        s.execute(update(llm_calls).values(lease_until=NOW.replace(year=2000)))
    ledger.reserve(REQUEST, 10)
    with pytest.raises(CallInFlight):
        ledger.sent(slow)
    with pytest.raises(UnknownName):
        ledger.sent("nobody")


def test_a_reply_without_token_counts_costs_its_estimate(store: Store) -> None:
    ledger = _ledger(store)
    call = ledger.reserve(REQUEST, 1000)
    ledger.received(call, replace(REPLY, usage=Usage()))
    with store.read() as s:
        assert calls.totals(s, "B1").cost == pytest.approx((1000 * 2 + 100 * 10) / 1e6)


def test_the_budget_holds_with_eight_threads_racing(store: Store) -> None:
    most = (1000 * 2 + 100 * 10) / 1e6  # of one call
    budget = most * 10.5
    spent: list[str] = []
    refused = []

    def work(n: int) -> None:
        ledger = _ledger(store, budget)
        for k in range(5):
            try:
                call = ledger.reserve(_request(n * 100 + k), 1000)
            except BudgetSpent as error:
                refused.append(error)
                continue
            ledger.sent(call)
            spent.append(call)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(spent) == 10
    assert len(refused) == 30
    ledger = _ledger(store, budget)
    for call in spent[:5]:
        ledger.received(call, replace(REPLY, usage=Usage(100, 0, 0)))
    ledger.failed(spent[5], ProviderTimeout("x"), maybe_paid=True)
    ledger.failed(spent[6], ProviderBusy("x"), maybe_paid=False)
    for n in range(6):  # 5 cheap ones, 1 unknown and 3 open ones leave room for these
        ledger.reserve(_request(10_000 + n), 1000)
    with pytest.raises(BudgetSpent):
        ledger.reserve(_request(20_000), 1000)


RACER = """
import sys, time
from dataclasses import replace
from docpipe.errors import CallInFlight
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store
store = Store.open(sys.argv[1], sys.argv[2])
ledger = SqlLedger(store, "B1", "D1", Budgets(), {"m": (2.0, 1.0, 10.0)})
base = Request("openai", "m", "p", Digest("0" * 64), "system", "user", "{}", max_output=100)
print("ready", flush=True)
sys.stdin.readline()
won = 0
for n in range(12):
    request = replace(base, user=f"user {n}")
    while ledger.stored(request.spend_key) is None:
        try:
            call = ledger.reserve(request, 10)
        except CallInFlight:
            time.sleep(0.002)
            continue
        ledger.sent(call)
        won += 1
        ledger.received(call, Reply(str(n), "stop", "m", Usage(10, 0, 1)))
print(won, flush=True)
"""


def _process(code: str, url: str, tmp_path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, url, str(tmp_path / "blobs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_racing_for_the_same_keys_pay_once(url: str, tmp_path: Path) -> None:
    racers = [_process(RACER, url, tmp_path) for _ in range(2)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    won = [int(racer.communicate("go\n", timeout=60)[0]) for racer in racers]
    assert sum(won) == 12
    with Store.open(url, str(tmp_path / "blobs")) as store, store.read() as s:
        assert calls.totals(s, "B1").sent == 12


DYING = """
import os, sys
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store
ledger = SqlLedger(Store.open(sys.argv[1], sys.argv[2]), "B1", "D1", Budgets(), {"m": (2.0, 1.0, 10.0)})
call = ledger.reserve(Request("openai", "m", "p", Digest("0" * 64), "system", "user", "{}", max_output=100), 10)
when = sys.stdin.readline().strip()
if when != "before-send":
    ledger.sent(call)
if when == "after-receive":
    ledger.received(call, Reply("x", "stop", "m", Usage(1, 0, 1)))
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(
    ("when", "state"), [("before-send", "failed"), ("after-send", "unknown"), ("after-receive", "received")]
)
def test_a_killed_process_costs_one_call_at_most_and_only_in_the_ambiguous_window(
    url: str, tmp_path: Path, when: str, state: str
) -> None:
    process = _process(DYING, url, tmp_path)
    process.communicate(when + "\n", timeout=60)
    assert process.returncode == -9
    with Store.open(url, str(tmp_path / "blobs")) as store:
        ledger = _ledger(store)
        if when == "after-receive":
            found = ledger.stored(REQUEST.spend_key)
            assert found is not None
            assert found.text == "x"
            assert _states(store) == [state]
        else:
            assert ledger.stored(REQUEST.spend_key) is None
            ledger.reserve(REQUEST, 10)
            assert _states(store) == [state, "reserved"]
