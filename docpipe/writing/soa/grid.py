"""A timeline as a grid: columns of scheduled instances, rows of activities, crosses, and footnotes with letters. Imports the core and its room.

Cells are the file's own: a cross stands where an instance's ``activityIds`` hold the activity, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from docpipe.model.trial import (
    Activity,
    Branch,
    Condition,
    Design,
    Encounter,
    Epoch,
    Instance,
    Procedure,
    Timeline,
    Timing,
    Trial,
)
from docpipe.writing.soa.order import along, called, nested, timed

K = TypeVar("K")
UNPLANNED = "unplanned"
"""Key of the group of columns that stand outside the planned course."""


@dataclass(frozen=True, slots=True)
class Column:
    """A scheduled instance. ``timeline``: that it belongs to; ``outside``: a column beside the main course, whose timeline nothing runs."""

    instance: Instance
    timeline: Timeline
    encounter: Encounter | None = None
    epoch: Epoch | None = None
    timing: Timing | None = None
    anchor: Instance | None = None
    """What the timing is counted from; None where it is the reference itself."""
    outside: bool = False

    @property
    def group(self) -> str:
        """Columns of one group stand under one head."""
        return UNPLANNED if self.outside else self.epoch.id if self.epoch is not None else ""


@dataclass(frozen=True, slots=True)
class Row:
    """An activity. ``depth``: under how many groups it stands; ``group``: it heads others and is scheduled nowhere itself."""

    activity: Activity
    depth: int
    group: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote. ``letter``: "" where it hangs on nothing; ``kind``: condition, decision, entry, contents or timeline.

    ``subject``: what it is made of: a condition, a decision instance, a timeline or an activity.
    """

    letter: str
    kind: str
    subject: Condition | Instance | Timeline | Activity
    branches: tuple[tuple[Branch, Instance | None], ...] = ()
    otherwise: Instance | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A schedule. ``crosses``: (activity id, instance id) -> position in the instance's ``activityIds``; letters by what they hang on."""

    timeline: Timeline
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    crosses: Mapping[tuple[str, str], int]
    notes: tuple[Note, ...] = ()
    on_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_cells: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    nowhere: tuple[Activity, ...] = ()
    """Activities that no timeline schedules."""

    def letters(self, columns: Sequence[Column], rows: Sequence[Row]) -> set[str]:
        """Letters that stand in a part of the grid."""
        instances, activities = {c.instance.id for c in columns}, {r.activity.id for r in rows}
        found = {x for i in instances for x in self.on_columns.get(i, ())}
        found |= {x for a in activities for x in self.on_rows.get(a, ())}
        return found | {x for (a, i), xs in self.on_cells.items() if a in activities and i in instances for x in xs}


def main_timeline(design: Design) -> Timeline | None:
    """The main timeline; the first where none says so."""
    return next((t for t in design.timelines if t.main), design.timelines[0] if design.timelines else None)


def beside(design: Design) -> tuple[Timeline, ...]:
    """Timelines that become columns beside the main course: of one point in time, and run by nothing."""
    main, run = main_timeline(design), called(design)
    return tuple(t for t in design.timelines if t is not main and t.id not in run and len(_scheduled(t)) == 1)


def apart(design: Design) -> tuple[Timeline, ...]:
    """Timelines with a table of their own: run by an activity or a visit, or of several points in time; of one point without
    anything but the activity that runs it there is nothing to show."""
    main, own = main_timeline(design), beside(design)
    rest = [t for t in design.timelines if t is not main and t not in own]
    runs: dict[str, set[str]] = {}
    for activity in design.activities:
        runs.setdefault(activity.timeline_id, set()).add(activity.id)
    return tuple(
        t
        for t in rest
        if len(_scheduled(t)) > 1 or any(set(i.activity_ids) - runs.get(t.id, set()) for i in t.instances)
    )


def main_grid(trial: Trial, design: Design) -> Grid | None:
    """The schedule of activities: the main timeline, with the columns beside it. None where the design has no timeline."""
    main = main_timeline(design)
    if main is None:
        return None
    columns = [*_columns(design, main), *(c for t in beside(design) for c in _columns(design, t, outside=True))]
    shown = {t.id for t in apart(design)}
    elsewhere = {a for t in design.timelines if t.id in shown for i in t.instances for a in i.activity_ids}
    return _grid(trial, design, main, columns, elsewhere)


