"""Abbreviations that a document defines itself: "full form (FF)" in its text, and its list of abbreviations. Imports the core only.

The short form's letters are looked for in the words before it, from the right, its first letter at the start of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from docpipe.model.brief import Abbreviation
from docpipe.model.document import BlockKind
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment

__all__ = ["defined", "short_form", "used"]

_SHORT = re.compile(r"[A-Z0-9][A-Za-z0-9]*(?:[-/.&][A-Za-z0-9]+){0,3}")
_DEFINED = re.compile(
    r"[(（]\s*(?:(?P<inner>[^()（）,，;；:：]{4,80})[,，:：]\s*)?(?P<short>[A-Z][A-Za-z0-9/&-]{1,11}?)(?P<plural>s?)\s*[)）]"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CELL = re.compile(r"(?P<row>.*/tr\[\d+\])/tc\[(?P<column>\d+)\]/")
_USED = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9/&-]{1,11}(?![A-Za-z0-9])")
_LONGEST = 80


def short_form(text: str) -> bool:
    """Whether a text looks like an abbreviation: 2 to 12 characters, no space, at least two capitals or digits, one a letter."""
    capitals = sum(ch.isupper() or ch.isdigit() for ch in text)
    return 2 <= len(text) <= 12 and capitals >= 2 and any(ch.isupper() for ch in text) and bool(_SHORT.fullmatch(text))


def defined(segments: Sequence[Segment]) -> tuple[Abbreviation, ...]:
    """The definitions of a document in order of their places; those of its list of abbreviations come first."""
    texts = [plain_text(s.source, equiv=True) for s in segments]
    found = [*_listed(segments, texts)]
    for at, text in enumerate(texts):
        if "(" in text or "（" in text:
            found += (Abbreviation(short, long, at) for short, long in _in_text(text))
    kept: dict[tuple[str, str], Abbreviation] = {}
    for a in found:
        kept.setdefault((a.short, a.long.casefold()), a)
    return tuple(kept.values())


def used(text: str) -> set[str]:
    """The words of a text that may be short forms; their plurals too."""
    words = set(_USED.findall(text))
    return words | {w[:-1] for w in words if w.endswith("s")}


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    for m in _DEFINED.finditer(text):
        short = m["short"]
        if not short_form(short):
            continue
        if m["inner"] and (long := _full_form(short, m["inner"])):
            yield short, long
        elif long := _full_form(short, text[: m.start()]):
            yield short, long.removesuffix("s") if m["plural"] and long.endswith("s") else long


def _full_form(short: str, before: str) -> str:
    """The words that end a text and hold the short form's letters in their order, "" where they do not."""
    letters = [ch.casefold() for ch in short if ch.isalnum()]
    before = before.rstrip(" \u00a0\"“”'‘’")
    words = list(_WORD.finditer(before))[-min(len(letters) + 5, len(letters) * 2) :]
    if not words or words[-1].end() != len(before):
        return ""
    start, lowered = words[0].start(), before.casefold()
    if len(lowered) != len(before):  # folding changed lengths: offsets would lie
        lowered = before.lower() if len(before.lower()) == len(before) else before
    at = len(before)
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        first = number == 0
        while at >= start and (lowered[at] != letters[number] or (first and at > 0 and lowered[at - 1].isalnum())):
            at -= 1
        if at < start:
            return ""
    long = before[at:]
    fits = len(short) < len(long) <= _LONGEST and (" " in long.strip() or len(long) > 2 * len(short))
    return long if fits and short not in _WORD.findall(long) else ""


def _listed(segments: Sequence[Segment], texts: Sequence[str]) -> Iterator[Abbreviation]:
    """Rows of two cells whose first is a short form that the second spells out."""
    cells = [
        (m["row"], int(m["column"]), n)
        for n, s in enumerate(segments)
        if (m := _CELL.match(s.address)) and s.kind is BlockKind.CELL
    ]
    for _, row in groupby(cells, key=lambda c: c[0]):
        columns: dict[int, list[int]] = {}
        for _, column, n in row:
            columns.setdefault(column, []).append(n)
        if sorted(columns) != [1, 2] or len(columns[1]) != 1 or len(columns[2]) > 2:
            continue
        short, long = texts[columns[1][0]].strip(), texts[columns[2][0]].strip().rstrip(".")
        wide = any("\u3040" <= ch <= "\u9fff" for ch in long)
        fits = short_form(short) and len(long) <= _LONGEST
        if fits and (wide or (len(short) < len(long) and _initials(short, long))):
            yield Abbreviation(short, long)


def _initials(short: str, long: str) -> bool:
    """Whether the letters come in order, the first at the start of some word."""
    letters = [ch.casefold() for ch in short if ch.isalpha()]
    words = long.casefold()
    starts = [m.start() for m in _WORD.finditer(words) if words[m.start()] == letters[0]]
    for start in starts:
        at = start
        for letter in letters[1:]:
            at = words.find(letter, at + 1)
            if at < 0:
                break
        else:
            return True
    return False
