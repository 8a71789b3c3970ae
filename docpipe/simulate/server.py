"""The simulated provider as a FastAPI application: OpenAI's and Azure's chat completions. Imports its room only.

This module is imported lazily, since FastAPI is slow to import.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from docpipe.simulate.answers import answers_of, last_user_text, text_of
from docpipe.simulate.faults import Fault, Script, spoil
from docpipe.simulate.metering import Bill, Bucket, Latency, tokens

__all__ = ["Simulation", "create_app"]

_CACHE_FROM = 1024
"""Tokens of an equal prefix from which on a provider caches, in steps of 128."""


@dataclass(slots=True)
class Simulation:
    """Settings and state of one simulated provider."""

    script: Script = field(default_factory=Script)
    latency: Latency = field(default_factory=Latency)
    requests: Bucket = field(default_factory=lambda: Bucket(0))
    tokens: Bucket = field(default_factory=lambda: Bucket(0))
    key: str = ""
    models: tuple[str, ...] = ()
    bill: Bill = field(default_factory=Bill)
    prefixes: set[int] = field(default_factory=set)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))


def create_app(simulation: Simulation) -> FastAPI:
    """The application. ``GET /bill`` tells what it charged; the chat addresses behave as OpenAI's do."""
    app = FastAPI(title="docpipe simulate", openapi_url=None)

    async def chat(request: Request) -> Response:
        return await _chat(simulation, request)

    async def models(request: Request) -> Response:
        names = simulation.models or ("simulated",)
        return JSONResponse(
            {"object": "list", "data": [{"id": n, "object": "model", "owned_by": "docpipe"} for n in names]}
        )

    async def bill(request: Request) -> Response:
        return JSONResponse(simulation.bill.as_dict())

    app.add_route("/v1/chat/completions", chat, methods=["POST"])
    app.add_route("/openai/deployments/{deployment}/chat/completions", chat, methods=["POST"])
    app.add_route("/v1/models", models, methods=["GET"])
    app.add_route("/bill", bill, methods=["GET"])
    return app


async def _chat(sim: Simulation, request: Request) -> Response:
    call = next(sim.numbers)
    sim.bill.calls += 1
    given = (request.headers.get("authorization", "").removeprefix("Bearer "), request.headers.get("api-key", ""))
    if sim.key and not any(hmac.compare_digest(g.encode(), sim.key.encode()) for g in given):
        return _error(sim, 401, "invalid_api_key", "Incorrect API key provided.")
    try:
        body = json.loads(await request.body())
        messages = [m for m in body["messages"] if isinstance(m, dict)]
        model = str(body.get("model") or request.path_params.get("deployment") or "")
    except (ValueError, KeyError, TypeError):
        return _error(sim, 400, "invalid_request_error", "The body is not a chat completion request.")
    if not messages:
        return _error(sim, 400, "invalid_request_error", "There is no message.")
    if sim.models and model not in sim.models:
        return _error(sim, 404, "model_not_found", "The model does not exist.")
    text = last_user_text(messages)
    prompt = sum(tokens(text_of(m)) for m in messages)
    wait = max(sim.requests.wait(1), sim.tokens.wait(prompt))
    if wait:
        return _error(sim, 429, "rate_limit_exceeded", "Rate limit reached.", _wait_headers(wait))
    chosen = sim.script.choose(call, text)
    fault = chosen[0] if chosen else None
    if fault:
        sim.bill.faults[fault.kind] += 1
    early = await _early(sim, fault, request)
    if early is not None:
        return early
    sim.requests.take(1)
    answers = answers_of(text)
    finish = "stop"
    if answers is None:
        answer = text if body.get("response_format", {}).get("type") in (None, "text") else json.dumps({"text": text})
    elif fault and chosen:
        answer = spoil(fault, chosen[1], answers)
    else:
        answer = answers.reply()
    if fault and fault.kind in ("truncate", "filter"):
        finish = "length" if fault.kind == "truncate" else "content_filter"
        answer = "" if finish == "content_filter" else answer
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if isinstance(limit, int) and tokens(answer) > limit:
        answer, finish = answer[: max(1, len(answer) * limit // tokens(answer))], "length"
    completion = tokens(answer)
    sim.tokens.take(prompt + completion)
    cached = _cached(sim, messages)
    await asyncio.sleep(sim.latency.seconds(call))
    data = _completion(call, model, answer, finish, prompt, cached, completion)
    if fault and fault.kind in ("reset", "half_body", "not_json", "hang"):
        sim.bill.charge(prompt, cached, completion, lost=True)
        return await _broken(sim, fault, request, data)
    sim.bill.charge(prompt, cached, completion)
    sim.bill.by_status["200"] += 1
    return Response(data, media_type="application/json", headers=_headers(sim, call))


async def _early(sim: Simulation, fault: Fault | None, request: Request) -> Response | None:
    """Answers that cost nothing: statuses without a completion."""
    if fault is None:
        return None
    if fault.kind == "429":
        return _error(sim, 429, "rate_limit_exceeded", "Rate limit reached.", _wait_headers(fault.retry_after))
    if fault.kind == "refuse":
        return _error(sim, 400, "content_filter", "The prompt was filtered by the content management policy.")
    if fault.kind.isdigit():
        status = int(fault.kind)
        code = {401: "invalid_api_key", 404: "model_not_found", 400: "invalid_value"}.get(status, "server_error")
        return _error(sim, status, code, "A scripted fault.", _wait_headers(fault.retry_after))
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

    def __init__(self, data: bytes, keep: int) -> None:
        super().__init__(data, media_type="application/json")
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


def _cached(sim: Simulation, messages: list[dict[str, Any]]) -> int:
    first = text_of(messages[0])
    count = tokens(first)
    if count < _CACHE_FROM:
        return 0
    key = hash(first)
    if key in sim.prefixes:
        return count // 128 * 128
    sim.prefixes.add(key)
    return 0


def _completion(call: int, model: str, answer: str, finish: str, prompt: int, cached: int, completion: int) -> bytes:
    return json.dumps(
        {
            "id": f"chatcmpl-{call}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": f"{model}-simulated",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": answer, "refusal": None},
                }
            ],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        },
        ensure_ascii=False,
    ).encode("utf-8", "replace")


def _headers(sim: Simulation, call: int) -> dict[str, str]:
    return {"x-request-id": f"req_{call}", **sim.requests.headers("requests"), **sim.tokens.headers("tokens")}


def _wait_headers(seconds: float | None) -> dict[str, str]:
    if seconds is None:
        return {}
    return {"retry-after": str(max(1, round(seconds))), "retry-after-ms": str(round(seconds * 1000))}


def _error(
    sim: Simulation, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    sim.bill.by_status[str(status)] += 1
    error = {"message": message, "type": code, "param": None, "code": code}
    rates = {**sim.requests.headers("requests"), **sim.tokens.headers("tokens"), **(headers or {})}
    return JSONResponse({"error": error}, status_code=status, headers=rates)
