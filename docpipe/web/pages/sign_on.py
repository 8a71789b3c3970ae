"""The way to the sign-on provider and back: signing in there, and showing the credentials again to sign. Imports FastAPI and steps."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from docpipe.errors import DocpipeError, RoleMissing, SignOnFailed, UnknownName
from docpipe.steps import people, sign_on
from docpipe.web.oidc import PENDING_SECONDS, SignOn
from docpipe.web.pages.sign_in import form
from docpipe.web.render import local_path, redirect
from docpipe.web.session import HouseDep, address_of, cookie_name, identity_of, keep_session, public, secure

router = APIRouter(prefix="/sign-in/oidc", dependencies=[public()])


def provider(request: Request) -> SignOn:
    """The provider of this installation. Raises ``UnknownName`` where none is set."""
    house = request.app.state.house
    if not house.settings.oidc_issuer:
        raise UnknownName("There is no such page.")
    if not hasattr(request.app.state, "sign_on"):
        request.app.state.sign_on = SignOn(house.settings)
    found: SignOn = request.app.state.sign_on
    return found


def confirmed_again(request: Request) -> bool:
    """Whether the person of this session has just shown the credentials at the provider; true once, for one signing."""
    found = identity_of(request)
    if found is None or found.session is None or found.session.via != people.OIDC:
        return False
    return provider(request).take_fresh(found.session.id)


def is_confirmed(request: Request) -> bool:
    """Whether ``confirmed_again`` would say yes: for what the page shows."""
    found = identity_of(request)
    if found is None or found.session is None or found.session.via != people.OIDC:
        return False
    return provider(request).is_fresh(found.session.id)


def _cookie(request: Request) -> str:
    return "__Host-docpipe_sign_on" if secure(request) else "docpipe_sign_on"


def _back(request: Request, house: HouseDep) -> str:
    base = house.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.headers['host']}"
    return f"{base}/sign-in/oidc/callback"


@router.get("")
def begin(request: Request, house: HouseDep, next: str = "/", again: bool = False) -> Response:
    """Leads to the provider. ``again``: to show the credentials once more before signing."""
    found = identity_of(request)
    session = ""
    if again:
        if found is None or found.session is None or found.session.via != people.OIDC:
            raise RoleMissing("Only a session of the sign-on provider is confirmed there.")
        session = found.session.id
    try:
        address, state = provider(request).begin(_back(request, house), local_path(next), session=session)
    except SignOnFailed as error:
        return form(request, house, going=next, error=error.message, status=502)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        _cookie(request), state, max_age=PENDING_SECONDS, path="/", httponly=True, samesite="lax", secure=secure(request)
    )  # fmt: skip
    return answer


@router.get("/callback")
def callback(
    request: Request, house: HouseDep, state: str = "", code: str = "", error: str = "", iss: str = ""
) -> Response:
    """Takes the provider's answer: opens a session, or confirms the one that wants to sign."""
    way = provider(request)
    bound = request.cookies.get(_cookie(request), "")
    try:
        if error:
            word = error if re.fullmatch(r"[a-z_]{1,40}", error) else "error"
            raise SignOnFailed(f"The sign-on provider did not sign you in ({word}).")
        claims, pending = way.finish(state, bound, code, iss)
        if pending.session:
            answer = _confirm(request, way, claims, pending.session, pending.going)
        else:
            user = sign_on.person_of(house, claims, address_of(request))
            old = people.session_user(house, request.cookies.get(cookie_name(request), ""))
            if old is not None:
                people.end_session(house, old[1].id, old[0])
            agent = request.headers.get("user-agent", "")
            secret = people.start_session(house, user, via=people.OIDC, address=address_of(request), agent=agent)
            answer = redirect(request, local_path(pending.going))
            keep_session(request, answer, secret)
    except DocpipeError as refused:
        answer = form(request, house, going="/", error=refused.message, status=403)
    answer.delete_cookie(_cookie(request), path="/", httponly=True, samesite="lax", secure=secure(request))
    return answer


def _confirm(request: Request, way: SignOn, claims: dict[str, object], session: str, going: str) -> Response:
    found = identity_of(request)
    if found is None or found.session is None or found.session.id != session:
        raise SignOnFailed("The session that wanted to sign has ended: sign in again.")
    if found.user.subject != f"{claims['iss']} {claims['sub']}":
        raise SignOnFailed("Another person signed in at the provider: nothing can be signed.")
    way.confirmed(session)
    return redirect(request, local_path(going), said="You showed your credentials again: sign within 5 minutes.")
