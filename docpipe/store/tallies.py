"""Counts over the rows of batches, made by the database: what lists and progress show. Takes a Session; imports model and the tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from docpipe.model.batch import Batch, State
from docpipe.model.codec import load_recipe
from docpipe.model.segment import OriginKind
from docpipe.store.rows import slices
from docpipe.store.tables import batches, documents, llm_calls, segments, unit_history, units

_URGENT = (State.WAITING, State.FAILED, State.RUNNING, State.RELEASING, State.ADMITTED)
"""Batches in these states come first in a list, in this order."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A batch of a list: its documents by state, their pages, and what its received calls cost."""

    batch: Batch
    documents: Counter[str]
    pages: int
    cost: float


def page_of_batches(
    s: Session,
    *,
    states: Collection[State] = (),
    text: str = "",
    submitter: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Listed], int]:
    """A page of the batches that fit, those that wait for people first and then the newest; and how many fit in all.

    ``text``: stands in the id, in the name, or in the name of a document.
    """
    where: list[Any] = []
    if states:
        where.append(batches.c.state.in_([state.value for state in states]))
    if submitter:
        where.append(batches.c.submitter == submitter)
    if text:
        inside = select(documents.c.batch).where(documents.c.path.icontains(text, autoescape=True))
        where.append(
            or_(
                batches.c.id.icontains(text, autoescape=True),
                batches.c.name.icontains(text, autoescape=True),
                batches.c.id.in_(inside),
            )
        )
    total = int(s.execute(select(func.count()).select_from(batches).where(*where)).scalar() or 0)
    rank = case({state.value: n for n, state in enumerate(_URGENT)}, value=batches.c.state, else_=len(_URGENT))
    query = select(batches).where(*where).order_by(rank, batches.c.created.desc(), batches.c.id)
    rows = s.execute(query.offset(offset).limit(limit)).all()
    found = [
        Batch(r.id, load_recipe(r.recipe), State(r.state), r.created, r.submitter, r.name, r.out) for r in rows
    ]  # fmt: skip
    return _listed(s, found), total


def _listed(s: Session, found: Sequence[Batch]) -> list[Listed]:
    states: dict[str, Counter[str]] = defaultdict(Counter)
    pages: Counter[str] = Counter()
    costs: dict[str, float] = defaultdict(float)
    for part in slices([b.id for b in found]):
        d = documents.c
        query = select(d.batch, d.state, func.count(), func.sum(d.pages)).where(d.batch.in_(part))
        for batch, state, count, sheets in s.execute(query.group_by(d.batch, d.state)):
            states[batch][state] = int(count)
            pages[batch] += int(sheets or 0)
        c = llm_calls.c
        spent = select(c.batch, func.sum(c.cost)).where(c.batch.in_(part), c.state == "received").group_by(c.batch)
        for batch, amount in s.execute(spent):
            costs[batch] = float(amount or 0)
    return [Listed(b, states[b.id], pages[b.id], costs[b.id]) for b in found]


def states_of_batches(s: Session) -> Counter[str]:
    """How many batches are in each state."""
    query = select(batches.c.state, func.count()).group_by(batches.c.state)
    return Counter({state: int(count) for state, count in s.execute(query)})


def rows_by_status(s: Session, batch_id: str) -> dict[str, Counter[str]]:
    """Rows of each document of a batch by status."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    query = (
        select(units.c.document, units.c.status, func.count())
        .join(documents, documents.c.id == units.c.document)
        .where(documents.c.batch == batch_id)
        .group_by(units.c.document, units.c.status)
    )
    for document, status, count in s.execute(query):
        found[document][status] = int(count)
    return found


def words_by_origin(s: Session, batch_id: str, document_id: str = "") -> Counter[str]:
    """Source words of a batch (or one document) by where their target first came from, whatever people made of it later."""
    own = documents.c.id == document_id if document_id else documents.c.batch == batch_id
    h = unit_history.c
    first = (
        select(h.document, h.segment, func.min(h.id).label("id"))
        .join(documents, documents.c.id == h.document)
        .where(own, h.origin_kind != OriginKind.NONE.value)
        .group_by(h.document, h.segment)
        .subquery()
    )
    older = select(h.document, h.segment, h.origin_kind).join(first, first.c.id == h.id).subquery()
    kind = func.coalesce(older.c.origin_kind, units.c.origin_kind)
    query = (
        select(kind, func.sum(segments.c.words))
        .select_from(units)
        .join(documents, documents.c.id == units.c.document)
        .join(segments, and_(segments.c.document == units.c.document, segments.c.position == units.c.position))
        .outerjoin(older, and_(older.c.document == units.c.document, older.c.segment == units.c.segment))
        .where(own)
        .group_by(kind)
    )
    return Counter({str(name): int(words or 0) for name, words in s.execute(query)})
