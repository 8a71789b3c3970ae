"""A report checked against its data as a batch: ordered by a form, looked at with evidence, findings disposed of with reasons, closed, its files handed out."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator

import docx
import pytest
from checks_story import RIGHT, WRONG, checked, report, state, value
from drafting_story import sources
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_builders import NAMES, OTHERS, ClockHouse, application, opened, signed_in

from docpipe.accounts.roles import Role
from docpipe.model.batch import Batch, State
from docpipe.store import audit, batches


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockHouse]:
    made = opened(tmp_path_factory.mktemp("checks"), office="off")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def app(house: ClockHouse) -> FastAPI:
    return application(house)


@pytest.fixture(scope="module")
def wrong(house: ClockHouse) -> Batch:
    return checked(house, RIGHT, WRONG)


def test_the_page_shows_the_words_what_the_data_say_and_where(house: ClockHouse, app: FastAPI, wrong: Batch) -> None:
    client = signed_in(app, NAMES[Role.REVIEWER])
    page = html.unescape(client.get(f"/batches/{wrong.id}/check").text)
    assert "<mark>19</mark>" in page
    assert "Expected: <strong>18</strong>" in page
    assert "Table 14.1.2: Completed" in page
    assert "tlf/t-14-1-2.rtf display:1/r1/c1" in page
    assert page.count('class="report-finding') == 1, "the right sentence is left alone"
    assert "Close the check" in page
    assert "It cannot be closed yet" in page
    assert "No finding fits" in client.get(f"/batches/{wrong.id}/check?severity=minor").text
    assert f"/batches/{wrong.id}/check" in client.get(f"/batches/{wrong.id}").text


def test_the_files_are_the_report_with_a_comment_at_the_number_and_the_findings(app: FastAPI, wrong: Batch) -> None:
    client = signed_in(app, NAMES[Role.AUTHOR])
    answer = client.get(f"/batches/{wrong.id}/check/files/notes")
    assert "report-checked.docx" in answer.headers["content-disposition"]
    made = docx.Document(io.BytesIO(answer.content))
    (comment,) = made.comments
    assert comment.text.startswith("N2")
    assert "Expected: 18" in comment.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as z:
        body = z.read("word/document.xml").decode()
    said = body.partition("commentRangeStart")[2].partition("commentRangeEnd")[0]
    assert re.findall(r"<w:t[^>]*>([^<]*)</w:t>", said) == ["19"]
    line = json.loads(client.get(f"/batches/{wrong.id}/check/files/json").content.splitlines()[0])
    assert list(line)[:7] == ["check", "severity", "message", "location", "text", "expected", "evidence"]
    assert (line["text"], line["expected"], line["severity"]) == ("19", "18", "critical")
    assert b"<mark>19</mark>" in client.get(f"/batches/{wrong.id}/check/files/html").content
    assert client.get(f"/batches/{wrong.id}/check/files/other").status_code == 404


def test_findings_are_disposed_of_with_a_reason_and_the_check_is_closed_as_it_was_shown(
    house: ClockHouse, app: FastAPI
) -> None:
    batch = checked(house, WRONG)
    client = signed_in(app, NAMES[Role.APPROVER])
    link = f"/batches/{batch.id}/check"
    before = client.get(link).text
    old = value(before, "digest")
    assert "1 critical finding is open" in client.post(f"{link}/close", data={"digest": old}).text
    chosen = value(before, "chosen")
    assert "needs a reason" in client.post(f"{link}/findings", data={"chosen": chosen, "reason": " "}).text
    assert client.post(f"{link}/findings", data={"chosen": chosen, "reason": "typing error, mended"}).status_code == 303
    page = client.get(link).text
    assert "typing error, mended" in page
    assert "Another person closes it" in page
    data = {"digest": value(page, "digest"), "reason": "done"}
    assert "dismissed by you" in client.post(f"{link}/close", data=data).text
    client = signed_in(app, OTHERS[Role.APPROVER])
    assert client.post(f"{link}/close", data={"digest": old}).status_code == 409, "what was shown then is another"
    assert client.post(f"{link}/close", data={"digest": value(page, "digest"), "reason": "done"}).status_code == 303
    assert state(house, batch) is State.RELEASED
    page = client.get(link).text
    assert "Closed by approver.two" in page
    assert 'name="chosen"' not in page
    assert "The check is closed" in client.post(f"{link}/findings", data={"chosen": chosen, "reason": "x"}).text
    line = json.loads(client.get(f"{link}/files/json").text)
    assert (line["disposition"], line["user"]) == ("dismissed", NAMES[Role.APPROVER])
    assert "typing error, mended" in client.get(f"{link}/files/html").text
    with house.store.read() as s:
        actions = [e.action for e in audit.events(s, batch.id)]
    assert [a for a in actions if a.startswith(("report", "check", "batch."))] == [
        "batch.admitted", "report.checked", "batch.waiting", "report_finding.dismissed", "check.closed", "batch.released",
    ]  # fmt: skip


def test_an_author_sees_findings_and_decides_nothing(app: FastAPI, wrong: Batch) -> None:
    client = signed_in(app, NAMES[Role.AUTHOR])
    link = f"/batches/{wrong.id}/check"
    page = client.get(link).text
    assert 'name="chosen"' not in page
    assert client.post(f"{link}/findings", data={"chosen": "x", "reason": "y"}).status_code == 403
    assert client.post(f"{link}/close", data={"digest": "x"}).status_code == 403


def test_a_correct_report_has_no_finding_and_without_review_the_check_ends_by_itself(
    house: ClockHouse, app: FastAPI
) -> None:
    batch = checked(house, RIGHT, review="none")
    assert state(house, batch) is State.DRAFT
    page = signed_in(app, NAMES[Role.AUTHOR]).get(f"/batches/{batch.id}/check").text
    assert "Nothing was found" in page


def test_the_api_gives_what_the_page_gives(app: FastAPI, wrong: Batch) -> None:
    client = signed_in(app, NAMES[Role.REVIEWER])
    told = client.get(f"/api/v1/batches/{wrong.id}/check").json()
    assert told["summary"]["numbers"]["contradicted"] == 1
    (finding,) = told["findings"]
    assert (finding["text"], finding["disposition"]) == ("19", "open")
    told = client.post(
        f"/api/v1/batches/{wrong.id}/check/dispositions", json={"findings": [finding["id"]], "reason": "known"}
    )
    assert told.json()["count"] == 1
    told = client.post(
        f"/api/v1/batches/{wrong.id}/check/dispositions",
        json={"findings": [finding["id"]], "reason": "no", "reopen": True},
    )
    assert told.json()["count"] == 1


def test_the_form_takes_one_report_and_its_sources(house: ClockHouse, app: FastAPI) -> None:
    client: TestClient = signed_in(app, NAMES[Role.AUTHOR])
    assert "Check a report against its data" in client.get("/submit/check").text
    data = {name: io.BytesIO(content) for name, content in sources().items()}
    files = [("files", (name, content)) for name, content in data.items()]
    made = client.post(
        "/submit/check", data={"type": "csr", "name": "Mine"}, files=[("report", ("r.docx", report(RIGHT))), *files]
    )
    assert made.status_code == 303
    batch = made.headers["location"].rpartition("/")[2]
    with house.store.read() as s:
        found = batches.get(s, batch)
    assert (found.recipe.kind, found.name, found.submitter) == ("check", "Mine", NAMES[Role.AUTHOR])
    refused = client.post("/submit/check", data={"type": "csr"}, files=files)
    assert "Choose one report" in refused.text
    other = client.post("/submit/check", data={"type": "csr"}, files=[("report", ("r.docx", b"no report")), *files])
    assert "Nothing was taken in" in other.text
