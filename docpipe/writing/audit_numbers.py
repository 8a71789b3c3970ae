"""The independent counter: every number of a finished Word document, and through its trace the fact that carries it. Imports python-docx and the core's facts only.

It shares no code with what drafts or checks: it has its own tokens, its own reading of the document and its own idea of equal values.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from docpipe.model.fact import Fact
from docpipe.model.source import Place

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
]
_NUMBER_WORD = re.compile(
    rf"\b(?:{'|'.join(_WORDS)})(?:-(?:one|two|three|four|five|six|seven|eight|nine))?\b", re.IGNORECASE
)
_VALUE = dict(zip(_WORDS, (*range(2, 21), 30, 40, 50, 60, 70, 80, 90, 100, 1000), strict=True)) | {
    "one": 1,
    "zero": 0,
    "no": 0,
    "none": 0,
}
_REFERENCE = re.compile(
    r"\b(?:Sections?|Tables?|Figures?|Listings?|Appendix|Appendices|Annex|Module)\s+[A-Z]?\d[\w.-]*(?:(?:,| and| to|,? or)\s+(?:(?:Section|Table|Figure|Listing|Appendix)\s+)?[A-Z]?\d[\w.-]*)*"
)
_CONTENTS = re.compile(r"^(?:toc|table of figures|contents)", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Unbound:
    """A number that nothing carries: where it stands (paragraph from 1, table cell where it is one) and the words around it."""

    number: str
    place: str
    context: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was counted. ``bound``: carried by a fact whose value agrees; ``allowed``: reason -> how many; ``unbound``: the rest."""

    numbers: int
    bound: int
    allowed: Mapping[str, int]
    unbound: tuple[Unbound, ...]

    @property
    def proved(self) -> bool:
        """No number is unbound, and the sums agree."""
        return not self.unbound and self.bound + sum(self.allowed.values()) == self.numbers


@dataclass(frozen=True, slots=True)
class _Said:
    """A paragraph or cell as it stands. ``generated``: Word's own lists (contents, tables, abbreviations) and page numbers."""

    place: str
    text: str
    style: str
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    facts: tuple[str, ...]
    kinds: frozenset[str]


def audit(document: bytes, trace: bytes, facts: bytes, constants: Sequence[str] = ()) -> Audit:
    """Counts the numbers of a document. ``trace``: its JSON; ``facts``: the JSON of the facts that the trace names by id.

    ``constants``: words with digits that the document type declares, such as ``ICH E3``. Raises ``ValueError`` or ``KeyError`` for JSON of another form.
    """
    known: dict[str, Fact] = {f.id: f for f in map(_fact, json.loads(facts)["facts"])}
    entries = [_entry(e) for e in json.loads(trace)]
    exact: dict[str, list[_Entry]] = {}
    for entry in entries:
        exact.setdefault(_squeezed(entry.text), []).append(entry)
    by_word = _index(entries)
    labels = frozenset(_squeezed(part).casefold() for f in known.values() for part in (f.arm, *f.row) if part)
    groups = sorted({_squeezed(f.arm) for f in known.values() if re.search(r"\d", f.arm)}, key=len, reverse=True)
    names = re.compile("|".join(map(re.escape, groups)), re.IGNORECASE) if groups else None
    numbers = bound = 0
    allowed: Counter[str] = Counter()
    unbound: list[Unbound] = []
    for said in _paragraphs(document):
        tokens = list(_tokens(said.text))
        if not tokens:
            continue
        near = _entries_of(said, exact, by_word)
        for start, end, token in tokens:
            numbers += 1
            if _carried(token, said.text, start, end, near, known):
                bound += 1
            elif names and any(m.start() <= start and end <= m.end() for m in names.finditer(said.text)):
                allowed["name of a group"] += 1
            elif reason := _reason(said, token, start, end, near, known, labels, constants):
                allowed[reason] += 1
            else:
                around = said.text[max(0, start - 40) : end + 40]
                unbound.append(Unbound(token, said.place, around))
    return Audit(numbers, bound, dict(sorted(allowed.items())), tuple(unbound))


def _fact(given: Mapping[str, Any]) -> Fact:
    fields = dict(given)
    fields["row"] = tuple(fields["row"])
    fields["inputs"] = tuple(fields["inputs"])
    fields["places"] = tuple(Place(p["sha256"], p["locator"]) for p in fields["places"])
    return Fact(**fields)


def _entry(given: Mapping[str, Any]) -> _Entry:
    kinds = {s["locator"].partition(":")[0] for s in given["sources"]}
    return _Entry(given["text"], tuple(given["facts"]), frozenset(kinds))


# ---------------------------------------------------------------- the document


def _paragraphs(document: bytes) -> Iterator[_Said]:
    from docx import Document

    opened: Any = Document(io.BytesIO(document))
    names = {s.style_id: s.name for s in opened.styles}
    for number, paragraph in enumerate(opened.element.body.iter(f"{_W}p"), 1):
        yield _said(paragraph, f"paragraph {number}", names)
    for section in opened.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            for paragraph in part._element.iter(f"{_W}p"):
                found = _said(paragraph, "header or footer", names)
                yield _Said(found.place, found.text, "header")


def _said(paragraph: Any, place: str, names: Mapping[str, str]) -> _Said:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = names.get(style.get(f"{_W}val"), "") if style is not None else ""
    parent, cell = paragraph.getparent(), ""
    row: tuple[str, ...] = ()
    while parent is not None and not row:
        if parent.tag == f"{_W}tr":
            row = tuple("".join(_texts(c)) for c in parent.iter(f"{_W}tc"))
            cell = ", in a table"
        parent = parent.getparent()
    return _Said(place + cell, "".join(_texts(paragraph)), name, row)


