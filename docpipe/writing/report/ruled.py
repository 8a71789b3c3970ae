"""Lists whose rule a report states (at least 5%, more than 2 subjects, in order of the highest incidence) against the rows that the rule gives.

Imports the core and its room. A list without a stated rule is left alone: nobody can know what belongs to it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.derive import exact_share
from docpipe.writing.evidence import exact_number
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.report.checked import Checked

_LEAST = re.compile(
    r"(?P<word>≥|>=|>|\bat least|\bmore than|\bexceeding|\bover|\bgreater than(?: or equal to)?)\s*(?P<number>\d+(?:\.\d+)?|two|three|four|five|ten)\s*(?P<unit>%|percent|(?:subjects|patients|participants)\b)"
    r"|(?<![\d.])(?P<number2>\d+(?:\.\d+)?|two|three|four|five|ten)\s*(?P<unit2>%|percent|(?:subjects|patients|participants)\b)? or more\b(?P<unit3> (?:subjects|patients|participants|percent|%))?",
    re.IGNORECASE,
)
_HIGHEST = re.compile(
    r"\bin (?:descending |decreasing )?order of (?:the |their )?(?:highest|largest|greatest) (?:incidence|frequency|percentage)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\b(?:were|was|are|included|including|namely|comprised|comprising)\b|:", re.IGNORECASE)
_BACK = re.compile(r"\b(?:these|those|the terms?|they|such)\b", re.IGNORECASE)
_TOTAL = re.compile(r"\boverall\b|\bin total\b|\ball (?:groups|arms|subjects|patients)\b", re.IGNORECASE)
_ANY_ARM = re.compile(
    r"\b(?:any|either|one|each)(?: of the)? (?:\w+ ){0,2}(?:groups?|arms?)\b|\bin any\b", re.IGNORECASE
)
_EXAMPLES = re.compile(
    r"\b(?:such as|e\.g\.|for example|among (?:them|these|others)|including|mainly)\b", re.IGNORECASE
)
_SUM = re.compile(r"^(?:any|total|at least|overall|all|number of|subjects|n)\b|\bany\b|^missing$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z])")
_FEWEST = 3
_Row = tuple[str, ...]
_Home = tuple[str, int, str, str]
"""Display, depth of the rows, analysis set, window."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What belongs to a list. ``least``: the smallest value that does, or more than it; None where only the order is stated."""

    least: Decimal | None
    above: bool
    statistic: str
    arms: str
    """``any``, ``total`` or "" where it is not said."""

    def takes(self, value: Decimal) -> bool:
        """The value reaches the threshold."""
        return self.least is not None and (value > self.least if self.above else value >= self.least)


def ruled(checked: Checked) -> Iterator[ReportFinding]:
    """Findings on lists that leave out a row which their rule takes in."""
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) or piece.table >= 0:
            continue
        if not (_LEAST.search(piece.text) or _HIGHEST.search(piece.text)):
            continue
        before = ""
        at = 0
        for said in _SENTENCE.split(piece.text):
            start = piece.text.index(said, at)
            at = start + len(said)
            rule = _rule(said) or (_rule(before) if _BACK.search(said) else None)
            threshold = _rule(before)
            if rule is not None and rule.least is None and threshold is not None and _BACK.search(said):
                rule = threshold  # the order of what a sentence before has taken in
            if rule is not None and (found := _against(checked, piece, said, start, rule)) is not None:
                yield found
            before = said


def _rule(said: str) -> _Rule | None:
    m = _LEAST.search(said)
    arms = "any" if _ANY_ARM.search(said) else "total" if _TOTAL.search(said) else ""
    if m is not None:
        number = value_of(m["number"] or m["number2"])
        unit = (m["unit"] or m["unit2"] or m["unit3"] or "").strip().casefold()
        if number is not None and unit:
            word = (m["word"] or "").casefold()
            above = word in (">", "more than", "exceeding", "over", "greater than")
            return _Rule(number, above, "pct" if unit in ("%", "percent") else "n", arms)
    if _HIGHEST.search(said) and arms:
        return _Rule(None, False, "pct", arms)
    return None


