"""Edit distance between two texts by words, as review effort is measured. Imports the core's difference of texts only."""

from __future__ import annotations

from docpipe.model.diff import diff_tokens

__all__ = ["distance", "normalised"]

MOST_TOKENS = 400
"""Beyond this many differing tokens on a side the texts are taken as wholly different there."""


def _words(text: str) -> list[str]:
    return [token for token in diff_tokens(text) if not token.isspace()]


def distance(old: list[str], new: list[str]) -> int:
    """Levenshtein's distance: fewest words put in, taken out or replaced. Equal starts and ends cost nothing."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if not a or not b or max(len(a), len(b)) > MOST_TOKENS:
        return max(len(a), len(b))
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def normalised(old: str, new: str) -> float:
    """The distance over the longer text's words: 0 for the same words, 1 for nothing in common."""
    if old == new:
        return 0.0
    a, b = _words(old), _words(new)
    longest = max(len(a), len(b))
    return distance(a, b) / longest if longest else 0.0
