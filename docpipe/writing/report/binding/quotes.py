"""Sentences that repeat the protocol or the analysis plan, and where they say something else. Imports its room only.

Tense and small words are no difference; numbers, comparators and negations are.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.checks.reading.words import NEGATION
from docpipe.writing.report.binding.words import stem

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[<>≤≥=]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z])|\s+\|\s+|\n+")
_DROPPED = frozenset((
    "the", "a", "an", "was", "were", "is", "are", "be", "been", "to", "will", "shall", "had", "has", "have", "of", "and", "or", "in", "for", "with", "at", "by", "on", "as",
    "this", "that", "these", "would", "should", "may", "might", "could", "can", "must", "study",
))  # fmt: skip
_OPERATORS = {
    "≥": ">=", "≤": "<=", ">=": ">=", "<=": "<=", "<": "<", ">": ">", "least": ">=", "most": "<=", "greater": ">", "more": ">", "less": "<", "fewer": "<",
    "above": ">", "below": "<", "before": "before", "prior": "before", "after": "after", "within": "within", "maximum": "<=", "minimum": ">=",
}  # fmt: skip
_NUMBER_WORDS = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty)", re.IGNORECASE
)
_LEAST = 0.72
_KEPT = 20_000
"""So many sentences are kept with what they repeat."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence. ``kind``: number, operator or word; ``key``: in the form that is compared."""

    start: int
    end: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence and the passage that it repeats. ``numbers``: of the sentence's numbers those that the passage has too, by place;
    ``changed``: place, what stands, what the passage has, kind."""

    passage: str
    said: str
    like: float
    numbers: frozenset[tuple[int, int]]
    changed: tuple[tuple[int, int, str, str, str], ...]
    whole: float = 0.0
    """The share of the passage's words that the sentence has, in order."""


def words(text: str) -> list[Word]:
    """The words of a sentence that are compared."""
    found: list[Word] = []
    for m in _TOKEN.finditer(text):
        said = m[0]
        if said[0].isdigit() or _NUMBER_WORDS.fullmatch(said):
            value = value_of(said)
            found.append(Word(m.start(), m.end(), "number", f"#{value.normalize() if value is not None else said}"))
        elif said.casefold() in _OPERATORS and not (
            said.casefold() == "most" and text[m.end() : m.end() + 8].strip().startswith(("common", "freq"))
        ):
            found.append(Word(m.start(), m.end(), "operator", _OPERATORS[said.casefold()]))
        elif NEGATION.fullmatch(said):
            found.append(Word(m.start(), m.end(), "negation", "not"))
        elif said[0].isalpha() and said.casefold() not in _DROPPED:
            found.append(Word(m.start(), m.end(), "word", stem(said)))
    return found


class Quotes:
    """Sentences of the study's texts, by their rare words."""

    def __init__(self, passages: Mapping[str, str]) -> None:
        self._sentences: list[tuple[str, str, list[Word]]] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        seen: set[str] = set()
        for key, text in passages.items():
            for said in (text, *_SENTENCE.split(text)):
                plain = " ".join(said.split())
                if len(plain) < 12 or plain in seen or len(plain) > 1500:
                    continue
                seen.add(plain)
                tokens = words(plain)
                number = len(self._sentences)
                self._sentences.append((key, plain, tokens))
                for word in {w.key for w in tokens if w.kind == "word"}:
                    self._by_word[word].append(number)
        total = max(1, len(self._sentences))
        self._weight = {w: math.log(1 + total / len(rows)) for w, rows in self._by_word.items()}
        self._kept: dict[str, Quote | None] = {}

    def find(self, text: str) -> Quote | None:
        """The passage that a sentence repeats nearly word for word; None where none does."""
        if text not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[text] = self._found(text)
        return self._kept[text]

    def _found(self, text: str) -> Quote | None:
        mine = words(text)
        told = [w for w in mine if w.kind == "word"]
        if len(told) < 3:
            return None
        votes: Counter[int] = Counter()
        for word in sorted({w.key for w in told}, key=lambda w: len(self._by_word.get(w, ())))[:8]:
            for i in self._by_word.get(word, ())[:400]:
                votes[i] += self._weight[word]  # type: ignore[assignment]
        best: Quote | None = None
        for i, _ in votes.most_common(5):
            found = self._compared(mine, *self._sentences[i])
            if found is not None and (
                best is None or (found.like, -len(found.changed)) > (best.like, -len(best.changed))
            ):
                best = found
        return best

    @staticmethod
    def _compared(mine: list[Word], key: str, said: str, theirs: list[Word]) -> Quote | None:
        a, b = [w.key for w in mine if w.kind == "word"], [w.key for w in theirs if w.kind == "word"]
        like = SequenceMatcher(None, a, b, autojunk=False).ratio()
        if like < _LEAST:
            return None
        keys = [w.key for w in mine], [w.key for w in theirs]
        matcher = SequenceMatcher(None, *keys, autojunk=False)
        numbers: set[tuple[int, int]] = set()
        changed: list[tuple[int, int, str, str, str]] = []
        other = {w.key for w in theirs if w.kind == "number"}
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            left, right = mine[i1:i2], theirs[j1:j2]
            if kind == "equal":
                numbers |= {(w.start, w.end) for w in left if w.kind == "number"}
                continue
            plain = [w for w in left if w.kind == "word"], [w for w in right if w.kind == "word"]
            if kind == "replace" and len(plain[0]) == len(plain[1]) == 1 and len(left) == len(right) == 1:
                ours, other_word = left[0], right[0]
                if ours.key[:4] != other_word.key[:4] and ours.end - ours.start > 3:
                    changed.append((ours.start, ours.end, ours.key, said[other_word.start : other_word.end], "word"))
                continue
            for sort in ("number", "operator", "negation"):
                x, y = [w for w in left if w.kind == sort], [w for w in right if w.kind == sort]
                if [w.key for w in x] == [w.key for w in y]:
                    continue
                if (
                    sort == "number"
                    and not x
                    and len(y) == 1
                    and not left
                    and like >= 0.95
                    and 0 < i1 < len(mine)
                    and said[y[0].start - 1 : y[0].start] != "["
                ):
                    at = mine[i1].start
                    changed.append((at, at + 1, "", said[y[0].start : y[0].end], sort))
                    continue
                if sort == "number" and (len(x) != len(y) or any(w.key in other for w in x)):
                    continue
                if sort == "operator" and len(x) != len(y):
                    continue
                for n, w in enumerate(x):
                    there = y[n] if n < len(y) else None
                    if there is None or there.key != w.key:
                        changed.append((w.start, w.end, w.key, said[there.start : there.end] if there else "", sort))
                if not x and y and sort == "negation":
                    at = mine[i1].start if i1 < len(mine) else mine[-1].end if mine else 0
                    changed.append((at, at + 1, "", said[y[0].start : y[0].end], sort))
        return Quote(key, said, like, frozenset(numbers), tuple(changed), like * (len(a) + len(b)) / 2 / len(b))


def content(texts: Iterable[str]) -> frozenset[str]:
    """Stems of all words of texts."""
    return frozenset(w.key for t in texts for w in words(t) if w.kind == "word")
