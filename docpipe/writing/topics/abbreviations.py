"""Abbreviations that a study's own texts define: in a list of abbreviations, or where a long form stands before its short form in brackets.

Imports its room only. The letters of the short form must be found in the long form, in order, the first one at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docpipe.model.source import Passage, TextSource
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._cuts import bare
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._wants import GUIDE, PLAN, PROTOCOL, REPORT

NAME = "abbreviations"
_LISTED = re.compile(r"abbreviation|acronym", re.IGNORECASE)
_SHORT = re.compile(r"(?=[^a-z]*[A-Z])(?![A-Z]+s$)[A-Za-z][\w+/&.-]{0,10}[\w+]")
_BRACKETS = re.compile(r"\(((?=[^()]*[A-Z])(?![A-Z]+s\))[A-Za-z][\w+/&-]{0,10}[\w+])\)")
_SEPARATED = re.compile(r"^(\S{2,12})\s*(?:\||=|:|\t|\s[–—-]\s)\s*(\S.{3,150})$")
_ORDER = (PROTOCOL, PLAN, REPORT)
_LONGEST = 120
_SMALL = frozenset({"of", "and", "the", "for", "in", "to", "with", "a", "an", "on", "or", "by"})
"""Words that a short form passes over."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for, as a text of the study says; ``passage`` says it."""

    short: str
    long: str
    source: TextSource
    passage: Passage


def read(study: StudyData, book: Book) -> list[Abbreviation] | None:
    """By short form in alphabetical order; the protocol's expansion goes before the plan's. None where no text defines any."""
    found: dict[str, Abbreviation] = {}
    rank = {role: i for i, role in enumerate(_ORDER)}
    texts = [t for t in study.texts if role_of(t) != GUIDE]
    for text in sorted(texts, key=lambda t: rank.get(role_of(t), len(rank))):
        for given in (*_listed(text), *_in_brackets(text)):
            found.setdefault(given.short, given)
    return sorted(found.values(), key=lambda a: a.short.casefold()) or None


def _listed(text: TextSource) -> Iterator[Abbreviation]:
    """Entries of a list of abbreviations: rows, lines with a mark between, or cells in turn."""
    mine = [
        p for p in text.passages
        if p.kind not in ("heading", "contents") and p.headings and _LISTED.search(bare(p.headings[-1]))
    ]  # fmt: skip
    for passage in mine:
        if passage.kind != "cell" and (m := _SEPARATED.match(passage.text)) and _fits(m[1], m[2]):
            yield Abbreviation(m[1], _tidy(m[2]), text, passage)
    cells = [p for p in mine if p.kind == "cell"]
    for one, other in zip(cells[::2], cells[1::2], strict=False):
        if _fits(one.text, other.text):
            yield Abbreviation(one.text, _tidy(other.text), text, other)


def _fits(short: str, long: str) -> bool:
    return bool(_SHORT.fullmatch(short)) and len(long) > len(short) and len(long) <= _LONGEST and _spelt(short, long)


def _spelt(short: str, long: str) -> bool:
    """The capitals of the short form are found in the long form in order; most of them do for names that were borrowed."""
    letters = [c.casefold() for c in short if c.isupper()]
    at, hits = 0, 0
    low = long.casefold()
    for letter in letters:
        if (found := low.find(letter, at)) >= 0:
            at, hits = found + 1, hits + 1
    return bool(letters) and hits * 3 >= len(letters) * 2


def _in_brackets(text: TextSource) -> Iterator[Abbreviation]:
    for passage in _running(text.passages):
        for m in _BRACKETS.finditer(passage.text):
            if long := long_form(passage.text[: m.start()].rstrip(), m[1]):
                yield Abbreviation(m[1], long, text, passage)


def _running(passages: Iterable[Passage]) -> Iterator[Passage]:
    return (
        p for p in passages if p.kind in ("paragraph", "list-item", "row") and "(" in p.text and not p.text.isupper()
    )


def long_form(before: str, short: str) -> str:
    """The words right before a short form that it abbreviates, "" where the letters do not fit: ``statistical analysis plan`` for SAP.

    Read backwards: each letter of the short form in turn, the first one at the beginning of a word; few words between.
    """
    letters = [c for c in short.casefold() if c.isalnum()]
    words = list(re.finditer(r"[^\W_]+(?:['’]s)?", before))[-len(letters) :]
    if len(words) == len(letters) > 1 and all(w[0][0].casefold() == c for w, c in zip(words, letters, strict=True)):
        return _tidy(before[words[0].start() :])
    telling = [w for w in re.finditer(r"[^\W_]+(?:['’]s)?", before) if w[0].casefold() not in _SMALL][-len(letters) :]
    if len(telling) == len(letters) > 2 and all(w[0][0].casefold() == c for w, c in zip(telling, letters, strict=True)):
        return _tidy(before[telling[0].start() :])
    low = before.casefold()
    at = len(low)
    for i, letter in enumerate(reversed(letters)):
        at -= 1
        first = i == len(letters) - 1
        while at >= 0 and (low[at] != letter or (first and at > 0 and low[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return ""
    long = before[at:].strip(" ,;:-–—")
    several = re.findall(r"[^\W_]+", long)
    few = len(several) <= min(len(letters) + 5, len(letters) * 2)
    closed = long.count("(") == long.count(")") and not re.search(r"[.;:|]\s", long)
    return _tidy(long) if few and closed and len(several) > 1 and short.casefold() not in long.casefold() else ""


def _tidy(long: str) -> str:
    return long.strip().rstrip(".;,").strip(' “”"')
