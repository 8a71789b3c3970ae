"""OpenAI, Azure OpenAI and every server that speaks Chat Completions. Imports the core, and the openai package lazily.

Every failure becomes exactly one leaf of ``ProviderError``. Nothing here logs, and no message holds text or a key.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from docpipe.llm.limits import as_details, limits_in
from docpipe.llm.pricing import profile
from docpipe.llm.provider import Connection, Plugin, Provider
from docpipe.model.chunk import Reply, Request, Usage

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

__all__ = ["PROVIDER", "OpenAI", "connect"]

_SAFE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_PARTS_OF_FILTER = (
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "cyber_policy_violation",
)


class OpenAI:
    """A Chat Completions client with the library's own retries off, so that every attempt is counted."""

    def __init__(self, connection: Connection) -> None:
        self.name = "azure" if connection.azure_endpoint else "openai"
        self._connection = connection
        self._client: AsyncOpenAI | None = None

    async def complete(self, request: Request) -> Reply:
        """See ``Provider``. ``Reply.finish`` is ``filter`` for a filtered answer and for a refusal by the model."""
        import httpx2
        import openai

        if self._client is None:
            self._client = _open(self._connection)
        started = time.perf_counter()
        # The error is raised outside of ``except``, so that no traceback carries the library's request and headers.
        failure: ProviderError
        try:
            async with asyncio.timeout(self._connection.timeout + self._connection.connect_timeout):
                # The plain post spares the library's typed transformation of the body: half of the CPU time of a call.
                raw = await self._client.post("/chat/completions", cast_to=httpx2.Response, body=self._body(request))
            answer = _reply(raw.text, _safe(raw.headers.get("x-request-id", "")), time.perf_counter() - started)
            return replace(answer, limits=limits_in(raw.headers))
        except TimeoutError:
            failure = ProviderTimeout("The provider did not answer in time.")
        except openai.OpenAIError as error:
            failure = _failure(error)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            failure = ReplyMalformed("The provider's answer is not a chat completion.")
        key = self._connection.key
        failure.details = {k: v for k, v in failure.details.items() if not (key and isinstance(v, str) and key in v)}
        raise failure

    async def close(self) -> None:
        """See ``Provider``."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _body(self, request: Request) -> dict[str, Any]:
        traits = profile(request.model)
        system = request.system
        form: dict[str, Any] = {"type": "json_object"}
        if request.schema and self._connection.strict_schema:
            schema = json.loads(request.schema)
            form = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}
        elif request.schema:
            system = f"{system}\n\n# JSON schema of the reply\n\n{request.schema}"
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": request.user}],
            "response_format": form,
        }
        if traits.temperature:
            body["temperature"] = request.temperature
        if request.max_output:
            # Compatible servers know the older name; OpenAI's newer models refuse it.
            own = not self._connection.base_url or "openai.com" in self._connection.base_url
            name = "max_completion_tokens" if own or not traits.temperature else "max_tokens"
            body[name] = request.max_output
        return body


def connect(connection: Connection) -> Provider:
    """Raises ``ProviderAuth`` where OpenAI or Azure is meant and no key is given, ``BadSetting`` for half an Azure setting."""
    if connection.azure_endpoint and not connection.azure_api_version:
        raise BadSetting(
            "Azure OpenAI needs OPENAI_API_VERSION beside AZURE_OPENAI_ENDPOINT.", setting="azure_api_version"
        )
    if not connection.key and (connection.azure_endpoint or not connection.base_url):
        raise ProviderAuth("No key is set for the model provider.")
    return OpenAI(connection)


PROVIDER = Plugin("openai", connect)


def _open(connection: Connection) -> AsyncOpenAI:
    import httpx2
    import openai

    timeout = httpx2.Timeout(
        connection.timeout, connect=connection.connect_timeout, pool=None, write=min(60.0, connection.timeout)
    )
    if connection.azure_endpoint:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=connection.azure_endpoint,
            api_version=connection.azure_api_version,
            api_key=connection.key,
            timeout=timeout,
            max_retries=0,
        )
    # A local server wants no key, but the library insists on one.
    return openai.AsyncOpenAI(
        base_url=connection.base_url or None, api_key=connection.key or "none", timeout=timeout, max_retries=0
    )


def _reply(text: str, request_id: str, seconds: float) -> Reply:
    """The reply in a response body. Any shape that is no chat completion raises a plain error for the caller to name."""
    body = json.loads(text)
    choice = body["choices"][0]
    message = choice["message"]
    content = message.get("content")
    finish = {"length": "length", "content_filter": "filter"}.get(str(choice.get("finish_reason")), "stop")
    if message.get("refusal") and not content:
        finish = "filter"
    if not isinstance(content, str):
        if finish == "stop":
            raise ValueError("no content")
        content = ""
    used = body.get("usage") or {}
    cached = (used.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    usage = Usage(int(used.get("prompt_tokens") or 0), int(cached), int(used.get("completion_tokens") or 0))
    return Reply(content, finish, str(body.get("model") or ""), usage, seconds, request_id)


def _safe(value: object) -> str:
    """A provider's code or id if it is one, else "": free text of a provider may quote the document or a key."""
    return value if isinstance(value, str) and _SAFE.fullmatch(value) else ""


