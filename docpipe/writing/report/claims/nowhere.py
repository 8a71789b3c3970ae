"""A result beside the words of one row that no arm, statistic or set of the row has. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from docpipe.model.report import ReportFinding
from docpipe.writing.arithmetic import same_when_rounded
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.report.binding.frames import Frame, equal
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.pooled import pooled
from docpipe.writing.report.checked import Fate, Number
from docpipe.writing.report.claims.sentences import Sentence, finding, rows_named, words_near

_COUNTED = re.compile(
    r"\s*(?:[a-z-]+\s+){0,1}(?:patients?|subjects?|participants?|women|men|females?|males?)\b|\s*[(\[]\s*\d",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:week|day|month|visit|year|version|section|table|figure|listing|site|cent(?:er|re)|grade|no\.?|page|phase|part|module|item)s?\s*$",
    re.IGNORECASE,
)
_SUBSET = re.compile(
    r"\b(?:other|others|further|additional|remaining|rest|of (?:whom|which|these|those|them)|including|at least|more than|fewer than|less than|up to|per|difference|ratio|points?|times|combined|previous\w*|literature|expected|assum\w+|power|would|threshold|margin|level|version|recover\w*|resolv\w*|mild|moderate|severe|related|seriou\w*|leading|due|because|women|men|aged|older|younger|male|female|second|first|only one|range\w*|quartile\w*|between)\b",
    re.IGNORECASE,
)
"""Words that make a part, a bound or another measure of what the row counts."""
_CLAUSE = re.compile(
    r"[;:]\s|,\s+(?:and|but|while|whereas|although|as|which|who)\s|\b(?:whereas|while|whilst|than|and the)\b",
    re.IGNORECASE,
)
_PEOPLE = frozenset(("n", "pct", "share", "N"))


def nowhere(ledger: Ledger, told: Sequence[Sentence]) -> Iterator[ReportFinding]:
    """Numbers that were left without a row, where their clause names rows of the data and none of these has them in any reading."""
    for s in told:
        if s.planned or _SUBSET.search(s.text, s.start, s.end):
            continue
        for n in s.numbers:
            if n.fate is Fate.OPEN and n.reason != "subject" and _result(s, n):
                yield from _against(ledger, s, n)


def _result(s: Sentence, n: Number) -> bool:
    """The number is a count of people, a percentage or has decimals; no number of a visit, a table or a bound."""
    plain = n.text.strip()
    if plain[:1] in "<>≤≥" or _BEFORE.search(s.text[max(s.start, n.start - 14) : n.start]):
        return False
    counted = _COUNTED.match(s.text, n.end) is not None
    return plain.endswith("%") or bool(re.search(r"\d\.\d", plain)) or counted


def _against(ledger: Ledger, s: Sentence, n: Number) -> Iterator[ReportFinding]:
    value = value_of(n.text.strip("% \u00a0"))
    if value is None:
        return
    edges = [m.end() for m in _CLAUSE.finditer(s.text, s.start, s.end)]
    start = max((e for e in edges if e <= n.start), default=s.start)
    end = min((e for e in edges if e > n.end), default=s.end)
    words = words_near(s.text[start:end])
    rows = rows_named(ledger, words)
    best = max((f for f in rows if f.printed), key=lambda f: len(f.told), default=None)
    if best is None or not rows or len({f.row[-1].casefold() for f in rows if f.row}) > 1:
        return
    digits = n.text.strip().rstrip("% ")
    decimals = len(digits.partition(".")[2])
    every = [f for f in ledger.frames.all if f.labels and any(x and x <= words for x in f.labels)]
    if any(_has(ledger, f, value, decimals) for f in every) or re.search(
        rf"(?<![\d.,]){re.escape(digits.casefold())}(?![\d]|[.,]\d)", ledger.ready.planned
    ):
        return
    own = {a for m in s.named for a in m.arms} or {""}
    wanted = (
        ("pct", "share")
        if n.text.strip().endswith("%")
        else ("mean", "lsmean", "median", "estimate")
        if decimals
        else ("n",)
    )
    known = [t.fact for name in wanted for t in best.told.get(name, ()) if t.arm in own or not t.arm]
    if not known:
        return
    expected = " or ".join(dict.fromkeys(f.formatted for f in known[:4]))
    yield finding(
        "N2.value-differs",
        f"“{n.text.strip()}” is written where the data say {expected} ({best.row[-1] if best.row else best.display}).",
        s.piece,
        n.start,
        n.end,
        expected,
    )


def _has(ledger: Ledger, frame: Frame, value: Decimal, decimals: int) -> bool:
    """Some value of the row, of arms together or the sum or difference of two of its counts is the number."""
    for name, here in frame.told.items():
        if any(equal(t, value, decimals) or equal(t, -value, decimals) for t in here):
            return True
        if name in ("n", "events"):
            counts = [t.number for t in here]
            if any(value in (a + b, abs(a - b)) for a, b in combinations(counts, 2)):
                return True
    for arms in (ledger.groups.all, ledger.groups.active):
        if len(arms) > 1 and any(same_when_rounded(t.number, value, decimals) for t in pooled(frame, arms, _PEOPLE)):
            return True
    return value in set(frame.sizes.values())
