"""Variables of the subject-level data as groups of lines, in the form that displays have. Imports its room only."""

from __future__ import annotations

from collections.abc import Iterable

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing.book import Book, Value
from docpipe.writing.records import Population
from docpipe.writing.sets import ALL, populations
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import bound, capital, level_words, running, unit_of
from docpipe.writing.topics._lines import Cell, Group, Line, Sheet, cells_of


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
        cells, total = cells_of(book, found, arms, sizes)
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