def _against(checked: Checked, piece: Piece, said: str, start: int, rule: _Rule) -> ReportFinding | None:
    lead = _LEAD.search(said)
    if lead is None or _EXAMPLES.search(said):
        return None
    labels, homes = kept(_homes, checked.facts)
    region = _unbracketed(said[lead.end() :])
    named, rest = _named(region, labels)
    votes: Counter[_Home] = Counter(h for label in named for h in labels[label])
    most = max(votes.values(), default=0)
    others = [x for x in re.split(r"[,;]|\band\b", rest) if x.strip(" .")]
    if most < _FEWEST or most < 0.7 * (len(named) + len(others)):
        return None
    cited = {number_of_display(d) for d in checked.card.displays if d and d in piece.text}
    best = [h for h, n in votes.items() if n == most]
    best = [h for h in best if number_of_display(h[0]) in cited] or best
    missing = [_missing(homes[h], set(named), rule, checked.card.arms, piece.text) for h in best]
    wrong = [m for m in missing if m]
    if len(wrong) < len(missing) or not wrong or min(map(len, wrong)) > max(1, len(named) // 3):
        return None
    left = min(wrong, key=len)
    last = max((named[x] for x in named), key=lambda p: p[0])
    a, b = start + lead.end() + last[0], start + lead.end() + last[1]
    expected = ", ".join(dict.fromkeys(r[-1] for r in left[:3]))
    return ReportFinding(
        "N13.list-complete", Severity.CRITICAL, f"The list leaves out what its rule takes in: {expected}.", piece.id, piece.location,
        piece.text[a:b], a, b, expected,
    )  # fmt: skip


def _missing(
    rows: Mapping[_Row, Sequence[Fact]], named: set[str], rule: _Rule, arms: Sequence[str], text: str
) -> list[_Row]:
    """Rows that the rule takes in, under every way to read it, and that the list has not."""
    found = []
    values = {row: _value(facts, rule, arms) for row, facts in rows.items()}
    inside = [v for row, v in values.items() if v is not None and row[-1].casefold() in named]
    if rule.least is None and len(inside) < 2:
        return []
    for row, value in values.items():
        label = row[-1].casefold()
        if value is None or label in named or re.search(rf"\b{re.escape(label)}\b(?! and\b)", _others(text, named)):
            continue
        if rule.takes(value) if rule.least is not None else value > min(inside):
            found.append(row)
    return found


def _others(text: str, named: set[str]) -> str:
    """The text without the labels that were found in it, so that a shorter label is not seen in a longer one."""
    out = text.casefold()
    for label in sorted(named, key=len, reverse=True):
        out = out.replace(label, " ")
    return out


def _value(facts: Sequence[Fact], rule: _Rule, arms: Sequence[str]) -> Decimal | None:
    """The value that decides: the largest of an arm, or that of all arms, which no arm's largest share is below."""
    given = arms if rule.arms == "any" else ("",)
    found = [v for a in given if (v := _of_arm(facts, a, rule.statistic)) is not None]
    return max(found, default=None)


def _of_arm(facts: Sequence[Fact], arm: str, statistic: str) -> Decimal | None:
    if statistic == "pct":
        return exact_share(facts, arm)
    return next((n for f in facts if f.arm == arm and f.statistic == statistic and (n := exact_number(f)) is not None), None)  # fmt: skip


def _homes(facts: FactStore) -> tuple[Mapping[str, frozenset[_Home]], Mapping[_Home, Mapping[_Row, list[Fact]]]]:
    """Tables by the labels of their rows that hold counts, and the rows of each."""
    homes: dict[_Home, dict[_Row, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    labels: dict[str, set[_Home]] = defaultdict(set)
    for fact in facts:
        if fact.row and fact.statistic in ("n", "pct") and len(fact.row[-1]) > 3 and not _SUM.search(fact.row[-1]):
            home = (fact.display, len(fact.row), fact.population, fact.window)
            homes[home][fact.row].append(fact)
            labels[fact.row[-1].casefold()].add(home)
    return {k: frozenset(v) for k, v in labels.items()}, homes


def _named(region: str, labels: Mapping[str, frozenset[_Home]]) -> tuple[dict[str, tuple[int, int]], str]:
    """Labels that stand in a list as items, the longest first, with their places; and the list without them."""
    text = region.casefold()
    words = set(re.findall(r"[^\W\d_]{3,}", text))
    found: dict[str, tuple[int, int]] = {}
    for label in sorted((x for x in labels if x in text), key=len, reverse=True):
        own = re.findall(r"[^\W\d_]{3,}", label)
        if not own or not set(own) <= words:
            continue
        m = re.search(rf"(?:^|[,;:]|\band|\bor)\s*(?:the )?({re.escape(label)})(?=\s*(?:[,;.]|and\b|or\b|$))", text)
        if m is not None:
            found[label] = (m.start(1), m.end(1))
            text = text[: m.start(1)] + " " * (m.end(1) - m.start(1)) + text[m.end(1) :]
    return found, text


def _unbracketed(text: str) -> str:
    """A text with what stands in brackets as spaces."""
    out, depth = [], 0
    for c in text:
        depth += c in "(["
        out.append(" " if depth else c)
        depth -= c in ")]" and depth > 0
    return "".join(out)
