"""Approval from the command line names revisions too: what changed since is left."""

from __future__ import annotations

from typing import Any

from whole import report

from docpipe.model.inline import to_wire
from docpipe.steps import decide, review
from docpipe.steps.review import Typed


def test_a_row_at_another_revision_than_was_seen_is_left(story: Any) -> None:
    batch = story.submit({"a.docx": report(200, 4)})
    story.run(batch)
    story.translate_rows(batch)
    document = story.document(batch)
    first, second = [(g.id, u) for g, u in story.rows(document) if u.editor][:2]
    seen = {name: unit.revision for name, unit in (first, second)}
    typed = Typed(to_wire(first[1].target) + " más", first[1].revision)
    review.save(story.house, document.id, first[0], typed, story.team["mei.lin"])
    outcome = decide.approve(story.house, document.id, list(seen), story.team["jose.ruiz"], seen=seen)
    assert [e.code for e in outcome.refused.values()] == ["review.stale_row"]
    assert outcome.changed == [second[0]]
