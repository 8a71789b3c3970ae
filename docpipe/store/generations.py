"""Generation records: how each block of a draft came to be, every time it was drafted. Imports the tables.

Records are only ever added: a block that was drafted again has two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from docpipe.store.draft_tables import generations


@dataclass(frozen=True, slots=True)
class Generation:
    """One time that a block was drafted. ``record``: JSON; its keys are those of ``generation.json``."""

    block: str
    record: dict[str, Any]
    at: datetime


def add(s: Session, document_id: str, block: str, record: dict[str, Any], at: datetime) -> None:
    """Writes a record down."""
    s.execute(insert(generations).values(document=document_id, block=block, record=record, at=at))


def of_document(s: Session, document_id: str) -> list[Generation]:
    """A document's records, oldest first."""
    query = select(generations).where(generations.c.document == document_id).order_by(generations.c.id)
    return [Generation(r.block, dict(r.record), r.at) for r in s.execute(query)]
