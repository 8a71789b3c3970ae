"""Estimate: what a submission will cost in money, machine hours and people's hours, before anything is spent or admitted.

The same reading, segmenting, recall and packing as the batch itself; no document text is kept. Imports families, steps and store.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import DocpipeError, InputMissing, InputRefused
from docpipe.llm.pricing import cost
from docpipe.llm.task import make_task
from docpipe.memory.recall import recall
from docpipe.memory.termbase import Termbase
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.chunk import Usage
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import OriginKind, Segment
from docpipe.prompts import Prompt
from docpipe.segment.chunks import pack
from docpipe.segment.segments import segment
from docpipe.segment.tokens import count, exact, ratio
from docpipe.steps import reading
from docpipe.steps.admit import judged
from docpipe.steps.assets import memory_names, previous_pairs, terms_of
from docpipe.steps.collect import Submitted
from docpipe.steps.durations import Duration, machine_hours, people_hours
from docpipe.steps.house import House
from docpipe.steps.measure import LEVERAGE
from docpipe.steps.progress import Progress, report
from docpipe.steps.recall import carried_over
from docpipe.steps.recipes import prompt_of
from docpipe.store import calls
from docpipe.store.memory import SqlMemory

ANSWER_TOKENS, FRAME_TOKENS = 9, 6
"""Tokens of a reply's JSON beside the text: of one answer, and of the object round them."""
UNITS = {
    "pages": "pages", "words": "source words; a CJK character is a word", "characters": "visible characters", "segments": "segments",
    "leverage": "source words by where the target will come from", "tokens": "tokens, without re-asks",
    "cost": "without re-asks", "seconds": "s that this estimate took",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileEstimate:
    """One file: its figures, or the error that refuses it. ``leverage``: words by class."""

    file: str
    pages: int = 0
    pages_estimated: bool = False
    words: int = 0
    characters: int = 0
    segments: int = 0
    leverage: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    error: DocpipeError | None = None

    def as_dict(self) -> dict[str, Any]:
        """The file's figures as JSON."""
        return {
            "file": self.file, "state": "refused" if self.error else "accepted", "pages": self.pages,
            "pages_estimated": self.pages_estimated, "words": self.words, "characters": self.characters,
            "segments": self.segments, "leverage": {n: v for n, v in self.leverage.items() if v},
            "tokens": {"input": self.input_tokens, "output": self.output_tokens},
            "error": self.error.as_dict() if self.error else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a submission will need. ``usage``: tokens, with the share of cached ones that calls of this model had here."""

    recipe: Recipe
    files: tuple[FileEstimate, ...]
    usage: Usage
    cached_measured: bool
    machine: Duration
    people: Duration
    seconds: float

    @property
    def leverage(self) -> Counter[str]:
        """Words by class, over all files."""
        return sum((f.leverage for f in self.files), Counter())

    @property
    def cost(self) -> float:
        """In the recipe's currency."""
        return cost(self.usage, self.recipe.prices)

    def as_dict(self) -> dict[str, Any]:
        """The fields of `docpipe estimate --json`."""
        recipe, leverage = self.recipe, self.leverage
        amount = self.cost
        return {
            "ok": True,
            "from": recipe.source_language,
            "to": recipe.target_language,
            "provider": recipe.provider,
            "model": recipe.model,
            "files": len(self.files),
            "refused": sum(f.error is not None for f in self.files),
            "pages": sum(f.pages for f in self.files),
            "pages_estimated": any(f.pages_estimated for f in self.files),
            "words": sum(f.words for f in self.files),
            "characters": sum(f.characters for f in self.files),
            "segments": sum(f.segments for f in self.files),
            "repetitions": leverage[LEVERAGE[OriginKind.REPETITION]],
            "leverage": {name: leverage[name] for name in LEVERAGE.values() if name not in ("human", "engine", "none")},
            "calls": sum(f.calls for f in self.files),
            "tokens": {
                "input": self.usage.input_tokens, "cached": self.usage.cached_tokens, "output": self.usage.output_tokens,
                "exact": exact(recipe.model), "cached_measured": self.cached_measured,
            },
            "cost": {
                "amount": round(amount, 6), "currency": recipe.currency, "prices_known": any(recipe.prices),
                "per_million": {"input": recipe.prices[0], "cached": recipe.prices[1], "output": recipe.prices[2]},
                "budget": recipe.budget, "over_budget": bool(recipe.budget) and amount > recipe.budget,
            },
            "machine": {"hours": round(self.machine.hours, 4), "measured": self.machine.measured, "basis": self.machine.basis},
            "people": {"hours": round(self.people.hours, 2), "measured": self.people.measured, "basis": self.people.basis},
            "documents": [f.as_dict() for f in self.files],
            "seconds": round(self.seconds, 2),
            "units": UNITS,
        }  # fmt: skip


class _Reckoner:
    """What is the same for all files of a submission, and which texts were seen."""

    def __init__(self, house: House, recipe: Recipe) -> None:
        self.house, self.recipe = house, recipe
        self.seen: set[Digest] = set()
        self.memory = SqlMemory(house.store, memory_names(recipe))
        self.previous = previous_pairs(house, recipe.assets)
        self.terms = Termbase(terms_of(house, recipe.assets), recipe.source_language)
        self.prompt: Prompt = prompt_of(house, recipe)
        self.system = count(self.prompt.render_system(), recipe.model)
        self.grows = ratio(primary(recipe.source_language), primary(recipe.target_language))
        self.online = recipe.provider != "rehearsal"

    def read(self, given: Submitted) -> tuple[Submitted, str, bytes | DocpipeError]:
        """Media type and extraction, from a child process; the error where the file would be refused."""
        media_type, _, error = judged(given)
        if error is not None:
            return given, media_type, error
        try:
            return given, media_type, reading.read(self.house.settings, media_type, given.data, self.recipe.policy)
        except InputRefused as refusal:
            return given, media_type, refusal

    def figures(self, given: Submitted, media_type: str, stored: bytes | DocpipeError) -> FileEstimate:
        """One file's figures."""
        if isinstance(stored, DocpipeError):
            return FileEstimate(given.path, error=stored)
        try:
            return self._figures(given, media_type, stored)
        except InputRefused as refusal:  # its previous version cannot be read
            return FileEstimate(given.path, error=refusal)

    def _figures(self, given: Submitted, media_type: str, stored: bytes) -> FileEstimate:
        extraction = reading.load(stored)
        segments = segment(extraction.blocks, digest_bytes(given.data), self.recipe.source_language)
        pair = self.previous.get(given.path)
        carried = (
            carried_over(self.house, self.recipe, media_type, pair, segments, extraction.blocks).targets if pair else {}
        )
        matches = recall(segments, self.memory, carried)
        leverage: Counter[str] = Counter()
        words = 0
        asked: list[Segment] = []
        for s in segments:
            text = plain_text(s.source)
            kind = OriginKind.MODEL if self.online else OriginKind.PSEUDO
            if not any(ch.isalpha() for ch in text):
                kind = OriginKind.SAME
            elif s.id in matches:
                kind = matches[s.id].kind
            elif s.digest in self.seen:
                kind = OriginKind.REPETITION
            else:
                asked.append(s)
            self.seen.add(s.digest)
            n = count_words(text)
            leverage[LEVERAGE[kind]] += n
            words += n
        sent, inputs, outputs = self._tokens(segments, asked) if self.online and asked else (0, 0, 0)
        return FileEstimate(
            given.path, extraction.pages, extraction.pages_estimated, words, extraction.coverage.characters, len(segments),
            leverage, sent, inputs, outputs,
        )  # fmt: skip

    def _tokens(self, segments: Sequence[Segment], asked: list[Segment]) -> tuple[int, int, int]:
        """Calls, tokens in and tokens out of the requests that the batch will send."""
        recipe = self.recipe
        chunks = pack(
            segments, {s.id for s in asked}, source_language=recipe.source_language, target_language=recipe.target_language,
            output_tokens=recipe.max_output_tokens,
        )  # fmt: skip
        inputs = outputs = 0
        for chunk in chunks:
            terms = {s.id: self.terms.hits(plain_text(s.source)) for s in chunk.wanted}
            task = make_task(chunk, recipe.source_language, recipe.target_language, terms, {})
            inputs += self.system + count(self.prompt.render_user(task=task.text), recipe.model)
            text = sum(count(s.wire, recipe.model) for s in chunk.wanted)
            outputs += round(text * self.grows) + len(chunk.wanted) * ANSWER_TOKENS + FRAME_TOKENS
        return len(chunks), inputs, outputs


def _ahead(reckoner: _Reckoner, files: Iterable[Submitted], workers: int) -> Iterator[tuple[Submitted, str, Any]]:
    """The files read in their order, some child processes ahead: at most ``workers`` documents are in memory."""
    with ThreadPoolExecutor(workers, thread_name_prefix="docpipe-estimate") as pool:
        waiting: deque[Future[tuple[Submitted, str, bytes | DocpipeError]]] = deque()
        for given in files:
            waiting.append(pool.submit(reckoner.read, given))
            if len(waiting) >= workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def estimate(
    house: House,
    files: Iterable[Submitted],
    recipe: Recipe,
    *,
    total: int = 0,
    told: Callable[[Progress], None] = report,
) -> Estimate:
    """Reckons a submission; ``total``: how many files there are, if that is known. Nothing is admitted and no model is asked.

    The recipe's assets are in the store already. A file that would be refused is one of the result's files, with its
    error. Raises ``InputMissing`` (no file at all), ``SameNameTwice``.
    """
    began = time.monotonic()
    reckoner = _Reckoner(house, recipe)
    found: list[FileEstimate] = []
    words = 0
    for given, media_type, stored in _ahead(reckoner, files, max(2, min(house.settings.workers, 4))):
        found.append(reckoner.figures(given, media_type, stored))
        words += found[-1].words
        told(Progress("", "", "estimate", len(found), max(total, len(found)), words))
    if not found:
        raise InputMissing("There is no file to translate.")
    inputs, outputs = sum(f.input_tokens for f in found), sum(f.output_tokens for f in found)
    with house.store.read() as session:
        past = calls.usage_of_model(session, recipe.provider, recipe.model)
    share = past.cached_tokens / past.input_tokens if past.input_tokens else 0.0
    by_class = sum((f.leverage for f in found), Counter[str]())
    by_hand = by_class["pseudo"]
    free = sum(by_class[LEVERAGE[OriginKind(kind)]] for kind in recipe.gate.skip) + by_class["no_text"]
    asks = recipe.review == "required"
    return Estimate(
        recipe,
        tuple(found),
        Usage(inputs, round(inputs * share), outputs),
        bool(past.input_tokens),
        machine_hours(
            house, recipe, words=words, model_words=by_class["model"], calls=sum(f.calls for f in found), output_tokens=outputs
        ),
        people_hours(house, review_words=max(words - free - by_hand, 0), translate_words=by_hand)
        if asks
        else Duration(0.0, False, "The batch asks for no review: it ends as a draft."),
        time.monotonic() - began,
    )  # fmt: skip
