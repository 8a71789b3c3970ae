"""The order of things in a designed trial: instances along their timeline, activities and epochs along their links. Imports the core only.

Links that lead nowhere or in a ring lose nothing: what they do not reach follows in the order of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from docpipe.model.trial import Activity, Design, Instance, Timeline, Timing


class Linked(Protocol):
    """Something with an id and links to the one before and after it."""

    @property
    def id(self) -> str: ...
    @property
    def previous_id(self) -> str: ...
    @property
    def next_id(self) -> str: ...


T = TypeVar("T", bound=Linked)


def ordered(things: Sequence[T]) -> tuple[T, ...]:
    """Things along their links, then those that no link reaches, in the order of the file."""
    by_id = {t.id: t for t in things}
    after: dict[str, T] = {}
    for t in things:
        if t.next_id in by_id:
            after.setdefault(t.id, by_id[t.next_id])
    for t in things:
        if t.previous_id in by_id:
            after.setdefault(t.previous_id, t)
    reached = {t.id for t in after.values()}
    found: dict[str, T] = {}
    for start in (*(t for t in things if t.id not in reached), *things):
        at: T | None = start
        while at is not None and at.id not in found:
            found[at.id] = at
            at = after.get(at.id)
    return tuple(found.values())


def along(timeline: Timeline) -> tuple[Instance, ...]:
    """The instances from the timeline's entry along their default links, decisions included, then those that are not reached."""
    by_id = {i.id: i for i in timeline.instances}
    found: dict[str, Instance] = {}
    first = by_id.get(timeline.entry_id)
    for start in (*([first] if first is not None else []), *timeline.instances):
        at: Instance | None = start
        while at is not None and at.id not in found:
            found[at.id] = at
            at = by_id.get(at.next_id)
    return tuple(found.values())


def unreached(timeline: Timeline) -> tuple[Instance, ...]:
    """Instances that neither a default link nor a branch leads to from the entry."""
    by_id = {i.id: i for i in timeline.instances}
    waiting, found = [timeline.entry_id], set[str]()
    while waiting:
        at = by_id.get(waiting.pop())
        if at is not None and at.id not in found:
            found.add(at.id)
            waiting += [at.next_id, *(b.target_id for b in at.branches)]
    return tuple(i for i in timeline.instances if i.id not in found)


def nested(activities: Sequence[Activity]) -> tuple[tuple[Activity, int], ...]:
    """Activities in order with their depth: those that an activity names as its children stand under it."""
    row = ordered(activities)
    by_id = {a.id: a for a in row}
    children = {c for a in row for c in a.child_ids if c in by_id and c != a.id}
    found: dict[str, tuple[Activity, int]] = {}

    def put(activity: Activity, depth: int) -> None:
        if activity.id in found:
            return
        found[activity.id] = (activity, depth)
        own = set(activity.child_ids)
        for child in row:
            if child.id in own:
                put(child, depth + 1)

    for activity in row:
        if activity.id not in children:
            put(activity, 0)
    for activity in row:
        put(activity, 0)
    return tuple(found.values())


def timed(timeline: Timeline) -> dict[str, Timing]:
    """The timing of each instance that has one: the first in the file."""
    found: dict[str, Timing] = {}
    for timing in timeline.timings:
        found.setdefault(timing.from_id, timing)
    return found


def called(design: Design) -> dict[str, list[str]]:
    """Ids of timelines that an activity or an instance runs, with the ids of those that run them."""
    found: dict[str, list[str]] = {}
    for activity in design.activities:
        if activity.timeline_id:
            found.setdefault(activity.timeline_id, []).append(activity.id)
    for timeline in design.timelines:
        for instance in timeline.instances:
            if instance.timeline_id:
                found.setdefault(instance.timeline_id, []).append(instance.id)
    return found
