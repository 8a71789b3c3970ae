"""What model calls a document will make, before any is made: the very requests of the batch, and those that its answers will likely give rise to.

Nothing is stored and no model is asked. Imports llm, segment, store's sections, the steps before and its room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from docpipe.llm.second_look import Pair, look_text, risk_of
from docpipe.llm.task import part_of
from docpipe.model.chunk import Chunk
from docpipe.model.document import count_words
from docpipe.model.inline import spaced_text
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.model.terms import TermStatus
from docpipe.prompts import load
from docpipe.segment.tokens import count, ratio
from docpipe.steps.context import Prepared, planned, planned_brief
from docpipe.steps.house import House
from docpipe.steps.second_look import BACK, LOOK, PAIRS, SHARE, THRESHOLD, WORDS
from docpipe.steps.shares import Counter, Shares
from docpipe.steps.terms import recipe_termbase
from docpipe.store.sections import heading_paths

__all__ = ["Asked", "Call", "Spending", "cached_of"]

ANSWER_TOKENS, FRAME_TOKENS, MESSAGE_TOKENS = 9, 6, 3
"""Tokens of a reply's JSON beside the text: of one answer, and of the object round them; and of a message beside its text."""
BRIEF_TOKENS = 250
"""Of the answer to a brief's request."""
LOOK_ANSWER_TOKENS, BACK_PAIR_TOKENS, BACK_ANSWER_TOKENS = 10, 8, 11
"""Of a pair in the answer to a second look (one in twenty has an error told in 60 tokens), and beside its text in a request to translate back and in its answer."""
CACHE_LEAST, CACHE_STEP = 1024, 128
"""Providers cache equal beginnings from so many tokens on, in such steps."""
AGAIN_ROWS = 2
"""Segments that one re-ask asks for."""
COMPLAINT = "“12.5” of the source does not stand in the target."
"""As long as what a re-ask commonly tells of a segment."""
COMPLAINT_TOKENS = 12
"""Of its JSON beside it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to come: tokens in, those of them that were sent before in the same place, tokens out.

    ``purpose``: brief | first | re-ask | alignment | second-look | back-translation.
    """

    inputs: int
    cached: int
    outputs: int
    purpose: str = "first"


@dataclass(frozen=True, slots=True)
class Asked:
    """A document's calls. ``chains``: a first request each, and what its answer gives rise to; ``after``: looks at what all of them made."""

    brief: tuple[Call, ...] = ()
    chains: tuple[tuple[Call, ...], ...] = ()
    after: tuple[Call, ...] = ()

    def __iter__(self) -> Iterator[Call]:
        yield from self.brief
        for chain in self.chains:
            yield from chain
        yield from self.after


@dataclass(frozen=True, slots=True)
class _Row:
    """A row at risk: its score, place, words, tokens of its source, and the pair without a target."""

    score: float
    place: int
    words: int
    tokens: int
    pair: Pair


