"""Whether texts of a reply stand under their neighbours' ids: a shift that well-formed ids hide. Imports the core and its room.

After the length-based alignment of Gale and Church (1993), with figures, anchors and sentence ends beside length: the reply as it
stands is compared with the same reply shifted by one or two, window by window, and with neighbours swapped.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from docpipe.llm.figures import figures
from docpipe.llm.verdict import weight
from docpipe.model.inline import CodedText, plain_text
from docpipe.model.terms import TermHit, TermStatus

__all__ = ["Side", "side_of", "suspects"]

GAIN = 4.5
"""How much better (in natural log-likelihood, about) a shifted reading must fit before it is suspected."""

CLEAR = 1.5
"""How much better the straight reading of one text must fit to bound a suspected stretch."""

_ANCHOR = re.compile(r"(?<![A-Za-z])[A-Z]{2,}[A-Za-z]?(?![a-z])|[A-Za-z]+\d[\w-]*|[≤≥±<>=%℃°]")
_ENDS = {
    "。": ".",
    "．": ".",
    ".": ".",
    "？": "?",
    "?": "?",
    "！": "!",
    "!": "!",
    "：": ":",
    ":": ":",
    "；": ";",
    ";": ";",
}


@dataclass(frozen=True, slots=True)
class Side:
    """What of a text survives translation."""

    weight: float
    figures: Counter[str]
    anchors: Counter[str]
    end: str
    text: str
    terms: tuple[str, ...] = ()


def side_of(coded: CodedText, terms: Sequence[TermHit] = ()) -> Side:
    """The features of one source or target. ``terms``: hits in a source; their targets are looked for in the target."""
    text = plain_text(coded).strip()
    targets = tuple(
        t.target.lower()
        for hit in terms
        for t in hit.terms
        if t.target and t.status in (TermStatus.PREFERRED, TermStatus.DO_NOT_TRANSLATE)
    )
    return Side(
        weight(text), figures(text), Counter(_ANCHOR.findall(text)), _ENDS.get(text[-1:], ""), text.lower(), targets
    )


def _cost(source: Side, target: Side, usual: float) -> float:
    """How badly a target fits a source: 0 is perfect, 15 or so the worst."""
    small, large = sorted((source.weight, target.weight))
    z = (math.log((target.weight + 6) / (source.weight + 6)) - usual) / (0.32 + 2.0 / (small + 4))
    cost = min(4.0, z * z / 2)
    cost += min(5.0, 1.8 * _difference(source.figures, target.figures))
    cost += min(3.0, 0.9 * _difference(source.anchors, target.anchors))
    if source.end != target.end and large > 12:
        cost += 1.2
    if source.terms:
        cost += min(3.0, 1.5 * sum(t not in target.text for t in source.terms))
    return cost


def _difference(one: Counter[str], other: Counter[str]) -> int:
    # Most are equal or empty, and subtracting counters is dear.
    return 0 if one == other else (one - other).total() + (other - one).total()


def suspects(sources: Sequence[Side], targets: Sequence[Side], gain: float = GAIN) -> frozenset[int]:
    """Positions whose targets would fit a neighbour's source clearly better, with the neighbours that this concerns.

    Texts that are alike in length and hold no figures or anchors cannot be told apart so: there it stays silent.
    """
    count = len(sources)
    if count < 2:
        return frozenset()
    usual = median(math.log((t.weight + 6) / (s.weight + 6)) for s, t in zip(sources, targets, strict=True))
    # Few texts say little of what is usual, and shifted ones say it wrongly.
    usual = max(-0.4, min(0.4, usual * count / (count + 6)))
    straight = [_cost(s, t, usual) for s, t in zip(sources, targets, strict=True)]
    found: set[int] = set()
    for step in (1, -1, 2, -2):
        crossed = {i: _cost(sources[i + step], targets[i], usual) for i in range(count) if 0 <= i + step < count}
        found |= _window([straight[i] - crossed[i] if i in crossed else 0.0 for i in range(count)], gain, step, count)
        if step == 1:
            for i in range(count - 1):
                back = _cost(sources[i], targets[i + 1], usual)
                if straight[i] + straight[i + 1] - crossed[i] - back >= gain:
                    found |= {i, i + 1}
    return frozenset(found)


def _window(gains: list[float], least: float, step: int, count: int) -> set[int]:
    """Positions of every run whose summed gain reaches ``least``, widened to where the straight reading is clearly better."""
    found: set[int] = set()
    total, start, best, end = 0.0, 0, 0.0, -1
    # The first sentinel ends a run that reaches the end, the second lets it be looked at.
    for i, value in enumerate([*gains, -1e9, 0.0]):
        if total <= 0:
            if best >= least:
                first, last = _widened(gains, start, end)
                found.update(range(max(0, first - abs(step)), min(count, last + 1 + abs(step))))
            total, start, best, end = 0.0, i, 0.0, -1
        total += value
        if total > best:
            best, end = total, i
    return found


def _widened(gains: list[float], start: int, end: int) -> tuple[int, int]:
    while start > 0 and gains[start - 1] > -CLEAR:
        start -= 1
    while end + 1 < len(gains) and gains[end + 1] > -CLEAR:
        end += 1
    return start, end
