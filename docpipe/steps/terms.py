"""The binding terms of a batch, ready to be looked up in texts. Imports memory and the assets' step."""

from __future__ import annotations

from docpipe.memory.termbase import Termbase
from docpipe.model.batch import Batch
from docpipe.model.recipe import Recipe
from docpipe.steps.assets import TERMBASE, terms_of
from docpipe.steps.house import House

_TERMBASES: dict[tuple[str, ...], Termbase] = {}


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
