"""Trends: figures over time for charts: throughput, leverage, where the time goes, review effort. Imports store.

A window is cut into equal periods (hours or days of UTC); a period without work is there with zero, so that a gap shows as one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from docpipe.model.segment import OriginKind
from docpipe.steps.house import House
from docpipe.steps.measure import LEVERAGE
from docpipe.steps.work import STAGES
from docpipe.store import series

HOUR, DAY = 3600, 86400
WINDOWS = {
    "day": timedelta(hours=24),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "quarter": timedelta(days=91),
}
"""Windows that may be asked for by name."""


@dataclass(frozen=True, slots=True)
class Period:
    """What was done in a period that begins at ``start`` (UTC). Active seconds are of people at the page."""

    start: datetime
    words: int = 0
    pages: int = 0
    reviewed_words: int = 0
    active_seconds: float = 0.0
    keystrokes: int = 0
    people: int = 0
    approved_unchanged: int = 0
    approved_edited: int = 0

    @property
    def review_words_per_hour(self) -> float:
        """Source words looked at per hour of people's active time; 0 without any."""
        return self.reviewed_words / self.active_seconds * 3600 if self.active_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class StageTime:
    """Seconds that documents spent in a stage, summed over documents that went side by side."""

    stage: str
    passages: int
    seconds: float
    retries: int


@dataclass(frozen=True, slots=True)
class Trends:
    """All series of a window. ``leverage``: source words of the rows changed in it, by where their targets first came from
    (``leverage_edited``: how many of these a person has edited); ``wait_seconds``: mean from checkpoint to signature."""

    window: str
    since: datetime
    until: datetime
    period_seconds: int
    periods: list[Period]
    stages: list[StageTime]
    people_seconds: float
    signatures: int
    wait_seconds: float
    leverage: dict[str, int]
    leverage_edited: dict[str, int]


def trends(house: House, window: str = "week") -> Trends:
    """The series of the last day (by the hour), week, month or quarter (by the day)."""
    span = WINDOWS.get(window, WINDOWS["week"])
    size = HOUR if span <= WINDOWS["day"] else DAY
    now = house.now()
    last = int(now.timestamp()) // size
    numbers = range(last - int(span.total_seconds()) // size + 1, last + 1)
    since = datetime.fromtimestamp(numbers[0] * size, UTC)
    with house.store.read() as session:
        done = {p: (w, n) for p, w, n in series.throughput(session, since, size)}
        people = {r.period: r for r in series.reviewing(session, since, size)}
        done_rows = series.rows_done(session, since, size)
        stages = {s: (n, t, r) for s, n, t, r in series.stage_seconds(session, since)}
        signatures, wait = series.signing_waits(session, since)
    words, edited = _leverage(done_rows)
    approved: Counter[tuple[int, bool]] = Counter()
    for line in done_rows:
        if line.approved:
            approved[line.period, line.edited] += line.words
    periods = []
    for n in numbers:
        seen = people.get(n)
        periods.append(
            Period(
                datetime.fromtimestamp(n * size, UTC), *done.get(n, (0, 0)),
                seen.words if seen else 0, seen.active if seen else 0.0, seen.keystrokes if seen else 0, seen.people if seen else 0,
                approved[n, False], approved[n, True],
            )
        )  # fmt: skip
    return Trends(
        window if window in WINDOWS else "week", since, now, size, periods,
        [StageTime(name, *stages[name]) for name in STAGES if name in stages],
        sum(p.active_seconds for p in periods), signatures, wait, words, edited,
    )  # fmt: skip


def _leverage(found: list[series.RowsDone]) -> tuple[dict[str, int], dict[str, int]]:
    """Words by origin in the order of the field's tables, and how many of these people have edited since."""
    words = dict.fromkeys(LEVERAGE.values(), 0)
    edited = dict.fromkeys(LEVERAGE.values(), 0)
    for line in found:
        name = LEVERAGE[OriginKind(line.origin)]
        words[name] += line.words
        edited[name] += line.words if line.edited else 0
    return words, edited
