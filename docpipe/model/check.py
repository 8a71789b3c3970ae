"""What a check is: one class with an id, and a pure method over one pair. Imports the core only.

From the id follow the setting that switches it off, the help anchor, the filter and the dismissal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.inline import CodedText, spaced_text
from docpipe.model.segment import OriginKind
from docpipe.model.terms import TermHit


@dataclass(frozen=True)
class Pair:
    """One segment's source and target as checks see them. ``terms``: hits of the termbase in the source text.

    ``previous_source``/``next_source``/``previous_target``/``next_target``: the neighbours' plain texts ("" at the ends).
    """

    source: CodedText
    target: CodedText
    source_language: str
    target_language: str
    kind: BlockKind = BlockKind.PARAGRAPH
    terms: tuple[TermHit, ...] = ()
    origin: OriginKind = OriginKind.NONE
    previous_source: str = ""
    next_source: str = ""
    previous_target: str = ""
    next_target: str = ""

    @cached_property
    def source_text(self) -> str:
        """Text of the source, tabs and breaks as white space; spans of findings count in it."""
        return spaced_text(self.source)

    @cached_property
    def target_text(self) -> str:
        """Text of the target, tabs and breaks as white space; spans of findings count in it."""
        return spaced_text(self.target)


class Check(ABC):
    """Base of every check. A subclass with an ``id`` in a module under ``docpipe/checks/`` is found by itself."""

    id: ClassVar[str] = ""
    """Number in the catalogue and a name, such as ``B3.number-changed``."""
    severity: ClassVar[Severity] = Severity.CRITICAL
    title: ClassVar[str] = ""
    """A few words for lists."""
    description: ClassVar[str] = ""
    """What it finds and what it knowingly lets pass, for the help page."""

    @staticmethod
    def only_if(pair: Pair) -> bool:
        """A quick test that checks may share: where it says no, ``run`` finds nothing. A runner asks it once for all of them."""
        return True

    @abstractmethod
    def run(self, pair: Pair) -> Iterator[Finding]:
        """Findings of this pair; none for a pair that is fine."""

    def finding(
        self, message: str, source: Span | None = None, target: Span | None = None, suggestion: str = ""
    ) -> Finding:
        """A finding of this check."""
        return Finding(self.id, self.severity, message, source, target, suggestion)
