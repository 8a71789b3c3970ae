"""References inside verbatim texts: to sections and tables of the source's own numbering, turned into references of the new document. Imports the core and its room.

Only what the source document itself holds is turned; a section of another document (``Section 14 of the brochure``) stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from docpipe.model import draft
from docpipe.model.source import Passage
from docpipe.model.trial import Trial
from docpipe.writing.book import Book, mark

_SECTION = re.compile(
    r"\b(?P<word>[Ss]ections?)\s+(?P<number>\d{1,2}(?:\.\d{1,2})*)(?P<more>(?:\s*(?:,|and|or|,\s*and)\s*\d{1,2}(?:\.\d{1,2})+)*)"
    r"(?!\.?\d)(?!\s*(?:of|in|to) (?:the|an?|its|our|your|each)\b)"
)
_TABLE = re.compile(r"\bTable\s+(?P<number>(?:[A-Z]{2,6}[.-])?\d{1,2}(?:[.-]\d{1,2})*)(?!\.?\d)")
_FIGURE = re.compile(r"\bFigure\s+(?P<number>(?:[A-Z]{2,6}[.-])?\d{1,2}(?:[.-]\d{1,2})*)(?!\.?\d)")
_BARE = re.compile(r"(?<=\bin )(?P<number>\d{1,2}(?:\.\d{1,2}){2,})(?!\.?\d)(?! ?\.\d)")
"""A section by its number alone: deep enough that it is no value."""
_SCHEDULE = re.compile(r"(?:\bSoA|\b[Ss]chedule of [Aa]ctivities)\s*\((?P<number>Table\s+\d{1,2})\)")
_FOREIGN = re.compile(r"(?:Part|Volume|Module|Article|CFR|USC|Annex|Appendix)\s+[\w.]+,?\s*$")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*")


@dataclass(slots=True)
class Links:
    """Quotes with references turned. ``sections``, ``tables``, ``figures``: of a document (its pointer), number in the source -> target in the new one."""

    trial: Trial
    book: Book
    sections: dict[str, Mapping[str, str]] = field(default_factory=dict)
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    schedule: str = ""
    """Key of the schedule of activities, which the source's own table is replaced by."""
    home: str = ""
    """Document whose numbering texts outside the narrative follow."""
    turned: int = 0

    def quote(self, passage: Passage, start: int = 0, end: int | None = None, document: str | None = None) -> str:
        """A passage's words, its numbers bound, its references those of the new document.

        ``document``: whose numbering they follow, by default the main one's; "" leaves them as they are.
        """
        text = passage.text
        stop = len(text) if end is None else end
        sections = self.sections.get(self.home if document is None else document, {})
        tables = self.tables.get(self.home if document is None else document, {})
        figures = self.figures.get(self.home if document is None else document, {})
        parts: list[str] = []
        at = start
        for m, target in self._found(text, start, stop, sections, tables, figures):
            if m[0] < at:
                continue
            parts += [self.book.quote(self.trial, passage, at, m[0]) if m[0] > at else "", target]
            at = m[1]
        parts.append(self.book.quote(self.trial, passage, at, stop) if at < stop or not parts else "")
        return "".join(parts)

    def cells(self, row: Passage, document: str | None = None) -> tuple[str, ...]:
        """The cells of a row, each quoted; empty ones are ""."""
        found: list[str] = []
        at = 0
        for cell in row.text.split(" | "):
            found.append(self.quote(row, at, at + len(cell), document) if cell.strip() else "")
            at += len(cell) + 3
        return tuple(found)

    def _found(
        self,
        text: str,
        start: int,
        stop: int,
        sections: Mapping[str, str],
        tables: Mapping[str, str],
        figures: Mapping[str, str],
    ) -> list[tuple[tuple[int, int], str]]:
        found: list[tuple[tuple[int, int], str]] = []
        for m in _SECTION.finditer(text, start, stop):
            if _FOREIGN.search(text[max(start, m.start() - 30) : m.start()]):
                continue
            if m["number"] in sections:
                found.append(((m.start(), m.end("number")), _section(sections[m["number"]])))
                self.turned += 1
            for n in _NUMBER.finditer(m["more"]) if m["more"] else ():
                if n[0] in sections:
                    at = m.start("more")
                    found.append(((at + n.start(), at + n.end()), _section(sections[n[0]])))
                    self.turned += 1
        for m in _BARE.finditer(text, start, stop):
            if m["number"] in sections:
                found.append((m.span(), _section(sections[m["number"]])))
                self.turned += 1
        for m in _SCHEDULE.finditer(text, start, stop):
            if self.schedule and _has_none(m["number"], tables):
                found.append((m.span("number"), mark(draft.REF, f"table:{self.schedule}", "Table")))
                self.turned += 1
        for pattern, kind, known in ((_TABLE, "table", tables), (_FIGURE, "figure", figures)):
            for m in pattern.finditer(text, start, stop):
                if m["number"] in known:
                    target = mark(draft.REF, f"{kind}:{known[m['number']]}", kind.capitalize())
                    found.append(((m.start(), m.end()), target))
                    self.turned += 1
        return sorted(found)


def _has_none(number: str, tables: Mapping[str, str]) -> bool:
    """Whether no table of the source with this number stands in the new document."""
    return number.split()[-1] not in tables


def _section(target: str) -> str:
    return mark(draft.REF, f"section:{target}", f"Section {target}")
