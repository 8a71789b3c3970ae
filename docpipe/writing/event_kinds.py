"""Kinds of adverse events that titles and rows of tables name: serious, related, fatal, leading to discontinuation. Imports its own room only."""

from __future__ import annotations

import re

from docpipe.writing.facts_of_data import related
from docpipe.writing.records import Condition, Frame

EMERGENT = re.compile(r"treatment[- ]emergent|\bteae", re.IGNORECASE)
_SERIOUS = re.compile(r"\bserious\b|\bsaes?\b", re.IGNORECASE)
_RELATED = re.compile(r"(?<!not)(?<!not )(?<!not-)\b(?:drug|treatment|possibly|study)?[- ]?related\b", re.IGNORECASE)
_FATAL = re.compile(r"\b(?:death|fatal|died)", re.IGNORECASE)
_SEVERITY = re.compile(r"\b(mild|moderate|severe)\b", re.IGNORECASE)
_WORST = re.compile(r"\b(?:maximum|maximal|worst|highest)\b", re.IGNORECASE)
_STOPPED = re.compile(
    r"\b(?:discontinu\w+|withdraw\w+|stopp?\w*)\b.{0,20}\b(?:drug|treatment|medication)\b"
    r"|\b(?:drug|treatment|medication)\b.{0,20}\b(?:discontinu\w+|withdraw\w+)",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"\bspecial interest\b|\baesis?\b", re.IGNORECASE)
_ANY = re.compile(
    r"any (?:body system|(?:treatment[- ]emergent )?(?:serious )?(?:adverse )?events?|te?aes?|saes?)"
    r"|(?:number of )?(?:subjects|patients|participants) (?:with|reporting) (?:any|at least (?:one|1)) .*(?:event|ae|teae)s?|total|overall"
)
_BRACKETS = re.compile(r"\([^)]*\)")


def is_any(label: str) -> bool:
    """Whether a row counts every event of the display."""
    flat = _BRACKETS.sub("", label).strip().casefold()
    return bool(_ANY.fullmatch(flat)) and not (_RELATED.search(flat) or _SEVERITY.search(flat) or _FATAL.search(flat))


def about(frame: Frame, title: str) -> tuple[Condition, ...] | str:
    """The conditions that a display's title states, or why there are none."""
    found: list[Condition] = []
    if EMERGENT.search(title):
        if "TRTEMFL" not in frame:
            return "The data do not flag treatment-emergent events."
        found.append(Condition("TRTEMFL", ("Y",)))
    return (*found, *_of_kind(frame, title))


def kind(frame: Frame, label: str) -> tuple[Condition, ...] | str:
    """The conditions that a row of an overview states, or why there are none."""
    if _WORST.search(label):
        return "The highest severity of a subject's events is not recomputed."
    said = list(_of_kind(frame, label))
    if _FATAL.search(label):
        said.append(Condition("AEOUT", ("FATAL",)) if "AEOUT" in frame else Condition("AESDTH", ("Y",)))
    if severity := _SEVERITY.search(label):
        said.append(Condition("AESEV", (severity.group(1).upper(),)))
    if _STOPPED.search(label):
        if "AEACN" not in frame or "DRUG WITHDRAWN" not in frame.levels("AEACN"):
            return "The data name no events for which the drug was withdrawn."
        said.append(Condition("AEACN", ("DRUG WITHDRAWN",)))
    if _SPECIAL.search(label):
        flag = next((v for v in ("AESIFL", "AESI") if v in frame), "")
        if not flag:
            return "The data flag no events of special interest."
        said.append(Condition(flag, ("Y",)))
    return tuple(said) or "No organ class, term or kind of event has this name in the data."


def _of_kind(frame: Frame, text: str) -> tuple[Condition, ...]:
    found: list[Condition] = []
    if _SERIOUS.search(text) and "AESER" in frame:
        found.append(Condition("AESER", ("Y",)))
    if _RELATED.search(text) and "AEREL" in frame:
        found.append(related(frame))
    return tuple(found)
