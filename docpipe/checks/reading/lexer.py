"""The lexer: a text in a language becomes numbers and events with their attributes. Imports this package and the core.

Passes in order: events, digits, number words, then for each number sign, scale, unit, comparator, and last the roles.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from docpipe.checks.reading import calendar, chinese, compare_words, scales, schedule, structure
from docpipe.checks.reading.digits import CLUSTER, readings
from docpipe.checks.reading.locales import base as base_of
from docpipe.checks.reading.locales import day_month_order
from docpipe.checks.reading.names import is_name
from docpipe.checks.reading.shadow import lowered
from docpipe.checks.reading.tokens import Event, Form, Lexed, Number, Reading, Unit, Weight
from docpipe.checks.reading.units import unit_at
from docpipe.checks.reading.words import WORD, Vocabulary, find, vocabulary

_ADDRESS = re.compile(r"(?:https?://|www\.|doi:|10\.\d{4,}/)\S+|\S+@\S+\.\w+")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUBSCRIPT = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = re.compile(r"\^\(?([+\-−]?\d{1,3})(?!\d)\)?|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})|[eE]([+\-−]?\d{1,3})(?!\w)")
_MARK = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = re.compile(r"[₀₁₂₃₄₅₆₇₈₉]+")
_MANTISSA = re.compile(r"\s?[×xX*·✕]\s?$")
# A set of characters first: the engine then skips the text quickly; what stands before is looked at afterwards.
_ROMAN = re.compile(r"[IVX]{1,5}[abe]?(?![A-Za-z\d'’])|[Ⅰ-Ⅻⅰ-ⅻ]")
_ROMAN_LETTER = re.compile(r"[IVXⅠ-Ⅻⅰ-ⅻ]")
_LAST_WORD = re.compile(r"[a-záíñ]+$")
_ROMAN_FORM = re.compile(r"(?:X{0,2}(?:IX|IV|V?I{1,3}|V)|X{1,2})[abe]?|[Ⅰ-Ⅻⅰ-ⅻ]")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_LABELS = {
    "day": "d", "days": "d", "tag": "d", "tage": "d", "día": "d", "días": "d", "dia": "d", "week": "wk", "weeks": "wk", "woche": "wk", "wochen": "wk", "semana": "wk", "semanas": "wk",
    "month": "mo", "months": "mo", "monat": "mo", "mes": "mo", "year": "a", "jahr": "a", "año": "a", "hour": "h", "stunde": "h", "hora": "h",
    "cycle": "cycle", "zyklus": "cycle", "ciclo": "cycle", "visit": "visit", "visite": "visit", "visita": "visit", "周期": "cycle", "访视": "visit",
}  # fmt: skip
_GLUED = frozenset(_LABELS) | {"table", "fig", "figure", "tabelle", "tabla", "type", "grade"}
_MINUS_WORD = re.compile(r"(?:\bminus|\bnegative|(?<!al )(?<!lo )\bmenos|负|零下)\s?$")
_SIGN_BEFORE = frozenset(" \u00a0\u2009\u202f(（[=<>≤≥~:：,，;；/\"“'±|为于至到在是从达第约和或、")
_ASCII_DIGIT = re.compile(r"[0-9]")
_DIGIT = re.compile(r"[\d⁰¹²³⁴-⁹₀-₉]")
_NO_WORDS = frozenset[str]()


@lru_cache(maxsize=8192)
def read(shadow: str, language: str) -> Lexed:
    """Everything numeric in a folded text. Cached, since a text is read by many checks; treat the result as frozen."""
    base = base_of(language)
    low = lowered(shadow)
    vocabulary_ = vocabulary(base)
    has_digits = _DIGIT.search(shadow) is not None
    words = frozenset(WORD.findall(low)) if base != "zh" else _NO_WORDS
    word_numbers = vocabulary_ is not None and not words.isdisjoint(vocabulary_.every)
    has_romans = _ROMAN_LETTER.search(shadow) is not None
    if not has_digits and not word_numbers and base != "zh" and not (has_romans and _ROMAN.search(shadow)):
        dated = not words.isdisjoint(calendar.months(base))
        return Lexed(shadow, low, language, (), tuple(calendar.dates(shadow, low, base, "", words)) if dated else ())
    events: list[Event] = []
    if has_digits or base == "zh" or words:
        events += calendar.dates(shadow, low, base, day_month_order(language), words)
    if has_digits:
        events += [e for e in calendar.times(low, base) if not _inside(events, e)]
    events += schedule.cycles(low)
    events += [e for e in schedule.frequencies(shadow, low, base) if not _inside(events, e)]
    numbers = list(_digits(shadow, low, base, language)) if has_digits else []
    taken = [n.span if not n.unit else (n.start, n.unit.end) for n in numbers]
    if word_numbers and vocabulary_:
        numbers += [n for n in _worded(low, vocabulary_) if not any(a < n.end and n.start < b for a, b in taken)]
    if base == "zh":
        numbers += [n for n in _chinese(shadow) if not any(a < n.end and n.start < b for a, b in taken)]
    if has_romans:
        numbers += _romans(shadow)
    numbers.sort(key=lambda n: n.start)
    plain = [n for n in numbers if n.form in (Form.DIGITS, Form.WORD, Form.CJK)]
    for number in plain:
        if number.unit is None and number.form is not Form.DIGITS:
            number.unit = unit_at(shadow, low, number.end, "", base)
        number.event = next((e for e in events if e.start <= number.start and number.end <= e.end), None)
        if number.weight:
            stop = number.unit.end if number.unit else number.end
            number.comparator = compare_words.before(shadow, low, number.start, base) or compare_words.behind(
                low, stop, base
            )
            number.label = _label(low, number.start)
    lexed = Lexed(shadow, low, language, (), tuple(events))
    structure.assign(lexed, numbers)
    scales.carry(low, numbers)
    return Lexed(shadow, low, language, tuple(numbers), lexed.events)


def _inside(events: list[Event], event: Event) -> bool:
    return any(e.start < event.end and event.start < e.end for e in events)


def _soft(start: int, end: int, text: str, form: Form, *values: Decimal | str) -> Number:
    return Number(start, end, text, tuple(Reading(v, 0, True) for v in values), form, Weight.SOFT)


def _worded(low: str, words: Vocabulary) -> list[Number]:
    out = []
    for found in find(low, words):
        number = _soft(found.start, found.end, low[found.start : found.end], Form.WORD, *found.values)
        if found.cardinal and found.values[0] > 1:
            number.weight = Weight.FIRM if found.values[0] > 2 else Weight.PAIRED
        out.append(number)
    return out


def _chinese(text: str) -> list[Number]:
    out = []
    for found in chinese.find(text):
        number = _soft(found.start, found.end, text[found.start : found.end], Form.CJK, *found.values)
        if found.firm:
            number.weight = Weight.FIRM
        if found.percent:
            number.unit = Unit("%", "ratio", (), found.end, found.end)
        out.append(number)
    return out


def _romans(text: str) -> list[Number]:
    out = []
    for m in _ROMAN.finditer(text):
        before = text[m.start() - 1 : m.start()]
        if not (before.isascii() and before.isalnum()) and _ROMAN_FORM.fullmatch(m.group()):
            out.append(_soft(m.start(), m.end(), m.group(), Form.ROMAN, Decimal(_roman(m.group()))))
    return out


def _roman(text: str) -> int:
    if "Ⅰ" <= text[0] <= "ⅿ":
        return (ord(text[0]) - 0x2160) % 16 + 1
    values = [_ROMAN_VALUES[c] for c in text if c in _ROMAN_VALUES]
    return sum(-v if i + 1 < len(values) and values[i + 1] > v else v for i, v in enumerate(values))


def _digits(text: str, low: str, base: str, language: str) -> list[Number]:
    out: list[Number] = []
    addresses = [m.span() for m in _ADDRESS.finditer(text)] if ("/" in text or "@" in text or "www" in text) else []
    raised: list[tuple[int, int]] = []
    at = 0
    while (m := _next(text, at)) is not None:
        start, end = m.span()
        if " " in m.group() and (is_name(text, low, start, end, _GLUED) or not _grouping_plausible(text, start)):
            end = start + m.group().index(" ")
        at = end
        number = _number(text, low, start, end, base, language)
        if any(a <= start < b for a, b in addresses):
            number.form, number.weight = Form.NAME, Weight.SOFT
        if (
            number.exponent is not None
            and out
            and _MANTISSA.search(text[out[-1].end : number.start])
            and out[-1].form is Form.DIGITS
        ):
            number = _with_mantissa(out.pop(), number, text)
        at = max(at, number.end)
        if number.end > end:
            raised.append((end, number.end))
        out.append(number)
    if text.isascii():
        return out
    for m in _MARK.finditer(text):
        if not any(a <= m.start() < b for a, b in raised) and not any(
            n.unit and n.unit.start <= m.start() < n.unit.end for n in out
        ):
            out.append(
                _soft(
                    m.start(),
                    m.end(),
                    m.group(),
                    Form.MARK,
                    "mark " + m.group().translate(_SUPERSCRIPT),
                    Decimal(m.group().translate(_SUPERSCRIPT)),
                )
            )
    for m in _LOWERED.finditer(text):
        out.append(_soft(m.start(), m.end(), m.group(), Form.NAME, Decimal(m.group().translate(_SUBSCRIPT))))
    return out


def _next(text: str, at: int) -> re.Match[str] | None:
    """The next cluster. The digit is looked for first, since the whole pattern is slow to try at every character."""
    while (digit := _ASCII_DIGIT.search(text, at)) is not None:
        start = digit.start()
        m = CLUSTER.match(text, start - 1) if start > at and text[start - 1] == "." else None
        m = m or CLUSTER.match(text, start)
        if m:
            return m
        at = start + 1
    return None


def _grouping_plausible(text: str, start: int) -> bool:
    """A space groups digits only where the digits do not follow a label such as "Table" or a date's comma."""
    window = text[max(0, start - 14) : start].rstrip().lower()
    return not window.endswith(
        (
            "table",
            "figure",
            "section",
            "day",
            "week",
            "visit",
            "tabelle",
            "tabla",
            "tag",
            "día",
            "grade",
            "type",
            "phase",
            "表",
            "图",
        )
    )


