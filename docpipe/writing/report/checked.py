"""What binding a report gives: every number with what became of it. Imports the core and its room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from docpipe.model.document import Address
from docpipe.model.draft import Plan
from docpipe.model.fact import Fact
from docpipe.model.report import ReportFinding, ReportText
from docpipe.writing.factstore import FactStore
from docpipe.writing.report.binding.planned import Home
from docpipe.writing.report.binding.quotes import Quote
from docpipe.writing.study_card import Card


class Fate(StrEnum):
    BOUND = "bound"
    CONTRADICTED = "contradicted"
    RECOMPUTED = "recomputed"
    ALLOWED = "allowed"
    OPEN = "not found"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the report. ``facts``: what it is bound to, or what it differs from; ``reason``: why it is allowed or contradicted.

    ``check``: which check a contradiction is of; ``expected``: what the facts say; ``sure``: how much speaks for it.
    """

    piece: int
    start: int
    end: int
    text: str
    fate: Fate
    facts: tuple[Fact, ...] = ()
    reason: str = ""
    check: str = ""
    expected: str = ""
    sure: float = 0.0
    claims: bool = False
    """The text says that it stands in a table of the sources."""


@dataclass(frozen=True)
class Checked:
    """A report with its numbers bound. ``plan``: the report as a plan with facts as codes, for the checks of drafts."""

    report: ReportText
    numbers: tuple[Number, ...]
    plan: Plan
    homes: Mapping[Address, Home]
    facts: FactStore
    card: Card
    quotes: Mapping[tuple[int, int, int], Quote]
    """Piece and offsets of a sentence -> the passage of protocol or analysis plan that it repeats."""
    claims: tuple[ReportFinding, ...] = ()
    """What its words beside the numbers say against the data."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many numbers came to what: ``numbers``, ``bound``, ``contradicted``, ``recomputed``, ``allowed``, ``not_found``."""
        found = Counter(n.fate.value.replace(" ", "_") for n in self.numbers)
        return {
            "numbers": len(self.numbers),
            **{f.value.replace(" ", "_"): found[f.value.replace(" ", "_")] for f in Fate},
        }
