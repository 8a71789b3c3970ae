"""The engine end to end: the openai package over loopback against the simulated provider, which keeps its own bill."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

import pytest
from llm_builders import MemoryLedger, chunk_of, chunks_of, orders, translate_with

from docpipe import prompts, simulate
from docpipe.errors import (
    BudgetSpent,
    DocpipeError,
    ProviderAuth,
    ProviderBusy,
    ProviderNotFound,
    ProviderOverloaded,
    ProviderRefused,
)
from docpipe.llm.engine import Result, ask_chunks
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.llm.translating import Translation
from docpipe.model.chunk import Chunk, Reply, Request
from docpipe.model.inline import plain_text, to_wire
from docpipe.model.terms import Term, TermHit, TermStatus
from docpipe.simulate.faults import BATCH_KINDS, KINDS, SEGMENT_KINDS, TEXT_KINDS
from docpipe.simulate.inventions import DRAFT_KINDS
from docpipe.simulate.translation import translate

CHUNKS = chunks_of(6)


def wanted(chunks: list[Chunk]) -> list[str]:
    return [s.id for c in chunks for s in c.wanted]


def faithful(chunks: list[Chunk], target: str = "zh-CN") -> dict[str, str]:
    return {s.id: translate(s.wire, "en", target) for c in chunks for s in c.wanted}


@pytest.mark.parametrize("target", ["zh-CN", "ja", "es", "de", "fr", "ko", "ru"])
def test_a_faithful_provider_is_believed_without_a_second_call(target: str) -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        results, tally = translate_with(sim, CHUNKS, ledger, target_language=target)
    assert not [r.reason for r in results if r.reason]
    assert tally.calls == len(CHUNKS)
    assert {r.segment: to_wire(r.target or ()) for r in results} == faithful(CHUNKS, target)
    assert {r.origin.spend_key for r in results} == set(ledger.replies)
    assert all("gpt-4.1-simulated" in r.origin.detail for r in results)


ALTERED = ("change_name", "change_unit", "drop_not", "split_shift")
"""What a look at the reply as a whole cannot tell, or not always (half a text of the length of a whole one): the checks and the second look do."""


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k not in ("400", "401", "404", "hang", "slow", *ALTERED, *DRAFT_KINDS, *BATCH_KINDS)]
)
def test_every_fault_ends_in_order_and_the_bill_agrees(kind: str) -> None:
    ledger = MemoryLedger()
    script = f'[[fault]]\nkind = "{kind}"\nprobability = 0.4\nretry_after = 0.02\n'
    with simulate.background(script=script, seed=3) as sim:
        results, _ = translate_with(sim, CHUNKS, ledger)
        bill = sim.bill()
    assert sum(bill["faults"].values()), "the fault never happened"
    assert sorted(r.segment for r in results) == sorted(wanted(CHUNKS)), "each segment has one result"
    usage = ledger.usage()
    assert bill["charged"] == {
        "calls": ledger.count("received"), "input": usage.input_tokens, "cached": usage.cached_tokens,
        "output": usage.output_tokens,
    }  # fmt: skip
    assert bill["lost"]["calls"] == ledger.count("unknown")
    assert ledger.count("sent") == ledger.count("reserved") == 0
    truth = faithful(CHUNKS)
    hosts = {r.merged_into for r in results if r.merged_into}
    for result in results:
        if not result.reason and not result.merged_into and result.segment not in hosts:
            assert to_wire(result.target or ()) == truth[result.segment], "accepted in silence"


def test_a_call_that_hangs_is_sent_again_and_recorded_as_unknown() -> None:
    ledger = MemoryLedger()
    with simulate.background(script='[[fault]]\nkind = "hang"\ncalls = [1]\nseconds = 30\n') as sim:
        results, tally = translate_with(sim, CHUNKS[:1], ledger, timeout=0.5)
        bill = sim.bill()
    assert len(results) == len(CHUNKS[0].wanted)
    assert (ledger.count("unknown"), tally.retries, bill["lost"]["calls"]) == (1, 1, 1)


def test_what_was_paid_for_is_never_sent_again() -> None:
    ledger = MemoryLedger()
    faults = "\n".join(f'[[fault]]\nkind = "{k}"\nprobability = 0.05\n' for k in (*SEGMENT_KINDS, *TEXT_KINDS))
    with simulate.background(script=faults, seed=8) as sim:
        first, _ = translate_with(sim, CHUNKS, ledger)
        before = sim.bill()
        second, tally = translate_with(sim, CHUNKS, ledger)
        assert sim.bill() == before
    assert tally.calls == 0
    assert tally.reused >= len(ledger.replies), "equal looks are one call"
    key = lambda r: r.segment  # noqa: E731
    assert sorted(first, key=key) == sorted(second, key=key)


@pytest.mark.parametrize(("kind", "leaf"), [("401", ProviderAuth), ("404", ProviderNotFound), ("400", ProviderRefused)])
def test_a_final_error_stops_all_sending_and_keeps_what_is_paid(kind: str, leaf: type[DocpipeError]) -> None:
    ledger = MemoryLedger()
    with simulate.background(script=f'[[fault]]\nkind = "{kind}"\ncalls = [3]\n', latency="fixed:0.05") as sim:
        with pytest.raises(leaf):
            translate_with(sim, CHUNKS, ledger, concurrency=2)
        bill = sim.bill()
    assert bill["calls"] <= 4
    assert ledger.count("received") == bill["charged"]["calls"]
    assert ledger.count("sent") == 0


def test_an_outage_ends_after_the_bounded_number_of_tries() -> None:
    ledger = MemoryLedger()
    with simulate.background(script='[[fault]]\nkind = "503"\nprobability = 1.0\n') as sim:
        with pytest.raises(ProviderOverloaded):
            translate_with(sim, CHUNKS[:1], ledger, tries=3)
        assert sim.bill()["calls"] == 3


def test_a_rate_limit_is_waited_out_but_not_for_ever() -> None:
    ledger = MemoryLedger()
    with simulate.background(rpm=300) as sim:
        results, _ = translate_with(sim, chunks_of(38, size=1), ledger, concurrency=38)
        assert sim.bill()["by_status"]["429"] > 0
    assert not [r for r in results if r.reason]
    with simulate.background(script='[[fault]]\nkind = "429"\nprobability = 1.0\nretry_after = 0.1\n') as sim:
        with pytest.raises(ProviderBusy):
            translate_with(sim, CHUNKS[:1], MemoryLedger(), patience=0.35)
        assert 3 <= sim.bill()["calls"] <= 5


def test_a_refused_segment_goes_to_a_person_and_the_others_do_not() -> None:
    chunk = chunk_of(
        *[[f"The patient number {n} left the study early."] for n in range(12)], ["The forbidden word is here."]
    )
    script = '[[fault]]\nkind = "{}"\nprobability = 1.0\ncontaining = "forbidden"\n'
    for kind in ("refuse", "filter"):
        with simulate.background(script=script.format(kind)) as sim:
            results, tally = translate_with(sim, [chunk], MemoryLedger())
        assert [(plain_text(chunk.wanted[-1].source), r.segment) for r in results if r.reason] == [
            ("The forbidden word is here.", chunk.wanted[-1].id)
        ]
        assert tally.calls <= 2 * 4 + 1


def test_a_segment_that_is_never_right_goes_to_a_person_with_the_reason_and_a_start() -> None:
    chunk = chunk_of(["The dose of 250 mg was given to all."], ["The visit took place."], ["The sample was lost."])
    script = '[[fault]]\nkind = "change_number"\nprobability = 1.0\ncontaining = "250 mg"\n'
    ledger = MemoryLedger()
    with simulate.background(script=script) as sim:
        results, tally = translate_with(sim, [chunk], ledger, mends=3)
    bad = [r for r in results if r.reason]
    assert [r.segment for r in bad] == [chunk.wanted[0].id]
    assert "Figures" in bad[0].reason
    assert bad[0].target is not None
    looks = sum(r["purpose"] == "second-look" for r in ledger.rows)
    assert 4 <= tally.calls - looks <= 6, "the neighbours are asked once more, the wrong one three times"


def test_given_terms_are_asked_for_and_come_back() -> None:
    chunk = chunk_of(["The subject took XYZ-101 daily."])
    subject = TermHit(
        (4, 11),
        "subject",
        (Term("1", "subject", "受试者", TermStatus.PREFERRED), Term("1", "subject", "病人", TermStatus.FORBIDDEN)),
    )
    keep = TermHit((17, 24), "XYZ-101", (Term("2", "XYZ-101", "", TermStatus.DO_NOT_TRANSLATE),))
    ledger = MemoryLedger()
    with simulate.background() as sim:
        results, _ = translate_with(sim, [chunk], ledger, terms={chunk.wanted[0].id: (subject, keep)})
    text = plain_text(results[0].target or ())
    assert "受试者" in text
    assert "XYZ-101" in text
    assert "病人" not in text


def test_a_said_merge_is_recorded_and_holds_both_sentences_codes() -> None:
    chunk = chunk_of(["The <1>first</1> sentence is here.", "The second<2/> follows it closely."])
    with simulate.background(script='[[fault]]\nkind = "merge_said"\nprobability = 1.0\n') as sim:
        results, tally = translate_with(sim, [chunk], MemoryLedger())
    host, guest = chunk.wanted
    by_id = {r.segment: r for r in results}
    assert tally.calls == 1
    assert by_id[guest.id].merged_into == host.id
    assert by_id[guest.id].target == ()
    wire = to_wire(by_id[host.id].target or ())
    assert all(tag in wire for tag in ("<1>", "</1>", "<2/>"))


class Broke(MemoryLedger):
    """Money for two calls."""

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        if len(self.rows) >= 2:
            raise BudgetSpent("The batch's limit would be exceeded.")
        return super().reserve(request, estimate, twin=twin)


def test_a_spent_budget_stops_before_the_request() -> None:
    ledger = Broke()
    with simulate.background() as sim:
        with pytest.raises(BudgetSpent):
            translate_with(sim, CHUNKS, ledger)
        assert sim.bill()["calls"] == 2
    assert ledger.count("received") == 2


def test_an_error_of_the_store_is_raised_and_loses_no_reply() -> None:
    ledger = MemoryLedger()
    chunks = CHUNKS[:4]

    def fails(results: list[Result]) -> None:
        raise RuntimeError("disk")

    async def go(url: str) -> None:
        provider = connect(Connection(url, "k"))
        try:
            await ask_chunks(
                chunks, provider=provider, ledger=ledger, prompt=prompts.load("translate/segments"), orders=orders(),
                craft=Translation("en", "zh-CN", {}), on_group=fails,
            )  # fmt: skip
        finally:
            await provider.close()

    with simulate.background() as sim:
        with pytest.raises(RuntimeError, match="disk"):
            asyncio.run(go(sim.base_url))
        assert ledger.count("received") == sim.bill()["charged"]["calls"]
    assert ledger.count("sent") == 0


def test_cancelling_leaves_the_ledger_truthful() -> None:
    ledger = MemoryLedger()

    async def go(url: str) -> None:
        provider = connect(Connection(url, "k"))
        work = asyncio.create_task(
            ask_chunks(
                CHUNKS,
                provider=provider,
                ledger=ledger,
                prompt=prompts.load("translate/segments"),
                orders=orders(concurrency=3),
                craft=Translation("en", "zh-CN", {}),
                on_group=lambda r: None,
            )
        )
        async with asyncio.timeout(60):
            while ledger.count("received") < 3 or ledger.count("sent") < 3:
                await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await provider.close()

    with simulate.background(latency="fixed:0.6") as sim:
        asyncio.run(go(sim.base_url))
        assert ledger.count("sent") == 3, "sent and without an answer"
        received = ledger.count("received")
        results, tally = translate_with(sim, CHUNKS, ledger)
        assert tally.reused == received
    assert ledger.count("unknown") == 3
    assert sorted(r.segment for r in results) == sorted(wanted(CHUNKS))


def test_the_ledger_is_used_on_one_thread_that_is_not_the_loops() -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        translate_with(sim, CHUNKS, ledger)
    assert len(ledger.threads) == 1
    assert "docpipe-ledger" in ledger.threads.pop()


def test_the_key_and_the_text_never_show(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    key, patient = "sk-canary-5f2a9c", "Patientia Canaria"
    chunk = chunk_of([f"The patient {patient} was seen at the visit."])
    seen: list[str] = []
    caplog.set_level(logging.DEBUG)
    for kinds in (
        ("401",),
        ("404",),
        ("400",),
        ("503",),
        ("429",),
        ("hang", "reset", "half_body", "not_json", "bad_json", "meta"),
    ):
        script = "".join(
            f'[[fault]]\nkind = "{k}"\ncalls = [{n}]\nretry_after = 0.01\nseconds = 5\n' for n, k in enumerate(kinds, 1)
        )
        with simulate.background(script=script, key=key) as sim:
            try:
                translate_with(
                    sim, [chunk], MemoryLedger(), key=key, timeout=0.3, tries=min(5, len(kinds)), patience=0.0
                )
            except DocpipeError as error:
                seen += traceback.format_exception(error)
                seen.append(repr(error.as_dict()))
    with simulate.background(key="another") as sim, pytest.raises(ProviderAuth) as caught:
        translate_with(sim, [chunk], MemoryLedger(), key=key)
    seen += traceback.format_exception(caught.value)
    seen += [record.getMessage() for record in caplog.records]
    seen += capfd.readouterr()
    everything = "\n".join(seen)
    assert "provider.wrong_key" in everything
    assert key not in everything
    assert patient not in everything
    assert key not in repr(Connection("http://x", key))


def test_what_checks_doubt_is_asked_again_together_and_stands_with_a_note_if_it_comes_again() -> None:
    doubtful = {c.wanted[n].id for n, c in enumerate(CHUNKS)}
    ledger = MemoryLedger()
    with simulate.background() as sim:
        results, tally = translate_with(
            sim, CHUNKS, ledger, inspect=lambda s, _: "It may be wrong." if s.id in doubtful else ""
        )
    assert tally.calls == len(CHUNKS) + 1
    assert {r.segment for r in results if r.noted} == doubtful
    assert {r.refused for r in results if r.segment in doubtful} == {("It may be wrong.",)}
    assert {r.segment: to_wire(r.target or ()) for r in results} == faithful(CHUNKS)


def test_replies_do_not_depend_on_anything_but_the_request() -> None:
    keys: list[set[Any]] = []
    for _ in range(2):
        ledger = MemoryLedger()
        with simulate.background() as sim:
            translate_with(sim, CHUNKS[:2], ledger)
        keys.append(set(ledger.replies))
        texts: dict[Any, Reply] = ledger.replies
        assert len(texts) == 2
    assert keys[0] == keys[1]
