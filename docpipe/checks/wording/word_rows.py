"""A text as a row of words, and how much of it stands in another text. Imports its own folder only.

Rows are kept by text, as each text is looked at again as the neighbour of the segments beside it.
"""

from __future__ import annotations

from functools import lru_cache

from docpipe.checks.wording.scripts import CJK, tokens

Gram = tuple[str, ...]


class WordRow:
    """``words``: the tokens of a text in lower case; ``distinct``: each once; ``in_place``: lower case kept its length."""

    __slots__ = ("_grams", "distinct", "in_place", "size", "words")

    def __init__(self, text: str) -> None:
        folded = text.casefold()
        self.words = tokens(folded)
        self.distinct = frozenset(self.words)
        self.in_place = len(folded) == len(text)
        self.size = 4 if not folded.isascii() and any(CJK.match(w) for w in self.words[:6]) else 3
        """Words of an n-gram: more of them where each character is a word."""
        self._grams: dict[int, tuple[list[Gram], frozenset[Gram]]] = {}

    def grams(self, size: int) -> tuple[list[Gram], frozenset[Gram]]:
        """Runs of ``size`` words: all in order, and each once."""
        if size not in self._grams:
            found: list[Gram] = list(zip(*(self.words[i:] for i in range(size)), strict=False))
            self._grams[size] = found, frozenset(found)
        return self._grams[size]

    def covered_by(self, other: WordRow, least: float = 0.0) -> float:
        """The part of the row's n-grams that the other row holds; something below ``least`` where it is below that."""
        size = self.size
        count = len(self.words) - size + 1
        if count <= 0 or len(other.words) < size:
            return 0.0
        # Each word that the other has not spoils at least the n-gram that begins with it, but for the row's last words.
        missing = len(self.distinct - other.distinct)
        most = (count - max(0, missing - size + 1)) / count
        if most < least:
            return most
        grams, there = self.grams(size)[0], other.grams(size)[1]
        return 0.0 if there.isdisjoint(grams) else sum(g in there for g in grams) / count


@lru_cache(maxsize=4096)
def word_row(text: str) -> WordRow:
    """The row of a text."""
    return WordRow(text)
