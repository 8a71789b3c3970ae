"""Counts letters by script and cuts text into words, as checks of language and completeness need it. Imports the core only.

``squeezed`` is the one form in which texts are compared: compatibility forms, hyphens and spaces no longer differ.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from docpipe.model.language import same

_CLASSES = {
    "Han": "㐀-䶿一-鿿豈-﫿\U00020000-\U000323af々〇",
    "Kana": "ぁ-ゖゝ-ゟァ-ヺー-ヿｦ-ﾟ",
    "Hangul": "가-힣ᄀ-ᇿ㄰-㆏",
    "Cyrillic": "Ѐ-ԯ",
    "Greek": "Ͱ-Ͼἀ-῿",
    "Arabic": "ؠ-ٟٮ-ۓۺ-ۿݐ-ݿﭐ-﷿ﹰ-ﻼ",
    "Hebrew": "א-ת",
    "Devanagari": "ऀ-ॿ",
    "Thai": "ก-๎",
}
_LATIN = "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ"
_RUNS = {name: re.compile(f"[{chars}]+") for name, chars in _CLASSES.items()}
_BESIDE_HAN = re.compile("[" + "".join(chars for name, chars in _CLASSES.items() if name != "Han") + "]")
LATIN_WORD = re.compile(rf"[{_LATIN}]+(?:['’][{_LATIN}]+)*")
CJK = re.compile(f"[{_CLASSES['Han']}{_CLASSES['Kana']}{_CLASSES['Hangul']}]")
CJK_RUN = re.compile(f"[{_CLASSES['Han']}{_CLASSES['Kana']}]+")
HAN_RUN = re.compile(f"[{_CLASSES['Han']}]+")

_TOKEN = re.compile(
    rf"[{_LATIN}0-9]+(?:['’][{_LATIN}]+)*|[{_CLASSES['Han']}{_CLASSES['Kana']}]|[^\W{_LATIN}0-9{_CLASSES['Han']}{_CLASSES['Kana']}]+"
)
_ASCII_TOKEN = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z]+)*|_+")
_ODD = {
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"),
    **dict.fromkeys("\xa0\u2007\u2009\u202f\u3000", " "),
}
_ODD_TABLE = str.maketrans(_ODD)
_ANY_ODD = re.compile("[" + "".join(_ODD) + "]")

# Pairs of running text in which simplified and traditional Chinese differ and neither form is used in the other.
_SIMPLIFIED = frozenset(
    "这们个国说时会过对发经还进动现实给关样开问题间头长门产业员应见车电马书话语风让认听从为务单药剂试验组织检测结访损伤疗显级转资护权责监紧严"
)
_TRADITIONAL = frozenset(
    "這們個國說時會過對發經還進動現實給關樣開問題間頭長門產業員應見車電馬書話語風讓認聽從為務單藥劑試驗組織檢測結訪損傷療顯級轉資護權責監緊嚴"
)


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def letters(text: str) -> dict[str, int]:
    """Letters by script (Han, Kana, Hangul, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Thai), scripts that occur only."""
    if text.isascii():
        return {}
    scripts = _RUNS if _BESIDE_HAN.search(text) else ("Han",)
    return {name: n for name in scripts if (n := sum(map(len, _RUNS[name].findall(text))))}


@lru_cache(maxsize=8192)
def latin_words(text: str) -> tuple[str, ...]:
    """The words in Latin letters, in order."""
    return tuple(LATIN_WORD.findall(text))


_SAME_LETTER = str.maketrans("ſı", "si", "\u0307")


@lru_cache(maxsize=8192)
def lowered(text: str) -> str:
    """Lower case for quick looks at a text before a pattern that ignores case is tried; offsets may differ.

    Letters that such a pattern takes for s and i, yet lower case leaves as they are, become s and i.
    """
    return text.lower() if text.isascii() else text.lower().translate(_SAME_LETTER)


@lru_cache(maxsize=8192)
def cjk_letters(text: str) -> int:
    """How many Han, Kana and Hangul letters."""
    return 0 if text.isascii() else len(CJK.findall(text))


def tokens(text: str) -> list[str]:
    """Words with their digits; each Han or Kana character is a token of its own."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """NFKC, one kind of hyphen, single spaces, no invisible characters: for comparison, not for spans."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _plain(text))
        text = _plain(text)
    return " ".join(text.split())


def _plain(text: str) -> str:
    return text.translate(_ODD_TABLE) if _ANY_ODD.search(text) else text


@lru_cache(maxsize=512)
def chinese_variant(code: str) -> str:
    """``Hans`` or ``Hant`` where the language code says which, else ""."""
    simplified, traditional = same(code, "zh-Hans"), same(code, "zh-Hant")
    if simplified == traditional:
        return ""
    return "Hans" if simplified else "Hant"


def simplified_letters(text: str) -> int:
    """How many characters are written so in simplified Chinese only."""
    return 0 if _SIMPLIFIED.isdisjoint(text) else sum(c in _SIMPLIFIED for c in text)


def traditional_letters(text: str) -> int:
    """How many characters are written so in traditional Chinese only."""
    return 0 if _TRADITIONAL.isdisjoint(text) else sum(c in _TRADITIONAL for c in text)
