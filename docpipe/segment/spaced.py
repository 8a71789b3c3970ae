"""Sentence borders in scripts that put a space between sentences. Imports the core only; sentencex lazily.

sentencex decides where neither a rule nor a no-break list has a say.
"""

from __future__ import annotations

import re
from pathlib import Path

from docpipe.segment.nobreak_lists import CAPITAL, NEVER, NUMBER, STARTER, Listed, NoBreak, lists

OBJECT = "\ufffc"
"""Stands for a placeholder (a note mark, a picture) inside the text."""

_END = re.compile(r"(?P<stop>[.!?…]+)(?P<close>(?:[\"'”’»)\]}\ufffc]|\s»)*)(?:\[[\d,;\s–-]+\])?(?P<gap>\s+)(?=\S)")
_OPENERS = "([{\"'“”„‘‚«‹¿¡*–—-\u00a0 "
_BEFORE_WORD = frozenset("([{\"'“„«/")
_ENUMERATION = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[ivxIVX]{1,5}|[A-Za-z])\Z")
_MIXED = re.compile(r"[a-z]{1,2}[A-Z]|[a-z]-[A-Z]|(?:[a-z]|[ivx]{1,4})\)\s")
_NUMERAL = re.compile(r"[\dIVXLC]+\b|[A-Z]\d")
_MARKED_STOP = re.compile(rf"([.!?…]+)({OBJECT}+)")
_WORD = re.compile(r"[\w'’]+")
_OTHER_STOPS = "।॥؟۔።։။។"
_OTHER_STOP = re.compile(f"[{_OTHER_STOPS}]")


def spaced_borders(text: str, language: str, extra: Path | None = None) -> list[int]:
    """Offsets at which a new sentence starts (white space before it included in the sentence before)."""
    found = _END.search(text)
    other = not text.isascii() and _OTHER_STOP.search(text) is not None
    if found is None and not other:
        return []
    rules = lists(language, extra)
    listed = Listed(rules, text)
    engine: set[int] | None = None
    borders: list[int] = []
    start = 0
    for m in _END.finditer(text, found.start()) if found is not None else ():
        says = verdict(text, m, start, language, rules, listed)
        if says is None:
            engine = _engine_borders(text, language) if engine is None else engine
            says = m.end() in engine
        if says:
            borders.append(m.end())
            start = m.end()
    if other:
        engine = _engine_borders(text, language) if engine is None else engine
        borders = sorted({*borders, *(b for b in engine if text[:b].rstrip()[-1:] in _OTHER_STOPS)})
    return borders


def verdict(text: str, m: re.Match[str], start: int, language: str, rules: NoBreak, listed: Listed) -> bool | None:
    """Whether a sentence ends at a candidate; None where no rule has a say. ``start``: where the sentence began."""
    rest = text[m.end() : m.end() + 40].lstrip(_OPENERS)
    following = rest[:1]
    if following.islower() and not _MIXED.match(rest):
        return False
    if following in ",;:.!?)]}":
        return False
    stop = m.group("stop")
    if stop != ".":
        return True if "." not in stop and "…" not in stop else following.isupper() or following.isdigit() or None
    inside = m.group("close").strip(OBJECT) != ""
    at, least = m.start(), max(start, m.start() - 40)
    while at > least and not ((ch := text[at - 1]) in _BEFORE_WORD or ch.isspace()):
        at -= 1
    word = text[at : m.start()]
    if word and not inside and not text[start:at].strip() and _ENUMERATION.match(word):
        return False
    kind = listed.at(m.start())
    if kind is not None:
        return _listed(kind, rest, rules)
    if not word or inside:
        return True
    return _by_word(text, at, word, rest, language, rules)


def _listed(kind: str, rest: str, rules: NoBreak) -> bool | None:
    if kind == NEVER:
        return False
    if kind == NUMBER:
        return not _NUMERAL.match(rest)
    if kind == STARTER:
        return _starts(rest, rules)
    return True if kind == CAPITAL else None


def _starts(rest: str, rules: NoBreak) -> bool:
    found = _WORD.match(rest)
    return found is not None and found.group(0) in rules.starters


def _by_word(text: str, at: int, word: str, rest: str, language: str, rules: NoBreak) -> bool | None:
    """By the look of the word before the full stop."""
    if language == "de" and re.fullmatch(r"\d{1,2}", word):
        return _starts(rest, rules)
    if len(word) == 1 and word.isalpha() and word.isupper():
        label = text[max(0, at - 30) : at].split()[-1:]
        return bool(label) and label[0].lower() in rules.labels
    if "." in word and word.replace(".", "").replace("-", "").isalpha() and "@" not in word:
        longest = max(len(p) for p in word.split("."))
        if longest <= 2:
            return _starts(rest, rules) if word.replace(".", "").isupper() else True
        return True
    if not rules.known or (len(word) <= 4 and word.isalpha() and not word.isupper()):
        return None
    return True


def _engine_borders(text: str, language: str) -> set[int]:
    """Where sentencex starts a sentence. Its offsets count characters; a blank before a sentence is given to the one before."""
    import sentencex

    found = set()
    seen = _MARKED_STOP.sub(r"\2\1", text)  # a note mark behind the stop would hide it; the length stays
    for piece in sentencex.get_sentence_boundaries(language, seen):
        at = int(piece["end_index"])
        while at < len(text) and text[at].isspace():
            at += 1
        found.add(at)
    return found
