"""Comments, drafts and effort of reviewers, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from store_builders import NOW, a_segment

from docpipe.errors import StorageError, UnknownName
from docpipe.model.segment import SegmentId, Unit
from docpipe.store import comments, drafts, efforts, units
from docpipe.store.database import Store
from docpipe.store.drafts import Draft
from docpipe.store.efforts import Effort, Mark


@pytest.fixture
def ids(filled: Store) -> list[SegmentId]:
    segs = [a_segment(n, "two words" if n else "one") for n in range(3)]
    with filled.write() as s:
        units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
    return [g.id for g in segs]


def test_a_question_is_open_until_somebody_resolves_it_once(filled: Store, ids: list[SegmentId]) -> None:
    with filled.write() as s:
        note = comments.add(s, "D1", ids[0], "mei", "nul\x00 note", False, NOW)
        asked = comments.add(s, "D1", ids[0], "mei", "is it so?", True, NOW + timedelta(seconds=1))
        assert comments.counts(s, "D1", ids) == {ids[0]: (2, 1)}
        assert comments.open_questions(s, "D1") == 1
        assert [c.id for c in comments.listing(s, "D1", open_only=True)] == [asked.id]
        assert asked.open
        assert not note.open
    with filled.write() as s:
        done = comments.resolve(s, asked.id, "jose", NOW + timedelta(minutes=1))
        again = comments.resolve(s, asked.id, "otto", NOW + timedelta(minutes=2))
    assert (done.resolved_by, done.open) == ("jose", False)
    assert again == done
    with filled.read() as s:
        assert comments.listing(s, "D1", ids[0]) == [note, done]
        assert comments.open_questions(s, "D1") == 0
        assert comments.counts(s, "D1", ids) == {ids[0]: (1, 0)}
        with pytest.raises(UnknownName):
            comments.get(s, "nothing")


def test_a_comment_never_changes(filled: Store, ids: list[SegmentId]) -> None:
    with filled.write() as s:
        note = comments.add(s, "D1", ids[0], "mei", "as it was", False, NOW)
    for statement in ("UPDATE comments SET text = 'other'", "DELETE FROM comments"):
        with pytest.raises((SQLAlchemyError, StorageError)), filled.write() as s:
            s.execute(text(statement))
    with filled.read() as s:
        assert comments.get(s, note.id) == note


def test_a_person_has_one_draft_a_row_and_sees_no_one_elses(filled: Store, ids: list[SegmentId]) -> None:
    with filled.write() as s:
        drafts.put(s, Draft("mei", "D1", ids[0], 1, "first", NOW))
        drafts.put(s, Draft("mei", "D1", ids[0], 2, "second <1/>", NOW + timedelta(seconds=2)))
        drafts.put(s, Draft("mei", "D1", ids[1], 1, "other row", NOW))
        drafts.put(s, Draft("jose", "D1", ids[0], 1, "his", NOW))
        assert [(d.segment, d.target) for d in drafts.of_user(s, "mei")] == [
            (ids[0], "second <1/>"),
            (ids[1], "other row"),
        ]
        assert drafts.of_rows(s, "jose", "D1", ids).keys() == {ids[0]}
        drafts.drop(s, "mei", "D1", ids[0])
        drafts.drop(s, "mei", "D1", ids[0])
        assert [d.segment for d in drafts.of_user(s, "mei")] == [ids[1]]
        assert len(drafts.of_user(s, "jose")) == 1


def test_effort_adds_up_by_row_and_person(filled: Store, ids: list[SegmentId]) -> None:
    later = NOW + timedelta(minutes=5)
    with filled.write() as s:
        efforts.mark(s, "D1", "mei", [Mark(ids[0], 1000, 3, True), Mark(ids[1], 500, 0, True)], NOW)
        efforts.mark(s, "D1", "mei", [Mark(ids[0], 2000, 4, False), Mark("of another document", 9, 9, True)], later)
        efforts.mark(s, "D1", "jose", [Mark(ids[1], 100, 0, True)], NOW)
    with filled.read() as s:
        assert efforts.displayed(s, "D1", ids) == {ids[0], ids[1]}
        assert efforts.of_document(s, "D1") == [Effort("jose", 1, 2, 100, 0, 1), Effort("mei", 2, 3, 3500, 7, 2)]
        assert efforts.of_batch(s, "B1") == efforts.of_document(s, "D1") == efforts.of_house(s)
        assert efforts.since(s, later) == [Effort("mei", 1, 1, 3000, 7, 1)]
        assert efforts.since(s, NOW, user="jose", documents_=["D1"]) == [Effort("jose", 1, 2, 100, 0, 1)]
        assert efforts.of_batch(s, "B2") == []
