"""Family E, the first three: terms of the termbase that occur in the source. Imports the core and ``checks/wording``.

Concept-based: a source term may stand for several concepts, and a concept may have several good targets.
"""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.checks.wording.inflection import occurrences, verbatim
from docpipe.checks.wording.once import has_terms
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.terms import Term, TermHit, TermStatus

_GOOD = (TermStatus.PREFERRED, TermStatus.ALLOWED)


def _good(hit: TermHit) -> list[Term]:
    return sorted(
        (t for t in hit.terms if t.status in _GOOD and t.target.strip()),
        key=lambda t: t.status is not TermStatus.PREFERRED,
    )


def _kept(hit: TermHit) -> list[str]:
    return [t.target.strip() or t.source for t in hit.terms if t.status is TermStatus.DO_NOT_TRANSLATE]


def _found(target: str, pair: Pair) -> list[Span]:
    return occurrences(target, pair.target_text, pair.target_language)


def _good_spans(pair: Pair) -> list[Span]:
    """Where good targets of any hit stand."""
    targets = {t.target for hit in pair.terms for t in _good(hit)} | {k for hit in pair.terms for k in _kept(hit)}
    return [span for target in sorted(targets) for span in _found(target, pair)]


def _inside_longer(hit: TermHit, pair: Pair) -> bool:
    """Whether the hit is a part of a longer hit, whose own terms decide."""
    start, end = hit.span
    return any(o.span[0] <= start and end <= o.span[1] and o.span != hit.span for o in pair.terms)


def _translated(hit: TermHit, pair: Pair) -> bool:
    return any(_found(t.target, pair) for t in _good(hit))


class TermNotUsed(Check):
    """E1."""

    id = "E1.term-not-used"
    severity = Severity.MAJOR
    title = "Approved term not used"
    description = (
        "The termbase knows the source term, and none of its preferred or allowed targets is in the target, in any inflected form. A term inside a "
        "longer known term, and one that other concepts leave untranslated, is let pass."
    )

    only_if = staticmethod(has_terms)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a source term."""
        told: set[str] = set()
        for hit in pair.terms:
            good = _good(hit)
            if not good or hit.source in told or _inside_longer(hit, pair) or _translated(hit, pair):
                continue
            if any(verbatim(k, pair.target_text) for k in _kept(hit)):
                continue
            told.add(hit.source)
            names = list(dict.fromkeys(t.target for t in good))
            yield self.finding(f"“{hit.source}” should be “{'” or “'.join(names[:3])}”.", hit.span, None, names[0])


class ForbiddenTerm(Check):
    """E2."""

    id = "E2.forbidden-term"
    severity = Severity.CRITICAL
    title = "Forbidden term"
    description = (
        "A target that the termbase forbids for a term of the source is used, and not as a part of a longer good term."
    )

    only_if = staticmethod(has_terms)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding an occurrence."""
        good = _good_spans(pair)
        told: set[Span] = set()
        for hit in pair.terms:
            names = list(dict.fromkeys(t.target for t in _good(hit)))
            for term in hit.terms:
                if term.status is not TermStatus.FORBIDDEN or not term.target.strip():
                    continue
                for start, end in _found(term.target, pair):
                    covered = any(a <= start and end <= b for a, b in good)
                    if not covered and (start, end) not in told:
                        told.add((start, end))
                        what = pair.target_text[start:end]
                        suggestion = names[0] if names else ""
                        yield self.finding(
                            f"“{what}” is forbidden for “{hit.source}”.", hit.span, (start, end), suggestion
                        )


class KeptTermTranslated(Check):
    """E3."""

    id = "E3.kept-term-translated"
    severity = Severity.CRITICAL
    title = "Do-not-translate term translated"
    description = "A term that must stay as it is does not stand in the target letter by letter. An s of the plural or genitive may follow."

    only_if = staticmethod(has_terms)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a source term."""
        told: set[str] = set()
        for hit in pair.terms:
            kept = _kept(hit)
            if not kept or hit.source in told or _inside_longer(hit, pair) or _translated(hit, pair):
                continue
            if not any(verbatim(k, pair.target_text) or verbatim(k + "s", pair.target_text) for k in kept):
                told.add(hit.source)
                yield self.finding(f"“{hit.source}” must stay “{kept[0]}”.", hit.span, None, kept[0])
