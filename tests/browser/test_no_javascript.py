"""The whole journey with scripts switched off: sign in, submit, confirm, edit, dismiss, comment, approve, sign, download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from journey import EDITED, EDITOR, ROWS, SIGNER, Floor, files, floor, packaged, texts
from whole import PASSWORD

from docpipe.model.batch import State


@pytest.fixture
def ground(tmp_path: Path, chromium: Any) -> Iterator[Floor]:
    with floor(tmp_path) as made:
        yield made


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state("load")


def sign_in(page: Any, name: str) -> None:
    page.goto("/")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.wait_for_url("**/queue")


def submitted(page: Any, folder: Path) -> str:
    """Uploads, looks at the estimate and confirms; the batch's id."""
    document, memory = files(folder)
    page.get_by_role("link", name="Submit", exact=True).click()
    page.get_by_label("From").fill("en")
    page.get_by_label("Into").fill("es")
    page.get_by_label("Name for lists").fill("Synopsis")
    page.get_by_label("Files or a zip archive").set_input_files(document)
    page.get_by_label("Translation memory").set_input_files(memory)
    press(page, "Upload and estimate")
    for _ in range(60):
        if page.get_by_text("Memory, exact").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert page.get_by_text("Memory, exact").count()
    press(page, "Confirm: make the batch")
    page.wait_for_url("**/batches/B*")
    return str(page.url.rsplit("/", 1)[1])


@pytest.mark.slow
def test_from_submission_to_the_signed_release_without_a_script(ground: Floor, chromium: Any, tmp_path: Path) -> None:
    page = ground.page(chromium, java_script_enabled=False)
    sign_in(page, EDITOR)
    batch = submitted(page, tmp_path)
    assert ground.run(batch) is State.WAITING

    page.get_by_role("link", name="Review", exact=True).first.click()
    page.get_by_role("link", name="synopsis.docx").first.click()
    rows = page.locator("tr.row")
    assert rows.count() == len(ROWS)
    document = page.url.split("/documents/")[1].split("?")[0]
    page.get_by_role("link", name="Row 4, details").click()
    page.get_by_label("Target").fill(EDITED)
    press(page, "Save")
    assert page.get_by_role("status").inner_text() == "The row is saved."
    assert EDITED in page.locator("p.text").nth(1).inner_text()
    page.get_by_label("Comment").fill("Is this the sponsor's word?")
    page.get_by_label("It is a question").check()
    press(page, "Send")
    assert "open question" in page.locator(".comment").inner_text()
    press(page, "Resolve")

    page.goto(f"/documents/{document}")
    page.get_by_role("link", name="Row 2, details").click()
    assert page.locator(".finding").count() == 1
    page.get_by_label("Why this is no fault").fill("The sponsor counts the weeks from screening")
    press(page, "Dismiss")
    assert "No open finding" in page.locator("main").inner_text()
    press(page, "Sign out")

    other = ground.page(chromium, java_script_enabled=False)
    sign_in(other, SIGNER)
    other.get_by_role("link", name="synopsis.docx").click()
    other.get_by_role("link", name="Approve many…").click()
    label = other.get_by_label("to confirm")
    said = other.locator("label[for=typed]").inner_text()
    number = said.split()[1]
    label.fill("999")
    other.get_by_role("button", name="Approve").first.click()
    assert other.get_by_role("alert").count() == 1
    other.get_by_label("to confirm").fill(number)
    other.get_by_role("button", name="Approve").first.click()
    assert f"{number} rows approved" in other.locator("h1").inner_text()
    other.get_by_role("link", name="Back to the rows").click()
    for _ in range(len(ROWS) - int(number)):
        other.locator("tr[data-needs] .c-n a").first.click()
        press(other, "Approve, next")
        other.goto(f"/documents/{document}")
    assert other.locator("tr[data-status=approved]").count() == len(ROWS)

    other.get_by_role("link", name="Checkpoint").click()
    other.get_by_label("Account name").fill(SIGNER)
    other.get_by_label("Password").fill("not the password")
    press(other, "Sign this document")
    assert other.get_by_role("alert").count() == 1
    other.get_by_label("Account name").fill(SIGNER)
    other.get_by_label("Password").fill(PASSWORD)
    press(other, "Sign this document")
    assert "Signed by José Ruiz" in other.locator("main").inner_text()

    assert ground.run(batch) is State.RELEASED
    other.goto(f"/batches/{batch}")
    with other.expect_download() as got:
        other.get_by_role("link", name="Download everything").click()
    found = packaged(Path(got.value.path()).read_bytes())
    assert texts(found["target/synopsis.docx"]) == [ROWS[0][1], ROWS[1][1], ROWS[2][1], EDITED]
