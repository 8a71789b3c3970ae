"""The page and the API of changes: what differs is shown with both values, a new version can be handed in, others see no form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from change_story import CHANGED_TYPE, TABLE, Changing, next_version
from drafting_story import sources
from fastapi import FastAPI
from web_builders import NAMES, ClockHouse, application, opened, signed_in

from docpipe.accounts.roles import Role
from docpipe.steps import study
from docpipe.store import batches


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ClockHouse]:
    made = opened(tmp_path, office="off")
    yield made
    made.store.close()


@pytest.fixture
def app(house: ClockHouse) -> FastAPI:
    return application(house)


def test_changes_are_shown_and_a_new_version_is_handed_in_on_the_page(
    house: ClockHouse, app: FastAPI, tmp_path: Path
) -> None:
    story = Changing(house, tmp_path)
    first = story.submit(sources(), CHANGED_TYPE, review="none")
    study.prepare(house, first.id)
    submitter, reader = signed_in(app, NAMES[Role.OPERATOR]), signed_in(app, NAMES[Role.REVIEWER])
    assert f"/batches/{first.id}/changes" in reader.get(f"/batches/{first.id}").text
    assert "A new version of the sources" not in reader.get(f"/batches/{first.id}/changes").text
    assert "follows no other" in submitter.get(f"/batches/{first.id}/changes").text
    assert reader.get(f"/api/v1/batches/{first.id}/changes").status_code == 404
    form = {"partial": "1", "name": "second"}
    given = [("files", (TABLE, next_version()[TABLE], "application/rtf"))]
    assert reader.post(f"/batches/{first.id}/changes", data=form, files=given).status_code == 403
    refused = submitter.post(f"/batches/{first.id}/changes", data=form, files=[("files", ("", b"", ""))])
    assert (refused.status_code, "Choose the files" in refused.text) == (422, True)
    answer = submitter.post(f"/batches/{first.id}/changes", data=form, files=given)
    assert answer.status_code == 303
    made = answer.headers["location"].rpartition("/")[2]
    with house.store.read() as session:
        second = batches.get(session, made)
    study.prepare(house, second.id)
    page = reader.get(f"/batches/{made}/changes").text
    assert "<del>18</del><ins>17</ins>" in page.replace("</del> <ins>", "</del><ins>")
    assert f"followed by {made}" in reader.get(f"/batches/{first.id}/changes").text
    told = reader.get(f"/api/v1/batches/{made}/changes").json()
    assert (told["follows"], told["counted"]["touched"]) == (first.id, 2)
