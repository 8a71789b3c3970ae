"""The topic ``schedule``: the schedule of activities of a designed trial as in-text tables, with footnotes. Imports the core and its room.

Every cross, visit, time and window is a value of its own, bound to the attribute of the file that says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docpipe.model import draft
from docpipe.model.fact import Fact
from docpipe.model.trial import Activity, Condition, Design, Instance, Timeline, Trial, Words
from docpipe.writing.book import Book, mark
from docpipe.writing.plan import listed
from docpipe.writing.soa.grid import Column, Grid, Note, Row, apart, grid_of, main_grid, parts_of, rows_of, told
from docpipe.writing.soa.heads import Said, anchor_of, head_of, heads, label_of, name_of, planned_of, shared, window_of
from docpipe.writing.study import StudyData

NAME = "schedule"
MOST = 18
"""Columns of a table that a landscape page has room for beside the activities."""
NONE = "–"
"""In a row of the heads: nothing is said."""
DISPLAY = "Schedule of activities"
MAIN = "soa"
"""Key of the main schedule's first table."""


@dataclass(frozen=True, slots=True)
class SoaTable:
    """An in-text table of a schedule, printed: what the template hands to ``table``. ``lead``: rows that belong to its heads."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    lead: int


@dataclass(slots=True)
class Schedule:
    """The schedule of one design. ``tables``: of the main timeline, in parts; ``others``: timelines with tables of their own."""

    trial: Trial
    design: Design
    book: Book
    _keys: dict[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> list[SoaTable]:
        """The main schedule: one table, or several continued by periods where it is too wide."""
        self._known()
        grid = main_grid(self.trial, self.design)
        return [] if grid is None or not grid.columns else list(self._parts(grid, MAIN, DISPLAY))

    @property
    def others(self) -> list[SoaTable]:
        """Timelines that an activity or a visit runs, or of several points in time, each in tables of its own."""
        self._known()
        made: list[SoaTable] = []
        for timeline in apart(self.design):
            grid = grid_of(self.trial, self.design, timeline)
            if grid.columns:
                name = self._value(name_of(timeline))
                made += self._parts(grid, self._keys[timeline.id], f"{DISPLAY}: {name}")
        return made

    def _known(self) -> None:
        self._keys.update((t.id, f"soa.t{n}") for n, t in enumerate(apart(self.design), 1))

    # ------------------------------------------------------------ tables

    def _parts(self, grid: Grid, key: str, caption: str) -> Iterator[SoaTable]:
        parts = parts_of(grid, MOST)
        placed: set[str] = set()
        for n, columns in enumerate(parts):
            rows = rows_of(grid, columns, every=len(parts) == 1)
            said = caption
            if len(parts) > 1:
                said += f"{' (continued)' if n else ''}, {self._span(grid, columns)}"
            notes = self._notes(grid, columns, rows, last=n + 1 == len(parts), several=len(parts) > 1)
            placed |= grid.letters(columns, rows)
            yield self._table(f"{key}.{n + 1}" if n else key, said, grid, columns, rows, tuple(notes))

    def _span(self, grid: Grid, columns: Sequence[Column]) -> str:
        """``Screening and Check In``, or of a part of a period ``Treatment, Day 1 to Day 14``."""
        names: dict[str, str] = {}
        for column in columns:
            names.setdefault(column.group, self._group(column))
        groups = [c.group for c in columns]
        cut = any(c.group in groups for c in grid.columns if c not in columns)
        said = listed([n for n in names.values() if n])
        shown = heads(grid)
        ends = [c for c in columns if not c.outside]
        if cut and len(ends) > 1:
            first, last = (self._value(shown[c.instance.id]) for c in (ends[0], ends[-1]))
            said = f"{said}, {first} to {last}" if said else f"{first} to {last}"
        return said

    def _table(
        self, key: str, caption: str, grid: Grid, columns: Sequence[Column], rows: Sequence[Row], notes: tuple[str, ...]
    ) -> SoaTable:
        lead = list(self._lead(grid, columns))
        body: list[tuple[str, ...]] = [tuple(row) for row in lead[1:]]
        depths, groups = [0] * len(body), []
        for row in rows:
            label = self._value(label_of(row.activity)) + self.book.raised(*grid.on_rows.get(row.activity.id, ()))
            cells = [self._cell(grid, row.activity, c) for c in columns]
            if row.group and not any(cells):
                groups.append(len(body))
            body.append((label, *cells))
            depths.append(row.depth)
        return SoaTable(key, caption, tuple(lead[0]), tuple(body), notes, tuple(depths), tuple(groups), len(lead) - 1)

    def _lead(self, grid: Grid, columns: Sequence[Column]) -> Iterator[list[str]]:
        """The rows of the heads: periods, visits, points in time, planned times, windows; those that say nothing are left out."""
        if any(c.group for c in columns):
            yield ["Period", *self._merged([c.group for c in columns], [self._group(c) for c in columns])]
        letters = [self.book.raised(*grid.on_columns.get(c.instance.id, ())) for c in columns]
        points = shared(grid)
        visits = [self._value(head_of(c)) for c in columns]
        merged = [c.encounter.id if c.encounter is not None else c.instance.id for c in columns]
        if points:
            yield ["Visit", *self._merged(merged, visits)]
            own = heads(grid)
            yield [
                "Point in time",
                *(self._value(own[c.instance.id]) + x for c, x in zip(columns, letters, strict=True)),
            ]
        else:
            visited = any(c.encounter is not None for c in columns)
            yield ["Visit" if visited else "Point in time", *(v + x for v, x in zip(visits, letters, strict=True))]
        anchor = anchor_of(grid)
        times = [self._planned(grid, c, anchor) for c in columns]
        if any(times):
            since = f" (from {self._value(head_of(anchor))})" if anchor is not None else ""
            yield [f"Planned time{since}", *(t or NONE for t in times)]
        windows = [self._value(w) if (w := window_of(c)) is not None else "" for c in columns]
        if any(windows):
            yield ["Window", *(w or NONE for w in windows)]

    @staticmethod
    def _merged(keys: Sequence[str], said: Sequence[str]) -> list[str]:
        """Neighbours of one kind say it once."""
        return [
            s if not n or not k or keys[n - 1] != k else "" for n, (k, s) in enumerate(zip(keys, said, strict=True))
        ]

    def _group(self, column: Column) -> str:
        if column.outside:
            return "Unplanned"
        epoch = column.epoch
        return self._value(Said(epoch.called_at, epoch.called, epoch.called)) if epoch is not None else ""

    def _planned(self, grid: Grid, column: Column, anchor: Column | None) -> str:
        planned = planned_of(column, anchor)
        if planned is None:
            return ""
        said = self._value(planned.said)
        if planned.beyond is not None and (target := heads(grid).get(planned.beyond.id)) is not None:
            said += f" from {'the end of ' if planned.end else ''}{self._value(target)}"
        return said

    def _cell(self, grid: Grid, activity: Activity, column: Column) -> str:
        key = (activity.id, column.instance.id)
        letters = self.book.raised(*grid.on_cells.get(key, ()))
        if key not in grid.crosses:
            return letters
        window = f"{head_of(column).shown} ({column.instance.id})"
        row = (column.timeline.called, activity.id, label_of(activity).shown)
        place = self.trial.place(column.instance.at(f"activityIds/{grid.crosses[key]}"))
        book = self.book
        cross = Fact(
            book.study,
            book.data_version,
            self.trial.file.path,
            row,
            "",
            "scheduled",
            "X",
            "X",
            None,
            None,
            "",
            window,
            (place,),
        )
        return f"{book.value(cross)}{letters}"

    # ------------------------------------------------------------ notes

    def _notes(
        self, grid: Grid, columns: Sequence[Column], rows: Sequence[Row], *, last: bool, several: bool
    ) -> Iterator[str]:
        here = grid.letters(columns, rows)
        for note in grid.notes:
            if note.letter in here:
                yield f"{self.book.raised(note.letter)} {self._said(grid, note)}"
        if several:
            yield "Activities that are not listed are not scheduled in these visits."
        loose = [n for n in grid.notes if not n.letter] if last else []
        for note in loose:
            yield f"Not assigned to a visit or activity: {self._said(grid, note)}"
        if last and grid.nowhere:
            yield f"Scheduled at no visit: {listed([self._value(label_of(a)) for a in grid.nowhere])}."

    def _said(self, grid: Grid, note: Note) -> str:
        match note.subject:
            case Condition():
                return self._words(note.subject.text)
            case Timeline() if note.kind == "entry":
                return f"{self._entry(note.subject)}."
            case Timeline():
                return self._run(note.subject)
            case Instance():
                return self._decision(grid, note)
            case Activity():
                return self._contents(note.subject)

    def _entry(self, timeline: Timeline) -> str:
        """When a timeline begins, printed without its full stop."""
        raw = timeline.entry_condition.strip()
        return self._value(Said(timeline.at("entryCondition"), raw, raw.rstrip(" .")))

    def _run(self, timeline: Timeline) -> str:
        said = self._entry(timeline)
        if timeline.id not in self._keys:
            return f"{self._value(name_of(timeline))}: {said}."
        table = mark(draft.REF, f"table:{self._keys[timeline.id]}", "Table")
        return f"See {table}: {said}." if said else f"See {table}."

    def _decision(self, grid: Grid, note: Note) -> str:
        names = heads(grid)

        def to(instance: Instance | None) -> str:
            if instance is None:
                return "the end of the schedule"
            return (
                self._value(names[instance.id])
                if instance.id in names
                else self._value(Said(instance.called_at, instance.called, instance.called))
            )

        ways = [
            f"where {self._value(Said(b.at('condition'), b.condition, b.condition))}, the schedule goes to {to(target)}"
            for b, target in note.branches
        ]
        said = f"After this visit, {'; '.join(ways)}" if ways else "After this visit a decision follows"
        return f"{said}; otherwise to {to(note.otherwise)}." if note.otherwise is not None else f"{said}."

    def _contents(self, activity: Activity) -> str:
        wanted = set(activity.concept_ids)
        names = [self._value(Said(c.called_at, c.called, c.called)) for c in self.trial.concepts if c.id in wanted]
        made = [f"Includes {listed(names)}."] if names else []
        for procedure in activity.procedures:
            if more := told(activity, procedure):
                made.append(f"{': '.join(self._value(Said(at, x, x.rstrip(' .'))) for x, at in more)}.")
        return " ".join(made)

    def _value(self, said: Said) -> str:
        statistic = "value" if said.shown == said.raw else "in words"
        made = self.book.element(self.trial.file, said.pointer, said.raw, said.shown, statistic)
        return str(made) if said.shown else ""

    def _words(self, words: Words) -> str:
        return " ".join(self.book.quote(self.trial, p) for p in words.passages)


def first_table(trial: Trial, design: Design) -> str:
    """Key of the first table of a design's main schedule, "" where it has none."""
    grid = main_grid(trial, design)
    return MAIN if grid is not None and grid.columns else ""


def read(study: StudyData, book: Book) -> Schedule | None:
    """The schedule of the first design that has a timeline; None where no source designs one."""
    for trial in study.trials:
        for design in trial.designs:
            if design.timelines:
                return Schedule(trial, design, book)
    return None
