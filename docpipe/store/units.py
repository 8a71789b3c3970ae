"""Segments and units of a document. Takes a Session and core types, gives core types; imports model, errors and the tables.

A unit is changed by ``save`` alone, which keeps every earlier revision (21 CFR 11.10(e)) and refuses a stale one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from docpipe.errors import IllegalMove, StaleRow, UnknownName
from docpipe.model.canonical import Digest
from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.document import Address, BlockKind, count_words
from docpipe.model.draft import read_text
from docpipe.model.inline import plain_text
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.store.rows import found, slices
from docpipe.store.tables import dismissals, findings, unit_history
from docpipe.store.tables import segments as segment_table
from docpipe.store.tables import units as unit_table


@dataclass(frozen=True, slots=True)
class Revision:
    """A unit as it was or is, when it became so and by whom (a user's name, or the machine step's)."""

    unit: Unit
    at: datetime | None
    actor: str


def _segment_values(document: str, position: int, segment: Segment) -> dict[str, Any]:
    return {
        "document": document,
        "position": position,
        "id": segment.id,
        "address": segment.address,
        "ordinal": segment.ordinal,
        "kind": segment.kind.value,
        "source": dump_coded(segment.source),
        "digest": segment.digest,
        "context": segment.context,
        "before": segment.before,
        "after": segment.after,
        "level": segment.level,
        "last": segment.last,
        "plain": read_text(segment.source),
        "words": count_words(plain_text(segment.source)),
    }


# Looked up faster than an enumeration is called, for every row of a package several times.
_KINDS = {kind.value: kind for kind in BlockKind}
_STATUSES = {status.value: status for status in Status}
_ORIGINS = {kind.value: kind for kind in OriginKind}


def segment_of(row: Any) -> Segment:
    """The segment of a row that has the columns of ``segments``."""
    return Segment(
        SegmentId(row.id), Address(row.address), row.ordinal, _KINDS[row.kind], load_coded(row.source),
        Digest(row.digest), Digest(row.context), row.before, row.after, row.level, row.last,
    )  # fmt: skip


def _unit_values(document: str, unit: Unit, at: datetime | None, actor: str) -> dict[str, Any]:
    return {
        "document": document,
        "segment": unit.segment,
        "target": dump_coded(unit.target),
        "status": unit.status.value,
        "origin_kind": unit.origin.kind.value,
        "origin_detail": unit.origin.detail,
        "spend_key": unit.origin.spend_key,
        "revision": unit.revision,
        "editor": unit.editor,
        "approver": unit.approver,
        "needs_person": unit.needs_person,
        "at": at,
        "actor": actor,
        "plain": read_text(unit.target),
    }


def unit_of(row: Any) -> Unit:
    """The unit of a row that has the columns of ``units``."""
    return Unit(
        SegmentId(row.segment), load_coded(row.target), _STATUSES[row.status],
        Origin(_ORIGINS[row.origin_kind], row.origin_detail, row.spend_key),
        row.revision, row.editor, row.approver, row.needs_person,
    )  # fmt: skip


_KEPT = [c.name for c in unit_history.c if c.name != "id"]


def _keep(s: Session, where: Any) -> None:
    """Copies units as they stand into the history; a row that never was anything has none."""
    old = select(*(unit_table.c[name] for name in _KEPT)).where(where, unit_table.c.revision > 0)
    s.execute(insert(unit_history).from_select(_KEPT, old))


def _touched_by_people(s: Session, document_id: str) -> bool:
    human = or_(
        unit_table.c.status.in_([Status.EDITED.value, Status.APPROVED.value]),
        unit_table.c.editor != "",
        unit_table.c.approver != "",
        unit_table.c.origin_kind == OriginKind.HUMAN.value,
    )
    if s.execute(select(unit_table.c.position).where(unit_table.c.document == document_id, human).limit(1)).first():
        return True
    return s.execute(select(dismissals.c.id).where(dismissals.c.document == document_id).limit(1)).first() is not None


def put_segments(s: Session, document_id: str, segs: Sequence[Segment], new: Sequence[Unit]) -> bool:
    """Writes a document's segments in order with their units; what a machine did to them before is replaced.

    Where people have worked on the rows: equal segments change nothing (False), others raise ``IllegalMove``.
    """
    if _touched_by_people(s, document_id):
        if segments(s, document_id) == list(segs):
            return False
        raise IllegalMove("People have worked on this document's rows: they cannot be replaced.", document=document_id)
    _keep(s, unit_table.c.document == document_id)
    for table in (findings, unit_table, segment_table):
        where = table.c.document == document_id
        if table is findings:
            where = and_(where, table.c.segment != "")
        s.execute(delete(table).where(where))
    places = {segment.id: n for n, segment in enumerate(segs)}
    rows = [_segment_values(document_id, n, g) for n, g in enumerate(segs)]
    words = {row["id"]: row["words"] for row in rows}
    if rows:
        s.execute(insert(segment_table), rows)
    if new:
        s.execute(
            insert(unit_table),
            [
                {**_unit_values(document_id, u, None, ""), "position": places[u.segment], "words": words[u.segment]}
                for u in new
            ],
        )
    return True


# Whole documents are read often: only what is needed of a row, by place, costs half of the row by names.
_SEGMENT = [
    segment_table.c[name]
    for name in ("id", "address", "ordinal", "kind", "source", "digest", "context", "before", "after", "level", "last")
]
_UNIT = [
    unit_table.c[name]
    for name in (
        "segment", "target", "status", "origin_kind", "origin_detail", "spend_key", "revision", "editor", "approver", "needs_person",
    )
]  # fmt: skip


def segments(s: Session, document_id: str) -> list[Segment]:
    """The document's segments in its order."""
    query = select(*_SEGMENT).where(segment_table.c.document == document_id).order_by(segment_table.c.position)
    return [
        Segment(name, address, ordinal, _KINDS[kind], load_coded(source), *rest)
        for name, address, ordinal, kind, source, *rest in s.execute(query)
    ]


