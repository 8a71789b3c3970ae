"""The elements of tracked changes: insertions, deletions, changed formats, with author, time and a number of their own.

Imports names and rows. Source: ISO/IEC 29500-1, 17.13.5 (revisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from docpipe.formats.ooxml.names import SHORT, XML_SPACE, Element, child, same_flavour
from docpipe.formats.ooxml.tracked_row import PARAGRAPH_MARKS, RUN_MARKS, Bit, properties_copy

_FIRST = 970_000_000
_BEFORE_MARK_FORMAT = frozenset({"w:sectPr", "w:pPrChange"})


@dataclass(slots=True)
class Marks:
    """Makes the elements of one document's changes. ``at``: UTC, ISO 8601 with seconds and ``Z``."""

    author: str
    at: str
    count: int = 0

    def mark(self, near: Element, local: str) -> Element:
        """A change of this kind (ins, del, rPrChange, pPrChange) in the namespace of ``near``."""
        el = near.makeelement(same_flavour(near, local))
        self.count += 1
        for key, value in (("id", str(_FIRST + self.count)), ("author", self.author), ("date", self.at)):
            el.set(same_flavour(near, key), value)
        return el

    # ------------------------------------------------------------ runs

    def insert_runs(self, runs: Sequence[Element]) -> None:
        """Marks neighbouring runs (or equations) of one parent as inserted."""
        parent = runs[0].getparent()
        assert parent is not None
        mark = self.mark(parent, "ins")
        parent.insert(parent.index(runs[0]), mark)
        mark.extend(runs)

    def deleted(self, near: Element, bits: Sequence[tuple[Bit, str]]) -> Element | None:
        """A deletion of what stood there: bits with the text of theirs that is gone. None where nothing can be shown."""
        mark = self.mark(near, "del")
        last: Element | None = None
        run: Element | None = None
        for bit, text in bits:
            if bit.opens or bit.closes:
                continue
            if bit.run is None:
                mark.append(deepcopy(bit.element))
                continue
            if run is None or bit.run is not last:
                run, last = self._run_like(near, bit.run), bit.run
                mark.append(run)
            run.append(_as_deleted(near, bit, text))
        if len(mark):
            return mark
        self.count -= 1
        return None

    def _run_like(self, near: Element, old: Element) -> Element:
        run = near.makeelement(same_flavour(near, "r"))
        properties = properties_copy(child(old, "w:rPr"), near, "rPr", without=RUN_MARKS)
        if len(properties):
            run.append(properties)
        return run

    def change_format(self, run: Element, old: Element | None) -> None:
        """Says that the run looked as ``old`` does before."""
        properties = child(run, "w:rPr")
        if properties is None:
            properties = run.makeelement(same_flavour(run, "rPr"))
            run.insert(0, properties)
        mark = self.mark(run, "rPrChange")
        before = child(old, "w:rPr") if old is not None else None
        mark.append(properties_copy(before, run, "rPr", without=RUN_MARKS))
        properties.append(mark)

    # ------------------------------------------------------------ paragraphs and rows

    def mark_end(self, paragraph: Element, local: str) -> None:
        """Marks the end of a paragraph as inserted (``ins``) or deleted (``del``)."""
        properties = _paragraph_properties(paragraph)
        format_ = child(properties, "w:rPr")
        if format_ is None:
            format_ = paragraph.makeelement(same_flavour(paragraph, "rPr"))
            at = next((i for i, el in enumerate(properties) if SHORT[el.tag] in _BEFORE_MARK_FORMAT), len(properties))
            properties.insert(at, format_)
        format_.insert(0, self.mark(paragraph, local))

    def change_paragraph(self, paragraph: Element, before: Element | None) -> None:
        """Says that the paragraph had the properties ``before`` (a ``w:pPr``, None for none)."""
        properties = _paragraph_properties(paragraph)
        mark = self.mark(paragraph, "pPrChange")
        mark.append(properties_copy(before, paragraph, "pPr", without=PARAGRAPH_MARKS))
        properties.append(mark)

    def mark_row(self, row: Element, local: str) -> None:
        """Marks a table row as inserted or deleted."""
        properties = child(row, "w:trPr")
        if properties is None:
            properties = row.makeelement(same_flavour(row, "trPr"))
            at = next((i for i, el in enumerate(row) if SHORT[el.tag] not in ("w:tblPrEx", "#")), len(row))
            row.insert(at, properties)
        properties.append(self.mark(row, local))


def _paragraph_properties(paragraph: Element) -> Element:
    properties = child(paragraph, "w:pPr")
    if properties is None:
        properties = paragraph.makeelement(same_flavour(paragraph, "pPr"))
        paragraph.insert(0, properties)
    return properties


def _as_deleted(near: Element, bit: Bit, text: str) -> Element:
    name = SHORT[bit.element.tag]
    if name not in ("w:t", "w:instrText"):
        return deepcopy(bit.element)
    made = near.makeelement(same_flavour(near, "delText" if name == "w:t" else "delInstrText"))
    made.text = text if name == "w:t" else bit.element.text
    made.set(XML_SPACE, "preserve")
    return made
