"""Made regulatory text from a seed: sentences, paragraphs, a package's standard paragraphs, cells of listings. Imports its words.

Equal seeds give equal text. Fresh sentences hardly ever occur twice; what repeats does so through the standard paragraphs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from package_words import HEADINGS, LISTS, PATTERNS, STANDARD

__all__ = ["Facts", "Library", "Writer"]

_SLOT = re.compile(r"\{(\w+)(?:!(\w))?\}")
Made = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document speaks of: its product, disease and study."""

    product: str
    study: str
    disease: str

    @staticmethod
    def of(chance: random.Random) -> Facts:
        """Facts of a study of a made company."""
        letters = "".join(chance.choice("BDFGKLMNPRTVZ") for _ in range(3))
        name = "".join(chance.choice(("ra", "ve", "lo", "ti", "mu", "ne", "xi", "do", "za", "pe")) for _ in range(2))
        return Facts(
            f"{name}{chance.choice(('limab', 'tinib', 'gliptin', 'sartan', 'zolam'))}".capitalize(),
            f"{letters}-{chance.randint(100, 399)}-{chance.randint(1, 19):02}",
            chance.choice(LISTS["disease"]),
        )


def _number(low: int, high: int) -> Made:
    return lambda r: str(low + int(r.random() * (high - low)))


def _interval(r: random.Random) -> str:
    low = r.uniform(0.1, 8)
    return f"{low:.2f}, {low + r.uniform(0.2, 6):.2f}"


def _date(r: random.Random) -> str:
    return f"{1 + int(r.random() * 28)} {r.choice(LISTS['month'])} {2014 + int(r.random() * 12)}"


_MADE: dict[str, Made] = {
    "num": lambda r: f"{int(10 ** r.uniform(0.3, 3.3)):,}",
    "pct": lambda r: f"{r.uniform(0.2, 99.8):.1f}",
    "dec": lambda r: f"{r.uniform(0.02, 9.99):.2f}",
    "dose": lambda r: r.choice(("2.5", "5", "10", "15", "20", "25", "40", "50", "75", "100", "150", "200", "300", "450")),
    "week": lambda r: r.choice(("2", "4", "8", "12", "16", "20", "24", "26", "36", "48", "52", "78", "104")),
    "day": _number(1, 113),
    "days": _number(3, 91),
    "hours": lambda r: f"{r.uniform(0.5, 72):.1f}",
    "age": _number(18, 84),
    "temp": _number(2, 61),
    "month_count": lambda r: r.choice(("6", "9", "12", "18", "24", "36", "48", "60")),
    "p": lambda r: f"{r.uniform(0.0001, 0.4):.4f}",
    "ci": _interval,
    "ratio": lambda r: r.choice(("1:1", "2:1", "1:1:1", "2:2:1", "3:1")),
    "section": lambda r: f"{1 + int(r.random() * 14)}.{1 + int(r.random() * 9)}.{1 + int(r.random() * 6)}",
    "table": lambda r: f"14.{1 + int(r.random() * 3)}.{1 + int(r.random() * 40)}",
    "site": lambda r: f"{int(r.random() * 90) + 10}{int(r.random() * 90) + 10}",
    "code": lambda r: f"{r.choice(('REP', 'DEV', 'SOP', 'VAL', 'MET'))}-{int(r.random() * 90000) + 10000}",
    "batch": lambda r: f"{r.choice('ABCDEFGH')}{int(r.random() * 900000) + 100000}",
    "version": lambda r: f"{1 + int(r.random() * 6)}.{int(r.random() * 4)}",
    "date": _date,
}  # fmt: skip


@lru_cache(maxsize=2048)
def _parts(pattern: str) -> tuple[str | tuple[str, str], ...]:
    """Literal text and (slot, change of case) in turns."""
    out: list[str | tuple[str, str]] = []
    at = 0
    for match in _SLOT.finditer(pattern):
        out += [pattern[at : match.start()], (match[1], match[2] or "")]
        at = match.end()
    return (*out, pattern[at:])


