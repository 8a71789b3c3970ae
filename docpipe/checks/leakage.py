"""Family A, what does not belong into a target: a neighbour's text, words of the model, additions, loops.

Imports the core and ``checks/wording``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import and_, eq

from docpipe.checks.wording.identifiers import Identifier, identifiers, present
from docpipe.checks.wording.phrases import PHRASES
from docpipe.checks.wording.scripts import cjk_letters, lowered, squeezed, tokens
from docpipe.checks.wording.word_rows import WordRow, word_row
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity


class NeighbourText(Check):
    """A11."""

    id = "A11.neighbour-text"
    severity = Severity.CRITICAL
    title = "A neighbour's text"
    description = (
        "The target holds the neighbouring segment's target or source (whole or most of it) although the sources share nothing of the kind. Texts "
        "of fewer than 15 letters (7 Chinese characters) are let pass."
    )

    _SHARE = 0.6
    """Part of the neighbour that must be found."""

    def run(self, pair: Pair) -> Iterator[Finding]:
        """At most one finding a neighbour."""
        own, own_source = word_row(pair.target_text), word_row(pair.source_text)
        sides = (
            ("previous", pair.previous_source, pair.previous_target),
            ("next", pair.next_source, pair.next_target),
        )
        for name, source, target in sides:
            for text, what in ((target, "target"), (source, "source")):
                words = word_row(text)
                found = words.covered_by(own, self._SHARE)
                if found < self._SHARE or not self._long(text) or (what == "source" and text == target):
                    continue
                shared = self._shared(word_row(source), own_source)
                if found - shared >= 0.4 and shared < 0.5 and words.covered_by(own_source) < 0.5 * found:
                    yield self.finding(
                        f"The target holds the {name} segment's {what}.", None, self._span(text, pair.target_text)
                    )
                    break

    @staticmethod
    def _long(text: str) -> bool:
        return cjk_letters(text) >= 7 or (len(tokens(text)) >= 4 and len(text) >= 18)

    @staticmethod
    def _shared(one: WordRow, other: WordRow) -> float:
        """How much two sources have in common, by n-grams or words: what says much the same may have the same translation."""
        alike = 2 * len(one.distinct & other.distinct) / max(1, len(one.distinct) + len(other.distinct))
        return max(one.covered_by(other), alike)

    @staticmethod
    def _span(text: str, target: str) -> tuple[int, int]:
        at = target.casefold().find(text.strip().casefold())
        return (at, at + len(text.strip())) if at >= 0 and len(target.casefold()) == len(target) else (0, len(target))


class ModelTalk(Check):
    """A12."""

    id = "A12.model-talk"
    severity = Severity.CRITICAL
    title = "Words of the model"
    description = (
        "The target holds an announcement, a refusal, a remark on the translation or pieces of the request, in English, Chinese, Spanish, German, "
        "French or Japanese, and the source says nothing that would explain it."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a kind of talk."""
        low = lowered(pair.target_text)
        for phrase in PHRASES:
            for hint in phrase.hints:
                if hint in low:
                    break
            else:
                continue
            m = phrase.pattern.search(pair.target_text)
            if m and not phrase.unless.search(pair.source_text):
                yield self.finding(f"The target holds {phrase.what}.", None, m.span())


class Addition(Check):
    """A13, the part that a program can decide alone."""

    id = "A13.addition"
    severity = Severity.CRITICAL
    title = "Addition without source"
    description = (
        "The target holds an address, a registry number, an identifier or a code with digits that the source does not have. Numbers are family B's; "
        "a code whose digits the source has (as in 细胞色素P450 3A4 and CYP3A4) and abbreviations without digits are let pass."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding an addition."""
        for found in identifiers(pair.target_text):
            if found.family == "citation" or present(found, pair.source_text) or self._explained(found, pair):
                continue
            start, end = found.span
            yield self.finding(f"“{pair.target_text[start:end]}” is not in the source.", None, found.span)

    @staticmethod
    def _explained(found: Identifier, pair: Pair) -> bool:
        source = squeezed(pair.source_text)
        if found.family in ("code", "study"):
            digits = set(re.findall(r"\d+", source))
            numbers = re.findall(r"\d+", found.key)
            return (
                not numbers
                or any(n in digits for n in numbers)
                or (found.family == "code" and len("".join(numbers)) < 2)
            )
        return found.family == "path" and found.key.casefold() in source.casefold()


class Loop(Check):
    """A17."""

    id = "A17.loop"
    severity = Severity.CRITICAL
    title = "Repetition loop"
    description = (
        "Words or characters repeat one after the other far more often than in the source: a model caught in a loop. Two to three words said three "
        "times, one word or character four times; digits and punctuation do not count."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding with the longest loop."""
        times, size, span = longest_loop(pair.target_text)
        needed = 4 if size == 1 else 3
        if times < needed:
            return
        if longest_loop(pair.source_text)[0] < times:
            yield self.finding(f"The target repeats itself {times} times.", None, span)


def longest_loop(text: str) -> tuple[int, int, tuple[int, int]]:
    """The loop that takes most of a text: how often its unit stands in a row, tokens of the unit, and the span."""
    row = word_row(text)
    words = row.words if row.in_place else tokens(text)
    best = (1, 1, (0, 0))
    if len(set(words)) > 0.8 * len(words) and len(words) < 200:
        return best
    longest = 0
    places: list[tuple[int, int]] = []
    for size in range(1, min(40, len(words) // 3) + 1):
        if not _may_repeat(words, size):
            continue
        places = places or _places(words, text.casefold() if row.in_place else text)
        run = 0
        for i in range(size, len(words) + 1):
            if i < len(words) and words[i] == words[i - size]:
                run += 1
                continue
            times = run // size + 1
            if times >= (4 if size == 1 else 3) and run + size > longest:
                unit = words[i - run - size : i - run]
                if any(w.isalpha() for w in unit) and sum(map(len, unit)) * times >= 4:
                    longest = run + size
                    best = (times, size, (places[i - run - size][0], places[i - 1][1]))
            run = 0
    return best


def _may_repeat(words: list[str], size: int) -> bool:
    """Whether a unit of ``size`` words may stand three times in a row: then the words at two successive multiples of it recur."""
    same = list(map(eq, words[size::size], words[::size]))
    return any(map(and_, same, same[1:]))


def _places(words: list[str], text: str) -> list[tuple[int, int]]:
    """Start and end of each word of a text."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        at = text.index(word, at)
        places.append((at, at + len(word)))
        at += len(word)
    return places
