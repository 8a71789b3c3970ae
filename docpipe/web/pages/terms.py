"""The terms of a package: what is proposed, where renderings differ, what people have locked; lock and unlock. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, RoleMissing, UnknownName
from docpipe.steps import package_terms, status
from docpipe.steps.house import House
from docpipe.web import grid_view
from docpipe.web.render import page, redirect, url
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter()

Approver = Annotated[User, needs(Action.APPROVE)]
Words = Annotated[str, Form(max_length=500)]
Which = Annotated[str, Query(max_length=20)]
Text = Annotated[str, Query(max_length=200)]
Number = Annotated[int, Query(alias="page", ge=1)]
PER_PAGE = 100


@router.get("/batches/{batch}/terms")
def terms(
    request: Request, house: HouseDep, user: Person, batch: str, show: Which = "all", q: Text = "", page_: Number = 1
) -> HTMLResponse:
    """The package's terms, locked ones first, and who changed what."""
    return _page(request, house, user, batch, show, q, page_)


def _page(
    request: Request, house: House, user: User, batch: str, show: str, q: str, number: int,
    error: DocpipeError | None = None,
) -> HTMLResponse:  # fmt: skip
    seen = status.status(house, batch)
    every = package_terms.listing(house, batch)
    which = show if show in package_terms.SHOWN else "all"
    found = package_terms.shown(every, which, q)
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(number, last)
    return page(
        request, "review/terms.html", user=user, status=status_of(error) if error else 200, batch=seen.batch, every=every,
        matching=len(found), found=found[(number - 1) * PER_PAGE : number * PER_PAGE], show=which, q=q.strip(),
        counts={name: len(package_terms.shown(every, name)) for name in package_terms.SHOWN},
        changes=package_terms.changes(house, batch), error=error, number_=number, last=last,
        query={"show": "" if which == "all" else which, "q": q.strip()}, languages=grid_view.languages(seen.batch.recipe),
    )  # fmt: skip


@router.post("/batches/{batch}/terms")
def change(
    request: Request, house: HouseDep, user: Approver, batch: str, do: Annotated[str, Form(max_length=10)], source: Words,
    target: Words = "", reason: Words = "", show: Which = "all", q: Text = "", page_: Number = 1,
) -> Response:  # fmt: skip
    """Locks a term to a target, or takes its lock away."""
    try:
        if do == "lock":
            rows = package_terms.lock(house, batch, source, target, user, reason.strip())
        elif do == "unlock":
            rows = package_terms.unlock(house, batch, source, user, reason.strip())
        else:
            raise UnknownName("There is no such action.")
    except RoleMissing:
        raise
    except DocpipeError as error:
        return _page(request, house, user, batch, show, q, page_, error)
    told = "The term is locked" if do == "lock" else "The term is a proposal again"
    back = url(f"/batches/{batch}/terms", show="" if show == "all" else show, q=q, page="" if page_ == 1 else page_)
    return redirect(request, back, said=f"{told}; rows checked again: {rows}.")
