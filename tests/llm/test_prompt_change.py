"""A prompt is part of what a reply is paid for: another version pays again, and what it would pay is known before."""

from __future__ import annotations

import json

from llm_builders import MemoryLedger, chunks_of, orders, translate_with

from docpipe import prompts, simulate
from docpipe.llm.engine import first_requests
from docpipe.llm.translating import Translation
from docpipe.model.chunk import Request
from docpipe.prompts import Prompt

CHUNKS = chunks_of(3)


def asked_with(prompt: Prompt) -> list[Request]:
    return [r for r, _ in first_requests(CHUNKS, prompt, orders(), Translation("en", "zh-CN", {}))]


def test_another_version_of_the_prompt_leaves_no_stored_reply_to_be_used() -> None:
    ledger = MemoryLedger()
    with simulate.background() as sim:
        translate_with(sim, CHUNKS, ledger)
    newest, first = prompts.load("translate/segments"), prompts.load("translate/segments", 1)
    assert newest.digest != first.digest
    assert all(ledger.stored(r.spend_key) for r in asked_with(newest))
    stale = [r for r in asked_with(first) if ledger.stored(r.spend_key) is None]
    assert len(stale) == len(CHUNKS), "all of it would be paid again, and is known without a call"
    assert {r.prompt for r in stale} == {"translate/segments.v1"}


def test_every_prompt_is_released_and_its_digest_is_in_its_requests() -> None:
    for name in ("translate/segments", "review/alignment"):
        prompt = prompts.load(name)
        assert prompt.name in prompts.names()
        assert json.loads(prompt.schema)["additionalProperties"] is False
    assert {r.prompt_digest for r in asked_with(prompts.load("translate/segments"))} == {
        prompts.load("translate/segments").digest
    }
