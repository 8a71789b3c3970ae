"""A drafting batch step by step: sources to package, early checkpoints, gaps, words sent back, what is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drafting_story import APPROVER, REVIEWER, TYPE, Drafting, sources
from whole import PASSWORD

from docpipe.errors import (
    BadSetting,
    NotApprovable,
    NotReady,
    ReviewRefused,
    RoleMissing,
    SameNameTwice,
    UnknownName,
    UsageError,
)
from docpipe.model.batch import State
from docpipe.model.document import BlockKind
from docpipe.model.finding import Severity
from docpipe.model.inline import Placeholder, Text, plain_text
from docpipe.model.segment import OriginKind, Status
from docpipe.settings import load
from docpipe.steps import assemble, decide, draft_build, gates, measure, outcome, study
from docpipe.steps import draft_orders as orders
from docpipe.steps import sign as signing
from docpipe.steps.draft_book import draft_of
from docpipe.steps.house import open_house
from docpipe.store import findings, studies


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drafting]:
    monkeypatch.setenv("DOCPIPE_OFFICE", "off")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    made = Drafting(open_house(load(home=tmp_path / "home")), tmp_path)
    made.people()
    yield made
    made.house.store.close()


def words(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read("word/document.xml").decode()


def open_critical(story: Drafting, batch: Any) -> list[str]:
    with story.house.store.read() as s:
        return [f.id for f in findings.listing(s, story.document(batch).id) if f.blocking]


def test_without_review_a_draft_says_so_on_its_face_and_every_sentence_has_a_source(story: Drafting) -> None:
    batch = story.submit(sources(), review="none")
    assert story.run(batch) is State.DRAFT
    out = Path(batch.out)
    assert "DRAFT, NOT REVIEWED" in words(out / "DRAFT" / "mini.docx")
    trace = json.loads((out / "DRAFT" / "mini.trace.json").read_bytes())
    assert all(e["sources"] and {"block", "sentence", "text", "facts"} <= e.keys() for e in trace)
    said = next(e for e in trace if "was completed by" in e["text"])
    assert len(said["facts"]) == 3
    assert {s["file"] for s in said["sources"]} == {"tlf/t-14-1-2.rtf"}
    assert all(s["locator"].startswith("display:1") for s in said["sources"])
    assert next(e for e in trace if e["text"] == "Patients")["sources"][0]["file"] == "draft/mini.v1.md"
    assert sorted(p.name for p in out.iterdir()) == [
        "DRAFT", "SHA256SUMS", "facts.json", "generation.json", "manifest.json", "record.html", "record.json",
        "report.html", "report.json", "sources.json",
    ]  # fmt: skip


def test_the_result_names_gaps_unused_tables_and_what_sources_disagree_about(story: Drafting) -> None:
    batch = story.submit(sources("tlf/t-14-1-3.rtf") | {"notes.bin": b"\x00\x01\x02"}, review="none")
    story.run(batch)
    result = outcome.outcome(story.house, batch.id)
    (document,) = result["documents"]
    assert document["type"] == "mini"
    assert document["trace"].endswith("DRAFT/mini.trace.json")
    assert [g["gap"] for g in document["gaps"]] == ["the approval of the ethics committee"]
    assert [u["display"] for u in document["unused"]] == ["Table 14.1.3"]
    assert all(u["reason"] for u in document["unused"])
    assert [f["check"] for f in document["findings"] if f["severity"] == "critical"] == ["M6.gap"]
    (left_out,) = [f for f in result["study_findings"] if f["file"] == "notes.bin"]
    assert left_out["severity"] == "minor"
    figures = result["metrics"]["draft"]
    assert figures["gaps"] == 1
    assert figures["unsourced"] == 0
    assert figures["facts_bound"] > figures["facts"] >= 3
    assert result["metrics"]["leverage"]["program"] > 0


def test_nothing_is_drafted_before_people_approve_sources_tables_and_plan(story: Drafting) -> None:
    batch = story.submit(sources())
    assert story.run(batch) is State.WAITING
    assert {g.gate.stage: g.gate.state for g in gates.look(story.house, batch.id)} == dict.fromkeys(
        gates.STAGES, "open"
    )
    assert all(
        u.status is Status.NEW for _, u in story.rows(story.document(batch)) if "completed by" in plain_text(_.source)
    )
    assert story.run(batch) is State.WAITING
    with pytest.raises(RoleMissing):
        gates.approve(story.house, batch.id, (), story.team["admin"])
    assert gates.approve(story.house, batch.id, ["sources"], story.team[APPROVER]) == ["sources"]
    with pytest.raises(ReviewRefused):
        gates.send_back(story.house, batch.id, "tables", story.team[APPROVER], " ")
    assert gates.send_back(story.house, batch.id, "tables", story.team[APPROVER], "a page is missing") == ["tables"]
    assert story.run(batch) is State.WAITING
    assert sorted(gates.approve(story.house, batch.id, (), story.team[APPROVER])) == ["plan", "tables"]
    assert story.run(batch) is State.WAITING
    assert story.document(batch).state is State.WAITING
    with pytest.raises(NotReady):
        gates.send_back(story.house, batch.id, "plan", story.team[APPROVER], "too late")
    happened = [e.action for e in story.events(batch)]
    assert happened.count("gate.opened") == 3
    assert happened.count("gate.approved") == 3
    assert "gate.sent_back" in happened


def test_a_damaged_source_blocks_until_a_person_disposes_of_it_with_a_reason(story: Drafting) -> None:
    whole = sources()
    batch = story.submit(whole | {"adam/adae.xpt": whole["adam/adsl.xpt"][:-700], "tlf/empty.rtf": b"{\\rtf1 nothing}"})
    assert story.run(batch) is State.WAITING
    by_file = {f.path: f for f in story.found(batch)}
    assert by_file["adam/adae.xpt"].check == "input.data_damaged"
    assert by_file["tlf/empty.rtf"].check == "input.no_table"
    assert all(by_file[p].severity is Severity.CRITICAL for p in ("adam/adae.xpt", "tlf/empty.rtf"))
    with pytest.raises(NotApprovable):
        gates.approve(story.house, batch.id, ["sources"], story.team[APPROVER])
    ids = [f.id for f in story.found(batch) if f.blocking]
    with pytest.raises(ReviewRefused):
        gates.dispose(story.house, batch.id, ids, story.team[REVIEWER], "")
    with pytest.raises(UnknownName):
        gates.dispose(story.house, batch.id, ["N0"], story.team[REVIEWER], "what")
    assert gates.dispose(story.house, batch.id, ids, story.team[REVIEWER], "not needed") == len(ids)
    assert gates.reopen(story.house, batch.id, ids[:1], story.team[REVIEWER], "needed after all") == 1
    assert gates.dispose(story.house, batch.id, ids, story.team[REVIEWER], "not needed") == 1
    assert gates.approve(story.house, batch.id, ["sources"], story.team[APPROVER]) == ["sources"]
    assert [f.reason for f in story.found(batch) if f.id in ids] == ["not needed"] * len(ids)


def test_a_gap_blocks_until_it_is_accepted_and_then_says_why_it_does_not_apply(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    document = story.document(batch)
    outcome_ = decide.approve(story.house, document.id, None, story.team[APPROVER])
    assert len(outcome_.refused) == 1
    decide.dismiss_all(
        story.house, document.id, open_critical(story, batch), story.team[REVIEWER], "no ethics vote was needed"
    )
    decide.approve(story.house, document.id, None, story.team[APPROVER])
    signing.sign(story.house, document.id, APPROVER, PASSWORD, "approval")
    assert story.run(batch) is State.RELEASED
    shown = words(Path(batch.out) / "target" / "mini.docx")
    assert "Not applicable: no ethics vote was needed" in shown
    assert "[GAP:" not in shown
    trace = json.loads((Path(batch.out) / "target" / "mini.trace.json").read_bytes())
    gap = next(e for e in trace if e["text"].startswith("Not applicable"))
    assert f"person:{REVIEWER}" in [s["locator"] for s in gap["sources"]]
    (record,) = [
        r
        for r in json.loads((Path(batch.out) / "generation.json").read_bytes())["documents"]["mini.docx"]
        if r["block"] == "2"
    ]
    assert record["checks"][0]["reason"] == "no ethics vote was needed"
    assert record["decision"]["approvers"] == [APPROVER]


def test_headings_need_no_eyes_and_rows_with_values_do(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    origins = {plain_text(s.source, equiv=True)[:12]: u.origin.kind for s, u in story.rows(story.document(batch))}
    assert origins["Patients"] is OriginKind.SAME
    assert origins["The study wa"] is OriginKind.PROGRAM
    assert batch.recipe.gate.skip == ("same",)


def test_two_values_that_change_places_change_the_digest_that_is_signed(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    segment, _ = next((s, u) for s, u in story.rows(story.document(batch)) if "completed by" in plain_text(s.source))
    codes = [p for p in segment.source if isinstance(p, Placeholder) and p.kind == "fact"]
    arms = [p for p in segment.source if isinstance(p, Placeholder) and p.kind == "arm"]
    swapped = {codes[0]: codes[1], codes[1]: codes[0], arms[0]: arms[0]}
    target = tuple(swapped.get(p, p) if isinstance(p, Placeholder) else p for p in segment.source)
    before = story.document(batch)
    old = signing.review_digest(*_under_review(story, batch))
    decide.edit(story.house, before.id, {segment.id: target}, story.team[REVIEWER], "swap")
    assert signing.review_digest(*_under_review(story, batch)) != old


def _under_review(story: Drafting, batch: Any) -> tuple[Any, ...]:
    document = story.document(batch)
    with story.house.store.read() as s:
        listed = findings.listing(s, document.id)
    rows = story.rows(story.document(batch))
    return batch, document, [g for g, _ in rows], {g.id: u for g, u in rows}, listed


def test_a_number_typed_by_a_person_is_found_at_once(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    document = story.document(batch)
    segment, _ = next((s, u) for s, u in story.rows(story.document(batch)) if "completed by" in plain_text(s.source))
    target = (*segment.source, Text(" In all, 57 subjects completed."))
    decide.edit(story.house, document.id, {segment.id: target}, story.team[REVIEWER], "a sum")
    with story.house.store.read() as s:
        said = [f.check for f in findings.listing(s, document.id, segment=segment.id) if f.blocking]
    assert any(c.startswith("N1.") for c in said)


def test_work_that_is_done_is_not_done_again_and_gives_the_same_bytes(
    story: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = story.submit(sources(), review="none")
    story.run(first)
    second = story.submit(sources(), review="none")
    study.prepare(story.house, second.id)
    monkeypatch.setattr(study, "read_all", lambda *_: pytest.fail("the sources were read again"))
    assert study.prepare(story.house, second.id) == 1
    assert story.run(second) is State.DRAFT
    one, two = ((Path(b.out) / "DRAFT" / "mini.docx").read_bytes() for b in (first, second))
    assert one == two
    assert story.run(second) is State.DRAFT


@pytest.mark.slow
def test_a_run_killed_between_plan_and_study_reads_again_and_goes_on(
    story: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = story.submit(sources(), review="none")
    put = studies.put
    monkeypatch.setattr(studies, "put", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        study.prepare(story.house, batch.id)
    assert story.document(batch).stage == "extracted"
    monkeypatch.setattr(studies, "put", put)
    assert story.run(batch) is State.DRAFT


def test_nothing_readable_refuses_the_documents_and_says_of_each_file_why(story: Drafting) -> None:
    batch = story.submit({"a.rtf": b"{\\rtf1 nothing}", "b.xpt": b"HEADER RECORD*******LIB broken"})
    assert story.run(batch) is not State.RELEASED
    document = story.document(batch)
    assert (document.state, document.error_code) == (State.REFUSED, "input.nothing_readable")
    assert len(story.found(batch)) == 2
    result = outcome.outcome(story.house, batch.id)
    assert result["documents"][0]["error"]["exit_code"] == 3


def test_a_set_without_subjects_is_told_before_anything_is_drafted(story: Drafting) -> None:
    given = sources()
    batch = story.submit({"tlf/t-14-1-2.rtf": given["tlf/t-14-1-2.rtf"]})
    assert story.run(batch) is State.WAITING
    assert "source.no_subjects" in {f.check for f in story.found(batch) if f.blocking}


def test_values_by_arm_in_a_blinded_document_are_critical(story: Drafting) -> None:
    batch = story.submit(sources(), review="none", blinded=True)
    story.run(batch)
    with story.house.store.read() as s:
        said = {f.check for f in findings.listing(s, story.document(batch).id) if f.severity is Severity.CRITICAL}
    assert "FL4.blinding" in said


def test_wrong_orders_are_told_before_anything_is_taken_in(story: Drafting, tmp_path: Path) -> None:
    house = story.house
    with pytest.raises(UnknownName, match="one of"):
        orders.take_type(house, "novel")
    with pytest.raises(UsageError):
        orders.make_draft_recipe(house, orders.DraftOrder((), ()))
    with pytest.raises(BadSetting):
        orders.make_draft_recipe(house, orders.DraftOrder(("mini",), (), review="perhaps"))
    (tmp_path / "bad.md").write_text("no front matter")
    with pytest.raises(BadSetting):
        orders.take_type(house, str(tmp_path / "bad.md"))
    batch = story.submit(sources())
    kind = orders.type_of(house, batch.recipe, story.document(batch).format)
    with pytest.raises(SameNameTwice):
        orders.take_in_draft(house, batch.recipe, [kind, kind], actor="local:test")


def test_a_type_that_does_not_render_fails_its_document_alone(story: Drafting) -> None:
    batch = story.submit(sources(), TYPE.replace("study.facts(statistic", "study.nonsense(statistic"), review="none")
    assert story.run(batch) is State.FAILED
    assert story.document(batch).error_code == "usage.bad_setting"


@pytest.mark.slow
def test_changes_against_the_previous_draft_are_tracked(story: Drafting) -> None:
    first = story.submit(sources(), review="none")
    story.run(first)
    before = (Path(first.out) / "DRAFT" / "mini.docx").read_bytes()
    asset = orders.AssetRef(orders.PREVIOUS, "mini.docx", story.house.store.blobs.put(before))
    other = TYPE.replace("This section says who took part.", "This section tells who took part in it.")
    second = story.submit(sources(), other, review="none", assets=(asset,))
    assert story.run(second) is State.DRAFT
    shown = words(Path(second.out) / "DRAFT" / "mini.docx")
    assert "<w:ins " in shown
    assert "<w:del " in shown


def test_the_same_files_in_several_folders_keep_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("x")
    found = [g.path for g in orders.gathered([tmp_path / "one", tmp_path / "two"])]
    assert found == ["one/a.csv", "two/a.csv"]


def test_a_draft_that_was_not_signed_is_not_assembled(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    document = story.document(batch)
    assemble.assemble(story.house, document.id)
    assert story.document(batch).state is State.FAILED
    assert story.document(batch).error_code == "usage.not_ready"


def test_figures_and_book_are_kept_by_digest(story: Drafting) -> None:
    batch = story.submit(sources(), review="none")
    story.run(batch)
    document = story.document(batch)
    assert draft_of(story.house, document) is draft_of(story.house, document)
    assert draft_build.trace_of(story.house, document) is draft_build.trace_of(story.house, document)
    rows = [r for _, r in draft_of(story.house, document).plan.rows()]
    assert sum(r.kind is BlockKind.TABLE for r in rows) == 1
    assert measure.measure(story.house, batch.id)["draft"]["sentences"] > len(rows)
    with pytest.raises(NotReady):
        draft_of(story.house, replace(document, extraction=""))
