"""The web application: pages and JSON API over the steps. Imports FastAPI, the steps and this room's modules.

Routers are found by walking ``pages/`` and ``api/``: a new page is one new file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from types import ModuleType
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from docpipe import __version__
from docpipe.errors import DocpipeError, MustChangePassword, SignInNeeded, UnknownName, UsageError
from docpipe.steps.house import House, record
from docpipe.web.render import page
from docpipe.web.security import Guard, status_of

API = "/api/"


class _Static(StaticFiles):
    """Files that never change under one address (their digest is in the query)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year where its digest was named."""
        answer = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b""):
            answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        else:
            answer.headers["cache-control"] = "no-cache"
        return answer


def modules(package: str) -> Iterator[ModuleType]:
    """The modules of a folder that carry a router, by name."""
    home = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(home.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"{package}.{info.name}")
        if hasattr(module, "router"):
            yield module


@asynccontextmanager
async def _started(app: FastAPI) -> AsyncIterator[None]:
    """Handlers run on threads: as many as help, since more than a few compete for one interpreter."""
    import anyio.to_thread

    house: House = app.state.house
    anyio.to_thread.current_default_thread_limiter().total_tokens = house.settings.web_threads
    yield


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """All pages and the API. They know no installation, and making them takes long: once a process."""
    app = FastAPI()
    app.router.routes.clear()
    for module in modules("docpipe.web.api"):
        app.include_router(module.router)
    for module in modules("docpipe.web.pages"):
        app.include_router(module.router, include_in_schema=False)
    app.mount("/static", _Static(directory=str(files("docpipe.web") / "static")), name="static")
    return tuple(app.router.routes)


def create_app(house: House) -> FastAPI:
    """The application for an installation."""
    app = FastAPI(
        lifespan=_started,
        title="docpipe", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        description="Batches, rows, checkpoints, metrics and records. Sign in by a personal token: `Authorization: Bearer …`.",
    )  # fmt: skip
    app.state.house = house
    app.router.routes.extend(_routes())
    app.add_exception_handler(DocpipeError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    hosts = frozenset({house.settings.web_host})
    app.add_middleware(Guard, hosts=hosts, public_url=house.settings.public_url)
    return app


def _api(request: Request) -> bool:
    return request.url.path.startswith(API)


def _refused(request: Request, error: Exception) -> Response:
    """An error of our tree, as JSON or as a page; whoever must sign in is led there and back."""
    assert isinstance(error, DocpipeError)
    status = status_of(error)
    if status >= 500:
        record("web.error", code=error.code, path=request.scope.get("route").path if request.scope.get("route") else "")  # type: ignore[union-attr]
    wait = {"retry-after": str(error.details["retry_after"])} if error.details.get("retry_after") else {}
    if _api(request):
        return JSONResponse({"ok": False, "error": error.as_dict()}, status, headers=wait)
    if isinstance(error, MustChangePassword):
        return RedirectResponse("/account/password", 303)
    if isinstance(error, SignInNeeded):
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"hx-redirect": "/sign-in"})
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = back if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={quote(target, safe='')}", 303)
    return page(request, "error.html", status=status, error=error.as_dict(), code=status)


def _http(request: Request, error: Exception) -> Response:
    """What the framework refuses: unknown addresses, wrong methods, bodies that do not parse."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        answer = _refused(request, UnknownName("There is no such page."))
    else:
        answer = _refused(request, UsageError("The request cannot be understood."))
        answer.status_code = error.status_code
    answer.headers.update(error.headers or {})
    return answer


def _invalid(request: Request, error: Exception) -> Response:
    """A form or body that lacks something; the sentence names the field and never repeats what was sent."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0] if error.errors() else {"loc": (), "msg": "not valid"}
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return _refused(request, UsageError(f"The field {where or 'body'} is not valid: {first['msg']}.", field=where))
