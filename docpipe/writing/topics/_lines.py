"""Groups of lines with a cell an arm: what topics name and templates print. Imports its room only.

Where a source has no column for all arms together, counts and their shares over all arms are derived, with their formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from docpipe.errors import NotDerivable
from docpipe.model.source import Display
from docpipe.writing import derive
from docpipe.writing.book import Book, Value
from docpipe.writing.topics._labelled import set_words

SUMMARIES = ("mean", "median", "lsmean", "geomean")
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
    def set_name(self) -> str:
        """The label of an analysis set with the word for it, as it stands in a sentence."""
        said = set_words(self.label)
        words = [w for w in said.split() if not w.startswith("(")]
        plain = all(w[1:].islower() or "-" in w for w in words) and len(words) > 1
        return said if not plain or "\ue000" in said else said[:1].lower() + said[1:]

    @property
    def counts_people(self) -> bool:
        """The label itself says who is counted, such as ``Subjects with an exacerbation``."""
        return bool(
            re.search(r"\b(?:subjects|patients|participants|completers|responders)\b", self.plain, re.IGNORECASE)
        )

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

    def where_any(self) -> Line:
        """Without the arms whose smallest and largest value are nought, such as a dose where placebo was given; as it is where all are."""
        kept = tuple(c for c in self.cells if not _nothing(c))
        return replace(self, cells=kept) if kept and len(kept) < len(self.cells) else self

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


def _nothing(cell: Cell) -> bool:
    """Every value is nought."""
    ends = [cell.of[s].number for s in ("mean", "min", "max") if s in cell.of]
    return len(ends) > 1 and all(e == 0 for e in ends)


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
        return self.line is not None and any(s in c.of for c in self.line.cells for s in SUMMARIES)

    @property
    def measured(self) -> str:
        """What has a mean, in a sentence: ``number of exacerbations`` for a plural."""
        first = re.match(r"[A-Za-z]+", self.plain)
        plural = (
            first is not None
            and re.search(r"[^su]s$", first[0].casefold())
            and not first[0].isupper()
            and first[0].casefold() not in ("this",)
        )
        return f"number of {self.said}" if plural and not self.said.startswith("number") else self.said

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


def cells_of(
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
    if not cells or len(counts) != len(cells) or any(s in c.of for c in cells for s in SUMMARIES):
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


def whole(book: Book, cells: tuple[Cell, ...]) -> Cell | None:
    sizes = [c.N for c in cells if c.N is not None]
    if len(sizes) < 2:
        return Cell("", dict(cells[0].of)) if sizes else None
    try:
        return Cell("", {"N": book.value(derive.total([v.fact for v in sizes], statistic="N"))})
    except NotDerivable:
        return None
