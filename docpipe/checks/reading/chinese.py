"""Chinese numerals: 三十五, 一百二十万, 二〇二四, 百分之五十, 三分之二, 半. Imports this package only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERAL = re.compile(r"[零〇○一二两兩三四五六七八九十百千万萬亿億]+(?:点[零〇一二三四五六七八九]+)?")
_FRACTION = re.compile(r"([零〇一二两三四五六七八九十百千万]+)分之(?=[零〇一二两三四五六七八九十百千半\d])")
SCALE_BEHIND = re.compile(r"\s?[多余几]?((?:[十百千]?[万萬亿億])|[百千](?![克卡米焦帕瓦伏赫分]))")
_CLASSIFIERS = frozenset("个個例名位次天周岁种項项组倍人片粒支瓶袋剂针份家所类条只头台批步张篇")
_LONG_CLASSIFIERS = ("毫克", "微克", "毫升", "小时", "分钟", "个月", "公斤", "千克", "国家", "年", "期间", "滴")
_VAGUE = frozenset("几數数上成若好")
_WHOLE_WORDS = (
    "十分",
    "万一",
    "千万",
    "一般",
    "一定",
    "一些",
    "一样",
    "一致",
    "一起",
    "一旦",
    "一直",
    "一线",
    "三角",
    "四肢",
    "五官",
    "百分",
)
_SOFT_CHARS = {"双": "2", "俩": "2", "首": "1", "单": "1", "半": "0.5", "季": "3", "旬": "10", "翻": "2"}
_CIRCLED = {chr(0x2460 + n): str(n + 1) for n in range(20)}
_SOFT = re.compile("[" + "".join(_SOFT_CHARS) + "".join(_CIRCLED) + "]")


@lru_cache(maxsize=4096)
def value_of(numeral: str) -> Decimal | None:
    """Value of a Chinese numeral, or None where it is no number (三四个, 一一)."""
    whole, _, fraction = numeral.partition("点")
    if fraction:
        head = value_of(whole)
        return None if head is None else head + Decimal("0." + "".join(str(_DIGITS[c]) for c in fraction))
    if len(whole) > 1 and all(c in _DIGITS for c in whole):
        return (
            Decimal("".join(str(_DIGITS[c]) for c in whole))
            if len(whole) == 4 or "〇" in whole or "零" in whole
            else None
        )
    total = section = 0
    digit: int | None = None
    for c in whole:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _STEPS:
            section += (1 if digit is None else digit) * _STEPS[c]
            digit = None
        else:
            section += digit or 0
            total = (total + (section or 1)) * SCALES[c] if c in "亿億" or section or not total else total * SCALES[c]
            section, digit = 0, None
    return Decimal(total + section + (digit or 0))


class Found(NamedTuple):
    """A numeral found. ``firm``: a count before a classifier; ``percent``: behind 百分之."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    firm: bool
    percent: bool


def find(text: str) -> Iterator[Found]:
    """Numerals of a Chinese text in order; those that belong to fixed words come as soft ones or not at all."""
    fractions: dict[int, str] = {}
    for m in _FRACTION.finditer(text) if "分之" in text else ():
        fractions[m.end()] = m.group(1)
        bottom = value_of(m.group(1))
        if bottom is not None and m.group(1) not in ("百", "千"):
            yield Found(m.start(), m.end(1), (bottom,), False, False)
    for m in _NUMERAL.finditer(text):
        start, end = m.span()
        if text.startswith("分之", end) or (start and (text[start - 1] in _VAGUE or text[start - 1].isdigit())):
            continue
        value = value_of(m.group())
        if value is None:
            continue
        behind = fractions.get(start)
        percent = behind == "百"
        if text[end : end + 1] == "半" and value < 20:
            yield Found(start, end, (value, value + Decimal("0.5")), False, False)
            continue
        counted = text[end : end + 1] in _CLASSIFIERS or text.startswith(_LONG_CLASSIFIERS, end)
        loose = (
            behind
            or (start and text[start - 1] in "第其之每另初")
            or text.startswith(_WHOLE_WORDS, start)
            or text[end : end + 1] in "多余几来"
        )
        yield Found(
            start,
            end,
            (value,),
            percent or (counted and not loose and value >= 3 and m.group()[0] not in "百千万亿"),
            percent,
        )
    for m in _SOFT.finditer(text):
        c = m.group()
        yield Found(
            m.start(),
            m.end(),
            (Decimal(_SOFT_CHARS.get(c) or _CIRCLED[c]), *((Decimal(50),) if c == "半" else ())),
            False,
            False,
        )


def percent_before(text: str, start: int) -> bool:
    """Whether 百分之 stands right before ``start``."""
    return text[max(0, start - 4) : start].rstrip().endswith("百分之")
