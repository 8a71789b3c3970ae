"""Bilingual files and drafts by page: downloads to edit elsewhere, uploads that show every change before one is taken. Imports the steps.

Nothing is taken by an upload: it waits under its own address, through restarts too, until its owner takes or discards it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import TooLarge, UploadBroken
from docpipe.model.language import right_to_left
from docpipe.safe.sniff import DOCX
from docpipe.steps import draft_build, exchange
from docpipe.steps.draft_build import MEDIA_TYPE as DRAFT
from docpipe.steps.exchange import bilingual_archive, bilingual_bytes, form_of
from docpipe.steps.exchange_plan import Plan, Upload
from docpipe.steps.exchange_staging import (
    discard_import,
    open_imports,
    plan_staged,
    stage_import,
    staged_import,
    take_import,
)
from docpipe.steps.house import House
from docpipe.store import batches, documents
from docpipe.store.imports import ImportState, StagedImport
from docpipe.web.downloads import attachment_name
from docpipe.web.render import page, redirect
from docpipe.web.row_text import difference
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import received

router = APIRouter()

Editor = Annotated[User, needs(Action.EDIT)]
FORMATS = (
    ("docx", "Bilingual DOCX", "Two columns for Word; tracked changes and comments come back too."),
    ("xlsx", "XLSX", "One row a sentence, with filters and a column for comments."),
    ("xliff", "XLIFF 2.1", "For translation tools."),
)
WORD = (
    "word",
    "Word document",
    "The draft itself: what is edited, added or deleted in Word is shown before it is taken, comments come too.",
)
"""Only of a draft's own document."""
PER_PAGE = 200
MOST_BYTES = 100 << 20
"""Of all the files of one import together."""


@router.get("/exchange")
def overview(request: Request, house: HouseDep, user: Editor) -> HTMLResponse:
    """Uploading without naming a batch, and one's imports that wait."""
    return page(
        request, "exchange/start.html", user=user, waiting=open_imports(house, user), batch="", here="", about=""
    )


@router.get("/documents/{document_id}/exchange")
def of_document(request: Request, house: HouseDep, user: Person, document_id: str) -> HTMLResponse:
    """Downloads of a document, and uploads for its batch."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
    here = f"/documents/{document.id}"
    formats = (WORD, *FORMATS) if document.media_type == DRAFT else FORMATS
    return _start(request, house, user, document.batch, here, document.path, formats)


@router.get("/batches/{batch_id}/exchange")
def of_batch(request: Request, house: HouseDep, user: Person, batch_id: str) -> HTMLResponse:
    """Downloads of a whole batch, and uploads for it."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    return _start(request, house, user, batch.id, f"/batches/{batch.id}", batch.name or batch.id)


def _start(
    request: Request, house: House, user: User, batch: str, here: str, about: str, formats: Sequence[Any] = FORMATS
) -> HTMLResponse:
    waiting = [i for i in open_imports(house, user) if i.batch in ("", batch)]
    return page(
        request, "exchange/start.html", user=user, waiting=waiting, batch=batch, here=here, about=about, formats=formats
    )


@router.get("/documents/{document_id}/exchange/file")
def document_file(house: HouseDep, user: Person, document_id: str, format: str = "docx") -> Response:
    """A document's rows in the format asked for, or a draft as it stands, in Word."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
    if format == WORD[0] and document.media_type == DRAFT:
        return _file(draft_build.build(house, batch, document, preview=True), document.path.rsplit("/", 1)[-1], DOCX)
    form = form_of(format)
    name = document.path.rsplit("/", 1)[-1] + form.suffix
    return _file(bilingual_bytes(house, batch, document, form), name, form.media_type)


@router.get("/batches/{batch_id}/exchange/file")
def batch_file(house: HouseDep, user: Person, batch_id: str, format: str = "docx") -> Response:
    """The rows of a batch's documents in the format asked for, as one ZIP archive."""
    form = form_of(format)
    data = bilingual_archive(house, batch_id, form)
    return _file(data, f"{batch_id}-{form.value}.zip", "application/zip")


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {"content-disposition": attachment_name(name), "cache-control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)


@router.post("/exchange")
async def upload(request: Request, house: HouseDep, user: Editor) -> Response:
    """Stages the files and leads to their changes."""
    async with received(request, house.settings.home) as form:
        staged = await run_in_threadpool(_stage, house, user, form.files, form.one("batch"))
    return redirect(request, f"/exchange/{staged.id}")


def _stage(house: House, user: User, files: list[Any], batch: str) -> StagedImport:
    uploads = []
    total = 0
    for one in files:
        if one.error is not None:
            raise one.error
        if one.path is None:
            raise UploadBroken("The upload stopped in the middle.")
        total += one.path.stat().st_size
        if total > MOST_BYTES:
            raise TooLarge(f"The files are larger than {MOST_BYTES >> 20} MB together.", bytes=total)
        uploads.append(Upload(one.name, one.path.read_bytes()))
    if batch:
        exchange.every_document(house, batch)
    return stage_import(house, uploads, user, batch)


@router.get("/exchange/{import_id}")
def look(
    request: Request,
    house: HouseDep,
    user: Editor,
    import_id: str,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """What taking the files would change now; once taken, what became of them."""
    staged = staged_import(house, import_id, user)
    if staged.state is not ImportState.OPEN:
        return page(request, "exchange/result.html", user=user, staged=staged)
    plans = plan_staged(house, staged, user)
    return page(request, "exchange/plan.html", user=user, staged=staged, **_shown(plans, number))


def _shown(plans: list[Plan], number: int) -> dict[str, Any]:
    """The part of the plans on one page: refused rows and comments on the first, changes by the page."""
    changes = [(plan, row) for plan in plans for row in plan.changes]
    last = max(1, -(-len(changes) // PER_PAGE))
    number = min(number, last)
    listed = [
        {"plan": plan, "row": row, "diff": difference(row.diff), "rtl": right_to_left(plan.language)}
        for plan, row in changes[(number - 1) * PER_PAGE : number * PER_PAGE]
    ]
    return {
        "plans": plans,
        "changes": listed,
        "rows": len(changes),
        "comments": sum(len(p.comments) for p in plans),
        "refused": [(p, r) for p in plans for r in p.refused] if number == 1 else [],
        "refused_rows": sum(len(p.refused) for p in plans),
        "shown": sorted({p.document for p in plans if p.error is None}),
        "page": number,
        "last": last,
        "rtl_of": {p.language: right_to_left(p.language) for p in plans if p.language},
    }


@router.post("/exchange/{import_id}/take")
def take(
    request: Request,
    house: HouseDep,
    user: Editor,
    import_id: str,
    reason: Annotated[str, Form(max_length=2000)] = "",
    document: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Takes what was shown."""
    done = take_import(house, import_id, user, reason, document or [])
    said = f"{sum(t.taken for t in done)} rows taken, {sum(t.comments for t in done)} comments added."
    return redirect(request, f"/exchange/{import_id}", said=said)


@router.post("/exchange/{import_id}/discard")
def discard(request: Request, house: HouseDep, user: Editor, import_id: str) -> Response:
    """Closes an import without taking anything."""
    discard_import(house, import_id, user)
    return redirect(request, "/exchange", said="The import was discarded. Nothing was changed.")
