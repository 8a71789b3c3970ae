"""Streamed chat completions as server-sent events: a first chunk, pieces of text at the provider's speed, finish, usage. Imports nothing of docpipe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["DONE", "events"]

DONE = b"data: [DONE]\n\n"
_A_SECOND = 20
"""Pieces a second at most, so that a fast model does not cost a chunk a token."""
_CHARACTERS_A_TOKEN = 4


def events(
    head: dict[str, Any], text: str, finish: str, usage: dict[str, Any] | None, speed: float
) -> Iterator[tuple[float, bytes]]:
    """Pauses in seconds and the event that follows each. ``head``: id, created and model of every chunk; ``speed``: tokens a second."""
    with_usage = {"usage": None} if usage is not None else {}

    def chunk(delta: dict[str, Any], ended: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": ended}
        return _event({**head, "object": "chat.completion.chunk", "choices": [choice], **with_usage})

    yield 0.0, chunk({"role": "assistant", "content": "", "refusal": None})
    group = max(1, round(speed / _A_SECOND)) if speed else 256
    step = group * _CHARACTERS_A_TOKEN
    pause = group / speed if speed else 0.0
    for at in range(0, len(text), step):
        yield pause, chunk({"content": text[at : at + step]})
    yield 0.0, chunk({}, finish)
    if usage is not None:
        yield 0.0, _event({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    yield 0.0, DONE


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n\n"
