"""Rows with the riskiest first: the order in which a person who has no time for all should read. Imports model, the grid's filters and the tables.

A critical finding, then what the machine left to a person, then a major and a minor finding; within these by the risk that chose rows
for a second look, as long as no person has touched the row; at last in the document's order. Approved rows come behind all others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from docpipe.model.finding import Disposition, Severity
from docpipe.model.segment import SegmentId, Status
from docpipe.store.engine_tables import second_looks
from docpipe.store.grid import Filter, View, selected
from docpipe.store.tables import findings, units

CRITICAL, PERSON, MAJOR, MINOR = 400, 300, 200, 100
"""Steps of the score; the risk that a second look was chosen by adds up to 99."""
RISK = "risk"


def _worst(view: View) -> Any:
    weight = case(
        (findings.c.severity == Severity.CRITICAL.value, CRITICAL),
        (findings.c.severity == Severity.MAJOR.value, MAJOR),
        else_=MINOR,
    )
    return (
        select(findings.c.document, findings.c.segment, func.max(weight).label("weight"))
        .where(findings.c.document.in_(view.documents), findings.c.disposition == Disposition.OPEN.value)
        .group_by(findings.c.document, findings.c.segment)
        .subquery("worst")
    )


def _scored(s: Session, view: View, f: Filter, *columns: Any) -> tuple[Select[Any], ColumnElement[int]]:
    """The matching rows with what their score is made of, and the score without regard to approval."""
    worst, look = _worst(view), second_looks.c
    found = func.coalesce(worst.c.weight, 0)
    step = case(
        (found >= CRITICAL, CRITICAL),
        (and_(units.c.needs_person != "", units.c.status != Status.APPROVED.value), PERSON),
        else_=found,
    )
    untouched = and_(units.c.editor == "", look.risk.is_not(None))
    score = step + case((untouched, cast(look.risk * 99, Integer)), else_=0)
    query = selected(s, view, f, *columns)
    query = query.outerjoin(worst, and_(worst.c.document == units.c.document, worst.c.segment == units.c.segment))
    query = query.outerjoin(second_looks, and_(look.document == units.c.document, look.segment == units.c.segment))
    return query, score


def _shown(score: ColumnElement[int]) -> ColumnElement[int]:
    """The score by which a page is sorted: what a person has approved comes last."""
    return case((units.c.status == Status.APPROVED.value, -1), else_=score)


def ordered(s: Session, view: View, f: Filter, offset: int = 0, limit: int | None = None) -> list[tuple[str, int]]:
    """Document and position of the matching rows of all the view's documents, the riskiest first."""
    query, score = _scored(s, view, f, units.c.document, units.c.position)
    query = query.order_by(_shown(score).desc(), units.c.document, units.c.position).offset(offset).limit(limit)
    return [(row.document, int(row.position)) for row in s.execute(query)]


def before(s: Session, view: View, f: Filter, segment: str) -> int | None:
    """How many matching rows come before a row in this order; None where the row does not match itself."""
    query, score = _scored(s, view, f, units.c.position)
    here = s.execute(query.add_columns(_shown(score).label("score")).where(units.c.segment == segment)).first()
    if here is None:
        return None
    query, score = _scored(s, view, f, func.count())
    shown = _shown(score)
    ahead = or_(shown > here.score, and_(shown == here.score, units.c.position < here.position))
    return int(s.execute(query.where(ahead)).scalar_one())


def next_after(s: Session, view: View, f: Filter, segment: str) -> SegmentId | None:
    """The first matching row behind a row in this order, whether that matches or not; else the first of all; never the row itself."""
    whole = replace(Filter(), order=f.order)
    place, score = _scored(s, view, whole, units.c.position)
    here = s.execute(place.add_columns(score.label("score")).where(units.c.segment == segment)).first()
    query, score = _scored(s, view, f, units.c.segment)
    query = query.where(units.c.segment != segment).order_by(score.desc(), units.c.document, units.c.position).limit(1)
    if here is not None:
        behind = or_(score < here.score, and_(score == here.score, units.c.position > here.position))
        if (row := s.execute(query.where(behind)).first()) is not None:
            return SegmentId(row.segment)
    first = s.execute(query).first()
    return SegmentId(first.segment) if first is not None else None
