"""What stands beside one row: matches of the memories, terms, every revision, comments, neighbours. Imports memory and store."""

from __future__ import annotations

from datetime import datetime

from typing_extensions import TypedDict

from docpipe.model.batch import Batch, Document
from docpipe.model.diff import Change, word_diff
from docpipe.model.inline import WireError, renumber, spaced_text, to_wire, with_codes_of
from docpipe.model.segment import OriginKind, Segment, Unit
from docpipe.model.terms import TermHit, TermStatus, TmEntry
from docpipe.steps import back_translation
from docpipe.steps.assets import memory_names
from docpipe.steps.house import House
from docpipe.steps.row_objects import OriginObject, RowObject, origin_object
from docpipe.steps.second_look import is_about
from docpipe.steps.terms import termbase_of
from docpipe.store import comments, grid, second_looks, units
from docpipe.store.memory import SqlMemory
from docpipe.store.units import Revision

CARRIED = (OriginKind.PREVIOUS, OriginKind.IN_CONTEXT, OriginKind.EXACT, OriginKind.FUZZY, OriginKind.REPETITION)
"""Origins of a row's earlier text that are shown among its matches."""
Diff = list[Change]
"""Stretches ``[op, text]``: keep, delete, insert."""


class MatchObject(TypedDict):
    """A text that a memory or the previous version offers. ``target``: wire text with this row's codes, ready to insert."""

    kind: str
    percent: int | None
    source: str
    target: str
    origin: str
    approved_by: str
    at: str
    diff: Diff


class TermObject(TypedDict):
    """A term of the source with the rows of its concepts. ``span``: in ``source_plain``."""

    source: str
    preferred: list[str]
    allowed: list[str]
    forbidden: list[str]
    do_not_translate: bool
    note: str
    span: tuple[int, int]


class RevisionObject(TypedDict):
    """A revision of a row. ``diff``: from the one before it."""

    revision: int
    at: str | None
    actor: str
    status: str
    origin: OriginObject
    target: str
    needs_person: str
    diff: Diff


class CommentObject(TypedDict):
    """A comment or question on a row."""

    id: str
    segment: str
    user: str
    text: str
    question: bool
    at: str
    resolved_at: str | None
    resolved_by: str


class NeighbourObject(TypedDict):
    """A row before or behind, to read on."""

    segment: str
    number: int
    source: str
    target: str
    status: str


class LookObject(TypedDict):
    """What a second look said of the row's text as it stands. ``state``: fine | errors | unread."""

    state: str
    risk: float
    reasons: list[str]
    model: str
    prompt: str
    at: str
    back_translation: str


class BackObject(TypedDict):
    """The target said in the source language, "" until somebody asks; ``possible``: whether there is a model to ask."""

    possible: bool
    text: str
    model: str


class RowDetails(RowObject):
    """A row with all that stands beside it."""

    matches: list[MatchObject]
    terms: list[TermObject]
    history: list[RevisionObject]
    comments: list[CommentObject]
    neighbours: list[NeighbourObject]
    second_look: LookObject | None
    back_translation: BackObject


def details(house: House, batch: Batch, document: Document, row: RowObject, reach: int = 2) -> RowDetails:
    """The row with its surroundings. ``reach``: neighbours on either side."""
    with house.store.read() as session:
        segment, unit = units.get(session, document.id, row["segment"])
        look = second_looks.of_rows(session, [segment.id]).get(segment.id)
        past = units.history(session, document.id, row["segment"])
        talk = comments.listing(session, document.id, row["segment"])
        around = grid.window(session, document.id, row["position"], reach)
    return {
        **row,
        "matches": _matches(house, batch, segment, past),
        "terms": [term_object(hit) for hit in termbase_of(house, batch).hits(spaced_text(segment.source))],
        "history": _history(past),
        "comments": [comment_object(c) for c in talk],
        "neighbours": [
            {
                "segment": n.segment.id, "number": n.position + 1, "source": to_wire(n.segment.source),
                "target": to_wire(n.unit.target), "status": n.unit.status.value,
            }
            for n in around
            if n.segment.id != segment.id
        ],
        "second_look": _look(look) if look is not None and is_about(look, batch.recipe, segment, unit) else None,
        "back_translation": _back(house, batch, document, segment, unit, look),
    }  # fmt: skip


