"""The simulated provider in full: OpenAI's headers, streaming, cached prefixes, money, keys with limits of their own, changes at run time."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe import simulate
from docpipe.errors import BadSetting
from docpipe.simulate.metering import Bucket, Latency, Prefixes, duration


def chat(text: str, system: str = "s", **more: object) -> dict[str, object]:
    return {
        "model": "m",
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": text}],
        **more,
    }


def send(url: str, body: object, key: str = "k", method: str = "POST") -> tuple[int, Any, bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = urllib.request.Request(url, data, {"Authorization": f"Bearer {key}"}, method=method)
    try:
        with urllib.request.urlopen(made, timeout=10) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0ms"), (0.017, "17ms"), (1.0, "1s"), (7.66, "7.66s"), (360.0, "6m0s"), (86.4, "1m26.4s"), (3723.0, "1h2m3s")],
)  # fmt: skip
def test_waits_have_the_form_of_openai(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_the_headers_of_the_limits_are_those_of_openai() -> None:
    with simulate.background(rpm=600, tpm=60_000) as sim:
        _, headers, _ = send(f"{sim.base_url}/chat/completions", chat("word " * 100))
        assert headers["x-ratelimit-limit-requests"] == "600"
        assert headers["x-ratelimit-remaining-requests"] == "59"
        assert headers["x-ratelimit-reset-requests"].endswith("ms")
        assert headers["x-ratelimit-limit-tokens"] == "60000"
        assert 5000 < int(headers["x-ratelimit-remaining-tokens"]) < 6000
        assert headers["x-request-id"].startswith("req_")
        assert int(headers["openai-processing-ms"]) >= 0
    with simulate.background(tpm=600) as sim:
        send(f"{sim.base_url}/chat/completions", chat("word " * 100))
        status, headers, body = send(f"{sim.base_url}/chat/completions", chat("word " * 100))
        found = json.loads(body)["error"]
        assert (status, found["code"], found["type"]) == (429, "rate_limit_exceeded", "tokens")
        assert "tokens per min (TPM): Limit 600" in found["message"]
        assert int(headers["retry-after"]) == max(1, round(int(headers["retry-after-ms"]) / 1000))


@given(st.lists(st.tuples(st.integers(1, 400), st.floats(0, 5)), min_size=3, max_size=80))
def test_a_bucket_lets_no_more_through_than_its_limit_offers(calls: list[tuple[int, float]]) -> None:
    now = 0.0
    bucket = Bucket(600, clock=lambda: now)
    for amount, pause in calls:
        now += pause
        while (wait := bucket.wait(amount)) > 1e-9:
            now += wait
        bucket.take(amount)
    # The last request may leave a debt, since it passes on a full bucket.
    assert bucket.taken - calls[-1][0] <= bucket.offered + 400


def test_each_key_and_model_has_limits_of_its_own() -> None:
    with simulate.background(rpm=60, keys={"one-secret": None, "two-secret": (6000, 0)}) as sim:
        url = f"{sim.base_url}/chat/completions"
        assert send(url, chat("x"), "three-secret")[0] == 401
        many = [send(url, chat("x"), "one-secret")[0] for _ in range(9)]
        assert many.count(429) >= 2
        assert send(url, {**chat("x"), "model": "other"}, "one-secret")[0] == 200
        assert {send(url, chat("x"), "two-secret")[0] for _ in range(12)} == {200}
        bill = sim.bill()
        assert set(bill["by_key"]) == {"…cret"}
        assert {(row["model"], row["requests"]["limit"]) for row in bill["limits"]} == {
            ("m", 60),
            ("other", 60),
            ("m", 6000),
        }


def test_the_bill_knows_money_by_model() -> None:
    with simulate.background(prices={"m": (10.0, 1.0, 100.0)}) as sim:
        send(f"{sim.base_url}/chat/completions", chat("word " * 100))
        bill = sim.bill()
        used = bill["charged"]
        assert bill["cost"] == pytest.approx((used["input"] * 10 + used["output"] * 100) / 1e6)
        assert bill["by_model"]["m"]["cost"] == bill["cost"]
        send(f"{sim.base_url}/chat/completions", {**chat("x"), "model": "free"})
        assert sim.bill()["by_model"]["free"]["cost"] is None
        assert send(f"{sim.root}/bill", b"", method="DELETE")[0] == 200
        assert sim.bill()["calls"] == 0


def test_faults_and_limits_change_while_it_runs() -> None:
    with simulate.background() as sim:
        url = f"{sim.base_url}/chat/completions"
        assert send(url, chat("x"))[0] == 200
        sim.faults('[[fault]]\nkind = "503"\nprobability = 1.0\n')
        assert send(url, chat("x"))[0] == 503
        sim.faults("")
        sim.change(rpm=1, latency="fixed:0.2")
        began = time.monotonic()
        assert send(url, chat("x"))[0] == 200
        assert time.monotonic() - began >= 0.2
        assert send(url, chat("x"))[0] == 429
        sim.change(rpm=0, latency="")
        assert send(url, chat("x"))[0] == 200
        assert send(f"{sim.root}/limits", {"tpm": -1}, method="PUT")[0] == 400
        assert send(f"{sim.root}/limits", b"[1]", method="PUT")[0] == 400
        assert send(f"{sim.root}/limits", {"latency": "soon"}, method="PUT")[0] == 400
        assert send(f"{sim.root}/faults", b"x = ", method="PUT")[0] == 400
        with urllib.request.urlopen(f"{sim.root}/limits") as reply:
            assert json.load(reply) == {"rpm": 0, "tpm": 0, "latency": "", "speed": 0.0}


def test_an_answer_streams_in_events_with_its_usage_at_the_end() -> None:
    with simulate.background(speed=400.0) as sim:
        url = f"{sim.base_url}/chat/completions"
        began = time.monotonic()
        text = "word " * 60
        _, headers, body = send(url, chat(text, stream=True, stream_options={"include_usage": True}))
        assert headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in body.decode().split("\n\n") if line]
        assert lines[-1] == "[DONE]"
        chunks = [json.loads(line) for line in lines[:-1]]
        deltas = [c["choices"][0] for c in chunks if c["choices"]]
        assert "".join(d["delta"].get("content", "") for d in deltas) == text
        assert (deltas[0]["delta"]["role"], deltas[-1]["finish_reason"]) == ("assistant", "stop")
        assert chunks[-1]["choices"] == []
        usage = chunks[-1]["usage"]
        assert time.monotonic() - began >= 0.8 * usage["completion_tokens"] / 400
        assert sim.bill()["charged"]["output"] == usage["completion_tokens"]


def test_equal_beginnings_are_cached_and_others_are_not() -> None:
    now = 0.0
    kept = Prefixes(clock=lambda: now)
    prompt = "word " * 2000
    assert kept.cached(prompt) == 0
    kept.keep(prompt)
    assert kept.cached(prompt + "more") % 128 == 0
    assert kept.cached(prompt + "more") >= 1024
    assert kept.cached("x" + prompt) == 0
    assert kept.cached(prompt[:2000]) == 0
    now = 700.0
    assert kept.cached(prompt) == 0


def test_speed_adds_the_time_of_writing() -> None:
    latency = Latency("fixed:0.5", speed=100)
    assert latency.seconds(1, 250) == pytest.approx(3.0)
    tail = sorted(Latency("lognormal:1,0.6", 3).seconds(n) for n in range(1000))
    assert 0.9 < tail[500] < 1.1
    assert tail[990] > 3
    with pytest.raises(BadSetting):
        Latency("fixed:1", speed=-1)
