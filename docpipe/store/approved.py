"""What people approved in a batch, as entries of a memory. Takes a Session and gives core types; imports model and the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from docpipe.model.batch import Document
from docpipe.model.inline import renumber, renumber_like, to_wire
from docpipe.model.segment import Segment, SegmentId, Status, Unit
from docpipe.model.terms import TmEntry
from docpipe.store import batches, documents, units
from docpipe.store.tables import units as unit_table

__all__ = ["approved_pairs"]


def approved_pairs(s: Session, batch_id: str) -> Iterator[TmEntry]:
    """The batch's approved rows as memory entries, document by document in order; ``origin`` is the approver's name."""
    recipe = batches.get(s, batch_id).recipe
    for document in documents.of_batch(s, batch_id):
        for segment, unit, at in _approved(s, document):
            yield TmEntry(
                source=to_wire(renumber(segment.source)),
                target=to_wire(renumber_like(unit.target, segment.source)),
                source_language=recipe.source_language,
                target_language=recipe.target_language,
                context=segment.context,
                approved=True,
                origin=unit.approver,
                created=at.strftime("%Y%m%dT%H%M%SZ") if at else "",
            )


def _approved(s: Session, document: Document) -> Iterable[tuple[Segment, Unit, datetime | None]]:
    by_id = {g.id: g for g in units.segments(s, document.id)}
    rows = s.execute(
        select(unit_table)
        .where(unit_table.c.document == document.id, unit_table.c.status == Status.APPROVED.value)
        .order_by(literal_column("position"))
    )
    return [(by_id[SegmentId(row.segment)], units.unit_of(row), row.at) for row in rows]
