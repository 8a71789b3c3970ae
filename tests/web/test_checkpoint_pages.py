"""The checkpoint pages: what is shown is what is signed, sending back, voiding, and the whole batch."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from whole import PASSWORD

from docpipe.accounts.roles import User
from docpipe.errors import UsageError
from docpipe.model.batch import State
from docpipe.model.inline import from_wire, to_wire
from docpipe.model.segment import Status
from docpipe.simulate import translation
from docpipe.steps import decide
from docpipe.store import audit, batches, checkpoints, documents, efforts, units, users
from docpipe.web.pages.checkpoints import numbers

Client = Callable[..., TestClient]


def person(world: Any, name: str) -> User:
    with world.house.store.read() as s:
        return users.get(s, name)


def worked(world: Any, document: str) -> None:
    """Everything translated by one person and approved by another."""
    house = world.house
    with house.store.read() as s:
        segments, current = units.segments(s, document), units.units(s, document)
    targets = {
        g.id: from_wire(translation.translate(g.wire, "en", "es"), g.source)
        for g in segments
        if current[g.id].needs_person or current[g.id].status is Status.NEW
    }
    assert not decide.edit(house, document, targets, person(world, "reviewer.one"), "translated").refused
    assert not decide.approve(house, document, None, person(world, "approver.one")).refused


def digest_on(client: TestClient, document: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(f"/documents/{document}/checkpoint").text)
    assert found
    return found[1]


def sign(client: TestClient, document: str, digest: str, **more: str) -> Any:
    data = {"name": "approver.one", "password": PASSWORD, "meaning": "approval", "digest": digest, **more}
    return client.post(f"/documents/{document}/checkpoint/sign", data=data)


def state_of(world: Any, document: str) -> State:
    with world.house.store.read() as s:
        return documents.get(s, document).state


def test_a_page_says_what_stands_in_the_way_and_the_button_is_off(world: Any, client_as: Client) -> None:
    page = client_as("approver").get(f"/documents/{world.document}/checkpoint")
    assert page.status_code == 200
    assert "It cannot be signed yet" in page.text
    assert "rows not approved" in page.text
    assert re.search(r'<button type="submit" disabled aria-describedby="why-not">Sign this document', page.text)


def test_signing_all_the_same_is_refused_and_nothing_is_signed(world: Any, client_as: Client) -> None:
    client = client_as("approver")
    answer = sign(client, world.document, digest_on(client, world.document))
    assert answer.status_code == 422
    assert "cannot be signed yet" in answer.text
    assert state_of(world, world.document) is State.WAITING


def test_what_is_signed_is_what_was_shown(world: Any, client_as: Client) -> None:
    worked(world, world.document)
    client = client_as("approver")
    shown = digest_on(client, world.document)
    editor = person(world, "reviewer.one")
    with world.house.store.read() as s:
        segment, unit = units.get(s, world.document, world.segment)
    changed = from_wire(to_wire(unit.target) + " (bis)", segment.source)
    decide.edit(world.house, world.document, {world.segment: changed}, editor, "wording")
    decide.approve(world.house, world.document, [world.segment], person(world, "approver.one"))
    late = sign(client, world.document, shown)
    assert late.status_code == 409
    assert "changed since it was shown" in late.text
    now = sign(client, world.document, digest_on(client, world.document))
    assert now.status_code == 303
    page = client.get(now.headers["location"]).text
    assert "Signed by Approver One" in page
    assert "Any later edit makes this signature void" in page
    assert state_of(world, world.document) is State.RELEASING


def test_an_edit_after_the_signature_voids_it_in_sight_of_all(world: Any, client_as: Client) -> None:
    worked(world, world.document)
    client = client_as("approver")
    assert sign(client, world.document, digest_on(client, world.document)).status_code == 303
    with world.house.store.read() as s:
        segment, unit = units.get(s, world.document, world.segment)
    changed = from_wire(to_wire(unit.target) + " !", segment.source)
    decide.edit(world.house, world.document, {world.segment: changed}, person(world, "reviewer.one"), "late")
    page = client.get(f"/documents/{world.document}/checkpoint").text
    assert re.search(r"The signature of Approver One \(approval, .*\) is void", page)
    assert "rows not approved" in page
    with world.house.store.read() as s:
        assert [e.reason for e in audit.events(s, world.batch) if e.action == "signature.voided"] != [""]


def test_the_first_signature_asks_for_the_name_and_the_next_for_the_password_alone(
    world: Any, client_as: Client
) -> None:
    worked(world, world.document)
    worked(world, world.other_document)
    client = client_as("approver")
    refused = sign(client, world.document, digest_on(client, world.document), name="")
    assert refused.status_code == 401
    other = sign(client, world.document, digest_on(client, world.document), name="approver.two")
    assert other.status_code == 401
    assert sign(client, world.document, digest_on(client, world.document)).status_code == 303
    again = client.get(f"/documents/{world.other_document}/checkpoint").text
    assert 'type="hidden" name="name" value="approver.one"' in again
    wrong = sign(client, world.other_document, digest_on(client, world.other_document), password="not the password")
    assert wrong.status_code == 401
    assert sign(client, world.other_document, digest_on(client, world.other_document)).status_code == 303


def test_a_meaning_is_one_of_the_known_ones(world: Any, client_as: Client) -> None:
    worked(world, world.document)
    client = client_as("approver")
    answer = sign(client, world.document, digest_on(client, world.document), meaning="whatever")
    assert answer.status_code == 422
    assert state_of(world, world.document) is State.WAITING


@pytest.mark.parametrize("role", ["author", "reviewer", "operator", "administrator", "auditor"])
def test_roles_that_do_not_sign_have_no_form_and_no_way(world: Any, client_as: Client, role: str) -> None:
    client = client_as(role)
    page = client.get(f"/documents/{world.document}/checkpoint")
    assert "Sign this document" not in page.text
    assert sign(client, world.document, "0" * 64).status_code == 403


def test_rows_are_sent_back_and_only_these_are_worked_again(world: Any, client_as: Client) -> None:
    worked(world, world.document)
    client = client_as("approver")
    path = f"/documents/{world.document}/checkpoint"
    answer = client.post(f"{path}/send-back", data={"rows": "1, 3-4", "reason": "dose unit"})
    assert answer.status_code == 303
    with world.house.store.read() as s:
        order = [g.id for g in units.segments(s, world.document)]
        current = units.units(s, world.document)
        point = checkpoints.of_document(s, world.document)[-1]
    assert point.state.value == "sent-back"
    back = {g for g, u in current.items() if u.status is not Status.APPROVED}
    assert back == {order[0], order[2], order[3]}
    page = client.get(path).text
    assert "dose unit" in page
    assert "sent-back" in page


def test_sending_back_needs_rows_and_a_reason(world: Any, client_as: Client) -> None:
    client = client_as("approver")
    path = f"/documents/{world.document}/checkpoint/send-back"
    for data in ({"rows": "0", "reason": "x"}, {"rows": "three", "reason": "x"}, {"rows": "1", "reason": " "}):
        assert client.post(path, data=data).status_code == 422, data


def test_a_whole_batch_is_signed_with_one_password_and_a_signature_a_document(world: Any, client_as: Client) -> None:
    worked(world, world.document)
    client = client_as("approver")
    page = client.get(f"/batches/{world.batch}/checkpoint").text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert [c.split(":")[0] for c in chosen] == [world.document]
    worked(world, world.other_document)
    chosen = re.findall(r'name="chosen" value="([^"]+)"', client.get(f"/batches/{world.batch}/checkpoint").text)
    form = {"name": "approver.one", "password": PASSWORD, "meaning": "approval", "chosen": chosen}
    answer = client.post(f"/batches/{world.batch}/checkpoint/sign", data=form)
    assert answer.status_code == 303
    with world.house.store.read() as s:
        given = [
            x for d in documents.of_batch(s, world.batch) for c in checkpoints.of_document(s, d.id)
            for x in checkpoints.signatures(s, c.id)
        ]  # fmt: skip
        assert batches.get(s, world.batch).state is State.WAITING
    assert len(given) == 2
    assert len({x.digest for x in given}) == 2
    after = client.get(f"/batches/{world.batch}/checkpoint").text
    assert "docpipe resume" in after


def test_a_batch_form_with_a_foreign_document_signs_nothing(world: Any, client_as: Client) -> None:
    client = client_as("approver")
    form = {"name": "approver.one", "password": PASSWORD, "meaning": "approval", "chosen": ["D0000000000:" + "0" * 64]}
    assert client.post(f"/batches/{world.batch}/checkpoint/sign", data=form).status_code == 422
    assert client.post(f"/batches/{world.batch}/checkpoint/sign", data={**form, "chosen": []}).status_code == 422


def test_rows_of_a_whole_batch_are_approved_as_shown_and_the_rest_is_named(world: Any, client_as: Client) -> None:
    for document in (world.document, world.other_document):
        with world.house.store.read() as s:
            segments, current = units.segments(s, document), units.units(s, document)
        targets = {
            g.id: from_wire(translation.translate(g.wire, "en", "es"), g.source)
            for g in segments
            if current[g.id].needs_person
        }
        decide.edit(world.house, document, targets, person(world, "reviewer.one"), "translated")
    client = client_as("approver")
    path = f"/batches/{world.batch}/checkpoint/approve"
    assert "never displayed" in client.get(path).text
    for document in (world.document, world.other_document):
        with world.house.store.write() as s:
            ids = [g.id for g in units.segments(s, document)]
            efforts.mark(s, document, "reviewer.one", [efforts.Mark(g, shown=True) for g in ids], world.house.now())
    page = client.get(path).text
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    total = sum(int(one.split(":")[2]) for one in shown)
    assert total > 10
    assert client.post(path, data={"shown": shown, "typed": str(total + 1)}).status_code == 422
    assert client.post(path, data={"shown": ["D0:x:1"], "typed": "1"}).status_code == 422
    assert client.post(path, data={"shown": shown, "typed": str(total)}).status_code == 303
    with world.house.store.read() as s:
        approved = sum(units.by_status(s, d)["approved"] for d in (world.document, world.other_document))
    assert approved == total
    assert client_as("reviewer").get(path).status_code == 200
    assert client_as("auditor").get(path).status_code == 403


def test_row_numbers_are_read_as_people_write_them() -> None:
    assert numbers("3, 7-9", 20) == [3, 7, 8, 9]
    assert numbers("3 7 – 9;1", 20) == [1, 3, 7, 8, 9]
    for wrong in ("", "a", "0", "21", "9-7"):
        with pytest.raises(UsageError):
            numbers(wrong, 20)
