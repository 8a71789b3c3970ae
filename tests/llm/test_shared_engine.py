"""One engine a process: documents share client, queue and limits; one that fails leaves the others alone; slow calls may have a twin."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from llm_builders import MemoryLedger, chunks_of, orders

from docpipe import prompts, simulate
from docpipe.errors import DocpipeError, ProviderAuth
from docpipe.llm.access import Access
from docpipe.llm.asking import ask
from docpipe.llm.chain import Link
from docpipe.llm.engine import Result, Tally, run
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection, Provider
from docpipe.llm.translating import Translation
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Chunk, Reply, Request, SpendKey
from docpipe.simulate import Running


class TwinLedger(MemoryLedger):
    """Knows of second attempts: a key may have two replies, the first one counts."""

    def received(self, call: str, reply: Reply) -> None:
        row = self.rows[int(call)]
        row.update(state="received", usage=reply.usage)
        self.replies.setdefault(SpendKey(str(row["key"])), reply)

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        self.rows.append(
            {"key": request.spend_key, "state": "reserved", "usage": None, "purpose": request.purpose, "twin": twin}
        )
        return str(len(self.rows) - 1)


def access(sim: Running, opened: list[str] | None = None, **given: Any) -> Access:
    def opening() -> Provider:
        if opened is not None:
            opened.append(threading.current_thread().name)
        return connect(Connection(sim.base_url, "k", timeout=5))

    return Access((Link("", "openai", "gpt-4.1", f"test|{sim.base_url}", opening),), **given)


def translated(to: Access, chunks: Sequence[Chunk], ledger: MemoryLedger, **given: Any) -> tuple[list[Result], Tally]:
    results: list[Result] = []
    tally = run(
        chunks, connect=to, ledger=ledger, prompt=prompts.load("translate/segments"), orders=orders(**given),
        craft=Translation("en", "de", {}), on_group=results.extend,
    )  # fmt: skip
    return results, tally


def at_once(*work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=w) for w in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_documents_share_one_client_and_one_number_of_calls_in_flight() -> None:
    opened: list[str] = []
    busiest = [0]
    done = threading.Event()
    with simulate.background(latency="fixed:0.1") as sim:
        to = access(sim, opened)

        def watch() -> None:
            from docpipe.llm.loop import process_engine

            while not done.is_set():
                gate = process_engine().lines.gate(to.links[0].scope)
                busiest[0] = max(busiest[0], gate.active if gate else 0)
                time.sleep(0.005)

        watcher = threading.Thread(target=watch)
        watcher.start()
        documents = [chunks_of(3, size=2, seed=n) for n in range(6)]
        ledgers = [MemoryLedger() for _ in documents]
        at_once(
            *[lambda c=c, b=b: translated(to, c, b, concurrency=4) for c, b in zip(documents, ledgers, strict=True)]
        )  # type: ignore[misc]
        done.set()
        watcher.join()
        bill = sim.bill()
    assert opened == ["docpipe-model"]
    assert 1 < busiest[0] <= 4, "in flight is of the scope, not of the document"
    assert bill["charged"]["calls"] == sum(b.count("received") for b in ledgers) == 18


class Poor(MemoryLedger):
    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        if self.rows:
            raise ProviderAuth("Not any more.")
        return super().reserve(request, estimate)


def test_a_document_that_fails_leaves_the_others_alone() -> None:
    good, bad = MemoryLedger(), Poor()
    errors: list[DocpipeError] = []

    def fails() -> None:
        try:
            translated(to, chunks_of(4, size=2, seed=1), bad, concurrency=2)
        except DocpipeError as error:
            errors.append(error)

    with simulate.background(latency="fixed:0.1") as sim:
        to = access(sim)
        at_once(fails, lambda: translated(to, chunks_of(4, size=2, seed=2), good, concurrency=2))
        bill = sim.bill()
    assert [type(e) for e in errors] == [ProviderAuth]
    assert (good.count("received"), bad.count("received"), bad.count("sent")) == (4, 1, 0)
    assert bill["charged"]["calls"] == 5


def test_results_come_on_the_thread_that_waits() -> None:
    names: set[str] = set()
    with simulate.background() as sim:
        run(
            chunks_of(2, size=2), connect=access(sim), ledger=MemoryLedger(), prompt=prompts.load("translate/segments"),
            orders=orders(), craft=Translation("en", "de", {}),
            on_group=lambda _: names.add(threading.current_thread().name),
        )  # fmt: skip
    assert names == {threading.current_thread().name}


def test_a_slow_request_has_a_twin_where_the_settings_allow_it_and_both_are_paid() -> None:
    chunk = chunks_of(1, size=2)
    ledger = TwinLedger()
    with simulate.background(latency="fixed:0.6") as sim:
        results, tally = translated(access(sim, hedge_after=0.2), chunk, ledger)
        until = time.monotonic() + 5
        while ledger.count("received") < 2 and time.monotonic() < until:
            time.sleep(0.02)
        bill = sim.bill()
    assert len(results) == len(chunk[0].wanted)
    assert [row["twin"] for row in ledger.rows] == [False, True]
    assert ledger.count("received") == bill["charged"]["calls"] == 2
    assert tally.calls == 2
    with simulate.background(latency="fixed:0.6") as sim:
        translated(access(sim), chunk, MemoryLedger())
        assert sim.bill()["charged"]["calls"] == 1


def test_ready_requests_are_answered_through_the_same_engine() -> None:
    base = Request(
        "openai", "gpt-4.1", "p", Digest("0" * 64), "Say it again.", "", "", purpose="second-look", max_output=50
    )
    requests = [replace(base, user=f"number {n}") for n in range(5)]
    got: dict[str, str] = {}
    ledger = MemoryLedger()

    def keep(request: Request, answer: object) -> None:
        assert isinstance(answer, Reply)
        got[request.user] = answer.text

    with simulate.background() as sim:
        tally = ask(requests, connect=access(sim), ledger=ledger, orders=orders(), on_reply=keep)
        again = ask(requests, connect=access(sim), ledger=ledger, orders=orders(), on_reply=keep)
    assert set(got) == {r.user for r in requests}
    assert (tally.calls, again.calls, again.reused) == (5, 0, 5)


def test_an_interrupted_wait_ends_the_run_and_the_engine_goes_on() -> None:
    ledger, chunks = MemoryLedger(), chunks_of(4, size=2)

    def stop(_: list[Result]) -> None:
        raise KeyboardInterrupt

    with simulate.background(latency="fixed:0.05") as sim:
        with pytest.raises(KeyboardInterrupt):
            run(
                chunks, connect=access(sim), ledger=ledger, prompt=prompts.load("translate/segments"),
                orders=orders(concurrency=2), craft=Translation("en", "de", {}), on_group=stop,
            )  # fmt: skip
        paid = ledger.count("received")
        results, tally = translated(access(sim), chunks, ledger, concurrency=2)
    assert paid >= 1
    assert tally.reused == paid
    assert len(results) == sum(len(c.wanted) for c in chunks)
