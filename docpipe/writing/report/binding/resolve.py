"""Which rows the series of a report state, one series after the other. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.candidates import Context, Tried
from docpipe.writing.report.binding.decide import SURE, Decider, Outcome
from docpipe.writing.report.binding.frames import Frames, equal
from docpipe.writing.report.binding.numbers import Slot

_KEPT = 20_000
"""So many series are kept with what was found for them."""
_COMPARED = frozenset(("estimate", "se", "lower", "upper", "p", "lsmean"))


class Resolver(Decider):
    """Looks frames up for series of numbers."""

    def __init__(self, frames: Frames, arms: Sequence[str]) -> None:
        super().__init__(frames, arms)
        self._kept: dict[tuple[object, ...], list[Outcome]] = {}

    def resolve(self, slots: Sequence[Slot], context: Context) -> list[Outcome]:
        """An outcome a slot. Series that stand in a report or in its next version again are looked up once."""
        key = (*(s.key for s in slots), context.key)
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[key] = self._resolved(slots, context)
        return [replace(o, slot=s) for o, s in zip(known, slots, strict=True)]

    def _resolved(self, slots: Sequence[Slot], context: Context) -> list[Outcome]:
        tried = self.fitting(slots, context)
        if not tried:
            return [Outcome(s, "open") for s in slots]
        best = tried[0]
        weights = [s.weight for s in slots]
        found: list[Outcome] = []
        for i, slot in enumerate(slots):
            taken = self.taken(i, slots, tried, best, weights, context)
            if taken is not None:
                named = slot.arms is not None or not taken.arm or len(self.arms) < 2
                size = taken.statistic not in slot.stats
                found.append(Outcome(slot, "bound", (taken,), "" if named and not size else "loose"))
                continue
            against = self.against(i, slots, tried, weights, context) or self.other_middle(i, slots, best, weights)
            found.append(
                against if against is not None else Outcome(slot, "open", tuple(t.fact for t in best.there[i][:1]))
            )
        return self._beside(found, tried, slots, context)

    def _beside(
        self, found: list[Outcome], tried: Sequence[Tried], slots: Sequence[Slot], context: Context
    ) -> list[Outcome]:
        """A row that the words name and that has hardly one of the values, where the row beside it in the table has all of them."""
        best = tried[0]
        open_ = [i for i, o in enumerate(found) if o.status == "open" and best.there[i] and best.hits[i] is None]
        if len(slots) < 4 or len(open_) < 0.6 * len(slots) or best.lexical < SURE or context.table:
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
            slot = outcome.slot
            same = [t for t in found if equal(t, slot.value, slot.decimals, slot.relation)]
            if same and outcome.status == "open":
                outcome.status, outcome.facts = "bound", (same[0].fact,)
            if not found or same:
                continue
            near = [t for t in found if any(t.fact.row[:-1] == m.row[:-1] and t.arm == m.arm for m in mates)] or found
            outcome.status, outcome.facts, outcome.check = (
                "contradicted",
                tuple(t.fact for t in near),
                "N2.value-differs",
            )
            outcome.sure = 1.5


__all__ = ["Context", "Outcome", "Resolver"]
