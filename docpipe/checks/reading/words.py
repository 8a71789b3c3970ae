"""Number words of English, German, Spanish and (soft only) French. Imports this package only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

WORD = re.compile(r"[a-zà-öø-ÿ]+")


class Vocabulary(NamedTuple):
    """``small``: words that add up (< 1000), ``scales``: words that multiply, ``soft``: words that may stand for numbers."""

    small: dict[str, int]
    scales: dict[str, int]
    soft: dict[str, tuple[str, ...]]
    joins: frozenset[str]
    fractions: frozenset[str]
    every: frozenset[str]


def _list(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {w: start + i * step for i, group in enumerate(words.split()) for w in group.split("/")}


def _soft(table: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split(":") for row in table.split(";"))
    return {w: tuple(values.split("|")) for words, values in rows for w in words.split()}


def _english() -> Vocabulary:
    small = _list(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    )
    small |= _list("twenty thirty forty/fourty fifty sixty seventy eighty ninety", 20, 10)
    ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    soft: dict[str, tuple[str, ...]] = {w: (str(n),) for w, n in _list(ordinals, 1).items()}
    soft |= {"twentieth": ("20",), "thirtieth": ("30",)}
    soft |= _soft(
        "once single sole only:1;twice double doubled doubling doubles twofold both pair couple dual two-fold binary bilateral:2|100;"
        "thrice triple tripled threefold triplicate trimester quarterly:3;half halved halves:0.5|50|2;thirds:3;"
        "quarter quarters:4|0.25|25|3;quadruple fourfold:4;fifths fivefold quintuple:5;sixfold:6;sevenfold:7;eightfold:8;tenfold tenths decade:10;"
        "decades:10;dozen:12;hundredfold century centuries percent:100;fortnight fortnightly biweekly:2|14;noon midnight:12|0|24;"
        "daily weekly monthly annual annually yearly hourly:1;semester:6;bimonthly biannual:2;tetravalent quadrivalent:4;trivalent:3;bivalent:2"
    )
    return _vocabulary(small, {"hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}, soft, "and",
        "half halves third thirds quarter quarters fifth fifths sixth sixths seventh sevenths eighth eighths tenth tenths hundredth")  # fmt: skip


def _german() -> Vocabulary:
    ones = [
        "null",
        "ein",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf",
        "dreizehn",
        "vierzehn",
        "fünfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
        "neunzehn",
    ]
    tens = ["zwanzig", "dreißig/dreissig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
    below = {w: n for n, w in enumerate(ones) if n != 1}
    for i, group in enumerate(tens, 2):
        for ten in group.split("/"):
            below[ten] = i * 10
            below |= {f"{one}und{ten}": i * 10 + n for n, one in enumerate(ones[1:10], 1)}
    small = dict(below)
    for n, one in enumerate(["", *ones[1:10]]):
        hundred = f"{one}hundert"
        small[hundred] = max(n, 1) * 100
        small |= {f"{hundred}{w}": max(n, 1) * 100 + v for w, v in (below | {"eins": 1}).items() if v}
    thousands = {
        f"{w if w else ''}tausend": v * 1000 for w, v in (below | {"": 1, "ein": 1, "hundert": 100}).items() if v
    }
    soft: dict[str, tuple[str, ...]] = {"eins": ("1",)}
    for word, n in below.items():
        stem = {"drei": "drit", "sieben": "sieb", "acht": "ach"}.get(word, word)
        ending = "te" if n < 20 else "ste"
        for tail in ("", "r", "s", "n", "m"):
            soft[f"{stem}{ending}{tail}"] = (str(n),)
        for tail in ("mal", "fach", "fache", "fachen", "malige", "maliger", "maligen", "er"):
            soft[f"{word}{tail}"] = (str(n),)
    soft |= _soft(
        "erste erster erstes ersten erstem einmal einmalig einmalige einmaligen einzige einzigen einzelne täglich wöchentlich monatlich jährlich erstmals:1;"
        "beide beiden beider beides doppelt doppelte doppelten doppelter paar verdoppelt verdoppelung:2|100;verdreifacht quartal trimenon:3;"
        "halb halbe halben halber halbes hälfte:0.5|50|2;drittel:3;viertel:4|25;fünftel:5;zehntel jahrzehnt jahrzehnte:10;"
        "dutzend:12;jahrhundert:100;prozent:100;zweiwöchentlich zweiwöchig:2;dreiwöchig:3;mittag mitternacht:12|0|24"
    )
    scales = thousands | {"million": 10**6, "millionen": 10**6, "milliarde": 10**9, "milliarden": 10**9}
    return _vocabulary(small, scales, soft, "", "halbe drittel viertel fünftel sechstel siebtel achtel neuntel zehntel")


def _spanish() -> Vocabulary:
    small = _list("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis/dieciseis diecisiete dieciocho diecinueve "
        "veinte veintiuno/veintiún/veintiuna veintidós/veintidos veintitrés/veintitres veinticuatro veinticinco veintiséis/veintiseis veintisiete veintiocho veintinueve")  # fmt: skip
    small |= _list("treinta cuarenta cincuenta sesenta setenta ochenta noventa cien/ciento", 30, 10)
    small |= _list("doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas seiscientos/seiscientas "
        "setecientos/setecientas ochocientos/ochocientas novecientos/novecientas", 200, 100)  # fmt: skip
    soft: dict[str, tuple[str, ...]] = {}
    for n, stem in enumerate(
        ["primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"], 1
    ):
        soft |= {stem + end: (str(n),) for end in ("", "o", "a", "os", "as")}
    soft |= _soft(
        "un una uno unos unas único única solo sola diario diaria diariamente semanal mensual anual:1;"
        "ambos ambas doble dobles par pareja duplicado duplicó duplica bienal:2|100;triple triplicado trimestre trimestral tercio tercios tercera:3;"
        "mitad medio media:0.5|50|2;cuarto cuartos cuarta:4|25|0.25;quinto quintos quinta:5;sexto:6;semestre semestral:6;cuatrimestre:4;"
        "décimo década décadas decenas:10;docena:12;siglo centenar ciento:100;quincenal quincena:15|2;mediodía medianoche:12|0|24;cuádruple:4"
    )
    return _vocabulary(small, {"mil": 1000, "millón": 10**6, "millones": 10**6, "billón": 10**12, "billones": 10**12}, soft, "y",
        "tercio tercios cuarto cuartos quinto quintos sextos octavos décimos terceras quintas partes")  # fmt: skip


def _french() -> Vocabulary:
    words = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    soft: dict[str, tuple[str, ...]] = {w: (str(n),) for w, n in _list(words).items()}
    soft |= _soft("vingt:20;trente:30;quarante:40;cinquante:50;soixante:60;cent:100;mille milliers:1000;première premier une:1;deuxième second double:2|100;"
        "troisième triple tiers trimestre:3;quatrième quart:4|25;cinquième:5;moitié demi demie:0.5|50;décennie dixième:10;douzaine:12;siècle:100;"
        "quinzaine:15;quotidien:1;six sixième:6;septième:7;huitième:8")  # fmt: skip
    return _vocabulary({}, {}, soft, "", "")


def _vocabulary(
    small: dict[str, int], scales: dict[str, int], soft: dict[str, tuple[str, ...]], joins: str, fractions: str
) -> Vocabulary:
    return Vocabulary(
        small,
        scales,
        soft,
        frozenset(joins.split()),
        frozenset(fractions.split()),
        frozenset(small) | frozenset(scales) | frozenset(soft),
    )


_MAKERS = {"en": _english, "de": _german, "es": _spanish, "fr": _french}


@cache
def vocabulary(base: str) -> Vocabulary | None:
    """The number words of a language, or None."""
    maker = _MAKERS.get(base)
    return maker() if maker else None


class Found(NamedTuple):
    """A number written in words. ``cardinal``: a plain count word, as against first, twice or half."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    cardinal: bool


