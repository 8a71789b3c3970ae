"""Family D, second part: what codes stand for: formatting of numbers, superscripts, note marks, variables, links, formulas.

Imports the core and ``checks/wording``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from docpipe.checks.wording.identifiers import identifiers
from docpipe.checks.wording.layout import Layout
from docpipe.checks.wording.once import has_codes, layouts
from docpipe.checks.wording.plain_words import is_ordinal_ending, words_to_translate
from docpipe.checks.wording.scripts import squeezed
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Open, Placeholder, codes_of
from docpipe.model.language import primary

_SMALL = frozenset(("sup", "sub", "superscript", "subscript"))
_NOTES = frozenset(("footnote", "endnote", "comment", "note", "footnote-ref", "endnote-ref", "comment-ref", "noteref"))
_FORMULAS = frozenset(("formula", "math", "omml", "equation"))


@lru_cache(maxsize=256)
def kinds(kind: str) -> frozenset[str]:
    """The parts of a code's kind, such as b and sup of ``b+sup``, and the whole."""
    return frozenset(part for part in re.split(r"[^\w-]+", kind.lower()) if part) | {kind.lower()}


def bare(text: str) -> str:
    """Letters, digits and signs without separators, so that 1,000.5 and 1.000,5 are the same."""
    plain = re.sub(r"[\s()（）\[\]]", "", unicodedata.normalize("NFKC", squeezed(text)).casefold())
    return re.sub(r"(?<=\d)[.,'’](?=\d)", "", plain).strip(".,;:、，。；：")


def _fixed(text: str) -> bool:
    """Whether nothing in the text is to be translated, and something is there to compare."""
    return bool(bare(text)) and not words_to_translate(text) and any(c.isalnum() for c in text)


class FormattingMoved(Check):
    """D8, the part that a program can decide alone."""

    id = "D8.formatting-moved"
    severity = Severity.MAJOR
    title = "Formatting on the wrong words"
    description = (
        "A pair of tags encloses a number, code or symbol in the source and something else in the target. Pairs round words are let pass; superscripts "
        "and subscripts are D9."
    )

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a pair."""
        source, target = layouts(pair)
        for number, span in source.pairs.items():
            if kinds(source.opens[number].kind) & _SMALL or number not in target.pairs or self._nested(source, number):
                continue
            old, new = pair.source_text[slice(*span)], pair.target_text[slice(*target.pairs[number])]
            if not _fixed(old) or not any(c.isdigit() for c in old) or not squeezed(new):
                continue
            digits = Counter(re.findall(r"\d", old))
            if (
                bare(old) != bare(new)
                and digits != Counter(re.findall(r"\d", new))
                and bare(old) in bare(pair.target_text)
            ):
                yield self.finding(f"The formatting of “{old}” is on “{new}”.", span, target.pairs[number])

    @staticmethod
    def _nested(source: Layout, number: int) -> bool:
        return bool(source.inside[number])


class SmallLost(Check):
    """D9."""

    id = "D9.superscript-lost"
    severity = Severity.CRITICAL
    title = "Superscript or subscript lost"
    description = (
        "What stands raised or lowered in the source (an exponent, a note letter, an index) is gone, or something else is raised or lowered in the "
        "target. Endings of ordinals may go; words may be translated."
    )

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a pair."""
        source, target = layouts(pair)
        for number, span in source.pairs.items():
            kind = kinds(source.opens[number].kind) & _SMALL
            old = pair.source_text[slice(*span)]
            if (
                not kind
                or source.inside[number]
                or not bare(old)
                or is_ordinal_ending(pair.source_text, *span, primary(pair.source_language))
            ):
                continue
            if number not in target.pairs:
                if not source.opens[number].deletable:
                    yield self.finding(f"“{old}” is no longer {self._how(kind)}.", span)
                continue
            new = pair.target_text[slice(*target.pairs[number])]
            if self._same(old, new):
                continue
            message = (
                f"“{old}” was {self._how(kind)}; now “{new}” is."
                if squeezed(new)
                else f"“{old}” is no longer {self._how(kind)}."
            )
            yield self.finding(message, span, target.pairs[number])

    @staticmethod
    def _how(kind: frozenset[str]) -> str:
        return "raised" if any(k.startswith("sup") for k in kind) else "lowered"

    @staticmethod
    def _same(old: str, new: str) -> bool:
        if bare(old) == bare(new) or bare(old).replace("-", "–") == bare(new):
            return True
        return (
            bool(words_to_translate(old)) and not any(c.isdigit() for c in old + new) and len(new) <= 4 * len(old) + 12
        )


