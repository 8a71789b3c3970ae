"""What the checks say of a model's answer before it is accepted: the grave of them have it asked again once. Imports checks.

The engine knows no checks and the checks no engine; here they meet. An answer that comes again unchanged stands, with the finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docpipe.checks.runner import run_checks
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Severity
from docpipe.model.inline import CodedText
from docpipe.model.recipe import Recipe
from docpipe.model.segment import OriginKind, Segment, SegmentId
from docpipe.model.terms import TermHit
from docpipe.registry import checks

__all__ = ["inspector"]

FAMILIES = ("B", "C", "F")
"""Numbers and units, dates and identifiers, negation: what a model mends once it is told."""


def inspector(recipe: Recipe, terms: Mapping[SegmentId, tuple[TermHit, ...]]) -> Callable[[Segment, CodedText], str]:
    """The inspection of a recipe's answers. ``terms``: binding terms by segment."""
    grave: tuple[Check, ...] = tuple(c for c in checks() if c.id[0] in FAMILIES and c.severity is Severity.CRITICAL)

    def inspect(segment: Segment, target: CodedText) -> str:
        pair = Pair(
            segment.source, target, recipe.source_language, recipe.target_language,
            kind=segment.kind, terms=terms.get(segment.id, ()), origin=OriginKind.MODEL,
        )  # fmt: skip
        found = [f for f in run_checks(grave, pair, recipe.checks_off) if f.severity is Severity.CRITICAL]
        return found[0].message if found else ""

    return inspect
