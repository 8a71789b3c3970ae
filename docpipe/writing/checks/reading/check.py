"""The base of checks of drafts and what they look at: a whole draft as people or a model left it. Imports the core and its room only."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import ClassVar

from docpipe.model import draft as codes
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedTable
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, Placeholder, plain_text
from docpipe.writing.checks.reading.arms import ArmNames
from docpipe.writing.checks.reading.ids import about, id_pattern
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Card

Raised = Iterator[tuple[Address, Finding]]
WHOLE = Address("")
"""The address of findings that are about the document as a whole."""


def _as_planned(plan: Plan, facts: FactStore) -> tuple[Seen, ...]:
    return tuple(Seen(block, row, row.text, facts) for block, row in plan.rows())


def _headings(plan: Plan) -> dict[Address, str]:
    found = {}
    for block in plan.blocks:
        below = block.heading
        for n, row in enumerate(block.rows):
            if row.kind is BlockKind.HEADING and n:
                below = f"{block.heading}: {plain_text(row.text, equiv=True)}"
            found[row.address] = below
    return found


def _none(text: CodedText) -> list[CodedText]:
    return [text]


class DraftText:
    """A draft to check. ``texts``: row address -> text as it stands (the program's text where a row has none).

    ``only``: addresses whose rows are checked one by one; checks of the whole document still see all rows.
    """

    def __init__(
        self,
        plan: Plan,
        texts: Mapping[Address, CodedText],
        facts: FactStore,
        card: Card,
        sentences: Callable[[CodedText], list[CodedText]] = _none,
        only: Collection[Address] | None = None,
    ) -> None:
        self.plan, self.texts, self.facts, self.card = plan, texts, facts, card
        self.split, self.only = sentences, None if only is None else frozenset(only)

    @cached_property
    def rows(self) -> tuple[Seen, ...]:
        """Every row in order, without those that stand for a table or figure."""
        found = []
        for seen in kept(_as_planned, self.plan, self.facts):
            text = self.texts.get(seen.address, seen.coded)
            found.append(seen if text == seen.coded else Seen(seen.block, seen.planned, text, self.facts))
        return tuple(found)

    @cached_property
    def asked(self) -> tuple[Seen, ...]:
        """The rows to check one by one."""
        return tuple(r for r in self.rows if self.only is None or r.address in self.only)

    @cached_property
    def cells(self) -> tuple[Seen, ...]:
        """Every text of the in-text tables that the rows to check stand for."""
        found: list[Seen] = []
        for row in self.asked:
            for table in self.tables_of(row):
                found += [Seen(row.block, row.planned, text, self.facts, cell=True) for text in table.texts() if text]
        return tuple(found)

    @cached_property
    def _tables(self) -> Mapping[str, PlannedTable]:
        return {t.key: t for t in self.plan.tables}

    def tables_of(self, row: Seen) -> tuple[PlannedTable, ...]:
        """The in-text tables that a row stands for."""
        return tuple(
            self._tables[p.data]
            for p in row.coded
            if isinstance(p, Placeholder) and p.kind == codes.TABLE and p.data in self._tables
        )

    @cached_property
    def blocks(self) -> Mapping[str, PlannedBlock]:
        """Blocks by id."""
        return {b.id: b for b in self.plan.blocks}

    @cached_property
    def rows_of(self) -> Mapping[str, tuple[Seen, ...]]:
        """Rows by their block's id."""
        found: dict[str, list[Seen]] = {}
        for row in self.rows:
            found.setdefault(row.block.id, []).append(row)
        return {k: tuple(v) for k, v in found.items()}

    def section(self, row: Seen) -> str:
        """The heading that a row stands below: of its block, and the nearest subheading where the block has some."""
        return kept(_headings, self.plan).get(row.address, row.block.heading)

    @cached_property
    def arms(self) -> ArmNames:
        """How the study's arms are named in plain words."""
        return kept(ArmNames, self.plan.arms or self.card.arms)

    @cached_property
    def ids(self) -> re.Pattern[str] | None:
        """What subject ids of the study look like; None where they have no form of their own."""
        return kept(id_pattern, self.card.subjects)

    @cached_property
    def about(self) -> Mapping[str, str]:
        """Row address -> the one subject that it is about."""
        return about(self.rows, self.ids, self.card.subjects)

    @property
    def kind(self) -> str:
        """``csr`` of ``draft/csr.v1``."""
        return self.plan.type.rpartition("/")[2].partition(".")[0]


class DraftCheck(ABC):
    """Base of every check of drafts. A subclass with an ``id`` in a module under ``docpipe/writing/checks/`` is found by itself."""

    id: ClassVar[str] = ""
    """Number in the catalogue and a name, such as ``N1.unbound-number``."""
    severity: ClassVar[Severity] = Severity.CRITICAL
    title: ClassVar[str] = ""
    """A few words for lists."""
    description: ClassVar[str] = ""
    """What it finds and what it knowingly lets pass, for the help page."""

    @abstractmethod
    def run(self, draft: DraftText) -> Raised:
        """Findings of this draft with the address of their row, ``WHOLE`` for the document; none for a draft that is fine."""

    def finding(
        self, row: Seen, message: str, start: int | None = None, end: int | None = None, suggestion: str = ""
    ) -> tuple[Address, Finding]:
        """A finding on a row; offsets count in its whole text."""
        span = None if row.cell or start is None or end is None else row.span(start, end)
        return row.address, Finding(self.id, self.severity, message, None, span, suggestion)

    def whole(self, message: str, suggestion: str = "", address: Address = WHOLE) -> tuple[Address, Finding]:
        """A finding on the document, or on a row without a place in it."""
        return address, Finding(self.id, self.severity, message, None, None, suggestion)
