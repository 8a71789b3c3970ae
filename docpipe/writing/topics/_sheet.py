"""A display or the subject-level data as groups of lines with a cell an arm, for topics to name and templates to print. Imports its room only.

Where a display has no column for all arms together, counts and their shares over all arms are derived, with their formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.model.source import Display, Place
from docpipe.writing import derive
from docpipe.writing.align import Aligned, Aligner, decodes_of
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.labels import clean, key_of
from docpipe.writing.records import Condition, Population
from docpipe.writing.sets import ALL, population_named, populations
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import bound, capital, display_words, level_words, running, shown_label, unit_of

_SUMMARIES = ("mean", "median", "lsmean", "geomean")
_STATISTICS = frozenset(
    [
        "n",
        "pct",
        "mean",
        "sd",
        "se",
        "cv",
        "median",
        "min",
        "max",
        "q1",
        "q3",
        "p",
        "estimate",
        "lower",
        "upper",
        "N",
        "lsmean",
        "geomean",
        "events",
        "denominator",
        "range",
    ]
)


@dataclass(frozen=True, slots=True)
class Cell:
    """An arm's values in a line, by statistic: ``cell.n``, ``cell.pct``, ``cell.mean`` … are values or None. Prints ``60 (70%)``."""

    arm: str
    of: Mapping[str, Value] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Value | None:
        if name not in _STATISTICS:
            raise AttributeError(name)
        return self.of.get(name)

    def __str__(self) -> str:
        if self.n is None:
            return self.percent or "-"
        return f"{self.n} ({self.percent})" if self.percent else str(self.n)

    @property
    def percent(self) -> str:
        """The percentage with its sign, for printing; "" where there is none."""
        pct = self.of.get("pct")
        return "" if pct is None else str(pct) if "%" in pct.text else f"{pct}%"

    @property
    def share(self) -> Decimal | None:
        """The percentage as a number, for comparing."""
        pct = self.of.get("pct")
        count, size = self.of.get("n"), self.of.get("N")
        if count is not None and count.number is not None and size is not None and size.number:
            return count.number / size.number * 100
        if pct is None:
            return None
        return Decimal(said.group()) if (said := re.search(r"\d+(?:\.\d+)?", pct.text)) else None


