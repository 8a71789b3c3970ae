"""Puts the pieces of a report together: sections by headings, tables with captions and notes, the list of abbreviations.

Imports the core and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from docpipe.model.report import Item, Location, Piece, PieceKind, ReportTable, ReportText, Rough, RoughTable, Section

_NUMBERED = re.compile(r"^((?:\d{1,2}|[A-Z])(?:\.\d{1,3}){0,6})\.?[\s\u00a0]+(?=\S)")
_LABEL = re.compile(
    r"^((?:Table|Figure|Listing)[\s\u00a0]+[\dA-Z][\w.\u2011-]*?)[.:]?(?:[\s\u00a0]+|$)(.*)$", re.DOTALL
)
_NOTE = re.compile(
    r"^(?:source\b|note\b|notes\b|abbreviations?\b|\*|†|‡|\[\w\]|[a-z]\)?[\s:]|[⁰¹²³⁴⁵⁶⁷⁸⁹]|n\s*=|sd\s*=|programm?e?\b)",
    re.IGNORECASE,
)
_ABBREVIATIONS = re.compile(r"\babbreviations?\b", re.IGNORECASE)
_SHORT = re.compile(r"[A-Za-zµ][\w/+&.-]{0,14}")


def assembled(items: Iterable[Item], name: str, media_type: str, pages: int) -> ReportText:
    """The report made of items in reading order."""
    builder = _Builder()
    for item in items:
        builder.take(item)
    return builder.done(name, media_type, pages)


class _Builder:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.sections: list[Section] = []
        self.tables: list[ReportTable] = []
        self.path: list[tuple[int, str]] = []
        self.pairs: dict[str, str] = {}
        self._caption = -1
        self._after_table = False
        self._counted = 0

    def take(self, item: Item) -> None:
        if isinstance(item, RoughTable):
            self._table(item)
            self._after_table, self._caption = True, -1
            return
        if item.kind is PieceKind.HEADING:
            self._heading(item)
        kind = item.kind
        small = kind is PieceKind.PARAGRAPH and (
            "note" in item.style or "footer" in item.style or _NOTE.match(item.text)
        )
        if self._after_table and small:
            kind = PieceKind.NOTE
        elif kind not in (PieceKind.HEADER, PieceKind.FOOTER, PieceKind.FOOTNOTE):
            self._after_table = False
        self._counted = 0 if kind is PieceKind.HEADING else self._counted + 1
        table = len(self.tables) - 1 if kind is PieceKind.NOTE else -1
        piece = self._add(
            item,
            kind,
            f"{self._where()}, paragraph {self._counted}" if kind is not PieceKind.HEADING else self._where(),
            table=table,
        )
        if kind is PieceKind.NOTE:
            last = self.tables[-1]
            self.tables[-1] = replace(last, notes=(*last.notes, piece.id))
        if kind is PieceKind.CAPTION:
            self._caption = piece.id
        elif kind not in (PieceKind.HEADER, PieceKind.FOOTER, PieceKind.FOOTNOTE, PieceKind.CONTENTS):
            self._caption = -1
        if self.path and _ABBREVIATIONS.search(self.path[-1][1]) and kind in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM):
            parts = re.split(r"\t+|\s{3,}|\s[=–:-]\s|:\s", item.text.strip(), maxsplit=1)
            if len(parts) == 2 and _SHORT.fullmatch(parts[0].strip()):
                self.pairs.setdefault(parts[0].strip(), parts[1].strip())

    def _where(self) -> str:
        if not self.sections:
            return "before the first heading"
        last = self.sections[-1]
        return f"Section {last.number}" if last.number else f"“{last.heading}”"

    def _heading(self, item: Rough) -> None:
        text = " ".join(item.text.split())
        number = item.number.rstrip(".")
        if not number and (m := _NUMBERED.match(text)):
            number, text = m[1], text[m.end() :]
        if not re.fullmatch(r"(?:\d+|[A-Z])(?:\.\d+)*", number):
            number = ""
        while self.path and self.path[-1][0] >= item.level:
            self.path.pop()
        self.path.append((item.level, text))
        self.sections.append(Section(number, text, item.level, len(self.pieces), tuple(h for _, h in self.path)))

    def _add(self, item: Rough, kind: PieceKind, said: str, **fields: int) -> Piece:
        location = Location(item.location.part, item.location.paragraph, item.location.stretches, said)
        level = item.level if kind in (PieceKind.HEADING, PieceKind.LIST_ITEM) else 0
        outside = kind in (PieceKind.HEADER, PieceKind.FOOTER)
        section = -1 if outside else len(self.sections) - 1
        piece = Piece(len(self.pieces), kind, item.text, location, section, level, style=item.style, **fields)
        self.pieces.append(piece)
        return piece

    def _table(self, table: RoughTable) -> None:
        if not table.rows:
            return
        number = len(self.tables)
        label, caption = "", ""
        if self._caption >= 0:
            said = self.pieces[self._caption].text.strip()
            m = _LABEL.match(said)
            label, caption = (" ".join(m[1].split()), m[2].strip()) if m else ("", said)
        width = max(len(r) for r in table.rows)
        rows: list[tuple[str, ...]] = []
        pieces: list[tuple[tuple[int, ...], ...]] = []
        made: dict[int, int] = {}
        for r, row in enumerate(table.rows):
            texts: list[str] = []
            ids: list[tuple[int, ...]] = []
            for c, cell in enumerate([*row, *([] for _ in range(width - len(row)))]):
                here: list[int] = []
                for paragraph in cell:
                    if id(paragraph) not in made:
                        said = f"{label or self._where() + ', table'}, row {r + 1}, column {c + 1}"
                        made[id(paragraph)] = self._add(
                            paragraph, PieceKind.CELL, said, table=number, row=r, column=c
                        ).id
                    here.append(made[id(paragraph)])
                texts.append("\n".join(p.text for p in cell).strip("\n"))
                ids.append(tuple(here))
            rows.append(tuple(texts))
            pieces.append(tuple(ids))
        self.tables.append(
            ReportTable(
                label,
                caption,
                table.heads,
                tuple(rows),
                tuple(pieces),
                _depths(table),
                (),
                self._caption,
                len(self.sections) - 1,
            )
        )
        named = (self.path[-1][1] if self.path else "", caption, rows[0][0] if rows and rows[0] else "")
        if width == 2 and any(_ABBREVIATIONS.search(name) for name in named):
            for short, long in rows:
                if _SHORT.fullmatch(short.strip()) and long.strip():
                    self.pairs.setdefault(short.strip(), " ".join(long.split()))

    def done(self, name: str, media_type: str, pages: int) -> ReportText:
        return ReportText(
            name,
            media_type,
            tuple(self.pieces),
            tuple(self.sections),
            tuple(self.tables),
            tuple(self.pairs.items()),
            pages,
        )


def _depths(table: RoughTable) -> tuple[int, ...]:
    """Depth of each row's label by its indent and leading blanks."""
    widths: list[float] = []
    for row in table.rows:
        first = row[0][0] if row and row[0] else None
        if first is None:
            widths.append(0.0)
            continue
        blank = len(first.text) - len(first.text.lstrip(" \u00a0\t"))
        widths.append(first.indent + 100.0 * blank)
    steps = sorted(set(widths[table.heads :]) or {0.0})
    ranks: list[float] = []
    for step in steps:
        if not ranks or step - ranks[-1] > 3:
            ranks.append(step)
    return tuple(max((i for i, s in enumerate(ranks) if s <= w + 3), default=0) for w in widths)
