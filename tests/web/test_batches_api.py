"""Batches for programs: the contract's fields, 202 on submission, the zip, and a typed description."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from docx_builder import docx
from whole import report

from docpipe.model.batch import State
from docpipe.steps import status
from docpipe.steps.measure import measure
from docpipe.store import batches, documents

DOCX = "application/octet-stream"
CHOICES = {"from": "en", "to": "es"}


def submitted(client: Any, **choices: str) -> Any:
    return client.post(
        "/api/v1/batches", data={**CHOICES, **choices}, files=[("files", ("m5/a.docx", report(80, 1), DOCX)), ("files", ("b.docx", b"", DOCX))]
    )  # fmt: skip


def test_a_submission_is_accepted_with_its_documents(client_as: Callable[..., Any]) -> None:
    answer = submitted(client_as("operator"), name="nightly")
    assert answer.status_code == 202
    value = answer.json()
    assert (value["ok"], value["state"], value["started"], value["refused"]) == (True, "admitted", False, 1)
    assert [(d["file"], d["state"]) for d in value["documents"]] == [("b.docx", "refused"), ("m5/a.docx", "admitted")]
    assert value["documents"][0]["error"]["code"] == "input.empty"
    assert client_as("reviewer").post("/api/v1/batches").status_code == 403
    assert client_as().post("/api/v1/batches").status_code == 401


def test_wrong_orders_have_the_codes_of_the_command_line(client_as: Callable[..., Any]) -> None:
    client = client_as("author")
    for choices, code in (
        ({"to": "en"}, "usage.wrong"), ({"to": "xx-nowhere"}, "usage.unknown_language"), ({"review": "maybe"}, "usage.bad_setting"),
        ({"budget": "lots"}, "usage.wrong"), ({"provider": "oracle"}, "usage.bad_setting"), ({"tracked_changes": "x"}, "usage.bad_setting"),
    ):  # fmt: skip
        answer = submitted(client, **choices)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code), choices
    twice = [("files", ("a.docx", b"x", DOCX)), ("files", ("A.docx", b"y", DOCX))]
    assert client.post("/api/v1/batches", data=CHOICES, files=twice).json()["error"]["code"] == "input.same_name_twice"
    unknown = [("documents", ("a.docx", b"x", DOCX))]
    assert client.post("/api/v1/batches", data=CHOICES, files=unknown).json()["error"]["code"] == "usage.wrong"


def test_an_estimate_can_be_confirmed_later_and_once(client_as: Callable[..., Any], world: Any) -> None:
    client = client_as("author")
    answer = client.post(
        "/api/v1/estimates", data=CHOICES, files=[("files", ("a.docx", docx("p:The dose."), DOCX))]
    ).json()
    assert {"pages", "words", "characters", "repetitions", "leverage", "tokens", "cost", "machine", "people"} <= set(
        answer
    )
    place = f"/api/v1/submissions/{answer['submission']}/confirm"
    assert client_as("author.two").post(place).status_code == 404
    first, second = client.post(place), client.post(place)
    assert (first.status_code, first.json()["batch"]) == (202, second.json()["batch"])
    with world.house.store.read() as s:
        assert [d.path for d in documents.of_batch(s, first.json()["batch"])] == ["a.docx"]


def test_status_has_the_fields_of_the_command_line(client_as: Callable[..., Any], world: Any) -> None:
    client = client_as("auditor")
    value = client.get(f"/api/v1/batches/{world.batch}").json()
    assert set(value) == {"ok", "batch", "state", "out", "documents", "metrics", "next"}
    assert {"file", "state", "output", "segments", "coverage", "findings"} <= set(value["documents"][0])
    brief = client.get(f"/api/v1/batches/{world.batch}?brief=1").json()
    assert brief["documents"] == {"waiting": 2}
    assert brief["rows"] == brief["rows_done"] == value["metrics"]["segments"]
    listed = client.get(f"/api/v1/batches/{world.batch}/documents?state=waiting").json()
    assert listed["total"] == 2
    assert [d["percent"] for d in listed["documents"]] == [100, 100]
    one = client.get(f"/api/v1/batches/{world.batch}/documents/{world.document}").json()
    assert one["coverage"]["characters"] > 0
    assert client.get(f"/api/v1/batches/{world.batch}/documents/D0000000000").status_code == 404
    assert client.get("/api/v1/batches/B0").json()["error"]["code"] == "usage.unknown_name"


def test_leverage_on_the_page_is_that_of_the_metrics(world: Any) -> None:
    assert status.leverage(world.house, world.batch) == measure(world.house, world.batch)["leverage"]
    both = [status.leverage_of_document(world.house, d) for d in (world.document, world.other_document)]
    total = status.leverage(world.house, world.batch)
    assert {name: sum(one[name] for one in both) for name in total} == total


def test_the_list_is_filtered_and_paged(client_as: Callable[..., Any], world: Any) -> None:
    client = client_as("author")
    new = submitted(client, name="Nightly").json()["batch"]
    value = client.get("/api/v1/batches").json()
    assert [b["batch"] for b in value["batches"]] == [world.batch, new]
    assert value["batches"][1]["from"] == "en"
    assert client.get("/api/v1/batches?state=admitted").json()["total"] == 1
    assert client.get("/api/v1/batches?q=nightly").json()["batches"][0]["batch"] == new
    assert client.get("/api/v1/batches?page=2").json()["batches"] == []
    assert client.get("/api/v1/batches?state=strange").status_code == 422


def test_package_files_cancel_and_resume(client_as: Callable[..., Any], world: Any) -> None:
    from docpipe.steps.release import write_review_copies

    with world.house.store.write() as s:
        batches.set_out(s, world.batch, "")  # results of one's own
    client = client_as("operator")
    assert client.get(f"/api/v1/batches/{world.batch}/package").json()["error"]["code"] == "usage.not_ready"
    write_review_copies(world.house, world.batch)
    with zipfile.ZipFile(io.BytesIO(client.get(f"/api/v1/batches/{world.batch}/package").content)) as archive:
        assert len(archive.namelist()) == 4
    file = client.get(f"/api/v1/batches/{world.batch}/files/_review/xliff/m1/report.docx.xlf")
    assert file.headers["content-disposition"].startswith('attachment; filename="report.docx.xlf"')
    assert client.post(f"/api/v1/batches/{world.batch}/resume", json={"budget": 4}).json()["started"] is False
    with world.house.store.read() as s:
        assert batches.get(s, world.batch).recipe.budget == 4
    assert client.post(f"/api/v1/batches/{world.batch}/resume", json={"budget": -1}).status_code == 422
    done = client.post(f"/api/v1/batches/{world.batch}/cancel", json={"reason": "withdrawn"})
    assert done.json()["count"] == 2
    with world.house.store.read() as s:
        assert batches.get(s, world.batch).state is State.CANCELLED
    assert client_as("reviewer").post(f"/api/v1/batches/{world.batch}/cancel", json={"reason": "x"}).status_code == 403


def test_the_description_names_the_form(app: Any) -> None:
    spec = app.openapi()
    form = spec["paths"]["/api/v1/batches"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"files", "from", "to", "memory", "termbase", "previous"} <= set(form["properties"])
    assert "BatchPage" in str(spec["paths"]["/api/v1/batches"]["get"]["responses"]["200"])
