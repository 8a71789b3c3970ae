"""The operators' pages: the answers, failures with who can mend them, retry and stop with a reason, a document's timeline, health."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from docpipe.errors import ProviderDown
from docpipe.model.batch import State
from docpipe.steps import overview
from docpipe.store import audit, batches, documents
from docpipe.store.rates import SqlRateShares

if TYPE_CHECKING:
    from conftest import World

As = Callable[..., TestClient]


class Tags(HTMLParser):
    """Start tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def fail(world: World) -> None:
    with world.house.store.write() as s:
        documents.update(
            s, world.document, state=State.FAILED, stage="recalled", error_code=ProviderDown.code, error_message="The provider cannot be reached."
        )  # fmt: skip
        batches.set_state(s, world.batch, State.FAILED)


def refuse(world: World) -> None:
    with world.house.store.write() as s:
        documents.update(
            s,
            world.other_document,
            state=State.REFUSED,
            error_code="input.encrypted",
            error_message="It has a password.",
        )


def actions(world: World) -> list[tuple[str, str, str]]:
    with world.house.store.read() as s:
        return [(e.action, e.actor, e.reason) for e in audit.events(s, world.batch)]


def test_the_answers_stand_before_anything_else(world: World, client_as: As) -> None:
    answer = client_as("operator").get("/operations")
    assert answer.status_code == 200
    live = answer.text.split('<section id="live"')[1].split("</section>")[0]
    assert re.search(r"Waiting for people</span><span class=\"figure\">2<", live)
    assert f"/documents/{world.document}/checkpoint" in answer.text
    now = overview.overview(world.house)
    assert now.documents == {"waiting": 2}
    assert now.speed[0].words > 100
    assert now.speed[0].documents == 2


def test_no_page_has_inline_style_or_script(world: World, client_as: As) -> None:
    fail(world)
    client = client_as("operator")
    for path in (
        "/operations",
        "/operations/health",
        f"/operations/documents/{world.document}",
        "/help/errors",
        "/api",
    ):
        for tag, attributes in Tags(client.get(path).text).found:
            assert "style" not in attributes, (path, tag)
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            assert tag != "style"
            assert tag != "script" or attributes.get("src")


def test_ids_are_unique_and_every_description_is_there(world: World, client_as: As) -> None:
    for path in ("/operations", f"/operations/documents/{world.document}"):
        found = Tags(client_as("operator").get(path).text).found
        ids = [a["id"] for _, a in found if a.get("id")]
        assert len(ids) == len(set(ids)), path
        for _, attributes in found:
            for name in ("aria-labelledby", "aria-describedby", "for"):
                for wanted in (attributes.get(name) or "").split():
                    assert wanted in ids, (path, wanted)


def test_the_live_part_renews_itself(client_as: As) -> None:
    text = client_as("auditor").get("/operations/live").text
    assert text.lstrip().startswith('<section id="live"')
    assert 'hx-get="/operations/live"' in text
    assert "<html" not in text


@pytest.mark.parametrize("window", ["day", "week", "month", "quarter", "nonsense"])
def test_every_window_has_its_charts(client_as: As, window: str) -> None:
    text = client_as("operator").get(f"/operations?window={window}").text
    assert text.count('role="img"') == 5
    assert "NaN" not in text


def test_a_failure_says_code_sentence_and_who_can_mend_it(world: World, client_as: As) -> None:
    fail(world)
    text = client_as("operator").get("/operations").text
    assert f'href="/help/errors#{ProviderDown.code}"' in text
    assert "The provider cannot be reached." in text
    assert "the operator" in text
    assert f'action="/operations/documents/{world.document}/retry"' in text
    assert f'action="/operations/documents/{world.document}/retry"' not in client_as("auditor").get("/operations").text


def test_retry_takes_the_document_up_again_and_says_when_no_runner_is_up(world: World, client_as: As) -> None:
    fail(world)
    client = client_as("operator")
    done = client.post(f"/operations/documents/{world.document}/retry")
    assert (done.status_code, done.headers["location"]) == (303, f"/operations/documents/{world.document}")
    assert "no runner is up" in client.get(done.headers["location"]).text
    with world.house.store.read() as s:
        assert documents.get(s, world.document).state is State.RUNNING
    assert ("document.retried", "operator.one", ProviderDown.code) in actions(world)
    assert client_as("reviewer").post(f"/operations/documents/{world.document}/retry").status_code == 403


