"""Aligns two versions of one text: blocks by anchors, sentences by length and numbers. Pure; imports the core only.

Sources: W. Gale and K. Church, A Program for Aligning Sentences in Bilingual Corpora (1993), for the idea of beads; patience
diff for that of unique anchors. Only what is sure is paired: a wrong pair would put a wrong translation in a document.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

from docpipe.model.document import Block
from docpipe.model.inline import codes_of

__all__ = ["align_blocks", "align_sentences", "plausible"]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WIDE = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]")
_WIDTH = 2.6
"""Letters of a spaced language that one Chinese or Japanese character stands for."""

_BEADS = ((1, 1, 0.0), (1, 2, 2.0), (2, 1, 2.0), (1, 0, 5.0), (0, 1, 5.0))
"""Sentences of the source, of the target, and what a bead of this shape costs."""


def numbers(text: str) -> Counter[str]:
    """The digits of a text's numbers, without marks that languages write differently."""
    return Counter(re.sub(r"[.,]", "", n).lstrip("0") or "0" for n in _NUMBER.findall(text))


def _length(text: str) -> float:
    wide = len(_WIDE.findall(text))
    return len(text) - wide + wide * _WIDTH


def plausible(source: str, target: str) -> bool:
    """Whether two texts may be translations of each other: no absurd length, and numbers not all different."""
    one, other = _length(source), _length(target)
    if min(one, other) < max(one, other) / 4 and max(one, other) > 24:
        return False
    left, right = numbers(source), numbers(target)
    if len(left) >= 2 and len(right) >= 2:
        return bool(left & right)
    return True


def align_blocks(source: Sequence[Block], target: Sequence[Block]) -> list[tuple[int, int]]:
    """Pairs of indices, rising on both sides.

    Equal structures (addresses, kinds, levels) pair one to one. Else blocks with unique kind, level, codes and numbers are
    anchors, and the blocks between two anchors are paired where their kinds and levels are the same, one by one.
    """
    if [_place(b) for b in source] == [_place(b) for b in target]:
        pairs = [(i, i) for i in range(len(source))]
    else:
        pairs = []
        last = (-1, -1)
        for anchor in [*_anchors(source, target), (len(source), len(target))]:
            between = range(last[0] + 1, anchor[0]), range(last[1] + 1, anchor[1])
            if [_shape(source[i]) for i in between[0]] == [_shape(target[j]) for j in between[1]]:
                pairs += zip(*between, strict=True)
            if anchor[0] < len(source):
                pairs.append(anchor)
            last = anchor
    return [(i, j) for i, j in pairs if plausible(source[i].text, target[j].text)]


def _place(block: Block) -> Hashable:
    return block.address, block.kind, block.level


def _shape(block: Block) -> Hashable:
    return block.address.partition("#")[0], block.kind, block.level


def _anchors(source: Sequence[Block], target: Sequence[Block]) -> list[tuple[int, int]]:
    """The longest rising chain of pairs whose signature is unique on both sides."""

    def unique(blocks: Sequence[Block]) -> dict[Hashable, int]:
        signatures = [_signature(b) for b in blocks]
        counts = Counter(signatures)
        return {s: i for i, s in enumerate(signatures) if s is not None and counts[s] == 1}

    left, right = unique(source), unique(target)
    pairs = sorted((i, right[s]) for s, i in left.items() if s in right)
    tails: list[int] = []
    links: list[tuple[int, int]] = []
    ends: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        tails[at : at + 1] = [j]
        ends[at : at + 1] = [n]
        links.append((n, ends[at - 1] if at else -1))
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = links[at][1]
    return chain[::-1]


def _signature(block: Block) -> Hashable | None:
    """What survives translation; None where it says too little to be an anchor."""
    found = numbers(block.text)
    codes = Counter(getattr(c, "kind", "") for c in codes_of(block.content))
    if sum(len(n) for n in found.elements()) < 2:
        return None
    return _shape(block), frozenset(found.items()), frozenset(codes.items())


def align_sentences(source: Sequence[str], target: Sequence[str]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Beads of sentence indices in order: 1-1, 1-2, 2-1, 1-0 or 0-1. Equal counts of plausible pairs are paired 1-1."""
    if len(source) == len(target) and all(plausible(a, b) for a, b in zip(source, target, strict=True)):
        return [((i,), (i,)) for i in range(len(source))]
    scale = (sum(map(_length, target)) or 1.0) / (sum(map(_length, source)) or 1.0)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            for a, b, price in _BEADS:
                came = best.get((i - a, j - b))
                if came is None:
                    continue
                cost = came[0] + price + _cost(source[i - a : i], target[j - b : j], scale)
                if (i, j) not in best or cost < best[i, j][0] - 1e-9:
                    best[i, j] = (cost, (a, b))
    return _path(best, len(source), len(target))


def _cost(source: Sequence[str], target: Sequence[str], scale: float) -> float:
    if not source or not target:
        return 0.0
    one, other = " ".join(source), " ".join(target)
    left, right = numbers(one), numbers(other)
    apart = sum(((left - right) + (right - left)).values())
    return 2 * abs(math.log((_length(other) + 3) / (_length(one) * scale + 3))) + min(4.0, 1.0 * apart)


def _path(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]], i: int, j: int
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    beads = []
    while i or j:
        a, b = best[i, j][1]
        beads.append((tuple(range(i - a, i)), tuple(range(j - b, j))))
        i, j = i - a, j - b
    return beads[::-1]
