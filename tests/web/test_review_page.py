"""The review pages without a script: rows, filters, stable links, every action as a plain form, bulk approval, queue, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from docpipe.accounts.roles import User
from docpipe.model.inline import from_wire, to_wire
from docpipe.model.segment import Status
from docpipe.simulate import translation
from docpipe.steps import decide
from docpipe.store import audit, units, users
from docpipe.web.grid_keys import KEYS
from docpipe.web.row_text import braced, marked, pieces, unbraced

Client = Callable[..., TestClient]


def person(world: Any, name: str) -> User:
    with world.house.store.read() as s:
        return users.get(s, name)


def translated(world: Any, name: str = "reviewer.one", *, leave: int = 0) -> None:
    """Every row but the first few translated by a person."""
    with world.house.store.read() as s:
        rows = units.segments(s, world.document)[leave:]
    targets = {g.id: from_wire(translation.translate(g.wire, "en", "es"), g.source) for g in rows}
    assert not decide.edit(world.house, world.document, targets, person(world, name), "by hand").refused


def unit(world: Any, segment: str) -> Any:
    with world.house.store.read() as s:
        return units.get(s, world.document, segment)[1]


def segments_on(text: str) -> list[str]:
    return re.findall(r'data-segment="([0-9a-f]+)"', text)


def edit_path(world: Any, segment: str) -> str:
    return f"/documents/{world.document}/rows/{segment}/edit"


def test_the_grid_is_a_table_with_headings_languages_and_no_inline_code(world: Any, client_as: Client) -> None:
    text = client_as("reviewer").get(f"/documents/{world.document}").text
    assert segments_on(text) == list(world.segments[:100])
    for heading in ("No.", "Source (en)", "Target (es)", "Status", "Findings"):
        assert heading in text
    assert 'lang="en"' in text
    assert 'lang="es"' in text
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script>", text)
    assert 'scope="row"' in text


def test_filters_are_in_the_address_and_combine(world: Any, client_as: Client) -> None:
    translated(world, leave=3)
    client = client_as("reviewer")
    base = f"/documents/{world.document}"
    assert segments_on(client.get(f"{base}?status=translated").text) == list(world.segments[:3])
    both = segments_on(client.get(f"{base}?status=translated&status=edited").text)
    assert both == list(world.segments[:100])
    nothing = client.get(f"{base}?status=translated&origin=human").text
    assert "No row matches" in nothing
    shown = client.get(f"{base}?status=translated&q=report").text
    assert 'value="report"' in shown
    assert "Clear all" in shown


def test_the_person_chooses_how_many_rows_a_page_has(world: Any, client_as: Client) -> None:
    client = client_as("reviewer")
    first = client.get(f"/documents/{world.document}?per=25").text
    assert len(segments_on(first)) == min(25, len(world.segments))
    assert segments_on(client.get(f"/documents/{world.document}?per=all").text) == list(world.segments)


def test_a_stable_link_leads_to_the_row_after_the_filters_result_changed(world: Any, client_as: Client) -> None:
    client = client_as("reviewer")
    segment = world.segments[4]
    link = f"/documents/{world.document}/rows/{segment}?status=translated"
    assert client.get(link).headers["location"] == f"/documents/{world.document}?status=translated#row-{segment}"
    translated(world)
    assert client.get(link).headers["location"] == f"/documents/{world.document}#row-{segment}"
    assert client.get(f"/documents/{world.document}/rows/nothing").status_code == 404
    assert client.get(f"/documents/{world.document}/number/5").headers["location"].endswith(f"/rows/{segment}")


def test_rows_of_a_whole_batch_name_their_documents(world: Any, client_as: Client) -> None:
    text = client_as("reviewer").get(f"/batches/{world.batch}/rows?per=all").text
    assert "m1/report.docx" in text
    assert "m5/annex.docx" in text
    assert len(segments_on(text)) > len(world.segments)


def test_a_row_is_saved_approved_and_sent_back_by_forms_alone(world: Any, client_as: Client) -> None:
    segment = world.segments[0]
    path = edit_path(world, segment)
    one, two = client_as("reviewer"), client_as("reviewer.two")
    assert "textarea" in one.get(path).text
    revision = unit(world, segment).revision
    answer = one.post(path, data={"do": "save", "revision": revision, "target": "Informe\r\n7"})
    assert answer.headers["location"] == path
    assert to_wire(unit(world, segment).target) == "Informe 7"
    refused = one.post(path, data={"do": "approve", "revision": revision + 1, "target": "Informe 7"})
    assert refused.status_code == 422
    assert "cannot approve" in refused.text
    done = two.post(path, data={"do": "approve", "revision": revision + 1, "target": "Informe 7"})
    assert done.headers["location"] == edit_path(world, world.segments[1])
    assert unit(world, segment).status is Status.APPROVED
    two.post(path, data={"do": "unapprove", "revision": revision + 2})
    assert unit(world, segment).status is not Status.APPROVED
    assert two.post(path, data={"do": "reject", "revision": revision + 3, "reason": " "}).status_code == 422
    two.post(path, data={"do": "reject", "revision": revision + 3, "reason": "wrong term"})
    assert unit(world, segment).needs_person == "wrong term"
    two.post(path, data={"do": "undo", "revision": revision + 4})
    assert unit(world, segment).needs_person == ""


def test_codes_in_a_plain_field_are_braces_and_foreign_ones_come_back_with_the_text(
    world: Any, client_as: Client
) -> None:
    with world.house.store.read() as s:
        row = next(g for g in units.segments(s, world.document) if "<1>" in g.wire or "<1/>" in g.wire)
    path = edit_path(world, row.id)
    one = client_as("reviewer")
    assert "{1" in one.get(path).text
    refused = one.post(path, data={"do": "save", "revision": unit(world, row.id).revision, "target": "Texto {77/}"})
    assert refused.status_code == 422
    assert "Texto {77/}" in refused.text
    one.post(path, data={"do": "save", "revision": unit(world, row.id).revision, "target": braced(row.wire)})
    assert to_wire(unit(world, row.id).target) == row.wire


def test_who_comes_second_sees_both_texts_and_keeps_the_own(world: Any, client_as: Client) -> None:
    segment = world.segments[0]
    path = edit_path(world, segment)
    seen = unit(world, segment).revision
    client_as("reviewer.two").post(path, data={"do": "save", "revision": seen, "target": "Texto suyo"})
    one = client_as("reviewer")
    late = one.post(path, data={"do": "save", "revision": seen, "target": "Texto mío"})
    assert late.status_code == 409
    assert "<del>suyo</del>" in late.text
    assert "<ins>mío</ins>" in late.text
    now = re.search(r'name="revision" value="(\d+)"', late.text)
    assert now
    one.post(path, data={"do": "save", "revision": now.group(1), "target": "Texto mío"})
    assert to_wire(unit(world, segment).target) == "Texto mío"


def test_comments_questions_history_and_restore_by_forms(world: Any, client_as: Client) -> None:
    segment = world.segments[0]
    path = edit_path(world, segment)
    one = client_as("reviewer")
    first = unit(world, segment)
    one.post(path, data={"do": "save", "revision": first.revision, "target": "Uno"})
    one.post(path, data={"do": "comment", "reason": "Which report?", "question": "1"})
    text = one.get(path).text
    assert "open question" in text
    about = re.search(r'name="about" value="([0-9a-f]+)"><button type="submit" name="do" value="resolve"', text)
    assert about
    one.post(path, data={"do": "resolve", "about": about.group(1)})
    assert "question, answered" in one.get(path).text
    one.post(path, data={"do": "restore", "revision": first.revision + 1, "about": first.revision})
    assert unit(world, segment).target == first.target
    assert unit(world, segment).revision == first.revision + 2


def test_many_findings_alike_are_dismissed_with_one_reason_and_one_event_each(world: Any, client_as: Client) -> None:
    translated(world)
    with world.house.store.read() as s:
        rows = units.segments(s, world.document)
    numbered = [g for g in rows if re.search(r"\d+ mg", to_wire(g.source))]
    if len(numbered) < 2:
        return
    broken = {g.id: from_wire(re.sub(r"\d+ mg", "mg", to_wire(g.source)), g.source) for g in numbered}
    decide.edit(world.house, world.document, broken, person(world, "reviewer.one"), "")
    client = client_as("reviewer.two")
    path = edit_path(world, numbered[0].id)
    about = re.search(r'name="about" value="([^"]+)"><label for="why-', client.get(path).text)
    assert about
    answer = client.post(
        path, data={"do": "dismiss-alike", "about": about.group(1), "reason": "doses stand in the table"}
    )
    assert answer.status_code == 303
    with world.house.store.read() as s:
        events = [e for e in audit.events(s, world.batch) if e.action == "finding.dismissed"]
    assert events
    assert {e.reason for e in events} == {"doses stand in the table"}


def test_bulk_approval_counts_names_what_is_left_out_and_can_be_undone(world: Any, client_as: Client) -> None:
    translated(world, leave=2)
    client = client_as("reviewer.two")
    path = f"/documents/{world.document}/bulk"
    text = client.get(path).text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    if not digest:  # rows that nobody had on the screen are left out: look at each
        for segment in world.segments:
            client.get(edit_path(world, segment))
        text = client.get(path).text
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert digest
    count = re.search(r"Type (\d+) to confirm", text)
    assert count
    assert "Left out" in text
    wrong = client.post(path, data={"digest": digest.group(1), "typed": "1"})
    assert wrong.status_code == 422
    done = client.post(path, data={"digest": digest.group(1), "typed": count.group(1)})
    assert done.status_code == 303
    approved = sum(unit(world, s).status is Status.APPROVED for s in world.segments)
    assert approved == int(count.group(1))
    token = re.search(r'name="token" value="([^"]+)"', client.get(done.headers["location"]).text)
    assert token
    client.post(f"{path}/undo", data={"token": token.group(1)})
    assert not any(unit(world, s).status is Status.APPROVED for s in world.segments)


def test_who_only_reads_sees_no_forms_and_cannot_post(world: Any, client_as: Client) -> None:
    auditor = client_as("auditor")
    path = edit_path(world, world.segments[0])
    assert "textarea" not in auditor.get(path).text
    assert auditor.post(path, data={"do": "save", "revision": 1, "target": "x"}).status_code == 403
    assert auditor.get(f"/documents/{world.document}/bulk").status_code == 403


def test_the_queue_shows_what_waits_and_leads_to_the_rows(world: Any, client_as: Client) -> None:
    text = client_as("reviewer").get("/queue").text
    assert f"/documents/{world.document}?eyes=1" in text
    assert "m5/annex.docx" in text
    for order in ("oldest", "risk", "smallest", "nonsense"):
        assert client_as("reviewer").get(f"/queue?order={order}").status_code == 200


def test_people_at_the_same_document_see_each_other(world: Any, client_as: Client) -> None:
    path = f"/documents/{world.document}/present"
    place = {"segment": world.segments[0], "editing": True}
    assert client_as("reviewer").post(path, json=place).json()["others"] == []
    (other,) = client_as("reviewer.two").post(path, json={}).json()["others"]
    assert other == {
        "user": "reviewer.one",
        "printed_name": "Reviewer One",
        "segment": world.segments[0],
        "editing": True,
    }


def test_no_chord_has_two_meanings_and_all_but_one_have_a_modifier(client_as: Client) -> None:
    chords = [key.keys for key in KEYS]
    assert len(chords) == len(set(chords))
    assert [c for c in chords if "+" not in c] == ["Escape", "?"]
    text = client_as("reviewer").get("/review/keys").text
    assert all(str(escape(key.does)) in text for key in KEYS)


def test_numbers_units_and_negations_are_marked() -> None:
    shown = str(marked("Do not give ≥ 5.25 mg/kg (20–30 %) to nobleman, no. 3 <b>", "en"))
    assert '<span class="neg">not</span>' in shown
    assert '<span class="num">≥ 5.25 mg/kg</span>' in shown
    assert '<span class="num">20–30 %</span>' in shown
    assert "nobleman" in shown
    assert "&lt;b&gt;" in shown
    assert '<span class="neg">不</span>' in str(marked("不应超过5毫克", "zh-CN"))
    assert '<span class="num">5毫克</span>' in str(marked("不应超过5毫克", "zh-CN"))


@given(st.text(alphabet="a<>{}/\\12 né中", max_size=40))
def test_wire_text_survives_a_plain_field(text: str) -> None:
    same = "".join(v if what == "code" else re.sub(r"<(\\*/?\d{1,6}/?)>", r"<\\\1>", v) for what, v in pieces(text))
    assert unbraced(braced(text)) == same
