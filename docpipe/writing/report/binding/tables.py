"""In-text tables of a report read as displays are, so that each cell has its row, arm and statistic. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from docpipe.model.canonical import Digest
from docpipe.model.fact import Fact
from docpipe.model.report import ReportTable
from docpipe.model.source import ColumnHead, Display, DisplayCell, DisplayRow, SourceFile, SourceKind
from docpipe.writing.arms import Arms
from docpipe.writing.evidence import number_of
from docpipe.writing.facts_of_display import facts_of_display
from docpipe.writing.report.binding.numbers import Slot

_N = re.compile(r"\(?\s*\bN\s*=\s*(\d[\d,]*)\s*\)?")
_PLACE = re.compile(r"/r(\d+)/c(\d+)$")
_PAIR = re.compile(r"\s*([-−]?\d+(?:\.\d+)?)\s*\(\s*(\d+(?:\.\d+)?)\s*%?\s*\)\s*")
_PAIRS = (
    (re.compile(r"\bmean \((?:SD|standard deviation)\)", re.IGNORECASE), ("mean", "sd")),
    (re.compile(r"\bmean \((?:SE|standard error)\)", re.IGNORECASE), ("mean", "se")),
    (re.compile(r"\bn \(%\)|\bnumber and percentage\b", re.IGNORECASE), ("n", "pct")),
)
_FILE = SourceFile("", Digest(""), "", SourceKind.DISPLAY)


@dataclass(slots=True)
class Line:
    """A row's numbers. ``slots``: with offsets in their cell's text; ``cells``: row and column of each in the table."""

    row: tuple[str, ...]
    slots: list[Slot]
    cells: list[tuple[int, int]]
    window: str


def display_of(table: ReportTable) -> Display:
    """The table as a display; its first column is the label's."""
    heads: list[ColumnHead] = []
    width = max((len(r) for r in table.rows), default=0)
    for c in range(1, width):
        path = tuple(
            dict.fromkeys(t for r in table.rows[: table.heads] if c < len(r) and (t := " ".join(r[c].split())))
        )
        m = next((m for p in path if (m := _N.search(p))), None)
        heads.append(ColumnHead(path, int(m[1].replace(",", "")) if m else None))
    rows: list[DisplayRow] = []
    above: list[str] = []
    for r in range(table.heads, len(table.rows)):
        cells, depth = table.rows[r], table.depths[r] if r < len(table.depths) else 0
        label = " ".join(cells[0].split()) if cells else ""
        body = tuple(DisplayCell(c - 1, " ".join(t.split())) for c, t in enumerate(cells) if c and t.strip())
        group = not body
        del above[depth:]
        while len(above) < depth:
            above.append("")
        if group and above and not any(above):
            above.clear()
        rows.append(DisplayRow(tuple(p for p in (*above, label) if p), depth, body, r + 1))
        above.append(label)
    first = " ".join(table.rows[0][0].split()) if table.rows and table.rows[0] else ""
    return Display(_FILE, 1, table.label, table.caption, "", "", tuple(heads), tuple(rows), row_heads=(first,))


def lines_of(table: ReportTable, arms: Arms) -> list[Line]:
    """The rows whose cells state statistics of arms. Group headings without values head the rows below them of equal depth."""
    display = display_of(table)
    facts = facts_of_display(_grouped(display), arms, "").facts
    known = {*arms.names, ""}
    by_cell: dict[tuple[int, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        m = _PLACE.search(fact.places[0].locator)
        if m is not None and (fact.row or int(m[1])):
            by_cell[int(m[1]), int(m[2])].append(fact)
    lines: dict[int, Line] = {}
    for (row, column), found in sorted(by_cell.items()):
        if not row:
            continue
        text = table.rows[row - 1][column] if column < len(table.rows[row - 1]) else ""
        at = 0
        for fact in found:
            shown = fact.formatted
            start = text.find(shown, at)
            if start < 0 and (start := text.find(shown)) < 0:
                continue
            at = start + len(shown)
            said = number_of(fact)
            if said is None or (fact.arm not in known and " vs " not in fact.arm):
                continue
            line = lines.setdefault(row, Line(fact.row, [], [], fact.window))
            stats = {"pct": frozenset(("pct", "share")), "n": frozenset(("n", "events", "N", "records"))}.get(
                fact.statistic, frozenset((fact.statistic,))
            )
            if fact.statistic in ("min", "max", "q1", "q3", "lower", "upper"):
                stats = frozenset((fact.statistic,))
            slot = Slot(
                start,
                at,
                shown,
                said[1],
                fact.decimals or 0,
                said[0].replace("<=", "≤").replace(">=", "≥"),
                stats,
                (fact.arm,),
            )
            line.slots.append(slot)
            line.cells.append((row - 1, column))
    return [lines[r] for r in sorted(lines)] + list(_of_worded_heads(table, arms))


def _of_worded_heads(table: ReportTable, arms: Arms) -> Iterator[Line]:
    """Rows below heads that name an arm and what is measured, such as ``Placebo change to last visit``, where the caption says the statistics."""
    said = " ".join((table.caption, *(c for r in table.rows[: table.heads] for c in r)))
    pair = next((names for pattern, names in _PAIRS if pattern.search(said)), None)
    columns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for c in range(1, max((len(r) for r in table.rows), default=0)):
        head = " ".join(dict.fromkeys(" ".join(r[c].split()) for r in table.rows[: table.heads] if c < len(r)))
        fits = [a for a in arms.names if head.casefold().startswith(a.casefold() + " ")]
        arm = max(fits, key=len, default="")
        rest = head[len(arm) :].strip() if arm else ""
        if arm and not rest.startswith("(") and arms.match(head) is None:
            columns[rest].append((c, arm))
    if pair is None:
        return
    for r in range(table.heads, len(table.rows)):
        cells = table.rows[r]
        for rest, given in columns.items():
            if len(given) < 2:
                continue
            line = Line((" ".join(cells[0].split()), rest), [], [], "")
            for c, arm in given:
                m = _PAIR.fullmatch(cells[c]) if c < len(cells) else None
                for n, name in enumerate(pair if m is not None else ()):
                    assert m is not None
                    text = m[n + 1]
                    value = Decimal(text.replace("−", "-"))
                    stats = frozenset(("pct", "share")) if name == "pct" else frozenset((name,))
                    line.slots.append(Slot(*m.span(n + 1), text, value, len(text.partition(".")[2]), "", stats, (arm,)))
                    line.cells.append((r, c))
            if line.slots:
                yield line


def _grouped(display: Display) -> Display:
    """Rows of equal depth below a heading without values get its words, where the table has no indents."""
    if any(r.depth for r in display.rows):
        return display
    rows: list[DisplayRow] = []
    head = ""
    for row in display.rows:
        if not row.cells and row.path:
            head = row.path[-1]
            rows.append(row)
            continue
        rows.append(replace(row, path=(head, *row.path)) if head else row)
    return replace(display, rows=tuple(rows))


def sizes_of(table: ReportTable, arms: Arms) -> list[tuple[int, int, int, int, str, int]]:
    """``N = …`` of column heads: row, column, start, end, arm, number."""
    found = []
    for r in range(min(table.heads, len(table.rows))):
        for c, text in enumerate(table.rows[r]):
            m = _N.search(text)
            if m is None:
                continue
            words: Sequence[str] = [" ".join(row[c].split()) for row in table.rows[: table.heads] if c < len(row)]
            arm = next((a for w in words if (a := arms.match(w)) is not None), None)
            if arm is not None:
                found.append((r, c, m.start(1), m.end(1), arm, int(m[1].replace(",", ""))))
    return found
