"""How many calls are in flight, and how long a failed one waits: doubling at first, additive increase, multiplicative decrease. Imports nothing of docpipe."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

__all__ = ["Window", "delay"]

_START = 32
"""Calls in flight at first where no limit is known; doubled with every round of answers. Whoever allows fewer gets fewer."""
_SLOW = 1 / 3
"""Share of the time-out: while calls take longer than that, more of them at once would only wait at the provider."""


class Window:
    """The number of calls that may be in flight, up to ``most``. ``timeout``: seconds after which a call is given up."""

    def __init__(self, most: int, timeout: float = 180.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._limit = float(_START)
        self._slow_start, self._open = True, False
        self._seconds = 0.0
        self._timeout, self._clock = timeout, clock
        self._cut_at = -1.0

    @property
    def size(self) -> int:
        """Calls in flight at the most, now."""
        return max(1, self.most if self._open else int(min(self._limit, self.most)))

    @property
    def seconds(self) -> float:
        """How long calls take lately, 0 while none was answered."""
        return self._seconds

    def open(self) -> None:
        """Limits a minute are known and pace what leaves: no need to feel for a number, unless one was found too large before."""
        self._open = self._slow_start

    def answered(self, seconds: float, *, full: bool) -> None:
        """A call came back. ``full``: others waited for its place; only then a wider window is of use."""
        self._seconds = seconds if not self._seconds else 0.8 * self._seconds + 0.2 * seconds
        if full and self._seconds < self._timeout * _SLOW:
            self._limit = min(
                max(float(self.most), self._limit),
                self._limit + (1.0 if self._slow_start else 1 / max(1.0, self._limit)),
            )

    def refused(self, entered: float) -> None:
        """A call that left at ``entered`` was refused or timed out: half as many from now on, once for all that left before."""
        if entered <= self._cut_at:
            return
        self._limit = max(1.0, self.size / 2)
        self._slow_start = self._open = False
        self._cut_at = self._clock()


def delay(attempt: int, asked: float | None, key: str, first: float = 1.0, most: float = 60.0) -> float:
    """Seconds before the next attempt: what the provider asked for, else exponential, with jitter that follows from ``key``."""
    chance = random.Random(f"{key}:{attempt}")
    if asked is not None:
        return float(asked + chance.uniform(0.0, 0.1) * max(asked, 0.1))
    return float(min(most, first * 2.0**attempt) * chance.uniform(0.5, 1.0))
