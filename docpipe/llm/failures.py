"""Every failure of a provider as exactly one leaf of ``ProviderError``. Imports the core and its room, the openai package lazily.

Nothing here logs, and no message holds text or a key: what a provider says freely may quote the document.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docpipe.errors import (
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

if TYPE_CHECKING:
    from openai import APIStatusError

__all__ = ["by_status", "failure", "safe", "wait_in", "words_of"]

_SAFE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_PARTS_OF_FILTER = (
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "cyber_policy_violation",
)
_TOO_LONG = ("context_length_exceeded", "string_above_max_length", "exceed_context_size_error")
_LONG_WORDS = re.compile(r"context (?:length|window|size)")


def words_of(error: APIStatusError) -> str:
    """What the provider says freely, in lower case, to look for words in; never to be shown."""
    return _words(error.body) if isinstance(error.body, dict) else str(error.body).lower()


def _words(body: Mapping[str, Any]) -> str:
    return " ".join(str(body.get(k) or "") for k in ("param", "message", "detail")).lower()


def safe(value: object) -> str:
    """A provider's code or id if it is one, else "": free text of a provider may quote the document or a key."""
    return value if isinstance(value, str) and _SAFE.fullmatch(value) else ""


def failure(error: Exception) -> ProviderError:
    """The one leaf that an exception of the library stands for."""
    import httpx2
    import openai

    cause = error.__cause__
    if isinstance(error, openai.APIConnectionError) and (leaf := _by_aiohttp(cause)) is not None:
        return leaf
    if isinstance(error, openai.APITimeoutError):
        if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
            return ProviderDown("The provider cannot be reached: connecting took too long.")
        return ProviderTimeout("The provider did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        if isinstance(cause, httpx2.ConnectError | httpx2.UnsupportedProtocol | httpx2.ProxyError):
            return ProviderDown("The provider cannot be reached.")
        return ProviderLost("The connection to the provider broke after the request was sent.")
    if isinstance(error, openai.APIStatusError):
        body = error.body if isinstance(error.body, dict) else {"message": str(error.body)}
        return by_status(error.status_code, body, error.response.headers, error.request_id)
    if isinstance(error, openai.APIResponseValidationError):
        return ReplyMalformed("The provider's answer is not what was asked for.")
    return ProviderDown("The model provider's client is not usable as it is set.")


def _by_aiohttp(error: BaseException | None) -> ProviderError | None:
    """The leaf for what aiohttp raised, which its adapter makes a failure to connect even where the request had left."""
    import aiohttp

    inner = error.__cause__ if error is not None else None
    if not isinstance(inner, aiohttp.ClientError | TimeoutError):
        return None
    if isinstance(inner, aiohttp.ConnectionTimeoutError):
        return ProviderDown("The provider cannot be reached: connecting took too long.")
    if isinstance(inner, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError | aiohttp.InvalidURL):
        return ProviderDown("The provider cannot be reached.")
    if isinstance(inner, TimeoutError):
        return ProviderTimeout("The provider did not answer in time.")
    return ProviderLost("The connection to the provider broke after the request was sent.")


def by_status(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str], request_id: object = ""
) -> ProviderError:
    """The leaf for an answer with an error's status. ``body``: what stands under ``error`` in it."""
    code = safe(body.get("code")) or safe(body.get("type"))
    asked = {"status": status, "reason": code or None, "request_id": safe(request_id) or None}
    if status in (401, 403):
        return ProviderAuth("The provider does not accept the key.", **asked)
    if status == 404 or code == "model_not_found":
        return ProviderNotFound("The provider does not know the model or the address.", **asked)
    if status == 429:
        words = "quota is used up" if code == "insufficient_quota" else "rate limit is reached"
        told = as_details(limits_in(headers))
        return ProviderBusy(f"The provider's {words}.", retry_after=wait_in(headers), **asked, **told)
    if status in (408, 504):
        return ProviderTimeout("The provider, or a gateway before it, timed out.", **asked)
    if status >= 500 or status == 409:
        return ProviderOverloaded(f"The provider answered with status {status}.", retry_after=wait_in(headers), **asked)
    inner = body.get("innererror")
    inner_code = safe(inner.get("code")) if isinstance(inner, dict) else ""
    if code.lower() in _PARTS_OF_FILTER or inner_code.lower() in _PARTS_OF_FILTER:
        return ProviderRefused(
            "The provider's content filter refused the request.", **{**asked, "reason": "content_filter"}
        )
    if status == 413 or code in _TOO_LONG or _LONG_WORDS.search(_words(body)):
        return ProviderRefused("The request is too long for the model.", **{**asked, "reason": "too_long"})
    return ProviderRefused(f"The provider refused the request with status {status}.", **asked)


def wait_in(headers: Any) -> float | None:
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
