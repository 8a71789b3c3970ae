"""What reading yields: numbers, events (dates, times, cycle days, frequencies) and their attributes. Imports nothing of docpipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Form(StrEnum):
    """How a number is written."""

    DIGITS = "digits"
    WORD = "word"
    CJK = "cjk"
    ROMAN = "roman"
    NAME = "name"
    """Digits inside a name: COVID-19, CD4, 5-HT."""
    MARK = "mark"
    """Raised digits that are no exponent: note or citation marks."""


class Weight(IntEnum):
    """How loudly an unmatched number speaks."""

    SOFT = 0
    """It may satisfy the other side and never raises anything itself."""
    PAIRED = 1
    """It speaks only together with an unmatched number of the other side."""
    FIRM = 2
    """It must be found again."""


class Reading(NamedTuple):
    """One way to read a written number. ``native``: by the text's own locale. A ``str`` value is a dotted reference (2.3.1)."""

    value: Decimal | str
    decimals: int
    native: bool


class Comparator(NamedTuple):
    """``direction``: +1 for more, -1 for less. ``sure`` is False for words with other meanings too (over, up to, 内)."""

    direction: int
    inclusive: bool
    sure: bool
    symbol: bool
    start: int
    end: int


class Unit(NamedTuple):
    """A unit behind a number: ``top`` is its canonical symbol ("" for "/L"), ``below`` the denominators in order."""

    top: str
    dimension: str
    below: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """A date, time, cycle day, frequency or decade. ``keys``: its canonical readings, equal across languages.

    ``sure``: whether the wording leaves no doubt about the kind (14:30 alone may be a ratio).
    """

    kind: str
    start: int
    end: int
    keys: frozenset[tuple[int | None, ...]]
    sure: bool = True


@dataclass(slots=True)
class Number:
    """A number in a text. Filled pass by pass while the text is lexed, and never changed once the lexer returns it.

    ``parts``: what it falls apart into if it has no counterpart as a whole (lists without spaces, grouping by spaces).
    ``role``: place in a tuple or range ("" for none); ``group``: which tuple, for the two ends of one range.
    """

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]
    form: Form = Form.DIGITS
    weight: Weight = Weight.FIRM
    sign: int = 0
    sign_sure: bool = False
    plus_minus: bool = False
    comparator: Comparator | None = None
    unit: Unit | None = None
    unit_inherited: bool = False
    label: str = ""
    """Time unit named before it: ``d`` in "Day 8"."""
    exponent: int | None = None
    scaled: bool = False
    """Whether a scale word (million, 万) took part."""
    role: str = ""
    group: int = -1
    event: Event | None = None
    parts: tuple[Number, ...] = field(default=())

    @property
    def span(self) -> tuple[int, int]:
        """Offsets in the text."""
        return (self.start, self.end)

    @property
    def time_unit(self) -> str:
        """Its time unit, named behind or before it, or ""."""
        if self.unit is not None:
            return self.unit.top if self.unit.dimension == "time" else ""
        return self.label


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text as read: ``shadow`` has the same length, with widths, micro signs and raised digits folded."""

    shadow: str
    low: str
    language: str
    numbers: tuple[Number, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def mute(self) -> bool:
        """Whether nothing in it can raise or answer anything: no digits, units or events, no word that must be found again."""
        return not self.events and all(
            not n.weight and n.unit is None and n.form not in (Form.DIGITS, Form.MARK) for n in self.numbers
        )
