"""How long a batch will take machine and people: measured here where there is something to measure, else assumed and said so.

Imports the core, simulate's planning, the steps' figures and store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.model.recipe import Recipe
from docpipe.model.timing import StageTiming
from docpipe.simulate.planning import Group, Limits, plan
from docpipe.steps.effort import review_pace
from docpipe.steps.house import House
from docpipe.steps.measure import covered_seconds
from docpipe.steps.spending import Asked, Call
from docpipe.store import batches, timings

ENOUGH_WORDS = 200
"""Words that must have been worked on here before a measured pace is believed."""
NEWEST = 20
"""Batches that are looked at, newest first."""
START_SECONDS, OTHER_WORDS_AN_HOUR = 40.0, 17_000_000
"""Of made packages on two cores: 58 s beside the model for 330 pages and 100,000 words, 461 s for 6,600 pages and 2 million."""
OVERNIGHT_HOURS = 24.0
"""Within which a Batch API answers, by its provider's word."""
REVIEW_WORDS_AN_HOUR, TRANSLATE_WORDS_AN_HOUR = 625.0, 325.0
_MODEL_STAGE = "translated"


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours, whether their pace was measured in this installation, and a sentence that says on what they rest."""

    hours: float
    measured: bool
    basis: str
    model_hours: float = 0.0
    """The part that model calls take; the rest of the machine's work comes before and after them."""
    binds: str = ""
    """What limits the model calls, where that was planned: tokens, requests or latency."""
    waits: float = 0.0
    """Hours within which a provider answers what it is given overnight; they come on top."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "hours": round(self.hours, 4), "measured": self.measured, "basis": self.basis,
            "model_hours": round(self.model_hours, 4), "binds": self.binds,
            "overnight_hours": self.waits,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pace:
    """Words per hour of a kind of work, and from how many batches it is known."""

    words: int
    seconds: float
    batches: int

    @property
    def known(self) -> bool:
        return self.words >= ENOUGH_WORDS and self.seconds > 0

    @property
    def rate(self) -> float:
        return self.words / self.seconds * 3600


def machine_hours(
    house: House,
    recipe: Recipe,
    *,
    words: int,
    model_words: int,
    asked: Sequence[Asked],
    limits: Limits | None = None,
) -> Duration:
    """The machine's hours for so many words, of which the model translates some in the calls of these documents.

    ``limits``: of the provider, played through; without them the pace of past batches, or assumed ones. Raises ``BadSetting``.
    """
    model, rest = _past(house, recipe)
    online = recipe.provider != "rehearsal"
    if rest.known:
        other = START_SECONDS / 3600 + words / rest.rate
        told = (
            f"reading, checking and building at {rest.rate:,.0f} words an hour as in {rest.batches} past batches here"
        )
    else:
        other = START_SECONDS / 3600 + words / OTHER_WORDS_AN_HOUR
        told = f"reading, checking and building assumed at {OTHER_WORDS_AN_HOUR:,} words an hour"
    told += f" and {START_SECONDS:g} s to start"
    if not online or not model_words:
        return Duration(other, rest.known, told[0].upper() + told[1:] + ".")
    overnight = recipe.delivery == "overnight"
    waits, late = 0.0, ""
    if overnight:
        waits = OVERNIGHT_HOURS
        late = (
            f" The first requests go overnight: their answers come within {waits:g} hours, which are not counted here."
        )
    if limits is None and model.known:
        hours = model_words / model.rate
        pace = f"{recipe.model} at {model.rate:,.0f} words an hour as measured in {model.batches} past batches here"
        return Duration(hours + other, rest.known, f"{pace[0].upper()}{pace[1:]}; {told}.{late}", hours, "", waits)
    given = limits or Limits(in_flight=recipe.concurrency)
    if overnight:
        asked = [Asked((), tuple(chain[1:] for chain in one.chains), one.after) for one in asked]
    seconds, binds = _played(asked, given)
    hours = seconds / 3600
    bounds = [f"{n:,} {what} a minute" for n, what in ((given.tpm, "tokens"), (given.rpm, "requests")) if n]
    bounds.append(f"{given.in_flight} calls at once, {given.latency} s and {given.speed:g} tokens a second each")
    why = "Planned" if limits is not None else f"No batch with {recipe.model} was measured here: assumed"
    calls = sum(1 for one in asked for _ in one)
    pace = f"{why} for {calls:,} calls at {', '.join(bounds)}; bound by {binds}"
    return Duration(hours + other, False, f"{pace}; {told}.{late}", hours, binds, waits)


def _played(asked: Sequence[Asked], limits: Limits) -> tuple[float, str]:
    """Seconds of the calls, and what binds them: second looks begin when all documents are translated."""

    def sizes(calls: Iterable[Call]) -> tuple[tuple[int, int], ...]:
        return tuple((c.inputs, c.outputs) for c in calls)

    translated = plan([Group(tuple(map(sizes, one.chains)), sizes(one.brief)) for one in asked], limits)
    looked = plan([Group(tuple(sizes([c]) for c in one.after)) for one in asked], limits)
    return translated.seconds + looked.seconds, translated.binds


def _past(house: House, recipe: Recipe) -> tuple[_Pace, _Pace]:
    """What past batches with the same provider and model took: in the model's stage, and in all others."""
    with house.store.read() as session:
        alike = [
            b
            for b in reversed(batches.listing(session))
            if (b.recipe.provider, b.recipe.model, b.recipe.delivery)
            == (recipe.provider, recipe.model, recipe.delivery)
        ][:NEWEST]
        rows = [timings.of_batch(session, b.id) for b in alike]
    model = [[t for t in found if t.stage == _MODEL_STAGE and t.words] for found in rows]
    other = [[t for t in found if t.stage != _MODEL_STAGE] for found in rows]
    whole = [sum(t.words for t in found if t.stage == "segmented") for found in rows]
    return _pace(model, [sum(t.words for t in found) for found in model]), _pace(other, whole)


def _pace(rows: list[list[StageTiming]], words: list[int]) -> _Pace:
    seconds = [covered_seconds([(t.started, t.ended) for t in found]) for found in rows]
    return _Pace(sum(words), sum(seconds), sum(1 for n in words if n))


def people_hours(house: House, *, review_words: int, translate_words: int) -> Duration:
    """People's hours: words to be reviewed, and words that a person must translate (rehearsal)."""
    pace = review_pace(house)
    by_hand = translate_words / TRANSLATE_WORDS_AN_HOUR
    if pace is not None:
        basis = f"Review at {pace:,.0f} words an hour, as measured here."
        hours, measured = review_words / pace, True
    else:
        hours, measured = review_words / REVIEW_WORDS_AN_HOUR, False
        basis = (
            f"Review assumed at {REVIEW_WORDS_AN_HOUR:g} words an hour: nobody's pace was measured here yet, and full "
            "post-editing (the task of ISO 18587) is commonly reckoned at 5,000 words in a day of 8 hours."
        )
    if translate_words:
        measured = measured and not review_words
        basis += (
            f" {translate_words:,} words are pseudo-translated and must be translated by hand, assumed at "
            f"{TRANSLATE_WORDS_AN_HOUR:g} words an hour (commonly 2,600 a day)."
        )
    return Duration(hours + by_hand, measured and not translate_words, basis)
