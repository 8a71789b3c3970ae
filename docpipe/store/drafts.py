"""What people typed and have not saved yet: one text a person and row. Takes a Session and core types; imports the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.store.page_tables import drafts
from docpipe.store.rows import dialect, slices


@dataclass(frozen=True, slots=True)
class Draft:
    """Unsaved wire text. ``revision``: of the row as the person saw it."""

    user: str
    document: str
    segment: str
    revision: int
    target: str
    at: datetime


def put(s: Session, draft: Draft) -> None:
    """Keeps a draft in place of the person's earlier one of the row."""
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    new = {name: values[name] for name in ("revision", "target", "at")}
    s.execute(maker(drafts).values(values).on_conflict_do_update(index_elements=list(drafts.primary_key), set_=new))


def drop(s: Session, user: str, document: str, segment: str) -> None:
    """Forgets a draft; nothing happens where there is none."""
    s.execute(delete(drafts).where(drafts.c.user == user, drafts.c.document == document, drafts.c.segment == segment))


def of_user(s: Session, user: str) -> list[Draft]:
    """All drafts of a person, the newest first."""
    query = select(drafts).where(drafts.c.user == user).order_by(drafts.c.at.desc(), drafts.c.segment)
    return [Draft(**row._mapping) for row in s.execute(query)]


def of_rows(s: Session, user: str, document: str, ids: Sequence[str]) -> dict[str, Draft]:
    """A person's drafts of these rows."""
    query = select(drafts).where(drafts.c.user == user, drafts.c.document == document)
    return {
        row.segment: Draft(**row._mapping)
        for part in slices(list(ids))
        for row in s.execute(query.where(drafts.c.segment.in_(part)))
    }
