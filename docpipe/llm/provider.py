"""What a model provider is: a request in, a reply with usage out. Imports the core only.

One module of ``docpipe/llm`` is one provider and offers ``PROVIDER``, a ``Plugin``; the registry finds it by that name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from docpipe.errors import (
    OfflineModelMissing,
    ProviderAuth,
    ProviderBusy,
    ProviderError,
    ProviderNotFound,
    ProviderRefused,
    ReplyNotRecorded,
)
from docpipe.model.chunk import Reply, Request

__all__ = ["Connection", "Plugin", "Provider", "is_final", "maybe_paid", "retry_after"]


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a provider. ``timeout``: seconds for one whole call. ``azure_endpoint`` selects the Azure client.

    ``strict_schema``: whether the server holds replies to a JSON schema; where not, the schema goes into the prompt.
    ``temperature``: whether the model takes one, None to guess from its name. ``api``: chat | responses. ``max_output``: what a
    model without temperature may think and answer in, 0 for the request's own limit. ``folder``: file or folder of a provider
    without network. ``told``: is told, once a connection, what the server does not understand.
    """

    base_url: str = ""
    key: str = field(default="", repr=False)
    azure_endpoint: str = ""
    azure_api_version: str = ""
    timeout: float = 180.0
    connect_timeout: float = 10.0
    strict_schema: bool = True
    temperature: bool | None = None
    api: str = "chat"
    max_output: int = 0
    folder: Path | None = None
    told: Callable[[str], None] | None = field(default=None, repr=False, compare=False)


class Provider(Protocol):
    """An open connection. Not bound to a thread, but to the event loop in which it is first used."""

    name: str

    async def complete(self, request: Request) -> Reply:
        """Sends one request, once: no retries inside. Raises exactly one leaf of ``ProviderError`` for whatever fails."""

    async def close(self) -> None:
        """Gives the connections back."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A provider as the registry sees it. ``connect`` is None where there is no network (``rehearsal``)."""

    name: str
    connect: Callable[[Connection], Provider] | None


_PAID_PERHAPS = ("provider.timeout", "provider.connection_lost", "provider.malformed_reply", "provider.truncated")


def maybe_paid(error: ProviderError) -> bool:
    """Whether the provider may have charged for a call that failed so."""
    return error.code in _PAID_PERHAPS


def is_final(error: ProviderError) -> bool:
    """Whether asking again cannot help: wrong key, unknown model, refused request, quota used up."""
    if isinstance(error, ProviderBusy):
        return error.details.get("reason") == "insufficient_quota"
    return isinstance(error, ProviderAuth | ProviderNotFound | ProviderRefused | ReplyNotRecorded | OfflineModelMissing)


def retry_after(error: ProviderError) -> float | None:
    """Seconds the provider asked us to wait, None where it did not say."""
    value = error.details.get("retry_after")
    return float(value) if isinstance(value, int | float) else None
