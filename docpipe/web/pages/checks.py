"""The check of a report on the page: findings with evidence, filters, confirmed or dismissed, closing, files. Imports FastAPI and the steps.

All decisions are forms that work without JavaScript; a decision is taken on what the page showed, and what is closed is the digest that it showed.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, NotReady, ReviewRefused, UsageError
from docpipe.exports.checked import FAMILIES
from docpipe.model.finding import Disposition
from docpipe.steps import check_review
from docpipe.steps.check_review import DISPOSITIONS, CheckSeen, Listed
from docpipe.steps.house import House
from docpipe.steps.records import copy_heads
from docpipe.steps.report_shown import evidence_line
from docpipe.store import batches
from docpipe.web.downloads import attachment_name
from docpipe.web.render import counted, page, redirect, url
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
FIELDS = ("severity", "check", "state")
"""What the findings can be filtered by."""
_BECOMES = {"confirm": Disposition.CONFIRMED, "dismiss": Disposition.DISMISSED, "reopen": Disposition.OPEN}
_SAID = {"confirm": "confirmed", "dismiss": "dismissed", "reopen": "opened again"}
_TYPES = {"notes": "application/octet-stream", "html": "text/html; charset=utf-8", "json": "application/jsonl"}

Query_ = dict[str, list[str]]


def _fits(f: Listed, query: Query_) -> bool:
    """Whether a finding fits the filter. A check is chosen by its id, or by the letters of its family."""
    has = {
        "severity": {f.shown["severity"]},
        "check": {f.shown["check"], f.shown["family"]},
        "state": {f.stored.disposition.value},
    }
    return all(not query[name] or has[name] & set(query[name]) for name in FIELDS)


def _checks(seen: CheckSeen) -> list[tuple[str, list[tuple[str, int]]]]:
    """The checks that found something, by what they are about, each with how often."""
    found: dict[str, dict[str, int]] = {}
    for f in seen.findings:
        own = found.setdefault(f.shown["family"], {})
        own[f.shown["check"]] = own.get(f.shown["check"], 0) + 1
    return [(FAMILIES.get(name, name), sorted(own.items())) for name, own in sorted(found.items())]


def _page(
    request: Request, house: House, user: User, batch_id: str, query: Query_, number: int = 1, error: DocpipeError | None = None,
    kept: dict[str, Any] | None = None,
) -> HTMLResponse:  # fmt: skip
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    status = status_of(error) if error else 200
    try:
        seen = check_review.look(house, batch_id)
    except NotReady:
        return page(request, "checks/waiting.html", user=user, status=status, batch=batch, error=error)
    counts = {s: sum(f.shown["severity"] == s for f in seen.findings) for s in SEVERITIES}
    fitting = [f for f in seen.findings if _fits(f, query)]
    last = max(1, -(-len(fitting) // PER_PAGE))
    number = min(number, last)
    return page(
        request, "checks/report.html", user=user, status=status, seen=seen, batch=seen.batch, error=error, counts=counts, last=last, query=query,
        checks=_checks(seen), number_=number, total=len(fitting), shown=fitting[(number - 1) * PER_PAGE : number * PER_PAGE],
        evidence_line=evidence_line, severities=SEVERITIES, states=DISPOSITIONS, kept=kept or {},
        own=len(check_review.own_dismissals([f.stored for f in seen.findings], user)),
    )  # fmt: skip


@router.get("/batches/{batch_id}/check", response_class=HTMLResponse)
def check(
    request: Request,
    batch_id: str,
    house: HouseDep,
    user: Person,
    severity: Chosen,
    check: Chosen,
    state: Chosen,
    page_: Number = 1,
) -> HTMLResponse:
    """The findings on a report, the worst first."""
    return _page(request, house, user, batch_id, {"severity": severity, "check": check, "state": state}, page_)


@router.post("/batches/{batch_id}/check/findings")
def decide(
    request: Request,
    batch_id: str,
    house: HouseDep,
    user: Dismisser,
    chosen: Names = [],  # noqa: B006
    reason: Text = "",
    do: Text = "dismiss",
    severity: Names = [],  # noqa: B006
    check: Names = [],  # noqa: B006
    state: Names = [],  # noqa: B006
    page_: Annotated[int, Form(alias="page", ge=1)] = 1,
    then: Text = "",
) -> Response:
    """Says what becomes of the chosen findings (each with the state that the page showed), and leads back to the same list."""
    query: Query_ = {"severity": severity, "check": check, "state": state}
    seen = dict(name.partition(".")[::2] for name in chosen)
    try:
        if not seen:
            raise UsageError("No finding was chosen.")
        if do not in _BECOMES:
            raise UsageError("A finding is confirmed, dismissed or opened again.", field="do")
        count = check_review.dispose(house, batch_id, list(seen), user, _BECOMES[do], reason, seen)
    except (ReviewRefused, UsageError) as error:
        return _page(request, house, user, batch_id, query, page_, error, {"chosen": set(seen), "reason": reason})
    anchor = f"#{then}" if then.isalnum() else ""
    return redirect(
        request, url(f"/batches/{batch_id}/check", page=page_ if page_ > 1 else "", **query) + anchor, said=f"{counted(count, 'finding')} {_SAID[do]}."
    )  # fmt: skip


@router.post("/batches/{batch_id}/check/close")
def close(
    request: Request, batch_id: str, house: HouseDep, user: Approver, digest: Text = "", reason: Text = ""
) -> Response:
    """Closes the check as it was shown."""
    try:
        if not digest:
            raise UsageError("What is closed is what was shown: the digest is missing.", field="digest")
        check_review.close(house, batch_id, user, digest, reason)
    except (ReviewRefused, UsageError) as error:
        return _page(request, house, user, batch_id, {name: [] for name in FIELDS}, error=error)
    copy_heads(house, batch_id)
    return redirect(request, f"/batches/{batch_id}/check", said="The check is closed.")


@router.get("/batches/{batch_id}/check/files/{what}")
def file(batch_id: str, what: str, house: HouseDep, user: Person) -> Response:
    """The report with notes, or the findings as HTML or JSON lines."""
    name, data = check_review.files(house, batch_id, what)
    headers = {"content-disposition": attachment_name(name), "x-content-type-options": "nosniff"}
    return Response(data, media_type=_TYPES.get(what, "application/octet-stream"), headers=headers)
