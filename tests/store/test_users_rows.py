"""Accounts and signing in: audited, throttled, the same for whoever does not exist (D4)."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from store_builders import NOW

from docpipe.accounts.roles import Role, User
from docpipe.errors import SignInFailed, UnknownName, UsageError
from docpipe.store import audit, users
from docpipe.store.database import Store

RIGHT, WRONG = "correct horse battery", "wrong horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(RIGHT)
"""Of weak parameters, as an old account may have it: the first right sign-in makes it strong."""


@pytest.fixture
def anna(store: Store) -> User:
    with store.write() as s:
        return users.add(s, "anna", "Anna A.", {Role.AUTHOR, Role.REVIEWER}, HASH, NOW, "root")


def _events(store: Store) -> list[str]:
    with store.read() as s:
        return [e.action for e in audit.events(s, audit.HOUSE)]


def test_an_account_is_kept_with_its_roles(store: Store, anna: User) -> None:
    with store.read() as s:
        assert (
            users.get(s, "anna") == anna == User("anna", "Anna A.", frozenset({Role.AUTHOR, Role.REVIEWER}), False, NOW)
        )
        assert users.listing(s) == [anna]
        with pytest.raises(UnknownName):
            users.get(s, "bert")


def test_a_name_is_never_given_twice(store: Store, anna: User) -> None:
    with store.write() as s:
        users.disable(s, "anna", NOW, "root", "left")
    for name in ("anna", "ANNA", " anna", ""):
        with pytest.raises(UsageError), store.write() as s:
            users.add(s, name, "Another", set(), HASH, NOW, "root")


def test_every_change_is_audited_with_old_and_new(store: Store, anna: User) -> None:
    with store.write() as s:
        users.set_roles(s, "anna", {Role.AUDITOR}, NOW, "root", "moved")
        users.set_password(s, "anna", HASH, NOW, "root")
        users.disable(s, "anna", NOW, "root", "left")
    with store.read() as s:
        events = list(audit.events(s, audit.HOUSE))
    assert [e.action for e in events] == ["user.added", "user.roles_set", "user.password_set", "user.disabled"]
    assert (events[1].old, events[1].new, events[1].reason) == ("author,reviewer", "auditor", "moved")
    assert not any("argon2" in f"{e.old}{e.new}{e.reason}" for e in events)


def test_the_right_password_signs_in_and_is_audited(store: Store, anna: User) -> None:
    assert users.sign_in(store, "anna", RIGHT, NOW) == anna
    assert users.sign_in(store, "anna", RIGHT, NOW) == anna
    assert _events(store)[-2:] == ["user.sign-in"] * 2


def test_unknown_wrong_and_disabled_are_told_the_same(store: Store, anna: User) -> None:
    with store.write() as s:
        users.add(s, "bert", "Bert B.", {Role.AUTHOR}, HASH, NOW, "root")
        users.disable(s, "bert", NOW, "root")
    said = set()
    for name, password in (("anna", WRONG), ("nobody", RIGHT), ("bert", RIGHT), ("", ""), ("nul\x00", "x" * 5000)):
        with pytest.raises(SignInFailed) as caught:
            users.sign_in(store, name, password, NOW)
        said.add((caught.value.message, caught.value.code, str(caught.value.details)))
    assert len(said) == 1


def test_an_unknown_name_takes_as_long_as_a_wrong_password(store: Store, anna: User) -> None:
    users.sign_in(store, "anna", RIGHT, NOW)  # a hash of today's parameters from now on
    took: dict[str, float] = {}
    for name in ("anna", "nobody", "anna", "nobody"):
        start = time.process_time()
        with pytest.raises(SignInFailed):
            users.sign_in(store, name, WRONG, NOW)
        took[name] = time.process_time() - start
    assert took["anna"] / 3 < took["nobody"] < took["anna"] * 3


def test_the_sixth_failure_waits_and_a_restart_does_not_forget(store: Store, anna: User) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed, match="is wrong"):
            users.sign_in(store, "anna", WRONG, NOW)
    later = NOW + timedelta(seconds=100)
    with pytest.raises(SignInFailed, match="wait 200 seconds") as caught:
        users.sign_in(store, "anna", RIGHT, later)
    assert caught.value.details["retry_after"] == 200
    with store.write() as s:
        users.add(s, "bert", "Bert B.", set(), HASH, NOW, "root")
    assert users.sign_in(store, "bert", RIGHT, later).name == "bert"
    assert users.sign_in(store, "anna", RIGHT, later, "sign").name == "anna"
    assert users.sign_in(store, "anna", RIGHT, NOW + timedelta(seconds=301)).name == "anna"
    assert _events(store).count("user.sign-in_failed") == 5
    assert _events(store).count("user.sign-in_refused") == 1


def test_signing_in_rightly_does_not_use_attempts_up(store: Store, anna: User) -> None:
    for _ in range(6):
        users.sign_in(store, "anna", RIGHT, NOW)


def test_guesses_sent_side_by_side_count_one_by_one(store: Store, anna: User) -> None:
    said: list[str] = []

    def guess() -> None:
        try:
            users.sign_in(store, "anna", WRONG, NOW)
        except SignInFailed as error:
            said.append(error.message)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sum("is wrong" in m for m in said) == 5
    assert sum("wait" in m for m in said) == 3
