"""Replies recorded once are replayed without a network; what was not recorded is told by what differs."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import BadSetting, InputMissing, ProviderOverloaded, ReplyNotRecorded
from docpipe.llm.provider import Connection, is_final
from docpipe.llm.recorded import connect, read_record, recording
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Limits, Reply, Request, Usage


class Model:
    """A provider at the seam: answers from a list."""

    name = "openai"

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)

    async def complete(self, request: Request) -> Reply:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        """Nothing to give back."""


def request(**given: Any) -> Request:
    values: dict[str, Any] = {
        "provider": "openai", "model": "gpt-4.1", "prompt": "p.v1", "prompt_digest": Digest("d"), "system": "Translate.",
        "user": "The dose was 5 mg.", "schema": "{}", "max_output": 512,
    }  # fmt: skip
    return Request(**{**values, **given})


def reply(text: str = "Die Dosis betrug 5 mg.") -> Reply:
    return Reply(text, "stop", "gpt-4.1-2025", Usage(10, 2, 5), 1.25, "req_1", Limits(1, 2))


def record(path: Path, *pairs: tuple[Request, Reply | Exception]) -> None:
    async def go() -> None:
        provider = recording(Model(*(r for _, r in pairs)), path)
        for asked, _ in pairs:
            try:
                await provider.complete(asked)
            except ProviderOverloaded:
                continue
        await provider.close()

    asyncio.run(go())


def replay(path: Path, asked: Request) -> Reply:
    return asyncio.run(connect(Connection(folder=path)).complete(asked))


def test_a_reply_is_replayed_also_under_the_replayers_own_name(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    record(
        path,
        (request(), reply()),
        (request(attempt=1), ProviderOverloaded("x")),
        (request(user="Two."), reply("Zwei.")),
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for provider in ("openai", "recorded"):
        got = replay(path, request(provider=provider))
        assert (got.text, got.usage, got.request_id) == ("Die Dosis betrug 5 mg.", Usage(10, 2, 5), "req_1")
        assert (got.latency_seconds, got.limits) == (0.0, None)
    assert replay(tmp_path, request(user="Two.")).text == "Zwei."
    assert len(read_record(path)) == 2


def test_what_was_not_recorded_is_named_without_its_text(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    record(path, (request(), reply()))
    with pytest.raises(ReplyNotRecorded, match=r"the nearest differs in model, user\.") as caught:
        replay(path, request(model="gpt-5", user="SECRET"))
    assert "SECRET" not in str(caught.value)
    assert is_final(caught.value)


def test_of_two_recordings_of_a_request_the_first_counts_and_both_files_grow(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    record(path, (request(), reply("one")))
    record(path, (request(), reply("two")))
    assert replay(path, request()).text == "one"
    assert len(path.read_text().splitlines()) == 3


def test_a_line_cut_off_by_a_crash_is_left_out_and_a_changed_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    record(path, (request(), reply()), (request(user="Two."), reply("Zwei.")))
    whole = path.read_text()
    path.write_text(whole[:-40])
    assert len(read_record(path)) == 1
    path.write_text(whole.replace("betrug", "betrog"))
    with pytest.raises(BadSetting, match="was changed"):
        read_record(path)
    path.write_text(whole.replace('"finish"', '"finnish"', 1))
    with pytest.raises(BadSetting):
        read_record(path)


def test_a_record_that_is_not_there_or_not_named_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        read_record(tmp_path / "none.jsonl")
    with pytest.raises(BadSetting, match="DOCPIPE_REPLIES_FILE"):
        connect(Connection())


@given(st.text(), st.text())
def test_any_text_survives_the_file(text: str, user: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replies.jsonl"
        record(path, (request(user=user), reply(text)))
        assert replay(path, request(user=user)).text == text
        assert all(json.loads(line) for line in path.read_text().splitlines())
