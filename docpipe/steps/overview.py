"""Overview: what operators ask first, over the whole installation: queue, checkpoints, speed, cost, failures, provider. Imports store.

Every figure says its unit in its name and its window beside it; each is one aggregate, computed when it is asked for.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from docpipe.model.batch import Batch, Document, State
from docpipe.steps.house import House
from docpipe.steps.outcome import leaf
from docpipe.store import overview as rows
from docpipe.store import series
from docpipe.store.lines import LineNow, lines
from docpipe.store.process import described

BATCHES, LISTED = 60, 50
WINDOWS = (("15 minutes", 15), ("1 hour", 60), ("24 hours", 24 * 60))
"""Windows of the provider's error rate: name and minutes."""
UNITS = {
    "words": "source words", "pages": "pages", "words_per_hour": "source words checked per hour in which any stage ran",
    "pages_per_day": "pages checked per 24 h in which any stage ran", "spent": "received calls at their cost, open and unknown ones at their estimate",
    "error_rate": "percent of the model calls that ended in the window", "age_seconds": "s since the checkpoint was opened",
    "lines": "limits a minute; requests and tokens of the last minute; demand: part of the limit's next 10 s that what waits would use up",
    "busy_seconds": "s in which at least one stage of a document ran", "mean_seconds": "s from sending a model call to its reply, mean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchNow:
    """A batch as it stands. ``share``: percent of the budget spent, None without a budget."""

    id: str
    name: str
    state: str
    created: datetime
    submitter: str
    languages: str
    documents: dict[str, int]
    pages: int
    spent: float
    budget: float
    currency: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Problem:
    """An error code with the documents it stopped, who can fix it and how."""

    code: str
    state: str
    documents: int
    who: str
    fix: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A document that failed or was refused: code, sentence, and what was handed in by whom."""

    document: str
    batch: str
    batch_name: str
    path: str
    stage: str
    code: str
    message: str
    who: str
    fix: str
    sha256: str
    size: int
    submitter: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for people."""

    document: str
    batch: str
    batch_name: str
    path: str
    since: datetime
    age_seconds: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What the machine brought to checkpoints in the last ``hours``."""

    hours: int
    documents: int
    words: int
    pages: int
    busy_seconds: float
    words_per_hour: float
    pages_per_day: float
    cost: float


@dataclass(frozen=True, slots=True)
class ProviderWindow:
    """Model calls that ended in the last ``minutes``. ``error_rate``: percent; None without a call."""

    window: str
    minutes: int
    ended: int
    received: int
    failed: int
    unknown: int
    error_rate: float | None
    mean_seconds: float
    codes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that holds leases now."""

    name: str
    documents: list[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """The answers, as of ``at``."""

    at: datetime
    batches: dict[str, int]
    documents: dict[str, int]
    stages: dict[str, int]
    queued: int
    in_work: int
    checkpoints_waiting: int
    oldest_waiting: list[Waiting]
    speed: list[Speed]
    listed: list[BatchNow]
    problems: list[Problem]
    failed: list[Stopped]
    refused: list[Stopped]
    provider: list[ProviderWindow]
    lines: list[LineNow]
    workers: list[Worker]
    units: dict[str, str]


def overview(house: House) -> Overview:
    """The operators' figures, in one reading of the database."""
    now = house.now()
    with house.store.read() as session:
        counts = rows.document_counts(session)
        by_state: dict[str, int] = {}
        stages: dict[str, int] = {}
        for _, state, stage, n, _pages in counts:
            by_state[state] = by_state.get(state, 0) + n
            if state in rows.LIVE:
                stages[stage or "admitted"] = stages.get(stage or "admitted", 0) + n
        total, oldest = rows.longest_waiting(session, LISTED)
        workers = _workers(rows.held_leases(session))
        return Overview(
            at=now,
            batches=rows.batches_by_state(session),
            documents=by_state,
            stages=stages,
            queued=sum(by_state.get(s.value, 0) for s in (State.ADMITTED, State.RUNNING, State.RELEASING)),
            in_work=sum(len(w.documents) for w in workers),
            checkpoints_waiting=total,
            oldest_waiting=[_waiting(w, now) for w in oldest],
            speed=[_speed(session, now, hours) for hours in (24, 24 * 7)],
            listed=[_batch(line) for line in rows.batch_lines(session, counts, BATCHES)],
            problems=[_problem(*p) for p in rows.error_counts(session)],
            failed=[_stopped(d) for d in rows.ended_badly(session, State.FAILED, LISTED)],
            refused=[_stopped(d) for d in rows.ended_badly(session, State.REFUSED, LISTED)],
            provider=[_window(session, now, name, minutes) for name, minutes in WINDOWS],
            lines=lines(session),
            workers=workers,
            units=UNITS,
        )


def refused(house: House, batch: str | None = None, most: int = 1000) -> list[Stopped]:
    """The quarantine: files that were refused, of one batch or of all, the newest batches first."""
    with house.store.read() as session:
        return [_stopped(d) for d in rows.ended_badly(session, State.REFUSED, most, batch)]


def stopped(batch: Batch, document: Document) -> Stopped:
    """A failed or refused document with who can fix it and how."""
    cls = leaf(document.error_code)
    return Stopped(
        document.id, batch.id, batch.name, document.path, document.stage, document.error_code, document.error_message, cls.who,
        cls.fix, document.sha256, document.size, batch.submitter, batch.created,
    )  # fmt: skip


def as_json(value: Any) -> dict[str, Any]:
    """A dataclass of this module as nested dictionaries."""
    made: dict[str, Any] = asdict(value)
    return made


def _waiting(found: rows.Stuck, now: datetime) -> Waiting:
    age = max((now - found.since).total_seconds(), 0.0)
    return Waiting(found.document, found.batch, found.batch_name, found.path, found.since, age)


def _stopped(found: rows.Stuck) -> Stopped:
    cls = leaf(found.code)
    return Stopped(
        found.document, found.batch, found.batch_name, found.path, found.stage, found.code, found.message, cls.who, cls.fix,
        found.sha256, found.size, found.submitter, found.since,
    )  # fmt: skip


def _problem(state: str, code: str, documents: int) -> Problem:
    cls = leaf(code)
    return Problem(code, state, documents, cls.who, cls.fix)


def _batch(line: rows.BatchLine) -> BatchNow:
    recipe = line.recipe
    budget = float(recipe.get("budget", 0.0))
    return BatchNow(
        line.id, line.name, line.state, line.created, line.submitter,
        f"{recipe.get('source_language', '')} → {recipe.get('target_language', '')}", line.documents, line.pages,
        round(line.spent, 6), budget, str(recipe.get("currency", "USD")), 100 * line.spent / budget if budget > 0 else None,
    )  # fmt: skip


def _speed(session: Any, now: datetime, hours: int) -> Speed:
    since = now - timedelta(hours=hours)
    work = series.work_since(session, since)
    cost = rows.calls_since(session, since).cost
    return Speed(
        hours, work.documents, work.words, work.pages, round(work.busy, 3), round(work.words_per_hour, 1),
        round(work.pages_per_day, 1), round(cost, 6),
    )  # fmt: skip


def _window(session: Any, now: datetime, name: str, minutes: int) -> ProviderWindow:
    calls = rows.calls_since(session, now - timedelta(minutes=minutes))
    rate = 100 * (calls.failed + calls.unknown) / calls.ended if calls.ended else None
    return ProviderWindow(
        name,
        minutes,
        calls.ended,
        calls.received,
        calls.failed,
        calls.unknown,
        rate,
        round(calls.seconds, 3),
        calls.codes,
    )


def _workers(held: list[tuple[str, str, datetime]]) -> list[Worker]:
    """Leases by process, whatever they are on; documents by id."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for name, owner, until in held:
        found.setdefault(described(owner), []).append((name, until))
    return [
        Worker(
            owner,
            [n.removeprefix("document:") for n, _ in named if n.startswith("document:")],
            max(u for _, u in named),
        )
        for owner, named in sorted(found.items())
    ]
