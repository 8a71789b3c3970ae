"""Bulk approval: only what was shown and is safe, left-out rows with their reasons, one undo; findings that are alike; effort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from whole import PASSWORD, report

from docpipe.accounts.roles import User
from docpipe.errors import NotApprovable, ReviewRefused, RoleMissing, StaleRow, UnknownName
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import plain_text, to_wire
from docpipe.model.routing import Gate, Route, routed
from docpipe.model.segment import OriginKind, SegmentId, Status
from docpipe.simulate import background
from docpipe.steps import bulk, decide, discuss, effort, measure, people, review, rows, sign
from docpipe.steps.effort import Mark
from docpipe.steps.review import Typed
from docpipe.steps.rows import Filter
from docpipe.store import batches, findings, units

REPORT = report(240, 6)
KEY = "sk-test-bulk"


class Bulk:
    """One document whose rows mei translated; jose reviews them."""

    def __init__(self, story: Any) -> None:
        self.story, self.house = story, story.house
        self.batch = story.submit({"a.docx": REPORT})
        story.run(self.batch)
        story.translate_rows(self.batch)
        self.document: str = story.document(self.batch).id
        self.mei: User = story.team["mei.lin"]
        self.jose: User = story.team["jose.ruiz"]

    @property
    def ids(self) -> list[SegmentId]:
        return [g.id for g, _ in self.story.rows(self.story.document(self.batch))]

    def show(self, ids: list[SegmentId] | None = None) -> None:
        marks = [Mark(i, 4000, 0, True) for i in (self.ids if ids is None else ids)]
        effort.report(self.house, self.document, self.jose, marks)

    def preview(self, wanted: Filter | None = None) -> bulk.Preview:
        return bulk.preview(self.house, self.document, wanted or Filter(), self.jose)

    def status(self) -> dict[str, Status]:
        with self.house.store.read() as s:
            return {i: u.status for i, u in units.units(s, self.document).items()}

    def add(self, segment: str, finding: Finding) -> None:
        with self.house.store.write() as s:
            findings.add(s, self.document, segment, [finding])

    def gate(self, gate: Gate) -> None:
        with self.house.store.write() as s:
            batch = batches.get(s, self.batch.id)
            batches.set_recipe(s, batch.id, replace(batch.recipe, gate=gate))


@pytest.fixture
def work(story: Any) -> Bulk:
    return Bulk(story)


def test_rows_never_displayed_are_left_out(work: Bulk) -> None:
    assert set(work.preview().reasons) <= {"never displayed", "open findings"}
    assert work.preview().rows == ()
    work.show(work.ids[:4])
    shown = work.preview()
    assert {name for name, _ in shown.rows} <= set(work.ids[:4])
    assert shown.rows
    with pytest.raises(ReviewRefused):
        bulk.approve(work.house, work.document, work.preview(Filter(q="zzzz")).digest, 0, work.jose)


def test_each_row_left_out_has_its_reason(work: Bulk) -> None:
    work.show()
    safe = [name for name, _ in work.preview().rows]
    work.add(safe[0], Finding("Z1.minor", Severity.MINOR, "small"))
    discuss.comment(work.house, work.document, safe[1], work.mei, "really?", question=True)
    now = {g.id: u for g, u in work.story.rows(work.story.document(work.batch))}
    review.approve(work.house, work.document, safe[2], now[safe[2]].revision, work.jose)
    review.reject(work.house, work.document, safe[3], now[safe[3]].revision, work.jose, "wrong")
    with work.house.store.write() as s:
        from docpipe.store import drafts

        drafts.put(s, drafts.Draft("jose.ruiz", work.document, safe[4], 2, "half a sen", work.house.now()))
    reasons = {x.segment: x.reason for x in work.preview().excluded}
    assert [reasons[name] for name in safe[:5]] == [
        "open findings", "open question", "already approved", "needs a person", "unsaved text",
    ]  # fmt: skip
    own = bulk.preview(work.house, work.document, Filter(), work.mei)
    assert own.reasons.get("own edit", 0) >= len(safe) - 5
    assert {name for name, _ in own.rows}.isdisjoint(safe)


def test_a_bulk_that_races_an_edit_approves_only_what_was_seen(work: Bulk) -> None:
    work.show()
    shown = work.preview()
    quick, asked, doubtful = (name for name, _ in shown.rows[:3])
    revision = dict(shown.rows)[quick]
    text = "Mei fue más rápida."
    review.save(work.house, work.document, quick, Typed(text, revision), work.mei)
    discuss.comment(work.house, work.document, asked, work.mei, "really?", question=True)
    work.add(doubtful, Finding("Z1.minor", Severity.MINOR, "small"))
    with pytest.raises(ReviewRefused):
        bulk.approve(work.house, work.document, shown.digest, len(shown.rows) - 1, work.jose)
    done = bulk.approve(work.house, work.document, shown.digest, len(shown.rows), work.jose)
    assert {name: type(e) for name, e in done.left.items()} == {
        quick: StaleRow, asked: NotApprovable, doubtful: NotApprovable,
    }  # fmt: skip
    status = work.status()
    assert all(status[name] is Status.APPROVED for name, _ in shown.rows[3:])
    assert [status[name] for name in (quick, asked, doubtful)] == [Status.EDITED] * 3
    with work.house.store.read() as s:
        assert to_wire(units.get(s, work.document, quick)[1].target) == text
    assert len(work.story.events(work.batch, "row.approved")) == len(shown.rows) - 3


def test_one_undo_takes_a_bulk_back_once_and_only_ones_own(work: Bulk) -> None:
    work.show()
    shown = work.preview()
    done = bulk.approve(work.house, work.document, shown.digest, len(shown.rows), work.jose)
    later = done.approved[0]
    with work.house.store.read() as s:
        unit = units.get(s, work.document, later)[1]
    review.save(work.house, work.document, later, Typed("Otra.", unit.revision), work.mei)
    with pytest.raises(RoleMissing):
        bulk.undo(work.house, done.undo, work.story.team["admin"])
    with pytest.raises(ReviewRefused):
        bulk.undo(work.house, done.undo, work.mei)
    assert bulk.undo(work.house, done.undo, work.jose) == (work.document, len(done.approved) - 1)
    assert Status.APPROVED not in {work.status()[name] for name in done.approved}
    with pytest.raises(ReviewRefused):
        bulk.undo(work.house, done.undo, work.jose)
    for token in ("", "x", f"{work.batch.id}.1.2", f"{work.batch.id}.1.999999999"):
        with pytest.raises(UnknownName):
            bulk.undo(work.house, token, work.jose)


def test_a_preview_is_for_one_person_and_document(work: Bulk) -> None:
    work.show()
    shown = work.preview()
    with pytest.raises(ReviewRefused):
        bulk.approve(work.house, work.document, shown.digest, len(shown.rows), work.mei)
    for digest in ("0" * 64, "..", work.story.document(work.batch).sha256):
        with pytest.raises(ReviewRefused):
            bulk.approve(work.house, work.document, digest, 3, work.jose)


def test_rows_that_the_gate_lets_pass_may_be_approved_unseen_but_for_the_sample(work: Bulk) -> None:
    kinds = {u.origin.kind.value for _, u in work.story.rows(work.story.document(work.batch)) if not u.editor}
    work.gate(Gate(skip=tuple(kinds), sample=30.0))
    passed = work.preview()
    gate = Gate(skip=tuple(kinds), sample=30.0)
    routes = {
        g.id: routed(gate, work.document, u, any(x.segment == g.id for x in _open(work)))
        for g, u in work.story.rows(work.story.document(work.batch))
    }
    assert {name for name, _ in passed.rows} == {name for name, route in routes.items() if route is Route.NO_EYES}
    left = {x.segment for x in passed.excluded if x.reason == "never displayed"}
    assert left >= {name for name, route in routes.items() if route is Route.SAMPLED}


def _open(work: Bulk) -> list[findings.StoredFinding]:
    with work.house.store.read() as s:
        return [f for f in findings.listing(s, work.document) if f.disposition.value == "open"]


def test_the_gate_can_demand_that_every_row_was_displayed_before_signing(work: Bulk) -> None:
    work.gate(Gate(skip=(), displayed=True))
    decide.approve(work.house, work.document, None, work.jose)
    assert sign.blockers(work.house, work.document) == {"rows not displayed": len(work.ids)}
    with pytest.raises(NotApprovable):
        sign.sign(work.house, work.document, "jose.ruiz", PASSWORD, "approval")
    work.show()
    sign.sign(work.house, work.document, "jose.ruiz", PASSWORD, "approval")


def test_who_only_reads_displays_nothing(work: Bulk) -> None:
    otto = people.add_user(work.house, "otto", "Otto", ["auditor"], PASSWORD, by=work.story.team["admin"])
    assert effort.report(work.house, work.document, otto, [Mark(work.ids[0], 10, 0, True)]) == 0
    row = rows.document_page(work.house, work.document, Filter(), otto, per=1)["rows"][0]
    assert not row["displayed"]


def test_many_findings_alike_are_dismissed_with_one_reason_and_an_event_each(work: Bulk) -> None:
    for n, name in enumerate(work.ids[:4]):
        work.add(name, Finding("Z9.alike", Severity.CRITICAL, f"“{n}” should be “{n * 7}.5” in <{n}>.", (0, n)))
    work.add(work.ids[5], Finding("Z9.alike", Severity.CRITICAL, "Something else."))
    one = next(f for f in _open(work) if f.check == "Z9.alike")
    found = bulk.alike(work.house, work.document, one.id)
    assert [f.segment for f in found] == work.ids[:4]
    with pytest.raises(ReviewRefused):
        decide.dismiss_all(work.house, work.document, [f.id for f in found], work.jose, "")
    assert decide.dismiss_all(work.house, work.document, [f.id for f in found], work.jose, "agreed form") == 4
    assert decide.dismiss_all(work.house, work.document, [f.id for f in found], work.jose, "agreed form") == 0
    events = work.story.events(work.batch, "finding.dismissed")
    assert [(e.subject, e.reason) for e in events] == [(f"{work.document}/{n}", "agreed form") for n in work.ids[:4]]


def test_a_dismissal_can_be_undone_and_a_dismissed_finding_opened_again(work: Bulk) -> None:
    for n, name in enumerate(work.ids[:3]):
        work.add(name, Finding("Z9.alike", Severity.CRITICAL, f"“{n}” is wrong.", (0, n)))
    ids = [f.id for f in _open(work) if f.check == "Z9.alike"]
    token = bulk.token_of(decide.dismissed(work.house, work.document, ids, work.jose, "agreed form"))
    assert not {f.id for f in _open(work)} & set(ids)
    with pytest.raises(ReviewRefused):
        bulk.undo(work.house, token, work.mei)
    assert bulk.undo(work.house, token, work.jose) == (work.document, 3)
    assert {f.id for f in _open(work)} >= set(ids)
    with pytest.raises(ReviewRefused):
        bulk.undo(work.house, token, work.jose)
    assert len(work.story.events(work.batch, "finding.reopened")) == 3
    decide.dismiss_all(work.house, work.document, ids[:1], work.jose, "agreed after all")
    with pytest.raises(ReviewRefused):
        decide.reopen(work.house, work.document, ids[:1], work.mei, " ")
    assert decide.reopen(work.house, work.document, ids[:1], work.mei, "it is a fault") == 1
    assert decide.reopen(work.house, work.document, ids[:1], work.mei, "it is a fault") == 0
    decide.dismiss_all(work.house, work.document, ids[:1], work.jose, "the last word")
    with work.house.store.read() as s:
        assert findings.get(s, ids[0]).reason == "the last word"


@pytest.mark.parametrize(
    ("message", "same"),
    [
        ("“5” became “6”.", "“7” became “80”."),
        ("The tag <3> is missing.", "The tag <12> is missing."),
        ("10.5 mg", "9 mg"),
    ],
)
def test_messages_that_quote_other_words_are_alike(message: str, same: str) -> None:
    assert bulk.pattern(message) == bulk.pattern(same)
    assert bulk.pattern(message) != bulk.pattern(message + " And more.")


def test_effort_becomes_measures_with_units(work: Bulk) -> None:
    house, document = work.house, work.document
    assert effort.review_pace(house) is None
    assert measure.measure(house, work.batch.id)["review"]["active_seconds"] == 0
    name = work.ids[0]
    effort.report(house, document, work.mei, [Mark(name, 30_000, 40, True), Mark(work.ids[1], 10_000, 0, True)])
    effort.report(house, document, work.jose, [Mark(i, 20_000, 1, True) for i in work.ids])
    effort.report(house, document, work.jose, [Mark(name, 10**9, -5, False)])
    figures = measure.measure(house, work.batch.id)
    block = figures["review"]
    assert block["rows_seen"] == 2 + len(work.ids)
    assert block["people"]["mei.lin"]["active_seconds"] == 40.0
    assert figures["people_seconds"] == block["active_seconds"] == 40.0 + 20.0 * len(work.ids) + effort.MOST_MS / 1000
    assert set(block["units"]) >= {"words_per_hour", "edit_distance", "unchanged"}
    pace = effort.review_pace(house)
    assert pace is None or pace > 0
    progress = rows.progress(house, work.jose, document_id=document)
    assert progress["seconds_left"] is not None


def test_edit_distance_is_from_the_machines_first_text(asked: Callable[..., Any]) -> None:
    with background(key=KEY) as provider:
        story = asked(provider.base_url, api_key=KEY)
        batch = story.submit({"a.docx": REPORT})
        story.run(batch)
    document = story.document(batch).id
    found = [
        (g, u) for g, u in story.rows(story.document(batch)) if u.origin.kind is OriginKind.MODEL and not u.needs_person
    ]
    segment, unit = next((g, u) for g, u in found if len(to_wire(u.target).split()) > 3)
    words = len(plain_text(unit.target).split())
    mei = story.team["mei.lin"]
    review.save(story.house, document, segment.id, Typed(to_wire(unit.target) + " más", unit.revision), mei)
    with story.house.store.read() as s:
        first = units.first_machine_texts(s, document)[segment.id]
        now = units.decided_texts(s, document)
    assert first == plain_text(unit.target)
    assert set(now) == {segment.id}
    block = effort.review_block(story.house, document_id=document)
    assert block["unchanged"] == 0
    assert 0 < block["edit_distance"] <= 1 / words
