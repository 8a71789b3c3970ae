"""Progress of a long command on stderr: a live line on a terminal, a plain line now and then elsewhere. Imports steps."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from docpipe.cli.door import say
from docpipe.steps.progress import Progress, listening

PLAIN_EVERY = 5.0
LEAST_SECONDS = 3.0
"""Before that, nothing can be said about the time left."""


class _Counter:
    """What came in so far, over all documents of the running stage."""

    def __init__(self) -> None:
        self.began = self.heard = time.monotonic()
        self.stage = ""
        self.documents: dict[str, Progress] = {}
        self.said = self.began

    def take(self, progress: Progress) -> None:
        if progress.stage != self.stage:
            self.stage, self.documents, self.began = progress.stage, {}, self.heard
        self.heard = time.monotonic()
        self.documents[progress.document] = progress

    def line(self) -> str:
        seconds = max(time.monotonic() - self.began, 0.001)
        rows = list(self.documents.values())
        done, total = sum(p.done for p in rows), sum(p.total for p in rows)
        words, cost = sum(p.words for p in rows), sum(p.cost for p in rows)
        several = f"{len(rows)} documents, " if len(rows) > 1 else ""
        parts = [f"{self.stage}: {several}{done} of {total}" if total > done or several else f"{self.stage}: {done}"]
        if words:
            parts.append(f"{words / seconds:.0f} words/s")
        if cost:
            parts.append(f"cost {cost:.4f}")
        if 0 < done < total and seconds > LEAST_SECONDS:
            parts.append(f"about {seconds * (total - done) / done:.0f} s left")
        return ", ".join(parts)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[None]:
    """Shows progress until the block ends."""
    if quiet:
        yield
        return
    counter = _Counter()
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status("working …") as status:

            def live(event: Progress) -> None:
                counter.take(event)
                status.update(Text(counter.line()))

            with listening(live):
                yield
        return

    def plain(event: Progress) -> None:
        counter.take(event)
        if time.monotonic() - counter.said >= PLAIN_EVERY:
            counter.said = time.monotonic()
            say(counter.line())

    with listening(plain):
        yield
