"""Writes a draft as a Word document. Imports the core, safe and python-docx, and its room.

Equal input gives equal bytes. Source: ECMA-376 part 1 (WordprocessingML).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import docpipe.writing.word.names as names
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow, proposed
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.safe import xml
from docpipe.safe.package import rewrite
from docpipe.writing.amended import table_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.word.abbreviations import ABBR, as_expanded
from docpipe.writing.word.carried import PROPERTIES, Carried, Memo, dumped
from docpipe.writing.word.changes import paired
from docpipe.writing.word.furniture import Front, headers, properties
from docpipe.writing.word.gone import GoneWriter
from docpipe.writing.word.house import opened, settle
from docpipe.writing.word.inline import Inliner
from docpipe.writing.word.landscape import Sections, is_wide, lying_room, turned
from docpipe.writing.word.layout import Layout, alone, is_abbreviations, is_contents, is_title, laid_out
from docpipe.writing.word.numbering import LITERAL, NumberingWriter, planned
from docpipe.writing.word.options import WordOptions
from docpipe.writing.word.pictures import PictureWriter
from docpipe.writing.word.styles import Styles
from docpipe.writing.word.tables import TableWriter, notes_of
from docpipe.writing.word.tree import BOLD, PLAIN, Change, Look, Tree

BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3")
"""Styles of list items, and of those inside others."""
_LABEL = re.compile(r"[^:.]{2,60}:(?=\s|$)")


def write(plan: Plan, texts: Mapping[Address, CodedText], facts: FactStore, options: WordOptions) -> bytes:
    """The document. ``texts``: the drafted text of each row; rows that it lacks have the program's.

    Raises ``AssetMalformed`` or ``MacrosForbidden`` for a house template that cannot be used.
    """
    document = opened(options.template)
    return _Writer(document, laid_out(plan, texts, facts, options), options).written()


class _Writer:
    def __init__(self, document: Any, layout: Layout, options: WordOptions) -> None:
        house = options.template is not None
        self._document, self._layout, self._options = document, layout, options
        self._tree = Tree(document.element, options.changed_at)
        section = document.sections[0]
        if not house:
            _paper(section)
        self._width = max(2000, (section.page_width - section.left_margin - section.right_margin) // 635)
        self._styles = Styles(document, self._tree, house=house, width=self._width)
        self._styles.language(layout.plan.language)
        self._scheme = planned(layout.headings)
        heads = [self._styles.element(f"heading {n}") for n in range(1, 10)]
        self._numbers = NumberingWriter(document, self._tree, self._scheme, heads, house=house)
        for depth, name in enumerate(BULLETS):
            self._numbers.bullets(self._styles.element(name), depth)
        literal = frozenset(h.block for h in layout.headings if self._scheme.headings[h.address].how == LITERAL)
        self._inliner = Inliner(self._tree, layout, literal)
        self._tables = TableWriter(self._tree, self._inliner, self._styles, self._width)
        former = options.previous_plan
        self._tables.previous = {t.key: t for t in former.tables} if former is not None else {}
        self._pictures = PictureWriter(document, self._tree, self._width)
        self._former = GoneWriter(
            self._tree, self._inliner, self._tables, self._pictures, self._numbers, options, self._look,
            lambda style: self._paragraph(style, "del"),
        )  # fmt: skip
        self._front = Front(self._tree, self._styles, layout, self._tables)
        self._pairs = paired(options.previous, layout.originals) if options.previous is not None else None
        self._headings = {h.address: h for h in layout.headings}
        self._captions = {c.address: c for c in layout.captions}
        self._body = self._tree.new("w:body")
        self._sections = Sections(self._tree, self._styles["Table Note"])
        self._rooms = (self._width, self._pictures.height), lying_room(section)
        self._turn = self._fresh = False

    def written(self) -> bytes:
        """The bytes."""
        plan, body = self._layout.plan, self._document.element.body
        self._face()
        self._gone(Address(""))
        blocks = plan.blocks
        lead = next((n for n, b in enumerate(blocks) if not is_title(b)), len(blocks))
        if not any(b.level == 0 and b.heading for b in blocks[:lead]):
            self._title(plan.title)
        contents = next((n for n, b in enumerate(blocks) if is_contents(b)), -1)
        shortened = next((n for n, b in enumerate(blocks) if is_abbreviations(b)), -1)
        for n, block in enumerate(blocks):
            if n == lead:
                self._turn = True
                if contents < 0:
                    self._contents(headed=False)
                if shortened < 0 and contents < 0:
                    self._abbreviations(headed=False)
            self._turn = self._turn or n in (contents, shortened)
            self._block(block)
            if n == contents:
                self._contents(headed=True)
                if shortened < 0:
                    self._abbreviations(headed=False)
            if n == shortened:
                self._abbreviations(headed=True)
        section = body[-1]
        for child in list(self._body):
            section.addprevious(child)
        headers(self._document, self._tree, self._styles, self._layout, self._width)
        self._sections.settle(self._document, self._headed)
        properties(self._document, self._layout)
        settle(self._document, self._tree, house=self._options.template is not None, tracked=self._pairs is not None)
        self._carry()
        self._parts()
        out = io.BytesIO()
        self._document.save(out)
        return rewrite(out.getvalue(), {})

    # ------------------------------------------------------------ around the text

    def _face(self) -> None:
        if self._options.face:
            self._furniture("Draft Face", self._options.face, "face")

    def _title(self, title: str) -> None:
        self._furniture("Title", title, "title")

    def _furniture(self, style: str, words: str, name: str) -> None:
        paragraph = self._tree.paragraph(self._body, self._styles[style])
        self._tree.bookmark_end(paragraph, self._tree.bookmark(paragraph, names.FURNITURE + name))
        self._tree.run(paragraph, words)

    def _contents(self, *, headed: bool) -> None:
        self._front.contents(self._body, headed=headed)
        self._turn = True

    def _abbreviations(self, *, headed: bool) -> None:
        if self._layout.abbreviations or headed:
            self._front.abbreviations(self._body, self._width, headed=headed)
            self._turn = True

    # ------------------------------------------------------------ rows

    def _block(self, block: PlannedBlock) -> None:
        self._across(turned(self._layout.plan, block, self._options.figures))
        tables = (table_of(self._layout.plan, row) for row in block.rows)
        if self._sections.across and not self._fresh and any(t is not None and is_wide(t) for t in tables):
            self._turn = True  # its heading and its first table share a page
        self._fresh = False
        wide = 0
        for row, following in zip(block.rows, (*block.rows[1:], None), strict=True):
            table = table_of(self._layout.plan, following) if following is not None else None
            if row.kind is BlockKind.CAPTION and table is not None and is_wide(table):
                wide += 1
                self._turn = wide > 1  # a wide table has a page of its own, where it can be read whole
            if row.kind in (BlockKind.TABLE, BlockKind.FIGURE):
                self._object(row)
            else:
                self._text(block, row)
            self._gone(row.address)

    def _across(self, across: bool) -> None:
        """Turns the page where this section of the document needs it the other way."""
        if across != self._sections.across:
            self._sections.turn(self._body, across)
            self._tables.width = self._rooms[across][0]
            self._pictures.room(*self._rooms[across])
            self._turn, self._fresh = False, True

    def _headed(self, section: Any, width: int) -> None:
        if self._options.template is None:
            headers(self._document, self._tree, self._styles, self._layout, width, section)

    def _text(self, block: PlannedBlock, row: PlannedRow) -> None:
        text = self._layout.texts[row.address]
        style, look = self._look(block, row, text)
        change, before = self._before(row.address, text)
        paragraph = self._paragraph(style, change)
        ends: list[str] = []
        heading, caption = self._headings.get(row.address), self._captions.get(row.address)
        if heading is not None:
            how = self._scheme.headings[row.address]
            self._numbers.paragraph(paragraph[0], how, heading.level)
            ends.append(self._tree.bookmark(paragraph, heading.anchor))
            if heading.block:
                ends.append(self._tree.bookmark(paragraph, names.section_name(heading.block)))
            if how.how == LITERAL:
                own = self._tree.bookmark(paragraph, names.number_name(heading.block))
                self._tree.run(paragraph, heading.number, change=change)
                self._tree.bookmark_end(paragraph, own)
                self._tree.run(paragraph, "\t", change=change)
        if caption is not None:
            ends.append(self._tree.bookmark(paragraph, caption.anchor))
            self._label(paragraph, caption.kind, caption.key, caption.number, change)
        ends.append(self._tree.bookmark(paragraph, names.row_name(row.address)))
        if before is not None:
            self._inliner.changed(paragraph, before, text, look)
        elif block.level == 0 or is_title(block):
            self._titled(paragraph, text, change)
        else:
            self._inliner.put(paragraph, text, look, change)
        for number in reversed(ends):
            self._tree.bookmark_end(paragraph, number)

    def _look(self, block: PlannedBlock, row: PlannedRow, text: CodedText) -> tuple[str, Look]:
        if row.kind is BlockKind.HEADING:
            return ("Title" if row.level < 1 else f"heading {min(row.level, 9)}"), PLAIN
        if row.kind is BlockKind.CAPTION:
            return "caption", PLAIN
        if row.gap and text == row.text:
            return "Gap", PLAIN
        if row.gap and proposed(text) is not None:
            return "Proposal", PLAIN
        if is_title(block):
            return "Title Page", PLAIN
        return (BULLETS[min(row.level, 2)] if row.kind is BlockKind.LIST_ITEM else "Body Text"), PLAIN

    def _titled(self, paragraph: Any, text: CodedText, change: Change) -> None:
        """A line of the title page: what stands before its colon in bold."""
        label = _LABEL.match(text[0].text) if text and isinstance(text[0], Text) else None
        if label is not None:
            self._inliner.put(paragraph, (Text(label[0]),), BOLD, change)
            text = (Text(text[0].text[label.end() :]), *text[1:]) if isinstance(text[0], Text) else text
        self._inliner.put(paragraph, text, PLAIN, change)

    def _label(self, paragraph: Any, kind: str, key: str, number: int, change: Change = "") -> None:
        own = self._tree.bookmark(paragraph, names.label_name(kind, key))
        self._tree.run(paragraph, f"{kind.capitalize()} ", change=change)
        self._tree.field(paragraph, f"SEQ {kind.capitalize()} \\* ARABIC", str(number), change=change)
        self._tree.bookmark_end(paragraph, own)
        self._tree.run(paragraph, ". ", change=change)

    def _before(self, address: Address, text: CodedText) -> tuple[Change, CodedText | None]:
        """Whether the whole paragraph is new, or what it said before where it said something else."""
        if self._pairs is None:
            return "", None
        before = self._pairs.before.get(address)
        if before is None:
            return "ins", None
        before = as_expanded(before, text)
        return "", before if before != text else None

    def _gone(self, after: Address) -> None:
        for row in self._pairs.gone.get(after, ()) if self._pairs is not None else ():
            self._former.put(self._body, row)

    def _paragraph(self, style: str, change: Change = "") -> Any:
        made = self._tree.paragraph(self._body, self._styles[style], change)
        if self._turn:
            made[0].insert(1, self._tree.new("w:pageBreakBefore"))
            self._turn = False
        return made

    # ------------------------------------------------------------ tables and figures

    def _object(self, row: PlannedRow) -> None:
        code = alone(row)
        table = table_of(self._layout.plan, row)
        if table is not None and (table.columns or table.rows):
            self._tables.table(self._body, row.address, table, new=self._is_new(row.address))
            return
        picture = self._options.figures.get(code.data) if code is not None else None
        change: Change = "ins" if self._is_new(row.address) else ""
        paragraph = self._paragraph("Figure", change)
        was = self._pairs.objects.get(row.address) if self._pairs is not None else None
        if was is not None and code is not None and was.data != code.data:
            self._former.picture(paragraph, was)
            change = "ins"
        own = self._tree.bookmark(paragraph, names.row_name(row.address))
        if code is not None and picture is not None:
            self._pictures.put(paragraph, code.data, picture, picture.alt or self._alt(code), change)
        else:
            self._tree.run(paragraph, f"[GAP: the {row.kind.value} is not among the sources]", BOLD, change)
        self._tree.bookmark_end(paragraph, own)

    def _is_new(self, address: Address) -> bool:
        """Whether the previous draft had no such table or figure."""
        return self._pairs is not None and self._pairs.objects.get(address, self) is None

    def _alt(self, code: Placeholder) -> str:
        """What a figure shows, for those who do not see it: its caption with its number."""
        caption = next((c for c in self._layout.captions if (c.kind, c.key) == (code.kind, code.data)), None)
        return f"{caption.label}. {self._layout.shown(caption.text)}" if caption is not None else "Figure"

    # ------------------------------------------------------------ what travels inside

    def _carry(self) -> None:
        from docx.opc.constants import CONTENT_TYPE as CT
        from docx.opc.constants import RELATIONSHIP_TYPE as RT
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        plan, layout = self._layout.plan, self._layout
        rows = [_carried(layout, row) for _, row in plan.rows()]
        targets = [(names.section_name(h.block), f"section:{h.block}") for h in layout.headings if h.block]
        targets += [(names.number_name(h.block), f"section:{h.block}") for h in layout.headings if h.block]
        targets += [(names.label_name(c.kind, c.key), f"{c.kind}:{c.key}") for c in layout.captions]
        data = dumped(Memo(plan.type, plan.study, tuple(rows), tuple(targets)))
        package = self._document.part.package
        made = Part(PackURI("/customXml/item1.xml"), "application/xml", data, package)
        own = Part(PackURI("/customXml/itemProps1.xml"), CT.OFC_CUSTOM_XML_PROPERTIES, PROPERTIES, package)
        made.relate_to(own, RT.CUSTOM_XML_PROPS)
        self._document.part.relate_to(made, RT.CUSTOM_XML)

    def _parts(self) -> None:
        """Drops the parts of the package that could name people or show another document."""
        package = self._document.part.package
        for number, rel in list(package.rels.items()):
            kind = rel.reltype.rsplit("/", 1)[-1]
            if kind in ("thumbnail", "custom-properties"):
                del package.rels[number]
            elif kind == "extended-properties":
                root = xml.parse(rel.target_part.blob)
                for child in list(root):
                    if str(child.tag).rpartition("}")[2] in ("Manager", "Company", "HyperlinkBase", "Template"):
                        root.remove(child)
                rel.target_part._blob = xml.serialise(root)


def _carried(layout: Layout, row: PlannedRow) -> Carried:
    text = layout.originals[row.address]
    cells: Sequence[tuple[CodedText, ...]] = ()
    notes: tuple[CodedText, ...] = ()
    table = table_of(layout.plan, row)
    if table is not None and (table.columns or table.rows):
        cells, notes = (table.columns, *(r.cells for r in table.rows)), notes_of(table, layout.facts)
    shown = tuple((p.id, said) for p in text if isinstance(p, Placeholder) and (said := layout.said(p)) != p.equiv)
    firsts = tuple(
        (p.data, p.equiv) for p in layout.texts[row.address] if isinstance(p, Placeholder) and p.kind == ABBR
    )
    return Carried(names.row_name(row.address), row.address, row.kind.value, text, shown, tuple(cells), firsts, notes)


def _paper(section: Any) -> None:
    """A4, margins of 25 mm."""
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.bottom_margin = Mm(25)
    section.top_margin = Mm(31)
    section.header_distance = section.footer_distance = Mm(12)
