"""``more frequent on A than on B``, ``highest on A``, ``only on A``: against the values of the arms in the row that is spoken of. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from docpipe.model.report import ReportFinding
from docpipe.writing.report.binding.frames import Frame
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.claims.sentences import (
    Named,
    Sentence,
    finding,
    row_of,
    rows_named,
    values_of,
    words_near,
)

_UP = r"higher|greater|larger|more (?:frequent(?:ly)?|common(?:ly)?|often|patients|subjects|participants|events)|more|longer|older|heavier"
_DOWN = r"lower|smaller|fewer|less (?:frequent(?:ly)?|common(?:ly)?|often)|less|shorter|younger|lighter|rarer"
_THAN = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?P<gap>[^.;]{{0,140}}?)\b(?:than|compared (?:with|to)|versus|vs\.?)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\s+(?:\w+\s+){0,2}(?:differences?|increases?|decreases?|changes?|reductions?|gaps?|imbalances?|excess|margins?)\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?:(?P<up>highest|greatest|largest|most (?:frequent(?:ly)?|common(?:ly)?|often))|(?P<down>lowest|smallest|least (?:frequent(?:ly)?|common(?:ly)?|often)))\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only|exclusively|solely|confined to|limited to|restricted to)\b", re.IGNORECASE)
_BY = re.compile(r"\d\s*(?:[^\W\d][\w/²%-]*\s+|%\s*){0,2}$")
"""An amount before a comparison: a difference is told, not a direction of the values."""
_TO_ARM = re.compile(
    r"\b(?:on|in|under|with|for|among|by)\s+(?:the\s+|patients\s+(?:on|in|under|with)\s+)?$", re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:no|not|neither|nor|never|than expected)\W+(?:\w+\W+){0,2}$|\b(?:not|n['’]t)\b[^,;]{0,30}$", re.IGNORECASE
)
_CLAUSE = re.compile(r";\s|,\s+(?:and|but|while|whereas|although)\s|:\s|\b(?:whereas|while|whilst)\b", re.IGNORECASE)
_VALUES = ("pct", "share", "mean", "lsmean", "n", "median", "events")
_GENERIC = stems(
    "incidence rate frequency proportion percentage overall reported recorded observed seen occurred common frequent frequently commonly often more less"
    " higher lower highest lowest greater smaller patients subjects participants treatment group dose study was were than compared with under either both"
    " least most only also again too likewise change baseline score mean value event adverse large small larger effect effect was"
)
"""Words of a comparison that say nothing of what is compared."""
_LINK = re.compile(
    r"\s*(?:(?:reported|seen|observed|recorded|noted|found)\s+)?(?:(?:on|in|under|with|for|among|by|to)\s+)?(?:the\s+|(?:patients|subjects|participants)\s+(?:on|in|under|with|receiving)\s+(?:the\s+)?)?",
    re.IGNORECASE,
)


def directions(ledger: Ledger, told: Sequence[Sentence]) -> Iterator[ReportFinding]:
    """Comparisons that the values of every row that may be meant deny."""
    for s in told:
        if s.planned or len(ledger.groups.all) < 2:
            continue
        yield from _than(ledger, s)
        yield from _most(ledger, s)
        yield from _only(ledger, s)


def _rows(ledger: Ledger, s: Sentence, start: int, end: int) -> list[Frame]:
    """The row of the clause's bound numbers, else all rows that its words name."""
    inside = [n for n in s.bound if start <= n.start < end and n.facts[0].statistic in _VALUES]
    row = row_of(ledger, inside)
    if row is not None and len({n.facts[0].row for n in inside}) == 1:
        return [row] if values_of(row)[0] else []
    if inside:
        return []
    words = words_near(_bare(s, start, end))
    rows = [f for f in rows_named(ledger, words) if values_of(f)[0]]
    label = frozenset().union(*(x for f in rows for x in f.labels))
    return rows if len(words - label - _GENERIC) <= 1 else []


def _bare(s: Sentence, start: int, end: int) -> str:
    """A stretch of the sentence without the names of arms."""
    text = s.text[start:end]
    for n in reversed(s.named):
        if start <= n.start and n.end <= end:
            text = f"{text[: n.start - start]} {text[n.end - start :]}"
    return text


def _clause(s: Sentence, at: int) -> tuple[int, int]:
    """The clause around a place: names and comparison have to stand in it."""
    edges = [m.end() for m in _CLAUSE.finditer(s.text, s.start, s.end)]
    start = max((e for e in edges if e <= at), default=s.start)
    end = min((m.start() for m in _CLAUSE.finditer(s.text, at, s.end)), default=s.end)
    return start, end


