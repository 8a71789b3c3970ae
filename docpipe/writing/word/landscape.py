"""Pages in landscape for sections with a wide table or figure: where they begin and end, and their page set-up. Imports python-docx and its room.

Source: ECMA-376 part 1, 17.6 (sections).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedTable
from docpipe.writing.amended import table_of
from docpipe.writing.word.layout import alone
from docpipe.writing.word.options import Picture
from docpipe.writing.word.tree import Tree

_MANY = 9
"""Columns up to which a table with rows of heads stands on an upright page."""
_ONCE = ("titlePg", "pgNumType", "type")
"""What only the first section has of a page set-up."""


def is_wide(table: PlannedTable) -> bool:
    """Whether a table needs the long side of the page."""
    return table.lead > 0 and len(table.columns) > _MANY


def turned(plan: Plan, block: PlannedBlock, figures: Mapping[str, Picture]) -> bool:
    """Whether a section of the document belongs on pages in landscape: all of it, so that its heading is not left behind."""
    for row in block.rows:
        table = table_of(plan, row)
        if table is not None and is_wide(table):
            return True
        code = alone(row) if row.kind is BlockKind.FIGURE else None
        picture = figures.get(code.data) if code is not None else None
        if picture is not None and picture.wide:
            return True
    return False


class Sections:
    """The sections of one document, as they are written. ``across``: whether the pages lie at present."""

    def __init__(self, tree: Tree, note: str) -> None:
        self._tree, self._note = tree, note
        self._ends: list[tuple[Any, bool]] = []
        self.across = False

    def turn(self, body: Any, across: bool) -> None:
        """Ends the present section: its last paragraph carries the page set-up, an empty one where none stands there."""
        last = body[-1] if len(body) else None
        if last is None or not last.tag.endswith("}p"):
            last = self._tree.paragraph(body, self._note)
        properties = last[0] if len(last) and last[0].tag.endswith("}pPr") else None
        if properties is None:
            properties = self._tree.new("w:pPr")
            last.insert(0, properties)
        self._ends.append((properties, self.across))
        self.across = across

    def settle(self, document: Any, headed: Callable[[Any, int], None]) -> None:
        """Gives each section its page set-up. ``headed``: fills in headers and footers of a lying section for a text width."""
        from docx.section import Section

        final = document.element.body[-1]
        upright = copy.deepcopy(final)
        lying: Any = None
        for n, (properties, across) in enumerate(self._ends):
            made = copy.deepcopy(upright)
            properties.append(made)
            if n:
                _once(made)
            if across:
                lying = self._lying(document, made, lying, headed, Section)
        if self._ends:
            _once(final)
        if self.across:
            self._lying(document, final, lying, headed, Section)

    @staticmethod
    def _lying(document: Any, made: Any, first: Any, headed: Callable[[Any, int], None], section: Any) -> Any:
        _laid(made)
        references = [e for e in made if e.tag.endswith(("}headerReference", "}footerReference"))]
        if first is not None:
            for old in references:
                made.remove(old)
            for n, e in enumerate(e for e in first if e.tag.endswith(("}headerReference", "}footerReference"))):
                made.insert(n, copy.deepcopy(e))
            return first
        of = section(made, document.part)
        headed(of, max(2000, (of.page_width - of.left_margin - of.right_margin) // 635))
        return made


def _once(section: Any) -> None:
    for child in list(section):
        if str(child.tag).rpartition("}")[2] in _ONCE:
            section.remove(child)


def _laid(section: Any) -> None:
    """Turns the page: its sides change places."""
    from docx.oxml.ns import qn

    size = section.find(qn("w:pgSz"))
    if size is not None:
        wide, high = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), high)
        size.set(qn("w:h"), wide)
        size.set(qn("w:orient"), "landscape")


def lying_room(section: Any) -> tuple[int, int]:
    """Width of the text (twentieths of a point) and height (English metric units) on a page that was turned."""
    width = (section.page_height - section.left_margin - section.right_margin) // 635
    return max(2000, width), int(section.page_width - section.top_margin - section.bottom_margin)
