"""What servers do not understand is learnt from their refusals, once; the Responses API gives the same replies and errors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from stub_server import completion, refused, stub

from docpipe.errors import ProviderBusy, ProviderError, ProviderOverloaded, ProviderRefused, ReplyMalformed
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, Usage


def request(model: str = "local", **given: Any) -> Request:
    values: dict[str, Any] = {
        "provider": "openai", "model": model, "prompt": "p", "prompt_digest": Digest("d"), "system": "Answer in JSON.", "user": "{}",
        "schema": '{"type":"object"}', "max_output": 8192,
    }  # fmt: skip
    return Request(**{**values, **given})


def ask(connection: Connection, *requests: Request, at_once: bool = False) -> list[Reply | ProviderError]:
    async def one(provider: Any, asked: Request) -> Reply | ProviderError:
        try:
            return await provider.complete(asked)  # type: ignore[no-any-return]
        except ProviderError as error:
            return error

    async def go() -> list[Reply | ProviderError]:
        provider = connect(connection)
        try:
            if at_once:
                return list(await asyncio.gather(*(one(provider, r) for r in requests)))
            return [await one(provider, r) for r in requests]
        finally:
            await provider.close()

    return asyncio.run(go())


def picky(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """An older server: no schema, no temperature, the newer name of the limit, and a low one."""
    if body.get("response_format", {}).get("type") == "json_schema":
        return 400, refused(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported.", "response_format"
        )
    if "temperature" in body:
        return 400, refused("Unsupported value: 'temperature' does not support 0.0 with this model.", "temperature")
    if "max_tokens" in body:
        return 400, refused("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens")
    if body["max_completion_tokens"] > 4096:
        return 400, refused("max_completion_tokens is too large: this model supports at most 4096 completion tokens.")
    return 200, completion()


def test_what_a_server_refuses_is_left_out_and_never_sent_again() -> None:
    told: list[str] = []
    with stub(picky) as (address, seen):
        replies = ask(Connection(address, told=told.append), request(), request(user="{ }"))
    assert all(isinstance(r, Reply) for r in replies)
    assert len(seen) == 5  # three refusals and the answer, then the answer at once
    assert seen[-1]["response_format"] == {"type": "json_object"}
    assert '{"type":"object"}' in seen[-1]["messages"][0]["content"]
    assert (seen[-1]["max_completion_tokens"], "temperature" in seen[-1]) == (4096, False)
    assert len(told) == 3
    assert "JSON mode" in told[0]


def test_requests_in_flight_while_it_is_learnt_are_answered_too() -> None:
    with stub(picky) as (address, seen):
        replies = ask(Connection(address), *[request(attempt=n) for n in range(8)], at_once=True)
    assert all(isinstance(r, Reply) for r in replies)
    assert len(seen) <= 8 * 5


def test_a_server_without_json_mode_is_asked_by_the_prompt_alone() -> None:
    def plain(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if "response_format" in body:
            return 422, {"detail": [{"loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]}
        return 200, completion()

    with stub(plain) as (address, seen):
        [reply] = ask(Connection(address), request())
    assert isinstance(reply, Reply)
    assert len(seen) == 3


def test_other_refusals_stay_refusals() -> None:
    def firm(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body["messages"][1]["content"] == "filtered":
            return 400, refused("The response_format was fine, the prompt was filtered.", code="content_filter")
        words = (
            "This model's maximum context length is 4096 tokens. However, you requested 9000 (max_tokens is too large)."
        )
        return 400, refused(words)

    with stub(firm) as (address, seen):
        filtered, long = ask(Connection(address), request(user="filtered"), request())
    assert isinstance(filtered, ProviderRefused)
    assert isinstance(long, ProviderRefused)
    assert (filtered.details["reason"], long.details["reason"]) == ("content_filter", "too_long")
    assert len(seen) == 2


ANSWER: dict[str, Any] = {
    "id": "resp_1", "object": "response", "status": "completed", "model": "gpt-5.1-2025-11-13", "error": None,
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": '{"segments"'}, {"type": "output_text", "text": ": []}"}]},
    ],
    "usage": {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 64}, "output_tokens": 30},
}  # fmt: skip


def test_a_model_that_thinks_is_asked_by_responses_and_nothing_is_kept_there() -> None:
    with stub(lambda path, body: (200, ANSWER) if path == "/v1/responses" else (404, {})) as (address, seen):
        [reply] = ask(Connection(address, api="responses", max_output=20000), request("gpt-5.1", max_output=768))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish, reply.usage) == ('{"segments": []}', "stop", Usage(100, 64, 30))
    assert seen[0]["store"] is False
    assert seen[0]["max_output_tokens"] == 20000  # room to think
    assert seen[0]["text"]["format"]["type"] == "json_schema"
    assert seen[0]["text"]["format"]["strict"] is True
    assert "temperature" not in seen[0]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []}, "filter"),
        ({"output": [{"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}]}, "filter"),
        ({"status": "failed", "error": {"code": "server_error"}}, ProviderOverloaded),
        ({"status": "failed", "error": {"code": "rate_limit_exceeded"}}, ProviderBusy),
        ({"output": []}, ReplyMalformed),
        ({"status": "queued"}, ReplyMalformed),
        ({"output": None}, ReplyMalformed),
    ],
)
def test_every_end_of_an_answer_is_one_finish_or_one_leaf(change: dict[str, Any], wanted: object) -> None:
    with stub(lambda path, body: (200, {**ANSWER, **change})) as (address, _):
        [got] = ask(Connection(address, api="responses"), request())
    assert (got.finish if isinstance(got, Reply) else type(got)) == wanted


def test_a_server_without_responses_is_asked_by_chat() -> None:
    told: list[str] = []

    def chat_only(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (200, completion()) if path.endswith("/chat/completions") else (404, {"detail": "Not Found"})

    with stub(chat_only) as (address, seen):
        replies = ask(Connection(address, api="responses", told=told.append), request(), request(attempt=1))
    assert all(isinstance(r, Reply) for r in replies)
    assert len(seen) == 3
    assert told == ["there is no Responses API: Chat Completions"]
