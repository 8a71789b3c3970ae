"""Segments and units: lossless, optimistic, with all their history."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_builders import NOW, a_document, a_segment

from docpipe.errors import IllegalMove, StaleRow, UnknownName
from docpipe.model.inline import Close, Inline, Open, Placeholder, Text
from docpipe.model.segment import Origin, OriginKind, SegmentId, Status, Unit
from docpipe.store import approved, documents, findings, units
from docpipe.store.database import Store

any_text = st.text(st.characters(exclude_categories=[]))  # lone surrogates and NUL too
flags = {
    "isolated": st.booleans(),
    "deletable": st.booleans(),
    "cloneable": st.booleans(),
    "reorderable": st.booleans(),
}
numbers = st.integers(1, 99)
parts: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, any_text),
    st.builds(Open, numbers, any_text, any_text, **flags),
    st.builds(Close, numbers, st.booleans()),
    st.builds(Placeholder, numbers, any_text, any_text, any_text, *[st.booleans()] * 3),
)
coded = st.lists(parts, max_size=6).map(tuple)
origins = st.builds(Origin, st.sampled_from(OriginKind), any_text, st.just(""))

MODEL = Origin(OriginKind.MODEL, "m", "k")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(coded, coded, origins, any_text, st.sampled_from(Status)), min_size=1, max_size=5))
def test_any_segment_and_unit_comes_back_as_it_was(filled: Store, rows: list[tuple]) -> None:  # type: ignore[type-arg]
    segs = [a_segment(n, source) for n, (source, *_) in enumerate(rows)]
    new = [
        Unit(g.id, target, Status.NEW, origin, n, "", "", why)
        for n, (g, (_, target, origin, why, _)) in enumerate(zip(segs, rows, strict=True))
        if origin.kind is not OriginKind.HUMAN
    ]
    with filled.write() as s:
        assert units.put_segments(s, "D1", segs, new)
    with filled.read() as s:
        assert units.segments(s, "D1") == segs
        assert list(units.units(s, "D1").values()) == new


def _put(store: Store, count: int = 3) -> list[Unit]:
    segs = [a_segment(n) for n in range(count)]
    with store.write() as s:
        units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
    return [Unit(g.id) for g in segs]


def _save(store: Store, *changed: Unit, actor: str = "docpipe", **more: object) -> None:
    with store.write() as s:
        units.save(s, "D1", changed, NOW, actor, **more)  # type: ignore[arg-type]


def test_every_earlier_revision_is_kept(filled: Store) -> None:
    first = _put(filled)[0].translated((Text("eins"),), MODEL)
    second = first.edited((Text("zwei"),), "anna")
    third = second.approved("bert")
    for unit, actor in ((first, "docpipe"), (second, "anna"), (third, "bert")):
        _save(filled, unit, actor=actor)
    with filled.read() as s:
        past = units.history(s, "D1", first.segment)
        assert [r.unit for r in past] == [first, second, third]
        assert [r.actor for r in past] == ["docpipe", "anna", "bert"]
        assert past[0].at == NOW
        assert units.get(s, "D1", first.segment)[1] == third
        assert units.first_origins(s, "D1") == {first.segment: OriginKind.MODEL}
        assert units.by_status(s, "D1") == {"new": 2, "recalled": 0, "translated": 0, "edited": 0, "approved": 1}
        assert units.some(s, "D1", [first.segment, SegmentId("none")]) == {first.segment: third}


def test_a_stale_revision_is_refused_by_name_and_nothing_is_written(filled: Store) -> None:
    one, other, _ = _put(filled)
    mine = one.translated((Text("mine"),), MODEL)
    _save(filled, mine)
    with pytest.raises(StaleRow, match=one.segment):
        _save(filled, other.translated((Text("x"),), MODEL), one.translated((Text("theirs"),), MODEL))
    with filled.read() as s:
        now = units.units(s, "D1")
    assert now[one.segment] == mine
    assert now[other.segment] == other


def test_what_a_person_saw_is_compared_exactly(filled: Store) -> None:
    one = _put(filled)[0]
    later = one.translated((Text("a"),), MODEL).edited((Text("b"),), "anna")
    _save(filled, one.translated((Text("other"),), MODEL))
    with pytest.raises(StaleRow):
        _save(filled, later, expected={one.segment: 0})
    _save(filled, later, expected={one.segment: 1})


def test_an_unknown_unit_is_refused(filled: Store) -> None:
    with pytest.raises(UnknownName):
        _save(filled, Unit(SegmentId("nobody"), revision=1))
    with filled.read() as s, pytest.raises(UnknownName):
        units.get(s, "D1", "nobody")


def test_segments_may_be_put_again_until_people_have_worked(filled: Store) -> None:
    one = _put(filled)[0]
    _save(filled, one.translated((Text("m"),), MODEL))
    _put(filled, 2)
    with filled.read() as s:
        assert len(units.segments(s, "D1")) == 2
        assert units.units(s, "D1")[one.segment] == one
        assert [r.unit.revision for r in units.history(s, "D1", one.segment)] == [1, 0]
    _save(filled, one.edited((Text("p"),), "anna"))
    with filled.write() as s:
        segs = units.segments(s, "D1")
        assert not units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
        with pytest.raises(IllegalMove):
            units.put_segments(s, "D1", segs[:1], [])
    with filled.read() as s:
        assert units.units(s, "D1")[one.segment].status is Status.EDITED


def test_approved_rows_become_memory_entries_with_the_sources_numbers(filled: Store) -> None:
    source = (Open(7, "b"), Text("one"), Close(7), Placeholder(3), Text(" <1> two"))
    segs = [a_segment(1, source), a_segment(2)]
    target = (Placeholder(3), Text("zwei "), Open(7, "b"), Text("eins"), Close(7))
    unit = Unit(segs[0].id).edited(target, "anna").approved("bert")
    with filled.write() as s:
        units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
    _save(filled, unit, actor="bert")
    with filled.read() as s:
        (entry,) = approved.approved_pairs(s, "B1")
    assert entry.source == "<1>one</1><2/> <\\1> two"
    assert entry.target == "<2/>zwei <1>eins</1>"
    assert (entry.source_language, entry.target_language, entry.origin) == ("en", "de", "bert")
    assert entry.created == "20261120T120000Z"


def test_units_of_two_documents_with_the_same_bytes_do_not_meet(filled: Store) -> None:
    one = _put(filled)[0]
    with filled.write() as s:
        documents.add(s, a_document("D2", path="copy.docx"))
        segs = units.segments(s, "D1")
        units.put_segments(s, "D2", segs, [Unit(g.id) for g in segs])
    _save(filled, one.translated((Text("m"),), MODEL))
    with filled.read() as s:
        assert units.units(s, "D2")[one.segment] == one


@pytest.mark.slow
def test_ten_thousand_rows_go_in_and_out_in_a_few_seconds(sqlite_store: Store) -> None:
    from store_builders import a_batch

    from docpipe.store import batches

    count = 10_000
    segs = [a_segment(n, "The subject received 5 mg of the study drug. " * 3) for n in range(count)]
    with sqlite_store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
    start = time.process_time()
    with sqlite_store.write() as s:
        units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
    inserted = time.process_time() - start
    changed = [Unit(g.id).translated((Text("Der Prüfungsteilnehmer erhielt 5 mg. " * 3),), MODEL) for g in segs]
    start = time.process_time()
    _save(sqlite_store, *changed)
    saved = time.process_time() - start
    start = time.process_time()
    with sqlite_store.read() as s:
        assert len(units.units(s, "D1")) == len(units.segments(s, "D1")) == count
    loaded = time.process_time() - start
    print(f"{count} rows: insert {inserted:.2f} s, save {saved:.2f} s, load {loaded:.2f} s")
    assert inserted < 2  # processor time, so that a busy machine does not matter; 100,000 rows in 10 s are asked for
    with sqlite_store.read() as s:
        assert findings.open_critical(s, "D1") == 0
