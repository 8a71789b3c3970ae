"""Personal tokens by JSON: listed and revoked by whoever is signed in, made in a session only. Imports FastAPI and steps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from docpipe.accounts.roles import User
from docpipe.steps import tokens
from docpipe.store.tokens import Token
from docpipe.web.session import HouseDep, needs, session_of

router = APIRouter(prefix="/api/v1/tokens", tags=["account"])
Self = Annotated[User, needs()]


class TokenObject(TypedDict):
    """A token without its secret."""

    id: str
    label: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None
    read_only: bool
    holds: bool


class Tokens(TypedDict):
    """One's tokens, the newest first."""

    tokens: list[TokenObject]


class Made(TypedDict):
    """A new token and its secret, which is told this once."""

    token: TokenObject
    secret: str


class Revoked(TypedDict):
    """Says that the token holds no longer."""

    revoked: str


class Order(BaseModel):
    """What a new token is for. ``days``: until it expires, null for never."""

    label: str = Field(min_length=1, max_length=80)
    days: int | None = Field(90, ge=1, le=3660)
    read_only: bool = False


def _object(token: Token, now: datetime) -> TokenObject:
    return {
        "id": token.id, "label": token.label, "created": token.created, "expires": token.expires,
        "revoked": token.revoked, "last_used": token.last_used, "read_only": token.read_only, "holds": token.holds(now),
    }  # fmt: skip


@router.get("")
def listing(house: HouseDep, user: Self) -> Tokens:
    """One's tokens, revoked and expired ones too."""
    now = house.now()
    return {"tokens": [_object(t, now) for t in tokens.tokens_of(house, user.name)]}


@router.post("", status_code=201)
def make(request: Request, house: HouseDep, user: Self, order: Order) -> Made:
    """Makes a token. A token does not make tokens: this needs a session."""
    session_of(request)
    token, secret = tokens.make_token(house, user, order.label, days=order.days, read_only=order.read_only)
    return {"token": _object(token, house.now()), "secret": secret}


@router.delete("/{token}")
def revoke(house: HouseDep, user: Self, token: str) -> Revoked:
    """Ends one of one's tokens for good (an administrator: anybody's)."""
    tokens.revoke_token(house, token, by=user)
    return {"revoked": token}
