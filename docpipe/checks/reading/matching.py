"""Finds for every number and event of a source its counterpart in the target; legal reordering costs nothing.

Imports this package only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from docpipe.checks.reading.locales import base, fully_read
from docpipe.checks.reading.references import is_reference
from docpipe.checks.reading.tokens import Event, Form, Lexed, Number, Weight


@dataclass(slots=True)
class Matched:
    """Counterparts and what is left over. ``foreign``: pairs whose target is right only if read in another locale's way."""

    source: Lexed
    target: Lexed
    pairs: list[tuple[Number, Number]] = field(default_factory=list)
    foreign: list[tuple[Number, Number]] = field(default_factory=list)
    missing: list[Number] = field(default_factory=list)
    added: list[Number] = field(default_factory=list)
    events: list[tuple[Event, Event]] = field(default_factory=list)
    lost_events: list[Event] = field(default_factory=list)
    new_events: list[Event] = field(default_factory=list)


def match(source: Lexed, target: Lexed) -> Matched:
    """All counterparts of a source and a target text."""
    found = Matched(source, target)
    left, right = _events(found)
    lonely_source, lonely_target = _numbers(found, left, right)
    lonely_source, lonely_target = _fall_apart(found, lonely_source, lonely_target)
    _softly(found, lonely_source, lonely_target)
    return found


