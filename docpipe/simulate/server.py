"""The simulated provider's chat completions over HTTP, as OpenAI's and Azure's are: limits, latency, faults, charge. Imports its room only.

This module is imported lazily, since Starlette is slow to import.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from docpipe.simulate.answers import last_user_text, text_of
from docpipe.simulate.faults import Fault
from docpipe.simulate.metering import duration, tokens
from docpipe.simulate.simulation import Account, Answer, Simulation
from docpipe.simulate.streaming import events

__all__ = ["chat", "completion", "error", "key_of"]

_LOST = ("reset", "half_body", "not_json", "hang")


def key_of(request: Request) -> str:
    """The key of a request, from either provider's header."""
    return request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")


def _as_it_is(body: dict[str, Any]) -> dict[str, Any]:
    return body


async def chat(
    sim: Simulation,
    request: Request,
    read: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is,
    write: Callable[[int, str, Answer], bytes] | None = None,
) -> Response:
    """An answer with limits, latency and faults. ``read``: what was posted as a chat body; ``write``: the answer's own form."""
    call = next(sim.numbers)
    sim.bill.enter()
    try:
        return await _answered(sim, request, call, read, write or completion)
    finally:
        sim.bill.leave()


async def _answered(
    sim: Simulation,
    request: Request,
    call: int,
    read: Callable[[dict[str, Any]], dict[str, Any]],
    write: Callable[[int, str, Answer], bytes],
) -> Response:
    began, key = time.monotonic(), key_of(request)
    if not sim.accepts(key):
        return error(sim, 401, "invalid_api_key", "Incorrect API key provided.")
    try:
        body = read(json.loads(await request.body()))
        messages = [m for m in body["messages"] if isinstance(m, dict)]
        model = str(body.get("model") or request.path_params.get("deployment") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return error(sim, 400, "invalid_request_error", "The body is not a chat completion request.")
    if not messages:
        return error(sim, 400, "invalid_request_error", "There is no message.")
    if sim.models and model not in sim.models:
        return error(sim, 404, "model_not_found", "The model does not exist.")
    account = sim.account(key, model)
    if (refused := _limited(sim, account, sum(tokens(text_of(m)) for m in messages))) is not None:
        return refused
    chosen = sim.script.choose(call, last_user_text(messages))
    fault = chosen[0] if chosen else None
    if fault:
        sim.bill.faults[fault.kind] += 1
    if (early := _early(sim, fault, account)) is not None:
        return early
    account.requests.take(1)
    answer = sim.answer(body, chosen)
    account.tokens.take(answer.prompt + answer.completion)
    headers = _headers(account, call)
    await asyncio.sleep(sim.latency.first_token(call) + (fault.seconds if fault and fault.kind == "slow" else 0.0))
    sim.prefixes.keep(answer.prompt_text)
    if body.get("stream"):
        return _streamed(sim, account, body, answer, call, fault, headers)
    await asyncio.sleep(sim.latency.writing(answer.completion))
    data = write(call, model, answer)
    lost = fault is not None and fault.kind in _LOST
    sim.bill.charge(model, answer.prompt, answer.cached, answer.completion, key=key, lost=lost)
    if fault is not None and lost:
        return await _broken(sim, fault, request, data)
    sim.bill.by_status["200"] += 1
    headers["openai-processing-ms"] = str(round((time.monotonic() - began) * 1000))
    return Response(data, media_type="application/json", headers=headers)


def _limited(sim: Simulation, account: Account, prompt: int) -> Response | None:
    """429 with the wait, in the words and headers of OpenAI, where a limit is reached."""
    waits = {"requests": account.requests.wait(1), "tokens": account.tokens.wait(prompt)}
    kind = max(waits, key=lambda name: waits[name])
    wait = waits[kind]
    if not wait:
        return None
    bucket, short = (account.requests, "RPM") if kind == "requests" else (account.tokens, "TPM")
    message = (
        f"Rate limit reached for {account.model} on {kind} per min ({short}): Limit {bucket.limit}, "
        f"Requested {1 if kind == 'requests' else prompt}. Please try again in {duration(wait)}."
    )
    return error(sim, 429, "rate_limit_exceeded", message, account, wait=wait, kind=kind)


def _early(sim: Simulation, fault: Fault | None, account: Account) -> Response | None:
    """Answers that cost nothing: statuses without a completion."""
    if fault is None:
        return None
    if fault.kind == "429":
        return error(sim, 429, "rate_limit_exceeded", "Rate limit reached.", account, wait=fault.retry_after)
    if fault.kind == "refuse":
        return error(sim, 400, "content_filter", "The prompt was filtered by the content management policy.", account)
    if fault.kind.isdigit():
        status = int(fault.kind)
        code = {401: "invalid_api_key", 404: "model_not_found", 400: "invalid_value"}.get(status, "server_error")
        return error(sim, status, code, "A scripted fault.", account, wait=fault.retry_after)
    return None


async def _broken(sim: Simulation, fault: Fault, request: Request, data: bytes) -> Response:
    sim.bill.by_status[fault.kind] += 1
    if fault.kind == "not_json":
        return Response(b"<html><body>Bad gateway page with status 200</body></html>", media_type="text/html")
    if fault.kind == "hang":
        until = time.monotonic() + fault.seconds
        while time.monotonic() < until and not await request.is_disconnected():
            await asyncio.sleep(0.02)
        return Response(b"", status_code=504)
    return _Cut(data, keep=len(data) // 2 if fault.kind == "half_body" else 0)


class _Cut(Response):
    """Promises the whole body, sends a part of it (none: not even a status line), and breaks the connection."""

    def __init__(self, data: bytes, keep: int, media_type: str = "application/json") -> None:
        super().__init__(data, media_type=media_type)
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._keep:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": bytes(self.body)[: self._keep], "more_body": True})
            await asyncio.sleep(0.02)
        # ASGI has no word for breaking a connection; uvicorn's receive is a method of the cycle that holds the transport.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


def _streamed(
    sim: Simulation, account: Account, body: Mapping[str, Any], answer: Answer, call: int, fault: Fault | None,
    headers: Mapping[str, str],
) -> Response:  # fmt: skip
    """Server-sent events; a fault of the connection breaks them half-way, and what was written is charged all the same."""
    options = body.get("stream_options")
    usage = _usage(answer) if isinstance(options, dict) and options.get("include_usage") else None
    lost = fault is not None and fault.kind in _LOST
    sim.bill.charge(account.model, answer.prompt, answer.cached, answer.completion, key=account.key, lost=lost)
    sim.bill.by_status[fault.kind if fault and lost else "200"] += 1
    parts = events(_head(call, account.model), answer.text, answer.finish, usage, sim.latency.speed)
    if lost:
        whole = b"".join(data for _, data in parts)
        return _Cut(whole, keep=len(whole) // 2, media_type="text/event-stream")

    async def paced() -> AsyncIterator[bytes]:
        for pause, data in parts:
            if pause:
                await asyncio.sleep(pause)
            yield data

    return StreamingResponse(paced(), media_type="text/event-stream", headers=dict(headers))


def _head(call: int, model: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{call}", "created": int(time.time()), "model": f"{model}-simulated", "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }  # fmt: skip


def _usage(answer: Answer) -> dict[str, Any]:
    return {
        "prompt_tokens": answer.prompt,
        "completion_tokens": answer.completion,
        "total_tokens": answer.prompt + answer.completion,
        "prompt_tokens_details": {"cached_tokens": answer.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def completion(call: int, model: str, answer: Answer) -> bytes:
    """A chat completion as it is sent."""
    choice = {
        "index": 0,
        "finish_reason": answer.finish,
        "logprobs": None,
        "message": {"role": "assistant", "content": answer.text, "refusal": None, "annotations": []},
    }
    body = {**_head(call, model), "object": "chat.completion", "choices": [choice], "usage": _usage(answer)}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _headers(account: Account, call: int) -> dict[str, str]:
    return {
        "x-request-id": f"req_{call}", "openai-version": "2020-10-01", **account.requests.headers("requests"),
        **account.tokens.headers("tokens"),
    }  # fmt: skip


def error(
    sim: Simulation,
    status: int,
    code: str,
    message: str,
    account: Account | None = None,
    *,
    wait: float | None = None,
    kind: str = "",
) -> JSONResponse:
    """An error as OpenAI words it, counted on the bill. ``wait``: seconds for ``retry-after``; ``kind``: the limit that was reached."""
    sim.bill.by_status[str(status)] += 1
    headers = {**account.requests.headers("requests"), **account.tokens.headers("tokens")} if account else {}
    if wait is not None:
        headers |= {"retry-after": str(max(1, round(wait))), "retry-after-ms": str(round(wait * 1000))}
    given = {"message": message, "type": kind or code, "param": None, "code": code}
    return JSONResponse({"error": given}, status_code=status, headers=headers)
