"""Staged submissions and the counts of lists, on every database."""

from __future__ import annotations

from collections import Counter

import pytest
from store_builders import NOW, a_batch, a_document, a_segment

from docpipe.errors import NotReady, UnknownName
from docpipe.model.batch import State
from docpipe.model.inline import Text
from docpipe.model.segment import Origin, OriginKind, Unit
from docpipe.store import batches, documents, submissions, tallies, units
from docpipe.store.database import Store
from docpipe.store.submissions import StagedFile, Submission, SubmissionState


def a_submission(name: str = "S1", user: str = "anna") -> Submission:
    files = (
        StagedFile("b\x00\ud800.docx", "0" * 64, 5, code="input.empty", message="x"),
        StagedFile("m.tmx", "1" * 64, 9, "memory"),
    )
    return Submission(name, user, NOW, SubmissionState.OPEN, {"from": "en", "to": "de", "budget": None}, files)


def test_a_submission_comes_back_as_it_was(store: Store) -> None:
    with store.write() as s:
        submissions.add(s, a_submission())
    with store.read() as s:
        assert submissions.get(s, "S1") == a_submission()
        assert submissions.get(s, "S1").of("memory")[0].path == "m.tmx"
        with pytest.raises(UnknownName):
            submissions.get(s, "S2")


def test_what_is_confirmed_does_not_change_any_more(store: Store) -> None:
    with store.write() as s:
        submissions.add(s, a_submission())
        done = submissions.change(s, "S1", state=SubmissionState.CONFIRMED, batch="B1", files=())
        assert (done.state, done.batch, done.files) == (SubmissionState.CONFIRMED, "B1", ())
        with pytest.raises(NotReady):
            submissions.change(s, "S1", ordered={})


def test_submissions_are_listed_by_person_and_state(store: Store) -> None:
    with store.write() as s:
        for name, user in (("S1", "anna"), ("S2", "ben"), ("S3", "anna")):
            submissions.add(s, a_submission(name, user))
        submissions.change(s, "S3", state=SubmissionState.DISCARDED)
        assert [x.id for x in submissions.listing(s, user="anna", state=SubmissionState.OPEN)] == ["S1"]
        assert len(submissions.listing(s)) == 3


def test_batches_are_paged_with_the_waiting_first_and_found_by_text(store: Store) -> None:
    with store.write() as s:
        for n, state in enumerate([State.RELEASED, State.RUNNING, State.WAITING, State.FAILED]):
            batches.add(s, a_batch(f"B{n}"))
            batches.set_state(s, f"B{n}", state)
            documents.add(s, a_document(f"D{n}", f"B{n}", f"m1/file_{n}%.docx"))
        found, total = tallies.page_of_batches(s)
        assert [x.batch.id for x in found] == ["B2", "B3", "B1", "B0"]
        assert total == 4
        assert found[0].documents == Counter({"admitted": 1})
        assert [x.batch.id for x in tallies.page_of_batches(s, text="FILE_1%")[0]] == ["B1"]
        assert tallies.page_of_batches(s, text="file%1")[1] == 0
        assert (
            tallies.page_of_batches(s, states=[State.RUNNING, State.FAILED], limit=1, offset=1)[0][0].batch.id == "B1"
        )
        assert tallies.states_of_batches(s) == Counter({"released": 1, "running": 1, "waiting": 1, "failed": 1})


def test_words_are_counted_by_where_a_target_first_came_from(store: Store) -> None:
    rows = [a_segment(n, "One two three.") for n in range(3)]
    fresh = [
        Unit(rows[0].id).translated((Text("Eins."),), Origin(OriginKind.MODEL)),
        Unit(rows[1].id).recalled((Text("Zwei."),), Origin(OriginKind.EXACT)),
        Unit(rows[2].id),
    ]
    with store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
        units.put_segments(s, "D1", rows, fresh)
        edited = units.units(s, "D1")[rows[0].id].edited((Text("Anders."),), "anna")
        units.save(s, "D1", [edited], NOW, "anna")
        assert tallies.words_by_origin(s, "B1") == Counter({"model": 3, "exact": 3, "none": 3})
        assert tallies.words_by_origin(s, "B1", "D1") == tallies.words_by_origin(s, "B1")
        assert tallies.rows_by_status(s, "B1") == {"D1": Counter({"edited": 1, "recalled": 1, "new": 1})}
