"""What is wrong with the numbers of one pair, each root cause once, under the number of the check that reports it.

Imports this package and the core only. Checks share one diagnosis: they take from it what is theirs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from docpipe.checks.reading import changes, measures, relations
from docpipe.checks.reading.digits import rewritten
from docpipe.checks.reading.issue import Issue, quote
from docpipe.checks.reading.lexer import read
from docpipe.checks.reading.matching import Matched, match
from docpipe.checks.reading.shadow import shadow
from docpipe.checks.reading.tokens import Form, Lexed, Number
from docpipe.model.check import Pair
from docpipe.model.document import BlockKind

_KEY = "_docpipe_number_issues"
_NUMERIC_CELL = re.compile(
    r"[\d\s.,%‰±()\[\]/<>≤≥=+\-−–—~;:'’·×*⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*\d[\d\s.,%‰±()\[\]/<>≤≥=+\-−–—~;:'’·×*⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*"
)

SOUND: set[bytes] = set()
"""Digests of pairs in which nothing was wrong: an answer is judged when it comes and again with its document, and rows recur."""
_MOST = 250_000
"""Some 25 MB."""


def issues(pair: Pair) -> tuple[Issue, ...]:
    """The issues of a pair, for all checks. The diagnosis is made once and kept with the pair."""
    # The pair's own __dict__ (where its cached properties live too) keeps the diagnosis: hashing a pair for every one of
    # twenty checks would cost more than the diagnosis.
    found: tuple[Issue, ...] | None = pair.__dict__.get(_KEY)
    if found is None:
        found = pair.__dict__[_KEY] = tuple(diagnose(pair))
    return found


class _Cell(NamedTuple):
    value: Decimal | str
    decimals: int
    sign: int
    plus_minus: bool
    comparator: tuple[int, bool] | None
    unit: str


def diagnose(pair: Pair) -> list[Issue]:
    """Everything wrong with the numbers, units and dates of a pair. Silent where the target is blank: that is A3."""
    source_text, target_text = shadow(pair.source), shadow(pair.target)
    if not target_text or target_text.isspace():
        return []
    cell = pair.kind is BlockKind.CELL
    languages = f"{pair.source_language} {pair.target_language} {cell} {len(source_text)}"
    key = blake2b(f"{languages} {source_text}{target_text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if key in SOUND:
        return []
    found = _diagnosed(read(source_text, pair.source_language), read(target_text, pair.target_language), cell=cell)
    if not found:
        if len(SOUND) >= _MOST:
            SOUND.clear()
        SOUND.add(key)
    return found


def _diagnosed(source: Lexed, target: Lexed, *, cell: bool) -> list[Issue]:
    if source.mute and target.mute:
        return []
    if cell and _NUMERIC_CELL.fullmatch(source.shadow) and not source.events:
        return _cell(source, target)
    matched = match(source, target)
    return [*measures.of_pairs(matched), *changes.of_leftovers(matched), *relations.of_tuples(matched)]


def _cell_number(number: Number) -> _Cell:
    head = number.readings[0]
    comparator = number.comparator
    return _Cell(
        head.value, head.decimals, number.sign if number.sign < 0 else 0, number.plus_minus,
        (comparator.direction, comparator.inclusive) if comparator else None, number.unit.top if number.unit else "",
    )  # fmt: skip


def _written(lexed: Lexed) -> list[Number]:
    return [n for n in lexed.numbers if n.form in (Form.DIGITS, Form.MARK)]


def _cell(source: Lexed, target: Lexed) -> list[Issue]:
    """A cell of numbers alone: value, precision, signs and order must be the same; only the locale's writing may differ."""
    left, right = _written(source), _written(target)
    native = all(t.readings[0].native or not s.readings[0].native for s, t in zip(left, right, strict=False))
    if native and [_cell_number(n) for n in left] == [_cell_number(n) for n in right]:
        return []
    suggestion = _rewritten(source, left, target.language)
    whole = (0, len(source.shadow)), (0, len(target.shadow))
    if len(left) == len(right) and all(
        any(r.value == s.readings[0].value and r.decimals == s.readings[0].decimals for r in t.readings)
        and _cell_number(s)[2:] == _cell_number(t)[2:]
        for s, t in zip(left, right, strict=True)
    ):
        return [Issue("B4", "The cell's decimal or thousands sign is not the target locale's.", *whole, suggestion)]
    message = f"The cell of numbers {quote(source.shadow.strip())} reads {quote(target.shadow.strip())} in the target."
    return [Issue("B20", message, *whole, suggestion)]


def _rewritten(source: Lexed, numbers: list[Number], language: str) -> str:
    out, at = [], 0
    for number in numbers:
        written = rewritten(number, language) or number.text
        out += [source.shadow[at : number.start], written]
        at = number.end
    return "".join([*out, source.shadow[at:]])


__all__ = ["Issue", "Matched", "diagnose", "issues"]
