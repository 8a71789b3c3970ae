"""Every route x role x owner, other and nobody: no answer outside the table that the routes declare (D6)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from routes_table import Route, routes
from web_builders import NAMES, OTHERS, World, anonymous, application, signed_in

from docpipe.accounts.roles import Action, Role, allows
from docpipe.steps import people, tokens
from docpipe.steps.house import House
from docpipe.store import imports, submissions, users
from docpipe.store.submissions import Submission, SubmissionState

ROUTES = routes()
PUBLIC = {
    "GET /health", "GET /metrics", "GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /sign-in/oidc",
    "GET /sign-in/oidc/callback",
}  # fmt: skip
"""What is open to everybody: nothing joins this without being written here."""
HERE = {
    "batch", "batch_id", "document", "document_id", "segment", "finding", "number", "chain", "name", "topic", "path",
    "position", "page", "sha256", "stage", "what",
}  # fmt: skip
"""Parameters of what everybody with the role may reach."""
OWNED = {"session", "token", "submission", "import_id", "comment_id", "comment", "draft", "import_"}
"""Parameters of what belongs to one person (or is looked up and not there)."""
GONE_ALREADY = {"DELETE /api/v1/documents/{document}/rows/{segment}/draft"}
"""Taking away what is not there is done."""
NOBODY = "nothing-here"


def _values(world: World) -> dict[str, str]:
    return {
        "batch": world.batch, "batch_id": world.batch, "document": world.document, "document_id": world.document,
        "segment": world.segment, "finding": world.finding or NOBODY, "number": "1", "chain": "house", "position": "1",
        "name": NAMES[Role.REVIEWER], "topic": "start", "path": "manifest.json", "page": "1",
        "sha256": "0" * 64, "stage": "sources", "what": "html", **dict.fromkeys(OWNED, NOBODY),
    }  # fmt: skip


@pytest.fixture(scope="module")
def reading(kept: World) -> tuple[World, FastAPI]:
    """The kept world; without LibreOffice, which is slow and tested elsewhere."""
    settings = kept.house.settings.model_copy(update={"office": "off"})
    house: House = replace(kept.house, settings=settings)
    return kept, application(house)


def _ask(client: TestClient, route: Route, address: str, **more: Any) -> int:
    return client.request(route.method, address, **more).status_code


def test_every_route_says_what_it_needs() -> None:
    assert len(ROUTES) > 60
    silent = [str(r) for r in ROUTES if not r.needs and not r.public]
    assert not silent, silent
    assert {str(r) for r in ROUTES if r.public} == PUBLIC
    assert not [str(r) for r in ROUTES if r.public and r.needs]


def test_every_parameter_of_an_address_is_known_to_this_test() -> None:
    new = {p: str(r) for r in ROUTES for p in r.parameters if p not in HERE | OWNED}
    assert not new, f"say what these are in HERE or OWNED: {new}"


def test_nothing_else_is_served(reading: tuple[World, FastAPI]) -> None:
    plain = {getattr(r, "path", "") for r in reading[1].routes} - {""}
    assert plain <= {"/static", "/api/openapi.json"} | {r.path for r in ROUTES}, plain


def test_whoever_changes_something_needs_more_than_to_read() -> None:
    """What a role without any action but reading may send: its own account, and marks that change no record."""
    auditor = [str(r) for r in ROUTES if r.unsafe and not r.public and r.permits(Role.AUDITOR)]
    own = ("/account", "/api/v1/me", "/api/v1/tokens", "/audit/verify", "/api/v1/audit/verify")
    marks = ("/preview", "/preview/render", "/present", "/seen")
    left = [r for r in auditor if not r.split(" ")[1].startswith(own) and not r.endswith(marks)]
    assert not left, left


def test_nobody_gets_in_without_signing_in(reading: tuple[World, FastAPI]) -> None:
    world, app = reading
    client, wrong = anonymous(app), []
    for route in (r for r in ROUTES if not r.public):
        answer = client.request(route.method, route.filled(_values(world)))
        led = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
        if answer.status_code != 401 if route.api else not led:
            wrong.append((str(route), answer.status_code))
    assert not wrong, wrong


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer dp_wrong", "Basic YTpi", "bearer dp_x y"])
def test_a_wrong_token_opens_nothing(reading: tuple[World, FastAPI], header: str) -> None:
    client = anonymous(reading[1])
    assert client.get("/api/v1/me", headers={"authorization": header}).status_code == 401


@pytest.mark.parametrize("role", Role)
def test_a_role_without_the_action_is_refused_whatever_the_method(reading: tuple[World, FastAPI], role: Role) -> None:
    world, app = reading
    client, wrong = signed_in(app, NAMES[role]), []
    for route in (r for r in ROUTES if not r.public and not r.permits(role)):
        for body in ({}, {"json": {}}) if route.unsafe else ({},):
            got = _ask(client, route, route.filled(_values(world)), **body)
            if got != 403:
                wrong.append((str(route), got))
    assert not wrong, wrong


@pytest.mark.parametrize("role", Role)
def test_a_role_with_the_action_gets_in_to_read(reading: tuple[World, FastAPI], role: Role) -> None:
    world, app = reading
    client, wrong = signed_in(app, NAMES[role]), []
    for route in (r for r in ROUTES if not r.public and not r.unsafe and r.permits(role)):
        answer = client.get(route.filled(_values(world)))
        led_out = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
        if answer.status_code in (401, 403) or answer.status_code >= 500 or led_out:
            wrong.append((str(route), answer.status_code, answer.text[:300]))
    assert not wrong, wrong


@pytest.mark.parametrize("role", Role)
def test_a_role_with_the_action_gets_in_to_change_and_finds_nothing_under_wrong_ids(world: World, role: Role) -> None:
    """With ids of nothing: what is let in is told that nothing is there, and changes nothing."""
    settings = world.house.settings.model_copy(update={"office": "off"})
    app = application(replace(world.house, settings=settings))
    values = dict.fromkeys(_values(world), NOBODY) | {"number": "1", "position": "1", "page": "1"}
    wrong = []
    for route in (r for r in ROUTES if not r.public and r.unsafe and r.permits(role)):
        answer = signed_in(app, NAMES[role]).request(route.method, route.filled(values))
        there = answer.status_code < 400 and route.parameters and str(route) not in GONE_ALREADY
        if answer.status_code in (401, 403) or answer.status_code >= 500 or there:
            wrong.append((str(route), answer.status_code, answer.text[:300]))
    assert not wrong, wrong


def _own_things(world: World, role: Role, app: FastAPI) -> dict[str, str]:
    """Ids of what belongs to the first person of the role."""
    house = world.house
    with house.store.read() as s:
        owner = users.get(s, NAMES[role])
    secret = people.start_session(house, owner)
    token, _ = tokens.make_token(house, owner, "mine")
    now = house.now()
    made = Submission("S1234567", owner.name, now, SubmissionState.OPEN, {"from": "en", "to": "es"})
    with house.store.write() as s:
        submissions.add(s, made)
        staged = imports.add(s, owner.name, world.batch, (), now)
    return {
        "session": hashlib.sha256(secret.encode()).hexdigest(), "token": token.id, "submission": made.id,
        "import_id": staged.id,
    }  # fmt: skip


@pytest.mark.parametrize("role", OTHERS)
def test_what_belongs_to_another_is_not_there(world: World, role: Role) -> None:
    app = application(world.house)
    own = _own_things(world, role, app)
    values = _values(world) | own
    checked, wrong = 0, []
    for route in (r for r in ROUTES if set(r.parameters) & set(own) and r.permits(role)):
        body: Any = {"json": {}} if route.body and route.api else {}
        if route.path.endswith("/take"):
            body = {"data": {"reason": "no", "digest": "x"}}
        got = signed_in(app, OTHERS[role]).request(route.method, route.filled(values), **body)
        checked += 1
        if got.status_code != 404:
            wrong.append((str(route), got.status_code, got.text[:300]))
    assert not wrong, wrong
    assert checked >= 4
    with world.house.store.read() as s:
        assert submissions.get(s, own["submission"]).state is SubmissionState.OPEN
    client = signed_in(app, NAMES[role])
    assert client.delete(f"/api/v1/me/sessions/{own['session']}").status_code == 200
    assert client.delete(f"/api/v1/tokens/{own['token']}").status_code == 200


def test_an_administrator_neither_edits_nor_signs_and_an_auditor_only_reads() -> None:
    work = {Action.EDIT, Action.DISMISS, Action.APPROVE, Action.REJECT, Action.SIGN, Action.RELEASE, Action.SUBMIT}
    assert not [a for a in work if allows(Role.ADMINISTRATOR, a)]
    assert {a for a in Action if allows(Role.AUDITOR, a)} == {Action.READ, Action.AUDIT_READ}


# ---------------------------------------------------------------- personal tokens on every route


def test_a_token_for_reading_changes_nothing_anywhere(reading: tuple[World, FastAPI]) -> None:
    world, app = reading
    house = world.house
    with house.store.read() as s:
        owner = users.get(s, NAMES[Role.REVIEWER])
    _, secret = tokens.make_token(house, owner, "reads", read_only=True)
    client = TestClient(app, headers={"authorization": f"Bearer {secret}"}, follow_redirects=False)
    wrong = []
    for route in (r for r in ROUTES if r.unsafe and not r.public):
        got = _ask(client, route, route.filled(_values(world)))
        if got != 403:
            wrong.append((str(route), got))
    assert not wrong, wrong
    assert client.get("/api/v1/me").json()["via"] == "token"


def test_a_token_does_what_its_owner_may_but_not_sign_or_make_tokens(world: World) -> None:
    house = world.house
    with house.store.read() as s:
        owner = users.get(s, NAMES[Role.APPROVER])
    _, secret = tokens.make_token(house, owner, "works")
    client = TestClient(application(house), headers={"authorization": f"Bearer {secret}"}, follow_redirects=False)
    assert client.get(f"/api/v1/documents/{world.document}/rows").status_code == 200
    assert client.post("/api/v1/tokens", json={"label": "more"}).status_code == 403
    assert client.post("/account/tokens", data={"label": "more"}).status_code == 403
    assert client.get("/audit").status_code == 403
    answer = client.post(
        f"/documents/{world.document}/checkpoint/sign",
        data={"password": "", "meaning": "approval", "digest": "x", "name": owner.name},
    )
    assert answer.status_code in (401, 422), answer.text
