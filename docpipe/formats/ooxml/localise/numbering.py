"""Automatic numbers: counting in the target's way, and the words and signs around the number. Imports names and this package.

Source: ISO/IEC 29500-1, 17.18.59 (``ST_NumberFormat``) and 17.9.11 (``w:lvlText``). Levels themselves, their starts and restarts stay.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.names import SHORT, Element, set_w_attr, w_attr
from docpipe.model.language import primary

_FIGURES = frozenset({
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographDigital", "ideographTraditional",
    "ideographLegalTraditional", "japaneseCounting", "japaneseLegal", "japaneseDigitalTenThousand", "taiwaneseCounting",
    "taiwaneseCountingThousand", "taiwaneseDigital", "koreanDigital", "koreanCounting", "koreanLegal", "koreanDigital2",
    "decimalFullWidth", "decimalFullWidth2", "hindiNumbers", "hindiCounting", "thaiNumbers", "thaiCounting", "ideographZodiac",
    "ideographZodiacTraditional", "vietnameseCounting",
})  # fmt: skip
_LETTERS = frozenset({
    "aiueo", "iroha", "aiueoFullWidth", "irohaFullWidth", "ganada", "chosung", "hebrew1", "hebrew2", "arabicAlpha",
    "arabicAbjad", "hindiVowels", "hindiConsonants", "thaiLetters", "russianLower",
})  # fmt: skip
_OWN = {
    "zh": ("chinese", "ideograph", "taiwanese", "decimalFullWidth"), "ja": ("japanese", "ideograph", "aiueo", "iroha", "decimalFullWidth", "chineseCounting"),
    "ko": ("korean", "ganada", "chosung", "ideograph", "decimalFullWidth"), "he": ("hebrew",), "ar": ("arabic", "hindiNumbers"),
    "fa": ("arabic", "hindiNumbers"), "ur": ("arabic", "hindiNumbers"), "hi": ("hindi",), "th": ("thai",), "ru": ("russian",),
    "uk": ("russian",), "bg": ("russian",), "vi": ("vietnamese",),
}  # fmt: skip
_SIGNS = {
    "（": "(", "）": ")", "、": ".", "．": ".", "。": ".", "【": "[", "】": "]", "：": ":", "，": ",", "－": "-", "　": " ", "「": "\u201c",
    "」": "\u201d",
}  # fmt: skip
_NUMBER = r"%\d(?:[.\-－．]%\d)*"
_TAIL = re.compile(r"[\s.:、．：　]*$")


def renumber(root: Element, aim: Aim) -> bool:
    """Puts the number formats and labels of a numbering part in the target's way; returns whether anything changed."""
    changed = False
    for level in root.iter("{*}lvl"):
        for el in level.iter("{*}numFmt", "{*}lvlText"):
            local = SHORT[el.tag]
            before = w_attr(el, "val") or ""
            if local not in ("w:numFmt", "w:lvlText") or not before:
                continue
            after = counted(before, aim.target) if local == "w:numFmt" else label(before, aim)
            if after != before:
                set_w_attr(el, "val", after)
                changed = True
    return changed


def counted(number_format: str, target: str) -> str:
    """The number format for the target: one that only another language counts by becomes figures or letters."""
    if number_format.startswith(_OWN.get(primary(target), ("\0",))):
        return number_format
    if number_format in _FIGURES:
        return "decimal"
    if number_format in _LETTERS:
        return "lowerLetter"
    return "upperLetter" if number_format == "russianUpper" else number_format


def label(text: str, aim: Aim) -> str:
    """A level's text, such as ``第%1章``, for the target. One that the table does not know keeps its words."""
    tail_at = _TAIL.search(text)
    assert tail_at is not None
    body, tail = text[: tail_at.start()], text[tail_at.start() :]
    for pattern, entry in _patterns(aim.source):
        if (found := pattern.fullmatch(body)) and (form := _form(entry, aim.target)):
            body = form.replace("%", found.group("number"))
            break
    if aim.east_asian:
        return body + tail
    return "".join(_SIGNS.get(ch, ch) for ch in body + tail)


def _form(entry: dict[str, str], language: str) -> str:
    traditional = "Hant" in language or language in ("zh-TW", "zh-HK", "zh-MO")
    return entry.get("zh-Hant" if traditional else primary(language), "")


@lru_cache(maxsize=64)
def _patterns(source: str) -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    made = []
    for entry in _table():
        if form := _form(entry, source):
            before, after = (re.escape(part.strip()) for part in form.split("%"))
            made.append((re.compile(rf"{before}\s*(?P<number>{_NUMBER})\s*{after}", re.IGNORECASE), entry))
    return tuple(made)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], ...]:
    text = (files("docpipe.formats.ooxml.localise") / "labels.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["label"])
