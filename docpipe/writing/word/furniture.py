"""What stands around a draft's text: headers and footers, contents, lists of tables and figures, abbreviations, properties. Imports python-docx alone and its room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import docpipe.writing.word.names as names
from docpipe.model.document import Address
from docpipe.writing.word.layout import Caption, Layout
from docpipe.writing.word.styles import Styles
from docpipe.writing.word.tables import TableWriter
from docpipe.writing.word.tree import BOLD, Look, Tree, clean

_RED = Look(frozenset({"b"}), color="A61B00")


class Front:
    """Contents, lists and abbreviations."""

    def __init__(self, tree: Tree, styles: Styles, layout: Layout, tables: TableWriter) -> None:
        self._tree, self._styles, self._layout, self._tables = tree, styles, layout, tables
        self._estimated = layout.options.pages is None

    def contents(self, parent: Any, *, headed: bool) -> None:
        """The table of contents, then the lists of tables and figures where there are any. ``headed``: a heading stands above already."""
        levels = self._layout.levels
        listed = [h for h in self._layout.headings if h.level <= levels]
        block = self._tree.block_control(parent, names.FRONT, "Table of Contents")
        if not headed:
            self._head(block, "Table of contents")
        entries = [(f"toc {h.level}", h.number, h.text, h.anchor, h.page) for h in listed]
        self._entries(block, f'TOC \\o "1-{levels}" \\h \\z', entries)
        for kind in ("table", "figure"):
            captions = [c for c in self._layout.captions if c.kind == kind]
            if captions:
                block = self._tree.block_control(parent, names.FRONT)
                self._head(block, f"List of {kind}s", turn=False)
                rows = [("table of figures", c.label, self._said(c), c.anchor, c.page) for c in captions]
                self._entries(block, f'TOC \\h \\z \\c "{kind.capitalize()}"', rows)

    def _head(self, block: Any, words: str, *, turn: bool = True) -> None:
        paragraph = self._tree.paragraph(block, self._styles["TOC Heading"])
        if turn:
            self._tree.new("w:pageBreakBefore", paragraph[0])
        self._mark(paragraph, words.casefold().replace(" ", "_"))
        self._tree.run(paragraph, words)

    def _mark(self, paragraph: Any, name: str) -> None:
        """Tells the paragraph as generated to editors that drop content controls."""
        self._tree.bookmark_end(paragraph, self._tree.bookmark(paragraph, names.FURNITURE + name))

    def _said(self, caption: Caption) -> str:
        return " ".join(self._layout.shown(caption.text).split())

    def _entries(self, block: Any, instruction: str, entries: Sequence[tuple[str, str, str, str, int]]) -> None:
        tree, last = self._tree, None
        for n, (style, ahead, text, anchor, page) in enumerate(entries):
            last = tree.paragraph(block, self._styles[style])
            if n == 0:
                tree.field_begin(last, instruction, dirty=self._estimated)
            link = tree.link(last, anchor)
            tree.run(link, f"{ahead}\t{text}" if ahead else text)
            tree.run(link, "\t")
            tree.field(link, f"PAGEREF {anchor} \\h", str(page), dirty=self._estimated)
        if last is None:
            last = tree.paragraph(block)
            tree.field_begin(last, instruction, dirty=self._estimated)
        tree.field_end(last)

    def abbreviations(self, parent: Any, width: int, *, headed: bool) -> None:
        """The abbreviations that the text uses, sorted, with their expansions."""
        tree = self._tree
        block = tree.block_control(parent, names.FRONT)
        if not headed:
            self._head(block, "List of abbreviations")
        widths = (width // 4, width - width // 4)
        table = self._tables.frame(block, widths, "List of abbreviations")
        for n, pair in enumerate((("Abbreviation", "Definition"), *self._layout.abbreviations)):
            row = self._tables.line(table, head=n == 0)
            for text, size in zip(pair, widths, strict=True):
                cell = tree.new("w:tc", row)
                tree.new("w:tcW", tree.new("w:tcPr", cell), w=str(size), type="dxa")
                paragraph = tree.paragraph(cell, self._styles["Table Heading" if n == 0 else "Table Text"])
                if n == 0 and text == "Abbreviation":
                    self._mark(paragraph, "abbreviations")
                tree.run(paragraph, text)
        tree.paragraph(block, self._styles["Table Note"])


def headers(document: Any, tree: Tree, styles: Styles, layout: Layout, width: int, section: Any = None) -> None:
    """Headers and footers for a text ``width`` (twentieths of a point), by default of the whole document.

    A template's own stay as they are; where it has none, ours go in. The words on the face go into every header.
    """
    own_section = section is not None
    section = section if own_section else document.sections[0]
    options, plan = layout.options, layout.plan
    named = {k.casefold(): v for k, v in plan.header}
    study = named.get("studies", "") or options.study or plan.study or named.get("study", "")
    version = named.get("version", "") or options.version
    date = options.date or named.get("date", "")
    parts = _parts(document, section, own=own_section)
    for header in parts["header"]:
        own = header._element
        if header.is_new:
            _clear(own)
            first = _line(tree, own, styles["header"], width)
            tree.run(first, study, BOLD)
            tree.run(first, "\t")
            tree.run(first, ", ".join(x for x in (f"Version {version}" if version else "", date) if x))
            tree.run(tree.paragraph(own, styles["header"]), plan.title)
        if options.face:
            face = tree.paragraph(None, styles["header"])
            tree.run(face, options.face, _RED)
            own.insert(0, face)
    for footer in parts["footer"]:
        own = footer._element
        if footer.is_new:
            _clear(own)
            line = _line(tree, own, styles["footer"], width)
            tree.run(line, options.confidentiality or named.get("confidentiality", ""))
            tree.run(line, "\t")
            tree.run(line, "Page ")
            tree.field(line, "PAGE", "1")
            tree.run(line, " of ")
            tree.field(line, "NUMPAGES", str(_pages(layout)), dirty=options.pages is None)


def _line(tree: Tree, own: Any, style: str, width: int) -> Any:
    """A line of a header or footer whose one tab goes to the right margin, whatever tabs its style has."""
    paragraph = tree.paragraph(own, style)
    tabs = tree.new("w:tabs", paragraph[0])
    for at in sorted({4320, 8640, 4680, 9360, 4513, 9026, 4536, 9072} - {width}):
        tree.new("w:tab", tabs, val="clear", pos=str(at))
    tree.new("w:tab", tabs, val="right", pos=str(width))
    return paragraph


class _Part:
    def __init__(self, part: Any, *, is_new: bool) -> None:
        self._element, self.is_new = part._element, is_new


def _parts(document: Any, section: Any, *, own: bool) -> dict[str, list[_Part]]:
    """The headers and footers that pages show: the usual ones, and those of the first and of even pages where they are on.

    ``own``: the section gets new ones in place of those that it continues.
    """
    found: dict[str, list[_Part]] = {"header": [], "footer": []}
    wanted = [("header", section.header), ("footer", section.footer)]
    if section.different_first_page_header_footer:
        wanted += [("header", section.first_page_header), ("footer", section.first_page_footer)]
    if document.settings.odd_and_even_pages_header_footer:
        wanted += [("header", section.even_page_header), ("footer", section.even_page_footer)]
    for kind, part in wanted:
        part.is_linked_to_previous = own or bool(part.is_linked_to_previous)
        is_new = bool(part.is_linked_to_previous)
        part.is_linked_to_previous = False
        found[kind].append(_Part(part, is_new=is_new))
    return found


def _clear(element: Any) -> None:
    for child in list(element):
        element.remove(child)


def _pages(layout: Layout) -> int:
    last = max([h.page for h in layout.headings] + [c.page for c in layout.captions], default=1)
    return (layout.options.pages or {}).get(Address(""), last)


def properties(document: Any, layout: Layout) -> None:
    """Core properties: title, study, language; no names of people and no clock."""
    from docx.oxml.ns import qn

    core, plan, options = document.core_properties, layout.plan, layout.options
    study = options.study or plan.study
    core.title = clean(f"{plan.title}, {study}" if study else plan.title)[:255]
    core.subject = clean(study)[:255]
    core.author = "docpipe"
    core.last_modified_by = "docpipe"
    core.comments = core.category = core.keywords = core.content_status = core.identifier = ""
    core.version = clean(options.version)[:255]
    core.language = plan.language
    core.revision = 1
    for element in list(core._element):
        if element.tag in (qn("dcterms:created"), qn("dcterms:modified"), qn("cp:lastPrinted")):
            core._element.remove(element)
