"""The gate before one provider: which request leaves next, and when. Imports the core and its room.

One event loop, one gate a scope. Everybody's requests wait in one queue; what leaves is bounded by the calls in flight, by requests
and by tokens a minute, and by what the provider asked us to wait.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

from docpipe.llm.buckets import Bucket
from docpipe.llm.pace import Window
from docpipe.model.chunk import Limits

__all__ = ["Caller", "Gate", "Rank", "Stopped", "Ticket"]

Rank = tuple[int, float]
"""What leaves first: the smaller."""
_SELDOM = 20
"""Answers since the last failed call from which on one more is a slip of the provider's, not load."""


class Stopped(Exception):
    """Another call failed for good: nothing more is sent."""


@dataclass(eq=False, slots=True)
class Caller:
    """One run of the engine at the gate. ``most``: its calls in flight at the very most."""

    most: int
    active: int = 0
    stopped: bool = False


@dataclass(slots=True)
class Ticket:
    """A request that left. ``tokens``: as reckoned, ``marks``: what had been sent by then."""

    caller: Caller
    tokens: float
    entered: float = 0.0
    marks: tuple[float, float] = (0.0, 0.0)


_Waiter = tuple[Rank, int, "asyncio.Future[None]", Ticket]


class Gate:
    """See the module. Limits a minute of 0 are learnt from the provider. Not for several threads."""

    def __init__(
        self, requests_minute: float = 0.0, tokens_minute: float = 0.0, timeout: float = 180.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._clock = clock
        self.requests = Bucket(requests_minute, clock)
        self.tokens = Bucket(tokens_minute, clock)
        self.window = Window(1, timeout, clock)
        self._callers: list[Caller] = []
        self._active = 0
        self._queue: list[_Waiter] = []
        self._number = itertools.count()
        self._hold_until = self._spaced_until = self._next = 0.0
        self._refusals = self._answers = 0
        self._ratio: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._open()

    def known(self, requests_minute: float, tokens_minute: float) -> None:
        """Limits that the provider told earlier, until an answer tells them anew."""
        for bucket, limit in ((self.requests, requests_minute), (self.tokens, tokens_minute)):
            if limit and not bucket.limit:
                bucket.told(limit, None, None, 0.0, 0.0)
        self._open()

    # ------------------------------------------------------------ who calls

    def join(self, caller: Caller) -> None:
        """A run begins: as many calls in flight as the widest of them allows."""
        self._callers.append(caller)
        self._widen()

    def part(self, caller: Caller) -> None:
        """A run ended."""
        self._callers.remove(caller)
        self._widen()

    def dismiss(self, caller: Caller) -> None:
        """Whatever of the caller's waits gets ``Stopped``, and whatever comes."""
        caller.stopped = True
        for _, _, future, ticket in self._queue:
            if ticket.caller is caller and not future.done():
                future.set_exception(Stopped())
        self._pump()

    @property
    def calling(self) -> bool:
        """Whether any run is on."""
        return bool(self._callers)

    @property
    def active(self) -> int:
        """Calls in flight."""
        return self._active

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return sum(not future.done() for _, _, future, _ in self._queue)

    @property
    def hungry(self) -> bool:
        """Whether more work could be sent soon than is waiting here."""
        return len(self._queue) < self.window.most

    @property
    def held(self) -> float:
        """Seconds for which the provider asked us to send nothing, from now."""
        return max(0.0, self._hold_until - self._clock())

    def demand(self, seconds: float) -> float:
        """Which part of the whole limit the requests that wait or are in flight would use up in that time, at most 1."""
        waiting = [t.tokens for _, _, future, t in self._queue if not future.done()]
        of_tokens = sum(waiting) / (self.tokens.limit * seconds / 60) if self.tokens.limit else 0.0
        of_requests = len(waiting) / (self.requests.limit * seconds / 60) if self.requests.limit else 0.0
        if not self.tokens.limit and not self.requests.limit:
            return 1.0 if waiting else 0.5 if self._active else 0.0
        return min(1.0, max(of_tokens, of_requests))

    # ------------------------------------------------------------ in and out

    async def enter(self, caller: Caller, tokens: float, rank: Rank) -> Ticket:
        """Waits until the request may leave. Raises ``Stopped`` once the caller is dismissed."""
        if caller.stopped:
            raise Stopped
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ticket = Ticket(caller, tokens * (1.0 if self._ratio is None else self._ratio))
        heapq.heappush(self._queue, (rank, next(self._number), future, ticket))
        self._pump()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.not_sent(ticket)
            else:
                future.cancel()
            raise
        return ticket

    def spare(self, caller: Caller, tokens: float) -> Ticket | None:
        """A place for a second request beside a slow one, only where nothing waits for it."""
        ticket = Ticket(caller, tokens * (1.0 if self._ratio is None else self._ratio))
        if self._queue or caller.stopped or self._closed_for(ticket) > 0:
            return None
        self._admit(ticket)
        return ticket

    def not_sent(self, ticket: Ticket) -> None:
        """The request did not leave after all."""
        self._take_back(ticket)
        self._left(ticket)

    def answered(self, ticket: Ticket, reckoned: float, used: int, limits: Limits | None) -> None:
        """A reply came. ``reckoned``: tokens as the caller reckoned them; ``used``: as the provider counts them, 0 if it does not."""
        self._refusals = 0
        self._answers += 1
        if used and reckoned:
            found = min(2.0, max(0.3, used / reckoned))
            self._ratio = found if self._ratio is None else 0.85 * self._ratio + 0.15 * found
        # Alone under a limit whose rest is told, that is the better figure; giving back beside it would count twice.
        if used and (self.tokens.shared or limits is None or limits.tokens_left is None):
            self.tokens.give_back(ticket.tokens - used)
        self._told(ticket, limits)
        self.window.answered(self._clock() - ticket.entered, full=bool(self._queue))
        self._left(ticket)

    def refused(self, ticket: Ticket, limits: Limits | None, hold: float) -> None:
        """The provider is rate limited (429): nothing leaves for ``hold`` seconds."""
        self._take_back(ticket)
        self._told(ticket, limits, refused=True)
        self._refusals += 1
        # Where a limit a minute is known, waiting mends it; fewer at once only where it does not.
        if not (self.tokens.limit or self.requests.limit) or self._refusals > 2 * self.window.size:
            self.window.refused(ticket.entered)
        self.hold(hold)
        self._left(ticket)

    def failed(self, ticket: Ticket, hold: float, *, slow: bool) -> None:
        """The call failed. ``slow``: the provider is overloaded or did not answer in time."""
        if slow:
            if self._answers < _SELDOM:
                self.window.refused(ticket.entered)
            self._answers = 0
        if hold:
            self.hold(hold)
        self._left(ticket)

    def hold(self, seconds: float) -> None:
        """Nothing leaves for so long, and after it one by one: all at once would only be refused again."""
        self._hold_until = max(self._hold_until, self._clock() + seconds)
        self._spaced_until = self._hold_until + max(self.window.seconds, 0.05)

    # ------------------------------------------------------------ inside

    def _told(self, ticket: Ticket, limits: Limits | None, *, refused: bool = False) -> None:
        if limits is None:
            return
        age, (requests, tokens) = self._clock() - ticket.entered, ticket.marks
        self.requests.told(limits.requests_minute, limits.requests_left, limits.requests_reset_s, requests, age)
        self.tokens.told(limits.tokens_minute, limits.tokens_left, limits.tokens_reset_s, tokens, age)
        self._open()
        if refused and limits.requests_left is not None:
            self.requests.empty(limits.requests_left)
        if refused and limits.tokens_left is not None:
            self.tokens.empty(limits.tokens_left)

    def _open(self) -> None:
        if self.requests.limit or self.tokens.limit:
            self.window.open()

    def _take_back(self, ticket: Ticket) -> None:
        self.requests.give_back(1)
        self.tokens.give_back(ticket.tokens)

    def _left(self, ticket: Ticket) -> None:
        self._active -= 1
        ticket.caller.active -= 1
        self._pump()

    def _widen(self) -> None:
        self.window.most = max((c.most for c in self._callers), default=self.window.most)

    def _admit(self, ticket: Ticket) -> None:
        ticket.entered = self._clock()
        self.requests.take(1)
        self.tokens.take(ticket.tokens)
        ticket.marks = (self.requests.sent, self.tokens.sent)
        self._active += 1
        ticket.caller.active += 1
        if ticket.entered < self._spaced_until:
            self._next = ticket.entered + max(self.window.seconds, 0.05) / self.window.size

    def _closed_for(self, ticket: Ticket) -> float:
        """Seconds until the request may leave, 0 for now; infinite while a place must come free first."""
        if self._active >= self.window.size:
            return float("inf")
        now = self._clock()
        waits = self.requests.wait(1), self.tokens.wait(ticket.tokens)
        return max(*waits, self._hold_until - now, self._next - now, 0.0)

    def _pump(self) -> None:
        """Lets out what may leave, and comes again when the next may."""
        aside: list[_Waiter] = []
        while self._queue:
            waiter = heapq.heappop(self._queue)
            _, _, future, ticket = waiter
            if future.done():
                continue
            if ticket.caller.active >= ticket.caller.most:
                aside.append(waiter)
                continue
            wait = self._closed_for(ticket)
            if wait > 0:
                aside.append(waiter)
                if wait != float("inf"):
                    self._come_again(wait)
                break
            self._admit(ticket)
            future.set_result(None)
        for waiter in aside:
            heapq.heappush(self._queue, waiter)

    def _come_again(self, seconds: float) -> None:
        at = self._clock() + seconds
        if self._timer is not None and not self._timer.cancelled() and self._clock() < self._timer_at <= at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_later(seconds, self._pump)
