"""Sessions, tokens, throttling by address and the look-up of events, as rows on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from store_builders import NOW

from docpipe.accounts.roles import Role
from docpipe.errors import SignInFailed, UsageError
from docpipe.store import audit, audit_find, sessions, throttle, tokens, users
from docpipe.store.audit_find import Wanted
from docpipe.store.database import Store

IDLE, HOURS = 30, 12


@pytest.fixture
def anna(store: Store) -> str:
    with store.write() as s:
        users.add(s, "anna", "Anna A.", {Role.REVIEWER}, "", NOW, "root", subject="https://idp.example 7")
    return "anna"


def _start(store: Store, user: str = "anna") -> str:
    with store.write() as s:
        return sessions.start(s, user, NOW, HOURS, via="password", address="192.0.2.1", agent="x" * 900)


def test_a_session_is_found_by_its_secret_alone_until_it_ends(store: Store, anna: str) -> None:
    secret = _start(store)
    with store.read() as s:
        found = sessions.find(s, secret, NOW, IDLE)
        assert found is not None
        assert (found.user, found.signed, found.ended, len(found.agent)) == ("anna", False, None, 200)
        assert sessions.find(s, found.id, NOW, IDLE) is None
        assert sessions.find(s, secret, NOW + timedelta(minutes=IDLE), IDLE) is None
        assert sessions.expired(found, NOW + timedelta(hours=HOURS), 10_000) == "age"
    with store.write() as s:
        assert sessions.end(s, found.id, NOW, "anna", "signed out")
        assert not sessions.end(s, found.id, NOW, "anna", "again")
        assert sessions.find(s, secret, NOW, IDLE) is None


def test_a_renewed_session_ends_when_the_first_one_would_have(store: Store, anna: str) -> None:
    secret, later = _start(store), NOW + timedelta(minutes=20)
    with store.write() as s:
        old = sessions.of_secret(s, secret)
        assert old is not None
        sessions.mark_signed(s, old.id)
        fresh = sessions.of_secret(s, sessions.renew(s, old, later))
    assert fresh is not None
    assert (fresh.ends, fresh.created, fresh.signed) == (old.ends, later, False)


def test_all_sessions_but_one_end_and_each_is_written_down(store: Store, anna: str) -> None:
    kept = _start(store)
    for _ in range(3):
        _start(store)
    with store.write() as s:
        assert sessions.end_all(s, "anna", NOW, "root", "why not", but=sessions.digest(kept)) == 3
        assert [x.id for x in sessions.of_user(s, "anna", NOW, IDLE)] == [sessions.digest(kept)]
        assert sum(e.action == "session.ended" for e in audit.events(s, audit.HOUSE)) == 3


def test_tokens_end_once(store: Store, anna: str) -> None:
    with store.write() as s:
        token, secret = tokens.make(s, "anna", "night", NOW, expires=NOW + timedelta(days=1), read_only=True)
        assert tokens.find(s, secret) == token
        assert tokens.find(s, token.id) is None
        assert token.holds(NOW)
        assert not token.holds(NOW + timedelta(days=1))
        assert tokens.revoke_all(s, "anna", NOW, "root", "left") == 1
        assert not tokens.revoke(s, token.id, NOW, "root")
        assert [t.holds(NOW) for t in tokens.of_user(s, "anna")] == [False]


def test_an_account_without_a_password_is_opened_by_none(store: Store, anna: str) -> None:
    for password in ("", "x", "correct horse battery"):
        with pytest.raises(SignInFailed, match="is wrong"):
            users.sign_in(store, "anna", password, NOW)
    with store.read() as s:
        found = users.by_subject(s, "https://idp.example 7")
        assert found is not None
        assert found.name == "anna"
        assert users.by_subject(s, "") is None


def test_guesses_at_many_accounts_from_one_address_are_held_up(store: Store, anna: str) -> None:
    for n in range(throttle.ATTEMPTS):
        with pytest.raises(SignInFailed, match="is wrong"):
            users.sign_in(store, f"nobody{n}", "wrong horse battery", NOW, address="192.0.2.9")
    with pytest.raises(SignInFailed, match="wait 300"):
        users.sign_in(store, "anna", "wrong horse battery", NOW, address="192.0.2.9")
    with pytest.raises(SignInFailed, match="is wrong"):
        users.sign_in(store, "anna", "wrong horse battery", NOW, address="192.0.2.10")
    with pytest.raises(SignInFailed, match="is wrong"):
        users.sign_in(store, "anna", "wrong horse battery", NOW, "sign", address="192.0.2.9")


def test_an_account_is_made_once_when_many_ask_at_the_same_time(store: Store) -> None:
    made: list[str] = []

    def add() -> None:
        try:
            with store.write() as s:
                users.lock(s)
                if users.by_subject(s, "idp 9") is None:
                    users.add(s, "nine", "Nine", {Role.AUTHOR}, "", NOW, "sign-on", subject="idp 9")
                    made.append("nine")
        except UsageError:
            made.append("refused")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert made == ["nine"]


def test_events_are_found_by_every_field_and_in_pieces(store: Store) -> None:
    with store.write() as s:
        for n in range(25):
            chain = "B1" if n % 2 else audit.HOUSE
            audit.append(s, chain, f"u{n % 3}", f"kind.{n % 4}", f"s%{n}", at=NOW + timedelta(minutes=n))
    with store.read() as s:
        events, total = audit_find.page(s, Wanted(), 1, 10)
        assert total == 25
        assert [e.at for e in events] == [NOW + timedelta(minutes=24 - n) for n in range(10)]
        assert len(audit_find.page(s, Wanted(), 3, 10)[0]) == 5
        chosen = Wanted("B1", "u1", "kind.", "s%1", NOW, NOW + timedelta(minutes=20))
        assert [e.subject for e in audit_find.page(s, chosen, 1, 99)[0]] == ["s%19", "s%13", "s%1"]
        assert audit_find.page(s, Wanted(subject="%"), 1, 9)[1] == 0
        assert audit_find.page(s, Wanted(action="kind"), 1, 9)[1] == 0
        pieces, chain, number = [], "", 0
        while piece := audit_find.after(s, Wanted(), chain, number, 7):
            pieces += piece
            chain, number = piece[-1].chain, piece[-1].number
        assert pieces == [e for c in ("B1", audit.HOUSE) for e in audit.events(s, c)]
        assert audit_find.one(s, "B1", 2).number == 2
        assert audit_find.choices(s)["actors"] == ["u0", "u1", "u2"]
