"""Review effort: who had which row on the screen, how long, and how much was typed. Takes a Session; imports the tables.

Active time is what the page counted while the row had the focus and the person moved; milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.store.page_tables import efforts
from docpipe.store.rows import dialect, slices
from docpipe.store.tables import documents, segments


@dataclass(frozen=True, slots=True)
class Mark:
    """One report of the page about a row. ``shown``: it came onto the screen since the last report."""

    segment: str
    active_ms: int = 0
    keystrokes: int = 0
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Effort:
    """A person's effort on some rows. ``words``: of the rows' sources, each counted once a person."""

    user: str
    rows: int
    words: int
    active_ms: int
    keystrokes: int
    displays: int

    @property
    def seconds(self) -> float:
        """Active seconds."""
        return self.active_ms / 1000


def mark(s: Session, document: str, user: str, marks: Iterable[Mark], at: datetime) -> None:
    """Adds what the page reports. A row that is not the document's is passed over."""
    given = {m.segment: m for m in marks}
    known: set[str] = set()
    for part in slices(sorted(given)):
        query = select(segments.c.id).where(segments.c.document == document, segments.c.id.in_(part))
        known.update(s.execute(query).scalars())
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    rows = [_values(document, user, given[segment], at) for segment in sorted(known)]
    if not rows:
        return
    add = maker(efforts)
    add = add.on_conflict_do_update(
        index_elements=list(efforts.primary_key),
        set_={
            "active_ms": efforts.c.active_ms + add.excluded.active_ms,
            "keystrokes": efforts.c.keystrokes + add.excluded.keystrokes,
            "displays": efforts.c.displays + add.excluded.displays,
            "last_shown": add.excluded.last_shown,
        },
    )
    s.connection().execute(add, rows)


def _values(document: str, user: str, one: Mark, at: datetime) -> dict[str, Any]:
    return {
        "document": document, "segment": one.segment, "user": user, "active_ms": one.active_ms,
        "keystrokes": one.keystrokes, "displays": int(one.shown), "first_shown": at, "last_shown": at,
    }  # fmt: skip


def displayed(s: Session, document: str, ids: Sequence[str]) -> set[str]:
    """Which of these rows somebody had on the screen."""
    query = select(efforts.c.segment).where(efforts.c.document == document).distinct()
    return {
        segment
        for part in slices(list(ids))
        for segment in s.execute(query.where(efforts.c.segment.in_(part))).scalars()
    }


def _sums(*where: Any) -> Any:
    total = func.sum
    return (
        select(
            efforts.c.user, func.count().label("rows"), total(segments.c.words).label("words"),
            total(efforts.c.active_ms).label("active_ms"), total(efforts.c.keystrokes).label("keystrokes"),
            total(efforts.c.displays).label("displays"),
        )
        .select_from(
            efforts.join(segments, and_(segments.c.document == efforts.c.document, segments.c.id == efforts.c.segment))
        )
        .where(*where)
        .group_by(efforts.c.user)
        .order_by(efforts.c.user)
    )  # fmt: skip


def _efforts(s: Session, query: Any) -> list[Effort]:
    return [
        Effort(r.user, int(r.rows), int(r.words), int(r.active_ms), int(r.keystrokes), int(r.displays))
        for r in s.execute(query)
    ]


def of_document(s: Session, document: str) -> list[Effort]:
    """Effort on a document, by person."""
    return _efforts(s, _sums(efforts.c.document == document))


def of_batch(s: Session, batch: str) -> list[Effort]:
    """Effort on a batch, by person."""
    own = select(documents.c.id).where(documents.c.batch == batch)
    return _efforts(s, _sums(efforts.c.document.in_(own)))


def since(
    s: Session, at: datetime, *, user: str | None = None, documents_: Sequence[str] | None = None
) -> list[Effort]:
    """Effort on the rows last shown since a time, by person; of one person, of some documents, or of all."""
    where: list[Any] = [efforts.c.last_shown >= at]
    if user is not None:
        where.append(efforts.c.user == user)
    if documents_ is not None:
        where.append(efforts.c.document.in_(list(documents_)))
    return _efforts(s, _sums(*where))


def of_house(s: Session) -> list[Effort]:
    """Effort on everything that is stored, by person."""
    return _efforts(s, _sums())


def seconds_by_row(s: Session, document: str) -> dict[str, float]:
    """Active seconds of all people on each row of a document that somebody worked on."""
    query = select(efforts.c.segment, func.sum(efforts.c.active_ms).label("ms"))
    rows = s.execute(query.where(efforts.c.document == document).group_by(efforts.c.segment))
    return {str(r.segment): int(r.ms) / 1000 for r in rows}
