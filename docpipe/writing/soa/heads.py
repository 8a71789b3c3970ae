"""What stands in the heads of a schedule: names of visits, planned times and windows, each with the attribute that says it. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from docpipe.model.trial import Activity, Instance, Timeline, Timing
from docpipe.writing.soa.durations import in_words, parts_of, seconds, window
from docpipe.writing.soa.grid import Column, Grid

_TIMELINE = re.compile(r"\s+timeline\s*$", re.IGNORECASE)
BEFORE, AFTER, FIXED = "before", "after", "fixed reference"


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the file: ``raw`` as they stand at ``pointer``, ``shown`` as they are printed."""

    pointer: str
    raw: str
    shown: str


def name_of(timeline: Timeline) -> Said:
    """A timeline's name without the word Timeline."""
    return Said(timeline.called_at, timeline.called, _TIMELINE.sub("", timeline.called) or timeline.called)


def head_of(column: Column) -> Said:
    """The visit's name; of an instance without a visit its own label, that of its timing, its name; beside the course its timeline's."""
    if column.outside:
        return name_of(column.timeline)
    if column.encounter is not None and column.encounter.called:
        return Said(column.encounter.called_at, column.encounter.called, column.encounter.called)
    return point_of(column.instance, column.timing)


def point_of(instance: Instance, timing: Timing | None) -> Said:
    """The name of a point in time."""
    if not instance.label and timing is not None and timing.label:
        return Said(timing.at("label"), timing.label, timing.label)
    return Said(instance.called_at, instance.called, instance.called)


def shared(grid: Grid) -> bool:
    """Whether points in time need names of their own: some visit is several columns."""
    visits = [c.encounter.id for c in grid.columns if c.encounter is not None]
    return len(visits) != len(set(visits))


def kind_of(timing: Timing) -> str:
    """``before``, ``after`` or ``fixed reference``, "" for anything else."""
    said = timing.type.decode.strip().casefold() if timing.type is not None else ""
    return said if said in (BEFORE, AFTER, FIXED) else ""


def anchor_of(grid: Grid) -> Column | None:
    """The column that most others are counted from: the fixed reference of the timeline."""
    counted: dict[str, int] = {}
    for column in grid.columns:
        if column.anchor is not None and not column.outside:
            counted[column.anchor.id] = counted.get(column.anchor.id, 0) + 1
    most = max(counted, key=lambda i: counted[i], default="")
    return next((c for c in grid.columns if c.instance.id == most), None)


@dataclass(frozen=True, slots=True)
class Planned:
    """When a column is planned. ``beyond``: the instance it is counted from where that is not the timeline's reference; ``end``: from its end."""

    said: Said
    beyond: Instance | None = None
    end: bool = False


def planned_of(column: Column, anchor: Column | None) -> Planned | None:
    """The planned time of a column: ``−2 weeks``, ``+2 weeks``, ``Reference (1 day)``; None where nothing is said."""
    timing = column.timing
    if timing is None or column.outside or not (timing.value.strip() or timing.value_label.strip()):
        return None
    pointer = timing.at("value" if timing.value.strip() else "valueLabel")
    raw = timing.value or timing.value_label
    kind = kind_of(timing)
    if parts_of(timing.value) is None:
        return Planned(Said(pointer, raw, timing.value_label or raw))
    zero, words = not seconds(timing.value), in_words(timing.value)
    if kind == FIXED or column.anchor is None:
        return Planned(Said(pointer, raw, "Reference" if zero else f"Reference ({words})"))
    sign = "" if zero else "−" if kind == BEFORE else "+"
    beyond = None if anchor is not None and column.anchor.id == anchor.instance.id else column.anchor
    relative = timing.relative.decode.casefold() if timing.relative is not None else ""
    return Planned(
        Said(pointer, raw, "0" if zero and not beyond else f"{sign}{words}"), beyond, relative.startswith("end")
    )


def window_of(column: Column) -> Said | None:
    """The window of a column in words; as the file words it where it gives no durations."""
    timing = column.timing
    if timing is None or column.outside:
        return None
    said = window(timing.window_lower, timing.window_upper)
    if said:
        end = "windowLower" if parts_of(timing.window_lower) is not None else "windowUpper"
        return Said(timing.at(end), f"{timing.window_lower}..{timing.window_upper}", said)
    label = timing.window_label.strip()
    return Said(timing.at("windowLabel"), label, label) if label else None


def label_of(activity: Activity) -> Said:
    """An activity's label; its name where the label is that name with a letter more: a footnote's letter that was copied with it."""
    if stray_letter(activity):
        return Said(activity.at("name"), activity.name, activity.name)
    return Said(activity.called_at, activity.called, activity.called)


def stray_letter(activity: Activity) -> str:
    """The one small letter that a label has more than its name, at the end of a word; "" for none."""
    label, name = activity.label.strip(), activity.name.strip()
    for at, letter in enumerate(label):
        ends = at + 1 == len(label) or not label[at + 1].isalnum()
        inside = at > 0 and label[at - 1].isalnum()
        if letter.islower() and ends and inside and _tight(label[:at] + label[at + 1 :]) == _tight(name):
            return letter
    return ""


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)


def heads(grid: Grid) -> Mapping[str, Said]:
    """The head of each column by its instance, for notes that name one."""
    visits = [c.encounter.id for c in grid.columns if c.encounter is not None]
    return {
        c.instance.id: point_of(c.instance, c.timing)
        if c.encounter is not None and visits.count(c.encounter.id) > 1
        else head_of(c)
        for c in grid.columns
    }
