"""Comparators beside numbers: ≤ ≥ < > and their words in four languages, before and behind. Imports this package only."""

from __future__ import annotations

import re

from docpipe.checks.reading.tokens import Comparator

_SYMBOLS = {
    "≥": (1, True),
    ">=": (1, True),
    "=>": (1, True),
    ">": (1, False),
    "≤": (-1, True),
    "<=": (-1, True),
    "=<": (-1, True),
    "<": (-1, False),
}


def _table(rows: str) -> dict[str, tuple[int, bool, bool]]:
    """``key: phrase, phrase``; key: ge gt le lt, with ? where the words mean other things too."""
    found: dict[str, tuple[int, bool, bool]] = {}
    for row in rows.strip().splitlines():
        key, _, phrases = row.strip().partition(":")
        values = (1 if key[0] == "g" else -1, key[1] == "e", not key.endswith("?"))
        found |= {p.strip(): values for p in phrases.split(",")}
    return found


_BEFORE = {
    "en": _table("""ge:at least, no less than, not less than, no fewer than, not fewer than, greater than or equal to, more than or equal to, a minimum of, minimum of, no lower than, not lower than
        gt:more than, greater than, higher than, larger than, longer than, older than, exceeding, exceeds, exceeded, in excess of, later than, above
        gt?:over, beyond
        le:at most, no more than, not more than, not exceeding, not exceed, no greater than, not greater than, less than or equal to, fewer than or equal to, a maximum of, maximum of, not to exceed, no higher than, not higher than, no later than, not later than
        le?:up to, within, as many as, as much as, as high as, as long as
        lt:less than, fewer than, lower than, smaller than, shorter than, younger than, below
        lt?:under, nearly, almost"""),
    "zh": _table("""ge:至少, 不少于, 不低于, 不小于, 不短于, 大于等于, 大于或等于, 大于/等于, 高于或等于, 最少, 最低, 起码, 不早于, 不得少于, 不得低于, 至少有, 至少为
        gt:超过, 大于, 高于, 多于, 逾, 长于, 超出, 超过了, 晚于, 超
        le:不超过, 不大于, 不高于, 不多于, 最多, 至多, 小于等于, 小于或等于, 小于/等于, 低于或等于, 不长于, 不晚于, 不得超过, 不应超过, 不能超过, 不会超过, 不要超过, 未超过, 不得大于, 不得多于, 最大, 最高, 不得高于, 没有超过
        le?:高达, 多达, 长达, 达, 达到, 可达
        lt:小于, 少于, 低于, 不到, 不足, 不满, 短于, 未满, 早于, 未达到, 未达
        lt?:近, 将近, 接近"""),
    "es": _table("""ge:al menos, por lo menos, como mínimo, no menos de, un mínimo de, mínimo de, mayor o igual a, mayor o igual que, mayores o iguales a, igual o superior a, superior o igual a, igual o mayor que, igual o mayor a, iguales o superiores a
        gt:más de, mayor de, mayor que, mayor a, mayores de, superior a, superiores a, excede, exceda, supere, supera, por encima de
        gt?:sobre
        le:como máximo, no más de, un máximo de, máximo de, a lo sumo, menor o igual a, menor o igual que, igual o inferior a, inferior o igual a, igual o menor que, igual o menor a, no exceder, no superior a, no mayor de, no superar, no exceda, no exceda de, no supere, no superar los
        le?:hasta, dentro de, casi
        lt:menos de, menor de, menor que, menor a, menores de, inferior a, inferiores a, por debajo de
        lt?:bajo"""),
    "de": _table("""ge:mindestens, wenigstens, nicht weniger als, nicht unter, größer oder gleich, größer als oder gleich, größer gleich, minimal
        gt:mehr als, größer als, höher als, länger als, älter als, oberhalb von
        gt?:über, ab, von über
        le:höchstens, maximal, nicht mehr als, kleiner oder gleich, kleiner als oder gleich, kleiner gleich, nicht über, nicht länger als, nicht höher als
        le?:bis zu, innerhalb von, binnen, innerhalb
        lt:weniger als, kleiner als, niedriger als, kürzer als, jünger als, unterhalb von
        lt?:unter, fast"""),
}  # fmt: skip

