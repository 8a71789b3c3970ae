"""Questions on planned times: windows that overlap, visits out of order, windows without durations, points that nothing leads to. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from docpipe.model.trial import Design, Instance, Timeline, Timing, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, named
from docpipe.writing.schema.spans import offsets
from docpipe.writing.soa.durations import parts_of, seconds, window
from docpipe.writing.soa.heads import kind_of
from docpipe.writing.soa.order import along, timed, unreached


def _span(timing: Timing | None, at: Fraction) -> tuple[Fraction, Fraction]:
    """From when to when a visit may be, in seconds."""
    lower = abs(seconds(timing.window_lower) or Fraction(0)) if timing is not None else Fraction(0)
    upper = abs(seconds(timing.window_upper) or Fraction(0)) if timing is not None else Fraction(0)
    return at - lower, at + upper


def overlaps(trial: Trial, design: Design) -> Iterator[Question]:
    """Can a visit be later than the one after it? Are planned times in the order of the timeline?"""
    for timeline in design.timelines:
        known, timings = offsets(timeline), timed(timeline)
        points = [i for i in along(timeline) if not i.decision and i.id in known]
        for one, other in pairwise(points):
            if known[other.id] < known[one.id]:
                yield major(
                    "time_disorder", f"“{_called(one)}” comes before “{_called(other)}” and is planned later.",
                    *(timings[i.id].pointer for i in (one, other)),
                )  # fmt: skip
                continue
            first, second = (_span(timings.get(i.id), known[i.id]) for i in (one, other))
            wide = first[1] > known[one.id] or second[0] < known[other.id]
            if wide and known[one.id] != known[other.id] and first[1] >= second[0]:
                said = ", ".join(
                    f"{_called(i)}: {window(t.window_lower, t.window_upper)}"
                    for i in (one, other)
                    if (t := timings.get(i.id)) is not None and window(t.window_lower, t.window_upper)
                )
                yield major(
                    "window_overlap", f"The windows of “{_called(one)}” and “{_called(other)}” overlap ({said}).",
                    *(timings[i.id].pointer for i in (one, other)),
                )  # fmt: skip


def _called(instance: Instance) -> str:
    return named(instance)


def untimed(trial: Trial, design: Design) -> Iterator[Question]:
    """Has each point a time, each window durations?"""
    for timeline in design.timelines:
        timings = timed(timeline)
        known = {i.id for i in timeline.instances}
        for instance in timeline.instances:
            if instance.id not in timings and not instance.decision:
                said = f"“{_called(instance)}” has no planned time."
                yield minor("instance_untimed", said, instance.pointer)
        for timing in timeline.timings:
            yield from _timing(timing, known)


def _timing(timing: Timing, known: set[str]) -> Iterator[Question]:
    ends = [parts_of(x) is not None for x in (timing.window_lower, timing.window_upper)]
    if timing.window_label.strip() and not any(ends):
        said = f"The window of “{named(timing)}” stands in words alone ({timing.window_label.strip()[:40]}), without durations."
        yield minor("window_unmeasured", said, timing.at("windowLabel"))
    elif any(ends) and not all(ends):
        yield minor("window_half", f"The window of “{named(timing)}” has one end only.", timing.pointer)
    if parts_of(timing.value) is None:
        yield minor("time_unmeasured", f"“{named(timing)}” has no planned time as a duration.", timing.at("value"))
    elif not kind_of(timing):
        yield minor(
            "time_unrelated", f"“{named(timing)}” is neither before nor after nor a reference.", timing.at("type")
        )
    for attribute, name in (
        ("relativeFromScheduledInstanceId", timing.from_id),
        ("relativeToScheduledInstanceId", timing.to_id),
    ):
        if name and name not in known:
            yield minor(
                "time_elsewhere",
                f"“{named(timing)}” is counted from a point of no or another timeline.",
                timing.at(attribute),
            )


def reached(trial: Trial, design: Design) -> Iterator[Question]:
    """Does something lead to each point, does each timeline begin, and is there one main timeline?"""
    main = [t for t in design.timelines if t.main]
    if design.timelines and len(main) != 1:
        said = f"{len(main)} timelines are the main one." if main else "No timeline is the main one."
        yield major("main_timeline", said, design.at("scheduleTimelines"))
    for timeline in design.timelines:
        for instance in unreached(timeline):
            said = f"Nothing leads to “{_called(instance)}” in the timeline “{named(timeline)}”."
            yield major("instance_unreached", said, instance.pointer)
        yield from _branches(timeline)


def _branches(timeline: Timeline) -> Iterator[Question]:
    for instance in timeline.instances:
        if instance.decision and not instance.branches:
            yield major(
                "decision_without_condition", f"The decision “{_called(instance)}” has no condition.", instance.pointer
            )
        for branch in instance.branches:
            if not branch.condition.strip():
                said = f"A branch of the decision “{_called(instance)}” has no condition."
                yield major("decision_without_condition", said, branch.pointer)


ASKED = (overlaps, untimed, reached)
