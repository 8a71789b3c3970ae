"""The second look: which translated pairs are at risk, what a second prompt is asked of them, and what its answer says. Imports the core and its room.

Errors are told after MQM (themqm.org: category, severity, place). They are advice for a person: nothing here changes a target.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from docpipe.llm.reply import read_items
from docpipe.model.canonical import canonical_json
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.language import primary, spaceless
from docpipe.model.segment import SegmentId

__all__ = [
    "CHECK",
    "TITLES",
    "Flaw",
    "Looked",
    "Pair",
    "Risk",
    "findings_of_look",
    "look_text",
    "read_back_texts",
    "read_look",
    "risk_of",
]

CHECK = "second_look"
"""Begins the check id of its findings."""
_STAKES = Path(__file__).with_name("stakes.toml")
STAKE, FIGURE, PLACE = (
    "dosing, criteria or safety",
    "a number or a negation in it",
    "in a section on dosing, criteria or safety",
)
SHOWN = (STAKE, FIGURE, PLACE)
"""Reasons that a pair's own words or its section show: they are for people."""
_WEIGHTS = {Severity.CRITICAL: 0.6, Severity.MAJOR: 0.4, Severity.MINOR: 0.15}
_NOT = {
    "en": ("not", "no", "without", "never", "unless"), "de": ("nicht", "kein", "ohne", "nie"), "es": ("no", "sin", "nunca"),
    "fr": ("ne", "pas", "sans", "jamais"), "it": ("non", "senza", "mai"), "pt": ("não", "sem", "nunca"),
}  # fmt: skip
_AMOUNT = re.compile(
    r"\d\s?(?:mg|µg|μg|mcg|ng|kg|g(?!-)|mL|ml|IU|UI|I\.E\.|U|mmol|MBq|Gy|毫克|微克|毫升|克|国际单位|ミリグラム)(?![A-Za-z])"
)
"""An amount of a substance: what a dose is written as."""
CATEGORIES = ("mistranslation", "omission", "addition", "untranslated", "terminology", "linguistic", "style", "locale")
TITLES = {f"{CHECK}.{c}": f"Second look: {c}" for c in CATEGORIES} | {f"{CHECK}.not_done": "No second look"}
"""Short titles of its findings by id."""


