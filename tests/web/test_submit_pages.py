"""The submitter's journey in a browser without JavaScript: upload, estimate, confirm, watch, download, cancel, submit again."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx_builder import docx
from whole import report

from docpipe.model.batch import State
from docpipe.steps import extract, reckoning, submissions
from docpipe.store import audit, batches, documents
from docpipe.store import submissions as rows
from docpipe.store.submissions import SubmissionState

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TMX = b"""<?xml version="1.0" encoding="utf-8"?><tmx version="1.4"><header srclang="en" segtype="sentence" creationtool="t"
creationtoolversion="1" adminlang="en" datatype="plaintext" o-tmf="t"/><body><tu><tuv xml:lang="en"><seg>The dose was 5 mg.</seg></tuv>
<tuv xml:lang="es"><seg>La dosis fue de 5 mg.</seg></tuv></tu></body></tmx>"""
TERMS = b"concept,source,target,status,note\nc1,dose,dosis,preferred,\n"
CHOICES = {"from": "en", "to": "es", "name": "Amendment 2"}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def submission_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:2000]
    return str(answer.headers["location"].rsplit("/", 1)[1])


def estimated(client: Any, submission: str) -> str:
    """The submission's page once its estimate is made: as a browser asks for it again and again."""
    for _ in range(200):
        if client.get(f"/submissions/{submission}/estimate").status_code == 286:
            break
        time.sleep(0.1)
    return str(client.get(f"/submissions/{submission}").text)


@pytest.fixture
def author(client_as: Callable[..., Any]) -> Any:
    return client_as("author")


def upload(client: Any, *files: tuple[str, tuple[str, bytes, str]], **choices: str) -> Any:
    return client.post("/submit", data={**CHOICES, **choices}, files=list(files))


def test_files_a_zip_and_a_folder_become_one_batch_with_their_tree(author: Any, world: Any) -> None:
    one = docx("p:The dose was 5 mg.")
    answer = upload(
        author,
        ("files", ("cover.docx", one, DOCX)),
        ("files", ("m5.zip", zipped({"m5/report.docx": one, "m5/.DS_Store": b"x"}), "application/zip")),
        ("folder", ("chosen/m2/overview.docx", one, DOCX)),
        ("folder", ("chosen/m2/~$overview.docx", b"lock", DOCX)),
        ("memory", ("m.tmx", TMX, "text/xml")),
        ("termbase", ("t.csv", TERMS, "text/csv")),
    )
    submission = submission_of(answer)
    page = estimated(author, submission)
    for name in ("cover.docx", "m5/report.docx", "m2/overview.docx"):
        assert name in page
    assert "Memory, exact" in page
    assert "Confirm: make the batch" in page
    with world.house.store.read() as s:
        before = len(batches.listing(s))
    done = author.post(f"/submissions/{submission}/confirm")
    batch = done.headers["location"].rsplit("/", 1)[1]
    again = author.post(f"/submissions/{submission}/confirm")
    assert again.headers["location"] == done.headers["location"]
    with world.house.store.read() as s:
        assert len(batches.listing(s)) == before + 1
        made = batches.get(s, batch)
        assert [d.path for d in documents.of_batch(s, batch)] == ["cover.docx", "m2/overview.docx", "m5/report.docx"]
        assert [e.actor for e in audit.events(s, batch) if e.action == "batch.admitted"] == ["author.one"]
    assert made.submitter == "author.one"
    assert made.name == "Amendment 2"
    assert {a.kind: a.rows for a in made.recipe.assets} == {"memory": 1, "termbase": 1}
    shown = author.get(f"/batches/{batch}").text
    assert "No runner is up" in shown
    assert f"docpipe resume {batch}" in shown
    assert author.get(f"/submissions/{submission}").headers["location"] == f"/batches/{batch}"


