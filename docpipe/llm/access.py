"""How a run reaches its models, and the lines that all runs of a process share: one client and one gate a scope. Imports the core and its room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from docpipe.errors import StorageError
from docpipe.llm.books import BOOKS
from docpipe.llm.chain import Link
from docpipe.llm.gate import Caller, Gate
from docpipe.llm.provider import Provider
from docpipe.model.protocols import RateShares

__all__ = ["Access", "Line", "Lines"]

_RENEW, _RENEW_ALONE = 2.0, 4.0
"""Seconds between two looks at what other processes need of a limit."""
_IDLE = 10.0
"""Seconds for which a line without a run stays open: the next document may follow."""


@dataclass(frozen=True, slots=True)
class Access:
    """The chain of models of a recipe and what the settings say of their limits (a minute; 0: learnt from the provider).

    ``hedge_after``: seconds after which a slow request is sent a second time, 0 = never. ``shares``: where processes share a limit.
    """

    links: tuple[Link, ...]
    requests_minute: float = 0.0
    tokens_minute: float = 0.0
    hedge_after: float = 0.0
    timeout: float = 180.0
    shares: RateShares | None = field(default=None, compare=False)


class Line:
    """One scope: its provider, opened when first needed, and the gate before it."""

    def __init__(self, link: Link, access: Access, *, first: bool) -> None:
        # Limits that the settings give are those of the recipe's own model, not of what it falls back to.
        given = (access.requests_minute, access.tokens_minute) if first else (0.0, 0.0)
        self.gate = Gate(*given, timeout=access.timeout)
        self.scope = link.scope
        self._connect: Callable[[], Provider] = link.connect
        self._shares = access.shares if link.scope else None
        self._provider: Provider | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._first_share: asyncio.Future[None] | None = None
        self._closing: asyncio.TimerHandle | None = None

    def provider(self) -> Provider:
        """The open provider. Raises what connecting raises."""
        if self._provider is None:
            self._provider = self._connect()
        return self._provider

    async def ready(self) -> None:
        """Waits until this process knows its part of a shared limit."""
        if self._shares is None:
            return
        if self._keeper is None:
            self._first_share = asyncio.get_running_loop().create_future()
            self._keeper = asyncio.create_task(self._keep(self._shares))
            self._keeper.add_done_callback(self._kept)
        assert self._first_share is not None
        await asyncio.shield(self._first_share)

    def join(self, caller: Caller) -> None:
        """A run begins."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        self.gate.join(caller)

    def part(self, caller: Caller) -> None:
        """A run ended; a line that nobody uses any more is closed after a while."""
        self.gate.part(caller)
        if not self.gate.calling and self.scope:
            self._closing = asyncio.get_running_loop().call_later(_IDLE, self._close_soon)

    async def close(self) -> None:
        """Gives back the connections and the part of the limit. The gate keeps what it learnt."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None and self._shares is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await asyncio.wrap_future(BOOKS.submit(None, self._shares.release, self.scope))
        provider, self._provider = self._provider, None
        if provider is not None:
            await provider.close()

    def _close_soon(self) -> None:
        if self.gate.calling:
            return
        if self.gate.active:  # a second request whose twin was quicker
            self._closing = asyncio.get_running_loop().call_later(_IDLE, self._close_soon)
            return
        self._ending = asyncio.create_task(self.close())

    def _kept(self, keeper: asyncio.Task[None]) -> None:
        """Whatever ended the keeper, nobody waits for it."""
        if self._first_share is not None and not self._first_share.done():
            self._first_share.set_result(None)
        if not keeper.cancelled() and (error := keeper.exception()) is not None:
            raise error

    async def _keep(self, shares: RateShares) -> None:
        gate, first = self.gate, self._first_share
        assert first is not None
        while True:
            demand = gate.demand(2.5 * _RENEW) if gate.calling else 0.0
            try:
                share = await asyncio.wrap_future(
                    BOOKS.submit(
                        None, shares.renew, self.scope, demand, gate.requests.limit, gate.tokens.limit, gate.held
                    )
                )
            except StorageError:
                # The database is busy: the part we have is still leased for some renewals.
                share = None
            if share is not None:
                gate.known(share.requests_minute, share.tokens_minute)
                gate.requests.set_share(share.part)
                gate.tokens.set_share(share.part)
                if share.hold > gate.held:
                    gate.hold(share.hold)
            if not first.done():
                first.set_result(None)
            await asyncio.sleep(_RENEW if share is None or share.part < 1 else _RENEW_ALONE)


class Lines:
    """The lines of one event loop, by scope. ``lasting``: they outlive a run."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def line(self, link: Link, access: Access) -> Line:
        """The line of a link; links of equal scope share one."""
        known = self._lines.get(link.scope)
        if known is None:
            known = self._lines[link.scope] = Line(link, access, first=not link.name)
        return known

    def gate(self, scope: str) -> Gate | None:
        """The gate of a scope that was used already."""
        known = self._lines.get(scope)
        return known.gate if known else None

    async def close(self) -> None:
        """Closes every line."""
        for line in self._lines.values():
            await line.close()
