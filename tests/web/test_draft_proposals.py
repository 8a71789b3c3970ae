"""Proposals on the page and by the API: ordered, shown apart, accepted and turned back with a reason."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from designed import usdm
from drafting_story import Drafting
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_builders import NAMES, ClockHouse, application, drafting, opened, signed_in

from docpipe.accounts.roles import Role
from docpipe.model.batch import State
from docpipe.simulate import background
from docpipe.steps import proposals
from docpipe.store import batches

TYPE = """---
id: draft/mini
version: 1
why: tests
title: Small protocol
language: en
name: mini
parts: [draft/parts/words, draft/parts/protocol, draft/parts/schedule]
---
=== block 1
heading: Rationale for Trial Duration
level: 1
gap: why the trial lasts as long as it does
propose: 'protocol.known(("design",))'
=== block 2
heading: Trial Oversight
level: 1
gap: what the sponsor answers for
propose: 'protocol.known(("aims",))'
=== block 3
heading: Participant Adherence
level: 1
gap: how adherence is measured
propose: 'protocol.known(("interventions",))'
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ClockHouse]:
    with background() as provider:
        made = opened(tmp_path, office="off", provider="openai", model="sim", base_url=provider.base_url, api_key="k")
        yield made
        made.store.close()


@pytest.fixture
def story(house: ClockHouse, tmp_path: Path) -> Drafting:
    return drafting(house, tmp_path)


@pytest.fixture
def app(house: ClockHouse) -> FastAPI:
    return application(house)


def test_proposals_are_answered_on_the_page_and_by_the_api(story: Drafting, app: FastAPI) -> None:
    batch = story.submit({"made.json": json.dumps(usdm()).encode()}, type_text=TYPE, proposals=True)
    story.run(batch)
    client = signed_in(app, NAMES[Role.REVIEWER])
    plan = html.unescape(client.get(f"/batches/{batch.id}/plan").text)
    assert plan.count("A model will be asked for a proposal") == 3, "people see it before anything is asked"
    assert story.through_gates(batch) is State.WAITING
    document = story.document(batch).id
    first, second, third = (p.segment for p in proposals.waiting(story.house, document))
    page = html.unescape(client.get(f"/documents/{document}/draft").text)
    assert "Proposals of the model" in page
    assert re.findall(r'name="chosen" value="(\w+)"', page) == [first, second, third]
    address = f"/documents/{document}/proposals"
    bare = client.post(address, data={"chosen": [first], "reason": " ", "do": "accept"})
    assert bare.status_code == 422
    assert "needs a reason" in bare.text
    assert client.post(address, data={"reason": "x", "do": "accept"}).status_code == 422
    done = client.post(address, data={"chosen": [first], "reason": "as our SOP has it", "do": "accept"})
    assert done.status_code == 303
    said = client.get(f"/api/v1{address}").json()["proposals"]
    assert [p["segment"] for p in said] == [second, third]
    assert said[0]["missing"] == "what the sponsor answers for"
    assert said[0]["rests_on"]
    answer = client.post(f"/api/v1{address}", json={"rows": [second, first], "do": "back", "reason": "not ours to say"})
    assert (answer.status_code, answer.json()["changed"]) == (200, [second])
    assert [r["segment"] for r in answer.json()["refused"]] == [first]
    page = html.unescape(client.get(f"/documents/{document}/draft").text)
    assert "what the sponsor answers for" in page.split("To look at first")[1]
    row = client.get(f"/api/v1/documents/{document}/rows/{third}").json()
    assert "[PROPOSAL" in json.dumps(row)


def test_a_draft_is_ordered_by_the_api_with_or_without_proposals(story: Drafting, app: FastAPI) -> None:
    client: TestClient = signed_in(app, NAMES[Role.OPERATOR])
    files = [("files", ("trial.json", json.dumps(usdm()).encode(), "application/json"))]
    made = client.post("/api/v1/drafts", data={"types": ["m11"], "proposals": "1"}, files=files)
    assert made.status_code == 202, made.text
    plain = client.post("/api/v1/drafts", data={"types": ["m11"]}, files=files)
    with story.house.store.read() as s:
        assert batches.get(s, made.json()["batch"]).recipe.proposes
        assert not batches.get(s, plain.json()["batch"]).recipe.proposes
    refused = client.post(
        "/api/v1/drafts", data={"types": ["m11"], "proposals": "1", "provider": "program"}, files=files
    )
    assert refused.status_code == 422
    assert refused.json()["error"]["message"].startswith("Proposals are a model's")
