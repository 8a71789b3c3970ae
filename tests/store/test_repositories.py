"""Batches, documents, checkpoints, timings and memory: what goes in comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from store_builders import NOW, a_batch, a_document

from docpipe.errors import Defect, StorageError, UnknownName
from docpipe.model.batch import Checkpoint, CheckpointState, Signature, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import Coverage, ReadPolicy
from docpipe.model.recipe import AssetRef
from docpipe.model.terms import TmEntry
from docpipe.model.timing import StageTiming
from docpipe.store import batches, checkpoints, documents, memory, timings
from docpipe.store.database import Store
from docpipe.store.memory import SqlMemory


def test_a_batch_comes_back_with_its_whole_recipe(store: Store) -> None:
    batch = replace(
        a_batch(assets=(AssetRef("tmx", "a.tmx", Digest("1" * 64), 3),), policy=ReadPolicy("final", fields=("REF",)), prices=(1.0, 0.5, 2.0)),
        name="n\udcff", out="/x",
    )  # fmt: skip
    with store.write() as s:
        batches.add(s, batch)
        batches.set_state(s, "B1", State.WAITING)
    with store.read() as s:
        assert batches.get(s, "B1") == replace(batch, state=State.WAITING)
        assert batches.get(s, "B1").recipe.digest == batch.recipe.digest
        with pytest.raises(UnknownName):
            batches.get(s, "B")
    with store.write() as s, pytest.raises(UnknownName):
        batches.set_state(s, "B9", State.FAILED)


def test_a_batch_is_found_as_people_name_it(store: Store) -> None:
    with store.write() as s:
        with pytest.raises(UnknownName):
            batches.find(s)
        for n, name in enumerate(["B1%1", "B2_2", "B2_3"]):
            batches.add(s, replace(a_batch(name), created=NOW + timedelta(seconds=n), name="protocol" if n < 2 else ""))
    with store.read() as s:
        assert batches.find(s).id == batches.find(s, "latest").id == "B2_3"
        assert batches.find(s, "B1").id == "B1%1"
        assert batches.find(s, "B2_2").id == "B2_2"
        assert batches.find(s, "protocol").id == "B2_2"
        for wrong in ("B2", "%", "b9"):
            with pytest.raises(UnknownName):
                batches.find(s, wrong)
        assert [b.id for b in batches.listing(s)] == ["B1%1", "B2_2", "B2_3"]


def test_documents_change_only_where_they_may(filled: Store) -> None:
    with filled.write() as s:
        documents.add(s, a_document("D0", path="m5/b.docx"))
        coverage = Coverage.of(10, 7, [("hidden", 3)])
        documents.update(
            s, "D1", coverage=coverage, pages=3, stage="extracted", error_message="nul \x00", state=State.RUNNING
        )
        documents.set_state(s, "D0", State.REFUSED)
    with filled.read() as s:
        assert [d.id for d in documents.of_batch(s, "B1")] == ["D1", "D0"]
        changed = documents.get(s, "D1")
        assert changed == replace(
            a_document(), coverage=coverage, pages=3, stage="extracted", error_message="nul \x00", state=State.RUNNING
        )
        assert documents.get(s, "D0").state is State.REFUSED
    with filled.write() as s:
        with pytest.raises(Defect):
            documents.update(s, "D1", sha256="0" * 64)
        with pytest.raises(UnknownName):
            documents.update(s, "D9", pages=1)
        with pytest.raises(UnknownName):
            documents.get(s, "D9")


def test_a_document_without_its_batch_cannot_be(store: Store) -> None:
    with pytest.raises(StorageError), store.write() as s:
        documents.add(s, a_document())


POINT = Checkpoint("C1", "B1", "D1", "review", "approver", Digest("a" * 64), CheckpointState.OPEN, NOW)


def test_a_checkpoint_waits_is_decided_signed_and_voided(filled: Store) -> None:
    signature = Signature("C1", "bert", "Bert B.", "approval", NOW, Digest("b" * 64))
    with filled.write() as s:
        checkpoints.open(s, POINT)
        assert checkpoints.waiting(s) == checkpoints.waiting(s, "B1") == [POINT]
        assert checkpoints.waiting(s, "B2") == []
        checkpoints.add_decision(s, "C1", "bert", "reject", "typo", NOW)
        checkpoints.set_state(s, "C1", CheckpointState.SENT_BACK)
        assert len(checkpoints.waiting(s)) == 1
        checkpoints.sign(s, signature)
        checkpoints.set_state(s, "C1", CheckpointState.SIGNED, digest=Digest("b" * 64))
    with filled.read() as s:
        assert checkpoints.waiting(s) == []
        assert checkpoints.signatures(s, "C1") == [signature]
        assert [d.verdict for d in checkpoints.decisions_of(s, "C1")] == ["reject"]
        assert checkpoints.of_document(s, "D1") == [
            replace(POINT, state=CheckpointState.SIGNED, digest=Digest("b" * 64))
        ]
    with filled.write() as s:
        assert checkpoints.void_document(s, "D1", NOW) == 1
        assert checkpoints.void(s, "C1", NOW) == 0
        assert checkpoints.signatures(s, "C1") == [replace(signature, void=True)]
        with pytest.raises(UnknownName):
            checkpoints.sign(s, replace(signature, checkpoint="C9"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE signatures SET digest = 'x'", "UPDATE signatures SET void = FALSE", "DELETE FROM signatures",
        "UPDATE signatures SET void = TRUE, meaning = 'x'", "UPDATE decisions SET verdict = 'x'", "DELETE FROM decisions",
    ],
)  # fmt: skip
def test_decisions_and_signatures_cannot_be_changed(filled: Store, statement: str) -> None:
    with filled.write() as s:
        checkpoints.open(s, POINT)
        checkpoints.add_decision(s, "C1", "bert", "approve", "", NOW)
        checkpoints.sign(s, Signature("C1", "bert", "Bert B.", "approval", NOW, Digest("b" * 64)))
        checkpoints.void(s, "C1", NOW)
    with pytest.raises(StorageError), filled.write() as s:
        s.execute(text(statement))


def test_timings_come_back_in_order(store: Store) -> None:
    several = [
        StageTiming("B1", "D1", stage, NOW, NOW + timedelta(seconds=2), 1, 2, 3, 4, 5, 6, 0.5, 1, people)
        for stage, people in (("extracted", False), ("waiting", True))
    ]
    with store.write() as s:
        for timing in several:
            timings.add(s, timing)
    with store.read() as s:
        assert timings.of_batch(s, "B1") == several
        assert timings.of_batch(s, "B2") == []


def _entry(source: str, target: str, created: str = "", target_language: str = "de") -> TmEntry:
    return TmEntry(source, target, "en", target_language, "c", True, "anna", created)


def test_memory_is_found_by_the_sources_digest_in_the_assets_order_newest_first(store: Store) -> None:
    hello, bye = _entry("Hello <1/>", "Hallo <1/>", "2024"), _entry("nul\x00 \ud83d", "x")
    newer, second = _entry("Hello <1/>", "Guten Tag <1/>", "2025"), _entry("Hello <1/>", "Moin <1/>", "2026")
    french = _entry("Hello <1/>", "Bonjour <1/>", "2027", "fr")
    with store.write() as s:
        for _ in range(2):
            memory.put_entries(s, "A", [newer, hello, bye, french])
        memory.put_entries(s, "B", [second])
        memory.put_entries(s, "other", [_entry("Hello <1/>", "no")])
    wanted = [
        digest_of("Hello <1/>"),
        digest_of("nul\x00 \ud83d"),
        digest_of("nothing"),
        *[digest_of(n) for n in range(1200)],
    ]
    found = SqlMemory(store, ["A", "B"], "en", "de").exact(wanted)
    assert found == {wanted[0]: [newer, hello, second], wanted[1]: [bye]}
    assert SqlMemory(store, ["A"]).exact(wanted)[wanted[0]] == [french, newer, hello]
    assert SqlMemory(store, []).exact(wanted) == {}


def test_an_asset_is_noted_once(store: Store) -> None:
    with store.write() as s:
        for _ in range(2):
            memory.put_asset(s, AssetRef("tmx", "a.tmx", Digest("1" * 64), 3))
        assert s.execute(text("SELECT count(*) FROM assets")).scalar() == 1


def test_documents_are_found_by_the_bytes_they_came_as_and_by_those_they_became(store: Store) -> None:
    with store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
        documents.update(s, "D1", output="f" * 64)
    with store.read() as s:
        (one,) = documents.with_output(s, "f" * 64)
        assert one.id == "D1"
        assert documents.of_bytes(s, [one.sha256]) == [one]
        assert documents.of_bytes(s, []) == documents.with_output(s, "e" * 64) == []
