"""What the engine will ask first, told beforehand: an overnight job fills the ledger with it."""

from __future__ import annotations

from llm_builders import MemoryLedger, chunks_of, orders, translate_with

from docpipe import prompts, simulate
from docpipe.llm.engine import first_requests
from docpipe.llm.translating import Translation

CHUNKS = chunks_of(4)


def test_the_first_requests_are_those_that_the_engine_makes() -> None:
    craft = Translation("en", "zh-CN", {})
    told = first_requests(CHUNKS, prompts.load("translate/segments"), orders(), craft)
    ledger = MemoryLedger()
    with simulate.background() as sim:
        translate_with(sim, CHUNKS, ledger)
    assert {r.spend_key for r, _ in told} == set(ledger.replies)
    assert [t.chunk for _, t in told] == CHUNKS


def test_a_run_whose_first_replies_are_stored_already_sends_nothing() -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        first, _ = translate_with(sim, CHUNKS, ledger)
        again, tally = translate_with(sim, CHUNKS, ledger)
    assert tally.calls == 0
    assert tally.reused == len(CHUNKS)
    assert {r.segment: r.target for r in first} == {r.segment: r.target for r in again}
