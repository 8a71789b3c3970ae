"""Reads a bilingual DOCX as it comes back from Word, LibreOffice or another editor. Imports the core and docpipe.safe only.

A target is its text as if every tracked change were accepted; who made them is kept. What is wrong with a row is listed in
the row. Source: ECMA-376 part 1, 17.13 (annotations: ins, del, moveFrom, moveTo, comments).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.exports.bilingual import BilingualFile, BilingualRow, RowComment, TrackedChange, marked
from docpipe.exports.bilingual_docx import COLUMNS
from docpipe.exports.bilingual_marks import (
    FileMark,
    RowKey,
    from_cell,
    read_bookmark,
    read_key,
    read_mark,
    runs_right_to_left,
)
from docpipe.exports.bilingual_package import local, main_part, related
from docpipe.model.inline import CodeFault
from docpipe.model.segment import SegmentId
from docpipe.safe import xml
from docpipe.safe.package import Package, open_package

__all__ = ["read_bilingual_docx"]

_SPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_PASSED = frozenset({
    "rPr", "pPr", "tcPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "instrText", "delInstrText", "fldChar", "proofErr",
    "annotationRef", "lastRenderedPageBreak", "permStart", "permEnd", "bookmarkEnd", "delText", "del", "moveFrom", "rt",
    "commentRangeEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
})  # fmt: skip
"""Elements whose text is no text of the final document."""
_OBJECTS = {
    "drawing": "[picture]", "pict": "[picture]", "object": "[object]", "footnoteReference": "[footnote]",
    "endnoteReference": "[endnote]", "sym": "[symbol]", "tbl": "[table]", "altChunk": "[document]",
}  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_ROW_LOST = "has another number of columns than the file had"


def read_bilingual_docx(data: bytes) -> BilingualFile:
    """The rows of a bilingual DOCX that we wrote.

    Raises ``AssetMalformed`` when it is none, and the leaves of ``InputRefused`` that hostile or damaged packages meet.
    """
    package = open_package(data)
    main = main_part(package)
    root: Any = xml.parse(package.read(main))
    body = next((e for e in root if _local(e) == "body"), None)
    if body is None:
        raise AssetMalformed("The DOCX has no body.")
    mark: FileMark | None = None
    comments = _comments(package, main)
    taken: set[str] = set()
    rows: list[BilingualRow] = []
    for element in body.iter():
        name = _local(element)
        if name == "p" and mark is None and not rows:
            mark = read_mark("".join(_raw(element)))
        elif name == "tbl" and mark is not None and not any(_local(a) == "tc" for a in element.iterancestors()):
            rows += _rows(element, _Beside(comments, taken, mark))
    if mark is None:
        raise AssetMalformed(
            "The DOCX is no bilingual file of docpipe, or its hidden first line is gone: export it again."
        )
    return BilingualFile(
        mark.batch, mark.document, mark.sha256, marked(rows), mark.path, mark.source, mark.target, "1", "docx",
        tuple(c for number, c in comments.items() if number not in taken),
    )  # fmt: skip


def _local(element: Any) -> str:
    """The element's name in WordprocessingML, "" for another vocabulary's."""
    return local(element, _SPACES)


def _get(element: Any, name: str) -> str:
    for space in _SPACES:
        value = element.get(space + name)
        if value is not None:
            return str(value)
    return ""


def _comments(package: Package, main: str) -> dict[str, RowComment]:
    found: dict[str, RowComment] = {}
    for part in related(package, main, "comments"):
        for element in xml.parse(package.read(part)):
            if _local(element) == "comment":
                said = _final(element).joined().strip()
                if said:
                    found[_get(element, "id")] = RowComment(_get(element, "author"), said, _get(element, "date"))
    return found


def _raw(element: Any) -> Iterator[str]:
    """Every character of text, whatever became of it."""
    for part in element.iter():
        if _local(part) == "t" and part.text:
            yield part.text


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the table: comments, those that rows have taken, and the mark of the file."""

    comments: dict[str, RowComment]
    taken: set[str]
    mark: FileMark

    def of(self, line: Any) -> tuple[RowComment, ...]:
        """The comments that begin in a row."""
        own = []
        for element in line.iter() if self.comments else ():
            where = _get(element, "id") if _local(element) in ("commentRangeStart", "commentReference") else ""
            if where in self.comments and where not in self.taken:
                self.taken.add(where)
                own.append(self.comments[where])
        return tuple(own)


def _rows(table: Any, beside: _Beside) -> Iterator[BilingualRow]:
    lines = [e for e in table.iter() if _local(e) == "tr" and _table_of(e) is table]
    keys = [_key(line) for line in lines]
    if not any(keys):
        return
    for number, (line, key) in enumerate(zip(lines, keys, strict=True)):
        if key is None and number == 0:
            continue  # the heading
        yield _row(line, key, number, beside)


def _table_of(row: Any) -> Any:
    return next((a for a in row.iterancestors() if _local(a) == "tbl"), None)


