"""Drafting on the whole path: the openai package over loopback against the simulated provider, faithful and inventing, with its bill."""

from __future__ import annotations

import json

import pytest
from drafting_builders import crafted, draft_with, faithful
from llm_builders import MemoryLedger
from planned_rows import ARMS, ROWS, numbered

from docpipe import prompts, simulate
from docpipe.llm.drafting import pack_rows
from docpipe.llm.wording import Sort, read
from docpipe.model.document import BlockKind
from docpipe.model.draft import facts_in
from docpipe.model.inline import plain_text, to_wire
from docpipe.simulate.inventions import CAUSES, DRAFT_KINDS, DRUGS, UNSOURCED

MANY = numbered(ROWS * 4)
TRUTH = faithful(MANY)


def bill_is_ledger(bill: dict[str, dict[str, int]], ledger: MemoryLedger) -> None:
    usage = ledger.usage()
    assert bill["charged"] == {
        "calls": ledger.count("received"), "input": usage.input_tokens, "cached": usage.cached_tokens,
        "output": usage.output_tokens,
    }  # fmt: skip


def test_a_faithful_model_words_every_row_and_keeps_every_code() -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        results, tally = draft_with(sim, MANY, ledger)
        bill_is_ledger(sim.bill(), ledger)
    assert not [r.reason for r in results.values() if r.reason]
    assert tally.calls == len(ledger.replies), "no second call"
    assert {s: to_wire(r.target or ()) for s, r in results.items()} == TRUTH
    for r in MANY:
        target = results[r.segment.id].target or ()
        assert facts_in(target) == facts_in(r.segment.source)
        assert results[r.segment.id].origin.spend_key in ledger.replies
    changed = [r for r in MANY if TRUTH[r.segment.id] != to_wire(r.segment.source)]
    assert len(changed) * 2 > len(MANY), "the simulated model words at least half of the rows anew"


OTHERS = ("lose_code", "drop", "swap", "meta", "loop", "empty", "invent", "truncate", "bad_json")


@pytest.mark.parametrize("kind", [*DRAFT_KINDS, *(pytest.param(k, marks=pytest.mark.slow) for k in OTHERS)])
def test_nothing_that_a_model_invents_is_accepted_and_every_refusal_is_told(kind: str) -> None:
    """A row ends with the faithful wording or without one: whatever the fault put into a reply is in no accepted text."""
    ledger = MemoryLedger()
    script = f'[[fault]]\nkind = "{kind}"\nprobability = 0.3\n'
    with simulate.background(script=script, seed=11) as sim:
        results, _ = draft_with(sim, MANY, ledger, size=2, mends=2)
        bill = sim.bill()
    assert bill["faults"][kind], "the fault never happened"
    bill_is_ledger(bill, ledger)
    for name, result in results.items():
        if result.reason:
            assert result.target is None
            assert result.refused
        else:
            assert to_wire(result.target or ()) == TRUTH[name], "accepted in silence"
    told = [s for r in results.values() for s in r.refused]
    if kind not in ("invent", "bad_json"):  # rows that nobody asked for are left out; what is complete is read
        assert told, "a fault was not noticed"


@pytest.mark.parametrize("kind", DRAFT_KINDS)
def test_a_model_that_always_invents_leaves_the_program_text_and_a_reason(kind: str) -> None:
    rows = numbered(ROWS)
    ledger = MemoryLedger()
    with simulate.background(script=f'[[fault]]\nkind = "{kind}"\nprobability = 1.0\n', seed=3) as sim:
        results, _ = draft_with(sim, rows, ledger, size=1)
        bill_is_ledger(sim.bill(), ledger)
    sources = {r.segment.id: r.segment.source for r in rows}
    refused = [r for r in results.values() if r.reason]
    assert refused
    for name, result in results.items():
        assert len(result.refused) in (0, 4), "asked three times again, or not at all"
        if not result.reason:
            said = read(result.target or ())
            digits = [t.text for t in said if t.sort in (Sort.DIGITS, Sort.NUMBER)]
            assert digits == [t.text for t in read(sources[name]) if t.sort in (Sort.DIGITS, Sort.NUMBER)]
            text = plain_text(result.target or ())
            assert not [w for w in (*DRUGS, *CAUSES, *UNSOURCED, *ARMS) if w in text]


