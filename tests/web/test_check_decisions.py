"""What people decide on a report's check: confirmed or dismissed, two readers at once, the queue, the corrected report, the command."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator

import pytest
from checks_story import RIGHT, WRONG, checked, report, state, value
from drafting_story import sources
from fastapi import FastAPI
from web_builders import NAMES, OTHERS, ClockHouse, application, opened, signed_in

from docpipe.accounts.roles import Role
from docpipe.errors import FourEyes
from docpipe.model.batch import State
from docpipe.model.finding import Disposition
from docpipe.steps import check_review
from docpipe.store import audit, users

SECOND = WRONG.replace("19", "21")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockHouse]:
    made = opened(tmp_path_factory.mktemp("decisions"), office="off")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def app(house: ClockHouse) -> FastAPI:
    return application(house)


def test_a_check_stands_in_the_queue_until_it_is_closed(house: ClockHouse, app: FastAPI) -> None:
    batch = checked(house, WRONG)
    link = f"/batches/{batch.id}/check"
    client = signed_in(app, NAMES[Role.REVIEWER])
    page = html.unescape(client.get("/queue?order=risk").text)
    assert f'href="{link}?severity=critical&state=open"' in page
    assert f'href="{link}?state=open">Settle' in page
    shown = client.get(link).text
    done = client.post(f"{link}/findings", data={"chosen": value(shown, "chosen"), "do": "confirm"})
    assert done.status_code == 303
    page = html.unescape(client.get("/queue").text)
    assert f'href="{link}#decide">To the closing' in page
    shown = client.get(link).text
    assert "1 confirmed, 0 dismissed, 0 open" in shown
    closed = signed_in(app, NAMES[Role.APPROVER]).post(f"{link}/close", data={"digest": value(shown, "digest")})
    assert closed.status_code == 303, "what is confirmed does not stand in the way, and one's own confirmation neither"
    assert state(house, batch) is State.RELEASED
    assert link not in client.get("/queue").text
    with house.store.read() as s:
        assert "report_finding.confirmed" in [e.action for e in audit.events(s, batch.id)]


def test_who_decides_on_what_another_has_settled_meanwhile_is_told(house: ClockHouse, app: FastAPI) -> None:
    batch = checked(house, WRONG, SECOND)
    link = f"/batches/{batch.id}/check"
    one, two = signed_in(app, NAMES[Role.REVIEWER]), signed_in(app, OTHERS[Role.REVIEWER])
    chosen = value(one.get(f"{link}?state=open").text, "chosen")
    sent = {"chosen": chosen, "reason": "rounded in the table", "do": "dismiss", "state": "open", "then": "Rabc"}
    done = one.post(f"{link}/findings", data=sent)
    assert done.headers["location"] == f"{link}?state=open#Rabc", "back to the same list"
    late = two.post(f"{link}/findings", data={"chosen": chosen, "do": "confirm", "reason": "my reason"})
    assert late.status_code == 409
    assert f"{NAMES[Role.REVIEWER]} has decided" in late.text
    assert "my reason" in late.text, "what was typed is kept"
    api = two.post(
        f"/api/v1/batches/{batch.id}/check/dispositions",
        json={"findings": [chosen[:12]], "disposition": "confirmed", "seen": {chosen[:12]: "open"}},
    )
    assert api.status_code == 409
    told = two.get(f"/api/v1/batches/{batch.id}/check").json()
    assert told["dispositions"] == {"open": 1, "confirmed": 0, "dismissed": 1}
    only = html.unescape(two.get(f"{link}?check=N4").text)
    assert only.count('class="report-finding') == sum(
        f["family"] == "N4" or f["check"] == "N4" for f in told["findings"]
    )
    assert two.get(f"{link}?check={told['findings'][0]['check']}").text.count('class="report-finding') >= 1


def test_the_corrected_report_shows_what_is_gone_and_keeps_what_was_dismissed(house: ClockHouse, app: FastAPI) -> None:
    first = checked(house, WRONG, "A remark.", SECOND)
    client = signed_in(app, NAMES[Role.REVIEWER])
    with house.store.read() as s:
        reviewer = users.get(s, NAMES[Role.REVIEWER])
    several = check_review.look(house, first.id).findings
    assert len(several) >= 2
    wrong = next(f for f in several if f.shown["text"] == "19")
    rest = [f.shown["id"] for f in several if f is not wrong]
    check_review.dispose(house, first.id, [wrong.stored.id], reviewer, Disposition.CONFIRMED)
    check_review.dispose(house, first.id, rest, reviewer, Disposition.DISMISSED, "as the table rounds")
    again = checked(house, "One more paragraph in front.", RIGHT, SECOND, earlier=first.id)
    seen = check_review.look(house, again.id)
    assert seen.earlier is not None
    assert [f["text"] for f in seen.earlier["gone"]] == ["19"]
    assert {f.stored.disposition for f in seen.findings} == {Disposition.DISMISSED}
    assert {f.stored.user for f in seen.findings} == {reviewer.name}
    page = html.unescape(client.get(f"/batches/{again.id}/check").text)
    assert "1 finding gone" in page
    with house.store.read() as s:
        carried = [e for e in audit.events(s, again.id) if e.action == "report_finding.carried"]
    assert len(carried) == len(rest)
    assert all(first.id in e.old and "as the table rounds" in e.reason for e in carried)
    still = check_review.look(house, checked(house, WRONG, earlier=first.id).id)
    assert [
        (f.stored.disposition, f.before["user"] if f.before else "") for f in still.findings if f.shown["text"] == "19"
    ] == [(Disposition.OPEN, reviewer.name)]
    assert "still there" in client.get(f"/batches/{still.batch.id}/check").text


def test_the_form_for_the_corrected_report_needs_the_report_alone(house: ClockHouse, app: FastAPI) -> None:
    first = checked(house, WRONG)
    client = signed_in(app, NAMES[Role.AUTHOR])
    form = client.get(f"/submit/check?earlier={first.id}").text
    assert f'name="earlier" value="{first.id}"' in form
    made = client.post(
        "/submit/check", data={"type": "csr", "earlier": first.id}, files=[("report", ("r2.docx", report(RIGHT)))]
    )
    assert made.status_code == 303
    without = client.post("/submit/check", data={"type": "csr"}, files=[("report", ("r2.docx", report(RIGHT)))])
    assert "Nothing was taken in" in without.text
    unknown = client.post(
        "/submit/check", data={"type": "csr", "earlier": "B0-X"}, files=[("report", ("r2.docx", report(RIGHT)))]
    )
    assert "Nothing was taken in" in unknown.text


def test_a_report_of_other_data_is_no_report_without_a_mistake(house: ClockHouse, app: FastAPI) -> None:
    batch = checked(house, "The party is at 5 pm on Friday; 31 people come, 17.4% of them late.")
    page = signed_in(app, NAMES[Role.REVIEWER]).get(f"/batches/{batch.id}/check").text
    assert "Beware." in page
    assert "are these the data of this report?" in page
    assert "contradicts its data" not in page


def test_findings_are_told_line_by_line_as_the_contract_has_them(house: ClockHouse) -> None:
    batch = checked(house, WRONG)
    line = json.loads(check_review.files(house, batch.id, "json")[1])
    assert list(line)[:7] == ["check", "severity", "message", "location", "text", "expected", "evidence"]
    assert line["disposition"] == "open"
    assert io.BytesIO(check_review.files(house, batch.id, "html")[1]).read(15).lower().startswith(b"<!doctype html")


def test_drafts_at_their_early_checkpoints_stand_in_the_queue_too(house: ClockHouse, app: FastAPI) -> None:
    from drafting_story import Drafting

    (house.settings.home / "gated").mkdir()
    story = Drafting(house, house.settings.home / "gated", {})
    batch = story.submit(sources())
    assert story.run(batch) is State.WAITING
    page = signed_in(app, NAMES[Role.REVIEWER]).get("/queue").text
    assert f'<a class="button" href="/batches/{batch.id}/sources">' in page
    assert "sources, tables, plan" in page


def test_the_console_settles_and_closes_what_the_page_does(house: ClockHouse) -> None:
    from docpipe.cli import settling_checks

    batch = checked(house, WRONG, SECOND)
    with house.store.read() as s:
        reviewer, approver = users.get(s, NAMES[Role.REVIEWER]), users.get(s, NAMES[Role.APPROVER])
    (told,) = settling_checks.waiting(house, batch.id, by_risk=True)
    several = check_review.look(house, batch.id).findings
    assert told["open"] == {"critical findings": len(several)}
    assert settling_checks.is_check(house, batch.id)
    as_in_json = several[0].shown["id"]
    assert settling_checks.disposed(house, batch.id, [as_in_json], "", reviewer, "rounded", "dismissed") == 1
    assert settling_checks.disposed(house, batch.id, [], "N", reviewer, "", "confirmed") == len(several) - 1
    with pytest.raises(FourEyes):
        settling_checks.closed(house, batch.id, reviewer, "")
    settling_checks.closed(house, batch.id, approver, "settled")
    assert state(house, batch) is State.RELEASED
    assert settling_checks.waiting(house, batch.id, by_risk=False) == []
