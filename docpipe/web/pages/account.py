"""One's own account: password, sessions, personal tokens. Imports FastAPI, steps and the session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from docpipe.accounts.passwords import MINIMUM
from docpipe.accounts.roles import User
from docpipe.errors import DocpipeError, SignInFailed, UnknownName, UsageError
from docpipe.steps import people, tokens
from docpipe.web.render import page, redirect
from docpipe.web.session import HouseDep, address_of, drop_session, identity_of, keep_session, needs, session_of

router = APIRouter(prefix="/account")
Self = Annotated[User, needs()]


def _page(request: Request, house: HouseDep, user: User, status: int = 200, **more: str) -> Response:
    found = identity_of(request)
    here = found.session.id if found and found.session else ""
    return page(
        request, "accounts/account.html", user=user, status=status, here=here, now=house.now(),
        sessions=people.sessions_of(house, user.name), tokens=tokens.tokens_of(house, user.name),
        **{"secret": "", "label": "", "error": "", **more},
    )  # fmt: skip


@router.get("")
def show(request: Request, house: HouseDep, user: Self) -> Response:
    """Who one is here, where one is signed in, and one's tokens."""
    return _page(request, house, user)


@router.get("/password")
def password_form(request: Request, user: Self) -> Response:
    """The form to choose another password."""
    return page(request, "accounts/password.html", user=user, minimum=MINIMUM, error="")


@router.post("/password")
def change_password(
    request: Request, house: HouseDep, user: Self,
    old: Annotated[str, Form()] = "", new: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Chooses another password; all other sessions end, this one goes on under a new id."""
    try:
        if new != again:
            raise UsageError("The new password was not typed the same twice.")
        session = session_of(request)
        secret = people.change_password(house, user.name, old, new, session=session, address=address_of(request))
    except (SignInFailed, UsageError) as error:
        said = "The old password is wrong." if isinstance(error, SignInFailed) and not error.details else error.message
        return page(request, "accounts/password.html", user=user, status=422, minimum=MINIMUM, error=said)
    answer = redirect(request, "/", said="The password is changed; your other sessions have ended.")
    keep_session(request, answer, secret)
    return answer


@router.post("/sessions/{session}/end")
def end_session(request: Request, house: HouseDep, user: Self, session: str) -> Response:
    """Ends one of one's own sessions."""
    own = session_of(request)
    if not people.end_session(house, session, user, "ended on the account page"):
        raise UnknownName("There is no such session.")
    if session == own.id:
        answer = redirect(request, "/sign-in", said="You are signed out.")
        drop_session(request, answer)
        return answer
    return redirect(request, "/account", said="The session has ended.")


@router.post("/sessions/end-others")
def end_others(request: Request, house: HouseDep, user: Self) -> Response:
    """Ends all of one's sessions but this one."""
    count = people.end_all(house, user.name, by=user, but=session_of(request).id)
    return redirect(request, "/account", said=f"{count} other sessions have ended.")


@router.post("/tokens")
def make_token(
    request: Request, house: HouseDep, user: Self,
    label: Annotated[str, Form()] = "", days: Annotated[str, Form()] = "", read_only: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Makes a token and shows it, this once."""
    session_of(request)
    try:
        if days and not days.strip().isdecimal():
            raise UsageError("Days are a whole number.")
        until = int(days) if days else None
        _, secret = tokens.make_token(house, user, label, days=until, read_only=read_only)
    except DocpipeError as error:
        return _page(request, house, user, 422, error=error.message, label=label)
    return _page(request, house, user, secret=secret)


@router.post("/tokens/{token}/revoke")
def revoke_token(request: Request, house: HouseDep, user: Self, token: str) -> Response:
    """Ends one of one's own tokens for good."""
    session_of(request)
    tokens.revoke_token(house, token, by=user, reason="revoked on the account page")
    return redirect(request, "/account", said="The token is revoked.")
