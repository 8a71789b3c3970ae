"""The chain of models: who is asked next when a model refuses or its provider is down. Imports the core and its room.

Each link's request has a spend key of its own. What any link has answered and been paid for is found again before anything is sent.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from docpipe.errors import (
    ProviderBusy,
    ProviderDown,
    ProviderError,
    ProviderLost,
    ProviderOverloaded,
    ProviderRefused,
    ProviderTimeout,
    ReplyMalformed,
)
from docpipe.llm.provider import Provider
from docpipe.model.chunk import Reply, Request

__all__ = ["HEALTH", "REPLAYED", "Chain", "Health", "Link", "passes_on"]

FILTERED = "provider.refused"
REPLAYED = "provider.answered_before"
"""``Reply.fallback`` of an answer of another link that was stored by an earlier run."""

_AWAY = (ProviderDown, ProviderOverloaded, ProviderTimeout, ProviderLost, ProviderBusy, ReplyMalformed)


@dataclass(frozen=True, slots=True)
class Link:
    """A model of the chain. ``name`` is "" for the first. ``scope`` is equal where limits and connection are shared.

    ``connect`` opens the provider in the running event loop.
    """

    name: str
    provider: str
    model: str
    scope: str
    connect: Callable[[], Provider] = field(repr=False, compare=False)
    max_output_tokens: int = 8192
    temperature: bool = True

    def request(self, request: Request) -> Request:
        """The request as it goes to this link: of the first unchanged, of another with a spend key of its own."""
        if not self.name:
            return request
        most = min(request.max_output or self.max_output_tokens, self.max_output_tokens)
        # A model that thinks does so within the limit, so that a limit near the need would cut its answer off.
        most = most if self.temperature else self.max_output_tokens
        return replace(request, provider=f"{self.provider}/{self.name}", model=self.model, max_output=most)


@dataclass(slots=True)
class _Rest:
    until: float
    seconds: float
    error: ProviderError


@dataclass(slots=True)
class Health:
    """Which scopes were found away, and when they are tried again: after ``first`` seconds, doubling up to ``most``.

    For one event loop. ``clock``: seconds that only grow.
    """

    first: float = 30.0
    most: float = 600.0
    clock: Callable[[], float] = time.monotonic
    _rests: dict[str, _Rest] = field(default_factory=dict)

    def away(self, scope: str) -> ProviderError | None:
        """The error that the scope was last found away with, None if it may be asked.

        When its rest is over, the one who asks is let through to find out, and the others are kept off a little longer.
        """
        rest, now = self._rests.get(scope), self.clock()
        if rest is None:
            return None
        if now >= rest.until:
            rest.until = now + min(rest.seconds, self.first)
            return None
        return type(rest.error)(rest.error.message, **rest.error.details)

    def found_away(self, scope: str, error: ProviderError) -> None:
        """A request was given up there."""
        known = self._rests.get(scope)
        seconds = min(self.most, known.seconds * 2) if known else self.first
        self._rests[scope] = _Rest(self.clock() + seconds, seconds, error)

    def found_well(self, scope: str) -> None:
        """It answers."""
        self._rests.pop(scope, None)


HEALTH = Health()
"""Of the event loop in which this process asks its models."""


class Chain:
    """The links of one recipe. ``links``: at least one, the first being the recipe's own model."""

    def __init__(self, links: Sequence[Link], health: Health = HEALTH) -> None:
        self.links = tuple(links)
        self._health = health

    async def ask(
        self,
        request: Request,
        *,
        stored: Callable[[Request], Awaitable[Reply | None]],
        send: Callable[[Link, Request], Awaitable[Reply]],
    ) -> Reply:
        """The reply of the first link that gives one; ``Reply.fallback`` says why it was not the first.

        ``stored`` looks up what was paid for; ``send`` has one link asked, with that link's pace, waits and repeats. Where no
        link answers: a filtered reply if there is one and nothing else went wrong, else the first error is raised.
        """
        turns = [(link, link.request(request)) for link in self.links]
        filtered: dict[str, Reply] = {}
        for link, own in turns:
            if (reply := await stored(own)) is not None:
                if reply.finish != "filter":
                    return replace(reply, fallback=REPLAYED) if link.name else reply
                filtered[link.name] = reply
        why, error = "", None
        for number, (link, own) in enumerate(turns):
            if link.name in filtered:
                why = why or FILTERED
                continue
            last = number == len(turns) - 1
            if not last and (away := self._health.away(link.scope)):
                why, error = why or away.code, error or away
                continue
            try:
                reply = await send(link, own)
            except ProviderError as failed:
                if not passes_on(failed):
                    raise
                if isinstance(failed, _AWAY):
                    self._health.found_away(link.scope, failed)
                why, error = why or failed.code, error or failed
                continue
            self._health.found_well(link.scope)
            if reply.finish != "filter":
                return replace(reply, fallback=why) if link.name else reply
            why, filtered[link.name] = why or FILTERED, reply
        if filtered and (error is None or isinstance(error, ProviderRefused)):
            return next(iter(filtered.values()))
        assert error is not None
        raise error


def passes_on(error: ProviderError) -> bool:
    """Whether another model may do better: this one refuses the text or is away. A wrong key is to be told, not passed over."""
    if isinstance(error, ProviderRefused):
        return error.details.get("reason") != "too_long"
    return isinstance(error, _AWAY)
