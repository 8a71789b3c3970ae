"""Gauges and counters of an installation for monitoring: counts and seconds, no document, no person. Imports store.

Names follow Prometheus' rules: base units, ``_total`` for what only rises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from docpipe import __version__
from docpipe.model.batch import State
from docpipe.steps.house import House
from docpipe.steps.vitals import vitals
from docpipe.store import overview as rows
from docpipe.store import totals
from docpipe.store.lines import LineNow, lines

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of samples: labels and value."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: list[tuple[Labels, float]]


def _gauge(name: str, help_: str, value: float | None, *labels: tuple[str, str]) -> Metric:
    return Metric(name, "gauge", help_, [] if value is None else [(labels, value)])


def _lines(name: str, help_: str, found: list[LineNow], value: Callable[[LineNow], float | None]) -> Metric:
    """By provider, model and address; lines of which it is not known are left out."""
    samples = [
        ((("provider", x.provider), ("model", x.model), ("address", x.address)), float(n))
        for x in found
        if (n := value(x)) is not None
    ]
    return Metric(name, "gauge", help_, list({labels: (labels, n) for labels, n in samples}.values()))


def metrics(house: House) -> list[Metric]:
    """Every family; one without a sample is left out by whoever writes them."""
    now = vitals(house)
    with house.store.read() as session:
        counts = rows.document_counts(session)
        by_batch = rows.batches_by_state(session)
        waiting, oldest = rows.longest_waiting(session, 1)
        stages, effort, signed = totals.stages(session), totals.review(session), totals.signed(session)
        calls, failures = rows.call_counts(session), rows.call_failures(session)
        now_lines = lines(session)
        stopped, held = rows.error_counts(session), rows.held_leases(session)
    by_state = dict.fromkeys((s.value for s in State), 0)
    by_stage: dict[str, int] = {}
    for _, state, stage, n, _pages in counts:
        by_state[state] = by_state.get(state, 0) + n
        if state in rows.LIVE:
            by_stage[stage or "admitted"] = by_stage.get(stage or "admitted", 0) + n
    age = max((now.at - oldest[0].since).total_seconds(), 0.0) if oldest else 0.0
    verified = now.audit_verified
    tokens = {"input": sum(c[4] for c in calls), "cached": sum(c[5] for c in calls), "output": sum(c[6] for c in calls)}
    return [
        _gauge("docpipe_info", "Version of docpipe.", 1, ("version", __version__)),
        Metric("docpipe_batches", "gauge", "Batches by state.", [((("state", s.value),), by_batch.get(s.value, 0)) for s in State if s is not State.REFUSED]),
        Metric("docpipe_documents", "gauge", "Documents by state.", [((("state", s),), n) for s, n in by_state.items()]),
        Metric("docpipe_live_documents", "gauge", "Live documents by the stage they finished last.", [((("stage", s),), n) for s, n in by_stage.items()]),
        Metric("docpipe_stopped_documents", "gauge", "Documents that failed or were refused, by error code.", [((("state", s), ("code", c)), n) for s, c, n in stopped]),
        _gauge("docpipe_checkpoints_waiting", "Checkpoints that wait for people.", waiting),
        _gauge("docpipe_checkpoint_oldest_seconds", "Seconds that the oldest open checkpoint has waited; 0 without one.", age),
        _gauge("docpipe_documents_leased", "Documents that a process holds now.", sum(1 for n, _, _ in held if n.startswith("document:"))),
        Metric("docpipe_stage_passages_total", "counter", "Passages of documents through stages.", [((("stage", s[0]),), s[1]) for s in stages]),
        Metric("docpipe_stage_seconds_total", "counter", "Seconds in stages, summed over documents.", [((("stage", s[0]),), s[2]) for s in stages]),
        Metric("docpipe_stage_words_total", "counter", "Source words that stages took on.", [((("stage", s[0]),), s[3]) for s in stages]),
        Metric("docpipe_stage_pages_total", "counter", "Pages that stages took on.", [((("stage", s[0]),), s[4]) for s in stages]),
        Metric("docpipe_model_calls_total", "counter", "Model calls by how they ended.", [((("provider", c[0]), ("model", c[1]), ("state", c[2])), c[3]) for c in calls]),
        Metric("docpipe_model_call_failures_total", "counter", "Model calls without a usable reply, by error code.", [((("code", code),), n) for code, n in failures]),
        Metric("docpipe_model_tokens_total", "counter", "Tokens as reported by the provider; cached ones are a part of input.", [((("kind", kind),), tokens[kind]) for kind in tokens]),
        Metric("docpipe_model_cost_total", "counter", "Cost of model calls in the currency of the batches' prices.", [((), sum(c[7] for c in calls))]),
        _lines("docpipe_model_calls_in_flight", "Model calls that left and have not ended.", now_lines, lambda x: x.in_flight),
        _lines("docpipe_model_waiting_share", "Part of the limit's next 10 s that requests waiting at the gates would use up.", now_lines, lambda x: x.demand),
        _lines("docpipe_model_limit_tokens_per_minute", "Tokens a minute that the provider allows, as it told.", now_lines, lambda x: x.tokens_limit or None),
        _lines("docpipe_model_limit_requests_per_minute", "Requests a minute that the provider allows, as it told.", now_lines, lambda x: x.requests_limit or None),
        _lines("docpipe_model_limit_tokens_share", "Share of the limit of tokens that the last minute used.", now_lines, lambda x: x.tokens_share),
        _lines("docpipe_model_limit_requests_share", "Share of the limit of requests that the last minute used.", now_lines, lambda x: x.requests_share),
        _lines("docpipe_model_hold_seconds", "Seconds for which the provider asked to be sent nothing.", now_lines, lambda x: x.hold),
        Metric("docpipe_review_active_seconds_total", "counter", "Seconds that people were active at rows of the page.", [((), effort[0])]),
        Metric("docpipe_review_keystrokes_total", "counter", "Keystrokes of people in rows of the page.", [((), effort[1])]),
        Metric("docpipe_signatures_total", "counter", "Signatures given.", [((), signed[0])]),
        _gauge("docpipe_signatures_void", "Signatures that a later change voided.", signed[1]),
        Metric("docpipe_audit_events_total", "counter", "Events of the audit trail.", [((), now.audit_events)]),
        _gauge("docpipe_audit_verified_timestamp_seconds", "When the whole audit trail was last verified.", verified.at.timestamp() if verified else None),
        _gauge("docpipe_audit_verified_ok", "Whether the last verification found no problem.", None if verified is None else float(verified.result.endswith(" 0 problems"))),
        _gauge("docpipe_disk_free_bytes", "Free space in the home folder.", now.disk_free_bytes),
        _gauge("docpipe_database_seconds", "Seconds that the database took to answer just now.", now.database_seconds),
        _gauge("docpipe_database_lock_waiters", "Sessions that wait for a lock (PostgreSQL).", now.lock_waiters),
        _gauge("docpipe_write_wait_longest_seconds", "Longest wait of this process to write.", now.waits.longest),
        Metric("docpipe_write_waits_long_total", "counter", "Waits of this process to write of a second or more.", [((), now.waits.long)]),
        _gauge("docpipe_clock_skew_seconds", "Database's clock less this process's.", now.skew_seconds),
    ]  # fmt: skip