def grid_of(trial: Trial, design: Design, timeline: Timeline) -> Grid:
    """A timeline of its own as a table: only the activities that it schedules are rows."""
    columns = list(_columns(design, timeline))
    used = {a for c in columns for a in c.instance.activity_ids}
    return _grid(trial, design, timeline, columns, {a.id for a in design.activities} - used)


def _scheduled(timeline: Timeline) -> list[Instance]:
    return [i for i in timeline.instances if not i.decision]


def _columns(design: Design, timeline: Timeline, *, outside: bool = False) -> Iterator[Column]:
    encounters = {e.id: e for e in design.encounters}
    epochs = {e.id: e for e in design.epochs}
    instances = {i.id: i for i in timeline.instances}
    timings = timed(timeline)
    for instance in along(timeline):
        if instance.decision:
            continue
        timing = timings.get(instance.id)
        anchor = instances.get(timing.to_id) if timing is not None and timing.to_id != instance.id else None
        yield Column(
            instance,
            timeline,
            encounters.get(instance.encounter_id),
            epochs.get(instance.epoch_id),
            timing,
            anchor,
            outside,
        )


def _grid(trial: Trial, design: Design, timeline: Timeline, columns: Sequence[Column], elsewhere: set[str]) -> Grid:
    crosses = {
        (activity, c.instance.id): n
        for c in columns
        for n, activity in reversed(list(enumerate(c.instance.activity_ids)))
    }
    here = {a for a, _ in crosses}
    tree = nested(design.activities)
    every = {a for t in design.timelines for i in t.instances for a in i.activity_ids}
    wanted = {a.id for a, _ in tree if a.id in here or (a.id not in elsewhere and a.id in every)}
    rows = tuple(
        Row(a, depth, a.id not in here and bool(a.child_ids))
        for a, depth in tree
        if a.id in wanted or _heads(a, wanted, design)
    )
    nowhere = tuple(a for a, _ in tree if a.id not in every and not _heads(a, every, design)) if timeline.main else ()
    noted = _Noted(trial, design, columns, rows)
    return Grid(
        timeline, tuple(columns), rows, crosses, tuple(noted.notes), noted.columns, noted.rows, noted.cells, nowhere
    )


def _heads(activity: Activity, wanted: set[str], design: Design) -> bool:
    """Whether something under an activity is wanted."""
    by_id = {a.id: a for a in design.activities}
    waiting, seen = list(activity.child_ids), set[str]()
    while waiting:
        child = waiting.pop()
        if child in wanted:
            return True
        if child not in seen and child in by_id:
            seen.add(child)
            waiting += by_id[child].child_ids
    return False


