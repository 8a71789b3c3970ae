"""Family A, what does not belong into a target: a neighbour's text, words of the model, additions, loops.

Imports the core and ``checks/wording``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.checks.wording.identifiers import Identifier, identifiers, present
from docpipe.checks.wording.phrases import PHRASES
from docpipe.checks.wording.scripts import CJK, squeezed, tokens
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
        own, own_source = tokens(pair.target_text.casefold()), tokens(pair.source_text.casefold())
        sides = (
            ("previous", pair.previous_source, pair.previous_target),
            ("next", pair.next_source, pair.next_target),
        )
        for name, source, target in sides:
            neighbour = tokens(source.casefold())
            shared = max(self._covered(neighbour, own_source), self._alike(neighbour, own_source))
            for text, what in ((target, "target"), (source, "source")):
                words = tokens(text.casefold())
                if not self._long(text) or (what == "source" and text == target):
                    continue
                found = self._covered(words, own)
                if (
                    found >= self._SHARE
                    and found - shared >= 0.4
                    and shared < 0.5
                    and not self._explained(words, own, own_source)
                ):
                    yield self.finding(
                        f"The target holds the {name} segment's {what}.", None, self._span(text, pair.target_text)
                    )
                    break

    @staticmethod
    def _long(text: str) -> bool:
        return len(CJK.findall(text)) >= 7 or (len(tokens(text)) >= 4 and len(text) >= 18)

    @staticmethod
    def _size(words: list[str]) -> int:
        return 4 if any(CJK.match(w) for w in words[:6]) else 3

    @classmethod
    def _covered(cls, words: list[str], within: list[str]) -> float:
        """The part of a text's n-grams that another text holds."""
        size = cls._size(words)
        grams = [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]
        if not grams or len(within) < size:
            return 0.0
        there = {tuple(within[i : i + size]) for i in range(len(within) - size + 1)}
        return sum(g in there for g in grams) / len(grams)

    @staticmethod
    def _alike(one: list[str], other: list[str]) -> float:
        """Dice coefficient of the words: sentences that say much the same may have the same translation."""
        a, b = set(one), set(other)
        return 2 * len(a & b) / max(1, len(a) + len(b))

    @classmethod
    def _explained(cls, words: list[str], own: list[str], own_source: list[str]) -> bool:
        """Untranslated text of its own (a reference, a name) that the neighbour has too."""
        return cls._covered(words, own_source) >= 0.5 * cls._covered(words, own)

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
        for phrase in PHRASES:
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
        source = squeezed(pair.source_text)
        digits = set(re.findall(r"\d+", source))
        for found in identifiers(pair.target_text):
            if found.family == "citation" or present(found, pair.source_text) or self._explained(found, source, digits):
                continue
            start, end = found.span
            yield self.finding(f"“{pair.target_text[start:end]}” is not in the source.", None, found.span)

    @staticmethod
    def _explained(found: Identifier, source: str, digits: set[str]) -> bool:
        if found.family in ("code", "study"):
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
    cased = text.casefold() if len(text.casefold()) == len(text) else text
    places: list[tuple[str, int, int]] = []
    at = 0
    for word in tokens(cased):
        at = cased.index(word, at)
        places.append((word, at, at + len(word)))
        at += len(word)
    words = [p[0] for p in places]
    if len(set(words)) > 0.8 * len(words) and len(words) < 200:
        return 1, 1, (0, 0)
    best = (1, 1, (0, 0))
    longest = 0
    for size in range(1, min(40, len(words) // 2) + 1):
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
                    best = (times, size, (places[i - run - size][1], places[i - 1][2]))
            run = 0
    return best
