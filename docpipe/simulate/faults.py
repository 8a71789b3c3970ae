"""Faults of the simulated provider: which call gets which, and what it does to a reply. Imports errors and its room only.

A script is TOML: ``seed`` and ``[[fault]]`` tables with ``kind`` and ``probability`` or ``calls`` (numbers from 1), and where it
makes sense ``retry_after``, ``seconds``, ``containing`` (only requests, and only segments, that hold this text), ``times``.
"""

from __future__ import annotations

import json
import random
import tomllib
from dataclasses import dataclass, field
from typing import Protocol

from docpipe.errors import BadSetting
from docpipe.simulate.drafting import DraftItem, draft_reply
from docpipe.simulate.inventions import DRAFT_KINDS, spoil_rows
from docpipe.simulate.spoiling import SEGMENT_KINDS, SPOILERS, Item

__all__ = [
    "KINDS",
    "SEGMENT_KINDS",
    "TEXT_KINDS",
    "Answers",
    "Drafted",
    "Fault",
    "Item",
    "Script",
    "Translated",
    "spoil",
]

WIRE_KINDS = ("429", "500", "503", "400", "401", "404", "refuse", "hang", "reset", "half_body", "not_json", "slow")
"""Faults of the connection or the status."""
TEXT_KINDS = ("bad_json", "wrong_schema", "truncate", "filter", "chatter", "fence", "decline")
"""Faults of the reply as a whole."""
BATCH_KINDS = ("batch_expired", "batch_failed", "batch_drop")
"""Faults of a Batch API job: it expires or fails as a whole, or a line of it is missing. They do nothing to ordinary calls."""
KINDS = tuple(dict.fromkeys((*WIRE_KINDS, *TEXT_KINDS, *SEGMENT_KINDS, "obey", *DRAFT_KINDS, *BATCH_KINDS)))


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a script. ``times``: at most so often in all, 0 = without end."""

    kind: str
    probability: float = 0.0
    calls: frozenset[int] = frozenset()
    retry_after: float | None = None
    seconds: float = 3600.0
    containing: str = ""
    times: int = 0


@dataclass(slots=True)
class Script:
    """The faults in order: the first that fires wins. Equal seeds give equal faults for equal call numbers."""

    faults: tuple[Fault, ...] = ()
    seed: int = 0
    fired: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def parse(text: str, seed: int | None = None) -> Script:
        """A script from TOML. ``seed`` goes before the file's. Raises ``BadSetting`` naming the fault's number."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadSetting("The fault script is not valid TOML.", setting="script") from error
        faults = []
        for number, row in enumerate(table.get("fault", ()), 1):
            try:
                calls = frozenset(int(c) for c in row.pop("calls", ()))
                numbers = {k: float(row.pop(k)) for k in ("probability", "retry_after", "seconds") if k in row}
                fault = Fault(calls=calls, **{**row, **numbers, "kind": str(row["kind"])})
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise BadSetting(f"Fault {number} of the script has a wrong key or value.", setting="script") from error
            if fault.kind not in KINDS:
                raise BadSetting(f"Fault {number} of the script is of no known kind.", setting="script")
            faults.append(fault)
        return Script(tuple(faults), seed if seed is not None else int(table.get("seed", 0)))

    def choose(self, call: int, text: str) -> tuple[Fault, random.Random] | None:
        """The fault of a call, and the source of chance for what it does. ``text``: the request's, for ``containing``."""
        for index, fault in enumerate(self.faults):
            chance = random.Random(f"{self.seed}:{call}:{index}")
            fires = call in fault.calls or chance.random() < fault.probability
            if not fires or (fault.containing and fault.containing not in text):
                continue
            if fault.times and self.fired.get(index, 0) >= fault.times:
                continue
            self.fired[index] = self.fired.get(index, 0) + 1
            return fault, chance
        return None


def reply_text(items: list[Item]) -> str:
    """The reply after the schema of ``translate/segments``."""
    rows = [
        {"id": i.id, "merged_into": i.merged_into} if i.merged_into else {"id": i.id, "text": i.text} for i in items
    ]
    return json.dumps({"segments": rows}, ensure_ascii=False, separators=(",", ":"))


class Answers(Protocol):
    """The faithful answers to a task."""

    def reply(self) -> str:
        """As the reply's JSON."""

    def texts(self) -> list[str]:
        """As bare texts, for a reply of the wrong form."""

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """A fault of single answers; where it finds nothing to act on, nothing changes."""


@dataclass(slots=True)
class Translated:
    """Answers to a translation task."""

    items: list[Item]

    def reply(self) -> str:
        """After the schema of ``translate/segments``."""
        return reply_text(self.items)

    def texts(self) -> list[str]:
        """The translations."""
        return [i.text for i in self.items]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """One of ``SEGMENT_KINDS``."""
        spoiler = SPOILERS.get(kind)
        fit = [n for n, i in enumerate(self.items) if i.text and (not containing or containing in i.source)]
        if spoiler and fit:
            spoiler(self.items, fit, chance)


@dataclass(slots=True)
class Drafted:
    """Answers to a drafting task."""

    items: list[DraftItem]

    def reply(self) -> str:
        """After the schema of ``write/paragraphs``."""
        return draft_reply(self.items)

    def texts(self) -> list[str]:
        """The sentences."""
        return [s.text for i in self.items for s in i.sentences]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """One of ``DRAFT_KINDS`` or of those of ``SEGMENT_KINDS`` that make sense for rows."""
        spoil_rows(kind, chance, self.items)


def spoil(fault: Fault, chance: random.Random, answers: Answers) -> str:
    """The reply with the fault in it; unchanged where the fault finds nothing to act on."""
    text = answers.reply()
    if fault.kind == "bad_json":
        return text[: -1 - chance.randrange(3)] + "]"
    if fault.kind == "wrong_schema":
        return json.dumps({"translations": answers.texts()}, ensure_ascii=False)
    if fault.kind == "chatter":
        return "Here is the translation you asked for:\n```json\n" + text + "\n```\nLet me know if I can help."
    if fault.kind == "fence":
        return "```json\n" + text + "\n```"
    if fault.kind == "decline":
        return "I'm sorry, but I can't help with this request."
    if fault.kind == "truncate":
        return text[: max(1, int(len(text) * chance.uniform(0.3, 0.9)))]
    answers.spoil(fault.kind, chance, fault.containing)
    return answers.reply()
