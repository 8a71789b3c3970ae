"""Which facts of a study are others in its next version: added, gone, of another value. Pure; imports the core and its room.

Facts are paired by what they are about (table, row, arm, statistic, set, window, or dataset, subject and variable), never by id alone: ids
change where a study is named otherwise, and a record's number changes where another record comes before it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docpipe.model.fact import Fact, FactId
from docpipe.model.trial.parts import USDM
from docpipe.writing.evidence import number_of
from docpipe.writing.factstore import number_of_display
from docpipe.writing.labels import key_of

ADDED, GONE, VALUE, PRINTED, SIZE, NAMED = "added", "gone", "value", "printed", "n", "named"
"""Kinds of change. ``printed``: the same number with other decimals; ``n``: the same value of another N; ``named``: the same under another label."""
QUOTED = "quoted"
"""Statistic of numbers inside quoted passages: these change with their passage."""
_RECORD = re.compile(r"record \d+")
Identity = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact in both versions; None on the side where it is not. ``kind``: see above."""

    kind: str
    old: Fact | None
    new: Fact | None

    @property
    def fact(self) -> Fact:
        """As it is now, or was."""
        fact = self.new or self.old
        assert fact is not None
        return fact

    @property
    def ids(self) -> tuple[FactId, ...]:
        """Ids by which either version shows it."""
        return tuple(dict.fromkeys(f.id for f in (self.old, self.new) if f is not None))


def identity(fact: Fact) -> Identity:
    """What a fact is about: its key without the study's name and the number of its record.

    Of an attribute of a designed trial, its path without the places in lists and the name of the file.
    """
    if fact.places and fact.places[0].locator.startswith(USDM):
        return ("protocol", tuple(part for part in fact.row if not part.isdigit()), "", fact.statistic, "", "")
    row = tuple(part for part in fact.row if not _RECORD.fullmatch(part))
    return (fact.display, row, fact.arm, fact.statistic, fact.population, fact.window)


def value_of(fact: Fact) -> tuple[object, str, int | None]:
    """What a reader is told: the number (or word), how it is printed, of how many."""
    said = number_of(fact)
    return (fact.raw if said is None else (said[0], said[1] + 0), fact.formatted, fact.n)


def renumbered(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Old number -> new number of displays that kept their title and got another number. Both: title by number."""
    left = {title: number for number, title in old.items() if title and number not in new}
    right = {title: number for number, title in new.items() if title and number not in old}
    count = Counter(old.values()) + Counter(new.values())
    return {left[t]: right[t] for t in left if t in right and count[t] == 2}


def fact_changes(old: Iterable[Fact], new: Iterable[Fact], moved: Mapping[str, str] | None = None) -> list[FactChange]:
    """Every change, in the order of the new version; what is gone comes at the end of its table. ``moved``: see ``renumbered``."""
    before, after = _by_identity(old), _by_identity(new)
    found: list[FactChange] = []
    gone: list[Fact] = []
    added: list[Fact] = []
    for key, facts in after.items():
        earlier = before.pop(key, [])
        found += _paired(earlier, facts, gone, added)
    for facts in before.values():
        gone += facts
    found += _named(gone, added, moved or {})
    return _in_order(found)


def _by_identity(facts: Iterable[Fact]) -> dict[Identity, list[Fact]]:
    found: dict[Identity, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.statistic != QUOTED:
            found[identity(fact)].append(fact)
    return found


def _paired(old: list[Fact], new: list[Fact], gone: list[Fact], added: list[Fact]) -> list[FactChange]:
    """Facts about one thing: equal values first, whatever their order; the others one by one."""
    if len(old) == len(new) == 1:
        same = value_of(old[0]) == value_of(new[0])
        return [] if same else [FactChange(_kind(old[0], new[0]), old[0], new[0])]
    kept = Counter(map(value_of, old)) & Counter(map(value_of, new))
    sides: list[list[Fact]] = []
    for facts in (old, new):
        left = Counter(kept)
        rest: list[Fact] = []
        for fact in facts:
            if left[value_of(fact)] > 0:
                left[value_of(fact)] -= 1
            else:
                rest.append(fact)
        sides.append(rest)
    count = min(len(sides[0]), len(sides[1]))
    gone += sides[0][count:]
    added += sides[1][count:]
    return [FactChange(_kind(a, b), a, b) for a, b in zip(sides[0], sides[1], strict=False)]


def _kind(old: Fact, new: Fact) -> str:
    a, b = value_of(old), value_of(new)
    return VALUE if a[0] != b[0] else PRINTED if a[1] != b[1] else SIZE


def _named(gone: list[Fact], added: list[Fact], moved: Mapping[str, str]) -> list[FactChange]:
    """Facts that only one version has: paired where their labels differ in writing alone, or their table in its number."""
    numbers = {number_of_display(a): number_of_display(b) for a, b in moved.items()}

    def loosely(fact: Fact, *, old: bool) -> Identity:
        number = number_of_display(fact.display)
        row = tuple(key_of(p) for p in fact.row if not _RECORD.fullmatch(p))
        return (
            numbers.get(number, number) if old else number,
            row,
            key_of(fact.arm),
            fact.statistic,
            key_of(fact.window),
        )

    left: dict[Identity, list[Fact]] = defaultdict(list)
    right: dict[Identity, list[Fact]] = defaultdict(list)
    for fact in gone:
        left[loosely(fact, old=True)].append(fact)
    for fact in added:
        right[loosely(fact, old=False)].append(fact)
    found: list[FactChange] = []
    for key, facts in right.items():
        earlier = left.get(key, [])
        if len(facts) == len(earlier) == 1:
            same = value_of(earlier[0]) == value_of(facts[0])
            found.append(FactChange(NAMED if same else _kind(earlier[0], facts[0]), earlier[0], facts[0]))
            del left[key]
        else:
            found += [FactChange(ADDED, None, f) for f in facts]
    return found + [FactChange(GONE, f, None) for facts in left.values() for f in facts]


def _in_order(found: list[FactChange]) -> list[FactChange]:
    tables: dict[str, list[FactChange]] = defaultdict(list)
    for change in found:
        tables[change.fact.display].append(change)
    return [c for several in tables.values() for c in sorted(several, key=lambda c: c.kind == GONE)]
