"""Tables of the perturbed study: the original's structure, every cell that the data can give computed from the perturbed data.

Cells that the data cannot give (p-values of tests that are not Fisher's, least-squares estimates, the primary scale, whose data are not public)
are changed consistently: estimates, errors and limits by one factor, p-values a little, means and extremes by a constant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from rtf_writer import C, paragraph, rtf, rtf_rows
from studies import sources_of

from docpipe.model.fact import Fact
from docpipe.model.source import ColumnHead, Dataset, Definition, Display, DisplayCell, DisplayRow
from docpipe.writing import arithmetic
from docpipe.writing.align import Aligner, Decodes, decodes_of
from docpipe.writing.cells import parse_cell
from docpipe.writing.columns import Column, columns_of
from docpipe.writing.compare import compare
from docpipe.writing.facts_of_data import answer
from docpipe.writing.facts_of_display import facts_of_display
from docpipe.writing.records import Condition, Population, Question, Study
from docpipe.writing.sets import ALL, population_named

_MARK = re.compile(r"\[\d\]")


def tables(shown: Iterable[Display], out: Path, label: Callable[[str], str]) -> None:
    """Writes each table anew to ``out``, whose datasets stand there already."""
    read = sources_of(out)
    study = Study([s for s in read if isinstance(s, Dataset)])
    decodes = decodes_of(s for s in read if isinstance(s, Definition))
    (out / "tlf").mkdir(exist_ok=True)
    for display in shown:
        sized = _sized(_renamed(display, label), study)
        aligner = Aligner(sized, facts_of_display(sized, study.arms, "v").facts, study, decodes)
        done = _of_events(sized, aligner, study) if aligner.event_terms() else _of_subjects(sized, study, decodes)
        (out / display.file.path).write_bytes(_rtf(done))


def _renamed(display: Display, label: Callable[[str], str]) -> Display:
    def several(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(map(label, texts))

    rows = tuple(replace(r, path=several(r.path)) for r in display.rows)
    heads = tuple(replace(h, path=several(h.path)) for h in display.columns)
    return replace(
        display, title=label(display.title), study=label(display.study), columns=heads, rows=rows, footnotes=several(display.footnotes),
        row_heads=several(display.row_heads), population=label(display.population), produced="",
    )  # fmt: skip


def _sized(new: Display, study: Study) -> Display:
    """The heads' Ns by the perturbed data."""
    heads: list[ColumnHead] = []
    for head, column in zip(new.columns, columns_of(new, study.arms), strict=True):
        population = population_named(study, column.n_population)
        if head.n is not None and population is not None and column.arm is not None:
            head = replace(head, n=_size(study, population, column.arm))
        heads.append(head)
    return replace(new, columns=tuple(heads))


def _size(study: Study, population: Population, arm: str) -> int:
    assert study.base is not None
    return answer(study, Question(study.base.name), population, arm).n


# ---------------------------------------------------------------- tables of subjects and values


