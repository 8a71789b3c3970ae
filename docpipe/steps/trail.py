"""The audit trail for people who read it: filtered pages, one event with its proof, exports. Imports store.

An export reads piece by piece, so that no transaction stays open while somebody downloads it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import UsageError
from docpipe.model.audit import GENESIS, AuditEvent
from docpipe.safe.cells import neutral
from docpipe.steps.house import House
from docpipe.store import audit_find, users
from docpipe.store.audit_find import Wanted

PER_PAGE = 100
PIECE = 1000
FIELDS = AuditEvent.__slots__


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of the trail. ``names``: account name to printed name; ``choices``: values to filter by."""

    events: list[AuditEvent]
    total: int
    page: int
    pages: int
    names: dict[str, str]
    choices: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """One event and what shows that it is whole: its own hash, the event before it, the event after it (None: the last)."""

    event: AuditEvent
    printed_name: str
    hash_holds: bool
    follows: bool
    followed: bool | None


def wanted(
    *, chain: str = "", actor: str = "", action: str = "", subject: str = "", since: str = "", until: str = ""
) -> Wanted:
    """A filter from what people type. Times are UTC; a day means all of it. Raises ``UsageError``."""
    return Wanted(chain.strip(), actor.strip(), action.strip(), subject.strip(), _time(since), _time(until, end=True))


def _time(given: str, *, end: bool = False) -> datetime | None:
    given = given.strip()
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError("Give times as 2026-11-22 or 2026-11-22T14:05, in UTC.") from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at + timedelta(days=1) if end and len(given) <= 10 else at


def trail(house: House, user: User, chosen: Wanted, *, page: int = 1, per: int = PER_PAGE) -> TrailPage:
    """A page of events, the newest first. Raises ``RoleMissing``."""
    require(user.roles, Action.AUDIT_READ)
    with house.store.read() as session:
        events, total = audit_find.page(session, chosen, page, per)
        names = {u.name: u.printed_name for u in users.listing(session)}
        return TrailPage(events, total, page, -(-total // per) or 1, names, audit_find.choices(session))


def proof(house: House, user: User, chain: str, number: int) -> Proof:
    """One event, checked against its neighbours. Raises ``RoleMissing``, ``UnknownName``."""
    require(user.roles, Action.AUDIT_READ)
    with house.store.read() as session:
        event = audit_find.one(session, chain, number)
        only = Wanted(chain=chain)
        before = audit_find.after(session, only, chain, number - 2, 1) if number > 1 else []
        behind = audit_find.after(session, only, chain, number, 1)
        names = {u.name: u.printed_name for u in users.listing(session)}
    previous = before[0].hash if before and before[0].number == number - 1 else GENESIS if number == 1 else ""
    return Proof(
        event, names.get(event.actor, ""), event.hash == event.computed(), event.previous == previous,
        behind[0].previous == event.hash and behind[0].number == number + 1 if behind else None,
    )  # fmt: skip


def _events(house: House, chosen: Wanted) -> Iterator[AuditEvent]:
    chain, number = "", 0
    while True:
        with house.store.read() as session:
            piece = audit_find.after(session, chosen, chain, number, PIECE)
        yield from piece
        if len(piece) < PIECE:
            return
        chain, number = piece[-1].chain, piece[-1].number


def event_object(event: AuditEvent) -> dict[str, object]:
    """An event as JSON types, every field with its own name, its time in ISO 8601 UTC."""
    fields: dict[str, object] = {name: getattr(event, name) for name in FIELDS}
    return {**fields, "at": event.at.isoformat()}


def export_lines(house: House, user: User, chosen: Wanted) -> Iterator[str]:
    """The events as JSON, one a line, chain by chain in order. Raises ``RoleMissing`` at once."""
    require(user.roles, Action.AUDIT_READ)
    return (json.dumps(event_object(event), ensure_ascii=False) + "\n" for event in _events(house, chosen))


def export_csv(house: House, user: User, chosen: Wanted) -> Iterator[str]:
    """The events as CSV (RFC 4180) whose cells no spreadsheet program calculates. Raises ``RoleMissing`` at once."""
    require(user.roles, Action.AUDIT_READ)
    return _csv(house, chosen)


def _csv(house: House, chosen: Wanted) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(FIELDS)
    yield "\ufeff" + buffer.getvalue()  # the mark by which spreadsheet programs know UTF-8
    for event in _events(house, chosen):
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([neutral(str(value)) for value in event_object(event).values()])
        yield buffer.getvalue()
