"""How hard an English text is to read: sentence length, passive and future share, Flesch-Kincaid grade. Standard library only.

Grade: Kincaid, Fishburne, Rogers and Chissom, Research Branch Report 8-75 (1975). Syllables are counted by groups of vowels, so a
grade of a short text is rough; a value shown (a number, a name) counts as one word of two syllables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*")
_FUTURE = re.compile(r"\b(?:will|shall|(?:is|are) (?:going|planned) to)\b", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being)\s+(?:\w+ly\s+|not\s+|also\s+|then\s+){0,2}"
    r"(?:\w{2,}(?:ed|wn)|(?:begun|brought|built|chosen|done|drawn|driven|felt|found|given|held|kept|led|left|lost|made|meant|met|paid|put|"
    r"read|run|said|seen|sent|set|shown|spent|taken|taught|told|thought|understood|undergone|withdrawn|written))\b",
    re.IGNORECASE,
)
_NO_PARTICIPLE = re.compile(
    r"\s(?:need|indeed|exceed|proceed|succeed|speed|hundred|red|bed|seed|own|known to be)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Readability:
    """Figures of a text. Rates are shares of its sentences from 0 to 1; ``grade``: school years (United States)."""

    sentences: int
    words: int
    words_per_sentence: float
    passive_rate: float
    future_rate: float
    grade: float

    def as_json(self) -> dict[str, float]:
        """As JSON types."""
        return asdict(self)


def readability(sentences: Iterable[str]) -> Readability:
    """The figures of sentences; zeros where there is none. Sentences without words count as none."""
    count = words = syllables = passive = future = 0
    for sentence in sentences:
        found = _WORD.findall(sentence)
        if not found:
            continue
        count += 1
        words += len(found)
        syllables += sum(map(_syllables, found))
        passive += is_passive(sentence)
        future += _FUTURE.search(sentence) is not None
    if not count:
        return Readability(0, 0, 0.0, 0.0, 0.0, 0.0)
    grade = 0.39 * words / count + 11.8 * syllables / words - 15.59
    return Readability(
        count,
        words,
        round(words / count, 1),
        round(passive / count, 3),
        round(future / count, 3),
        round(max(0.0, grade), 1),
    )


def is_passive(sentence: str) -> bool:
    """Whether a sentence has a form of be with a past participle."""
    return any(not _NO_PARTICIPLE.search(m[0]) for m in _PASSIVE.finditer(sentence))


def _syllables(word: str) -> int:
    if word[0].isdigit():
        return 2
    low = re.sub(r"[^a-z]", "", word.casefold())
    found = len(re.findall(r"[aeiouy]+", low))
    if low.endswith("e") and not low.endswith(("le", "ee")) and found > 1:
        found -= 1
    if low.endswith("ed") and not low.endswith(("ted", "ded")) and found > 1:
        found -= 1
    return max(1, found)
