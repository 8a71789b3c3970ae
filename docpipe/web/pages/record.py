"""The signature record of a document: a page made for printing, and the same as PDF. Imports FastAPI, steps and the session."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from docpipe.steps import record_page
from docpipe.web.grid_view import ORIGINS
from docpipe.web.render import fragment, page
from docpipe.web.session import HouseDep, Person

router = APIRouter(prefix="/documents/{document}")


@router.get("/record")
def show(request: Request, house: HouseDep, user: Person, document: str) -> Response:
    """All signatures with printed name, time, meaning and digest; what was signed; what was dismissed and why."""
    found = record_page.signature_record(house, document)
    pdf = record_page.can_make_pdf(house)
    return page(request, "accounts/record.html", user=user, record=found, looked=found.looked, pdf=pdf, ORIGINS=ORIGINS)


@router.get("/record.pdf")
def as_pdf(request: Request, house: HouseDep, user: Person, document: str) -> Response:
    """The record as PDF."""
    found = record_page.signature_record(house, document)
    html = fragment(
        request, "accounts/record_paper.html", user=user, record=found, looked=found.looked, ORIGINS=ORIGINS
    )
    name = found.looked.document.path.rpartition("/")[2].rpartition(".")[0] or "document"
    named = f"attachment; filename=\"signature-record.pdf\"; filename*=UTF-8''{quote(name, errors='replace')}-signature-record.pdf"
    return Response(
        record_page.paper(house, html), media_type="application/pdf", headers={"content-disposition": named}
    )  # fmt: skip
