"""What the checks say of a model's answer before it is accepted: the grave of them have it asked again once. Imports checks.

The engine knows no checks and the checks no engine; here they meet. An answer that comes again unchanged stands, with a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docpipe.checks.completeness import kept_terms
from docpipe.checks.runner import run_checks
from docpipe.checks.wording.languages import FUNCTION_WORDS, OWN_WORDS
from docpipe.checks.wording.plain_words import is_reference, words_to_translate
from docpipe.checks.wording.scripts import latin_words, squeezed
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Severity
from docpipe.model.inline import CodedText
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import OriginKind, Segment, SegmentId
from docpipe.model.terms import TermHit
from docpipe.registry import checks

__all__ = ["LANGUAGE", "SAME", "inspector"]

SAME = "The text is the same as the source; it may stay so only if it is a name or a word of both languages."
LANGUAGE = "Words of the text belong to another language than the one asked for."
FAMILIES = tuple("ABCEF")
"""Families that are asked about: words, numbers, identifiers, terms, negation. Of the codes that stand for formatting the engine judges."""
SHORT = 24
"""Words up to which a single word may show that a text is in another language; the check of languages judges longer ones."""


def inspector(recipe: Recipe, terms: Mapping[SegmentId, tuple[TermHit, ...]]) -> Callable[[Segment, CodedText], str]:
    """The inspection of a recipe's answers. ``terms``: binding terms by segment.

    It says what a critical check finds; else ``SAME`` or ``LANGUAGE`` of answers that may be right, which the checks let pass.
    """
    grave: tuple[Check, ...] = tuple(
        c for c in checks() if c.id.startswith(FAMILIES) and c.severity is Severity.CRITICAL
    )

    def inspect(segment: Segment, target: CodedText) -> str:
        pair = Pair(
            segment.source, target, recipe.source_language, recipe.target_language,
            kind=segment.kind, terms=terms.get(segment.id, ()), origin=OriginKind.MODEL,
        )  # fmt: skip
        found = [f for f in run_checks(grave, pair, recipe.checks_off) if f.severity is Severity.CRITICAL]
        if found:
            return found[0].message
        return SAME if _same(pair) else LANGUAGE if _foreign(pair) else ""

    return inspect


def _same(pair: Pair) -> bool:
    """Whether nothing was translated although there are words; such an answer is right for names, so it is asked about once."""
    if primary(pair.source_language) == primary(pair.target_language):
        return False
    text = squeezed(pair.source_text)
    if text.casefold() != squeezed(pair.target_text).casefold() or is_reference(text):
        return False
    return any(len(w) > 2 or not w.isascii() for w in words_to_translate(text, kept_terms(pair)))


def _foreign(pair: Pair) -> bool:
    """Whether a short text has function words of a language that is neither side's, and more of them than of the target's."""
    wanted, source = primary(pair.target_language), primary(pair.source_language)
    if wanted not in FUNCTION_WORDS:
        return False
    given = latin_words(pair.source_text)
    words = [w for w in latin_words(pair.target_text) if w not in given and not w.isupper()]
    if len(words) > SHORT:
        return False
    parts = [p for w in words for p in w.lower().replace("’", "'").split("'")]
    own = sum(p in FUNCTION_WORDS[wanted] for p in parts)
    return any(
        any(p in OWN_WORDS[other] for p in parts) and sum(p in FUNCTION_WORDS[other] for p in parts) > own
        for other in FUNCTION_WORDS
        if other not in (wanted, source)
    )
