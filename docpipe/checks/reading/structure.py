"""Roles of neighbouring numbers: ranges, mean ± SD, confidence limits, ratios, p-values, n/N (%). Imports this package only."""

from __future__ import annotations

import re
from itertools import pairwise

from docpipe.checks.reading.tokens import Form, Lexed, Number

_DASH = re.compile(r"\s?(?:[-–—−~]|至|到|to|bis|through|a|hasta|à)\s?(?:[-–]?\s?)?")
_AND = re.compile(r"\s?(?:and|y|e|und|和|与|及|et)\s?")
_BETWEEN = re.compile(r"(?:\bbetween|\bentre|\bzwischen|介于|在)\s*(?:约|about)?\s*$")
_LIST = re.compile(r"\s?(?:,|、|，|/|and|or|y|o|u|und|oder|和|或|及|与)\s?(?:and|or|y|o|und|oder|和|或)?\s?")
_CI = re.compile(
    r"\bCIs?\b|\bIC\b|\bKI\b|[Cc]onfidence [Ii]nterval|置信区间|可信区间|[Ii]ntervalo de confianza|Konfidenzintervall"
)
_CI_GAP = re.compile(r"\s?(?:[-–—−~,;，；、]|至|到|to|bis|a|hasta|y|and|und)\s?")
_RATIO = re.compile(
    r"(?:\b(?:a?HR|a?OR|RR|IRR|MD|SMD|RD)\b|hazard ratio|odds ratio|risk ratio|relative risk|风险比|比值比|优势比|相对危险度|相对风险"
    r"|razón de riesgos|cociente de riesgos|hazard-?ratio|odds-?ratio)[^\d;。.]{0,12}$",
    re.IGNORECASE,
)
_RATIO_HINTS = ("HR", "OR", "RR", "MD", "RD", "azard", "dds", "isk", "riesgo", "风险", "比值", "优势", "危险度")
_P_END = frozenset("=<>≤≥ \u00a0为")
_P = re.compile(
    r"(?:^|[^A-Za-z])[pP]\s?(?:-?\s?(?:value|values|值|[Ww]ert|valor))?\s?(?:of|为|von|de)?\s?[=<>≤≥]{1,2}\s?$|(?:valor de p|p 值)\s?[=<>≤≥为]{1,2}\s?$"
)
_SLASH = re.compile(r"\s?/\s?")
_PERCENT_GAP = re.compile(
    r"\s?(?:名|例|人|位|个|patients|subjects|participants|pacientes|sujetos|Patienten|Probanden)?[^\d()（）;；。]{0,14}[\[(（]\s?$"
)
_OF = re.compile(r"\s?(?:out of|of the|of|de los|de las|de|von|der)\s(?:\w+\s)?$", re.IGNORECASE)
_CN_OF = re.compile(r"\s?[名例人位个][^\d。；;]{0,12}(?:中|里)[^\d。；;]{0,6}$")


def behind(number: Number) -> int:
    """Offset behind a number and its own unit."""
    return number.unit.end if number.unit and not number.unit_inherited else number.end


def assign(lexed: Lexed, numbers: list[Number]) -> None:
    """Sets role and group of every number that stands in a range or tuple, and lets ranges and lists share a unit."""
    text, low = lexed.shadow, lexed.low
    plain = [n for n in numbers if n.form in (Form.DIGITS, Form.WORD, Form.CJK)]
    if not plain:
        return
    for i in range(len(plain) - 1):
        _pair(text, low, plain, i)
    if "±" in text or "+/-" in text:
        for left, right in pairwise(plain):
            if right.plus_minus and right.start - behind(left) <= 5 and left.form is Form.DIGITS:
                left.role, right.role, left.group, right.group = "mean", "sd", left.start, left.start
    if len(plain) > 1 and ("C" in text or "K" in text or "区间" in text or "onf" in text):
        for m in _CI.finditer(text):
            _limits(text, plain, m.end())
    written = [n for n in plain if n.form is Form.DIGITS]
    ratios = bool(written) and any(hint in text for hint in _RATIO_HINTS)
    for number in written:
        if not number.role.startswith("ci"):
            window = text[max(0, number.start - 30) : number.start]
            if text[number.start - 1 : number.start] in _P_END and _P.search(window):
                number.role = "p"
            elif ratios and number.unit is None and _RATIO.search(window):
                number.role = "ratio"
    if "%" in text:
        _counts(text, plain)
    _share_units(text, plain)


def _pair(text: str, low: str, plain: list[Number], i: int) -> None:
    left, right = plain[i], plain[i + 1]
    if left.event and left.event is right.event:
        return
    gap = low[behind(left) : right.start]
    if len(gap) > 10:
        return
    gap = gap.rstrip("≤≥<>±$€")
    is_range = bool(_DASH.fullmatch(gap)) or (
        bool(_AND.fullmatch(gap)) and bool(_BETWEEN.search(low[max(0, left.start - 12) : left.start]))
    )
    if is_range and not left.role and "\n" not in gap:
        left.role, right.role, left.group, right.group = "low", "high", left.start, left.start
        if right.sign and not right.sign_sure:
            right.sign = 0


def _limits(text: str, plain: list[Number], at: int) -> None:
    after = [n for n in plain if n.start >= at and n.start - at <= 24]
    if (
        len(after) > 1
        and after[0].unit
        and after[0].unit.top == "%"
        and not after[0].unit_inherited
        and after[0].group < 0
    ):
        after = after[1:]
    gap = text[behind(after[0]) : after[1].start] if len(after) > 1 else "?"
    if _CI_GAP.fullmatch(gap) or (gap[-1:] in "-−" and _CI_GAP.fullmatch(gap[:-1])):
        after[0].role, after[1].role = "ci-low", "ci-high"
        after[0].group = after[1].group = after[0].start


def _counts(text: str, plain: list[Number]) -> None:
    for first, second, share in zip(plain, plain[1:], plain[2:], strict=False):
        if share.unit is None or share.unit.top != "%" or not _PERCENT_GAP.fullmatch(text[second.end : share.start]):
            continue
        gap = text[first.end : second.start]
        if _SLASH.fullmatch(gap) or _OF.fullmatch(gap):
            first.role, second.role = "n", "N"
        elif _CN_OF.fullmatch(gap):
            first.role, second.role = "N", "n"
        else:
            continue
        share.role = "n%"
        first.group = second.group = share.group = first.start


def _share_units(text: str, plain: list[Number]) -> None:
    """``2–4 mg`` and ``2, 4 and 8 mg``: the numbers before take the unit of the last."""
    for i in range(len(plain) - 2, -1, -1):
        left, right = plain[i], plain[i + 1]
        if left.unit is None and right.unit is not None and right.unit.top and not left.event:
            gap = text[left.end : right.start]
            same_range = left.group >= 0 and left.group == right.group and left.role in ("low", "mean", "ci-low")
            if same_range or (len(gap) <= 9 and _LIST.fullmatch(gap.lower())):
                left.unit, left.unit_inherited = right.unit, True
