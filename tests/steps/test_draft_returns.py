"""Drafts that come back from Word, and blocks that a plan file leaves out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from drafting_story import APPROVER, REVIEWER, Drafting, sources

from docpipe.errors import AssetMalformed, BadSetting, UnknownName
from docpipe.model.batch import State
from docpipe.model.draft import Fate
from docpipe.model.inline import plain_text
from docpipe.settings import load
from docpipe.steps import decide, draft_import
from docpipe.steps import draft_orders as orders
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import build
from docpipe.steps.house import open_house


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drafting]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    made = Drafting(open_house(load(home=tmp_path / "home")), tmp_path)
    made.people()
    yield made
    made.house.store.close()


def edited(data: bytes, old: str, new: str) -> bytes:
    """The document with words of its text replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "word/document.xml":
                assert len(re.findall(old, part.decode())) == 1
                part = part.decode().replace(old, new).encode()
            after.writestr(name, part)
    return out.getvalue()


def test_an_edit_made_in_word_comes_back_to_its_row_and_a_stale_one_does_not(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    document = story.document(batch)
    data = edited(build(story.house, batch, document, preview=True), "The study was completed by", "Completed by")
    seen = draft_import.look(story.house, batch.id, "back.docx", data)
    assert seen.refused == ()
    (segment,) = seen.changes
    outcome = draft_import.take(story.house, seen, story.team[REVIEWER], "edited in Word")
    assert outcome.changed == [segment]
    now = next(u for s, u in story.rows(batch) if s.id == segment)
    assert plain_text(now.target).startswith("Completed by")
    assert now.editor == REVIEWER
    decide.reject(story.house, document.id, [segment], story.team[APPROVER], "say it fully")
    decide.edit(story.house, document.id, {segment: seen.changes[segment][1:]}, story.team[REVIEWER], "other")
    late = draft_import.look(story.house, batch.id, "mini.docx", data)
    assert [code for _, code, _ in late.refused] == ["review.stale_row"]


def test_a_foreign_document_or_name_is_refused(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    foreign = (Path(__file__).parents[2] / "samples" / "study" / "sap.docx").read_bytes()
    with pytest.raises(AssetMalformed):
        draft_import.look(story.house, batch.id, "mini.docx", foreign)
    with pytest.raises(UnknownName):
        draft_import.look(story.house, "B000000-XXXXX", "mini.docx", b"")


def test_a_plan_file_leaves_blocks_out_with_its_reasons(story: Drafting) -> None:
    plan = b'[leave_out]\n"2" = "The study needed no vote."\n'
    asset = orders.AssetRef(orders.PLAN, "plan.toml", story.house.store.blobs.put(plan))
    batch = story.submit(sources(), review="none", assets=(asset,))
    assert story.run(batch) is State.DRAFT
    block = next(b for b in draft_of(story.house, story.document(batch)).plan.blocks if b.id == "2")
    assert (block.fate, block.reason) == (Fate.NOT_APPLICABLE, "The study needed no vote.")
    kind = orders.type_of(story.house, batch.recipe, story.document(batch).format)
    orders.check_plan(plan, [kind])
    for wrong in (b'[leave_out]\n"99" = "x"', b"other = 1", b'[leave_out]\n"2" = ""', b"\xff"):
        with pytest.raises(BadSetting):
            orders.check_plan(wrong, [kind])
