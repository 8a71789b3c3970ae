"""Blanks to be filled in: formatted white space that an answer left out or cut short is put back. Imports the core only."""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.model.inline import Close, CodedText, Inline, Open, Text, merge_text

__all__ = ["with_blanks"]

_LEAST = 2
"""Characters of white space from which a pair of codes holds a blank (a line to sign on, the gap after a typed bullet)."""


def with_blanks(source: CodedText, target: CodedText) -> CodedText:
    """The target with the source's white space in each pair that holds nothing else in both."""
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
