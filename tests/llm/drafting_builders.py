"""Rows to word, judged alone and on the whole path from a chunk to accepted texts, for the tests of drafting."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from llm_builders import MemoryLedger
from planned_rows import ARMS

from docpipe import prompts
from docpipe.llm.drafting import Brief, Drafting, RowToWord, Worded, judge_row, pack_rows
from docpipe.llm.engine import Orders, Result, Tally, run
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.model.inline import to_wire
from docpipe.model.segment import SegmentId
from docpipe.simulate import Running
from docpipe.simulate.drafting import rows_of


def judged(to_word: RowToWord, *sentences: tuple[Sequence[int], str] | str) -> tuple[str | None, str]:
    """The wire form of what is accepted, and the complaint. Bare texts word the sentences one by one."""
    answer = [Worded((n,), s) if isinstance(s, str) else Worded(tuple(s[0]), s[1]) for n, s in enumerate(sentences, 1)]
    text, fault = judge_row(to_word, answer, ARMS)
    return (None if text is None else to_wire(text)), fault


def crafted(rows: Sequence[RowToWord]) -> Drafting:
    """The craft; each row has a section of its own, so that no two requests are equal."""
    briefs = {
        r.segment.id: Brief(
            "Clinical Study Report", ("12 Safety", r.segment.address), "Word the results.", "Past tense."
        )
        for r in rows
    }
    return Drafting({r.segment.id: r for r in rows}, briefs, ARMS)


def draft_with(
    sim: Running,
    rows: Sequence[RowToWord],
    ledger: MemoryLedger,
    *,
    complaints: Mapping[SegmentId, str] | None = None,
    size: int = 4,
    **given: Any,
) -> tuple[dict[SegmentId, Result], Tally]:
    """The whole path: engine, openai package, loopback, simulated provider."""
    results: list[Result] = []
    by_id = {r.segment.id: r for r in rows}
    chunks = [
        c for n in range(0, len(rows), size)
        for c in pack_rows([r.segment for r in rows[n : n + size]], set(by_id), by_id, before=f"Part {n}.")
    ]  # fmt: skip
    tally = run(
        chunks,
        connect=lambda: connect(Connection(sim.base_url, "k", timeout=5, connect_timeout=2)),
        ledger=ledger,
        prompt=prompts.load("write/paragraphs"),
        orders=Orders("openai", "gpt-4.1", backoff=0.02, **given),
        craft=crafted(rows),
        on_group=results.extend,
        complaints=complaints,
    )
    assert len(results) == len(rows), "each row has one result"
    return {r.segment: r for r in results}, tally


def faithful(rows: Sequence[RowToWord]) -> dict[SegmentId, str]:
    """What the simulated drafter says without a fault."""
    craft = crafted(rows)
    out = {}
    for r in rows:
        (chunk,) = pack_rows([r.segment], {r.segment.id}, {r.segment.id: r})
        (item,) = rows_of(json.loads(craft.task(chunk, {}).text)) or ()
        out[r.segment.id] = " ".join(s.text for s in item.sentences)
    return out


def chances(count: int, salt: str = "") -> list[random.Random]:
    return [random.Random(f"{salt}{n}") for n in range(count)]
