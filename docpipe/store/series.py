"""Figures over time for the operators' charts, each one aggregate over a window. Takes a Session; imports the tables.

A period is named by its number: seconds since 1970 divided by its length. Every window is half open, from ``since`` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from docpipe.model.segment import OriginKind, Status
from docpipe.store.instants import bucket, epoch
from docpipe.store.page_tables import efforts
from docpipe.store.tables import (
    checkpoints,
    segments,
    signatures,
    stage_timings,
    unit_history,
    units,
)

DONE_STAGE = "checked"
"""The stage that counts every source word of a document once, whether a model, a memory or a repetition gave its target."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the machine brought to the checkpoint. ``busy``: seconds in which at least one stage of a document ran."""

    documents: int
    words: int
    pages: int
    busy: float

    @property
    def words_per_hour(self) -> float:
        """Source words per hour of busy time; 0 without any."""
        return self.words / self.busy * 3600 if self.busy > 0 else 0.0

    @property
    def pages_per_day(self) -> float:
        """Pages per 24 hours of busy time; 0 without any."""
        return self.pages / self.busy * 86400 if self.busy > 0 else 0.0


def work_since(s: Session, since: datetime) -> Work:
    """What was checked since a time, and how long the machine was busy with anything."""
    c = stage_timings.c
    done = select(func.count(), func.sum(c.words), func.sum(c.pages)).where(c.stage == DONE_STAGE, c.ended >= since)
    n, words, pages = s.execute(done).one()
    return Work(int(n), int(words or 0), int(pages or 0), _busy(s, since))


def _busy(s: Session, since: datetime) -> float:
    """Length of the union of all spans: each counts from where the ones that began before it have reached."""
    c = stage_timings.c
    start, end = epoch(c.started), epoch(c.ended)
    spans = select(start.label("a"), end.label("b")).where(c.ended >= since, c.people.is_(False)).subquery()
    reach = func.max(spans.c.b).over(order_by=(spans.c.a, spans.c.b), rows=(None, -1))
    steps = select(spans.c.a, spans.c.b, reach.label("reach")).subquery()
    from_ = case((steps.c.reach > steps.c.a, steps.c.reach), else_=steps.c.a)
    begin = case((from_ < since.timestamp(), since.timestamp()), else_=from_)
    length = case((steps.c.b > begin, steps.c.b - begin), else_=0.0)
    return float(s.execute(select(func.sum(length))).scalar() or 0.0)


def throughput(s: Session, since: datetime, seconds: int) -> list[tuple[int, int, int]]:
    """Period, words and pages checked in it; periods without any are left out."""
    c = stage_timings.c
    period = bucket(c.ended, seconds).label("period")
    query = select(period, func.sum(c.words), func.sum(c.pages)).where(c.stage == DONE_STAGE, c.ended >= since)
    return [(int(p), int(w), int(n)) for p, w, n in s.execute(query.group_by(period).order_by(period))]


def stage_seconds(s: Session, since: datetime) -> list[tuple[str, int, float, int]]:
    """Stage, passages of documents, seconds summed over them, and retries."""
    c = stage_timings.c
    spent = func.sum(epoch(c.ended) - epoch(c.started))
    query = select(c.stage, func.count(), spent, func.sum(c.retries)).where(c.ended >= since, c.people.is_(False))
    return [(stage, int(n), float(t), int(r)) for stage, n, t, r in s.execute(query.group_by(c.stage))]


@dataclass(frozen=True, slots=True)
class RowsDone:
    """Rows whose targets last changed in a period, by where the targets first came from.

    ``edited``: a person has changed them since; ``approved``: they are approved as they stand.
    """

    origin: str
    edited: bool
    approved: bool
    period: int
    rows: int
    words: int


def rows_done(s: Session, since: datetime, seconds: int) -> list[RowsDone]:
    """Rows and their source words since a time, in one pass over the rows."""
    c = units.c
    changed, approved = c.editor != "", c.status == Status.APPROVED.value
    past = (
        select(unit_history.c.origin_kind)
        .where(unit_history.c.document == c.document, unit_history.c.segment == c.segment)
        .where(unit_history.c.origin_kind != OriginKind.NONE.value)
        .order_by(unit_history.c.id).limit(1).correlate(units).scalar_subquery()
    )  # fmt: skip
    first = case((changed, func.coalesce(past, c.origin_kind)), else_=c.origin_kind)
    groups = [
        first.label("first"),
        changed.label("edited"),
        approved.label("done"),
        bucket(c.at, seconds).label("period"),
    ]
    here = and_(segments.c.document == c.document, segments.c.position == c.position)
    query = select(*groups, func.count(), func.sum(segments.c.words)).select_from(units.join(segments, here))
    rows = s.execute(query.where(c.at >= since).group_by("first", "edited", "done", "period"))
    return [RowsDone(r[0], bool(r[1]), bool(r[2]), int(r[3]), int(r[4]), int(r[5] or 0)) for r in rows]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """People's work at the page in a period. ``active``: seconds counted while a row had the focus."""

    period: int
    people: int
    rows: int
    words: int
    active: float
    keystrokes: int


def reviewing(s: Session, since: datetime, seconds: int) -> list[Reviewing]:
    """Review effort by period of the last look at a row; periods without any are left out."""
    c = efforts.c
    period = bucket(c.last_shown, seconds).label("period")
    here = and_(segments.c.document == c.document, segments.c.id == c.segment)
    sums = (
        func.count(c.user.distinct()),
        func.count(),
        func.sum(segments.c.words),
        func.sum(c.active_ms),
        func.sum(c.keystrokes),
    )
    query = select(period, *sums).select_from(efforts.join(segments, here)).where(c.last_shown >= since)
    rows = s.execute(query.group_by(period).order_by(period))
    return [Reviewing(int(p), int(n), int(r), int(w), float(ms) / 1000, int(k)) for p, n, r, w, ms, k in rows]


def signing_waits(s: Session, since: datetime) -> tuple[int, float]:
    """Signatures given since a time, and the mean seconds from the opening of their checkpoints."""
    waited: Any = epoch(signatures.c.at) - epoch(checkpoints.c.opened)
    query = select(func.count(), func.avg(waited)).select_from(
        signatures.join(checkpoints, checkpoints.c.id == signatures.c.checkpoint)
    )
    n, mean = s.execute(query.where(signatures.c.at >= since)).one()
    return int(n), float(mean or 0.0)
