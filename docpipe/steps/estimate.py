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
from docpipe.memory.recall import recall
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.chunk import Usage
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.recipe import Recipe
from docpipe.model.segment import OriginKind, Segment
from docpipe.segment.segments import segment
from docpipe.segment.tokens import exact
from docpipe.simulate.planning import Limits
from docpipe.steps import reading
from docpipe.steps.admit import judged
from docpipe.steps.assets import memory_names, previous_pairs
from docpipe.steps.collect import Submitted
from docpipe.steps.durations import Duration, machine_hours, people_hours
from docpipe.steps.house import House
from docpipe.steps.measure import LEVERAGE
from docpipe.steps.progress import Progress, report
from docpipe.steps.recall import carried_over
from docpipe.steps.spending import Call, Spending
from docpipe.store.memory import SqlMemory
from docpipe.store.past_usage import Past, past_usage

REASKED = 0.02
"""Share of tokens that goes into asking again, until this installation has measured its own."""
ENOUGH_CALLS = 5
"""First calls of a model after which its own shares are believed."""
UNITS = {
    "pages": "pages", "words": "source words; a CJK character is a word", "characters": "visible characters", "segments": "segments",
    "leverage": "source words by where the target will come from", "tokens": "tokens, re-asks and looks included",
    "cost": "re-asks and looks included", "seconds": "s that this estimate took",
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
    calls: tuple[Call, ...] = ()
    error: DocpipeError | None = None

    def as_dict(self) -> dict[str, Any]:
        """The file's figures as JSON."""
        return {
            "file": self.file, "state": "refused" if self.error else "accepted", "pages": self.pages,
            "pages_estimated": self.pages_estimated, "words": self.words, "characters": self.characters,
            "segments": self.segments, "leverage": {n: v for n, v in self.leverage.items() if v},
            "calls": len(self.calls),
            "tokens": {"input": sum(c.inputs for c in self.calls), "output": sum(c.outputs for c in self.calls)},
            "error": self.error.as_dict() if self.error else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a submission will need. ``usage`` and ``calls``: with ``reasked``, the share of what is asked again, and with the share of
    cached tokens that calls of this model had here, or that its requests' equal beginnings promise."""

    recipe: Recipe
    files: tuple[FileEstimate, ...]
    usage: Usage
    calls: int
    reasked: float
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
            "calls": self.calls,
            "reasked": round(self.reasked, 4),
            "tokens": {
                "input": self.usage.input_tokens, "cached": self.usage.cached_tokens, "output": self.usage.output_tokens,
                "exact": exact(recipe.model), "cached_measured": self.cached_measured,
            },
            "cost": {
                "amount": round(amount, 6), "currency": recipe.currency, "prices_known": any(recipe.prices),
                "per_million": {"input": recipe.prices[0], "cached": recipe.prices[1], "output": recipe.prices[2]},
                "budget": recipe.budget, "over_budget": bool(recipe.budget) and amount > recipe.budget,
            },
            "machine": self.machine.as_dict(),
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
        self.spending = Spending(house, recipe)
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
        asks = self.spending.calls(given.path, segments, asked) if self.online and asked else []
        return FileEstimate(
            given.path, extraction.pages, extraction.pages_estimated, words, extraction.coverage.characters, len(segments),
            leverage, tuple(asks),
        )  # fmt: skip


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
    limits: Limits | None = None,
) -> Estimate:
    """Reckons a submission; ``total``: how many files there are, if that is known. Nothing is admitted and no model is asked.

    ``limits``: of a provider, to plan the hours with in place of what past batches took.

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
    with house.store.read() as session:
        past = past_usage(session, recipe.provider, recipe.model)
    first = [c for f in found for c in f.calls]
    again, cached = _reasked(past), _cached(past, first)
    inputs, outputs = (round(sum(n) * (1 + again)) for n in ([c.inputs for c in first], [c.outputs for c in first]))
    by_class = sum((f.leverage for f in found), Counter[str]())
    by_hand = by_class["pseudo"]
    free = sum(by_class[LEVERAGE[OriginKind(kind)]] for kind in recipe.gate.skip) + by_class["no_text"]
    asks = recipe.review == "required"
    return Estimate(
        recipe,
        tuple(found),
        Usage(inputs, round(inputs * cached), outputs),
        round(len(first) * (1 + again)),
        again if first else 0.0,
        _known(past),
        machine_hours(house, recipe, words=words, model_words=by_class["model"], calls=first, reasked=again, limits=limits),
        people_hours(house, review_words=max(words - free - by_hand, 0), translate_words=by_hand)
        if asks
        else Duration(0.0, False, "The batch asks for no review: it ends as a draft."),
        time.monotonic() - began,
    )  # fmt: skip


def _known(past: dict[str, Past]) -> bool:
    return "first" in past and past["first"].calls >= ENOUGH_CALLS


def _reasked(past: dict[str, Past]) -> float:
    """Tokens of what is asked again for each token of a model's first calls, as measured here, else assumed."""
    if not _known(past):
        return REASKED
    first, again = past["first"].usage, past["re-ask"].usage if "re-ask" in past else Usage()
    return (again.input_tokens + again.output_tokens) / max(1, first.input_tokens + first.output_tokens)


def _cached(past: dict[str, Past], calls: Sequence[Call]) -> float:
    """The share of tokens in that the provider has cached: as measured here, else by the equal beginnings of the requests."""
    if _known(past):
        return sum(p.usage.cached_tokens for p in past.values()) / max(
            1, sum(p.usage.input_tokens for p in past.values())
        )
    inputs = sum(c.inputs for c in calls)
    # Of the calls that leave together at the beginning, the first ones find nothing yet.
    found = sum(c.cached for c in calls) * (1 - 0.5 * min(1.0, Limits().start / max(1, len(calls))))
    return found / inputs if inputs else 0.0
