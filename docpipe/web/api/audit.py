"""The audit trail by JSON: pages, exports, verification. Imports FastAPI, steps and the session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import StreamingResponse
from typing_extensions import TypedDict

from docpipe.accounts.roles import Action, User
from docpipe.model.audit import AuditEvent
from docpipe.steps import records, trail
from docpipe.store.audit_find import Wanted
from docpipe.web.session import HouseDep, needs

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])
Reader = Annotated[User, needs(Action.AUDIT_READ)]


class EventObject(TypedDict):
    """An audit event, as in the exports."""

    chain: str
    number: int
    at: str
    actor: str
    action: str
    subject: str
    old: str
    new: str
    reason: str
    previous: str
    hash: str


class Events(TypedDict):
    """A page of events, the newest first."""

    total: int
    page: int
    pages: int
    events: list[EventObject]


class Verified(TypedDict):
    """The result of a verification: sentences that name what is wrong."""

    ok: bool
    events: int
    problems: list[str]


def wanted(
    chain: str = "", actor: str = "", action: str = "", subject: str = "", since: str = "", until: str = ""
) -> Wanted:
    """The filter. ``action``: whole, or a family that ends with a dot; ``subject``: its beginning; times in UTC."""
    return trail.wanted(chain=chain, actor=actor, action=action, subject=subject, since=since, until=until)


Filter = Annotated[Wanted, Depends(wanted)]


@router.get("")
def listing(
    house: HouseDep, user: Reader, chosen: Filter, page: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    per: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Events:  # fmt: skip
    """A page of the trail under a filter."""
    found = trail.trail(house, user, chosen, page=page, per=per)
    return {
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "events": [_object(e) for e in found.events],
    }


def _object(event: AuditEvent) -> EventObject:
    return {
        "chain": event.chain, "number": event.number, "at": event.at.isoformat(), "actor": event.actor,
        "action": event.action, "subject": event.subject, "old": event.old, "new": event.new, "reason": event.reason,
        "previous": event.previous, "hash": event.hash,
    }  # fmt: skip


@router.get("/export")
def export(house: HouseDep, user: Reader, chosen: Filter) -> StreamingResponse:
    """All events under a filter as JSON, one a line."""
    return StreamingResponse(trail.export_lines(house, user, chosen), media_type="application/jsonl")


@router.post("/verify")
def verify(house: HouseDep, user: Reader) -> Verified:
    """Recomputes every chain and compares it with the copies of its heads."""
    problems, count = records.verify_audit(house, None, by=user.name)
    return {"ok": not problems, "events": count, "problems": problems}