class Spending:
    """The calls of a submission's documents, one document after the other. ``shares``: how often answers give rise to more calls."""

    def __init__(self, house: House, recipe: Recipe, shares: Shares) -> None:
        self._house, self._recipe, self._shares = house, recipe, shares
        self._grows = ratio(primary(recipe.source_language), primary(recipe.target_language))
        self._systems: dict[str, int] = {}
        self._again, self._align, self._more = Counter(), Counter(), Counter()
        self._look = self._back = 0
        self._terms = recipe_termbase(house, recipe)
        if recipe.second_look != "off":
            home = house.settings.prompts_folder
            self._look = count(load(LOOK, home=home).render_system())
            self._back = count(load(BACK, home=home).render_system()) if recipe.back_translation else 0

    def asked(self, path: str, segments: Sequence[Segment], asked: Sequence[Segment]) -> Asked:
        """The calls for a document of which ``asked`` go to the model. Raises ``PromptChanged``, ``UnknownLanguage``."""
        ready = planned(self._house, self._recipe, path, segments, asked)
        system = ready.prompt.render_system()
        known = system in self._systems
        if not known:
            self._systems[system] = count(system)
        fixed = self._systems[system] + 2 * MESSAGE_TOKENS
        before = ""
        chains: list[tuple[Call, ...]] = []
        for chunk in ready.chunks:
            if not chunk.wanted:
                continue
            user = ready.prompt.render_user(task=ready.craft.task(chunk, {}).text)
            same = commonprefix((before, user))  # noqa: RUF071 - texts, not paths
            prefix = (self._systems[system] + count(same)) if known else 0
            first = Call(fixed + count(user), cached_of(prefix), self._answer(chunk.wanted))
            chains.append((first, *self._follow(first, ready, chunk, fixed)))
            before, known = user, True
        brief = planned_brief(self._house, self._recipe, segments)
        ahead = (Call(count(brief) + 2 * MESSAGE_TOKENS, 0, BRIEF_TOKENS, "brief"),) if brief else ()
        return Asked(ahead, tuple(chains), tuple(self._looks(segments, asked)))

    def _answer(self, rows: Sequence[Segment]) -> int:
        text = sum(count(s.wire) for s in rows)
        return round(text * self._grows) + len(rows) * ANSWER_TOKENS + FRAME_TOKENS

    # ------------------------------------------------------------ what answers give rise to

    def _follow(self, first: Call, ready: Prepared, chunk: Chunk, fixed: int) -> Iterator[Call]:
        """Looks at alignment and re-asks of one chunk: so many a thousand tokens of answers, spread evenly over all chunks."""
        shares = self._shares
        for _ in range(self._align.take(first.outputs * shares.align)):
            yield Call(shares.align_inputs, 0, shares.align_outputs, "alignment")
        times = self._again.take(first.outputs * shares.again)
        wanted = chunk.wanted
        for n in range(times):
            at = (2 * n + 1) * len(wanted) // (2 * times)
            some = wanted[at : at + AGAIN_ROWS] or wanted[:AGAIN_ROWS]
            part = part_of(chunk, [s.id for s in some])
            task = ready.craft.task(part, {s.id: COMPLAINT for s in some})
            user = ready.prompt.render_user(task=task.text)
            # Its beginning was sent a moment ago: all but its own texts are cached.
            own = sum(count(s.wire) + COMPLAINT_TOKENS for s in some) + COMPLAINT_TOKENS
            inputs = fixed + count(user)
            yield Call(inputs, cached_of(inputs - own), self._answer(some), "re-ask")

    # ------------------------------------------------------------ second looks

    def _looks(self, segments: Sequence[Segment], asked: Sequence[Segment]) -> Iterator[Call]:
        """The second looks at rows whose sources are at risk, and at some whose answers will have findings."""
        recipe = self._recipe
        if recipe.second_look == "off":
            return
        every = recipe.second_look == "all"
        wanted = {s.id for s in asked}
        heads = heading_paths(segments)
        rows: list[_Row] = []
        total = 0
        for place, s in enumerate(segments):
            text = spaced_text(s.source)
            words = count_words(text)
            total += words
            if s.id not in wanted:
                continue
            section = heads[place]
            risk = risk_of(text, recipe.source_language, section=section)
            found = risk.score < THRESHOLD and self._more.take(self._shares.found)
            if every or found or risk.score >= THRESHOLD:
                rows.append(
                    _Row(
                        THRESHOLD if found else risk.score,
                        place,
                        words,
                        count(text),
                        Pair(s.id, text, "", risk, section[-120:]),
                    )
                )
        kept: list[_Row] = []
        words = 0
        for row in sorted(rows, key=lambda r: (-r.score, r.place)):
            if every or not kept or words + row.words <= total * SHARE:
                kept.append(row)
                words += row.words
        group: list[_Row] = []
        size = 0
        for row in sorted(kept, key=lambda r: r.place):
            # A target has about as many words as its source.
            if group and (len(group) >= PAIRS or size + 2 * row.words > WORDS):
                yield self._look_at(group)
                group, size = [], 0
            group.append(row)
            size += 2 * row.words
        if group:
            yield self._look_at(group)
        if recipe.back_translation:
            yield from self._backs(kept)

    def _look_at(self, rows: Sequence[_Row]) -> Call:
        recipe = self._recipe
        bound = [
            (hit.source, hit.source if t.status is TermStatus.DO_NOT_TRANSLATE else t.target)
            for row in rows
            for hit in self._terms.hits(row.pair.source)
            for t in hit.terms
            if t.status is TermStatus.DO_NOT_TRANSLATE or (t.target and t.status is TermStatus.PREFERRED)
        ]
        text = look_text([r.pair for r in rows], recipe.source_language, recipe.target_language, bound)
        targets = round(sum(r.tokens for r in rows) * self._grows)
        inputs = self._look + count(text) + targets + 2 * MESSAGE_TOKENS
        return Call(inputs, cached_of(self._look), len(rows) * LOOK_ANSWER_TOKENS + FRAME_TOKENS, "second-look")

    def _backs(self, rows: Sequence[_Row]) -> Iterator[Call]:
        for at in range(0, len(rows), PAIRS):
            some = rows[at : at + PAIRS]
            source = sum(r.tokens for r in some)
            inputs = self._back + round(source * self._grows) + len(some) * BACK_PAIR_TOKENS + 2 * MESSAGE_TOKENS
            outputs = source + len(some) * BACK_ANSWER_TOKENS + FRAME_TOKENS
            yield Call(inputs, cached_of(self._back), outputs, "back-translation")


def cached_of(prefix: int) -> int:
    """How much of an equal beginning a provider caches."""
    return prefix // CACHE_STEP * CACHE_STEP if prefix >= CACHE_LEAST else 0
