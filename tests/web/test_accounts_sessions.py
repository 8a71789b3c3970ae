"""Sessions: new ids, idle and absolute end, cookie flags, ends at once (D5), and the first and next signatures of a session (G3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_builders import NAMES, Clock, World, anonymous, application, signed_in
from whole import PASSWORD

from docpipe.accounts.roles import Role, User
from docpipe.errors import RoleMissing, SignInFailed
from docpipe.steps import people
from docpipe.store import audit, drafts, users
from docpipe.store.sessions import SignedIn
from docpipe.web.session import COOKIE

Client = Callable[..., TestClient]
REVIEWER, APPROVER, ADMIN = NAMES[Role.REVIEWER], NAMES[Role.APPROVER], NAMES[Role.ADMINISTRATOR]


def _sign_in(client: TestClient, name: str = REVIEWER, password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in", data={"name": name, "password": password, **more}).status_code


def _in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


def _user(world: World, name: str) -> User:
    with world.house.store.read() as s:
        return users.get(s, name)


def _events(world: World, action: str) -> list[tuple[str, str, str]]:
    with world.house.store.read() as s:
        return [(e.actor, e.subject, e.reason) for e in audit.events(s, audit.HOUSE) if e.action == action]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: FastAPI) -> None:
    client = anonymous(app)
    answer = client.post("/sign-in", data={"name": REVIEWER, "password": PASSWORD})
    morsel = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert morsel["httponly"]
    assert (morsel["samesite"], morsel["path"], morsel["domain"], morsel["max-age"]) == ("lax", "/", "", "")
    assert not morsel["secure"]
    assert len(morsel.value) >= 43
    assert answer.headers["cache-control"] == "no-store"


def test_on_https_the_cookie_is_held_to_host_and_https(app: FastAPI) -> None:
    client = TestClient(app, base_url="https://testserver", follow_redirects=False)
    answer = client.post(
        "/sign-in", data={"name": REVIEWER, "password": PASSWORD}, headers={"origin": "https://testserver"}
    )
    text = answer.headers["set-cookie"]
    assert text.startswith("__Host-docpipe_session=")
    assert "Secure" in text
    assert "Domain" not in text
    assert client.get("/account").status_code == 200
    plain = TestClient(app, cookies={COOKIE: client.cookies["__Host-docpipe_session"]}, follow_redirects=False)
    assert plain.get("https://testserver/account").status_code == 303, (
        "the name without prefix counts for nothing there"
    )


def test_the_database_holds_no_secret_that_opens_a_session(world: World, client_as: Client) -> None:
    secret = client_as("reviewer").cookies[COOKIE]
    path = world.house.settings.home / "docpipe.db"
    raw = path.read_bytes() + path.with_name("docpipe.db-wal").read_bytes()
    assert secret.encode() not in raw
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in raw


def test_each_sign_in_has_a_new_id_and_ends_the_one_the_browser_had(world: World, app: FastAPI) -> None:
    client = anonymous(app)
    client.cookies.set(COOKIE, "chosen-by-somebody-else", domain="testserver.local", path="/")
    assert _sign_in(client) == 303
    first = client.cookies[COOKIE]
    assert first != "chosen-by-somebody-else"
    assert _sign_in(client) == 303
    assert client.cookies[COOKIE] != first
    assert people.session_user(world.house, first) is None


def test_a_session_ends_when_idle_and_not_before(world: World, client_as: Client, clock: Clock) -> None:
    client = client_as("reviewer")
    for _ in range(4):
        clock.forward(minutes=28)
        assert _in(client)
    clock.forward(minutes=31)
    answer = client.get("/batches?state=waiting")
    assert answer.headers["location"] == "/sign-in?next=%2Fbatches%3Fstate%3Dwaiting"
    assert ("reviewer.one", "reviewer.one", "idle") in _events(world, "session.ended")


def test_a_session_ends_after_twelve_hours_whatever_happens(world: World, client_as: Client, clock: Clock) -> None:
    client = client_as("reviewer")
    for _ in range(35):
        clock.forward(minutes=20)
        assert _in(client)
    clock.forward(minutes=19)
    assert _in(client)
    clock.forward(minutes=1)
    assert not _in(client)
    assert (REVIEWER, REVIEWER, "age") in _events(world, "session.ended")


def test_both_ends_are_settings(world: World, clock: Clock) -> None:
    settings = world.house.settings.model_copy(update={"session_idle_minutes": 5, "session_hours": 1})
    app = application(replace(world.house, settings=settings))
    client = signed_in(app, REVIEWER)
    clock.forward(minutes=4)
    assert _in(client)
    clock.forward(minutes=6)
    assert not _in(client)


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(world: World, client_as: Client) -> None:
    client = client_as("reviewer")
    secret = client.cookies[COOKIE]
    answer = client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, secret, domain="testserver.local", path="/")
    assert not _in(client)


def test_disabling_an_account_ends_its_sessions_and_tokens_at_once(world: World, client_as: Client) -> None:
    from docpipe.steps import tokens

    one, two, other = client_as("reviewer"), client_as("reviewer"), client_as("approver")
    _, secret = tokens.make_token(world.house, _user(world, REVIEWER), "t")
    people.disable(world.house, REVIEWER, by=_user(world, ADMIN), reason="left the company")
    assert (_in(one), _in(two), _in(other)) == (False, False, True)
    assert people.token_user(world.house, secret, reading=True) is None
    assert _sign_in(client_as(), REVIEWER) == 401


def test_a_change_of_roles_takes_a_new_session(world: World, client_as: Client) -> None:
    client = client_as("reviewer")
    people.set_roles(world.house, REVIEWER, ["approver"], by=_user(world, ADMIN), reason="promoted")
    assert not _in(client)
    again = client_as()
    assert _sign_in(again) == 303
    assert again.get("/api/v1/me").json()["roles"] == ["approver"]
    assert (ADMIN, REVIEWER, "promoted") in _events(world, "user.roles_set")


def test_another_password_ends_the_other_sessions_and_renews_this_one(world: World, client_as: Client) -> None:
    here, there = client_as("reviewer"), client_as("reviewer")
    old = here.cookies[COOKIE]
    form = {"old": PASSWORD, "new": "a quite different one", "again": "a quite different one"}
    assert here.post("/account/password", data=form).status_code == 303
    assert here.cookies[COOKIE] != old
    assert _in(here)
    assert not _in(there)
    assert people.session_user(world.house, old) is None
    assert _sign_in(client_as(), password=PASSWORD) == 401
    assert _sign_in(client_as(), password="a quite different one") == 303


def test_sessions_are_ended_one_by_one_or_all_but_this(world: World, client_as: Client) -> None:
    here, there, third = client_as("reviewer"), client_as("reviewer"), client_as("reviewer")
    listed = here.get("/api/v1/me/sessions").json()["sessions"]
    assert [s["this"] for s in listed].count(True) == 1
    there_id = hashlib.sha256(there.cookies[COOKIE].encode()).hexdigest()
    assert here.post(f"/account/sessions/{there_id}/end").status_code == 303
    assert (_in(here), _in(there), _in(third)) == (True, False, True)
    here.post("/account/sessions/end-others")
    assert (_in(here), _in(third)) == (True, False)
    assert here.delete("/api/v1/me/sessions").json() == {"ended": 1}
    assert not _in(here)


def test_unsaved_text_survives_a_session_that_ended(world: World, client_as: Client, clock: Clock) -> None:
    client = client_as("reviewer")
    address = f"/api/v1/documents/{world.document}/rows/{world.segment}/draft"
    typed = {"target": "Un texto a medias", "revision": 1}
    assert client.put(address, json=typed).status_code == 200
    clock.forward(hours=13)
    assert client.put(address, json=typed).status_code == 401
    with world.house.store.read() as s:
        kept = drafts.of_user(s, REVIEWER)
    assert [d.target for d in kept] == ["Un texto a medias"]
    assert _sign_in(client) == 303
    assert "Un texto a medias" in client.get("/api/v1/drafts").text


def test_after_signing_in_people_go_where_they_wanted_on_this_site_only(client_as: Client) -> None:
    for going, led in (
        ("/batches?x=1", "/batches?x=1"), ("https://evil.example", "/"), ("//evil.example", "/"), ("/\\evil", "/"),
        ("", "/"), ("/a\r\nset-cookie: x=y", "/"),
    ):  # fmt: skip
        answer = client_as().post("/sign-in", data={"name": REVIEWER, "password": PASSWORD, "next": going})
        assert answer.headers["location"] == led


# ---------------------------------------------------------------- one-time passwords


def test_a_one_time_password_opens_only_the_page_to_change_it(world: World, client_as: Client) -> None:
    secret = people.reset_password(world.house, REVIEWER, by=_user(world, ADMIN), reason="forgotten")
    client = client_as()
    answer = client.post("/sign-in", data={"name": REVIEWER, "password": secret, "next": "/batches"})
    assert answer.headers["location"] == "/account/password"
    assert client.get("/batches").headers["location"] == "/account/password"
    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me").json()["error"]["code"] == "review.must_change_password"
    with pytest.raises(SignInFailed, match="one time"):
        people.sign_in(world.house, REVIEWER, secret)
    for new, again in ((secret, secret), ("short", "short"), ("reviewer one", "reviewer one"), ("a" * 12, "a" * 12),
                       ("one good password", "another")):  # fmt: skip
        refused = client.post("/account/password", data={"old": secret, "new": new, "again": again})
        assert refused.status_code == 422, new
        assert secret not in refused.text
    good = {"old": secret, "new": "one good password", "again": "one good password"}
    assert client.post("/account/password", data=good).status_code == 303
    assert _in(client)
    assert _sign_in(client_as(), password=secret) == 401


def test_the_first_administrator_is_made_once_where_nobody_is(tmp_path: object, world: World) -> None:
    from pathlib import Path

    from docpipe.settings import load
    from docpipe.steps.house import open_house

    assert people.first_administrator(world.house) is None
    house = open_house(load(home=Path(str(tmp_path)) / "new"))
    made = people.first_administrator(house)
    assert made is not None
    assert people.first_administrator(house) is None
    user = people.sign_in(house, *made, one_time=True)
    assert (user.must_change, user.roles) == (True, {Role.ADMINISTRATOR})
    house.store.close()


# ---------------------------------------------------------------- signing


def _session(world: World, client: TestClient) -> SignedIn:
    found = people.session_user(world.house, client.cookies[COOKIE])
    assert found is not None
    return found[1]


def test_the_first_signature_of_a_session_needs_the_name_the_next_ones_the_password(
    world: World, client_as: Client
) -> None:
    client = client_as("approver")
    with pytest.raises(SignInFailed, match="name"):
        people.confirm_signer(world.house, _session(world, client), "", PASSWORD)
    assert people.confirm_signer(world.house, _session(world, client), APPROVER, PASSWORD).name == APPROVER
    assert people.confirm_signer(world.house, _session(world, client), "", PASSWORD).name == APPROVER
    with pytest.raises(SignInFailed):
        people.confirm_signer(world.house, _session(world, client), "", "")
    fresh = client_as("approver")
    with pytest.raises(SignInFailed, match="name"):
        people.confirm_signer(world.house, _session(world, fresh), "", PASSWORD)


def test_nobody_signs_as_somebody_else_or_without_the_role(world: World, client_as: Client) -> None:
    with pytest.raises(SignInFailed, match="yourself"):
        people.confirm_signer(world.house, _session(world, client_as("approver")), "approver.two", PASSWORD)
    with pytest.raises(RoleMissing):
        people.confirm_signer(world.house, _session(world, client_as("reviewer")), REVIEWER, PASSWORD)
    assert not _session(world, client_as("reviewer")).signed


def test_failed_signatures_are_throttled_apart_from_sign_in(world: World, client_as: Client) -> None:
    session = _session(world, client_as("approver"))
    for _ in range(5):
        with pytest.raises(SignInFailed, match="is wrong"):
            people.confirm_signer(world.house, session, APPROVER, "not the password", address="10.0.0.1")
    with pytest.raises(SignInFailed, match="wait"):
        people.confirm_signer(world.house, session, APPROVER, PASSWORD, address="10.0.0.1")
    assert _sign_in(client_as(), APPROVER) == 303
    assert len(_events(world, "user.sign_failed")) == 5
    assert len(_events(world, "user.sign_refused")) == 1
