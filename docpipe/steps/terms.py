"""The terms of a batch and of its package, ready to be looked up in texts. Imports memory, store and the assets' step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docpipe.checks.wording.inflection import occurrences
from docpipe.memory.renderings import contains
from docpipe.memory.termbase import Termbase
from docpipe.model.batch import Batch
from docpipe.model.brief import Bound
from docpipe.model.finding import Finding, Severity
from docpipe.model.recipe import Recipe
from docpipe.model.terms import Term, TermHit, TermStatus
from docpipe.steps.assets import TERMBASE, terms_of
from docpipe.steps.house import House
from docpipe.store import package_terms
from docpipe.store.package_terms import LOCKED, PackageTerm

TWO_WAYS = "terms.two_ways"
"""Check id of a term that a package renders in more than one way."""
_TERMBASES: dict[tuple[str, ...], Termbase] = {}
_PACKAGES: dict[tuple[str | int, ...], PackageTerms] = {}


def termbase_of(house: House, batch: Batch) -> Termbase:
    """The terms of a batch's recipe, ready to be looked up; the last few are kept, for a reviewer's every save asks."""
    return recipe_termbase(house, batch.recipe)


def recipe_termbase(house: House, recipe: Recipe) -> Termbase:
    """The same of a recipe that no batch has yet."""
    key = (recipe.source_language, *(a.sha256 for a in recipe.assets if a.kind == TERMBASE))
    found = _TERMBASES.get(key)
    if found is None:
        found = Termbase(terms_of(house, recipe.assets), recipe.source_language)
        while len(_TERMBASES) >= 8:
            _TERMBASES.pop(next(iter(_TERMBASES)), None)
        _TERMBASES[key] = found
    return found


@dataclass(frozen=True, slots=True)
class PackageTerms:
    """A package's terms, ready to be looked up: the locked ones, and those that its rows render in more than one way."""

    bound: Termbase
    split: Mapping[str, PackageTerm]
    lookup: Termbase
    language: str

    def differing(self, source: str, target: str) -> list[Finding]:
        """A finding for each term that a row renders otherwise than most rows of the package, as far as nobody has decided."""
        if not self.split:
            return []
        found: list[Finding] = []
        for name in dict.fromkeys(hit.source for hit in self.lookup.hits(source)):
            term = self.split[name]
            if stands(term.target, target, self.language):
                continue
            said = next(
                (t for t in sorted(term.targets, key=len, reverse=True) if stands(t, target, self.language)), ""
            )
            if said:
                rows = term.targets[term.target]
                text = (
                    f"“{name}” is “{said}” here and “{term.target}” in {rows} rows of the package; lock the right one."
                )
                found.append(Finding(TWO_WAYS, Severity.MINOR, text, suggestion=term.target))
        return found


def package_terms_of(house: House, batch: Batch) -> PackageTerms:
    """The terms of a batch's package as they are now; kept until they change."""
    with house.store.read() as session:
        key = (house.settings.database, batch.id, *package_terms.changed_at(session, batch.id))
        found = _PACKAGES.get(key)
        if found is not None:
            return found
        terms = package_terms.of_batch(session, batch.id)
    language = batch.recipe.source_language
    locked = [t for t in terms if t.state == LOCKED]
    split = {t.source: t for t in terms if t.state != LOCKED and t.others}
    found = PackageTerms(
        bound_terms([Bound(t.source, t.target) for t in locked], language),
        split,
        Termbase((Term(n, n, n, TermStatus.ALLOWED) for n in split), language),
        batch.recipe.target_language,
    )
    while len(_PACKAGES) >= 8:
        _PACKAGES.pop(next(iter(_PACKAGES)), None)
    _PACKAGES[key] = found
    return found


def stands(rendering: str, target: str, target_language: str) -> bool:
    """Whether a target has a rendering, as it is or inflected."""
    return contains(target, rendering) or bool(occurrences(rendering, target, target_language))


def bound_terms(terms: Sequence[Bound], source_language: str) -> Termbase:
    """Terms that people have locked, ready to be looked up."""
    return Termbase(
        (Term(f"package: {t.source}", t.source, t.target, TermStatus.PREFERRED) for t in terms), source_language
    )


def joined(first: tuple[TermHit, ...], second: tuple[TermHit, ...]) -> tuple[TermHit, ...]:
    """Hits of two termbases; where both know the same words, the first decides."""
    if not second:
        return first
    spans = {hit.span for hit in first}
    return (*first, *(hit for hit in second if hit.span not in spans))
