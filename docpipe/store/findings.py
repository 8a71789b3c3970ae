"""Findings of checks, notices of readers, and their dismissals. Imports model, errors and the tables.

A dismissal is bound to ``Finding.key``: what was said of the exact pair that was seen. A finding's id is stable as long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import UnknownName
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.codec import load_coded
from docpipe.model.finding import Disposition, Finding, Notice, Severity
from docpipe.model.inline import text_digest
from docpipe.model.segment import SegmentId
from docpipe.store.rows import found, slices
from docpipe.store.tables import dismissals, segments, units
from docpipe.store.tables import findings as table


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding where it stands. ``segment``: "" for a notice about the document. ``count``: of a notice, else 1.

    ``dismissed_by``, ``reason`` and ``dismissed_at`` are those of the newest dismissal that fits, if it is dismissed.
    """

    id: str
    document: str
    segment: str
    address: str
    finding: Finding
    disposition: Disposition
    dismissed_by: str = ""
    reason: str = ""
    dismissed_at: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Pair:
    position: int
    address: str
    source: Digest
    target: Digest


def _pairs(s: Session, document_id: str, ids: Sequence[str]) -> dict[str, _Pair]:
    query = (
        select(segments.c.id, segments.c.position, segments.c.address, segments.c.digest, units.c.target)
        .join(units, (units.c.document == segments.c.document) & (units.c.segment == segments.c.id))
        .where(segments.c.document == document_id)
    )
    pairs: dict[str, _Pair] = {}
    for part in slices(ids):
        for row in s.execute(query.where(segments.c.id.in_(part))):
            target = text_digest(load_coded(row.target))
            pairs[row.id] = _Pair(row.position, row.address, Digest(row.digest), target)
    return pairs


def replace(
    s: Session,
    document_id: str,
    found_now: Mapping[SegmentId, Sequence[Finding]],
    *,
    only: Collection[SegmentId] | None = None,
) -> None:
    """The findings of the document's segments are now these, computed from the units as they are stored.

    ``only``: the segments that were checked again; without it all were. What is no longer found becomes ``fixed``; what was
    dismissed for the same pair stays dismissed. Notices stay. Raises ``UnknownName`` for a segment that is not there.
    """
    wanted = [segment for segment, several in found_now.items() if several]
    pairs = _pairs(s, document_id, wanted)
    rows: dict[str, dict[str, Any]] = {}
    for segment in wanted:
        if segment not in pairs:
            raise UnknownName("There is no such segment.", name=segment)
        pair = pairs[segment]
        seen: Counter[str] = Counter()
        for finding in found_now[segment]:
            key = finding.key(pair.source, pair.target)
            seen[key] += 1
            row = _row(document_id, segment, pair.position, pair.address, finding, key, seen[key])
            rows[row["id"]] = row
    _write(s, document_id, rows, None if only is None else set(only))


def _row(
    document: str, segment: str, position: int, address: str, finding: Finding, key: str, nth: int, count: int = 1
) -> dict[str, Any]:
    return {
        "id": digest_of([document, segment, key, nth])[:16],
        "document": document,
        "segment": segment,
        "position": position,
        "address": address,
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "source_span": finding.source_span,
        "target_span": finding.target_span,
        "suggestion": finding.suggestion,
        "occurrences": count,
        "key": key,
        "disposition": Disposition.OPEN.value,
    }


def _write(s: Session, document_id: str, rows: dict[str, dict[str, Any]], only: set[SegmentId] | None) -> None:
    dismissed = {
        (d.segment, d.key)
        for d in s.execute(select(dismissals.c.segment, dismissals.c.key).where(dismissals.c.document == document_id))
    }
    for row in rows.values():
        if (row["segment"], row["key"]) in dismissed:
            row["disposition"] = Disposition.DISMISSED.value
    old = s.execute(select(table.c.id, table.c.segment).where(table.c.document == document_id, table.c.segment != ""))
    gone = [r.id for r in old if r.id not in rows and (only is None or r.segment in only)]
    for part in slices(gone):
        s.execute(update(table).where(table.c.id.in_(part)).values(disposition=Disposition.FIXED.value))
    for part in slices(list(rows)):
        s.execute(delete(table).where(table.c.id.in_(part)))
    if rows:
        s.execute(insert(table), list(rows.values()))


