"""In-text tables: heads repeated on every page, rows whole, numbers to the right, labels indented, notes and sources below. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import docpipe.writing.word.names as names
from docpipe.model.document import Address
from docpipe.model.draft import PlannedTable
from docpipe.model.inline import CodedText, plain_text
from docpipe.writing.factstore import FactStore
from docpipe.writing.word.inline import Inliner
from docpipe.writing.word.layout import source_line
from docpipe.writing.word.styles import Styles
from docpipe.writing.word.table_changes import Line, comparable
from docpipe.writing.word.table_changes import lines as lines_of
from docpipe.writing.word.table_changes import notes as notes_between
from docpipe.writing.word.tree import BOLD, PLAIN, Change, Look, Tree

_NUMERIC = re.compile(r"[^A-Za-z]*|\s*(?:NA|NE|NC|NR|n/a)\s*|[^A-Za-z]*\d+(?:\.\d+)?E[+-]?\d+[^A-Za-z]*")
_INDENT = 220
_CELL, _CHARACTER = 180, 104
"""Twentieths of a point: what a cell takes around its text, and a character of the size used there."""
_TOGETHER = 14
"""Rows up to which a table is kept on one page."""
_NARROW, _SMALL, _LABEL = 40, 84, 2_600
"""Of small tables: the space beside a cell's text, a character, and what the first column takes at least."""