def test_stopping_needs_a_reason_and_keeps_what_was_done(world: World, client_as: As) -> None:
    client = client_as("operator")
    address = f"/operations/documents/{world.document}/stop"
    assert client.post(address, data={"reason": "  "}).status_code == 422
    assert client.post(address, data={"reason": "Withdrawn by the sponsor."}).status_code == 303
    assert ("document.cancelled", "operator.one", "Withdrawn by the sponsor.") in actions(world)
    page = client.get(f"/operations/documents/{world.document}").text
    assert "cancelled" in page
    assert "Stop this document" not in page
    assert client.post(address, data={"reason": "Again."}).status_code == 422


def test_a_batch_is_stopped_as_a_whole(world: World, client_as: As) -> None:
    done = client_as("operator").post(f"/operations/batches/{world.batch}/stop", data={"reason": "Wrong files."})
    assert done.status_code == 303
    with world.house.store.read() as s:
        assert batches.get(s, world.batch).state is State.CANCELLED


def test_a_refused_file_is_listed_with_digest_and_sender(world: World, client_as: As) -> None:
    refuse(world)
    with world.house.store.read() as s:
        digest = documents.get(s, world.other_document).sha256
    text = client_as("operator").get("/operations").text
    assert digest in text
    assert "author.one" in text
    listed = client_as("operator").get(f"/api/v1/refused?batch={world.batch}").json()["refused"]
    assert [(r["code"], r["sha256"], r["submitter"], r["who"]) for r in listed] == [
        ("input.encrypted", digest, "author.one", "submitter")
    ]


def test_a_timeline_tells_machine_and_people_apart(world: World, client_as: As) -> None:
    text = client_as("operator").get(f"/operations/documents/{world.document}").text
    for stage in ("reading", "sentences", "memory", "model", "checks"):
        assert f'<th scope="row">{stage}</th><td>machine</td>' in text
    assert re.search(r"checkpoint C\w+ \(open\)</th><td>people</td>", text)
    assert "checkpoint.opened" in text
    assert client_as("operator").get("/operations/documents/nothing").status_code == 404


def test_the_documents_audit_events_are_exported(world: World, client_as: As) -> None:
    answer = client_as("auditor").get(f"/operations/documents/{world.document}/audit.jsonl")
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert {"document.admitted", "checkpoint.opened"} <= {e["action"] for e in events}
    assert not [e for e in events if world.other_document in e["subject"]]
    assert client_as("reviewer").get(f"/operations/documents/{world.document}/audit.jsonl").status_code == 403


def test_health_says_how_to_mend_what_is_not_fine(client_as: As) -> None:
    text = client_as("operator").get("/operations/health").text
    assert "docpipe audit verify" in text
    assert "docpipe serve" in text
    listed = client_as("operator").get("/api/v1/health").json()
    assert listed["ok"] is False
    assert all(check["fine"] or check["mend"] for check in listed["checks"])
    assert {"clocks", "database waits", "audit trail", "checkpoints", "model provider", "disk"} <= {
        c["name"] for c in listed["checks"]
    }


def test_names_from_outside_are_escaped(world: World, client_as: As, app: FastAPI) -> None:
    fail(world)
    with world.house.store.write() as s:
        documents.update(s, world.document, error_message="<script>alert(1)</script> `x` <b>")
    for path in ("/operations", f"/operations/documents/{world.document}"):
        text = client_as("operator").get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_lines_to_models_show_limits_what_waits_and_what_was_used(world: World, client_as: As) -> None:
    scope = "openai|https://models.example/v1|gpt-4.1|chat|0123456789ab"
    SqlRateShares(world.house.store, "a").renew(scope, 0.4, 500.0, 400_000.0, 0.0)
    page = client_as("operator").get("/operations").text
    live = re.sub(r"(?<=\d)\s(?=\d)", "", page.split('<section id="live"')[1].split("</section>")[0])
    assert "Lines to models" in live
    assert "400000 tokens, 500 requests" in live
    assert "40 % of the next 10 s" in live
    assert "0 tokens (0 %), 0 requests (0 %)" in live
    assert "0123456789ab" not in page
    figures = client_as("operator").get("/metrics").text
    labels = 'provider="openai",model="gpt-4.1",address="https://models.example/v1"'
    assert f"docpipe_model_limit_tokens_per_minute{{{labels}}} 400000" in figures
    assert f"docpipe_model_calls_in_flight{{{labels}}} 0" in figures
    assert f"docpipe_model_waiting_share{{{labels}}} 0.4" in figures