def _key(line: Any) -> RowKey | None:
    """The key in the row's hidden text, else the one in its bookmark."""
    first = next((e for e in line.iter() if _local(e) == "tc"), None)
    found = read_key("".join(_raw(first))) if first is not None else None
    if found is not None:
        return found
    names = (_get(e, "name") for e in line.iter() if _local(e) == "bookmarkStart")
    return next((key for name in names if (key := read_bookmark(name)) is not None), None)


def _row(line: Any, key: RowKey | None, number: int, beside: _Beside) -> BilingualRow:
    cells = [e for e in line.iter() if _local(e) == "tc" and _row_of(e) is line]
    own = beside.of(line)
    if key is None:
        shown = _final(cells[0]).joined().strip()[:24] if cells else ""
        name = SegmentId(shown or f"in line {number}")
        return BilingualRow(name, "", None, trouble="has lost its hidden key", comments=own)
    trouble = ""
    if len(cells) != len(COLUMNS):
        trouble = _ROW_LOST
    elif any(_local(e) == "del" and _local(e.getparent()) == "trPr" for e in line.iter()):
        trouble = "was deleted as a tracked change"
    elif _contradicts(line, key):
        trouble = "bears the keys of two rows"
    if trouble:
        return BilingualRow(key.segment, "", None, key.revision, trouble=trouble, comments=own)
    source, target = _final(cells[1]), _final(cells[2])
    text = from_cell(target.joined(), rtl=runs_right_to_left(beside.mark.target))
    return BilingualRow(
        segment_id=key.segment,
        source=from_cell(source.joined(), rtl=runs_right_to_left(beside.mark.source)),
        target=text if text or key.target else None,
        revision=key.revision,
        source_digest=key.source,
        target_digest=key.target,
        faults=tuple(dict.fromkeys(target.faults)),
        comments=own,
        tracked=tuple(TrackedChange(author, at) for author, at in sorted(target.authors.items())),
    )


def _row_of(cell: Any) -> Any:
    return next((a for a in cell.iterancestors() if _local(a) == "tr"), None)


def _contradicts(line: Any, key: RowKey) -> bool:
    marks = (read_bookmark(_get(e, "name")) for e in line.iter() if _local(e) == "bookmarkStart")
    return any(m is not None and m.segment != key.segment for m in marks)


def _final(cell: Any) -> _Reading:
    reading = _Reading()
    reading.paragraphs(cell)
    return reading


@dataclass(slots=True)
class _Reading:
    """Text of a cell or comment as if every tracked change were accepted."""

    lines: list[tuple[str, bool]] = field(default_factory=list)
    """Text of each paragraph, and whether it runs on into the next: its mark was deleted."""
    authors: dict[str, str] = field(default_factory=dict)
    faults: list[CodeFault] = field(default_factory=list)

    def joined(self) -> str:
        """The text; paragraphs are parted by line breaks, empty ones at both ends are nothing."""
        texts: list[str] = []
        runs_on = True
        for text, goes_on in self.lines:
            if runs_on and texts:
                texts[-1] += text
            else:
                texts.append(text)
            runs_on = goes_on
        while texts and not texts[-1]:
            texts.pop()
        while texts and not texts[0]:
            texts.pop(0)
        return "\n".join(texts)

    def paragraphs(self, element: Any) -> None:
        """Reads the paragraphs directly in an element, through content controls and the like."""
        for child in element:
            name = _local(child)
            if name == "p":
                out: list[str] = []
                self._inside(child, out)
                self.lines.append(("".join(out), self._mark_deleted(child)))
            elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
                self.paragraphs(child)
            elif name in _OBJECTS:
                self._fault(_OBJECTS[name])

    def _mark_deleted(self, paragraph: Any) -> bool:
        for properties in paragraph:
            if _local(properties) != "pPr":
                continue
            for marks in properties:
                if _local(marks) != "rPr":
                    continue
                for change in marks:
                    if _local(change) in ("ins", "del", "moveFrom", "moveTo"):
                        self._changed(change)
                        if _local(change) in ("del", "moveFrom"):
                            return True
        return False

    def _inside(self, element: Any, out: list[str]) -> None:
        for child in element:
            name = _local(child)
            if name in ("ins", "del", "moveFrom", "moveTo"):
                self._changed(child)
            if name == "t":
                out.append(child.text or "")
            elif name in _CHARACTERS:
                out.append(_CHARACTERS[name])
            elif name in _OBJECTS:
                self._fault(_OBJECTS[name])
            elif name == "r" and self._hidden(child):
                if any(_raw(child)):
                    self._fault("[hidden text]")
            elif name not in _PASSED:
                if not name and not isinstance(child.tag, str):
                    continue  # a comment or processing instruction of the XML
                if not name:
                    self._fault("[object]")
                else:
                    self._inside(child, out)

    def _hidden(self, run: Any) -> bool:
        for properties in run:
            if _local(properties) == "rPr":
                return any(_local(p) == "vanish" and _get(p, "val") not in ("0", "false", "off") for p in properties)
        return False

    def _changed(self, change: Any) -> None:
        author, at = _get(change, "author"), _get(change, "date")
        self.authors[author] = max(self.authors.get(author, ""), at)

    def _fault(self, what: str) -> None:
        self.faults.append(CodeFault("malformed", 0, what))
