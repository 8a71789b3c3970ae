"""Rows of a document or of a whole batch: filters, counts, pages by number. Imports model, errors, routing and the tables.

Filters are SQL over the rows' small columns; coded text is read only for the rows of a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from docpipe.model.finding import Disposition, Severity
from docpipe.model.routing import Gate, Route, routed
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.store.page_tables import comments, efforts
from docpipe.store.rows import dialect, slices
from docpipe.store.sections import ranges
from docpipe.store.tables import checkpoints as checkpoint_table
from docpipe.store.tables import decisions, findings, segments, signatures, units
from docpipe.store.units import segment_of, unit_of

ORIGINS: Mapping[str, tuple[str, ...]] = {
    "tm": ("previous", "in-context", "exact", "fuzzy", "repetition"),
    "llm": ("model", "engine"),
}
"""Names that stand for several kinds of origin in a filter."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are wanted: every field narrows, the values of one field widen. Empty fields say nothing.

    ``checks``: a family, a number or a whole id, with an open finding; ``severities``: of an open finding (of the same one).
    ``origins``: kinds, ``tm`` or ``llm``. ``sections``: segment ids of headings, or heading paths. ``mine``: a user's name.
    ``eyes``: not approved, and the gate wants a person to look. ``changed``: since the last decision on the document.
    ``order``: how what is left comes: "" as in the document, ``risk``: the riskiest first (``grid_risk.py``).
    """

    statuses: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    q: str = ""
    where: str = "both"
    changed: bool = False
    eyes: bool = False
    questions: bool = False
    mine: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: documents in the order in which their rows come, and their batch's gate.

    ``decided``: when a document was last decided about (signed, sent back), for those that were.
    """

    documents: tuple[str, ...]
    gate: Gate
    decided: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as the grid shows it. ``at``/``actor``: of its last change."""

    document: str
    position: int
    segment: Segment
    unit: Unit
    words: int
    at: datetime | None
    actor: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review of some documents is. ``words`` of the source; ``needing``: rows and words that want a person."""

    rows: int
    approved: int
    words: int
    approved_words: int
    needing: int
    needing_words: int
    open_findings: Mapping[str, int]
    open_questions: int


def decided_at(s: Session, documents: Sequence[str]) -> dict[str, datetime]:
    """When each document was last signed or sent back; those never decided about are left out."""
    found: dict[str, datetime] = {}
    for table in (decisions, signatures):
        query = (
            select(checkpoint_table.c.document, func.max(table.c.at, type_=table.c.at.type).label("at"))
            .join(table, table.c.checkpoint == checkpoint_table.c.id)
            .group_by(checkpoint_table.c.document)
        )
        for part in slices(documents):
            for row in s.execute(query.where(checkpoint_table.c.document.in_(part))):
                found[row.document] = max(row.at, found.get(row.document, row.at))
    return found


# ------------------------------------------------------------ conditions


@lru_cache(maxsize=128)
def _sampled_among(document: str, sample: float, ids: tuple[str, ...]) -> str:
    gate = Gate(skip=("exact",), sample=sample)
    plain = Origin(OriginKind.EXACT)
    chosen = [i for i in ids if routed(gate, document, Unit(SegmentId(i), origin=plain), False) is Route.SAMPLED]
    return json.dumps(chosen)


def _in_json(s: Session, column: Any, ids: str) -> ColumnElement[bool]:
    """Whether a column's text is in a JSON list: one parameter, however many."""
    given = bindparam("ids", ids, type_=Text, unique=True)
    if dialect(s) == "sqlite":
        chosen = select(func.json_each(given).table_valued("value").c.value)
    else:
        chosen = select(func.json_array_elements_text(cast(given, JSON)))
    return column.in_(chosen)  # type: ignore[no-any-return]


def _sampled(s: Session, view: View) -> ColumnElement[bool]:
    """Rows that the gate's sample chose, whatever else is true of them."""
    if not view.gate.sample:
        return false()
    parts = []
    for document in view.documents:
        query = select(segments.c.id).where(segments.c.document == document).order_by(segments.c.position)
        chosen = _sampled_among(document, view.gate.sample, tuple(s.execute(query).scalars()))
        parts.append(and_(units.c.document == document, _in_json(s, units.c.segment, chosen)))
    return or_(false(), *parts)


