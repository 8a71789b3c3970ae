"""Totals since the installation began, for counters that only rise. Takes a Session; imports the tables."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docpipe.store.instants import epoch
from docpipe.store.page_tables import efforts
from docpipe.store.tables import signatures, stage_timings


def stages(s: Session) -> list[tuple[str, int, float, int, int, int]]:
    """Stage, passages of documents, seconds, words, pages and retries, all summed."""
    c = stage_timings.c
    sums = (
        func.count(),
        func.sum(epoch(c.ended) - epoch(c.started)),
        func.sum(c.words),
        func.sum(c.pages),
        func.sum(c.retries),
    )
    rows = s.execute(select(c.stage, *sums).where(c.people.is_(False)).group_by(c.stage).order_by(c.stage))
    return [(r[0], int(r[1]), float(r[2]), int(r[3]), int(r[4]), int(r[5])) for r in rows]


def review(s: Session) -> tuple[float, int, int]:
    """Active seconds and keystrokes of people at the page, and times that a row came onto a screen."""
    c = efforts.c
    ms, keys, displays = s.execute(select(func.sum(c.active_ms), func.sum(c.keystrokes), func.sum(c.displays))).one()
    return float(ms or 0) / 1000, int(keys or 0), int(displays or 0)


def signed(s: Session) -> tuple[int, int]:
    """Signatures given, and how many of them are void by now."""
    given, void = s.execute(select(func.count(), func.count().filter(signatures.c.void.is_(True)))).one()
    return int(given), int(void)
