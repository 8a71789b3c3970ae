"""The simulated provider over HTTP: addresses, limits, latency, faults by seed, and its bill."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from docpipe import simulate
from docpipe.errors import BadSetting
from docpipe.simulate.faults import KINDS, Script
from docpipe.simulate.metering import Latency, tokens

TASK = {
    "from": "zh", "to": "en", "terms": [{"source": "受试者", "use": "subject"}],
    "paragraphs": [{"segments": [{"id": "s1", "text": "受试者人数为<1>25</1>。"}, {"given": "已译"}, {"id": "s2", "text": "第二句。"}]}],
}  # fmt: skip


def post(url: str, body: object, key: str = "k", **headers: str) -> tuple[int, dict[str, str], Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = urllib.request.Request(
        url, data, {"Content-Type": "application/json", "Authorization": f"Bearer {key}", **headers}
    )
    try:
        with urllib.request.urlopen(made, timeout=10) as reply:
            return reply.status, dict(reply.headers), json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), json.load(error)


def chat(text: object, **more: object) -> dict[str, object]:
    content = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return {
        "model": "m",
        "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": content}],
        **more,
    }


def test_a_task_is_answered_by_id_and_other_text_is_echoed() -> None:
    with simulate.background() as sim:
        status, _, body = post(f"{sim.base_url}/chat/completions", chat(TASK))
        rows = json.loads(body["choices"][0]["message"]["content"])["segments"]
        assert status == 200
        assert [r["id"] for r in rows] == ["s1", "s2"]
        assert "<1>25</1>" in rows[0]["text"]
        assert "ubject" in rows[0]["text"]
        _, _, echo = post(f"{sim.base_url}/chat/completions", chat("hello"))
        assert echo["choices"][0]["message"]["content"] == "hello"
        parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]
        _, _, echo = post(f"{sim.base_url}/chat/completions", {"messages": [{"role": "user", "content": parts}]})
        assert echo["choices"][0]["message"]["content"] == "hello"
        with urllib.request.urlopen(f"{sim.base_url}/models") as reply:
            assert json.load(reply)["data"][0]["object"] == "model"
        usage = body["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_azures_address_and_key_header_work() -> None:
    with simulate.background(key="secret") as sim:
        url = f"{sim.root}/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
        assert post(url, chat("x"), key="wrong")[0] == 401
        status, _, body = post(url, chat("x"), key="", **{"api-key": "secret"})
        assert (status, body["model"]) == (200, "m-simulated")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", {"messages": []}, {"messages": "x"}, {"nothing": 1}])
def test_a_body_that_is_no_request_is_a_400(body: object) -> None:
    with simulate.background() as sim:
        status, _, answer = post(f"{sim.base_url}/chat/completions", body)
        assert (status, answer["error"]["code"]) == (400, "invalid_request_error")


def test_requests_over_the_limit_get_429_with_the_wait() -> None:
    with simulate.background(rpm=120) as sim:
        seen = [post(f"{sim.base_url}/chat/completions", chat("x")) for _ in range(16)]
        statuses = [s for s, _, _ in seen]
        assert statuses.count(429) >= 2
        _, headers, body = next(row for row in seen if row[0] == 429)
        assert body["error"]["code"] == "rate_limit_exceeded"
        assert 0 < int(headers["retry-after-ms"]) <= 1000
        assert headers["x-ratelimit-limit-requests"] == "120"
        time.sleep(int(headers["retry-after-ms"]) / 1000 + 0.02)
        assert post(f"{sim.base_url}/chat/completions", chat("x"))[0] == 200


def test_tokens_over_the_limit_get_429_too() -> None:
    with simulate.background(tpm=6000) as sim:
        statuses = [post(f"{sim.base_url}/chat/completions", chat("word " * 300))[0] for _ in range(6)]
        assert statuses[0] == 200
        assert 429 in statuses


def test_the_output_limit_cuts_the_answer() -> None:
    with simulate.background() as sim:
        _, _, body = post(f"{sim.base_url}/chat/completions", chat(TASK, max_completion_tokens=5))
        assert body["choices"][0]["finish_reason"] == "length"


def test_latency_is_kept_and_calls_run_side_by_side() -> None:
    with simulate.background(latency="fixed:0.3") as sim:
        started = time.monotonic()
        threads = [
            threading.Thread(target=post, args=(f"{sim.base_url}/chat/completions", chat("x"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 0.3 <= time.monotonic() - started < 1.5


def test_the_latencies_of_a_seed_are_the_same_and_near_their_median() -> None:
    one, two = Latency("lognormal:0.5,0.3", 7), Latency("lognormal:0.5,0.3", 7)
    values = sorted(one.seconds(n) for n in range(401))
    assert [one.seconds(n) for n in range(9)] == [two.seconds(n) for n in range(9)]
    assert 0.4 < values[200] < 0.6
    assert Latency("").seconds(1) == 0.0


@pytest.mark.parametrize("spec", ["fast", "fixed", "fixed:x", "lognormal:1", "fixed:-1", "fixed:1,2"])
def test_a_wrong_latency_is_named(spec: str) -> None:
    with pytest.raises(BadSetting):
        Latency(spec)


@pytest.mark.parametrize(
    "script",
    [
        "[[fault]]\n",
        '[[fault]]\nkind = "nonsense"\n',
        '[[fault]]\nkind = "drop"\nprobability = "often"\n',
        "x = ",
        '[[fault]]\nkind = "drop"\nother = 1\n',
    ],
)
def test_a_wrong_script_is_named(script: str) -> None:
    with pytest.raises(BadSetting):
        Script.parse(script)


def test_a_script_fires_by_seed_number_text_and_times() -> None:
    text = '[[fault]]\nkind = "drop"\nprobability = 0.3\n[[fault]]\nkind = "500"\ncalls = [2]\n[[fault]]\nkind = "meta"\ncontaining = "!"\nprobability = 1.0\ntimes = 1\n'

    def kinds(seed: int) -> list[str]:
        script = Script.parse(text, seed)
        return [chosen[0].kind if (chosen := script.choose(n, "x!" if n > 4 else "x")) else "" for n in range(1, 40)]

    assert kinds(1) == kinds(1) != kinds(2)
    assert kinds(1).count("meta") == 1
    assert 4 < kinds(1).count("drop") < 22
    assert len(set(KINDS)) == len(KINDS)


def test_a_script_may_be_a_file_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "faults.toml"
    path.write_text('[[fault]]\nkind = "503"\ncalls = [1]\n', "utf-8")
    with simulate.background(script=path) as sim:
        assert post(f"{sim.base_url}/chat/completions", chat("x"))[0] == 503
        assert post(f"{sim.base_url}/chat/completions", chat("x"))[0] == 200
        assert sim.bill()["by_status"] == {"200": 1, "503": 1}
    with pytest.raises(BadSetting), simulate.background(script=tmp_path / "none.toml"):
        pass


def test_a_taken_port_is_named() -> None:
    with simulate.background() as sim:
        port = int(sim.root.rsplit(":", 1)[1])
        with pytest.raises(BadSetting), simulate.background(port):
            pass


def test_serve_tells_its_address_once_it_answers() -> None:
    ready = threading.Event()
    told: list[str] = []

    def on_ready(address: str) -> None:
        told.append(address)
        ready.set()

    threading.Thread(target=simulate.serve, kwargs={"port": 0, "on_ready": on_ready}, daemon=True).start()
    assert ready.wait(20)
    assert post(f"{told[0]}/chat/completions", chat("x"))[0] == 200


def test_tokens_are_estimated_by_script() -> None:
    assert tokens("") == 0
    assert 8 <= tokens("受试者应接受治疗十二周") <= 12
    assert 7 <= tokens("The subjects were treated for twelve weeks") <= 10
