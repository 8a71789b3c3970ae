"""Briefs and package terms: the first one frozen or bound holds, proposals come and go, what people have bound stays."""

from __future__ import annotations

from datetime import UTC, datetime

from store_builders import a_batch, a_document

from docpipe.model.brief import Bound
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text
from docpipe.model.segment import Origin, OriginKind, SegmentId, Unit
from docpipe.segment.segments import segment
from docpipe.store import batches, briefs, documents, package_terms, units
from docpipe.store.database import Store
from docpipe.store.package_terms import LOCKED, PackageTerm

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def made(store: Store, *sources: str) -> tuple[str, str, list[SegmentId]]:
    batch = a_batch()
    document = a_document(batch.id)
    blocks = [Block(Address(f"p[{n}]"), BlockKind.PARAGRAPH, (Text(s),)) for n, s in enumerate(sources)]
    some = segment(blocks, "a" * 64, "en")
    with store.write() as s:
        batches.add(s, batch)
        documents.add(s, document)
        fresh = [
            Unit(g.id).translated((Text(f"objetivo 100% {n}"),), Origin(OriginKind.MODEL)) for n, g in enumerate(some)
        ]
        units.put_segments(s, document.id, some, fresh)
    return batch.id, document.id, [g.id for g in some]


def test_the_first_brief_of_a_document_holds(store: Store) -> None:
    _, document, _ = made(store, "One.")
    with store.write() as s:
        assert briefs.get(s, document) is None
        assert briefs.freeze(s, document, Digest("1" * 64), NOW) == "1" * 64
    with store.write() as s:
        assert briefs.freeze(s, document, Digest("2" * 64), NOW) == "1" * 64
        assert briefs.get(s, document) == "1" * 64


def test_new_proposals_replace_the_old_and_leave_what_is_bound(store: Store) -> None:
    batch, document, rows = made(store, "One.")
    with store.write() as s:
        package_terms.propose(
            s, batch, [PackageTerm("Endpoint", "a", uses=3, targets={"a": 2, "b": 1}), PackageTerm("visit", "v")], NOW
        )
        one = PackageTerm("Endpoint", "b", state=LOCKED, document=document, segment=rows[0], user="jo")
        assert package_terms.bind(s, batch, one, NOW)
        assert not package_terms.bind(s, batch, PackageTerm("Endpoint", "c", state=LOCKED), NOW)
    with store.write() as s:
        package_terms.propose(
            s, batch, [PackageTerm("endpoint", "a", uses=9, targets={"a": 9}), PackageTerm("dose", "d", uses=2)], NOW
        )
    with store.read() as s:
        found = package_terms.of_batch(s, batch)
        assert [(t.source, t.target, t.state, t.uses) for t in found] == [
            ("Endpoint", "b", "locked", 9),
            ("dose", "d", "proposed", 2),
        ]
        assert (found[0].user, found[0].segment, found[0].others) == ("jo", rows[0], ("a",))
        assert package_terms.locked(s, batch) == (Bound("Endpoint", "b"),)
        assert package_terms.get(s, batch, "ENDPOINT") == found[0]
        assert package_terms.get(s, batch, "none") is None


def test_rows_with_a_term_are_found_and_signs_of_patterns_mean_themselves(store: Store) -> None:
    batch, document, rows = made(store, "The Primary endpoint is 100% sure.", "No endpoint here.", "A 100x dose.")
    with store.read() as s:
        assert package_terms.rows_with(s, batch, "primary ENDPOINT") == {document: rows[:1]}
        assert package_terms.rows_with(s, batch, "100%") == {document: rows[:1]}
        assert package_terms.rows_with(s, batch, "endpoint", without="objetivo 100% 0") == {document: rows[1:2]}
        assert package_terms.rows_with(s, batch, "endpoint", without="objetivo_100") == {document: rows[:2]}
        assert package_terms.texts(s, document, rows[2:]) == {rows[2]: ("A 100x dose.", "objetivo 100% 2")}
        assert [t for _, _, t in package_terms.translated_texts(s, batch)] == [f"objetivo 100% {n}" for n in range(3)]
