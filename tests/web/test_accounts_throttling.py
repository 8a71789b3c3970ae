"""Guessing passwords: held up by account, by address and by action, the same for whoever does not exist, all of it audited (D4)."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from web_builders import NAMES, Clock, ClockHouse, World, application
from whole import PASSWORD

from docpipe.accounts.roles import Role
from docpipe.settings import load
from docpipe.steps.house import open_house
from docpipe.store import audit

Client = Callable[..., TestClient]
REVIEWER, APPROVER, QUALITY = NAMES[Role.REVIEWER], NAMES[Role.APPROVER], NAMES[Role.QUALITY]


def _try(client: TestClient, name: str, password: str = "wrong horse battery") -> tuple[int, str]:
    answer = client.post("/sign-in", data={"name": name, "password": password})
    found = re.search(r'role="alert">([^<]*)', answer.text)
    return answer.status_code, found[1] if found else ""


def _from(client: TestClient, address: str) -> TestClient:
    """The browser behind another address."""
    return TestClient(client.app, client=(address, 50000), headers=dict(client.headers), follow_redirects=False)


def _count(world: World, action: str) -> int:
    with world.house.store.read() as s:
        return sum(e.action == action for e in audit.events(s, audit.HOUSE))


def test_the_sixth_attempt_waits_and_other_accounts_do_not(world: World, client_as: Client, clock: Clock) -> None:
    client = client_as()
    said = [_try(client, REVIEWER) for _ in range(5)]
    assert set(said) == {(401, "The name or the password is wrong.")}
    status, text = _try(client, REVIEWER, PASSWORD)
    assert status == 401
    assert re.fullmatch(r"Too many failed attempts: wait (29\d|300) seconds\.", text)
    sixth = client.post("/sign-in", data={"name": REVIEWER, "password": PASSWORD})
    assert 290 <= int(sixth.headers["retry-after"]) <= 300
    assert _try(client, APPROVER, PASSWORD)[0] == 303
    assert (_count(world, "user.sign-in_failed"), _count(world, "user.sign-in_refused")) == (5, 2)
    clock.forward(seconds=301)
    assert _try(client, REVIEWER, PASSWORD)[0] == 303


def test_a_restart_forgets_nothing(world: World, client_as: Client, clock: Clock) -> None:
    for _ in range(5):
        _try(client_as(), REVIEWER)
    world.house.store.close()
    house = open_house(load(home=world.house.settings.home))
    again = ClockHouse(house.settings, house.store, "another process", clock)
    client = TestClient(application(again), headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
    assert "wait" in _try(client, REVIEWER, PASSWORD)[1]


def test_one_password_tried_at_many_accounts_holds_up_the_address(world: World, client_as: Client) -> None:
    bad = _from(client_as(), "203.0.113.9")
    names = [REVIEWER, APPROVER, "nobody", "admin", "root"]
    assert {_try(bad, name)[1] for name in names} == {"The name or the password is wrong."}
    assert "wait" in _try(bad, QUALITY, PASSWORD)[1]
    good = _from(client_as(), "203.0.113.10")
    for name in (REVIEWER, QUALITY):
        assert _try(good, name, PASSWORD)[0] == 303


def test_people_who_mistype_and_then_get_it_right_do_not_hold_up_their_office(world: World, client_as: Client) -> None:
    office = _from(client_as(), "203.0.113.11")
    for role in Role:
        assert _try(office, NAMES[role])[0] == 401
        assert _try(office, NAMES[role], PASSWORD)[0] == 303


def test_an_unknown_name_is_told_the_same_at_every_attempt(client_as: Client) -> None:
    known = [_try(_from(client_as(), "198.51.100.1"), REVIEWER) for _ in range(6)]
    unknown = [_try(_from(client_as(), "198.51.100.2"), "nobody.at.all") for _ in range(6)]

    def plain(said: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return [(status, re.sub(r"\d+", "N", text)) for status, text in said]

    assert plain(known) == plain(unknown)


def test_an_unknown_name_takes_as_long(
    world: World, client_as: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With hashes as strong as in use, so that they are most of the time; the median of several."""
    from argon2 import PasswordHasher

    from docpipe.accounts import passwords
    from docpipe.store import users

    strong = PasswordHasher()
    monkeypatch.setattr(passwords, "_hasher", lambda: strong)
    passwords._nobody.cache_clear()
    with world.house.store.write() as s:
        users.set_password(s, REVIEWER, strong.hash(PASSWORD), world.house.now(), "test")
    took: dict[str, list[float]] = {REVIEWER: [], "nobody.at.all": []}
    client = client_as()
    _try(client, "warm.up")
    for _ in range(7):
        clock.forward(seconds=150)
        for name in took:
            start = time.process_time()
            _try(client, name)
            took[name].append(time.process_time() - start)
    passwords._nobody.cache_clear()
    known, unknown = (statistics.median(values) for values in took.values())
    assert 0.7 < known / unknown < 1.4


def test_throttling_another_password_is_apart(world: World, client_as: Client) -> None:
    client = client_as("reviewer")
    form = {"old": "wrong horse battery", "new": "a quite different one", "again": "a quite different one"}
    for _ in range(5):
        assert "old password is wrong" in client.post("/account/password", data=form).text
    assert "wait" in client.post("/account/password", data=form | {"old": PASSWORD}).text
    assert _try(client_as(), REVIEWER, PASSWORD)[0] == 303


def test_the_audit_trail_says_from_where(world: World, client_as: Client) -> None:
    _try(_from(client_as(), "192.0.2.77"), REVIEWER)
    with world.house.store.read() as s:
        event = [e for e in audit.events(s, audit.HOUSE) if e.action == "user.sign-in_failed"][-1]
    assert (event.actor, event.subject, event.new) == (REVIEWER, REVIEWER, "192.0.2.77")


def test_odd_names_and_passwords_are_refused_like_any_other(client_as: Client) -> None:
    for name, password in (
        ("", ""),
        ("\x00", "x"),
        ("a" * 5000, "b" * 5000),
        ("' OR 1=1 --", "x"),
        ("\ud800", "\udfff"),
    ):
        data = f"name={_quoted(name)}&password={_quoted(password)}"
        answer = client_as().post(
            "/sign-in", content=data.encode(), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == 401, answer.text


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, errors="surrogatepass")
