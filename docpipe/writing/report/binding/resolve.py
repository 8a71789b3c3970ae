"""Which frame a series of numbers states, and what of it differs. Imports the core and its room.

A number is contradicted only where its neighbours or the words around it name one row, and no other row with these words has the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from docpipe.model.fact import Fact
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.frames import COUNTED, Frame, Frames, Told, equal
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.words import stem

_MOST = 100
_POSTINGS = 1500
_ENOUGH = 0.45
"""Words of a label that must be there before a single number is believed."""
_SURE = 0.8
_TELLING = 5.5
"""Weight of a label's words from which on a single number beside them is meant by it."""
_MIDDLES = frozenset(("mean", "median"))
_REST = frozenset(stem(w) for w in ("other", "others", "further", "additional", "remaining"))
_COMPARED = frozenset(("estimate", "se", "lower", "upper", "p", "lsmean"))


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


@dataclass(slots=True)
class Outcome:
    """What became of a slot. ``status``: bound, contradicted or open; ``facts``: its fact, or the facts that it differs from."""

    slot: Slot
    status: str
    facts: tuple[Fact, ...] = ()
    check: str = ""
    sure: float = 0.0


@dataclass(slots=True)
class _Tried:
    frame: Frame
    lexical: float
    score: float
    hits: list[Told | None]
    there: list[list[Told]]


_SIZES = frozenset(("N", "denominator"))
_RECORDS = frozenset(("records",))


def _support(t: _Tried, i: int, weights: Sequence[float]) -> float:
    """How much of the other numbers of a series a frame explains."""
    return sum(w for j, w in enumerate(weights) if j != i and t.hits[j] is not None)


def _totals(t: _Tried, i: int, weights: Sequence[float]) -> float:
    """How much of the other numbers are those of all arms together."""
    return sum(w for j, w in enumerate(weights) if j != i and (h := t.hits[j]) is not None and not h.arm)