class NoteMarkMissing(Check):
    """D10, the part that one segment shows."""

    id = "D10.note-mark-missing"
    severity = Severity.CRITICAL
    title = "Note mark missing"
    description = "The mark of a footnote, endnote or comment of the source is not in the target."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a mark."""
        yield from _placeholders_gone(self, pair, _NOTES, "The mark of a note or comment")


class FormulaMissing(Check):
    """D16."""

    id = "D16.formula-missing"
    severity = Severity.CRITICAL
    title = "Formula missing"
    description = "A formula of the source is not in the target, or another one stands under its number."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a formula."""
        yield from _placeholders_gone(self, pair, _FORMULAS, "A formula")


def _placeholders_gone(check: Check, pair: Pair, of: frozenset[str], what: str) -> Iterator[Finding]:
    source, target = layouts(pair)
    for number, code in source.placeholders.items():
        if not kinds(code.kind) & of:
            continue
        at = source.places[f"<{number}/>"]
        there = target.placeholders.get(number)
        if there is None:
            yield check.finding(f"{what} (<{number}/>) is missing in the target.", (at, at), None, f"<{number}/>")
        elif there.data != code.data:
            place = target.places[f"<{number}/>"]
            yield check.finding(f"{what} (<{number}/>) is another one in the target.", (at, at), (place, place))


class Variable(Check):
    """D14."""

    id = "D14.variable"
    severity = Severity.CRITICAL
    title = "Placeholder or variable"
    description = (
        "A variable or a place to fill in ({name}, %s, ${x}, <<X>>, «FIELD», [●]) is missing, added or changed. « » are quotation marks in French, "
        "Spanish and other languages and count only round capitals and underscores."
    )

    _VARIABLES = re.compile(
        r"\$?\{\{?[^{}\n]{1,60}\}\}?|%\([\w.]+\)[sdif]|(?<![\d\w%])(?<!\d )%(?:\d+\$)?[sdif](?![A-Za-z])|<<[^<>\n]{1,60}>>|«[A-Z][A-Z0-9_]*»|[\[［][●•∙◦○■□▪*＊]+[\]］]|%[A-Z][A-Z0-9_]+%|@@\w+@@"
    )

    _HINT = re.compile(r"[{%«\[［@]|<<")
    """Every variable holds one of these."""

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a variable."""
        if not self._HINT.search(pair.source_text) and not self._HINT.search(pair.target_text):
            return
        source = [(self._key(m.group()), m) for m in self._VARIABLES.finditer(pair.source_text)]
        target = [(self._key(m.group()), m) for m in self._VARIABLES.finditer(pair.target_text)]
        left = Counter(k for k, _ in target)
        for key, m in source:
            if left[key] > 0:
                left[key] -= 1
            else:
                yield self.finding(f"{m.group()} is missing in the target.", m.span(), None, m.group())
        left = Counter(k for k, _ in source)
        for key, m in target:
            if left[key] > 0:
                left[key] -= 1
            else:
                yield self.finding(f"{m.group()} is not in the source.", None, m.span())

    @staticmethod
    def _key(text: str) -> str:
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("•", "●").replace("∙", "●")


class LinkChanged(Check):
    """D15."""

    id = "D15.link-changed"
    severity = Severity.MAJOR
    title = "Link changed"
    description = "A link's code leads elsewhere than the source's, or the addresses shown by two links were exchanged. A missing link is D1, a changed address C10."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a link."""
        source, target = layouts(pair)
        known = {c.id: c for c in codes_of(pair.source) if isinstance(c, Open | Placeholder)}
        for code in codes_of(pair.target):
            if not isinstance(code, Open | Placeholder) or code.id not in known or "link" not in code.kind.lower():
                continue
            if known[code.id].data != code.data:
                place = target.pairs.get(code.id)
                yield self.finding(f"The link of <{code.id}> leads elsewhere.", source.pairs.get(code.id), place)
        shown = {
            n: self._address(pair.source_text, s)
            for n, s in source.pairs.items()
            if "link" in source.opens[n].kind.lower()
        }
        for number, address in shown.items():
            place = target.pairs.get(number)
            now = self._address(pair.target_text, place) if place else ""
            if address and now and now != address and now in shown.values():
                yield self.finding(f"The address in <{number}> is another link's.", source.pairs[number], place)

    @staticmethod
    def _address(text: str, span: tuple[int, int]) -> str:
        return next((i.key for i in identifiers(text[slice(*span)]) if i.family in ("url", "email")), "")
