"""Stage timings, from which every throughput figure is computed. Takes a Session and core types; imports model and the tables."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from docpipe.model.timing import StageTiming
from docpipe.store.tables import stage_timings

_FIELDS = tuple(StageTiming.__slots__)


def add(s: Session, timing: StageTiming) -> None:
    """Writes one timing."""
    s.execute(insert(stage_timings).values({name: getattr(timing, name) for name in _FIELDS}))


def of_batch(s: Session, batch_id: str) -> list[StageTiming]:
    """The batch's timings in the order in which they were written."""
    query = select(*(stage_timings.c[name] for name in _FIELDS)).where(stage_timings.c.batch == batch_id)
    return [StageTiming(*row) for row in s.execute(query.order_by(stage_timings.c.id))]
