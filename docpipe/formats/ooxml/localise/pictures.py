"""Pictures of dates (``MMMM d, yyyy``) in one language and another, and dates read and written by them. Imports this package.

Source: ISO/IEC 29500-1, 17.16.4.1. Names are those of the Gregorian calendar; a picture that asks for anything else is left alone.
Word's Chinese pictures write figures as characters: ``EEEE年O月A日``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from docpipe.formats.ooxml.localise.dates import dates_of

_TOKENS = re.compile(
    r"'([^']*)'|(am/pm|AM/PM|a/p|y{2,4}|E{2,4}|O|A|M{1,4}|d{1,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2})|(.)", re.DOTALL
)
_HAN = "〇一二三四五六七八九"
_LONG_HAND = re.compile("[年년]")
_FORMS = {
    ("yMddddd", True): "weekday", ("yMd", True): "long", ("yM", True): "month", ("Md", True): "day", ("yMd", False): "figures",
}  # fmt: skip
"""Which entry of the table a picture asks for: its parts, and whether the month stands by name."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a date field shows; parts that its picture does not ask for are None. ``weekday``: 0 is Monday."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None


def translated_picture(picture: str, source: str, target: str) -> str:
    """The picture as the target language writes such a date; the picture itself where nothing is known or nothing differs."""
    names, there = _names(source), _names(target)
    if names is None or there is None or picture == _iso(picture):
        return picture
    codes = [code for _, code, _ in _parts(picture) if code]
    asked = {_kind(code) for code in codes}
    date = asked & {"y", "M", "d", "dddd"}
    by_name = any(code.startswith("MMM") for code in codes) or bool(_LONG_HAND.search(picture))
    form = _FORMS.get(("".join(k for k in ("y", "M", "d", "dddd") if k in asked), by_name))
    if (date and form is None) or not codes:
        return picture
    clock = _clock(codes, there) if asked & {"h", "m"} else ""
    if not date:
        return clock or picture
    return f"{there[form]} {clock}".strip() if form in there else picture


def read(text: str, picture: str, language: str) -> Moment | None:
    """What a field's result says by its picture; None where it is something else. Names also cut short, without regard to case."""
    names = _names(language)
    if names is None:
        return None
    pattern, groups = _pattern(picture, language)
    found = pattern.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    values: dict[str, int] = {}
    for code, group in groups:
        value = _value(code, found.group(group), names)
        if value is None:
            return None
        kind = {
            "y": "year",
            "M": "month",
            "d": "day",
            "dddd": "weekday",
            "h": "hour",
            "m": "minute",
            "s": "second",
            "p": "p",
        }
        values[kind[_kind(code)]] = value
    half = values.pop("p", None)
    if half is not None and "hour" in values:
        values["hour"] = values["hour"] % 12 + 12 * half
    return Moment(**values)


def write(moment: Moment, picture: str, language: str) -> str:
    """A moment by a picture; "" where the picture asks for what is not known."""
    names = _names(language)
    out = []
    codes = [code for _, code, _ in _parts(picture)]
    for literal, code, sign in _parts(picture):
        value = (
            _shown(code, moment, names, any(c and _kind(c) == "d" for c in codes))
            if code and names
            else literal or sign
        )
        if value is None:
            return ""
        out.append(value)
    return "".join(out)


def _parts(picture: str) -> list[tuple[str, str, str]]:
    found = [(m[1] or "", m[2] or "", m[3] or "") for m in _TOKENS.finditer(picture)]
    if _LONG_HAND.search(picture):
        return found
    return [
        ("", "", code) if code[:1] in ("E", "O", "A") and code != "AM/PM" else (literal, code, sign)
        for literal, code, sign in found
    ]


def _kind(code: str) -> str:
    if code.startswith("ddd"):
        return "dddd"
    if code[0] in "EOA" and code != "AM/PM":
        return {"E": "y", "O": "M", "A": "d"}[code[0]]
    return "p" if code.lower() in ("am/pm", "a/p") else "h" if code[0] in "hH" else code[0]


