"""`/api`: the reference of the JSON API, rendered on the server from our own OpenAPI document. Imports FastAPI and the reference."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from docpipe.web.reference import routes
from docpipe.web.render import page
from docpipe.web.session import HouseDep, Person

router = APIRouter()


@router.get("/api")
def reference(request: Request, house: HouseDep, user: Person, q: str = "") -> HTMLResponse:
    """Every route, or those whose address or sentence holds the text."""
    address = house.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    found = routes(request.app.openapi(), address)
    wanted = [r for r in found if q.lower().strip() in f"{r.method} {r.path} {r.summary} {r.says} {r.tag}".lower()]
    tags = [(tag, list(group)) for tag, group in groupby(wanted, key=lambda r: r.tag)]
    return page(
        request, "help/api.html", user=user, tags=tags, q=q, total=len(found), matching=len(wanted), address=address
    )
