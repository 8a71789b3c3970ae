"""The preview in layout: pages with a link on each row's place, a page of its own and a panel. Imports FastAPI and the steps.

Everything works without JavaScript: places are links in an SVG over the page's picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from docpipe.model.language import right_to_left
from docpipe.steps import preview as step
from docpipe.steps.house import House
from docpipe.store import batches, documents
from docpipe.web.render import fragment, page, redirect, url
from docpipe.web.session import HouseDep, Person

router = APIRouter()

Side = Literal["target", "source"]
View = Literal["pages", "text"]
AT_ONCE = 40
"""Pages shown at once; the others are a link away."""
PANEL = 12


@dataclass(frozen=True, slots=True)
class _Names:
    path: str
    batch: str
    language: str
    direction: str


def _names(house: House, document: str, side: Side) -> _Names:
    with house.store.read() as session:
        found = documents.get(session, document)
        recipe = batches.get(session, found.batch).recipe
    language = recipe.target_language if side == "target" else recipe.source_language
    return _Names(found.path, found.batch, language, "rtl" if right_to_left(language) else "ltr")


def _context(house: House, document: str, side: Side, row: str, first: int, most: int, view: View) -> dict[str, Any]:
    """What both templates need. ``first``: number of the first page wanted, or 0 to begin at the row."""
    seen = step.preview(house, document, side)
    as_text = view == "text" or not seen.pages
    begin = max(1, min(first or max(1, seen.page_of(row) - (2 if most < AT_ONCE else 0)), len(seen.pages) or 1))
    if not first and most >= AT_ONCE:
        begin = (begin - 1) // most * most + 1
    return {
        "document": document, "side": side, "row": row, "seen": seen, "view": "text" if as_text else "pages",
        "sheets": () if as_text else seen.pages[begin - 1 : begin - 1 + most], "begin": begin, "most": most,
        "parts": step.plain(house, document, side) if as_text else (), "names": _names(house, document, side),
        "placed": bool(row) and seen.page_of(row) > 0, "dots": step.DOTS,
    }  # fmt: skip


@router.get("/documents/{document}/preview", response_class=HTMLResponse)
def preview_page(
    request: Request, document: str, house: HouseDep, user: Person, side: Side = "target", row: str = "",
    first: Annotated[int, Query(alias="page", ge=0)] = 0, view: View = "pages",
) -> HTMLResponse:  # fmt: skip
    """The preview as a page of its own: to detach, to print, to read without JavaScript."""
    context = _context(house, document, side, row, first, AT_ONCE, view)
    return page(request, "preview/page.html", user=user, **context)


@router.get("/documents/{document}/preview/panel", response_class=HTMLResponse)
def preview_panel(
    request: Request, document: str, house: HouseDep, user: Person, side: Side = "target", row: str = "",
    first: Annotated[int, Query(alias="page", ge=0)] = 0, view: View = "pages",
) -> HTMLResponse:  # fmt: skip
    """The preview as a part of the grid's page, beginning near the row."""
    context = _context(house, document, side, row, first, PANEL, view)
    return HTMLResponse(fragment(request, "preview/panel.html", user=user, **context))


@router.post("/documents/{document}/preview/render")
def preview_render(
    request: Request, document: str, house: HouseDep, user: Person, side: Annotated[Side, Form()] = "target",
    row: Annotated[str, Form()] = "",
) -> RedirectResponse:  # fmt: skip
    """Renders the present text; a failed rendering is tried again."""
    begun = step.render(house, document, side)
    said = "The preview is being rendered." if begun else "There is no LibreOffice to render pages with."
    back = url(f"/documents/{document}/preview", side=side, row=row)
    return redirect(request, f"{back}#at-{row}" if row else back, said=said)


@router.get("/documents/{document}/preview/pages/{number}", response_class=Response)
def preview_image(
    request: Request, document: str, number: int, house: HouseDep, user: Person, v: str = "", side: Side = "target"
) -> Response:
    """A page as PNG. ``v``: the digest of the pages, so that browsers keep each picture for ever; without it, the newest."""
    pages = v or step.preview(house, document, side, start=False).shown
    tag = f'"{pages[:32]}-{number}-{step.DOTS}"'
    headers = {"etag": tag, "cache-control": "private, max-age=31536000, immutable" if v else "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(step.page_image(house, document, side, pages, number), media_type="image/png", headers=headers)
