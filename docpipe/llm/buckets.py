"""What may be sent under a limit a minute: a mirror of the provider's own bucket, corrected by what its headers tell. Imports nothing of docpipe.

A provider lets a short burst through and then a steady rate; the mirror holds requests back before the provider would refuse them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Bucket"]

_BURST_SECONDS = 3.0
"""What is sent at once under a limit whose burst the provider has not told."""


class Bucket:
    """A token bucket. ``given``: the limit a minute that the settings set, 0 where the provider's own is learnt; without any, all passes."""

    def __init__(self, given: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._given, self._clock = given, clock
        self._told = self._burst = 0.0
        self._share = 1.0
        self._sent = 0.0
        self._level = self._capacity
        self._at = clock()

    @property
    def limit(self) -> float:
        """The whole limit a minute, 0 while none is known."""
        return min(self._given, self._told) if self._given and self._told else self._given or self._told

    @property
    def rate(self) -> float:
        """This process's part of the limit, a minute."""
        return self.limit * self._share

    @property
    def shared(self) -> bool:
        """Whether other processes use a part of the limit."""
        return self._share < 1.0

    @property
    def sent(self) -> float:
        """All that was ever taken: the mark of a moment for ``told``."""
        return self._sent

    @property
    def _capacity(self) -> float:
        return (self._burst or self.limit * _BURST_SECONDS / 60) * self._share

    def set_share(self, share: float) -> None:
        """The part of the limit that this process may use, of 1."""
        self._refill()
        self._share = max(share, 1e-6)
        self._level = min(self._level, self._capacity)

    def wait(self, amount: float) -> float:
        """Seconds until the amount may be sent; one larger than the bucket leaves when it is full."""
        if not self.limit:
            return 0.0
        self._refill()
        missing = min(amount, self._capacity) - self._level
        # A hundredth of a second early costs a refusal, a thousandth late costs nothing.
        return 0.0 if missing <= 1e-6 else max(missing * 60 / self.rate, 0.001)

    def take(self, amount: float) -> None:
        """The amount is on its way."""
        self._refill()
        self._sent += amount
        self._level -= amount

    def give_back(self, amount: float) -> None:
        """The amount was not used after all; a negative one was used beside what was taken."""
        self._refill()
        self._sent -= amount
        self._level = min(self._capacity, self._level + amount)

    def told(self, limit: float | None, left: float | None, reset: float | None, since: float, age: float) -> None:
        """What an answer's headers say. ``since``: the mark when its request left, ``age`` seconds ago.

        Some providers count at the request's arrival, some when they answer: the level is moved to lie between the two readings.
        """
        self._refill()
        if limit:
            fresh, self._told = not self.limit, limit
            if left is not None and reset is not None:
                # Rounded figures of an almost full bucket tell nothing of its size.
                size = left + reset * limit / 60
                self._burst = min(limit, max(self._burst, size, limit / 60, 1.0))
            if fresh:
                self._level = self._capacity
        if left is None or not self.limit:
            return
        meanwhile = self._sent - since
        then = left + age * self.limit / 60 - meanwhile
        low, high = min(then, left), max(then, left)
        if not self.shared:
            self._level = max(self._level, min(low, self._capacity))
        self._level = min(self._level, high)

    def empty(self, left: float) -> None:
        """The provider refused a request: no more than ``left`` is there."""
        self._refill()
        self._level = min(self._level, left * self._share)

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(self._capacity, self._level + (now - self._at) * self.rate / 60)
        self._at = now
