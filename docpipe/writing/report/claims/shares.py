"""Shares in words: ``about half``, ``more than a third``, ``almost all``, against the percentage beside them or of the row that they name. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from docpipe.model.report import ReportFinding
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.pooled import pooled
from docpipe.writing.report.claims.sentences import Sentence, finding, row_of, rows_named, values_of, words_near

_PARTS: dict[str, int | Decimal] = {
    "half": 50, "a third": Decimal(100) / 3, "one third": Decimal(100) / 3, "two thirds": Decimal(200) / 3, "a quarter": 25, "one quarter": 25,
    "three quarters": 75, "a fifth": 20, "one fifth": 20, "two fifths": 40, "three fifths": 60, "four fifths": 80, "a tenth": 10, "one tenth": 10,
    "one in ten": 10, "one in five": 20, "one in four": 25, "one in three": Decimal(100) / 3,
}  # fmt: skip
_NAMES = "|".join(
    sorted((re.escape(n).replace(r"\ ", "[ -]") for n in (*_PARTS, "a half", "one half")), key=len, reverse=True)
)
_SHARE = re.compile(
    rf"\b(?P<how>more than|over|above|at least|fewer than|less than|under|below|about|approximately|roughly|around|nearly|almost|just over|just under|some|close to)?\s*\b(?P<part>{_NAMES})\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?:(?P<all>almost all|nearly all|virtually all|the vast majority)|(?P<most>(?:a|the|in a slight|slight|small)\s+majority)|(?P<few>(?:a|the|in a slight|slight|small)\s+minority))\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[^.;()]{0,60}?\(\s*(?:[^()]{0,20}?[;,]\s*)?(\d+(?:\.\d+)?)\s?%")
_NOT = re.compile(r"\b(?:not|no)\s+$", re.IGNORECASE)
_LOOSE = Decimal("0.14")
"""So much of itself a share in words may be off."""


def shares(ledger: Ledger, told: Sequence[Sentence]) -> Iterator[ReportFinding]:
    """Shares in words that the percentage beside them, or every row and arm that may be meant, deny."""
    for s in told:
        if s.planned:
            continue
        for m in (*_SHARE.finditer(s.text, s.start, s.end), *_MOST.finditer(s.text, s.start, s.end)):
            low, high = _range(m)
            if _NOT.search(s.text[s.start : m.start()]) or re.match(
                r"[ -](?:life|lives|dose|hour|year|day|maxim)", s.text[m.end() :]
            ):
                continue
            known = _values(ledger, s, m)
            if known and not any(low <= v <= high for v in known):
                said = " or ".join(dict.fromkeys(f"{format(v.quantize(Decimal('0.1')), 'f')} %" for v in known[:4]))
                yield finding(
                    "N11.quantifier",
                    f"“{' '.join(m[0].split())}” is said of {said}.",
                    s.piece,
                    m.start(),
                    m.end(),
                    said,
                )


def _range(m: re.Match[str]) -> tuple[Decimal, Decimal]:
    whole = Decimal(100)
    groups = m.groupdict()
    if "part" not in groups:
        if groups["all"]:
            return Decimal(88), whole
        return (Decimal(50), whole) if groups["most"] else (Decimal(0), Decimal(50))
    part = " ".join(m["part"].casefold().replace("-", " ").split())
    middle = Decimal(_PARTS.get(part, 50))
    how = (m["how"] or "about").casefold()
    if how in ("more than", "over", "above", "at least", "just over"):
        return middle - Decimal("0.5"), min(whole, middle * Decimal("1.7"))
    if how in ("fewer than", "less than", "under", "below", "just under"):
        return middle * Decimal("0.5"), middle + Decimal("0.5")
    return middle * (1 - _LOOSE) - 1, middle * (1 + _LOOSE) + 1


def _values(ledger: Ledger, s: Sentence, m: re.Match[str]) -> list[Decimal]:
    beside = _BESIDE.match(s.text, m.end(), s.end)
    if beside is not None:
        return [Decimal(beside[1])] + [
            v for n in s.bound if n.fate.value == "bound" and (v := _own(n.text)) is not None
        ]
    near = [n for n in s.bound if n.start > m.end() and "%" in n.text and n.start - m.end() < 110]
    row = row_of(ledger, near)
    rows = [row] if row is not None else rows_named(ledger, words_near(s.text[m.end() : s.end]))
    found: list[Decimal] = []
    for frame in rows:
        name, values = values_of(frame)
        if name not in ("pct", "share"):
            return []
        arms = [a for n in s.named for a in n.arms] or [""]
        found += [values[a] for a in dict.fromkeys((*arms, "")) if a in values]
        for group in (*(n.arms for n in s.named), ledger.groups.all, ledger.groups.active):
            found += [t.number for t in pooled(frame, group, frozenset(("pct",)))] if len(group) > 1 else []
    return found


def _own(text: str) -> Decimal | None:
    m = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s?%\s*", text)
    return Decimal(m[1]) if m is not None else None