class TableWriter:
    """Writes tables into one document of a text ``width`` (twentieths of a point)."""

    def __init__(self, tree: Tree, inliner: Inliner, styles: Styles, width: int) -> None:
        self._tree, self._inliner, self._styles, self.width = tree, inliner, styles, width
        self._furniture = 0
        self.previous: Mapping[str, PlannedTable] = {}

    def table(self, parent: Any, address: Address, table: PlannedTable, *, new: bool = False) -> None:
        """The table, its notes and its source, with what changed in it since its former version. ``new``: it had none."""
        former = None if new else self.previous.get(table.key)
        if former is not None and not comparable(former, table):
            self.whole(parent, former, "del")
            former, new = None, True
        self._put(parent, table, names.row_name(address), former, "ins" if new else "")

    def whole(self, parent: Any, table: PlannedTable, change: Change) -> None:
        """A table that is new or gone."""
        self._put(parent, table, "", None, change)

    def _put(self, parent: Any, table: PlannedTable, name: str, former: PlannedTable | None, change: Change) -> None:
        most = max([len(table.columns), *(len(r.cells) for r in table.rows)], default=0)
        if not most:
            return
        said = _as_it_was if change == "del" else self._inliner.layout.shown
        shown = [[said(c) for c in cells] for cells in (table.columns, *(r.cells for r in table.rows))]
        notes = notes_of(table, self._inliner.layout.facts)
        was = notes_of(former, self._inliner.layout.facts) if former is not None else None
        written = lines_of(former.rows[former.lead :] if former is not None else None, table.rows[table.lead :])
        heads = [table.columns, *(r.cells for r in table.rows[: table.lead])]
        before = [former.columns, *(r.cells for r in former.rows[: former.lead])] if former is not None else []
        if table.lead:
            widths = even_widths(shown, len(heads), most, self.width)
            body = self.frame(parent, widths, said(table.caption), ruled=True)
            self._schedule(body, heads, before, written, most, name, bool(notes), change)
        else:
            body = self.frame(parent, self._widths(shown, most), said(table.caption))
            right = [n > 0 and _numeric([s[n] for s in shown[1:] if n < len(s)]) for n in range(most)]
            together = len(table.rows) <= _TOGETHER
            self._row(
                body, _padded(table.columns, most), right, head=True, name=name, change=change,
                before=before[0] if before else None,
            )  # fmt: skip
            for number, line in enumerate(written, 1):
                keep = bool(notes) if number == len(written) else line.row.head or together
                self._row(
                    body, _padded(line.row.cells, most), right, depth=line.row.depth, group=line.row.head, keep=keep,
                    before=line.before, change=change or line.change,
                )  # fmt: skip
        below = notes_between(was, notes)
        for number, (old, now) in enumerate(below, 1):
            self._note(
                parent, old, now, change, keep=number < len(below) and (not table.lead or len(below) <= _TOGETHER)
            )
        self._tree.paragraph(parent, self._styles["Table Note"], change)

    def _schedule(
        self, body: Any, heads: Sequence[Sequence[CodedText]], before: Sequence[Sequence[CodedText]], written: Sequence[Line],
        most: int, name: str, noted: bool, change: Change,
    ) -> None:  # fmt: skip
        """A table with several rows of heads: small, ruled between the columns, its cells in the middle."""
        for number, cells in enumerate(heads):
            was = before[number] if before else None
            self._small(body, cells, most, was, change, head=True, name="" if number else name)
        for number, line in enumerate(written, 1):
            keep = line.row.head or (len(written) <= _TOGETHER and number < len(written))
            self._small(
                body, line.row.cells, most, line.before, change or line.change, depth=line.row.depth, group=line.row.head,
                keep=keep,
            )  # fmt: skip

    def _small(
        self, table: Any, cells: Sequence[CodedText], most: int, before: Sequence[CodedText] | None, change: Change, *,
        head: bool = False, name: str = "", depth: int = 0, group: bool = False, keep: bool = False,
    ) -> None:  # fmt: skip
        widths = [int(g.get(self._tree._name("w:w"))) for g in table[1]]
        cells = _padded(cells, most)
        was = None if before is None else _padded(before, most)
        spans = _spans(cells, head=head, group=group)
        if (
            was is not None and _spans(was, head=head, group=group) != spans
        ):  # cells cannot be joined by a tracked change
            self._small(table, was, most, None, "del", head=head, depth=depth, group=group, keep=keep)
            was, change = None, "ins"
        row = self.line(table, head=head)
        self._tree.mark(change, row[0])
        for at, end in spans:
            cell = self._tree.new("w:tc", row)
            properties = self._tree.new("w:tcPr", cell)
            self._tree.new("w:tcW", properties, w=str(sum(widths[at:end])), type="dxa")
            if end - at > 1:
                self._tree.new("w:gridSpan", properties, val=str(end - at))
            self._tree.new("w:vAlign", properties, val="bottom" if head else "center")
            paragraph = self._tree.paragraph(cell, self._styles["Table Heading Small" if head else "Table Text Small"])
            if keep:
                self._tree.new("w:keepNext", paragraph[0])
            if not at and depth:
                self._tree.new("w:ind", paragraph[0], left=str(_INDENT // 2 * depth))
            if at:
                self._tree.new("w:jc", paragraph[0], val="center")
            if name and not at:
                self._tree.bookmark_end(paragraph, self._tree.bookmark(paragraph, name))
            self._cell(paragraph, cells[at], was[at] if was is not None else None, BOLD if group else PLAIN, change)

    def _cell(self, paragraph: Any, now: CodedText, was: CodedText | None, look: Look, change: Change) -> None:
        if not change and was is not None and plain_text(was, equiv=True) != plain_text(now, equiv=True):
            self._inliner.changed(paragraph, was, now, look)
        else:
            self._inliner.put(paragraph, now, look, change)

    def frame(self, parent: Any, widths: Sequence[int], title: str, *, ruled: bool = False) -> Any:
        """An empty table of these column widths; ``title``: its words for those who do not see it; ``ruled``: lines between columns."""
        new = self._tree.new
        made = new("w:tbl", parent)
        of = new("w:tblPr", made)
        new("w:tblStyle", of, val=self._styles["docpipe table"])
        new("w:tblW", of, w=str(sum(widths)), type="dxa")
        if ruled:
            new("w:insideV", new("w:tblBorders", of), val="single", sz="4", space="0", color="BFBFBF")
        new("w:tblLayout", of, type="fixed")
        if ruled:
            margins = new("w:tblCellMar", of)
            for side in ("left", "right"):
                new(f"w:{side}", margins, w=str(_NARROW), type="dxa")
        new(
            "w:tblLook",
            of,
            val="0620",
            firstRow="1",
            lastRow="0",
            firstColumn="0",
            lastColumn="0",
            noHBand="1",
            noVBand="1",
        )
        if title.strip():
            new("w:tblCaption", of, val=" ".join(title.split())[:250])
        grid = new("w:tblGrid", made)
        for width in widths:
            new("w:gridCol", grid, w=str(width))
        return made

    def _row(
        self, table: Any, cells: Sequence[CodedText], right: Sequence[bool], *, head: bool = False, name: str = "", depth: int = 0,
        group: bool = False, keep: bool = False, before: Sequence[CodedText] | None = None, change: Change = "",
    ) -> None:  # fmt: skip
        widths = [g.get(self._tree._name("w:w")) for g in table[1]]
        row = self.line(table, head=head)
        self._tree.mark(change, row[0])
        whole = group and not any(cells[1:])
        for n, coded in enumerate(cells[:1] if whole else cells):
            cell = self._tree.new("w:tc", row)
            properties = self._tree.new("w:tcPr", cell)
            self._tree.new("w:tcW", properties, w=str(self.width) if whole else widths[n], type="dxa")
            if whole and len(cells) > 1:
                self._tree.new("w:gridSpan", properties, val=str(len(cells)))
            if head:
                self._tree.new("w:vAlign", properties, val="bottom")
            paragraph = self._tree.paragraph(cell, self._styles["Table Heading" if head else "Table Text"])
            of = paragraph[0]
            if keep:
                self._tree.new("w:keepNext", of)
            if n == 0 and depth:
                self._tree.new("w:ind", of, left=str(_INDENT * depth))
            if right[n]:
                self._tree.new("w:jc", of, val="right")
            if name and n == 0:
                self._tree.bookmark_end(paragraph, self._tree.bookmark(paragraph, name))
            was = before[n] if before is not None and n < len(before) else None
            self._cell(paragraph, coded, was, BOLD if group else PLAIN, change)

    def line(self, table: Any, *, head: bool) -> Any:
        """A row that is never split; a head is repeated on every page."""
        row = self._tree.new("w:tr", table)
        properties = self._tree.new("w:trPr", row)
        self._tree.new("w:cantSplit", properties)
        if head:
            self._tree.new("w:tblHeader", properties)
        return row

    def _note(self, parent: Any, was: CodedText | None, now: CodedText | None, change: Change, *, keep: bool) -> None:
        change = change or ("ins" if was is None else "del" if now is None else "")
        paragraph = self._tree.paragraph(parent, self._styles["Table Note"], change)
        if keep:
            paragraph[0].insert(1, self._tree.new("w:keepNext"))
        if change != "del":
            self._furniture += 1
            self._tree.bookmark_end(paragraph, self._tree.bookmark(paragraph, f"{names.NOTE}{self._furniture}"))
        self._cell(paragraph, (now if now is not None else was) or (), was, PLAIN, change)

    def _widths(self, shown: Sequence[Sequence[str]], most: int) -> list[int]:
        """Widths by what stands in the columns: the longest word fits where the page allows it, longer texts wrap."""
        least, wanted = [], []
        for n in range(most):
            texts = [s[n] for s in shown if n < len(s) and (n or len(s) == 1 or any(s[1:]))] or [""]
            words = max((len(w) for t in texts for w in re.split(r"[\s/-]", t)), default=1)
            longest = max(len(t) for t in texts) + (5 if n == 0 else 0)
            least.append(_CELL + _CHARACTER * max(words, 14 if n == 0 and most < 6 else 3))
            wanted.append(max(least[-1], _CELL + _CHARACTER * min(longest, 48 if n == 0 else 30)))
        free, more = self.width - sum(least), sum(wanted) - sum(least)
        if free < 0:
            widths = [self.width * w // sum(least) for w in least]
        elif more > free:
            widths = [low + free * (high - low) // more for low, high in zip(least, wanted, strict=True)]
        else:
            widths = [self.width * w // sum(wanted) for w in wanted]
        widths[0] += self.width - sum(widths)
        return widths


def even_widths(shown: Sequence[Sequence[str]], heads: int, most: int, room: int) -> list[int]:
    """Widths of a table with several rows of heads: the first column by its labels, the others alike beyond their longest word.

    ``heads``: how many of the rows ``shown`` are heads: a text of theirs that stands over several columns widens none of them.
    """
    least = []
    for n in range(1, most):
        words = [
            len(word)
            for at, line in enumerate(shown)
            if n < len(line) and not (at < heads and n + 1 < len(line) and not line[n + 1] and line[n])
            for word in re.split(r"[\s/-]", line[n])
        ]
        least.append(2 * _NARROW + 30 + _SMALL * max(words, default=1))
    longest = max((len(line[0]) for line in shown if line and any(line[1:])), default=1)
    label = max(_LABEL, min(2 * _NARROW + _SMALL * longest, room // 3))
    free = room - label - sum(least)
    if free < 0:
        label = max(_LABEL, label + free)
        free = room - label - sum(least)
    if free < 0:
        widths = [(room - label) * w // sum(least) for w in least]
    else:
        more = min(free // max(1, len(least)), 900)
        widths = [w + more for w in least]
        label += min(room - label - sum(widths), room // 4)
    return [label if sum(widths) + label <= room else room - sum(widths), *widths]


def notes_of(table: PlannedTable, facts: FactStore) -> tuple[CodedText, ...]:
    """What stands below a table: its notes and its source."""
    return tuple(n for n in (*table.notes, source_line(table, facts)) if n)


def _spans(cells: Sequence[CodedText], *, head: bool, group: bool) -> list[tuple[int, int]]:
    """Columns that each cell takes: in heads and group rows an empty one continues the one before it."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(cells):
        end = at + 1
        while (head or group) and (at or group) and end < len(cells) and not cells[end] and cells[at]:
            end += 1
        found.append((at, end))
        at = end
    return found


def _as_it_was(text: CodedText) -> str:
    return plain_text(text, equiv=True)


def _numeric(texts: Sequence[str]) -> bool:
    filled = [t for t in texts if t.strip()]
    return any(any(c.isdigit() for c in t) for t in filled) and sum(
        bool(_NUMERIC.fullmatch(t)) for t in filled
    ) * 2 > len(filled)


def _padded(cells: Sequence[CodedText], most: int) -> list[CodedText]:
    return [*cells, *([()] * (most - len(cells)))]
