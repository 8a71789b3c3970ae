"""Signing in at an OpenID Connect provider, and signing by showing the credentials there again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sign_on_provider import CLIENT, SECRET, Provider, standing
from web_builders import ClockHouse, World, anonymous, application

from docpipe.accounts.roles import Role
from docpipe.errors import SignInFailed
from docpipe.steps import people
from docpipe.store import audit, users


@dataclass
class Place:
    """An installation that knows the provider, and a browser."""

    provider: Provider
    house: ClockHouse
    app: FastAPI
    client: TestClient
    document: str

    def leave(self, going: str = "/account", **query: Any) -> str:
        """The address at the provider that the browser is led to."""
        answer = self.client.get("/sign-in/oidc", params={"next": going, **query})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def back(self, address: str, client: TestClient | None = None) -> Any:
        parts = urlsplit(self.provider.authorize(address))
        return (client or self.client).get(f"{parts.path}?{parts.query}")

    def come(self, going: str = "/account", **query: Any) -> Any:
        return self.back(self.leave(going, **query))

    def session(self) -> tuple[Any, Any]:
        found = people.session_user(self.house, self.client.cookies["docpipe_session"])
        assert found is not None
        return found

    def signed_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@pytest.fixture(scope="module")
def one_provider() -> Iterator[Provider]:
    with standing() as provider:
        yield provider


@pytest.fixture
def place(one_provider: Provider, world: World) -> Place:
    fresh = Provider(key=one_provider.key)
    for name in ("person", "spoil", "codes", "asked", "refused", "down", "signing_key", "algorithm"):
        setattr(one_provider, name, getattr(fresh, name))
    settings = world.house.settings.model_copy(
        update={
            "oidc_issuer": one_provider.address, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET),
            "oidc_name": "Company sign-on",
        }
    )  # fmt: skip
    house = replace(world.house, settings=settings)
    assert isinstance(house, ClockHouse)
    app = application(house)
    return Place(one_provider, house, app, anonymous(app), world.document)


def test_the_first_sign_in_makes_the_account_with_the_roles_of_the_claim(place: Place) -> None:
    answer = place.come("/account?tab=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?tab=1")
    user, session = place.session()
    assert (user.name, user.printed_name, user.roles) == ("mei.lin", "Mei Lin", {Role.REVIEWER})
    assert user.subject == f"{place.provider.address} 248289761001"
    assert session.via == "oidc"
    asked = place.provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
    assert "docpipe_sign_on" not in place.client.cookies
    with pytest.raises(SignInFailed):
        people.sign_in(place.house, "mei.lin", "")


def test_the_sign_in_page_offers_it(place: Place) -> None:
    text = place.client.get("/sign-in?next=/audit").text
    assert "Sign in with Company sign-on" in text
    assert "/sign-in/oidc?next=/audit" in text or "/sign-in/oidc?next=%2Faudit" in text


def test_roles_follow_the_claim_at_each_sign_in_and_are_audited(place: Place) -> None:
    place.come()
    place.provider.person["roles"] = ["docpipe-approver"]
    old = place.client.cookies["docpipe_session"]
    other = anonymous(place.app)
    other.cookies.update(place.client.cookies)
    place.come()
    user, _ = place.session()
    assert user.roles == {Role.APPROVER}
    assert place.client.cookies["docpipe_session"] != old
    assert people.session_user(place.house, old) is None
    with place.house.store.read() as s:
        event = next(e for e in audit.events(s, audit.HOUSE) if e.action == "user.roles_set")
    assert (event.actor, event.old, event.new) == ("sign-on", "reviewer", "approver")


def test_who_has_no_role_known_here_is_refused_in_words_and_gets_no_account(place: Place) -> None:
    place.provider.person["roles"] = ["staff", "everyone"]
    answer = place.come()
    assert answer.status_code == 403
    assert "none of docpipe&#39;s roles" in answer.text
    with place.house.store.read() as s:
        assert users.by_subject(s, f"{place.provider.address} 248289761001") is None
    assert not place.signed_in()


def test_a_person_whose_roles_are_taken_away_there_loses_them_here(place: Place) -> None:
    place.come()
    mine = place.client.cookies["docpipe_session"]
    place.provider.person["roles"] = []
    assert place.come().status_code == 403
    assert people.session_user(place.house, mine) is None


def test_duties_that_one_person_may_not_have_together_are_refused(place: Place) -> None:
    place.provider.person["roles"] = ["administrator", "approver"]
    answer = place.come()
    assert answer.status_code == 403
    assert "neither edits nor signs" in answer.text


def test_a_local_account_of_the_same_name_is_never_taken_over(place: Place) -> None:
    place.provider.person["preferred_username"] = "Reviewer.One"
    place.come()
    user, _ = place.session()
    assert user.name == "Reviewer.One@127.0.0.1"
    with place.house.store.read() as s:
        assert users.get(s, "reviewer.one").subject == ""


def test_a_closed_account_stays_closed(place: Place) -> None:
    place.come()
    with place.house.store.read() as s:
        admin = users.get(s, "administrator.one")
    people.disable(place.house, "mei.lin", by=admin, reason="left")
    assert not place.signed_in()
    assert place.come().status_code == 403
    assert not place.signed_in()


NOW = int(time.time())
SPOILT = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "another-client"},
    "audiences without a party": {"aud": [CLIENT, "another-client"]},
    "party": {"azp": "another-client"},
    "issuer": {"iss": "https://elsewhere.example"},
    "expired": {"exp": NOW - 3600},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": "never"},
    "from the future": {"iat": NOW + 3600},
    "no time of issue": {"iat": None},
    "not yet valid": {"nbf": NOW + 3600},
    "no subject": {"sub": None},
    "subject not text": {"sub": 7},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(place: Place, spoil: dict[str, Any]) -> None:
    place.provider.spoil = spoil
    answer = place.come()
    assert answer.status_code == 403
    assert "The ID token is not for this sign-in" in answer.text
    assert not place.signed_in()
    with place.house.store.read() as s:
        assert not [u for u in users.listing(s) if u.subject]


def test_a_clock_that_is_a_little_off_is_borne(place: Place) -> None:
    now = int(time.time())
    place.provider.spoil = {"exp": now - 30, "iat": now + 30}
    assert place.come().status_code == 303


def test_a_token_signed_by_another_key_or_by_a_shared_secret_is_refused(place: Place) -> None:
    place.provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert "does not verify" in place.come().text
    from joserfc.jwk import OctKey

    place.provider.algorithm = "HS256"
    place.provider.signing_key = OctKey.import_key(SECRET)  # type: ignore[assignment]
    assert "does not verify" in place.come().text
    assert not place.signed_in()


def test_new_keys_of_the_provider_are_fetched(place: Place) -> None:
    assert place.come().status_code == 303
    kept = place.provider.key
    place.provider.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    try:
        assert place.come().status_code == 303
    finally:
        place.provider.key = kept


def test_a_state_counts_once(place: Place) -> None:
    address = place.leave()
    kept = dict(place.client.cookies)
    assert place.back(address).status_code == 303
    again = anonymous(place.app)
    again.cookies.update(kept)
    answer = place.back(address, again)
    assert answer.status_code == 403
    assert "used already" in answer.text


def test_an_answer_in_another_browser_signs_nobody_in(place: Place) -> None:
    address = place.leave()
    stranger = anonymous(place.app)
    answer = place.back(address, stranger)
    assert answer.status_code == 403
    assert stranger.get("/account").status_code == 303
    assert place.back(address).status_code == 403, "the state is spent by then"


def test_unknown_states_errors_and_other_issuers_are_refused(place: Place) -> None:
    assert place.client.get("/sign-in/oidc/callback").status_code == 403
    assert place.client.get("/sign-in/oidc/callback?state=x&code=y").status_code == 403
    answer = place.client.get("/sign-in/oidc/callback", params={"error": "access_denied"})
    assert "access_denied" in answer.text
    odd = place.client.get("/sign-in/oidc/callback", params={"error": "<b>hello"})
    assert "hello" not in odd.text
    state = parse_qs(urlsplit(place.leave()).query)["state"][0]
    query = {"state": state, "code": "c", "iss": "https://elsewhere.example"}
    assert "another provider" in place.client.get("/sign-in/oidc/callback", params=query).text


@pytest.mark.parametrize(
    "going", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\n//e"]
)
def test_nobody_is_led_to_another_site(place: Place, going: str) -> None:
    assert place.come(going).headers["location"] == "/"


def test_a_provider_that_is_away_is_said_to_be(place: Place) -> None:
    place.provider.down = True
    answer = place.client.get("/sign-in/oidc")
    assert answer.status_code == 502
    assert "refused the request" in answer.text


def test_secrets_of_the_sign_on_are_among_the_secrets(place: Place) -> None:
    assert SECRET in place.house.settings.secrets


def test_without_settings_there_is_no_such_page(world: World) -> None:
    client = anonymous(application(world.house))
    assert client.get("/sign-in/oidc").status_code == 404
    assert client.get("/sign-in/oidc/callback").status_code == 404


# ---------------------------------------------------------------- signing


def _signer(place: Place) -> None:
    place.provider.person["roles"] = ["approver"]
    place.come()


def test_a_signer_without_a_password_here_shows_the_credentials_there_again(place: Place) -> None:
    _signer(place)
    _, session = place.session()
    with pytest.raises(SignInFailed, match="provider"):
        people.confirm_signer(place.house, session, "mei.lin", "x")
    answer = place.come("/batches", again=True)
    assert answer.headers["location"] == "/batches"
    assert (place.provider.asked[-1]["prompt"], place.provider.asked[-1]["max_age"]) == ("login", "0")
    way = place.app.state.sign_on
    assert way.take_fresh(session.id)
    assert not way.take_fresh(session.id), "for one signing"
    assert people.confirm_signer(place.house, session, "mei.lin", "", reauthenticated=True).name == "mei.lin"
    assert place.session()[1].signed


def test_an_old_sign_in_there_confirms_nothing(place: Place) -> None:
    _signer(place)
    _, session = place.session()
    for spoil in ({"auth_time": int(time.time()) - 600}, {"auth_time": None}):
        place.provider.spoil = spoil
        answer = place.come("/batches", again=True)
        assert "nothing can be signed" in answer.text
    assert not place.app.state.sign_on.take_fresh(session.id)


def test_another_person_who_signs_in_there_confirms_nothing(place: Place) -> None:
    _signer(place)
    _, session = place.session()
    place.provider.person["sub"] = "another"
    assert "Another person" in place.come("/batches", again=True).text
    assert not place.app.state.sign_on.take_fresh(session.id)


def test_confirming_needs_a_session_of_the_provider(place: Place) -> None:
    assert place.client.get("/sign-in/oidc?again=true").status_code == 403


def test_the_checkpoint_page_leads_to_the_provider_and_takes_its_word_once(place: Place) -> None:
    _signer(place)
    at = f"/documents/{place.document}/checkpoint"
    text = place.client.get(at).text
    assert "show your credentials again" in text
    assert 'type="password"' not in text
    form = {"name": "mei.lin", "password": "-", "meaning": "approval", "digest": "x"}
    assert "Sign in again at your sign-on provider" in place.client.post(f"{at}/sign", data=form).text
    place.come(at, again=True)
    assert "You have just shown your credentials again" in place.client.get(at).text
    refused = place.client.post(f"{at}/sign", data=form)
    assert "cannot be signed yet" in refused.text, "the signer is confirmed; the rows are not approved"
    assert "Sign in again at your sign-on provider" in place.client.post(f"{at}/sign", data=form).text
