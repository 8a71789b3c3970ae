"""Estimate: what a submission will cost in money, machine hours and people's hours, before anything is spent or admitted.

The same reading, segmenting, recall and packing as the batch itself; no document text is kept. Imports families, steps and store.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from docpipe.steps.extract import says_the_same
from docpipe.steps.house import House
from docpipe.steps.measure import LEVERAGE
from docpipe.steps.model import with_model_named
from docpipe.steps.progress import Progress, report
from docpipe.steps.prompt_changes import Repaid, of_files
from docpipe.steps.providers import traits
from docpipe.steps.recall import carried_over
from docpipe.steps.shares import Shares, shares_of
from docpipe.steps.spending import Asked, Call, Spending
from docpipe.store.memory import SqlMemory
from docpipe.store.past_usage import past_usage

UNITS = {
    "pages": "pages", "words": "source words; a CJK character is a word", "characters": "visible characters", "segments": "segments",
    "leverage": "source words by where the target will come from", "tokens": "tokens, re-asks and looks included",
    "purposes": "calls and tokens by what they are for", "cost": "re-asks and looks included; overnight at the provider's lower price", "seconds": "s that this estimate took",
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
    asked: Asked = field(default_factory=Asked)
    error: DocpipeError | None = None

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every request of the file."""
        return tuple(self.asked)

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
class Spent:
    """Calls of a purpose, their tokens and what they cost."""

    calls: int
    usage: Usage
    cost: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a submission will need. ``spent``: by purpose, with the share of cached tokens that calls of this model had here, or that the
    requests' equal beginnings promise; ``measured``: whether this installation's own calls say how often answers are asked again;
    ``counted``: whether tokens are counted by the model's own encoding."""

    recipe: Recipe
    files: tuple[FileEstimate, ...]
    spent: Mapping[str, Spent]
    measured: bool
    counted: bool
    machine: Duration
    people: Duration
    seconds: float
    repaid: Repaid | None = None

    @property
    def usage(self) -> Usage:
        """Tokens of all calls."""
        return sum((s.usage for s in self.spent.values()), Usage())

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(s.calls for s in self.spent.values())

    @property
    def reasked(self) -> float:
        """Tokens of what is asked again for each token of first calls."""
        first, again = (_tokens(self.spent.get(name)) for name in ("first", "re-ask"))
        return again / first if first else 0.0

    @property
    def leverage(self) -> Counter[str]:
        """Words by class, over all files."""
        return sum((f.leverage for f in self.files), Counter())

    @property
    def cost(self) -> float:
        """In the recipe's currency."""
        return sum(s.cost for s in self.spent.values())

    def as_dict(self) -> dict[str, Any]:
        """The fields of `docpipe estimate --json`."""
        recipe, leverage = self.recipe, self.leverage
        amount, usage = self.cost, self.usage
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
                "input": usage.input_tokens, "cached": usage.cached_tokens, "output": usage.output_tokens,
                "exact": self.counted, "cached_measured": self.measured,
            },
            "purposes": {
                name: {
                    "calls": s.calls, "input": s.usage.input_tokens, "cached": s.usage.cached_tokens,
                    "output": s.usage.output_tokens, "cost": round(s.cost, 6),
                }
                for name, s in self.spent.items()
            },
            "delivery": recipe.delivery,
            "cost": {
                "amount": round(amount, 6), "currency": recipe.currency, "prices_known": any(recipe.prices),
                "per_million": {"input": recipe.prices[0], "cached": recipe.prices[1], "output": recipe.prices[2]},
                "overnight_factor": recipe.batch_factor if recipe.delivery == "overnight" else None,
                "budget": recipe.budget, "over_budget": bool(recipe.budget) and amount > recipe.budget,
            },
            "machine": self.machine.as_dict(),
            "people": {"hours": round(self.people.hours, 2), "measured": self.people.measured, "basis": self.people.basis},
            "documents": [f.as_dict() for f in self.files],
            "seconds": round(self.seconds, 2),
            **({"paid_again": self.repaid.as_dict()} if self.repaid else {}),
            "units": UNITS,
        }  # fmt: skip


