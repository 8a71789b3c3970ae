"""RTF cut into tokens: groups, control words, bytes, text; bounded in size and depth. Imports errors and the budget.

Source: RTF specification 1.9.1. Binary data (\\bin) are stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from docpipe.errors import DataDamaged, TooLarge
from docpipe.safe.budget import MIB, Budget

LARGEST = 64 * MIB
"""Bytes of an RTF file: tables of results have at most a few."""
DEEPEST = 200
"""Groups in groups; Word itself stays far below."""

OPEN, CLOSE, WORD, SYMBOL, BYTE, TEXT = "open", "close", "word", "symbol", "byte", "text"
_TOKEN = re.compile(
    rb"([{}])"
    rb"|\\([A-Za-z]{1,64})(-?[0-9]{1,10})?[ ]?"
    rb"|\\'([0-9A-Fa-f]{2})"
    rb"|\\([^A-Za-z'])"
    rb"|([^\\{}\r\n\x00]+)"
    rb"|([\r\n\x00]+)",
    re.DOTALL,
)

_CONTROL = re.compile(rb"\\[A-Za-z']")


class Token(NamedTuple):
    """``kind`` is one of the constants above; ``data``: a word's name, a symbol, or bytes; ``number``: a word's parameter."""

    kind: str
    data: bytes
    number: int | None = None


def tokens(data: bytes, budget: Budget) -> Iterator[Token]:
    """The tokens up to the end of the outermost group.

    Raises ``TooLarge``, or ``DataDamaged`` for a file that ends inside a group, goes on after the last one, is nested too
    deeply or holds a broken code.
    """
    if len(data) > min(LARGEST, budget.file_size):
        raise TooLarge("The RTF file is larger than the limit.", bytes=len(data), limit=LARGEST)
    at, depth, end = 0, 0, len(data)
    match = _TOKEN.match
    while at < end:
        found = match(data, at)
        if found is None:
            raise DataDamaged("The RTF holds a broken control code.", byte=at)
        at = found.end()
        index = found.lastindex or 0
        if index == 6:
            yield Token(TEXT, found.group(6))
        elif index in (2, 3):
            number = int(found.group(3)) if found.group(3) else None
            name = found.group(2)
            if name == b"bin":
                at += max(0, number or 0)
                if at > end:
                    raise DataDamaged("The RTF ends inside binary data.", byte=end)
                continue
            yield Token(WORD, name, number)
        elif index == 1:
            if found.group(1) == b"{":
                depth += 1
                if depth > DEEPEST:
                    raise DataDamaged("The RTF's groups are nested too deeply.", limit=DEEPEST)
                yield Token(OPEN, b"")
            else:
                depth -= 1
                yield Token(CLOSE, b"")
                if depth <= 0:
                    if _CONTROL.search(data, at):
                        raise DataDamaged(
                            "The RTF goes on after its last group is closed: its groups do not match.", byte=at
                        )
                    return
        elif index == 4:
            yield Token(BYTE, bytes((int(found.group(4), 16),)))
        elif index == 5:
            yield Token(SYMBOL, found.group(5))
    raise DataDamaged("The RTF ends before its last group is closed: the file is cut off.", open_groups=depth)
