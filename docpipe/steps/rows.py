"""Rows for the reviewer: pages under a filter, one row with all that stands beside it, progress, the next one. Imports store.

Pages of the web door, the JSON API and the command line show what these functions give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from typing_extensions import TypedDict

from docpipe.accounts.roles import User
from docpipe.model.batch import Batch, Document, State
from docpipe.model.segment import SegmentId
from docpipe.steps.house import House
from docpipe.steps.row_details import RowDetails, details
from docpipe.steps.row_objects import RowObject, Setting, row_objects
from docpipe.store import batches, documents, efforts, grid, grid_risk, sections
from docpipe.store.grid import Filter, View
from docpipe.store.rows import found

__all__ = [
    "Filter",
    "Page",
    "ProgressObject",
    "SectionObject",
    "batch_page",
    "document_page",
    "next_needing_review",
    "one",
    "page_of",
    "progress",
    "sections_of",
]  # fmt: skip

MOST_ROWS = 500
"""Rows a page at most."""
PACE_WORDS, PACE_SECONDS = 20, 20.0
"""Less than this says nothing about a pace."""


class ProgressObject(TypedDict):
    """How far a review is. ``needing_review``: rows that want a person; ``seconds_left`` at today's pace, if it is known."""

    rows: int
    approved: int
    words: int
    approved_words: int
    open_findings: dict[str, int]
    open_questions: int
    needing_review: int
    seconds_left: int | None


class Page(TypedDict):
    """A page of rows. ``document``: "" for a batch-wide page, ``batch`` is always there."""

    document: str
    batch: str
    total: int
    matching: int
    page: int
    per: int
    pages: int
    rows: list[RowObject]
    progress: ProgressObject


class SectionObject(TypedDict):
    """A heading of a document. ``rows``: how many lie under it."""

    segment: str
    title: str
    path: str
    level: int
    rows: int


def view_of(session: Any, batch: Batch, found_documents: list[Document]) -> View:
    """What the grid looks at for these documents."""
    ids = tuple(d.id for d in found_documents)
    return View(ids, batch.recipe.gate, grid.decided_at(session, ids))


def _opened(session: Any, document_id: str) -> tuple[Batch, Document, View]:
    document = documents.get(session, document_id)
    batch = batches.get(session, document.batch)
    return batch, document, view_of(session, batch, [document])


def document_page(
    house: House, document_id: str, wanted: Filter, user: User | None, *, page: int = 1, per: int = 100
) -> Page:
    """A page of a document's rows. A page beyond the last is the last. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch, document, view = _opened(session, document_id)
        return _page(house, session, batch, view, wanted, user, page, per, document.id)


def batch_page(
    house: House, batch_id: str, wanted: Filter, user: User | None, *, page: int = 1, per: int = 100
) -> Page:
    """A page of all rows of a batch, its documents in the order of their names. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        shown = [d for d in documents.of_batch(session, batch_id) if d.state is not State.REFUSED]
        return _page(house, session, batch, view_of(session, batch, shown), wanted, user, page, per, "")


