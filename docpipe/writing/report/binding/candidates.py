"""Rows that a series of numbers may state, and how well each fits its values and the words around it. Imports the core and its room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from docpipe.writing.report.binding.frames import COUNTS, Frame, Frames, Told, equal
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.pooled import pooled

SIZES = frozenset(("N", "denominator"))
_KINDS = ("serious", "severe")
"""Words that tell rows of one event from each other: those of all events and those of serious ones."""
_MOST = 100
_POSTINGS = 1500


@dataclass(slots=True)
class Context:
    """What is said around a series. ``displays``: tables cited or voted for, with their weight; ``sets``: words of analysis sets."""

    strong: frozenset[str]
    weak: frozenset[str]
    displays: dict[str, float] = field(default_factory=dict)
    windows: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    table: bool = False
    tight: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[object, ...]:
        """All that a look-up depends on."""
        return (self.strong, self.weak, tuple(self.displays.items()), self.windows, self.sets, self.table, self.tight)


@dataclass(slots=True)
class Tried:
    """A row beside a series. ``hits``: the fact that has a number's value; ``there``: facts of its statistic and arm."""

    frame: Frame
    lexical: float
    score: float
    hits: list[Told | None]
    there: list[list[Told]]


def support_of(t: Tried, i: int, weights: Sequence[float]) -> float:
    """How much of the other numbers of a series a frame explains."""
    return sum(w for j, w in enumerate(weights) if j != i and t.hits[j] is not None)


def totals_of(t: Tried, i: int, weights: Sequence[float]) -> float:
    """How much of the other numbers are those of all arms together."""
    return sum(w for j, w in enumerate(weights) if j != i and (h := t.hits[j]) is not None and not h.arm)


class Candidates:
    """Looks rows up for series of numbers. ``arms``: names of the study's arms."""

    def __init__(self, frames: Frames, arms: Sequence[str]) -> None:
        self.frames, self.arms = frames, tuple(arms)

    def fitting(self, slots: Sequence[Slot], context: Context) -> list[Tried]:
        """Rows that have facts of the series' statistics, best first."""
        tried = [self._tried(self.frames.all[i], slots, context) for i in self._candidates(slots, context)]
        return sorted((t for t in tried if any(t.there)), key=lambda t: -t.score)

    def _candidates(self, slots: Sequence[Slot], context: Context) -> list[int]:
        votes: Counter[int] = Counter()
        weight = self.frames.weight
        words = sorted(
            (w for w in context.strong | context.weak if w in weight), key=lambda w: len(self.frames.by_word[w])
        )
        for word in words[:24]:
            rows = self.frames.by_word[word]
            if len(rows) > _POSTINGS and len(votes) > 40:
                continue
            gain = weight[word] * (1.0 if word in context.strong else 0.5)
            for i in rows:
                votes[i] += gain  # type: ignore[assignment]
        for slot in slots[:8]:
            for arm in slot.arms or ("",):
                rows = self.frames.by_value.get((arm, slot.value.normalize()), [])
                if len(rows) <= 400:
                    for i in rows:
                        votes[i] += 2.0 * slot.weight  # type: ignore[assignment]
        for display, gain in context.displays.items():
            for i in self.frames.by_display.get(display, ()):
                if i in votes:
                    votes[i] += 4 * gain  # type: ignore[assignment]
        return [i for i, _ in votes.most_common(_MOST)]

    def _tried(self, frame: Frame, slots: Sequence[Slot], context: Context) -> Tried:
        hits: list[Told | None] = []
        there: list[list[Told]] = []
        gained = whole = 0.0
        for slot in slots:
            told = self.told(frame, slot)
            there.append(told)
            hit = None
            for t in told:
                if equal(t, slot.value, slot.decimals, slot.relation):
                    hit = t
                    break
            weight = slot.weight if slot.arms is not None else 0.7 * slot.weight
            whole += weight
            hits.append(hit)
            if hit is not None:
                gained += weight
            elif slot.stats == SIZES and self.size(frame, slot):
                gained += weight * 0.5
        lexical = self.frames.lexical(frame, context.strong, context.weak)
        for word in _KINDS:
            has = any(word in x for x in frame.labels) or word in frame.about
            if has != (word in context.strong) and not context.table:
                lexical *= 0.75 if not has else 1.0 if word in context.weak else 0.9
        score = 1.1 * gained / max(0.1, whole) + 1.2 * lexical + context.displays.get(frame.number, 0.0)
        score += 0.08 if frame.printed else 0.0
        if frame.time:
            score += 0.2 if frame.time <= context.windows else -0.3 if context.windows else -0.02
        elif context.windows:
            score -= 0.03
        if context.sets:
            score += 0.1 if context.sets & frame.about else -0.05
        if not (frame.about.isdisjoint(context.strong) and frame.about.isdisjoint(context.weak)):
            score += 0.04
        return Tried(frame, lexical, score, hits, there)

    def told(self, frame: Frame, slot: Slot) -> list[Told]:
        """The facts of a frame that a slot may state."""
        found: list[Told] = []
        for statistic, here in frame.told.items():
            if statistic in slot.stats and not (slot.decimals and statistic in COUNTS):
                found += here if slot.arms is None else [t for t in here if self._of_arm(t.arm, slot, statistic)]
        if slot.arms is not None and len(slot.arms) > 1 and not slot.between:
            found += pooled(frame, slot.arms, slot.stats)
        if slot.arms is None:
            found.sort(key=lambda t: bool(t.arm))
        return found

    def _of_arm(self, arm: str, slot: Slot, statistic: str) -> bool:
        arms = slot.arms or ()
        if arm in arms:
            return True
        if statistic == "p":
            return not slot.between or not arm or any(a in arm for a in arms)
        return slot.between and all(a in arm for a in arms)

    @staticmethod
    def size(frame: Frame, slot: Slot) -> bool:
        """The number is the N of one of the frame's arms."""
        arms = slot.arms if slot.arms is not None else tuple(frame.sizes)
        return any(frame.sizes.get(a) == slot.value for a in arms)