def _number(text: str, low: str, start: int, end: int, base: str, language: str) -> Number:
    cluster = text[start:end]
    found, pieces = readings(cluster, language)
    number = Number(start, end, cluster, found)
    if pieces:
        number.parts = tuple(_piece(number, piece, language) for piece in pieces if piece)
        if not found:
            number.readings = (Reading(cluster, 0, True),)
    if is_name(text, low, start, end, _GLUED):
        number.form, number.weight = Form.NAME, Weight.SOFT
        return number
    _sign(text, low, number)
    power = _RAISED.match(text, end)
    if power and ((found and found[0].value == 10) or power.group(1) or power.group(3)):
        _raise(number, power)
        end = number.end
    else:
        scales.scale(text, low, number, base)
        end = number.end
    number.unit = unit_at(text, low, end, cluster, base)
    if number.unit is None and base == "zh" and chinese.percent_before(text, start):
        number.unit = Unit("%", "ratio", (), end, end)
    return number


def _piece(number: Number, piece: str, language: str) -> Number:
    offset = number.start + number.text.find(piece)
    found, _ = readings(piece, language)
    return Number(offset, offset + len(piece), piece, found or (Reading(piece, 0, True),))


def _sign(text: str, low: str, number: Number) -> None:
    start = number.start
    if not start:
        return
    mark = text[start - 1]
    if mark == " " and start > 1 and text[start - 2] == "±":
        mark = "±"
    if mark == "±" or text.startswith(("+/-", "+/−"), max(0, start - 3)) or text.startswith("+/- ", max(0, start - 4)):
        number.plus_minus = True
    elif mark in "-−–":
        before = text[start - 2] if start > 1 else ""
        earlier = text[: start - 1].rstrip()[-1:]
        if not before or before in _SIGN_BEFORE:
            if before == " " and (earlier.isdigit() or earlier == "%"):
                return
            number.sign, number.sign_sure = -1, True
        elif "\u3400" <= before <= "\u9fff":
            number.sign = -1
    elif mark == "+":
        number.sign = 1
    elif _MINUS_WORD.search(low[max(0, start - 10) : start]):
        number.sign, number.sign_sure = -1, True


