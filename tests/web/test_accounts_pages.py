"""The administrator's page, one's own account, tokens, the audit page with its verification and exports, the signature record."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from web_builders import NAMES, Clock, World
from whole import PASSWORD

from docpipe.accounts.roles import Role, User
from docpipe.errors import RoleMissing, UnknownName, UsageError
from docpipe.model.batch import Signature
from docpipe.model.canonical import Digest
from docpipe.safe.cells import restored
from docpipe.steps import people, records, tokens
from docpipe.steps.checkpoint import look
from docpipe.steps.record_page import can_make_pdf
from docpipe.steps.trail import wanted
from docpipe.store import audit, checkpoints, users

Client = Callable[..., TestClient]
REVIEWER, APPROVER, ADMIN = NAMES[Role.REVIEWER], NAMES[Role.APPROVER], NAMES[Role.ADMINISTRATOR]


def _user(world: World, name: str) -> User:
    with world.house.store.read() as s:
        return users.get(s, name)


def _secret(text: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', text)
    assert found, re.sub(r"<[^>]+>", " ", text)[:500]
    return found[1]


def _last(world: World, action: str) -> tuple[str, str, str, str]:
    with world.house.store.read() as s:
        event = [e for e in audit.events(s, audit.HOUSE) if e.action == action][-1]
    return event.actor, event.subject, event.new, event.reason


# ---------------------------------------------------------------- accounts


def test_an_administrator_makes_an_account_and_sees_its_password_once(world: World, client_as: Client) -> None:
    client = client_as("administrator")
    form = {"name": "ana/b c", "printed_name": "Ana <b>B</b>", "role": ["reviewer", "author"]}
    answer = client.post("/accounts", data=form)
    secret = _secret(answer.text)
    assert re.fullmatch(r"(?:[2-9A-HJKMNP-Z]{5}-){3}[2-9A-HJKMNP-Z]{5}", secret)
    assert "Ana &lt;b&gt;B" in answer.text
    assert secret not in client.get("/accounts").text
    assert client.get("/accounts/ana/b%20c").status_code == 200
    assert people.sign_in(world.house, "ana/b c", secret, one_time=True).must_change
    assert _last(world, "user.added")[:2] == (ADMIN, "ana/b c")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "printed_name": "X", "role": "reviewer"}, "no blanks"),
        ({"name": REVIEWER.upper(), "printed_name": "X", "role": "reviewer"}, "not given twice"),
        ({"name": "x", "printed_name": "X"}, "at least one role"),
        ({"name": "x", "printed_name": "X", "role": "king"}, "no role king"),
        ({"name": "x", "printed_name": "X", "role": ["administrator", "approver"]}, "neither edits nor signs"),
        ({"name": "x", "printed_name": "X", "role": ["auditor", "reviewer"]}, "no other role"),
    ],
)
def test_a_wrong_order_for_an_account_is_told_and_kept_in_the_form(
    client_as: Client, form: dict[str, object], said: str
) -> None:
    answer = client_as("administrator").post("/accounts", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="X"' in answer.text


def test_roles_and_closing_need_a_reason_and_are_audited_with_it(world: World, client_as: Client) -> None:
    client, at = client_as("administrator"), f"/accounts/{REVIEWER}"
    assert "needs a reason" in client.post(f"{at}/roles", data={"role": "approver"}).text
    assert client.post(f"{at}/roles", data={"role": "approver", "reason": "promoted"}).status_code == 303
    assert _last(world, "user.roles_set") == (ADMIN, REVIEWER, "approver", "promoted")
    answer = client.post(f"{at}/password", data={"reason": "forgotten"})
    assert people.sign_in(world.house, REVIEWER, _secret(answer.text), one_time=True)
    assert _last(world, "user.password_set") == (ADMIN, REVIEWER, "one-time", "forgotten")
    assert client.post(f"{at}/disable", data={"reason": "left"}).status_code == 303
    assert _last(world, "user.disabled") == (ADMIN, REVIEWER, "disabled", "left")
    assert "closed for good" in client.get(at).text
    assert client.post("/accounts/nobody/roles", data={"role": "author", "reason": "x"}).status_code == 404


def test_nobody_changes_their_own_account_there(world: World, client_as: Client) -> None:
    client = client_as("administrator")
    for what in ("roles", "password", "disable"):
        answer = client.post(f"/accounts/{ADMIN}/{what}", data={"role": "auditor", "reason": "x"})
        assert answer.status_code == 422
        assert "another administrator" in answer.text


# ---------------------------------------------------------------- tokens


def test_a_token_is_shown_once_and_stored_as_its_digest(world: World, client_as: Client) -> None:
    client = client_as("reviewer")
    secret = _secret(client.post("/account/tokens", data={"label": "night", "days": "30", "read_only": "true"}).text)
    assert secret.startswith("dp_")
    page = client.get("/account").text
    assert "night" in page
    assert secret not in page
    with sqlite3.connect(world.house.settings.home / "docpipe.db") as database:
        dump = "\n".join(database.iterdump())
    assert secret not in dump
    user = people.token_user(world.house, secret, reading=True)
    assert user is not None
    assert user.name == REVIEWER
    with pytest.raises(RoleMissing, match="reading only"):
        people.token_user(world.house, secret, reading=False)


def test_a_token_ends_by_time_by_revocation_and_with_its_account(world: World, client_as: Client, clock: Clock) -> None:
    owner = _user(world, REVIEWER)
    _, short = tokens.make_token(world.house, owner, "short", days=1)
    kept, lasting = tokens.make_token(world.house, owner, "lasting")
    clock.forward(hours=23)
    assert people.token_user(world.house, short, reading=True)
    clock.forward(hours=2)
    assert people.token_user(world.house, short, reading=True) is None
    assert people.token_user(world.house, lasting, reading=False)
    with pytest.raises(UnknownName):
        tokens.revoke_token(world.house, kept.id, by=_user(world, APPROVER))
    tokens.revoke_token(world.house, kept.id, by=_user(world, ADMIN), reason="found in a repository")
    assert people.token_user(world.house, lasting, reading=True) is None
    assert _last(world, "token.revoked")[3] == "found in a repository"


def test_tokens_by_json(client_as: Client) -> None:
    client = client_as("reviewer")
    made = client.post("/api/v1/tokens", json={"label": "ci", "days": 7})
    assert made.status_code == 201
    listed = client.get("/api/v1/tokens").json()["tokens"]
    assert [(t["label"], t["holds"]) for t in listed] == [("ci", True)]
    bearer = {"authorization": f"Bearer {made.json()['secret']}"}
    assert client_as().get("/api/v1/me", headers=bearer).json()["name"] == REVIEWER
    assert client_as().get("/account", headers=bearer).status_code == 200
    assert client.delete(f"/api/v1/tokens/{listed[0]['id']}").status_code == 200
    assert client_as().get("/api/v1/me", headers=bearer).status_code == 401
    assert client.post("/api/v1/tokens", json={"label": "", "days": 0}).status_code == 422


def test_labels_and_days_have_bounds(world: World) -> None:
    owner = _user(world, REVIEWER)
    for label, days in (("", None), ("x" * 81, None), ("a\x00b", None), ("x", 0), ("x", 10**9)):
        with pytest.raises(UsageError):
            tokens.make_token(world.house, owner, label, days=days)


# ---------------------------------------------------------------- audit


def test_the_trail_is_filtered_by_chain_actor_action_subject_and_time(world: World, client_as: Client) -> None:
    client = client_as("auditor")

    def found(**query: str) -> list[dict[str, str]]:
        answer = client.get("/api/v1/audit", params={**query, "per": "1000"})
        assert answer.status_code == 200, answer.text
        events: list[dict[str, str]] = answer.json()["events"]
        return events

    everything = found()
    assert {e["chain"] for e in found(chain=world.batch)} == {world.batch}
    assert {e["actor"] for e in found(actor=ADMIN)} == {ADMIN}
    assert {e["action"] for e in found(action="user.added")} == {"user.added"}
    assert len(found(action="user.")) > len(found(action="user.added")) - 1 > 0
    assert {e["subject"] for e in found(subject="reviewer.")} == {"reviewer.one", "reviewer.two"}
    assert found(subject="%") == found(action="user.a%") == found(since="2100-01-01") == []
    day = everything[0]["at"][:10]
    assert found(since=day, until=day)
    assert [e["at"] for e in everything] == sorted((e["at"] for e in everything), reverse=True)
    assert client.get("/api/v1/audit", params={"since": "yesterday"}).status_code == 422
    page = client.get("/audit", params={"actor": ADMIN, "action": "user.added", "since": "yesterday"})
    assert page.status_code == 422
    assert "2026-11-22" in page.text


def test_the_trail_has_pages(world: World, client_as: Client) -> None:
    with world.house.store.write() as s:
        for n in range(230):
            audit.append(s, audit.HOUSE, "mass", "test.event", f"s{n}")
    client = client_as("auditor")
    seen: list[int] = []
    for number in (1, 2, 3):
        answer = client.get("/api/v1/audit", params={"actor": "mass", "page": str(number)}).json()
        assert (answer["total"], answer["pages"]) == (230, 3)
        seen += [e["number"] for e in answer["events"]]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 230
    page = client.get("/audit", params={"actor": "mass", "page": "2"}).text
    assert "Page 2 of 3" in page
    assert "actor=mass" in page


def test_one_event_is_shown_with_its_proof(world: World, client_as: Client) -> None:
    client = client_as("quality")
    text = client.get(f"/audit/{world.batch}/2").text
    assert "Whole: its hash fits its fields, it follows the event before it, and the next one follows it" in text
    assert client.get("/audit/house/999999").status_code == 404
    assert client.get("/audit/house/x").status_code == 422


def test_verification_finds_a_changed_event_on_a_tampered_copy_and_names_it(world: World, client_as: Client) -> None:
    client = client_as("auditor")
    assert "every chain whole" in client.post("/audit/verify").text
    assert client.post("/api/v1/audit/verify").json()["ok"] is True
    assert _last(world, "audit.verified")[0] == NAMES[Role.AUDITOR]
    with sqlite3.connect(world.house.settings.home / "docpipe.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(
            "UPDATE audit_events SET reason = 'was never so' WHERE chain = ? AND number = 3", (world.batch,)
        )
    text = client.post("/audit/verify").text
    assert "does not verify" in text
    assert f"chain {world.batch}: event 3 was changed" in text
    verdict = client.post("/api/v1/audit/verify").json()
    assert verdict["ok"] is False
    assert "Changed: the hash does not fit" in client.get(f"/audit/{world.batch}/3").text


def test_exports_hold_every_event_and_no_formula(world: World, client_as: Client) -> None:
    hostile = '=HYPERLINK("http://evil")'
    with world.house.store.write() as s:
        audit.append(s, audit.HOUSE, "+mass", "@test", "s", "-1+1", "\tx", hostile)
    client = client_as("auditor")
    lines = client.get("/audit/export?form=jsonl")
    assert "attachment" in lines.headers["content-disposition"]
    events = [json.loads(line) for line in lines.text.splitlines()]
    with world.house.store.read() as s:
        assert events == [e for chain in audit.chains(s) for e in audit.export(s, chain)]
    text = client.get("/audit/export?form=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(events)
    row = next(r for r in rows if "HYPERLINK" in r["reason"])
    assert row["reason"] == "'" + hostile
    assert (row["actor"], row["action"], row["old"]) == ("'+mass", "'@test", "'-1+1")
    assert restored(row["reason"]) == hostile
    only = client.get("/audit/export", params={"form": "jsonl", "action": "user.added"}).text.splitlines()
    assert {json.loads(line)["action"] for line in only} == {"user.added"}
    assert client.get("/audit/export?form=exe").status_code == 422


def test_a_day_as_the_end_means_all_of_it() -> None:
    chosen = wanted(since="2026-11-22", until="2026-11-22")
    assert chosen.since
    assert chosen.until
    assert (chosen.until - chosen.since).days == 1
    at = wanted(until="2026-11-22T10:00+02:00").until
    assert at
    assert at.hour == 8


# ---------------------------------------------------------------- signature record


def test_the_record_of_an_unsigned_document_says_so(world: World, client_as: Client) -> None:
    text = client_as("auditor").get(f"/documents/{world.document}/record").text
    assert "Not signed." in text
    assert "What is under review" in text
    assert client_as("auditor").get("/documents/none/record").status_code == 404


def test_verification_by_hand_sees_what_the_page_sees(world: World) -> None:
    problems, count = records.verify_audit(world.house, None)
    assert problems == []
    assert count > 20


def test_a_failed_sign_in_keeps_the_name_and_the_way_but_not_the_password(client_as: Client) -> None:
    answer = client_as().post("/sign-in", data={"name": REVIEWER, "password": PASSWORD + "!", "next": "/audit"})
    assert PASSWORD not in answer.text
    assert f'value="{REVIEWER}"' in answer.text
    assert 'name="next" value="/audit"' in answer.text


def test_the_record_shows_every_signature_with_its_meaning_and_what_became_of_it(
    world: World, client_as: Client
) -> None:
    house = world.house
    now, digest = house.now(), look(house, world.document).digest
    with house.store.write() as s:
        checkpoints.sign(s, Signature(world.checkpoint, APPROVER, "José <i>Ruiz", "approval", now, Digest("ab" * 32)))
        checkpoints.void(s, world.checkpoint, now)
        audit.append(s, world.batch, REVIEWER, "signature.voided", world.checkpoint, reason="row 3 changed", at=now)
        checkpoints.sign(s, Signature(world.checkpoint, "approver.two", "林美", "review", now, digest))
    text = client_as("auditor").get(f"/documents/{world.document}/record").text
    assert "José &lt;i&gt;Ruiz" in text
    assert "<strong>VOID</strong>" in text
    assert "row 3 changed" in text
    assert "holds: the document is what was signed" in text
    assert "ab" * 32 in text
    assert digest in text
    assert f"{now:%Y-%m-%d %H:%M:%S} UTC" in text
    with house.store.write() as s:
        checkpoints.sign(s, Signature(world.checkpoint, "approver.two", "林美", "review", now, Digest("cd" * 32)))
    assert "differs from what was signed" in client_as("auditor").get(f"/documents/{world.document}/record").text


def test_the_record_as_pdf_or_the_reason_why_not(world: World, client_as: Client) -> None:
    answer = client_as("auditor").get(f"/documents/{world.document}/record.pdf")
    if can_make_pdf(world.house):
        assert answer.content.startswith(b"%PDF-")
        assert "report-signature-record.pdf" in answer.headers["content-disposition"]
    else:
        assert "LibreOffice" in answer.text
