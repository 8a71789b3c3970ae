"""How long the periods of a design are, as far as its planned times say: from the first visit of one to that of the next. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from docpipe.model.trial import Design, Epoch, Timeline
from docpipe.writing.soa.durations import seconds
from docpipe.writing.soa.grid import main_timeline
from docpipe.writing.soa.heads import AFTER, BEFORE, FIXED, kind_of
from docpipe.writing.soa.order import along, ordered, timed

_DAY = 86_400
_UNITS = ((7 * _DAY, "week"), (_DAY, "day"), (3_600, "hour"), (60, "minute"))


def offsets(timeline: Timeline) -> dict[str, Fraction]:
    """Planned time of each instance in seconds from the timeline's fixed reference, where its timings lead there."""
    timings = timed(timeline)
    known: dict[str, Fraction] = {}

    def at(name: str, above: frozenset[str]) -> Fraction | None:
        if name in known:
            return known[name]
        timing = timings.get(name)
        if timing is None or name in above:
            return None
        kind, length = kind_of(timing), seconds(timing.value)
        if kind == FIXED or (kind and timing.to_id == name):
            known[name] = Fraction(0)
        elif kind in (BEFORE, AFTER) and length is not None:
            start = at(timing.to_id, above | {name})
            if start is not None:
                known[name] = start + (length if kind == AFTER else -length)
        return known.get(name)

    for instance in timeline.instances:
        at(instance.id, frozenset())
    return known


def visits(design: Design) -> Mapping[str, tuple[str, str]]:
    """First and last visit of each epoch by its id, as the main timeline runs; visits by instance id."""
    timeline = main_timeline(design)
    found: dict[str, tuple[str, str]] = {}
    for instance in along(timeline) if timeline is not None else ():
        if instance.epoch_id and not instance.decision:
            first, _ = found.get(instance.epoch_id, (instance.id, ""))
            found[instance.epoch_id] = (first, instance.id)
    return found


def lengths(design: Design) -> Mapping[str, str]:
    """Words for the length of each epoch that another follows: ``20 weeks``. By epoch id; epochs of unknown length are missing."""
    timeline = main_timeline(design)
    if timeline is None:
        return {}
    known, ends = offsets(timeline), visits(design)
    epochs: tuple[Epoch, ...] = tuple(e for e in ordered(design.epochs) if e.id in ends)
    found: dict[str, str] = {}
    for epoch, following in pairwise(epochs):
        start, end = known.get(ends[epoch.id][0]), known.get(ends[following.id][0])
        if start is not None and end is not None and end > start:
            found[epoch.id] = length(end - start)
    return found


def length(whole: Fraction) -> str:
    """A length in the largest unit that it is a whole number of; weeks only from two on."""
    for size, unit in _UNITS:
        number = whole / size
        if number.denominator == 1 and (unit != "week" or number > 1):
            return f"{number} {unit if number == 1 else unit + 's'}"
    return f"{float(whole):g} seconds"
