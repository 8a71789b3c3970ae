"""The review grid: rows of a document or a batch, stable links, the queue, who else is here. Imports FastAPI and the steps.

Rows are drawn on the server; ``static/grid.js`` makes the page quicker and adds nothing that plain forms could not do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse

from docpipe.accounts.roles import User
from docpipe.errors import UnknownName
from docpipe.model.recipe import Recipe
from docpipe.steps import check_review, review_queue, rows
from docpipe.steps.rows import Filter, Page
from docpipe.web import grid_view
from docpipe.web.filters import Wanted, query_of
from docpipe.web.presence import Here, Presence
from docpipe.web.render import page as render
from docpipe.web.render import url
from docpipe.web.row_text import row_text
from docpipe.web.session import HouseDep, Person

router = APIRouter()
_presence = Presence()

Number = Annotated[int, Query(ge=1, le=10_000_000)]
Per = Annotated[str, Query(max_length=8)]


class Place(BaseModel):
    """Where a person is in a document."""

    segment: Annotated[str, Field(max_length=64)] = ""
    editing: bool = False


@router.get("/queue")
def queue(
    request: Request, house: HouseDep, user: Person, order: Annotated[str, Query(max_length=20)] = "urgency"
) -> HTMLResponse:
    """What waits for the person, the most urgent first."""
    chosen = order if order in review_queue.ORDERS else "urgency"
    listed = review_queue.waiting(house, user, chosen)
    return render(
        request,
        "review/queue.html",
        user=user,
        listed=listed,
        order=chosen,
        orders=review_queue.ORDERS,
        checks=check_review.waiting(house, chosen),
        gated=review_queue.gated(house),
        now=house.now(),
    )


@router.get("/review/keys")
def keys(request: Request, user: Person) -> HTMLResponse:
    """The keyboard map, for those whose browser runs no script."""
    return render(request, "review/keys.html", user=user, groups=grid_view.groups())


@router.get("/documents/me")
def me(user: Person) -> dict[str, str]:
    """Who is signed in: asked before typed text is sent again."""
    return {"user": user.name}


@router.get("/documents/signed-in")
def signed_in(request: Request, user: Person) -> HTMLResponse:
    """Where a sign-in in a second tab ends."""
    return render(request, "review/signed_in.html", user=user)


@router.get("/documents/{document}")
def grid(
    request: Request, house: HouseDep, user: Person, document: str, wanted: Wanted, page: Number = 1, per: Per = "100"
) -> HTMLResponse:
    """The rows of a document under the filter of the address."""
    head = review_queue.head(house, document)

    def fetched(number: int, size: int) -> Page:
        return rows.document_page(house, head.document.id, wanted, user, page=number, per=size)

    return _grid(
        request, user, head.batch.recipe, _fetch(fetched, page, per), wanted, per, under_review=head.under_review, head=head,
        documents={head.document.id: head.document}, base=f"/documents/{head.document.id}",
        sections=rows.sections_of(house, head.document.id), batch=head.batch,
    )  # fmt: skip


@router.get("/batches/{batch}/rows")
def batch_grid(
    request: Request, house: HouseDep, user: Person, batch: str, wanted: Wanted, page: Number = 1, per: Per = "100"
) -> HTMLResponse:
    """The rows of all documents of a batch under the filter of the address."""
    found, named = review_queue.batch_heads(house, batch)

    def fetched(number: int, size: int) -> Page:
        return rows.batch_page(house, found.id, wanted, user, page=number, per=size)

    reviewed = any(review_queue.Head(d, found).under_review for d in named.values())
    return _grid(
        request, user, found.recipe, _fetch(fetched, page, per), wanted, per, under_review=reviewed, head=None,
        documents=named, base=f"/batches/{found.id}/rows", sections=[], batch=found,
    )  # fmt: skip


def _fetch(fetched: Callable[[int, int], Page], page: int, per: str) -> Page:
    size = grid_view.per_page(per)
    if size:
        return fetched(page, size)
    first = fetched(1, grid_view.MOST_ROWS)
    return grid_view.whole([first, *(fetched(n, grid_view.MOST_ROWS) for n in range(2, first["pages"] + 1))])


def _grid(
    request: Request, user: User, recipe: Recipe, shown: Page, wanted: Filter, per: str, *, under_review: bool, base: str,
    sections: list[Any], **context: Any,
) -> HTMLResponse:  # fmt: skip
    per = per if per in grid_view.SIZES else "100"
    data = grid_view.script_data(shown, recipe, user, wanted, per, under_review=under_review)
    return render(
        request, "review/grid.html", user=user, shown=shown, wanted=wanted, per=per, sizes=grid_view.SIZES, base=base,
        sections=sections, data=data, can=data["can"], languages=grid_view.languages(recipe), choices=grid_view.choices(),
        query=query_of(wanted), page_query=query_of(wanted) | ({"per": per} if per != "100" else {}), active=grid_view.active_filters(wanted, sections, base, per), view=grid_view,
        row_text=row_text, progress_now=shown["progress"], **context,
    )  # fmt: skip


@router.get("/documents/{document}/rows/{segment}")
def stable(
    house: HouseDep, user: Person, document: str, segment: str, wanted: Wanted, per: Per = "100"
) -> RedirectResponse:
    """A row by its id, for ever: leads to the page that holds it; without the filter where the filter leaves it out."""
    size = grid_view.per_page(per) or grid_view.MOST_ROWS
    at = rows.page_of(house, document, segment, wanted, size)
    query = query_of(wanted)
    if at is None:
        query, at = {}, rows.page_of(house, document, segment, Filter(), size)
        if at is None:
            rows.one(house, document, segment, user)
    more: dict[str, Any] = {
        "page": at if at and at > 1 and per != "all" else "",
        "per": per if per in grid_view.SIZES and per != "100" else "",
    }
    return RedirectResponse(f"{url(f'/documents/{document}', **query, **more)}#row-{segment}", 303)


@router.get("/documents/{document}/number/{number}")
def numbered(
    house: HouseDep, user: Person, document: str, number: int, wanted: Wanted, per: Per = "100"
) -> RedirectResponse:
    """A row by its number of today: leads to its stable link."""
    found = rows.document_page(house, document, Filter(), user, page=max(1, min(number, 10_000_000)), per=1)
    if not found["rows"]:
        raise UnknownName("The document has no rows.", name=document[:40])
    segment = found["rows"][0]["segment"]
    return RedirectResponse(
        url(f"/documents/{document}/rows/{segment}", per="" if per == "100" else per, **query_of(wanted)), 303
    )


@router.post("/documents/{document}/present")
def present(house: HouseDep, user: Person, document: str, place: Place) -> dict[str, Any]:
    """Notes where the person is, and says who else is at the document."""
    review_queue.head(house, document)
    others = _presence.tell(document, Here(user.name, user.printed_name, place.segment, place.editing))
    return {
        "me": user.name,
        "others": [
            {"user": o.user, "printed_name": o.printed_name, "segment": o.segment, "editing": o.editing} for o in others
        ],
    }
