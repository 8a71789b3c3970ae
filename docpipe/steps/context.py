"""What the model is told of a document: its chunks, the craft that words them as tasks, and the prompt. Imports llm, segment and store.

Everything that enters is frozen before the document's first call, so that a resumed run makes the same requests and finds its
stored replies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.llm.context import Context
from docpipe.llm.translating import Translation
from docpipe.model.batch import Batch, Document
from docpipe.model.brief import Briefed, load_briefed, plain_briefed
from docpipe.model.canonical import canonical_json
from docpipe.model.chunk import Chunk
from docpipe.model.inline import plain_text
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.prompts import Prompt
from docpipe.segment.chunks import pack
from docpipe.steps.brief import brief_by_rules, brief_request, wants_model, with_model
from docpipe.steps.house import House
from docpipe.steps.inspection import inspector
from docpipe.steps.recipes import prompt_of
from docpipe.steps.similar import similar_of
from docpipe.steps.styles import style_text
from docpipe.steps.terms import bound_terms, joined, recipe_termbase
from docpipe.steps.work import Work
from docpipe.store import briefs, package_terms

__all__ = ["Prepared", "briefed", "planned", "planned_brief", "prepare", "prepared"]

MOST, LEAST = 192, 128
"""Segments of a chunk: the most, and so many from which on it ends before a heading. What stands before them in each request is some
2,000 tokens, which fewer and larger requests send less often."""


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
    return prepared(house, job.batch, job.document, segments, rows)


def prepared(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], rows: Sequence[Segment]
) -> Prepared:
    """The same for callers without a step's frame; the first call for a document freezes what the model is told of it."""
    recipe = batch.recipe
    told = briefed(house, batch, document, segments, rows) if knows_context(house, recipe) else None
    return _put_together(house, recipe, document.path, segments, rows, told)


def planned(house: House, recipe: Recipe, path: str, segments: Sequence[Segment], rows: Sequence[Segment]) -> Prepared:
    """What ``prepare`` would give for a document that was not admitted yet; nothing is stored and no model is asked."""
    told = None
    if knows_context(house, recipe):
        brief = brief_by_rules(segments, recipe.source_language)
        told = Briefed(brief, (), similar_of(house, recipe, rows))
    return _put_together(house, recipe, path, segments, rows, told)


def planned_brief(house: House, recipe: Recipe, segments: Sequence[Segment]) -> str:
    """System and user part of the request for a document's brief, "" where none will be made; for reckoning its tokens."""
    if not knows_context(house, recipe) or not wants_model(recipe, segments):
        return ""
    asked, _, prompt = brief_request(house, recipe, segments, brief_by_rules(segments, recipe.source_language))
    return f"{prompt.render_system()}\n{prompt.render_user(task=asked.task)}"


def knows_context(house: House, recipe: Recipe) -> bool:
    """Whether the recipe's prompt takes more than paragraphs and terms; the first version did not."""
    return "style" in prompt_of(house, recipe).inputs


def briefed(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], rows: Sequence[Segment]
) -> Briefed:
    """What is frozen for a document; freezes it where nothing is yet."""
    with house.store.read() as session:
        digest = briefs.get(session, document.id)
    if digest is None:
        made = _made(house, batch, document, segments, rows)
        mine = house.store.blobs.put(canonical_json(plain_briefed(made)).encode("utf-8", "surrogatepass"))
        with house.store.write() as session:
            digest = briefs.freeze(session, document.id, mine, house.now())
    return load_briefed(json.loads(house.store.blobs.get(digest).decode("utf-8", "surrogatepass")))


def _made(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], rows: Sequence[Segment]
) -> Briefed:
    brief = brief_by_rules(segments, batch.recipe.source_language)
    brief = with_model(house, batch, document.id, segments, brief)
    with house.store.read() as session:
        terms = package_terms.locked(session, batch.id)
    return Briefed(brief, terms, similar_of(house, batch.recipe, rows, batch.id))


def _put_together(
    house: House,
    recipe: Recipe,
    path: str,
    segments: Sequence[Segment],
    rows: Sequence[Segment],
    told: Briefed | None,
) -> Prepared:
    source, target = recipe.source_language, recipe.target_language
    chunks = pack(
        segments,
        {s.id for s in rows},
        source_language=source,
        target_language=target,
        output_tokens=recipe.max_output_tokens,
        most=MOST if told else 128,
        least=LEAST if told else 32,
    )
    terms, prompt = recipe_termbase(house, recipe), prompt_of(house, recipe)
    hits = {s.id: terms.hits(plain_text(s.source)) for s in rows}
    if told is None:
        return Prepared(chunks, Translation(source, target, hits, inspect=inspector(recipe, hits)), prompt)
    if told.terms:
        bound = bound_terms(told.terms, source)
        hits = {s.id: joined(hits[s.id], bound.hits(plain_text(s.source))) for s in rows}
    context = Context(
        told.brief.as_dict(),
        told.brief.abbreviations,
        told.similar,
        {s.id: n for n, s in enumerate(segments)},
    )
    style = style_text(house, recipe, path, told.brief.title)
    craft = Translation(source, target, hits, context=context, inspect=inspector(recipe, hits))
    return Prepared(chunks, craft, prompt.filled(style=style))