@dataclass(frozen=True, slots=True)
class Risk:
    """How much a pair wants a second look, 0 to 1, and why: words that name no document text."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair to be looked at. ``source`` and ``target``: as ``spaced_text`` gives them."""

    segment: SegmentId
    source: str
    target: str
    risk: Risk
    section: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """An error that the look names. ``source`` and ``target``: the words in question; ``fix``: in place of ``target``, or ""."""

    category: str
    severity: str
    source: str
    target: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What an answer says of the pairs that it names. ``whole``: it was complete."""

    flaws: Mapping[SegmentId, tuple[Flaw, ...]]
    whole: bool


@lru_cache(maxsize=1)
def _stakes() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(_STAKES.read_text("utf-8"))
    return {language: tuple(w.replace("_", " ") for w in words.split()) for language, words in table.items()}


def _of_consequence(text: str, language: str) -> bool:
    begin = "" if spaceless(language) else " "
    padded = begin + " ".join(text.casefold().replace("(", " ").split())
    return bool(_AMOUNT.search(text)) or any(begin + word in padded for word in _stakes().get(primary(language), ()))


def risk_of(
    source: str,
    language: str,
    *,
    section: str = "",
    findings: Sequence[Severity] = (),
    asked_again: bool = False,
    fallback: bool = False,
) -> Risk:
    """The risk of a pair that a model made. ``section``: headings above it; ``findings``: open ones; ``asked_again``: its first answer was refused."""
    score, reasons = 0.0, []
    if findings:
        score += min(0.7, sum(_WEIGHTS[f] for f in findings))
        reasons.append("open findings")
    if asked_again:
        score += 0.3
        reasons.append("the first answer was refused")
    if fallback:
        score += 0.3
        reasons.append("another model answered")
    if _of_consequence(source, language):
        score += 0.3
        reasons.append(STAKE)
        words = source.casefold().split()
        if any(c.isdigit() for c in source) or any(w in words for w in _NOT.get(primary(language), ())):
            score += 0.15
            reasons.append(FIGURE)
    elif section and _of_consequence(section, language):
        score += 0.2
        reasons.append(PLACE)
    return Risk(round(min(1.0, score), 2), tuple(reasons))


def look_text(
    pairs: Sequence[Pair], source_language: str, target_language: str, terms: Sequence[tuple[str, str]] = ()
) -> str:
    """The user part of the request: pairs by ids local to it (``p1`` …); a section is said where it begins."""
    rows: list[dict[str, Any]] = []
    section = ""
    for n, pair in enumerate(pairs, 1):
        row: dict[str, Any] = {"id": f"p{n}", "source": pair.source, "target": pair.target}
        if pair.section != section:
            row["section"] = section = pair.section
        if told := [reason for reason in pair.risk.reasons if reason not in SHOWN]:
            row["risk"] = "; ".join(told)
        rows.append(row)
    task: dict[str, Any] = {"from": source_language, "to": target_language}
    if terms:
        task["terms"] = [{"source": s, "use": t} for s, t in dict.fromkeys(terms)]
    return canonical_json(task | {"pairs": rows})


def read_look(reply: str, pairs: Sequence[Pair]) -> Looked:
    """What the reply says; ids that were not asked and flaws of a wrong form are passed over."""
    rows, whole = read_items(reply, "looked", lambda row: row if isinstance(row, dict) else None)
    names = {f"p{n}": pair.segment for n, pair in enumerate(pairs, 1)}
    found: dict[SegmentId, tuple[Flaw, ...]] = {}
    for row in rows:
        errors = row.get("errors")
        if row.get("id") in names and isinstance(errors, list):
            flaws = (f for e in errors if (f := _flaw(e)) is not None)
            found.setdefault(names[row["id"]], tuple(flaws))
    return Looked(found, whole and len(found) == len(pairs))


def _flaw(row: object) -> Flaw | None:
    if not isinstance(row, dict):
        return None
    texts = [row.get(k) for k in ("category", "severity", "source", "target", "why", "fix")]
    if not all(isinstance(t, str) for t in texts) or texts[0] not in CATEGORIES:
        return None
    severity = texts[1] if texts[1] in ("minor", "major", "critical") else "major"
    return Flaw(str(texts[0]), severity, *(str(t) for t in texts[2:]))


def findings_of_look(flaws: Sequence[Flaw], source: str, target: str) -> list[Finding]:
    """The flaws as findings on a pair; at most major, since they are a model's opinion and blocking is for what can be proved.

    A flaw whose words do not stand in the pair has no place; a fix without a place is told in the message alone.
    """
    found = []
    for f in flaws:
        place = _span(target, f.target)
        suggestion = f.fix if place is not None and f.fix != f.target else ""
        said = f"Second look, {f.severity} {f.category}: {' '.join(f.why.split())[:300]}"
        if f.fix and not suggestion and f.fix != f.target:
            said += f" Suggested: {' '.join(f.fix.split())[:300]}"
        severity = Severity.MINOR if f.severity == "minor" else Severity.MAJOR
        found.append(Finding(f"{CHECK}.{f.category}", severity, said, _span(source, f.source), place, suggestion))
    return found


def _span(text: str, words: str) -> Span | None:
    at = text.find(words) if words.strip() else -1
    return None if at < 0 or text.find(words, at + 1) >= 0 else (at, at + len(words))


def back_text(texts: Mapping[str, str], source_language: str, target_language: str) -> str:
    """The user part of a request to translate targets back; ids as given."""
    rows = [{"id": name, "text": text} for name, text in texts.items()]
    return canonical_json({"from": target_language, "to": source_language, "texts": rows})


def read_back_texts(reply: str) -> dict[str, str]:
    """The texts of such a reply, by id."""
    rows, _ = read_items(reply, "texts", lambda row: row if isinstance(row, dict) else None)
    return {str(r["id"]): r["text"] for r in rows if isinstance(r.get("id"), str) and isinstance(r.get("text"), str)}
