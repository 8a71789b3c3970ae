"""Where each section of a trial's narrative stands in ICH M11: by the heading where the file has them already, else by the title's rule. Imports the core and its room.

A section without a rule of its own goes where the section above it went. Nothing is lost: what has no place is told.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docpipe.model.trial import Section, Trial, TrialDocument
from docpipe.writing.m11.prescribed import heading_of, headings

_RULES = Path(__file__).parent / "placing.toml"
_SHARE = 0.6
"""Part of M11's headings that a document must have for its own to count as M11's."""
NOWHERE = ""
TITLE_PAGE = "title-page"


@dataclass(frozen=True, slots=True)
class Placed:
    """A section and where it goes: ``to`` is an M11 number, ``title-page`` or "". ``own``: by its own title, not that of one above it."""

    document: TrialDocument
    section: Section
    to: str
    own: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    to: str
    title: re.Pattern[str]
    under: re.Pattern[str] | None


@cache
def _rules() -> tuple[_Rule, ...]:
    given = tomllib.loads(_RULES.read_text("utf-8"))["rule"]
    return tuple(
        _Rule(r["to"], re.compile(r["title"]), re.compile(r["under"]) if "under" in r else None) for r in given
    )


@cache
def _by_words() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for h in headings():
        found.setdefault(_words(h.title), []).append(h.number)
    return found


def placed(trial: Trial) -> list[Placed]:
    """Every section of every document with its place, the richest document first, each in its own order."""
    documents = sorted(trial.documents, key=lambda d: -sum(len(s.text.text) for s in d.sections))
    return [p for d in documents for p in _of_document(d)]


def is_m11(document: TrialDocument) -> bool:
    """Whether a document has M11's own headings."""
    mine = {_words(s.title) for s in document.sections}
    return sum(w in mine for w in _by_words()) >= _SHARE * len(_by_words())


def _of_document(document: TrialDocument) -> list[Placed]:
    own_headings = is_m11(document)
    found: list[Placed] = []
    path: list[Placed] = []
    for section in document.sections:
        path = path[: section.level - 1]
        above = path[-1] if path else None
        to = (_by_heading(section) if own_headings else NOWHERE) or _by_rule(section, path)
        own = bool(to)
        if not to and above is not None and above.to not in (NOWHERE, TITLE_PAGE):
            to = above.to
        here = Placed(document, section, to, own)
        path.append(here)
        found.append(here)
    return found


def _by_heading(section: Section) -> str:
    numbers = _by_words().get(_words(section.title), [])
    said = section.number.rstrip(".")
    return said if said in numbers else numbers[0] if len(numbers) == 1 else NOWHERE


def _by_rule(section: Section, path: list[Placed]) -> str:
    title = " ".join(section.title.casefold().split())
    above = [" ".join(p.section.title.casefold().split()) for p in path]
    for rule in _rules():
        if rule.title.search(title) and (rule.under is None or any(rule.under.search(a) for a in above)):
            return rule.to
    return NOWHERE


def _words(title: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", title.casefold()))


def unknown_targets() -> list[str]:
    """Rules that lead to no heading of M11: there must be none."""
    return [r.to for r in _rules() if r.to not in heading_of() and r.to != TITLE_PAGE]
