"""Source and translation beside each other in one document: a table of two columns, a row for each paragraph and table row.

Imports safe and its neighbours. The package is the translation's, so that its styles, lists and pictures hold; what the source
alone has comes along. Notes, headers and footers stand as rows at the end. Source: ISO/IEC 29500-1, 17.4 (tables).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from docpipe.formats.ooxml.columns_copy import Copier, roman
from docpipe.formats.ooxml.columns_lists import Lists, Stops
from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, Element, attributes, same_flavour, set_w_attr, w_attr
from docpipe.formats.ooxml.parts import Parts, open_parts
from docpipe.formats.ooxml.tracked_carry import Carrier, rels_tree
from docpipe.safe.xml import parse, serialise

_ROUND = frozenset({"w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"})
_PAGE = (16838, 11906)
_MARGIN, _PADDING = 720, 85
_COLUMN = (_PAGE[0] - 2 * _MARGIN) // 2
_TEXT = _COLUMN - 2 * _PADDING
_INK, _LINE = "1F3A5F", "B8C2CF"
_FOOTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


def two_columns(source: bytes, target: bytes, languages: tuple[str, str], face: str = "") -> bytes:
    """The document with both texts. ``languages``: of source and target. ``face``: words above everything, or "".

    Deterministic. Raises leaves of ``InputRefused``.
    """
    old, new = open_parts(source), open_parts(target)
    body = next(e for e in new.stories[0].root if SHORT[e.tag] == "w:body")
    work = _Work(old, new, body)
    table = work.table(languages)
    ending = work.section(languages)
    for el in list(body):
        body.remove(el)
    if face:
        body.append(work.words(face, bold=True, colour="C00000"))
    body.append(table)
    closing = work.make("p")
    body.append(closing)
    body.append(ending)
    changed = {new.main} | work.lists.touched
    return work.carrier.written({n: serialise(root) for n in changed if (root := new.tree(n)) is not None})


def blocks_of(container: Element) -> list[Element]:
    """Paragraphs and tables in order, through content controls; the words on a document's face left out."""
    found: list[Element] = []
    for el in container:
        name = SHORT[el.tag]
        if name == "w:tbl" or (name == "w:p" and not is_face(el)):
            found.append(el)
        elif name in _ROUND:
            found += blocks_of(el)
    return found


def rows_of(table: Element) -> list[Element]:
    """The rows of a table, through content controls."""
    found: list[Element] = []
    for el in table:
        if SHORT[el.tag] == "w:tr":
            found.append(el)
        elif SHORT[el.tag] in _ROUND:
            found += rows_of(el)
    return found


@dataclass(slots=True)
class _Side:
    copier: Copier
    parts: Parts


