"""What is handed over beside a document, its pages before and after, its places of bounded room. Takes a Session and core types; imports model and the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest
from docpipe.store.delivery_tables import bounded_places, deliverables, page_counts
from docpipe.store.tables import documents


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A file made from an approved document. ``kind``: tracked | bilingual | pdf. ``path``: relative name in its folder.

    ``sha256`` is "" where it could not be made. ``reason``: why not, or what is to be known of the file.
    """

    kind: str
    path: str
    sha256: str
    size: int = 0
    reason: str = ""

    @property
    def digest(self) -> Digest:
        """Of the blob."""
        return Digest(self.sha256)


@dataclass(frozen=True, slots=True)
class PageCount:
    """Pages of a document before and after. ``counted``: both laid out by one program; else the second is reckoned."""

    source: int
    target: int
    counted: bool


def save(s: Session, document_id: str, made: Iterable[Deliverable], at: datetime) -> None:
    """Stores what was made in the place of all that was made before."""
    s.execute(delete(deliverables).where(deliverables.c.document == document_id))
    rows = [
        {"document": document_id, "kind": d.kind, "path": d.path, "sha256": d.sha256, "size": d.size, "reason": d.reason, "at": at}
        for d in made
    ]  # fmt: skip
    if rows:
        s.execute(insert(deliverables), rows)


def of_document(s: Session, document_id: str) -> list[Deliverable]:
    """What was made of a document, by kind."""
    wanted = select(deliverables).where(deliverables.c.document == document_id).order_by(deliverables.c.kind)
    return [Deliverable(r.kind, r.path, r.sha256, r.size, r.reason) for r in s.execute(wanted)]


def keep_places(s: Session, document_id: str, places: Sequence[dict[str, Any]]) -> None:
    """Stores a document's places of bounded room in the place of earlier ones."""
    s.execute(delete(bounded_places).where(bounded_places.c.document == document_id))
    if places:
        s.execute(insert(bounded_places).values(document=document_id, places=list(places)))


def places_of(s: Session, document_id: str) -> list[dict[str, Any]]:
    """A document's places of bounded room; empty where it has none or they were not looked for."""
    found = s.execute(select(bounded_places.c.places).where(bounded_places.c.document == document_id)).scalar()
    return list(found or ())


def set_pages(s: Session, document_id: str, pages: PageCount, at: datetime) -> None:
    """Stores a document's page counts in the place of earlier ones."""
    s.execute(delete(page_counts).where(page_counts.c.document == document_id))
    s.execute(
        insert(page_counts).values(
            document=document_id, source=pages.source, target=pages.target, counted=pages.counted, at=at
        )
    )


def pages_of(s: Session, batch_id: str) -> dict[str, PageCount]:
    """Page counts of a batch's documents by document id; those that are not known yet are left out."""
    wanted = select(page_counts).join(documents, documents.c.id == page_counts.c.document)
    rows = s.execute(wanted.where(documents.c.batch == batch_id))
    return {r.document: PageCount(r.source, r.target, r.counted) for r in rows}