def _page(
    house: House, session: Any, batch: Batch, view: View, wanted: Filter, user: User | None, page: int, per: int,
    document: str,
) -> Page:  # fmt: skip
    per = min(max(1, per), MOST_ROWS)
    by_document = grid.counts(session, view, wanted)
    matching = sum(by_document.values())
    pages = max(1, -(-matching // per))
    page = min(max(1, page), pages)
    skip = (page - 1) * per
    if wanted.order == grid_risk.RISK:
        chosen = grid_risk.ordered(session, view, wanted, skip, per)
    else:
        chosen = _in_order(session, view, wanted, by_document, skip, per)
    shown: dict[tuple[str, int], RowObject] = {}
    for name in dict.fromkeys(document for document, _ in chosen):
        rows = grid.load(session, name, places=[p for d, p in chosen if d == name])
        for made in row_objects(session, name, rows, Setting(batch, user, view.decided.get(name))):
            shown[name, made["position"]] = made
    standing = _progress(house, session, view, user)
    return {
        "document": document, "batch": batch.id, "total": standing["rows"], "matching": matching, "page": page,
        "per": per, "pages": pages, "rows": [shown[place] for place in chosen if place in shown], "progress": standing,
    }  # fmt: skip


def _in_order(
    session: Any, view: View, wanted: Filter, by_document: Mapping[str, int], skip: int, left: int
) -> list[tuple[str, int]]:
    """Document and position of a page's rows, as they come in the documents."""
    chosen: list[tuple[str, int]] = []
    for name, count in by_document.items():
        if skip >= count:
            skip -= count
            continue
        chosen += [(name, p) for p, _, _ in grid.positions(session, view, wanted, name, skip, left - len(chosen))]
        skip = 0
        if len(chosen) >= left:
            break
    return chosen


def _progress(house: House, session: Any, view: View, user: User | None) -> ProgressObject:
    p = grid.progress(session, view)
    pace = _pace_today(house, session, view, user)
    return {
        "rows": p.rows, "approved": p.approved, "words": p.words, "approved_words": p.approved_words,
        "open_findings": dict(p.open_findings), "open_questions": p.open_questions, "needing_review": p.needing,
        "seconds_left": None if pace is None else round(p.needing_words / pace),
    }  # fmt: skip


def _pace_today(house: House, session: Any, view: View, user: User | None) -> float | None:
    """Words a second of today (UTC): the person's own, else everybody's on these documents; None while too few to say."""
    now = house.now()
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    if user is not None and (pace := _pace(efforts.since(session, today, user=user.name))) is not None:
        return pace
    return _pace(efforts.since(session, today, documents_=view.documents))


def _pace(listed: list[efforts.Effort]) -> float | None:
    words, seconds = sum(e.words for e in listed), sum(e.seconds for e in listed)
    return words / seconds if words >= PACE_WORDS and seconds >= PACE_SECONDS else None


def progress(house: House, user: User | None, *, document_id: str = "", batch_id: str = "") -> ProgressObject:
    """How far a document's or a batch's review is. Raises ``UnknownName``."""
    with house.store.read() as session:
        if document_id:
            return _progress(house, session, _opened(session, document_id)[2], user)
        batch = batches.get(session, batch_id)
        shown = [d for d in documents.of_batch(session, batch_id) if d.state is not State.REFUSED]
        return _progress(house, session, view_of(session, batch, shown), user)


def row_in(session: Any, batch: Batch, view: View, segment: str, user: User | None) -> RowObject:
    """One row's object inside a transaction. Raises ``UnknownName``."""
    (document_id,) = view.documents
    rows = grid.load(session, document_id, ids=[segment])
    if not rows:
        found(None, "row", segment)
    return row_objects(session, document_id, rows, Setting(batch, user, view.decided.get(document_id)))[0]


def one(house: House, document_id: str, segment: str, user: User | None) -> RowDetails:
    """A row with matches, terms, history, comments and neighbours. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch, document, view = _opened(session, document_id)
        row = row_in(session, batch, view, segment, user)
    return details(house, batch, document, row)


def row_and_progress(
    house: House, document_id: str, segment: str, user: User | None
) -> tuple[RowObject, ProgressObject]:
    """What every action on a row answers with. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch, _, view = _opened(session, document_id)
        return row_in(session, batch, view, segment, user), _progress(house, session, view, user)


def next_needing_review(house: House, document_id: str, after: str, wanted: Filter) -> SegmentId | None:
    """The next row under the filter that wants a person, behind ``after`` ("": from the start), else from the top.

    The row itself is not given back. Raises ``UnknownName``.
    """
    with house.store.read() as session:
        _, _, view = _opened(session, document_id)
        if wanted.order == grid_risk.RISK:
            return grid_risk.next_after(session, view, replace(wanted, eyes=True), after)
        position = -1
        if after:
            rows = grid.load(session, document_id, ids=[after])
            position = rows[0].position if rows else -1
        return grid.next_after(session, view, replace(wanted, eyes=True), document_id, position)


def page_of(house: House, document_id: str, segment: str, wanted: Filter, per: int = 100) -> int | None:
    """The number of the page that holds a row under a filter; None where the filter leaves it out. Raises ``UnknownName``."""
    with house.store.read() as session:
        _, _, view = _opened(session, document_id)
        if wanted.order == grid_risk.RISK:
            at = grid_risk.before(session, view, wanted, segment)
        else:
            at = grid.before(session, view, wanted, document_id, segment)
        return None if at is None else at // min(max(1, per), MOST_ROWS) + 1


def sections_of(house: House, document_id: str) -> list[SectionObject]:
    """The headings of a document, for the filter. Raises ``UnknownName``."""
    with house.store.read() as session:
        documents.get(session, document_id)
        return [
            {"segment": x.id, "title": x.title, "path": x.path, "level": x.level, "rows": x.last - x.first + 1}
            for x in sections.of_document(session, document_id)
        ]
