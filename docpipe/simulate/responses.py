"""The simulated provider's Responses API: the same answers as by chat completions, in its own form. Imports its room only."""

from __future__ import annotations

import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from docpipe.simulate.simulation import Answer, Simulation

__all__ = ["answer_body", "chat_body", "routes"]


def chat_body(given: dict[str, Any]) -> dict[str, Any]:
    """A posted request as the body of a chat completion. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for another form."""
    asked = given["input"]
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else [dict(m) for m in asked]
    if given.get("instructions"):
        messages.insert(0, {"role": "system", "content": str(given["instructions"])})
    body: dict[str, Any] = {"model": given.get("model"), "messages": messages}
    form = (given.get("text") or {}).get("format") or {}
    if form:
        body["response_format"] = {"type": form.get("type")}
    if isinstance(given.get("max_output_tokens"), int):
        body["max_completion_tokens"] = given["max_output_tokens"]
    return body


def answer_body(call: int, model: str, answer: Answer) -> bytes:
    """An answer in the form of this interface."""
    why = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(answer.finish)
    text = {"type": "output_text", "text": answer.text, "annotations": []}
    message = {"type": "message", "id": f"msg_{call}", "role": "assistant", "status": "completed", "content": [text]}
    body = {
        "id": f"resp_{call}", "object": "response", "created_at": int(time.time()), "model": f"{model}-simulated", "error": None,
        "status": "incomplete" if why else "completed", "incomplete_details": {"reason": why} if why else None,
        "output": [{"type": "reasoning", "id": f"rs_{call}", "summary": []}, *([message] if answer.text else [])],
        "usage": {
            "input_tokens": answer.prompt,
            "input_tokens_details": {"cached_tokens": answer.cached},
            "output_tokens": answer.completion,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": answer.prompt + answer.completion,
        },
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def routes(sim: Simulation) -> list[Route]:
    """The address of responses."""

    async def respond(request: Request) -> Response:
        from docpipe.simulate.server import chat

        return await chat(sim, request, read=chat_body, write=answer_body)

    prefixes = ("/v1", "/openai", "/openai/v1")
    return [Route(f"{prefix}/responses", respond, methods=["POST"]) for prefix in prefixes]
