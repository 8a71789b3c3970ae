"""Subjects and events counted by arm: from a display's row where one has it, else from the records, each number a fact. Imports its room only.

A count from the records carries the words of how it was counted; a count from a display carries the cell it stands in.
"""

from __future__ import annotations

from collections import Counter as Multiset
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing import arithmetic
from docpipe.writing.arms import TOTAL
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_data import PLACES, actual_in
from docpipe.writing.records import Condition, Frame, Population
from docpipe.writing.sets import ALL, populations
from docpipe.writing.study import StudyData


@dataclass(frozen=True, slots=True)
class Cell:
    """The numbers of one arm. Printing it gives ``12 (14.0%)``, or the count alone where there is no percentage or no subject."""

    arm: str
    n: Value
    pct: Value | None = None
    events: Value | None = None
    of: Value | None = None

    def __str__(self) -> str:
        return f"{self.n} ({self.share})" if self.n and self.pct is not None else str(self.n)

    def __bool__(self) -> bool:
        return bool(self.n)

    @property
    def bracketed(self) -> str:
        """``12 [14.0%]``: for use inside parentheses."""
        return f"{self.n} [{self.share}]" if self.n and self.pct is not None else str(self.n)

    @property
    def share(self) -> str:
        """The percentage with its sign; "" where there is none."""
        if self.pct is None:
            return ""
        return str(self.pct) if self.pct.text.endswith("%") else f"{self.pct}%"

    @property
    def percent(self) -> Decimal:
        """The percentage for comparisons: of count and N where both are there."""
        count = self.n.number
        if count is None:
            return Decimal(-1)
        size = self.of.number if self.of is not None else None
        exact = arithmetic.percentage(count, size) if size else None
        if exact is not None:
            return exact
        return (self.pct.number if self.pct is not None else None) or count


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of counts: ``cells`` by arm in the study's order, ``total`` over all, ``display``: the source display's number or ""."""

    row: tuple[str, ...]
    cells: tuple[Cell, ...]
    total: Cell | None = None
    display: str = ""

    def __bool__(self) -> bool:
        """Anyone at all."""
        return any(self.cells) or bool(self.total)

    @property
    def some(self) -> tuple[Cell, ...]:
        """Arms with at least one subject."""
        return tuple(c for c in self.cells if c)

    @property
    def none(self) -> tuple[Cell, ...]:
        """Arms without any."""
        return tuple(c for c in self.cells if not c)

    @property
    def top(self) -> Decimal:
        """The largest percentage of an arm."""
        return max((c.percent for c in self.cells), default=Decimal(0))

    @property
    def counted(self) -> bool:
        """Every arm says how many events there were, or had none."""
        return (
            bool(self.cells)
            and all(c.events is not None or not c for c in self.cells)
            and any(c.events for c in self.cells)
        )

    @property
    def sized(self) -> bool:
        """Every arm's N is known."""
        return bool(self.cells) and all(c.of is not None for c in self.cells)

    @property
    def population(self) -> str:
        """The analysis set that the counts are of."""
        return next((c.n.fact.population for c in self.cells), "")

    def cell(self, arm: str) -> Cell | None:
        """The numbers of an arm."""
        return next((c for c in self.cells if c.arm == arm), None)


