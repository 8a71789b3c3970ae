"""The simulated provider's answers to a second look and to a translation back: it knows what a target should be. Imports its room only."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docpipe.simulate.translation import Term, translate

__all__ = ["Returned", "Revised", "returned", "revised"]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(slots=True)
class Revised:
    """Answers to a second look: by pair its errors."""

    rows: list[tuple[str, list[dict[str, str]]]]

    def reply(self) -> str:
        """After the schema of ``review/second_look``."""
        rows = [{"id": name, "errors": errors} for name, errors in self.rows]
        return json.dumps({"looked": rows}, ensure_ascii=False, separators=(",", ":"))

    def texts(self) -> list[str]:
        """What is said of the errors."""
        return [e["why"] for _, errors in self.rows for e in errors]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """Lost, doubled, exchanged and invented answers; where a fault makes no sense here, nothing changes."""
        if not self.rows:
            return
        n = chance.randrange(len(self.rows))
        if kind in ("drop", "merge"):
            del self.rows[n]
        elif kind == "duplicate":
            self.rows.append(self.rows[n])
        elif kind == "swap" and len(self.rows) > 1:
            at = (n + 1) % len(self.rows)
            here, there = self.rows[n], self.rows[at]
            self.rows[n], self.rows[at] = (here[0], there[1]), (there[0], here[1])
        elif kind in ("invent", "wrong_ids"):
            self.rows[n] = ("p999", self.rows[n][1])


def revised(task: dict[str, Any]) -> Revised | None:
    """The faithful answer, None where the task is no second look."""
    pairs = task.get("pairs")
    if not isinstance(pairs, list):
        return None
    languages = str(task.get("from") or "en"), str(task.get("to") or "es")
    terms = tuple(_terms(task.get("terms")))
    return Revised(
        [
            (str(p.get("id")), _errors(str(p.get("source") or ""), str(p.get("target") or ""), languages, terms))
            for p in pairs
            if isinstance(p, dict)
        ]
    )


def _terms(rows: object) -> Iterator[Term]:
    """The terms that bind, as the request gives them."""
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("source"), str) and isinstance(row.get("use"), str):
            yield Term(row["source"], row["use"])


def _errors(source: str, target: str, languages: tuple[str, str], terms: tuple[Term, ...]) -> list[dict[str, str]]:
    """The stretch in which a target differs from the faithful translation."""
    truth = translate(source, *languages, terms)
    if "".join(truth.split()) == "".join(target.split()):
        return []
    given, right = (_WORD.findall(" ".join(t.split())) for t in (target, truth))
    head = 0
    while head < min(len(given), len(right)) and given[head] == right[head]:
        head += 1
    tail = 0
    while tail < min(len(given), len(right)) - head and given[-1 - tail] == right[-1 - tail]:
        tail += 1
    lost, added = not given[head : len(given) - tail], not right[head : len(right) - tail]
    if lost and added:
        return []

    def stretch(words: list[str]) -> str:
        return "".join(words[head : len(words) - tail]).strip()

    # What is missing or stands twice has no place of its own: its neighbours name it.
    while target.count(stretch(given) or target) != 1 or not stretch(given):
        if not head and not tail:
            break
        head, tail = max(0, head - 2), max(0, tail - 2)
    said, wanted = stretch(given), stretch(right)
    category = "omission" if lost else "addition" if added else "mistranslation"
    grave = lost or _NUMBER.findall(said) != _NUMBER.findall(wanted)
    return [
        {
            "category": category, "severity": "critical" if grave else "major", "source": "", "target": said,
            "why": "The target does not say what the source says.", "fix": wanted,
        }
    ]  # fmt: skip


@dataclass(slots=True)
class Returned:
    """Targets translated back, by id."""

    rows: list[tuple[str, str]]

    def reply(self) -> str:
        """After the schema of ``review/back_translation``."""
        return json.dumps({"texts": [{"id": n, "text": t} for n, t in self.rows]}, ensure_ascii=False)

    def texts(self) -> list[str]:
        """The texts."""
        return [t for _, t in self.rows]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """A lost answer; other faults of segments make no difference here."""
        if self.rows and kind == "drop":
            del self.rows[chance.randrange(len(self.rows))]


def returned(task: dict[str, Any]) -> Returned | None:
    """The faithful answer, None where the task is no translation back."""
    texts = task.get("texts")
    if not isinstance(texts, list) or "paragraphs" in task or "headings" in task:
        return None
    rows = [t for t in texts if isinstance(t, dict) and isinstance(t.get("id"), str)]
    if not rows:
        return None
    languages = str(task.get("from") or "es"), str(task.get("to") or "en")
    return Returned([(str(t["id"]), translate(str(t.get("text") or ""), *languages)) for t in rows])
