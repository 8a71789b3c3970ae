"""Units behind numbers: canonical symbols, dimensions, factors for conversion, and their words in four languages.

Imports this package only. Symbols after UCUM and the SI brochure; micro as U+00B5 (the shadow folds U+03BC to it).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from docpipe.checks.reading.tokens import Unit


class Kind(NamedTuple):
    """Dimension of a unit and its factor to the dimension's base unit (offset too, for temperatures)."""

    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)


def _kinds() -> dict[str, Kind]:
    table = {
        "mass": "kg:1000 g:1 mg:1e-3 µg:1e-6 ng:1e-9 pg:1e-12 lb:453.59237 oz:28.349523",
        "volume": "L:1 dL:0.1 cL:0.01 mL:1e-3 µL:1e-6 nL:1e-9 fL:1e-15 gal:3.785412",
        "amount": "mol:1 mmol:1e-3 µmol:1e-6 nmol:1e-9 pmol:1e-12",
        "molarity": "mM:1 µM:1e-3 nM:1e-6",
        "activity": "IU:1 kIU:1e3 MIU:1e6 mIU:1e-3 µIU:1e-6",
        "units": "U:1 kU:1e3 mU:1e-3",
        "equivalent": "Eq:1 mEq:1e-3",
        "length": "km:1000 m:1 cm:0.01 mm:1e-3 µm:1e-6 nm:1e-9 in:0.0254 ft:0.3048 mi:1609.344",
        "area": "m²:1 cm²:1e-4 mm²:1e-6 km²:1e6",
        "cubic": "m³:1e6 cm³:1 mm³:1e-3",
        "pressure": "mmHg:133.322 kPa:1000 hPa:100 Pa:1",
        "energy": "kcal:4184 cal:4.184 kJ:1000 J:1",
        "dose": "Gy:1 mGy:1e-3 cGy:0.01",
        "radiation": "MBq:1e6 kBq:1e3 GBq:1e9 Bq:1 mCi:3.7e7",
        "equivalentdose": "Sv:1 mSv:1e-3 µSv:1e-6",
        "frequency": "Hz:1 kHz:1e3 MHz:1e6",
        "time": "ms:1e-3 s:1 min:60 h:3600 d:86400 wk:604800 mo:2629800 a:31557600",
        "ratio": "%:1 ‰:0.1",
        "points": "ppt:1",
    }
    found = {
        symbol: Kind(dimension, Decimal(factor))
        for dimension, row in table.items()
        for symbol, factor in (entry.split(":") for entry in row.split())
    }
    found["°C"] = Kind("temperature", Decimal(1))
    found["°F"] = Kind("temperature", Decimal(5) / 9, Decimal(-160) / 9)
    return found


KINDS = _kinds()

_SYMBOLS = {s: s for s in KINDS if s not in ("d", "a", "mo", "wk", "in", "mi", "ppt", "cal")} | {
    "mcg": "µg", "ug": "µg", "ml": "mL", "ML": "mL", "l": "L", "dl": "dL", "ul": "µL", "µl": "µL", "nl": "nL", "fl": "fL", "cc": "mL",
    "ℓ": "L", "kl": "kL", "umol": "µmol", "Kg": "kg", "KG": "kg", "MG": "mg", "㎎": "mg", "㎏": "kg", "㎍": "µg", "㎖": "mL",
    "㎜": "mm", "㎝": "cm", "㎡": "m²", "m2": "m²", "m^2": "m²", "cm2": "cm²", "mm2": "mm²", "m3": "m³", "cm3": "cm³", "mm3": "mm³", "µL3": "µL",
    "I.E.": "IU", "IE": "IU", "I.U.": "IU", "UI": "IU", "U.I.": "IU", "mUI": "mIU", "µIE": "µIU", "mIE": "mIU", "KIU": "kIU", "µU": "µIU",
    "℃": "°C", "° C": "°C", "ºC": "°C", "º C": "°C", "℉": "°F", "ºF": "°F", "° F": "°F", "meq": "mEq", "mEquiv": "mEq", "mmHG": "mmHg", "mm Hg": "mmHg",
    "lbs": "lb", "hr": "h", "hrs": "h", "Std.": "h", "Std": "h", "sec": "s", "mins": "min", "min.": "min", "wks": "wk", "wk": "wk", "yr": "a", "yrs": "a", "d": "d",
    "kg²": "kg²", "percent": "%", "Pp": "ppt",
}  # fmt: skip

