"""One request of a run: reserved, sent, received, tried again; paid for once across workers. Imports the core, safe and its room.

What is asked and what of a reply can stand is the engine's business; money, pace and failures are this module's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from docpipe.errors import (
    BudgetSpent,
    CallInFlight,
    DocpipeError,
    ProviderBusy,
    ProviderError,
    ProviderOverloaded,
    ProviderTimeout,
)
from docpipe.llm.access import Access, Line, Lines
from docpipe.llm.books import BOOKS
from docpipe.llm.chain import Chain, Link
from docpipe.llm.gate import Caller, Stopped, Ticket
from docpipe.llm.limits import limits_of
from docpipe.llm.orders import Orders, Tally
from docpipe.llm.pace import delay
from docpipe.llm.provider import is_final, maybe_paid, retry_after
from docpipe.llm.task import Task
from docpipe.model.chunk import Reply, Request
from docpipe.model.protocols import Ledger
from docpipe.safe.faults import armed, point

__all__ = ["Sender", "Stopped"]

P = ParamSpec("P")
T = TypeVar("T")
_LATE: set[asyncio.Future[Reply]] = set()
"""Second requests whose twin was quicker: they are received and written down whenever they come."""


@dataclass(slots=True)
class _Sending:
    """A request on its way to one link. ``tokens``: input and expected output. ``tries``: failures that count."""

    line: Line
    request: Request
    tokens: int
    rank: tuple[int, float]
    tries: int = 0
    wait: float = 0.0


class Sender:
    """The way of one run's requests to its models and back. For one event loop."""

    def __init__(self, access: Access, lines: Lines, ledger: Ledger, orders: Orders, tally: Tally) -> None:
        self._access, self._lines = access, lines
        self._ledger, self._orders, self._tally = ledger, orders, tally
        self._chain = Chain(access.links)
        self._caller = Caller(orders.concurrency)
        self._joined: list[Line] = []
        self._entries: set[asyncio.Future[Any]] = set()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Nothing more is sent from now on; what is in flight is received."""
        self._stop.set()
        self._caller.stopped = True
        for line in self._joined:
            line.gate.dismiss(self._caller)

    async def close(self) -> None:
        """What was handed to the ledger is written, whatever cancelled us; the lines are left."""
        try:
            if self._entries:
                await asyncio.wait(set(self._entries))
        finally:
            for line in self._joined:
                line.part(self._caller)
            self._joined.clear()

    async def reply(self, request: Request, task: Task) -> Reply:
        """As ``ask``, for a task of the engine: re-asks first, since they hold up their chunk, then the longest."""
        size = max(task.chunk.tokens, len(request.user) // 4)
        rank = (0 if request.attempt else 1, -float(task.chunk.tokens))
        return await self.ask(request, size, task.chunk.output_tokens, rank)

    async def ask(self, request: Request, size: int, expected: int, rank: tuple[int, float]) -> Reply:
        """The reply of an earlier call, of our own, or of another worker's that has the very same request under way.

        ``size`` and ``expected``: tokens of the request's user part and of its reply, as reckoned; 0: not known. Raises
        ``Stopped``, or the provider's error when neither asking again nor another model of the chain helps.
        """

        async def send(link: Link, own: Request) -> Reply:
            tokens = len(own.system) // 4 + size + min(own.max_output, expected or own.max_output)
            return await self._through(_Sending(self._line(link), own, tokens, rank))

        return await self._chain.ask(request, stored=self._stored, send=send)

    # ------------------------------------------------------------ one link

    def _line(self, link: Link) -> Line:
        line = self._lines.line(link, self._access)
        if line not in self._joined:
            self._joined.append(line)
            line.join(self._caller)
        return line

    async def _stored(self, request: Request) -> Reply | None:
        reply = await self._on_books(self._ledger.stored, request.spend_key)
        if reply is not None:
            self._tally.reused += 1
        return reply

    async def _through(self, sending: _Sending) -> Reply:
        """Sends until there is a reply. While another worker has the very same request under way, its reply is waited for."""
        waited = 0.0
        while True:
            try:
                return await self._tried(sending)
            except CallInFlight:
                if waited > self._orders.patience:
                    raise
            waited += self._orders.backoff
            await self._rest(self._orders.backoff)
            if (reply := await self._stored(sending.request)) is not None:
                return reply

    async def _tried(self, sending: _Sending) -> Reply:
        """The reply, paid for and stored. Raises the provider's error when asking again cannot help or did not."""
        waited = 0.0
        while True:
            if self._stop.is_set():
                raise Stopped
            await sending.line.ready()
            ticket = await sending.line.gate.enter(self._caller, sending.tokens, sending.rank)
            try:
                return await self._hedged(sending, ticket)
            except ProviderError as failed:
                error = failed
            self._tally.failed += 1
            if is_final(error) or isinstance(error, BudgetSpent):
                raise error
            if isinstance(error, ProviderBusy):
                waited += sending.wait
                spent = waited > self._orders.patience
            else:
                sending.tries += 1
                spent = sending.tries >= self._orders.tries
            if spent:
                raise error
            self._tally.retries += 1
            await self._rest(sending.wait)

    async def _hedged(self, sending: _Sending, ticket: Ticket) -> Reply:
        """One attempt; where the settings allow it, a second beside one that is slow, and the first reply counts."""
        after = self._access.hedge_after
        if not after:
            return await self._attempt(sending, ticket, twin=False)
        attempts: set[asyncio.Future[Reply]] = {asyncio.ensure_future(self._attempt(sending, ticket, twin=False))}
        try:
            done, _ = await asyncio.wait(attempts, timeout=after)
            if not done and (second := sending.line.gate.spare(self._caller, sending.tokens)) is not None:
                attempts.add(asyncio.ensure_future(self._attempt(sending, second, twin=True)))
            return await self._first(attempts)
        except asyncio.CancelledError:
            for attempt in attempts:
                attempt.cancel()
            await asyncio.gather(*attempts, return_exceptions=True)
            raise

    async def _first(self, attempts: set[asyncio.Future[Reply]]) -> Reply:
        """The first reply; the error of the first attempt where no attempt has one."""
        open_, failure = set(attempts), None
        while open_:
            done, open_ = await asyncio.wait(open_, return_when=asyncio.FIRST_COMPLETED)
            for attempt in done:
                if (error := attempt.exception()) is None:
                    for late in open_:
                        _LATE.add(late)
                        late.add_done_callback(_forget)
                    return attempt.result()
                if failure is None or isinstance(failure, CallInFlight):
                    failure = error
        assert failure is not None
        raise failure

    async def _attempt(self, sending: _Sending, ticket: Ticket, *, twin: bool) -> Reply:
        """One call, from its place at the gate to its entry in the ledger. Raises the provider's error, once it is written down."""
        gate, request, left = sending.line.gate, sending.request, False
        try:
            if self._stop.is_set():
                raise Stopped
            provider = sending.line.provider()
            call = await self._on_books(self._ledger.reserve, request, sending.tokens, twin=twin)
            point("engine.reserve")
            await self._on_books(self._ledger.sent, call)
            self._tally.calls += 1
            point("engine.before_send")
            try:
                if armed("engine.after_send"):
                    asyncio.get_running_loop().call_later(0.1, point, "engine.after_send")
                reply = await provider.complete(request)
            except ProviderError as error:
                await self._on_books(self._ledger.failed, call, error, maybe_paid=maybe_paid(error))
                self._setback(sending, ticket, error)
                left = True
                raise
            point("engine.before_receive")
            await self._on_books(self._ledger.received, call, reply)
            point("engine.after_receive")
            usage = reply.usage
            gate.answered(ticket, sending.tokens, usage.input_tokens + usage.output_tokens, reply.limits)
            left = True
            self._tally.usage += usage
            return reply
        finally:
            if not left:
                gate.not_sent(ticket)

    def _setback(self, sending: _Sending, ticket: Ticket, error: ProviderError) -> None:
        asked = retry_after(error)
        sending.wait = delay(sending.tries, asked, sending.request.spend_key, self._orders.backoff)
        gate, limits = sending.line.gate, limits_of(error)
        if isinstance(error, ProviderBusy):
            gate.refused(ticket, limits, sending.wait)
        else:
            slow = isinstance(error, ProviderOverloaded | ProviderTimeout)
            gate.failed(ticket, sending.wait if asked is not None else 0.0, slow=slow)

    # ------------------------------------------------------------ waiting

    async def _on_books(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """An entry of the ledger, on its thread; it is written even if this task is cancelled meanwhile."""
        future = asyncio.wrap_future(BOOKS.submit(self._ledger, call, *args, **kwargs))
        self._entries.add(future)
        future.add_done_callback(self._entries.discard)
        return await asyncio.shield(future)

    async def _rest(self, seconds: float) -> None:
        """Waits, but not longer than the run goes on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
            raise Stopped


def _forget(late: asyncio.Future[Reply]) -> None:
    _LATE.discard(late)
    if not late.cancelled() and (error := late.exception()) is not None and not isinstance(error, DocpipeError):
        raise error
