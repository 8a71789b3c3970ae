"""Family A, completeness of one pair: empty, blank, untranslated. Imports the core and ``checks/wording``.

Missing and extra segments, parity of cells and the ledger need the whole document: see ``checks/document.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from docpipe.checks.wording.languages import FUNCTION_WORDS, OWN_WORDS
from docpipe.checks.wording.plain_words import COGNATES, COMMON_WORDS, is_name, is_reference, words_to_translate
from docpipe.checks.wording.scripts import CJK, CJK_RUN, HAN_RUN, LATIN_WORD, latin_words, squeezed
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity
from docpipe.model.language import primary, script
from docpipe.model.segment import OriginKind
from docpipe.model.terms import TermStatus


def kept_terms(pair: Pair) -> list[str]:
    """The do-not-translate terms that the termbase found in the source."""
    if not pair.terms:
        return []
    return [
        t.target or t.source for hit in pair.terms for t in hit.terms if t.status is TermStatus.DO_NOT_TRANSLATE
    ] + [hit.source for hit in pair.terms if any(t.status is TermStatus.DO_NOT_TRANSLATE for t in hit.terms)]


class EmptyTarget(Check):
    """A3."""

    id = "A3.empty-target"
    severity = Severity.CRITICAL
    title = "Empty target"
    description = "The source has text and the target has none at all. A source of codes alone is let pass."

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the whole pair."""
        if pair.target_text == "" and squeezed(pair.source_text):
            yield self.finding("The target is empty.", (0, len(pair.source_text)))


class BlankTarget(Check):
    """A4."""

    id = "A4.blank-target"
    severity = Severity.CRITICAL
    title = "Blank target"
    description = "The source has text and the target holds nothing but white space or invisible characters."

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the whole pair."""
        if pair.target_text and not squeezed(pair.target_text) and squeezed(pair.source_text):
            yield self.finding("The target is blank.", (0, len(pair.source_text)), (0, len(pair.target_text)))


class TargetWithoutSource(Check):
    """A5."""

    id = "A5.target-without-source"
    severity = Severity.MAJOR
    title = "Target where the source is empty"
    description = "The source has no text and the target has some."

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the whole pair."""
        if squeezed(pair.target_text) and not squeezed(pair.source_text):
            yield self.finding("The source is empty and the target is not.", None, (0, len(pair.target_text)))