class Writer:
    """Text of one document."""

    def __init__(self, chance: random.Random, facts: Facts) -> None:
        self.chance, self.facts = chance, facts
        self._fixed: Mapping[str, str] = {"product": facts.product, "study": facts.study}

    def fill(self, pattern: str) -> str:
        """The pattern with its slots filled, slots within what fills them too."""
        out: list[str] = []
        chance, random_ = self.chance, self.chance.random
        for part in _parts(pattern):
            if isinstance(part, str):
                out.append(part)
                continue
            name, case = part
            if name in self._fixed:
                text = self._fixed[name]
            elif (words := LISTS.get(name)) is not None:
                text = words[int(random_() * len(words))]
                if "{" in text:
                    text = self.fill(text)
            else:
                text = _MADE[name](chance)
            if case:
                text = (text[0].upper() if case == "c" else text[0].lower()) + text[1:]
            out.append(text)
        return "".join(out)

    def sentence(self, topic: str) -> str:
        """A sentence of a topic, often with a beginning or an end of its own."""
        patterns = PATTERNS[topic]
        body = self.fill(patterns[int(self.chance.random() * len(patterns))])
        dice = self.chance.random()
        if dice < 0.3 and topic != "plain":
            own = body.startswith((self.facts.product, "CYP", "OATP", "UGT", "BCRP", "MATE"))
            body = self.fill("{opener}") + (body if own else body[0].lower() + body[1:])
        elif dice < 0.6:
            body += self.fill("{tail}")
        return body[0].upper() + body[1:] + "."

    def paragraph(self, topic: str) -> tuple[str, ...]:
        """One to six sentences."""
        return tuple(self.sentence(topic) for _ in range(1 + int(self.chance.random() * 6)))

    def heading(self, topic: str) -> str:
        """A heading of a topic; some speak of something particular."""
        text = self.chance.choice(HEADINGS[topic])
        return (
            text
            if self.chance.random() < 0.6
            else text + self.fill(self.chance.choice((" in {population}", " in Study {study}", ": {endpoint}")))
        )

    def title(self, what: str) -> str:
        """The title of a document."""
        return f"{what}: {self.facts.product} in {self.facts.disease}, study {self.facts.study}"

    def row(self, kind: str, number: int) -> tuple[str, ...]:
        """A row of a listing or table."""
        f = self.fill
        if kind == "events":
            subject = f"{f('{site}')}-{number % 9999:04}"
            said = f("{event!c}, {detail}, from Day {day}") if self.chance.random() < 0.8 else f("{event!c}")
            return (subject, f("{age}"), said, f("{soc}"), f("{grade}"), f("{result}"))
        if kind == "statistics":
            return (f("{event!c}"), f("{num} ({pct})"), f("{num} ({pct})"), f("{dec} [{ci}]"), f("{p}"))
        if kind == "batches":
            return (f("{batch}"), f("{attribute!c}"), f("{dec}"), f("{pct}%"), f("{answer}"))
        return (f("{lab!c}"), f("{dec}"), f("{dec} ({dec})"), f("{pct}"), f("{num}"))


HEADS: dict[str, tuple[str, ...]] = {
    "events": ("Subject", "Age", "Verbatim term", "System organ class", "Severity", "Outcome"),
    "statistics": ("Preferred term", "Active n (%)", "Placebo n (%)", "Ratio [95% CI]", "p-value"),
    "batches": ("Batch", "Test", "Result", "Recovery", "Complies"),
    "laboratory": ("Parameter", "Mean", "Change (SD)", "Abnormal (%)", "n"),
}


@dataclass(slots=True)
class Library:
    """What a company writes again and again: standard paragraphs by topic, growing with the package."""

    seed: int
    facts: Facts
    most: int
    """Standard paragraphs of a topic."""
    kept: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    def paragraph(self, topic: str, chance: random.Random) -> tuple[str, ...]:
        """One of the topic's standard paragraphs, the first ones more often than the others."""
        number = int(self.most * chance.random() ** 1.6)
        if number == 0:
            return (chance.choice(STANDARD),)
        key = (topic, number)
        if key not in self.kept:
            own = random.Random(f"{self.seed}:standard:{topic}:{number}")
            self.kept[key] = Writer(own, self.facts).paragraph(topic)
        return self.kept[key]


def pick(chance: random.Random, weights: Mapping[Any, float]) -> Any:
    """A key by its weight."""
    return chance.choices(list(weights), list(weights.values()))[0]
