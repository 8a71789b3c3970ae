"""The text cells of a workbook that a chart draws from: read, and given other text, everything else left as it is.

Imports errors, safe and names. Source: ISO/IEC 29500-1, 18.3, 18.4.8, 18.5.1.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from docpipe.errors import InputRefused
from docpipe.formats.ooxml.names import XML_SPACE, Element, r_attr
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse, serialise

Cell = tuple[str, int, int]
"""Sheet name in lower case, row and column from 1."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?$")
_MOST_CELLS = 100_000


def local(el: Element) -> str:
    """An element's name without its namespace; "" for comments."""
    return el.tag.rsplit("}", 1)[-1] if isinstance(el.tag, str) else ""


def cells_of(formula: str) -> list[list[Cell]]:
    """The cells that a chart's reference names, column by column: ``Sheet1!$A$2:$B$5``; unions and names give none."""
    sheet, mark, area = formula.strip().strip("()").rpartition("!")
    found = _REFERENCE.match(area)
    if not mark or found is None:
        return []
    name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") and sheet.endswith("'") else sheet
    name = name.rsplit("]", 1)[-1].lower()
    left, top = _column(found[1]), int(found[2])
    right, bottom = (_column(found[3]), int(found[4])) if found[3] else (left, top)
    if right < left or bottom < top or (right - left + 1) * (bottom - top + 1) > _MOST_CELLS:
        return []
    columns = [[(name, r, c) for r in range(top, bottom + 1)] for c in range(left, right + 1)]
    return [[column[0] for column in columns]] if top == bottom else columns


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class Workbook:
    """An XLSX package. ``texts``: the text of every cell that holds text. Raises leaves of ``InputRefused``."""

    def __init__(self, data: bytes) -> None:
        self._package: Package = open_package(data)
        self._trees: dict[str, Element] = {}
        self.changed: set[str] = set()
        """Names of the parts that were put into."""
        self._cells: dict[Cell, tuple[str, Element]] = {}
        self._tables: dict[str, list[tuple[str, Element]]] = {}
        self._strings: list[Element] = []
        self._string_part = ""
        self._uses: Counter[int] = Counter()
        self._read()
        self.texts: dict[Cell, str] = {c: t for c, (_, el) in self._cells.items() if (t := self._text(el)) is not None}

    def put(self, cell: Cell, text: str) -> None:
        """Gives a text cell another text; a table's heading keeps the same name as its cell. ``KeyError``: no such cell."""
        part, el = self._cells[cell]
        kind = el.get("t", "")
        if kind == "s":
            self._put_shared(part, el, text)
        else:
            holder = next((e for e in el if local(e) == ("is" if kind == "inlineStr" else "v")), None)
            if holder is None:
                raise KeyError(cell)
            if kind == "inlineStr":
                _fill(holder, text)
            else:
                holder.text = text
            self.changed.add(part)
        self._rename_column(cell, part, text)
        self.texts[cell] = text

    def data(self) -> bytes:
        """The package with what was put; every part that nothing was put in keeps its bytes."""
        return self._package.rewritten({n: serialise(self._trees[n]) for n in self.changed})

    def _tree(self, name: str) -> Element:
        if name not in self._trees:
            self._trees[name] = parse(self._package.read(name))
        return self._trees[name]

    def _related(self, source: str) -> list[tuple[str, str, str]]:
        """(id, type's last word, part) of a part's inner relationships."""
        folder, base = posixpath.split(source)
        name = self._package.find(posixpath.join(folder, "_rels", base + ".rels"))
        found = []
        for el in self._tree(name) if name is not None else ():
            target = el.get("Target", "")
            if local(el) == "Relationship" and el.get("TargetMode", "Internal") != "External":
                joined = posixpath.normpath(posixpath.join("/" + folder, target.replace("\\", "/"))).lstrip("/")
                if part := self._package.find(joined):
                    found.append((el.get("Id", ""), el.get("Type", "").rsplit("/", 1)[-1], part))
        return found

    def _read(self) -> None:
        main = next((part for _, kind, part in self._related("") if kind == "officeDocument"), "")
        if not main:
            return
        parts = {}
        for identity, kind, part in self._related(main):
            parts[identity] = part
            if kind == "sharedStrings":
                self._string_part = part
                self._strings = [el for el in self._tree(part) if local(el) == "si"]
        for el in self._tree(main).iter("{*}sheet"):
            if part := parts.get(r_attr(el, "id") or "", ""):
                self._read_sheet(el.get("name", "").lower(), part)

    def _read_sheet(self, sheet: str, part: str) -> None:
        self._tables[part] = [(n, self._tree(n)) for _, kind, n in self._related(part) if kind == "table"]
        row = 0
        for line in self._tree(part).iter("{*}row"):
            row = int(line.get("r", "")) if line.get("r", "").isdecimal() else row + 1
            column = 0
            for el in line:
                if local(el) != "c":
                    continue
                found = _REFERENCE.match(el.get("r", ""))
                column = _column(found[1]) if found else column + 1
                if el.get("t", "") in ("s", "str", "inlineStr"):
                    self._cells[sheet, row, column] = part, el
                    if el.get("t") == "s" and (index := _index(el)) is not None:
                        self._uses[index] += 1

    def _text(self, el: Element) -> str | None:
        kind = el.get("t", "")
        if kind == "s":
            index = _index(el)
            return _plain(self._strings[index]) if index is not None and index < len(self._strings) else None
        holder = next((e for e in el if local(e) == ("is" if kind == "inlineStr" else "v")), None)
        if holder is None:
            return None
        return _plain(holder) if kind == "inlineStr" else holder.text or ""

    def _put_shared(self, part: str, el: Element, text: str) -> None:
        index = _index(el)
        assert index is not None
        if self._uses[index] > 1:
            old = self._strings[index]
            new = old.makeelement(old.tag)
            self._strings[-1].addnext(new)
            self._strings.append(new)
            self._uses[index] -= 1
            index = len(self._strings) - 1
            self._uses[index] = 1
            for value in el:
                if local(value) == "v":
                    value.text = str(index)
            self.changed.add(part)
            table = self._tree(self._string_part)
            if table.get("uniqueCount", "").isdecimal():
                table.set("uniqueCount", str(len(self._strings)))
        _fill(self._strings[index], text)
        self.changed.add(self._string_part)

    def free_heading(self, cell: Cell, text: str) -> bool:
        """Whether no other column of a table that the cell heads has that name, whatever its case."""
        name = _column_name(text).lower()
        for _, columns, at in self._headed(cell, self._cells[cell][0]):
            if any(c.get("name", "").lower() == name for i, c in enumerate(columns) if i != at):
                return False
        return True

    def headings_agree(self) -> bool:
        """Whether every table's columns are named as the text cells that head them."""
        return all(
            columns[at].get("name", "") == _column_name(text)
            for cell, text in self.texts.items()
            for _, columns, at in self._headed(cell, self._cells[cell][0])
        )

    def _headed(self, cell: Cell, part: str) -> list[tuple[str, list[Element], int]]:
        """Tables that the cell is a heading of: part, columns, the cell's column."""
        found = []
        for name, table in self._tables.get(part, ()):
            area = _REFERENCE.match(table.get("ref", ""))
            if area is None or table.get("headerRowCount", "1") == "0" or int(area[2]) != cell[1]:
                continue
            columns = list(table.iter("{*}tableColumn"))
            at = cell[2] - _column(area[1])
            if 0 <= at < len(columns):
                found.append((name, columns, at))
        return found

    def _rename_column(self, cell: Cell, part: str, text: str) -> None:
        """A table's column is named as its heading cell says; programs else mend the file on opening (18.5.1.3)."""
        for name, columns, at in self._headed(cell, part):
            columns[at].set("name", _column_name(text))
            self.changed.add(name)


def _column_name(text: str) -> str:
    return text.replace("\r", "").replace("\n", "_x000a_")


def open_workbook(data: bytes) -> Workbook | None:
    """The workbook, or None where it is none that can be read (binary formats, damaged, too large)."""
    try:
        return Workbook(data)
    except InputRefused:
        return None


def _index(el: Element) -> int | None:
    value = next((e.text or "" for e in el if local(e) == "v"), "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else None


def _plain(holder: Element) -> str:
    """The text of a shared or inline string: its runs, without phonetic hints."""
    out = []
    for el in holder:
        if local(el) == "t":
            out.append(el.text or "")
        elif local(el) == "r":
            out += [t.text or "" for t in el if local(t) == "t"]
    return "".join(out)


def _fill(holder: Element, text: str) -> None:
    """One plain text in place of the string's runs and phonetic hints."""
    space = str(holder.tag).rsplit("}", 1)
    for el in list(holder):
        holder.remove(el)
    t = holder.makeelement(f"{space[0]}}}t" if len(space) == 2 else "t")
    t.text = text
    if text != text.strip():
        t.set(XML_SPACE, "preserve")
    holder.append(t)