def _failure(error: Exception) -> ProviderError:
    """The one leaf that an exception of the library stands for."""
    import httpx2
    import openai

    cause = error.__cause__
    if isinstance(error, openai.APITimeoutError):
        if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
            return ProviderDown("The provider cannot be reached: connecting took too long.")
        return ProviderTimeout("The provider did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        if isinstance(cause, httpx2.ConnectError | httpx2.UnsupportedProtocol | httpx2.ProxyError):
            return ProviderDown("The provider cannot be reached.")
        return ProviderLost("The connection to the provider broke after the request was sent.")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error)
    if isinstance(error, openai.APIResponseValidationError):
        return ReplyMalformed("The provider's answer is not a chat completion.")
    return ProviderDown("The model provider's client is not usable as it is set.")


def _by_status(error: APIStatusError) -> ProviderError:
    status = error.status_code
    body = error.body if isinstance(error.body, dict) else {}
    code = _safe(body.get("code")) or _safe(body.get("type"))
    asked = {"status": status, "reason": code or None, "request_id": _safe(error.request_id) or None}
    if status in (401, 403):
        return ProviderAuth("The provider does not accept the key.", **asked)
    if status == 404 or code == "model_not_found":
        return ProviderNotFound("The provider does not know the model or the address.", **asked)
    if status == 429:
        words = "quota is used up" if code == "insufficient_quota" else "rate limit is reached"
        told = as_details(limits_in(error.response.headers))
        return ProviderBusy(f"The provider's {words}.", retry_after=_wait(error.response.headers), **asked, **told)
    if status in (408, 504):
        return ProviderTimeout("The provider, or a gateway before it, timed out.", **asked)
    if status >= 500 or status == 409:
        return ProviderOverloaded(
            f"The provider answered with status {status}.", retry_after=_wait(error.response.headers), **asked
        )
    inner = body.get("innererror")
    inner_code = _safe(inner.get("code")) if isinstance(inner, dict) else ""
    if code.lower() in _PARTS_OF_FILTER or inner_code.lower() in _PARTS_OF_FILTER:
        return ProviderRefused(
            "The provider's content filter refused the request.", **{**asked, "reason": "content_filter"}
        )
    if status == 413 or code in ("context_length_exceeded", "string_above_max_length"):
        return ProviderRefused("The request is too long for the model.", **{**asked, "reason": "too_long"})
    return ProviderRefused(f"The provider refused the request with status {status}.", **asked)


def _wait(headers: Any) -> float | None:
    """Seconds from ``retry-after-ms`` or ``Retry-After`` (seconds or HTTP date, RFC 9110 10.2.3), None without one."""
    from email.utils import parsedate_to_datetime

    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if not value:
            continue
        try:
            return max(0.0, float(value) * scale)
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            continue
    return None
