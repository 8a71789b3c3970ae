"""Pages of a draft: sources, parsed tables, plan and their checkpoints, the draft at a glance, evidence down to the cell."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from drafting_story import Drafting, sources
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_builders import NAMES, ClockHouse, application, drafting, opened, signed_in

from docpipe.accounts.roles import Role
from docpipe.model.batch import Batch, State
from docpipe.model.inline import plain_text
from docpipe.safe.package import rewrite
from docpipe.store import gates as gate_rows

STRAY = b"STUDYID,USUBJID,ARM\nOTHER-1,OTHER-1-001,Placebo\nOTHER-1,OTHER-1-002,Placebo\n"
"""Subjects of another study: a critical finding on the sources."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ClockHouse]:
    made = opened(tmp_path, office="off")
    yield made
    made.store.close()


@pytest.fixture
def story(house: ClockHouse, tmp_path: Path) -> Drafting:
    return drafting(house, tmp_path)


@pytest.fixture
def app(house: ClockHouse) -> FastAPI:
    return application(house)


def waiting(story: Drafting, **more: bytes) -> Batch:
    """A batch whose sources were read and wait for people."""
    batch = story.submit(sources() | {f"{k}.csv": v for k, v in more.items()})
    assert story.run(batch) is State.WAITING
    return batch


def approve(client: TestClient, batch: Batch, stage: str, text: str) -> tuple[int, str]:
    """Approves what a page shows; status and where it leads."""
    digest = re.search(r'name="digest" value="(\w+)"', text)
    assert digest
    answer = client.post(f"/batches/{batch.id}/gates/{stage}/approve", data={"digest": digest[1]})
    return answer.status_code, answer.headers.get("location", "")


