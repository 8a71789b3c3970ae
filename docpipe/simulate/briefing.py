"""Tasks as the second version of the translation prompt writes them, and a faithful simulated brief. Imports its room only.

The brief names what stands in the extracts: identifiers, words before doses, groups, numbers of subjects, repeated words.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SimulatedBrief", "asked_in", "brief_of"]

_SEGMENT = re.compile(r"s\d{1,5}")
_FIRST = {
    "study": re.compile(r"\b(?:NCT\d{8}|[A-Z]{2,5}-\d{3,5}-\d{2,4})\b"),
    "product": re.compile(r"\b([A-Za-z]{5,})(?=\s\d+(?:\.\d+)?\s?mg\b)"),
    "arm": re.compile(r"\b([A-Za-z][\w-]+ (?:group|arm))\b"),
    "n": re.compile(r"\b(N\s?=\s?\d+)"),
}
_PAIR = re.compile(r"\b([a-z]{4,} [a-z]{5,})\b")


def asked_in(paragraph: object) -> Iterator[tuple[str, str]]:
    """Id and text of what a paragraph of a translation task asks for, in both forms: a list ``segments``, or texts by id."""
    if not isinstance(paragraph, dict):
        return
    rows = paragraph.get("segments")
    if isinstance(rows, list):
        for row in rows:
            if isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("text"), str):
                yield row["id"], row["text"]
        return
    for name, text in paragraph.items():
        if _SEGMENT.fullmatch(name) and isinstance(text, str):
            yield name, text


@dataclass(slots=True)
class SimulatedBrief:
    """A brief on its way out."""

    summary: str
    named: dict[str, list[str]] = field(default_factory=dict)

    def reply(self) -> str:
        """The reply after the schema of ``brief/document``."""
        lists = {kind: self.named.get(kind, []) for kind in ("study", "product", "arm", "endpoint", "n", "terms")}
        return json.dumps({"summary": self.summary, **lists}, ensure_ascii=False, separators=(",", ":"))

    def texts(self) -> list[str]:
        """The summary alone."""
        return [self.summary]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """What a fault of that kind does to a brief: nothing said, entries that no extract has, the extracts' own words as orders."""
        if kind in ("drop", "empty"):
            self.summary, self.named = "", {}
        elif kind in ("invent", "wrong_ids", "leak", "number"):
            self.named = {"study": [f"ZZZ-{chance.randrange(1000, 9999)}"], "terms": ["never in this document"]}
            self.summary = f"A study of {chance.randrange(1000, 9999)} subjects."


def brief_of(task: Any) -> SimulatedBrief | None:
    """The brief that a task asks for, None where it asks for none."""
    if (
        not isinstance(task, dict)
        or not isinstance(task.get("brief"), str)
        or not isinstance(task.get("extracts"), list)
    ):
        return None
    texts = [t for t in task["extracts"] if isinstance(t, str)]
    named = {kind: _most(Counter(found for t in texts for found in p.findall(t)), 4) for kind, p in _FIRST.items()}
    pairs = Counter(found for t in texts for found in _PAIR.findall(t))
    named["terms"] = _most(Counter({pair: n for pair, n in pairs.items() if n > 2}), 40)
    return SimulatedBrief(str(task.get("title") or "")[:300], named)


def _most(counted: Counter[str], most: int) -> list[str]:
    return [text for text, _ in sorted(counted.items(), key=lambda x: (-x[1], x[0]))[:most]]