class _Noted:
    """Footnotes of a grid: letters in the order in which a reader meets them."""

    def __init__(self, trial: Trial, design: Design, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self.trial, self.design, self.at = trial, design, list(columns)
        self.notes: list[Note] = []
        self.columns: dict[str, tuple[str, ...]] = {}
        self.rows: dict[str, tuple[str, ...]] = {}
        self.cells: dict[tuple[str, str], tuple[str, ...]] = {}
        self._shown = {r.activity.id for r in rows}
        self._instances = {c.instance.id for c in columns}
        self._owners = _owners(design)
        for column in columns:
            self._column(column)
        for row in rows:
            self._row(row.activity)
        main = any(c.timeline.main for c in columns)
        for condition in trial.conditions:
            self._condition(condition, main=main)

    def _letter(self) -> str:
        number, letters = sum(bool(n.letter) for n in self.notes), ""
        while True:
            letters = chr(ord("a") + number % 26) + letters
            number = number // 26 - 1
            if number < 0:
                return letters

    def _column(self, column: Column) -> None:
        timeline, instance = column.timeline, column.instance
        if column.outside and timeline.entry_condition.strip():
            self._on(self.columns, [instance.id], Note(self._letter(), "entry", timeline))
        by_id = {i.id: i for i in timeline.instances}
        following = by_id.get(instance.next_id)
        if following is not None and following.decision:
            branches = tuple((b, by_id.get(b.target_id)) for b in following.branches)
            note = Note(self._letter(), "decision", following, branches, by_id.get(following.next_id))
            self._on(self.columns, [instance.id], note)

    def _row(self, activity: Activity) -> None:
        own = {t.id for t in apart(self.design)}
        timeline = next((t for t in self.design.timelines if t.id == activity.timeline_id), None)
        here = any(c.timeline.id == activity.timeline_id for c in self.at)
        if timeline is not None and not here and (timeline.id in own or timeline.entry_condition.strip()):
            self._on(self.rows, [activity.id], Note(self._letter(), "timeline", timeline))
        if activity.concept_ids or activity.procedures:
            known = {c.id for c in self.trial.concepts}
            if any(told(activity, p) for p in activity.procedures) or known & set(activity.concept_ids):
                self._on(self.rows, [activity.id], Note(self._letter(), "contents", activity))

    def _condition(self, condition: Condition, *, main: bool) -> None:
        contexts = set(condition.context_ids)
        entries = {c.timeline.entry_condition.strip() for c in self.at if c.outside and c.instance.id in contexts}
        if condition.text.text.strip() in entries and contexts <= self._instances:
            return  # the column's own note says it
        activities = [a for a in self._resolved(condition.applies_to_ids) if a in self._shown]
        instances = [i for i in condition.context_ids if i in self._instances]
        rows = [a for a in self._resolved(contexts) if a in self._shown]
        note = Note(self._letter(), "condition", condition)
        if activities and instances:
            self._on(self.cells, [(a, i) for a in activities for i in instances], note)
        elif contexts and not instances and not rows and contexts - {self.at[0].timeline.id if self.at else ""}:
            return  # it holds at points of another timeline
        elif activities:
            self._on(self.rows, activities, note)
        elif instances:
            self._on(self.columns, instances, note)
        elif rows:
            self._on(self.rows, rows, note)
        elif main and not condition.applies_to_ids and not contexts:
            self.notes.append(Note("", "condition", condition))

    def _resolved(self, ids: Iterable[str]) -> list[str]:
        """Activities that are meant: themselves, or by their procedures and concepts."""
        return list(dict.fromkeys(a for i in ids for a in self._owners.get(i, ())))

    def _on(self, where: dict[K, tuple[str, ...]], keys: Sequence[K], note: Note) -> None:
        self.notes.append(note)
        for key in keys:
            where[key] = (*where.get(key, ()), note.letter)


def told(activity: Activity, procedure: Procedure) -> tuple[tuple[str, str], ...]:
    """What a procedure says beyond its activity's name, each with its pointer: its label, the words of its code, its description."""
    said = [(procedure.label, procedure.at("label")), (procedure.description, procedure.at("description"))]
    if procedure.code is not None:
        said.insert(1, (procedure.code.decode, f"{procedure.code.pointer}/decode"))
    found: dict[str, tuple[str, str]] = {activity.called.casefold(): ("", "")}
    for words, pointer in said:
        if words.strip():
            found.setdefault(words.strip().casefold(), (words.strip(), pointer))
    return tuple(x for x in found.values() if x[0])


def _owners(design: Design) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for activity in design.activities:
        for one in (activity.id, *(p.id for p in activity.procedures), *activity.concept_ids):
            found.setdefault(one, []).append(activity.id)
    return found


def parts_of(grid: Grid, most: int) -> tuple[tuple[Column, ...], ...]:
    """The columns in parts of at most ``most``: whole groups side by side where they fit, a larger group in even pieces."""
    groups: list[list[Column]] = []
    for column in grid.columns:
        if groups and groups[-1][-1].group == column.group:
            groups[-1].append(column)
        else:
            groups.append([column])
    parts: list[list[Column]] = []
    for group in groups:
        if len(group) <= most:
            if parts and len(parts[-1]) + len(group) <= most:
                parts[-1] += group
            else:
                parts.append(group)
            continue
        number = -(-len(group) // most)
        size, more = divmod(len(group), number)
        at = 0
        for n in range(number):
            parts.append(group[at : at + size + (n < more)])
            at += size + (n < more)
    return tuple(tuple(p) for p in parts)


def rows_of(grid: Grid, columns: Sequence[Column], *, every: bool) -> tuple[Row, ...]:
    """The rows of a part: all, or those with a cross or a letter in it and the groups above them."""
    if every:
        return grid.rows
    instances = {c.instance.id for c in columns}
    kept: list[Row] = []
    for n, row in enumerate(grid.rows):
        under = [row]
        for later in grid.rows[n + 1 :]:
            if later.depth <= row.depth:
                break
            under.append(later)
        cells = {r.activity.id for r in (under if row.group else [row])}
        if any(a in cells and i in instances for a, i in (*grid.crosses, *grid.on_cells)):
            kept.append(row)
    return tuple(kept)
