"""The cheap look at whose text an answer is, where figures, lengths and names cannot tell neighbours apart. Imports the core and its room.

The model matches the beginnings and ends of shuffled targets to their sources: an answer in the given order would be wrong, and only
the very match that is expected confirms a segment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.llm.pricing import profile
from docpipe.llm.reply import read_items
from docpipe.llm.task import Task
from docpipe.llm.verdict import weight
from docpipe.model.canonical import canonical_json
from docpipe.model.chunk import Chunk, Request
from docpipe.model.segment import SegmentId
from docpipe.prompts import Prompt

__all__ = ["Doubtful", "Look", "confirmed", "glimpse", "look_at", "look_request", "look_task"]

_PAIR = re.compile(r"(t\d+)\s*=\s*(-|s\d+(?:\s*\+\s*s\d+)*)")
SHOWN = 24
"""Characters of Latin script (as ``weight`` counts) of a text's beginning, and of its end, that are shown."""


SMALL = 4
"""Targets up to which a look is asked twice."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An answer in doubt: the segment, its source and its target as plain texts, and why it is in doubt; without a target
    it is only a source that another target may render."""

    segment: SegmentId
    source: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked. ``expected``: by target id the segment and the source ids that confirm it."""

    text: str
    expected: Mapping[str, tuple[SegmentId, frozenset[str]]]
    doubtful: tuple[Doubtful, ...]
    languages: tuple[str, str]

    @property
    def small(self) -> bool:
        """Whether so little is asked that a wrong answer may be the expected one by chance: it is asked twice."""
        return len(self.expected) <= SMALL

    def again(self, turn: int) -> Look:
        """The same question with the targets in another order."""
        return look_at(self.doubtful, *self.languages, turn)


def look_at(doubtful: Sequence[Doubtful], source_language: str, target_language: str, turn: int = 0) -> Look:
    """The question about some answers; the same answers give the same question. ``turn``: another order of the targets."""
    names = {d.segment: f"s{n}" for n, d in enumerate(doubtful, 1)}
    alike: dict[str, set[str]] = {}
    for d in doubtful:
        alike.setdefault(d.source.casefold().strip(), set()).add(names[d.segment])

    def chance(d: Doubtful) -> bytes:
        return hashlib.sha256(f"{turn} {names[d.segment]} {d.source} {d.target}".encode("utf-8", "replace")).digest()

    # Texts that begin and end alike are told apart by what stands between: they are shown whole.
    shown: dict[str, set[str]] = {}
    for d in doubtful:
        shown.setdefault(glimpse(d.source), set()).add(d.source)
        shown.setdefault(glimpse(d.target), set()).add(d.target)
    whole = {d.segment for d in doubtful if len(shown[glimpse(d.source)]) > 1 or len(shown[glimpse(d.target)]) > 1}
    targets, expected = {}, {}
    for n, d in enumerate(sorted((d for d in doubtful if d.target), key=chance), 1):
        targets[f"t{n}"] = d.target if d.segment in whole else glimpse(d.target)
        expected[f"t{n}"] = (d.segment, frozenset(alike[d.source.casefold().strip()]))
    task = {
        "from": source_language,
        "to": target_language,
        "sources": {names[d.segment]: d.source if d.segment in whole else glimpse(d.source) for d in doubtful},
        "targets": targets,
    }
    return Look(canonical_json(task), expected, tuple(doubtful), (source_language, target_language))


def look_task(look: Look) -> Task:
    """The look as a task of its size, for the queue and the reservation of money."""
    size = len(look.text.encode("utf-8", "replace")) // 3
    return Task(Chunk((), tokens=size, output_tokens=24 + 10 * len(look.expected)), look.text, {})


def look_request(look: Look, prompt: Prompt, provider: str, model: str) -> Request:
    """The request of a look."""
    most = 128 + 16 * len(look.expected)
    return Request(
        provider=provider, model=model, prompt=prompt.name, prompt_digest=prompt.digest, system=prompt.render_system(),
        user=prompt.render_user(task=look.text), schema=prompt.schema, purpose="second-look",
        max_output=most if profile(model).temperature else max(most, 4096),
    )  # fmt: skip


def confirmed(look: Look, reply: str) -> tuple[frozenset[SegmentId], bool]:
    """The segments whose targets were matched to their own sources and to nothing else, and whether the reply was whole."""
    rows, whole = read_items(reply, "matches", _match)
    found: dict[str, frozenset[str]] = {}
    twice = set()
    for target, sources in rows:
        if target in found and found[target] != sources:
            twice.add(target)
        found[target] = sources
    kept = [
        segment
        for target, (segment, own) in look.expected.items()
        if target in found and target not in twice and found[target] and found[target] <= own
    ]
    return frozenset(kept), whole and look.expected.keys() <= found.keys()


def _match(row: Any) -> tuple[str, frozenset[str]] | None:
    match = _PAIR.fullmatch(row.strip()) if isinstance(row, str) else None
    return (match[1], frozenset(re.findall(r"s\d+", match[2]))) if match else None


def glimpse(text: str) -> str:
    """A text's beginning and end; a short text whole."""
    text = " ".join(text.split())
    share = len(text) / max(1.0, weight(text))
    room = max(12, round(SHOWN * share))
    if len(text) <= 2 * room + 8:
        return text
    head, tail = text[:room], text[-room:]
    if " " in head[room // 2 :] and " " in tail[: room // 2]:
        head, tail = head.rpartition(" ")[0], tail.partition(" ")[2]
    return f"{head} … {tail}"