def units(s: Session, document_id: str) -> dict[SegmentId, Unit]:
    """The document's units in its order."""
    query = select(*_UNIT).where(unit_table.c.document == document_id).order_by(unit_table.c.position)
    return {
        name: Unit(name, load_coded(target), _STATUSES[status], Origin(_ORIGINS[kind], detail, key), *rest)
        for name, target, status, kind, detail, key, *rest in s.execute(query)
    }


def some(s: Session, document_id: str, ids: Collection[SegmentId]) -> dict[SegmentId, Unit]:
    """The units of these segments, in the document's order; one that is not there is left out."""
    rows: list[Row[Any]] = []
    for part in slices(sorted(ids)):
        rows += s.execute(
            select(unit_table).where(unit_table.c.document == document_id, unit_table.c.segment.in_(part))
        ).all()
    return {SegmentId(row.segment): unit_of(row) for row in sorted(rows, key=lambda row: int(row.position))}


def open_repetitions(s: Session, document_id: str) -> dict[SegmentId, Unit]:
    """The document's rows that wait for the target of their first occurrence in the batch, in its order."""
    rows = s.execute(
        select(unit_table)
        .where(
            unit_table.c.document == document_id,
            unit_table.c.status == Status.NEW.value,
            unit_table.c.origin_kind == OriginKind.REPETITION.value,
        )
        .order_by("position")
    )
    return {SegmentId(row.segment): unit_of(row) for row in rows}


def some_segments(s: Session, document_id: str, ids: Collection[SegmentId]) -> dict[SegmentId, Segment]:
    """These segments of the document; one that is not there is left out."""
    found_: dict[SegmentId, Segment] = {}
    for part in slices(sorted(ids)):
        rows = s.execute(
            select(segment_table).where(segment_table.c.document == document_id, segment_table.c.id.in_(part))
        )
        found_ |= {SegmentId(row.id): segment_of(row) for row in rows}
    return found_


def first_origins(s: Session, document_id: str) -> dict[SegmentId, OriginKind]:
    """Where each target first came from, for the rows that have one: leverage, whatever people made of it later."""
    none = OriginKind.NONE.value
    now = select(unit_table.c.segment, unit_table.c.origin_kind)
    now = now.where(unit_table.c.document == document_id, unit_table.c.origin_kind != none)
    origins = {SegmentId(name): _ORIGINS[kind] for name, kind in s.execute(now.order_by(unit_table.c.position))}
    past = select(unit_history.c.segment, unit_history.c.origin_kind).where(
        unit_history.c.document == document_id, unit_history.c.origin_kind != none
    )
    for name, kind in s.execute(past.order_by(unit_history.c.id.desc())):
        origins[SegmentId(name)] = _ORIGINS[kind]
    return origins


def figures(s: Session, document_id: str) -> list[tuple[SegmentId, Status, OriginKind, int]]:
    """Of every row, in the document's order: its status, where its target is from now, and its source words; no text is read."""
    c = unit_table.c
    query = select(c.segment, c.status, c.origin_kind, c.words).where(c.document == document_id).order_by(c.position)
    return [(SegmentId(g), _STATUSES[status], _ORIGINS[kind], words) for g, status, kind, words in s.execute(query)]


def get(s: Session, document_id: str, segment_id: str) -> tuple[Segment, Unit]:
    """One segment with its unit. Raises ``UnknownName``."""
    one = s.execute(
        select(segment_table).where(segment_table.c.document == document_id, segment_table.c.id == segment_id)
    ).first()
    other = s.execute(
        select(unit_table).where(unit_table.c.document == document_id, unit_table.c.segment == segment_id)
    ).first()
    return segment_of(found(one, "segment", segment_id)), unit_of(found(other, "unit", segment_id))


def _stored_revisions(s: Session, document_id: str, ids: Sequence[str]) -> dict[str, int]:
    """Revisions as stored; on PostgreSQL the rows are locked, always in document order."""
    query = select(unit_table.c.segment, unit_table.c.revision).where(unit_table.c.document == document_id)
    query = query.order_by(unit_table.c.position).with_for_update()
    if len(ids) > 2000:
        return {row.segment: row.revision for row in s.execute(query)}
    stored: dict[str, int] = {}
    for part in slices(sorted(ids)):
        stored |= {row.segment: row.revision for row in s.execute(query.where(unit_table.c.segment.in_(part)))}
    return stored