def test_a_refused_row_is_asked_again_with_the_exact_complaint() -> None:
    rows = numbered(ROWS[:1])
    ledger = MemoryLedger()
    with simulate.background(script='[[fault]]\nkind = "other_drug"\ncalls = [1]\n', seed=1) as sim:
        results, _ = draft_with(sim, rows, ledger)
    (result,) = results.values()
    assert result.reason == ""
    assert len(result.asked) == 2
    (why,) = result.refused
    assert any(d in why for d in DRUGS) or "group" in why
    (chunk,) = pack_rows([rows[0].segment], {rows[0].segment.id}, {rows[0].segment.id: rows[0]})
    task = json.loads(crafted(rows).task(chunk, {rows[0].segment.id: why}).text)
    assert task["asked_again"] == [{"id": "r1", "fault": why}]


def test_a_reviewers_reason_goes_with_the_first_request() -> None:
    rows = numbered(ROWS[:2])
    first, second = MemoryLedger(), MemoryLedger()
    with simulate.background() as sim:
        draft_with(sim, rows, first)
        draft_with(sim, rows, second, complaints={rows[0].segment.id: "Name the group first."})
    assert set(first.replies) != set(second.replies), "another request"


def test_what_was_answered_is_not_paid_for_again() -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        draft_with(sim, MANY, ledger)
        calls = sim.bill()["charged"]["calls"]
        _, tally = draft_with(sim, MANY, ledger)
        assert sim.bill()["charged"]["calls"] == calls
    assert (tally.calls, tally.reused) == (0, calls)


def test_a_task_tells_facts_and_context_and_nothing_that_is_not_asked() -> None:
    rows = numbered([ROWS[0], ROWS[3], ROWS[8]])
    by_id = {r.segment.id: r for r in rows}
    asked = {rows[0].segment.id, rows[2].segment.id}
    (chunk,) = pack_rows([r.segment for r in rows], asked, by_id, before="Before it.", after="After it.")
    task = json.loads(crafted(rows).task(chunk, {}).text)
    assert [r.get("id", "given") for r in task["rows"]] == ["r1", "given", "r2"]
    assert (task["before"], task["after"]) == (["Before it."], ["After it."])
    assert task["section"] == ["12 Safety", "block:12.1/1"]
    tags = {t["tag"]: t for t in task["rows"][0]["tags"]}
    assert tags["<1/>"] == {"tag": "<1/>", "shows": "Placebo", "is": "group"}
    assert (tags["<2/>"]["shows"], tags["<2/>"]["is"]) == ("58", "completed")
    assert task["rows"][2]["passages"] == list(rows[2].passages)


def test_long_blocks_go_out_in_parts_that_a_reply_can_hold() -> None:
    rows = numbered(ROWS * 8)
    by_id = {r.segment.id: r for r in rows}
    chunks = pack_rows([r.segment for r in rows], set(by_id), by_id, output_tokens=2000)
    assert [s.id for c in chunks for s in c.wanted] == [r.segment.id for r in rows]
    assert len(chunks) > 4
    assert all(c.output_tokens <= 1300 for c in chunks)
    assert all(c.before for c in chunks[1:])
    assert rows[5].segment.kind is BlockKind.LIST_ITEM


def test_the_prompt_is_released_and_its_schema_is_strict() -> None:
    prompt = prompts.load("write/paragraphs", 1)
    schema = json.loads(prompt.schema)
    assert schema["additionalProperties"] is False
    item = schema["properties"]["rows"]["items"]
    assert item["required"] == sorted(item["properties"])
