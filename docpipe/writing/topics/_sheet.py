"""A display as groups of lines, each of which knows what it is in the data where that can be told. Imports its room only."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.source import Display, Place
from docpipe.writing.align import Aligned, Aligner, decodes_of
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.labels import clean
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import bound, display_words, running, shown_label, unit_of
from docpipe.writing.topics._lines import SUMMARIES, Cell, Group, Line, Sheet, cells_of, whole


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
        cells, total = cells_of(book, found, arms, sizes)
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
        summed = own is not None and any(k in c.of for c in own.cells for k in SUMMARIES)
        variable = about if summed or not lines else _common(x.variable for x in lines) or about
        unit = words((top,), unit) if unit else _unit_of_variable(study, book, variable)
        groups.append(Group(words((top,), label), words((top,), running(label)), label, unit, own, lines, p, variable))
    total_n = sizes.get("")
    size_cells = tuple(Cell(a, {"N": sizes[a]}) for a in arms if a in sizes)
    total = Cell("", {"N": total_n}) if total_n is not None else whole(book, size_cells)
    d = shown.display
    return Sheet(
        d.number,
        d.title,
        chosen,
        tuple(groups),
        size_cells,
        total,
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
