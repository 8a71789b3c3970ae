"""Bilingual files by page: downloads in three formats, an upload shown as a diff, taken with a reason, kept through a restart."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import docx
import pytest
from fastapi.testclient import TestClient

from docpipe.model.inline import Text, to_wire
from docpipe.model.segment import SegmentId
from docpipe.steps import decide
from docpipe.steps.exchange_import import Upload, read_upload
from docpipe.store import audit, comments, units, users
from docpipe.web.app import create_app

if TYPE_CHECKING:
    from conftest import World

Client = Callable[..., TestClient]
EDITOR = "reviewer.one"


@pytest.fixture
def target(world: World) -> Callable[[int], str]:
    """Target of a row of the first document, by number."""

    def of(number: int) -> str:
        with world.house.store.read() as s:
            return to_wire(units.units(s, world.document)[SegmentId(world.segments[number - 1])].target)

    return of


def downloaded(client: TestClient, world: World, form: str = "docx") -> bytes:
    answer = client.get(f"/documents/{world.document}/exchange/file?format={form}")
    assert answer.status_code == 200
    return answer.content


def edited(data: bytes, **rows: str) -> bytes:
    """The DOCX with words put at the end of targets (``row3="…"``) and a comment on the first row."""
    document = docx.Document(io.BytesIO(data))
    table = document.tables[0]
    for name, text in rows.items():
        table.rows[int(name[3:])].cells[2].paragraphs[0].add_run(text)
    document.add_comment(table.rows[1].cells[2].paragraphs[0].runs, text="<b>Why?</b>", author="Li Na", initials="L")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def uploaded(client: TestClient, world: World, *files: bytes, batch: str = "") -> str:
    parts: list[Any] = [("files", (f"my file {n}.docx", data)) for n, data in enumerate(files)]
    answer = client.post("/exchange", data={"batch": batch or world.batch}, files=parts)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.mark.parametrize(
    ("form", "name"), [("docx", ".bilingual.docx"), ("xlsx", ".bilingual.xlsx"), ("xliff", ".xlf")]
)
def test_a_document_and_a_batch_are_downloaded_in_three_formats(
    client_as: Client, world: World, form: str, name: str
) -> None:
    client = client_as("auditor")
    page = client.get(f"/documents/{world.document}/exchange")
    assert f"/documents/{world.document}/exchange/file?format={form}" in page.text
    assert "Upload edited files" not in page.text
    answer = client.get(f"/documents/{world.document}/exchange/file?format={form}")
    assert f"report.docx{name}" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    [file] = read_upload(world.house, Upload("x", answer.content))
    assert [r.segment_id for r in file.rows] == list(world.segments)
    archive = client.get(f"/batches/{world.batch}/exchange/file?format={form}")
    assert archive.headers["content-type"] == "application/zip"
    assert client.get(f"/batches/{world.batch}/exchange").status_code == 200
    assert client.get(f"/documents/{world.document}/exchange/file?format=odt").status_code == 422
    assert client.get("/documents/nowhere/exchange").status_code == 404


def test_an_upload_is_shown_as_a_diff_and_taken_with_a_reason(
    client_as: Client, world: World, target: Callable[[int], str]
) -> None:
    client = client_as("reviewer")
    data = edited(downloaded(client, world), row2=" Dos & <más>.", row3=" Tres.")
    old = target(2)
    where = uploaded(client, world, data)
    shown = client.get(where)
    assert shown.status_code == 200
    assert "Take 2 rows and 1 comment" in shown.text
    assert re.search(r"<ins>[^<]*Dos &amp; &lt;más&gt;\.</ins>", shown.text)
    assert "&lt;b&gt;Why?&lt;/b&gt;" in shown.text
    assert "<b>Why?" not in shown.text
    assert 'lang="es"' in shown.text
    assert "style=" not in shown.text
    assert target(2) == old
    assert client.post(f"{where}/take", data={"document": world.document, "reason": " "}).status_code == 422
    taken = client.post(f"{where}/take", data={"document": world.document, "reason": "round 1"})
    assert (taken.status_code, taken.headers["location"]) == (303, where)
    assert target(2) == old + " Dos & <más>."
    result = client.get(where)
    assert "2 rows taken" in result.text
    assert client.post(f"{where}/take", data={"document": world.document, "reason": "again"}).status_code == 422
    with world.house.store.read() as s:
        assert [e.reason for e in audit.events(s, world.batch) if e.action == "row.edited"] == ["round 1", "round 1"]
        assert [(c.user, c.text) for c in comments.listing(s, world.document)] == [
            (EDITOR, "Li Na (in DOCX): <b>Why?</b>")
        ]


def test_refused_rows_stand_first_with_both_texts(
    client_as: Client, world: World, target: Callable[[int], str]
) -> None:
    client = client_as("reviewer")
    data = edited(downloaded(client, world), row2=" Mío.", row3=" Tres.")
    where = uploaded(client, world, data)
    assert "Refused:" not in client.get(where).text
    with world.house.store.read() as s:
        other = users.get(s, "reviewer.two")
    decide.edit(world.house, world.document, {SegmentId(world.segments[1]): (Text("Suyo."),)}, other, "quick")
    shown = client.get(where).text
    assert shown.index("review.stale_row") < shown.index("Rows that would change")
    assert "Mío." in shown
    assert "Suyo." in shown
    assert "Take 1 row and 1 comment" in shown
    client.post(f"{where}/take", data={"document": world.document, "reason": "why"})
    assert target(2) == "Suyo."
    assert target(3).endswith(" Tres.")
    result = client.get(where).text
    assert "1 row taken" in result
    assert "Mío." in result


def test_an_import_waits_through_a_restart_and_is_its_owners_alone(client_as: Client, world: World) -> None:
    client = client_as("reviewer")
    where = uploaded(client, world, edited(downloaded(client, world), row3=" Tres."))
    again = TestClient(create_app(world.house), cookies=client.cookies, follow_redirects=False)
    assert where in again.get("/exchange").text
    assert "Take 1 row" in again.get(where).text
    other = client_as("reviewer.two")
    assert where not in other.get("/exchange").text
    assert other.get(where).status_code == 404
    assert other.post(f"{where}/take", data={"reason": "x", "document": world.document}).status_code == 404
    assert client_as("approver").get(where).status_code == 403
    assert client.post(f"{where}/discard").headers["location"] == "/exchange"
    assert where not in client.get("/exchange").text


def test_bad_files_are_named_and_the_good_one_is_still_offered(client_as: Client, world: World) -> None:
    client = client_as("reviewer")
    good = edited(downloaded(client, world), row3=" Tres.")
    where = uploaded(client, world, b"%PDF-1.7", good, good[:500])
    shown = client.get(where).text
    assert shown.count("Not taken:") == 2
    assert "Take 1 row" in shown
    assert client.post("/exchange", data={"batch": world.batch}, files=[("files", ("", b""))]).status_code == 422
    answer = client.post("/exchange", data={"batch": "B000000-XXXXX"}, files=[("files", ("a.docx", good))])
    assert answer.status_code == 404
