"""Findings of the fact checks with both sides of what they say. Imports the core only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from docpipe.model.fact import Fact
from docpipe.model.finding import Finding, Severity
from docpipe.model.source import Place


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding with what stands against what. ``expected``: what the other side says, with its ``formula``, or ""."""

    finding: Finding
    shown: tuple[Fact, ...]
    expected: str = ""
    formula: str = ""
    places: tuple[Place, ...] = ()


def evidence(
    check: str, severity: Severity, message: str, shown: Iterable[Fact], expected: str = "", formula: str = ""
) -> Evidence:
    """A finding on some facts; its places are theirs."""
    facts = tuple(shown)
    places = tuple(dict.fromkeys(p for f in facts for p in f.places))
    return Evidence(Finding(check, severity, message, suggestion=expected), facts, expected, formula, places)


def said_of(fact: Fact) -> str:
    """A fact's name for people: ``14-5.01, NAUSEA, Placebo, n``."""
    parts = (fact.display, " / ".join(fact.row), fact.arm or "all arms", fact.statistic)
    return ", ".join(p for p in parts if p)


def number_of(fact: Fact) -> tuple[str, Decimal] | None:
    """A fact's relation and number; None for words such as NE."""
    text = fact.raw
    relation = next((r for r in ("<=", ">=", "<", ">") if text.startswith(r)), "")
    try:
        return relation, Decimal(text[len(relation) :])
    except InvalidOperation:
        return None


def exact_number(fact: Fact | None) -> Decimal | None:
    """A fact's number where it is no bound; None otherwise."""
    said = number_of(fact) if fact is not None else None
    return said[1] if said is not None and not said[0] else None