def find(low: str, words: Vocabulary) -> Iterator[Found]:
    """Numbers written in words, in order. ``low``: the text in lower case."""
    tokens = [(m.group(), m.start(), m.end()) for m in WORD.finditer(low)]
    at = 0
    while at < len(tokens):
        word, start, end = tokens[at]
        if word not in words.every and word != "half":
            at += 1
            continue
        if word in words.small or (word in words.scales and words.scales[word] >= 1000):
            value, at, end = _sum(tokens, at, low, words)
            fraction = at < len(tokens) and tokens[at][0] in words.fractions and low[end : tokens[at][1]] in (" ", "-")
            # A bare "hundred" or "million" scales the digits before it or is vague; a fraction's parts are read leniently.
            cardinal = not fraction and not (word in words.scales and value in (10**3, 10**6, 10**9, 10**12))
            yield Found(start, end, (Decimal(value),), cardinal)
            continue
        if word == "half" and at + 2 < len(tokens) and tokens[at + 1][0] == "a" and tokens[at + 2][0] in words.scales:
            yield Found(start, tokens[at + 2][2], (Decimal(words.scales[tokens[at + 2][0]]) / 2,), False)
            at += 3
            continue
        if word in words.soft:
            yield Found(start, end, tuple(Decimal(v) for v in words.soft[word]), False)
        at += 1


def _sum(tokens: list[tuple[str, int, int]], at: int, low: str, words: Vocabulary) -> tuple[int, int, int]:
    """Adds up consecutive number words from ``at``: value, next index, end offset."""
    total = current = 0
    end, last_small = tokens[at][2], 0
    first = at
    while at < len(tokens):
        word, start, stop = tokens[at]
        if at > first and low[end:start].strip(" -\u00a0"):
            break
        if (
            word in words.joins
            and at > first
            and at + 1 < len(tokens)
            and (following := words.small.get(tokens[at + 1][0])) is not None
        ):
            tens_join = "y" in words.joins and 30 <= last_small < 100 and following < 10
            if (
                not (tens_join or ("and" in words.joins and last_small == 0 and following < 100))
                or not low[stop : tokens[at + 1][1]].isspace()
            ):
                break
            last_small = 0 if not tens_join else last_small
            end, at = stop, at + 1
            continue
        if word in words.small:
            value = words.small[word]
            fits = (
                at == first
                or last_small == 0
                or (value < 10 <= last_small < 100 and last_small % 10 == 0)
                or (last_small >= 100 > value and last_small % 100 == 0)
            )
            if not fits:
                break
            current, last_small = current + value, value
        elif word in words.scales:
            scale = words.scales[word]
            if scale <= 100:
                current, last_small = max(current, 1) * scale, 0
            else:
                total, current, last_small = (
                    (total + max(current, 1)) * scale if scale >= 10**6 else total + max(current, 1) * scale,
                    0,
                    0,
                )
        else:
            break
        end, at = stop, at + 1
    return total + current, at, end