_BEHIND = {
    "en": _table("""ge:or more, or above, or older, or greater, or higher, or longer, and older, and above, or over, and over, or later, or further
        le:or less, or fewer, or below, or younger, or lower, or under, and below, and younger, or shorter"""),
    "es": _table("""ge:o más, o mayor, o mayores, o superior, como mínimo, en adelante, y mayores, o superiores
        le:o menos, o menor, o menores, o inferior, como máximo"""),
    "de": _table("""ge:oder mehr, oder älter, oder darüber, und älter, oder höher, und darüber, oder länger, und mehr
        le:oder weniger, oder jünger, oder darunter, und jünger, oder niedriger"""),
    "zh": _table("""ge:及以上, 或以上, 以上, 及其以上, 或更高, 或更多, 或更长, 或更大, 或更早, 或更久, 及更大
        le:及以下, 或以下, 以下, 或更低, 或更少, 或更短
        le?:以内, 之内, 内
        gt?:多"""),
}  # fmt: skip

_FILLERS = {
    "en": frozenset(
        [
            "about",
            "approximately",
            "the",
            "of",
            "a",
            "an",
            "total",
            "around",
            "us",
            "usd",
            "is",
            "was",
            "were",
            "are",
            "be",
            "to",
            "least",
        ]
    )
    - {"of", "to", "least"},
    "de": frozenset(["etwa", "ca", "rund", "ungefähr", "den", "die", "der", "einem", "einer", "eine"]),
    "es": frozenset(["unos", "unas", "aproximadamente", "los", "las", "el", "la", "alrededor"]),
}
_LAST_WORDS = {base: frozenset(p.split()[-1] for p in table) for base, table in _BEFORE.items() if base != "zh"}
_FIRST_WORDS = {"en": ("or ", "and "), "es": ("o ", "como ", "en ", "y "), "de": ("oder ", "und ")}
_ZH_BEHIND = re.compile(
    r"[ （()）个個例名位次人种项倍张条级%]{0,3}(" + "|".join(sorted(_BEHIND["zh"], key=len, reverse=True)) + ")"
)
_ZH_LENGTHS = sorted({len(p) for p in _BEFORE["zh"]}, reverse=True)
_NOT = frozenset(("not", "no", "never", "cannot", "nicht", "nie"))
_NEGATIVE = ("no ", "not ", "nicht ")
_EDGE = " \u00a0\u2009\u202f(（[$€£￥约±+"
_ASCII_EDGE = " \u00a0\u2009\u202f"


def before(text: str, low: str, start: int, base: str) -> Comparator | None:
    """The comparator that ends right before ``start`` (a number's first character), or None."""
    at = start
    while at and text[at - 1] in "$€£￥ \u00a0\u2009\u202f-−±+" and start - at < 6:
        at -= 1
    if at:
        for width in (2, 1):
            symbol = text[at - width : at] if at >= width else ""
            if symbol in _SYMBOLS:
                direction, inclusive = _SYMBOLS[symbol]
                return Comparator(direction, inclusive, True, True, at - width, at)
    table = _BEFORE.get(base)
    if table is None or not start:
        return None
    if base == "zh":
        return _chinese_before(low, start, table)
    window = low[max(0, start - 48) : start].rstrip(_EDGE)
    words = window.split()
    while words and words[-1].rstrip(".") in _FILLERS[base] and " ".join(words[-2:]) not in table:
        words.pop()
    if not words or words[-1] not in _LAST_WORDS[base]:
        return None
    for count in range(min(5, len(words)), 0, -1):
        values = table.get(" ".join(words[-count:]))
        if values:
            at = low.rfind(words[-count], 0, start)
            if _NOT.isdisjoint(words[-count - 2 : -count]) or " ".join(words[-count:]).startswith(_NEGATIVE):
                return Comparator(*values, False, at, start)
            return Comparator(-values[0], not values[1], values[2], False, at, start)
    return None


