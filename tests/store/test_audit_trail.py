"""The audit trail: appended in order by many, and every tampering is found and named (G1)."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from store_builders import NOW

from docpipe.errors import StorageError
from docpipe.model.audit import event_hash
from docpipe.store import audit
from docpipe.store.audit_verify import copy_head, verify
from docpipe.store.database import Store
from docpipe.store.tables import audit_events, audit_heads

COUNT = 12


@pytest.fixture
def trail(store: Store, tmp_path: Path) -> tuple[Store, Path]:
    """Two chains of 12 events, sealed at their sixth, the heads copied outside."""
    heads = tmp_path / "audit-heads.jsonl"
    with store.write() as s:
        for n in range(COUNT):
            audit.append(s, "B1", "anna", "row.edited", f"D1/s{n}", f"old{n}", f"new \ud83d{n}", "typo", NOW)
            audit.append(s, "B2", "docpipe", "document.extracted", f"D{n}")
            if n == 5:
                audit.seal(s)
    with store.read() as s:
        assert copy_head(s, heads) == 3
        assert copy_head(s, heads) == 0
    return store, heads


def _problems(trail: tuple[Store, Path], *, outside: bool = True) -> list[str]:
    store, heads = trail
    with store.read() as s:
        return verify(s, None, heads if outside else None)


def _tamper(store: Store, does: Callable[[Connection], None]) -> None:
    """As somebody with full power over the database, triggers away."""
    with store.write() as s:
        connection = s.connection()
        for table in ("audit_events", "audit_heads"):
            if store.dialect == "sqlite":
                connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
                connection.execute(text(f"DROP TRIGGER {table}_no_update"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        does(connection)


def test_an_untouched_trail_verifies(trail: tuple[Store, Path]) -> None:
    store, heads = trail
    assert _problems(trail) == []
    with store.read() as s:
        events = list(audit.events(s, "B1"))
        exported = list(audit.export(s, "B1"))
    assert [e.number for e in events] == list(range(1, COUNT + 1))
    assert all(e.at == NOW for e in events)
    assert exported[0]["at"] == NOW.isoformat()
    assert exported[0]["new"] == "new \ud83d0"
    assert heads.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("column", [c.name for c in audit_events.c])
def test_a_change_of_any_column_is_found_and_its_number_named(trail: tuple[Store, Path], column: str) -> None:
    store, _ = trail
    number = random.Random(column).randrange(1, COUNT + 1)
    new = {"number": 99, "at": NOW + timedelta(seconds=1), "chain": "B3"}.get(column, "tampered")
    where = (audit_events.c.chain == "B1", audit_events.c.number == number)
    _tamper(store, lambda c: c.execute(update(audit_events).where(*where).values({column: new})) and None)
    problems = _problems(trail, outside=False)
    assert any(f"event {number} " in p or f"event {number + 1} does not follow" in p for p in problems), problems
    if number < COUNT and column not in ("hash",):
        assert any(f"chain B1: event {number} " in p for p in problems)


def test_a_time_that_is_no_time_is_found(trail: tuple[Store, Path]) -> None:
    store, _ = trail
    if store.dialect == "postgresql":
        pytest.skip("PostgreSQL's type does not let it in")
    _tamper(
        store,
        lambda c: c.execute(text("UPDATE audit_events SET at = 'soon' WHERE chain = 'B1' AND number = 4")) and None,
    )
    assert "chain B1: event 4 was changed" in _problems(trail)


def test_a_deleted_event_is_found(trail: tuple[Store, Path]) -> None:
    for number in (1, 7):
        where = (audit_events.c.chain == ("B1" if number == 1 else "B2"), audit_events.c.number == number)
        _tamper_once(trail[0], lambda c, where=where: c.execute(delete(audit_events).where(*where)))  # type: ignore[misc]
    problems = _problems(trail, outside=False)
    assert "chain B1: event 1 is missing" in problems
    assert "chain B2: event 7 is missing" in problems


def _tamper_once(store: Store, does: Callable[[Connection], object]) -> None:
    """``_tamper`` where the triggers may be away already."""
    try:
        _tamper(store, lambda c: does(c) and None)
    except StorageError:
        with store.write() as s:
            does(s.connection())


def test_two_swapped_events_are_found(trail: tuple[Store, Path]) -> None:
    def swap(c: Connection) -> None:
        for old, new in ((3, 90), (4, 3), (90, 4)):
            c.execute(
                update(audit_events)
                .where(audit_events.c.chain == "B1", audit_events.c.number == old)
                .values(number=new)
            )

    _tamper(trail[0], swap)
    assert any("chain B1: event 3 " in p for p in _problems(trail, outside=False))


def test_an_inserted_event_is_found(trail: tuple[Store, Path]) -> None:
    def put(c: Connection) -> None:
        last = c.execute(select(audit_events).where(audit_events.c.chain == "B1", audit_events.c.number == COUNT)).one()
        fields = (*last[:1], COUNT + 1, *last[2:9], last.hash)
        c.execute(
            insert(audit_events).values(dict(zip(audit_events.c.keys(), (*fields, event_hash(*fields)), strict=True)))
        )

    _tamper(trail[0], put)
    assert f"chain B1: event {COUNT + 1} is beyond the head" in _problems(trail, outside=False)


def _rehash(c: Connection, chain: str, start: int, change: dict[str, str]) -> None:
    """Changes an event and makes everything after it fit again, the head too: what a clever forger does."""
    rows = c.execute(select(audit_events).where(audit_events.c.chain == chain).order_by(audit_events.c.number)).all()
    previous = rows[start - 2].hash if start > 1 else "0" * 64
    for row in rows[start - 1 :]:
        fields = {**row._mapping, **(change if row.number == start else {}), "previous": previous}
        fields["hash"] = previous = event_hash(*[fields[n] for n in list(fields)[:10]])
        c.execute(
            update(audit_events)
            .where(audit_events.c.chain == chain, audit_events.c.number == row.number)
            .values(fields)
        )
    c.execute(update(audit_heads).where(audit_heads.c.chain == chain).values(hash=previous))


def test_a_rehashed_tail_is_found_by_the_outside_copy(trail: tuple[Store, Path]) -> None:
    _tamper(trail[0], lambda c: _rehash(c, "B1", 9, {"new": "forged"}))
    assert _problems(trail, outside=False) == []
    assert _problems(trail) == [f"chain B1: event {COUNT} is not the one that the outside copy tells of"]


def test_a_tail_rehashed_before_a_seal_is_found_without_it(trail: tuple[Store, Path]) -> None:
    _tamper(trail[0], lambda c: _rehash(c, "B1", 2, {"actor": "eve"}))
    assert _problems(trail, outside=False) == ["chain B1: event 6 is not the one that the chain of heads tells of"]


def test_a_cut_off_tail_is_found(trail: tuple[Store, Path]) -> None:
    store, _ = trail

    def cut(c: Connection) -> None:
        c.execute(delete(audit_events).where(audit_events.c.chain == "B1", audit_events.c.number > 8))

    _tamper(store, cut)
    assert "chain B1: event 9 is missing (cut off)" in _problems(trail, outside=False)
    with store.write() as s:  # the forger thinks of the head too
        last = s.execute(
            select(audit_events.c.hash).where(audit_events.c.chain == "B1", audit_events.c.number == 8)
        ).scalar()
        s.execute(update(audit_heads).where(audit_heads.c.chain == "B1").values(number=8, hash=last))
    assert _problems(trail, outside=False) == []
    assert _problems(trail) == [f"chain B1: event {COUNT} is missing (cut off): the outside copy knows it"]


def test_a_chain_wiped_out_is_found(trail: tuple[Store, Path]) -> None:
    def wipe(c: Connection) -> None:
        c.execute(delete(audit_events).where(audit_events.c.chain == "B2"))
        c.execute(delete(audit_heads).where(audit_heads.c.chain == "B2"))

    _tamper(trail[0], wipe)
    assert any("chain B2: event" in p and "missing" in p for p in _problems(trail))


def test_a_spoiled_outside_copy_is_said(trail: tuple[Store, Path]) -> None:
    _, heads = trail
    heads.write_text("not json\n" + heads.read_text() + '{"chain": "B1", "num')
    assert _problems(trail) == ["outside copy of the heads: line 1 cannot be read"]


def test_a_copy_goes_on_after_a_line_that_a_crash_cut_off(trail: tuple[Store, Path]) -> None:
    store, heads = trail
    with heads.open("a") as file:
        file.write('{"chain": "B1", "num')
    with store.write() as s:
        audit.append(s, "B1", "anna", "x", "y")
    with store.read() as s:
        assert copy_head(s, heads, ["B1"]) == 1
    assert heads.read_text().endswith("}\n")


def test_the_application_cannot_change_what_is_append_only(trail: tuple[Store, Path]) -> None:
    store, _ = trail
    statements = [
        "UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events", "DELETE FROM audit_heads",
        "UPDATE audit_heads SET number = 0",
    ]  # fmt: skip
    if store.dialect == "sqlite":
        statements.append("INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE number = 1")
    else:
        statements += ["TRUNCATE audit_events", "TRUNCATE audit_heads"]
    for statement in statements:
        with pytest.raises(StorageError), store.write() as s:
            s.execute(text(statement))
    assert _problems(trail) == []


def test_workers_append_side_by_side_without_gaps(store: Store) -> None:
    def work(n: int) -> None:
        for k in range(15):
            with store.write() as s:
                audit.append(s, f"B{n % 2}", f"w{n}", "a", str(k))
                if k % 5 == 0:
                    audit.seal(s)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with store.read() as s:
        assert verify(s) == []
        assert [len(list(audit.events(s, c))) for c in ("B0", "B1")] == [45, 45]


def test_chains_of_two_batches_do_not_wait_for_each_other(store: Store) -> None:
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    with store.write() as one:
        audit.append(one, "B1", "a", "x", "y")
        with store.write() as other:
            audit.append(other, "B2", "a", "x", "y")
            audit.seal(other)


def test_an_event_goes_with_its_change(store: Store) -> None:
    def fail() -> None:
        with store.write() as s:
            audit.append(s, "B1", "a", "x", "y")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as s:
        assert audit.chains(s) == []