def put_notices(s: Session, document_id: str, notices: Sequence[Notice]) -> None:
    """The document's notices are now these (segment ""); a dismissal stays with an unchanged notice."""
    rows: dict[str, dict[str, Any]] = {}
    seen: Counter[str] = Counter()
    for place, notice in enumerate(notices):
        key = digest_of(notice)
        seen[key] += 1
        finding = Finding(notice.code, notice.severity, notice.message)
        row = _row(document_id, "", place - len(notices), notice.address, finding, key, seen[key], notice.count)
        rows[row["id"]] = row
    s.execute(delete(table).where(table.c.document == document_id, table.c.segment == ""))
    _write(s, document_id, rows, set())


def _finding_row(row: Row[Any]) -> FindingRow:
    finding = Finding(
        row.check, Severity(row.severity), row.message, _span(row.source_span), _span(row.target_span), row.suggestion
    )
    disposition = Disposition(row.disposition)
    if disposition is not Disposition.DISMISSED:
        return FindingRow(row.id, row.document, row.segment, row.address, finding, disposition, count=row.occurrences)
    return FindingRow(
        row.id,
        row.document,
        row.segment,
        row.address,
        finding,
        disposition,
        row.user,
        row.reason,
        row.at,
        row.occurrences,
    )


def _span(value: list[int] | None) -> tuple[int, int] | None:
    return None if value is None else (value[0], value[1])


def _rows(s: Session, *where: Any) -> list[FindingRow]:
    newest = select(func.max(dismissals.c.id)).where(
        dismissals.c.document == table.c.document,
        dismissals.c.segment == table.c.segment,
        dismissals.c.key == table.c.key,
    )
    query = (
        select(table, dismissals.c.user, dismissals.c.reason, dismissals.c.at)
        .outerjoin(dismissals, dismissals.c.id == newest.scalar_subquery())
        .where(*where)
        .order_by(table.c.position, table.c.check, table.c.id)
    )
    return [_finding_row(row) for row in s.execute(query)]


def listing(
    s: Session,
    document_id: str,
    *,
    segment: str | None = None,
    disposition: Disposition | None = None,
    severity: Severity | None = None,
) -> list[FindingRow]:
    """The document's notices and findings in its order, all dispositions unless one is asked for."""
    where = [table.c.document == document_id]
    if segment is not None:
        where.append(table.c.segment == segment)
    if disposition is not None:
        where.append(table.c.disposition == disposition.value)
    if severity is not None:
        where.append(table.c.severity == severity.value)
    return _rows(s, *where)


def get(s: Session, finding_id: str) -> FindingRow:
    """One finding. Raises ``UnknownName``."""
    rows = _rows(s, table.c.id == finding_id)
    if not rows:
        raise UnknownName("There is no such finding.", name=finding_id)
    return rows[0]


def dismiss(s: Session, finding_id: str, user: str, reason: str, at: datetime) -> FindingRow:
    """Dismisses an open finding for what was seen. Raises ``UnknownName``, also for one that is fixed by now."""
    row = found(s.execute(select(table).where(table.c.id == finding_id)).first(), "finding", finding_id)
    if row.disposition == Disposition.FIXED.value:
        raise UnknownName("The finding is no longer there: the row was changed.", name=finding_id)
    s.execute(
        insert(dismissals).values(
            document=row.document, segment=row.segment, key=row.key, check=row.check, user=user, reason=reason, at=at
        )
    )
    s.execute(
        update(table)
        .where(table.c.document == row.document, table.c.segment == row.segment, table.c.key == row.key)
        .values(disposition=Disposition.DISMISSED.value)
    )
    return get(s, finding_id)


def open_critical(s: Session, document_id: str) -> int:
    """How many critical findings, notices included, are open."""
    query = select(func.count()).where(
        table.c.document == document_id,
        table.c.severity == Severity.CRITICAL.value,
        table.c.disposition == Disposition.OPEN.value,
    )
    return int(s.execute(query).scalar_one())
