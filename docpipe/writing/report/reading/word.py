"""A DOCX report in reading order: body, tables, footnotes, headers and footers, with heading numbers as Word shows them.

Imports the core, safe and its neighbours. Source: ISO/IEC 29500-1, 17.3 to 17.11. Deleted and hidden text is left out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from docpipe.errors import DamagedPackage
from docpipe.model.report import Item, Location, PieceKind, Rough, RoughTable
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse
from docpipe.writing.report.reading.numbering import Numbering, Styles, attribute, local

_OUT = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "drawing", "pict", "object", "txbxContent", "AlternateContent",
    "tbl", "fldData", "footnoteReference", "endnoteReference", "commentReference",
}  # fmt: skip
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_CAPTION = re.compile(r"^(?:Table|Figure|Listing)[\s\u00a0]+[\dA-Z][\w.-]*(?:[.:\s]|$)")
_THROUGH = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")


def paragraph_text(paragraph: Any) -> str:
    """The characters of a ``w:p`` that offsets of findings count in: of ``run_texts``, joined."""
    return "".join(text for _, text in run_texts(paragraph))


def run_texts(paragraph: Any) -> Iterator[tuple[Any, str]]:
    """Every ``w:r`` of a paragraph that shows text, with its characters: tabs, breaks and fixed hyphens are one each."""
    for element in paragraph:
        name = local(element)
        if name == "r":
            if text := _run(element):
                yield element, text
        elif name not in _OUT:
            yield from run_texts(element)


def _run(run: Any) -> str:
    properties = next((c for c in run if local(c) == "rPr"), None)
    raised = False
    for p in properties if properties is not None else ():
        if local(p) == "vanish" and attribute(p) not in ("0", "false", "off"):
            return ""
        raised = raised or (local(p) == "vertAlign" and attribute(p) == "superscript")
    out = []
    for element in run:
        name = local(element)
        if name == "t":
            out.append(element.text or "")
        elif name in _MARKS:
            out.append("" if name == "br" and attribute(element, "type") in ("page", "column") else _MARKS[name])
    text = "".join(out)
    return text.translate(_RAISED) if raised else text


def word(data: bytes) -> list[Item]:
    """The report's items. Raises what ``safe.package`` and ``safe.xml`` raise, ``DamagedPackage`` for a file without a body."""
    return list(_Reader(open_package(data)).items())


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = self._related("_rels/.rels", "").get("officeDocument", ["word/document.xml"])[0]
        folder, _, name = self._main.rpartition("/")
        self._parts = self._related(f"{folder}/_rels/{name}.rels", folder)
        self._styles = Styles(self._one("styles"))
        self._numbering = Numbering(self._one("numbering"), self._styles)
        self._place: dict[Any, int] = {}

    def items(self) -> Iterator[Item]:
        root = parse(self._package.read(self._main))
        body = next((c for c in root if local(c) == "body"), None)
        if body is None:
            raise DamagedPackage("The document has no body.")
        yield from self._part(self._main, root, body)
        for kind, piece in (("header", PieceKind.HEADER), ("footer", PieceKind.FOOTER), ("footnotes", PieceKind.FOOTNOTE), ("endnotes", PieceKind.FOOTNOTE)):  # fmt: skip
            for part in self._parts.get(kind, ()):
                if part not in self._package:
                    continue
                other = parse(self._package.read(part))
                self._number(other)
                for paragraph in other.iter():
                    if local(paragraph) == "p" and (text := paragraph_text(paragraph)).strip():
                        yield Rough(piece, text, self._location(part, paragraph))

    def _related(self, path: str, folder: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if path.lstrip("/") in self._package:
            for relation in parse(self._package.read(path.lstrip("/"))):
                if attribute(relation, "TargetMode") != "External":
                    target = attribute(relation, "Target")
                    full = (
                        target.lstrip("/")
                        if target.startswith("/")
                        else posixpath.normpath(posixpath.join(folder, target))
                    )
                    found.setdefault(attribute(relation, "Type").rpartition("/")[2], []).append(full)
        return found

    def _one(self, kind: str) -> Any:
        part = next((p for p in self._parts.get(kind, ()) if p in self._package), None)
        return parse(self._package.read(part)) if part else None

    def _number(self, root: Any) -> None:
        self._place = {p: n for n, p in enumerate((e for e in root.iter() if local(e) == "p"), 1)}

    def _location(self, part: str, paragraph: Any) -> Location:
        return Location(part, self._place[paragraph])

    def _part(self, part: str, root: Any, body: Any) -> Iterator[Item]:
        self._number(root)
        for element in self._blocks(body):
            if local(element) == "tbl":
                yield self._table(part, element)
            else:
                yield from self._paragraph(part, element)

    def _blocks(self, parent: Any) -> Iterator[Any]:
        for element in parent:
            name = local(element)
            if name in ("p", "tbl"):
                yield element
            elif name in _THROUGH:
                yield from self._blocks(element)

    def _paragraph(self, part: str, element: Any, cell: bool = False) -> Iterator[Rough]:
        text = paragraph_text(element)
        properties = next((c for c in element if local(c) == "pPr"), None)
        style = self._styles.of(properties)
        number = self._numbering.next(properties, style)
        if not text.strip():
            return
        level = self._styles.level(properties, style)
        name = self._styles.name(style)
        kind = PieceKind.PARAGRAPH
        if cell:
            kind = PieceKind.CELL
        elif re.match(r"(?:toc|table of figures|contents|index)\b", name) or re.search(r"\.{5,}\s*\d+$", text):
            kind = PieceKind.CONTENTS
        elif level:
            kind = PieceKind.HEADING
        elif name == "caption" or (_CAPTION.match(text) and len(text) < 250 and not text.rstrip().endswith(".")):
            kind = PieceKind.CAPTION
        elif number is not None or name.startswith("list "):
            kind = PieceKind.LIST_ITEM
        if kind is PieceKind.LIST_ITEM:
            level = int(m[1]) if (m := re.search(r"(\d)$", name)) else 1
        shown = (number or "") if kind is PieceKind.HEADING else ""
        yield Rough(
            kind, text, self._location(part, element), level, shown, name, self._styles.indent(properties, style)
        )

    def _table(self, part: str, table: Any) -> RoughTable:
        found = RoughTable()
        heads = 0
        above: dict[int, list[Rough]] = {}
        for row in (r for r in self._within(table, "tr")):
            properties = next((c for c in row if local(c) == "trPr"), None)
            flags = {local(c): attribute(c) for c in properties} if properties is not None else {}
            if "del" in flags:
                continue
            head = "tblHeader" in flags and flags["tblHeader"] not in ("0", "false", "off")
            cells: list[list[Rough]] = [[] for _ in range(int(flags.get("gridBefore") or 0))]
            for cell in self._within(row, "tc"):
                span, merge = self._spans(cell)
                paragraphs = [p for e in self._inside(cell) for p in self._paragraph(part, e, cell=True)]
                if merge == "continue":
                    paragraphs = above.get(len(cells), []) if head else []
                else:
                    above[len(cells)] = paragraphs
                cells.append(paragraphs)
                cells += [paragraphs if head else [] for _ in range(span - 1)]
            if head and heads == len(found.rows):
                heads += 1
            found.rows.append(cells)
        found.heads = heads or (1 if len(found.rows) > 1 else 0)
        return found

    def _within(self, parent: Any, name: str) -> Iterator[Any]:
        for element in parent:
            if local(element) == name:
                yield element
            elif local(element) in _THROUGH:
                yield from self._within(element, name)

    def _inside(self, cell: Any) -> Iterator[Any]:
        """Paragraphs of a cell, those of tables inside it as well."""
        for element in self._blocks(cell):
            if local(element) == "p":
                yield element
            else:
                yield from (p for p in element.iter() if local(p) == "p")

    @staticmethod
    def _spans(cell: Any) -> tuple[int, str]:
        properties = next((c for c in cell if local(c) == "tcPr"), None)
        span, merge = 1, ""
        for p in properties if properties is not None else ():
            if local(p) == "gridSpan" and attribute(p).isdigit():
                span = min(200, int(attribute(p)))
            elif local(p) == "vMerge":
                merge = attribute(p) or "continue"
        return span, merge
