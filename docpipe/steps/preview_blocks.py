"""Our own plain rendering of a document: parts, paragraphs, tables and runs with the segment each belongs to. Imports segment and the core.

Only data, no HTML: whoever shows it escapes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, plain_text
from docpipe.model.segment import Segment, SegmentId
from docpipe.segment.segments import join

_MARKS = frozenset({"b", "i", "u", "sup", "sub", "strike"})
_SEGMENT = "segment"
_TABLE = re.compile(r"/tbl\[\d+\]")
_CELL = re.compile(r"/tc\[\d+\]")
UNSEEN = frozenset({
    BlockKind.ALT_TEXT, BlockKind.PROPERTY, BlockKind.LIST_ENTRY, BlockKind.COMMENT, BlockKind.CHART_TEXT,
})  # fmt: skip
"""Kinds that have no place in the running text of a page."""
_PARTS: tuple[tuple[str, frozenset[BlockKind]], ...] = (
    ("Header", frozenset({BlockKind.HEADER})),
    ("", frozenset()),
    ("Notes", frozenset({BlockKind.FOOTNOTE, BlockKind.ENDNOTE})),
    ("Footer", frozenset({BlockKind.FOOTER})),
    ("Not in the running text", UNSEEN),
)
Grid = Sequence[tuple[bool, Sequence[tuple[str, int, int]]]]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look. ``segment``: the row that they belong to, or ""; ``first``: the segment begins here."""

    text: str
    marks: tuple[str, ...] = ()
    segment: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block as it is shown. ``kind``: a ``BlockKind``'s value."""

    kind: str
    level: int
    runs: tuple[Run, ...]
    type: Literal["paragraph"] = "paragraph"


@dataclass(slots=True)
class Cell:
    """A table's cell with what stands in it."""

    columns: int
    rows: int
    nodes: list[Paragraph | Table] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row; ``heading`` rows are repeated on each page."""

    heading: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows."""

    rows: tuple[Row, ...]
    type: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the document with its name ("" for the body)."""

    title: str
    nodes: tuple[Paragraph | Table, ...]


def parts(
    blocks: Sequence[Block],
    segments: Sequence[Segment],
    targets: Mapping[SegmentId, CodedText],
    languages: tuple[str, str],
    grids: Mapping[str, Grid],
) -> list[Part]:
    """The document's parts in reading order. ``targets``: what to show for a segment; others show their source."""
    by_block: dict[Address, list[Segment]] = defaultdict(list)
    for s in segments:
        by_block[s.address].append(s)
    found: dict[str, list[tuple[Address, Paragraph]]] = {title: [] for title, _ in _PARTS}
    for block in blocks:
        title = next((t for t, kinds in _PARTS if block.kind in kinds), "")
        content = _marked(block, by_block.get(block.address, []), targets, languages)
        found[title].append((block.address, Paragraph(block.kind.value, block.level, tuple(_runs(content)))))
    unseen = _PARTS[-1][0]  # control entries and the like: their table is shown where its text is
    return [
        Part(title, tuple(_nodes(there, {} if title == unseen else grids, 0)))
        for title, there in found.items()
        if there
    ]


def _marked(
    block: Block, rows: Sequence[Segment], targets: Mapping[SegmentId, CodedText], languages: tuple[str, str]
) -> CodedText:
    """The block's content with a pair of codes of our own round each segment: joined as the document will be."""
    if not rows:
        return block.content
    filled: dict[SegmentId, CodedText] = {}
    for number, s in enumerate(rows, 1):
        target = targets.get(s.id, s.source)
        filled[s.id] = (Open(-number, _SEGMENT, s.id), *target, Close(-number)) if target else ()
    return join(block, rows, filled, *languages)


def _runs(content: CodedText) -> list[Run]:
    segment, first = "", False
    marks: dict[int, str] = {}
    out: list[Run] = []
    for part in content:
        match part:
            case Open(id=n, kind=kind, data=data):
                if kind == _SEGMENT and n < 0:
                    segment, first = data, True
                elif kind in _MARKS:
                    marks[n] = kind
            case Close(id=n):
                if n < 0:
                    segment = ""
                marks.pop(n, None)
            case Text(text=text) | Placeholder(equiv=text):
                raised = ("sup",) if isinstance(part, Placeholder) and part.kind == "note" else ()
                run = Run(text, (*dict.fromkeys(marks.values()), *raised), segment, first and bool(segment))
                if text:
                    if out and not run.first and (out[-1].marks, out[-1].segment) == (run.marks, run.segment):
                        out[-1] = replace(out[-1], text=out[-1].text + text)
                    else:
                        out.append(run)
                    first = False
    return out


def _nodes(
    there: Sequence[tuple[Address, Paragraph]], grids: Mapping[str, Grid], below: int
) -> list[Paragraph | Table]:
    """Paragraphs in order, those of a table gathered in its grid. ``below``: length of the address already gone into."""
    out: list[Paragraph | Table] = []
    at = 0
    while at < len(there):
        address, paragraph = there[at]
        mark = _TABLE.search(address, below)
        table = address[: mark.end()] if mark else ""
        if table not in grids:
            out.append(paragraph)
            at += 1
            continue
        stop = at + 1
        while stop < len(there) and there[stop][0].startswith(table + "/"):
            stop += 1
        made, left = _table(there[at:stop], table, grids)
        out += [made, *left]
        at = stop
    return out


def _table(
    inside: Sequence[tuple[Address, Paragraph]], table: str, grids: Mapping[str, Grid]
) -> tuple[Table, list[Paragraph | Table]]:
    """The table, and what stands in none of its cells (the hidden parts of merged ones)."""
    by_cell: dict[str, list[tuple[Address, Paragraph]]] = defaultdict(list)
    for address, paragraph in inside:
        mark = _CELL.search(address, len(table))
        by_cell[address[: mark.end()] if mark else ""].append((address, paragraph))
    rows = []
    for heading, cells in grids[table]:
        made = [Cell(w, h, _nodes(by_cell.pop(a, []), grids, len(a))) for a, w, h in cells]
        rows.append(Row(heading, tuple(made)))
    left = [node for rest in by_cell.values() for node in _nodes(rest, {}, 0)]
    return Table(tuple(rows)), left


def shown_texts(coded: CodedText) -> list[str]:
    """The text's stretches between codes that a page shows something for (fields, note marks, pictures)."""
    out = [""]
    for part in coded:
        if isinstance(part, Text):
            out[-1] += part.text
        elif isinstance(part, Placeholder) and part.kind not in ("tab", "br", "hyphen"):
            out.append("")
    return out


def standing(segment: Segment) -> str:
    """In which chain of the pages a segment stands: edge, note, box, body; "" for what a page does not show."""
    kind = segment.kind
    if kind in UNSEEN or not any(c.isalnum() for c in plain_text(segment.source)):
        return ""
    if kind in (BlockKind.HEADER, BlockKind.FOOTER):
        return "edge"
    if kind in (BlockKind.FOOTNOTE, BlockKind.ENDNOTE):
        return "note"
    return "box" if kind is BlockKind.TEXT_BOX else "body"
