"""Requests that change something from another site's page are refused, on every route, by a table of headers (D3)."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from routes_table import Route, routes
from starlette.datastructures import Headers
from web_builders import NAMES, World, application, signed_in

from docpipe.accounts.roles import Role
from docpipe.steps import tokens
from docpipe.store import users
from docpipe.web.security import same_origin
from docpipe.web.session import COOKIE

UNSAFE = [r for r in routes() if r.unsafe]
OWN = "http://testserver"
Pairs = list[tuple[str, str]]
REFUSED: dict[str, Pairs] = {
    "cross-site": [("sec-fetch-site", "cross-site")],
    "same-site": [("sec-fetch-site", "same-site")],
    "unknown word": [("sec-fetch-site", "samesite-origin")],
    "empty word": [("sec-fetch-site", "")],
    "cross-site with our origin": [("sec-fetch-site", "cross-site"), ("origin", OWN)],
    "our word with another origin": [("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    "another origin": [("origin", "https://evil.example")],
    "wrong port": [("origin", "http://testserver:8081")],
    "wrong scheme": [("origin", "https://testserver")],
    "name before ours": [("origin", "http://evil.testserver")],
    "name behind ours": [("origin", "http://testserver.evil.example")],
    "user part": [("origin", "http://testserver@evil.example")],
    "with a path": [("origin", "http://testserver/x")],
    "null origin": [("origin", "null")],
    "empty origin": [("origin", "")],
    "malformed origin": [("origin", "testserver")],
    "two words": [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    "the same word twice": [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
    "words in one": [("sec-fetch-site", "same-origin, cross-site")],
    "two origins": [("origin", OWN), ("origin", "https://evil.example")],
    "origins in one": [("origin", f"{OWN} https://evil.example")],
    "no header but a cookie": [],
}
TAKEN: dict[str, Pairs] = {
    "same-origin": [("sec-fetch-site", "same-origin")],
    "typed address": [("sec-fetch-site", "none")],
    "our origin": [("origin", OWN)],
    "our origin, other case": [("origin", "HTTP://TestServer")],
    "both": [("sec-fetch-site", "same-origin"), ("origin", OWN)],
}
IDS = dict.fromkeys(
    {p for r in UNSAFE for p in r.parameters}, "nothing-here"
) | {"number": "1"}  # fmt: skip


@pytest.fixture(scope="module")
def app(kept: World) -> FastAPI:
    return application(kept.house)


@pytest.fixture(scope="module")
def cookie(app: FastAPI) -> str:
    return signed_in(app, NAMES[Role.REVIEWER]).cookies[COOKIE]


def _send(app: FastAPI, route: Route, pairs: Pairs, cookie: str = "") -> tuple[int, str]:
    client = TestClient(app, follow_redirects=False)
    if cookie:
        pairs = [*pairs, ("cookie", f"{COOKIE}={cookie}")]
    answer = client.request(route.method, route.filled(IDS), headers=pairs)
    return answer.status_code, answer.text


def _was_cross_site(got: tuple[int, str]) -> bool:
    return got[0] == 403 and "review.cross_site" in got[1]


@pytest.mark.parametrize("pairs", REFUSED.values(), ids=REFUSED.keys())
def test_every_route_that_changes_something_refuses(app: FastAPI, cookie: str, pairs: Pairs) -> None:
    assert len(UNSAFE) > 30
    let_in = [str(r) for r in UNSAFE if not _was_cross_site(_send(app, r, pairs, cookie))]
    assert not let_in, let_in


@pytest.mark.parametrize("pairs", TAKEN.values(), ids=TAKEN.keys())
def test_our_own_pages_are_let_in(app: FastAPI, pairs: Pairs) -> None:
    """Without a session, so that nothing happens: what answers is the route, not the guard."""
    shut = [str(r) for r in UNSAFE if _was_cross_site(_send(app, r, pairs))]
    assert not shut, shut


def test_signing_in_from_another_site_is_refused_too(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    form = {"name": "reviewer.one", "password": "correct horse battery"}
    for pairs in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert client.post("/sign-in", data=form, headers=pairs).status_code == 403


def test_a_program_with_a_token_and_without_a_cookie_needs_no_origin(kept: World, app: FastAPI) -> None:
    with kept.house.store.read() as s:
        owner = users.get(s, NAMES[Role.AUDITOR])
    _, secret = tokens.make_token(kept.house, owner, "program")
    client = TestClient(app, headers={"authorization": f"Bearer {secret}"})
    assert client.post("/api/v1/audit/verify").status_code == 200
    with_cookie = client.post("/api/v1/audit/verify", headers={"cookie": "x=y", "sec-fetch-site": "cross-site"})
    assert with_cookie.status_code == 403


def test_reading_is_not_asked_where_it_comes_from(app: FastAPI, cookie: str) -> None:
    client = TestClient(app, headers={"sec-fetch-site": "cross-site", "cookie": f"{COOKIE}={cookie}"})
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "127.0.0.1.evil.example"])
def test_a_foreign_host_name_is_refused(app: FastAPI, host: str) -> None:
    assert TestClient(app).get("/health", headers={"host": host}).status_code == 421


def test_the_rule_alone() -> None:
    own = ["http://a", "https://b"]
    assert same_origin(Headers({"origin": "https://b"}), own)
    assert same_origin(Headers({}), own)
    assert not same_origin(Headers({"cookie": "x"}), own)
    assert not same_origin(Headers({"origin": "http://b"}), own)
