"""Cells of in-text tables whose heads say their statistics in words, and tables with arms as rows. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from docpipe.model.report import ReportTable
from docpipe.writing.arms import Arms
from docpipe.writing.report.binding.groups import Groups
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.tables import Line

_PM = r"\s*(?:±|\+/-|\(|,|and)\s*"
_STATS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(p, re.IGNORECASE), names)
    for p, names in (
        (rf"\b(?:LS|least[- ]squares|adjusted) means?{_PM}(?:SE|standard error)\b", ("lsmean", "se")),
        (rf"\bmeans?{_PM}(?:SE|SEM|standard error)\b", ("mean", "se")),
        (rf"\bmeans?{_PM}(?:SD|standard deviation)\b", ("mean", "sd")),
        (r"\bmedian\b[^|]{0,4}(?:\(|\[|,)\s*(?:min\w*\s*[-–—,/to ]+\s*max\w*|range)", ("median", "min", "max")),
        (r"\bmedian\b[^|]{0,4}(?:\(|\[|,)\s*(?:IQR|Q1|quartiles|interquartile)", ("median", "q1", "q3")),
        (r"\bmin(?:imum)?\.?\s*(?:[-–—,/]|to|and)+\s*max|\brange\b", ("min", "max")),
        (r"\b(?:n|no\.?|number)\b[^|]{0,20}\(\s*%\s*\)|\(%\)|\bn,? ?%", ("n", "pct")),
        (r"\b9\d\s?%\s*(?:CI|confidence)", ("lower", "upper")),
        (r"\bp(?:[- ]values?)?\s*$|\bp[- ]values?\b", ("p",)),
        (r"\b(?:LS|least[- ]squares|adjusted) means?\b", ("lsmean",)),
        (r"\bmeans?\b|\baverage\b", ("mean",)),
        (r"\bmedians?\b", ("median",)),
        (r"\bSD\b|\bstandard deviation\b", ("sd",)),
        (r"\bSE\b|\bstandard error\b", ("se",)),
        (r"%\s*$|\bpercent", ("pct",)),
        (r"^\s*(?:n|number|no\.?)\b", ("n",)),
    )
)
_NUMBER = re.compile(r"[<>≤≥]?\s?(?:(?<![\d.)%])[-−])?\d[\d,]*(?:\.\d+)?")
_SIZE = re.compile(r"[(\[,;]?\s*\b[Nn]\s*=\s*(\d[\d,]*)\s*[)\]]?")
_KINDS = {
    "pct": frozenset(("pct", "share")),
    "n": frozenset(("n", "events", "N", "records", "denominator")),
    "mean": frozenset(("mean", "lsmean")),
}


def statistics_of(said: str) -> tuple[str, ...]:
    """The statistics that a head or label says its cells hold, in their order."""
    return next((names for pattern, names in _STATS if pattern.search(said)), ())


def arm_of(label: str, arms: Arms, groups: Groups) -> str | None:
    """The arm that a label names, its N left out; None where it names none or more."""
    plain = " ".join(_SIZE.sub(" ", label).split())
    found = arms.match(plain) if plain else None
    if found is not None:
        return found
    short = groups.short(plain, 0, len(plain))
    return short[0][2] if len(short) == 1 and short[0][1] - short[0][0] >= 0.6 * len(plain) else None


def turned(table: ReportTable, arms: Arms, groups: Groups) -> dict[int, str]:
    """Rows of a table that are arms, where its heads name none."""
    heads = [
        " ".join(dict.fromkeys(r[c] for r in table.rows[: table.heads] if c < len(r))) for c in range(1, _width(table))
    ]
    if not heads or any(arm_of(h, arms, groups) for h in heads):
        return {}
    found = {
        r: a
        for r in range(table.heads, len(table.rows))
        if table.rows[r] and (a := arm_of(table.rows[r][0], arms, groups)) is not None
    }
    return found if len({a for a in found.values() if a}) > 1 else {}


def lines_of_arms(table: ReportTable, rows: dict[int, str]) -> Iterator[Line]:
    """A line a column of a table whose rows are arms."""
    for c in range(1, _width(table)):
        head = " ".join(dict.fromkeys(" ".join(r[c].split()) for r in table.rows[: table.heads] if c < len(r)))
        names = statistics_of(head) or statistics_of(table.caption)
        line = Line((head,), [], [], "")
        for r, arm in rows.items():
            text = table.rows[r][c] if c < len(table.rows[r]) else ""
            for slot in _slots(text, names or ("n",), arm):
                line.slots.append(slot)
                line.cells.append((r, c))
        if line.slots and len(set(rows.values())) > 1:
            yield line


def other_lines(table: ReportTable, arms: Arms, groups: Groups, done: Collection[tuple[int, int]]) -> Iterator[Line]:
    """Lines of cells that no reading of displays took, whose label or caption says their statistics."""
    columns: dict[int, str] = {}
    for c in range(1, _width(table)):
        head = " ".join(dict.fromkeys(" ".join(r[c].split()) for r in table.rows[: table.heads] if c < len(r)))
        arm = arm_of(head, arms, groups)
        if arm is not None:
            columns[c] = arm
    above = ""
    for r in range(table.heads, len(table.rows)):
        cells = table.rows[r]
        label = " ".join(cells[0].split()) if cells else ""
        if not any(t.strip() for t in cells[1:]):
            above = label
            continue
        names = statistics_of(label) or statistics_of(above) or statistics_of(table.caption)
        line = Line((above, label) if above else (label,), [], [], "")
        for c, arm in columns.items():
            if (r, c) in done or c >= len(cells) or not names:
                continue
            for slot in _slots(cells[c], names, arm):
                line.slots.append(slot)
                line.cells.append((r, c))
        if line.slots:
            yield line


def _slots(text: str, names: Sequence[str], arm: str) -> Iterator[Slot]:
    found = list(_NUMBER.finditer(text))
    if len(found) != len(names):
        if len(found) == 1 and names[0] == "n":
            names = names[:1]
        else:
            return
    for m, name in zip(found, names, strict=True):
        said = m[0].strip().replace("−", "-").replace(",", "")
        relation = said[0] if said[0] in "<>≤≥" else ""
        number = said.lstrip("<>≤≥ ")
        start = m.end() - len(m[0].lstrip())
        yield Slot(
            start,
            m.end(),
            m[0].strip(),
            Decimal(number),
            len(number.partition(".")[2]),
            relation,
            _KINDS.get(name, frozenset((name,))),
            (arm,),
        )


def sizes_of_rows(table: ReportTable, rows: dict[int, str]) -> Iterator[tuple[int, int, int, int, str, int]]:
    """``N = …`` beside the names of arms as rows: row, column, start, end, arm, number."""
    for r, arm in rows.items():
        m = _SIZE.search(table.rows[r][0])
        if m is not None:
            yield r, 0, m.start(1), m.end(1), arm, int(m[1].replace(",", ""))


def sizes_by_cell(table: ReportTable, rows: dict[int, str]) -> dict[tuple[int, int], set[int]]:
    """Numbers that may be the whole of a cell's percentage: N of its head or row, and whole numbers of its row."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for r in range(table.heads, len(table.rows)):
        own = {int(m[1].replace(",", "")) for m in _SIZE.finditer(table.rows[r][0])} if table.rows[r] else set()
        own |= {int(t) for t in table.rows[r][1:] if t.strip().isdigit()} if r in rows else set()
        for c in range(1, len(table.rows[r])):
            heads = {
                int(m[1].replace(",", ""))
                for h in table.rows[: table.heads]
                if c < len(h)
                for m in _SIZE.finditer(h[c])
            }
            found[r, c] = own | heads
    return found


def _width(table: ReportTable) -> int:
    return max((len(r) for r in table.rows), default=0)
