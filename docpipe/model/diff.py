"""The difference between two texts as people read it: by words, by characters where no space parts words, codes whole.

Imports the standard library only. Works on wire text as ``to_wire`` gives it; plain text is fine too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

__all__ = ["Change", "Op", "diff_tokens", "word_diff"]

Op = Literal["keep", "delete", "insert"]


class Change(NamedTuple):
    """A stretch of text and its fate. A pair ``(op, text)``."""

    op: Op
    text: str


_CODE = re.compile(r"<\\*/?\d{1,6}/?>")
_SPACELESS = (
    (0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
    (0x20000, 0x323AF),
)  # fmt: skip
"""Scripts written without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han."""
_INNER = ".,'\u2019-\u2011·٫٬"
"""What stands inside a word or number without parting it: 5.25, patient's, follow-up."""
_MOST_PAIRS = 1_000_000
_HOPELESS = 16_000_000


@lru_cache(maxsize=8192)
def _class(char: str) -> str:
    """s space, w letter or digit, h character of a spaceless script, m mark that joins the one before, p the rest."""
    if char.isspace():
        return "s"
    category = unicodedata.category(char)
    if category[0] == "M" or char in "\u200c\u200d":
        return "m"
    if category[0] in "LN":
        code = ord(char)
        return "h" if any(first <= code <= last for first, last in _SPACELESS) else "w"
    return "p"


def diff_tokens(text: str) -> tuple[str, ...]:
    """The pieces that are compared: codes, words, numbers, single characters of spaceless scripts, white space, marks.

    Joined they give the text again.
    """
    out: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        out += _pieces(text[at : code.start()])
        out.append(code.group())
        at = code.end()
    out += _pieces(text[at:])
    return tuple(out)


def _pieces(text: str) -> Iterator[str]:
    start, kind = 0, ""
    for n, char in enumerate(text):
        this = _class(char)
        inner = kind == "w" and char in _INNER and n + 1 < len(text) and _class(text[n + 1]) == "w"
        if n == 0:
            kind = this
        elif not (this == "m" or inner or (this == kind and this in "sw")):
            yield text[start:n]
            start, kind = n, this
    if text:
        yield text[start:]


def word_diff(old: str, new: str) -> tuple[Change, ...]:
    """What to keep, delete and insert to come from the old text to the new one.

    Kept and inserted stretches joined give the new text, kept and deleted ones the old. A deletion comes before the
    insertion that replaces it; no two neighbours have the same fate; equal texts give one kept stretch, empty ones none.
    """
    if old == new:
        return (Change("keep", old),) if old else ()
    a, b = diff_tokens(old), diff_tokens(new)
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    steps: list[_Step] = [(a[:head], (), ())]
    steps += _middle(a[head : len(a) - tail], b[head : len(b) - tail])
    steps.append((a[len(a) - tail :], (), ()))
    return _joined(steps)


_Step = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Kept, deleted, inserted tokens: either the first, or the other two."""


def _middle(a: tuple[str, ...], b: tuple[str, ...]) -> list[_Step]:
    pairs = len(a) * len(b)
    if not pairs or pairs > _HOPELESS:
        return [((), a, b)]
    steps: list[_Step] = []
    for name, i, j, k, m in SequenceMatcher(None, a, b, autojunk=pairs > _MOST_PAIRS).get_opcodes():
        steps.append((a[i:j], (), ()) if name == "equal" else ((), a[i:j], b[k:m]))
    return [
        ((), kept, kept) if kept and 0 < n < len(steps) - 1 and _accidental(kept, steps[n - 1], steps[n + 1]) else step
        for n, step in enumerate(steps)
        for kept in (step[0],)
    ]


def _accidental(kept: tuple[str, ...], before: _Step, after: _Step) -> bool:
    """Whether a kept stretch between two changes is only spaces and marks, or one character among many changed ones."""
    if all(_class(t[0]) in "smp" and not _CODE.fullmatch(t) for t in kept):
        return True
    around = min(len("".join((*before[1], *before[2]))), len("".join((*after[1], *after[2]))))
    return len(kept) == 1 and _class(kept[0][0]) == "h" and around >= 6


def _joined(steps: list[_Step]) -> tuple[Change, ...]:
    out: list[Change] = []
    deleted: list[str] = []
    inserted: list[str] = []

    def flush() -> None:
        if deleted:
            out.append(Change("delete", "".join(deleted)))
        if inserted:
            out.append(Change("insert", "".join(inserted)))
        deleted.clear()
        inserted.clear()

    for kept, gone, come in steps:
        if kept:
            flush()
            if out and out[-1].op == "keep":
                out[-1] = Change("keep", out[-1].text + "".join(kept))
            else:
                out.append(Change("keep", "".join(kept)))
        deleted += gone
        inserted += come
    flush()
    return tuple(out)
