"""Who is asking: the session cookie or a personal token, and what a route needs. Imports FastAPI, accounts and steps.

Every route says what it needs by ``needs(...)`` or ``public()``; a test reads these and tries every role on every route.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as DependsType
from starlette.responses import Response

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import MustChangePassword, RoleMissing, SignInNeeded
from docpipe.steps import people
from docpipe.steps.house import House
from docpipe.store.sessions import SignedIn

COOKIE = "docpipe_session"
SECURE_COOKIE = "__Host-docpipe_session"
WITH_ONE_TIME = frozenset({"/account/password"})
"""What a one-time password opens."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, and the session they came by; None for a token."""

    user: User
    session: SignedIn | None


def house_of(request: Request) -> House:
    """The installation that the app serves."""
    house: House = request.app.state.house
    return house


HouseDep = Annotated[House, Depends(house_of)]


def secure(request: Request) -> bool:
    """Whether cookies are for https alone."""
    return request.url.scheme == "https" or house_of(request).settings.public_url.startswith("https://")


def cookie_name(request: Request) -> str:
    """The session cookie's name; the prefix makes browsers hold it to this host and https."""
    return SECURE_COOKIE if secure(request) else COOKIE


def identity_of(request: Request) -> Identity | None:
    """Who asks, looked up once a request; None for nobody."""
    if not hasattr(request.state, "identity"):
        request.state.identity = None  # a token that is refused stays so when the page of the refusal asks again
        request.state.identity = _identity(request)
    found: Identity | None = request.state.identity
    return found


def _identity(request: Request) -> Identity | None:
    house = house_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        user = people.token_user(house, token.strip(), reading=request.method in ("GET", "HEAD"))
        return Identity(user, None) if user else None
    secret = request.cookies.get(cookie_name(request), "")
    found = people.session_user(house, secret) if secret else None
    return Identity(*found) if found else None


def session_of(request: Request) -> SignedIn:
    """The session that the person came by. Raises ``RoleMissing`` for a personal token, which may not do what asks for this."""
    found = identity_of(request)
    if found is None:
        raise SignInNeeded("Sign in to go on.")
    if found.session is None:
        raise RoleMissing("A personal token does not do this: sign in on the page.")
    return found.session


def address_of(request: Request) -> str:
    """Where the request came from (behind a trusted proxy: what that says)."""
    return request.client.host if request.client else ""


def keep_session(request: Request, answer: Response, secret: str) -> None:
    """Sets the session cookie: out of reach of scripts, not sent by other sites' pages, on https only over https."""
    answer.set_cookie(cookie_name(request), secret, path="/", httponly=True, samesite="lax", secure=secure(request))


def drop_session(request: Request, answer: Response) -> None:
    """Takes the session cookie away."""
    answer.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="lax", secure=secure(request))


class Needs:
    """A dependency that lets in a signed-in person who may do at least one of the actions."""

    def __init__(self, *actions: Action) -> None:
        self.actions = actions

    def __call__(self, request: Request) -> User:
        """The person. Raises ``SignInNeeded``, ``RoleMissing``."""
        found = identity_of(request)
        if found is None:
            raise SignInNeeded("Sign in to go on.")
        if found.user.must_change and request.url.path not in WITH_ONE_TIME:
            raise MustChangePassword("Choose a password of your own first.")
        refusal: RoleMissing | None = None
        for action in self.actions:
            try:
                require(found.user.roles, action)
            except RoleMissing as error:
                refusal = error
            else:
                return found.user
        if refusal is not None:
            raise refusal
        return found.user


class Public:
    """A dependency that says: this route is for everybody, signed in or not."""

    def __call__(self) -> None:
        """Lets everybody in."""


def needs(*actions: Action) -> DependsType:
    """For ``user: Annotated[User, needs(Action.EDIT)]``: a signed-in person who may do one of the actions (none given: any)."""
    dependency: DependsType = Depends(Needs(*actions))
    return dependency


def public() -> DependsType:
    """For ``dependencies=[public()]``: a route without sign-in."""
    dependency: DependsType = Depends(Public())
    return dependency


Person = Annotated[User, needs(Action.READ)]
