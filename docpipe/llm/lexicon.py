"""Which words of a reply go together: a bilingual lexicon from the pairs of the reply itself. Imports nothing of docpipe.

By the Dice coefficient over segments; the pairs under test are left out, so that a text cannot vouch for itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

__all__ = ["Lexicon", "tokens"]

_PARTS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[^\W\d_]{3,}")
_WIDE = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
LEAST = 0.55
"""Dice coefficient from which on two words are taken for translations of each other."""


def tokens(text: str) -> frozenset[str]:
    """Words of alphabetic scripts and pairs of characters of the others, lower case."""
    found: set[str] = set()
    for part in _PARTS.findall(text.casefold()):
        if _WIDE.match(part):
            found.update(part[i : i + 2] for i in range(len(part) - 1))
        else:
            found.add(part)
    return frozenset(found)


class Lexicon:
    """The pairs of a reply, indexed by word."""

    def __init__(self, sources: Sequence[frozenset[str]], targets: Sequence[frozenset[str]]) -> None:
        self._sources, self._targets = sources, targets
        self._in_source: dict[str, set[int]] = defaultdict(set)
        self._in_target: dict[str, set[int]] = defaultdict(set)
        for n, (source, target) in enumerate(zip(sources, targets, strict=True)):
            for word in source:
                self._in_source[word].add(n)
            for word in target:
                self._in_target[word].add(n)
        self._most = max(3, len(sources) // 3)

    def evidence(self, i: int, j: int) -> float:
        """How many words speak for the texts of ``i`` and ``j`` standing where they stand, less those for their being swapped."""
        out = {i, j}
        own, other = self._sources[i], self._sources[j]
        here, there = self._targets[i], self._targets[j]
        total = 0.0
        for word in own ^ other:
            where = self._in_source[word] - out
            if not 1 <= len(where) <= self._most:
                continue
            mine, crossed = (here, there) if word in own else (there, here)
            total += self._best(where, mine - crossed, out) - self._best(where, crossed - mine, out)
        return total

    def _best(self, where: set[int], words: frozenset[str], out: set[int]) -> float:
        best = 0.0
        for word in words:
            also = self._in_target[word]
            common = len(where & also)
            if not common:
                continue
            dice = 2 * common / (len(where) + len(also - out))
            # One meeting may be chance.
            best = max(best, dice if common > 1 else 0.6 * dice)
        return best if best >= LEAST else 0.0