def test_sources_tables_and_plan_are_approved_in_turn_and_then_the_draft_goes_on(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    client = signed_in(app, NAMES[Role.APPROVER])
    page = client.get(f"/batches/{batch.id}/sources").text
    assert "adam/adsl.xpt" in page
    assert "dataset ADSL: 66 records" in page
    status, where = approve(client, batch, "sources", page)
    assert (status, where) == (303, f"/batches/{batch.id}/tables")
    page = client.get(where).text
    assert "Table 14.1.2" in page
    status, where = approve(client, batch, "tables", page)
    page = client.get(where).text
    assert "the approval of the ethics committee" in page, "gaps are seen before anything is drafted"
    status, where = approve(client, batch, "plan", page)
    assert where == f"/batches/{batch.id}"
    with story.house.store.read() as s:
        assert {g.state for g in gate_rows.of_batch(s, batch.id)} == {"approved"}
        assert {g.user for g in gate_rows.of_batch(s, batch.id)} == {NAMES[Role.APPROVER]}
    story.run(batch)
    assert story.document(batch).state is State.WAITING


def test_a_critical_finding_holds_its_checkpoint_until_somebody_disposes_of_it_with_a_reason(
    story: Drafting, app: FastAPI
) -> None:
    batch = waiting(story, dm=STRAY)
    client = signed_in(app, NAMES[Role.APPROVER])
    page = client.get(f"/batches/{batch.id}/sources").text
    assert "It cannot be approved yet" in page
    assert approve(client, batch, "sources", page)[0] == 422
    chosen = re.findall(r'name="chosen" value="(\w+)"', page)
    assert chosen
    bare = client.post(f"/batches/{batch.id}/gates/sources/findings", data={"chosen": chosen, "reason": " "})
    assert bare.status_code == 422
    done = client.post(
        f"/batches/{batch.id}/gates/sources/findings", data={"chosen": chosen, "reason": "another study"}
    )
    assert done.status_code == 303
    page = client.get(f"/batches/{batch.id}/sources").text
    assert "another study" in page
    assert approve(client, batch, "sources", page)[0] == 303


def test_another_digest_than_the_one_shown_is_refused(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    client = signed_in(app, NAMES[Role.APPROVER])
    answer = client.post(f"/batches/{batch.id}/gates/plan/approve", data={"digest": "0" * 64})
    assert answer.status_code == 409
    assert "another by now" in answer.text


def test_a_checkpoint_is_sent_back_with_a_reason_and_nothing_is_drafted(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    client = signed_in(app, NAMES[Role.APPROVER])
    answer = client.post(f"/batches/{batch.id}/gates/tables/send-back", data={"reason": "footnote missing"})
    assert answer.status_code == 303
    assert "footnote missing" in client.get(f"/batches/{batch.id}/tables").text
    assert story.run(batch) is State.WAITING
    assert not any(u.target for _, u in story.rows(story.document(batch)) if u.origin.kind.value == "model")


def test_a_parsed_table_stands_with_its_values_beside_the_original(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    page = html.unescape(signed_in(app, NAMES[Role.REVIEWER]).get(f"/batches/{batch.id}/tables/1").text)
    assert "taken for: Placebo" in page
    assert "N = 22" in page
    assert re.search(r'id="r\d+c1">\s*18 \(81\.8\)', page), "each cell can be linked to"
    assert "LibreOffice is not installed or is switched off" in page
    assert signed_in(app, NAMES[Role.REVIEWER]).get(f"/batches/{batch.id}/tables/99").status_code == 404


def test_a_source_is_given_out_as_a_file_and_no_other_blob_is(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    client = signed_in(app, NAMES[Role.REVIEWER])
    page = client.get(f"/batches/{batch.id}/tables/1").text
    address = re.search(r'href="(/batches/[^"]+/file)"', page)
    assert address
    answer = client.get(address[1])
    assert answer.content == sources()["tlf/t-14-1-2.rtf"]
    assert answer.headers["content-type"] == "application/octet-stream"
    document = story.document(batch)
    assert client.get(f"/batches/{batch.id}/sources/{document.sha256}/file").status_code == 404


def test_evidence_of_a_row_leads_to_the_cell_that_the_number_stands_in(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    story.through_gates(batch)
    client = signed_in(app, NAMES[Role.REVIEWER])
    document = story.document(batch).id
    row = next(s for s, _ in story.rows(story.document(batch)) if "block:1/2" in s.address)
    page = html.unescape(client.get(f"/documents/{document}/rows/{row.id}/evidence").text)
    link = re.search(r'href="(/batches/[^"#]+)#(r\d+c\d+)"', page)
    assert link, page
    table = client.get(link[1]).text
    assert f'id="{link[2]}"' in table
    part = client.get(f"/documents/{document}/rows/{row.id}/evidence?part=1").text
    assert "<html" not in part
    assert "Completed" in part
    grid = client.get(f"/documents/{document}").text
    assert 'class="chip point value"' in grid
    assert 'data-part="evidence"' in grid


def test_a_search_finds_values_that_stand_in_chips(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    story.through_gates(batch)
    client = signed_in(app, NAMES[Role.REVIEWER])
    document = story.document(batch).id
    row = next(s for s, _ in story.rows(story.document(batch)) if "block:1/2" in s.address)
    assert "Table 14.1.2" not in plain_text(row.source)
    found = client.get(f"/api/v1/documents/{document}/rows", params={"q": "(Table 14.1.2)"}).json()
    assert row.id in [r["segment"] for r in found["rows"]]


def test_the_draft_at_a_glance_lists_gaps_first(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    story.through_gates(batch)
    document = story.document(batch).id
    page = signed_in(app, NAMES[Role.REVIEWER]).get(f"/documents/{document}/draft").text
    assert page.index("the approval of the ethics committee") < page.index("<h2>Sections</h2>")
    assert "Small report" in page


def test_a_translation_has_no_such_pages(app: FastAPI) -> None:
    client = signed_in(app, NAMES[Role.REVIEWER])
    assert client.get("/batches/B000000-00000/sources").status_code == 404


def test_a_draft_is_ordered_with_uploaded_sources(house: ClockHouse, story: Drafting, app: FastAPI) -> None:
    client = signed_in(app, NAMES[Role.AUTHOR])
    assert "Clinical Study Report" in client.get("/submit/draft").text
    files = [("files", (name, data, "application/octet-stream")) for name, data in sources().items()]
    none = client.post("/submit/draft", data={"review": "required"}, files=files)
    assert none.status_code == 422, "no document type chosen"
    wrong = client.post("/submit/draft", data={"types": "../csr.md"}, files=files)
    assert wrong.status_code in (400, 404, 422)
    done = client.post("/submit/draft", data={"types": ["synopsis"], "name": "From the page"}, files=files)
    assert done.status_code == 303
    batch = done.headers["location"].rsplit("/", 1)[-1]
    assert "From the page" in client.get(f"/batches/{batch}").text
    again = client.post("/submit/draft", data={"types": ["synopsis"]}, files=[files[0], files[0]])
    assert again.status_code >= 400
    assert "Nothing was taken in" in again.text


def test_a_draft_edited_in_word_comes_back_through_the_page(story: Drafting, app: FastAPI) -> None:
    batch = waiting(story)
    story.through_gates(batch)
    document = story.document(batch)
    client = signed_in(app, NAMES[Role.REVIEWER])
    assert "Word document" in client.get(f"/documents/{document.id}/exchange").text
    written = client.get(f"/documents/{document.id}/exchange/file?format=word").content
    body = zipfile.ZipFile(io.BytesIO(written)).read("word/document.xml").decode()
    at = body.index("</w:p>", body.rindex("who took part")) + len("</w:p>")
    edited = body[:at] + "<w:p><w:r><w:t>A thought of mine.</w:t></w:r></w:p>" + body[at:]
    edited = re.sub(r"(.*<w:t[^>]*>)\d+(</w:t>)", r"\g<1>999\2", edited, flags=re.DOTALL)
    data = rewrite(written, {"word/document.xml": edited.encode()})
    answer = client.post("/exchange", data={"batch": batch.id}, files=[("files", ("mini.docx", data))])
    where = answer.headers["location"]
    page = html.unescape(client.get(where).text)
    assert "A thought of mine." in page
    assert "The cell holds a value of the sources" in page
    assert "999" in page
    taken = client.post(f"{where}/take", data={"reason": "edited in Word", "document": document.id})
    assert taken.status_code == 303
    assert "999" in client.get(where).text, "what was refused stays in the record of the import"
    rows = {s.address: plain_text(u.target, equiv=True) for s, u in story.rows(story.document(batch))}
    assert rows["block:1/1"].endswith("\nA thought of mine.")
