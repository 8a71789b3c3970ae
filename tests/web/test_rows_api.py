"""The rows API: the contract's fields and answers, conflicts with both texts, limits, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import from_wire
from docpipe.model.segment import SegmentId
from docpipe.simulate import translation
from docpipe.steps import decide, rows
from docpipe.store import findings, units, users
from docpipe.web.filters import FilterBody, query_of

Client = Callable[..., TestClient]
ROW_FIELDS = {
    "document", "segment", "position", "ordinal", "number", "kind", "heading", "words", "source", "source_plain", "target",
    "target_plain", "status", "origin", "revision", "editor", "approver", "needs_person", "route", "displayed",
    "changed_since", "saved_at", "saved_by", "codes", "missing_codes", "findings", "open_comments", "open_questions", "draft",
}  # fmt: skip
PROGRESS = {
    "rows", "approved", "words", "approved_words", "open_findings", "open_questions", "needing_review", "seconds_left",
}  # fmt: skip


@pytest.fixture
def document(world: Any) -> str:
    """The address of a document whose pseudo rows reviewer.two has translated."""
    house, name = world.house, world.document
    with house.store.read() as s:
        person = users.get(s, "reviewer.two")
        found, current = units.segments(s, name), units.units(s, name)
    targets = {
        g.id: from_wire(translation.translate(g.wire, "en", "es"), g.source)
        for g in found
        if current[g.id].needs_person
    }
    assert not decide.edit(house, name, targets, person, "by hand").refused
    return f"/api/v1/documents/{name}"


def quiet(client: TestClient, document: str, count: int = 1) -> list[dict[str, Any]]:
    """Rows that reviewer.two edited, without codes and findings."""
    found = [
        r
        for r in client.get(f"{document}/rows", params={"per": 500}).json()["rows"]
        if not r["findings"] and not r["codes"] and r["editor"] == "reviewer.two"
    ]
    return found[:count]


def test_a_page_has_the_contracts_fields(client_as: Client, document: str) -> None:
    client = client_as("reviewer")
    page = client.get(f"{document}/rows", params={"per": 3, "page": 2}).json()
    assert set(page) == {"document", "batch", "total", "matching", "page", "per", "pages", "rows", "progress"}
    assert (page["page"], page["per"], len(page["rows"])) == (2, 3, 3)
    assert page["total"] == page["matching"] == page["progress"]["rows"]
    assert all(set(row) == ROW_FIELDS for row in page["rows"])
    assert set(page["progress"]) == PROGRESS
    assert [row["number"] for row in page["rows"]] == [4, 5, 6]
    assert client.get(f"{document}/rows", params={"page": 9999, "per": 3}).json()["page"] == page["pages"]


def test_filters_combine_and_repeat(client_as: Client, document: str) -> None:
    client = client_as("reviewer")
    everything = client.get(f"{document}/rows", params={"per": 500}).json()["rows"]
    asked = client.get(f"{document}/rows?per=500&status=edited&status=recalled&origin=human&q=a&in=target").json()[
        "rows"
    ]
    expected = [
        r["segment"]
        for r in everything
        if r["status"] in ("edited", "recalled") and r["origin"]["kind"] == "human" and "a" in r["target_plain"].lower()
    ]
    assert [r["segment"] for r in asked] == expected
    mine = client_as("reviewer.two").get(f"{document}/rows?mine=1&per=1").json()
    assert mine["matching"] == sum(r["editor"] == "reviewer.two" for r in everything)
    eyes = client.get(f"{document}/rows?eyes=1&per=1").json()
    assert eyes["matching"] == eyes["progress"]["needing_review"]
    for wrong in ("in=nowhere", "page=0", "per=100000", f"q={'x' * 1001}"):
        assert client.get(f"{document}/rows?{wrong}").status_code == 422


def test_a_batch_lists_the_rows_of_its_documents_in_their_order(client_as: Client, world: Any, document: str) -> None:
    client = client_as("reviewer")
    page = client.get(f"/api/v1/batches/{world.batch}/rows", params={"per": 500}).json()
    order = [r["document"] for r in page["rows"]]
    assert order == [world.document] * order.count(world.document) + [world.other_document] * order.count(
        world.other_document
    )
    assert page["total"] == len(order)
    last = client.get(f"/api/v1/batches/{world.batch}/rows", params={"per": 7, "page": 2}).json()["rows"]
    assert [(r["document"], r["segment"]) for r in last] == [(r["document"], r["segment"]) for r in page["rows"][7:14]]


def test_one_row_brings_what_stands_beside_it(client_as: Client, document: str) -> None:
    client = client_as("reviewer")
    row = quiet(client, document)[0]
    one = client.get(f"{document}/rows/{row['segment']}").json()
    assert set(one) == ROW_FIELDS | {
        "matches", "terms", "history", "comments", "neighbours", "second_look", "back_translation",
    }  # fmt: skip
    assert [h["revision"] for h in one["history"]] == list(range(1, row["revision"] + 1))
    assert "".join(text for op, text in one["history"][-1]["diff"] if op != "delete") == row["target"]
    assert client.get(f"{document}/rows/nothing").status_code == 404
    assert client.get("/api/v1/documents/nothing/rows").status_code == 404


def test_the_riskiest_rows_come_first_where_that_is_asked(client_as: Client, world: Any, document: str) -> None:
    client = client_as("reviewer")
    plain = client.get(f"{document}/rows", params={"per": 500}).json()["rows"]
    with world.house.store.write() as s:
        said = Finding("B3.number-changed", Severity.CRITICAL, "said")
        findings.add(s, world.document, plain[-1]["segment"], [said])
    risky = client.get(f"{document}/rows", params={"per": 500, "order": "risk"}).json()["rows"]
    assert sorted(r["segment"] for r in risky) == sorted(r["segment"] for r in plain)
    assert risky[0]["segment"] == plain[-1]["segment"]
    page = client.get(f"/documents/{world.document}?order=risk").text
    assert 'name="order" value="risk" checked' in page
    assert page.index(f'id="row-{risky[0]["segment"]}"') < page.index(f'id="row-{risky[1]["segment"]}"')
    segment = risky[0]["segment"]
    following = client.get(f"{document}/next", params={"order": "risk", "after": segment}).json()["next"]
    assert following != segment
    there = client.get(f"/documents/{world.document}/rows/{segment}?order=risk")
    assert "order=risk" in there.headers["location"]
    assert client.get(f"{document}/rows?order=nonsense").status_code == 422


def test_without_a_language_model_nothing_is_translated_back(client_as: Client, document: str) -> None:
    client = client_as("reviewer")
    address = f"{document}/rows/{quiet(client, document)[0]['segment']}"
    assert client.get(address).json()["back_translation"] == {"possible": False, "text": "", "model": ""}
    refused = client.post(f"{address}/back-translation")
    assert refused.json()["error"]["code"] == "review.refused"
    assert client_as("auditor").post(f"{address}/back-translation").status_code == 403


def test_a_stale_save_answers_409_with_both_texts_and_keeps_the_draft(client_as: Client, document: str) -> None:
    mine, other = client_as("reviewer"), client_as("reviewer.two")
    row = quiet(mine, document)[0]
    address = f"{document}/rows/{row['segment']}"
    body = {"target": "De la otra persona.", "revision": row["revision"], "active_ms": 900, "keystrokes": 20}
    saved = other.post(address, json=body)
    assert saved.status_code == 200
    assert saved.json()["row"]["saved_by"] == "reviewer.two"
    clash = mine.post(address, json={"target": "De mí.", "revision": row["revision"]})
    assert clash.status_code == 409
    error = clash.json()["error"]
    assert (error["code"], error["yours"]) == ("review.stale_row", "De mí.")
    assert error["row"]["target"] == "De la otra persona."
    assert error["row"]["draft"]["target"] == "De mí."
    assert [d["target"] for d in mine.get("/api/v1/drafts").json()["drafts"]] == ["De mí."]
    assert other.get("/api/v1/drafts").json()["drafts"] == []
    again = mine.post(address, json={"target": "De mí.", "revision": error["row"]["revision"]})
    assert again.status_code == 200
    assert again.json()["row"]["draft"] is None
    quick = mine.post(address, json={"target": "De mí, otra vez.", "revision": error["row"]["revision"]})
    assert quick.status_code == 200


def test_approve_goes_to_the_next_under_the_filter_and_four_eyes_keep_the_edit(
    client_as: Client, document: str
) -> None:
    mine = client_as("reviewer")
    row, following = quiet(mine, document, 2)
    address = f"{document}/rows/{row['segment']}"
    done = mine.post(
        f"{address}/approve?status=edited&q={following['target_plain'][:20]}", json={"revision": row["revision"]}
    )
    assert done.status_code == 200
    assert done.json()["row"]["approver"] == "reviewer.one"
    assert done.json()["next"] == following["segment"]
    assert set(done.json()) == {"row", "progress", "next"}
    text = following["target"] + " también"
    address = f"{document}/rows/{following['segment']}"
    refused = mine.post(f"{address}/approve", json={"revision": following["revision"], "target": text})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "review.four_eyes"
    assert refused.json()["error"]["row"]["target"] == text
    stale = mine.post(f"{address}/approve", json={"revision": following["revision"]})
    assert stale.status_code == 409


def test_each_action_answers_with_the_row_and_the_progress(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    row = quiet(mine, document)[0]
    address, revision = f"{document}/rows/{row['segment']}", row["revision"]
    steps = [
        ("approve", {}, "approved"), ("unapprove", {"reason": "too soon"}, "edited"), ("undo", {}, "approved"),
        ("reject", {"reason": "wrong term"}, "edited"), ("restore", {"to_revision": revision}, "edited"),
    ]  # fmt: skip
    for name, more, status in steps:
        answer = mine.post(f"{address}/{name}", json={"revision": revision, **more})
        assert answer.status_code == 200, (name, answer.text)
        assert answer.json()["row"]["status"] == status
        assert set(answer.json()["progress"]) == PROGRESS
        revision = answer.json()["row"]["revision"]
    assert mine.post(f"{address}/reject", json={"revision": revision}).status_code == 422
    assert mine.post(f"{address}/undo", json={"revision": revision - 1}).status_code == 409
    assert mine.post(f"{address}/restore", json={"revision": revision, "to_revision": 99}).status_code == 404


def test_drafts_are_kept_and_dropped(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    row = quiet(mine, document)[0]
    address = f"{document}/rows/{row['segment']}"
    assert mine.put(f"{address}/draft", json={"target": "half a sen", "revision": row["revision"]}).status_code == 200
    assert mine.get(address).json()["draft"]["target"] == "half a sen"
    assert client_as("reviewer.two").get(address).json()["draft"] is None
    assert mine.delete(f"{address}/draft").json() == {"ok": True}
    assert mine.get(address).json()["draft"] is None
    assert mine.put(f"{document}/rows/nothing/draft", json={"target": "x", "revision": 0}).status_code == 404


def test_comments_and_questions(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    row = quiet(mine, document)[0]
    address = f"{document}/rows/{row['segment']}"
    asked = mine.post(f"{address}/comments", json={"text": "<b>Is it?</b>", "question": True})
    assert asked.status_code == 201
    assert asked.json()["row"]["open_questions"] == 1
    assert asked.json()["comment"]["text"] == "<b>Is it?</b>"
    assert mine.get(f"{document}/rows?questions=1").json()["matching"] == 1
    done = client_as("approver").post(f"/api/v1/comments/{asked.json()['comment']['id']}/resolve")
    assert done.json()["comment"]["resolved_by"] == "approver.one"
    assert done.json()["progress"]["open_questions"] == 0
    assert mine.post(f"{address}/comments", json={"text": "  "}).status_code == 422


def test_bulk_preview_approve_and_undo(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    names = [r["segment"] for r in mine.get(f"{document}/rows", params={"per": 500}).json()["rows"]]
    wanted = {"filter": {"status": ["edited"], "in": "target"}}
    unseen = mine.post(f"{document}/bulk/preview", json=wanted).json()
    assert unseen["count"] == 0
    assert unseen["excluded"]["never displayed"] > 0
    marks = [{"segment": n, "active_ms": 3000, "keystrokes": 0, "shown": True} for n in names]
    assert mine.post(f"{document}/seen", json={"rows": marks}).json() == {"rows": len(names)}
    shown = mine.post(f"{document}/bulk/preview", json=wanted).json()
    assert set(shown) == {"count", "rows", "digest", "excluded", "excluded_rows"}
    assert shown["count"] == len(shown["rows"]) > 0
    racing = shown["rows"][0]
    body = {"target": "Más rápido.", "revision": racing["revision"]}
    assert client_as("reviewer.two").post(f"{document}/rows/{racing['segment']}", json=body).status_code == 200
    wrong = {"digest": shown["digest"], "typed": shown["count"] + 1}
    assert mine.post(f"{document}/bulk/approve", json=wrong).status_code == 422
    done = mine.post(f"{document}/bulk/approve", json={"digest": shown["digest"], "typed": shown["count"]}).json()
    assert done["approved"] == shown["count"] - 1
    assert [(x["segment"], x["code"]) for x in done["left"]] == [(racing["segment"], "review.stale_row")]
    taken = mine.post(f"/api/v1/undo/{done['undo']}").json()
    assert taken["reverted"] == done["approved"]
    assert taken["progress"]["approved"] == done["progress"]["approved"] - done["approved"]
    assert mine.post(f"/api/v1/undo/{done['undo']}").status_code == 422
    assert mine.post("/api/v1/undo/nothing").status_code == 404


def test_findings_alike_are_dismissed_together(client_as: Client, world: Any, document: str) -> None:
    mine = client_as("reviewer")
    with world.house.store.write() as s:
        for n, segment in enumerate(world.segments[:3]):
            said = Finding("Z9.alike", Severity.MINOR, f"“{n}” is not the term.")
            findings.add(s, world.document, SegmentId(segment), [said])
    page = mine.get(f"{document}/rows?check=Z9&per=500").json()
    assert page["matching"] == 3
    listed = [f for r in page["rows"] for f in r["findings"] if f["check"] == "Z9.alike"]
    alike = mine.get(f"{document}/findings/{listed[0]['id']}/alike").json()
    assert listed[0]["id"] in alike["ids"]
    assert all(f["check"] == listed[0]["check"] for f in alike["sample"])
    assert mine.post(f"{document}/findings/dismiss", json={"ids": alike["ids"], "reason": " "}).status_code == 422
    done = mine.post(f"{document}/findings/dismiss", json={"ids": alike["ids"], "reason": "agreed"})
    assert done.json()["dismissed"] == len(alike["ids"])
    assert mine.post(f"{document}/findings/dismiss", json={"ids": ["nothing"], "reason": "x"}).status_code == 404


def test_a_document_is_sent_back_row_by_row(client_as: Client, document: str) -> None:
    client = client_as("approver")
    row = quiet(client, document)[0]
    done = client.post(f"{document}/send-back", json={"rows": {row["segment"]: "wrong term"}, "reason": "see the row"})
    assert done.json()["rejected"] == 1
    assert client.get(f"{document}/rows/{row['segment']}").json()["needs_person"] == "wrong term"
    assert client.post(f"{document}/send-back", json={"rows": {}, "reason": "x"}).status_code == 422
    assert client.post(f"{document}/send-back", json={"rows": {"nothing": ""}, "reason": "x"}).status_code == 404


def test_texts_have_a_limit(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    row = quiet(mine, document)[0]
    body = {"target": "x" * 20_001, "revision": row["revision"]}
    refused = mine.post(f"{document}/rows/{row['segment']}", json=body)
    assert refused.status_code == 422
    assert "xxx" not in refused.text
    foreign = mine.post(f"{document}/rows/{row['segment']}", json={"target": "a<77/>", "revision": row["revision"]})
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (422, "review.broken_row")


def test_text_of_any_kind_comes_back_as_it_was_typed(client_as: Client, document: str) -> None:
    mine = client_as("reviewer")
    row = quiet(mine, document)[0]
    revision = row["revision"]
    for text in ("a\u0000b", "<script>alert(1)</script>", "שלום dosis", "剂量 <\\1> 5 mg", "tab\tand\nline"):
        saved = mine.post(f"{document}/rows/{row['segment']}", json={"target": text, "revision": revision})
        assert saved.status_code == 200
        assert saved.json()["row"]["target"] == text
        revision = saved.json()["row"]["revision"]


@pytest.mark.parametrize("role", ["auditor", "operator", "administrator", "quality"])
def test_who_only_reads_cannot_change_a_row(client_as: Client, world: Any, document: str, role: str) -> None:
    client = client_as(role)
    row = client.get(f"{document}/rows?per=1").json()["rows"][0]
    address = f"{document}/rows/{row['segment']}"
    for name, body in (("", {"target": "x"}), ("/approve", {}), ("/unapprove", {}), ("/restore", {"to_revision": 1})):
        assert client.post(f"{address}{name}", json={"revision": row["revision"], **body}).status_code == 403
    assert client.put(f"{address}/draft", json={"target": "x", "revision": 1}).status_code == 403
    assert client.post(f"{document}/bulk/preview", json={}).status_code == 403
    with world.house.store.read() as s:
        assert units.get(s, world.document, row["segment"])[1].revision == row["revision"]


def test_a_filter_in_the_address_and_back() -> None:
    from datetime import UTC, datetime

    from docpipe.accounts.roles import User

    user = User("mei", "Mei", frozenset(), False, datetime.now(UTC))
    body = FilterBody.model_validate(
        {
            "status": ["edited"],
            "check": ["B3"],
            "section": ["x"],
            "q": " dose ",
            "in": "target",
            "eyes": True,
            "mine": True,
        }
    )
    wanted = body.filter(user)
    assert wanted == rows.Filter(
        statuses=("edited",), checks=("B3",), sections=("x",), q="dose", where="target", eyes=True, mine="mei"
    )
    assert query_of(wanted) == {
        "status": ["edited"], "check": ["B3"], "section": ["x"], "q": "dose", "in": "target", "eyes": "1", "mine": "1",
    }  # fmt: skip
