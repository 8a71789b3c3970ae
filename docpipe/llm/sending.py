"""One request of the engine: reserved, sent, received, tried again; paid for once across workers. Imports the core and its room.

What is asked and what of a reply can stand is the engine's business; money, pace and failures are this module's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from docpipe.errors import CallInFlight, ProviderBusy, ProviderError, ProviderOverloaded
from docpipe.llm.orders import Orders, Tally
from docpipe.llm.pace import Pace, delay
from docpipe.llm.provider import Provider, is_final, maybe_paid, retry_after
from docpipe.llm.task import Task
from docpipe.model.chunk import Reply, Request, SpendKey
from docpipe.model.protocols import Ledger

__all__ = ["Sender", "Stopped"]

P = ParamSpec("P")
T = TypeVar("T")


class Stopped(Exception):
    """Another call failed for good: nothing more is sent."""


class Sender:
    """The way of requests to a provider and back, for one run of the engine in one event loop."""

    def __init__(self, provider: Provider, ledger: Ledger, orders: Orders, tally: Tally) -> None:
        self._provider, self._ledger, self._orders, self._tally = provider, ledger, orders, tally
        self._pace = Pace(orders.concurrency)
        self._books = ThreadPoolExecutor(1, thread_name_prefix="docpipe-ledger")
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Nothing more is sent from now on; what is in flight is received."""
        self._stop.set()

    async def stopped(self) -> None:
        """Waits until ``stop`` is called."""
        await self._stop.wait()

    def close(self) -> None:
        """What was handed to the ledger is written, whatever cancelled us."""
        self._books.shutdown(wait=True)

    async def on_books(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call of ledger or store on their thread; it is carried out even if this task is cancelled meanwhile."""
        future = self._books.submit(call, *args, **kwargs)
        return await asyncio.shield(asyncio.wrap_future(future))

    async def reply(self, request: Request, task: Task) -> Reply:
        """The reply of an earlier call, of our own, or of another worker's that has the very same request under way.

        Raises ``Stopped``, or the provider's error when asking again cannot help or did not.
        """
        key, waited = request.spend_key, 0.0
        while True:
            if (reply := await self.on_books(self._ledger.stored, key)) is not None:
                self._tally.reused += 1
                return reply
            try:
                return await self._send(request, key, task)
            except CallInFlight:
                if waited > self._orders.patience:
                    raise
            waited += self._orders.backoff
            await self._rest(self._orders.backoff)

    async def _send(self, request: Request, key: SpendKey, task: Task) -> Reply:
        """The reply, paid for and stored. Raises the provider's error when asking again cannot help or did not."""
        estimate = len(request.system) // 4 + max(task.chunk.tokens, len(request.user) // 4)
        estimate += min(request.max_output, task.chunk.output_tokens or request.max_output)
        waited, tries = 0.0, 0
        while True:
            entered = await self._pace.enter()
            error, wait, hold = None, 0.0, 0.0
            try:
                if self._stop.is_set():
                    raise Stopped
                call = await self.on_books(self._open, request, estimate)
                self._tally.calls += 1
                try:
                    reply = await self._provider.complete(request)
                except ProviderError as failed:
                    error = failed
                    await self.on_books(self._ledger.failed, call, failed, maybe_paid=maybe_paid(failed))
                    asked = retry_after(failed)
                    wait = delay(tries, asked, key, self._orders.backoff)
                    hold = wait if asked is not None or isinstance(failed, ProviderBusy) else 0.0
                else:
                    await self.on_books(self._ledger.received, call, reply)
                    self._tally.usage += reply.usage
                    return reply
            finally:
                busy = isinstance(error, ProviderBusy | ProviderOverloaded)
                await self._pace.leave(entered, busy=busy, hold=hold)
            self._tally.failed += 1
            if is_final(error):
                raise error
            if isinstance(error, ProviderBusy):
                waited += wait
                spent = waited > self._orders.patience
            else:
                tries += 1
                spent = tries >= self._orders.tries
            if spent:
                raise error
            self._tally.retries += 1
            await self._rest(wait)

    def _open(self, request: Request, estimate: int) -> str:
        call = self._ledger.reserve(request, estimate)
        self._ledger.sent(call)
        return call

    async def _rest(self, seconds: float) -> None:
        """Waits, but not longer than the run goes on."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return
        raise Stopped
