"""Signing while others edit, on both databases: what is signed is what was there, and an edit that comes later voids it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench.grid_rows import BATCH, build

from docpipe.accounts.roles import Role, User
from docpipe.errors import DocpipeError, StaleRow
from docpipe.model.batch import Checkpoint, CheckpointState, State
from docpipe.model.canonical import Digest
from docpipe.model.finding import Disposition
from docpipe.model.inline import to_wire
from docpipe.model.segment import Status
from docpipe.settings import load
from docpipe.steps import bulk, decide, discuss, effort, review, sign
from docpipe.steps.effort import Mark
from docpipe.steps.house import House
from docpipe.steps.review import Typed
from docpipe.steps.rows import Filter
from docpipe.store import audit_verify, checkpoints, comments, documents, findings, units
from docpipe.store.database import Store

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EDITOR = User("eva", "Eva", frozenset({Role.REVIEWER}), False, NOW)
OTHER = User("otto", "Otto", frozenset({Role.REVIEWER}), False, NOW)
APPROVER = User("jose", "José", frozenset({Role.APPROVER}), False, NOW)


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    return House(load(home=tmp_path), store)


@pytest.fixture
def document(house: House) -> str:
    """A document of 40 rows, all approved, nothing open."""
    name = build(house, 40, 40)[0]
    with house.store.write() as s:
        checkpoints.open(
            s, Checkpoint("C1", BATCH, name, "review", "approver", Digest("d" * 64), CheckpointState.OPEN, NOW)
        )
        ids = [f.id for f in findings.listing(s, name, disposition=Disposition.OPEN)]
        asked = comments.listing(s, name, open_only=True)
    decide.dismiss_all(house, name, ids, APPROVER, "agreed")
    for question in asked:
        discuss.resolve(house, question.id, APPROVER)
    decide.approve(house, name, None, APPROVER)
    assert sign.blockers(house, name) == {}
    return name


def test_an_edit_beside_a_signature_either_comes_first_or_voids_it(house: House, document: str) -> None:
    for number in range(6):
        decide.approve(house, document, None, APPROVER)
        failed: list[DocpipeError] = []
        start = threading.Barrier(3)

        def signs(start: threading.Barrier = start, failed: list[DocpipeError] = failed) -> None:
            start.wait()
            try:
                sign.sign_as(house, document, APPROVER, "approval")
            except DocpipeError as error:
                failed.append(error)

        def edits(row: int, number: int = number, start: threading.Barrier = start) -> None:
            with house.store.read() as s:
                unit = list(units.units(s, document).values())[row]
            start.wait()
            review.save(house, document, unit.segment, Typed(f"{to_wire(unit.target)} {number}", unit.revision), EDITOR)

        threads = [threading.Thread(target=signs), *(threading.Thread(target=edits, args=(r,)) for r in (3, 17))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with house.store.read() as s:
            now = documents.get(s, document)
            open_rows = units.waiting(s, document)
        assert open_rows == 2
        assert now.state is State.WAITING
        assert not sign.signature_holds(house, now)
        assert all(e.code == "review.not_approvable" for e in failed)
        with house.store.read() as s:
            assert audit_verify.verify(s, BATCH) == []
        _dismiss(house, document)


def _dismiss(house: House, document: str) -> None:
    with house.store.read() as s:
        ids = [f.id for f in findings.listing(s, document, disposition=Disposition.OPEN)]
    decide.dismiss_all(house, document, ids, APPROVER, "agreed")


def test_bulk_approvals_and_edits_at_once_approve_only_what_was_seen(house: House) -> None:
    name = build(house, 60, 60)[0]
    with house.store.read() as s:
        rows = list(units.units(s, name).values())
    effort.report(house, name, OTHER, [Mark(u.segment, 1000, 0, True) for u in rows])
    shown = bulk.preview(house, name, Filter(), APPROVER)
    seen = dict(shown.rows)
    texts = {u.segment: u.digest for u in rows}
    start = threading.Barrier(5)

    def edits(person: int) -> None:
        user = User(f"p{person}", f"P{person}", frozenset({Role.REVIEWER}), False, NOW)
        start.wait()
        for unit in rows[person::4]:
            if unit.segment in seen:
                text = f"{to_wire(unit.target)} {person}"
                try:
                    review.save(house, name, unit.segment, Typed(text, unit.revision), user)
                except StaleRow:  # the approval was quicker: the person looks again
                    review.save(house, name, unit.segment, Typed(text, unit.revision + 1), user)

    done: list[bulk.Approved] = []

    def approves() -> None:
        start.wait()
        done.append(bulk.approve(house, name, shown.digest, len(seen), APPROVER))

    threads = [threading.Thread(target=edits, args=(n,)) for n in range(4)] + [threading.Thread(target=approves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    (result,) = done
    assert set(result.approved) | set(result.left) == set(seen)
    with house.store.read() as s:
        for segment in result.approved:
            past = units.history(s, name, segment)
            approved = next(r for r in past if r.unit.status is Status.APPROVED)
            assert approved.unit.revision == seen[segment] + 1
            assert approved.unit.digest == texts[segment]
        assert all(u.status is not Status.APPROVED for i, u in units.units(s, name).items() if i in seen)
        assert audit_verify.verify(s, BATCH) == []