def _back(
    house: House, batch: Batch, document: Document, segment: Segment, unit: Unit, look: second_looks.SecondLook | None
) -> BackObject:
    found = back_translation.known(house, batch, document.id, segment, unit, look)
    able = back_translation.possible(batch, unit)
    return {"possible": able, "text": found.text if found else "", "model": found.model if found else ""}


def _look(look: second_looks.SecondLook) -> LookObject:
    return {
        "state": look.state, "risk": look.risk, "reasons": list(look.reasons), "model": look.model, "prompt": look.prompt,
        "at": look.at.isoformat() if look.at else "", "back_translation": look.back_translation,
    }  # fmt: skip


def _matches(house: House, batch: Batch, segment: Segment, past: list[Revision]) -> list[MatchObject]:
    entries = SqlMemory(house.store, memory_names(batch.recipe)).exact([segment.digest]).get(segment.digest, ())
    matches = [m for e in entries if (m := _offered(e, segment)) is not None]
    matches += [_carried(r.unit, segment, r.at) for r in past if r.unit.origin.kind in CARRIED and r.unit.target]
    matches.sort(key=lambda m: -(m["percent"] or 0))
    return list({m["target"]: m for m in reversed(matches)}.values())[::-1]


def _offered(entry: TmEntry, segment: Segment) -> MatchObject | None:
    try:
        target = to_wire(with_codes_of(entry.target, segment.source))
    except WireError:
        return None
    in_context = bool(entry.context) and entry.context == segment.context
    return {
        "kind": (OriginKind.IN_CONTEXT if in_context else OriginKind.EXACT).value,
        "percent": 101 if in_context else 100, "source": entry.source, "target": target, "origin": entry.origin,
        "approved_by": entry.origin if entry.approved else "", "at": entry.created,
        "diff": list(word_diff(entry.source, to_wire(renumber(segment.source)))),
    }  # fmt: skip


def _carried(unit: Unit, segment: Segment, at: datetime | None) -> MatchObject:
    origin = origin_object(unit, at)
    return {
        "kind": origin["kind"], "percent": origin["percent"], "source": to_wire(segment.source),
        "target": to_wire(unit.target), "origin": origin["detail"] if origin["percent"] is None else "",
        "approved_by": "", "at": origin["at"] or "", "diff": [Change("keep", to_wire(segment.source))],
    }  # fmt: skip


def term_object(hit: TermHit) -> TermObject:
    """A term that occurs in a source text."""

    def of(*statuses: TermStatus) -> list[str]:
        return list(dict.fromkeys(t.target for t in hit.terms if t.status in statuses))

    return {
        "source": hit.source, "preferred": of(TermStatus.PREFERRED, TermStatus.DO_NOT_TRANSLATE),
        "allowed": of(TermStatus.ALLOWED), "forbidden": of(TermStatus.FORBIDDEN),
        "do_not_translate": any(t.status is TermStatus.DO_NOT_TRANSLATE for t in hit.terms),
        "note": "; ".join(dict.fromkeys(t.note for t in hit.terms if t.note)), "span": hit.span,
    }  # fmt: skip


def _history(past: list[Revision]) -> list[RevisionObject]:
    out: list[RevisionObject] = []
    before = ""
    for r in past:
        target = to_wire(r.unit.target)
        out.append(
            {
                "revision": r.unit.revision, "at": r.at.isoformat() if r.at else None, "actor": r.actor,
                "status": r.unit.status.value, "origin": origin_object(r.unit, r.at), "target": target,
                "needs_person": r.unit.needs_person, "diff": list(word_diff(before, target)),
            }
        )  # fmt: skip
        before = target
    return out


def comment_object(c: comments.Comment) -> CommentObject:
    """A stored comment."""
    return {
        "id": c.id, "segment": c.segment, "user": c.user, "text": c.text, "question": c.question, "at": c.at.isoformat(),
        "resolved_at": c.resolved_at.isoformat() if c.resolved_at else None, "resolved_by": c.resolved_by,
    }  # fmt: skip