class Counter:
    """Counts in the study's safety set, or all subjects where the data flag none."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self.study, self.book = study, book
        self.records = study.records
        self.population: Population = next((p for p in populations(self.records) if actual_in(p)), ALL)
        self.inside: Mapping[str, str] = (
            self.records.subjects(self.population, actual_in(self.population)) if self.records.base is not None else {}
        )
        self.arms = study.arms.names
        self._sizes: dict[str, Value | None] = {}

    # ------------------------------------------------------------ displays

    def of_display(self, display: str, row: tuple[str, ...], facts: Iterable[Fact] | None = None) -> Tally | None:
        """A display's row; None where no arm has a count in it. Its total column, where it has one, is the total."""
        pool = self.study.store.find(display=display, row=row) if facts is None else facts
        by: dict[str, dict[str, Fact]] = {}
        for fact in pool:
            by.setdefault(fact.arm, {}).setdefault(fact.statistic, fact)
        sizes = {f.arm: f for f in self.study.store.find(display=display, row=(), statistic="N")}
        cells = [
            c
            for a in self.arms or tuple(a for a in by if a and " vs " not in a)
            if (c := self._shown(a, by.get(a, {}), sizes)) is not None
        ]
        if not cells:
            return None
        return Tally(row, tuple(cells), self._shown(TOTAL, by.get(TOTAL, {}), sizes), self._number(display))

    def _number(self, display: str) -> str:
        found = self.study.display(display)
        return found.number if found is not None else ""

    def _shown(self, arm: str, facts: Mapping[str, Fact], sizes: Mapping[str, Fact]) -> Cell | None:
        count = facts.get("n")
        if count is None:
            return None
        of = facts.get("denominator") or sizes.get(arm)
        values = {k: self.book.value(facts[k]) for k in ("pct", "events") if k in facts}
        return Cell(
            arm, self.book.value(count), values.get("pct"), values.get("events"), self.book.value(of) if of else None
        )

    # ------------------------------------------------------------ records

    def of_records(
        self, frame: Frame, row: tuple[str, ...], records: Iterable[int], said: str, variable: str = "USUBJID"
    ) -> Tally:
        """Subjects with at least one of the records, and the records. ``said``: the condition in words; ``variable``: where to look."""
        kept = [i for i in records if frame.subject[i] in self.inside]
        cells = tuple(self._counted(frame, row, kept, arm, said, variable) for arm in self.arms)
        return Tally(row, cells, self._counted(frame, row, kept, TOTAL, said, variable))

    def _counted(
        self, frame: Frame, row: tuple[str, ...], records: Sequence[int], arm: str, said: str, variable: str
    ) -> Cell:
        mine = [i for i in records if arm in (TOTAL, self.inside[frame.subject[i]])]
        size = sum(arm in (TOTAL, a) for a in self.inside.values())
        n = len({frame.subject[i] for i in mine})
        places = tuple(frame.dataset.place(i, variable) for i in mine)
        if not 0 < len(places) <= PLACES:
            places = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
        where = self._where(frame.name, arm, said)
        pct = arithmetic.percentage(n, size)

        def fact(statistic: str, value: Decimal, decimals: int, formula: str) -> Value:
            text = format(arithmetic.rounded(value, decimals), "f")
            made = Fact(
                self.study.id, self.study.version, frame.name, row, arm, statistic, arithmetic.plain(value), text, decimals,
                size, self.population.name, "", places, formula,
            )  # fmt: skip
            known = self.study.store.get(made.id)
            return self.book.value(known if known is not None and known.raw == made.raw else made)

        return Cell(
            arm,
            fact("n", Decimal(n), 0, f"subjects in {where}"),
            fact("pct", pct, 1, f"100 * subjects in {where} / {size}") if pct is not None else None,
            fact("events", Decimal(len(mine)), 0, f"records in {where}"),
            self.size(arm),
        )

    def _where(self, dataset: str, arm: str, said: str) -> str:
        base = self.records.base.name if self.records.base is not None else ""
        parts = [said] if said else []
        if self.population.condition is not None:
            parts.append(Condition(self.population.condition.variable, self.population.condition.values, base).said)
        variable = self.records.arm_variable(actual_in(self.population))
        parts.append(Condition(variable, (arm,) if arm else self.arms, base).said)
        return f"{dataset} where {' and '.join(parts)}"

    # ------------------------------------------------------------ sizes

    def size(self, arm: str = TOTAL) -> Value | None:
        """How many subjects of an arm the set holds, from the data."""
        if arm not in self._sizes:
            base = self.records.base
            found = (
                self.study.store.find(
                    display=base.name, row=(), arm=arm, statistic="N", population=self.population.name
                )
                if base is not None
                else ()
            )
            self._sizes[arm] = self.book.value(found[0]) if found else None
        return self._sizes[arm]

    def top_share(self, frame: Frame, records: Iterable[int]) -> Fraction:
        """The largest share of an arm's subjects who have one of the records: for choosing rows before they are counted as facts."""
        subjects = {frame.subject[i] for i in records} & self.inside.keys()
        counts = Multiset(self.inside[s] for s in subjects)
        every = Multiset(self.inside.values())
        return max((Fraction(n, every[a]) for a, n in counts.items()), default=Fraction(0))
