"""What the model is told of a document: its chunks, the craft that words them as tasks, and the prompt. Imports llm, segment and store.

Everything that enters is the same in every run of a document, so that a resumed run finds its stored replies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.llm.translating import Translation
from docpipe.model.chunk import Chunk
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment
from docpipe.prompts import Prompt
from docpipe.segment.chunks import pack
from docpipe.steps.house import House
from docpipe.steps.recipes import prompt_of
from docpipe.steps.terms import termbase_of
from docpipe.steps.work import Work

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the engine is given for a document's rows. ``prompt``: the recipe's, its system part complete."""

    chunks: tuple[Chunk, ...]
    craft: Translation
    prompt: Prompt


def prepare(house: House, job: Work, segments: Sequence[Segment], rows: Sequence[Segment]) -> Prepared:
    """Packs a document's rows (those of ``segments`` that go to the model) and gathers what the model is told of them.

    Raises ``PromptChanged``, ``UnknownLanguage``.
    """
    recipe = job.batch.recipe
    terms = termbase_of(house, job.batch)
    chunks = pack(
        segments,
        {s.id for s in rows},
        source_language=recipe.source_language,
        target_language=recipe.target_language,
        output_tokens=recipe.max_output_tokens,
    )
    hits = {s.id: terms.hits(plain_text(s.source)) for s in rows}
    return Prepared(chunks, Translation(recipe.source_language, recipe.target_language, hits), prompt_of(house, recipe))