class Resolver:
    """Looks frames up for series of numbers."""

    def __init__(self, frames: Frames, arms: Sequence[str]) -> None:
        self.frames, self.arms = frames, tuple(arms)

    def resolve(self, slots: Sequence[Slot], context: Context) -> list[Outcome]:
        """An outcome a slot."""
        tried = [self._tried(self.frames.all[i], slots, context) for i in self._candidates(slots, context)]
        tried = [t for t in tried if any(t.there)]
        tried.sort(key=lambda t: -t.score)
        if not tried:
            return [Outcome(s, "open") for s in slots]
        best = tried[0]
        weights = [s.weight for s in slots]
        found: list[Outcome] = []
        for i, slot in enumerate(slots):
            taken = self._taken(i, slots, tried, best, weights, context)
            if taken is not None:
                named = slot.arms is not None or not taken.arm or len(self.arms) < 2
                size = taken.statistic not in slot.stats
                found.append(Outcome(slot, "bound", (taken,), "" if named and not size else "loose"))
                continue
            against = self._against(i, slots, tried, weights, context) or self._other_middle(i, slots, best, weights)
            found.append(
                against if against is not None else Outcome(slot, "open", tuple(t.fact for t in best.there[i][:1]))
            )
        return self._beside(found, tried, slots, context)

    def _beside(
        self, found: list[Outcome], tried: Sequence[_Tried], slots: Sequence[Slot], context: Context
    ) -> list[Outcome]:
        """A row that the words name and that has hardly one of the values, where the row beside it in the table has all of them."""
        best = tried[0]
        open_ = [i for i, o in enumerate(found) if o.status == "open" and best.there[i] and best.hits[i] is None]
        if len(slots) < 4 or len(open_) < 0.6 * len(slots) or best.lexical < _SURE or context.table:
            return found
        for t in tried[1:20]:
            frame, own = t.frame, best.frame
            beside = (frame.display, frame.row[:-1], frame.population, frame.window) == (
                own.display, own.row[:-1], own.population, own.window,
            )  # fmt: skip
            if beside and all(t.hits) and t.lexical < 0.3:
                for i in open_:
                    facts = tuple(x.fact for x in best.there[i][:1])
                    found[i] = Outcome(slots[i], "contradicted", facts, "N2.value-differs", 2.0)
                break
        return found

    def compared(self, outcomes: Sequence[Outcome]) -> None:
        """Numbers of a comparison in one cell (estimate, error, limits, p) stand in rows of their own of one table: those that no row of it has differ."""
        bound = [o.facts[0] for o in outcomes if o.status == "bound" and o.slot.weight >= 0.8]
        for outcome in outcomes:
            if outcome.status == "bound" or not outcome.slot.stats & _COMPARED:
                continue
            mates = [f for f in bound if f.statistic in _COMPARED or f.statistic == "mean"]
            if not mates:
                continue
            display = number_of_display(mates[0].display)
            wanted = replace(outcome.slot, stats=outcome.slot.stats & _COMPARED)
            found = [t for i in self.frames.by_display.get(display, ()) for t in self.told(self.frames.all[i], wanted)]
            if not found or any(
                equal(t, outcome.slot.value, outcome.slot.decimals, outcome.slot.relation) for t in found
            ):
                continue
            near = [t for t in found if any(t.fact.row[:-1] == m.row[:-1] and t.arm == m.arm for m in mates)] or found
            outcome.status, outcome.facts, outcome.check = (
                "contradicted",
                tuple(t.fact for t in near),
                "N2.value-differs",
            )
            outcome.sure = 1.5

    # ------------------------------------------------------------ candidates

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

    def _tried(self, frame: Frame, slots: Sequence[Slot], context: Context) -> _Tried:
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
            elif slot.stats == _SIZES and self._size(frame, slot):
                gained += weight * 0.5
        lexical = self.frames.lexical(frame, context.strong, context.weak)
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
        return _Tried(frame, lexical, score, hits, there)

    def told(self, frame: Frame, slot: Slot) -> list[Told]:
        """The facts of a frame that a slot may state."""
        found: list[Told] = []
        for statistic, here in frame.told.items():
            if statistic in slot.stats:
                found += here if slot.arms is None else [t for t in here if self._of_arm(t.arm, slot, statistic)]
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
    def _size(frame: Frame, slot: Slot) -> bool:
        arms = slot.arms if slot.arms is not None else tuple(frame.sizes)
        return any(frame.sizes.get(a) == slot.value for a in arms)

    # ------------------------------------------------------------ decisions

    def _taken(
        self,
        i: int,
        slots: Sequence[Slot],
        tried: Sequence[_Tried],
        best: _Tried,
        weights: Sequence[float],
        context: Context,
    ) -> Fact | None:
        """The fact that a slot is bound to; a row that explains less of the series than the best one needs more words for it."""
        support = _support(best, i, weights)
        sized = slots[i].stats == _SIZES
        for t in tried[:60]:
            hit = t.hits[i]
            others = support if t is best else _support(t, i, weights)
            if hit is None:
                if sized and t.score >= best.score - 0.3 and self._size(t.frame, slots[i]):
                    return t.frame.first
                continue
            weaker = t is not best and best.there[i] and support >= 0.55 and others < 0.7 * support
            if weaker and t.lexical < best.lexical + 0.2:
                continue
            if context.table and t is not best and best.there[i] and support >= 0.3 and t.lexical < best.lexical - 0.1:
                continue
            if (
                slots[i].arms is None
                and hit.arm
                and any(not x.arm for x in t.there[i])
                and _totals(t, i, weights) >= 0.55
            ):
                continue
            if (
                t.lexical >= _ENOUGH
                or (others >= 0.9 and t.lexical >= 0.15)
                or (context.displays.get(t.frame.number, 0) >= 0.3 and t.lexical >= 0.25)
            ):
                return hit.fact
            other = not context.table and any(x.lexical >= 0.8 and x.there[i] for x in tried[:8])
            if others >= 2.0 and (t.lexical >= 0.1 or not other):
                return hit.fact
        return None

    def _against(
        self, i: int, slots: Sequence[Slot], tried: Sequence[_Tried], weights: Sequence[float], context: Context
    ) -> Outcome | None:
        slot = slots[i]
        for t in tried[:5]:
            if tried[0].hits[i] is not None and tried[0].lexical >= max(0.3, 0.5 * t.lexical):
                return None
            told = t.there[i]
            if slot.arms is None and any(not x.arm for x in told):
                told = [x for x in told if not x.arm]
            if slot.stats == _SIZES and slot.arms is not None and not told:
                told = self._sized(t.frame, slot)
            facts = tuple(x.fact for x in told)
            if not facts or any(equal(x, slot.value, slot.decimals, slot.relation) for x in told):
                continue
            crossed = self._crossed(t, slots)
            support = _support(t, i, weights) + 0.7 * sum(weights[j] for j in crossed if j != i)
            missed = sum(
                w for j, w in enumerate(weights) if j != i and t.hits[j] is None and t.there[j] and j not in crossed
            )
            neighbours = support >= (0.75 if t.lexical >= 0.6 else 0.9) and support >= 1.5 * missed and t.lexical >= 0.3
            many = support >= 2.5 and support >= 2 * missed
            alone = (
                not support
                and not missed
                and t.lexical >= _SURE
                and slot.arms not in (None, ("",))
                and not context.table
                and self._telling(t.frame)
            )
            alone = alone or (
                len(slots) == 1
                and slot.arms in (None, ("",))
                and len(facts) == 1
                and facts[0].statistic != "events"
                and self._named(t.frame, context, tried)
            )
            alone = alone or (
                context.table
                and len(slots) == 1
                and t is tried[0]
                and t.lexical >= 0.9
                and context.displays.get(t.frame.number, 0) >= 0.2
            )
            cited = context.displays.get(t.frame.number, 0) >= 0.3 and t is tried[0] and t.lexical >= 0.95
            alone = alone or (
                cited and not context.table and len(slots) < 3 and not support and all(not f.arm for f in facts)
            )
            alone = alone or (slot.stats == _RECORDS and len(facts) == 1 and t.lexical >= _SURE and t is tried[0])
            neighbours = neighbours or (
                slot.stats == _SIZES and support >= 0.35 and not missed and t.lexical >= _ENOUGH
            )
            if not (neighbours or many or alone):
                continue
            if slot.arms is None and len({f.arm for f in facts}) > 1 and not neighbours:
                continue
            return Outcome(slot, "contradicted", facts, self._check(t, slot, i), support + t.lexical)
        return None

    @staticmethod
    def _other_middle(i: int, slots: Sequence[Slot], best: _Tried, weights: Sequence[float]) -> Outcome | None:
        """A mean that is called a median or the other way round, in a row that has most of the other numbers."""
        slot = slots[i]
        wanted = _MIDDLES & slot.stats
        if len(wanted) != 1 or slot.arms is None or _support(best, i, weights) < 0.9:
            return None
        for other in _MIDDLES - wanted:
            for told in best.frame.told.get(other, ()):
                if told.arm in slot.arms and equal(told, slot.value, slot.decimals, slot.relation):
                    return Outcome(slot, "contradicted", (told.fact,), "N2.value-differs", 1.5)
        return None

    def _crossed(self, t: _Tried, slots: Sequence[Slot]) -> frozenset[int]:
        """Numbers that the frame has for another arm than the one named: what is left where two arms changed places."""
        found = set()
        for j, slot in enumerate(slots):
            if t.hits[j] is not None or slot.arms is None or slot.between or "p" in slot.stats:
                continue
            for statistic, here in t.frame.told.items():
                means = statistic in _MIDDLES and slot.stats & _MIDDLES and statistic not in slot.stats
                for x in here:
                    arm = x.arm in self.arms if statistic in slot.stats else means and x.arm in slot.arms
                    if arm and equal(x, slot.value, slot.decimals, slot.relation):
                        found.add(j)
        return frozenset(found)

    def _telling(self, frame: Frame) -> bool:
        """The words of a label tell it from most others."""
        return frame.display == COUNTED or any(
            sum(self.frames.weight.get(w, 0.0) for w in label) >= _TELLING for label in frame.labels
        )

    def _named(self, frame: Frame, context: Context, tried: Sequence[_Tried]) -> bool:
        """The words next to a number are all of the frame's label and tell it from most others; no longer label is said, and no rest."""
        said = [label for label in frame.labels if label and label <= context.tight]
        if not said or not self._telling(frame) or context.tight & _REST:
            return False
        longest = max(len(x) for x in said)
        return not any(len(x) > longest and x <= context.tight for t in tried[:20] for x in t.frame.labels)

    @staticmethod
    def _sized(frame: Frame, slot: Slot) -> list[Told]:
        """Facts of the slot's arm that know their N."""
        return [t for here in frame.told.values() for t in here if t.arm in (slot.arms or ()) and t.fact.n is not None][
            :1
        ]

    def _check(self, t: _Tried, slot: Slot, i: int) -> str:
        """The check that a difference belongs to."""
        if "p" not in slot.stats and slot.arms is not None and not slot.between:
            for statistic, here in t.frame.told.items():
                for told in here if statistic in slot.stats else ():
                    if (
                        told.arm not in slot.arms
                        and told.arm in self.arms
                        and equal(told, slot.value, slot.decimals, slot.relation)
                    ):
                        return "N14.arm-swap"
        if slot.stats == _SIZES:
            return "P1.set-size"
        if "pct" in slot.stats and any(h is not None and h.fact.statistic in ("n", "events") for h in t.hits):
            return "N4.count-and-percentage"
        return "N2.value-differs"
