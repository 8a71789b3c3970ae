"""A target said in the source language when a person asks: paid for once, kept for the same text alone, changing nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from docx_builder import docx
from translating_story import EDITOR, Story

from docpipe.errors import ProviderLost, ReviewRefused, RoleMissing
from docpipe.model.inline import Text, to_wire
from docpipe.simulate import background
from docpipe.simulate.translation import translate
from docpipe.steps import back_translation, decide, people, rows

FILES = {"a.docx": docx("h1:Dosing", "p:The dose must not be increased in patients with *renal* impairment.")}


def told(story: Story, document: str, segment: str) -> Any:
    return rows.one(story.house, document, segment, story.team[EDITOR])["back_translation"]


def test_a_target_is_said_in_the_source_language_and_paid_for_once(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit(FILES)
        story.run(batch)
        document = story.document(batch)
        row, unit = story.rows(document)[1]
        assert told(story, document.id, row.id) == {"possible": True, "text": "", "model": ""}
        before = provider.bill()["charged"]["calls"]
        made = back_translation.translate_back(story.house, document.id, row.id, story.team[EDITOR])
        plain = "".join(p.text for p in unit.target if isinstance(p, Text))
        assert made.text == translate(plain, "es", "en")
        assert back_translation.translate_back(story.house, document.id, row.id, story.team[EDITOR]) == made
        assert provider.bill()["charged"]["calls"] == before + 1
        assert told(story, document.id, row.id)["text"] == made.text
        assert to_wire(story.rows(document)[1][1].target) == to_wire(unit.target)
        edited = tuple(Text(p.text + " x") if isinstance(p, Text) else p for p in unit.target)
        assert not decide.edit(story.house, document.id, {row.id: edited}, story.team[EDITOR], "other").refused
        assert told(story, document.id, row.id)["text"] == "", "said of another text"


def test_who_may_not_review_and_what_has_no_model_is_refused(story: Story) -> None:
    batch = story.submit(FILES)
    story.run(batch)
    document = story.document(batch)
    row = story.rows(document)[1][0]
    with pytest.raises(ReviewRefused, match="no language model"):
        back_translation.translate_back(story.house, document.id, row.id, story.team[EDITOR])
    auditor = people.add_user(
        story.house, "au.dit", "Au Dit", ["auditor"], "correct horse battery", by=story.team["admin"]
    )
    with pytest.raises(RoleMissing):
        back_translation.translate_back(story.house, document.id, row.id, auditor)
    assert told(story, document.id, row.id)["possible"] is False


def test_a_provider_that_is_away_is_told_and_nothing_is_kept(asked: Callable[..., Story]) -> None:
    script = '[[fault]]\nkind = "reset"\nprobability = 1.0\ncontaining = "\\"texts\\""\n'
    with background(script=script) as provider:
        story = asked(provider.base_url)
        batch = story.submit(FILES)
        story.run(batch)
        document = story.document(batch)
        row = story.rows(document)[1][0]
        with pytest.raises(ProviderLost):
            back_translation.translate_back(story.house, document.id, row.id, story.team[EDITOR])
        assert told(story, document.id, row.id)["text"] == ""
