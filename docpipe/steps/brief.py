"""The brief of a document: what it is about, found by rules, and by a cheap first call of the model where it is long. Imports llm, segment and memory.

It is made before the document's first request and never again: what the model was told is what a resumed run tells it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from docpipe.llm.briefing import Briefing, Extracts, brief_chunk, enriched
from docpipe.llm.engine import Result, run
from docpipe.memory.termbase import Termbase
from docpipe.model.batch import Batch
from docpipe.model.brief import Brief
from docpipe.model.chunk import Chunk
from docpipe.model.document import BlockKind, count_words
from docpipe.model.inline import plain_text
from docpipe.model.language import spaceless
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.model.terms import Term, TermStatus
from docpipe.prompts import Prompt, frozen
from docpipe.segment.abbreviations import defined
from docpipe.segment.entities import entities
from docpipe.segment.tokens import count
from docpipe.steps.house import House
from docpipe.steps.model import access_of, ledger_of, orders_of, with_model_named

__all__ = ["brief_by_rules", "brief_request", "extracts_of", "repeated_terms", "wants_model", "with_model"]

MOST_TERMS = 120
"""Terms of one document that are worth keeping alike; the most frequent ones."""
EXTRACT, LONGEST = 6000, 400
"""Characters of a document that a model sees for its brief, and of one text."""
_ASIDE = (BlockKind.HEADER, BlockKind.FOOTER, BlockKind.PROPERTY, BlockKind.COMMENT, BlockKind.ALT_TEXT)
_NUMBER = re.compile(r"^[\d.()\s§-]+")
_NAME = re.compile(
    r"(?<=[a-z,;] )((?:[A-Z][a-z]+(?:-[A-Za-z]+)?)(?: (?:of |and |for )?[A-Z][a-z]+(?:-[A-Za-z]+)?){1,4})"
)
_PLAIN = re.compile(r"[^\W\d_][^\W_]*(?:[ '’-][^\W_]+){0,3}")


def brief_by_rules(segments: Sequence[Segment], language: str) -> Brief:
    """The brief without a model's help. Raises ``UnknownLanguage``."""
    texts = [plain_text(s.source, equiv=True) for s in segments]
    abbreviations = defined(segments)
    known = [a.long for a in abbreviations]
    return Brief(_title(segments, texts), "", entities(texts), abbreviations, repeated_terms(texts, language, known))


def extracts_of(segments: Sequence[Segment], language: str, title: str) -> Extracts:
    """What a model is shown of a document: its headings, and its texts from the start, with more of its beginning than of its middle.

    About ``EXTRACT`` characters, which is the same for every document that is long enough.
    """
    texts = [(s.kind, plain_text(s.source, equiv=True)) for s in segments if s.kind not in _ASIDE]
    headings = list(dict.fromkeys(t for kind, t in texts if kind is BlockKind.HEADING))[:80]
    body = list(dict.fromkeys(t for kind, t in texts if kind is not BlockKind.HEADING and len(t) > 30))
    room = EXTRACT - sum(len(h) for h in headings)
    first: list[str] = []
    while body and room > EXTRACT / 3:
        first.append(body.pop(0)[:LONGEST])
        room -= len(first[-1])
    rest = sum(min(len(t), LONGEST) for t in body)
    stride = max(1, round(rest / max(room, 1)))
    return Extracts(language, title, tuple(headings), (*first, *(t[:LONGEST] for t in body[::stride])))


def with_model(house: House, batch: Batch, document_id: str, segments: Sequence[Segment], brief: Brief) -> Brief:
    """The brief after a first call of the model, where the recipe asks for one and the document is long enough.

    Without an answer that can be used it stays as the rules made it. Raises what the engine raises.
    """
    recipe = batch.recipe
    if not wants_model(recipe, segments):
        return brief
    asked, chunk, prompt = brief_request(house, recipe, segments, brief)
    answers: list[str] = []

    def keep(results: list[Result]) -> None:
        answers.extend(plain_text(r.target) for r in results if r.target and not r.reason)

    one = with_model_named(recipe, recipe.brief_model)
    run(
        [chunk],
        connect=access_of(house, one),
        ledger=ledger_of(house, replace(batch, recipe=one), document_id),
        prompt=prompt,
        orders=replace(orders_of(house, one), mends=1),
        craft=Briefing(asked),
        on_group=keep,
    )
    if not answers:
        return brief
    texts = [plain_text(s.source, equiv=True) for s in segments]
    known = [*(a.long for a in brief.abbreviations), *json.loads(answers[0])["terms"]]
    return enriched(brief, answers[0], repeated_terms(texts, recipe.source_language, known))


def wants_model(recipe: Recipe, segments: Sequence[Segment]) -> bool:
    """Whether a document is summed up by a model first."""
    if not recipe.brief_words or not recipe.brief_prompt:
        return False
    words = 0
    for s in segments:
        words += count_words(plain_text(s.source))
        if words >= recipe.brief_words:
            return True
    return False


def brief_request(
    house: House, recipe: Recipe, segments: Sequence[Segment], brief: Brief
) -> tuple[Extracts, Chunk, Prompt]:
    """What is asked for a brief: the extracts, the chunk that stands for them, and the prompt. Raises ``PromptChanged``."""
    asked = extracts_of(segments, recipe.source_language, brief.title)
    prompt = frozen(recipe.brief_prompt, recipe.brief_prompt_digest, home=house.settings.prompts_folder)
    return asked, brief_chunk(asked, count(asked.task)), prompt


def _title(segments: Sequence[Segment], texts: Sequence[str]) -> str:
    """The first heading, else the first text of the body, without its number; at most 160 characters."""
    body = [
        (s, t) for s, t in zip(segments, texts, strict=True) if s.kind not in _ASIDE and any(c.isalpha() for c in t)
    ]
    first = next((t for s, t in body[:40] if s.kind is BlockKind.HEADING), body[0][1] if body else "")
    return _NUMBER.sub("", first).strip()[:160]


def repeated_terms(texts: Sequence[str], language: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Terms that a document uses again and again, the most frequent first: full forms of abbreviations, names, and what heads
    its tables and sections and stands in its sentences too. Raises ``UnknownLanguage``."""
    wide = spaceless(language)
    candidates: dict[str, str] = {}
    for text in known:
        candidates.setdefault(text.casefold(), text)
    for text in texts:
        short = _NUMBER.sub("", text).strip().rstrip(":：.。")
        # A short everyday word has several good renderings, and binding one of them would do harm.
        fits = 3 <= len(short) <= 10 if wide else (8 if " " not in short else 4) <= len(short) <= 40
        if fits and _PLAIN.fullmatch(short) and not short.isupper():
            candidates.setdefault(short.casefold(), short)
        if not wide:
            for name in _NAME.findall(text):
                candidates.setdefault(name.casefold(), name)
    if not candidates:
        return ()
    lookup = Termbase((Term(key, form, form, TermStatus.ALLOWED) for key, form in candidates.items()), language)
    uses = _uses(texts, lookup)
    ranked = sorted(((n, form) for form, n in uses.items() if n >= 2), key=lambda x: (-x[0], x[1]))
    return tuple(form for _, form in ranked[:MOST_TERMS])


def _uses(texts: Sequence[str], lookup: Termbase) -> Mapping[str, int]:
    """In how many different texts each term stands, those that are nothing but the term counted once."""
    uses: Counter[str] = Counter()
    for text in dict.fromkeys(texts):
        uses.update({hit.source for hit in lookup.hits(text)})
    return uses