def _raise(number: Number, power: re.Match[str]) -> None:
    digits = (power.group(1) or power.group(2) or power.group(3)).translate(_SUPERSCRIPT).replace("−", "-")
    number.exponent = int(digits)
    number.end = power.end()
    number.text += power.group()
    if number.readings and not isinstance(number.readings[0].value, str):
        head = number.readings[0]
        base = head.value
        assert isinstance(base, Decimal)
        value = base.scaleb(number.exponent) if power.group(3) else base**number.exponent if base else base
        number.readings = (Reading(value, 0, True),)
    number.scaled = True


def _with_mantissa(left: Number, right: Number, text: str) -> Number:
    factor = right.readings[0].value
    values = [
        r._replace(value=r.value * factor)
        for r in left.readings
        if isinstance(r.value, Decimal) and isinstance(factor, Decimal)
    ]
    return replace(
        left,
        end=right.end,
        text=text[left.start : right.end],
        readings=tuple(values) or right.readings,
        exponent=right.exponent,
        unit=right.unit,
        scaled=True,
        parts=(),
    )


def _label(low: str, start: int) -> str:
    window = low[max(0, start - 12) : start].rstrip(" \u00a0-−–±")
    m = _LAST_WORD.search(window)
    if m:
        return _LABELS.get(m.group(), "")
    return next((v for k, v in (("周期", "cycle"), ("访视", "visit")) if window.endswith(k)), "")