_WORDS = {
    "en": "kilogram/kilograms:kg gram/grams:g milligram/milligrams:mg microgram/micrograms:µg nanogram/nanograms:ng pound/pounds:lb ounce/ounces:oz "
    "liter/liters/litre/litres:L deciliter/decilitre/deciliters:dL milliliter/milliliters/millilitre/millilitres:mL microliter/microliters/microlitre/microlitres:µL "
    "millimole/millimoles:mmol micromole/micromoles:µmol international_units/international_unit:IU units/unit:U "
    "kilometer/kilometers/kilometre/kilometres:km meter/meters/metre/metres:m centimeter/centimeters/centimetre/centimetres:cm millimeter/millimeters/millimetre/millimetres:mm "
    "micrometer/micrometers/microns/micron:µm nanometer/nanometers/nanometre/nanometres:nm inch/inches:in foot/feet:ft mile/miles:mi "
    "degrees_celsius/degree_celsius:°C degrees_fahrenheit:°F second/seconds:s minute/minutes:min hour/hours:h day/days:d week/weeks:wk month/months:mo year/years:a "
    "percent/per_cent/percentage:% percentage_points/percentage_point:ppt",
    "de": "kilogramm:kg gramm:g milligramm:mg mikrogramm:µg nanogramm:ng liter:L deziliter:dL milliliter:mL mikroliter:µL internationale_einheiten:IU einheiten/einheit:U "
    "kilometer/kilometern:km meter/metern:m zentimeter/zentimetern:cm millimeter/millimetern:mm mikrometer:µm nanometer:nm grad_celsius:°C "
    "sekunde/sekunden:s minute/minuten:min stunde/stunden:h tag/tage/tagen/tages:d woche/wochen:wk monat/monate/monaten/monats:mo jahr/jahre/jahren/jahres:a "
    "prozent:% prozentpunkte/prozentpunkten:ppt",
    "es": "kilogramo/kilogramos/kilo/kilos:kg gramo/gramos:g miligramo/miligramos:mg microgramo/microgramos:µg nanogramo/nanogramos:ng litro/litros:L decilitro/decilitros:dL "
    "mililitro/mililitros:mL microlitro/microlitros:µL unidades_internacionales:IU unidades/unidad:U kilómetro/kilómetros:km metro/metros:m centímetro/centímetros:cm "
    "milímetro/milímetros:mm micrómetro/micrómetros/micras:µm nanómetros:nm pulgadas:in pies:ft millas:mi grados_celsius/grados_centígrados/°_c:°C "
    "segundo/segundos:s minuto/minutos:min hora/horas:h día/días/dia/dias:d semana/semanas:wk mes/meses:mo año/años:a por_ciento:% puntos_porcentuales:ppt",
    "zh": "千克:kg 公斤:kg 克:g 毫克:mg 微克:µg 纳克:ng 皮克:pg 磅:lb 盎司:oz 升:L 分升:dL 毫升:mL 微升:µL 摩尔:mol 毫摩尔:mmol 微摩尔:µmol 国际单位:IU 万国际单位:IU "
    "单位:U 千米:km 公里:km 米:m 厘米:cm 公分:cm 毫米:mm 微米:µm 纳米:nm 英寸:in 英尺:ft 英里:mi 平方米:m² 立方毫米:mm³ 毫米汞柱:mmHg 摄氏度:°C 华氏度:°F "
    "毫秒:ms 秒:s 秒钟:s 分钟:min 小时:h 个小时:h 天:d 日:d 日龄:d 天龄:d 周:wk 个星期:wk 星期:wk 周龄:wk 个月:mo 月龄:mo 个月龄:mo 年:a 岁:a 周岁:a 个百分点:ppt 百分点:ppt",
    "fr": "heure/heures:h jour/jours:d semaine/semaines:wk mois:mo an/ans/année/années:a mètre/mètres:m pour_cent:%",
}  # fmt: skip


def _word_table(base: str) -> dict[str, str]:
    return {
        w.replace("_", " "): symbol
        for entry in _WORDS.get(base, "").split()
        for words, symbol in [entry.split(":")]
        for w in words.split("/")
    }


def _alternatives(keys: list[str]) -> str:
    return "|".join(re.escape(k) for k in sorted(keys, key=len, reverse=True))


