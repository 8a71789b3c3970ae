"""A data version bump step by step: what changed is listed, what did not keeps its approvals, what people worded gets the new values."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from change_story import TABLE, Changing, next_version
from drafting_story import APPROVER, REVIEWER, sources
from revisions import paragraphs
from whole import PASSWORD

from docpipe.errors import NotApprovable, UnknownName
from docpipe.model.batch import Batch, State
from docpipe.model.inline import plain_text
from docpipe.model.segment import OriginKind, Status
from docpipe.settings import load
from docpipe.steps import change, change_report, decide, gates
from docpipe.steps import sign as signing
from docpipe.steps.house import open_house
from docpipe.store import comments


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changing]:
    folder = tmp_path_factory.mktemp("changing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCPIPE_OFFICE", "off")
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
            patch.delenv(name, raising=False)
        made = Changing(open_house(load(home=folder / "home")), folder)
        made.people()
        yield made
        made.house.store.close()


@pytest.fixture(scope="module")
def first(story: Changing) -> Batch:
    """The first version, released."""
    return story.first()


def words(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read("word/document.xml").decode()


def test_a_changed_table_is_followed_to_the_signed_next_version(story: Changing, first: Batch) -> None:
    second = story.following(first, next_version())
    assert story.run(second) is State.WAITING
    told = story.report(second)
    assert told["follows"] == first.id
    assert [f["file"] for f in told["files"]] == [TABLE]
    values = {(tuple(f["row"]), f["arm"], f["statistic"]): (f["old"], f["new"], f["difference"]) for f in told["facts"]}
    assert values[("Completed study",), "Placebo", "n"] == ("18", "17", "-1")
    assert values[("Completed study",), "Placebo", "pct"][:2] == ("81.8", "77.3")
    assert len(values) == 8
    (document,) = told["documents"]
    touched = {r["row"]: r for r in document["touched"]}
    assert set(touched) == {"block:1/2", "block:3/3"}
    used = [f for f in told["facts"] if f["uses"]]
    assert [f["row"] for f in used] == [["Completed study"]]
    assert {u["row"] for u in used[0]["uses"]} == set(touched)

    said = {s.id: s.source for s, _ in story.rows(story.document(second))}
    with story.house.store.read() as s:
        notes = comments.listing(s, story.document(second).id)
    assert [(c.user, c.text, c.question, c.open) for c in notes] == [
        (REVIEWER, "Ask the site.", True, False), (REVIEWER, "Good.", False, False),
    ]  # fmt: skip
    assert [plain_text(said[c.segment])[:24] for c in notes] == ["Because of an adverse ev", "The study was completed "]
    assert document["comments"] == {"carried": 2, "questions": 0, "left": []}

    carried = story.events(second, "row.carried")
    assert len(carried) == document["counted"]["same"] == document["counted"]["rows"] - 2
    assert all(e.old.partition(":")[2] == e.new.partition(":")[2] for e in carried)
    _, kept = story.row(second, "Because of an adverse event")
    assert (kept.status, kept.editor, kept.approver) == (Status.APPROVED, REVIEWER, APPROVER)
    assert plain_text(kept.target).endswith("No other reason was given.")
    _, machine = story.row(second, "This section says")
    assert machine.approver == APPROVER
    _, again = story.row(second, "was completed by")
    assert (again.status, again.editor) == (Status.EDITED, REVIEWER)
    assert plain_text(again.target, equiv=True).startswith("In this study: ")
    assert "17 subjects" in plain_text(again.target, equiv=True)
    assert again.needs_person

    story.through_gates(second)
    document_ = story.document(second)
    left = [u for _, u in story.rows(document_) if u.status is not Status.APPROVED]
    assert {u.segment for u in left} == {r["segment"] for r in touched.values()}
    refused = decide.approve(story.house, document_.id, None, story.team[APPROVER]).refused
    assert {type(e) for e in refused.values()} == {NotApprovable}
    with pytest.raises(NotApprovable):
        signing.sign(story.house, document_.id, APPROVER, PASSWORD, "approval")
    decide.edit(story.house, document_.id, {again.segment: again.target}, story.team[REVIEWER], "read again")
    story.reviewed(second)
    package = story.released(second)
    assert "<w:ins " not in words(package / "target" / "mini.docx")
    shown = words(package / "tracked" / "mini.docx")
    assert "<w:ins " in shown
    assert "<w:del " in shown
    both = (package / "tracked" / "mini.docx").read_bytes()
    assert paragraphs(both, accept=True) == paragraphs((package / "target" / "mini.docx").read_bytes(), accept=True)
    former = (Path(first.out) / "target" / "mini.docx").read_bytes()
    assert paragraphs(both, accept=False) == paragraphs(former, accept=True)
    assert "Not applicable: settled elsewhere" in words(package / "target" / "mini.docx")
    report = json.loads((package / "changes.json").read_bytes())
    assert report["counted"]["touched"] == 2
    html = (package / "changes.html").read_text()
    assert "<del>18</del>" in html
    assert "<ins>17</ins>" in html


@pytest.mark.slow
def test_a_plan_alone_makes_no_batch_and_says_the_same(story: Changing, first: Batch) -> None:
    second = story.following(first, next_version())
    story.run(second)
    source = max(story.folder.glob("in*"), key=lambda p: int(p.name[2:]))
    told = change.look_ahead(story.house, first.id, [source])
    made = change_report.change_list(story.house, second.id)
    for name in ("facts", "files", "passages", "tables", "data_version"):
        assert told[name] == made[name]
    assert [d["counted"] for d in told["documents"]] == [d["counted"] for d in made["documents"]]


@pytest.mark.slow
def test_equal_sources_carry_everything_but_the_signature(story: Changing, first: Batch) -> None:
    second = story.following(first, sources())
    assert story.run(second) is State.WAITING
    states = {g.gate.stage: g.gate.state for g in gates.look(story.house, second.id)}
    assert (states["tables"], states["plan"]) == ("approved", "approved")
    story.through_gates(second)
    assert all(u.status is Status.APPROVED for _, u in story.rows(story.document(second)))
    assert not story.report(second)["facts"]
    assert story.run(second) is State.WAITING
    story.released(second)


@pytest.mark.slow
def test_only_the_files_that_changed_need_be_given(story: Changing, first: Batch) -> None:
    second = story.following(first, {TABLE: next_version()[TABLE]}, partial=True)
    story.run(second)
    assert [f["file"] for f in story.report(second)["files"]] == [TABLE]
    assert story.report(second)["counted"]["touched"] == 2


@pytest.mark.slow
def test_a_third_version_follows_the_second_and_a_first_follows_none(story: Changing, first: Batch) -> None:
    with pytest.raises(UnknownName):
        story.report(first)
    second = story.following(first, next_version())
    story.run(second)
    story.through_gates(second)
    third = story.following(second, sources())
    story.run(third)
    assert {(f["old"], f["new"]) for f in story.report(third)["facts"] if f["uses"]} == {("17", "18")}
    _, kept = story.row(third, "This section says")
    assert (kept.origin.kind, kept.approver) == (OriginKind.SAME, APPROVER)