def _than(ledger: Ledger, s: Sentence) -> Iterator[ReportFinding]:
    for m in _THAN.finditer(s.text, s.start, s.end):
        word = m["up"] or m["down"]
        if (
            _NOT.search(s.text[max(s.start, m.start() - 40) : m.start()])
            or re.match(r"\s+\d", s.text[m.end() :])
            or re.match(r"\s+than\s+\d", m[0][len(word) :])
        ):
            continue
        start, end = _clause(s, m.start())
        end = max(end, m.end() + 60) if end < m.end() else end
        right = [n for n in s.named if m.end() <= n.start < end]
        left = [n for n in s.named if start <= n.start < m.end() and n.end <= m.end()]
        if not right or not left or len(left) > 2:
            continue
        near = [n for n in left if n.start > m.start()] or left[-1:]
        a, b = near[-1].arms, _joined(s.text, right)
        if set(a) & set(b) or not a or not b or len(a) == len(ledger.groups.all):
            continue
        rows = _rows(ledger, s, start, end)
        if rows and all(_denied(f, a, b, bool(m["up"])) for f in rows):
            yield _found(s, m.start(), m.start() + len(word), word, rows[0], (*a, *b))


def _joined(text: str, named: Sequence[Named]) -> tuple[str, ...]:
    """The arms of the first name and of those that follow it with ``or`` or ``and``."""
    arms = list(named[0].arms)
    for one, other in pairwise(named):
        if not re.fullmatch(
            r"\s*(?:\([^()]*\)\s*)?(?:or|and|,)\s*(?:on |in |under |with )?(?:the )?", text[one.end : other.start]
        ):
            break
        arms += other.arms
    return tuple(dict.fromkeys(arms))


def _denied(frame: Frame, a: Sequence[str], b: Sequence[str], up: bool) -> bool:
    """No value of the first arms lies beyond any of the second in the direction said, nor do both together."""
    _, values = values_of(frame)
    if any(x not in values for x in (*a, *b)):
        return False
    pairs = [(values[x], values[y]) for x in a for y in b]
    return all(x <= y if up else x >= y for x, y in pairs) and any(x != y for x, y in pairs)


def _most(ledger: Ledger, s: Sentence) -> Iterator[ReportFinding]:
    for m in _MOST.finditer(s.text, s.start, s.end):
        if _CHANGE.match(s.text[m.end() : s.end]):
            continue  # a difference is not one of the values
        if _NOT.search(s.text[max(s.start, m.start() - 20) : m.start()]):
            continue
        start, end = _clause(s, m.start())
        ahead = [n for n in s.named if m.end() <= n.start < min(end, m.end() + 80) and len(n.arms) == 1]
        gap = s.text[m.end() : ahead[0].start] if ahead else ""
        named = m[0].casefold().startswith(("most", "least"))
        if (
            not ahead
            or _TO_ARM.search(gap) is None
            or re.search(r"\b(?:than|followed|after)\b|[\d:,]", gap)
            or (named and len(gap) > 16)
        ):
            continue
        arm = ahead[0].arms[0]
        rows = _rows(ledger, s, start, s.end) or _rows(ledger, s, start, end)
        if rows and all(_not_first(f, arm, bool(m["up"])) for f in rows):
            yield _found(s, m.start(), m.end(), m[0], rows[0], ledger.groups.all)


def _not_first(frame: Frame, arm: str, up: bool) -> bool:
    _, values = values_of(frame)
    others = [v for a, v in values.items() if a and a != arm]
    return arm in values and bool(others) and (values[arm] < max(others) if up else values[arm] > min(others))


def _only(ledger: Ledger, s: Sentence) -> Iterator[ReportFinding]:
    for m in _ONLY.finditer(s.text, s.start, s.end):
        ahead = next((n for n in s.named if m.end() <= n.start <= m.end() + 40), None)
        behind = next((n for n in reversed(s.named) if n.end <= m.start() <= n.end + 12), None)
        place = ahead if ahead is not None and _LINK.fullmatch(s.text[m.end() : ahead.start]) else None
        if (
            place is None
            and behind is not None
            and re.fullmatch(r"\s*(?:groups?|arms?|dose)?\s*", s.text[behind.end : m.start()])
        ):
            place = behind
        if place is None or not place.arms or len(place.arms) == len(ledger.groups.all):
            continue
        start, end = _clause(s, m.start())
        rows = _rows(ledger, s, start, end)
        if rows and all(_elsewhere(f, place.arms) for f in rows):
            yield _found(
                s, m.start(), place.end if place.start > m.start() else m.end(), "only", rows[0], ledger.groups.all
            )


def _elsewhere(frame: Frame, arms: Sequence[str]) -> bool:
    """Another arm has as many or none of these has any, where counts are told."""
    counts = {t.arm: t.number for t in frame.told.get("n", ()) if t.arm}
    others = [v for a, v in counts.items() if a not in arms]
    return (
        bool(others)
        and all(a in counts for a in arms)
        and max(others) > 0
        and max(others) >= max(counts[a] for a in arms)
    )


def _found(s: Sentence, start: int, end: int, word: str, frame: Frame, arms: Sequence[str]) -> ReportFinding:
    name, values = values_of(frame)
    said = ", ".join(f"{a}: {_shown(values[a])}" for a in dict.fromkeys(arms) if a in values)
    row = frame.row[-1] if frame.row else frame.display
    return finding(
        "N10.direction", f"“{word}” is said where the data have {said} ({row}, {name}).", s.piece, start, end, said
    )


def _shown(value: Decimal) -> str:
    return format(value.quantize(Decimal("0.01")).normalize(), "f")
