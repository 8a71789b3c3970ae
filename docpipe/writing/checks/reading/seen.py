"""A row as a check sees it: its whole text with the values in place, its codes with their facts, sentences and clauses. Imports the core.

Offsets count in the whole text; ``span`` turns them into offsets of ``spaced_text``, in which findings count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.finding import Span
from docpipe.model.inline import CodedText, Placeholder, Text, white_space
from docpipe.writing.factstore import FactStore

T = TypeVar("T")
_BRIEF = re.compile(r"^(?:executive )?summary\b|\bsynopsis\b|\babstract\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“(\[]?[A-Z0-9\u00c0-\u00de\[])")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|approx|resp|no|nos|fig|dr|mr|ms|mrs|prof|st|inc|ltd|co|corp|al|sec|min|max|incl|ca)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r";\s+|,?\s+(?:while|whereas|but|although|however|though)\s+|:\s+|,\s+(?:and|compared (?:with|to)|versus|vs\.?)\s+"
)


@dataclass(frozen=True, slots=True)
class Code:
    """A placeholder in place. ``fact``: of a value, None where the facts do not hold it; ``key``: its id; ``style``: how it is shown."""

    start: int
    end: int
    number: int
    kind: str
    data: str
    shown: str
    fact: Fact | None = None

    @property
    def key(self) -> str:
        """The fact's id."""
        return self.data.partition(":")[0]

    @property
    def style(self) -> str:
        """The style of the value."""
        return self.data.partition(":")[2]


class Seen:
    """A text of a draft as it stands. ``cell``: a text of an in-text table; ``planned``: the row that it belongs to."""

    def __init__(
        self, block: PlannedBlock, planned: PlannedRow, text: CodedText, facts: FactStore, cell: bool = False
    ) -> None:
        self.block, self.planned, self.coded, self.facts, self.cell = block, planned, text, facts, cell
        self._named: dict[re.Pattern[str], frozenset[str]] = {}
        self._made: dict[Callable[[Seen], Any], Any] = {}

    @property
    def address(self) -> Address:
        """The row's address."""
        return self.planned.address

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.planned.kind is BlockKind.HEADING

    @property
    def edited(self) -> bool:
        """Whether it differs from the program's text."""
        return not self.cell and self.coded != self.planned.text

    @property
    def brief(self) -> bool:
        """Whether it stands in a synopsis or summary that repeats what the body says."""
        return _BRIEF.search(self.block.heading) is not None

    @property
    def prose(self) -> bool:
        """Whether language checks look at it: no heading, no gap and no quotation as the program has it."""
        kept = not self.edited and bool(self.planned.gap or self.planned.passages)
        return not self.heading and not kept

    @cached_property
    def _program(self) -> str:
        """What the program wrote, values in place."""
        return "".join(
            p.text if isinstance(p, Text) else p.equiv if isinstance(p, Placeholder) else "" for p in self.planned.text
        )

    def has_of_program(self, pattern: re.Pattern[str], case: bool = False) -> bool:
        """Whether the program's text has such words; in small letters unless ``case``."""
        return pattern.search(self._program if case else self._program.casefold()) is not None

    def quoted(self, said: str) -> bool:
        """Whether words of a cited passage stand here as the program took them over."""
        return bool(self.planned.passages) and said.strip().casefold() in self._program.casefold()

    @cached_property
    def _read(self) -> tuple[str, tuple[Code, ...], tuple[tuple[int, int], ...]]:
        parts: list[str] = []
        codes: list[Code] = []
        pieces: list[tuple[int, int]] = []
        at = 0
        for part in self.coded:
            if isinstance(part, Text):
                parts.append(part.text)
                pieces.append((at, at + len(part.text)))
                at += len(part.text)
            elif isinstance(part, Placeholder):
                parts.append(part.equiv)
                if white_space(part):
                    pieces.append((at, at + len(part.equiv)))
                else:
                    fact = None
                    if part.kind == draft.FACT:
                        versions = self.facts.versions(part.data.partition(":")[0])  # type: ignore[arg-type]
                        fact = versions[0] if versions else None
                    codes.append(Code(at, at + len(part.equiv), part.id, part.kind, part.data, part.equiv, fact))
                at += len(part.equiv)
        return "".join(parts), tuple(codes), tuple(pieces)

    @property
    def full(self) -> str:
        """The text as a reader sees it, values in place."""
        return self._read[0]

    @property
    def codes(self) -> tuple[Code, ...]:
        """Its codes in order."""
        return self._read[1]

    @cached_property
    def values(self) -> tuple[Code, ...]:
        """Codes of values whose fact is known."""
        return tuple(c for c in self.codes if c.fact is not None)

    @cached_property
    def typed(self) -> str:
        """The text with every code's characters blanked: what someone wrote, at the same offsets."""
        chars = list(self.full)
        for code in self.codes:
            chars[code.start : code.end] = "\ue000" * (code.end - code.start)
        return "".join(chars)

    def named(self, pattern: re.Pattern[str]) -> frozenset[str]:
        """What a pattern finds in the text, looked for once."""
        if pattern not in self._named:
            self._named[pattern] = frozenset(m[0] for m in pattern.finditer(self.full))
        return self._named[pattern]

    def once(self, make: Callable[[Seen], T]) -> T:
        """``make(row)``, made once: rows that nobody changed are the same objects when a draft is checked again."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    def span(self, start: int, end: int) -> Span | None:
        """Offsets in the spaced text; None where only codes are meant."""
        before = inside = 0
        for a, b in self._read[2]:
            before += max(0, min(b, start) - a)
            inside += max(0, min(b, end) - max(a, start))
        return (before, before + inside) if inside else None

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Offsets of the sentences."""
        text = self.full
        found: list[tuple[int, int]] = []
        at = 0
        for m in _SENTENCE.finditer(text):
            if _SHORT.search(text[at : m.start()]) or any(c.start < m.start() < c.end for c in self.codes):
                continue
            found.append((at, m.start()))
            at = m.end()
        if text[at:].strip():
            found.append((at, len(text)))
        return tuple(found)

    def clauses(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Offsets of the clauses of a sentence."""
        at = start
        for m in _CLAUSE.finditer(self.full, start, end):
            if not any(c.start < m.start() < c.end for c in self.codes):
                yield at, m.start()
                at = m.end()
        yield at, end

    def within(self, start: int, end: int) -> tuple[Code, ...]:
        """Codes that lie between two offsets."""
        return tuple(c for c in self.codes if start <= c.start and c.end <= end)
