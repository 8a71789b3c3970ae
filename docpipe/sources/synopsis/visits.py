"""A table of visits in a synopsis as a timeline: its columns are visits, its marked cells are scheduled. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.model.trial import Activity, Encounter, Instance, Timeline, Timing
from docpipe.sources.synopsis.entries import Piece

_MARK = re.compile(r"[xX✓✔●•]\s*(?:[a-z\d*†‡]{1,3}(?:,\s*[a-z\d*†‡]{1,3})*)?")
_HEAD = re.compile(
    r"\b(?:visits?|assessments?|procedures?|activit(?:y|ies)|evaluations?|week|day|period)\b", re.IGNORECASE
)
_TIME = re.compile(r"\b(week|day|month)s?\s*([-−]?\d{1,3})\b|^\s*([-−]?\d{1,3})\s*$", re.IGNORECASE)
_LEAST = 3
"""Columns that a table of visits has at least."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What a table of visits says."""

    timeline: Timeline
    encounters: tuple[Encounter, ...]
    activities: tuple[Activity, ...]


def visits_of(grid: Sequence[Sequence[Piece | None]]) -> Visits | None:
    """The timeline of the first table with a head of visits and marked cells; None where there is none."""
    for at, head in enumerate(grid):
        if len(head) < _LEAST or not _heads(head):
            continue
        rows = []
        for row in grid[at + 1 :]:
            if len(row) > len(head) or (row and row[0] is not None and _heads(row) and not _marks(row)):
                break
            rows.append(row)
        if sum(_marks(r) for r in rows) >= 2:
            return _made(head, rows)
    return None


def _heads(row: Sequence[Piece | None]) -> bool:
    words = [p.text for p in row[1:] if p is not None]
    return (
        len(words) >= _LEAST - 1
        and not any(map(_MARK.fullmatch, words))
        and (
            row[0] is None
            or bool(_HEAD.search(row[0].text))
            or sum(bool(_TIME.search(w)) for w in words) * 2 > len(words)
        )
    )


def _marks(row: Sequence[Piece | None]) -> bool:
    return any(p is not None and _MARK.fullmatch(p.text) for p in row[1:])


def _made(head: Sequence[Piece | None], rows: Sequence[Sequence[Piece | None]]) -> Visits:
    encounters = tuple(
        Encounter(f"visit.{n}", p.place.locator, label=p.text) for n, p in enumerate(head[1:], 1) if p is not None
    )
    activities: list[Activity] = []
    done: dict[str, list[str]] = {e.id: [] for e in encounters}
    for number, row in enumerate(rows, 1):
        if not row or row[0] is None or not _marks(row):
            continue
        activity = Activity(f"activity.{number}", row[0].place.locator, label=row[0].text)
        activities.append(activity)
        for n, p in enumerate(row[1:], 1):
            if p is not None and _MARK.fullmatch(p.text) and f"visit.{n}" in done:
                done[f"visit.{n}"].append(activity.id)
    instances = tuple(
        Instance(
            f"instance.{e.id}", e.pointer, label=e.label, encounter_id=e.id, activity_ids=tuple(done[e.id]),
            next_id=f"instance.{encounters[n + 1].id}" if n + 1 < len(encounters) else "",
        )
        for n, e in enumerate(encounters)
    )  # fmt: skip
    start = instances[0]
    timings: tuple[Timing, ...] = ()
    timeline = Timeline("timeline.visits", start.pointer, "visits", "", "", True, "", start.id, (), instances, timings)
    return Visits(timeline, encounters, tuple(activities))
