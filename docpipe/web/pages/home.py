"""The first page by role, and the tiny answer that says the server is up. Imports FastAPI and the session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse

from docpipe.accounts.roles import Action, User, allows
from docpipe.web.session import needs, public

router = APIRouter()


@router.get("/")
def home(request: Request, user: Annotated[User, needs()]) -> RedirectResponse:
    """Reviewers go to their queue, administrators to the accounts, auditors to the trail, others to the batches."""
    able = {action for role in user.roles for action in Action if allows(role, action)}
    if able & {Action.APPROVE, Action.EDIT, Action.SIGN}:
        return RedirectResponse("/queue", 303)
    if Action.SUBMIT in able:
        return RedirectResponse("/batches", 303)
    return RedirectResponse("/accounts" if Action.MANAGE_USERS in able else "/audit", 303)


@router.get("/health", dependencies=[public()])
def health() -> dict[str, bool]:
    """Says that the server answers."""
    return {"ok": True}
