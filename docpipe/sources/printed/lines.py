"""What the lines around a table say: number, title, population, study, programme and date, footnotes. Imports its neighbour only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docpipe.sources.printed.page import Item, Line, Table, one_line

_NUMBER = re.compile(
    r"^(?P<kind>table|listing|figure|exhibit|tabelle|tableau|tabla|tabella|表)\s*"
    r"(?P<number>(?:[A-Z]{1,3}[.\-]?)?\d[\dA-Za-z]*(?:[.\-–_][\dA-Za-z]+)*)\s*"
    r"(?:[.:\-–—]\s*)?(?P<rest>.*)$",
    re.IGNORECASE,
)
_STUDY = re.compile(
    r"^(?:clinical\s+)?(?:protocol|study|trial)(?:\s*(?:no\.?|number|id|identifier|code|#))?\s*(?:[:#–—]|\s-\s)\s*(?P<id>\S.{0,60}?)$",
    re.IGNORECASE,
)
_STUDY_BARE = re.compile(
    r"^(?:[Pp]rotocol|PROTOCOL|[Ss]tudy|STUDY)(?:\s+(?:[Nn]o\.?|[Nn]umber|ID))?\s+(?P<id>[A-Z0-9][\w/\-]*\d[\w/\-]*)$"
)
_STUDY_WORD = re.compile(r"^(?=(?:.*[A-Z]){2})(?=(?:.*\d){2})[A-Z][A-Z0-9]+(?:[-/_][A-Z0-9]+)*$")
"""A study id that stands alone on its line."""
_POPULATION = re.compile(
    r"^(?:analysis\s+)?(?:population|analysis\s+set|population\s+set)\s*[:=]\s*(?P<name>\S.*)$", re.IGNORECASE
)
_POPULATION_BARE = re.compile(
    r"^[(\[]?(?P<name>[^:()\[\]]{1,70}?)\s*(?P<word>population|analysis set|set)[)\]]?$", re.IGNORECASE
)
_PAGE = re.compile(
    r"^\(?page\b[\s\dxyXY#]*(?:(?:of|/)[\s\dxyXY#]*)?\)?$|^\d+\s*(?:/|of)\s*\d+$|^\d{1,4}$", re.IGNORECASE
)
_PRODUCED = re.compile(
    r"^(?:source(?:\s+data(?:set)?s?)?|program(?:me)?(?:\s+(?:name|source|path))?|output|path|file|run(?:\s+(?:date|time|on))?"
    r"|produced(?:\s+(?:by|on))?|generated(?:\s+(?:by|on))?|created(?:\s+on)?|date(?:\s+(?:of|generated|run)[^:]*)?"
    r"|data\s*(?:cut|extract|snapshot)[^:]{0,20}|executed)\s*[:=]"
    r"|\.(?:sas|r|rmd|py|lst)\b|\bgenerated on\b|\brun on\b"
    r"|^\d{1,2}:\d{2}(?::\d{2})?\s+\w+,?\s.*\d{4}$|^\d{1,2}[A-Z]{3}\d{2,4}[:\s]\s*\d{1,2}:\d{2}(?::\d{2})?$"
    r"|^\d{4}-\d{2}-\d{2}[T\s]\d{2}:\d{2}",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(
    r"^(?:\[\w{1,3}\]|\(\w{1,2}\)|(?i:notes?|n\.b\.|abbreviations?)(?![\w-])|\*|[†‡§¶#]|[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠ]"
    r"|[a-z]\s*[=:)]|[a-z]\.?\s[A-Z]|\d\)\s)"
)
_PARTS = re.compile(r"\t+|[ \u00a0]{4,}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a run of lines says; ``title`` and ``others`` in order, ``study`` and ``population`` "" where nothing names them."""

    number: str = ""
    title: tuple[str, ...] = ()
    population: str = ""
    study: str = ""
    produced: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Lines before a number, or all that are not anything else where there is no number."""


def lines_of(items: Iterable[Item]) -> Iterator[str]:
    """The printed lines; a table's row is a line with tab stops, each line of a cell that stands alone a line of its own."""
    for item in items:
        if isinstance(item, Line):
            yield from item.text.split("\n")
        else:
            yield from table_lines(item)


def table_lines(table: Table) -> Iterator[str]:
    """As ``lines_of``, for one table."""
    for row in table.rows:
        filled = [c.text for c in row.cells if c.text.strip()]
        if len(filled) == 1:
            yield from filled[0].split("\n")
        elif filled:
            yield "\t".join(one_line(text) for text in filled)


