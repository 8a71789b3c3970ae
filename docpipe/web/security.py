"""What stands before every request: host, origin, response headers, and the status of each error. Imports starlette and errors.

Cross-site requests are told by ``Sec-Fetch-Site`` and ``Origin`` (OWASP CSRF cheat sheet, Fetch Metadata); no page needs inline
script or style, so the content policy forbids them.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docpipe.errors import (
    CrossSite,
    DatabaseLocked,
    Defect,
    DiskFull,
    DocpipeError,
    InputRefused,
    LeaseLost,
    ProviderError,
    ReviewRefused,
    RoleMissing,
    SignInFailed,
    StaleRow,
    StorageError,
    TooLarge,
    TooLargeInflated,
    UnknownName,
    UsageError,
)
from docpipe.steps.house import record

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})

_STATUS: tuple[tuple[type[DocpipeError], int], ...] = (
    (CrossSite, 403),
    (SignInFailed, 401),
    (RoleMissing, 403),
    (StaleRow, 409),
    (ReviewRefused, 422),
    (UnknownName, 404),
    (UsageError, 422),
    (TooLarge, 413),
    (TooLargeInflated, 413),
    (InputRefused, 422),
    (ProviderError, 502),
    (DiskFull, 507),
    (DatabaseLocked, 503),
    (LeaseLost, 409),
    (StorageError, 503),
)


def status_of(error: DocpipeError) -> int:
    """The HTTP status that an error of our tree is answered with."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def same_origin(headers: Headers, own: Iterable[str]) -> bool:
    """Whether a request that changes something comes from our own pages (or from no browser at all).

    ``own``: our origins. A header given twice, or one that no browser sends, is refused.
    """
    sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if len(sites) > 1 or len(origins) > 1:
        return False
    if origins and origins[0].lower() not in {o.lower() for o in own}:
        return False
    if sites:
        return sites[0].lower() in ("same-origin", "none")
    return bool(origins) or "cookie" not in headers


class Guard:
    """ASGI middleware: refuses foreign hosts and cross-site changes, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], public_url: str = "") -> None:
        self._app, self._public = app, public_url.rstrip("/")
        self._hosts = hosts | LOCAL_HOSTS | ({urlsplit(public_url).hostname or ""} if public_url else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    given.setdefault(name, value)
                if "cache-control" not in given:
                    given["cache-control"] = "no-store"
            await send(message)

        host = headers.get("host", "")
        if not self._known(host):
            answer = JSONResponse({"ok": False, "error": _refusal("The page is not served under this host name.")}, 421)
            await answer(scope, receive, sending)
            return
        bearer = headers.get("authorization", "").lower().startswith("bearer ")
        if scope["method"] not in SAFE and not (bearer and "cookie" not in headers):
            own = {f"{scope['scheme']}://{host}"} | ({self._public} if self._public else set())
            if not same_origin(headers, own):
                await JSONResponse({"ok": False, "error": _refusal()}, 403)(scope, receive, sending)
                return
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - a door: what goes to the log must hold no document text
            place = traceback.extract_tb(error.__traceback__)[-1]
            record("web.defect", kind=type(error).__name__, place=f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}")
            if not started:
                defect = Defect("Something went wrong inside docpipe; nothing was changed by this request.")
                await JSONResponse({"ok": False, "error": defect.as_dict()}, 500)(scope, receive, sending)

    def _known(self, host: str) -> bool:
        name = host.lower()
        name = name.rsplit(":", 1)[0] if not name.endswith("]") else name
        return name in self._hosts or "*" in self._hosts


def _refusal(message: str = "The request came from another site's page: nothing was changed.") -> dict[str, object]:
    return CrossSite(message).as_dict()