class _Reckoner:
    """What is the same for all files of a submission, and which texts were seen."""

    def __init__(self, house: House, recipe: Recipe) -> None:
        self.house, self.recipe = house, recipe
        self.seen: set[Digest] = set()
        self.files: set[Digest] = set()
        self.memory = SqlMemory(house.store, memory_names(recipe))
        self.previous = previous_pairs(house, recipe.assets)
        with house.store.read() as session:
            past = past_usage(session, recipe.provider, {recipe.model, recipe.look_model or recipe.model})
        self.shares = shares_of(past)
        self.spending = Spending(house, recipe, self.shares)
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
        digest = digest_bytes(given.data)
        self.files.add(digest)
        segments = segment(extraction.blocks, digest, self.recipe.source_language)
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
            if says_the_same(text, self.recipe.target_language):
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
        asks = self.spending.asked(given.path, segments, asked) if self.online and asked else Asked()
        return FileEstimate(
            given.path, extraction.pages, extraction.pages_estimated, words, extraction.coverage.characters, len(segments),
            leverage, asks,
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
    by_class = sum((f.leverage for f in found), Counter[str]())
    by_hand = by_class["pseudo"]
    free = sum(by_class[LEVERAGE[OriginKind(kind)]] for kind in recipe.gate.skip) + by_class["no_text"]
    asks = recipe.review == "required"
    return Estimate(
        recipe,
        tuple(found),
        _spent(recipe, reckoner.shares, [f.asked for f in found]),
        reckoner.shares.known,
        exact(traits(house.settings, recipe.model, recipe.base_url).encoding),
        machine_hours(house, recipe, words=words, model_words=by_class["model"], asked=[f.asked for f in found], limits=limits),
        people_hours(house, review_words=max(words - free - by_hand, 0), translate_words=by_hand)
        if asks
        else Duration(0.0, False, "The batch asks for no review: it ends as a draft."),
        time.monotonic() - began,
        of_files(house, recipe, reckoner.files) if reckoner.online else None,
    )  # fmt: skip


def _tokens(spent: Spent | None) -> int:
    return spent.usage.input_tokens + spent.usage.output_tokens if spent else 0


def _spent(recipe: Recipe, shares: Shares, asked: Sequence[Asked]) -> dict[str, Spent]:
    """Calls, tokens and cost by purpose, each at the price of the model that it is for."""
    by_purpose: dict[str, list[Call]] = {}
    for call in (c for one in asked for c in one):
        by_purpose.setdefault(call.purpose, []).append(call)
    models = {"brief": recipe.brief_model, "second-look": recipe.look_model, "back-translation": recipe.look_model}
    found: dict[str, Spent] = {}
    for name, calls in by_purpose.items():
        inputs, outputs = sum(c.inputs for c in calls), sum(c.outputs for c in calls)
        usage = Usage(inputs, round(inputs * _cached(recipe, shares, name, calls)), outputs)
        amount = cost(usage, with_model_named(recipe, models.get(name, "")).prices)
        overnight = name == "first" and recipe.delivery == "overnight"
        found[name] = Spent(len(calls), usage, amount * (recipe.batch_factor if overnight else 1.0))
    return found


def _cached(recipe: Recipe, shares: Shares, purpose: str, calls: Sequence[Call]) -> float:
    """The share of a purpose's tokens in that the provider has cached: as measured here, else by the equal beginnings of its requests."""
    if shares.known and purpose in shares.cached:
        return shares.cached[purpose]
    inputs = sum(c.inputs for c in calls)
    # Calls that leave together at the beginning find nothing yet; what is asked again was sent a moment ago.
    together = min(recipe.concurrency, Limits().start) if purpose != "re-ask" else 0
    late = max(0.0, 1 - together / max(1, len(calls)))
    return sum(c.cached for c in calls) * late / inputs if inputs else 0.0
