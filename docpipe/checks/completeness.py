"""Family A, completeness of one pair: empty, blank, untranslated, cut off. Imports the core and ``checks/wording``.

Missing and extra segments, parity of cells and the ledger need the whole document: see ``checks/document.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.checks.wording.languages import FUNCTION_WORDS, OWN_WORDS
from docpipe.checks.wording.plain_words import COGNATES, COMMON_WORDS, is_name, is_reference, words_to_translate
from docpipe.checks.wording.scripts import CJK, CJK_RUN, HAN_RUN, LATIN_WORD, squeezed, word_set
from docpipe.model.check import Check, Pair
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import codes_of
from docpipe.model.language import primary, script
from docpipe.model.segment import OriginKind
from docpipe.model.terms import TermStatus


def kept_terms(pair: Pair) -> list[str]:
    """The do-not-translate terms that the termbase found in the source."""
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
        if pair.target_text == "" and pair.source_text.strip():
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
    _RUN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*(?:[ ,;]+[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*)*")

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
        target, source = pair.target_text, pair.source_text.casefold()
        if is_reference(target):
            return
        blank = self._ASIDE.sub(lambda m: " " * len(m.group()), target)
        for term in kept_terms(pair):
            blank = blank.replace(term, " " * len(term))
        language = primary(pair.source_language)
        own = OWN_WORDS.get(language, frozenset()) if not foreign else FUNCTION_WORDS.get(language, frozenset())
        own -= FUNCTION_WORDS.get(primary(pair.target_language), frozenset())
        for m in self._RUN.finditer(blank):
            words = [w.lower() for w in LATIN_WORD.findall(m.group())]
            functional = sum(w in own and len(w) > 1 for w in words)
            copied = m.group().casefold() in source
            enough = len(words) >= 4 and functional >= 1 if foreign else len(words) >= 5 and functional >= 2
            lone = foreign and len(words) == functional and self._between_characters(target, m.span())
            if (enough and copied) or lone:
                yield self.finding(f"“{m.group()}” is not translated.", None, m.span())

    @staticmethod
    def _between_characters(text: str, span: tuple[int, int]) -> bool:
        before, after = text[: span[0]].rstrip(), text[span[1] :].lstrip()
        return bool(before and after and CJK.match(before[-1]) and CJK.match(after[0])) and text[span[0]].islower()


class CutOff(Check):
    """A9."""

    id = "A9.cut-off"
    severity = Severity.CRITICAL
    title = "Cut off"
    description = (
        "The source ends as a sentence does and the target does not, or the target ends in a comma, an open bracket or a word that cannot end a "
        "text. Headings, cells, captions and short texts may lack the full stop."
    )

    _END = re.compile(r"[.!?…。！？｡।؟:：;；]$")
    _FULL = re.compile(r"[.!?。！？｡।؟]$")
    _HANGING = re.compile(r"[,，、،(（\[［{“‘「『《/+=<≤≥&-]$")
    _CLOSERS = " \t\n\u00a0\"'”’»)）]］}」』】》>*†‡§¶#®™"
    _ABBREVIATION = re.compile(
        r"(?:^|[\s(])(?:[A-Za-z]\.)+$|\b(?:etc|al|Inc|Ltd|Co|Corp|No|approx|vs|Dr|St|Jr|min|max|resp|ca)\.$", re.I
    )
    _LOOSE = frozenset({BlockKind.HEADING, BlockKind.CELL, BlockKind.CAPTION, BlockKind.HEADER, BlockKind.FOOTER, BlockKind.LIST_ITEM,
        BlockKind.LIST_ENTRY, BlockKind.CHART_TEXT, BlockKind.PROPERTY, BlockKind.ALT_TEXT, BlockKind.FIELD_RESULT})  # fmt: skip

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding at the target's end."""
        source, target = self._bare(pair.source_text), self._bare(pair.target_text)
        if not target or not source or self._ends_in_code(pair):
            return
        at = (max(0, len(pair.target_text.rstrip()) - 1), len(pair.target_text.rstrip()))
        raw = pair.target_text.rstrip()
        hanging = self._HANGING.search(raw) is not None and self._HANGING.search(pair.source_text.rstrip()) is None
        if hanging and not re.search(r"[-+=<>&/]$", raw):
            yield self.finding(f"The target ends in “{raw[-1]}”: it may be cut off.", None, at)
        elif self._full(source) and self._END.search(target) is None and self._long(source):
            if pair.kind not in self._LOOSE or self._dangles(target, pair) or self._short(source, target, pair):
                yield self.finding(
                    "The source ends as a sentence and the target does not: it may be cut off.", None, at
                )
        elif (
            self._long(source)
            and self._END.search(source) is None
            and self._dangles(target, pair)
            and not self._dangles(source, pair, of_source=True)
        ):
            yield self.finding("The target ends in a word that cannot end it: it may be cut off.", None, at)

    def _bare(self, text: str) -> str:
        return text.rstrip(self._CLOSERS) if text.rstrip()[-1:] in self._CLOSERS else text.rstrip()

    def _full(self, source: str) -> bool:
        return self._FULL.search(source) is not None and self._ABBREVIATION.search(source) is None

    @staticmethod
    def _ends_in_code(pair: Pair) -> bool:
        """A placeholder at the end may show what ends the sentence: a field, a note mark with its full stop."""
        last = codes_of(pair.target)[-1:] if pair.target and pair.target[-1] in codes_of(pair.target) else ()
        return any(getattr(c, "equiv", "").strip()[-1:] in tuple(".。!?") and getattr(c, "equiv", "") for c in last)

    @staticmethod
    def _long(text: str) -> bool:
        return len(LATIN_WORD.findall(text)) >= 4 or len(CJK.findall(text)) >= 7

    @staticmethod
    def _weight(text: str) -> float:
        return len(CJK.findall(text)) / 1.7 + len(LATIN_WORD.findall(text))

    def _short(self, source: str, target: str, pair: Pair) -> bool:
        return self._weight(target) < 0.4 * self._weight(source)

    @staticmethod
    def _dangles(text: str, pair: Pair, *, of_source: bool = False) -> bool:
        language = primary(pair.source_language if of_source else pair.target_language)
        words = LATIN_WORD.findall(text)
        if not words or not text.endswith(words[-1]):
            return (
                text.endswith(("和", "与", "及", "或", "以及", "或者", "由于", "并且", "、"))
                if CJK.search(text[-1:])
                else False
            )
        return words[-1] in DANGLING.get(language, ())


DANGLING = {
    "en": word_set("the a an of and or with from by at that which than were was is are as into if because between"),
    "es": word_set("el la los las de del y o con por para en que un una al se su sus como e u fue fueron"),
    "de": word_set("der die das den dem des und oder mit von bei für in als dass ein eine einer einem einen im zur zum sowie"),
    "fr": word_set("le la les de du des et ou avec par pour dans que qui un une au aux se sa ses leur à"),
}  # fmt: skip
"""Words that cannot be a text's last one (particles of verbs, such as German "an", can)."""