def _chinese_before(low: str, start: int, table: dict[str, tuple[int, bool, bool]]) -> Comparator | None:
    window = low[max(0, start - 12) : start].rstrip(_EDGE + "：:")
    for trim in (0, 1, 2):
        if trim and window[-1:] not in ("了", "有", "为", "在", "约", "于", "的", "每", "是", "第", "用", "服"):
            return None
        if trim:
            window = window[:-1].rstrip(_ASCII_EDGE)
        for length in _ZH_LENGTHS:
            values = table.get(window[-length:]) if len(window) >= length else None
            if values:
                return Comparator(*values, False, max(0, start - 12), start)
    return None


def behind(low: str, end: int, base: str) -> Comparator | None:
    """The comparator right behind a number (and its unit), or None."""
    table = _BEHIND.get(base)
    if table is None:
        return None
    if base == "zh":
        m = _ZH_BEHIND.match(low, end)
        if not m or (
            m.group(1) == "多"
            and low[m.end() : m.end() + 1] not in ("", "个", "名", "例", "万", "年", "人", "种", "项")
        ):
            return None
        return Comparator(*table[m.group(1)], False, m.start(1), m.end())
    window = low[end : end + 40].lstrip(_ASCII_EDGE + "(")
    if not window.startswith(_FIRST_WORDS[base]):
        # One noun may stand between: "18 years of age or older", "3 patients or more".
        words = window.split()
        for at in (1, 2, 3):
            if (
                len(words) > at + 1
                and " ".join(words[at : at + 2]).rstrip(".,;:)") in table
                and words[at] in ("or", "oder", "o")
            ):
                return Comparator(*table[" ".join(words[at : at + 2]).rstrip(".,;:)")], False, end, end)
        return None
    words = window.split(maxsplit=2)
    values = table.get(" ".join(words[:2]).rstrip(".,;:)"))
    return Comparator(*values, False, end, end) if values else None


def mentions(low: str, direction: int, base: str) -> bool:
    """Whether the text holds any comparator of a direction, attached or not: used before a loss is reported."""
    if any(s in low for s, (d, _) in _SYMBOLS.items() if d == direction):
        return True
    for tables in (_BEFORE, _BEHIND):
        for phrase, (d, _, _) in tables.get(base, {}).items():
            if d == direction and phrase in low and (base == "zh" or re.search(rf"\b{re.escape(phrase)}\b", low)):
                return True
    loose = _LOOSE[direction].get(base)
    return bool(loose and loose.search(low))


_LOOSE = {
    1: {
        "en": re.compile(r"\b(?:minimum|exceed\w*|least|more|greater|higher|older|above|over|longer|later)\b"),
        "zh": re.compile(r"超|以上|更|起|至少|最低|最少|多|上限|高于|大于"),
        "es": re.compile(r"\b(?:mínim\w+|super\w+|exced\w+|más|mayor\w*|menos)\b"),
        "de": re.compile(r"\b(?:mindest\w*|über\w*|mehr|älter\w*|größer\w*|höher\w*|minim\w+)\b"),
    },
    -1: {
        "en": re.compile(r"\b(?:maxim\w+|most|less|fewer|lower|under|below|within|up|younger|exceed\w*|limit\w*)\b"),
        "zh": re.compile(r"以下|以内|内|最多|至多|最大|最高|不超|低于|小于|少于|不足|不到|未满|以前|之前"),
        "es": re.compile(r"\b(?:máxim\w+|menos|menor\w*|inferior\w*|hasta|más|super\w+|exced\w+)\b"),
        "de": re.compile(
            r"\b(?:maxim\w+|höchst\w*|weniger|unter\w*|kleiner\w*|jünger\w*|niedriger\w*|bis|innerhalb|überschr\w+|nicht)\b"
        ),
    },
}
