"""Measure: throughput, leverage, tokens, cost, findings and people's effort of a batch, from our own tables. Imports store.

Every figure is computed from stage timings, calls and units; nothing is logged twice. Units are in the field names or in ``units``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docpipe.model.audit import AuditEvent
from docpipe.model.batch import Batch, Document, State
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.segment import OriginKind, SegmentId, Status
from docpipe.model.timing import StageTiming
from docpipe.steps.draft_figures import draft_block
from docpipe.steps.effort import review_block
from docpipe.steps.house import MACHINE, House
from docpipe.store import audit, batches, call_figures, calls, documents, findings, timings, units

LEVERAGE = {
    OriginKind.IN_CONTEXT: "in_context", OriginKind.EXACT: "exact", OriginKind.FUZZY: "fuzzy",
    OriginKind.REPETITION: "repetition", OriginKind.PREVIOUS: "previous", OriginKind.MODEL: "model",
    OriginKind.ENGINE: "engine", OriginKind.PROGRAM: "program", OriginKind.PSEUDO: "pseudo", OriginKind.HUMAN: "human", OriginKind.SAME: "no_text",
    OriginKind.NONE: "none",
}  # fmt: skip
UNITS = {
    "pages": "pages", "words": "source words", "segments": "segments", "machine_seconds": "s, summed over stages",
    "people_seconds": "s with a row in focus as the page counts them; without a page, s between one person's decisions, gaps over 5 minutes left out", "wall_seconds": "s in which at least one stage of a document ran",
    "words_per_hour": "source words per hour of wall_seconds", "pages_per_day": "pages per 24 h of wall_seconds",
    "tokens": "tokens as reported by the provider; cached_share of the input", "leverage": "source words by origin of the target",
}  # fmt: skip


def covered_seconds(spans: list[tuple[datetime, datetime]]) -> float:
    """Seconds that at least one of the spans covers."""
    total, reach = 0.0, None
    for start, end in sorted(spans):
        if reach is None or start > reach:
            total += (end - start).total_seconds()
            reach = end
        elif end > reach:
            total += (end - reach).total_seconds()
            reach = end
    return total


IDLE_SECONDS = 300.0


def _people(events: Iterable[AuditEvent]) -> float:
    """Seconds that people worked: from decision to decision of the same person, breaks left out."""
    last: dict[str, datetime] = {}
    total = 0.0
    for event in events:
        if event.actor == MACHINE or not event.action.startswith(("row.", "finding.", "checkpoint.signed")):
            continue
        before = last.get(event.actor)
        if before is not None:
            gap = (event.at - before).total_seconds()
            total += gap if 0 <= gap <= IDLE_SECONDS else 0.0
        last[event.actor] = event.at
    return total


def _stage(rows: list[StageTiming]) -> dict[str, Any]:
    machine = sum(t.seconds for t in rows)
    wall = covered_seconds([(t.started, t.ended) for t in rows])
    words, pages = sum(t.words for t in rows), sum(t.pages for t in rows)
    return {
        "documents": len({t.document for t in rows}),
        "pages": pages,
        "words": words,
        "segments": sum(t.segments for t in rows),
        "machine_seconds": round(machine, 3),
        "wall_seconds": round(wall, 3),
        "words_per_hour": round(words / wall * 3600) if wall > 0 and words else 0,
        "pages_per_day": round(pages / wall * 86400) if wall > 0 and pages else 0,
        "tokens": {
            "input": sum(t.input_tokens for t in rows),
            "cached": sum(t.cached_tokens for t in rows),
            "output": sum(t.output_tokens for t in rows),
        },
        "cost": round(sum(t.cost for t in rows), 6),
        "retries": sum(t.retries for t in rows),
    }


def _shown_words(session: Any, document_id: str) -> dict[SegmentId, int]:
    """Source words of each row as a person sees them, the facts of a draft filled in."""
    return {s.id: count_words(plain_text(s.source, equiv=True)) for s in units.segments(session, document_id)}


def measure(house: House, batch_id: str) -> dict[str, Any]:
    """The figures of `docpipe metrics`. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
        rows = timings.of_batch(session, batch_id)
        bill = calls.totals(session, batch_id)
        told = call_figures.divided(session, batch_id)
        people = _people(audit.events(session, batch_id))
        leverage: Counter[str] = Counter()
        by_status: Counter[str] = Counter()
        by_finding: Counter[str] = Counter()
        dispositions: Counter[str] = Counter()
        words = segments = 0
        for document in found:
            origins = units.first_origins(session, document.id)
            shown = _shown_words(session, document.id) if batch.recipe.drafts else {}
            for name, status, kind, count in units.figures(session, document.id):
                count = shown.get(name, count)
                words, segments = words + count, segments + 1
                leverage[LEVERAGE[origins.get(name, kind)]] += count
                by_status[status.value] += 1
            for f in findings.listing(session, document.id):
                by_finding[f.severity.value] += 1
                dispositions[f.disposition.value] += 1
    review = review_block(house, batch_id=batch_id)
    people = review["active_seconds"] or people
    figures = {"review": review} | _figures(
        batch, found, rows, people, bill, told, words, segments, leverage, by_status, by_finding, dispositions
    )
    if batch.recipe.drafts:
        figures["draft"] = draft_block(house, batch, found, people)
    return figures


