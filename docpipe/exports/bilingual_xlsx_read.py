"""Reads a bilingual XLSX as it comes back from Excel, LibreOffice or another program. Imports the core and docpipe.safe only.

The few parts that matter are read with the house's own XML parser. A target that is no text (a formula, a number, a date)
is refused by name: what the person meant cannot be known. Source: ECMA-376 part 1, 18.3 and 18.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from docpipe.errors import AssetMalformed
from docpipe.exports.bilingual import BilingualFile, BilingualRow, RowComment, marked
from docpipe.exports.bilingual_marks import FileMark, RowKey, from_cell, read_key, read_mark, runs_right_to_left
from docpipe.exports.bilingual_package import local, main_part, related, relations
from docpipe.model.segment import SegmentId
from docpipe.safe import xml
from docpipe.safe.cells import restored
from docpipe.safe.package import Package, open_package

__all__ = ["read_bilingual_xlsx"]

_SPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
_THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_NO_TEXT = {"f": "a formula", "n": "a number or date", "b": "a truth value", "e": "an error value"}


class _Cell(NamedTuple):
    """A cell's text, and what it is if it is no text: f formula, n number, b truth value, e error; else ""."""

    text: str
    kind: str = ""


def read_bilingual_xlsx(data: bytes) -> BilingualFile:
    """The rows of a bilingual XLSX that we wrote.

    Raises ``AssetMalformed`` when it is none, and the leaves of ``InputRefused`` that hostile or damaged packages meet.
    """
    package = open_package(data)
    book = main_part(package)
    strings = _strings(package, book)
    mark: FileMark | None = None
    found: tuple[str, dict[int, dict[str, _Cell]]] | None = None
    for part in _sheets(package, book):
        lines = dict(_lines(xml.parse(package.read(part)), strings))
        texts = [cell.text for cells in lines.values() for cell in cells.values()]
        if len(lines) <= 3 and mark is None:
            mark = next((m for t in texts if (m := read_mark(t)) is not None), None)
        if found is None and any(read_key(t) for t in texts):
            found = part, lines
    if mark is None or found is None:
        raise AssetMalformed(
            "The XLSX is no bilingual file of docpipe, or its hidden sheet or column is gone: export it again."
        )
    rows = _rows(found[1], _comments(package, book, found[0]), mark)
    return BilingualFile(
        mark.batch, mark.document, mark.sha256, marked(rows), mark.path, mark.source, mark.target, "1", "xlsx"
    )


def _local(element: Any) -> str:
    return local(element, _SPACES)


def _sheets(package: Package, book: str) -> Iterator[str]:
    known = relations(package, book)
    for element in xml.parse(package.read(book)).iter():
        if _local(element) == "sheet":
            number = next((v for name in _RELATION_ID if (v := element.get(name))), "")
            if str(number) in known:
                yield known[str(number)][1]


def _strings(package: Package, book: str) -> list[str]:
    found = related(package, book, "sharedStrings")
    return [_text(e) for e in xml.parse(package.read(found[0])) if _local(e) == "si"] if found else []


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _text(element: Any) -> str:
    """Text of a string item, its rich runs joined, reading aids (``rPh``) left out."""
    pieces = [e for child in element for e in ((child, *child) if _local(child) == "r" else (child,))]
    return "".join(_unescaped(e.text or "") for e in pieces if _local(e) == "t")


def _lines(root: Any, strings: list[str]) -> Iterator[tuple[int, dict[str, _Cell]]]:
    """Row number -> column letters -> cell. Cells without a place stand after the one before them."""
    number = 0
    for row in root.iter():
        if _local(row) != "row":
            continue
        given = str(row.get("r", ""))
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else number + 1
        cells: dict[str, _Cell] = {}
        at = 0
        for element in row:
            if _local(element) != "c":
                continue
            place = _PLACE.fullmatch(str(element.get("r", "")))
            at = _index(place[1]) if place else at + 1
            cells[_letters(at)] = _cell(element, strings)
        yield number, cells


