"""The OpenAI provider over loopback: each failure one leaf, usage and model as reported, both clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from docpipe import prompts, simulate
from docpipe.errors import (
    BadSetting,
    ProviderAuth,
    ProviderBusy,
    ProviderDown,
    ProviderError,
    ProviderLost,
    ProviderNotFound,
    ProviderOverloaded,
    ProviderRefused,
    ProviderTimeout,
    ReplyMalformed,
)
from docpipe.llm.failures import wait_in
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection, is_final, maybe_paid, retry_after
from docpipe.model.chunk import Reply, Request

PROMPT = prompts.load("translate/segments")
TASK = {"from": "en", "to": "zh", "paragraphs": [{"segments": [{"id": "s1", "text": "The dose was 5 mg."}]}]}


def request(**given: object) -> Request:
    values = {
        "provider": "openai", "model": "gpt-4.1", "prompt": PROMPT.name, "prompt_digest": PROMPT.digest, "system": PROMPT.system,
        "user": json.dumps(TASK), "schema": PROMPT.schema, "max_output": 512,
    }  # fmt: skip
    return Request(**{**values, **given})  # type: ignore[arg-type]


def ask(connection: Connection, *requests: Request) -> list[Reply | ProviderError]:
    async def go() -> list[Reply | ProviderError]:
        provider = connect(connection)
        out: list[Reply | ProviderError] = []
        for one in requests:
            try:
                out.append(await provider.complete(one))
            except ProviderError as error:
                out.append(error)
        await provider.close()
        return out

    return asyncio.run(go())


TABLE = [
    # fault, leaf, seconds to wait, maybe paid, final
    ("429", ProviderBusy, 0.25, False, False),
    ("500", ProviderOverloaded, 0.25, False, False),
    ("503", ProviderOverloaded, 0.25, False, False),
    ("400", ProviderRefused, None, False, True),
    ("401", ProviderAuth, None, False, True),
    ("404", ProviderNotFound, None, False, True),
    ("refuse", ProviderRefused, None, False, True),
    ("hang", ProviderTimeout, None, True, False),
    ("reset", ProviderLost, None, True, False),
    ("half_body", ProviderLost, None, True, False),
    ("not_json", ReplyMalformed, None, True, False),
]


def test_each_failure_is_exactly_one_leaf() -> None:
    script = "".join(
        f'[[fault]]\nkind = "{row[0]}"\ncalls = [{n}]\nretry_after = 0.25\nseconds = 9\n'
        for n, row in enumerate(TABLE, 1)
    )
    with simulate.background(script=script) as sim:
        got = ask(Connection(sim.base_url, "k", timeout=0.6, connect_timeout=1), *[request()] * len(TABLE))
    for (fault, leaf, wait, paid, final), error in zip(TABLE, got, strict=True):
        assert type(error) is leaf, fault
        assert retry_after(error) == wait, fault
        assert maybe_paid(error) is paid, fault
        assert is_final(error) is final, fault
        assert error.__context__ is None, "the library's exception holds request and headers"


def test_a_provider_that_is_not_there_is_down_and_was_not_paid() -> None:
    for url in ("http://127.0.0.1:9/v1", "http://no.such.host.invalid/v1"):
        (error,) = ask(Connection(url, "k", timeout=2, connect_timeout=1), request())
        assert type(error) is ProviderDown
        assert not maybe_paid(error)


def test_a_wrong_key_and_a_wrong_model_are_told_apart() -> None:
    with simulate.background(key="right", models=("gpt-4.1",)) as sim:
        assert type(ask(Connection(sim.base_url, "wrong"), request())[0]) is ProviderAuth
        assert type(ask(Connection(sim.base_url, "right"), request(model="gpt-0"))[0]) is ProviderNotFound
        assert isinstance(ask(Connection(sim.base_url, "right"), request())[0], Reply)


@pytest.mark.parametrize(
    "make",
    [
        lambda sim: Connection(sim.base_url, "k"),
        lambda sim: Connection(sim.base_url, "k", strict_schema=False),
        lambda sim: Connection(key="k", azure_endpoint=sim.root, azure_api_version="2024-10-21"),
    ],
)
def test_a_reply_carries_text_usage_and_the_model_as_reported(make: Callable[[simulate.Running], Connection]) -> None:
    with simulate.background(key="k") as sim:
        one, two = ask(make(sim), request(), request())
        bill = sim.bill()["charged"]
    assert isinstance(one, Reply)
    assert isinstance(two, Reply)
    assert json.loads(one.text)["segments"][0]["id"] == "s1"
    assert (one.finish, one.model, one.request_id) == ("stop", "gpt-4.1-simulated", "req_1")
    assert one.usage.input_tokens + two.usage.input_tokens == bill["input"]
    assert (one.usage.cached_tokens, two.usage.cached_tokens) == (0, bill["cached"])
    assert two.usage.cached_tokens >= 1024, "the static system part is long enough to be cached"
    assert one.latency_seconds > 0


def test_a_key_is_asked_for_where_the_provider_wants_one() -> None:
    with pytest.raises(ProviderAuth):
        connect(Connection())
    with pytest.raises(ProviderAuth):
        connect(Connection(azure_endpoint="https://x.openai.azure.com", azure_api_version="1"))
    with pytest.raises(BadSetting):
        connect(Connection(key="k", azure_endpoint="https://x.openai.azure.com"))
    connect(Connection("http://127.0.0.1:11434/v1"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, None), ({"retry-after": "2"}, 2.0), ({"retry-after-ms": "150", "retry-after": "9"}, 0.15), ({"retry-after": "soon"}, None),
     ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0), ({"retry-after": "-3"}, 0.0)],
)  # fmt: skip
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_in(headers) == seconds


def test_reasoning_models_get_no_temperature_and_servers_the_name_they_know() -> None:
    from docpipe.llm.openai import OpenAI

    own, other = OpenAI(Connection(key="k")), OpenAI(Connection("http://localhost:8000/v1"))
    assert own.body(request())["temperature"] == 0.0
    assert "temperature" not in own.body(request(model="gpt-5-mini"))
    assert "max_completion_tokens" in own.body(request())
    assert "max_tokens" in other.body(request(model="qwen2.5"))
    assert other.body(request())["response_format"]["json_schema"]["strict"] is True
    loose = OpenAI(Connection("http://localhost:8000/v1", strict_schema=False)).body(request())
    assert loose["response_format"] == {"type": "json_object"}
    assert PROMPT.schema in loose["messages"][0]["content"]
