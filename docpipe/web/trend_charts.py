"""The operators' charts: which question each answers, and the sentence that answers it. Imports the steps' figures and the charts."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from docpipe.steps.trends import HOUR, Trends
from docpipe.web.charts import Chart, Series, bars, columns, exact, line
from docpipe.web.render import duration

WINDOW_NAMES = {"day": "24 hours", "week": "7 days", "month": "30 days", "quarter": "91 days"}
REUSED = ("in_context", "exact", "fuzzy", "repetition", "previous")
STAGE_NAMES = {
    "extracted": "reading", "segmented": "sentences", "recalled": "memory", "translated": "model", "checked": "checks",
    "waiting": "opening the checkpoint", "assembled": "assembling", "verified": "reading back", "delivered": "copies to hand over", "released": "packaging",
}  # fmt: skip


def charts_of(trends: Trends) -> list[Markup]:
    """Throughput, leverage, where the time goes, review speed, what people changed."""
    return [_throughput(trends), _leverage(trends), _time(trends), _review(trends), _changed(trends)]


def _labels(trends: Trends) -> list[str]:
    hourly = trends.period_seconds == HOUR
    return [_label(p.start, hourly) for p in trends.periods]


def _label(start: datetime, hourly: bool) -> str:
    return f"{start:%H:%M}" if hourly else f"{start:%m-%d}"


def _each(trends: Trends) -> str:
    return "hour" if trends.period_seconds == HOUR else "day"


def _throughput(t: Trends) -> Markup:
    total = sum(p.words for p in t.periods)
    best = max((p.words for p in t.periods), default=0)
    says = f"{exact(total)} source words came to a checkpoint in {WINDOW_NAMES[t.window]}; most in one {_each(t)}: {exact(best)}."
    return columns(
        Chart("throughput", f"Throughput by {_each(t)}", says, "words", _labels(t), [Series("Words", [p.words for p in t.periods])],
              label_title=f"{_each(t).capitalize()} (UTC)")
    )  # fmt: skip


def _leverage(t: Trends) -> Markup:
    named = {k.replace("_", "-"): (v, t.leverage_edited.get(k, 0)) for k, v in t.leverage.items() if v}
    total = sum(v for v, _ in named.values())
    reused = sum(t.leverage.get(name, 0) for name in REUSED)
    says = (
        f"{100 * reused / total:.0f} % of {exact(total)} source words came from memory, previous version or repetition."
        if total else "Where targets first came from, by source words."
    )  # fmt: skip
    order = sorted(named, key=lambda name: -named[name][0])
    return bars(
        Chart("leverage", "Leverage: where targets first came from", says, "words", order,
              [Series("as it came", [named[n][0] - named[n][1] for n in order]), Series("edited by a person", [named[n][1] for n in order])],
              label_title="Origin")
    )  # fmt: skip


def _time(t: Trends) -> Markup:
    machine = sum(s.seconds for s in t.stages)
    says = (
        f"Machine {duration(machine)}, people at the page {duration(t.people_seconds)}; a document waited {duration(t.wait_seconds)} for its signature (mean of {t.signatures})."
        if t.signatures else f"Machine {duration(machine)}, people at the page {duration(t.people_seconds)}; nothing was signed in this time."
    )  # fmt: skip
    rows = [(f"machine: {STAGE_NAMES.get(s.stage, s.stage)}", s.seconds, 0.0) for s in t.stages if s.seconds >= 0.05]
    if t.people_seconds:
        rows.append(("people: review at the page", 0.0, t.people_seconds))
    unit, size = _unit(max((r[1] + r[2] for r in rows), default=0.0))
    return bars(
        Chart("time", "Where the time goes", says, unit, [r[0] for r in rows],
              [Series("machine", [r[1] / size for r in rows]), Series("people", [r[2] / size for r in rows])], label_title="Stage", digits=1,
              notes=("Machine time is summed over documents that go side by side. Work by XLIFF or command line is not in people's time.",))
    )  # fmt: skip


def _unit(most: float) -> tuple[str, float]:
    """The unit in which the longest bar has a handy number, and its seconds."""
    return ("h", 3600.0) if most >= 7200 else ("min", 60.0) if most >= 300 else ("s", 1.0)


def _review(t: Trends) -> Markup:
    words, active = sum(p.reviewed_words for p in t.periods), t.people_seconds
    says = (
        f"{exact(words / active * 3600)} source words per hour of active time, over {duration(active)}."
        if active > 0 else "Source words looked at per hour of people's active time at the page."
    )  # fmt: skip
    return line(
        Chart("review", "Review speed", says, "words/h", _labels(t), [Series("Words per active hour", [p.review_words_per_hour for p in t.periods])],
              label_title=f"{_each(t).capitalize()} (UTC)")
    )  # fmt: skip


def _changed(t: Trends) -> Markup:
    kept, edited = sum(p.approved_unchanged for p in t.periods), sum(p.approved_edited for p in t.periods)
    total = kept + edited
    says = (
        f"{100 * edited / total:.0f} % of {exact(total)} approved words were edited by a person first."
        if total else "Words approved, as they came and after a person's edit."
    )  # fmt: skip
    return columns(
        Chart("changed", f"Approved words by {_each(t)}", says, "words", _labels(t),
              [Series("as they came", [p.approved_unchanged for p in t.periods]), Series("edited first", [p.approved_edited for p in t.periods])],
              label_title=f"{_each(t).capitalize()} (UTC)")
    )  # fmt: skip
