"""Finds texts of known order in a stream of page characters: weighted chains of exact occurrences, then of common pieces.

Pure; imports the standard library only. Both sides are normalised alike (``normal``): letters and digits alone, without case,
marks and widths, so that hyphenation, ligatures, spacing and generated punctuation do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Span = tuple[int, int]
_PROBES = (24, 16, 12, 8, 6, 4)
"""How many first characters of a text are looked up in the whole stream: the most that it has, so that few places are tried."""
_RARE = 4
"""A text with more occurrences than this cannot anchor the chain over the whole stream."""
_SHORT = 4
"""Shorter texts are looked for between their neighbours only."""
_SEED = 5
_MANY = 400
_BETWEEN = ".{0,24}?"
"""What may stand where a text has a field or a note mark."""
_LONG = 16
"""A text of fewer characters is not put together from pieces out of its order."""
_ENOUGH = 0.5
"""Share of a text's characters that must be found for its place to count."""


@lru_cache(maxsize=65536)
def _normal_char(char: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", char).casefold() if c.isalnum())


def normal(text: str) -> str:
    """The letters and digits of a text, decomposed and without case, character by character."""
    return "".join(map(_normal_char, text))


@dataclass(slots=True)
class Wanted:
    """A text to find. ``pieces``: its normalised stretches between codes that show something of their own.

    ``spans``: where it was found, in order; empty if it was not.
    """

    pieces: tuple[str, ...]
    spans: list[Span] = field(default_factory=list)
    pattern: re.Pattern[str] | None = None
    head: str = ""
    size: int = 0

    @staticmethod
    def of(texts: Iterable[str]) -> Wanted:
        """From the raw stretches."""
        pieces = [p for p in map(normal, texts) if p]
        found = Wanted(tuple(pieces))
        while len(pieces) > 1 and len(pieces[0]) < _SHORT and any(len(p) >= _SHORT for p in pieces[1:]):
            del pieces[0]
        found.head = pieces[0] if pieces else ""
        found.size = sum(map(len, pieces))
        if len(pieces) > 1:
            found.pattern = re.compile(_BETWEEN.join(map(re.escape, pieces)), re.DOTALL)
        return found

    def at(self, stream: str, start: int) -> int:
        """Where the text ends if it stands at ``start``, else -1."""
        if self.pattern is None:
            return start + len(self.head) if stream.startswith(self.head, start) else -1
        match = self.pattern.match(stream, start)
        return match.end() if match else -1


def locate(stream: str, wanted: Sequence[Wanted]) -> None:
    """Gives each text its place, the texts standing in the stream in this order, with other text between and inside."""
    items = [w for w in wanted if w.size and not w.spans]
    places = _occurrences(stream, items)
    few = [p if len(p) <= _RARE else [] for p in places]
    _take(items, _chain([(n, a, b, items[n].size) for n, p in enumerate(few) for a, b in p]))
    for first, stop, low, high in list(_gaps(items, len(stream))):
        pairs = []
        for n in range(first, stop):
            pairs += [(n, a, b, items[n].size) for a, b in _within(stream, items[n], places[n], low, high)]
        _take(items, _chain(pairs))
    for first, stop, low, high in list(_gaps(items, len(stream))):
        _by_pieces(stream, items[first:stop], low, high)


def locate_near(stream: str, item: Wanted, at: int) -> None:
    """Gives one long text its place by its pieces, not far from ``at``: what stands inside it was taken out of the stream."""
    if item.size >= _LONG:
        _by_pieces(stream, [item], max(0, at - 200), min(len(stream), at + 4 * item.size + 6_000))


def everywhere(stream: str, item: Wanted, most: int = 2000) -> list[Span]:
    """All places of a text that do not overlap, in order; for what a page repeats."""
    found: list[Span] = []
    at = stream.find(item.head) if item.head else -1
    while at >= 0 and len(found) < most:
        end = item.at(stream, at)
        if end >= 0:
            found.append((at, end))
        at = stream.find(item.head, end if end >= 0 else at + 1)
    return found


def _occurrences(stream: str, items: Sequence[Wanted]) -> list[list[Span]]:
    """Exact occurrences of each text that is not too short, found in one pass for each length of probe."""
    probes: dict[int, dict[str, list[int]]] = {}
    for item in items:
        if len(item.head) >= _SHORT:
            probe = _probe(item)
            probes.setdefault(len(probe), {})[probe] = []
    for length, table in probes.items():
        for at in range(len(stream) - length + 1):
            hits = table.get(stream[at : at + length])
            if hits is not None:
                hits.append(at)
    known: dict[tuple[str, ...], list[Span]] = {}
    out: list[list[Span]] = []
    for item in items:
        if len(item.head) < _SHORT:
            out.append([])
            continue
        if item.pieces not in known:
            probe = _probe(item)
            starts = probes[len(probe)][probe]
            known[item.pieces] = [(a, b) for a in starts if (b := item.at(stream, a)) >= 0]
        out.append(known[item.pieces])
    return out


def _probe(item: Wanted) -> str:
    return item.head[: next(n for n in _PROBES if n <= len(item.head))]


def _within(stream: str, item: Wanted, places: list[Span], low: int, high: int) -> list[Span]:
    if len(item.head) >= _SHORT:
        first = bisect_left(places, (low, 0))
        found = []
        for a, b in places[first : first + _MANY]:
            if a >= high:
                break
            if b <= high:
                found.append((a, b))
        return found
    found, at = [], stream.find(item.head, low, high)
    while at >= 0 and len(found) < _MANY:
        end = item.at(stream, at)
        if 0 <= end <= high:
            found.append((at, end))
        at = stream.find(item.head, at + 1, high)
    return found


_Pair = tuple[int, int, int, int]
"""Number of the text, start, end, weight."""


def _chain(pairs: list[_Pair]) -> list[_Pair]:
    """The heaviest selection in which a later text stands wholly after an earlier one; each text once."""
    if not pairs:
        return []
    pairs = sorted(pairs, key=lambda p: (p[0], -p[1]))  # one text's places downwards, so that two of them never chain
    ends = sorted({p[2] for p in pairs})
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(ends) + 1)
    best: list[tuple[float, int]] = []
    for number, (_, start, end, weight) in enumerate(pairs):
        value, before, at = 0.0, -1, bisect_left(ends, start + 1)
        while at > 0:
            if tree[at][0] > value:
                value, before = tree[at]
            at -= at & -at
        total = value + weight
        best.append((total, before))
        at = bisect_left(ends, end) + 1
        while at < len(tree):
            if total > tree[at][0]:
                tree[at] = (total, number)
            at += at & -at
    last = max(range(len(pairs)), key=lambda n: best[n][0])
    chosen = []
    while last >= 0:
        chosen.append(pairs[last])
        last = best[last][1]
    return chosen[::-1]