@dataclass(frozen=True, slots=True)
class Line:
    """A row. ``label``: for the stub of a table; ``said``: in a sentence; ``plain``: for conditions; ``cells``: one an arm that has values.

    ``total``: all arms together. ``variable`` and ``level``: what it is in the data, "" where that is not known.
    """

    label: str
    said: str
    plain: str
    cells: tuple[Cell, ...]
    total: Cell | None = None
    p: Value | None = None
    variable: str = ""
    level: str = ""
    source: str = ""

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms that have values."""
        return tuple(c.arm for c in self.cells)

    @property
    def some(self) -> bool:
        """Anybody is counted in it."""
        return any(c.n for c in self.cells) or bool(self.total and self.total.n)

    def all_of(self, statistic: str) -> bool:
        """Every arm has the statistic."""
        return bool(self.cells) and all(statistic in c.of for c in self.cells)

    def values(self, statistic: str) -> list[Value]:
        """The arms' values of a statistic, in order."""
        return [c.of[statistic] for c in self.cells if statistic in c.of]

    @property
    def top(self) -> Cell | None:
        """The arm with the largest share, None where several have it or the arms do not differ."""
        shares = [(c.share, c) for c in self.cells if c.share is not None]
        best = max((s for s, _ in shares), default=None)
        found = [c for s, c in shares if s == best]
        return found[0] if len(found) == 1 and len(shares) > 1 else None

    @property
    def rank(self) -> Decimal:
        """How many there are over all arms, for ordering."""
        if self.total is not None and self.total.n is not None and self.total.n.number is not None:
            return self.total.n.number
        return sum((c.n.number for c in self.cells if c.n is not None and c.n.number is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with what stands under it. ``line``: its own values (a mean, the number with data); ``lines``: its categories."""

    label: str
    said: str
    plain: str
    unit: str = ""
    line: Line | None = None
    lines: tuple[Line, ...] = ()
    p: Value | None = None
    variable: str = ""

    @property
    def summed(self) -> bool:
        """It has a mean or a median."""
        return self.line is not None and any(s in c.of for c in self.line.cells for s in _SUMMARIES)

    @property
    def counted(self) -> tuple[Line, ...]:
        """Its categories that count anybody, the most frequent first."""
        return tuple(sorted((x for x in self.lines if x.some), key=lambda x: -x.rank))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A source of lines: a display for one analysis set, or the subject-level data. ``number``: the display's, "" for data."""

    number: str
    title: str
    population: str
    groups: tuple[Group, ...]
    sizes: tuple[Cell, ...]
    total: Cell | None = None
    display: Display | None = None
    population_said: str = ""

    def group(self, *variables: str) -> Group | None:
        """The first group of one of these variables."""
        return next((g for v in variables for g in self.groups if g.variable == v), None)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, groups' own ones before their categories."""
        return tuple(x for g in self.groups for x in ((g.line,) if g.line else ()) + g.lines)

    def size(self, arm: str) -> Value | None:
        """N of an arm ("" for all)."""
        found = self.total if not arm else next((c for c in self.sizes if c.arm == arm), None)
        return found.N if found is not None else None


# ---------------------------------------------------------------- from a display


def sheet_of(study: StudyData, book: Book, shown: DisplayFacts, population: str | None = None) -> Sheet:
    """A display's facts of one analysis set (by default the one that most of them are of) as groups."""
    named: dict[str, int] = {}
    for fact in shown.facts:
        if fact.row and fact.statistic != "N":
            named[fact.population] = named.get(fact.population, 0) + 1
    chosen = population if population is not None else max(named, key=lambda p: named[p], default="")
    facts = [f for f in shown.facts if f.population == chosen]
    arms = _arms(study, facts)
    aligner = Aligner(shown.display, shown.facts, study.records, decodes_of(study.definitions))
    sizes = {f.arm: book.value(f) for f in shown.facts if f.statistic == "N" and not f.row and f.population == chosen}
    if not sizes:
        sizes = {f.arm: book.value(f) for f in facts if f.statistic == "N" and not f.row}
    rows: dict[tuple[str, ...], dict[str, dict[str, Value]]] = {}
    known: dict[tuple[str, ...], tuple[str, str]] = {}
    for fact in facts:
        if fact.row:
            rows.setdefault(fact.row, {}).setdefault(fact.arm, {}).setdefault(fact.statistic, book.value(fact))
            if fact.row not in known or not known[fact.row][0]:
                known[fact.row] = _about(aligner, fact)
    numbers = _row_numbers(shown.display)

    def words(path: tuple[str, ...], text: str) -> str:
        return display_words(book, shown.display, numbers.get(path, 0), path, text)

    def line(path: tuple[str, ...]) -> Line:
        found, label = rows[path], shown_label(path[-1])
        cells, total = _cells(book, found, arms, sizes)
        p = found.get("", {}).get("p")
        variable, level = known.get(path, ("", ""))
        return Line(
            words(path, label),
            words(path, running(label)),
            label,
            cells,
            total,
            p,
            variable,
            level,
            shown.display.number,
        )

    tops: dict[str, list[tuple[str, ...]]] = {}
    for path in rows:
        tops.setdefault(path[0], []).append(path)
    groups = []
    for top, paths in tops.items():
        own = line((top,)) if (top,) in rows else None
        lines = tuple(line(p) for p in paths if len(p) > 1)
        label, unit = unit_of(top)
        p = (own.p if own else None) or next((x.p for x in lines if x.p is not None), None)
        about = own.variable if own is not None else ""
        summed = own is not None and any(k in c.of for c in own.cells for k in _SUMMARIES)
        variable = about if summed or not lines else _common(x.variable for x in lines) or about
        unit = words((top,), unit) if unit else _unit_of_variable(study, book, variable)
        groups.append(Group(words((top,), label), words((top,), running(label)), label, unit, own, lines, p, variable))
    total_n = sizes.get("")
    size_cells = tuple(Cell(a, {"N": sizes[a]}) for a in arms if a in sizes)
    whole = Cell("", {"N": total_n}) if total_n is not None else _whole(book, size_cells)
    d = shown.display
    return Sheet(
        d.number,
        d.title,
        chosen,
        tuple(groups),
        size_cells,
        whole,
        d,
        display_words(book, d, 0, ("population",), chosen),
    )


def sheets_of(study: StudyData, book: Book, shown: DisplayFacts) -> list[Sheet]:
    """One for every analysis set of a display, the one with most subjects first."""
    sets = dict.fromkeys(f.population for f in shown.facts if f.row and f.statistic != "N")
    found = [sheet_of(study, book, shown, s) for s in sets]

    def size(sheet: Sheet) -> Decimal:
        return sum((c.N.number for c in sheet.sizes if c.N is not None and c.N.number is not None), Decimal(0))

    return sorted(found, key=size, reverse=True)


def _about(aligner: Aligner, fact: Fact) -> tuple[str, str]:
    """Variable and level of the subject-level data that a row counts or sums up."""
    found = aligner.align(fact)
    if not isinstance(found, Aligned):
        return "", ""
    question = found.question
    if question.variable:
        return question.variable, ""
    if not question.conditions:
        return "", ""
    last = question.conditions[-1]
    main = next((c for c in question.conditions if c.variable == "RACE"), last)
    return main.variable, main.values[0] if len(main.values) == 1 else ""


def _arms(study: StudyData, facts: Iterable[Fact]) -> tuple[str, ...]:
    used = dict.fromkeys(f.arm for f in facts if f.arm)
    known = tuple(a for a in study.arms.names if a in used)
    return known or tuple(a for a in used if " vs " not in a)


def _row_numbers(display: Display) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for row in display.rows:
        path = tuple(p for p in (clean(p) for p in row.path) if p)
        for depth in range(1, len(path) + 1):
            found.setdefault(path[:depth], row.number)
    return found


def _unit_of_variable(study: StudyData, book: Book, name: str) -> str:
    """The unit that the data give for what a display sums up without saying its unit."""
    base = study.records.base
    if base is None or name not in base:
        return ""
    unit = unit_of(base.variable(name).label)[1]
    place = (Place(base.dataset.file.sha256, f"dataset:{base.dataset.name}"),)
    return bound(book, unit, base.name, (name, "unit"), place)


def _common(names: Iterable[str]) -> str:
    found = [n for n in names if n]
    return max(found, key=found.count) if found else ""


# ---------------------------------------------------------------- from the data


def data_sheet(
    study: StudyData, book: Book, population: Population, variables: Iterable[tuple[str, str]]
) -> Sheet | None:
    """Variables of the subject-level data (name and label) as groups; None where there is no such data."""
    base = study.records.base
    if base is None:
        return None
    pool: dict[tuple[str, ...], list[Fact]] = {}
    wanted = tuple(variables)
    names = {name for name, _ in wanted}
    for fact in study.store.find(display=base.name, population=population.name):
        if not fact.row or fact.row[0] in names:
            pool.setdefault(fact.row, []).append(fact)
    sizes = {f.arm: book.value(f) for f in pool.get((), ()) if f.statistic == "N"}
    arms = tuple(a for a in study.arms.names if sizes.get(a))
    place = (Place(base.dataset.file.sha256, f"dataset:{base.dataset.name}"),)

    def line(row: tuple[str, ...], label: str, said: str) -> Line:
        found: dict[str, dict[str, Value]] = {}
        for fact in pool[row]:
            if fact.statistic != "events":
                found.setdefault(fact.arm, {})[fact.statistic] = book.value(fact)
        cells, total = _cells(book, found, arms, sizes)
        level = row[1] if len(row) > 1 else ""
        return Line(
            bound(book, label, base.name, row, place), bound(book, said, base.name, row, place), label, cells, total, None,
            row[0], level,
        )  # fmt: skip

    groups = []
    for name, given in wanted:
        label, unit = unit_of(given)
        own = line((name,), label, running(label)) if (name,) in pool else None
        levels = sorted((r for r in pool if len(r) == 2 and r[0] == name), key=lambda r: _order(study, name, r[1]))
        lines = tuple(
            line(r, capital(_decoded(name, r[1])), _decoded(name, r[1])) for r in levels if r[1] not in ("missing", "")
        )
        if own is None and not lines:
            continue
        unit = unit or _unit_beside(study, name)
        said = bound(book, running(label), base.name, (name,), place)
        groups.append(
            Group(
                bound(book, label, base.name, (name,), place), said, label, bound(book, unit, base.name, (name, "unit"), place),
                own, lines, None, name,
            )
        )  # fmt: skip
    cells = tuple(Cell(a, {"N": sizes[a]}) for a in arms)
    whole = Cell("", {"N": sizes[""]}) if "" in sizes else None
    return Sheet(
        "",
        "",
        population.name,
        tuple(groups),
        cells,
        whole,
        None,
        bound(book, population.name, base.name, ("population",), place),
    )


_DECODES = {"SEX": {"F": "female", "M": "male", "U": "unknown"}}


def _decoded(name: str, level: str) -> str:
    return _DECODES.get(name, {}).get(level) or level_words(level)


def _order(study: StudyData, name: str, level: str) -> tuple[float, str]:
    """By the number variable beside (``AGEGR1N``) where the data have one."""
    base = study.records.base
    if base is not None and f"{name}N" in base:
        for record in base.dataset.records:
            if base.text(record, name) == level:
                number = record[base.index[f"{name}N"]]
                return (number if isinstance(number, float) else 0.0, level)
    return (0.0, level)


def _unit_beside(study: StudyData, name: str) -> str:
    base = study.records.base
    if base is None or f"{name}U" not in base:
        return ""
    units = [u for u in base.levels(f"{name}U") if u]
    return units[0].lower() if len(units) == 1 else ""


def main_set(study: StudyData, *preferred: str) -> Population:
    """The first analysis set with one of these flags, else all subjects."""
    found = {p.condition.variable: p for p in populations(study.records) if p.condition is not None}
    return next((found[v] for v in preferred if v in found), ALL)


def same_set(study: StudyData, one: str, other: str) -> bool:
    """Two names mean one analysis set."""
    a, b = population_named(study.records, one), population_named(study.records, other)
    return key_of(one) == key_of(other) or (a is not None and a == b and a is not ALL)


def flag(name: str) -> Condition:
    """The condition that a flag is set."""
    return Condition(name, ("Y",))


# ---------------------------------------------------------------- all arms together


def _cells(
    book: Book, found: Mapping[str, Mapping[str, Value]], arms: Iterable[str], sizes: Mapping[str, Value]
) -> tuple[tuple[Cell, ...], Cell | None]:
    def sized(arm: str) -> dict[str, Value]:
        given = dict(found.get(arm, {}))
        if arm in sizes and given:
            given.setdefault("N", sizes[arm])
        return given

    cells = tuple(Cell(a, of) for a in arms if (of := sized(a)))
    total = {k: v for k, v in sized("").items() if k != "p"}
    if set(total) <= {"N"}:
        total = _summed(book, cells)
    return cells, Cell("", total) if total else None


def _summed(book: Book, cells: tuple[Cell, ...]) -> dict[str, Value]:
    """Counts over all arms: a subject is in one arm only."""
    counts = [c.n for c in cells if c.n is not None]
    sizes = [c.N for c in cells if c.N is not None]
    if not cells or len(counts) != len(cells) or any(s in c.of for c in cells for s in _SUMMARIES):
        return {}
    try:
        whole = counts[0] if len(cells) == 1 else book.value(derive.total([v.fact for v in counts]))
        found = {"n": whole}
        if len(cells) == 1:
            return dict(cells[0].of)
        if len(sizes) == len(cells) and any(c.pct is not None for c in cells):
            of = book.value(derive.total([v.fact for v in sizes], statistic="N"))
            decimals = max((c.pct.fact.decimals or 0) for c in cells if c.pct is not None)
            found |= {"N": of, "pct": book.value(derive.share(whole.fact, of.fact, decimals))}
        return found
    except NotDerivable:
        return {}


def _whole(book: Book, cells: tuple[Cell, ...]) -> Cell | None:
    sizes = [c.N for c in cells if c.N is not None]
    if len(sizes) < 2:
        return Cell("", dict(cells[0].of)) if sizes else None
    try:
        return Cell("", {"N": book.value(derive.total([v.fact for v in sizes], statistic="N"))})
    except NotDerivable:
        return None


def relabelled(line: Line, label: str) -> Line:
    """The line with other words, which must hold no number."""
    return replace(line, label=capital(label), said=label, plain=label)
