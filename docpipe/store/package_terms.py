"""Terms of a package: proposals with their renderings, and what people have locked. Takes a Session and core types; imports model and the tables.

A locked term is changed only by a person; proposals are replaced whenever the package was translated anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.model.brief import Bound
from docpipe.model.segment import OriginKind, SegmentId, Status
from docpipe.store.engine_tables import package_terms
from docpipe.store.rows import slices
from docpipe.store.tables import documents, segments, units

LOCKED, PROPOSED = "locked", "proposed"


@dataclass(frozen=True, slots=True)
class PackageTerm:
    """A term of a package. ``target``: the binding one where locked, else the most frequent. ``targets``: rows by rendering.

    ``document``, ``segment``, ``user``: where and by whom it was locked, "" for a proposal.
    """

    source: str
    target: str
    kind: str = "term"
    state: str = PROPOSED
    uses: int = 0
    targets: Mapping[str, int] = field(default_factory=dict)
    document: str = ""
    segment: str = ""
    user: str = ""
    at: datetime | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """Renderings beside ``target``."""
        return tuple(t for t in self.targets if t.casefold() != self.target.casefold())


def of_batch(s: Session, batch_id: str) -> list[PackageTerm]:
    """All terms of a batch: locked ones first, then the most used."""
    query = select(package_terms).where(package_terms.c.batch == batch_id)
    found = [_term(row) for row in s.execute(query)]
    return sorted(found, key=lambda t: (t.state != LOCKED, -t.uses, t.source))


def get(s: Session, batch_id: str, source: str) -> PackageTerm | None:
    """One term by its source, without regard to case; None where there is none."""
    query = select(package_terms).where(
        package_terms.c.batch == batch_id, func.lower(package_terms.c.source) == source.lower()
    )
    row = s.execute(query).first()
    return _term(row) if row is not None else None


def _term(row: Any) -> PackageTerm:
    return PackageTerm(
        row.source, row.target, row.kind, row.state, row.uses, row.targets, row.document, row.segment, row.user, row.at
    )


def locked(s: Session, batch_id: str) -> tuple[Bound, ...]:
    """The binding ones, in the order of their sources."""
    query = select(package_terms.c.source, package_terms.c.target).where(
        package_terms.c.batch == batch_id, package_terms.c.state == LOCKED
    )
    return tuple(Bound(r.source, r.target) for r in s.execute(query.order_by(package_terms.c.source)))


def changed_at(s: Session, batch_id: str) -> tuple[int, str]:
    """How many terms there are and when the last of them changed: equal figures mean equal terms."""
    query = select(func.count(), func.max(package_terms.c.at)).where(package_terms.c.batch == batch_id)
    count, last = s.execute(query).one()
    return int(count), str(last)


def propose(s: Session, batch_id: str, terms: Sequence[PackageTerm], at: datetime) -> None:
    """Replaces the proposals of a batch; of locked terms only the figures change."""
    kept = {t.source.casefold(): t for t in of_batch(s, batch_id) if t.state == LOCKED}
    s.execute(delete(package_terms).where(package_terms.c.batch == batch_id, package_terms.c.state != LOCKED))
    for t in terms:
        if t.source.casefold() in kept:
            s.execute(
                update(package_terms)
                .where(package_terms.c.batch == batch_id, package_terms.c.source == kept[t.source.casefold()].source)
                .values(uses=t.uses, targets=dict(t.targets), at=at)
            )
    fresh = [_values(batch_id, t, at) for t in terms if t.source.casefold() not in kept]
    if fresh:
        s.execute(insert(package_terms), fresh)


def _values(batch_id: str, t: PackageTerm, at: datetime) -> dict[str, Any]:
    return {
        "batch": batch_id, "source": t.source, "kind": t.kind, "target": t.target, "state": t.state, "uses": t.uses,
        "targets": dict(t.targets), "document": t.document, "segment": t.segment, "user": t.user, "at": at,
    }  # fmt: skip


def put(s: Session, batch_id: str, term: PackageTerm, at: datetime) -> None:
    """Writes one term, in place of the one with its source."""
    old = get(s, batch_id, term.source)
    if old is not None:
        s.execute(delete(package_terms).where(package_terms.c.batch == batch_id, package_terms.c.source == old.source))
    s.execute(insert(package_terms).values(**_values(batch_id, term, at)))


def bind(s: Session, batch_id: str, term: PackageTerm, at: datetime) -> bool:
    """Locks a proposal, unless somebody has locked it first."""
    done = s.execute(
        update(package_terms)
        .where(
            package_terms.c.batch == batch_id, package_terms.c.source == term.source, package_terms.c.state != LOCKED
        )
        .values(state=LOCKED, target=term.target, document=term.document, segment=term.segment, user=term.user, at=at)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def texts(s: Session, document_id: str, rows: Iterable[SegmentId]) -> dict[SegmentId, tuple[str, str]]:
    """Source and target, without codes, of some rows of a document."""
    found: dict[SegmentId, tuple[str, str]] = {}
    for part in slices(list(rows)):
        query = (
            select(segments.c.id, segments.c.plain.label("source"), units.c.plain.label("target"))
            .join(units, (units.c.document == segments.c.document) & (units.c.segment == segments.c.id))
            .where(segments.c.document == document_id, segments.c.id.in_(part))
        )
        found |= {SegmentId(r.id): (r.source, r.target) for r in s.execute(query)}
    return found


def translated_texts(s: Session, batch_id: str) -> Iterable[tuple[str, str, str]]:
    """Document, source and target, without codes, of every row of a batch that a model, a memory or a person gave a target."""
    query = (
        select(segments.c.document, segments.c.plain.label("source"), units.c.plain.label("target"))
        .join(units, (units.c.document == segments.c.document) & (units.c.segment == segments.c.id))
        .join(documents, documents.c.id == segments.c.document)
        .where(
            documents.c.batch == batch_id,
            units.c.status != Status.NEW.value,
            units.c.plain != "",
            units.c.origin_kind.not_in([OriginKind.SAME.value, OriginKind.PSEUDO.value]),
        )
        .order_by(segments.c.document, segments.c.position)
    )
    for row in s.execute(query):
        yield row.document, row.source, row.target


def rows_with(s: Session, batch_id: str, text: str, without: str = "") -> dict[str, list[SegmentId]]:
    """Rows whose source has a text, without regard to case, by document; they have a target, one ``without`` these words."""
    query = (
        select(segments.c.document, segments.c.id)
        .join(units, (units.c.document == segments.c.document) & (units.c.segment == segments.c.id))
        .join(documents, documents.c.id == segments.c.document)
        .where(
            documents.c.batch == batch_id,
            units.c.status != Status.NEW.value,
            func.lower(segments.c.plain).contains(text.lower(), autoescape=True),
        )
        .order_by(segments.c.document, segments.c.position)
    )
    if without:
        query = query.where(func.lower(units.c.plain).not_like(f"%{_escaped(without.lower())}%", escape="/"))
    found: dict[str, list[SegmentId]] = {}
    for row in s.execute(query):
        found.setdefault(row.document, []).append(SegmentId(row.id))
    return found


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
