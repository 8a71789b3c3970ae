"""Ids of the study's subjects in running text, and which text is about which subject. Standard library and its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docpipe.writing.checks.reading.seen import Seen


def id_pattern(subjects: Iterable[str]) -> re.Pattern[str] | None:
    """What subject ids of the study look like, from those there are: digits and letters by number, punctuation as it is."""
    forms: set[str] = set()
    for subject in subjects:
        parts = re.findall(r"\d+|[A-Za-z]+|[^\dA-Za-z]+", subject)
        if len(parts) > 2 or (len(parts) == 2 and len(subject) > 5):
            forms.add("".join(_form(p) for p in parts))
    if not forms or len(forms) > 40:
        return None
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(forms, key=lambda f: -len(f)))})(?![\w-])")


def _form(part: str) -> str:
    if part.isdigit():
        return rf"\d{{{len(part)}}}"
    return rf"[A-Za-z]{{{len(part)}}}" if part.isalpha() else re.escape(part)


def about(rows: Sequence[Seen], pattern: re.Pattern[str] | None, known: Iterable[str]) -> dict[str, str]:
    """Row address -> the one subject that it is about: rows below a heading that names one, or that name one alone themselves."""
    if pattern is None:
        return {}
    subjects = frozenset(known)
    found: dict[str, str] = {}
    current, block = "", ""
    for row in rows:
        if row.block.id != block:
            current, block = "", row.block.id
        names = row.named(pattern) & subjects
        if row.heading and (row.address != row.block.rows[0].address or names):
            current = next(iter(names)) if len(names) == 1 else ""
        if current and names <= {current}:
            found[row.address] = current
        elif len(names) == 1 and not row.heading:
            found[row.address] = next(iter(names))
    return found
