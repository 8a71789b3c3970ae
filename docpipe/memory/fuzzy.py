"""Look-up of similar texts in a memory: shared words and word pairs name the candidates, an edit distance ranks them. Imports the core; rapidfuzz.

In scripts without spaces pairs of characters take the place of words. Built in memory from texts, read-only after that.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from docpipe.model.language import spaceless

__all__ = ["LEAST", "Found", "FuzzyIndex", "similarity"]

LEAST = 70
"""Percent from which on a text is similar enough to be of use to a translator."""
CANDIDATES = 32
"""Texts with the most shared features that are compared in full."""
VISITED = 4_000
"""Entries of posting lists that one look-up reads at most; the rarest features are read first."""
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_MIXED = re.compile(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Found:
    """A similar text: its number in the index and how similar it is, in percent (100: the same words)."""

    number: int
    percent: int


def _tokens(text: str, pattern: re.Pattern[str]) -> list[str]:
    return pattern.findall(text.casefold())


def similarity(a: Sequence[str], b: Sequence[str], least: int = 0) -> int:
    """Percent of the longer text's words that an edit leaves alone: 100 for the same words in the same order; 0 below ``least``."""
    if not a or not b:
        return 100 if not a and not b else 0
    # Rounded down, so that 100 means the same and a threshold is never reached by rounding.
    return int(100 * Levenshtein.normalized_similarity(a, b, score_cutoff=least / 100))


class FuzzyIndex:
    """An index over source texts (without codes) of one language; a text's number is its place in the order given.

    Raises ``UnknownLanguage``.
    """

    def __init__(self, texts: Iterable[str], language: str) -> None:
        self._pattern = _MIXED if spaceless(language) else _WORD
        self._lengths = array("H")
        self._texts: list[str] = []
        # Most features stand in one text only: its number alone takes far less room than an array.
        self._postings: dict[int, int | array[int]] = {}
        for number, text in enumerate(texts):
            tokens = _tokens(text, self._pattern)
            self._lengths.append(min(len(tokens), 0xFFFF))
            self._texts.append(text)
            for feature in _features(tokens):
                posting = self._postings.get(feature)
                if posting is None:
                    self._postings[feature] = number
                elif isinstance(posting, int):
                    self._postings[feature] = array("I", (posting, number))
                else:
                    posting.append(number)

    def __len__(self) -> int:
        return len(self._texts)

    def find(self, text: str, *, most: int = 3, least: int = LEAST) -> tuple[Found, ...]:
        """The most similar texts, best first (the newer, that is later, of equals first): at least ``least`` percent."""
        tokens = _tokens(text, self._pattern)
        if not tokens:
            return ()
        # Texts whose lengths differ by more cannot reach the percentage.
        shortest, longest = -(-len(tokens) * least // 100), len(tokens) * 100 // max(least, 1)
        shared: Counter[int] = Counter()
        visited = 0
        known = (p for f in _features(tokens) if (p := self._postings.get(f)) is not None)
        for posting in sorted(((p,) if isinstance(p, int) else p for p in known), key=len):
            if visited and visited + len(posting) > VISITED:
                break
            visited += len(posting)
            shared.update(posting)
        lengths = self._lengths
        fitting = ((n, count) for n, count in shared.items() if shortest <= lengths[n] <= longest)
        # The share of features, so that among equal counts the text of the nearest length comes first.
        best = sorted(fitting, key=lambda x: (-x[1], abs(lengths[x[0]] - len(tokens)), -x[0]))[:CANDIDATES]
        scored = [
            Found(n, percent)
            for n, _ in best
            if (percent := similarity(tokens, _tokens(self._texts[n], self._pattern), least)) >= least
        ]
        return tuple(sorted(scored, key=lambda f: (-f.percent, -f.number))[:most])


def _features(tokens: Sequence[str]) -> set[int]:
    """Hashes of the words and of the pairs of neighbouring words; they hold inside this process only."""
    return {*map(hash, tokens), *map(hash, pairwise(tokens))}
