"""No-break lists: abbreviations that do not end a sentence, read from editable text files. Imports the core only.

The files' form is told at the head of ``nobreak/en.txt``; a folder of one's own lists adds to the shipped ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

NEVER, NUMBER, STARTER, CAPITAL = "", "#", "?", "!"
"""The four classes of an abbreviation; see ``nobreak/en.txt``."""

_WHITE = re.compile(r"\s+")


@dataclass(frozen=True)
class NoBreak:
    """One language's lists. ``known``: whether the language has a list of its own."""

    pattern: re.Pattern[str]
    classes: dict[str, str]
    starters: frozenset[str]
    labels: frozenset[str]
    known: bool
    words: frozenset[str]
    """What stands right before the full stops of the abbreviations: a stop behind another word is none of theirs."""

    def dots(self, text: str) -> dict[int, str]:
        """For every full stop of a listed abbreviation: its offset and the abbreviation's class (inner stops: NEVER)."""
        found: dict[int, str] = {}
        for m in self.pattern.finditer(text):
            word = m.group(0)
            for i, ch in enumerate(word):
                if ch == "." and m.start() + i + 1 < m.end():
                    found[m.start() + i] = NEVER
            found[m.end() - 1] = self.classes[_WHITE.sub(" ", word)]
        return found


class Listed:
    """Which full stops of one text are a listed abbreviation's. The lists are searched only if a stop comes that may be one."""

    def __init__(self, rules: NoBreak, text: str) -> None:
        self._rules = rules
        self._text = text
        self._dots: dict[int, str] | None = None

    def at(self, stop: int) -> str | None:
        """The class of the abbreviation that the full stop at an offset belongs to, or None."""
        if self._dots is None:
            if word_before(self._text, stop) not in self._rules.words:
                return None
            self._dots = self._rules.dots(self._text)
        return self._dots.get(stop)


def word_before(text: str, at: int) -> str:
    """The letters, digits and low lines right before an offset (``\\w``)."""
    start = at
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:at]


def _forms(entry: str) -> tuple[str, ...]:
    entry = entry.replace("_", " ")
    return (entry, entry[0].upper() + entry[1:]) if entry == entry.lower() else (entry,)


def _parse(texts: list[str], known: bool) -> NoBreak:
    classes: dict[str, str] = {}
    starters: set[str] = set()
    labels: set[str] = set()
    for line in "\n".join(texts).splitlines():
        words = line.split()
        if not words or words[0] == "#" or line.startswith("#"):
            continue
        if words[0] == ">":
            starters.update(words[1:])
            continue
        if words[0] == "<":
            labels.update(words[1:])
            continue
        sign = words.pop() if words[-1] in (NUMBER, STARTER, CAPITAL) else NEVER
        for word in words:
            classes.update(dict.fromkeys(_forms(word), sign))
    alternatives = sorted(classes, key=len, reverse=True)
    body = "|".join(re.escape(a).replace(r"\ ", r"\s") for a in alternatives) or r"(?!)"
    before = frozenset(word_before(a, at) for a in alternatives for at, ch in enumerate(a) if ch == ".")
    return NoBreak(
        re.compile(rf"(?<![\w.\-])(?:{body})"), classes, frozenset(starters), frozenset(labels), known, before
    )


@lru_cache(maxsize=64)
def lists(language: str, extra: Path | None = None) -> NoBreak:
    """The lists of a primary language code: the general one, its own, and those of the folder ``extra`` (added last)."""
    home = files("docpipe.segment") / "nobreak"
    texts = [(home / "any.txt").read_text("utf-8")]
    own = home / f"{language}.txt"
    known = own.is_file()
    if known:
        texts.append(own.read_text("utf-8"))
    for name in ("any.txt", f"{language}.txt"):
        if extra is not None and (extra / name).is_file():
            texts.append((extra / name).read_text("utf-8-sig"))
    return _parse(texts, known)