_CHANGE = (
    update(unit_table)
    .where(unit_table.c.document == bindparam("of_document"), unit_table.c.segment == bindparam("of_segment"))
    .values(
        {c.name: bindparam(c.name) for c in unit_table.c if c.name not in ("document", "segment", "position", "words")}
    )
)


def save(
    s: Session,
    document_id: str,
    changed: Sequence[Unit],
    at: datetime,
    actor: str,
    *,
    expected: Mapping[SegmentId, int] | None = None,
) -> None:
    """Writes units whose revision is above the stored one; the stored ones go to the history.

    ``expected``: the revisions that the change was made from, checked exactly (what a person saw).
    Raises ``StaleRow`` naming the first segment that somebody else changed meanwhile, ``UnknownName``.
    """
    if not changed:
        return
    ids = [u.segment for u in changed]
    stored = _stored_revisions(s, document_id, ids)
    for unit in changed:
        if unit.segment not in stored:
            raise UnknownName("There is no such unit.", name=unit.segment)
        seen = expected.get(unit.segment) if expected is not None else None
        if unit.revision <= stored[unit.segment] or (seen is not None and seen != stored[unit.segment]):
            raise StaleRow(
                f"Segment {unit.segment} was changed by somebody else meanwhile.",
                segment=unit.segment, stored=stored[unit.segment], given=unit.revision,
            )  # fmt: skip
    for part in slices(ids):
        _keep(s, and_(unit_table.c.document == document_id, unit_table.c.segment.in_(part)))
    rows = []
    for unit in changed:
        values = _unit_values(document_id, unit, at, actor)
        rows.append({**values, "of_document": values.pop("document"), "of_segment": values.pop("segment")})
    s.connection().execute(_CHANGE, rows)


def history(s: Session, document_id: str, segment_id: str) -> list[Revision]:
    """Every revision of a unit, oldest first, the present one last. Raises ``UnknownName``."""
    now = s.execute(
        select(unit_table).where(unit_table.c.document == document_id, unit_table.c.segment == segment_id)
    ).first()
    now = found(now, "unit", segment_id)
    past = s.execute(
        select(unit_history)
        .where(unit_history.c.document == document_id, unit_history.c.segment == segment_id)
        .order_by(unit_history.c.id)
    )
    return [Revision(unit_of(row), row.at, row.actor) for row in [*past, now]]


def by_status(s: Session, document_id: str) -> dict[str, int]:
    """How many units stand at each status; every status is there."""
    count = func.count().label("n")
    rows = s.execute(
        select(unit_table.c.status, count).where(unit_table.c.document == document_id).group_by(unit_table.c.status)
    )
    return {status.value: 0 for status in Status} | {row.status: row.n for row in rows}


_MACHINE = ("none", "pseudo", "human")


def first_machine_texts(s: Session, document_id: str) -> dict[str, str]:
    """The first target that a memory, a previous version or a model gave each row that has had one, without codes."""
    found: dict[str, str] = {}
    for table, order in ((unit_table, unit_table.c.position), (unit_history, unit_history.c.id.desc())):
        plain = table.c.plain if table is unit_table else table.c.target
        query = select(table.c.segment, plain.label("text")).where(
            table.c.document == document_id, table.c.origin_kind.not_in(_MACHINE), table.c.status != Status.NEW.value
        )
        for row in s.execute(query.order_by(order)):
            found[row.segment] = row.text if table is unit_table else read_text(load_coded(row.text))
    return found


def decided_texts(s: Session, document_id: str) -> dict[str, str]:
    """The target, without codes, of each row that a person edited or approved."""
    query = select(unit_table.c.segment, unit_table.c.plain).where(
        unit_table.c.document == document_id,
        unit_table.c.status.in_([Status.EDITED.value, Status.APPROVED.value]),
        unit_table.c.origin_kind != OriginKind.SAME.value,
    )
    return {row.segment: row.plain for row in s.execute(query)}


def revisions(s: Session, document_id: str, *, waiting: bool = False) -> dict[SegmentId, int]:
    """The revision at which each row stands, in the document's order. ``waiting``: only rows that are not approved."""
    query = select(unit_table.c.segment, unit_table.c.revision).where(unit_table.c.document == document_id)
    if waiting:
        query = query.where(unit_table.c.status != Status.APPROVED.value)
    return {SegmentId(row.segment): row.revision for row in s.execute(query.order_by(unit_table.c.position))}


def waiting(s: Session, document_id: str) -> int:
    """How many rows are not approved."""
    query = select(func.count()).where(
        unit_table.c.document == document_id, unit_table.c.status != Status.APPROVED.value
    )
    return int(s.execute(query).scalar_one())


def rejected(s: Session, document_id: str) -> int:
    """How many rows were sent back and wait to be worked on again."""
    query = select(func.count()).where(
        unit_table.c.document == document_id,
        unit_table.c.status == Status.EDITED.value,
        unit_table.c.needs_person != "",
    )
    return int(s.execute(query).scalar_one())
