"""Finds a term in a text although it is inflected: plurals, cases, gender, articles, compounds. Imports the core and its folder.

Light rules by language, no dictionaries: they may accept a form that a grammarian would not, never miss a plain one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from docpipe.checks.wording.scripts import CJK, LATIN_WORD, word_set
from docpipe.model.finding import Span
from docpipe.model.language import primary, script

_WIDE = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
    | dict.fromkeys("‐‑‒–—－", "-")
    | {"\u00a0": " ", "\u3000": " ", "’": "'"}
)
_WORD = re.compile(rf"{LATIN_WORD.pattern}|\d+(?:[.,]\d+)*|[^\W\d_]+")
_BETWEEN = {
    "es": word_set("el la los las un una de del"),
    "fr": word_set("le la les l un une de du des d"),
    "it": word_set("il lo la i gli le un una di del della dei delle"),
    "pt": word_set("o a os as um uma de do da dos das"),
    "en": word_set("the a an"),
    "de": word_set("der die das den dem des"),
}
_ENDINGS = {
    "en": (("ies", "y"), ("yses", "ysis"), ("eses", "esis"), ("gnoses", "gnosis"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("'s", ""), ("s'", "s"), ("s", "")),
    "es": (("ces", "z"), ("ciones", "cion"), ("es", ""), ("os", ""), ("as", ""), ("s", ""), ("o", ""), ("a", ""), ("e", "")),
    "pt": (("ções", "ção"), ("coes", "cao"), ("es", ""), ("os", ""), ("as", ""), ("s", ""), ("o", ""), ("a", ""), ("e", "")),
    "it": (("chi", "c"), ("che", "c"), ("i", ""), ("e", ""), ("o", ""), ("a", "")),
    "fr": (("aux", "al"), ("eux", "eu"), ("ales", "al"), ("es", ""), ("s", ""), ("x", ""), ("e", "")),
    "de": (("nisses", "nis"), ("nisse", "nis"), ("nissen", "nis"), ("ern", ""), ("en", ""), ("em", ""), ("er", ""), ("es", ""), ("e", ""), ("n", ""), ("s", "")),
}  # fmt: skip
_NO_PLURAL = {"en": ("ss", "is", "us")}
"""Ends that look like a plural and are none."""

_KEEP = 3
"""Letters that a stem keeps at least."""


def folded(word: str) -> str:
    """Lower case without accents; German umlauts lose their dots, as plurals change them."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=16384)
def stem(word: str, language: str) -> str:
    """What the forms of a word have in common, roughly. ``language``: primary code."""
    plain = folded(word)
    for ending, instead in _ENDINGS.get(language, ()):
        if (
            plain.endswith(ending)
            and len(plain) - len(ending) + len(instead) >= _KEEP
            and not plain.endswith(_NO_PLURAL.get(language, "ss"))
        ):
            return plain[: len(plain) - len(ending)] + instead
    return plain


def _same_word(word: str, term: str, language: str, *, last: bool) -> bool:
    if word == term:
        return True
    if term.isupper() and len(term) <= 6 and len(term) > 1:
        return word in (term + "s", term + "'s")
    if stem(word, language) == stem(term, language):
        return True
    if language == "de" and last and len(term) >= 5:
        short = stem(term, language)
        return len(short) >= 5 and short in folded(word)
    return False


@lru_cache(maxsize=8192)
def _placed(text: str) -> tuple[tuple[str, int, int], ...]:
    plain = text if text.isascii() else text.translate(_WIDE)
    return tuple((m.group(), m.start(), m.end()) for m in _WORD.finditer(plain))


def occurrences(term: str, text: str, language: str) -> list[Span]:
    """Where a term stands in a text of a language, inflected forms included. Chinese, Japanese, Korean, Thai: as it is."""
    if CJK.search(term) or script(language) in ("Han", "Japanese", "Korean", "Thai"):
        return verbatim(term, text, fold=True)
    code = primary(language)
    between = _BETWEEN.get(code, frozenset())
    words = [w for w, _, _ in _placed(term)]
    words = [w for w in words if w.casefold() not in between] or words
    if not words or any(c in term for c in "%@&/+="):
        return verbatim(term, text, fold=True)
    placed = _placed(text)
    found: list[Span] = []
    for i in range(len(placed)):
        at = i
        for n, word in enumerate(words):
            while n and at < len(placed) and placed[at][0].casefold() in between:
                at += 1
            if at >= len(placed) or not _same_word(placed[at][0], word, code, last=n == len(words) - 1):
                break
            at += 1
        else:
            found.append((placed[i][1], placed[at - 1][2]))
    return found


def verbatim(term: str, text: str, *, fold: bool = False) -> list[Span]:
    """Where a term stands letter by letter; widths, kinds of hyphens and spaces between scripts do not count."""
    pattern = _pattern(term, fold)
    return [m.span() for m in pattern.finditer(text if text.isascii() else text.translate(_WIDE))] if pattern else []


@lru_cache(maxsize=4096)
def _pattern(term: str, fold: bool) -> re.Pattern[str] | None:
    plain = term.translate(_WIDE).strip()
    if not plain:
        return None
    if CJK.search(term):
        pattern = r"\s*".join(r"\s?".join(map(re.escape, piece)) for piece in plain.split())
    else:
        pattern = "".join(r"\s+" if c == " " else re.escape(c) for c in plain)
    edge = "A-Za-z0-9À-ɏ"
    left = rf"(?<![{edge}])" if re.match(rf"[{edge}]", term) else ""
    right = rf"(?![{edge}])" if re.search(rf"[{edge}]$", term) else ""
    flags = re.IGNORECASE if fold and not (term.isupper() and len(term) <= 6) else 0
    return re.compile(left + pattern + right, flags)
