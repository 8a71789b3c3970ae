"""Who am I, and my sessions, by JSON. Imports FastAPI, steps and the session."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from typing_extensions import TypedDict

from docpipe.accounts.roles import Action, User, allows
from docpipe.errors import UnknownName
from docpipe.steps import people
from docpipe.web.session import HouseDep, identity_of, needs, session_of

router = APIRouter(prefix="/api/v1/me", tags=["account"])
Self = Annotated[User, needs()]


class Me(TypedDict):
    """A person: what they may do, and how they came in."""

    name: str
    printed_name: str
    roles: list[str]
    actions: list[str]
    via: str


class SessionObject(TypedDict):
    """An open session; ``this``: the one that asks."""

    id: str
    via: str
    created: datetime
    seen: datetime
    ends: datetime
    address: str
    agent: str
    this: bool


class Sessions(TypedDict):
    """Sessions that hold, the newest first."""

    sessions: list[SessionObject]


class Ended(TypedDict):
    """How many sessions ended."""

    ended: int


@router.get("")
def me(request: Request, user: Self) -> Me:
    """Who asks, with roles and what these permit."""
    found = identity_of(request)
    return {
        "name": user.name, "printed_name": user.printed_name, "roles": sorted(r.value for r in user.roles),
        "actions": sorted(a.value for a in Action if any(allows(r, a) for r in user.roles)),
        "via": found.session.via if found and found.session else "token",
    }  # fmt: skip


@router.get("/sessions")
def sessions(request: Request, house: HouseDep, user: Self) -> Sessions:
    """One's own open sessions."""
    found = identity_of(request)
    here = found.session.id if found and found.session else ""
    return {
        "sessions": [
            {
                "id": s.id, "via": s.via, "created": s.created, "seen": s.seen, "ends": s.ends, "address": s.address,
                "agent": s.agent, "this": s.id == here,
            }
            for s in people.sessions_of(house, user.name)
        ]
    }  # fmt: skip


@router.delete("/sessions/{session}")
def end_session(request: Request, house: HouseDep, user: Self, session: str) -> Ended:
    """Ends one of one's own sessions; another's is unknown (404)."""
    session_of(request)
    if not people.end_session(house, session, user, "ended by the person"):
        raise UnknownName("There is no such session.")
    return {"ended": 1}


@router.delete("/sessions")
def end_all(request: Request, house: HouseDep, user: Self) -> Ended:
    """Ends all of one's sessions, this one too."""
    session_of(request)
    return {"ended": people.end_all(house, user.name, by=user)}
