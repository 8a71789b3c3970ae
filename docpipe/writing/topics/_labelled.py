"""Labels of displays and data as words of a sentence: their case, their unit, their numbers bound to where they stand. Imports its room only.

A label may hold numbers (``<65 yrs``, ``Week 24``); printed by itself it would bring numbers into a text that no fact carries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from docpipe.model.fact import Fact
from docpipe.model.source import Display, Passage, Place, TextSource
from docpipe.writing.book import Book
from docpipe.writing.labels import clean

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_COUNT = re.compile(r"\s*[,;:–-]?\s*(?:n|no\.?|number)?\s*\(\s*%\s*\)\s*$|\s*[,;–-]\s*n\s*%?\s*$", re.IGNORECASE)
_STATS = re.compile(r"\s*[,;:–-]\s*(?:mean|median)\b.*$", re.IGNORECASE)
_UNIT = re.compile(r"\s*\(([^()]{1,16})\)\s*$")
_UNITS = {
    "y": "years", "yr": "years", "yrs": "years", "year": "years", "years": "years", "mo": "months", "months": "months",
    "month": "months", "week": "weeks", "weeks": "weeks", "wk": "weeks", "d": "days", "day": "days", "days": "days",
}  # fmt: skip
_MEASURES = re.compile(
    r"(?:[munkµ]?g|[cm]?m|[munµ]?l|[munµ]?mol|mmhg|bpm|%|kg ?/ ?m\^?[2²]|l|ms|msec|s|cells/.{1,8}|[a-zµ]+/[a-z0-9^²]+)",
    re.IGNORECASE,
)
_PROPER = {
    "hispanic", "latino", "latina", "asian", "african", "american", "caucasian", "indian", "alaska", "hawaiian", "pacific",
    "islander", "white", "black", "european", "japanese", "chinese", "korean", "arab", "caribbean", "oriental",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
}  # fmt: skip
_VISITS = re.compile(r"\b(week|day|month|visit|cycle|year|period|grade|stage|class|phase|part)(?= \d| [IVX]+\b)", re.I)


def shown_label(text: str) -> str:
    """A label without the statistics at its end: ``Age Group`` for ``Age Group, n (%)``."""
    return _STATS.sub("", _COUNT.sub("", clean(text))).strip() or clean(text)


def unit_of(label: str) -> tuple[str, str]:
    """A label without its unit, and the unit as a sentence says it: ``("Age", "years")`` for ``Age (y)``."""
    if re.search(r"(?<!n)(?<!n )\(\s*%\s*\)\s*$", label.strip(), re.IGNORECASE) and not re.search(
        r"\bn\s*\(\s*%", label, re.I
    ):
        return shown_label(label), "percent"
    label = shown_label(label)
    found = _UNIT.search(label)
    if found is None:
        return label, ""
    inside = found.group(1).strip()
    unit = _UNITS.get(inside.casefold().rstrip("."), inside if _MEASURES.fullmatch(inside) else "")
    unit = re.sub(r"(?<=m)\^?2$", "²", unit)
    return (label[: found.start()].strip(), unit) if unit else (label, "")


def running(label: str) -> str:
    """A label in the middle of a sentence: small letters but for abbreviations, names of peoples and visits."""
    letters = [c for c in label if c.isalpha()]
    loud = bool(letters) and all(c.isupper() for c in letters) and (" " in label.strip() or len(letters) > 6)
    words = []
    pieces = re.split(r"([\s/(-]+)", label)
    for at, word in enumerate(pieces):
        joined = at > 1 and pieces[at - 1] == "-" and pieces[at - 2].isupper() and len(pieces[at - 2]) > 1
        bare = re.sub(r"[^a-z]", "", word.casefold())
        if bare in _PROPER:
            words.append(re.sub(r"[a-zA-Z]+", lambda m: m[0].capitalize(), word))
        elif loud or (not joined and word[1:].islower() and not word.endswith(("'s", "\u2019s"))):
            words.append(word.lower())
        else:
            words.append(word)
    return _VISITS.sub(lambda m: m[0].capitalize(), "".join(words))


def level_words(level: str) -> str:
    """A coded value in a sentence: ``White`` and ``adverse event`` for values in capitals, others as ``running`` has them."""
    if level.isupper() and level.isalpha():
        low = level.casefold()
        return low.capitalize() if low in _PROPER else low
    return running(level)


def set_words(name: str) -> str:
    """``the X set`` without a second set: ``Full Analysis Set``, ``Safety population``, ``Efficacy set``."""
    return (
        name
        if re.search(r"\b(?:sets?|populations?|subjects|patients|participants|completers)\s*$|completers", name, re.I)
        else f"{name} set"
    )


def capital(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


def display_words(book: Book, display: Display, row: int, path: tuple[str, ...], text: str) -> str:
    """Words that stand in a display, for printing: each number in them a fact of that row (0: heads and titles)."""
    place = Place(display.file.sha256, f"display:{display.index}/r{row}/c0")
    return bound(book, text, display.number, path, (place,))


def bound(book: Book, text: str, source: str, path: tuple[str, ...], places: Iterable[Place], at: int = 0) -> str:
    """A text for printing, each number in it bound to where the text stands. ``at``: where the text begins in its source."""
    where = tuple(places)

    def code(m: re.Match[str]) -> str:
        row = (*path, "words", f"{at + m.start()}", m[0])
        said = Fact(book.study, book.data_version, source, row, "", "quoted", m[0], m[0], None, None, "", "", where)
        return str(book.value(said))

    return _NUMBER.sub(code, text)


def excerpt(book: Book, source: TextSource, passage: Passage, text: str, words: Callable[[str], str] = str) -> str:
    """A piece of a passage for printing, the row bound to the passage and the numbers to their places in it. ``words``: its case."""
    start = max(0, passage.text.find(text))
    place = Place(passage.place.sha256, f"{passage.place.locator}/{start}-{start + len(text)}")
    title = source.title or source.file.path
    path = (*passage.headings, passage.place.locator)
    return book.cite(passage) + bound(book, words(text), title, path, (place,), start)
