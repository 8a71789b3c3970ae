"""Whether a number that differs from the row found for it is true in another reading of its sentence. Imports the core and its room.

A false contradiction is worse than a missed one: another row or statistic that the sentence names, the total, or words of the protocol let it pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.frames import COUNTS, equal
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.numbers import Cell, Slot
from docpipe.writing.report.binding.resolve import Context, Outcome
from docpipe.writing.report.binding.words import stems

_NAMED = 0.85
"""So much of a row's label has to stand in the sentence."""
_UNSURE = 0.55
"""From such a cost of a reading on the arms of its numbers are not sure."""
_LIMITS = frozenset(("lower", "upper", "se", "p"))
_ESTIMATES = frozenset(("estimate", "lsmean", "difference of mean"))
_COMMON = stems(
    "primary secondary endpoint analysis summary treatment group table results population week change baseline"
)
_N_IS = re.compile(r"\bn\s*=\s*$", re.IGNORECASE)
_BESIDE = re.compile(r"\d\s*%?\s*(?:vs\.?|versus|against|compared with)\s*$", re.IGNORECASE)
"""Two values of two rows: ``women outnumbered men (53 vs 33)``."""
_SITES = re.compile(r"\s+(?:study\s+|clinical\s+|investigational\s+)?(?:sites?|cent(?:er|re)s?)\b", re.IGNORECASE)
_SHARES = frozenset(("pct", "share"))
_AFTER = re.compile(r"[\s\u00a0-]*([^\W\d_]{3,}|%|mg|cm²|kg)")
_PEOPLE = re.compile(r"(?:patient|subject|participant|people|women|men\b|woman|man\b|person|arm|group)", re.IGNORECASE)


class Doubts(Ledger):
    """Looks for readings in which a number is true."""

    def _true_elsewhere(
        self, text: str, slot: Slot, cell: Cell, near: frozenset[str], mentions: Sequence[ArmMention], cost: float
    ) -> bool:
        """A row that the clause names has the number and all that stands with it as another statistic or total, or the protocol has it."""
        named = tuple(dict.fromkeys(m.arm for m in mentions if m.arm))
        if _N_IS.search(text, max(0, slot.start - 8), slot.start) and int(slot.value) in {
            n for known in self.card.sets.values() for n in known.values()
        }:
            return True
        if _SITES.match(text, slot.end) and int(slot.value) == len({x.site for x in self.card.subjects.values()}):
            return True
        beside = _BESIDE.search(text, max(0, slot.start - 24), slot.start) is not None
        if beside:
            near = near | stems(text[text.rfind(". ", 0, slot.start) + 1 : slot.end])
        several = len(named) > 1 and bool(slot.stats & {"N", "denominator"}) and not beside
        others = [slot.arms]
        if slot.arms is not None and not slot.between and not several:
            others += [("",), *((a,) for a in named if cost >= _UNSURE)]
        for arms in others:
            wide = [_wider(s, arms) for s in ([slot] if beside else cell.slots)]
            if any(
                t.lexical >= _NAMED and all(t.hits) for t in self.resolver.fitting(wide, Context(near, frozenset()))
            ):
                return True
        return self._in_protocol(text, slot)

    def _of_display(self, slot: Slot, outcomes: Sequence[tuple[Slot, Outcome]], words: frozenset[str]) -> bool:
        """An estimate, a limit, an error or a p value that a row of a display of the sentence has: which comparison is meant the words do not tell."""
        wanted = slot.stats & _LIMITS if "estimate" not in slot.stats else _ESTIMATES
        if not wanted or not slot.decimals:
            return False
        told = {number_of_display(f.display) for _, o in outcomes for f in o.facts[:4]}
        for frame in self.frames.all:
            for name in wanted & frame.told.keys():
                for t in frame.told[name]:
                    if equal(t, slot.value, slot.decimals, slot.relation) and (
                        frame.number in told or not _title(self.frames.titles.get(frame.number, "")).isdisjoint(words)
                    ):
                        return True
        return False

    def _in_protocol(self, text: str, slot: Slot) -> bool:
        m = _AFTER.match(text, slot.end)
        if m is None or _PEOPLE.match(m[1]) or slot.decimals:
            return False
        said = rf"(?<![\d.,]){re.escape(slot.text)}[\s\u00a0-]*{re.escape(m[1].casefold()[:5])}"
        return re.search(said, self.ready.planned) is not None


@lru_cache(maxsize=1000)
def _title(text: str) -> frozenset[str]:
    return stems(text) - _COMMON


def _wider(slot: Slot, arms: tuple[str, ...] | None) -> Slot:
    """The slot with the statistics that people do not tell apart, of other arms."""
    stats = slot.stats
    if stats & COUNTS:
        stats = stats | COUNTS | {"median"} if not slot.decimals else stats | {"mean", "median", "lsmean"}
    elif stats & _SHARES:
        stats = stats | _SHARES
    return replace(slot, stats=stats, arms=arms)
