"""The check of a report on the page: findings with evidence, filters, dispositions with reasons, closing, files. Imports FastAPI and the steps.

All decisions are forms that work without JavaScript; what is closed is the digest that the page showed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, NotReady, ReviewRefused, UsageError
from docpipe.exports.checked import FAMILIES
from docpipe.steps import check_batch
from docpipe.steps.house import House
from docpipe.steps.records import copy_heads
from docpipe.steps.report_shown import evidence_line
from docpipe.store import batches
from docpipe.web.downloads import attachment_name
from docpipe.web.render import page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter()

Approver = Annotated[User, needs(Action.APPROVE)]
Dismisser = Annotated[User, needs(Action.DISMISS)]
Text = Annotated[str, Form(max_length=2000)]
Names = Annotated[list[str], Form(max_length=5000)]
Chosen = Annotated[list[str], Query(default_factory=list)]
Number = Annotated[int, Query(alias="page", ge=1)]
PER_PAGE = 50
SEVERITIES = ("critical", "major", "minor")
DISPOSITIONS = ("open", "dismissed")
_TYPES = {"notes": "application/octet-stream", "html": "text/html; charset=utf-8", "json": "application/jsonl"}


def _page(
    request: Request, house: House, user: User, batch_id: str, severity: list[str], family: list[str], state: list[str], number: int = 1,
    error: DocpipeError | None = None,
) -> HTMLResponse:  # fmt: skip
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    status = status_of(error) if error else 200
    try:
        seen = check_batch.look(house, batch_id)
    except NotReady:
        return page(request, "checks/waiting.html", user=user, status=status, batch=batch, error=error)
    counts = {s: sum(f.shown["severity"] == s for f in seen.findings) for s in SEVERITIES}
    families = sorted({f.shown["family"] for f in seen.findings})
    fitting = [
        f for f in seen.findings
        if (not severity or f.shown["severity"] in severity) and (not family or f.shown["family"] in family)
        and (not state or f.stored.disposition.value in state)
    ]  # fmt: skip
    last = max(1, -(-len(fitting) // PER_PAGE))
    number = min(number, last)
    return page(
        request, "checks/report.html", user=user, status=status, seen=seen, batch=seen.batch, error=error, counts=counts, last=last,
        families=[(f, FAMILIES.get(f, f)) for f in families], severity=severity, family=family, state=state, number_=number, total=len(fitting),
        shown=fitting[(number - 1) * PER_PAGE : number * PER_PAGE], evidence_line=evidence_line, severities=SEVERITIES, states=DISPOSITIONS,
        first=(number - 1) * PER_PAGE, query={"severity": severity, "family": family, "state": state},
    )  # fmt: skip


@router.get("/batches/{batch_id}/check", response_class=HTMLResponse)
def check(
    request: Request,
    batch_id: str,
    house: HouseDep,
    user: Person,
    severity: Chosen,
    family: Chosen,
    state: Chosen,
    page_: Number = 1,
) -> HTMLResponse:
    """The findings on a report, the worst first."""
    return _page(request, house, user, batch_id, severity, family, state, page_)


@router.post("/batches/{batch_id}/check/findings")
def dispose(
    request: Request,
    batch_id: str,
    house: HouseDep,
    user: Dismisser,
    chosen: Names = [],  # noqa: B006
    reason: Text = "",
    do: Text = "dismiss",
) -> Response:
    """Disposes of the chosen findings with a reason, or opens them again."""
    try:
        if not chosen:
            raise UsageError("No finding was chosen.")
        count = (check_batch.reopen if do == "reopen" else check_batch.dispose)(house, batch_id, chosen, user, reason)
    except (ReviewRefused, UsageError) as error:
        return _page(request, house, user, batch_id, [], [], [], error=error)
    said = f"{count} findings {'opened again' if do == 'reopen' else 'disposed of'}."
    return redirect(request, f"/batches/{batch_id}/check", said=said)


@router.post("/batches/{batch_id}/check/close")
def close(
    request: Request, batch_id: str, house: HouseDep, user: Approver, digest: Text = "", reason: Text = ""
) -> Response:
    """Closes the check as it was shown."""
    try:
        check_batch.close(house, batch_id, user, digest, reason)
    except ReviewRefused as error:
        return _page(request, house, user, batch_id, [], [], [], error=error)
    copy_heads(house, batch_id)
    return redirect(request, f"/batches/{batch_id}/check", said="The check is closed.")


@router.get("/batches/{batch_id}/check/files/{what}")
def file(batch_id: str, what: str, house: HouseDep, user: Person) -> Response:
    """The report with notes, or the findings as HTML or JSON lines."""
    name, data = check_batch.files(house, batch_id, what)
    headers = {"content-disposition": attachment_name(name), "x-content-type-options": "nosniff"}
    return Response(data, media_type=_TYPES.get(what, "application/octet-stream"), headers=headers)
