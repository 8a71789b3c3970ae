"""Dates and clock times in digits and words of English, Chinese, Spanish, German and (months alone) French.

Imports this package only. A date's key is (year, month, day) with None for what it leaves out; a time's is minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from docpipe.checks.reading import chinese
from docpipe.checks.reading.tokens import Event

_MONTHS = {
    "en": "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct november/nov december/dec",
    "de": "januar/jänner/jan februar/feb märz/mrz april/apr mai juni/jun juli/jul august/aug september/sept/sep oktober/okt november/nov dezember/dez",
    "es": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/setiembre/sept/sep octubre/oct noviembre/nov diciembre/dic",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


@cache
def months(base: str) -> dict[str, int]:
    """Month names and abbreviations of a language, lower case."""
    return {w: n for n, group in enumerate(_MONTHS.get(base, "").split(), 1) for w in group.split("/")}


@cache
def _patterns(base: str) -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(months(base), key=len, reverse=True))
    month = rf"(?P<m>{names})\b\.?"
    day = r"(?<!\d)(?P<d>[0-3]?\d)"
    year = r"(?P<y>(?:19|20)\d\d)(?!\d)"
    return {
        "en": (
            rf"{day}(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{month}(?:,?[\s-]+{year}|[-](?P<y2>\d\d)(?!\d))?",
            rf"\b{month}\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?![\d%.,]\d|\d)(?:,?\s+{year})?",
            rf"\b{month}[,\s-]+(?:of\s+)?{year}",
            rf"(?<!\d)(?P<d>[0-3]\d)(?P<m>{names}){year}",
        ),
        "de": (rf"{day}\.\s*{month}(?:\s+{year})?", rf"\b{month}\s+{year}"),
        "es": (
            rf"{day}(?:\.?[ºo])?\s+de\s+{month}(?:\s+(?:de|del|,)?\s*{year})?",
            rf"\b{month}\s+(?:de\s+|del\s+)?{year}",
            rf"{day}[\s-]{month}[\s-]{year}",
        ),
        "fr": (rf"{day}(?:er)?\s+{month}(?:\s+{year})?", rf"\b{month}\s+{year}"),
    }.get(base, ())  # type: ignore[return-value]


@cache
def _compiled(base: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in _patterns(base))


_NAMED_MONTH = {
    base: re.compile(
        r"\b(?:" + "|".join(w.title() for w, n in months(base).items() if len(w) > 3 or w in ("Mai",)) + r")\b"
    )
    for base in ("en", "de")
}
_DIGIT = re.compile(r"\d")
_GLUED_MONTH = re.compile(r"\d[a-zä]{3}\d")
_ALL_DIGITS_HINT = re.compile(r"\d[-/.]\d{1,2}[-/.]\d")
_ISO = re.compile(r"(?<![\d.])((?:19|20)\d\d)([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d])")
_NUMERIC = re.compile(r"(?<![\d./-])([0-3]?\d)([./-])([0-3]?\d)\2((?:19|20)\d\d|\d\d)(?![\d/-]|\.\d)")
_CN = r"[〇零一二三四五六七八九十]"
_CHINESE = re.compile(
    rf"(?:(?P<y>(?:19|20)\d\d|[一二][〇零○一二三四五六七八九]{{3}})\s*年\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月(?!龄)"
    rf"(?:份)?(?:\s*(?P<d>[12]\d|3[01]|0?[1-9]|{_CN}{{1,3}})\s*[日号])?"
)
_DECADE_ZH = re.compile(r"(\d\d|二十|十九|二十一|十八)\s*世纪\s*(\d0|[二三四五六七八九]十)\s*年代")
_DECADE_HINT = re.compile(r"0['’]?(?:s\b|er)|(?:años|années|anni) \d0\b")
_DECADE = re.compile(r"\b((?:1[5-9]|20)\d0)(?:s|['’]s|er)\b")
_SHORT_DECADE_ZH = re.compile(r"(?<!\d)(\d0|[二三四五六七八九]十)\s*年代")
_SHORT_DECADE = re.compile(r"\b(?:años|années|anni)\s+(\d0)\b|\b(\d0)(?:er[- ]jahren?|s)\b")
_CLOCK_HINT = re.compile(r"\d(?::\d\d|\s?(?:a\.?\s?m\b|p\.?\s?m\b|uhr\b|hrs\b|点|时))")
_PART_OF_DAY = re.compile(r"[上下早晚凌中傍][午上晨间]\s?\d")
_CLOCK = re.compile(
    r"(?:(上午|早上|凌晨|清晨|中午|下午|傍晚|晚上|晚间)\s*)?(?<![\d:.,/])(\d{1,2})(?::(\d\d)(?::\d\d)?(?!\d|:))?\s?"
    r"(a\.?\s?m\b\.?|p\.?\s?m\b\.?|uhr\b|hrs\b|点(?:钟|整)?(?:(?P<half>半)|(?P<cm>\d{1,2})\s*分)?|时(?:整|(?P<cm2>\d{1,2})\s*分)?(?!间|期|代))?"
)
_CLOCK_DE = re.compile(r"(?<![\d:.,/])(\d{1,2})[.:](\d\d)\s?(uhr|h)\b")


def dates(text: str, low: str, base: str, order: str, words: frozenset[str]) -> Iterator[Event]:
    """Dates and decades. ``order``: of the locale's all-digit dates; ``words``: the text's words, to leave early."""
    taken: list[tuple[int, int]] = []

    def event(
        m: re.Match[str], *keys: tuple[int | None, ...], kind: str = "date", sure: bool = True
    ) -> Iterator[Event]:
        if keys and not any(a < m.end() and m.start() < b for a, b in taken):
            taken.append(m.span())
            yield Event(kind, m.start(), m.end(), frozenset(keys), sure)

    has_digits = _DIGIT.search(low) is not None
    if has_digits and _ALL_DIGITS_HINT.search(low):
        for m in _ISO.finditer(low):
            yield from event(m, (int(m[1]), int(m[3]), int(m[4])))
        for m in _NUMERIC.finditer(low):
            yield from event(m, *_numeric_keys(int(m[1]), int(m[3]), m[4], m[2]), sure=len(m[4]) == 4)
    if base in ("zh", "ja"):
        for m in _CHINESE.finditer(low) if "月" in low else ():
            key = (_cn(m["y"]), _cn(m["m"]), _cn(m["d"]))
            yield from event(m, key, sure=key[0] is not None or key[2] is not None)
        if "年代" not in low:
            return
        for m in _DECADE_ZH.finditer(low):
            century, decade = _cn(m[1]), _cn(m[2])
            if century and decade:
                yield from event(m, ((century - 1) * 100 + decade,), kind="decade")
        for m in _SHORT_DECADE_ZH.finditer(low):
            yield from event(m, *_short_decade(_cn(m[1]) or 0), kind="decade")
        return
    if has_digits and _DECADE_HINT.search(low):
        for m in _DECADE.finditer(low):
            yield from event(m, (int(m[1]),), kind="decade")
        for m in _SHORT_DECADE.finditer(low):
            yield from event(m, *_short_decade(int(m[1] or m[2])), kind="decade")
    names = months(base)
    named = not words.isdisjoint(names)
    if not named and not (has_digits and _GLUED_MONTH.search(low)):
        return
    for pattern in _compiled(base) if has_digits else ():
        for m in pattern.finditer(low):
            found = m.groupdict()
            year = int(found["y"]) if found.get("y") else 2000 + int(found["y2"]) if found.get("y2") else None
            yield from event(m, (year, names[found["m"]], int(found["d"]) if found.get("d") else None))
    if base in _NAMED_MONTH and named:
        for m in _NAMED_MONTH[base].finditer(text):
            yield from event(m, (None, names[m.group().lower()], None), sure=False)
    elif base == "es" and named:
        for m in re.finditer(r"\b(?:" + "|".join(w for w in names if len(w) > 3) + r")\b", low):
            yield from event(m, (None, names[m.group()], None), sure=False)


def _short_decade(tens: int) -> list[tuple[int | None, ...]]:
    return [(century + tens,) for century in (1800, 1900, 2000)]


def _cn(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdigit():
        return int(text)
    value = chinese.value_of(text)
    return None if value is None else int(value)


def _numeric_keys(first: int, second: int, year_text: str, mark: str) -> list[tuple[int | None, ...]]:
    year = int(year_text) if len(year_text) == 4 else 2000 + int(year_text)
    keys: list[tuple[int | None, ...]] = []
    if 1 <= first <= 31 and 1 <= second <= 12:
        keys.append((year, second, first))
    if 1 <= first <= 12 and 1 <= second <= 31 and mark != ".":
        keys.append((year, first, second))
    return keys


def times(low: str, base: str) -> Iterator[Event]:
    """Clock times, in minutes after midnight."""
    if base in ("de", "es"):
        for m in _CLOCK_DE.finditer(low):
            if int(m[1]) < 25 and int(m[2]) < 60:
                yield Event("time", m.start(), m.end(), frozenset({(int(m[1]) * 60 + int(m[2]),)}))
    if not _CLOCK_HINT.search(low) and not (base == "zh" and _PART_OF_DAY.search(low)):
        return
    for m in _CLOCK.finditer(low):
        part, hour, minute, marker = m[1], int(m[2]), m[3], m[4]
        minutes = minute or m["cm"] or m["cm2"] or ("30" if m["half"] else "0")
        if (not part and not minute and not marker) or hour > 24 or int(minutes) > 59 or (marker == "h"):
            continue
        if part and not minute and not marker:
            continue
        pm = bool(marker and marker.startswith("p")) or part in ("下午", "傍晚", "晚上", "晚间", "中午")
        am = bool(marker and marker.startswith("a")) or part in ("上午", "早上", "凌晨", "清晨")
        if pm and hour < 12 and not (part == "中午" and hour == 11):
            hour += 12
        elif am and hour == 12:
            hour = 0
        end = m.end() - (len(m.group()) - len(m.group().rstrip()))
        yield Event("time", m.start(), end, frozenset({(hour * 60 + int(minutes),)}), bool(part or marker))
