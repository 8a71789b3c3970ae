"""Whether a number is that of the row which fits best, or differs from it. Imports the core and its room.

A number is contradicted only where its neighbours or the words around it name one row, and no other row with these words has the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.model.fact import Fact
from docpipe.writing.report.binding.candidates import SIZES, Candidates, Context, Tried, support_of, totals_of
from docpipe.writing.report.binding.frames import COUNTED, Frame, Told, equal
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.words import stem, stems

SURE = 0.8
"""Words of a label that must be there before a number is held against it."""
_ENOUGH = 0.45
"""Words of a label that must be there before a single number is believed."""
_WHOLE = 0.95
"""Words of a label from which on small neighbours are enough."""
_TELLING = 5.5
"""Weight of a label's words from which on a single number beside them is meant by it."""
_MIDDLES = frozenset(("mean", "median"))
_REST = frozenset(stem(w) for w in ("other", "others", "further", "additional", "remaining"))
_PARTS = frozenset(
    stem(w) for w in ("serious", "fatal", "discontinuations", "related", "severe", "interest", "leading")
)
"""Words of a caption that take a part of the events."""
_SHARED = frozenset(("n", "pct", "events"))
_RECORDS = frozenset(("records",))


@dataclass(slots=True)
class Outcome:
    """What became of a slot. ``status``: bound, contradicted or open; ``facts``: its fact, or the facts that it differs from."""

    slot: Slot
    status: str
    facts: tuple[Fact, ...] = ()
    check: str = ""
    sure: float = 0.0


class Decider(Candidates):
    """Decides on one number of a series after the other."""

    def taken(
        self,
        i: int,
        slots: Sequence[Slot],
        tried: Sequence[Tried],
        best: Tried,
        weights: Sequence[float],
        context: Context,
    ) -> Fact | None:
        """The fact that a slot is bound to; a row that explains less of the series than the best one needs more words for it."""
        support = support_of(best, i, weights)
        sized = slots[i].stats == SIZES
        for t in tried[:60]:
            hit = t.hits[i]
            others = support if t is best else support_of(t, i, weights)
            if hit is None:
                if sized and t.score >= best.score - 0.3 and self.size(t.frame, slots[i]):
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
                and totals_of(t, i, weights) >= 0.55
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

    def against(
        self, i: int, slots: Sequence[Slot], tried: Sequence[Tried], weights: Sequence[float], context: Context
    ) -> Outcome | None:
        """What a number differs from, where a row is named for sure that has another one."""
        slot = slots[i]
        for t in tried[:5]:
            if tried[0].hits[i] is not None and tried[0].lexical >= max(0.3, 0.5 * t.lexical):
                return None
            told = t.there[i]
            if slot.arms is None and any(not x.arm for x in told):
                told = [x for x in told if not x.arm]
            if slot.stats == SIZES and slot.arms is not None and not told:
                told = self._sized(t.frame, slot)
            facts = tuple(x.fact for x in told)
            if context.table and slot.stats & _SHARED and self._of_part(t.frame, context):
                continue
            if not facts or any(equal(x, slot.value, slot.decimals, slot.relation) for x in told):
                continue
            crossed = self._crossed(t, slots)
            support = support_of(t, i, weights) + 0.7 * sum(weights[j] for j in crossed if j != i)
            missed = sum(
                w for j, w in enumerate(weights) if j != i and t.hits[j] is None and t.there[j] and j not in crossed
            )
            enough = (
                0.34
                if t.lexical >= _WHOLE and not context.table and self._telling(t.frame)
                else 0.75
                if t.lexical >= 0.6
                else 0.9
            )
            neighbours = support >= enough and support >= 1.5 * missed and t.lexical >= 0.3
            many = support >= 2.5 and support >= 2 * missed
            alone = (
                not support
                and not missed
                and t.lexical >= SURE
                and slot.arms not in (None, ("",))
                and not context.table
                and self._telling(t.frame)
            )
            alone = alone or self._one_statement(i, slots, t, context)
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
            alone = alone or (slot.stats == _RECORDS and len(facts) == 1 and t.lexical >= SURE and t is tried[0])
            neighbours = neighbours or (slot.stats == SIZES and support >= 0.35 and not missed and t.lexical >= _ENOUGH)
            if not (neighbours or many or alone):
                continue
            if slot.arms is None and len({f.arm for f in facts}) > 1 and not neighbours:
                continue
            return Outcome(slot, "contradicted", facts, self._check(t, slot, i), support + t.lexical)
        return None

    @staticmethod
    def other_middle(i: int, slots: Sequence[Slot], best: Tried, weights: Sequence[float]) -> Outcome | None:
        """A mean that is called a median or the other way round, in a row that has most of the other numbers."""
        slot = slots[i]
        wanted = _MIDDLES & slot.stats
        if len(wanted) != 1 or slot.arms is None or support_of(best, i, weights) < 0.9:
            return None
        for other in _MIDDLES - wanted:
            for told in best.frame.told.get(other, ()):
                if told.arm in slot.arms and equal(told, slot.value, slot.decimals, slot.relation):
                    return Outcome(slot, "contradicted", (told.fact,), "N2.value-differs", 1.5)
        return None

    def _crossed(self, t: Tried, slots: Sequence[Slot]) -> frozenset[int]:
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

    @staticmethod
    def _of_part(frame: Frame, context: Context) -> bool:
        """A table on a part of the events (those that were serious, or led to a discontinuation) beside a row of all of them."""
        return not (_PARTS & context.weak) <= frame.about.union(*frame.labels)

    def _one_statement(self, i: int, slots: Sequence[Slot], t: Tried, context: Context) -> bool:
        """A count with its percentage of one arm, beside words of one row and of no other: they differ together."""
        slot = slots[i]
        if len(slots) != 2 or context.table or slot.arms in (None, ("",)) or any(s.arms != slot.arms for s in slots):
            return False
        if not ("n" in slots[0].stats and "pct" in slots[1].stats) or any(t.hits) or not self._telling(t.frame):
            return False
        label = next((x for x in t.frame.labels if x <= context.strong), frozenset())
        arms = stems(" ".join(self.arms))
        return bool(label) and not (context.strong & self.frames.weight.keys()) - label - arms - t.frame.about

    def _named(self, frame: Frame, context: Context, tried: Sequence[Tried]) -> bool:
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

    def _check(self, t: Tried, slot: Slot, i: int) -> str:
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
        if slot.stats == SIZES:
            return "P1.set-size"
        if "pct" in slot.stats and any(h is not None and h.fact.statistic in ("n", "events") for h in t.hits):
            return "N4.count-and-percentage"
        return "N2.value-differs"