def _of_unit(table: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a table has a row for the unit."""
    return (
        select(literal_column("1"))
        .select_from(table)
        .where(table.c.document == units.c.document, table.c.segment == units.c.segment, *where)
        .correlate(units)
        .exists()
    )


def _among(view: View, table: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same, where few rows of the table are expected: they are looked up once."""
    chosen = select(table.c.document, table.c.segment).where(table.c.document.in_(view.documents), *where)
    return tuple_(units.c.document, units.c.segment).in_(chosen)


def _open_finding() -> ColumnElement[bool]:
    return _of_unit(findings, findings.c.disposition == Disposition.OPEN.value)


def _of_skip(view: View) -> ColumnElement[bool]:
    return units.c.origin_kind.in_(view.gate.skip)


def skipped(view: View) -> ColumnElement[bool]:
    """Rows that the gate lets pass, the sampled ones among them: ``routing.routed`` as SQL."""
    return and_(_of_skip(view), units.c.needs_person == "", units.c.editor == "", not_(_open_finding()))


def needing(s: Session, view: View) -> ColumnElement[bool]:
    """Rows that want a person: not approved, and not let pass by the gate (sampled ones: until they were displayed)."""
    sampled = and_(_sampled(s, view), not_(_of_unit(efforts))) if view.gate.sample else false()
    return and_(units.c.status != Status.APPROVED.value, or_(not_(skipped(view)), sampled))


def unseen(s: Session, view: View) -> ColumnElement[bool]:
    """Rows that the gate wants displayed before a signature, and that nobody had on the screen."""
    wanted = [and_(skipped(view), _sampled(s, view))] if view.gate.sample else []
    if view.gate.displayed:
        wanted.append(not_(skipped(view)))
    return and_(or_(false(), *wanted), not_(_of_unit(efforts)))


def _checks(names: Sequence[str]) -> ColumnElement[bool]:
    """A family (``B``), a number (``B3``) or a whole id."""
    column = findings.c.check
    parts: list[ColumnElement[bool]] = []
    for name in names:
        parts.append(column == name)
        if "." not in name:
            parts.append(column.startswith(f"{name}.", autoescape=True))
        if len(name) == 1 and name.isalpha():
            parts += [column.startswith(f"{name}{digit}") for digit in "123456789"]
    return or_(*parts)


def spellings(q: str) -> tuple[str, ...]:
    """The forms of a text that are looked for: databases know letter case in ASCII alone."""
    if q.isascii():
        return (q,)
    return tuple(dict.fromkeys((q, q.lower(), q.upper(), q[:1].upper() + q[1:])))


def _contains(s: Session, column: Any, q: str) -> ColumnElement[bool]:
    def pattern(form: str) -> str:
        return "%" + form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"

    like = column.like if dialect(s) == "sqlite" else column.ilike
    return or_(*(like(pattern(form), escape="\\") for form in spellings(q)))


def _conditions(s: Session, view: View, f: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [units.c.document.in_(view.documents)]
    if f.statuses:
        found.append(units.c.status.in_(f.statuses))
    if f.origins:
        kinds = [kind for name in f.origins for kind in ORIGINS.get(name, (name,))]
        found.append(units.c.origin_kind.in_(kinds))
    if f.checks or f.severities:
        where = [findings.c.disposition == Disposition.OPEN.value]
        if f.checks:
            where.append(_checks(f.checks))
        if f.severities:
            where.append(findings.c.severity.in_(f.severities))
        found.append(_among(view, findings, *where))
    if f.sections:
        spans = [(d, span) for d in view.documents for span in ranges(s, d, f.sections)]
        found.append(or_(false(), *(and_(units.c.document == d, units.c.position.between(*span)) for d, span in spans)))
    if f.q:
        sides = [segments.c.plain] if f.where in ("source", "both") else []
        sides += [units.c.plain] if f.where in ("target", "both") else []
        found.append(or_(false(), *(_contains(s, side, f.q) for side in sides)))
    if f.changed:
        since = [and_(units.c.document == d, units.c.at > at) for d, at in view.decided.items() if d in view.documents]
        found.append(or_(false(), *since))
    if f.eyes:
        found.append(needing(s, view))
    if f.questions:
        found.append(_among(view, comments, comments.c.question.is_(True), comments.c.resolved_at.is_(None)))
    if f.mine:
        found.append(or_(units.c.editor == f.mine, units.c.approver == f.mine, units.c.actor == f.mine))
    return found


def selected(s: Session, view: View, f: Filter, *columns: Any) -> Select[Any]:
    """Columns of the matching units, in no order."""
    query = select(*columns).select_from(units)
    if f.q and f.where != "target":
        query = query.join(
            segments, and_(segments.c.document == units.c.document, segments.c.position == units.c.position)
        )
    return query.where(*_conditions(s, view, f))


# ------------------------------------------------------------ looking


def counts(s: Session, view: View, f: Filter) -> dict[str, int]:
    """How many rows of each document match; every document is there, in the view's order."""
    query = selected(s, view, f, units.c.document, func.count().label("n")).group_by(units.c.document)
    found = {row.document: int(row.n) for row in s.execute(query)}
    return {document: found.get(document, 0) for document in view.documents}


def positions(
    s: Session, view: View, f: Filter, document: str, offset: int = 0, limit: int | None = None
) -> list[tuple[int, SegmentId, int]]:
    """Position, segment and revision of a document's matching rows, in its order."""
    alone = View((document,), view.gate, view.decided)
    query = selected(s, alone, f, units.c.position, units.c.segment, units.c.revision)
    query = query.order_by(units.c.position).offset(offset).limit(limit)
    return [(int(row.position), SegmentId(row.segment), int(row.revision)) for row in s.execute(query)]


def next_after(s: Session, view: View, f: Filter, document: str, position: int) -> SegmentId | None:
    """The first matching row behind a position; else the first of the document; None where nothing matches."""
    alone = View((document,), view.gate, view.decided)
    query = selected(s, alone, f, units.c.segment).order_by(units.c.position).limit(1)
    for part in (query.where(units.c.position > position), query.where(units.c.position < position)):
        row = s.execute(part).first()
        if row is not None:
            return SegmentId(row.segment)
    return None


def before(s: Session, view: View, f: Filter, document: str, segment: str) -> int | None:
    """How many matching rows of the document come before a row; None where the row does not match itself."""
    alone = View((document,), view.gate, view.decided)
    here = s.execute(selected(s, alone, f, units.c.position).where(units.c.segment == segment)).first()
    if here is None:
        return None
    query = selected(s, alone, f, func.count()).where(units.c.position < here.position)
    return int(s.execute(query).scalar_one())


# Made once: a reviewer's every step reads rows.
_WHOLE = select(segments, *(c.label(f"unit_{c.name}") for c in units.c if c.name not in ("document", "position"))).join(
    units, and_(units.c.document == segments.c.document, units.c.position == segments.c.position)
)


def load(s: Session, document: str, *, places: Sequence[int] = (), ids: Sequence[str] = ()) -> list[GridRow]:
    """Rows by position or by segment id, in the document's order; what is not there is left out."""
    chosen, column = (places, units.c.position) if places else (ids, units.c.segment)
    query = _WHOLE.where(segments.c.document == document)
    found: list[GridRow] = []
    for part in slices(list(chosen)):
        found += [_grid_row(row._mapping) for row in s.execute(query.where(column.in_(part)))]
    return sorted(found, key=lambda row: row.position)


def places_of(s: Session, document: str, ids: Sequence[str]) -> list[int]:
    """The positions of some rows."""
    query = select(units.c.position).where(units.c.document == document)
    return [int(p) for part in slices(list(ids)) for p in s.execute(query.where(units.c.segment.in_(part))).scalars()]


def window(s: Session, document: str, position: int, reach: int) -> list[GridRow]:
    """A row's neighbours and itself: up to ``reach`` on either side."""
    return load(s, document, places=range(max(0, position - reach), position + reach + 1))


def _grid_row(row: Mapping[Any, Any]) -> GridRow:
    values = SimpleNamespace(**{name: value for name, value in row.items() if not name.startswith("unit_")})
    unit = SimpleNamespace(**{n.removeprefix("unit_"): value for n, value in row.items() if n.startswith("unit_")})
    return GridRow(
        values.document, values.position, segment_of(values), unit_of(unit), values.words,
        unit.at, unit.actor,
    )  # fmt: skip


def progress(s: Session, view: View) -> Progress:
    """The figures of all the view's documents together."""
    where = units.c.document.in_(view.documents)
    words = func.coalesce(func.sum(units.c.words), 0).label("words")
    by_status = {
        row.status: (int(row.n), int(row.words))
        for row in s.execute(
            select(units.c.status, func.count().label("n"), words).where(where).group_by(units.c.status)
        )
    }
    # Counted by what needs no one: that is looked up by an index, what needs a person would be a walk through all.
    waiting = units.c.status.in_([x.value for x in Status if x is not Status.APPROVED])
    passed = s.execute(select(func.count(), words).where(where, waiting, not_(needing(s, view)), _of_skip(view))).one()
    open_ones = s.execute(
        select(findings.c.severity, func.count().label("n"))
        .where(findings.c.document.in_(view.documents), findings.c.disposition == Disposition.OPEN.value)
        .group_by(findings.c.severity)
    )
    asked = select(func.count()).where(
        comments.c.document.in_(view.documents), comments.c.question.is_(True), comments.c.resolved_at.is_(None)
    )
    approved = by_status.get(Status.APPROVED.value, (0, 0))
    rows, total = (sum(figures) for figures in zip(*by_status.values(), strict=True)) if by_status else (0, 0)
    return Progress(
        rows, approved[0], total, approved[1],
        rows - approved[0] - int(passed[0]), total - approved[1] - int(passed[1]), {sev.value: 0 for sev in Severity} | {r.severity: int(r.n) for r in open_ones},
        int(s.execute(asked).scalar_one()),
    )  # fmt: skip


def count_unseen(s: Session, view: View) -> int:
    """How many rows must still be displayed before a signature."""
    if not view.gate.displayed and not view.gate.sample:
        return 0
    query = select(func.count()).select_from(units).where(units.c.document.in_(view.documents), unseen(s, view))
    return int(s.execute(query).scalar_one())
