"""What the columns of a display are: arm, analysis set, statistic, window. Imports the core, arms and labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from docpipe.model.source import Display
from docpipe.writing.arms import TOTAL, Arms
from docpipe.writing.labels import clean, key_of, statistics_of, window_of

_SET = re.compile(r"\b(?:population|analysis set|completers?|(?:full|safety|per[- ]protocol) set)\b", re.IGNORECASE)
_SHORT = frozenset(
    ("itt", "mitt", "saf", "safety", "fas", "pp", "pps", "eff", "efficacy", "com", "comp", "enr", "rand")
)
_DEFINED = re.compile(
    r"^(?:the )?(?:number of )?(?:all )?(?:subjects|patients|participants)\s+(?:in|of)?\s*(?:the )?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Column:
    """A value column. ``arm`` is None where its head names no arm that is known; ``group``: heads that are none of the rest."""

    arm: str | None
    population: str
    n: int | None
    statistics: tuple[str, ...] = ()
    window: str = ""
    group: tuple[str, ...] = ()
    n_population: str = ""
    """The set that the head's N counts: one named below the arm, as in ``Placebo (N=86)`` over ITT and Eff, does not change it."""


def columns_of(display: Display, arms: Arms) -> tuple[Column, ...]:
    """The columns of a display, in order. A column without an arm, of p-values say, is over all arms."""
    return tuple(_column(head.path, head.n, display, arms) for head in display.columns)


def population_of(text: str) -> str:
    """The name of an analysis set without the words round it: ``Safety`` for ``Safety Population [1]``; a full analysis set keeps its words."""
    text = clean(text)
    found = re.fullmatch(r"(?:the )?(.+?)\s+(?:population|analysis set|set)", text, re.IGNORECASE)
    name = clean(found.group(1)) if found else text
    return text if name.casefold() == "full" else name


def _column(path: Iterable[str], n: int | None, display: Display, arms: Arms) -> Column:
    arm: str | None = None
    population, counted, statistics, group, windows = "", "", tuple[str, ...](), list[str](), list[str]()
    for part in (clean(p) for p in path):
        if not part:
            continue
        windows.insert(0, part)
        compared = arms.comparison(part)
        named, _ = statistics_of(part)
        if compared or (arms.match(part) is not None):
            arm = compared or arms.match(part)
        elif defined := _set(part, display.footnotes):
            population, counted = defined, defined if arm is None else counted
        elif named:
            statistics = named
        elif not window_of([part]):
            group.append(part)
    if arm is None and (statistics or not group) and not (group and n is not None):
        arm = TOTAL
    whole = population_of(display.population)
    return Column(arm, population or whole, n, statistics, window_of(windows), tuple(group), counted or whole)


def _set(head: str, footnotes: Iterable[str]) -> str:
    """The analysis set that a head names, by its words or by a footnote that defines it; "" where it names none."""
    if _SET.search(head):
        return population_of(head)
    for note in footnotes:
        found = re.search(rf"\b{re.escape(head)}\s*[:=]\s*([^;.,]+)", note)
        if found and re.search(r"\b(?:subjects|patients|participants)\b", found.group(1), re.IGNORECASE):
            return population_of(_DEFINED.sub("", clean(found.group(1))))
    return head if key_of(head) in _SHORT else ""
