"""Which brief was frozen for a document: the digest of its blob. Takes a Session and core types; imports model and the tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest
from docpipe.store.engine_tables import briefs
from docpipe.store.rows import dialect


def get(s: Session, document_id: str) -> Digest | None:
    """The digest, None where nothing is frozen yet."""
    found = s.execute(select(briefs.c.sha256).where(briefs.c.document == document_id)).scalar()
    return Digest(found) if found else None


def freeze(s: Session, document_id: str, sha256: Digest, at: datetime) -> Digest:
    """Freezes a document's brief and returns the digest that holds: the first one, whoever came first."""
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    row = maker(briefs).values(document=document_id, sha256=sha256, at=at)
    s.execute(row.on_conflict_do_nothing())
    return get(s, document_id) or sha256
