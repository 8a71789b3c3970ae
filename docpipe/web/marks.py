"""What a reviewer's eye must not slip over: numbers with their units, and negations. Imports model.language.

The patterns are written so that Python and JavaScript read them alike: the page gets them as data and marks what is typed by
the same ones.
"""

from __future__ import annotations

import re
from functools import lru_cache

from docpipe.errors import UnknownLanguage
from docpipe.model.language import primary

_DIGIT = r"[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]"
_LETTER = r"[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u024f\u0370-\u052f\u0590-\u06ef\u0900-\u0dff]"
_PER = r"(?:\s?/\s?(?:100\s?ml|kg|g|mg|m\u00b2|m2|l|L|dl|dL|ml|mL|mm3|mm\u00b3|h|hr|min|s|day|d|week|wk|month|year|dose|Tag|d\u00eda|jour|\u65e5|\u5929))*"
_UNITS = (
    "kcal", "kBq", "MBq", "GBq", "kPa", "hPa", "mmHg", "mmol", "\u00b5mol", "\u03bcmol", "nmol", "pmol", "mol", "mOsm", "mEq", "mIU", "IU", "IE", "UI",
    "mcg", "\u00b5g", "\u03bcg", "mg", "ng", "pg", "kg", "g", "\u00b5L", "\u00b5l", "mL", "ml", "dL", "dl", "L", "l", "\u00b5m", "mm", "cm", "km", "nm", "m\u00b2", "m",
    "kDa", "Da", "bpm", "Hz", "kHz", "MHz", "mSv", "Gy", "ppm", "ppb", "ms", "min", "h", "hr", "hrs", "s",
    "hours?", "days?", "weeks?", "months?", "years?", "Stunden?", "Tagen?", "Tage", "Wochen?", "Monaten?", "Monate", "Jahren?", "Jahre",
    "horas?", "d\u00edas?", "semanas?", "mes(?:es)?", "a\u00f1os?", "heures?", "jours?", "semaines?", "mois", "ans?",
)  # fmt: skip
_SPACELESS_UNITS = r"\u6beb\u514b|\u5fae\u514b|\u5343\u514b|\u516c\u65a4|\u6beb\u5347|\u514b|\u5347|\u5c0f\u65f6|\u5206\u949f|\u5929|\u5468|\u65e5\u9593|\u65e5|\u4e2a\u6708|\u9031\u9593|\u6642\u9593|\u5206|\u6708|\u5e74|\u5c81|\u6b73|\u4f8b|\u540d"
NUMBER = (
    rf"(?:[<>\u2264\u2265\u00b1\u2248~]\s?)?{_DIGIT}(?:[.,:\u066b\u066c\u2009\u202f\u00a0]?{_DIGIT})*"
    rf"(?:\s?[\u2013\u2212-]\s?{_DIGIT}(?:[.,]?{_DIGIT})*)?"
    rf"(?:\s?(?:%|\u2030|\uff05|\u00b0\s?[CF]?|\u2103|{_SPACELESS_UNITS}|(?:{'|'.join(_UNITS)}){_PER}(?!{_LETTER}))(?!{_DIGIT}))?"
)
"""A number, its sign of comparison, a range, and the unit behind it."""

_NEGATIONS = {
    "en": r"not|no|nor|neither|never|none|without|cannot|nobody|nothing|can[\u2019']t|don[\u2019']t|doesn[\u2019']t|didn[\u2019']t|isn[\u2019']t|aren[\u2019']t|wasn[\u2019']t|weren[\u2019']t|won[\u2019']t|absence|excluding|except|unless",
    "de": r"nicht|kein(?:e[nmrs]?)?|nie|niemals|weder|noch nie|ohne|nichts|niemand(?:en|em)?|au\u00dfer",
    "es": r"no|nunca|jam\u00e1s|sin|ni|ning\u00fan|ninguno|ninguna|tampoco|nada|nadie|excepto|salvo",
    "fr": r"ne|n[\u2019']|pas|non|sans|jamais|aucun|aucune|ni|rien|sauf",
    "pt": r"n\u00e3o|nunca|jamais|sem|nem|nenhum|nenhuma|exceto",
    "it": r"non|n\u00e9|senza|mai|nessun[oa]?|niente|tranne",
    "nl": r"niet|geen|nooit|zonder|noch",
    "pl": r"nie|bez|nigdy|ani|\u017cad(?:en|na|ne|nych|nego|nej)",
    "ru": r"\u043d\u0435|\u043d\u0435\u0442|\u0431\u0435\u0437|\u043d\u0438|\u043d\u0438\u043a\u043e\u0433\u0434\u0430|\u043a\u0440\u043e\u043c\u0435",
    "sv": r"inte|ej|ingen|inget|inga|aldrig|utan",
    "da": r"ikke|ingen|intet|aldrig|uden",
    "ar": r"\u0644\u0627|\u0644\u0645|\u0644\u0646|\u0644\u064a\u0633|\u0644\u064a\u0633\u062a|\u063a\u064a\u0631|\u0628\u062f\u0648\u0646|\u062f\u0648\u0646|\u0639\u062f\u0645",
    "he": r"\u05dc\u05d0|\u05d0\u05d9\u05df|\u05dc\u05dc\u05d0|\u05d1\u05dc\u05d9|\u05d0\u05dc",
    "ko": r"\uc544\ub2c8(?:\ub2e4|\uba70|\uace0)?|\uc5c6(?:\ub2e4|\ub294|\uc774|\uc73c\uba70)|\uc54a(?:\ub294|\uc740|\uc73c\uba70|\uc558\ub2e4|\uc558\uc73c\uba70)",
}  # fmt: skip
_SPACELESS_NEGATIONS = {
    "zh": r"\u4e0d|\u672a|\u65e0|\u7121|\u6ca1\u6709|\u6ca1|\u6c92\u6709|\u6c92|\u975e|\u52ff|\u7981\u6b62|\u907f\u514d",
    "ja": r"\u306a\u3044|\u306a\u304b\u3063\u305f|\u306a\u304f|\u305a|\u307e\u305b\u3093|\u4e0d|\u672a|\u7121|\u975e|\u7981\u5fcc",
}


@lru_cache(maxsize=64)
def pattern(language: str) -> str:
    """The pattern of a language: group 1 is a negation, group 2 a number with its unit. Any code is taken."""
    try:
        name = primary(language)
    except UnknownLanguage:
        name = ""
    whole = _SPACELESS_NEGATIONS.get(name)
    words = _NEGATIONS.get(name, "")
    negation = whole or (rf"(?<!{_LETTER})(?:{words})(?!{_LETTER})" if words else "(?!)")
    return f"({negation})|({NUMBER})"


@lru_cache(maxsize=64)
def compiled(language: str) -> re.Pattern[str]:
    """The same for Python; JavaScript compiles it with the flags ``giu``."""
    return re.compile(pattern(language), re.IGNORECASE)