def _iso(picture: str) -> str:
    return picture if re.fullmatch(r"yyyy-MM-dd.*", picture) else ""


def _clock(codes: list[str], names: dict[str, Any]) -> str:
    seconds = ":ss" if any(c.startswith("s") for c in codes) else ""
    return f"h:mm{seconds} am/pm" if names.get("clock") == 12 else f"HH:mm{seconds}"


@lru_cache(maxsize=256)
def _pattern(picture: str, language: str) -> tuple[re.Pattern[str], list[tuple[str, int]]]:
    out: list[str] = []
    groups: list[tuple[str, int]] = []
    for literal, code, sign in _parts(picture):
        if not code:
            text = literal or sign
            out.append(r"\s*" if text.isspace() else re.escape(text))
            continue
        groups.append((code, len(groups) + 1))
        kind = _kind(code)
        figures = {"y": r"\d{4}" if len(code) > 2 else r"\d{2}"}.get(kind, r"\d{1,2}")
        figures = rf"[{_HAN}○零十\d]{{1,4}}" if code[0] in "EOA" else figures
        named = kind == "dddd" or (kind == "M" and len(code) > 2) or kind == "p"
        out.append(r"([^\W\d_][^\d,]*?\.?|\d{1,2}[月월])" if named else f"({figures})")
    return re.compile("".join(out), re.IGNORECASE), groups


def _value(code: str, text: str, names: dict[str, Any]) -> int | None:
    kind, bare = _kind(code), text.rstrip(".").casefold()
    if kind == "p":
        return {"am": 0, "pm": 1, "a": 0, "p": 1}.get(bare.replace(".", ""))
    if kind == "dddd" or (kind == "M" and len(code) > 2):
        lists = (names["weekdays"],) if kind == "dddd" else (names["months"], names["alone"])
        exact = {i for row in lists for i, name in enumerate(row) if name.casefold() == bare}
        found = exact or {
            i for row in lists for i, name in enumerate(row) if len(bare) > 1 and name.casefold().startswith(bare)
        }
        return found.pop() + (kind == "M") if len(found) == 1 else None
    number = _figures(text) if code[0] in "EOA" else int(text)
    limit = {"M": 12, "d": 31, "h": 23, "m": 59, "s": 59}.get(kind, 9999)
    return (number + 2000 if kind == "y" and len(code) == 2 else number) if number <= limit else None


def _figures(text: str) -> int:
    """A number in characters: digit by digit as years are written, else with tens."""
    plain = "".join(str(_HAN.index(ch)) if ch in _HAN else "0" if ch in "○零" else ch for ch in text)
    tens, ten, ones = plain.partition("十")
    return int(plain) if not ten else int(tens or 1) * 10 + int(ones or 0)


def _shown(code: str, moment: Moment, names: dict[str, Any], with_day: bool) -> str | None:
    kind = _kind(code)
    if kind == "p":
        return None if moment.hour is None else "PM" if moment.hour >= 12 else "AM"
    value = {
        "y": moment.year, "M": moment.month, "d": moment.day, "dddd": moment.weekday, "h": moment.hour, "m": moment.minute,
        "s": moment.second,
    }[kind]  # fmt: skip
    if value is None:
        return None
    if kind == "dddd":
        return str(names["weekdays"][value])
    if kind == "M" and len(code) > 2:
        return str(names["months" if with_day else "alone"][value - 1])
    if kind == "y" and len(code) == 2:
        return f"{value % 100:02d}"
    if code.startswith("h"):
        value = value % 12 or 12
    return f"{value:02d}" if len(code) == 2 else str(value)


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, Any] | None:
    found = dates_of(language)
    if "months" not in found:
        return None
    rows = {k: found[k].split() for k in ("months", "weekdays")}
    return found | rows | {"alone": found["alone"].split() if "alone" in found else rows["months"]}
