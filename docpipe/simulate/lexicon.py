"""The few words that a simulated translation must render truly, so that checks of numbers, units and dates pass. Data only.

Imports nothing of docpipe. Everything else of a text becomes pseudo-words.
"""

from __future__ import annotations

import re
from functools import lru_cache

LANGUAGES = ("en", "zh", "ja", "es", "de", "fr")

# One concept a line: en | zh | ja | es | de | fr; alternatives of a language behind "/", the first is what is written.
_CONCEPTS = """
not|不/并非/没有/未|ない|no|nicht|ne pas
no|无|無し|sin|kein|aucun
never|从不|決してない|nunca|niemals|jamais
without|未经|無しで|sin|ohne|sans
cannot/can not|不能|不可|no puede|kann nicht|ne peut pas
must not/shall not|不得/禁止|禁止|no debe|darf nicht|ne doit pas
adverse|不良|有害な|adverso|unerwünscht|indésirable
neither/nor|均不|何れも無い|ni|weder|ni
none|无一|無し|ninguno|keine|aucun
don't/doesn't/didn't/isn't/aren't/wasn't/weren't/won't/can't/couldn't/hasn't/haven't|不|ない|no|nicht|ne pas
don’t/doesn’t/didn’t/isn’t/aren’t/wasn’t/weren’t/won’t/can’t/couldn’t/hasn’t/haven’t|不|ない|no|nicht|ne pas
at least|至少/不少于|少なくとも|al menos|mindestens|au moins
not more than/no more than/at most/no later than/not later than/not exceeding/no longer than/not longer than|不超过/至多/最多|最大で|no más de|höchstens|au plus
less than/below|小于/低于/少于|未満|menos de|weniger als|moins de
greater than/more than/longer than/in excess of/above|大于/高于/多于/超过|超|más de|mehr als|plus de
or more/or older/or over/or greater/or longer/or higher/and older/and over|及以上/以上|以上|o más|oder mehr|ou plus
or less|及以下/以下|以下|o menos|oder weniger|ou moins
approximately/about|约/大约|約|aproximadamente|ungefähr/etwa|environ
weeks/week|周/星期|週|semanas/semana|Wochen/Woche|semaines/semaine
days/day|天|日間|días/día|Tage/Tagen/Tag|jours/jour
hours/hour|小时|時間|horas/hora|Stunden/Stunde|heures/heure
minutes/minute|分钟|分間|minutos/minuto|Minuten/Minute|minutes/minute
months/month|个月|か月|meses/mes|Monate/Monaten/Monat|mois
years/year|年|年間|años/año|Jahre/Jahren/Jahr|ans/an
years of age|岁/周岁|歳|años de edad|Lebensjahre|ans révolus
times|次|回|veces|Mal|fois
daily|每日/每天|毎日|al día|täglich|par jour
once|一次|一回|una vez|einmal|une fois
twice|两次|二回|dos veces|zweimal|deux fois
mg|毫克|ミリグラム|mg|mg|mg
µg|微克|マイクログラム|µg|µg|µg
kg|公斤/千克|キログラム|kg|kg|kg
mL|毫升|ミリリットル|ml/mL|ml/mL|ml/mL
%/percent/per cent|%|%|%/por ciento|%/Prozent|%/pour cent
two|两|二つ|dos|zwei|deux
three|三个|三つ|tres|drei|trois
four|四个|四つ|cuatro|vier|quatre
five|五个|五つ|cinco|fünf|cinq
six|六个|六つ|seis|sechs|six
seven|七个|七つ|siete|sieben|sept
eight|八个|八つ|ocho|acht|huit
nine|九个|九つ|nueve|neun|neuf
ten|十个|十個|diez|zehn|dix
twelve|十二个|十二個|doce|zwölf|douze
"""

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


_NEGATIONS = {
    "en": ("not", "no", "never", "without"),
    "zh": ("不", "无", "未"),
    "ja": ("ない", "無し", "決して", "不可", "禁止"),
    "es": ("no", "sin", "nunca"),
    "de": ("nicht", "kein", "niemals", "ohne"),
    "fr": ("ne pas", "aucun", "jamais", "sans"),
}


