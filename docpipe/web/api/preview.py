"""The preview for programs: pages, places of the rows, and the state of the rendering. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from typing_extensions import TypedDict

from docpipe.steps import preview as step
from docpipe.web.render import url
from docpipe.web.session import HouseDep, Person

router = APIRouter(prefix="/api/v1", tags=["preview"])

Side = Literal["target", "source"]


class PlaceJson(TypedDict):
    """A row on a page; boxes are left, top, width, height in points from the upper left corner."""

    segment: str
    number: int
    boxes: list[tuple[float, float, float, float]]


class PageJson(TypedDict):
    """A page; sizes in points, ``image`` a path of a PNG."""

    number: int
    width: float
    height: float
    image: str
    places: list[PlaceJson]


class PreviewJson(TypedDict):
    """``state``: ready, stale, rendering or html (no pages; ``reason`` says why). ``located`` of ``rows`` have a place."""

    document: str
    side: Side
    state: Literal["ready", "stale", "rendering", "html"]
    shown: str
    code: str
    reason: str
    rows: int
    located: int
    seconds: float
    pages: list[PageJson]


@router.get("/documents/{document}/preview")
def read_preview(
    document: str, house: HouseDep, user: Person, side: Side = "target", places: bool = True
) -> PreviewJson:
    """The preview as it stands; the first look begins the rendering. ``places=false``: state and pages alone."""
    return _json(step.preview(house, document, side), places)


@router.post("/documents/{document}/preview")
def begin_preview(document: str, house: HouseDep, user: Person, side: Side = "target") -> PreviewJson:
    """Renders the present text in the background, once however many ask."""
    step.render(house, document, side)
    return _json(step.preview(house, document, side, start=False), False)


def _json(seen: step.Preview, places: bool) -> PreviewJson:
    base = f"/documents/{seen.document}/preview/pages"
    return {
        "document": seen.document, "side": seen.side, "state": seen.state, "shown": seen.shown, "code": seen.code,
        "reason": seen.reason, "rows": seen.rows, "located": seen.located, "seconds": seen.seconds,
        "pages": [
            {
                "number": s.number, "width": s.width, "height": s.height,
                "image": url(f"{base}/{s.number}", v=seen.shown, side=seen.side),
                "places": [
                    {"segment": p.segment, "number": p.number, "boxes": list(p.boxes)} for p in s.places
                ] if places else [],
            }
            for s in seen.pages
        ],
    }  # fmt: skip