class TargetIsSource(Check):
    """A6."""

    id = "A6.target-is-source"
    severity = Severity.MAJOR
    title = "Not translated"
    description = (
        "The target equals the source although there is something to translate. Let pass: numbers, codes, units, abbreviations, e-mail and web "
        "addresses, Latin, names, entries of reference lists, do-not-translate terms, and one or two words that both languages may share."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the whole pair."""
        if pair.origin is OriginKind.SAME or primary(pair.source_language) == primary(pair.target_language):
            return
        text = squeezed(pair.source_text)
        if not text or text.casefold() != squeezed(pair.target_text).casefold() or is_reference(text):
            return
        words = words_to_translate(text, kept_terms(pair))
        if words and not self._legal(words, pair):
            yield self.finding(
                "The target is the same as the source.", (0, len(pair.source_text)), (0, len(pair.target_text))
            )

    @staticmethod
    def _legal(words: tuple[str, ...], pair: Pair) -> bool:
        source, target = primary(pair.source_language), primary(pair.target_language)
        scripts = script(pair.source_language), script(pair.target_language)
        if set(scripts) == {"Han", "Japanese"}:
            return len(words) == 1 and len(words[0]) <= 4 and HAN_RUN.fullmatch(words[0]) is not None
        if any(CJK_RUN.match(w) for w in words) and scripts[0] != scripts[1]:
            return False
        lower = [w.lower() for w in words]
        common = COMMON_WORDS.get(source, frozenset()) - COMMON_WORDS.get(target, frozenset())
        if scripts[0] != scripts[1]:
            return is_name(words, source) and not any(w in COGNATES for w in lower)
        if any(w in common or w in OWN_WORDS.get(source, ()) for w in lower):
            return False
        return len(words) <= 2 or is_name(words, source)


class SourceResidue(Check):
    """A7."""

    id = "A7.source-residue"
    severity = Severity.MAJOR
    title = "Partly untranslated"
    description = (
        "Part of the target is still in the source's language: Chinese or Japanese characters in a Latin text, or English function words and runs "
        "of lower-case words copied from the source. Let pass: text in brackets beside its translation, titles in quotation marks, names, codes, "
        "references, do-not-translate terms."
    )

    _ASIDE = re.compile(
        r"\([^()]*\)|（[^（）]*）|《[^》]*》|“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|\[[^\][]*\]|«[^»]*»"
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a fragment."""
        if pair.origin is OriginKind.SAME or primary(pair.source_language) == primary(pair.target_language):
            return
        scripts = script(pair.source_language), script(pair.target_language)
        if scripts[0] in ("Han", "Japanese") and scripts[1] not in ("Han", "Japanese", "Korean"):
            yield from self._characters(pair)
        elif scripts[0] == "Latin" and squeezed(pair.target_text) != squeezed(pair.source_text):
            yield from self._words(pair, foreign=scripts[1] != "Latin")

    def _characters(self, pair: Pair) -> Iterator[Finding]:
        kept = kept_terms(pair)
        for m in CJK_RUN.finditer(pair.target_text):
            if not any(m.group() in term for term in kept):
                yield self.finding(f"“{m.group()}” is not translated.", None, m.span())

    def _words(self, pair: Pair, *, foreign: bool) -> Iterator[Finding]:
        target = pair.target_text
        own = _function_words(primary(pair.source_language), "" if foreign else primary(pair.target_language))
        kept = kept_terms(pair)
        if (not kept and own.isdisjoint(latin_words(target))) or is_reference(target):
            return
        blank = self._ASIDE.sub(lambda m: " " * len(m.group()), target)
        for term in kept:
            blank = blank.replace(term, " " * len(term))
        least = (4, 1) if foreign else (5, 2)
        for start, end, words in _copied(blank, pair.source_text, least[0]):
            functional = sum(w in own for w in words)
            content = any(w.islower() and len(w) > 2 and w not in own for w in words)
            if functional >= least[1] and content:
                yield self.finding(f"“{target[start:end]}” is not translated.", None, (start, end))
        if foreign:
            for m in LATIN_WORD.finditer(blank):
                if m.group() in own and len(m.group()) > 1 and self._between_characters(target, m.span()):
                    yield self.finding(f"“{m.group()}” is not translated.", None, m.span())

    @staticmethod
    def _between_characters(text: str, span: tuple[int, int]) -> bool:
        before, after = text[: span[0]].rstrip(), text[span[1] :].lstrip()
        return bool(before and after and CJK.match(before[-1]) and CJK.match(after[0])) and text[span[0]].islower()


@cache
def _function_words(language: str, other: str) -> frozenset[str]:
    """The function words of a language that another does not have."""
    return FUNCTION_WORDS.get(language, frozenset()) - FUNCTION_WORDS.get(other, frozenset())


def _copied(target: str, source: str, size: int) -> Iterator[tuple[int, int, list[str]]]:
    """Runs of at least ``size`` Latin words that stand so in the source too, with nothing but spaces and commas between them."""
    known, there = ([w.casefold() for w in latin_words(text)] for text in (source, target))
    if min(len(known), len(there)) < size or set(known).isdisjoint(there):
        return
    grams = {tuple(known[i : i + size]) for i in range(len(known) - size + 1)}
    if not any(tuple(there[i : i + size]) in grams for i in range(len(there) - size + 1)):
        return
    found = list(LATIN_WORD.finditer(target))
    joined = [not target[a.end() : b.start()].strip(" ,;'’-") for a, b in pairwise(found)]
    i = 0
    while i + size <= len(found):
        end = i
        while end + size <= len(found) and all(joined[end : end + size - 1]):
            if tuple(m.group().casefold() for m in found[end : end + size]) not in grams:
                break
            end += 1
        if end == i:
            i += 1
            continue
        run = found[i : end + size - 1]
        yield run[0].start(), run[-1].end(), [m.group() for m in run]
        i = end + size - 1
