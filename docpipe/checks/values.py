"""Single values of a text in its translation: which are not said there, and which stand with another name than before. Imports this family and the core.

The checks of numbers look at a pair as a whole, for which legal reordering costs nothing; here it is known what each value is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from docpipe.checks.reading.lexer import read
from docpipe.checks.reading.matching import match
from docpipe.checks.reading.shadow import shadow
from docpipe.checks.reading.tokens import Lexed
from docpipe.model.finding import Span
from docpipe.model.inline import CodedText

DATE = "date"


class Comparison:
    """A pair whose values can be asked about. Offsets are those of the texts with their codes as white space (``spaced_text``)."""

    def __init__(self, source: CodedText, target: CodedText, source_language: str, target_language: str) -> None:
        self.source: Lexed = read(shadow(source), source_language)
        self.target: Lexed = read(shadow(target), target_language)
        found = match(self.source, self.target)
        self._lost = [n.span for n in (*found.missing, *(a for a, _ in found.foreign))]
        self._lost += [(e.start, e.end) for e in found.lost_events if e.kind == DATE]

    def unsaid(self, span: Span) -> bool:
        """Whether a number or date at ``span`` of the source has no counterpart in the target. Words, units and frequencies are let pass."""
        return any(span[0] <= a and b <= span[1] for a, b in self._lost)

    def changed_places(self, values: Mapping[str, Span], names: Mapping[str, str]) -> list[str]:
        """Names whose values stand with another name in the target. ``values``: place in the source by name; ``names``: each as the target has it.

        Silent where a name or value stands there not exactly once, or the source itself does not keep their order.
        """
        given = {name: self._value(span) for name, span in values.items()}
        if len(values) < 2 or None in given.values() or len(set(given.values())) < len(given):
            return []
        numbers = {name: self._places(value) for name, value in given.items() if value is not None}
        places = {name: _once(self.target.low, names.get(name, "").casefold()) for name in values}
        if any(len(p) != 1 for p in numbers.values()) or any(p < 0 for p in places.values()):
            return []
        by_name = sorted(values, key=lambda n: places[n])
        by_value = sorted(values, key=lambda n: numbers[n][0])
        return [a for a, b in zip(by_name, by_value, strict=True) if a != b]

    def _value(self, span: Span) -> Decimal | str | None:
        found = [n for n in self.source.numbers if span[0] <= n.start and n.end <= span[1] and n.readings]
        return found[0].readings[0].value if len(found) == 1 else None

    def _places(self, value: Decimal | str) -> list[int]:
        return [n.start for n in self.target.numbers if any(r.native and r.value == value for r in n.readings)]


def _once(text: str, name: str) -> int:
    """Where a name stands, -1 where it does not or more than once."""
    return text.find(name) if name and text.count(name) == 1 else -1


def in_order(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether places and the places of what belongs to them go up together."""
    return [first.index(p) for p in sorted(first)] == [second.index(p) for p in sorted(second)]
