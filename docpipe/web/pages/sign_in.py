"""Signing in and out by name and password. Imports FastAPI, steps and the session.

The page has no puzzles, and passwords may be pasted (WCAG 2.2, 3.3.8). Whoever was on the way somewhere is led there afterwards,
on this site only.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from docpipe.errors import SignInFailed
from docpipe.steps import people
from docpipe.web.render import local_path, page, redirect
from docpipe.web.session import (
    HouseDep,
    address_of,
    cookie_name,
    drop_session,
    identity_of,
    keep_session,
    public,
)

router = APIRouter(dependencies=[public()])


def form(
    request: Request, house: HouseDep, *, going: str, name: str = "", error: str = "", status: int = 200
) -> Response:
    """The page to sign in."""
    label = house.settings.oidc_name if house.settings.oidc_issuer else ""
    return page(
        request, "accounts/sign_in.html", status=status, next=local_path(going), name=name, error=error, oidc=label
    )  # fmt: skip


@router.get("/sign-in")
def show(request: Request, house: HouseDep, next: str = "/") -> Response:
    """The form; whoever is signed in goes on."""
    if identity_of(request) is not None:
        return redirect(request, local_path(next))
    return form(request, house, going=next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    house: HouseDep,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Opens a session with a new id; the one that the browser had ends."""
    try:
        user = people.sign_in(house, name.strip(), password, address=address_of(request), one_time=True)
    except SignInFailed as error:
        answer = form(request, house, going=next, name=name, error=error.message, status=401)
        if error.details.get("retry_after"):
            answer.headers["retry-after"] = str(error.details["retry_after"])
        return answer
    _end_old(request, house)
    agent = request.headers.get("user-agent", "")
    secret = people.start_session(house, user, address=address_of(request), agent=agent)
    answer = redirect(request, "/account/password" if user.must_change else local_path(next))
    keep_session(request, answer, secret)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, house: HouseDep) -> Response:
    """Ends the session at once."""
    _end_old(request, house)
    answer = redirect(request, "/sign-in", said="You are signed out.")
    drop_session(request, answer)
    return answer


def _end_old(request: Request, house: HouseDep) -> None:
    found = people.session_user(house, request.cookies.get(cookie_name(request), ""))
    if found is not None:
        people.end_session(house, found[1].id, found[0])
