"""The main job without a model: submitted, waiting, edited by one person, approved and signed by another, released."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from whole import PASSWORD

from docpipe.errors import FourEyes, NotApprovable, NotReady, ReviewRefused, RoleMissing, SignInFailed
from docpipe.memory.tmx import read_tmx
from docpipe.model.batch import State
from docpipe.model.inline import Text
from docpipe.model.segment import OriginKind, Status
from docpipe.registry import format_for
from docpipe.steps import decide, people
from docpipe.steps import sign as signing
from docpipe.steps.records import copy_heads, verify_audit

REPORT = docx(
    "h1:Safety report", "p:The *first* dose was 5 mg daily.", "p:No event was seen.[fn:See section 3.]",
    "tbl:Week | Patients // 1 | 24", "p:No event was seen.", header="Protocol QLZ-301",
)  # fmt: skip


def everything(path: Path) -> str:
    """The XML of all parts."""
    with zipfile.ZipFile(path) as z:
        return "".join(z.read(n).decode("utf-8", "replace") for n in z.namelist() if n.endswith(".xml"))


def test_a_batch_goes_from_submission_to_a_signed_package(story: Any) -> None:
    batch = story.submit({"m5/study/report.docx": REPORT})
    assert story.run(batch) is State.WAITING
    review = story.out(batch) / "_review"
    assert (review / "preview/m5/study/report.docx").is_file()
    assert "DRAFT, NOT REVIEWED" in everything(review / "preview/m5/study/report.docx")
    assert sorted(p.name for p in story.out(batch).iterdir()) == ["_review"]
    assert story.translate_rows(batch) > 0
    assert story.approve(batch) == {}
    story.sign(batch)
    assert story.run(batch) is State.RELEASED

    root = story.out(batch)
    assert not (root / "_review").exists()
    for line in (root / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest, name
    listed = {line.partition("  ")[2] for line in (root / "SHA256SUMS").read_text().splitlines()}
    there = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    assert listed == there
    manifest = json.loads((root / "manifest.json").read_text())
    assert not manifest.get("face")
    assert {f["path"] for f in manifest["files"]} == there - {"manifest.json"}
    assert manifest["signatures"][0]["printed_name"] == "José Ruiz"
    assert (root / "source/m5/study/report.docx").read_bytes() == REPORT

    result = (root / "target/m5/study/report.docx").read_bytes()
    approved = {"".join(p.text for p in u.target if isinstance(p, Text)) for _, u in story.rows(story.document(batch))}
    extraction = format_for(story.document(batch).media_type).read(result, batch.recipe.policy)
    for block in extraction.blocks:
        if block.translatable:
            assert block.text.strip() in approved, block.text
    assert "DRAFT" not in everything(root / "target/m5/study/report.docx")
    pairs = read_tmx((root / "memory.tmx").read_bytes(), "en", "es")
    assert len(pairs) == sum(u.status is Status.APPROVED for _, u in story.rows(story.document(batch)))
    assert b'version="2.1"' in (root / "bilingual/m5/study/report.docx.xlf").read_bytes()
    assert "José Ruiz" in (root / "report.html").read_text()
    assert json.loads((root / "record.json").read_text())
    assert story.document(batch).coverage.balanced


def test_nothing_is_released_twice(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.release(batch)
    before = {p: p.stat().st_mtime_ns for p in story.out(batch).rglob("*")}
    events = len(story.events(batch))
    assert story.run(batch) is State.RELEASED
    assert {p: p.stat().st_mtime_ns for p in story.out(batch).rglob("*")} == before
    assert len(story.events(batch)) == events


def test_pseudo_text_is_never_approved_nor_signed(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    pseudo = {s.id for s, u in story.rows(story.document(batch)) if u.origin.kind is OriginKind.PSEUDO}
    left = story.approve(batch)
    assert pseudo
    assert pseudo <= set(left)
    assert set(left.values()) == {NotApprovable.code}
    with pytest.raises(NotApprovable):
        story.sign(batch)
    assert story.run(batch) is State.WAITING


def test_the_editor_of_a_row_cannot_approve_it(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    story.translate_rows(batch)
    document = story.document(batch)
    outcome = decide.approve(story.house, document.id, None, story.team["mei.lin"])
    own = {s.id for s, u in story.rows(document) if u.editor == "mei.lin"}
    assert {s for s, e in outcome.refused.items() if isinstance(e, FourEyes)} == own


def test_an_edit_after_the_signature_voids_it_and_the_document_waits_again(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    story.translate_rows(batch)
    story.approve(batch)
    story.sign(batch)
    document = story.document(batch)
    segment, unit = next((s, u) for s, u in story.rows(document) if u.editor)
    better = (
        (*unit.target[:-1], Text(unit.target[-1].text[:-1] + " x."))
        if isinstance(unit.target[-1], Text)
        else unit.target
    )
    assert decide.edit(story.house, document.id, {segment.id: better}, story.team["mei.lin"], "wording").changed
    assert not signing.signature_holds(story.house, story.document(batch))
    assert len(story.events(batch, "signature.voided")) == 1
    assert story.run(batch) is State.WAITING
    assert not (story.out(batch) / "manifest.json").exists()
    after = {s.id: u for s, u in story.rows(document)}
    assert after[segment.id].status is Status.EDITED
    assert sum(u.status is not Status.APPROVED for u in after.values()) == 1
    story.approve(batch)
    story.sign(batch)
    assert story.run(batch) is State.RELEASED


def test_a_rejection_needs_a_reason_and_opens_that_row_only(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    story.translate_rows(batch)
    story.approve(batch)
    document = story.document(batch)
    row = next(s.id for s, u in story.rows(document) if u.editor)
    with pytest.raises(ReviewRefused):
        decide.reject(story.house, document.id, [row], story.team["jose.ruiz"], "  ")
    decide.reject(story.house, document.id, [row], story.team["jose.ruiz"], "wrong dose form")
    current = {s.id: u for s, u in story.rows(document)}
    assert current[row].needs_person == "wrong dose form"
    assert [s for s, u in current.items() if u.status is not Status.APPROVED] == [row]
    assert story.approve(batch) == {row: NotApprovable.code}
    story.translate_rows(batch)
    assert story.approve(batch) == {}


def test_each_change_by_a_person_is_one_event_and_the_trail_verifies(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    edited = story.translate_rows(batch)
    story.approve(batch)
    document = story.document(batch)
    rows = story.rows(document)
    story.sign(batch)
    story.run(batch)
    assert len(story.events(batch, "row.edited")) == edited
    assert len(story.events(batch, "row.approved")) == len(rows)
    assert len(story.events(batch, "checkpoint.signed")) == 1
    assert all(e.actor == "jose.ruiz" for e in story.events(batch, "row.approved"))
    subjects = [e.subject for e in story.events(batch, "row.approved")]
    assert len(set(subjects)) == len(subjects)
    copy_heads(story.house)
    problems, events = verify_audit(story.house, None)
    assert problems == []
    assert events > len(rows)


def test_tampering_shows_and_names_the_event(story: Any) -> None:
    import sqlite3

    batch = story.submit({"a.docx": REPORT})
    story.release(batch)
    copy_heads(story.house)
    with sqlite3.connect(story.house.settings.home / "docpipe.db") as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE audit_events SET actor = 'mallory' WHERE action = 'checkpoint.signed'")
    problems, _ = verify_audit(story.house, batch.id)
    number = story.events(batch, "checkpoint.signed")[0].number
    assert str(number) in problems[0]


def test_who_lacks_the_role_or_the_password_is_refused(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    story.run(batch)
    document = story.document(batch)
    row = next(s.id for s, _ in story.rows(document))
    auditor = people.add_user(story.house, "otto", "Otto", ["auditor"], PASSWORD, by=story.team["admin"])
    for user in (auditor, story.team["admin"]):
        for act in (
            lambda u=user: decide.edit(story.house, document.id, {row: (Text("x"),)}, u, "r"),
            lambda u=user: decide.approve(story.house, document.id, None, u),
            lambda u=user: decide.reject(story.house, document.id, [row], u, "r"),
        ):
            with pytest.raises(RoleMissing):
                act()
    story.translate_rows(batch)
    story.approve(batch)
    with pytest.raises(RoleMissing):
        signing.sign(story.house, document.id, "mei.lin", PASSWORD, "approval")
    with pytest.raises(SignInFailed):
        signing.sign(story.house, document.id, "jose.ruiz", "a wrong password", "approval")
    with pytest.raises(RoleMissing):
        people.add_user(story.house, "eve", "Eve", ["approver"], PASSWORD, by=story.team["jose.ruiz"])


def test_nothing_can_be_decided_once_it_is_released(story: Any) -> None:
    batch = story.submit({"a.docx": REPORT})
    assert story.release(batch) is State.RELEASED
    document = story.document(batch)
    row = next(s.id for s, _ in story.rows(document))
    with pytest.raises(NotReady):
        decide.edit(story.house, document.id, {row: (Text("x"),)}, story.team["mei.lin"], "late")


def test_a_draft_wears_its_words_and_says_so_in_the_manifest(story: Any) -> None:
    batch = story.submit({"m1/a.docx": REPORT}, review="none")
    assert story.run(batch) is State.DRAFT
    root = story.out(batch)
    manifest = json.loads((root / "manifest.json").read_text())
    assert "DRAFT, NOT REVIEWED" in manifest["face"]
    assert "REHEARSAL" in manifest["face"]
    face = everything(root / "DRAFT/m1/a.docx")
    assert "DRAFT, NOT REVIEWED" in face
    assert "REHEARSAL" in face
    assert not (root / "memory.tmx").exists()
    assert not (root / "target").exists()