_SYMBOL = re.compile(rf"%|‰|℃|(?:{_alternatives(list(_SYMBOLS))})(?![A-Za-z\u00aa-\u024f\u0370-\u03ff’'\d])")
_TABLES = {base: _word_table(base) for base in _WORDS}
_PATTERNS = {
    base: re.compile(rf"(?:{_alternatives(list(table))})" + ("(?!期)" if base == "zh" else r"(?![^\W\d_])"))
    for base, table in _TABLES.items()
}
_FIRST_OF_SYMBOLS = frozenset(s[0] for s in _SYMBOLS)
_FIRST_OF_WORDS = {base: frozenset(w[0] for w in table) for base, table in _TABLES.items()}
_GAP = re.compile(r"[ \u00a0\u2009\u202f]?-?")
_PER = re.compile(r"\s?(?:[/·•*]|per\b|pro\b|por\b|je\b|每)\s?", re.IGNORECASE)
_INVERSE = re.compile(r"[ ·•]?(kg|g|L|l|mL|ml|h|d|min|s|m²|dL|µL)\s?⁻¹")
_YEAR = re.compile(r"(?:19|20)\d\d$")


def _one(text: str, low: str, at: int, base: str) -> tuple[str, int] | None:
    """A unit that starts at ``at``: canonical symbol and end."""
    if at >= len(text):
        return None
    m = _SYMBOL.match(text, at) if text[at] in _FIRST_OF_SYMBOLS else None
    if m:
        return _SYMBOLS[m.group()], m.end()
    m = _PATTERNS[base].match(low, at) if low[at] in _FIRST_OF_WORDS.get(base, ()) else None
    return (_TABLES[base][m.group()], m.end()) if m else None


def unit_at(text: str, low: str, end: int, digits: str, base: str) -> Unit | None:
    """The unit right behind a number that ends at ``end``, or None. ``digits``: the number, to tell years from durations."""
    if end >= len(text):
        return None
    if text[end] == "/" or text.startswith((" /", "\u00a0/"), end):
        below, stop = _below(text, low, end, base)
        return Unit("", "", below, end, stop) if below else None
    m = _GAP.match(text, end)
    start = m.end() if m else end
    found = _one(text, low, start, base)
    if found is None:
        return None
    symbol, stop = found
    if symbol == "s" and start == end and digits.isdigit() and len(digits) > 2:
        return None
    if symbol in ("a", "d") and base == "zh" and (_YEAR.match(digits) and symbol == "a"):
        return None
    kind = KINDS.get(symbol)
    below, stop = _below(text, low, stop, base)
    return Unit(symbol, kind.dimension if kind else "", below, start, stop)


def _below(text: str, low: str, at: int, base: str) -> tuple[tuple[str, ...], int]:
    below: list[str] = []
    while True:
        inverse = _INVERSE.match(text, at)
        if inverse:
            below.append(_SYMBOLS[inverse.group(1)])
            at = inverse.end()
            continue
        per = _PER.match(text, at)
        found = _one(text, low, per.end(), base) if per else None
        if found is None:
            return tuple(below), at
        below.append(found[0])
        at = found[1]


def converted(source: Decimal, source_unit: str, target: Decimal, target_unit: str) -> bool:
    """Whether the two quantities are the same within rounding (2 %), in different units of one dimension."""
    a, b = KINDS.get(source_unit), KINDS.get(target_unit)
    if a is None or b is None or a.dimension != b.dimension or source_unit == target_unit:
        return False
    left, right = source * a.factor + a.offset, target * b.factor + b.offset
    return left != 0 and abs(left - right) <= abs(left) * Decimal("0.02")


@cache
def _mention(top: str, base: str) -> re.Pattern[str]:
    words = [w for w, symbol in _TABLES.get(base, {}).items() if symbol == top]
    symbols = [w for w, symbol in _SYMBOLS.items() if symbol == top]
    loose = {
        "d": r"每[日天]|日|täglich|\bdaily\b|\bal día\b|\bdiari\w+",
        "wk": r"weekly|wöchentlich|semanal",
        "h": r"hourly|stündlich",
    }.get(top, "")
    latin = [rf"(?<![^\W\d_]){re.escape(w)}(?![^\W\d_])" for w in symbols + (words if base != "zh" else [])]
    return re.compile(
        "|".join([*latin, *([re.escape(w) for w in words] if base == "zh" else []), *([loose] if loose else [])])
        or "(?!)",
        re.IGNORECASE if top in ("d", "wk", "h") else 0,
    )


def mentions(text: str, top: str, base: str) -> int:
    """How often a unit is named in a text, behind a number or not."""
    return len(_mention(top, base).findall(text))
