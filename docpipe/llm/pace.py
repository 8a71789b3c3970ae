"""How many calls are in flight and when the next may leave: additive increase, multiplicative decrease. Imports nothing of docpipe.

One pace serves one run in one event loop; limits shared between processes are leases of the store's, handed in later.
"""

from __future__ import annotations

import asyncio
import random
import time

__all__ = ["Pace", "delay"]


class Pace:
    """A gate for model calls. ``most``: calls in flight at the very most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._active = 0
        self._not_before = 0.0
        self._cut_at = 0.0
        self._change = asyncio.Condition()

    async def enter(self) -> float:
        """Waits until a call may leave; returns the moment, to be given back to ``leave``."""
        async with self._change:
            while True:
                wait = self._not_before - time.monotonic()
                if wait <= 0 and self._active < max(1, int(self._limit)):
                    self._active += 1
                    return time.monotonic()
                try:
                    await asyncio.wait_for(self._change.wait(), wait if wait > 0 else None)
                except TimeoutError:
                    continue

    async def leave(self, entered: float, *, busy: bool = False, hold: float = 0.0) -> None:
        """Ends a call. ``busy``: the provider was rate limited; then nothing leaves for ``hold`` seconds and fewer at once."""
        async with self._change:
            self._active -= 1
            if not busy:
                self._limit = min(float(self._most), self._limit + 1 / max(1.0, self._limit))
            else:
                # Calls that left before the last cut say nothing new.
                if entered >= self._cut_at:
                    self._limit = max(1.0, self._limit / 2)
                    self._cut_at = time.monotonic()
                self._not_before = max(self._not_before, time.monotonic() + hold)
            self._change.notify_all()


def delay(attempt: int, asked: float | None, key: str, first: float = 1.0, most: float = 60.0) -> float:
    """Seconds before the next attempt: what the provider asked for, else exponential, with jitter that follows from ``key``."""
    chance = random.Random(f"{key}:{attempt}")
    if asked is not None:
        return float(asked + chance.uniform(0.0, 0.1) * max(asked, 0.1))
    return float(min(most, first * 2.0**attempt) * chance.uniform(0.5, 1.0))