class _Work:
    def __init__(self, old: Parts, new: Parts, body: Element) -> None:
        self.body = body
        self.old, self.new = old, new
        self.carrier = Carrier(new, old)
        self.lists = Lists(old, new)
        self.at = new.main
        left = Copier(_TEXT, lambda el: self.carrier.adopt(el, self.at), self.lists.of, Stops(old).of)
        right = Copier(_TEXT, lambda _: True, lambda _: None, Stops(new).of, objects=100_000)
        self.sides = (_Side(left, old), _Side(right, new))

    def make(self, local: str, parent: Element | None = None, **values: str) -> Element:
        """An element in the namespace of the document."""
        el = self.body.makeelement(same_flavour(self.body, local))
        for key, value in values.items():
            set_w_attr(el, key, value)
        if parent is not None:
            parent.append(el)
        return el

    def words(self, text: str, *, bold: bool = False, colour: str = "") -> Element:
        """A paragraph of our own."""
        paragraph = self.make("p")
        properties = self.make("pPr", paragraph)
        self.make("spacing", properties, before="40", after="40")
        self.make("ind", properties, left="0", right="0", firstLine="0")
        run = self.make("r", paragraph)
        looks = self.make("rPr", run)
        if bold:
            self.make("b", looks)
        if colour:
            self.make("color", looks, val=colour)
        self.make("sz", looks, val="18")
        self.make("t", run).text = text
        return paragraph

    # ------------------------------------------------------------ the table

    def table(self, languages: tuple[str, str]) -> Element:
        """The whole table."""
        table = self.make("tbl")
        properties = self.make("tblPr", table)
        self.make("tblW", properties, w=str(2 * _COLUMN), type="dxa")
        borders = self.make("tblBorders", properties)
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            self.make(side, borders, val="single", sz="4", space="0", color=_LINE)
        self.make("tblLayout", properties, type="fixed")
        margins = self.make("tblCellMar", properties)
        for side in ("left", "right"):
            self.make(side, margins, w=str(_PADDING), type="dxa")
        grid = self.make("tblGrid", table)
        for _ in range(2):
            self.make("gridCol", grid, w=str(_COLUMN))
        self._heading(table, languages)
        bodies = [next(e for e in p.stories[0].root if SHORT[e.tag] == "w:body") for p in (self.old, self.new)]
        self._pairs(table, blocks_of(bodies[0]), blocks_of(bodies[1]))
        for kind, title in (("footnote", "Footnotes"), ("endnote", "Endnotes")):
            self._notes(table, kind, title)
        self._edges(table)
        return table

    def _heading(self, table: Element, languages: tuple[str, str]) -> None:
        row = self.make("tr", table)
        properties = self.make("trPr", row)
        self.make("tblHeader", properties)
        for title, language in zip(("Source", "Target"), languages, strict=True):
            cell = self._cell(row, _INK)
            cell.append(self.words(f"{title} ({language})", bold=True, colour="FFFFFF"))

    def _cell(self, row: Element, fill: str = "", *, across: bool = False) -> Element:
        cell = self.make("tc", row)
        properties = self.make("tcPr", cell)
        self.make("tcW", properties, w=str(_COLUMN * (2 if across else 1)), type="dxa")
        if across:
            self.make("gridSpan", properties, val="2")
        if fill:
            self.make("shd", properties, val="clear", color="auto", fill=fill)
        return cell

    def _title(self, table: Element, text: str) -> None:
        cell = self._cell(self.make("tr", table), "F3F5F8", across=True)
        cell.append(self.words(text, bold=True, colour=_INK))

    def _pairs(self, table: Element, left: list[Element], right: list[Element], first: str = "") -> None:
        for one, other in zip_longest(left, right):
            tables = [x is not None and SHORT[x.tag] == "w:tbl" for x in (one, other)]
            if all(tables):
                for a, b in zip_longest(rows_of(one), rows_of(other)):
                    self._row(table, (one, a), (other, b))
            elif any(tables):
                self._row(table, (one, None), (other, None))
            elif any(_holds(x) for x in (one, other)):
                self._row(table, (None, one), (None, other), first)
                first = ""

    def _row(
        self,
        table: Element,
        left: tuple[Element | None, Element | None],
        right: tuple[Element | None, Element | None],
        first: str = "",
    ) -> None:
        """A row: on each side a paragraph (None, it), a table's row (table, it), a whole table (it, None) or nothing."""
        row = self.make("tr", table)
        for side, (whole, part) in zip(self.sides, (left, right), strict=True):
            cell = self._cell(row)
            if whole is not None and SHORT[whole.tag] == "w:tbl":
                for each in [part] if part is not None else rows_of(whole):
                    cell.append(side.copier.row(whole, each))
                cell.append(self._thin())
            elif (found := part if part is not None else whole) is not None:
                paragraph = side.copier.paragraph(found)
                if first:
                    self._named(paragraph, first)
                cell.append(paragraph)
            else:
                cell.append(self.make("p"))

    def _thin(self) -> Element:
        """The paragraph that must follow a table in a cell, as low as can be."""
        paragraph = self.make("p")
        properties = self.make("pPr", paragraph)
        self.make("spacing", properties, before="0", after="0", line="20", lineRule="exact")
        self.make("sz", self.make("rPr", properties), val="2")
        return paragraph

    def _named(self, paragraph: Element, name: str) -> None:
        """The number of a note before its text."""
        run = self.make("r")
        self.make("t", run).text = name
        set_space(run[0])
        at = next((i for i, el in enumerate(paragraph) if SHORT[el.tag] != "w:pPr"), len(paragraph))
        paragraph.insert(at, run)

    # ------------------------------------------------------------ notes, headers, footers

    def _notes(self, table: Element, kind: str, title: str) -> None:
        marks = [side.copier.notes[kind] for side in self.sides]
        if not any(marks):
            return
        self._title(table, title)
        for number, ids in enumerate(zip_longest(*marks, fillvalue=""), 1):
            notes = [_note(side.parts, kind, i) for side, i in zip(self.sides, ids, strict=True)]
            self.at = next((n for n, _ in notes if n), self.new.main)
            sides = [blocks_of(note) if note is not None else [] for _, note in notes]
            self._pairs(table, sides[0], sides[1], f"{number if kind == 'footnote' else roman(number)}  ")

    def _edges(self, table: Element) -> None:
        seen: set[tuple[str, ...]] = set()
        titled = False
        stories = {s.name: s for s in self.old.stories}
        for story in self.new.stories:
            other = stories.get(story.name)
            if story.kind not in ("header", "footer") or other is None:
                continue
            text = tuple("".join(t.text or "" for t in s.root.iter("{*}t")) for s in (other, story))
            if not any(t.strip() for t in text) or text in seen:
                continue
            seen.add(text)
            if not titled:
                self._title(table, "Headers and footers")
                titled = True
            self.at = story.name
            self.sides[1].copier.adopt = _stands_alone
            self.sides[0].copier.adopt = self.sides[1].copier.adopt
            self._pairs(table, blocks_of(other.root), blocks_of(story.root))

    # ------------------------------------------------------------ the page

    def section(self, languages: tuple[str, str]) -> Element:
        """A page across, with its number at the foot."""
        made = self.make("sectPr")
        space = self.body.tag[1:].rpartition("}")[0]
        footer = parse(
            f'<w:ftr xmlns:w="{space}"><w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:sz w:val="16"/></w:rPr>'
            f'<w:t xml:space="preserve">{languages[0]} – {languages[1]}   </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:rPr>'
            '<w:sz w:val="16"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'.encode()
        )
        relation = (
            next(
                (e.get("Type", "") for e in self._relation_types() if e.get("Type", "").endswith("/styles")), ""
            ).replace("/styles", "/footer")
            or "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
        )
        folder = self.new.main.rpartition("/")[0]
        name = f"{folder}/twoColumnFooter.xml" if folder else "twoColumnFooter.xml"
        identity = self.carrier.new_part(name, serialise(footer), _FOOTER, self.new.main, relation)
        reference = self.make("footerReference", made, type="default")
        reference.set("{" + relation.rpartition("/")[0] + "}id", identity)
        self.make("pgSz", made, w=str(_PAGE[0]), h=str(_PAGE[1]), orient="landscape")
        self.make(
            "pgMar",
            made,
            top="720",
            right=str(_MARGIN),
            bottom="720",
            left=str(_MARGIN),
            header="360",
            footer="360",
            gutter="0",
        )
        return made

    def _relation_types(self) -> Iterator[Element]:
        return rels_tree(self.new, self.new.main).iter()


def _stands_alone(element: Element) -> bool:
    """Whether an element refers to no other part."""
    return not any("/relationships}" in key for e in element.iter() for key, _ in attributes(e))


def _holds(paragraph: Element | None) -> bool:
    """Whether a paragraph shows anything."""
    if paragraph is None:
        return False
    return any(
        (SHORT[el.tag] == "w:t" and (el.text or "").strip())
        or SHORT[el.tag] in ("w:drawing", "w:pict", "w:object", "m:oMath", "w:sym")
        for el in paragraph.iter()
    )


def _note(parts: Parts, kind: str, identity: str) -> tuple[str, Element | None]:
    for name in parts.related(parts.main, kind + "s"):
        root = parts.tree(name)
        for el in root if root is not None else ():
            if w_attr(el, "id") == identity and w_attr(el, "type") not in _SEPARATORS:
                return name, el
    return "", None


def set_space(text: Element) -> None:
    """Lets the white space at a text's ends count."""
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
