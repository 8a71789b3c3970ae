"""Displays by what they are about: words of their titles, never their numbers. Imports its room only.

A display without a single number (a shell) is about nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docpipe.writing.evidence import number_of
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.study import StudyData

ABOUT = {
    "sets": r"analysis (?:data )?sets?\b|analysis populations?|(?:summary|number) of populations|populations? (?:analy[sz]ed|summary)|data ?sets? analy[sz]ed",
    "deviations": r"protocol (?:deviation|violation)|\bdeviations?\b",
    "demographics": r"demograph|baseline characteristic",
    "compliance": r"complian|adheren",
    "exposure": r"exposure|extent of|duration of (?:treatment|dosing)|dos(?:e|ing) (?:received|summary|intensity)|study drug admin",
    "disposition": r"disposition|end of study|study completion|completion status|discontinu|withdraw\w*|early terminat|subject status",
    "sites": r"\bby (?:study )?(?:site|cent(?:er|re)|investigator|country)",
    "history": r"medical history|concomitant (?:illness|disease)",
    "medication": r"(?:concomitant|prior|previous) (?:medication|therap|treatment)",
    "events": r"adverse event|\bteaes?\b|\bsaes?\b|\baes?\b|\bdeaths?\b",
    "measurements": r"laborator|\blab\b|vital sign|\becg\b|electrocardiogra|h(?:a)?ematolog|chemistry|urinalys|hy'?s law|blood pressure|\bweight change",
}  # fmt: skip
"""What titles say, in the order in which they are asked."""
_PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in ABOUT.items()}


def subject_of(title: str) -> str:
    """What a title is about, by these names; "" where none of them is meant (an endpoint, it may be).

    Adverse events come first: one that leads to discontinuation is no disposition.
    """
    if _PATTERNS["events"].search(title):
        return "events"
    if _PATTERNS["measurements"].search(title):
        return "measurements"
    return next((name for name, words in _PATTERNS.items() if words.search(title)), "")


def displays_about(study: StudyData, *subjects: str) -> list[DisplayFacts]:
    """Displays with numbers whose titles say one of these subjects; those that are about it first before those that are also about it."""
    found = [d for d in study.shown if has_numbers(d)]
    first = [d for d in found if subject_of(d.display.title) in subjects]
    others = [d for d in found if d not in first and subject_of(d.display.title) not in ("", "events", "measurements")]
    return first + [d for d in others if any(_PATTERNS[s].search(d.display.title) for s in subjects)]


def has_numbers(shown: DisplayFacts) -> bool:
    """The display states values, and is no empty shell."""
    return any(f.row and number_of(f) is not None for f in shown.facts)


def first(found: Iterable[DisplayFacts]) -> DisplayFacts | None:
    """The first of them."""
    return next(iter(found), None)
