"""The audit trail: filters, one event with its proof, verification, exports. Imports FastAPI, steps and the session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from docpipe.accounts.roles import Action, User
from docpipe.errors import UsageError
from docpipe.steps import records, trail
from docpipe.store.audit_find import Wanted
from docpipe.web.render import page
from docpipe.web.session import HouseDep, needs

router = APIRouter(prefix="/audit")
Reader = Annotated[User, needs(Action.AUDIT_READ)]
FILTERS = ("chain", "actor", "action", "subject", "since", "until")


def _given(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "") for name in FILTERS}


def wanted(
    chain: str = "", actor: str = "", action: str = "", subject: str = "", since: str = "", until: str = ""
) -> Wanted:
    """The filter of the query. Raises ``UsageError``."""
    return trail.wanted(chain=chain, actor=actor, action=action, subject=subject, since=since, until=until)


Filter = Annotated[Wanted, Depends(wanted)]


@router.get("")
def show(
    request: Request, house: HouseDep, user: Reader, number: Annotated[int, Query(ge=1, alias="page")] = 1
) -> Response:
    """The trail under a filter, the newest first."""
    given = _given(request)
    try:
        found = trail.trail(house, user, trail.wanted(**given), page=number)
        error = ""
    except UsageError as wrong:
        found, error = trail.trail(house, user, trail.wanted(), page=1), wrong.message
    return page(
        request, "accounts/audit.html", user=user, status=422 if error else 200, found=found, given=given, error=error,
        result=None,
    )  # fmt: skip


@router.get("/export")
def export(house: HouseDep, user: Reader, chosen: Filter, form: str = "jsonl") -> Response:
    """The events under a filter as JSON lines or CSV."""
    if form not in ("jsonl", "csv"):
        raise UsageError("An export is jsonl or csv.")
    stream = trail.export_csv if form == "csv" else trail.export_lines
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/jsonl; charset=utf-8"
    named = {"content-disposition": f'attachment; filename="audit-{house.now():%Y%m%dT%H%M%SZ}.{form}"'}
    return StreamingResponse(stream(house, user, chosen), media_type=kind, headers=named)


@router.post("/verify")
def verify(request: Request, house: HouseDep, user: Reader) -> Response:
    """Recomputes every chain and compares it with the copies of its heads."""
    problems, count = records.verify_audit(house, None, by=user.name)
    given = dict.fromkeys(FILTERS, "")
    found = trail.trail(house, user, trail.wanted())
    result = {"problems": problems, "count": count}
    return page(request, "accounts/audit.html", user=user, found=found, given=given, error="", result=result)


@router.get("/{chain}/{number}")
def event(request: Request, house: HouseDep, user: Reader, chain: str, number: int) -> Response:
    """One event with what shows that it is whole."""
    return page(request, "accounts/event.html", user=user, proof=trail.proof(house, user, chain, number))
