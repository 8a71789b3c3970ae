"""Cycle days (C2D1) and dose frequencies (twice daily, BID, 每日两次) in four languages; routes of administration.

Imports this package only. Keys: cycle (cycle, day); frequency (times, period in hours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.checks.reading import chinese
from docpipe.checks.reading.tokens import Event
from docpipe.checks.reading.words import vocabulary

_N = r"(\d{1,6}|[一二三四五六七八九十]+)"
_CYCLES = (
    (re.compile(r"\bcycle\s*(\d{1,6})[,;:]?\s*\(?(?:on\s+)?day\s*(-?\d{1,6})"), (1, 2)),
    (re.compile(r"\bday\s*(-?\d{1,6})\s*,?\s*(?:of|in)?\s*(?:the\s+)?cycle\s*(\d{1,6})"), (2, 1)),
    (re.compile(r"\bc(\d{1,6})\s?d(-?\d{1,6})\b"), (1, 2)),
    (re.compile(rf"第\s*{_N}\s*(?:个)?(?:治疗)?周期\s*的?[,，、]?\s*第?\s*{_N}\s*[天日]"), (1, 2)),
    (re.compile(rf"周期\s*{_N}\s*的?[,，、]?\s*第?\s*{_N}\s*[天日]"), (1, 2)),
    (re.compile(r"\bzyklus\s*(\d{1,6})[,;:]?\s*(?:an\s+)?tag\s*(-?\d{1,6})"), (1, 2)),
    (re.compile(r"\btag\s*(-?\d{1,6})\s*,?\s*(?:von|des|in|im)?\s*zyklus\s*(\d{1,6})"), (2, 1)),
    (re.compile(r"\bciclo\s*(\d{1,6})[,;:]?\s*(?:el\s+)?d[ií]a\s*(-?\d{1,6})"), (1, 2)),
    (re.compile(r"\bd[ií]a\s*(-?\d{1,6})\s*,?\s*(?:del|de)?\s*(?:el\s+)?ciclo\s*(\d{1,6})"), (2, 1)),
)
_CYCLE_HINT = re.compile(r"c\d+\s?d-?\d")

_HOURS = {
    "h": 1, "hour": 1, "hours": 1, "小时": 1, "hora": 1, "horas": 1, "stunde": 1, "stunden": 1,
    "d": 24, "day": 24, "days": 24, "daily": 24, "日": 24, "天": 24, "día": 24, "días": 24, "tag": 24, "tage": 24, "täglich": 24,
    "w": 168, "week": 168, "weeks": 168, "weekly": 168, "周": 168, "星期": 168, "semana": 168, "semanas": 168, "woche": 168, "wochen": 168, "wöchentlich": 168,
    "m": 720, "month": 720, "months": 720, "monthly": 720, "月": 720, "mes": 720, "meses": 720, "monat": 720, "monate": 720, "monatlich": 720,
    "year": 8760, "years": 8760, "年": 8760, "año": 8760, "años": 8760, "jahr": 8760, "jahre": 8760, "jährlich": 8760, "yearly": 8760,
}  # fmt: skip
_ABBREVIATIONS = {
    "qd": (1, 1, 24),
    "od": (1, 1, 24),
    "bid": (2, 1, 24),
    "tid": (3, 1, 24),
    "qid": (4, 1, 24),
    "qod": (1, 2, 24),
    "qw": (1, 1, 168),
    "biw": (2, 1, 168),
    "tiw": (3, 1, 168),
    "qm": (1, 1, 720),
}
_ABBREVIATION = re.compile(
    r"\b(?:(QD|BID|TID|QID|QOD|QW|BIW|TIW)|(q\.?d|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?o\.?d)\.?|[Qq](\d{1,2})\s?([HhDdWwMm]))(?![A-Za-z\d])"
)

_PERIODS = {
    "en": r"(hours?|days?|weeks?|months?|years?)",
    "es": r"(horas?|días?|semanas?|mes(?:es)?|años?)",
    "de": r"(stunden?|tage?|wochen?|monate?|jahre?)",
}
_COUNT = {
    "en": r"(once|twice|thrice|one time|(?:\d+|two|three|four|five|six) times)",
    "es": r"(\d+ ve(?:z|ces)|una vez|(?:dos|tres|cuatro|cinco|seis) veces)",
    "de": r"((?:ein|zwei|drei|vier|fünf|sechs)mal|(?:\d+|ein|zwei|drei|vier|fünf)[ -]?mal)",
}
_PATTERNS = {
    "en": (
        ("rate", re.compile(_COUNT["en"] + r"[\s,-]+(?:(?:a|per|each|every)\s+(day|week|month|year)|(daily|weekly|monthly|yearly))\b")),
        ("once-every", re.compile(r"(once|twice)\s+every\s+(\d{1,6}|two|three|four|six|eight|twelve|other|second)?\s*" + _PERIODS["en"] + r"\b")),
        ("every", re.compile(r"\bevery\s+(\d{1,6}|two|three|four|six|eight|twelve|other|second|third)\s+" + _PERIODS["en"] + r"\b")),
    ),
    "es": (
        ("rate", re.compile(_COUNT["es"] + r"\s*(?:al|por|a la|cada|/)\s*(día|semana|mes|año)\b")),
        ("every", re.compile(r"\bcada\s+(\d{1,6}|dos|tres|cuatro|seis|ocho|doce)\s+" + _PERIODS["es"] + r"\b")),
    ),
    "de": (
        ("rate", re.compile(_COUNT["de"] + r"\s*(?:(?:pro|am|in der|die|je|im)\s+(tag|woche|monat|jahr)|(täglich|wöchentlich|monatlich|jährlich))\b")),
        ("every", re.compile(r"\balle\s+(\d{1,6}|zwei|drei|vier|sechs|acht|zwölf)\s+" + _PERIODS["de"] + r"\b")),
        ("other", re.compile(r"\bjeden zweiten (tag)\b")),
    ),
}  # fmt: skip
_ZH_RATE = re.compile(
    r"每\s*(\d{1,6}|[一两二三四五六七八九十]+)?\s*个?(日|天|周|星期|月|年|小时)\s*(?:给药|服用|用药|注射|口服|服药|接受)?\s*(\d{1,6}|[一两二三四五六七八九十]+)\s*次|(?<![\d一二三四])[1一](日|天|周)\s*(\d{1,6}|[一两二三四五六七八九十]+)\s*次|(\d{1,6}|[一两二三四五六七八九十]+)\s*次\s*/\s*(日|天|周|月)"
)
_ZH_EVERY = re.compile(
    r"每\s*隔?\s*(\d{1,6}|[一两二三四五六七八九十]+)\s*个?(日|天|周(?!期|岁)|星期|月|小时)|(隔[日天])"
)
_HINTS = {
    "en": ("daily", "every", "times", "once", "twice", "thrice"),
    "de": ("mal", "alle ", "jeden"),
    "es": ("veces", "vez", "cada"),
    "zh": ("每", "次", "隔"),
}
_SHORT_HINTS = ("Q", "q1", "q2", "q3", "q4", "q6", "q8", "q.", "BI", "TI", "b.i", "t.i", "bid", "tid", "b.d")
_SMALL = {"other": 2, "second": 2, "once": 1, "twice": 2, "thrice": 3, "one time": 1, "两": 2}


def cycles(low: str) -> Iterator[Event]:
    """Days of cycles."""
    if not ("ycl" in low or "iclo" in low or "ykl" in low or "周期" in low or _CYCLE_HINT.search(low)):
        return
    taken: list[tuple[int, int]] = []
    for pattern, (cycle, day) in _CYCLES:
        for m in pattern.finditer(low):
            if not any(a < m.end() and m.start() < b for a, b in taken):
                taken.append(m.span())
                yield Event("cycle", m.start(), m.end(), frozenset({(_number(m[cycle]), _number(m[day]))}))


def _number(text: str | None) -> int | None:
    if not text:
        return 1
    text = text.strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if text in _SMALL:
        return _SMALL[text]
    value = chinese.value_of(text) if not text.isascii() and "一" <= text[0] <= "鿿" else None
    if value is not None:
        return int(value)
    head = re.match(r"\d+|[a-zäöüñí]+", text)
    word = head.group() if head else ""
    if word.isdigit():
        return int(word)
    for base in ("en", "es", "de"):
        words = vocabulary(base)
        if words and word in words.small:
            return words.small[word]
        if words and word in words.soft and "." not in words.soft[word][0]:
            return int(words.soft[word][0])
    return None


def _holds(text: str, hints: tuple[str, ...]) -> bool:
    for hint in hints:  # noqa: SIM110 (a generator costs more than the look-ups: every text comes this way)
        if hint in text:
            return True
    return False


def frequencies(text: str, low: str, base: str) -> Iterator[Event]:
    """How often a dose is given."""
    hinted = _holds(low, _HINTS.get(base, ()))
    short = _holds(text, _SHORT_HINTS)
    if not hinted and not short:
        return
    taken: list[tuple[int, int]] = []

    def event(m: re.Match[str], times: int | None, number: int | None, period: int | None) -> Iterator[Event]:
        if times is None or number is None or period is None or any(a < m.end() and m.start() < b for a, b in taken):
            return
        taken.append(m.span())
        yield Event("frequency", m.start(), m.end(), frozenset({(times, number * period)}))

    for m in _ABBREVIATION.finditer(text) if short else ():
        if m[3]:
            yield from event(m, 1, int(m[3]), _HOURS[m[4].lower()])
        else:
            name = (m[1] or m[2]).lower().replace(".", "")
            if m[1] or "." in m[2] or name in ("bid", "tid"):
                yield from event(m, *_ABBREVIATIONS[name])
    if base == "zh":
        for m in _ZH_RATE.finditer(low):
            if m[3]:
                yield from event(m, _number(m[3]), _number(m[1]), _HOURS[m[2]])
            elif m[5]:
                yield from event(m, _number(m[5]), 1, _HOURS[m[4]])
            else:
                yield from event(m, _number(m[6]), 1, _HOURS[m[7]])
        for m in _ZH_EVERY.finditer(low):
            if "隔" in m.group() and not m[3]:
                continue
            yield from event(m, 1, 2 if m[3] else _number(m[1]), 24 if m[3] else _HOURS[m[2]])
        return
    for name, pattern in _PATTERNS.get(base, ()):
        for m in pattern.finditer(low):
            if name == "rate":
                yield from event(m, _number(m[1]), 1, _HOURS[m[2] or m[3]] if pattern.groups > 2 else _HOURS[m[2]])
            elif name == "once-every":
                yield from event(m, _number(m[1]), _number(m[2]), _HOURS[m[3]])
            elif name == "other":
                yield from event(m, 1, 2, 24)
            else:
                yield from event(m, 1, _number(m[1]), _HOURS[m[2]])


_ROUTES = {
    "oral": r"\boral(?:ly|e[nrms]?|mente)?\b|\bper os\b|\bby mouth\b|\bp\.o\.|(?-i:\bPO\b)|口服|经口|por vía oral|vía oral|\beinnehmen\b|\beinnahme\b",
    "intravenous": r"\bintraven\w+|\bi\.?v\.(?!\w)|(?-i:\bIV\b)(?! ?期)|静脉|静注|静滴",
    "subcutaneous": r"\bsub[ck]utan\w+|\bsubcutáne\w+|\bs\.c\.|(?-i:\bSC\b|\bSQ\b)|皮下",
    "intramuscular": r"\bintramus[ck]ul\w+|\bi\.m\.|(?-i:\bIM\b)|肌内|肌肉注射|肌注",
    "inhalation": r"\binhal\w+|吸入",
    "nasal": r"\b(?:intra)?nasal\w*|鼻内|鼻腔|鼻喷|经鼻",
    "rectal": r"\bre[ck]tal\w*|直肠",
    "vaginal": r"\bvaginal\w*|阴道",
    "sublingual": r"\bsublingual\w*|舌下",
    "topical": r"\btopical\w*|\btópic\w+|\btopisch\w*|外用|局部用",
    "transdermal": r"\btransderm\w+|\btransdérm\w+|透皮|经皮",
    "intrathecal": r"\bintrathe[ck]al\w*|\bintratecal\w*|鞘内",
    "ophthalmic": r"\bophthalmic\w*|\boftálmic\w+|滴眼|眼用",
}  # fmt: skip
_ROUTE = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _ROUTES.items()}


_ROUTE_HINTS = {
    "oral": ("oral", "per os", "mouth", "p.o.", "po", "口服", "经口", "einn"),
    "intravenous": ("intraven", "iv", "i.v", "静"),
    "subcutaneous": ("sub", "s.c.", "sc", "sq", "皮下"),
    "intramuscular": ("intramus", "i.m.", "im", "肌"),
    "inhalation": ("inhal", "吸入"),
    "nasal": ("nasal", "鼻"),
    "rectal": ("rectal", "rektal", "直肠"),
    "vaginal": ("vaginal", "阴道"),
    "sublingual": ("sublingual", "舌下"),
    "topical": ("topi", "tópic", "外用", "局部用"),
    "transdermal": ("transd", "透皮", "经皮"),
    "intrathecal": ("intrat", "鞘内"),
    "ophthalmic": ("ophthalmic", "oftálmic", "滴眼", "眼用"),
}
"""In lower case, one of them stands wherever the route's pattern finds something: a quick look before it is tried."""


def routes(text: str, low: str) -> dict[str, tuple[int, int]]:
    """Routes of administration named in a text, each with its first place. ``low``: the text in lower case."""
    found = {}
    plain = low.isascii() or not any(c in low for c in "ſıİ")
    for name, pattern in _ROUTE.items():
        # Patterns that ignore case take these letters for s and i; lower case does not.
        m = pattern.search(text) if not plain or _holds(low, _ROUTE_HINTS[name]) else None
        if m:
            found[name] = m.span()
    return found