def negations(language: str) -> tuple[str, ...]:
    """What the simulated translation writes for a negation, by primary language code."""
    return _NEGATIONS.get(language, ())


@lru_cache(maxsize=64)
def phrases(source: str, target: str) -> dict[str, str]:
    """Lower-cased source phrase to target phrase, for two primary language codes; empty where one is not known."""
    if source not in LANGUAGES or target not in LANGUAGES:
        return {}
    a, b = LANGUAGES.index(source), LANGUAGES.index(target)
    found: dict[str, str] = {}
    for line in _CONCEPTS.strip().splitlines():
        columns = [c.split("/") for c in line.split("|")]
        for phrase in columns[a]:
            if not re.fullmatch(r"[mkµ]?[gLl]", phrase):  # symbols are units already and stay
                found.setdefault(phrase.lower(), columns[b][0])
    return found


@lru_cache(maxsize=64)
def month_names(language: str) -> dict[str, int]:
    """Lower-cased month names, and their first three letters, to their numbers."""
    names = MONTHS.get(language, "").split()
    found = {n.lower(): i for i, n in enumerate(names, 1)}
    for i, name in enumerate(names, 1):
        found.setdefault(name.lower()[:3], i)
    return found


def month_name(language: str, month: int) -> str:
    """A month as the language writes it, the first is 1."""
    return f"{month}月" if language in ("zh", "ja") else MONTHS.get(language, MONTHS["en"]).split()[month - 1]


def written_date(language: str, day: int | None, month: int, year: str) -> str:
    """A date as the language writes it; without a day, month and year."""
    if language in ("zh", "ja"):
        return f"{year}年{month}月" + (f"{day}日" if day else "")
    name = month_name(language, month)
    if language == "es":
        return f"{day} de {name} de {year}" if day else f"{name} de {year}"
    if language == "de":
        return f"{day}. {name} {year}" if day else f"{name} {year}"
    return f"{day} {name} {year}" if day else f"{name} {year}"


@lru_cache(maxsize=64)
def date_pattern(language: str) -> str:
    """A regular expression for written dates of a language, with groups d, m, y or m2, d2, y2; "" where none is known."""
    if language in ("zh", "ja"):
        return r"(?P<y>\d{4})\s?年\s?(?P<m>1[0-2]|0?[1-9])\s?月(?:\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?日)?"
    if language not in MONTHS:
        return ""
    names = "|".join(sorted((re.escape(n) for n in month_names(language)), key=len, reverse=True))
    day = r"3[01]|[12]\d|0?[1-9]"
    of = r"(?:\s+de\s+|[\s\-]+|\.\s+)"
    first = rf"(?:(?P<d>{day}){of})?(?P<m>{names})\.?(?:\s+de\s+|[\s\-]+)(?P<y>\d{{4}})"
    second = rf"(?P<m2>{names})\s+(?P<d2>{day}),?\s+(?P<y2>\d{{4}})"
    return rf"(?<!\w)(?:{second}|{first})(?!\w)"


def spread(number: str, scale: str, language: str) -> str:
    """``1.5`` and 万 as the figures of a Western language (``15,000``); digits beyond the scale stay as decimals."""
    zeros = 4 if scale in "万萬" else 8
    whole, _, rest = number.replace(",", "").partition(".")
    digits = whole + rest[:zeros].ljust(zeros, "0")
    return grouped(digits.lstrip("0") or "0", rest[zeros:], language)


def grouped(whole: str, decimals: str, language: str, *, thousands: bool = True) -> str:
    """Figures with the language's decimal sign and, if wanted, its thousands sign."""
    sign, point = {"es": (".", ","), "de": (".", ","), "fr": ("\u202f", ",")}.get(language, (",", "."))
    head = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", sign, whole) if thousands else whole
    return head + (point + decimals if decimals else "")
