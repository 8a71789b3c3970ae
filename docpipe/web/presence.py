"""Who has which document open, kept in the memory of this process for half a minute. Imports the standard library only.

It is a courtesy between people at work, no record: what was done stands in the audit trail.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

STAYS_SECONDS = 25.0
"""After this long without a word a person is taken to have gone: three times the page's pause."""


@dataclass(frozen=True, slots=True)
class Here:
    """A person at a row. ``editing``: has typed and not saved."""

    user: str
    printed_name: str
    segment: str
    editing: bool


class Presence:
    """The people at each document."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here: dict[str, dict[str, tuple[float, Here]]] = {}

    def tell(self, document: str, here: Here) -> list[Here]:
        """Notes that a person is here and gives back the others."""
        now = time.monotonic()
        with self._lock:
            people = self._here.setdefault(document, {})
            people[here.user] = (now, here)
            for name in [name for name, (at, _) in people.items() if now - at > STAYS_SECONDS]:
                del people[name]
            if len(self._here) > 1000:
                self._here = {
                    d: p for d, p in self._here.items() if any(now - at <= STAYS_SECONDS for at, _ in p.values())
                }
            return [h for name, (_, h) in sorted(people.items()) if name != here.user]
