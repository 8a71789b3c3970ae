"""Single values of a text in its translation: which are not said there, and which stand with another name than before. Imports this family and the core.

The checks of numbers look at a pair as a whole, for which legal reordering costs nothing; here it is known what each value is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from docpipe.checks.reading.lexer import read
from docpipe.checks.reading.locales import base
from docpipe.checks.reading.matching import Matched, match
from docpipe.checks.reading.shadow import shadow
from docpipe.checks.reading.tokens import Form, Lexed, Number, Reading
from docpipe.model.finding import Span
from docpipe.model.inline import CodedText

DATE = "date"
_ONES = "〇一二三四五六七八九"
_KANJI = [
    _ONES[n] if n < 10 else ("二" if n == 20 else "") + "十" + (_ONES[n - 10] if 10 < n < 20 else "") for n in range(21)
]
"""Numbers up to twenty as Japanese writes them in words."""


class Comparison:
    """A pair whose values can be asked about. Offsets are those of the texts with their codes as white space (``spaced_text``)."""

    def __init__(self, source: CodedText, target: CodedText, source_language: str, target_language: str) -> None:
        self.source: Lexed = read(shadow(source), source_language)
        self.target: Lexed = read(shadow(target), target_language)
        found = match(self.source, self.target)
        self._lost = [n.span for n in (*found.missing, *(a for a, _ in found.foreign))]
        self._lost += [(e.start, e.end) for e in found.lost_events if e.kind == DATE]
        if base(target_language) == "ja":
            self._lost += [n.span for n in self.source.numbers if n.form is Form.DIGITS and not self._written(n, found)]

    def _written(self, number: Number, found: Matched) -> bool:
        """Whether a number of the source has a counterpart in a Japanese target: the checks excuse small ones there, which may be written 八."""
        if (
            any(a is number for a, _ in (*found.pairs, *found.foreign))
            or number.event is not None
            or not number.readings
        ):
            return True
        value = number.readings[0].value
        small = isinstance(value, Decimal) and value == int(value) and 0 <= value < len(_KANJI)
        return small and _KANJI[int(value)] in self.target.shadow

    def unsaid(self, span: Span) -> bool:
        """Whether a number or date at ``span`` of the source has no counterpart in the target. Words, units and frequencies are let pass."""
        return any(span[0] <= a and b <= span[1] for a, b in self._lost)

    def changed_places(self, values: Mapping[str, Span], names: Mapping[str, str]) -> list[str]:
        """Names whose values stand with another name in the target. ``values``: place in the source by name; ``names``: each as the target has it.

        The source names them in the order of their values. Silent where a name does not stand there exactly once, or the values not as
        often as they are given; a name that is not known is left out.
        """
        places = {name: _once(self.target.low, names[name].casefold()) for name in values if names.get(name)}
        if len(places) < 2 or any(p < 0 for p in places.values()):
            return []
        for key in (_by_value, _by_writing):
            given = {name: self._key(values[name], key) for name in places}
            if None in given.values() or len(set(given.values())) < 2:
                return []
            there = [(n.start, k) for n in self.target.numbers for k in _keys(n, key) if k in given.values()]
            if Counter(k for _, k in there) == Counter(given.values()):
                in_turn = zip(sorted(given, key=lambda n: places[n]), sorted(there), strict=True)
                return [name for name, (_, k) in in_turn if given[name] != k]
        return []

    def _key(self, span: Span, key: _Key) -> str | None:
        found = [n for n in self.source.numbers if span[0] <= n.start and n.end <= span[1] and n.readings]
        return key(found[0].readings[0]) if len(found) == 1 else None


_Key = Callable[[Reading], str]


def _by_value(reading: Reading) -> str:
    return str(reading.value.normalize() if isinstance(reading.value, Decimal) else reading.value)


def _by_writing(reading: Reading) -> str:
    """With its decimals: of 0.0 and 0.00 in one sentence each is unique."""
    return f"{_by_value(reading)} {reading.decimals}"


def _keys(number: Number, key: _Key) -> set[str]:
    return {key(r) for r in number.readings if r.native}


def _once(text: str, name: str) -> int:
    """Where a name stands, -1 where it does not or more than once."""
    return text.find(name) if name and text.count(name) == 1 else -1


def in_order(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether places and the places of what belongs to them go up together."""
    return [first.index(p) for p in sorted(first)] == [second.index(p) for p in sorted(second)]
