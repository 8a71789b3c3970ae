"""Facts grouped by what they are about, and found by words and by values. Imports the core and its room.

A frame is one row of one table or one question to the data: its facts differ in arm and statistic only.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.writing.arithmetic import percentage, rounded
from docpipe.writing.evidence import number_of
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.report.binding.words import spaced, stems

COUNTED = "subject-level data"
"""Display of facts that were counted in the data for the check itself."""
COUNTS = frozenset(("n", "events", "N", "records", "denominator"))
RULES = ("half up", "half even")
_ANY = re.compile(r"\bany\b|^total\b|^overall$|^all\b", re.IGNORECASE)
_VALUE = re.compile(r"^(?:AVAL|BASE|CHG|PCHG|[A-Z]{2}STRESN)$")
"""Variables that hold the value of a parameter: their rows are known by the parameter's words."""
_ARM = re.compile(r"^(?:ARM|ARMCD|ACTARM|ACTARMCD|TRT\d\d[AP]N?|TRT[AP]N?)$")
"""Variables that hold the arm: their rows say no more than who was in it."""
_WHEN = stems("change from baseline at week day month visit end of study treatment LOCF last observation screening")
"""Words of rows that say when a value was measured, not what."""
_ABOUT = stems(
    "primary secondary endpoint analysis summary by treatment group table results statistics population visit"
)
_ANY_OF = stems("body system organ class preferred term subject patient teae")
_EVENTS = frozenset(("adverse", "event"))


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it is compared. ``places``: decimals of the exact value; ``share``: the percentage of count and N, where both are known."""

    arm: str
    fact: Fact
    bound: str
    number: Decimal
    places: int
    share: Decimal | None = None


@dataclass(slots=True)
class Frame:
    """Facts of one row, set and time. ``labels``: words of its label, one set a way to say it; ``about``: words of its title and path."""

    display: str
    row: tuple[str, ...]
    population: str
    window: str
    number: str = ""
    told: dict[str, list[Told]] = field(default_factory=dict)
    """By statistic."""
    labels: list[frozenset[str]] = field(default_factory=list)
    about: frozenset[str] = frozenset()
    time: frozenset[str] = frozenset()
    sizes: dict[str, int] = field(default_factory=dict)
    printed: bool = False
    """It is a row of a table, not computed."""

    @property
    def first(self) -> Fact:
        """Any fact of it."""
        return next(iter(self.told.values()))[0].fact


def equal(told: Told, value: Decimal, decimals: int, relation: str = "") -> bool:
    """The printed number is the fact's, at its own decimals, rounded by either rule; a percentage may be that of count and N."""
    number = told.number
    if told.bound or relation:
        bound = relation.replace("≤", "<").replace("≥", ">")
        return (number == value and told.bound.rstrip("=") == bound) or (
            bound == "<" and not told.bound and number < value and value.normalize().as_tuple().digits in ((1,), (5,))
        )
    if number == value:
        return True
    if told.share is not None and any(rounded(told.share, decimals, r) == value for r in RULES):
        return True
    return (
        told.places > decimals and abs(number - value) < 1 and any(rounded(number, decimals, r) == value for r in RULES)
    )


class Frames:
    """Every frame of a store, by words and by values."""

    def __init__(
        self, facts: FactStore, titles: Mapping[str, str], variables: Mapping[str, str], skip: Iterable[str] = ()
    ) -> None:
        self.titles = {number_of_display(k): v for k, v in titles.items()}
        subjects = frozenset(skip)
        found: dict[tuple[str, tuple[str, ...], str, str], Frame] = {}
        for fact in facts:
            if fact.row and (fact.row[0] in subjects or _ARM.match(fact.row[0])):
                continue
            said = number_of(fact)
            if said is None:
                continue
            key = (fact.display, fact.row, fact.population, fact.window)
            frame = found.get(key)
            if frame is None:
                frame = found[key] = Frame(*key)
                frame.number = number_of_display(frame.display)
                frame.printed = not fact.formula
                self._name(frame, variables)
            here = frame.told.setdefault(fact.statistic, [])
            if not any(t.arm == fact.arm for t in here):
                exponent = said[1].as_tuple().exponent
                here.append(
                    Told(
                        fact.arm, fact, said[0], said[1], -exponent if isinstance(exponent, int) and exponent < 0 else 0
                    )
                )
            if fact.n is not None:
                frame.sizes.setdefault(fact.arm, fact.n)
        self.all = tuple(found.values())
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_value: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
        self.by_display: dict[str, list[int]] = defaultdict(list)
        for i, frame in enumerate(self.all):
            for word in frozenset().union(*frame.labels):
                self.by_word[word].append(i)
            self.by_display[frame.number].append(i)
            _shares(frame)
            for here in frame.told.values():
                for t in here:
                    self.by_value[t.arm, t.number.normalize()].append(i)
        total = max(1, len(self.all))
        self.weight = {w: math.log(1 + total / len(rows)) for w, rows in self.by_word.items()}

    def _name(self, frame: Frame, variables: Mapping[str, str]) -> None:
        title = self.titles.get(frame.number, "")
        said = [variables.get(p, spaced(p)) for p in frame.row]
        inner = stems(said[-1]) if said else frozenset()
        if said and (not inner or _ANY.search(said[-1])) and ("adverse" in stems(title) or frame.row[0] == "TEAE"):
            inner = inner | _EVENTS
        if said and re.match(r"any\b", said[-1], re.IGNORECASE) and inner <= _EVENTS | _ANY_OF:
            inner = _EVENTS | ({"serious"} & stems(title))
        if frame.row and frame.row[-1] == "TEAE":
            inner = _EVENTS
        labels = [inner] if inner else []
        if len(said) > 1:
            outer = stems(said[-2])
            if not inner or (len(inner) == 1 and len(outer) < 4):
                labels = [inner | outer] if not inner or next(iter(inner)).isdigit() else [inner, inner | outer]
        if len(said) > 1 and _VALUE.match(frame.row[-1]) and (outer := stems(said[-2])):
            labels = [outer, outer | inner]
        if (
            inner & _WHEN
            and inner <= _WHEN | {w for w in inner if w.isdigit()}
            and (core := stems(title) - _ABOUT - _WHEN)
        ):
            labels = [inner | core]
        if not labels:
            labels = [stems(title) or stems(re.sub(r"[/._]", " ", frame.display))]
        frame.labels = [x for x in labels if x] or [frozenset()]
        frame.about = stems(" ".join((*said[:-1], title, frame.population)))
        frame.time = stems(frame.window)

    def lexical(self, frame: Frame, strong: frozenset[str], weak: frozenset[str]) -> float:
        """How much of a frame's label stands in the words near a number (1) or in the sentence and heading around it (0.6)."""
        best = 0.0
        for label in frame.labels:
            whole = sum(self.weight.get(w, 1.0) for w in label)
            if whole:
                near = sum(self.weight.get(w, 1.0) for w in label & strong)
                far = sum(self.weight.get(w, 1.0) for w in (label - strong) & weak)
                best = max(best, (near + 0.6 * far) / whole)
        return best


def _shares(frame: Frame) -> None:
    """The exact percentages of a frame's counts and Ns."""
    counts = {t.arm: t for t in frame.told.get("n", ()) if not t.bound}
    for name in ("pct", "share"):
        here = frame.told.get(name, [])
        for i, t in enumerate(here):
            count = counts.get(t.arm)
            whole = t.fact.n or (count.fact.n if count is not None else None)
            if count is not None and whole:
                here[i] = replace(t, share=percentage(count.number, whole))
