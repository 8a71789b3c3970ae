"""`/help`: the shipped help pages and those that the code writes. Imports FastAPI, the steps' help and Markdown."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from docpipe.steps import help as pages
from docpipe.web.markdown import html
from docpipe.web.render import page
from docpipe.web.session import Person

router = APIRouter()


@router.get("/help")
def topics(request: Request, user: Person) -> HTMLResponse:
    """All pages by title."""
    return page(request, "help/index.html", user=user, topics=pages.topics())


@router.get("/help/{topic}")
def topic(request: Request, user: Person, topic: str) -> HTMLResponse:
    """One page."""
    known = pages.topics()
    title, body = html(pages.page(topic), [name for name, _ in known])
    return page(request, "help/topic.html", user=user, title=title, body=body, topic=topic, topics=known)
