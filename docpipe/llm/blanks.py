"""White space that is layout, where an answer left it out or cut it short: blanks to be filled in, the gap after a typed bullet.

Imports the core only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.inline import Close, CodedText, Inline, Open, Text, merge_text

__all__ = ["with_blanks"]

_LEAST = 2
"""Characters of white space from which a pair of codes holds a blank (a line to sign on)."""
_BULLET = re.compile("([\u2022\u00b7\u25aa\u25e6\u25cf\u25cb\u25a0\u25a1\u27a2\u2713\u2023\u2043\uf000-\uf0ff])(\\s*)")
"""A typed bullet, also as a sign of a symbol font, and what parts it from the text."""


def with_blanks(source: CodedText, target: CodedText) -> CodedText:
    """The target with the source's white space in each pair that holds nothing else in both, and after a typed bullet."""
    target = _with_gap(source, target)
    blanks = {n: text for n, text in _only_texts(source) if len(text) >= _LEAST and text.isspace()}
    if not blanks:
        return target
    emptied = {n for n, text in _only_texts(target) if n in blanks and not text.strip() and text != blanks[n]}
    out: list[Inline] = []
    within = 0
    for part in target:
        if isinstance(part, Close) and part.id == within:
            within = 0
        if within:
            continue
        out.append(part)
        if isinstance(part, Open) and part.id in emptied:
            within = part.id
            out.append(Text(blanks[part.id]))
    return merge_text(out)


def _with_gap(source: CodedText, target: CodedText) -> CodedText:
    if not source or not target or not isinstance(source[0], Text) or not isinstance(target[0], Text):
        return target
    here, there = _BULLET.match(source[0].text), _BULLET.match(target[0].text)
    if here is None or there is None or here[1] != there[1] or here[2] == there[2] or not here[2]:
        return target
    return merge_text((Text(here[0] + target[0].text[there.end() :]), *target[1:]))


def _only_texts(coded: CodedText) -> Iterator[tuple[int, str]]:
    """The number and text of each pair in which no other code stands."""
    for at, part in enumerate(coded):
        if not isinstance(part, Open) or part.isolated:
            continue
        row = coded[at + 1 : at + 3]
        if row and isinstance(row[0], Close) and row[0].id == part.id:
            yield part.id, ""
        elif len(row) == 2 and isinstance(row[0], Text) and isinstance(row[1], Close) and row[1].id == part.id:
            yield part.id, row[0].text
