"""Tells digits that belong to a name or code (COVID-19, CD4, 5-HT) from digits that count. Imports this package only."""

from __future__ import annotations

import re

from docpipe.checks.reading.units import unit_at

_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|re|e|ème|ª|º|°|ten|te|ter|tes|\.ª|\.º|a|o)\b")
_LEFT_WORD = re.compile(r"[A-Za-z\u0370-\u03ff\d]+(?:[-–][A-Za-z\u0370-\u03ff\d]+)*[-–/.]?$")
_POWER = re.compile(r"\^|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]|[eE][+\-−]?\d{1,3}(?!\w)")
_LETTERS = re.compile(r"[^\W\d_]+")
_COUNTED = re.compile(r"\d+(?:[a-z]{1,5})?[-–]$")
_GLUED_BEHIND = frozenset(("s", "x", "fold", "e", "E", "d", "y", "yo", "er"))


def is_name(text: str, low: str, start: int, end: int, glued: frozenset[str]) -> bool:
    """Whether digits belong to a name or code rather than count something. ``glued``: words that take digits without a space."""
    before = text[start - 1] if start else ""
    if before and ((before.isalpha() and not "\u3400" <= before <= "\u9fff") or before in "_#"):
        found = re.search(r"[^\W\d_]+$", low[max(0, start - 20) : start])
        word = found.group() if found else ""
        return not (word in glued or word == "us")
    if (
        before
        and before in "-–/."
        and start > 1
        and ((text[start - 2].isalpha() and text[start - 2] < "\u3400") or text[start - 2] == "+")
    ):
        return _after_a_name(text, start, before)
    after = text[end] if end < len(text) else ""
    if after.isascii() and after.isalpha():
        m = _LETTERS.match(text, end)
        word = m.group() if m else ""
        if unit_at(text, low, end, text[start:end], "en") or _ORDINAL.match(low, end) or word in _GLUED_BEHIND:
            return False
        return (
            not (len(word) >= 3 and word.islower())
            and not _POWER.match(text, end)
            and not low.startswith(("mn", "bn", "am", "pm"), end)
        )
    if after and after in "-–" and end + 1 < len(text) and text[end + 1].isascii() and text[end + 1].isalpha():
        m = _LETTERS.match(text, end + 1)
        word = m.group() if m else ""
        return any(c.isupper() for c in word[1:]) or (len(word) == 1 and word.isupper())
    return False


def _after_a_name(text: str, start: int, mark: str) -> bool:
    m = _LEFT_WORD.search(text[max(0, start - 24) : start])
    left = m.group() if m else ""
    digits, upper = any(c.isdigit() for c in left), any(c.isupper() for c in left)
    if (mark == "/" and not digits) or (mark == "." and not upper):
        return False
    greek = any("\u0370" <= c <= "\u03ff" for c in left)
    return upper or greek or (digits and any(c.isalpha() for c in left) and not _COUNTED.match(left))
