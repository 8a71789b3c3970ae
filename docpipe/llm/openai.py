"""OpenAI, Azure OpenAI and every server that speaks Chat Completions or Responses. Imports the core, and the openai package lazily.

What a server does not understand of a request (a strict schema, a temperature, a newer field) is learnt from its refusal, once.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docpipe.errors import BadSetting, ProviderAuth, ProviderError, ProviderTimeout, ReplyMalformed
from docpipe.llm import responses
from docpipe.llm.failures import failure, safe, words_of
from docpipe.llm.limits import limits_in
from docpipe.llm.profiles import profile
from docpipe.llm.provider import Connection, Plugin, Provider
from docpipe.model.chunk import Reply, Request, Usage

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

__all__ = ["PROVIDER", "OpenAI", "connect", "open_client"]

_FORMAT = ("response_format", "json_schema", "text.format", "structured output", "structured_output", "guided")
_UNKNOWN = re.compile(
    r"unsupported|unrecogni[sz]ed|not support|unknown|extra inputs|not permitted|unexpected|does not|invalid"
)
_AT_MOST = re.compile(r"at most (\d{2,7})")
_LEARNT = {
    "no schema": "replies are not held to a JSON schema: JSON mode, with the schema in the prompt",
    "no format": "no JSON mode either: the prompt alone asks for JSON",
    "no temperature": "the model takes no temperature",
    "newer limit": "the output limit goes by its newer name",
    "older limit": "the output limit goes by its older name",
    "no responses": "there is no Responses API: Chat Completions",
}


class OpenAI:
    """A client with the library's own retries off, so that every attempt is counted."""

    def __init__(self, connection: Connection) -> None:
        self.name = "azure" if connection.azure_endpoint else "openai"
        self._connection = connection
        self._client: AsyncOpenAI | None = None
        self._learnt: dict[str, frozenset[str]] = {}
        self._most: dict[str, int] = {}

    async def complete(self, request: Request) -> Reply:
        """See ``Provider``. ``Reply.finish`` is ``filter`` for a filtered answer and for a refusal by the model.

        A refusal (400) that names what the server does not understand costs nothing and is answered by the request without it.
        """
        import httpx2
        import openai

        if self._client is None:
            self._client = open_client(self._connection)
        # The error is raised outside of ``except``, so that no traceback carries the library's request and headers.
        failed: ProviderError
        while True:
            learnt, started = self._learnt.get(request.model, frozenset()), time.perf_counter()
            thinks = self._connection.api == "responses" and "no responses" not in learnt
            path = responses.PATH if thinks else "/chat/completions"
            try:
                async with asyncio.timeout(self._connection.timeout + self._connection.connect_timeout):
                    # The plain post spares the library's typed transformation of the body: half of the CPU time of a call.
                    raw = await self._client.post(path, cast_to=httpx2.Response, body=self.body(request, learnt))
                reply = (responses.reply if thinks else chat_reply)(json.loads(raw.text))
                return replace(
                    reply, latency_seconds=time.perf_counter() - started, limits=limits_in(raw.headers),
                    request_id=safe(raw.headers.get("x-request-id", "")),
                )  # fmt: skip
            except TimeoutError:
                failed = ProviderTimeout("The provider did not answer in time.")
            except openai.APIStatusError as error:
                if self._learns(request, learnt, error):
                    continue
                failed = failure(error)
            except openai.OpenAIError as error:
                failed = failure(error)
            except ProviderError as error:
                failed = error
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                failed = ReplyMalformed("The provider's answer is not a completion.")
            break
        key = self._connection.key
        failed.details = {k: v for k, v in failed.details.items() if not (key and isinstance(v, str) and key in v)}
        raise failed from None

    async def close(self) -> None:
        """See ``Provider``."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def body(self, request: Request, learnt: frozenset[str] = frozenset()) -> dict[str, Any]:
        """What is sent. ``learnt``: what the server was found not to understand."""
        temperature, most = self._traits(request)
        if "no temperature" in learnt:
            temperature = None
        system = request.system
        form: dict[str, Any] | None = {"type": "json_object"}
        if request.schema and self._connection.strict_schema and not learnt & {"no schema", "no format"}:
            form = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": json.loads(request.schema)},
            }
        elif request.schema:
            system = f"{system}\n\n# JSON schema of the reply\n\n{request.schema}"
        if "no format" in learnt:
            form = None
        if self._connection.api == "responses" and "no responses" not in learnt:
            return responses.body(request.model, system, request.user, form, temperature, most)
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": request.user}],
        }
        if form is not None:
            body["response_format"] = form
        if temperature is not None:
            body["temperature"] = temperature
        if most:
            body[self._limit_name(temperature is not None, learnt)] = most
        return body

    def _traits(self, request: Request) -> tuple[float | None, int]:
        """The temperature to send, None for none, and the output limit."""
        given = self._connection.temperature
        takes = profile(request.model).temperature if given is None else given
        # A model that thinks does so within the limit: one near the need of the answer would cut it off.
        most = request.max_output if takes else max(request.max_output, self._connection.max_output)
        cap = self._most.get(request.model, 0)
        return request.temperature if takes else None, min(most, cap) if cap else most

    def _limit_name(self, takes_temperature: bool, learnt: frozenset[str]) -> str:
        """Compatible servers know the older name; OpenAI's newer models refuse it."""
        if "newer limit" in learnt:
            return "max_completion_tokens"
        if "older limit" in learnt:
            return "max_tokens"
        own = not self._connection.base_url or "openai.com" in self._connection.base_url
        return "max_completion_tokens" if own or not takes_temperature else "max_tokens"

    def _learns(self, request: Request, used: frozenset[str], error: APIStatusError) -> bool:
        """Whether the refusal names something that can be left out or said otherwise; if so, it is remembered and told."""
        what = self._named(request, used, error)
        if not what or what in used or len(used) > len(_LEARNT):
            return False
        known = self._learnt.get(request.model, frozenset())
        if what not in known:
            self._learnt[request.model] = known | {what}
            if self._connection.told is not None:
                self._connection.told(_LEARNT.get(what, what))
        return True

    def _named(self, request: Request, used: frozenset[str], error: APIStatusError) -> str:
        body, words = self.body(request, used), words_of(error)
        if error.status_code == 404 and "input" in body:
            return "" if "model" in words else "no responses"
        if error.status_code not in (400, 422) or "content_filter" in str(error.body):
            return ""
        limit = next((k for k in ("max_tokens", "max_completion_tokens", "max_output_tokens") if k in body), "")
        if limit and ("max_tokens" in words or "max_completion_tokens" in words or limit in words):
            if found := _AT_MOST.search(words):
                cap = int(found.group(1))
                self._most[request.model] = cap
                return f"at most {cap} tokens of output"
            if _UNKNOWN.search(words) and limit != "max_output_tokens":
                return "newer limit" if limit == "max_tokens" else "older limit"
        if "temperature" in words and "temperature" in body:
            return "no temperature"
        if any(name in words for name in _FORMAT):
            strict = "json_schema" in json.dumps(body.get("response_format") or body.get("text") or "")
            return "no schema" if strict else "no format"
        return ""


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


def open_client(connection: Connection) -> AsyncOpenAI:
    """The library's client for a connection, in the running event loop."""
    import httpx2
    import openai

    timeout = httpx2.Timeout(
        connection.timeout, connect=connection.connect_timeout, pool=None, write=min(60.0, connection.timeout)
    )
    # Half of the CPU time a call of the library's own transport (DECISIONS.md, 12).
    http = openai.DefaultAioHttpClient(timeout=timeout)
    if connection.azure_endpoint:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=connection.azure_endpoint,
            api_version=connection.azure_api_version,
            api_key=connection.key,
            timeout=timeout,
            max_retries=0,
            http_client=http,
        )
    # A local server wants no key, but the library insists on one.
    return openai.AsyncOpenAI(
        base_url=connection.base_url or None,
        api_key=connection.key or "none",
        timeout=timeout,
        max_retries=0,
        http_client=http,
    )


def chat_reply(body: dict[str, Any]) -> Reply:
    """The reply in a chat completion. Any shape that is none raises a plain error for the caller to name."""
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
    return Reply(content, finish, str(body.get("model") or ""), usage)