def _date_agrees(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> bool:
    return a[1:] == b[1:] and (a[0] == b[0] or a[0] is None or b[0] is None)


def _agree(a: Event, b: Event) -> bool:
    if a.kind != b.kind:
        return False
    if a.kind == "date":
        return any(_date_agrees(x, y) for x in a.keys for y in b.keys)
    return not a.keys.isdisjoint(b.keys)


def _year_left(a: Event, b: Event) -> tuple[bool, bool]:
    """Whether one side alone names the year, which then waits as a number for its counterpart elsewhere."""
    x, y = (all(k[0] is not None for k in e.keys) for e in (a, b))
    return x and not y, y and not x


def _events(found: Matched) -> tuple[list[Number], list[Number]]:
    """Pairs the events; returns the numbers that stay for number matching."""
    free = list(found.target.events)
    keep: set[int] = set()
    done: set[int] = set()
    for event in found.source.events:
        best = [e for e in free if e == event or _agree(event, e)]
        if not best:
            found.lost_events.append(event)
            continue
        other = next((e for e in best if e.keys == event.keys), best[0])
        free.remove(other)
        found.events.append((event, other))
        done |= {id(event), id(other)}
        if event.kind == "date":
            years = _year_left(event, other)
            keep |= {id(e) for e, left in zip((event, other), years, strict=True) if left}
    found.new_events += free

    def stays(number: Number) -> bool:
        event = number.event
        if event is None or id(event) not in done:
            return True
        return id(event) in keep and _is_year(number)

    return [n for n in found.source.numbers if stays(n)], [n for n in found.target.numbers if stays(n)]


def _is_year(number: Number) -> bool:
    return len(number.text) == 4 and number.text.isdigit()


def _likeness(a: Number, b: Number) -> tuple[bool, bool, bool, bool]:
    """How well two numbers of one value fit, for choosing among several."""
    return (
        a.role == b.role,
        (a.unit.top if a.unit else "") == (b.unit.top if b.unit else ""),
        (a.comparator.direction if a.comparator else 0) == (b.comparator.direction if b.comparator else 0),
        a.sign == b.sign,
    )


_MANY = 24


def _pair_up(
    source: list[Number], target: list[Number], *, native: tuple[bool, bool]
) -> tuple[list[tuple[Number, Number]], list[Number], list[Number]]:
    """Greedy pairing by value, the best-fitting partners first. ``native``: whether source and target are read in their locale alone."""
    if not source or not target:
        return [], source, target
    by_value: dict[Decimal | str, list[Number]] = {}
    for t in target:
        for value in _values(t, native=native[1]):
            by_value.setdefault(value, []).append(t)
    place = {id(t): j for j, t in enumerate(target)}
    candidates = []
    for i, s in enumerate(source):
        for value in _values(s, native=native[0]):
            rivals = by_value.get(value, ())
            # A long row of equal numbers is paired in order: comparing each with each would take the cube of its length.
            for t in rivals if len(rivals) <= _MANY else rivals[max(0, i - _MANY) : i + _MANY]:
                candidates.append((_likeness(s, t), -abs(i - place[id(t)]), s, t))
    used_s: set[int] = set()
    used_t: set[int] = set()
    pairs = []
    if len(candidates) > 1:
        candidates.sort(key=lambda c: (sum(c[0]), c[1]), reverse=True)
    for _, _, s, t in candidates:
        if id(s) not in used_s and id(t) not in used_t:
            used_s.add(id(s))
            used_t.add(id(t))
            pairs.append((s, t))
    return pairs, [s for s in source if id(s) not in used_s], [t for t in target if id(t) not in used_t]


def _values(number: Number, *, native: bool) -> list[Decimal | str]:
    return [r.value for r in number.readings if r.native or not native]


def _numbers(found: Matched, left: list[Number], right: list[Number]) -> tuple[list[Number], list[Number]]:
    written_s, written_t = [n for n in left if n.form is Form.DIGITS], [n for n in right if n.form is Form.DIGITS]
    rest_s, rest_t = [n for n in left if n.form is not Form.DIGITS], [n for n in right if n.form is not Form.DIGITS]
    pairs, written_s, written_t = _pair_up(written_s, written_t, native=(True, True))
    found.pairs += pairs
    if written_s and written_t:
        loose = [n for n in written_s if not n.readings[0].native or is_reference(found.source, n)]
        pairs, _, written_t = _pair_up(loose, written_t, native=(False, False))
        found.pairs += pairs
        written_s = _without(written_s, pairs, 0)
        pairs, written_s, written_t = _pair_up(written_s, written_t, native=(True, False))
        for s, t in pairs:
            (found.pairs if is_reference(found.source, s) or is_reference(found.target, t) else found.foreign).append(
                (s, t)
            )
        pairs, written_s, written_t = _pair_up(written_s, written_t, native=(False, True))
        found.pairs += pairs
    return written_s + rest_s, written_t + rest_t


def _without(numbers: list[Number], pairs: list[tuple[Number, Number]], side: int) -> list[Number]:
    gone = {id(p[side]) for p in pairs}
    return [n for n in numbers if id(n) not in gone]


def _fall_apart(found: Matched, left: list[Number], right: list[Number]) -> tuple[list[Number], list[Number]]:
    """Lists without spaces and digits grouped by spaces fall into pieces where the whole has no counterpart."""
    loud_s, loud_t = [n for n in left if n.weight], [n for n in right if n.weight]
    if not (any(n.parts for n in loud_s) or any(n.parts for n in loud_t)):
        return left, right
    split_s, split_t = _split(left), _split(right)
    digits_s, digits_t = [n for n in split_s if n.form is Form.DIGITS], [n for n in split_t if n.form is Form.DIGITS]
    for options_s, options_t in (
        (digits_s, digits_t),
        ([n for n in left if n.form is Form.DIGITS], digits_t),
        (digits_s, [n for n in right if n.form is Form.DIGITS]),
    ):
        pairs, rest_s, rest_t = _pair_up(options_s, options_t, native=(True, True))
        if pairs and not rest_s and not rest_t:
            found.pairs += pairs
            return [n for n in left if n.form is not Form.DIGITS], [n for n in right if n.form is not Form.DIGITS]
    return left, right


def _split(numbers: list[Number]) -> list[Number]:
    return [piece for n in numbers for piece in (n.parts or (n,))]


_ONES = {
    "en": re.compile(r"\b(?:one|an?|single|once|first|sole|only|each|every|per|another|any|i)\b"),
    "zh": re.compile(r"[一首单每壹Ⅰ]|I"),
    "de": re.compile(r"\b(?:ein\w*|erst\w*|pro|je\w*|i)\b"),
    "es": re.compile(r"\b(?:una?|uno|únic\w+|sol[ao]|primer\w*|cada|por|al|i)\b"),
    "fr": re.compile(r"\b(?:une?|premi\w+|par|chaque)\b"),
}


def _one_in(lexed: Lexed) -> bool:
    pattern = _ONES.get(base(lexed.language))
    return pattern is None or bool(pattern.search(lexed.low)) or "I" in lexed.shadow


def _softly(found: Matched, left: list[Number], right: list[Number]) -> None:
    """Loud numbers look for words, numerals, names and idioms on the other side; then words for words."""
    loud_s = [n for n in left if n.weight]
    loud_t = [n for n in right if n.weight]
    if not loud_s and not loud_t:
        return
    quiet_s, quiet_t = [n for n in left if not n.weight], [n for n in right if not n.weight]
    names = [n for n in quiet_s if n.form in (Form.NAME, Form.MARK)]
    twins, _, _ = _pair_up(names, [n for n in quiet_t if n.form in (Form.NAME, Form.MARK)], native=(False, False))
    quiet_s, quiet_t = _without(quiet_s, twins, 0), _without(quiet_t, twins, 1)
    for strict in (True, False):
        a, b = ([n for n in loud_s if not strict or n.form is Form.DIGITS], loud_t)
        pairs, _, _ = _pair_up(a, b, native=(False, False))
        found.pairs += pairs
        loud_s, loud_t = _without(loud_s, pairs, 0), _without(loud_t, pairs, 1)
    pairs, loud_s, quiet_t = _pair_up(loud_s, quiet_t, native=(True, False))
    found.pairs += pairs
    pairs, quiet_s, loud_t = _pair_up(quiet_s, loud_t, native=(False, True))
    found.pairs += pairs
    found.missing = [n for n in loud_s if not _excused(n, found.source, found.target)]
    found.added = [n for n in loud_t if not _excused(n, found.target, found.source)]
    if not found.added:
        found.missing = [n for n in found.missing if n.weight is Weight.FIRM]
    if not found.missing:
        found.added = [n for n in found.added if n.weight is Weight.FIRM]


_SPELLED_OUT_UP_TO = 20
_LATIN_BEFORE = re.compile(r"[a-z]{3,}[ -]$")


def _year_in(lexed: Lexed, year: str) -> bool:
    return any(n.text == year and n.event is not None for n in lexed.numbers)


def _named_alike(number: Number, own: Lexed, other: Lexed) -> bool:
    """Whether the word before and the number stand so in the other text too: an original name repeated in brackets."""
    m = _LATIN_BEFORE.search(own.low[max(0, number.start - 24) : number.start])
    return m is not None and base(own.language) == "zh" and m.group() + number.text in other.low


def _excused(number: Number, own: Lexed, other: Lexed) -> bool:
    """Whether a number without counterpart is fine: one as an article, words in a language that is not read here."""
    if not number.readings or (number.readings[0].value == 1 and number.unit is None and _one_in(other)):
        return True
    if number.event is not None and (
        number.event.kind == "decade" or (_is_year(number) and _year_in(other, number.text))
    ):
        return True
    if own.low[: number.start].rstrip().endswith("含") and any(
        n is not number and n.readings == number.readings for n in own.numbers
    ):
        return True
    if _named_alike(number, own, other):
        return True
    if number.form is not Form.DIGITS and not (fully_read(own.language) and fully_read(other.language)):
        return True
    if not fully_read(other.language):
        value = number.readings[0].value
        return (isinstance(value, Decimal) and value <= _SPELLED_OUT_UP_TO and number.unit is None) or number.scaled
    return False
