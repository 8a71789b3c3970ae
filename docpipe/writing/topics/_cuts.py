"""How text of protocols and plans is cut for quoting: heading numbers, bullets, sentences, cells, clauses that refer elsewhere. Imports nothing."""

from __future__ import annotations

import re

NUMBERED = re.compile(
    r"^(?:(?:section|appendix|annex)\s+(?:\d{1,2}|[A-Z])\b|\d{1,2}(?:\.\d{1,2})*|[A-Z](?=[.:]))[.:)]?\s*(?:[-–—:]\s*)?(?=\S)",
    re.IGNORECASE,
)
BULLET = re.compile(r"^(?:[•●▪◦○·‣∙*\uf0b7\uf0a7-]|(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+")
OPEN = re.compile(
    r"\[(?:to be|tbd|insert|sponsor|date|name|number|document|x+)[^\]]*\]|<[a-z ]+>|_{4,}|\bTBD\b|\bX{2,}\b",
    re.IGNORECASE,
)
_FURNITURE = re.compile(r"(?:page )?\d+(?: of \d+)?|page \d+.*|confidential.*", re.IGNORECASE)
POINTER = re.compile(
    r"^(?:please )?(?:refer to|see)\b|\b(?:section|appendix|attachment|table|figure|template) [\dA-Z]\b|\btemplates? (?:for|is|are)\b"
    r"|\bthis (?:analysis plan|plan|document|protocol)\b[^.]*\b(?:describes?|should)|\bof this (?:analysis plan|plan|document)\b",
    re.IGNORECASE,
)
"""Sentences that send a reader elsewhere inside their own document."""
_SENT = re.compile(r"(?:please )?(?:refer to|see)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r",? \(?(?:as |please )?(?:described|defined|specified|given|detailed|outlined|shown|listed|noted|see|refer(?:red)? to)[^.,;:()]{0,60}"
    r"\b(?:section|appendix|attachment|table|figure) [\dA-Z][\w.-]*\w\)?",
    re.IGNORECASE,
)
"""The clause that does so, where the sentence says something besides."""
OF_ANALYSIS = re.compile(
    r"\b(?:summari[sz]|comput|calculat|analy[sz]|statistic|percentage|p-value|coded|display|reported by)", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z“\"(])")
_SHORTENED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|approx|cf|etc|no|dr|al|fig|st)\.|\b[A-Z]\.)$", re.IGNORECASE)
LEAST_LONG = 60
_SHORTEST_LEFT = 25


def numbered(heading: str) -> int:
    """How many characters of a heading are its number: ``15. APPENDIX 2 - ``."""
    at = 0
    while (m := NUMBERED.match(heading[at:])) and m.end():
        at += m.end()
    return at


def bare(heading: str) -> str:
    """A heading without its number."""
    return heading[numbered(heading) :].strip()


def useless(text: str) -> bool:
    """Places that nobody has filled in, page numbers, running lines."""
    return bool(OPEN.search(text) and len(text) < 200) or bool(_FURNITURE.fullmatch(text.strip()))


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence."""
    found: list[tuple[int, int]] = []
    start = 0
    for m in _SENTENCE.finditer(text):
        if _SHORTENED.search(text[start : m.start()]):
            continue
        found.append((start, m.start()))
        start = m.end()
    return [*found, (start, len(text))]


def joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring sentences as one stretch."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and not text[found[-1][1] : start].strip(' "”’)'):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def cells_of(row: str) -> list[tuple[int, int]]:
    """Start and end of the cells of a row, which stand between bars."""
    found: list[tuple[int, int]] = []
    at = 0
    for cell in row.split("|"):
        found.append((at + len(cell) - len(cell.lstrip()), at + len(cell.rstrip())))
        at += len(cell) + 1
    return [(a, max(a, b)) for a, b in found]


def without_asides(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence without the clause that refers to another section of its own document; nothing where it does no more than that."""
    found: list[tuple[int, int]] = []
    if _SENT.match(text[start:end]):
        return found
    at = start
    for m in _ASIDE.finditer(text, start, end):
        found.append((at, m.start()))
        at = m.end()
    found.append((at, end))
    found = [(a, b) for a, b in found if text[a:b].strip()]
    left = " ".join(text[a:b] for a, b in found)
    return [] if POINTER.search(left) or len(left) < _SHORTEST_LEFT <= end - start else found
