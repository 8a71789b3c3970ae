"""The ways in which the numbers of a sentence may belong to the arms that it names. Imports the core and its room.

People write values before or behind the name of a group, list by list or clause by clause: which way is meant, the data tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.report.binding.groups import Several
from docpipe.writing.report.binding.numbers import Cell

_JOINED = re.compile(
    r"\s*(?:groups?|arms?|patients?|subjects?|participants?)?\s*(?:,|;|/|and|or|versus|vs\.?|to)*\s*(?:and|or)?\s*(?:the|those|in|on|for|with|to)?\s*(?:the)?\s*",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[^.;:]{0,60}?\b(?:in|for|of|with|on|among|from|receiving|received|given|to|by|under)\b(?:\s+(?:the|those|subjects|patients|participants|receiving|on|in|randomi[sz]ed|treated|to|with|assigned|allocated|who|received|each|of))*\s*",
    re.IGNORECASE,
)
_SHUT = re.compile(r"\s*\)?\s*(?:\w+\s+)?(?:in|on|for|with)\s+(?:the\s+)?", re.IGNORECASE)
_OPEN = re.compile(
    r"\s*(?:groups?|arms?|patients?|subjects?|recipients?)?\s*(?:\(|\[|:|=|,|was|were|had|it was|is|[-–])?\s*(?:\(?n\s*=\s*)?(?:mean|median|an? (?:mean|median)(?: of)?)?\s*",
    re.IGNORECASE,
)
_COMPARATOR = re.compile(
    r"\b(?:differences?|differ(?:ed|s)?|change|relative|compared|comparison|superior|separat\w+|versus|vs\.?|against|minus|active|xan)(?:\s+(?:in\s+\w+\s+)?(?:from|to|with|versus|vs\.?|against|between))?\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:with|to)|against|from|over|relative to|minus|to|with)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AT = re.compile(
    r"[\s()\[\]]*(?:(?:had|got|took|received|were on|was on|given)\s+)?(?:the\s+)?[(\[]?\s*", re.IGNORECASE
)
_EACH = re.compile(r"\s*(?:[^\W\d]+\s+){0,2}?each\b", re.IGNORECASE)
_NEXT = re.compile(r"\s*[)\]]?\s*(?:/|,|;|,?\s*and|and)\s*[(\[]?\s*", re.IGNORECASE)
_BRACKET = re.compile(r"\s*(?:patients?|subjects?|participants?|groups?|arms?|recipients?)?\s*[(\[]\s*", re.IGNORECASE)
"""Between a name whose number stands before it and the rest of this number's cell, as in ``4 placebo patients (4.7%)``."""
Arms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The arms of each cell, None where nothing is said. ``cost``: how much the words speak against it."""

    arms: tuple[Arms | None, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Run:
    """Names in one list, or cells between two lists."""

    start: int
    end: int
    arms: Arms = ()
    cells: tuple[int, ...] = ()


def applied(reading: Reading, cells: Sequence[Cell]) -> list[Cell]:
    """The cells with the arms of a reading."""
    return [
        Cell([replace(s, arms=arms, between=False) for s in c.slots])
        for c, arms in zip(cells, reading.arms, strict=True)
    ]


def readings(
    text: str,
    start: int,
    end: int,
    cells: Sequence[Cell],
    named: Sequence[ArmMention],
    several: Sequence[Several],
    order: Sequence[Arms],
) -> Iterator[Reading]:
    """Readings of a sentence with numbers and arms, each once: by what stands beside each name, all behind, all ahead, the nearest only.

    ``order``: lists of arms whose values may stand one after the other without their names.
    """
    marks = [(m.start, m.end, (m.arm,)) for m in named] + [(s.start, s.end, s.arms) for s in several]
    inside = [m for m in marks if any(c.start < m[0] < c.end for c in cells)]
    marks = sorted(m for m in marks if m not in inside)
    seen: set[tuple[Arms | None, ...]] = set()
    listed = _in_order(text, cells, marks, order)
    if any(a is not None for a in listed):
        seen.add(listed)
        yield Reading(listed, 0.3 + 0.1 * len(marks))
    others = [
        m
        for m in marks
        if not (
            (_COMPARATOR.search(text[max(start, m[0] - 50) : m[0]]) and _is_first(m, marks, cells))
            or _beside_difference(text, start, end, m, marks)
        )
    ]
    for given in (marks, others) if others != marks else (marks,):
        if not given:
            continue
        runs = _runs(text, cells, given)
        for way in ("local", "behind", "ahead", "behind nearest", "ahead nearest"):
            reading = _read(text, cells, runs, way)
            if reading.arms not in seen:
                seen.add(reading.arms)
                yield reading


def _in_order(
    text: str, cells: Sequence[Cell], marks: Sequence[tuple[int, int, Arms]], order: Sequence[Arms]
) -> tuple[Arms | None, ...]:
    """The arms of lists such as ``36.4% / 36.4% / 50.0%`` that name none; what stands before the first list is of all arms."""
    arms: list[Arms | None] = [None] * len(cells)
    runs: list[list[int]] = []
    for n, cell in enumerate(cells):
        gap = text[cells[n - 1].end : cell.start] if n else ""
        if n and _NEXT.fullmatch(gap) and not any(cells[n - 1].end <= m[0] < cell.start for m in marks):
            runs[-1].append(n)
        else:
            runs.append([n])
    named = {a for *_, names in marks for a in names if len(names) == 1}
    for run in runs:
        for names in order:
            if not named >= set(names) and len(run) in (len(names), len(names) + 1):
                for n, arm in zip(run, (*names, ""), strict=False):
                    arms[n] = (arm,)
                break
    first = next((n for n, a in enumerate(arms) if a is not None), 0)
    return (*((("",),) * first), *arms[first:])


def _beside_difference(
    text: str, start: int, end: int, mark: tuple[int, int, Arms], marks: Sequence[tuple[int, int, Arms]]
) -> bool:
    """It is what another arm is compared with, and a difference is told: ``better than placebo (difference -2.5)``, ``0.1 L more than placebo (CI …)``."""
    if len(marks) < 2 or not _THAN.search(text[max(start, mark[0] - 24) : mark[0]]):
        return False
    before = text[max(start, mark[0] - 40) : mark[0]]
    return (
        "differen" in text[mark[1] : min(end, mark[1] + 40)].casefold()
        or re.search(r"\d\s*\S{0,8}\s+(?:more|less|higher|lower|greater|better|worse|larger|smaller)\s+than\b", before)
        is not None
    )


def _is_first(mark: tuple[int, int, Arms], marks: Sequence[tuple[int, int, Arms]], cells: Sequence[Cell]) -> bool:
    """No number stands before it and other names follow, as in ``the difference from placebo was … for the low dose``."""
    return mark == marks[0] and len(marks) > 1 and not any(c.end <= mark[0] for c in cells)


def _runs(text: str, cells: Sequence[Cell], marks: Sequence[tuple[int, int, Arms]]) -> list[_Run]:
    events: list[tuple[int, int, Arms, int]] = [(a, b, arms, -1) for a, b, arms in marks]
    events += [(c.start, c.end, (), n) for n, c in enumerate(cells)]
    runs: list[_Run] = []
    for a, b, arms, cell in sorted(events):
        last = runs[-1] if runs else None
        if cell >= 0 and last is not None and last.cells:
            runs[-1] = _Run(last.start, b, (), (*last.cells, cell))
        elif cell >= 0:
            runs.append(_Run(a, b, (), (cell,)))
        elif (
            last is not None and last.arms and _JOINED.fullmatch(text[last.end : a]) and not set(last.arms) & set(arms)
        ):
            runs[-1] = _Run(last.start, b, (*last.arms, *arms))
        else:
            runs.append(_Run(a, b, arms))
    return runs


def _read(text: str, cells: Sequence[Cell], runs: Sequence[_Run], way: str) -> Reading:
    arms: list[Arms | None] = [None] * len(cells)
    cost = 0.0
    first = True
    for i, run in enumerate(runs):
        if not run.arms:
            continue
        before = [c for c in (runs[i - 1].cells if i else ()) if arms[c] is None]
        after = list(runs[i + 1].cells) if i + 1 < len(runs) else []
        gap = text[cells[before[-1]].end : run.start] if before else ""
        behind = bool(before) and (_AT.fullmatch(gap) is not None or _BEHIND.fullmatch(gap) is not None)
        ahead = bool(after) and _OPEN.fullmatch(text[run.end : cells[after[0]].start]) is not None
        side = way.split()[0]
        if side == "local":
            side = "ahead" if ahead else "behind" if behind else "ahead" if after else "behind"
        pool = before if side == "behind" else after
        if not pool and first and sum(bool(r.arms) for r in runs) == 1:
            pool, side = (after, "ahead") if side == "behind" else (before, "behind")
        if not pool:
            cost += 0.2
            continue
        first = False
        if not (behind if side == "behind" else ahead) or (
            side == "ahead" and behind and text[run.end : run.end + 2].strip()[:1] not in "(:[="
        ):
            cost += 0.3
        if side == "behind" and after and _BRACKET.fullmatch(text[run.end : cells[after[0]].start]):
            arms[after[0]] = run.arms
        k = len(run.arms)
        if k > 1 and _EACH.match(text, cells[pool[-1 if side == "behind" else 0]].end):
            arms[pool[-1 if side == "behind" else 0]] = run.arms  # one each on A and B
            continue
        near = pool[-k:] if side == "behind" else pool[:k]
        if k > 1 and len(near) == k:
            for c, arm in zip(near, run.arms, strict=True):
                arms[c] = (arm,)
            continue
        if way.endswith("nearest"):
            pool = pool[-1:] if side == "behind" else pool[:1]
        for c in pool:
            arms[c] = run.arms
    for n in range(len(cells)):
        if arms[n] is not None:
            break
        arms[n] = ("",)
        cost += 0.05
    cost += 0.25 * sum(a is None for a in arms)
    return Reading(tuple(arms), cost)
