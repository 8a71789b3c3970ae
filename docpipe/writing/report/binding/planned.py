"""A report as a plan with rows, so that what looks at drafts looks at it too. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docpipe.model import draft as codes
from docpipe.model.canonical import digest_of
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable, TableRow
from docpipe.model.inline import CodedText, Inline, Placeholder, Text
from docpipe.model.report import Piece, PieceKind, ReportText
from docpipe.writing.study_card import Card

CONSTANTS = (
    "ICH E3", "ICH E6", "ICH E6(R2)", "ICH E6(R3)", "ICH E9", "ICH E9(R1)", "ICH E2A", "ICH M11", "ICH M4E", "21 CFR Part 11", "21 CFR 50", "21 CFR 312", "GCP",
    "Module 2.5", "Module 2.7", "E6", "E9", "E3",
)  # fmt: skip
_KINDS = {
    PieceKind.HEADING: BlockKind.HEADING, PieceKind.LIST_ITEM: BlockKind.LIST_ITEM, PieceKind.CAPTION: BlockKind.CAPTION,
}  # fmt: skip
_LEFT = (PieceKind.HEADER, PieceKind.FOOTER, PieceKind.CONTENTS, PieceKind.CELL)

Codes = Mapping[int, Sequence[tuple[int, int, Placeholder]]]
"""Piece -> codes in place of its characters."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the characters of a row come from: the piece, or for a table its pieces."""

    piece: int
    table: int = -1


def coded(text: str, found: Sequence[tuple[int, int, Placeholder]]) -> CodedText:
    """A text with codes in place of some of its characters."""
    parts: list[Inline] = []
    at = 0
    for start, end, code in sorted(found, key=lambda f: f[0]):
        if start < at:
            continue
        if start > at:
            parts.append(Text(text[at:start]))
        parts.append(code)
        at = end
    if at < len(text):
        parts.append(Text(text[at:]))
    return tuple(parts)


def plan_of(report: ReportText, card: Card, type_name: str, found: Codes) -> tuple[Plan, dict[Address, Home]]:
    """The plan of a report and where its rows stand."""
    homes: dict[Address, Home] = {}
    rows: list[list[PlannedRow]] = [[] for _ in range(len(report.sections) + 1)]
    ids = _ids(report)
    shown: set[int] = set()
    for piece in report.pieces:
        if piece.kind is PieceKind.CELL and piece.table not in shown:
            shown.add(piece.table)
            key = f"t{piece.table}"
            here = rows[piece.section + 1]
            address = Address(f"block:{ids[piece.section + 1]}/{len(here)}")
            homes[address] = Home(piece.id, piece.table)
            code = Placeholder(1, codes.TABLE, key, "")
            here.append(PlannedRow(address, BlockKind.TABLE, (code,)))
        if piece.kind in _LEFT:
            continue
        here = rows[piece.section + 1]
        address = Address(f"block:{ids[piece.section + 1]}/{len(here)}")
        homes[address] = Home(piece.id)
        text = (
            _heading(report, piece) if piece.kind is PieceKind.HEADING else coded(piece.text, found.get(piece.id, ()))
        )
        gap = piece.text if re.match(r"^\[GAP\b", piece.text) else ""
        here.append(PlannedRow(address, _KINDS.get(piece.kind, BlockKind.PARAGRAPH), text, piece.level, gap=gap))
    blocks = [PlannedBlock("front", "", "", 0, Fate.DRAFTED, tuple(rows[0]))] if rows[0] else []
    for i, section in enumerate(report.sections):
        mine = tuple(rows[i + 1])
        fate = Fate.DRAFTED if len(mine) > 1 else Fate.CONTAINER
        blocks.append(PlannedBlock(ids[i + 1], section.number, section.heading, section.level, fate, mine))
    tables = tuple(_table(report, n, found) for n in range(len(report.tables)))
    title = next((p.text for p in report.pieces if p.kind in (PieceKind.HEADING, PieceKind.PARAGRAPH)), "")
    plan = Plan(
        f"draft/{type_name}.v1", digest_of(type_name), title, "en", card.study, card.data_version, tuple(blocks), tables, (),
        tuple(p for p in report.abbreviations if p[0].casefold() != "abbreviation"), CONSTANTS, (), card.arms,
    )  # fmt: skip
    return plan, homes


def _heading(report: ReportText, piece: Piece) -> CodedText:
    section = report.sections[piece.section]
    return (Text(section.heading),)


def _ids(report: ReportText) -> list[str]:
    found: list[str] = ["front"]
    for n, section in enumerate(report.sections):
        name = section.number or f"s{n}"
        found.append(name if name not in found else f"{name}-{n}")
    return found


def _table(report: ReportText, number: int, found: Codes) -> PlannedTable:
    table = report.tables[number]

    def cell(ids: Sequence[int]) -> CodedText:
        parts: list[Inline] = []
        for n, i in enumerate(ids):
            if n:
                parts.append(Text(" "))
            parts += coded(report.pieces[i].text, found.get(i, ()))
        return tuple(parts)

    heads = [
        tuple(dict.fromkeys(i for r in table.pieces[: table.heads] if c < len(r) for i in r[c]))
        for c in range(max((len(r) for r in table.pieces), default=0))
    ]
    rows = tuple(
        TableRow(
            tuple(cell(ids) for ids in row), table.depths[n + table.heads] if n + table.heads < len(table.depths) else 0
        )
        for n, row in enumerate(table.pieces[table.heads :])
    )
    caption = (Text(report.pieces[table.caption_piece].text),) if table.caption_piece >= 0 else ()
    notes = tuple((Text(report.pieces[i].text),) for i in table.notes)
    return PlannedTable(f"t{number}", caption, tuple(cell(h) for h in heads), rows, notes)
