"""Drafts: source set, parsed tables beside their originals, plan, early checkpoints, evidence of a row. Imports FastAPI, the steps and dispatch.

All decisions are forms that work without JavaScript; what is approved is the digest that the page showed.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import decided
from docpipe.errors import DocpipeError, OfficeFailed, ReviewRefused, StaleRow, UsageError
from docpipe.model.segment import SegmentId
from docpipe.steps import draft_sources, evidence, gates, proposals, source_pages
from docpipe.steps.draft_orders import MEDIA_TYPE
from docpipe.steps.house import House
from docpipe.store import batches, documents
from docpipe.web.render import fragment, page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter()

Approver = Annotated[User, needs(Action.APPROVE)]
Rejecter = Annotated[User, needs(Action.REJECT)]
Dismisser = Annotated[User, needs(Action.DISMISS)]
Editor = Annotated[User, needs(Action.EDIT)]
Text = Annotated[str, Form(max_length=2000)]
Names = Annotated[list[str], Form(max_length=5000)]
PAGES = {"sources": "sources", "tables": "tables", "plan": "plan"}


def _gates(house: House, batch: str) -> dict[str, gates.Gate]:
    return {g.gate.stage: g for g in gates.look(house, batch)}


def _page(
    request: Request, house: House, user: User, batch_id: str, stage: str, error: DocpipeError | None = None
) -> HTMLResponse:
    """One of the three pages of early checkpoints."""
    seen = draft_sources.source_set(house, batch_id)
    context: dict[str, Any] = {"tables": (), "plans": ()}
    if stage == "tables":
        context["tables"] = draft_sources.tables(house, batch_id)
    if stage == "plan":
        context["plans"] = gates.content(house, batch_id, "plan")
    early = _gates(house, batch_id)
    return page(
        request, f"drafts/{PAGES[stage]}.html", status=status_of(error) if error else 200, user=user, seen=seen, batch=seen.batch,
        early=early, gate=early.get(stage), findings=seen.by_stage.get(stage, ()), stage=stage, error=error, **context,
    )  # fmt: skip


@router.get("/batches/{batch_id}/sources", response_class=HTMLResponse)
def sources(request: Request, batch_id: str, house: HouseDep, user: Person) -> HTMLResponse:
    """The source set: every file, what it was read as, what is wrong with it."""
    return _page(request, house, user, batch_id, "sources")


@router.get("/batches/{batch_id}/tables", response_class=HTMLResponse)
def tables(request: Request, batch_id: str, house: HouseDep, user: Person) -> HTMLResponse:
    """The tables as they were parsed."""
    return _page(request, house, user, batch_id, "tables")


@router.get("/batches/{batch_id}/plan", response_class=HTMLResponse)
def plan(request: Request, batch_id: str, house: HouseDep, user: Person) -> HTMLResponse:
    """The plan: which section is made from what."""
    return _page(request, house, user, batch_id, "plan")


@router.get("/batches/{batch_id}/tables/{position}", response_class=HTMLResponse)
def table(request: Request, batch_id: str, position: int, house: HouseDep, user: Person) -> HTMLResponse:
    """One table as parsed, beside the original as it looks."""
    found = draft_sources.table(house, batch_id, position)
    count, reason = _pages_of(house, batch_id, found.sha256)
    total = len(draft_sources.tables(house, batch_id))
    return page(
        request, "drafts/table.html", user=user, table=found, total=total, pages=count, reason=reason, batch_id=batch_id
    )


def _pages_of(house: House, batch_id: str, sha256: str) -> tuple[int, str]:
    try:
        return source_pages.pages(house, batch_id, sha256), ""
    except OfficeFailed as error:
        return 0, error.message


@router.get("/batches/{batch_id}/sources/{sha256}", response_class=HTMLResponse)
def source(request: Request, batch_id: str, sha256: str, house: HouseDep, user: Person) -> HTMLResponse:
    """One source file: what was read from it, its passages, its pages."""
    name = source_pages.name_of(house, batch_id, sha256)
    seen = draft_sources.source_set(house, batch_id)
    row = next((f for f in seen.files if f.sha256 == sha256), None)
    paper = name.lower().endswith((".rtf", ".docx", ".docm", ".pdf"))
    count, reason = _pages_of(house, batch_id, sha256) if paper else (0, "")
    passages = draft_sources.passages(house, batch_id, sha256)
    return page(
        request, "drafts/source.html", user=user, name=name, row=row, passages=passages, pages=count, reason=reason,
        batch_id=batch_id, sha256=sha256,
    )  # fmt: skip


@router.get("/batches/{batch_id}/sources/{sha256}/pages/{number}.png")
def source_page(batch_id: str, sha256: str, number: int, house: HouseDep, user: Person) -> Response:
    """A page of a source as a picture."""
    image = source_pages.page(house, batch_id, sha256, number)
    return Response(image, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/batches/{batch_id}/sources/{sha256}/file")
def source_file(batch_id: str, sha256: str, house: HouseDep, user: Person) -> Response:
    """The source file itself."""
    name = source_pages.name_of(house, batch_id, sha256).rsplit("/", 1)[-1]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}"', "X-Content-Type-Options": "nosniff"}
    return Response(house.store.blobs.get(sha256), media_type="application/octet-stream", headers=headers)


def _seen(house: House, batch_id: str, stage: str, digest: str) -> None:
    """Raises ``StaleRow`` where the checkpoint is not what the page showed."""
    now = _gates(house, batch_id).get(stage)
    if now is None or now.gate.digest != digest:
        raise StaleRow("The checkpoint is another by now: look at it again.", stage=stage)


@router.post("/batches/{batch_id}/gates/{stage}/approve")
def approve(
    request: Request, batch_id: str, stage: str, house: HouseDep, user: Approver, digest: Text = "", reason: Text = ""
) -> Response:
    """Approves an early checkpoint as it was shown; after the last one the draft goes on by itself."""
    if stage not in PAGES:
        raise UsageError(f"There is no checkpoint {stage[:40]}.")
    try:
        _seen(house, batch_id, stage, digest)
        gates.approve(house, batch_id, [stage], user, reason)
    except ReviewRefused as error:
        return _page(request, house, user, batch_id, stage, error)
    left = [g.gate.stage for g in gates.look(house, batch_id) if g.gate.state != "approved"]
    if left:
        return redirect(request, f"/batches/{batch_id}/{PAGES[left[0]]}", said=f"Approved: {stage}. Next: {left[0]}.")
    started = decided(house, batch_id)
    said = "The draft is being written." if started else f"Approved. To go on: docpipe resume {batch_id}."
    return redirect(request, f"/batches/{batch_id}", said=said)


@router.post("/batches/{batch_id}/gates/{stage}/send-back")
def send_back(
    request: Request, batch_id: str, stage: str, house: HouseDep, user: Rejecter, reason: Text = ""
) -> Response:
    """Sends an early checkpoint back: nothing is drafted until it is approved."""
    if stage not in PAGES:
        raise UsageError(f"There is no checkpoint {stage[:40]}.")
    try:
        gates.send_back(house, batch_id, stage, user, reason)
    except ReviewRefused as error:
        return _page(request, house, user, batch_id, stage, error)
    return redirect(request, f"/batches/{batch_id}/{PAGES[stage]}", said="Sent back.")


@router.post("/batches/{batch_id}/gates/{stage}/findings")
def dispose(
    request: Request, batch_id: str, stage: str, house: HouseDep, user: Dismisser, chosen: Names = [],  # noqa: B006
    reason: Text = "", do: Text = "dismiss",
) -> Response:  # fmt: skip
    """Disposes of the chosen findings on the sources with a reason, or opens them again."""
    if stage not in PAGES:
        raise UsageError(f"There is no checkpoint {stage[:40]}.")
    try:
        if not chosen:
            raise UsageError("No finding was chosen.")
        count = (gates.reopen if do == "reopen" else gates.dispose)(house, batch_id, chosen, user, reason)
    except (ReviewRefused, UsageError) as error:
        return _page(request, house, user, batch_id, stage, error)
    said = f"{count} findings {'opened again' if do == 'reopen' else 'disposed of'}."
    return redirect(request, f"/batches/{batch_id}/{PAGES[stage]}", said=said)


@router.get("/documents/{document}/draft", response_class=HTMLResponse)
def overview(request: Request, document: str, house: HouseDep, user: Person) -> HTMLResponse:
    """A draft at a glance: what nothing carries first, then gaps and proposals, then every section."""
    return _overview(request, house, user, document)


def _overview(
    request: Request, house: House, user: User, document: str, error: DocpipeError | None = None
) -> HTMLResponse:
    found, book = evidence.book_of(house, document)
    weak = evidence.weak_rows(house, document)
    with house.store.read() as session:
        batch = batches.get(session, found.batch)
        others = [
            d for d in documents.of_batch(session, found.batch) if d.media_type == MEDIA_TYPE and d.id != document
        ]
    return page(
        request, "drafts/overview.html", user=user, document=found, batch=batch, plan=book.plan, weak=weak, others=others,
        sections=evidence.sections(house, document), proposals=proposals.waiting(house, document), error=error,
        status=status_of(error) if error else 200,
    )  # fmt: skip


@router.post("/documents/{document}/proposals")
def answer_proposals(
    request: Request, document: str, house: HouseDep, user: Editor, chosen: Names = [], reason: Text = "",  # noqa: B006
    do: Text = "",
) -> Response:  # fmt: skip
    """Accepts the chosen proposals as the person's own words, or turns them back to gaps."""
    try:
        if not chosen or do not in ("accept", "back"):
            raise UsageError("No proposal was chosen.")
        act = proposals.accept if do == "accept" else proposals.turn_back
        outcome = act(house, document, [SegmentId(c) for c in chosen], user, reason)
    except (ReviewRefused, UsageError) as error:
        return _overview(request, house, user, document, error)
    said = f"{len(outcome.changed)} proposals {'accepted as your words' if do == 'accept' else 'turned back to gaps'}."
    left = f" {len(outcome.refused)} were left: they changed meanwhile." if outcome.refused else ""
    return redirect(request, f"/documents/{document}/draft", said=said + left)


@router.get("/documents/{document}/rows/{segment}/evidence", response_class=HTMLResponse)
def row_evidence(
    request: Request, document: str, segment: str, house: HouseDep, user: Person, part: bool = False
) -> HTMLResponse:
    """What carries a row: a page of its own, or, with ``part``, the piece that stands beside the grid."""
    shown = evidence.evidence(house, document, segment)
    if part:
        return HTMLResponse(fragment(request, "drafts/_evidence.html", user=user, shown=shown, document=document))
    return page(request, "drafts/evidence.html", user=user, shown=shown, document=document)
