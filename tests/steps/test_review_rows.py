"""Review of single rows: nothing typed is lost, nobody approves what they did not see, and every step can be gone back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whole import PASSWORD, report

from docpipe.accounts.roles import User
from docpipe.errors import (
    BrokenRow,
    FourEyes,
    IllegalMove,
    NotApprovable,
    NotReady,
    ReviewRefused,
    RoleMissing,
    StaleRow,
    UnknownName,
)
from docpipe.model.batch import CheckpointState, State
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.inline import codes_of, to_wire
from docpipe.model.segment import OriginKind, Segment, Status, Unit
from docpipe.steps import decide, discuss, people, review, rows, sign
from docpipe.steps.review import Typed
from docpipe.steps.rows import Filter
from docpipe.store import audit, checkpoints, findings, units

REPORT = report(260, 5)


class Desk:
    """One document that waits, its people, and short words for what they do."""

    def __init__(self, story: Any) -> None:
        self.story, self.house = story, story.house
        self.batch = story.submit({"a.docx": REPORT})
        story.run(self.batch)
        story.translate_rows(self.batch)
        self.document: str = story.document(self.batch).id
        self.mei: User = story.team["mei.lin"]
        self.jose: User = story.team["jose.ruiz"]
        self.ana: User = people.add_user(
            self.house, "ana.sol", "Ana Sol", ["reviewer"], PASSWORD, by=story.team["admin"]
        )

    def row(self, segment: str) -> Unit:
        with self.house.store.read() as s:
            return units.get(s, self.document, segment)[1]

    def rows(self) -> list[tuple[Segment, Unit]]:
        with self.house.store.read() as s:
            current = units.units(s, self.document)
            return [(g, current[g.id]) for g in units.segments(s, self.document)]

    def plain(self) -> tuple[Segment, Unit]:
        """A row without codes that mei edited and that no critical finding holds."""
        return next((g, u) for g, u in self.rows() if u.editor and not codes_of(g.source) and not self.said(g.id))

    def coded(self) -> tuple[Segment, Unit]:
        """The same with codes."""
        return next((g, u) for g, u in self.rows() if u.editor and codes_of(g.source) and not self.said(g.id))

    def said(self, segment: str) -> list[findings.StoredFinding]:
        with self.house.store.read() as s:
            return [f for f in findings.listing(s, self.document, segment=segment) if f.disposition is Disposition.OPEN]

    def save(self, segment: str, text: str, revision: int, user: User | None = None) -> bool:
        return review.save(self.house, self.document, segment, Typed(text, revision, 1200, 9), user or self.mei)

    def history(self, segment: str) -> list[units.Revision]:
        with self.house.store.read() as s:
            return units.history(s, self.document, segment)

    def events(self, *actions: str) -> list[Any]:
        return self.story.events(self.batch, *actions)  # type: ignore[no-any-return]


@pytest.fixture
def desk(story: Any) -> Desk:
    return Desk(story)


def test_a_stale_edit_is_refused_and_both_texts_are_kept(desk: Desk) -> None:
    segment, unit = desk.plain()
    assert desk.save(segment.id, "Texto de Ana.", unit.revision, desk.ana)
    with pytest.raises(StaleRow) as refused:
        desk.save(segment.id, "Texto de Mei.", unit.revision, desk.mei)
    assert refused.value.details["stored"] == unit.revision + 1
    assert to_wire(desk.row(segment.id).target) == "Texto de Ana."
    kept = review.drafts_of(desk.house, desk.mei)
    assert [(d.segment, d.target, d.revision) for d in kept] == [(segment.id, "Texto de Mei.", unit.revision)]
    assert desk.save(segment.id, "Texto de Mei.", unit.revision + 1, desk.mei)
    assert review.drafts_of(desk.house, desk.mei) == []


def test_ones_own_quick_second_edit_is_no_conflict(desk: Desk) -> None:
    segment, unit = desk.plain()
    assert desk.save(segment.id, "Uno.", unit.revision)
    assert desk.save(segment.id, "Uno dos.", unit.revision)
    assert desk.save(segment.id, "Uno dos tres.", unit.revision + 1)
    now = desk.row(segment.id)
    assert (to_wire(now.target), now.revision) == ("Uno dos tres.", unit.revision + 3)
    assert desk.save(segment.id, "De Ana.", now.revision, desk.ana)
    with pytest.raises(StaleRow):
        desk.save(segment.id, "Uno dos tres cuatro.", now.revision)
    with pytest.raises(StaleRow):
        desk.save(segment.id, "Del futuro.", now.revision + 7)


def test_the_same_text_again_makes_no_revision(desk: Desk) -> None:
    segment, unit = desk.plain()
    assert not desk.save(segment.id, to_wire(unit.target), unit.revision)
    assert desk.row(segment.id) == unit


def test_an_edit_takes_approval_away_and_the_trail_says_why(desk: Desk) -> None:
    segment, unit = desk.plain()
    review.approve(desk.house, desk.document, segment.id, unit.revision, desk.jose)
    assert desk.row(segment.id).approver == "jose.ruiz"
    desk.save(segment.id, "Otra vez.", unit.revision + 1)
    assert desk.row(segment.id).status is Status.EDITED
    (voided,) = desk.events("row.approval_voided")
    assert voided.actor == "docpipe"
    assert voided.reason == f"approval of jose.ruiz void because the text changed in revision {unit.revision + 2}"


def test_who_saw_an_older_text_approves_nothing(desk: Desk) -> None:
    segment, unit = desk.plain()
    desk.save(segment.id, "Cambiado.", unit.revision, desk.ana)
    with pytest.raises(StaleRow):
        review.approve(desk.house, desk.document, segment.id, unit.revision, desk.jose)
    assert desk.row(segment.id).status is Status.EDITED


def test_approving_with_unsaved_text_saves_it_and_asks_for_another_person(desk: Desk) -> None:
    segment, unit = desk.plain()
    edited = to_wire(unit.target) + " también"
    with pytest.raises(FourEyes):
        review.approve(
            desk.house, desk.document, segment.id, unit.revision, desk.ana, typed=Typed(edited, unit.revision)
        )
    now = desk.row(segment.id)
    assert (to_wire(now.target), now.status, now.editor) == (edited, Status.EDITED, "ana.sol")
    review.approve(desk.house, desk.document, segment.id, now.revision, desk.mei, typed=Typed(edited, now.revision))
    assert desk.row(segment.id).approver == "mei.lin"
    before = desk.row(segment.id)
    review.approve(desk.house, desk.document, segment.id, now.revision, desk.mei)
    assert desk.row(segment.id) == before


def test_missing_codes_are_kept_and_said_and_foreign_ones_are_refused(desk: Desk) -> None:
    segment, unit = desk.coded()
    with pytest.raises(BrokenRow):
        desk.save(segment.id, f"{to_wire(unit.target)}<77/>", unit.revision)
    assert review.drafts_of(desk.house, desk.mei)[0].target.endswith("<77/>")
    assert desk.row(segment.id) == unit
    desk.save(segment.id, "Texto llano.", unit.revision)
    row = rows.one(desk.house, desk.document, segment.id, desk.jose)
    assert row["missing_codes"]
    assert {f["check"][:1] for f in row["findings"] if f["severity"] == "critical"} == {"D"}
    with pytest.raises(NotApprovable):
        review.approve(desk.house, desk.document, segment.id, row["revision"], desk.jose)
    ids = [f["id"] for f in row["findings"]]
    assert decide.dismiss_all(desk.house, desk.document, ids, desk.jose, "the mark stands in the table head") == len(
        ids
    )
    review.approve(desk.house, desk.document, segment.id, row["revision"], desk.jose)
    assert desk.row(segment.id).status is Status.APPROVED


def test_broken_codes_cannot_be_approved_where_their_checks_are_off(story: Any, tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text('checks_off = ["D"]\n')
    batch = story.submit({"a.docx": REPORT}, profile=tmp_path / "profile.toml")
    story.run(batch)
    story.translate_rows(batch)
    document = story.document(batch).id
    segment, unit = next((g, u) for g, u in story.rows(story.document(batch)) if codes_of(g.source) and u.editor)
    review.save(story.house, document, segment.id, Typed("Texto llano.", unit.revision), story.team["mei.lin"])
    with pytest.raises(NotApprovable, match="codes are broken"):
        review.approve(story.house, document, segment.id, unit.revision + 1, story.team["jose.ruiz"])


def test_undo_reverts_ones_own_last_action_only(desk: Desk) -> None:
    segment, unit = desk.plain()
    house, document = desk.house, desk.document
    review.approve(house, document, segment.id, unit.revision, desk.jose)
    review.undo(house, document, segment.id, unit.revision + 1, desk.jose)
    assert desk.row(segment.id).status is Status.EDITED
    assert desk.row(segment.id).approver == ""
    review.approve(house, document, segment.id, unit.revision + 2, desk.jose)
    desk.save(segment.id, "Por error.", unit.revision + 3, desk.mei)
    with pytest.raises(ReviewRefused):
        review.undo(house, document, segment.id, unit.revision + 4, desk.jose)
    with pytest.raises(StaleRow):
        review.undo(house, document, segment.id, unit.revision + 3, desk.mei)
    review.undo(house, document, segment.id, unit.revision + 4, desk.mei)
    now = desk.row(segment.id)
    assert (now.target, now.status, now.approver) == (unit.target, Status.EDITED, "")
    assert [r.unit.revision for r in desk.history(segment.id)] == list(range(1, unit.revision + 6))


def test_undoing_that_ones_own_approval_was_taken_back_gives_it_back(desk: Desk) -> None:
    segment, unit = desk.plain()
    house, document = desk.house, desk.document
    review.approve(house, document, segment.id, unit.revision, desk.jose)
    review.unapprove(house, document, segment.id, unit.revision + 1, desk.jose)
    with pytest.raises(IllegalMove):
        review.unapprove(house, document, segment.id, unit.revision + 2, desk.jose)
    review.undo(house, document, segment.id, unit.revision + 2, desk.jose)
    assert desk.row(segment.id).approver == "jose.ruiz"


def test_the_first_edit_of_a_row_that_had_nothing_can_be_undone(desk: Desk) -> None:
    segment, unit = next((g, u) for g, u in desk.rows() if u.origin.kind is OriginKind.HUMAN)
    revision = unit.revision
    desk.save(segment.id, to_wire(unit.target) + " más", revision)
    review.undo(desk.house, desk.document, segment.id, revision + 1, desk.mei)
    review.undo(desk.house, desk.document, segment.id, revision + 2, desk.mei)
    assert to_wire(desk.row(segment.id).target).endswith("más")


def test_an_earlier_text_is_restored_as_a_new_revision(desk: Desk) -> None:
    segment, unit = desk.plain()
    first = desk.history(segment.id)[0].unit
    desk.save(segment.id, "Nuevo.", unit.revision)
    review.restore(desk.house, desk.document, segment.id, unit.revision, unit.revision + 1, desk.ana)
    now = desk.row(segment.id)
    assert (now.target, now.revision, now.editor) == (unit.target, unit.revision + 2, "mei.lin")
    assert now.status is Status.EDITED
    assert [to_wire(r.unit.target) for r in desk.history(segment.id)][-2] == "Nuevo."
    review.restore(desk.house, desk.document, segment.id, first.revision, now.revision, desk.ana)
    again = desk.row(segment.id)
    assert again.origin.kind is OriginKind.PSEUDO
    with pytest.raises(NotApprovable):
        review.approve(desk.house, desk.document, segment.id, again.revision, desk.jose)
    with pytest.raises(UnknownName):
        review.restore(desk.house, desk.document, segment.id, 99, again.revision, desk.ana)


def test_a_rejected_row_says_why_and_waits_for_work(desk: Desk) -> None:
    segment, unit = desk.plain()
    with pytest.raises(ReviewRefused):
        review.reject(desk.house, desk.document, segment.id, unit.revision, desk.jose, " ")
    review.reject(desk.house, desk.document, segment.id, unit.revision, desk.jose, "wrong dose form")
    assert desk.row(segment.id).needs_person == "wrong dose form"
    assert desk.save(segment.id, to_wire(unit.target), unit.revision + 1), "the same text is a person's word here"
    assert desk.row(segment.id).needs_person == ""


def test_a_document_sent_back_is_open_again_when_each_row_was_worked_on(desk: Desk) -> None:
    house, document = desk.house, desk.document
    decide.approve(house, document, None, desk.jose)
    chosen = [g.id for g, u in desk.rows() if u.editor][:2]
    with pytest.raises(ReviewRefused):
        decide.send_back(house, document, {}, desk.jose, "why")
    with pytest.raises(ReviewRefused):
        decide.send_back(house, document, {chosen[0]: ""}, desk.jose, "")
    approved = sum(u.status is Status.APPROVED for _, u in desk.rows())
    decide.send_back(house, document, {chosen[0]: "wrong term", chosen[1]: ""}, desk.jose, "see rows")
    assert [desk.row(c).needs_person for c in chosen] == ["wrong term", "see rows"]
    assert sum(u.status is Status.APPROVED for _, u in desk.rows()) == approved - 2
    assert _checkpoint(desk) is CheckpointState.SENT_BACK
    with house.store.read() as s:
        decision = checkpoints.decisions_of(s, checkpoints.of_document(s, document)[0].id)[-1]
    assert (decision.user, decision.verdict, decision.reason) == ("jose.ruiz", "sent-back", "see rows")
    page = rows.document_page(house, document, Filter(changed=True), desk.jose)
    assert page["matching"] == 0
    desk.save(chosen[0], "Corregido uno.", desk.row(chosen[0]).revision)
    assert _checkpoint(desk) is CheckpointState.SENT_BACK
    desk.save(chosen[1], "Corregido dos.", desk.row(chosen[1]).revision)
    assert _checkpoint(desk) is CheckpointState.OPEN
    changed = rows.document_page(house, document, Filter(changed=True), desk.jose)
    assert {r["segment"] for r in changed["rows"]} == set(chosen)
    assert all(r["changed_since"] for r in changed["rows"])


def _checkpoint(desk: Desk) -> CheckpointState:
    with desk.house.store.read() as s:
        return checkpoints.of_document(s, desk.document)[0].state


def test_an_open_question_blocks_the_signature_and_resolving_it_is_in_the_trail(desk: Desk) -> None:
    segment, _ = desk.plain()
    decide.approve(desk.house, desk.document, None, desk.jose)
    asked = discuss.comment(desk.house, desk.document, segment.id, desk.ana, "Is this the defined term?", question=True)
    note = discuss.comment(desk.house, desk.document, segment.id, desk.ana, "A note.")
    assert sign.blockers(desk.house, desk.document) == {"questions open": 1}
    with pytest.raises(NotApprovable, match="1 questions open"):
        sign.sign(desk.house, desk.document, "jose.ruiz", PASSWORD, "approval")
    with pytest.raises(ReviewRefused):
        discuss.resolve(desk.house, note.id, desk.jose)
    discuss.resolve(desk.house, asked.id, desk.jose)
    assert [e.actor for e in desk.events("question.asked", "question.resolved")] == ["ana.sol", "jose.ruiz"]
    assert sign.blockers(desk.house, desk.document) == {}
    with pytest.raises(ReviewRefused):
        discuss.comment(desk.house, desk.document, segment.id, desk.ana, "   ")
    with pytest.raises(RoleMissing):
        discuss.comment(desk.house, desk.document, segment.id, desk.story.team["admin"], "hello")


def test_an_edit_after_the_signature_voids_it_by_name_of_the_row(desk: Desk) -> None:
    decide.approve(desk.house, desk.document, None, desk.jose)
    sign.sign(desk.house, desk.document, "jose.ruiz", PASSWORD, "approval")
    segment, unit = desk.plain()
    desk.save(segment.id, "Después de la firma.", unit.revision)
    (voided,) = desk.events("signature.voided")
    assert voided.reason == f"void because row {segment.id} changed in revision {unit.revision + 1}"
    assert desk.story.document(desk.batch).state is State.WAITING
    assert not sign.signature_holds(desk.house, desk.story.document(desk.batch))
    assert _checkpoint(desk) is CheckpointState.OPEN


def test_nothing_is_lost_where_the_document_was_released_meanwhile(desk: Desk) -> None:
    decide.approve(desk.house, desk.document, None, desk.jose)
    sign.sign(desk.house, desk.document, "jose.ruiz", PASSWORD, "approval")
    segment, unit = desk.plain()
    assert desk.story.run(desk.batch) is State.RELEASED
    with pytest.raises(NotReady):
        desk.save(segment.id, "Demasiado tarde.", unit.revision)
    assert [d.target for d in review.drafts_of(desk.house, desk.mei)] == ["Demasiado tarde."]


def test_a_suggestion_is_put_in_as_an_edit(desk: Desk) -> None:
    segment, unit = desk.plain()
    desk.save(segment.id, "La dosis era 5 mg.", unit.revision)
    said = Finding("B3.number-changed", Severity.CRITICAL, "“5” was changed.", None, (13, 14), "50")
    with desk.house.store.write() as s:
        findings.add(s, desk.document, segment.id, [said])
    found = next(f for f in desk.said(segment.id) if f.suggestion == "50")
    assert review.fix(desk.house, desk.document, found.id, unit.revision + 1, desk.ana) == segment.id
    assert to_wire(desk.row(segment.id).target) == "La dosis era 50 mg."
    assert desk.events("row.edited")[-1].reason == "suggestion of B3.number-changed"


def test_missing_codes_are_put_back_by_their_suggestion(desk: Desk) -> None:
    segment, unit = desk.coded()
    desk.save(segment.id, "Texto llano.", unit.revision)
    for _ in range(9):
        missing = [f for f in desk.said(segment.id) if f.check.startswith("D1.")]
        if not missing:
            break
        review.fix(desk.house, desk.document, missing[0].id, desk.row(segment.id).revision, desk.mei)
    assert rows.one(desk.house, desk.document, segment.id, desk.mei)["missing_codes"] == []


def test_saving_reads_no_more_than_the_neighbourhood(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("all rows were read")

    segment, unit = desk.plain()
    monkeypatch.setattr(units, "units", never)
    monkeypatch.setattr(units, "segments", never)
    assert desk.save(segment.id, to_wire(unit.target) + " también", unit.revision)
    review.approve(desk.house, desk.document, segment.id, unit.revision + 1, desk.jose)


def test_each_action_is_one_event_and_the_trail_holds(desk: Desk) -> None:
    segment, unit = desk.plain()
    house, document, n = desk.house, desk.document, unit.revision
    before = len(desk.events())
    desk.save(segment.id, to_wire(unit.target) + " también", n)
    review.approve(house, document, segment.id, n + 1, desk.jose)
    review.unapprove(house, document, segment.id, n + 2, desk.jose, "too soon")
    review.reject(house, document, segment.id, n + 3, desk.jose, "wrong")
    review.undo(house, document, segment.id, n + 4, desk.jose)
    review.restore(house, document, segment.id, n, n + 5, desk.ana)
    actions = [e.action for e in desk.events()[before:]]
    assert actions == [
        "row.edited", "row.approved", "row.unapproved", "row.rejected", "row.undone", "row.restored",
    ]  # fmt: skip
    with house.store.read() as s:
        numbers = [e.number for e in audit.events(s, desk.batch.id)]
    assert numbers == list(range(1, len(numbers) + 1))
