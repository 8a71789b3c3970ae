"""Pausing the collector of cycles where many values are made and few dropped. Imports the standard library only."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Reading and segmenting make many small values and drop few: looking for cycles meanwhile took a third of the time (measured)."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
