"""Which paragraph, table or row of an old text became which of a new one: anchors first, likeness between them. Imports the core only.

Order is kept: what changed its place is gone at one and new at the other, as in a word processor's own comparison.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from docpipe.model.diff import diff_tokens

T = TypeVar("T")
_ALIKE = 0.45
_SENTENCE, _INSIDE = 6, 0.7
"""A text of so many words whose words nearly all stand in the other one is the same text, added to or cut."""
_MOST = 60_000
"""Pairs of a stretch without anchors that are compared word by word; above, only equal texts are paired."""

Pair = tuple[int | None, int | None]


@dataclass(eq=False)
class Piece(Generic[T]):
    """Something to be paired. ``kind``: only equal kinds pair. ``head``: what names it, such as a row's first cell, or ""."""

    kind: str
    text: str
    it: T
    head: str = ""
    style: str = ""
    key: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.kind, self.text)

    @cached_property
    def words(self) -> Counter[str]:
        """The words and marks, counted."""
        return Counter(t for t in diff_tokens(self.text) if not t.isspace())


def pairs_of(old: Sequence[Piece[T]], new: Sequence[Piece[T]]) -> list[Pair]:
    """(old, new) positions in order; None where one side has nothing. In a gap the old ones come first."""
    joined = _between(old, new, 0, len(old), 0, len(new))
    found: list[Pair] = []
    i = k = 0
    for a, b in [*joined, (len(old), len(new))]:
        found += [(n, None) for n in range(i, a)]
        found += [(None, n) for n in range(k, b)]
        if a < len(old):
            found.append((a, b))
        i, k = a + 1, b + 1
    return found


def _between(old: Sequence[Piece[T]], new: Sequence[Piece[T]], i: int, j: int, k: int, m: int) -> list[tuple[int, int]]:
    head: list[tuple[int, int]] = []
    while i < j and k < m and old[i].key == new[k].key:
        head.append((i, k))
        i, k = i + 1, k + 1
    tail: list[tuple[int, int]] = []
    while i < j and k < m and old[j - 1].key == new[m - 1].key:
        j, m = j - 1, m - 1
        tail.append((j, m))
    middle: list[tuple[int, int]] = []
    if i < j and k < m:
        anchors = _anchors(old, new, i, j, k, m)
        if anchors:
            for a, b in [*anchors, (j, m)]:
                middle += _between(old, new, i, a, k, b)
                if a < j:
                    middle.append((a, b))
                i, k = a + 1, b + 1
        else:
            middle = _likest(old, new, i, j, k, m)
    return [*head, *middle, *reversed(tail)]


def _anchors(old: Sequence[Piece[T]], new: Sequence[Piece[T]], i: int, j: int, k: int, m: int) -> list[tuple[int, int]]:
    """Texts that stand once on both sides, the longest row of them that is in order on both."""
    ones, others = Counter(p.key for p in old[i:j]), Counter(p.key for p in new[k:m])
    place = {p.key: n for n, p in enumerate(new[k:m], k) if others[p.key] == 1 and p.text.strip()}
    candidates = [(n, place[p.key]) for n, p in enumerate(old[i:j], i) if ones[p.key] == 1 and p.key in place]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, b) in enumerate(candidates):
        at = bisect_left(ends, b)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(b)
            last.append(n)
        else:
            ends[at], last[at] = b, n
    row: list[tuple[int, int]] = []
    n = last[-1] if last else -1
    while n >= 0:
        row.append(candidates[n])
        n = before[n]
    return row[::-1]


def _likest(old: Sequence[Piece[T]], new: Sequence[Piece[T]], i: int, j: int, k: int, m: int) -> list[tuple[int, int]]:
    """The pairs in order whose likeness is the greatest in all."""
    rows, columns = j - i, m - k
    exact = rows * columns > _MOST
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    like = [[_likeness(old[i + a], new[k + b], exact=exact) for b in range(columns)] for a in range(rows)] \
        if rows * columns <= _MOST * 20 else []  # fmt: skip
    if not like:
        return []
    for a in range(rows - 1, -1, -1):
        for b in range(columns - 1, -1, -1):
            both = best[a + 1][b + 1] + like[a][b] if like[a][b] else 0.0
            best[a][b] = max(both, best[a + 1][b], best[a][b + 1])
    found: list[tuple[int, int]] = []
    a = b = 0
    while a < rows and b < columns:
        if like[a][b] and best[a][b] == best[a + 1][b + 1] + like[a][b]:
            found.append((i + a, k + b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return found


def _likeness(one: Piece[T], other: Piece[T], *, exact: bool) -> float:
    """0 for what is not to be paired, else up to a little above 1."""
    if one.kind != other.kind:
        return 0.0
    bonus = 0.02 if one.style == other.style else 0.0
    if one.text == other.text:
        return (1.0 if one.text.strip() else 0.2) + bonus
    if exact:
        return 0.0
    total = one.words.total() + other.words.total()
    if not total or not one.words or not other.words:
        return 0.0
    shared = (one.words & other.words).total()
    alike = 2 * shared / total
    smaller = min(one.words.total(), other.words.total())
    if one.kind == "tbl" or smaller >= _SENTENCE:  # much was added to it, or taken away
        alike = max(alike, _INSIDE * shared / smaller)
    if one.head and one.head == other.head:
        alike = min(0.95, alike + 0.4)
    return alike + bonus if alike >= _ALIKE else 0.0
