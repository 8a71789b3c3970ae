"""A word-processing package read into sections of lines and tables, with the headers and footers that each section shows.

Imports errors, ``safe`` and its neighbours. Source: ISO/IEC 29500-1, 17.4 (tables), 17.6 (sections), 17.10 (headers).
"""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import Any

from docpipe.errors import DamagedPackage, TooLarge
from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice
from docpipe.safe.budget import DEFAULT, Budget
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse
from docpipe.sources.docx.text import child, name_of, number, switched, text_of, value
from docpipe.sources.printed.page import Cell, Item, Line, Picture, Printed, Row, Section, Table

_WIDTH = 1440
_NO_NOTES = {"separator", "continuationSeparator", "continuationNotice"}
_PICTURES = 500
"""Pictures of one file that are taken."""
_THROUGH = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}


def read_docx(data: bytes, budget: Budget = DEFAULT) -> Printed:
    """The file as printed. Raises what ``safe.package`` and ``safe.xml`` raise, ``DamagedPackage`` or ``TooLarge``."""
    return _Reader(open_package(data, budget), budget).read()


class _Reader:
    def __init__(self, package: Package, budget: Budget) -> None:
        self._package = package
        self._budget = budget
        self._room = budget.document_blocks
        self._seen: Counter[str] = Counter()
        self._main = self._main_part()
        self._related = self._relations(self._main)
        self._indents: dict[str, int] = {}
        self._shown: dict[tuple[str, str], tuple[Item, ...]] = {}
        self._pictures: list[Picture] = []

    def read(self) -> Printed:
        self._indents = self._style_indents()
        body = child(self._parsed(self._main), "body")
        if body is None:
            raise DamagedPackage("The document has no body.")
        sections: list[Section] = []
        items: list[Item] = []
        for element in self._blocks(body):
            if name_of(element) == "sectPr":
                sections.append(self._section(element, items))
                items = []
                continue
            before = len(items)
            self._take(element, items)
            self._take_pictures(element, len(sections), before)
            end = child(element, "pPr", "sectPr") if name_of(element) == "p" else None
            if end is not None:
                sections.append(self._section(end, items))
                items = []
        if items or not sections:
            sections.append(self._section(None, items))
        return Printed(tuple(sections), tuple(self._notes()), tuple(self._notices()), "", tuple(self._pictures))

    # ------------------------------------------------------------ parts

    def _main_part(self) -> str:
        if "_rels/.rels" in self._package:
            for relation in parse(self._package.read("_rels/.rels"), self._budget):
                if value(relation, "Type").endswith("/officeDocument"):
                    return value(relation, "Target").lstrip("/").removeprefix("./")
        return "word/document.xml"

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id to kind and target, of inner relationships."""
        folder, _, name = part.rpartition("/")
        place = f"{folder}/_rels/{name}.rels".lstrip("/")
        if place not in self._package:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in parse(self._package.read(place), self._budget):
            if value(relation, "TargetMode") != "External":
                target = value(relation, "Target")
                path = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
                found[value(relation, "Id")] = (value(relation, "Type").rpartition("/")[2], path)
        return found

    def _parsed(self, part: str) -> Any:
        return parse(self._package.read(part), self._budget)

    def _part_of_kind(self, kind: str) -> Any:
        for found, path in self._related.values():
            if found == kind and path in self._package:
                return self._parsed(path)
        return None

    def _style_indents(self) -> dict[str, int]:
        """Left indent of each paragraph style, its own or of what it is based on."""
        root = self._part_of_kind("styles")
        if root is None:
            return {}
        own: dict[str, int | None] = {}
        based: dict[str, str] = {}
        for style in root:
            if name_of(style) == "style" and value(style, "type") == "paragraph":
                key = value(style, "styleId")
                own[key] = _indent(child(style, "pPr", "ind"))
                based[key] = value(child(style, "basedOn"))
        found: dict[str, int] = {}
        for key in own:
            at, steps = key, 0
            while at in own and own[at] is None and steps < 20:
                at, steps = based[at], steps + 1
            found[key] = own.get(at) or 0
        return found

    def _notes(self) -> list[str]:
        root = self._part_of_kind("footnotes")
        if root is None:
            return []
        texts = [
            " ".join(" ".join(text_of(p, self._seen) for p in note if name_of(p) == "p").split())
            for note in root
            if name_of(note) == "footnote" and value(note, "type") not in _NO_NOTES
        ]
        return [t for t in texts if t]

    # ------------------------------------------------------------ sections

    def _section(self, properties: Any, items: list[Item]) -> Section:
        """A section's items with what its pages show; headers that it does not name are those of the section before."""
        for reference in properties if properties is not None else ():
            name = name_of(reference)
            if name in ("headerReference", "footerReference"):
                _, path = self._related.get(value(reference, "id"), ("", ""))
                if path and path in self._package:
                    shown: list[Item] = []
                    for element in self._blocks(self._parsed(path)):
                        self._take(element, shown)
                    self._shown[name, value(reference, "type") or "default"] = tuple(shown)
        return Section(self._joined("headerReference"), tuple(items), self._joined("footerReference"))

    def _joined(self, kind: str) -> tuple[Item, ...]:
        parts = sorted(self._shown.items(), key=lambda part: part[0][1] != "default")
        return tuple(dict.fromkeys(item for (name, _), shown in parts if name == kind for item in shown))

    # ------------------------------------------------------------ blocks

    def _blocks(self, parent: Any) -> list[Any]:
        """Paragraphs, tables and section properties, also those inside content controls and insertions."""
        found: list[Any] = []
        for element in parent:
            name = name_of(element)
            if name in ("p", "tbl", "sectPr"):
                found.append(element)
            elif name in _THROUGH:
                if name in ("ins", "moveTo"):
                    self._seen["tracked"] += 1
                found += self._blocks(element)
        return found

    def _take(self, element: Any, items: list[Item]) -> None:
        if name_of(element) == "tbl":
            inner: list[Item] = []
            table = self._table(element, inner)
            items += inner
            if table.rows:
                items.append(table)
        elif name_of(element) == "p":
            items.append(Line(text_of(element, self._seen)))

    def _take_pictures(self, element: Any, section: int, at: int) -> None:
        """The pictures that a paragraph or table shows from inside the package; linked ones and charts stay drawings left out."""
        if not self._seen["drawings"]:
            return
        shown = (value(e, "embed") for e in element.iter() if name_of(e) == "blip")
        for relation in dict.fromkeys(r for r in shown if r):
            kind, path = self._related.get(relation, ("", ""))
            if kind == "image" and path in self._package and len(self._pictures) < _PICTURES:
                self._pictures.append(Picture(section, at, self._package.read(path)))
                self._seen["drawings"] = max(0, self._seen["drawings"] - 1)

    def _table(self, table: Any, inner: list[Item]) -> Table:
        widths = [number(value(c, "w")) for c in _within(child(table, "tblGrid"), "gridCol")]
        if not all(w > 0 for w in widths):
            widths = [_WIDTH] * len(widths)
        edges = [0]
        for width in widths:
            edges.append(edges[-1] + width)
        rows: list[Row] = []
        for element in _within(table, "tr"):
            properties = child(element, "trPr")
            if properties is not None and child(properties, "del") is not None:
                self._seen["deleted"] += 1
                continue
            at = number(value(child(element, "trPr", "gridBefore")))
            cells: list[Cell] = []
            for part in _within(element, "tc"):
                at = self._cell(part, at, edges, cells, inner)
            if cells:
                rows.append(Row(tuple(cells), switched(child(element, "trPr", "tblHeader"))))
        return Table(tuple(rows))

    def _cell(self, part: Any, at: int, edges: list[int], cells: list[Cell], inner: list[Item]) -> int:
        """Adds a cell that begins at a grid column; the column after it."""
        self._room -= 1
        if self._room < 0:
            raise TooLarge("The file's tables have too many cells.", limit=self._budget.document_blocks)
        span = min(max(1, number(value(child(part, "tcPr", "gridSpan")), 1)), 1000)
        end = at + span
        while len(edges) <= end:
            edges.append(edges[-1] + _WIDTH)
        texts: list[str] = []
        indent: int | None = None
        for block in self._blocks(part):
            if name_of(block) == "tbl":
                self._seen["nested tables"] += 1
                self._take(block, inner)
            elif name_of(block) == "p":
                text = text_of(block, self._seen)
                if indent is None and text.strip():
                    indent = self._paragraph_indent(block)
                texts.append(text)
        merged = child(part, "tcPr", "vMerge")
        above = merged is not None and value(merged) != "restart"
        across = child(part, "tcPr", "hMerge")
        text = "\n".join(texts)
        if across is not None and value(across) != "restart" and cells:
            last = cells[-1]
            cells[-1] = Cell(f"{last.text}\n{text}".rstrip("\n"), last.left, edges[end], last.indent, last.above)
        else:
            cells.append(Cell("" if above else text, edges[at], edges[end], indent or 0, above))
        return end

    def _paragraph_indent(self, paragraph: Any) -> int:
        own = _indent(child(paragraph, "pPr", "ind"))
        return self._indents.get(value(child(paragraph, "pPr", "pStyle")), 0) if own is None else own

    def _notices(self) -> list[SourceNotice]:
        say = {
            "deleted": ("source.deleted_text", Severity.MAJOR, "Text marked as deleted was left out in {} places."),
            "tracked": ("source.inserted_text", Severity.MAJOR, "Text marked as inserted was taken in {} places."),
            "hidden": ("source.hidden_text", Severity.MAJOR, "Hidden text was left out in {} places."),
            "drawings": ("source.drawing_skipped", Severity.MINOR, "{} drawings were left out with the text in them."),
            "embedded objects": ("source.object_skipped", Severity.MAJOR, "{} embedded objects were left out."),
            "unknown characters": ("source.unknown_character", Severity.MAJOR, "{} characters could not be read."),
            "nested tables": ("display.nested", Severity.MINOR, "{} tables stand inside cells of other tables."),
        }
        return [
            SourceNotice(code, severity, text.format(self._seen[key]))
            for key, (code, severity, text) in say.items()
            if self._seen[key]
        ]


def _within(parent: Any, name: str) -> list[Any]:
    """Children of this name, also those inside content controls and insertions."""
    found: list[Any] = []
    for element in parent if parent is not None else ():
        if name_of(element) == name:
            found.append(element)
        elif name_of(element) in _THROUGH:
            found += _within(element, name)
    return found


def _indent(element: Any) -> int | None:
    """A paragraph's left indent in twips, None where nothing states it."""
    if element is None:
        return None
    stated = value(element, "left") or value(element, "start")
    return max(0, number(stated)) if stated else None
