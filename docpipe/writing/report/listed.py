"""Lists of a report in an order that it states: every item is a row of one table, and none before the last is left out.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.evidence import exact_number
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.checked import Checked, Fate, Number

_ORDERED = re.compile(
    r"\bin (?:descending |decreasing )?order of (?:decreasing )?(?:frequency|incidence),?\s+(?:were|was)\s+",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?:^|, (?:and )?|; (?:and )?|\band )([A-Za-z][^,;()\[\]]{2,70}?)\s*[(\[](\d+)(?:\s+(?:subjects?|patients?|participants?|events?))?\b[^()]*\)"
)
_WHOLE = re.compile(r"\b(?:other|remaining|all|every)\b", re.IGNORECASE)
_ANY = re.compile(
    r"^(?:any|total|at least|overall|all|number of|subjects|n)\b|\bany\b|\bcomplet|\bterminat|\bdiscontinu|\bwithdrew\b|\brandomi|\btreated\b|^missing$",
    re.IGNORECASE,
)
_Row = tuple[str, ...]


def listed(checked: Checked) -> Iterator[ReportFinding]:
    """Findings on lists in order of frequency that leave out a row or name one that the table has not."""
    by_piece: dict[int, list[Number]] = defaultdict(list)
    for n in checked.numbers:
        by_piece[n.piece].append(n)
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) or piece.table >= 0:
            continue
        for m in _ORDERED.finditer(piece.text):
            stop = piece.text.find(". ", m.end())
            yield from _against(checked, piece, m.end(), stop if stop > 0 else len(piece.text), by_piece[piece.id])


def _against(checked: Checked, piece: Piece, start: int, end: int, numbers: list[Number]) -> Iterator[ReportFinding]:
    items = [(start + m.start(1), m[1], start + m.start(2), int(m[2])) for m in _ITEM.finditer(piece.text[start:end])]
    facts = {n.start: n.facts[0] for n in numbers if n.fate is Fate.BOUND and n.facts and n.facts[0].row}
    homes = Counter(
        (f.display, f.row[:-1], f.population, f.window)
        for _, label, at, _ in items
        if (f := facts.get(at)) is not None and not f.arm and stems(label) & stems(f.row[-1])
    )
    for home, votes in homes.most_common(1):
        if len(items) < 3 or votes < max(2, 0.6 * len(items)):
            return
        rows = _rows(checked, home)
        names = {row: stems(row[-1]) for row in rows}
        for at, label, _, _ in items:
            own = stems(label)
            if own and not any(own & words for words in names.values()):
                yield _found("N12.most-common", f"The table has no row “{label}”.", piece, at, at + len(label))
        least = min(n for *_, n in items)
        whole = _WHOLE.search(piece.text, max(0, start - 90), start) is not None
        said = stems(piece.text)
        for row, count in rows.items():
            if (count > least or (whole and count == least > 0)) and names[row] and not names[row] <= said:
                last = items[-1]
                yield _found(
                    "N13.list-complete", f"The list leaves out {row[-1]} ({count}).", piece, last[0], last[0] + len(last[1]), row[-1]
                )  # fmt: skip


def _rows(checked: Checked, home: tuple[str, _Row, str, str]) -> Mapping[_Row, Decimal]:
    """Rows beside each other in one table with their counts in all arms."""
    display, parent, population, window = home
    found: dict[_Row, Decimal] = {}
    for fact in checked.facts.find(display=display, population=population, window=window):
        if _beside(fact, parent) and fact.statistic == "n" and not fact.arm and (n := exact_number(fact)) is not None:
            found[fact.row] = n
    return found


def _beside(fact: Fact, parent: _Row) -> bool:
    return len(fact.row) == len(parent) + 1 and fact.row[:-1] == parent and not _ANY.search(fact.row[-1])


def _found(check: str, message: str, piece: Piece, start: int, end: int, expected: str = "") -> ReportFinding:
    return ReportFinding(
        check, Severity.CRITICAL, message, piece.id, piece.location, piece.text[start:end], start, end, expected
    )
