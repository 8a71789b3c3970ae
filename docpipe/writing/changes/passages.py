"""Which passages of a study's texts (protocol, analysis plan, a house document) are others in their next version. Pure; imports its room only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.writing.changes.facts import ADDED, GONE
from docpipe.writing.word.changes import alike

WORDS = "words"
"""The passage says something else."""
Keyed = tuple[str, str]
"""Key of a passage (``sha256|locator``) and its words."""


@dataclass(frozen=True, slots=True)
class PassageChange:
    """A passage in both versions; "" on the side where it is not. ``old_key``, ``new_key``: ``sha256|locator``."""

    kind: str
    file: str
    old: str
    new: str
    old_key: str = ""
    new_key: str = ""


def passage_changes(
    old: Mapping[str, str], new: Mapping[str, str], old_files: Mapping[str, str], new_files: Mapping[str, str]
) -> list[PassageChange]:
    """Every change, file by file. ``old``, ``new``: words by ``sha256|locator``; the files: path by digest.

    Files are paired by their path; where one alone has no twin on either side, these two are one that was named otherwise.
    """
    before, after = _by_file(old, old_files), _by_file(new, new_files)
    alone = [p for p in before if p not in after], [p for p in after if p not in before]
    if len(alone[0]) == len(alone[1]) == 1:
        before[alone[1][0]] = before.pop(alone[0][0])
    found: list[PassageChange] = []
    for path in dict.fromkeys([*after, *before]):
        found += _compared(path, before.get(path, []), after.get(path, []))
    return found


def _by_file(passages: Mapping[str, str], files: Mapping[str, str]) -> dict[str, list[Keyed]]:
    found: dict[str, list[Keyed]] = defaultdict(list)
    for key, text in passages.items():
        found[files.get(key.partition("|")[0], "")].append((key, text))
    return {path: sorted(several, key=_place) for path, several in found.items()}


def _place(passage: Keyed) -> list[tuple[int, str]]:
    """Order of places: numbers by value, whatever order the passages were kept in."""
    return [
        (int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", passage[0].partition("|")[2])
    ]


def _compared(file: str, old: Sequence[Keyed], new: Sequence[Keyed]) -> Iterator[PassageChange]:
    before, after = [" ".join(t.split()) for _, t in old], [" ".join(t.split()) for _, t in new]
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        pairs = alike(before[i:j], after[k:m])
        for a, b in pairs:
            yield PassageChange(WORDS, file, old[i + a][1], new[k + b][1], old[i + a][0], new[k + b][0])
        left, right = {a for a, _ in pairs}, {b for _, b in pairs}
        for b in range(m - k):
            if b not in right:
                yield PassageChange(ADDED, file, "", new[k + b][1], "", new[k + b][0])
        for a in range(j - i):
            if a not in left:
                yield PassageChange(GONE, file, old[i + a][1], "", old[i + a][0], "")
