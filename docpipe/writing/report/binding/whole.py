"""Binds a whole report: prose, tables, narratives, quotations. Imports the core and its room."""

from __future__ import annotations

import re

from docpipe.model import draft as codes
from docpipe.model.inline import Placeholder
from docpipe.model.report import PieceKind, ReportText
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.report.binding.planned import plan_of
from docpipe.writing.report.binding.prose import Prose
from docpipe.writing.report.binding.ready import Ready
from docpipe.writing.report.binding.tabled import Tabled
from docpipe.writing.report.binding.unsaid import Unsaid
from docpipe.writing.report.checked import Checked, Fate
from docpipe.writing.report.claims import claims
from docpipe.writing.study import StudyData

_PROSE = (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.NOTE, PieceKind.FOOTNOTE, PieceKind.CAPTION)
_TABLE = re.compile(r"\bTables?[\s\u00a0]+([\dA-Z][\w.\u2011-]*\d\w?)")


def bind(
    report: ReportText,
    study: StudyData,
    facts: FactStore | None = None,
    type_name: str = "csr",
    ready: Ready | None = None,
) -> Checked:
    """Every number of the report with what became of it. ``ready``: where many reports of one study and ``facts`` are bound."""
    return _Binder(report, ready or Ready(study, facts), type_name).checked()


class _Binder(Prose, Tabled, Unsaid):
    def checked(self) -> Checked:
        for piece in self.report.pieces:
            if piece.kind in _PROSE:
                self._prose(piece)
        for number, table in enumerate(self.report.tables):
            self._table(number, table)
        self._unsaid()
        told = tuple(claims(self))
        self._code()
        plan, homes = plan_of(self.report, self.card, self.type_name, self.codes)
        return Checked(self.report, tuple(self.numbers), plan, homes, self.facts, self.card, self.quoted, told)

    def _code(self) -> None:
        """Bound numbers as values, references to displays as codes."""
        for n in self.numbers:
            if n.fate is Fate.BOUND and n.facts and n.reason != "loose" and not re.search(r"[<>≤≥]", n.text):
                end = n.start + len(n.text.rstrip("% "))
                code = Placeholder(
                    len(self.codes[n.piece]) + 1,
                    codes.FACT,
                    n.facts[0].id,
                    self.report.pieces[n.piece].text[n.start : end],
                )
                self.codes[n.piece].append((n.start, end, code))
        for piece in self.report.pieces:
            if piece.kind not in (*_PROSE, PieceKind.CELL) or piece.kind is PieceKind.CAPTION:
                continue
            for m in _TABLE.finditer(piece.text):
                if number_of_display(m[1]) in self.displays:
                    code = Placeholder(len(self.codes[piece.id]) + 1, codes.DISPLAY, m[0], m[0])
                    self.codes[piece.id].append((m.start(), m.end(), code))
