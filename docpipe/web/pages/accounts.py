"""The administrator's page: accounts, their roles, one-time passwords, closing. Imports FastAPI, steps and the session."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from docpipe.accounts.roles import Action, Role, User
from docpipe.errors import DocpipeError, UnknownName
from docpipe.steps import people
from docpipe.web.render import page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, needs, session_of

router = APIRouter(prefix="/accounts")
Administrator = Annotated[User, needs(Action.MANAGE_USERS)]
DUTIES = {
    Role.AUTHOR: "submits files and edits rows", Role.REVIEWER: "edits, approves and sends back rows",
    Role.APPROVER: "approves, signs and releases", Role.QUALITY: "signs, releases and reads the audit trail",
    Role.OPERATOR: "submits files and runs batches", Role.ADMINISTRATOR: "keeps accounts; neither edits nor signs",
    Role.AUDITOR: "reads everything, changes nothing",
}  # fmt: skip


def _list(request: Request, house: HouseDep, user: User, status: int = 200, **more: object) -> Response:
    return page(
        request, "accounts/accounts.html", user=user, status=status, accounts=people.accounts(house), duties=DUTIES,
        **{"made": "", "secret": "", "error": "", "given": {}, "chosen": (), **more},
    )  # fmt: skip


def _one(request: Request, house: HouseDep, user: User, name: str, status: int = 200, **more: object) -> Response:
    account = next((a for a in people.accounts(house) if a.name == name), None)
    if account is None:
        raise UnknownName("There is no such account.", name=name[:200])
    return page(
        request, "accounts/one.html", user=user, status=status, account=account, duties=DUTIES,
        at=f"/accounts/{quote(name)}", sessions=people.sessions_of(house, name),
        **{"secret": "", "error": "", "reason": "", **more},
    )  # fmt: skip


@router.get("")
def show(request: Request, house: HouseDep, user: Administrator) -> Response:
    """All accounts, and the form for a new one."""
    return _list(request, house, user)


@router.post("")
def add(
    request: Request, house: HouseDep, user: Administrator,
    name: Annotated[str, Form()] = "", printed_name: Annotated[str, Form()] = "",
    role: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Makes an account and shows its one-time password, this once."""
    session_of(request)
    roles = role or []
    try:
        made, secret = people.invite(house, name.strip(), printed_name, roles, by=user)
    except DocpipeError as error:
        given = {"name": name, "printed_name": printed_name}
        return _list(request, house, user, status_of(error), error=error.message, given=given, chosen=roles)
    return _list(request, house, user, made=made.name, secret=secret)


@router.get("/{name:path}")
def one(request: Request, house: HouseDep, user: Administrator, name: str) -> Response:
    """One account with what can be changed."""
    return _one(request, house, user, name)


@router.post("/{name:path}/roles")
def set_roles(
    request: Request, house: HouseDep, user: Administrator, name: str,
    role: Annotated[list[str] | None, Form()] = None, reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Gives other roles; the account's sessions end."""
    session_of(request)
    try:
        people.set_roles(house, name, role or [], by=user, reason=reason)
    except UnknownName:
        raise
    except DocpipeError as error:
        return _one(request, house, user, name, status_of(error), error=error.message, reason=reason)
    return redirect(request, f"/accounts/{quote(name)}", said="The roles are changed and its sessions have ended.")


@router.post("/{name:path}/password")
def reset_password(
    request: Request, house: HouseDep, user: Administrator, name: str, reason: Annotated[str, Form()] = ""
) -> Response:
    """Gives a one-time password and shows it, this once."""
    session_of(request)
    try:
        secret = people.reset_password(house, name, by=user, reason=reason)
    except UnknownName:
        raise
    except DocpipeError as error:
        return _one(request, house, user, name, status_of(error), error=error.message, reason=reason)
    return _one(request, house, user, name, secret=secret)


@router.post("/{name:path}/sessions")
def end_sessions(request: Request, house: HouseDep, user: Administrator, name: str) -> Response:
    """Ends all sessions of an account."""
    session_of(request)
    if name not in {a.name for a in people.accounts(house)}:
        raise UnknownName("There is no such account.", name=name[:200])
    count = people.end_all(house, name, by=user, reason="ended by an administrator")
    return redirect(request, f"/accounts/{quote(name)}", said=f"{count} sessions have ended.")


@router.post("/{name:path}/disable")
def disable(
    request: Request, house: HouseDep, user: Administrator, name: str, reason: Annotated[str, Form()] = ""
) -> Response:
    """Closes an account for good."""
    session_of(request)
    try:
        people.disable(house, name, by=user, reason=reason)
    except UnknownName:
        raise
    except DocpipeError as error:
        return _one(request, house, user, name, status_of(error), error=error.message, reason=reason)
    return redirect(
        request, f"/accounts/{quote(name)}", said="The account is closed; its sessions and tokens have ended."
    )