def _take(items: Sequence[Wanted], chosen: Iterable[_Pair]) -> None:
    for n, a, b, _ in chosen:
        items[n].spans = [(a, b)]


def _gaps(items: Sequence[Wanted], size: int) -> Iterable[tuple[int, int, int, int]]:
    """Runs of texts without a place, as (first, stop, stretch of the stream between their neighbours)."""
    at, low = 0, 0
    while at < len(items):
        if items[at].spans:
            low = items[at].spans[-1][1]
            at += 1
            continue
        stop = at
        while stop < len(items) and not items[stop].spans:
            stop += 1
        high = items[stop].spans[0][0] if stop < len(items) else size
        if high > low:
            yield at, stop, low, high
        at = stop


def _by_pieces(stream: str, items: Sequence[Wanted], low: int, high: int) -> None:
    """Texts that other text interrupts (page ends, notes, fields): chains of common pieces of at least ``_SEED`` characters."""
    joined = "".join(p for item in items for p in item.pieces)
    size = sum(len(p) for item in items for p in item.pieces)
    room = 40 * size + 20_000
    window = stream[low : min(high, low + room)]
    table: dict[str, list[int]] = {}
    for at in range(len(window) - _SEED + 1):
        table.setdefault(window[at : at + _SEED], []).append(at)
    pairs: list[_Pair] = []
    ends: dict[int, int] = {}
    for j in range(len(joined) - _SEED + 1):
        hits = table.get(joined[j : j + _SEED], ())
        if len(hits) > 40:
            continue
        for at in hits:
            if ends.get(at - j, -1) > j:
                continue  # lies in a longer piece already
            length = _SEED
            while j + length < len(joined) and at + length < len(window) and joined[j + length] == window[at + length]:
                length += 1
            ends[at - j] = j + length
            pairs.append((j, at, at + length, length))
    taken = _chain(pairs)
    start = 0
    for item in items:
        stop = start + sum(map(len, item.pieces))
        found: list[Span] = []
        for j, a, b, _ in taken:
            from_, to = max(j, start), min(j + b - a, stop)
            if from_ < to:
                piece = (a + from_ - j + low, a + to - j + low)
                if found and piece[0] < found[-1][1]:  # pieces of the text may overlap, those of the stream do not
                    piece = (found[-1][1], piece[1])
                if piece[0] < piece[1]:
                    found.append(piece)
        if found and sum(b - a for a, b in found) >= _ENOUGH * (stop - start):
            item.spans = found
        start = stop
