"""What model calls a document will make, before any is made: the very requests of the batch, their tokens, the share a provider caches. Imports llm, steps.

Nothing is stored and no model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonprefix

from docpipe.llm.second_look import risk_of
from docpipe.model.document import BlockKind, count_words
from docpipe.model.inline import spaced_text
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.prompts import load
from docpipe.segment.tokens import count, ratio
from docpipe.steps.context import planned, planned_brief
from docpipe.steps.house import House
from docpipe.steps.second_look import LOOK, PAIRS, SHARE, THRESHOLD, WORDS

__all__ = ["Call", "Spending", "cached_of"]

ANSWER_TOKENS, FRAME_TOKENS, MESSAGE_TOKENS = 9, 6, 3
"""Tokens of a reply's JSON beside the text: of one answer, and of the object round them; and of a message beside its text."""
BRIEF_TOKENS = 250
"""Of the answer to a brief's request."""
LOOK_PAIR_TOKENS, LOOK_ANSWER_TOKENS = 30, 7
"""Of a pair beside its texts in the request of a second look, and of its part of the answer."""
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
        self._look = 0
        if recipe.second_look != "off":
            self._look = count(load(LOOK, home=house.settings.prompts_folder).render_system(), recipe.model)

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
        return found + self._looks(segments, asked)

    def _looks(self, segments: Sequence[Segment], asked: Sequence[Segment]) -> list[Call]:
        """The second looks that what is asked gives rise to by itself; findings, which no one knows yet, add to them."""
        recipe = self._recipe
        if recipe.second_look == "off":
            return []
        wanted = {s.id for s in asked}
        at_risk: list[tuple[float, int, int, int]] = []
        total = 0
        heading = ""
        for place, s in enumerate(segments):
            text = spaced_text(s.source)
            words = count_words(text)
            total += words
            if s.kind is BlockKind.HEADING:
                heading = text
            if s.id not in wanted:
                continue
            score = risk_of(text, recipe.source_language, section=heading).score
            if recipe.second_look == "all" or score >= THRESHOLD:
                at_risk.append((-score, place, words, count(text, recipe.model)))
        kept: list[tuple[float, int, int, int]] = []
        words = 0
        for row in sorted(at_risk):
            if recipe.second_look == "all" or not kept or words + row[2] <= total * SHARE:
                kept.append(row)
                words += row[2]
        calls: list[Call] = []
        pairs, size, tokens = 0, 0, 0
        for _, _, n, source in sorted(kept, key=lambda r: r[1]):
            if pairs and (pairs >= PAIRS or size + 2 * n > WORDS):
                calls.append(self._look_call(pairs, tokens))
                pairs, size, tokens = 0, 0, 0
            pairs, size, tokens = pairs + 1, size + 2 * n, tokens + round(source * (1 + self._grows))
        return [*calls, self._look_call(pairs, tokens)] if pairs else calls

    def _look_call(self, pairs: int, tokens: int) -> Call:
        return Call(self._look + tokens + pairs * LOOK_PAIR_TOKENS, 0, pairs * LOOK_ANSWER_TOKENS + FRAME_TOKENS)


def cached_of(prefix: int) -> int:
    """How much of an equal beginning a provider caches."""
    return prefix // CACHE_STEP * CACHE_STEP if prefix >= CACHE_LEAST else 0
