"""The operators' aggregates give the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from store_builders import NOW, a_batch, a_document, a_segment

from docpipe.errors import ProviderTimeout
from docpipe.model.batch import Checkpoint, CheckpointState, Signature, State
from docpipe.model.canonical import digest_bytes
from docpipe.model.inline import Text
from docpipe.model.segment import Origin, OriginKind, Unit
from docpipe.model.timing import StageTiming
from docpipe.store import (
    audit,
    batches,
    checkpoints,
    documents,
    efforts,
    leases,
    overview,
    series,
    timeline,
    timings,
    totals,
    units,
)
from docpipe.store.database import Store
from docpipe.store.tables import llm_calls

DAY = 86400


def _timing(stage: str, start: float, end: float, words: int = 0, document: str = "D1") -> StageTiming:
    return StageTiming("B1", document, stage, NOW + timedelta(seconds=start), NOW + timedelta(seconds=end), 2, words, 1)


def test_busy_time_is_the_union_of_all_spans_cut_at_the_window(filled: Store) -> None:
    with filled.write() as s:
        for start, end in ((-100, 10), (0, 20), (5, 8), (30, 40), (35, 50)):
            timings.add(s, _timing("checked", start, end, words=100))
    with filled.read() as s:
        work = series.work_since(s, NOW)
    assert (work.documents, work.words, work.pages) == (5, 500, 10)
    assert work.busy == pytest.approx(40, abs=0.01)
    assert work.words_per_hour == pytest.approx(500 / 40 * 3600, rel=0.001)


def test_nothing_gives_zeros_and_no_error(store: Store) -> None:
    with store.read() as s:
        assert series.work_since(s, NOW).words_per_hour == 0
        assert series.throughput(s, NOW, DAY) == series.reviewing(s, NOW, DAY) == series.rows_done(s, NOW, DAY) == []
        assert series.signing_waits(s, NOW) == (0, 0.0)
        assert overview.longest_waiting(s, 5) == (0, [])
        assert overview.calls_since(s, NOW).ended == 0
        assert overview.clocks(s).newest_event is None
        assert overview.last_verification(s) is None
        assert totals.review(s) == (0.0, 0, 0)
        assert totals.signed(s) == (0, 0)


def test_periods_begin_at_midnight_of_utc(filled: Store) -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    with filled.write() as s:
        for at, words in (
            (midnight - timedelta(milliseconds=2), 1),
            (midnight, 10),
            (midnight + timedelta(hours=23), 100),
        ):
            timings.add(s, StageTiming("B1", "D1", "checked", at, at, 1, words))
    with filled.read() as s:
        found = series.throughput(s, NOW, DAY)
    day = int(midnight.timestamp()) // DAY
    assert found == [(day - 1, 1, 1), (day, 110, 2)]


def test_leverage_counts_where_a_target_first_came_from(filled: Store) -> None:
    segments = [a_segment(n, f"Word number {n} here") for n in range(3)]
    with filled.write() as s:
        units.put_segments(s, "D1", segments, [Unit(g.id) for g in segments])
        now = units.units(s, "D1")
        model = [now[g.id].translated((Text("x"),), Origin(OriginKind.MODEL)) for g in segments]
        units.save(s, "D1", model, NOW, "docpipe")
        units.save(s, "D1", [model[0].edited((Text("y"),), "mei")], NOW, "mei")
    with filled.read() as s:
        found = series.rows_done(s, NOW, DAY)
    assert sorted((f.origin, f.edited, f.rows, f.words) for f in found) == [
        ("model", False, 2, 8),
        ("model", True, 1, 4),
    ]


def test_review_effort_is_summed_by_day(filled: Store) -> None:
    segments = [a_segment(n, "four words are here") for n in range(2)]
    with filled.write() as s:
        units.put_segments(s, "D1", segments, [Unit(g.id) for g in segments])
        for user, g in (("mei", segments[0]), ("jo", segments[0]), ("mei", segments[1])):
            efforts.mark(s, "D1", user, [efforts.Mark(g.id, 1500, 3, shown=True)], NOW)
    with filled.read() as s:
        (one,) = series.reviewing(s, NOW, DAY)
        assert (one.people, one.rows, one.words, one.active, one.keystrokes) == (2, 3, 12, 4.5, 9)
        assert timeline.active_seconds(s, "D1") == 4.5
        assert totals.review(s) == (4.5, 9, 3)


def test_the_oldest_open_checkpoint_comes_first_and_signatures_have_waits(filled: Store) -> None:
    with filled.write() as s:
        documents.add(s, a_document("D2", path="m2/a.docx"))
        for name, minutes in (("D1", 5), ("D2", 50)):
            documents.set_state(s, name, State.WAITING)
            opened = NOW - timedelta(minutes=minutes)
            checkpoints.open(
                s,
                Checkpoint(
                    f"C{name}", "B1", name, "review", "approver", digest_bytes(b""), CheckpointState.OPEN, opened
                ),
            )
    with filled.read() as s:
        total, found = overview.longest_waiting(s, 1)
    assert (total, found[0].document, found[0].since) == (2, "D2", NOW - timedelta(minutes=50))
    with filled.write() as s:
        checkpoints.sign(s, Signature("CD2", "jo", "Jo", "approval", NOW, digest_bytes(b"")))
        checkpoints.set_state(s, "CD2", CheckpointState.SIGNED)
        documents.set_state(s, "D2", State.RELEASING)
    with filled.read() as s:
        assert overview.longest_waiting(s, 9)[0] == 1
        assert series.signing_waits(s, NOW) == (1, pytest.approx(3000, abs=0.01))
        assert totals.signed(s) == (1, 0)


def _call(number: int, state: str, at: datetime, code: str = "", cost: float = 0.5) -> dict[str, object]:
    return {
        "id": f"K{number}", "spend_key": f"S{number}", "batch": "B1", "document": "D1", "provider": "openai", "model": "m",
        "prompt": "p", "purpose": "first", "attempt": 1, "state": state, "owner": "host|b|n#7#1#ab", "lease_until": at,
        "reserved_at": at, "sent_at": at, "ended_at": None if state == "sent" else at, "estimate_tokens": 9, "estimate_cost": 2.0,
        "input_tokens": 10, "cached_tokens": 0, "output_tokens": 5, "cost": cost if state == "received" else 0.0,
        "latency": 2.0, "error_code": code, "request_id": "",
    }  # fmt: skip


def test_calls_are_counted_by_window_with_the_codes_of_those_without_a_reply(filled: Store) -> None:
    code = ProviderTimeout.code
    with filled.write() as s:
        rows = [
            _call(1, "received", NOW),
            _call(2, "unknown", NOW, code),
            _call(3, "received", NOW - timedelta(hours=2)),
            _call(4, "sent", NOW),
        ]
        s.connection().execute(insert(llm_calls), rows)
    with filled.read() as s:
        hour = overview.calls_since(s, NOW - timedelta(hours=1))
        assert (hour.received, hour.unknown, hour.failed, hour.codes, hour.seconds) == (1, 1, 0, {code: 1}, 2.0)
        assert overview.call_failures(s) == [(code, 1)]
        (line,) = overview.batch_lines(s, overview.document_counts(s), 5)
        assert line.spent == pytest.approx(0.5 + 0.5 + 2.0 + 2.0)
        assert [(c.state, c.calls) for c in timeline.calls(s, "B1", "D1")] == [
            ("received", 2),
            ("sent", 1),
            ("unknown", 1),
        ]
        assert overview.last_workers(s, 3)[0][1] == 4


def test_leases_that_are_held_are_listed_and_others_are_not(filled: Store) -> None:
    with filled.write() as s:
        leases.acquire(s, "document:D1", "somebody", 60)
        gone = leases.acquire(s, "document:D2", "somebody", 60)
        assert gone
        leases.release(s, gone)
    with filled.read() as s:
        assert [(n, o) for n, o, _ in overview.held_leases(s)] == [("document:D1", "somebody")]


def test_failures_and_refusals_are_told_apart_with_their_senders(filled: Store) -> None:
    with filled.write() as s:
        documents.add(s, a_document("D2", path="bad.docx"))
        documents.update(s, "D2", state=State.REFUSED, error_code="input.empty", error_message="No bytes.")
        documents.update(s, "D1", state=State.FAILED, error_code="provider.timeout", error_message="No reply.")
    with filled.read() as s:
        assert overview.error_counts(s) == [("refused", "input.empty", 1), ("failed", "provider.timeout", 1)] or overview.error_counts(s) == [
            ("failed", "provider.timeout", 1), ("refused", "input.empty", 1)
        ]  # fmt: skip
        (bad,) = overview.ended_badly(s, State.REFUSED, 9)
        assert (bad.path, bad.code, bad.submitter, bad.sha256) == (
            "bad.docx",
            "input.empty",
            "anna",
            digest_bytes(b"D2"),
        )
        assert overview.ended_badly(s, State.REFUSED, 9, batch="other") == []


def test_a_documents_events_leave_out_those_on_rows_and_these_are_counted(filled: Store) -> None:
    with filled.write() as s:
        for action, subject in (
            ("document.extracted", "D1"),
            ("row.edited", "D1/S1"),
            ("row.edited", "D1/S2"),
            ("row.edited", "D10/S2"),
        ):
            audit.append(s, "B1", "mei", action, subject)
    with filled.read() as s:
        assert [e.action for e in timeline.events(s, "B1", ["D1"], 9)] == ["document.extracted"]
        assert timeline.row_events(s, "B1", "D1") == [("mei", "row.edited", 2)]


def test_live_batches_come_before_ended_ones_when_there_are_many(store: Store) -> None:
    with store.write() as s:
        for n in range(5):
            batches.add(s, a_batch(f"B{n}"))
        for n in range(1, 5):
            batches.set_state(s, f"B{n}", State.RELEASED)
    with store.read() as s:
        assert "B0" in {line.id for line in overview.batch_lines(s, [], 2)}


def test_waits_to_write_are_counted(sqlite_store: Store) -> None:
    before = sqlite_store.waits.now.writes
    with sqlite_store.write():
        pass
    assert sqlite_store.waits.now.writes == before + 1
    assert sqlite_store.waits.now.given_up == 0
