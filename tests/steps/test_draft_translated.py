"""A drafted document that is translated: its values and groups are compared with the draft's facts; what differs is found, a faithful text is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from change_story import Changing, next_version
from drafting_story import REVIEWER
from translating_story import Story

from docpipe.model.batch import Batch, State
from docpipe.model.inline import Text, plain_text
from docpipe.model.segment import OriginKind, Segment
from docpipe.settings import load
from docpipe.steps import change_translations, decide, study_check
from docpipe.steps.house import open_house
from docpipe.store import findings


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changing]:
    folder = tmp_path_factory.mktemp("translated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCPIPE_OFFICE", "off")
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
            patch.delenv(name, raising=False)
        made = Changing(open_house(load(home=folder / "home")), folder)
        made.people()
        yield made
        made.house.store.close()


@pytest.fixture(scope="module")
def first(drafts: Changing) -> Batch:
    """The first version of the draft, released."""
    return drafts.first()


def translated(drafts: Changing, draft: Batch, target: str) -> tuple[Story, Batch]:
    """A careful translation of the draft, waiting for its signature."""
    story = Story(drafts.house, drafts.folder, drafts.team)
    data = (Path(draft.out) / "target" / "mini.docx").read_bytes()
    batch = story.submit({"mini.docx": data}, "en", target)
    assert story.run(batch) is State.WAITING
    assert story.translate_rows(batch)
    return story, batch


def said(story: Story, batch: Batch) -> dict[str, str]:
    """Findings about values: check by the row's source words."""
    document = story.document(batch)
    with story.house.store.read() as s:
        listed = findings.listing(s, document.id)
    rows = {g.id: plain_text(g.source) for g, _ in story.rows(document)}
    return {rows[f.segment]: f.check for f in listed if f.check.startswith("R") and f.disposition.value == "open"}  # type: ignore[index]


def retyped(story: Story, batch: Batch, words: str, *pairs: tuple[str, str]) -> Segment:
    """A row whose target gets other characters."""
    segment, unit = next((g, u) for g, u in story.rows(story.document(batch)) if words in plain_text(g.source))
    text = plain_text(unit.target)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    decide.edit(story.house, story.document(batch).id, {segment.id: (Text(text),)}, story.team[REVIEWER], "retyped")
    return segment


SENTENCE = "was completed by"


@pytest.mark.slow
def test_a_faithful_translation_has_no_finding_and_each_wrong_value_has_one(drafts: Changing, first: Batch) -> None:
    story, batch = translated(drafts, first, "zh")
    assert said(story, batch) == {}
    told = study_check.check_study(drafts.house, [first.id, batch.id])
    assert told["findings"] == []
    assert told["counted"]["values"] >= 8
    row = retyped(story, batch, SENTENCE, ("18", "81"))
    assert list(said(story, batch).values()) == ["R4.value-in-translation"]
    (finding,) = study_check.check_study(drafts.house, [first.id])["findings"]
    assert (finding["severity"], finding["row"]) == ("critical", row.address)
    assert "Completed study" in finding["message"]


@pytest.mark.slow
def test_the_translation_of_the_next_version_asks_for_what_changed_alone(drafts: Changing, first: Batch) -> None:
    second = drafts.following(first, next_version())
    drafts.run(second)
    drafts.through_gates(second)
    drafts.edit(second, SENTENCE)
    drafts.reviewed(second)
    drafts.released(second)
    story, old = translated(drafts, first, "ja")
    assert said(story, old) == {}
    assert story.approve(old) == {}
    story.sign(old)
    assert story.run(old) is State.RELEASED
    stale = {t.batch.id for t in change_translations.stale(drafts.house, second.id)}
    assert old.id in stale
    told = study_check.check_study(drafts.house, [second.id])
    assert [(f["check"], f["batch"] in stale) for f in told["findings"]] == [
        ("R6.translation-out-of-date", True)
    ] * len(stale)
    (new,) = change_translations.follow_translations(drafts.house, second.id, actor="local:test")
    story.run(new)
    origins = [u.origin.kind for _, u in story.rows(story.document(new))]
    left = [plain_text(g.source) for g, u in story.rows(story.document(new)) if u.needs_person]
    assert origins.count(OriginKind.PREVIOUS) > 5
    assert len(left) == 2, "the sentence with the new value, and the version in the header"
    assert any("17 subjects" in words for words in left)
    story.translate_rows(new)
    assert said(story, new) == {}
    assert old.id not in {t.batch.id for t in change_translations.stale(drafts.house, second.id)}
    retyped(story, new, SENTENCE, ("17", "71"))
    assert set(said(story, new).values()) == {"R4.value-in-translation"}