def is_number(line: str) -> bool:
    """Whether a line begins with the number of a table, listing or figure."""
    return any(_numbered(part) for part in parts(line))


def is_footnote(line: str) -> bool:
    """Whether a line begins as footnotes do, or says what made the table."""
    text = one_line(line)
    return bool(_FOOTNOTE.match(text) or _PRODUCED.search(text))


def is_produced(line: str) -> bool:
    """Whether a line says by what or when the table was made."""
    return bool(_PRODUCED.search(one_line(line)))


def parts(line: str) -> list[str]:
    """A line's parts: what tab stops or wide gaps set apart. A line that is a footnote stays whole."""
    if _FOOTNOTE.match(line.strip()):
        return [one_line(line)] if line.strip() else []
    return [one_line(p) for p in _PARTS.split(line) if p.strip()]


def said_by(lines: Iterable[str]) -> Said:
    """Reads lines from the top: the title runs from the line with the number to the end, without what names anything else."""
    number, population, study = "", "", ""
    title: list[str] = []
    produced: list[str] = []
    others: list[str] = []
    for line in lines:
        for part in parts(line):
            if _PAGE.match(part):
                continue
            if found := _STUDY.match(part) or _STUDY_BARE.match(part):
                study = study or found["id"].strip()
            elif not study and is_study_word(part):
                study = part
            elif found := _POPULATION.match(part):
                population = population or found["name"].strip()
            elif found := _numbered(part):
                if not number:
                    number = f"{found['kind'].capitalize()} {found['number']}"
                    rest = found["rest"].strip()
                    if rest:
                        title.append(rest)
            elif _PRODUCED.search(part):
                produced.append(part)
            elif number and title and not population and (name := _bare_population(part)):
                population = name
            else:
                (title if number else others).append(part)
    if not number and len(others) > 1 and not population and (name := _bare_population(others[-1])):
        population = name
        others.pop()
    return Said(number, tuple(title), population, study, tuple(produced), tuple(others))


def footnotes_of(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Footnotes, lines on what made the table, and the study id where a footer states it. An indented line continues the one before."""
    notes: list[str] = []
    produced: list[str] = []
    study = ""
    for line in lines:
        whole = one_line(line)
        if not whole or _PAGE.match(whole):
            continue
        if _PRODUCED.search(whole) and not _FOOTNOTE.match(whole):
            produced += [p for p in parts(line) if not _PAGE.match(p)]
        elif found := _STUDY.match(whole):
            study = study or found["id"].strip()
        elif notes and not _FOOTNOTE.match(whole) and (line[:1] in " \u00a0" or _goes_on(notes[-1], whole)):
            notes[-1] += " " + whole
        else:
            notes.append(whole)
    return tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(produced)), study


def is_study_word(text: str) -> bool:
    """Whether a word by itself looks like a study id: capitals and at least two digits."""
    return 5 <= len(text) <= 25 and bool(_STUDY_WORD.match(text))


def study_in(texts: Iterable[str]) -> str:
    """The study id that one of some short texts states, "" where none does; an id holds a digit."""
    for text in texts:
        for part in (text, *text.split(" | ")) if len(text) < 200 else ():
            found = _STUDY.match(part) or _STUDY_BARE.match(part)
            if found and any(c.isdigit() for c in found["id"]) and len(found["id"].split()) < 4:
                return found["id"].strip()
        row = re.match(r"(?i)^(?:protocol|study|trial)\s+(?:number|no\.?|id|identifier|code) \| (\S{2,40})$", text)
        if row and any(c.isdigit() for c in row[1]):
            return row[1]
    return ""


def _goes_on(note: str, line: str) -> bool:
    """Whether a line is the rest of the sentence before it."""
    return line[:1].islower() and note[-1:] not in ".;:!?"


def _numbered(part: str) -> re.Match[str] | None:
    """The number of a table at the start of a line; a sentence that mentions one ("Table 1 shows ...") is none."""
    found = _NUMBER.match(part)
    if found is None:
        return None
    rest = found["rest"]
    return None if rest[:1].islower() and rest.split(" ", 1)[0] in _VERBS else found


_VERBS = {
    "shows",
    "show",
    "is",
    "are",
    "was",
    "were",
    "presents",
    "summarizes",
    "summarises",
    "lists",
    "gives",
    "and",
    "to",
}


def _bare_population(part: str) -> str:
    """``Safety Population`` or ``(Full Analysis Set)``: the name of the analysis set, else ""."""
    found = _POPULATION_BARE.match(part)
    if found is None:
        return ""
    name = found["name"].strip()
    return name if found["word"].lower() == "population" else f"{name} {found['word']}"
