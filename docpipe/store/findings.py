"""Findings of checks, notices of readers, and their dismissals. Imports model, errors and the tables.

A dismissal is bound to ``Finding.key``: what was said of the exact pair that was seen. A finding's id is stable as long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import UnknownName
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.codec import load_coded
from docpipe.model.finding import Disposition, Finding, Notice, Severity, Span
from docpipe.model.inline import text_digest
from docpipe.model.segment import SegmentId
from docpipe.store.page_tables import reopenings
from docpipe.store.rows import IN_SIZE, found, slices
from docpipe.store.tables import dismissals, segments, units
from docpipe.store.tables import findings as table


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding where it stands. ``segment``: "" for a notice about the document. ``count``: of a notice, else 1.

    ``dismissed_by``, ``reason`` and ``dismissed_at`` are those of the newest dismissal that fits, if it is dismissed.
    """

    id: str
    document: str
    segment: str
    address: str
    check: str
    severity: Severity
    message: str
    disposition: Disposition
    source_span: Span | None = None
    target_span: Span | None = None
    suggestion: str = ""
    dismissed_by: str = ""
    reason: str = ""
    dismissed_at: datetime | None = None
    count: int = 1

    @property
    def blocking(self) -> bool:
        """Whether it stands in the way of an approval: critical and open."""
        return self.severity is Severity.CRITICAL and self.disposition is Disposition.OPEN

    @property
    def finding(self) -> Finding:
        """What the check said."""
        return Finding(self.check, self.severity, self.message, self.source_span, self.target_span, self.suggestion)


@dataclass(frozen=True, slots=True)
class Settled:
    """A dismissal that was made of an equal row elsewhere. ``key``: ``Finding.key`` of the pair here."""

    segment: SegmentId
    check: str
    key: Digest
    user: str
    reason: str
    at: datetime


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


def replace(s: Session, document_id: str, found_now: Mapping[SegmentId, Sequence[Finding]]) -> None:
    """The findings of the mapping's segments are now these, computed from the units as they are stored; others stay.

    The segment "" is the document itself. What is no longer found becomes ``fixed``; what was dismissed for the same pair
    stays dismissed. Raises ``UnknownName`` for a segment that is not there.
    """
    rows = _rows_of(s, document_id, found_now)
    query = select(table.c.id, table.c.segment).where(table.c.document == document_id)
    if len(found_now) <= IN_SIZE:
        query = query.where(table.c.segment.in_(list(found_now)))
    gone = [row.id for row in s.execute(query) if row.segment in found_now and row.id not in rows]
    for part in slices(gone):
        s.execute(update(table).where(table.c.id.in_(part)).values(disposition=Disposition.FIXED.value))
    _write(s, document_id, rows)


def add(s: Session, document_id: str, segment: SegmentId | str, more: Sequence[Finding]) -> None:
    """Findings beside those that the segment ("": the document) has; one that is there already is not doubled."""
    _write(s, document_id, _rows_of(s, document_id, {SegmentId(segment): more}))


def put_notices(s: Session, document_id: str, notices: Sequence[Notice]) -> None:
    """The document's own findings are now these notices, with address and count; an unchanged one stays dismissed."""
    rows = _numbered(
        _row(
            document_id,
            "",
            place - len(notices),
            n.address,
            Finding(n.code, n.severity, n.message),
            digest_of(n),
            n.count,
        )
        for place, n in enumerate(notices)
    )
    s.execute(delete(table).where(table.c.document == document_id, table.c.segment == ""))
    _write(s, document_id, rows)


def _rows_of(
    s: Session, document_id: str, found_now: Mapping[SegmentId, Sequence[Finding]]
) -> dict[str, dict[str, Any]]:
    wanted = [segment for segment, several in found_now.items() if several]
    pairs = _pairs(s, document_id, [segment for segment in wanted if segment])
    pairs[""] = _Pair(-1, "", Digest(""), Digest(""))
    for segment in wanted:
        if segment not in pairs:
            raise UnknownName("There is no such segment.", name=segment)
    return _numbered(
        _row(document_id, segment, pair.position, pair.address, finding, finding.key(pair.source, pair.target))
        for segment in wanted
        for pair in (pairs[segment],)
        for finding in found_now[segment]
    )