def _of_subjects(display: Display, study: Study, decodes: Decodes) -> Display:
    facts = facts_of_display(display, study.arms, "v").facts
    found = compare(display, facts, study, decodes)
    exact = {id(p.shown): p.exact for p in found.pairs}
    sizes = {(f.arm, f.population): f.n for f in facts if f.statistic == "N"}
    at: dict[tuple[int, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        place = re.fullmatch(r"display:\d+/r(\d+)/c(\d+)", fact.places[0].locator)
        if place and int(place[1]):
            at[int(place[1]), int(place[2]) - 1].append(fact)
    rows = []
    for row in display.rows:
        cells = []
        for cell in row.cells:
            mine = at.get((row.number, cell.column), [])
            values = [_shown(f, exact.get(id(f)), sizes) for f in mine]
            cells.append(replace(cell, text=_printed(cell.text, values)))
        rows.append(replace(row, cells=tuple(cells)))
    return replace(display, rows=tuple(rows))


def _shown(fact: Fact, exact: Decimal | None, sizes: dict[tuple[str, str], int | None]) -> str | None:
    """The value anew in its decimals; None leaves it."""
    places = fact.decimals or 0
    if exact is not None:
        return format(arithmetic.rounded(exact, places), "f")
    raw = fact.raw.lstrip("<>=")
    try:
        old = Decimal(raw)
    except ArithmeticError:
        return None
    if fact.statistic == "p":
        return None if fact.raw != raw else _rounded(old * Decimal("0.93"), places)
    if fact.statistic in ("estimate", "se", "lower", "upper", "sd"):
        return _rounded(old * Decimal("1.3"), places)
    if fact.statistic == "n":
        return str(sizes.get((fact.arm, fact.population)) or fact.n)
    if fact.statistic in ("mean", "median", "min", "max") and "change" not in " ".join(fact.row).casefold():
        return _rounded(old + 2, places)
    return None


def _rounded(value: Decimal, places: int) -> str:
    return format(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def _printed(text: str, values: Sequence[str | None]) -> str:
    """The cell's text with new values, each right-aligned in the place of the old one."""
    parsed = parse_cell(text, _MARK.findall(text))
    if len(parsed.values) != len(values):
        parsed = parse_cell(text, _MARK.findall(text), pair=True)
    if len(parsed.values) != len(values):
        return text
    for value, new in reversed(list(zip(parsed.values, values, strict=True))):
        if new is None:
            continue
        start, end = value.start, value.start + len(value.text)
        while start and text[start - 1] == " " and start > 1:
            start -= 1
        said = new + ("%" if value.text.endswith("%") else "")
        gap = " " if text[start - 1 : start] not in ("(", "[", ";", "") and start else ""
        text = text[:start] + (gap + said).rjust(end - start) + text[end:]
    return text


# ---------------------------------------------------------------- tables of adverse events


def _of_events(display: Display, aligner: Aligner, study: Study) -> Display:
    """Rows by class and term as the data have them, in the original's order, new ones last in their class."""
    about = aligner.event_terms()
    assert about is not None
    conditions, organ, term = about
    frame = study.frames[aligner.dataset()]
    population = population_named(study, display.population) or ALL
    wanted: dict[str, dict[str, None]] = {}
    for i in answer(study, Question(frame.name, conditions), population).records:
        record = frame.dataset.records[i]
        wanted.setdefault(frame.text(record, organ), {})[frame.text(record, term)] = None
    order = {r.path: n for n, r in enumerate(display.rows)}
    columns = columns_of(display, study.arms)
    paths: list[tuple[tuple[str, ...], tuple[Condition, ...]]] = [(display.rows[0].path, conditions)]
    for o in sorted(wanted, key=lambda o: order.get((o,), 10_000)):
        inside = (*conditions, Condition(organ, (o,)))
        paths.append(((o,), inside))
        for t in sorted(wanted[o], key=lambda t: (order.get((o, t), 10_000), t)):
            paths.append(((o, t), (*inside, Condition(term, (t,)))))
    rows = []
    for number, (path, mine) in enumerate(paths, 1):
        cells = (_event_cell(study, Question(frame.name, mine), population, c) for c in columns)
        kept = tuple(DisplayCell(i, text) for i, text in enumerate(cells) if text)
        rows.append(DisplayRow(path, len(path) - 1, kept, number))
    return replace(display, rows=tuple(rows))


def _event_cell(study: Study, question: Question, population: Population, column: Column) -> str:
    arm = column.arm or ""
    if " vs " in arm:
        one, other = (answer(study, question, population, a) for a in arm.split(" vs "))
        if not one.values["n"] and not other.values["n"]:
            return ""
        p = arithmetic.of_fraction(
            arithmetic.fisher_two_sided(int(one.values["n"]), one.n, int(other.values["n"]), other.n)
        )
        shown = ">.99" if p > Decimal("0.99") else _rounded(p, 3)
        return shown + ("*" if p < Decimal("0.15") else "")
    found = answer(study, question, population, arm)
    n = int(found.values["n"])
    if "events" in column.statistics:
        return f"[{int(found.values['events'])}]" if n else ""
    return f"{n} ({_rounded(found.values['pct'], 1):>4}%)" if n else "0"


# ---------------------------------------------------------------- writing


def _rtf(display: Display) -> bytes:
    """The table in the layout of the original: names in the header group, heads with N, labels indented, notes in the footer."""
    labels = max(1, len(display.row_heads))
    depth = max((len(h.path) for h in display.columns), default=1)
    heads: list[list[str | C]] = []
    for level in range(depth):
        row: list[str | C] = [*(display.row_heads if level == depth - 1 else ("",) * labels)]
        row = row or [""]
        at = 0
        while at < len(display.columns):
            path = _head(display.columns[at], depth)
            end = at + 1
            while (
                level < depth - 1
                and end < len(display.columns)
                and path[level]
                and path[: level + 1] == _head(display.columns[end], depth)[: level + 1]
            ):
                end += 1
            row.append(C(path[level], end - at))
            at = end
        heads.append(row)
    body: list[list[str | C]] = []
    before: tuple[str, ...] = ()
    for line in display.rows:
        said: list[str | C]
        if labels > 1:
            said = [*line.path, *("",) * labels][:labels]
            if line.path[:1] == before[:1] and len(line.path) == labels and not _sited(display):
                said[0] = ""
        else:
            said = [C(line.path[-1], 1, 240 * line.depth)]
        before = line.path
        values = {c.column: c.text for c in line.cells}
        body.append([*said, *(values.get(i, "") for i in range(len(display.columns)))])
    header = paragraph(f"Protocol: {display.study}") + paragraph(f"Population: {display.population}")
    header += paragraph(display.number) + paragraph(display.title)
    footer = "".join(map(paragraph, (*display.footnotes, f"Source: programs/{display.number.split()[-1]}.R")))
    return rtf(rtf_rows([*heads, *body], len(heads)), header=header, footer=footer)


def _sited(display: Display) -> bool:
    return any("site" in h.casefold() for h in display.row_heads)


def _head(head: ColumnHead, depth: int) -> tuple[str, ...]:
    """The texts over a column from the top; N stands under the arm's name, or under the last text."""
    path = [*head.path]
    if head.n is not None:
        path[0 if len(path) == 1 or depth == 1 else _armed(path)] += f"\n(N={head.n})"
    return tuple([""] * (depth - len(path)) + path)


def _armed(path: Sequence[str]) -> int:
    """Which text of a head carries its N: the arm's, which is above statistics and sets, but below spanning sets."""
    return 1 if re.search(r"population|completers", path[0], re.IGNORECASE) else 0