def test_the_estimate_is_shown_with_what_would_be_refused(author: Any) -> None:
    good = docx("p:The dose was 5 mg.")
    answer = upload(
        author,
        ("files", ("a.docx", good, DOCX)),
        (
            "files",
            ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "application/msword"),
        ),
        ("files", ("broken.docx", good[: len(good) // 2], DOCX)),
    )
    page = estimated(author, submission_of(answer))
    assert "2 of 3 files would be refused" in page
    assert "input.legacy_word" in page
    assert "save it as DOCX" in page
    assert "Review assumed at 625 words an hour" in page


def test_choices_are_changed_and_the_estimate_is_made_anew(author: Any, world: Any) -> None:
    submission = submission_of(upload(author, ("files", ("a.docx", report(200, 1), DOCX))))
    wrong = author.post(f"/submissions/{submission}/choices", data={**CHOICES, "to": "qq"})
    assert wrong.status_code == 422
    assert "usage.unknown_language" in wrong.text
    done = author.post(f"/submissions/{submission}/choices", data={**CHOICES, "to": "de", "review": "none"})
    assert done.status_code == 303
    assert "it ends as a draft" in estimated(author, submission)
    with world.house.store.read() as s:
        found = rows.get(s, submission)
    assert found.ordered["to"] == "de"
    assert found.ordered["estimate"]["result"]["to"] == "de"


def test_the_models_answers_may_come_overnight_at_the_lower_price(author: Any, world: Any) -> None:
    model = {"provider": "openai", "model": "gpt-4.1-mini", "delivery": "overnight"}
    submission = submission_of(upload(author, ("files", ("a.docx", report(200, 1), DOCX)), **model))
    page = estimated(author, submission)
    assert "first requests overnight at 50 % of it" in page
    assert "within 24 h the provider" in page
    assert '<option value="overnight" selected>' in page
    with world.house.store.read() as s:
        recipe = submissions.recipe_of(world.house, rows.get(s, submission))
    assert recipe.delivery == "overnight"
    refused = upload(author, ("files", ("a.docx", report(60, 1), DOCX)), provider="rehearsal", delivery="overnight")
    assert refused.status_code == 422
    assert "Batch API" in refused.text
    answer = author.post(
        "/api/v1/batches", data={**CHOICES, "delivery": "soon"}, files=[("files", ("a.docx", report(60, 1), DOCX))]
    )
    assert answer.status_code == 422


def test_a_discarded_submission_keeps_no_names_and_cannot_be_confirmed(author: Any, world: Any) -> None:
    submission = submission_of(upload(author, ("files", ("secret-name.docx", report(100, 1), DOCX))))
    assert author.post(f"/submissions/{submission}/discard").status_code == 303
    assert "secret-name" not in author.get(f"/submissions/{submission}").text
    assert author.post(f"/submissions/{submission}/confirm").status_code == 422
    with world.house.store.read() as s:
        assert rows.get(s, submission).files == ()


def test_nobody_elses_submission_is_seen_but_by_an_operator(author: Any, client_as: Callable[..., Any]) -> None:
    submission = submission_of(upload(author, ("files", ("a.docx", report(100, 1), DOCX))))
    assert client_as("author.two").get(f"/submissions/{submission}").status_code == 404
    assert client_as("author.two").post(f"/submissions/{submission}/confirm").status_code == 404
    assert client_as("operator").get(f"/submissions/{submission}").status_code == 200
    assert client_as("reviewer").get("/submit").status_code == 403


def test_a_wrong_upload_shows_the_form_again_with_the_reason_and_the_choices(author: Any) -> None:
    nothing = author.post("/submit", data=CHOICES, files=[("files", ("", b"", "application/octet-stream"))])
    assert nothing.status_code == 422
    assert "There is no file to translate" in nothing.text
    assert "Amendment 2" in nothing.text
    bad = upload(author, ("files", ("a.docx", report(60, 1), DOCX)), ("memory", ("m.tmx", b"<tmx", "text/xml")))
    assert bad.status_code == 422
    assert "input.asset_malformed" in bad.text or "input.xml_malformed" in bad.text
    twice = upload(author, ("files", ("A.docx", b"x", DOCX)), ("files", ("a.docx", b"x", DOCX)))
    assert "input.same_name_twice" in twice.text


def test_an_estimate_that_a_restart_interrupted_is_made_by_the_next_look(author: Any, world: Any) -> None:
    submission = submission_of(upload(author, ("files", ("a.docx", report(100, 1), DOCX))))
    with world.house.store.write() as s:
        found = rows.get(s, submission)
        dead = "#".join([world.house.owner.split("#")[0], "4194000", "1", "aa"])
        gone = {"state": "running", "owner": dead, "mark": "x", "done": 0, "total": 1, "words": 0}
        rows.change(s, submission, ordered={**found.ordered, "estimate": gone})
    assert reckoning.needed(submissions.get(world.house, submission, _user(world, "author.one")))
    assert "Source words" in estimated(author, submission)


def _user(world: Any, name: str) -> Any:
    from docpipe.store import users

    with world.house.store.read() as s:
        return users.get(s, name)


def test_old_submissions_are_discarded_by_themselves(author: Any, world: Any, clock: Any) -> None:
    submission = submission_of(upload(author, ("files", ("a.docx", report(100, 1), DOCX))))
    assert submissions.discard_old(world.house) == 0
    clock.forward(days=submissions.DAYS + 1)
    assert submissions.discard_old(world.house) == 1
    with world.house.store.read() as s:
        assert rows.get(s, submission).state is SubmissionState.DISCARDED


def test_a_previous_version_comes_as_zip_or_as_folder(author: Any, world: Any) -> None:
    old, target = docx("p:The dose was 5 mg."), docx("p:La dosis fue de 5 mg.")
    pair = zipped({"v1/source/a.docx": old, "v1/target/a.docx": target})
    for files in (
        [("previous", ("v1.zip", pair, "application/zip"))],
        [("previous_folder", ("v1/source/a.docx", old, DOCX)), ("previous_folder", ("v1/target/a.docx", target, DOCX))],
    ):
        submission = submission_of(upload(author, ("files", ("a.docx", old, DOCX)), *files))
        assert "From the previous version" in estimated(author, submission)


def test_a_profile_is_chosen_by_name_or_uploaded(author: Any, world: Any) -> None:
    folder = world.house.settings.home / "profiles"
    folder.mkdir()
    (folder / "drafts.toml").write_text('review = "none"\n')
    assert "drafts" in author.get("/submit").text
    by_name = submission_of(upload(author, ("files", ("a.docx", report(60, 1), DOCX)), profile="drafts"))
    given = ("profile_file", ("own.toml", b"budget = 3.5\n", "application/toml"))
    own = submission_of(upload(author, ("files", ("a.docx", report(60, 1), DOCX)), given))
    for submission, check in ((by_name, lambda r: r.review == "none"), (own, lambda r: r.budget == 3.5)):
        batch = author.post(f"/submissions/{submission}/confirm").headers["location"].rsplit("/", 1)[1]
        with world.house.store.read() as s:
            assert check(batches.get(s, batch).recipe)
    assert upload(author, ("files", ("a.docx", b"x", DOCX)), profile="../../etc").status_code == 404


def test_a_refused_file_is_submitted_again_with_another_policy_or_another_file(author: Any, world: Any) -> None:
    tracked = docx("p:The dose [ins:was] 5 mg.")
    answer = upload(author, ("files", ("m1/a.docx", tracked, DOCX)), ("files", ("b.docx", report(60, 2), DOCX)))
    batch = author.post(f"/submissions/{submission_of(answer)}/confirm").headers["location"].rsplit("/", 1)[1]
    with world.house.store.read() as s:
        admitted = next(d for d in documents.of_batch(s, batch) if d.path == "m1/a.docx")
    extract.extract(world.house, admitted.id)
    with world.house.store.read() as s:
        refused = next(d for d in documents.of_batch(s, batch) if d.path == "m1/a.docx")
    assert refused.state is State.REFUSED
    place = f"/batches/{batch}/documents/{refused.id}"
    assert "Submit again" in author.get(place).text
    same = author.post(f"{place}/again", data={"tracked_changes": ""}, files=[("file", ("", b"", DOCX))])
    assert same.status_code == 422
    assert "That was not possible" in same.text
    kept = author.post(f"{place}/again", data={"tracked_changes": "final"}, files=[("file", ("", b"", DOCX))])
    assert "would be refused" not in estimated(author, submission_of(kept))
    mended = author.post(
        f"{place}/again", data={"tracked_changes": "final"}, files=[("file", ("a-mended.docx", report(60, 3), DOCX))]
    )
    again = submission_of(mended)
    assert "Submitted again" in author.get(f"/submissions/{again}").text
    newer = author.post(f"/submissions/{again}/confirm").headers["location"].rsplit("/", 1)[1]
    with world.house.store.read() as s:
        old, new = batches.get(s, batch), batches.get(s, newer)
        (document,) = documents.of_batch(s, newer)
        events = [
            (e.action, e.subject, e.new) for e in audit.events(s, batch) if e.action == "document.submitted_again"
        ]
    assert events == [("document.submitted_again", refused.id, newer)]
    assert document.path == "m1/a.docx"
    assert document.state is State.ADMITTED
    assert new.recipe.policy.tracked_changes == "final"
    assert (new.recipe.source_language, new.recipe.prompt_digest) == (
        old.recipe.source_language,
        old.recipe.prompt_digest,
    )
    assert newer in author.get(place).text


def test_the_list_filters_by_the_address_and_puts_the_waiting_first(author: Any, world: Any) -> None:
    submission = submission_of(upload(author, ("files", ("zebra.docx", report(60, 1), DOCX))))
    newest = author.post(f"/submissions/{submission}/confirm").headers["location"].rsplit("/", 1)[1]
    everything = author.get("/batches").text
    assert everything.index(world.batch) < everything.index(newest)
    assert newest not in author.get("/batches?state=waiting").text
    assert world.batch not in author.get("/batches?q=zebra").text
    assert newest in author.get("/batches?q=zebra&state=admitted&mine=1").text
    assert "No batch fits" in author.get("/batches?q=%25").text


def test_review_copies_are_downloaded_one_by_one_and_as_a_zip(author: Any, world: Any) -> None:
    from docpipe.steps.release import write_review_copies

    with world.house.store.write() as s:
        batches.set_out(s, world.batch, "")  # results of one's own
    assert author.get(f"/batches/{world.batch}/package").status_code == 422
    write_review_copies(world.house, world.batch)
    page = author.get(f"/batches/{world.batch}").text
    links = re.findall(rf'/batches/{world.batch}/files/([^"]+)"', page)
    assert "_review/xliff/m1/report.docx.xlf" in links
    got = author.get(f"/batches/{world.batch}/files/_review/preview/m1/report.docx")
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    whole = author.get(f"/batches/{world.batch}/package")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        assert f"docpipe-{world.batch}/_review/preview/m1/report.docx" in archive.namelist()
    for name in ("../../docpipe.db", "..%2f..%2fdocpipe.db", "/etc/passwd", "_review", "docpipe.db"):
        assert author.get(f"/batches/{world.batch}/files/{name}").status_code == 404, name


def test_progress_stops_asking_once_the_machine_has_nothing_to_do(author: Any, world: Any) -> None:
    submission = submission_of(upload(author, ("files", ("a.docx", report(60, 1), DOCX))))
    batch = author.post(f"/submissions/{submission}/confirm").headers["location"].rsplit("/", 1)[1]
    assert author.get(f"/batches/{batch}/progress").status_code == 200
    assert 'hx-trigger="every 4s"' in author.get(f"/batches/{batch}").text
    assert author.get(f"/batches/{world.batch}/progress").status_code == 286
    assert "hx-trigger" not in author.get(f"/batches/{world.batch}").text


def test_a_batch_and_a_document_are_cancelled_with_a_reason(author: Any, world: Any) -> None:
    assert author.post(f"/batches/{world.batch}/cancel", data={"reason": " "}).status_code == 422
    one = author.post(f"/batches/{world.batch}/cancel", data={"reason": "withdrawn", "document": world.document})
    assert one.status_code == 303
    with world.house.store.read() as s:
        assert documents.get(s, world.document).state is State.CANCELLED
        assert documents.get(s, world.other_document).state is State.WAITING
    author.post(f"/batches/{world.batch}/cancel", data={"reason": "withdrawn"})
    with world.house.store.read() as s:
        assert batches.get(s, world.batch).state is State.CANCELLED
    assert author.post(f"/batches/{world.batch}/resume").status_code == 422


def test_a_failed_document_is_retried_with_a_new_limit(author: Any, world: Any, client_as: Callable[..., Any]) -> None:
    with world.house.store.write() as s:
        documents.update(
            s,
            world.document,
            state=State.FAILED,
            stage="recalled",
            error_code="provider.budget_spent",
            error_message="Spent.",
        )
        batches.set_state(s, world.batch, State.FAILED)
    page = author.get(f"/batches/{world.batch}").text
    assert "Raise the limit" in page
    assert "operator:" in page
    assert client_as("reviewer").post(f"/batches/{world.batch}/resume").status_code == 403
    done = author.post(f"/batches/{world.batch}/resume", data={"budget": "7.5"})
    assert done.status_code == 303
    with world.house.store.read() as s:
        assert documents.get(s, world.document).state is State.RUNNING
        assert batches.get(s, world.batch).recipe.budget == 7.5
    assert author.post(f"/batches/{world.batch}/resume", data={"budget": "much"}).status_code == 422


def test_names_are_escaped_wherever_they_are_shown(author: Any) -> None:
    name = "a&b <img src=x onerror=alert(1)>.docx"
    submission = submission_of(upload(author, ("files", (name, report(60, 1), DOCX)), name="<script>alert(2)</script>"))
    page = author.get(f"/submissions/{submission}").text
    batch = author.post(f"/submissions/{submission}/confirm").headers["location"].rsplit("/", 1)[1]
    for text in (page, author.get(f"/batches/{batch}").text, author.get("/batches").text, author.get("/submit").text):
        assert "<img src=x" not in text
        assert "<script>alert" not in text
