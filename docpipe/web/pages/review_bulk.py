"""Approving many rows at once: a count, what is left out and why, the number typed to confirm, and one undo. Imports the steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, RoleMissing, UsageError
from docpipe.steps import bulk, review_queue, rows
from docpipe.steps.house import House
from docpipe.steps.rows import Filter
from docpipe.web import grid_view
from docpipe.web.filters import Wanted, query_of
from docpipe.web.render import page, redirect, url
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, needs

router = APIRouter()

Approver = Annotated[User, needs(Action.APPROVE)]
Digest = Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]
SHOWN = 200
"""Rows named one by one on the page; all are counted."""


@router.get("/documents/{document}/bulk")
def look(request: Request, house: HouseDep, user: Approver, document: str, wanted: Wanted) -> HTMLResponse:
    """What approving everything under the filter would cover, and what it leaves out."""
    return _page(request, house, user, document, wanted)


def _page(
    request: Request, house: House, user: User, document: str, wanted: Filter, error: DocpipeError | None = None
) -> HTMLResponse:
    head = review_queue.head(house, document)
    shown = bulk.preview(house, document, wanted, user)
    return page(
        request, "review/bulk.html", user=user, status=status_of(error) if error else 200, head=head, shown=shown,
        listed=shown.excluded[:SHOWN], error=error, query=query_of(wanted), base=f"/documents/{document}",
        active=grid_view.active_filters(wanted, rows.sections_of(house, document), f"/documents/{document}/bulk", "100"),
    )  # fmt: skip


@router.post("/documents/{document}/bulk")
def approve(
    request: Request, house: HouseDep, user: Approver, document: str, wanted: Wanted, digest: Digest,
    typed: Annotated[str, Form(max_length=12)] = "",
) -> Response:  # fmt: skip
    """Approves exactly the rows that were shown, if their number was typed."""
    try:
        if not typed.strip().isdecimal():
            raise UsageError("Type the number of rows to confirm.")
        done = bulk.approve(house, document, digest, int(typed), user, "")
    except RoleMissing:
        raise
    except DocpipeError as error:
        return _page(request, house, user, document, wanted, error)
    left = f" {len(done.left)} changed meanwhile and were left." if done.left else ""
    query = query_of(wanted)
    return redirect(
        request, url(f"/documents/{document}/bulk/done", undo=done.undo, n=len(done.approved), **query),
        said=f"{len(done.approved)} rows approved.{left}",
    )  # fmt: skip


@router.get("/documents/{document}/bulk/done")
def done_page(
    request: Request, house: HouseDep, user: Approver, document: str, wanted: Wanted, undo: str = "", n: int = 0
) -> HTMLResponse:
    """What was approved, with the one undo."""
    head = review_queue.head(house, document)
    back = url(f"/documents/{document}", **query_of(wanted))
    return page(request, "review/bulk_done.html", user=user, head=head, undo=undo[:80], count=n, back=back)


@router.post("/documents/{document}/bulk/undo")
def undo_all(
    request: Request, house: HouseDep, user: Approver, document: str, token: Annotated[str, Form(max_length=80)]
) -> Response:
    """Takes one's own bulk approval back."""
    where, reverted = bulk.undo(house, token, user)
    return redirect(request, f"/documents/{where}", said=f"{reverted} approvals taken back.")
