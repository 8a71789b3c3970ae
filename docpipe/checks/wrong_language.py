"""A18: the target is in another language or script than asked for. Imports the core and ``checks/wording``."""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.checks.completeness import kept_terms
from docpipe.checks.wording.languages import FUNCTION_WORDS, guess, reads_as
from docpipe.checks.wording.plain_words import is_name, is_reference, words_to_translate
from docpipe.checks.wording.scripts import (
    chinese_variant,
    latin_words,
    letters,
    simplified_letters,
    squeezed,
    traditional_letters,
)
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity
from docpipe.model.language import primary, script
from docpipe.model.segment import OriginKind

_OTHER_SCRIPTS = ("Han", "Kana", "Hangul", "Cyrillic", "Arabic", "Hebrew", "Devanagari", "Thai")
_LETTERS_OF = {
    "Han": ("Han",),
    "Japanese": ("Han", "Kana"),
    "Korean": ("Hangul", "Han"),
    "Cyrillic": ("Cyrillic",),
    "Arabic": ("Arabic",),
    "Hebrew": ("Hebrew",),
    "Greek": ("Greek",),
    "Devanagari": ("Devanagari",),
    "Thai": ("Thai",),
}
_PER_WORD = {"Han": 1.7, "Kana": 3.0, "Hangul": 3.0}
"""Letters of a word; of all other scripts, five."""


class WrongLanguage(Check):
    """A18."""

    id = "A18.wrong-language"
    severity = Severity.CRITICAL
    title = "Wrong language or script"
    description = (
        "Most of the target is in a script or language that was not asked for; simplified for traditional Chinese and the reverse too. Languages "
        "in Latin letters are told apart from six words on; names, codes, numbers, references and do-not-translate terms do not count."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the whole target."""
        if pair.origin is OriginKind.SAME or is_reference(pair.target_text):
            return
        why = self._script(pair) or self._variant(pair) or self._language(pair)
        if why:
            yield self.finding(why, None, (0, len(pair.target_text)))

    def _script(self, pair: Pair) -> str:
        wanted = script(pair.target_language)
        if wanted not in _LETTERS_OF and wanted != "Latin":
            return ""
        text = squeezed(pair.target_text)
        counts = letters(text)
        if wanted == "Latin" and not counts:
            return ""
        sizes = {name: counts.get(name, 0) / _PER_WORD.get(name, 5.0) for name in _OTHER_SCRIPTS}
        if wanted == "Latin":
            foreign = sum(sizes.values())
            most = max(sizes, key=lambda name: sizes[name])
            if counts.get(most, 0) >= 2 and foreign > 1.2 * len(self._latin(text, pair)):
                return f"The target is in {most} letters, not in Latin ones."
            return ""
        right = sum(counts.get(name, 0) / _PER_WORD.get(name, 5.0) for name in _LETTERS_OF[wanted])
        if wanted == "Han" and counts.get("Kana", 0) >= 3 and counts["Kana"] > 0.25 * counts.get("Han", 0):
            return "The target is in Japanese, not in Chinese."
        if wanted == "Japanese" and not counts.get("Kana") and counts.get("Han", 0) >= 14:
            return "The target has no kana: it may be Chinese."
        if right > 0 and not kept_terms(pair) and len(latin_words(text)) < 6:
            return ""
        wrong = sum(size for name, size in sizes.items() if name not in _LETTERS_OF[wanted])
        latin = self._latin(text, pair)
        if is_name(latin, primary(pair.source_language)):
            latin = []
        small = [w for w in latin if w[0].islower()]
        if right == 0 and (len(small) >= 3 or wrong >= 1.5):
            return f"The target has no {wanted} letters."
        if len(small) >= 6 and len(small) > 2.3 * right:
            return f"Most of the target is not in {wanted} letters."
        return ""

    @staticmethod
    def _latin(text: str, pair: Pair) -> list[str]:
        return [w for w in words_to_translate(text, kept_terms(pair)) if not letters(w)]

    @staticmethod
    def _variant(pair: Pair) -> str:
        if primary(pair.target_language) != "zh":
            return ""
        variant, text = chinese_variant(pair.target_language), pair.target_text
        if variant == "Hans":
            traditional = traditional_letters(text)
            if traditional >= 4 and traditional > 3 * simplified_letters(text):
                return "The target is in traditional characters, not in simplified ones."
        elif variant == "Hant":
            simplified = simplified_letters(text)
            if simplified >= 4 and simplified > 3 * traditional_letters(text):
                return "The target is in simplified characters, not in traditional ones."
        return ""

    @staticmethod
    def _language(pair: Pair) -> str:
        wanted = primary(pair.target_language)
        if wanted not in FUNCTION_WORDS or script(pair.target_language) != "Latin":
            return ""
        if reads_as(pair.target_text, wanted):
            return ""
        best, _, hits = guess(pair.target_text)
        if best == wanted or hits[best] < 3 or hits[best] < 2.5 * hits[wanted] + 1:
            return ""
        words = words_to_translate(pair.target_text, kept_terms(pair))
        if len(words) < 6 or is_name(words, wanted):
            return ""
        return f"The target reads as “{best}”, not as “{wanted}”."