def _index(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - 64
    return value


def _letters(index: int) -> str:
    out = ""
    while index:
        index, left = divmod(index - 1, 26)
        out = chr(65 + left) + out
    return out


def _cell(element: Any, strings: list[str]) -> _Cell:
    parts = {_local(child): child for child in element}
    kind = str(element.get("t", "n"))
    value = (parts["v"].text or "") if "v" in parts else ""
    if "f" in parts:
        return _Cell(value, "f")
    if kind == "inlineStr":
        return _Cell(_text(parts["is"]) if "is" in parts else "")
    if kind == "s":
        known = value.isascii() and value.isdigit() and len(value) < 9 and int(value) < len(strings)
        if not known:
            raise AssetMalformed("A cell of the XLSX names a text that is not there.")
        return _Cell(strings[int(value)])
    if kind == "str":
        return _Cell(_unescaped(value))
    return _Cell(value, {"b": "b", "e": "e"}.get(kind, "n") if value else "")


@dataclass(frozen=True, slots=True)
class _Columns:
    source: str
    target: str
    comment: str
    number: str


def _columns(heading: dict[str, _Cell]) -> _Columns:
    def find(word: str, *, needed: bool = True) -> str:
        for letters, cell in heading.items():
            if cell.text == word or cell.text.startswith(word + " ("):
                return letters
        if needed:
            raise AssetMalformed(f"The XLSX has no column {word}: export it again.", column=word)
        return ""

    return _Columns(find("Source"), find("Target"), find("Comment", needed=False), find("No.", needed=False))


def _rows(
    lines: dict[int, dict[str, _Cell]], comments: dict[int, list[RowComment]], mark: FileMark
) -> Iterator[BilingualRow]:
    if not lines:
        return
    first = min(lines)
    columns = _columns(lines[first])
    for number in sorted(lines):
        cells = lines[number]
        if number == first or not any(c.text for c in cells.values()):
            continue
        keys = [k for c in cells.values() if (k := read_key(c.text)) is not None]
        said = list(comments.get(number, ()))
        own = cells.get(columns.comment, _Cell("")).text.strip()
        if own:
            said.append(RowComment("", from_cell(restored(own))))
        if len(keys) != 1:
            name = cells.get(columns.number, _Cell("")).text[:24] or f"in line {number}"
            why = "bears the keys of two rows" if keys else "has lost its hidden key"
            yield BilingualRow(SegmentId(name), "", None, trouble=why, comments=tuple(said))
            continue
        yield _row(keys[0], cells, columns, tuple(said), mark)


def _row(
    key: RowKey, cells: dict[str, _Cell], columns: _Columns, said: tuple[RowComment, ...], mark: FileMark
) -> BilingualRow:
    source, target = cells.get(columns.source, _Cell("")), cells.get(columns.target, _Cell(""))
    text = from_cell(restored(target.text), rtl=runs_right_to_left(mark.target))
    trouble = ""
    if target.kind:
        trouble = f"holds {_NO_TEXT[target.kind]} in place of text: format the cell as text and type it again"
    return BilingualRow(
        segment_id=key.segment,
        source=from_cell(restored(source.text), rtl=runs_right_to_left(mark.source)),
        target=text if text or key.target else None,
        revision=key.revision,
        source_digest=key.source,
        target_digest=key.target,
        trouble=trouble,
        comments=said,
    )


def _comments(package: Package, book: str, sheet: str) -> dict[int, list[RowComment]]:
    """Notes and comments on cells, by row number. A thread's own part stands for the note that old programs are shown."""
    found: dict[int, list[RowComment]] = {}
    persons = {}
    for part in related(package, book, "person"):
        for person in xml.parse(package.read(part)):
            persons[str(person.get("id", ""))] = str(person.get("displayName", ""))
    threaded: set[str] = set()
    for part in related(package, sheet, "threadedComment"):
        for said in xml.parse(package.read(part)):
            place, words = str(said.get("ref", "")), str(said.findtext(_THREADS + "text") or "").strip()
            threaded.add(place)
            if words:
                author = persons.get(str(said.get("personId", "")), "")
                _add(found, place, RowComment(author, words, str(said.get("dT", ""))))
    for part in related(package, sheet, "comments"):
        root = xml.parse(package.read(part))
        authors = [e.text or "" for e in root.iter() if _local(e) == "author"]
        for note in (e for e in root.iter() if _local(e) == "comment"):
            place, number = str(note.get("ref", "")), str(note.get("authorId", ""))
            words = "".join(_text(e) for e in note if _local(e) == "text").strip()
            known = number.isascii() and number.isdigit() and len(number) < 6 and int(number) < len(authors)
            if words and place not in threaded:
                _add(found, place, RowComment(authors[int(number)] if known else "", words))
    return found


def _add(found: dict[int, list[RowComment]], place: str, comment: RowComment) -> None:
    where = _PLACE.fullmatch(place)
    if where:
        found.setdefault(int(where[2]), []).append(comment)