def _figures(
    batch: Batch, found: list[Document], rows: list[StageTiming], people: float, bill: calls.Totals,
    told: call_figures.Divided, words: int, segments: int, leverage: Counter[str], by_status: Counter[str], by_finding: Counter[str], dispositions: Counter[str],
) -> dict[str, Any]:  # fmt: skip
    wall = covered_seconds([(t.started, t.ended) for t in rows])
    pages = sum(d.pages for d in found)
    stages: dict[str, list[StageTiming]] = defaultdict(list)
    for t in rows:
        stages[t.stage].append(t)
    live = [d for d in found if d.state is not State.REFUSED]
    return {
        "batch": batch.id,
        "state": batch.state.value,
        "documents": len(found),
        "refused": len(found) - len(live),
        "pages": pages,
        "words": words,
        "segments": segments,
        "status": {s.value: by_status.get(s.value, 0) for s in Status},
        "leverage": {name: leverage.get(name, 0) for name in LEVERAGE.values()},
        "tokens": {
            "input": bill.usage.input_tokens,
            "cached": bill.usage.cached_tokens,
            "output": bill.usage.output_tokens,
            "cached_share": round(bill.usage.cached_tokens / bill.usage.input_tokens, 4)
            if bill.usage.input_tokens
            else 0.0,
        },
        "calls": {
            "sent": bill.sent,
            "received": bill.received,
            "failed": bill.failed,
            "unknown": bill.unknown,
            "by_purpose": dict(told.by_purpose),
            "by_model": dict(told.by_model),
            "fallback": told.fallback,
            "overnight": told.overnight,
        },
        "cost": {"amount": round(bill.cost, 6), "currency": batch.recipe.currency},
        "findings": {"by_severity": dict(by_finding), "by_disposition": dict(dispositions)},
        "machine_seconds": round(sum(t.seconds for t in rows), 3),
        "people_seconds": round(people, 3),
        "wall_seconds": round(wall, 3),
        "words_per_hour": round(words / wall * 3600) if wall > 0 else 0,
        "pages_per_day": round(pages / wall * 86400) if wall > 0 else 0,
        "retries": sum(t.retries for t in rows),
        "stages": {name: _stage(found_rows) for name, found_rows in stages.items()},
        "window": {
            "from": min((t.started for t in rows), default=batch.created).isoformat(),
            "to": max((t.ended for t in rows), default=batch.created).isoformat(),
        },
        "units": UNITS,
    }
