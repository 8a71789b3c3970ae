"""The terms of a package by JSON: the list, lock, unlock. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from docpipe.accounts.roles import Action, User
from docpipe.steps import package_terms
from docpipe.steps.house import House
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter(prefix="/api/v1", tags=["terms"])

Approver = Annotated[User, needs(Action.APPROVE)]
Words = Annotated[str, Field(max_length=500)]


class LockBody(BaseModel):
    """A term and what to write for it; no target: the rendering that most rows have."""

    source: Words
    target: Words = ""
    reason: Words = ""


class UnlockBody(BaseModel):
    """A locked term, and why it is bound no more."""

    source: Words
    reason: Words


class Terms(TypedDict):
    """The terms of a batch. ``rows_checked``: rows under review that were checked again for a change."""

    batch: str
    terms: list[dict[str, Any]]
    rows_checked: int


def _terms(house: House, batch: str, checked: int = 0) -> Terms:
    found = [package_terms.term_object(t) for t in package_terms.listing(house, batch)]
    return {"batch": batch, "terms": found, "rows_checked": checked}


@router.get("/batches/{batch}/terms")
def terms(house: HouseDep, user: Person, batch: str) -> Terms:
    """All terms of a package with their renderings, locked ones first."""
    return _terms(house, batch)


@router.post("/batches/{batch}/terms/lock")
def lock(house: HouseDep, user: Approver, batch: str, body: LockBody) -> Terms:
    """Binds a term: documents translated later are told it, rows that differ get a finding."""
    return _terms(house, batch, package_terms.lock(house, batch, body.source, body.target, user, body.reason))


@router.post("/batches/{batch}/terms/unlock")
def unlock(house: HouseDep, user: Approver, batch: str, body: UnlockBody) -> Terms:
    """Takes a lock away: the term is a proposal again."""
    return _terms(house, batch, package_terms.unlock(house, batch, body.source, user, body.reason))
