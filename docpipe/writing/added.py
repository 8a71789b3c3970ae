"""Lines that a person put beside a row's own paragraph, as they come back from Word: what carries the row does not carry them. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_LINE = re.compile(r"[^\n]+")


def added_lines(text: str, program: str) -> list[tuple[int, int]]:
    """Where they stand in a row's text: every line but the one most like the program's paragraph, and pieces of that one."""
    lines = [m.span() for m in _LINE.finditer(text) if _WORD.search(m[0])]
    if len(lines) < 2 or "\n" in program:
        return []
    ground, whole = set(_words(program)), " ".join(_words(program))
    own = max(lines, key=lambda at: len(ground & set(_words(text[slice(*at)]))))
    return [at for at in lines if at != own and " ".join(_words(text[slice(*at)])) not in whole]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
