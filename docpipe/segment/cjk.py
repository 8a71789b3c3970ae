"""Sentence borders in Chinese and Japanese, where no space parts the sentences. Imports the core only.

A full-width stop, question or exclamation mark ends a sentence; a semicolon does not; closing quotes and brackets stay
with their sentence; a quotation or bracket is not cut inside. Latin sentences in the text follow the English rules.
"""

from __future__ import annotations

import re
from pathlib import Path

from docpipe.segment.nobreak_lists import Listed, lists
from docpipe.segment.spaced import verdict

_PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）)",
    "(": ")）",
    "【": "】",
    "《": "》",
    "〈": "〉",
    "[": "]",
    "〔": "〕",
}
_CLOSERS = "”’」』）)】》〉]〕\"'"
_END = re.compile(rf"(?:[。！？｡!?]|…{{2,}}|(?<![\d０-９])．)+[。！？｡!?…．]*(?P<close>[{re.escape(_CLOSERS)}\ufffc]*)")
_LATIN = re.compile(rf"(?P<stop>\.)(?P<close>[{re.escape(_CLOSERS)}\ufffc]*)(?P<gap>\s+)(?=\S)")
_GOES_ON = "，、；：。！？,;:.!?…)）]】》〉」』”’"
_PARTICLE_JA = re.compile(r"(?:と|って|という|などの?|は|を|が|に|で|の|も|や|へ|から|まで)")
_PARTICLE_ZH = re.compile(r"[是的等为与和及或地]|这[一个种句]|一[词语句类]")
_LONGEST_QUOTE = 400


def cjk_borders(text: str, extra: Path | None = None) -> list[int]:
    """Offsets at which a new sentence starts (white space before it included in the sentence before)."""
    inside = _covered(text)
    found: set[int] = set()
    for m in _END.finditer(text):
        end = m.end()
        if end >= len(text) or text[end] in _GOES_ON or inside[end]:
            continue
        ascii_only = m.group(0).rstrip(_CLOSERS + "\ufffc").isascii()
        if ascii_only and text[end].isascii() and not text[end].isspace():
            continue
        close = m.group("close")
        if close and _continues(text, end, m.group(0), close):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        if end < len(text):
            found.add(end)
    if "." in text:
        found |= _latin(text, inside, sorted(found), extra)
    return sorted(found)


def _continues(text: str, end: int, whole: str, close: str) -> bool:
    """Whether the sentence goes on after a quotation that ends like one: 「…？」と質問した, “……？”是……"""
    if not set(close) & set("”’」』\"'"):
        return False
    if _PARTICLE_JA.match(text, end) and "\u3040" <= text[end] <= "\u309f":
        return True
    return "。" not in whole and bool(_PARTICLE_ZH.match(text, end))


def _latin(text: str, inside: bytearray, borders: list[int], extra: Path | None) -> set[int]:
    rules = lists("en", extra)
    listed = Listed(rules, text)
    found: set[int] = set()
    for m in _LATIN.finditer(text):
        start = max([b for b in (*borders, *found) if b <= m.start()], default=0)
        says = verdict(text, m, start, "en", rules, listed)
        if (says or says is None) and not inside[m.end()]:
            found.add(m.end())
    return found


def _covered(text: str) -> bytearray:
    """For each offset whether a quotation or bracket, opened before and closed at or after it, covers it.

    Brackets without a partner, and those longer than a quotation may be, cover nothing.
    """
    marks = bytearray(len(text) + 1)
    stack: list[tuple[str, int]] = []
    for at, ch in enumerate(text):
        if ch in _PAIRS:
            stack.append((_PAIRS[ch], at))
            continue
        for depth in range(len(stack) - 1, max(-1, len(stack) - 4), -1):
            if ch in stack[depth][0]:
                start = stack[depth][1]
                if at - start <= _LONGEST_QUOTE:
                    marks[start + 1 : at + 1] = b"\x01" * (at - start)
                del stack[depth:]
                break
    return marks
