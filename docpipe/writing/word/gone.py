"""What the previous draft had and this one has no more: its rows as tracked deletions, where they stood. Imports the core and its room.

Where its plan is known, headings, captions, list items, tables and figures look as they did, so that to reject the changes gives them back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow
from docpipe.model.inline import CodedText, Placeholder
from docpipe.writing.word.changes import Gone, object_of
from docpipe.writing.word.inline import Inliner
from docpipe.writing.word.layout import alone
from docpipe.writing.word.numbering import LITERAL, Numbered, NumberingWriter
from docpipe.writing.word.options import WordOptions
from docpipe.writing.word.pictures import PictureWriter
from docpipe.writing.word.tables import TableWriter
from docpipe.writing.word.tree import PLAIN, Look, Tree

Styled = Callable[[PlannedBlock, PlannedRow, CodedText], tuple[str, Look]]
"""Style and look of a row."""


class GoneWriter:
    """Writes rows that are gone. ``styled``: how a row of a plan looks; ``opened``: begins a deleted paragraph of a style."""

    def __init__(
        self, tree: Tree, inliner: Inliner, tables: TableWriter, pictures: PictureWriter, numbers: NumberingWriter,
        options: WordOptions, styled: Styled, opened: Callable[[str], Any],
    ) -> None:  # fmt: skip
        self._tree, self._inliner, self._tables, self._pictures = tree, inliner, tables, pictures
        self._numbers, self._figures, self._styled, self._opened = numbers, options.figures, styled, opened
        plan = options.previous_plan
        self._rows = {r.address: (b, n, r) for b in plan.blocks for n, r in enumerate(b.rows)} if plan else {}
        self._labels = _labels(plan) if plan else {}

    def put(self, body: Any, gone: Gone) -> None:
        """One row; nothing of a table or figure whose content is not known."""
        code = object_of(gone.text)
        if code is None:
            self._text(gone)
        elif (table := self._tables.previous.get(code.data)) is not None:
            if table.columns or table.rows:
                self._tables.whole(body, table, "del")
        elif code.data in self._figures:
            self.picture(self._opened("Figure"), code)

    def picture(self, paragraph: Any, code: Placeholder) -> None:
        """A figure as it was; nothing where it is not known."""
        picture = self._figures.get(code.data)
        if picture is not None:
            self._pictures.put(paragraph, code.data, picture, picture.alt or "Figure of the previous version", "del")

    def _text(self, gone: Gone) -> None:
        block, number, row = self._rows.get(gone.address, (None, 0, None))
        style, look = self._styled(block, row, gone.text) if block is not None and row is not None else ("", PLAIN)
        paragraph = self._opened(style or "Body Text")
        if block is not None and row is not None and row.kind is BlockKind.HEADING and row.level > 0:
            self._numbers.paragraph(paragraph[0], Numbered(LITERAL), row.level)
            if not number and block.number:
                self._tree.run(paragraph, f"{block.number}\t", change="del")
        self._tree.run(paragraph, self._labels.get(gone.address, ""), change="del")
        self._inliner.put(paragraph, gone.text, look, "del")


def _labels(plan: Plan) -> dict[Address, str]:
    """What stood ahead of each caption: ``Table 3. ``."""
    counts: Counter[str] = Counter()
    found: dict[Address, str] = {}
    for block in plan.blocks:
        for row, following in zip(block.rows, block.rows[1:], strict=False):
            code = alone(following) if row.kind is BlockKind.CAPTION else None
            if code is not None:
                counts[code.kind] += 1
                found[row.address] = f"{code.kind.capitalize()} {counts[code.kind]}. "
    return found
