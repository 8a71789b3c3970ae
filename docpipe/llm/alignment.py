"""Whether texts of a reply stand under their neighbours' ids: a shift that well-formed ids hide. Imports the core and its room.

After the length-based alignment of Gale and Church (1993), with figures, names, punctuation, cognates and sentence ends beside length:
the reply as it stands is compared with the same reply shifted by one or two, window by window, and with texts exchanged. Where the
comparison is clear there is a suspicion, where it is silent a doubt.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from docpipe.llm.figures import figures
from docpipe.llm.lexicon import Lexicon, tokens
from docpipe.llm.verdict import weight
from docpipe.model.inline import CodedText, plain_text
from docpipe.model.terms import TermHit, TermStatus

__all__ = ["Side", "Standing", "side_of", "standing"]

GAIN = 4.5
"""How much better (in natural log-likelihood, about) a moved reading must fit before it is suspected."""

SURE = 0.5
"""How much worse every moved reading must fit for an answer to be beyond doubt: below it, the moved one may be the true one."""

SURE_OF_RUN = -0.5
"""The same for a run that nothing closes: texts moved to the end of the reply, whose last one was lost."""

LONGEST_CYCLE = 4
"""Texts of a window that may have changed places among themselves."""

CLEAR = 1.5
"""How much better the straight reading of one text must fit to bound a suspected stretch."""

WORD = 1.6
"""What a word of the lexicon counts."""

_ANCHOR = re.compile(r"(?<![A-Za-z])[A-Z]{2,}[A-Za-z]?(?![a-z])|[A-Za-z]+\d[\w-]*|[≤≥±<>=%℃°]")
_NAME = re.compile(r"(?<![A-Za-z])[A-Za-zÀ-ÿ]{5,}")
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
_MARKS = {"(": "(", "（": "(", "[": "(", "【": "(", "?": "?", "？": "?", ":": ":", "：": ":", ";": ";", "；": ";", "/": "/", "“": "“", "\"": "“", "「": "“", "«": "“", "„": "“"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """What of a text survives translation."""

    weight: float
    figures: Counter[str]
    anchors: Counter[str]
    marks: Counter[str]
    stems: frozenset[str]
    words: frozenset[str]
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
        weight(text), figures(text), Counter(_ANCHOR.findall(text)), Counter(_MARKS[c] for c in text if c in _MARKS),
        frozenset(w[:5].lower() for w in _NAME.findall(text)), tokens(text), _ENDS.get(text[-1:], ""), text.lower(), targets,
    )  # fmt: skip


def _cost(source: Side, target: Side, usual: float) -> float:
    """How badly a target fits a source: 0 is perfect, 15 or so the worst."""
    small, large = sorted((source.weight, target.weight))
    z = (math.log((target.weight + 6) / (source.weight + 6)) - usual) / (0.32 + 2.0 / (small + 4))
    cost = min(4.0, z * z / 2)
    cost += min(5.0, 1.8 * _difference(source.figures, target.figures))
    cost += min(3.0, 0.9 * _difference(source.anchors, target.anchors))
    cost += min(2.4, 0.8 * _difference(source.marks, target.marks))
    if source.end != target.end and large > 12:
        cost += 1.2
    if source.terms:
        cost += min(3.0, 1.5 * sum(t not in target.text for t in source.terms))
    if source.stems and target.stems:
        # Names and words of one root: protocol and Protokoll have the beginning in common more often than not.
        cost -= min(3.0, 0.9 * len(source.stems & target.stems))
    return cost


def _difference(one: Counter[str], other: Counter[str]) -> int:
    # Most are equal or empty, and subtracting counters is dear.
    return 0 if one == other else (one - other).total() + (other - one).total()


@dataclass(frozen=True, slots=True)
class Standing:
    """Positions of a reply: ``suspects`` would fit elsewhere clearly better, ``doubtful`` about as well."""

    suspects: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()


def standing(sources: Sequence[Side], targets: Sequence[Side], *, troubled: bool = False) -> Standing:
    """How the answers of a reply stand. ``troubled``: something else is wrong with the reply, which makes a shift likelier."""
    count = len(sources)
    if count < 2:
        return Standing()
    usual = median(math.log((t.weight + 6) / (s.weight + 6)) for s, t in zip(sources, targets, strict=True))
    # Few texts say little of what is usual, and shifted ones say it wrongly.
    usual = max(-0.4, min(0.4, usual * count / (count + 6)))
    known: dict[tuple[int, int], float] = {}

    def cost(i: int, j: int) -> float:
        """Of source ``i`` with target ``j``."""
        if (i, j) not in known:
            known[i, j] = _cost(sources[i], targets[j], usual)
        return known[i, j]

    suspects = _suspects(cost, count, GAIN - 1.0 if troubled else GAIN)
    doubtful = _doubtful(cost, sources, targets, SURE + 3.0 if troubled else SURE)
    if troubled:
        doubtful |= _open_runs(cost, count, SURE_OF_RUN + 2.0)
    else:
        doubtful |= _open_runs(cost, count, SURE_OF_RUN)
    return Standing(frozenset(suspects), frozenset(doubtful - suspects))


def _suspects(cost: Callable[[int, int], float], count: int, gain: float) -> set[int]:
    straight = [cost(i, i) for i in range(count)]
    found: set[int] = set()
    for step in (1, -1, 2, -2):
        gains = [straight[i] - cost(i + step, i) if 0 <= i + step < count else 0.0 for i in range(count)]
        found |= _window(gains, gain, step, count)
        if step > 0:
            for i in range(count - step):
                j = i + step
                if straight[i] + straight[j] - cost(j, i) - cost(i, j) >= gain:
                    found |= {i, j}
    return found


def _doubtful(
    cost: Callable[[int, int], float], sources: Sequence[Side], targets: Sequence[Side], sure: float
) -> set[int]:
    """Positions in windows whose texts may have changed places: no moved reading of them is worse by ``sure``."""
    count = len(sources)
    lexicon: Lexicon | None = None
    found: set[int] = set()
    for length in range(2, min(LONGEST_CYCLE, count) + 1):
        for start in range(count - length + 1):
            window = range(start, start + length)
            straight = sum(cost(i, i) for i in window)
            for by in {1, length - 1, 2} if length > 3 else {1, length - 1}:
                moved = sum(cost(i, start + (i - start + by) % length) for i in window)
                least = sure
                if moved - straight >= least:
                    continue
                if length == 2:
                    lexicon = lexicon or Lexicon([s.words for s in sources], [t.words for t in targets])
                    if moved - straight + WORD * lexicon.evidence(start, start + 1) >= least:
                        continue
                found.update(window)
    for i in range(count - 2):
        gain = cost(i + 2, i) + cost(i, i + 2) - cost(i, i) - cost(i + 2, i + 2)
        if gain < sure:
            lexicon = lexicon or Lexicon([s.words for s in sources], [t.words for t in targets])
            if gain + WORD * lexicon.evidence(i, i + 2) < sure:
                found |= {i, i + 2}
    return found


def _open_runs(cost: Callable[[int, int], float], count: int, sure: float) -> set[int]:
    """Runs to the end of the reply whose texts may stand one or two too far down or up."""
    found: set[int] = set()
    for step in (1, -1, 2, -2):
        total = 0.0
        for i in range(count - 1, 0, -1):
            if not 0 <= i + step < count:
                continue
            total += cost(i + step, i) - cost(i, i)
            if total < sure and count - i >= 2:
                found.update(range(max(0, i - 1), count))
    return found


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