def _numbered(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows by id: what was said twice of the same place is told apart by its turn."""
    seen: Counter[tuple[str, str]] = Counter()
    numbered: dict[str, dict[str, Any]] = {}
    for row in rows:
        seen[row["segment"], row["key"]] += 1
        row["id"] = digest_of([row["document"], row["segment"], row["key"], seen[row["segment"], row["key"]]])[:16]
        numbered[row["id"]] = row
    return numbered


def _row(
    document: str, segment: str, position: int, address: str, finding: Finding, key: str, count: int = 1
) -> dict[str, Any]:
    return {
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


def _write(s: Session, document_id: str, rows: dict[str, dict[str, Any]]) -> None:
    query = select(dismissals.c.segment, dismissals.c.key).where(
        dismissals.c.document == document_id, _holds(dismissals)
    )
    if len(rows) <= IN_SIZE:
        query = query.where(dismissals.c.key.in_([row["key"] for row in rows.values()]))
    dismissed = {(row.segment, row.key) for row in s.execute(query)}
    for row in rows.values():
        if (row["segment"], row["key"]) in dismissed:
            row["disposition"] = Disposition.DISMISSED.value
    for part in slices(list(rows)):
        s.execute(delete(table).where(table.c.id.in_(part)))
    if rows:
        s.execute(insert(table), list(rows.values()))


def _stored(row: Row[Any]) -> StoredFinding:
    dismissed = row.disposition == Disposition.DISMISSED.value
    return StoredFinding(
        row.id, row.document, row.segment, row.address, row.check, Severity(row.severity), row.message,
        Disposition(row.disposition), _span(row.source_span), _span(row.target_span), row.suggestion,
        row.user if dismissed else "", row.reason if dismissed else "", row.at if dismissed else None, row.occurrences,
    )  # fmt: skip


def _span(value: list[int] | None) -> tuple[int, int] | None:
    return None if value is None else (value[0], value[1])


def _holds(some: Any) -> ColumnElement[bool]:
    """Of a dismissal: nobody opened the finding again."""
    return ~select(reopenings.c.dismissal).where(reopenings.c.dismissal == some.c.id).exists()


def _rows(s: Session, *where: Any) -> list[StoredFinding]:
    fitting = dismissals.alias("fitting")
    newest = (
        select(func.max(fitting.c.id))
        .where(
            fitting.c.document == table.c.document,
            fitting.c.segment == table.c.segment,
            fitting.c.key == table.c.key,
            _holds(fitting),
        )
        .correlate(table)
    )
    query = (
        select(table, dismissals.c.user, dismissals.c.reason, dismissals.c.at)
        .select_from(table)
        .outerjoin(dismissals, dismissals.c.id == newest.scalar_subquery())
        .where(*where)
        .order_by(table.c.position, table.c.check, table.c.id)
    )
    return [_stored(row) for row in s.execute(query)]


def listing(
    s: Session,
    document_id: str,
    *,
    segment: str | None = None,
    disposition: Disposition | None = None,
    severity: Severity | None = None,
) -> list[StoredFinding]:
    """The document's notices and findings in its order, all dispositions unless one is asked for."""
    where = [table.c.document == document_id]
    if segment is not None:
        where.append(table.c.segment == segment)
    if disposition is not None:
        where.append(table.c.disposition == disposition.value)
    if severity is not None:
        where.append(table.c.severity == severity.value)
    return _rows(s, *where)


def of_rows(s: Session, document_id: str, ids: Sequence[str]) -> dict[str, list[StoredFinding]]:
    """The findings of some segments, those that are fixed left out; a segment without any is not there."""
    several: dict[str, list[StoredFinding]] = {}
    for part in slices(list(ids)):
        where = (
            table.c.document == document_id,
            table.c.segment.in_(part),
            table.c.disposition.in_([Disposition.OPEN.value, Disposition.DISMISSED.value]),
        )
        for one in _rows(s, *where):
            several.setdefault(one.segment, []).append(one)
    return several


def get(s: Session, finding_id: str) -> StoredFinding:
    """One finding. Raises ``UnknownName``."""
    rows = _rows(s, table.c.id == finding_id)
    if not rows:
        raise UnknownName("There is no such finding.", name=finding_id)
    return rows[0]


def dismiss(s: Session, finding_id: str, user: str, reason: str, at: datetime) -> StoredFinding:
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


def settle(s: Session, document_id: str, several: Sequence[Settled]) -> None:
    """Dismissals of equal rows hold for this document's rows too: what says the same of the same pair is dismissed once it is found."""
    rows = [
        {
            "document": document_id, "segment": one.segment, "key": one.key, "check": one.check, "user": one.user,
            "reason": one.reason, "at": one.at,
        }
        for one in several
    ]  # fmt: skip
    if rows:
        s.execute(insert(dismissals), rows)


def reopen(
    s: Session,
    finding_id: str,
    user: str,
    at: datetime,
    *,
    dismissed_by: str = "",
    dismissed_at: datetime | None = None,
) -> bool:
    """Takes the dismissals of a finding back: it is open again wherever the same was said of the same pair; whether it was dismissed.

    ``dismissed_by``, ``dismissed_at``: only where its newest dismissal is this one. Raises ``UnknownName``.
    """
    one = get(s, finding_id)
    if one.disposition is not Disposition.DISMISSED:
        return False
    if dismissed_at is not None and (one.dismissed_by, one.dismissed_at) != (dismissed_by, dismissed_at):
        return False
    row = s.execute(select(table.c.document, table.c.segment, table.c.key).where(table.c.id == finding_id)).one()
    same = (dismissals.c.document == row.document, dismissals.c.segment == row.segment, dismissals.c.key == row.key)
    held = s.execute(select(dismissals.c.id).where(*same, _holds(dismissals))).scalars().all()
    s.execute(insert(reopenings), [{"dismissal": held_id, "user": user, "at": at} for held_id in held])
    s.execute(
        update(table)
        .where(
            table.c.document == row.document, table.c.segment == row.segment, table.c.key == row.key,
            table.c.disposition == Disposition.DISMISSED.value,
        )
        .values(disposition=Disposition.OPEN.value)
    )  # fmt: skip
    return True


def dismissed_at(s: Session, document_id: str, user: str, at: datetime) -> list[str]:
    """The findings that a person dismissed at this very time and that are dismissed still."""
    query = (
        select(table.c.id)
        .join(
            dismissals,
            (dismissals.c.document == table.c.document)
            & (dismissals.c.segment == table.c.segment)
            & (dismissals.c.key == table.c.key),
        )
        .where(
            table.c.document == document_id, table.c.disposition == Disposition.DISMISSED.value,
            dismissals.c.user == user, dismissals.c.at == at, _holds(dismissals),
        )
        .distinct()
    )  # fmt: skip
    return list(s.execute(query).scalars())


def open_critical(s: Session, document_id: str) -> int:
    """How many critical findings, notices included, are open."""
    query = select(func.count()).where(
        table.c.document == document_id,
        table.c.severity == Severity.CRITICAL.value,
        table.c.disposition == Disposition.OPEN.value,
    )
    return int(s.execute(query).scalar_one())
