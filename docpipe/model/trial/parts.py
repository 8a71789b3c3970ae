"""What the parts of a designed trial are made of: coded values, texts, quantities, things with ids and names. Core only.

Each knows its JSON pointer, so that whatever is printed of it can name its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.model.source import Passage

USDM = "usdm:"
"""Begin of the locator of a USDM attribute: ``usdm:/study/versions/0/studyDesigns/0/arms/1/label``."""


_PASSAGE = re.compile(r"text:[^/]+(?:/\d+-\d+)?")


def locator_of(pointer: str) -> str:
    """The locator of an attribute: of a USDM file by its JSON pointer, of a synopsis by the passage that it was read from."""
    passage = _PASSAGE.match(pointer)
    return passage[0] if passage else f"{USDM}{pointer}"


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded value. ``code``: as the file has it (most are NCIt codes); ``decode``: its words; ``system``: whose code it is."""

    code: str
    decode: str
    pointer: str
    system: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text attribute as a person reads it: paragraphs, list items and rows of tables, references resolved. Empty where there is none."""

    pointer: str = ""
    passages: tuple[Passage, ...] = ()

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(p.text for p in self.passages)

    def __bool__(self) -> bool:
        return any(p.text.strip() for p in self.passages)


NO_WORDS = Words()
"""A text attribute that the file does not have."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit. ``value``: plain digits as exact as the file has them (``300``, not ``300.0``)."""

    value: str
    pointer: str
    unit: Coded | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A range; a single quantity is a range with one end (``low`` None, or both the same)."""

    pointer: str
    low: Quantity | None = None
    high: Quantity | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with an id. ``pointer``: where the object stands in the file."""

    id: str
    pointer: str

    def at(self, attribute: str) -> str:
        """Pointer of one of its attributes, by the name that it has in the file."""
        return f"{self.pointer}/{attribute}"


@dataclass(frozen=True, slots=True)
class Named(Node):
    """Anything with a name, a label and a description; any of them may be "". Plain text."""

    name: str = ""
    label: str = ""
    description: str = ""

    @property
    def called(self) -> str:
        """What people call it: its label, else its name."""
        return self.label or self.name

    @property
    def called_at(self) -> str:
        """Pointer of what ``called`` gives."""
        return self.at("label" if self.label else "name")


@dataclass(frozen=True, slots=True)
class DurationOf(Node):
    """How long something takes: words, a quantity or range, or why it varies."""

    text: str = ""
    quantity: Quantity | Span | None = None
    varies: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Named):
    """When an element or a visit begins or ends."""

    text: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Scope(Node):
    """Where something holds: globally, or in a region or country."""

    type: Coded | None = None
    code: Coded | None = None


@dataclass(frozen=True, slots=True)
class DateValue(Named):
    """A date of governance. ``date``: as the file has it, ISO 8601."""

    type: Coded | None = None
    date: str = ""
    scopes: tuple[Scope, ...] = ()