def _texts(element: Any) -> Iterator[str]:
    """Texts as printed: deletions and instructions of fields are none, tabs and breaks are blanks."""
    for part in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        if any(True for _ in part.iterancestors(f"{_W}del", f"{_W}moveFrom", f"{_W}tabs")):
            continue
        tag = part.tag.rpartition("}")[2]
        yield part.text or "" if tag == "t" else "-" if tag == "noBreakHyphen" else " "


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    for m in _DIGITS.finditer(text):
        yield m.start(), m.end(), m[0]
    for m in _NUMBER_WORD.finditer(text):
        yield m.start(), m.end(), m[0]


# ---------------------------------------------------------------- the trace


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text.replace("\u2011", "-")).strip()


def _index(entries: Sequence[_Entry]) -> Mapping[str, list[_Entry]]:
    """Entries by the few words of theirs that are rarest: a paragraph that prints an entry has one of them."""
    words = [set(_words(e.text)) for e in entries]
    often = Counter(w for own in words for w in own)
    found: dict[str, list[_Entry]] = {}
    for entry, own in zip(entries, words, strict=True):
        for word in sorted(own, key=lambda w: (often[w], w))[:4]:
            found.setdefault(word, []).append(entry)
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _entries_of(said: _Said, exact: Mapping[str, list[_Entry]], by_word: Mapping[str, list[_Entry]]) -> list[_Entry]:
    """Entries of the trace that this paragraph prints: the whole of it, or sentences whose words it has nearly all."""
    if found := exact.get(_squeezed(said.text)):
        return found
    words = Counter(_words(said.text))
    candidates = {id(e): e for w in words for e in by_word.get(w, ())}
    close = []
    for entry in candidates.values():
        own = Counter(_words(entry.text))
        shared = sum((own & words).values())
        if own and shared >= 0.8 * sum(own.values()):
            close.append(entry)
    return close


@lru_cache(maxsize=50_000)
def _values(text: str) -> frozenset[str]:
    """The numbers that a text says, in one form: no thousands separators, no leading zeros, words as digits."""
    found = {_plain(t) for _, _, t in _tokens(text)}
    for m in _ISO.finditer(text):
        found |= {str(int(g)) for g in m.groups() if g}
    if text.casefold() in ("no", "none", "zero"):
        found.add("0")
    return frozenset(found)


def _plain(token: str) -> str:
    lower = token.casefold()
    if lower[0].isalpha():
        tens, _, unit = lower.partition("-")
        return str(_VALUE[tens] + (_VALUE[unit] if unit else 0))
    grouped = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", lower)
    whole, dot, rest = grouped.partition(".")
    return f"{int(whole)}{dot}{rest}" if whole.isdigit() else grouped


def _carried(token: str, text: str, start: int, end: int, near: Sequence[_Entry], known: Mapping[str, Fact]) -> bool:
    wanted = _plain(token)
    for entry in near:
        if wanted not in _values(entry.text):
            continue
        for name in entry.facts:
            fact = known.get(name)
            if fact is not None and wanted in _values(fact.formatted):
                return True
    return False


def _reason(
    said: _Said,
    token: str,
    start: int,
    end: int,
    near: Sequence[_Entry],
    known: Mapping[str, Fact],
    labels: frozenset[str],
    constants: Sequence[str],
) -> str:
    """Why a number may stand without a fact, or ""."""
    text = said.text
    if said.row and _squeezed(text).casefold() in labels:
        return "label of a fact"
    if said.style == "header":
        return "header or footer"
    if _CONTENTS.match(said.style):
        return "list that Word makes"
    if said.style.casefold() == "caption" and re.match(r"(?:Table|Figure)\s+[\d.-]*$", text[:end]):
        return "number of a caption"
    if any(m.start() <= start and end <= m.end() for m in _REFERENCE.finditer(text)):
        return "reference"
    if any(c in text and text.find(c) <= start < text.find(c) + len(c) for c in constants if re.search(r"\d", c)):
        return "word of the document type"
    if said.style.casefold().startswith("heading") and any("block" in e.kinds for e in near):
        return "heading of the document type"
    if any("person" in e.kinds for e in near):
        return "a person answers for it"
    around = _around(text, start, end)
    if re.match(r"[^\W\d_]|\d+-[A-Z]", around) or (
        said.row
        and any(_squeezed(c) and re.fullmatch(r"[A-Za-z0-9-]{1,10}", _squeezed(c)) for c in said.row[:1])
        and not near
    ):
        return "name with digits"
    named = re.search(r"([^\W\d_]+)[\s\u00a0]+$", text[:start])
    label = f"{named[1] if named else ''} {token}".casefold()
    for entry in near:
        for name in entry.facts:
            fact = known.get(name)
            if (
                fact is not None
                and label.strip()
                in " ".join((*fact.row, fact.window, fact.population, fact.arm, fact.display)).casefold()
                and named
            ):
                return "label of a fact"
        if token[0].isalpha() and "text" in entry.kinds:
            return "word of a cited passage"
    return ""


def _around(text: str, start: int, end: int) -> str:
    """The word that a number is part of: letters, digits and hyphens that touch it."""
    a, b = start, end
    while a and (text[a - 1].isalnum() or (text[a - 1] in "-+_" and a > 1 and text[a - 2].isalnum())):
        a -= 1
    while b < len(text) and (text[b].isalnum() or (text[b] in "-+_" and b + 1 < len(text) and text[b + 1].isalnum())):
        b += 1
    return "" if text[start].isalpha() else text[a:b]
