"""Pages from templates, and answers that lead elsewhere. Imports starlette, jinja2 and the session.

Everything shown is escaped; there is one environment, and a page gets the person who looks at it.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse

from docpipe import __version__
from docpipe.accounts.roles import Action, User, allows
from docpipe.web.session import identity_of, secure

SAID = "docpipe_said"
"""A cookie with the message for the next page: what was just done."""
SAID_LENGTH = 600


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((files("docpipe.web") / "static" / name).read_bytes()).hexdigest()[:10]


def static(name: str) -> str:
    """The address of a static file; its digest lets browsers keep it for ever."""
    return f"/static/{name}?v={_digest(name)}"


def url(path: str, **query: Any) -> str:
    """A path with its query: empty values are left out, lists repeat the key."""
    pairs = [
        (k.rstrip("_"), v)
        for k, given in query.items()
        for v in (given if isinstance(given, list | tuple | set) else [given])
    ]
    text = urlencode([(k, v) for k, v in pairs if v not in (None, "", False)], quote_via=quote)
    return f"{path}?{text}" if text else path


def when(at: datetime | None, style: str = "minute") -> Markup:
    """A time as ``<time>``, in UTC. ``style``: minute, second or day."""
    if at is None:
        return Markup("–")
    at = at.astimezone(UTC)
    shown = {"day": f"{at:%Y-%m-%d}", "second": f"{at:%Y-%m-%d %H:%M:%S} UTC"}.get(style, f"{at:%Y-%m-%d %H:%M} UTC")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), shown)


def number(value: float | None, digits: int = 0) -> str:
    """A number with thin spaces between thousands; – for none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    return f"{value:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def counted(value: float | None, one: str, many: str = "") -> str:
    """A number with its noun: ``1 row``, ``2 rows``. ``many``: the plural where it is not the word with an s."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def money(value: float | None, currency: str = "USD") -> str:
    """An amount with its currency: more digits for small ones."""
    if value is None:
        return "–"
    return f"{number(value, 4 if 0 < abs(value) < 1 else 2)} {currency}"


def duration(seconds: float | None) -> str:
    """Seconds in the two units that matter."""
    if seconds is None:
        return "–"
    total = round(seconds)
    for size, big, small, each in ((86400, "d", "h", 3600), (3600, "h", "min", 60), (60, "min", "s", 1)):
        if total >= size:
            return f"{total // size} {big} {total % size // each} {small}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{total} s"


def coded(sentence: str) -> Markup:
    """A sentence with what stands between backticks as code; the rest is escaped."""
    parts = str(sentence).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(p) if n % 2 and n < len(parts) - 1 else escape(p) for n, p in enumerate(parts)
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("docpipe.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static, url=url, version=__version__, Action=Action)
    made.filters.update(
        coded=coded, when=when, number=number, money=money, duration=duration, counted=counted, json=json.dumps
    )
    return made


def may(user: User | None, action: Action) -> bool:
    """Whether a person may do something; for showing and hiding, never for deciding."""
    return user is not None and any(allows(role, action) for role in user.roles)


def fragment(request: Request, template: str, *, user: User | None = None, **context: Any) -> str:
    """A template's text, for pages and for parts of them."""
    found = identity_of(request)
    person = user or (found.user if found else None)

    def permits(name: str) -> bool:
        return may(person, Action(name))

    return (
        _environment()
        .get_template(template)
        .render(request=request, path=request.url.path, user=person, may=permits, **{"said": "", **context})
    )


def page(
    request: Request, template: str, *, user: User | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page for a person, with the one-time message of what was just done."""
    said = _unquoted(request.cookies.get(SAID, ""))
    answer = HTMLResponse(fragment(request, template, user=user, said=said, **context), status)
    if said:
        answer.delete_cookie(SAID, path="/")
    return answer


def redirect(request: Request, path: str, *, said: str = "") -> RedirectResponse:
    """Leads to one of our pages after something was done. ``said``: shown there once; never document text."""
    answer = RedirectResponse(path, 303)
    if said:
        answer.set_cookie(
            SAID, quote(said[:SAID_LENGTH]), max_age=60, path="/", httponly=True, samesite="lax", secure=secure(request)
        )
    return answer


def _unquoted(value: str) -> str:
    from urllib.parse import unquote

    return unquote(value)[:SAID_LENGTH]


def local_path(given: str, otherwise: str = "/") -> str:
    """``given`` if it is a path on this site, else ``otherwise``: nobody is led elsewhere."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable() and "\\" not in given
    return given if plain else otherwise


def lines(text: str) -> Markup:
    """Escaped text with its line breaks shown."""
    return Markup("<br>").join(escape(part) for part in text.splitlines())
