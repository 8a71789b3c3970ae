"""A9, truncation: the target ends before its source does. Imports the core and ``checks/wording``.

The finish reason of a model's reply is the reader's business; this is what the text itself shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.checks.wording.scripts import CJK, cjk_letters, latin_words, word_set
from docpipe.model.check import Check, Pair
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Placeholder
from docpipe.model.language import primary


class CutOff(Check):
    """A9."""

    id = "A9.cut-off"
    severity = Severity.CRITICAL
    title = "Cut off"
    description = (
        "The source ends as a sentence does and the target does not, or the target ends in a comma, an open bracket or a word that cannot end a "
        "text. Headings, cells, captions and short texts may lack the full stop."
    )

    _END = frozenset(".!?…。！？｡।؟:：;；")
    _FULL = frozenset(".!?。！？｡।؟")
    _HANGING = frozenset(",，、،(（[［{“‘「『《/+=<≤≥&-")
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
        raw, raw_source = pair.target_text.rstrip(), pair.source_text.rstrip()
        at = (max(0, len(raw) - 1), len(raw))
        hanging = raw[-1:] in self._HANGING and raw_source[-1:] not in self._HANGING
        hanging = hanging and not self._salutation(raw, raw_source)
        if hanging and raw[-1:] not in frozenset("-+=<>&/"):
            yield self.finding(f"The target ends in “{raw[-1]}”: it may be cut off.", None, at)
        elif target[-1] not in self._END and self._full(source) and self._long(source):
            if pair.kind not in self._LOOSE or self._dangles(target, pair) or self._short(source, target, pair):
                yield self.finding(
                    "The source ends as a sentence and the target does not: it may be cut off.", None, at
                )
        elif (
            source[-1] not in self._END
            and self._dangles(target, pair)
            and self._long(source)
            and not self._dangles(source, pair, of_source=True)
        ):
            yield self.finding("The target ends in a word that cannot end it: it may be cut off.", None, at)

    @staticmethod
    def _salutation(target: str, source: str) -> bool:
        """A salutation or close of a letter ends in a comma: after a colon in the source, or in a few words."""
        return target[-1:] == "," and (source[-1:] in tuple(":：") or len(latin_words(target)) <= 4)

    def _bare(self, text: str) -> str:
        return text.rstrip(self._CLOSERS) if text.rstrip()[-1:] in self._CLOSERS else text.rstrip()

    def _full(self, source: str) -> bool:
        return source[-1] in self._FULL and self._ABBREVIATION.search(source) is None

    @staticmethod
    def _ends_in_code(pair: Pair) -> bool:
        """A placeholder at the end may show what ends the sentence: a field, a note mark with its full stop."""
        last = pair.target[-1] if pair.target else None
        return isinstance(last, Placeholder) and last.equiv != "" and last.equiv.strip()[-1:] in tuple(".。!?")

    @staticmethod
    def _long(text: str) -> bool:
        return len(latin_words(text)) >= 4 or cjk_letters(text) >= 7

    @staticmethod
    def _weight(text: str) -> float:
        return cjk_letters(text) / 1.7 + len(latin_words(text))

    def _short(self, source: str, target: str, pair: Pair) -> bool:
        return self._weight(target) < 0.4 * self._weight(source)

    @staticmethod
    def _dangles(text: str, pair: Pair, *, of_source: bool = False) -> bool:
        language = primary(pair.source_language if of_source else pair.target_language)
        words = latin_words(text)
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
