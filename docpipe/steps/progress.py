"""Progress of long work, from the steps to whoever shows it: ids, counts and costs, never document text. Imports nothing.

Listeners belong to the process: a door adds one for the time of its command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` things of a stage; ``words`` and ``cost`` since the stage began."""

    batch: str
    document: str
    stage: str
    done: int
    total: int
    words: int = 0
    cost: float = 0.0


Listener = Callable[[Progress], None]
_listeners: list[Listener] = []
_lock = threading.Lock()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Calls the listener for every report, from whatever thread, until the block ends."""
    with _lock:
        _listeners.append(listener)
    try:
        yield
    finally:
        with _lock:
            _listeners.remove(listener)


def report(progress: Progress) -> None:
    """Tells every listener."""
    with _lock:
        listeners = tuple(_listeners)
    for listener in listeners:
        listener(progress)
