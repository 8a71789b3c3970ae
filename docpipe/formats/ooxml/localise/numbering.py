"""Automatic numbers: counting in the target's way, and the words and signs around the number. Imports names and this package.

Source: ISO/IEC 29500-1, 17.18.59 (``ST_NumberFormat``) and 17.9.11 (``w:lvlText``). Levels themselves, their starts and restarts stay.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
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
_HAN_FIGURES = "〇一二三四五六七八九零壹贰叁肆伍陆柒捌玖十百千"
_WRITTEN = rf"[0-9０-９]+(?:[.\-．－][0-9０-９]+)*|[{_HAN_FIGURES}]+|[IVXLC]+|[A-Za-z]"
_AROUND = " \t.:()（）、．。[]【】：\u3000"
_COUNTED = re.compile(rf"(?:{_WRITTEN}|[ivxlc]+)(?:[.\-]\w{{1,3}})*")
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


def is_number(text: str) -> bool:
    """Whether a text beside a heading's words is its number, in any language's way, and no words: ``1.2``, ``A``, ``第一章``."""
    bare = text.strip(_AROUND)
    return (
        not any(ch.isalpha() for ch in bare)
        or bool(_COUNTED.fullmatch(bare))
        or any(pattern.fullmatch(bare) for pattern, _ in _written_patterns(""))
    )


def written_label(text: str, aim: Aim) -> str:
    """A number as it stands written (``第一章``, ``Chapter 1``), for the target; other text is returned as it is."""
    bare = text.strip()
    if not bare:
        return text
    for pattern, entry in _written_patterns(aim.source):
        if (found := pattern.fullmatch(bare)) and (form := _form(entry, aim.target)):
            number = found.group("number")
            after = found.group("tail")
            return text.replace(bare, form.replace("%", _figures(number)) + "".join(_SIGNS.get(c, c) for c in after))
    signs = bare if aim.east_asian else "".join(_SIGNS.get(ch, ch) for ch in bare)
    core = signs.strip(_AROUND)
    if not aim.east_asian and core and all(ch in _HAN_FIGURES for ch in core):
        signs = signs.replace(core, _figures(core))
    return text.replace(bare, signs)


def _figures(number: str) -> str:
    """A number in Chinese characters (up to 9,999) in figures; another one as it is."""
    if not all(ch in _HAN_FIGURES for ch in number):
        return unicodedata.normalize("NFKC", number)
    total = digit = 0
    if not any(ch in "十百千" for ch in number):
        return "".join(str(_HAN_FIGURES.index(ch) % 10) for ch in number)
    for ch in number:
        if ch in "十百千":
            total += max(digit, 1) * {"十": 10, "百": 100, "千": 1000}[ch]
            digit = 0
        else:
            digit = _HAN_FIGURES.index(ch) % 10
    return str(total + digit)


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


@lru_cache(maxsize=64)
def _written_patterns(source: str) -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    """As ``_patterns``, for numbers that are written out; of every language where none is named."""
    made = []
    for entry in _table():
        for form in {_form(entry, source)} if source else set(entry.values()):
            if form:
                before, after = (re.escape(part.strip()) for part in form.split("%"))
                pattern = rf"{before}\s*(?P<number>{_WRITTEN})\s*{after}(?P<tail>[\s.:、．：\u3000]*)"
                made.append((re.compile(pattern, re.IGNORECASE), entry))
    return tuple(made)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], ...]:
    text = (files("docpipe.formats.ooxml.localise") / "labels.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["label"])
