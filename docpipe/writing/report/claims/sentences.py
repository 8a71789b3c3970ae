"""Sentences of a report with the arms that they name and their bound numbers, and the rows of the data that words name. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.report.binding.frames import Frame
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.checked import Fate, Number

PROSE = (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM)
PLANNED = re.compile(
    r"\b(?:plans?|statistical|planned|methods?|sample size|determination|objectives?|introduction|references?|rationale|criteria|background|administrative|ethic\w*|investigators?)\b",
    re.IGNORECASE,
)
_TELLING = 4.5
_PREFERRED = ("pct", "share", "mean", "lsmean", "n", "median")


@dataclass(frozen=True, slots=True)
class Named:
    """A place that names one arm or several; none is all of them."""

    start: int
    end: int
    arms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of prose. ``before``: the one before it in its paragraph; ``numbers``: those of it, in order."""

    piece: Piece
    start: int
    end: int
    text: str
    before: str
    named: tuple[Named, ...]
    numbers: tuple[Number, ...]
    planned: bool

    @property
    def bound(self) -> tuple[Number, ...]:
        """Numbers that have a row."""
        return tuple(
            n for n in self.numbers if n.fate in (Fate.BOUND, Fate.CONTRADICTED) and n.facts and n.facts[0].row
        )


def sentences(ledger: Ledger) -> list[Sentence]:
    """The sentences of a report's prose that repeat no protocol or plan."""
    by_piece: dict[int, list[Number]] = defaultdict(list)
    for n in ledger.numbers:
        by_piece[n.piece].append(n)
    found: list[Sentence] = []
    for piece in ledger.report.pieces:
        row = ledger.rows.get(piece.id)
        if row is None or piece.kind not in PROSE or piece.table >= 0:
            continue
        path = ledger.report.sections[piece.section].path[-2:] if piece.section >= 0 else ()
        planned = PLANNED.search(" ".join(path)) is not None
        before = ""
        for start, end in row.sentences:
            text = row.full
            if not any(
                p == piece.id and a <= start < b and q.like >= 0.9 and not q.changed
                for (p, a, b), q in ledger.quoted.items()
            ):
                one = [
                    Named(m.start, m.end, (m.arm,) if m.arm else ledger.groups.all)
                    for m in ledger.named(row, start, end)
                ]
                several = [
                    Named(s.start, s.end, s.arms)
                    for s in ledger.groups.find(text, start, end, [(m.start, m.end) for m in one])
                ]
                named = tuple(sorted((*one, *several), key=lambda m: m.start))
                mine = tuple(sorted((n for n in by_piece[piece.id] if start <= n.start < end), key=lambda n: n.start))
                found.append(Sentence(piece, start, end, text, before, named, mine, planned))
            before = text[start:end]
    return found


def values_of(frame: Frame) -> tuple[str, dict[str, Decimal]]:
    """The statistic by which arms are compared in a row, and its value in each arm."""
    for name in _PREFERRED:
        here = {t.arm: t.share if t.share is not None else t.number for t in frame.told.get(name, ()) if not t.bound}
        if name in ("pct", "share"):
            here |= {t.arm: Decimal(0) for t in frame.told.get("n", ()) if t.number == 0 and t.arm not in here}
        if sum(bool(a) for a in here) > 1:
            return name, here
    return "", {}


def row_of(ledger: Ledger, numbers: Sequence[Number]) -> Frame | None:
    """The row that most of some bound numbers are of."""
    votes: dict[int, int] = defaultdict(int)
    for n in numbers:
        fact = n.facts[0]
        for i, frame in _frames_of(ledger, fact.display):
            if (frame.display, frame.row, frame.population, frame.window) == (
                fact.display,
                fact.row,
                fact.population,
                fact.window,
            ):
                votes[i] += 1
    best = max(votes, key=lambda i: votes[i], default=-1)
    return ledger.frames.all[best] if best >= 0 else None


def _frames_of(ledger: Ledger, display: str) -> Iterator[tuple[int, Frame]]:
    from docpipe.writing.factstore import number_of_display

    for i in ledger.frames.by_display.get(number_of_display(display), ()):
        yield i, ledger.frames.all[i]


def rows_named(ledger: Ledger, words: frozenset[str], heading: frozenset[str] = frozenset()) -> list[Frame]:
    """Rows whose whole label stands in some words and tells them from others; the longest labels only, those of printed tables first."""
    weight = ledger.frames.weight
    found: dict[int, float] = {}
    for word in words:
        for i in ledger.frames.by_word.get(word, ()):
            for label in ledger.frames.all[i].labels:
                if label and label <= words | heading and label & words:
                    found[i] = max(found.get(i, 0.0), sum(weight.get(w, 0.0) for w in label))
    best = max(found.values(), default=0.0)
    if best < _TELLING:
        return []
    rows = [ledger.frames.all[i] for i, w in found.items() if w >= best - 0.01]
    printed = [f for f in rows if f.printed]
    return printed or rows


def finding(
    check: str, message: str, piece: Piece, start: int, end: int, expected: str = "", sure: Severity = Severity.CRITICAL
) -> ReportFinding:
    """A finding at characters of a piece."""
    return ReportFinding(check, sure, message, piece.id, piece.location, piece.text[start:end], start, end, expected)


def words_near(text: str) -> frozenset[str]:
    """The telling words of a clause, without numbers."""
    return frozenset(w for w in stems(text) if not w[0].isdigit())
