"""What model calls a document will make, before any is made: the very requests of the batch, their tokens, the share a provider caches. Imports llm, steps.

Nothing is stored and no model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonprefix

from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.segment.tokens import count, ratio
from docpipe.steps.context import planned, planned_brief
from docpipe.steps.house import House

__all__ = ["Call", "Spending", "cached_of"]

ANSWER_TOKENS, FRAME_TOKENS, MESSAGE_TOKENS = 9, 6, 3
"""Tokens of a reply's JSON beside the text: of one answer, and of the object round them; and of a message beside its text."""
BRIEF_TOKENS = 250
"""Of the answer to a brief's request."""
CACHE_LEAST, CACHE_STEP = 1024, 128
"""Providers cache equal beginnings from so many tokens on, in such steps."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to come: tokens in, those of them that were sent before in the same place, tokens out."""

    inputs: int
    cached: int
    outputs: int


class Spending:
    """The calls of a submission's documents, one document after the other."""

    def __init__(self, house: House, recipe: Recipe) -> None:
        self._house, self._recipe = house, recipe
        self._grows = ratio(primary(recipe.source_language), primary(recipe.target_language))
        self._systems: dict[str, int] = {}

    def calls(self, path: str, segments: Sequence[Segment], asked: Sequence[Segment]) -> list[Call]:
        """The brief's request and the first requests of a document, of which ``asked`` go to the model. Raises ``PromptChanged``, ``UnknownLanguage``."""
        model = self._recipe.model
        ready = planned(self._house, self._recipe, path, segments, asked)
        system = ready.prompt.render_system()
        known = system in self._systems
        if not known:
            self._systems[system] = count(system, model)
        before = ""
        found: list[Call] = []
        if brief := planned_brief(self._house, self._recipe, segments):
            found.append(Call(count(brief, model) + 2 * MESSAGE_TOKENS, 0, BRIEF_TOKENS))
        for chunk in ready.chunks:
            if not chunk.wanted:
                continue
            user = ready.prompt.render_user(task=ready.craft.task(chunk, {}).text)
            same = commonprefix((before, user))  # noqa: RUF071 - texts, not paths
            prefix = (self._systems[system] + count(same, model)) if known else 0
            text = sum(count(s.wire, model) for s in chunk.wanted)
            found.append(
                Call(
                    self._systems[system] + count(user, model) + 2 * MESSAGE_TOKENS,
                    cached_of(prefix),
                    round(text * self._grows) + len(chunk.wanted) * ANSWER_TOKENS + FRAME_TOKENS,
                )
            )
            before, known = user, True
        return found


def cached_of(prefix: int) -> int:
    """How much of an equal beginning a provider caches."""
    return prefix // CACHE_STEP * CACHE_STEP if prefix >= CACHE_LEAST else 0
