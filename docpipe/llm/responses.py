"""The Responses API: the body of a request and the reply in an answer, for models that think. Imports the core only.

Nothing is kept at the provider (``store`` is false), no tools are offered, and the tokens of thinking count as output.
"""

from __future__ import annotations

from typing import Any

from docpipe.errors import ProviderBusy, ProviderOverloaded
from docpipe.model.chunk import Reply, Usage

__all__ = ["PATH", "body", "reply"]

PATH = "/responses"


def body(
    model: str, system: str, user: str, form: dict[str, Any] | None, temperature: float | None, most: int
) -> dict[str, Any]:
    """What is posted. ``form``: the ``response_format`` of Chat Completions; ``most``: tokens, thinking included, 0 for no limit."""
    made: dict[str, Any] = {"model": model, "instructions": system, "input": user, "store": False}
    if form is not None:
        made["text"] = {"format": {"type": form["type"], **form.get("json_schema", {})}}
    if temperature is not None:
        made["temperature"] = temperature
    if most:
        made["max_output_tokens"] = most
    return made


def reply(answer: dict[str, Any]) -> Reply:
    """The reply in an answer. Raises ``ProviderOverloaded`` or ``ProviderBusy`` for one that failed at the provider; any
    shape that is no answer raises a plain error for the caller to name."""
    status = str(answer["status"])
    if status == "failed":
        code = str((answer.get("error") or {}).get("code") or "")
        leaf = ProviderBusy if code == "rate_limit_exceeded" else ProviderOverloaded
        raise leaf("The provider could not finish its answer.", status=200)
    parts = [p for item in answer["output"] if item.get("type") == "message" for p in item.get("content") or ()]
    text = "".join(str(p.get("text") or "") for p in parts if p.get("type") == "output_text")
    finish = "stop"
    if status == "incomplete":
        why = str((answer.get("incomplete_details") or {}).get("reason") or "")
        finish = "filter" if why == "content_filter" else "length"
    elif any(p.get("type") == "refusal" for p in parts) and not text:
        finish = "filter"
    elif status != "completed":
        raise ValueError("not an answer that is at its end")
    elif not parts:
        raise ValueError("no content")
    used = answer.get("usage") or {}
    cached = (used.get("input_tokens_details") or {}).get("cached_tokens") or 0
    usage = Usage(int(used.get("input_tokens") or 0), int(cached), int(used.get("output_tokens") or 0))
    return Reply(text, finish, str(answer.get("model") or ""), usage)
