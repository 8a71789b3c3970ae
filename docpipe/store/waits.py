"""How long this process has waited for the right to write to the database. Imports the standard library and the store's types.

Kept in memory for the operators' page; a wait is counted from asking for a write transaction to its beginning.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from docpipe.store.types import utc_now

LONG_SECONDS = 1.0
"""A wait of this length is one that an operator should know of."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Since the process began. ``long``: waits of a second or more; ``given_up``: the database stayed locked."""

    writes: int = 0
    longest: float = 0.0
    long: int = 0
    given_up: int = 0
    last_long: datetime | None = None


class Waits:
    """A counter that threads share."""

    def __init__(self) -> None:
        self._lock, self._now = threading.Lock(), Waited()

    def note(self, seconds: float) -> None:
        """One write transaction began after so many seconds."""
        with self._lock:
            now = self._now
            now = replace(now, writes=now.writes + 1, longest=max(now.longest, seconds))
            self._now = now if seconds < LONG_SECONDS else replace(now, long=now.long + 1, last_long=utc_now())

    def gave_up(self) -> None:
        """The database stayed locked for as long as we wait."""
        with self._lock:
            self._now = replace(self._now, given_up=self._now.given_up + 1, last_long=utc_now())

    @property
    def now(self) -> Waited:
        """The counts as they stand."""
        with self._lock:
            return self._now
